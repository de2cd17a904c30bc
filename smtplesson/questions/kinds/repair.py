"""The kind "repair": type an address that breaks the grammar as it should be."""

from __future__ import annotations

from smtplesson.protocol.grammar import diagnose, parse_mailbox
from smtplesson.questions.kinds.text import Text
from smtplesson.questions.question import Mark, Question, behind

_FEWEST_QUOTES = (
    "All quoted forms are equivalent; the one with the fewest quotes is to be sent (RFC 5321 section 4.1.2)."
)


class Repair(Text):
    """Type the whole address, repaired; any form of the mailbox that is meant is right."""

    name = "repair"
    instruction = "Type the whole address, repaired."
    in_terminal = "Type the whole address, repaired, then press Enter."
    on_paper = "Write the whole address, repaired."
    needs = ("address", "otherwise")
    case_counts = True

    def compared(self, text: str) -> str:
        """With the domain in small letters: its case does not count (RFC 5321 section 2.4)."""
        local, at, domain = text.rpartition("@")
        return local + at + domain.casefold()

    def unforeseen(self, question: Question, text: str) -> Mark:
        """It may break the grammar, or mean the same mailbox as one of the choices."""
        if (fault := diagnose(text)) is not None:
            return Mark(text, False, f"At character {fault.span[0] + 1}: {fault.message} ({fault.section})")
        meant = parse_mailbox(text).key
        for choice in question.choices:
            if diagnose(choice.text) is None and parse_mailbox(choice.text).key == meant:
                why = f"This means the same mailbox as {choice.text}. {choice.feedback}\n{_FEWEST_QUOTES}"
                return Mark(text, choice.right, why, () if choice.right else behind(choice))
        return super().unforeseen(question, text)

    def prefilled(self, question: Question) -> str:
        """The address, to be repaired where it stands."""
        return question.address


KIND = Repair()
