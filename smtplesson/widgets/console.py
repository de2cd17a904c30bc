"""A console: the learner is the client, types what it says, and the simulated server answers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import ClassVar

from smtplesson import markup
from smtplesson.dialogues import journey, picture
from smtplesson.markup import Html, join, tag
from smtplesson.protocol import display
from smtplesson.protocol.replies import Reply
from smtplesson.protocol.states import State
from smtplesson.protocol.transcript import Exchange
from smtplesson.server.server import Server
from smtplesson.server.session import Session, SessionClosedError
from smtplesson.widgets.view import Clicks, View, bar, button, field, form, latest, submit

#: Exchanges that are drawn; the session's transcript has more.
_DRAWN = 100
#: Commands that are possible at any time and so say nothing about where a session stands.
_ASIDE = ("EHLO", "EXPN", "HELO", "HELP", "NOOP", "QUIT", "RSET", "STARTTLS", "VRFY")
_TO_CLIENT = re.compile(r"\s*([CS]): ?(.*)")


class Console(View):
    """Talk to a simulated server: `say("NOOP")` does what typing a line and Enter does.

    It takes a server, or a session that is under way and may go on elsewhere, too. `examples` are lines offered as
    buttons.
    """

    clicks: ClassVar[Clicks] = {"say": str, "start_over": None}

    def __init__(self, server: Server | Session, *, examples: Sequence[str] | None = None) -> None:
        session = server if isinstance(server, Session) else server.connect()
        policy = session.policy
        super().__init__(f"Console: you are the client of {policy.host}")
        self._connect: Callable[[], Session] | None = policy.connect if isinstance(policy, Server) else None
        self.examples = tuple(example_lines(session) if examples is None else examples)
        self._typed: list[str] = []  # what the arrow keys bring back
        self._begin(session)
        self.update()

    def say(self, text: str) -> Reply | None:
        """Say a line, or several in turn, and return the last reply: None where the server waits for more.

        A pasted dialogue of "C:" and "S:" lines is cut down to what its client says. Raises
        SessionClosedError, which names what was not sent, once the session is closed.
        """
        lines = client_says(text)
        self._typed = [*self._typed, *lines][-_DRAWN:]
        self._catch_up()
        before, reply = len(self._exchanges), None
        for number, line in enumerate(lines):
            if self.session.closed:
                self._seen = len(self.session.transcript)
                self.update(say=self._heard(before))
                unsent = ", ".join(repr(display.shorten(row)) for row in lines[number : number + 5])
                raise SessionClosedError(f"The session is closed; not sent: {unsent}. “Start over” opens a new one.")
            reply = self._say_line(line)
        self._seen = len(self.session.transcript)
        self._answer(self._heard(before) or "Nothing yet: the server waits for more.")
        return reply

    def start_over(self) -> None:
        """Open a new session with the same server; mail that it took stays delivered."""
        self._begin(self._open())
        self._answer(f"A new session has begun. {self._heard(0)}")

    def refresh(self) -> None:
        """Show what was said elsewhere, such as by `console.session.send("NOOP")` in another cell."""
        before = len(self._exchanges)
        self._catch_up()
        self.update(say=self._heard(before))

    def markdown(self) -> str:
        """The twin: what the console is, the server's greeting, and the lines to try."""
        greeting = str(self._exchanges[0].reply).split("\n") if self._exchanges else []
        rows = [
            f"**{markup.markdown(self.title)}**",
            "*Run this cell to talk to the server:* type a command into the field “Client says” and press "
            "Enter, or use **Send**; **Start over** opens a new session.",
            markup.fenced("\n".join(f"S: {row}" for row in greeting)) if greeting else "",
            "Lines to try:" if self.examples else "",
            "\n".join(f"- {markup.code_span(line)}" for line in self.examples),
        ]
        return "\n\n".join(filter(None, rows))

    # --- how it works -----------------------------------------------------------------------------------

    def _begin(self, session: Session) -> None:
        self.session = session
        self._exchanges: list[Exchange] = []
        self._pending: list[str] = []  # what the client has said since the last reply
        self._seen = 0  # lines of the transcript
        self._catch_up()

    def _catch_up(self) -> None:
        """Take in what the transcript has more: it was said elsewhere, and so nothing is known of its reasons."""
        new = self.session.transcript[self._seen :]
        self._seen += len(new)
        if "S" not in (spoken := [line.speaker for line in new]):
            self._pending += [line.text for line in new]
            return
        end = len(spoken) - spoken[::-1].index("S")
        first, *rest = new[:end].exchanges()
        self._exchanges += [Exchange((*self._pending, *first.sent), first.reply), *rest]
        self._pending = [line.text for line in new[end:]]

    def _say_line(self, line: str) -> Reply | None:
        reply = self.session.send(line)
        self._pending.append(line)
        if reply is not None:
            self._exchanges.append(Exchange(tuple(self._pending), reply))
            self._pending = []
        if self.session.awaiting_tls:
            self.session.tls_started()  # the console simulates the TLS handshake
        return reply

    def _open(self) -> Session:
        if self._connect is None:
            raise RuntimeError("This session has no server to connect to; make the console with Console(server).")
        return self._connect()

    def _answer(self, said: str) -> None:
        """Show what became of what was said, and have it read out."""
        self.update(say=said)

    def _heard(self, before: int) -> str:
        said = " ".join(
            display.shorten(str(each.reply).replace("\n", " / ")) for each in self._exchanges[before:][-_DRAWN:]
        )
        return f"The server says: {said}" if said else ""

    # --- how it looks -----------------------------------------------------------------------------------

    def html(self) -> Html:
        """Where the message is, the dialogue, what the server waits for, the field, and lines to try."""
        host = tag("code", self.session.policy.host)
        typed = field(
            "Client says",
            "line",
            placeholder="type a command, then press Enter",
            data_history=json.dumps(self._typed),
            data_lines=True,
            data_clears=True,
        )
        over = None if self._connect is None else button("Start over", "start_over", id="over")
        seen = picture.now(journey.standing(self.session)), latest(self._talk())
        title = tag("p", "You are the client; the server is ", host, class_="sl-title")
        waits = tag("p", standing(self.session), class_="sl-soft")
        send = submit("Send", id="send")
        offers = self._offers() if self.examples else None
        return join(title, *seen, waits, form("say", bar(typed, send, over), id="form"), offers)

    def _talk(self) -> Html:
        dropped = len(self._exchanges) - _DRAWN
        rows = [display.exchange(each.sent, each.reply) for each in self._exchanges[-_DRAWN:]]
        if self._pending:
            rows.append(display.client(self._pending[-_DRAWN:]))
        note = tag("p", f"({dropped} earlier exchanges are not drawn.)", class_="sl-soft") if dropped > 0 else None
        return display.talk(note, *rows)

    def _offers(self) -> Html:
        chips = [
            tag("li", button(line, "say", line, class_="sl-btn sl-line", id=f"try-{number}"))
            for number, line in enumerate(self.examples)
        ]
        return tag(
            "div",
            tag("span", "Lines to try:", class_="sl-soft"),
            tag("ul", *chips, class_="sl-chips"),
            class_="sl-offers",
        )


def client_says(text: str) -> list[str]:
    """Return the lines of `text`; of a dialogue, only those that its client says.

    >>> client_says("S: 220 foo.com ready\\nC: NOOP\\nS: 250 OK")
    ['NOOP']
    """
    rows = re.split(r"\r\n|\r|\n", text.removesuffix("\n").removesuffix("\r"))
    spoken = [_TO_CLIENT.fullmatch(row) for row in rows if row.strip()]
    if len(spoken) > 1 and all(spoken):
        return [match[2] for match in spoken if match and match[1] == "C"]
    return rows


def standing(session: Session) -> str:
    """Say in a sentence what the server is waiting for."""
    if session.closed:
        return "The session is closed. “Start over” opens a new one."
    if session.state is State.DATA:
        return "The server is waiting for the message; a line with nothing but a dot ends it."
    wanted = [verb for verb in session.waiting_for if verb not in _ASIDE and verb != "AUTH"]
    if session.state is State.CONNECTED:
        wanted = ["EHLO", "HELO"]
    return f"The server is waiting for {' or '.join(wanted)}; QUIT ends the session."


def example_lines(session: Session) -> tuple[str, ...]:
    """Lines to try with the server of `session`: a mailbox, a forward, a stranger, a malformed name."""
    policy = session.policy
    local = next(iter(policy.mailboxes), f"postmaster@{policy.host}")
    name, _, domain = local.rpartition("@")
    return (
        "EHLO client.example",
        "MAIL FROM:<sender@client.example>",
        f"RCPT TO:<{local}>",
        *(f"RCPT TO:<{address}>" for address in list(policy.forwards)[:1]),
        f"RCPT TO:<nobody@{domain}>",
        f"RCPT TO:<{name}@{domain.replace('.', '..', 1)}>",
        "DATA",
        ".",
        "QUIT",
    )
