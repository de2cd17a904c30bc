"""The question bank in other programs' formats: Moodle XML, GIFT, jupyterquiz, and a sheet to print.

What a format cannot hold is left out, and the report of the export names it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from smtplesson.questions.exports import _gift, _jupyterquiz, _moodle, _sheet
from smtplesson.questions.exports._exported import Export, Loss
from smtplesson.questions.question import Question

__all__ = ["FORMATS", "Export", "Format", "Loss", "export"]


@dataclass(frozen=True, slots=True)
class Format:
    """A format by its name: what it is, how its files end, and what writes it."""

    name: str
    summary: str
    suffix: str
    write: Callable[[Sequence[Question], str], Export]


#: Every format by its name.
FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        made.name: made
        for made in (
            Format("moodle", "Moodle XML", ".xml", _moodle.write),
            Format("gift", "GIFT, a text format of Moodle that other programs read, too", ".txt", _gift.write),
            Format("jupyterquiz", "JSON for the package jupyterquiz", ".json", _jupyterquiz.write),
            Format("print", "a sheet to print, with a key, as HTML", ".html", _sheet.write),
        )
    }
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
