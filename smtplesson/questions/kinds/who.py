"""The kind "who": choose who has to act on a reply."""

from __future__ import annotations

from smtplesson.questions.kinds.one_letter import OneLetter
from smtplesson.questions.question import Question

#: Who may have to act on a reply: the choices of each such question.
PARTIES = ("The sender", "The program", "This server's postmaster", "Nobody")


class Who(OneLetter):
    """Choose who has to act next, from the same four parties each time."""

    name = "who"
    keeps_order = True

    def check(self, question: Question) -> str:
        """The choices are the four parties."""
        if fault := super().check(question):
            return fault
        named = tuple(choice.text for choice in question.choices)
        return "" if named == PARTIES else f"the choices of kind who are {', '.join(PARTIES)}, in this order."


KIND = Who()
