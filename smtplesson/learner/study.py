"""What a learner studies: a lesson's questions, new ones from a seed, or a review, each answer kept in their log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Unpack

from smtplesson.learner import review
from smtplesson.learner.log import Log, today
from smtplesson.learner.mastery import PRETEST, Pair, offers, pairs_of
from smtplesson.learner.quiz import Quiz, Wanted, outcomes
from smtplesson.questions.bank import QuestionBank
from smtplesson.questions.question import Question

_TRIED = 60  # questions that are made, to find some on a pair of codes


def lesson_quiz(log: Log, lesson: str | None = None, **wanted: Unpack[Wanted]) -> Quiz:
    """Ask what `Quiz.of` chooses from the kit's questions, each answer kept in the log.

    Raises ValueError where there are no such questions.
    """
    return Quiz.of(QuestionBank.load(), lesson=lesson, day=today(), record=log.append, **wanted)


def fresh_quiz(
    log: Log, count: int = 5, *, seed: int, objective: str | None = None, lesson: str | None = None, name: str = ""
) -> Quiz:
    """Ask `count` questions made from the seed: another seed, other dialogues; the same seed, the same ones."""
    asked = [q.shuffled(seed) for q in _variants(count, seed, objective=objective, lesson=lesson)]
    return _quiz(log, QuestionBank.load(), asked, name or f"fresh-{objective or lesson or 'all'}")


def review_quiz(log: Log, count: int = 10) -> Quiz:
    """Ask what is due today by the log, then new questions on what is weak, then what the learner has not seen."""
    bank, day = QuestionBank.load(), today()
    before = outcomes(log.attempts(), bank)
    # The pretest is to be new when it is taken; a question of it that was answered comes back all the same.
    unseen = QuestionBank([q for q in bank.values() if q.lesson != PRETEST], bank.misconceptions)
    asked = review.choose(before, unseen, day, count, len(before), fresh=_fresh)
    return _quiz(log, bank, asked, "review")


def pair_quiz(log: Log, pair: Pair, count: int = 4) -> Quiz:
    """Ask what tells two codes apart that the learner mixes up: questions whose wrong choices offer that mistake.

    Those that they have not answered come first, then new ones, then old ones; short before long. A right answer
    makes up for one mistake. Raises ValueError where no question offers it.
    """
    bank = QuestionBank.load()
    named = pairs_of(bank.misconceptions.values())
    asked = Counter(attempt.question for attempt in log.attempts())
    seed = sum(asked.values())
    known = [q for q in bank.values() if q.lesson != PRETEST and offers(q, pair, named)]
    made = [q for q in _variants(_TRIED, seed) if offers(q, pair, named)]
    found = sorted([*known, *made], key=lambda q: (asked[q.id], "~" in q.id, q.dialogue.count("\n")))[:count]
    if not found:
        raise ValueError(f"No question tells {pair[0]} from {pair[1]}; compare the two instead.")
    return _quiz(log, bank, [q.shuffled(seed) for q in found], f"{pair[0]}-or-{pair[1]}")


def _fresh(objective: str, count: int, seed: int) -> Sequence[Question]:
    """New questions on an objective; none where no family makes any."""
    from smtplesson.questions import families

    if all(family.objective != objective for family in families.FAMILIES.values()):
        return ()
    return families.variants(count, seed, objective=objective)


def _variants(count: int, seed: int, **wanted: str | None) -> Sequence[Question]:
    """Questions from a seed; the families play a server, and are read when first asked for."""
    from smtplesson.questions import families

    return families.variants(count, seed, **wanted)


def _quiz(log: Log, bank: QuestionBank, asked: Iterable[Question], name: str) -> Quiz:
    return Quiz(asked, bank.misconceptions, name=name, day=today(), record=log.append)
