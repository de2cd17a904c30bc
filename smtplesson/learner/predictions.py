"""What a learner predicted that a server would reply: kept in the log, marked from what is kept, and no exercise.

A prediction is an attempt whose question is `predict:SCENARIO:N:CODE`, the reply to exchange N of a scenario with the
code that the server gave, and whose response is the code that was expected, or only its first digit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from smtplesson import markup
from smtplesson.learner.attempts import Attempt
from smtplesson.learner.mastery import counted
from smtplesson.learner.quiz import Outcome
from smtplesson.questions.kinds import KINDS
from smtplesson.questions.question import Choice, Question

QUIZ = "predict"  # what the log calls what asked
_ID = re.compile(r"predict:.+:[1-9][0-9]*:([2-5][0-9]{2})", re.DOTALL)
_RESPONSE = re.compile(r"[2-5]([0-9]{2})?")


def attempt(scenario: str, exchange: int, *, replied: int, predicted: int, day: date) -> Attempt:
    """A prediction as the log keeps it; `predicted` is a code, or a class alone: 2 to 5.

    >>> attempt("neighbours", 4, replied=551, predicted=251, day=date(2026, 1, 5)).question
    'predict:neighbours:4:551'
    """
    return Attempt(f"predict:{scenario}:{exchange}:{replied}", str(predicted), day, quiz=QUIZ)


def is_prediction(attempt: Attempt) -> bool:
    """Whether this is a prediction, and no answer to a question."""
    return _ID.fullmatch(attempt.question) is not None


def outcomes(attempts: Iterable[Attempt]) -> tuple[Outcome, ...]:
    """What came of the predictions among some attempts; what makes no sense is left out."""
    found = []
    for each in attempts:
        asked = _ID.fullmatch(each.question)
        if asked and _RESPONSE.fullmatch(each.response):
            reply = Choice(asked[1], "", right=True)
            question = Question(each.question, "", (reply,), "", objective="", kind=KINDS["typed"])
            right = each.response == asked[1]
            found.append(Outcome(question, each.response, right, "", day=each.day, quiz=each.quiz))
    return tuple(found)


def told(predicted: Iterable[Outcome]) -> str:
    """How many predictions there were, and how many right; empty where there were none.

    Of each reply the first of each day counts, as with answers.
    """
    first = counted(predicted)
    if not first:
        return ""
    classes = sum(each.response[0] == each.question.choices[0].text[0] for each in first)
    codes = sum(each.right for each in first)
    return f"{markup.counted(len(first), 'prediction')} of a reply: the class right {classes}, the code right {codes}."
