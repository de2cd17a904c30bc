"""Where a learner stands, in words: how sure and how right, what is mastered, what is mixed up, what is due."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from smtplesson import markup
from smtplesson.learner import predictions
from smtplesson.learner.mastery import (
    RULE,
    Calibration,
    Confusion,
    Gain,
    Held,
    Mastery,
    Stage,
    calibration,
    confusions,
    mastery,
    misconceptions,
)
from smtplesson.learner.quiz import Outcome
from smtplesson.learner.review import Scheduled, schedule


@dataclass(frozen=True, slots=True)
class Overview:
    """All that is said of a learner's answers on one day; `str()` is the whole of it in plain lines, for a terminal.

    `cards` is the whole queue, `answers` how many answers there are in all, `predicted` a sentence on the predictions.
    """

    today: date
    answers: int
    gain: Gain
    calibration: tuple[Calibration, ...]
    mastery: tuple[Mastery, ...]
    confusions: tuple[Confusion, ...]
    misconceptions: tuple[Held, ...]
    cards: tuple[Scheduled, ...]
    predicted: str = ""

    @classmethod
    def of(
        cls,
        outcomes: Iterable[Outcome],
        today: date,
        objectives: Iterable[str] = (),
        predicted: Iterable[Outcome] = (),
    ) -> Overview:
        """Look at the outcomes on `today`; `objectives` are those to speak of even where nothing was answered.

        What was `predicted` is told as a count, and shows what is mixed up; of one day it comes before the answers.
        """
        answers, foretold = tuple(outcomes), tuple(predicted)
        return cls(
            today,
            len(answers),
            Gain.of(answers),
            calibration(answers),
            mastery(answers, objectives),
            confusions((*foretold, *answers)),
            misconceptions(answers),
            schedule(answers),
            predictions.told(foretold),
        )

    @property
    def begun(self) -> tuple[Mastery, ...]:
        """The objectives that were begun."""
        return tuple(each for each in self.mastery if each.stage is not Stage.NOT_BEGUN)

    @property
    def not_begun(self) -> str:
        """The other objectives in a sentence; empty where there are none."""
        names = [each.words for each in self.mastery if each.stage is Stage.NOT_BEGUN]
        return f"Not begun yet: {', '.join(names)}." if names else ""

    @property
    def due(self) -> tuple[Scheduled, ...]:
        """The cards that are due today or were before."""
        return tuple(card for card in self.cards if card.due <= self.today)

    @property
    def headline(self) -> str:
        """The whole in one sentence or two."""
        if not self.answers:
            return "There is no answer yet. Answer the questions of a lesson, and this fills."
        mastered = sum(each.stage is Stage.MASTERED for each in self.mastery)
        return (
            f"{markup.counted(self.answers, 'answer')}; "
            f"{mastered} of {markup.counted(len(self.mastery), 'objective')} mastered; "
            f"{markup.counted(len(self.due), 'question')} due today."
        )

    @property
    def due_words(self) -> tuple[str, ...]:
        """What is due, and what comes next, in sentences."""
        if not self.cards:
            return ("Nothing is due: no question was answered yet.",)
        first = f"{markup.counted(len(self.due), 'question is', 'questions are')} due today."
        surprised = sum(card.surprised for card in self.due)
        said = [f"Sure but wrong, and so asked first: {surprised}."] if surprised else []
        coming = Counter(card.due for card in self.cards if card.due > self.today)
        if coming:
            day = min(coming)
            said.append(f"The next day of review is {day}, with {markup.counted(coming[day], 'question')}.")
        return (first, *said)

    def __str__(self) -> str:
        parts = [
            (f"Your progress on {self.today}", list(filter(None, [self.headline, str(self.gain), self.predicted]))),
            ("How sure and how right", list(map(str, self.calibration))),
            ("Objectives", [RULE, *map(str, self.begun), *([self.not_begun] if self.not_begun else [])]),
            ("Codes that you mix up", list(map(str, self.confusions)) or ["None that still needs work."]),
            ("Misconceptions", [_held(held) for held in self.misconceptions] or ["None showed."]),
            ("Review", list(self.due_words)),
        ]
        shown = parts if self.answers or self.predicted else parts[:1]
        return "\n\n".join("\n".join([title, *("  " + _indented(row) for row in rows)]) for title, rows in shown)


def _held(held: Held) -> str:
    if held.cured:
        return str(held).partition("\n")[0]
    lesson = held.misconception.lesson
    return f"{held}\nLesson: {lesson}" if lesson else str(held)


def _indented(text: str) -> str:
    return "\n    ".join(map(markup.visible, text.split("\n")))
