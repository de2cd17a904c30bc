"""What a learner studies: a lesson's questions, new ones from a seed, or a review, each answer kept in his log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from smtplesson.learner import review
from smtplesson.learner.log import Log, today
from smtplesson.learner.mastery import PRETEST
from smtplesson.learner.quiz import Quiz, outcomes
from smtplesson.questions import families
from smtplesson.questions.bank import Objectives, QuestionBank
from smtplesson.questions.question import Question


def lesson_quiz(
    log: Log,
    lesson: str | None = None,
    *,
    objective: Objectives = None,
    tag: str | None = None,
    count: int | None = None,
    seed: int = 0,
    name: str = "",
) -> Quiz:
    """Ask `count` questions of a lesson, objectives or a tag, or all, in an order that depends on the seed.

    `name` is what the log calls it; left out, the lesson's. Raises ValueError where there are no such questions.
    """
    return Quiz.of(
        QuestionBank.load(),
        lesson=lesson,
        objective=objective,
        tag=tag,
        count=count,
        seed=seed,
        name=name,
        day=today(),
        record=log.append,
    )


def fresh_quiz(
    log: Log, count: int = 5, *, seed: int, objective: str | None = None, lesson: str | None = None, name: str = ""
) -> Quiz:
    """Ask `count` questions made from the seed: another seed, other dialogues; the same seed, the same ones."""
    asked = [q.shuffled(seed) for q in families.variants(count, seed, objective=objective, lesson=lesson)]
    return _quiz(log, QuestionBank.load(), asked, name or f"fresh-{objective or lesson or 'all'}")


def review_quiz(log: Log, count: int = 10) -> Quiz:
    """Ask what is due today by the log, then new questions on what is weak, then what the learner has not seen."""
    bank, day = QuestionBank.load(), today()
    before = outcomes(log.attempts(), bank)
    # The pretest is to be new when it is taken; a question of it that was answered comes back all the same.
    unseen = QuestionBank([q for q in bank.values() if q.lesson != PRETEST], bank.misconceptions)
    asked = review.choose(before, unseen, day, count, len(before), fresh=_fresh)
    return _quiz(log, bank, asked, "review")


def _fresh(objective: str, count: int, seed: int) -> Sequence[Question]:
    """New questions on an objective; none where no family makes any."""
    if all(family.objective != objective for family in families.FAMILIES.values()):
        return ()
    return families.variants(count, seed, objective=objective)


def _quiz(log: Log, bank: QuestionBank, asked: Iterable[Question], name: str) -> Quiz:
    return Quiz(asked, bank.misconceptions, name=name, day=today(), record=log.append)
