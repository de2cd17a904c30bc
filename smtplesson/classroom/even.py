"""Even draws: a set that names matters or beliefs asks each learner as often about the one as about the other.

A matter is a code or another tag of a question; a belief is asked about by a question whose wrong answers can show it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import islice

from smtplesson.questions import families, retired
from smtplesson.questions.question import Question, generator

VERSIONS = 24  # of a family in a set: a class shares them, so that each is answered often enough to be judged
_TRIED = 1500  # versions that are made, to find those on one matter


def serves(question: Question, matter: str) -> bool:
    """Whether a question is about a matter, or its wrong answers can show this belief."""
    return matter in question.tags or matter in question.beliefs


def drawn(
    pool: Iterable[Question], count: int, matters: Sequence[str], sure: Iterable[Question]
) -> tuple[Question, ...]:
    """Take up to `count` questions from the front of the pool, each on the matter that was least asked about.

    Those that are asked for certain count. What serves no matter is not taken.
    """
    asked, left, found = _Asked(matters, sure), list(pool), list[Question]()
    while len(found) < count and (matter := asked.least(lambda each: any(serves(q, each) for q in left))):
        question = next(each for each in left if serves(each, matter))
        left.remove(question)
        found.append(question)
        asked.add(question)
    return tuple(found)


def matters_of(
    slots: Iterable[str], matters: Sequence[str], fixed: Iterable[Question], has: Callable[[str, str], bool]
) -> tuple[str, ...]:
    """The matter of each slot, a family that makes a question: of those it `has`, the one least asked about.

    Empty where the family has none of them.
    """
    asked, found = _Asked(matters, fixed), []
    for family in slots:
        matter = asked.least(lambda each, of=family: has(of, each))  # type: ignore[misc]
        asked.times[matter] += 1
        found.append(matter)
    return tuple(found)


@cache
def seeds(seed: int, name: str, family: str, matter: str) -> tuple[int, ...]:
    """The seeds of the versions of a family that are on a matter: the same for a whole class, 24 at most."""
    tried = generator(seed, f"{name}:{family}:{matter}").sample(range(families.SEEDS), _TRIED)
    return tuple(islice(_on(tried, family, matter), VERSIONS))


@cache
def among(numbers: tuple[int, ...], family: str, matter: str) -> tuple[int, ...]:
    """Those of some seeds whose versions of a family are on a matter."""
    return tuple(_on(numbers, family, matter))


def _on(numbers: Iterable[int], family: str, matter: str) -> Iterator[int]:
    for number in numbers:
        question = families.find(retired.now(f"{family}~{number}"))
        if question is not None and serves(question, matter):
            yield number


class _Asked:
    """How often each matter was asked about so far."""

    def __init__(self, matters: Sequence[str], questions: Iterable[Question]) -> None:
        self._matters = matters
        self.times: Counter[str] = Counter()
        for question in questions:
            self.add(question)

    def add(self, question: Question) -> None:
        """Count a question for all that it serves."""
        self.times.update(matter for matter in self._matters if serves(question, matter))

    def least(self, can: Callable[[str], bool]) -> str:
        """The matter least asked about, the first of several, among those that can be; empty where none can."""
        return min(filter(can, self._matters), key=lambda matter: self.times[matter], default="")
