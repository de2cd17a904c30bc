"""The question bank in other programs' formats, a file each. A new one is named here.

What a format cannot hold is left out, and the report of the export names it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

from smtplesson.questions.exports import anki, cards, gift, jupyterquiz, moodle, sheet, text2qti
from smtplesson.questions.exports.exported import Export, Loss
from smtplesson.questions.question import Question

__all__ = ["FORMATS", "Export", "Format", "Loss", "export"]


class Format(Protocol):
    """What a format's file holds: its name, what it is, and how the names of its files end."""

    NAME: str
    SUMMARY: str
    SUFFIX: str

    def write(self, questions: Sequence[Question], title: str) -> Export:
        """Write questions whose choices stand in the order in which they are to be shown."""


#: Every format by its name.
FORMATS: Mapping[str, Format] = MappingProxyType(
    {file.NAME: file for file in (moodle, gift, text2qti, jupyterquiz, anki, sheet, cards)}
)


def export(questions: Iterable[Question], format: str, *, seed: int = 0, title: str = "SMTP replies") -> Export:
    """Write the questions in a format; the order of their choices depends on the seed.

    `title` heads the sheet, and is the category in Moodle XML and GIFT. Raises ValueError where there is no such
    format or no question.

    >>> from smtplesson.questions.bank import QuestionBank
    >>> made = export(QuestionBank.load().where(lesson="05-251-or-553").values(), "gift")
    >>> made.report.split("\\n")[0]
    '8 questions exported.'
    """
    if format not in FORMATS:
        raise ValueError(f"There is no format {format!r}; there are {', '.join(FORMATS)}.")
    asked = tuple(question.shuffled(seed) for question in questions)
    if not asked:
        raise ValueError("There is no question to export.")
    return FORMATS[format].write(asked, title)
