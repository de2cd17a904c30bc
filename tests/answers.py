"""Outcomes for tests, made by hand: which question, right or not, how sure, on which day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from smtplesson.learner.attempts import Confidence
from smtplesson.learner.quiz import Outcome
from smtplesson.questions.bank import QuestionBank
from smtplesson.questions.kinds import KINDS
from smtplesson.questions.question import Choice, Kind, Misconception, Question

FIRST = date(2026, 1, 5)  # a Monday, day 0

FORWARDED = Misconception(
    "551-is-forwarded", "551 forwards.", "551 refuses.", "RFC 5321 section 3.4", "05-251-or-553", ("551", "251")
)
CONFIRMS = Misconception(
    "252-confirms", "252 confirms.", "252 leaves it open.", "RFC 5321 section 3.5.3", "05-251-or-553"
)


def day(number: int) -> date:
    """Day 0 is a Monday."""
    return FIRST + timedelta(number)


def question(
    id: str,
    objective: str = "reading",
    *,
    kind: Kind = KINDS["single"],
    right: str = "This one.",
    wrong: Sequence[str] = ("That one.",),
    behind: str = "",
) -> Question:
    """A question whose choice A is right."""
    choices = [
        Choice(right, "It is so.", right=True),
        *(Choice(text, "It is not.", misconception=behind) for text in wrong),
    ]
    return Question(id, "Which?", tuple(choices), "RFC 5321", objective, kind)


def answer(
    asked: Question | str,
    right: bool,
    number: int | None = 0,
    confidence: Confidence | None = None,
    *,
    chosen: str = "B",
    behind: Sequence[Misconception] = (),
) -> Outcome:
    """An answer on day `number`: A where it was right, `chosen` where it was wrong."""
    asked = question(asked) if isinstance(asked, str) else asked
    held = () if right else tuple(behind)
    return Outcome(
        asked, "A" if right else chosen, right, "Why.", held, confidence, None if number is None else day(number)
    )


def bank(*questions: Question) -> QuestionBank:
    """A bank of these questions."""
    return QuestionBank(questions, {})
