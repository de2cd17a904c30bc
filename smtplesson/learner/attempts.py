"""One answer of one learner, as it is remembered: what was asked, what was said, how sure they were, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Confidence(StrEnum):
    """How sure a learner is, told before the feedback."""

    GUESS = "guess"
    THINK_SO = "think so"
    SURE = "sure"


@dataclass(frozen=True, slots=True)
class Attempt:
    """An answer without its mark: whether it was right is found out again from the question.

    `question` is a question's id; `response` is in the letters of the question's file, whatever order was shown
    (`Question.to_file`); `quiz` names what asked, such as a lesson or "review".
    """

    question: str
    response: str
    day: date
    confidence: Confidence | None = None
    quiz: str = ""
