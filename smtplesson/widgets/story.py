"""A story: a dialogue that is played with one button, which offers what the client says next."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from smtplesson.dialogues import journey, picture
from smtplesson.markup import Html, join, tag
from smtplesson.protocol import display
from smtplesson.protocol.replies import Reply
from smtplesson.server.session import Session
from smtplesson.widgets.console import Console, standing
from smtplesson.widgets.view import Clicks, bar, button

_ADDRESS = re.compile(r"<(.+)>")


@dataclass(frozen=True, slots=True)
class Step:
    """What the client says next, and what is told once the server has answered it with `code`.

    Where there are `choices`, a learner chooses among these lines, of which `line` is the right one.
    """

    line: str
    code: int
    told: str
    choices: tuple[str, ...] = ()


class Story(Console):
    """A console that is played step by step, in a session that is under way; `opening` stands before the first step.

    Whatever else is said, with `say("NOOP")` or in the session, is shown, and the story waits.
    """

    clicks: ClassVar[Clicks] = {"say": str, "go_on": None, "start_over": None}

    def __init__(self, session: Session, opening: str, steps: Sequence[Step]) -> None:
        self.opening, self.steps = opening, tuple(steps)
        self._before = [line.text for line in session.transcript if line.speaker == "C"]
        super().__init__(session, examples=())

    def go_on(self) -> Reply | None:
        """Say the right line of the next step; ValueError where there is none."""
        if self._next is None:
            raise ValueError("Nothing comes next here; “Start over” begins again.")
        return self.say(self._next.line)

    def markdown(self) -> str:
        """The twin: what will be here."""
        return "*A blue button appears here once the cell has run.*"

    # --- how it works -----------------------------------------------------------------------------------

    def _begin(self, session: Session) -> None:
        self._place = 0
        super()._begin(session)
        self._told = self._exchanges[-1]  # the exchange of which the story tells

    def _open(self) -> Session:
        session = super()._open()
        session.send_all(*self._before)
        return session

    def _say_line(self, line: str) -> Reply | None:
        reply = super()._say_line(line)
        said, step = self._exchanges[-1], self._next
        if step and reply and said.sent == tuple(step.line.split("\n")) and reply.code == step.code:
            self._place, self._told = self._place + 1, said
        return reply

    def _answer(self, said: str) -> None:
        self.update(say=f"{said} {self._sentence}", focus="next" if self._in_step else "")

    @property
    def _in_step(self) -> bool:
        """The last that was said belongs to the story."""
        return self._exchanges[-1] is self._told

    @property
    def _next(self) -> Step | None:
        return self.steps[self._place] if self._place < len(self.steps) else None

    @property
    def _sentence(self) -> str:
        if self._in_step:
            return self.steps[self._place - 1].told if self._place else self.opening
        if self.session.closed:
            return standing(self.session)
        chosen = self._next and "\n".join(self._exchanges[-1].sent) in self._next.choices
        return "Not this one: choose again." if chosen else "The story waits for its next line."

    # --- how it looks -----------------------------------------------------------------------------------

    def html(self) -> Html:
        """What to say next, what was said last and what that means, where the message is, and all that was said."""
        over = button("Start over", "start_over", class_="sl-btn sl-plain sl-end", id="over")
        seen = picture.now(journey.standing(self.session))
        whole = tag("details", tag("summary", "The whole dialogue"), self._talk(), id="dialogue")
        return join(bar(*self._buttons(), over if self._connect else None), self._newest(), seen, whole)

    def _buttons(self) -> list[Html]:
        step = self._next
        if step is None:
            return [tag("button", "Go on ↓", type="button", class_="sl-btn sl-main", data_onward=True, id="next")]
        if self.session.closed:
            return []
        if not step.choices:
            label = "Send the letter" if "\n" in step.line else join("Send ", tag("code", step.line))
            return [button(label, "go_on", main=True, id="next")]
        ids = ("next", *(f"next-{number}" for number in range(1, len(step.choices))))
        return [button(self._choice(line), "say", line, id=id) for id, line in zip(ids, step.choices, strict=True)]

    def _choice(self, line: str) -> Html:
        """The address of a line that can be chosen, with a sign where the server has refused it."""
        address = _ADDRESS.search(line)
        refused = any(each.sent == (line,) and each.reply.code >= 400 for each in self._exchanges)
        sign = tag("span", " ✗", class_="sl-tone sl-tone-5") if refused else None
        return join(tag("code", address[1] if address else line), sign)

    def _newest(self) -> Html:
        """The last exchange. The story tells why it came; where the story waits, the reply's own reason does."""
        each = self._exchanges[-1]
        fault = each.reply.reason.fault if each.reply.reason else None
        said = display.client(each.sent, fault) if each.sent else None
        told = tag("div", self._sentence, class_="sl-tells")
        answer = display.server(each.reply, explained=not self._in_step, told=told)
        return tag("div", display.talk(said, answer), class_="sl-last", id="told")
