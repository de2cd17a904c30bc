"""The journey of a message, step by step: where it is and who must act after each reply, and what may yet happen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from smtplesson import markup
from smtplesson.dialogues import journey, picture
from smtplesson.dialogues.journey import Moment
from smtplesson.markup import Html, join, tag
from smtplesson.protocol.transcript import Transcript
from smtplesson.server.session import Session
from smtplesson.widgets.view import Clicks, View, bar, button


class JourneyView(View):
    """Follow the message of a session, or of a transcript: `next()`, `back()` and `what_if(...)` do what clicks do."""

    clicks: ClassVar[Clicks] = {"next": None, "back": None, "what_if": str}

    def __init__(self, said: Session | Transcript) -> None:
        super().__init__("Journey of a message")
        self.steps = journey.steps(said)
        self._at, self._asked = 0, ""
        self.update()

    @property
    def now(self) -> Moment:
        """The moment that is shown."""
        return self._offered[self._asked] if self._asked else self.steps[self._at][0]

    def next(self) -> None:
        """Go to the next reply that changes anything."""
        self._go(self._at + 1)

    def back(self) -> None:
        """Go to the reply before it."""
        self._go(self._at - 1)

    def what_if(self, question: str) -> None:
        """Show what may yet happen to a message that was taken, or, asked once more, where it is now."""
        if question not in self._offered:
            known = ", ".join(map(repr, self._offered)) or "nothing, until a message is taken"
            raise ValueError(f"Nothing answers {question!r} here; there is {known}.")
        self._asked = "" if question == self._asked else question
        self.update(say=picture.spoken(self.now))

    def markdown(self) -> str:
        """The twin: every step as a sentence."""
        rows = [f"{number}. {markup.markdown(picture.spoken(step[0]))}" for number, step in enumerate(self.steps, 1)]
        return "\n\n".join([f"**{self.title}**", "*Run this cell to follow it in a picture:*", "\n".join(rows)])

    # --- what is pressed --------------------------------------------------------------------------------

    # --- how it works -----------------------------------------------------------------------------------

    @property
    def _offered(self) -> dict[str, Moment]:
        return journey.what_if(self.steps[self._at][0])

    def _go(self, number: int) -> None:
        self._at, self._asked = min(max(number, 0), len(self.steps) - 1), ""
        self.update(say=f"Step {self._at + 1} of {len(self.steps)}. {picture.spoken(self.now)}")

    def html(self) -> Html:
        """The picture, the way to the next, and what may yet happen."""
        shown = picture.now((self.now,) if self._asked else self.steps[self._at])
        first, last = self._at == 0, self._at == len(self.steps) - 1
        return join(
            tag("h3", self.title, " ", tag("small", f"step {self._at + 1} of {len(self.steps)}")),
            shown,
            bar(
                button("Back", "back", key="B", id="back", aria_disabled="true" if first else None),
                button("Next", "next", main=True, key="N", id="next", aria_disabled="true" if last else None),
            ),
            what_if_bar(self._offered, self._asked) if self._offered else None,
        )


def what_if_bar(questions: Iterable[str], pressed: str) -> Html:
    """The questions of what may yet happen as buttons; one of them may be pressed."""
    buttons = (
        button(
            question,
            "what_if",
            question,
            id=f"ask-{number}",
            class_="sl-btn sl-small",
            aria_pressed="true" if question == pressed else "false",
        )
        for number, question in enumerate(questions)
    )
    return tag("div", *buttons, class_="sl-bar sl-asked")
