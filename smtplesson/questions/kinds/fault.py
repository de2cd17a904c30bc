"""The kind "fault": choose the piece of an address that breaks the grammar."""

from __future__ import annotations

from smtplesson.questions.kinds.one_letter import OneLetter
from smtplesson.questions.question import Question


class Fault(OneLetter):
    """Choose the faulty piece; the choices are the pieces of `address`."""

    name = "fault"
    instruction = "Choose the piece that breaks the grammar."
    in_terminal = "Type the letter of the piece that breaks the grammar."
    on_paper = "Mark the piece that breaks the grammar."
    needs = ("address",)
    keeps_order = True
    is_code = True
    is_one_text = True

    def check(self, question: Question) -> str:
        """The pieces make the address."""
        if fault := super().check(question):
            return fault
        joined = "".join(choice.text for choice in question.choices)
        return (
            ""
            if joined == question.address
            else f"the choices, joined, are {joined!r}; address is {question.address!r}."
        )


KIND = Fault()
