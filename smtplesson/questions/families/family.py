"""A family of generated questions, and the dice with which it makes them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from smtplesson.questions.question import Question
from smtplesson.server.server import Server

_Thing = TypeVar("_Thing")
#: A question without its id, and the server that it is about, if there is one.
Made = tuple[Question, Server | None]


class Dice:
    """Chance from a text, the same in every process and every version of Python.

    Only `random.Random.random()` is asked: of a text seed and this method Python promises that they stay.
    """

    def __init__(self, text: str) -> None:
        self._random = random.Random(text).random

    def below(self, count: int) -> int:
        """A whole number from 0, less than `count`."""
        return int(self._random() * count)

    def chance(self, share: float) -> bool:
        """True in this share of all cases."""
        return self._random() < share

    def pick(self, things: Sequence[_Thing]) -> _Thing:
        """One of them."""
        return things[self.below(len(things))]

    def take(self, things: Sequence[_Thing], count: int) -> list[_Thing]:
        """So many of them, each once, in any order; all of them where there are fewer."""
        left = list(things)
        return [left.pop(self.below(len(left))) for _ in range(min(count, len(left)))]

    def shuffled(self, things: Sequence[_Thing]) -> tuple[_Thing, ...]:
        """All of them, in any order."""
        return tuple(self.take(things, len(things)))


@dataclass(frozen=True, slots=True)
class Family:
    """Questions made after one pattern: the lesson that they belong to, what they are for, and how chance makes one."""

    name: str
    lesson: str
    objective: str
    make: Callable[[Dice], Made]
