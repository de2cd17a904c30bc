"""A story: dialogues that are played with one button, which offers what the client does next."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from smtplesson.dialogues import journey, picture
from smtplesson.dialogues.journey import Moment, Place
from smtplesson.markup import Html, join, lines, prose, tag
from smtplesson.protocol import display
from smtplesson.protocol.replies import Reply
from smtplesson.protocol.transcript import Exchange, verb_of
from smtplesson.server.session import Session
from smtplesson.widgets.console import Console, standing
from smtplesson.widgets.view import Clicks, bar, button

_ADDRESS = re.compile(r"<([^<>]+)>[^<>]*\Z")
#: What the client does next, as the picture says it beside the client.
_ACTS = {"RCPT": "next: names a recipient", "DATA": "next: sends the letter"}
#: What whoever has the mail after a scene does.
_READS = {Place.SENDER: "corrects the name", Place.MAILBOX: "reads the letter"}


@dataclass(frozen=True, slots=True)
class Step:
    """What the client says next, and what is told once the server has answered the last of it with `code`.

    What begins with EHLO begins a new session. Where there are `choices`, a learner is asked `asks`, and chooses among
    these lines, of which `line` is the right one.
    """

    line: str
    code: int
    told: str
    choices: tuple[str, ...] = ()
    asks: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """What happens outside a session: the button's words, what is read then, and what is told of it.

    `at` says where the mail is then: "sender", to whom it comes back, or "mailbox".
    """

    button: str
    text: str
    told: str
    at: str


class Story(Console):
    """A console that is played step by step, in a session that is under way.

    `role` says who the learner is, where nothing is asked; `end` stands there at last. `opening` is told before the
    first step. Whatever else is said, with `say("NOOP")` or in the session, is shown, and the story waits.
    """

    clicks: ClassVar[Clicks] = {"go_on": None, "choose": int, "start_over": None}

    def __init__(self, session: Session, role: str, opening: str, steps: Sequence[Step | Scene], *, end: str) -> None:
        self.role, self.opening, self.steps, self.end = role, opening, tuple(steps), end
        self._before = [line.text for line in session.transcript if line.speaker == "C"]
        super().__init__(session, examples=())

    def go_on(self) -> Reply | None:
        """Do what comes next, with the right line where one is to be chosen; ValueError where nothing does."""
        step = self._next
        if step is None:
            raise ValueError("Nothing comes next here; “Start over” begins again.")
        if isinstance(step, Step):
            return self.say(step.line)
        self._place += 1
        self._answer("")
        return None

    def choose(self, number: int) -> Reply | None:
        """Say the choice of this number, from 1; ValueError where there is none."""
        choices = self._next.choices if isinstance(self._next, Step) else ()
        if not 1 <= number <= len(choices):
            raise ValueError(f"There is no choice {number} here.")
        return self.say(choices[number - 1])

    def say(self, text: str) -> Reply | None:
        """Say a line, or several in turn, and return the last reply; EHLO begins a new session."""
        if _verb(text) == "EHLO" and self._connect is not None:
            self._catch_up()
            self._past += [(self._exchanges, self._delivered())]
            super()._begin(self._connect())
        self._said = len(self._exchanges)
        return super().say(text)

    def markdown(self) -> str:
        """The twin: how to begin."""
        return "*It begins here after the second Shift + Enter.*"

    # --- how it works -----------------------------------------------------------------------------------

    def _begin(self, session: Session) -> None:
        self._place = 0
        self._past: list[tuple[list[Exchange], list[Moment]]] = []  # sessions before this one, and what they delivered
        super()._begin(session)
        self._told = self._exchanges[-1]  # the exchange of which the story tells
        self._said = len(self._exchanges) - 1  # the first of what was said at once

    def _open(self) -> Session:
        session = super()._open()
        session.send_all(*self._before)
        return session

    def _say_line(self, line: str) -> Reply | None:
        reply = super()._say_line(line)
        said, step = self._exchanges[-1], self._next
        if isinstance(step, Step) and reply and reply.code == step.code and _ends_with(step.line, said):
            self._place, self._told = self._place + 1, said
        return reply

    def _heard(self, before: int) -> str:
        return super()._heard(max(before, len(self._exchanges) - 1))  # the last reply: the others are in the dialogue

    def _answer(self, said: str) -> None:
        focus = "asks" if self._asks else "next"
        self.update(say=f"{said} {self._sentence} {self._asks}".strip(), focus=focus if self._in_step else "")

    def _delivered(self) -> list[Moment]:
        """The recipients for whom the server has taken the letter: meanwhile it has come to them."""
        each = journey.each(self.session)
        return [replace(moment, at=Place.MAILBOX) for moment in each if moment.at is Place.SERVER]

    @property
    def _in_step(self) -> bool:
        """The last that was said belongs to the story."""
        return self._exchanges[-1] is self._told

    @property
    def _next(self) -> Step | Scene | None:
        return self.steps[self._place] if self._place < len(self.steps) else None

    @property
    def _is_chosen(self) -> bool:
        """The last that was said is one of the choices, and not the right one."""
        step = self._next
        return isinstance(step, Step) and any(_ends_with(line, self._exchanges[-1]) for line in step.choices)

    @property
    def _sentence(self) -> str:
        if self._in_step:
            return self.steps[self._place - 1].told if self._place else self.opening
        if self._is_chosen:
            return "Refused again: look at what is marked."
        return standing(self.session) if self.session.closed else "The story waits for its next line."

    @property
    def _asks(self) -> str:
        step = self._next
        return self.end if step is None else step.asks if isinstance(step, Step) else ""

    # --- how it looks -----------------------------------------------------------------------------------

    def html(self) -> Html:
        """What to do next, what was said last and what that means, where the message is, and all that was said."""
        over = button("Start over", "start_over", class_="sl-btn sl-plain sl-end", id="over") if self._connect else None
        asks = tag("strong", self._asks or self.role, id="asks", tabindex="-1")
        top = bar(asks, over), bar(*self._buttons())
        whole = tag("details", tag("summary", "The whole dialogue"), *self._sessions(), id="dialogue")
        return join(*top, self._last(), self._picture(), whole)

    def _buttons(self) -> list[Html]:
        step = self._next
        if step is None:
            return [tag("button", "Go on ↓", type="button", class_="sl-btn sl-main", data_onward=True, id="next")]
        if isinstance(step, Scene):
            return [button(step.button, "go_on", main=True, id="next")]
        if self.session.closed:
            return []
        if not step.choices:
            label = "Send the letter" if _verb(step.line) == "DATA" else join("Send ", tag("code", step.line))
            return [button(label, "go_on", main=True, id="next")]
        return [self._choice(number, line) for number, line in enumerate(step.choices, 1)]

    def _choice(self, number: int, line: str) -> Html:
        """The address of a line that can be chosen, with a sign where the server has refused it."""
        address = _ADDRESS.search(line)
        name = tag("code", address[1] if address else line)
        if any(_ends_with(line, each) and each.reply.code >= 400 for each in self._all()):
            return button(join(name, " ✗"), "choose", number, class_="sl-btn sl-refused", id=f"next-{number}")
        return button(name, "choose", number, id=f"next-{number}")

    def _last(self) -> Html:
        """What was done last. The story tells why a reply came; where the story waits, the reply's own reason does."""
        told = tag("div", prose(self._sentence), class_="sl-tells")
        scene = self._scene
        rows = [tag("div", lines(scene.text), class_="sl-letter-text"), told] if scene else self._exchange(told)
        return tag("div", display.talk(*rows), class_="sl-last", id="told", data_whole=True)

    def _exchange(self, told: Html) -> Iterator[Html]:
        *earlier, each = self._exchanges[self._said :] or self._exchanges[-1:]
        if earlier:
            known = [f"{verb_of(one.sent)} {one.reply.code}" for one in earlier if one.sent]
            yield tag("p", " · ".join(known), class_="sl-soft")
        if each.sent:
            yield display.client(each.sent, each.reply.reason.fault if each.reply.reason else None)
        yield display.server(
            each.reply, verb=verb_of(each.sent), explained=not (self._in_step or self._is_chosen), told=told
        )

    @property
    def _scene(self) -> Scene | None:
        """What happened last, where that was no reply."""
        done = self.steps[self._place - 1] if self._place and self._in_step else None
        return done if isinstance(done, Scene) else None

    def _picture(self) -> Html:
        """Where the message is for whom the last reply was about, or was refused; and for those accepted before."""
        each = journey.each(self.session)
        now, step, scene = journey.standing(self.session)[0], self._next, self._scene
        refused = next((moment for moment in each if moment.reports), None)
        if now.at is Place.SERVER and refused:  # the others have the letter: what is left is to report this one
            now = replace(refused, reply=now.reply, then="", reports=False)
        others = [*(moment for _, past in self._past for moment in past)]
        others += [moment for moment in each if moment.promised and moment.recipient != now.recipient]
        if not others and now.promised:  # whom the story names first keeps the upper way
            names = {**now.names, Place.MAILBOX: "next recipient"}
            others, now = [now], replace(now, kind="accepted", promised=(), names=names)
        if scene:
            at, is_back = Place(scene.at), scene.at == Place.SENDER
            now = replace(now, at=at, holder=at, act=_READS[at], then="", reply=0, reports=is_back)
            others = [replace(other, at=Place.MAILBOX) for other in others]
        act = _ACTS.get(_verb(step.line)) if isinstance(step, Step) else None
        if act and now.holder is Place.CLIENT:
            now = replace(now, act=act, then="", reports=False)
        return picture.forked(now, others, beside=self._so_far())

    def _so_far(self) -> Html | None:
        """Each recipient's reply."""
        replies = {each.sent[0]: each.reply for each in self._all() if each.sent and verb_of(each.sent) == "RCPT"}
        rows = []
        for line, reply in replies.items():
            sign = "✗" if reply.code >= 400 else "✓"
            row = tag("b", f"{reply.code} {sign}"), " ", tag("code", (_ADDRESS.search(line) or [line] * 2)[1])
            rows.append(tag("li", *row, class_=f"sl-tone-{reply.first_digit}"))
        return tag("ul", *rows, class_="sl-so-far", aria_label="Each recipient's reply") if rows else None

    def _sessions(self) -> list[Html]:
        past = [
            tag("div", display.exchanges(exchanges), tag("p", "Later:", class_="sl-soft"))
            for exchanges, _ in self._past
        ]
        return [*past, self._talk()]

    def _all(self) -> list[Exchange]:
        return [each for exchanges, _ in self._past for each in exchanges] + self._exchanges


def _verb(line: str) -> str:
    return verb_of([line.split("\n")[0]])


def _ends_with(line: str, said: Exchange) -> bool:
    """Whether what was said is the end of a line of the story."""
    return bool(said.sent) and tuple(line.split("\n"))[-len(said.sent) :] == said.sent
