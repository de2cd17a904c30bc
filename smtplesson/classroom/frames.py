"""A class's marks and what they tell, as pandas tables for the teacher's notebook.

The tables hold texts as they were handed in: `ClassReport.save_marks` writes a CSV that a spreadsheet can open safely.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from smtplesson.classroom.report import ClassReport
from smtplesson.learner.mastery import POSTTEST, PRETEST


def marks(report: ClassReport) -> pd.DataFrame:
    """One row for each learner: what they were asked, answered and got right."""
    columns = ["name", "asked", "answered", "right", "share"]
    rows = [[m.name, m.asked, m.answered, m.right, m.share] for m in report.marked.marks]
    return _table(rows, columns, [mark.learner for mark in report.marked.marks], "learner")


def answers(report: ClassReport) -> pd.DataFrame:
    """One row for each answer that counts."""
    columns = ["learner", "question", "objective", "response", "right", "misconceptions", "confidence", "day"]
    rows = [
        [
            learner,
            outcome.question.id,
            outcome.question.objective,
            outcome.response,
            outcome.right,
            ", ".join(behind.id for behind in outcome.misconceptions),
            str(outcome.confidence or ""),
            outcome.day,
        ]
        for learner, outcomes in report.marked.first.items()
        for outcome in outcomes
    ]
    return pd.DataFrame(rows, columns=columns)


def questions(report: ClassReport) -> pd.DataFrame:
    """One row for each question or family: difficulty, discrimination, the wrong answer most chosen.

    Nothing stands for the discrimination where fewer than ten learners answered.
    """
    columns = ["learners", "right", "correlation", "upper_lower", "most_chosen_wrong"]
    rows = [[i.learners, i.share, *i.discrimination, i.wrong[0][0] if i.wrong else ""] for i in report.items]
    return _table(rows, columns, [item.id for item in report.items], "question")


def rewrite(report: ClassReport) -> pd.DataFrame:
    """The questions to look at again, and why."""
    rows = [[item.id, why] for item in report.items for why in item.rewrite]
    return pd.DataFrame(rows, columns=["question", "why"])


def misconceptions(report: ClassReport) -> pd.DataFrame:
    """The class's misconceptions: in how many answers each showed, and how many learners hold it firmly."""
    columns = ["shown", "chances", "share", "learners", "firm", "belief"]
    rows = [[b.shown, b.chances, b.share, len(b.learners), len(b.firm), b.misconception.belief] for b in report.beliefs]
    return _table(rows, columns, [belief.misconception.id for belief in report.beliefs], "misconception")


def pairs(report: ClassReport) -> pd.DataFrame:
    """The codes that are confused, and by how many learners."""
    rows = [[p.code, p.taken_for, len(p.learners), p.count] for p in report.pairs]
    return pd.DataFrame(rows, columns=["code", "taken_for", "learners", "times"])


def gain(report: ClassReport) -> pd.DataFrame:
    """The share right in the pretest and at the end, and the normalised gain; no row where nobody took both."""
    gain = report.gain
    rows = [] if gain is None else [[gain.learners, gain.before, gain.after, gain.normalised]]
    return pd.DataFrame(rows, columns=["learners", PRETEST, POSTTEST, "normalised_gain"])


def needs(report: ClassReport) -> pd.DataFrame:
    """Who needs help with what."""
    rows = [
        [", ".join(name for name, _, _ in need.objectives), ", ".join(m.id for m in need.beliefs)]
        for need in report.needs
    ]
    return _table(rows, ["objectives", "misconceptions"], [need.learner for need in report.needs], "learner")


def notes(report: ClassReport) -> pd.DataFrame:
    """What was refused or left out, and why."""
    rows = [[note.source, note.refused, note.text] for note in report.marked.notes]
    return pd.DataFrame(rows, columns=["file", "refused", "why"])


def _table(rows: Sequence[Sequence[object]], columns: list[str], index: list[str], name: str) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=columns, index=pd.Index(index, name=name))
