"""The kind "labelling": say what each part of a reply, of an address, or of a bounce is."""

from __future__ import annotations

from smtplesson.questions.kinds.pairs import Pairs
from smtplesson.questions.question import Question


class Labelling(Pairs):
    """Choose a label for each part of `excerpt`; the choices are the parts in the order in which they stand there."""

    name = "labelling"
    needs = ("excerpt",)
    keeps_order = True
    is_code = True

    def check(self, question: Question) -> str:
        """The parts stand in the excerpt, one behind the other."""
        if fault := super().check(question):
            return fault
        found = {letter for letter, _ in question.parts()}
        missing = next((choice.text for letter, choice in question.lettered() if letter not in found), "")
        return f"excerpt has no part {missing!r} behind the part before it." if missing else ""


KIND = Labelling()
