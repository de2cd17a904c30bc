"""What a learner gained: the five questions of lesson 00, and the same five in lesson 09."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from smtplesson.quiz import Outcome

#: What the log calls the two.
PRETEST, POSTTEST = "00-pretest", "09-posttest"


@dataclass(frozen=True, slots=True)
class Gain:
    """The first answers to each question of the pretest, and the first ones to the test at the end.

    `before` and `after` say for the id of each question whether it was answered rightly.
    """

    before: Mapping[str, bool]
    after: Mapping[str, bool]

    @classmethod
    def of(cls, outcomes: Iterable[Outcome]) -> Gain:
        """Look for both tests among the outcomes, oldest first: the first attempt at each question counts."""
        answers = tuple(outcomes)
        return cls(_first(answers, PRETEST), _first(answers, POSTTEST))

    @property
    def both(self) -> tuple[str, ...]:
        """The questions that were answered before and after."""
        return tuple(id for id in self.before if id in self.after)

    def __str__(self) -> str:
        if not self.before:
            return ""
        if not self.both:
            right = sum(self.before.values())
            return f"In lesson 00 you had {right} of {len(self.before)} right. Lesson 09 asks the same again."
        before, after = (sum(test[id] for id in self.both) for test in (self.before, self.after))
        lost = sum(self.before[id] and not self.after[id] for id in self.both)
        count = f"{len(self.both)} question{'' if len(self.both) == 1 else 's'}"
        said = f"Of {count} you had {before} right before the lessons and {after} after them."
        return said + (f" {lost} that you had right at first went wrong: look at your review." if lost else "")


def _first(answers: Iterable[Outcome], test: str) -> dict[str, bool]:
    first: dict[str, bool] = {}
    for outcome in answers:
        if outcome.quiz == test:
            first.setdefault(outcome.question.id, outcome.right)
    return first
