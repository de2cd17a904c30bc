"""Item statistics as a file without names, to send on; such files of several classes, read back to mark questions.

The file is CSV in UTF-8. Its first line names the columns, each further line is one question that was answered:

- `question`: the id; that of a family of generated questions ends with `~`
- `version`: the fingerprint of the question (`frozen.fingerprint`), so that a count is never laid to a changed
  question's charge; empty for a family
- `learners`, `answers`, `right`: how many learners answered, how many answers there are, and how many are right
- `correlation`, `compared`: the corrected item-total correlation and of how many learners; empty where there is none

No learner, answer or day is in it.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import atanh, tanh
from pathlib import Path

from smtplesson import content, markup
from smtplesson.classroom.frozen import fingerprint
from smtplesson.classroom.item_statistics import ENOUGH, HARD, Item, interval
from smtplesson.content import shown
from smtplesson.questions import retired
from smtplesson.questions.bank import QuestionBank

COLUMNS = ("question", "version", "learners", "answers", "right", "correlation", "compared")
EASY = 0.95  # the share of right answers from which a question tells nothing
_MOST = 10**9


class Verdict(StrEnum):
    """What a question is marked as; nothing where the numbers give no reason."""

    BROKEN = "broken"
    HARD = "hard"
    EASY = "easy"


@dataclass(frozen=True, slots=True)
class Tally:
    """What all files say of one question together; `correlation` is the mean of theirs, weighed by learners."""

    question: str
    learners: int
    answers: int
    right: int
    correlation: float | None
    compared: int

    @property
    def share(self) -> float:
        """The part of the answers that is right."""
        return self.right / self.answers

    @property
    def verdict(self) -> Verdict | None:
        """Broken where those who are good at the rest get it wrong, else hard or easy, from ten learners on."""
        if self.learners < ENOUGH:
            return None
        if (
            self.correlation is not None
            and self.compared >= ENOUGH
            and interval(self.correlation, self.compared)[1] < 0
        ):
            return Verdict.BROKEN
        return Verdict.HARD if self.share <= HARD else Verdict.EASY if self.share >= EASY else None

    def __str__(self) -> str:
        related = "" if self.correlation is None else f", correlation {self.correlation:.2f}"
        told = f"{self.question}: {markup.counted(self.learners, 'learner')}, {self.share:.0%} right{related}"
        return f"{told}: {self.verdict}" if self.verdict else told


@dataclass(frozen=True, slots=True)
class Tallies:
    """All questions of some files, those that are marked first, and what was passed over, in sentences."""

    questions: tuple[Tally, ...]
    notes: tuple[str, ...] = ()


def written(items: Iterable[Item]) -> str:
    """The items of a report as such a file."""
    text = io.StringIO(newline="")
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(COLUMNS)
    for item in items:
        version = "" if item.is_family else fingerprint(item.question)
        related = "" if item.correlation is None else f"{item.correlation:.4f}"
        lines.writerow((item.id, version, item.learners, item.answers, item.right, related, item.compared))
    return text.getvalue()


def read(paths: Iterable[str | Path], bank: QuestionBank | None = None) -> Tallies:
    """Read such files and add up what they say of each question that is in the bank as it was then.

    Raises ContentError, with the file and line, for what makes no sense.
    """
    kit = QuestionBank.load() if bank is None else bank
    found: dict[str, list[Tally]] = defaultdict(list)
    gone: dict[str, None] = {}
    for path in paths:
        for row in content.rows(Path(path), *COLUMNS):
            tally = _tally(row)
            (found[tally.question].append(tally) if _is_asked(row, kit) else gone.setdefault(tally.question))
    added = sorted((_added(each) for each in found.values()), key=lambda each: (_rank(each), each.share, each.question))
    few = f"{markup.counted(len(gone), 'question')} not in this kit, or changed since: {', '.join(map(shown, gone))}."
    return Tallies(tuple(added), (few,) if gone else ())


def _rank(tally: Tally) -> int:
    return list(Verdict).index(tally.verdict) if tally.verdict else len(Verdict)


def _is_asked(row: content.Section, bank: QuestionBank) -> bool:
    """Whether this kit still asks the question as it was, or questions of the family."""
    id = row["question"]
    if id.endswith("~"):
        return not retired.is_retired(id) and bank.find(f"{id}0") is not None
    question = bank.find(id)
    return question is not None and fingerprint(question) == row["version"]


def _tally(row: content.Section) -> Tally:
    id = row.take("question")
    learners, answers, right, compared = (_whole(row, name) for name in ("learners", "answers", "right", "compared"))
    if not 1 <= learners <= answers or right > answers or compared > learners:
        raise row.error("the counts do not fit together. Write the file anew: report FOLDER --items FILE.")
    return Tally(id, learners, answers, right, _correlation(row), compared)


def _whole(row: content.Section, name: str) -> int:
    text = row[name].strip()
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise row.error(f"{name} is {shown(text)}; a whole number less than {_MOST:,} belongs there.")
    return int(text)


def _correlation(row: content.Section) -> float | None:
    text = row["correlation"].strip().replace(",", ".")
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = 2
    if not -1 <= value <= 1:
        raise row.error(f"correlation is {shown(text)}; a number from -1 to 1 belongs there, or nothing.")
    return value


def _added(tallies: Sequence[Tally]) -> Tally:
    """Several classes together; correlations are averaged as Fisher's z, each with the weight that its error gives."""
    weights = [(t.correlation, t.compared - 3) for t in tallies if t.correlation is not None and t.compared > 3]
    total = sum(weight for _, weight in weights)
    mean = tanh(sum(atanh(max(-0.9999, min(0.9999, r))) * weight for r, weight in weights) / total) if total else None
    learners, answers, right = (sum(getattr(t, name) for t in tallies) for name in ("learners", "answers", "right"))
    return Tally(tallies[0].question, learners, answers, right, mean, total + 3 if total else 0)
