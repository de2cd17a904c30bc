"""A console: the learner is the client, types what it says, and the simulated server answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ipywidgets

from smtplesson import markup
from smtplesson.protocol.replies import Reply
from smtplesson.protocol.states import State
from smtplesson.server.server import Server
from smtplesson.server.session import Session, SessionClosedError
from smtplesson.widgets._view import Live, View, client_line, server_reply, shorten

#: Exchanges that are drawn; the session's transcript has more.
_DRAWN = 100
#: Commands that are possible at any time and so say nothing about where a session stands.
_ASIDE = ("EHLO", "EXPN", "HELO", "HELP", "NOOP", "QUIT", "RSET", "STARTTLS", "VRFY")
_TO_CLIENT = re.compile(r"\s*([CS]): ?(.*)")


class Console(View):
    """Talk to a simulated server: a field for the client's line, and the dialogue above it.

    It takes a server, or a session that is under way. `examples` are lines offered as buttons.
    """

    def __init__(self, server: Server | Session, *, examples: Sequence[str] | None = None) -> None:
        session = server if isinstance(server, Session) else server.connect()
        policy = session.policy
        super().__init__(f"Console: you are the client of {policy.host}", takes_lines=True)
        self._connect: Callable[[], Session] | None = policy.connect if isinstance(policy, Server) else None
        self.examples = tuple(example_lines(session) if examples is None else examples)
        self._dialogue: Any = ipywidgets.HTML()
        self._spoken = Live()
        self._standing: Any = ipywidgets.HTML()
        self._field: Any = ipywidgets.Text(
            description="Client says",
            placeholder="type a command, then press Enter",
            style={"description_width": "initial"},
            layout=ipywidgets.Layout(width="auto", flex="1 1 14em"),
        )
        send = self._button("Send", self._send_field, primary=True)
        send.add_class("smtplesson-send")
        self.keys.on_msg(self._hear)
        self._begin(session)
        self._fill(
            ipywidgets.HTML(f"<p><strong>{markup.escape(self.title)}</strong></p>"),
            self._dialogue,
            self._spoken.widget,
            self._standing,
            ipywidgets.HBox([self._field, send, self._button("Start over", self.start_over)]),
            ipywidgets.HTML("<p>Lines to try; each button sends its line:</p>"),
            ipywidgets.HBox([self._button(line, self.send, line) for line in self.examples]),
        )

    def _begin(self, session: Session) -> None:
        self.session = session
        said = session.transcript.exchanges()
        self._drawn = [(exchange.sent, exchange.reply) for exchange in said]
        spoken = [line.speaker for line in session.transcript]
        last = len(spoken) - spoken[::-1].index("S") if "S" in spoken else 0
        self._message = [line.text for line in session.transcript[last:]]
        self._draw()

    def send(self, text: str) -> Reply | None:
        """Send a line, or several in turn, and return the last reply: None where the server waits for more.

        A pasted dialogue of "C:" and "S:" lines is cut down to what its client says. Raises
        SessionClosedError, which names what was not sent, once the session is closed.
        """
        lines = client_says(text)
        self.keys.history = [*self.keys.history, *lines][-_DRAWN:]
        before = len(self._drawn)
        reply = None
        for number, line in enumerate(lines):
            if self.session.closed:
                self._show_from(before)
                unsent = ", ".join(repr(shorten(row)) for row in lines[number : number + 5])
                raise SessionClosedError(f"The session is closed; not sent: {unsent}. “Start over” opens a new one.")
            reply = self._send_line(line)
        self._show_from(before)
        return reply

    def _send_line(self, line: str) -> Reply | None:
        reply = self.session.send(line)
        self._message.append(line)
        if reply is not None:
            self._drawn.append((tuple(self._message), reply))
            self._message = []
        if self.session.awaiting_tls:
            self.session.tls_started()  # the console simulates the TLS handshake
        return reply

    def start_over(self) -> None:
        """Open a new session with the same server; mail that it took before stays delivered."""
        if self._connect is None:
            raise RuntimeError("This session has no server to connect to; make the console with Console(server).")
        self._begin(self._connect())
        self._spoken.say("<p>A new session has begun.</p>")

    def markdown(self) -> str:
        """The twin: what the console is, the server's greeting, and the lines to try."""
        rows = [
            f"**{markup.markdown(self.title)}**",
            "*Run this cell to talk to the server:* type a command into the field “Client says” and press "
            "Enter, or use **Send**; **Start over** opens a new session.",
            markup.fenced("\n".join(f"S: {row}" for row in str(self._drawn[0][1]).split("\n"))) if self._drawn else "",
            "Lines to try:",
            "\n".join(f"- {markup.code_span(line)}" for line in self.examples),
        ]
        return "\n\n".join(filter(None, rows))

    def _send_field(self) -> None:
        text, self._field.value = self._field.value, ""
        self.send(text)

    def _hear(self, _widget: object, content: Mapping[str, Any], _buffers: object) -> None:
        """Take what Enter or a paste sent: the field's text as the browser has it."""
        text = str(content.get("lines", ""))
        # A browser may send half of a surrogate pair, which is no text.
        self._callback(self.send, text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))(None)

    def _show_from(self, number: int) -> None:
        """Draw the dialogue, and have the replies from exchange `number` on read out."""
        self._draw()
        said = " ".join(markup.escape(shorten(str(reply).replace("\n", " / "))) for _, reply in self._drawn[number:])
        if said:
            self._spoken.say(markup.unseen(f"The server says: {said}"))
        elif self.session.closed:
            self._spoken.clear()
        else:
            self._spoken.say(markup.unseen("Nothing yet: the server waits for more."))

    def _draw(self) -> None:
        dropped = len(self._drawn) - _DRAWN
        rows = [f"<p>({dropped} earlier exchanges are not drawn.)</p>"] if dropped > 0 else []
        for sent, reply in self._drawn[-_DRAWN:]:
            rows += ([client_line(sent)] if sent else []) + [server_reply(reply)]
        if self._message:
            rows.append(client_line(self._message[-_DRAWN:]))
        self._dialogue.value = "".join(rows)
        self._standing.value = f"<p>{markup.escape(standing(self.session))}</p>"


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
