"""Answers that are kept and cannot be marked any more: how many there are, and why, for the learner."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from smtplesson import markup
from smtplesson.learner import predictions
from smtplesson.learner.attempts import Attempt
from smtplesson.learner.quiz import Outcome
from smtplesson.questions import retired


def told(attempts: Iterable[Attempt], marked: Sequence[Outcome]) -> tuple[str, ...]:
    """A sentence for each reason for which some attempts are not among those that were marked; none where all are.

    A question may be retired; else it is of another version of the kit or of a teacher, or what was answered is no
    answer to it as it stands today. A prediction is no answer to a question.

    >>> from datetime import date
    >>> told([Attempt("type-the-code~7", "550", date(2026, 1, 5)), Attempt("of-my-own", "A", date(2026, 1, 5))], [])[1]
    '1 answer is to a question that this kit does not have as it was then: kept, and not marked.'
    """
    answers = [attempt for attempt in attempts if not predictions.is_prediction(attempt)]
    gone = sum(retired.is_retired(attempt.question) for attempt in answers)
    other = len(answers) - gone - len(marked)
    what = markup.counted(other, "answer is to a question", "answers are to questions")
    kept = f"{what} that this kit does not have as it was then: kept, and not marked."
    return (*retired.told(attempt.question for attempt in answers), *([kept] if other > 0 else []))
