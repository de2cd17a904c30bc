"""What was gained between the first lesson and the last."""

from __future__ import annotations

import dataclasses

import pytest

from smtplesson.learner.mastery import POSTTEST, PRETEST, Gain
from smtplesson.learner.overview import Overview
from smtplesson.learner.quiz import Outcome
from tests.answers import answer, day


def asked(id: str, right: bool, quiz: str, number: int = 0) -> Outcome:
    return dataclasses.replace(answer(id, right, number), quiz=quiz)


BEFORE = [asked("a", False, PRETEST), asked("b", True, PRETEST), asked("c", False, PRETEST)]


@pytest.mark.parametrize(
    ("outcomes", "words"),
    [
        ([], ""),
        ([asked("a", True, "05-251-or-553")], ""),
        (BEFORE, "In lesson 00 you had 1 of 3 right. Lesson 09 asks the same again."),
        (
            [*BEFORE, asked("a", True, POSTTEST), asked("b", True, POSTTEST), asked("c", False, POSTTEST)],
            "Of 3 questions you had 1 right before the lessons and 2 after them.",
        ),
        (
            [*BEFORE, asked("a", True, POSTTEST), asked("b", False, POSTTEST)],
            "Of 2 questions you had 1 right before the lessons and 1 after them. "
            "1 that you had right at first went wrong: look at your review.",
        ),
        # the same day and the same questions: both tests count, and of each the first answer
        (
            [*BEFORE, asked("a", True, PRETEST), asked("a", False, POSTTEST), asked("a", True, POSTTEST)],
            "Of 1 question you had 0 right before the lessons and 0 after them.",
        ),
    ],
)
def test_it_is_told_in_a_sentence(outcomes: list[Outcome], words: str) -> None:
    assert str(Gain.of(outcomes)) == words


def test_a_report_begins_with_it() -> None:
    said = str(Overview.of([*BEFORE, asked("a", True, POSTTEST, 1)], day(1)))
    assert said.split("\n")[2] == "  Of 1 question you had 0 right before the lessons and 1 after them."
    assert "Of 1 question" not in str(Overview.of(BEFORE, day(1)))
