"""The kind "single": choose the one right answer."""

from __future__ import annotations

from smtplesson.questions.kinds.one_letter import OneLetter
from smtplesson.questions.question import leading_code


class Single(OneLetter):
    """Choose the one right answer; what a file of questions means where it names no kind."""

    name = "single"

    def code(self, text: str) -> str:
        """The code where the choice is nothing but a code: a sentence that begins with one only speaks of it."""
        code, rest = leading_code(text)
        return "" if rest.strip(" .") else code


KIND = Single()
