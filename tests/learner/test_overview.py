"""What a learner reads about himself."""

from __future__ import annotations

from smtplesson.learner.attempts import Confidence
from smtplesson.learner.overview import Overview
from smtplesson.questions.kinds import KINDS
from tests.answers import FORWARDED, answer, day, question

SURE = Confidence.SURE


def test_the_whole_report() -> None:
    mixed = question(
        "q", "tell-neighbours-apart", kind=KINDS["predict"], right="551 please try", wrong=["251 will forward"],
        behind=FORWARDED.id,
    )  # fmt: skip
    said = [
        answer(mixed, False, 0, SURE, behind=[FORWARDED]),
        *(answer(f"r{n}", True, 0, SURE) for n in range(3)),
        answer("r3", True, 1),
    ]
    assert str(Overview.of(said, day(1), ["reading", "tell-neighbours-apart", "who-acts"])) == (
        """\
Your progress on 2026-01-06
  5 answers; 1 of 3 objectives mastered; 1 question due today.

How sure and how right
  You have not said "guess" yet.
  You have not said "think so" yet.
  You were sure 4 times and right 3 times: too few answers to say (it takes 5).

Objectives
  Mastered means: right three times in a row, at least once on a question that is new to you, and once more on a later \
day. A right guess does not count; a wrong answer begins the row anew.
  reading: mastered. 4 of 4 right. Nothing is missing. A wrong answer would take it back to learning.
  tell neighbours apart: learning. 0 of 1 right. Be right 3 times in a row, at least once on a question that is new to \
you, then again on a later day.
  Not begun yet: who acts.

Codes that you mix up
  Where it is 551, you think of 251 (once, last on 2026-01-05).

Misconceptions
  Belief: 551 forwards. (once, last on 2026-01-05; not cured yet)
    In truth: 551 refuses. (RFC 5321 section 3.4)
    Lesson: 05-251-or-553

Review
  1 question is due today.
  Sure but wrong, and so asked first: 1.
  The next day of review is 2026-01-08, with 3 questions."""
    )


def test_of_what_is_cured_the_belief_is_enough() -> None:
    asked = question("q", behind=FORWARDED.id)
    said = str(Overview.of([answer(asked, False, 0, behind=[FORWARDED]), answer(asked, True, 1)], day(1)))
    assert "Misconceptions\n  Belief: 551 forwards. (once, last on 2026-01-05; cured)\n\nReview" in said


def test_with_nothing_wrong_it_says_so() -> None:
    said = str(Overview.of([answer("q", True, 0)], day(0)))
    assert "Codes that you mix up\n  None that still needs work." in said
    assert "Misconceptions\n  None showed." in said
    assert "0 questions are due today.\n  The next day of review is 2026-01-08, with 1 question." in said


def test_with_no_answer_it_is_short() -> None:
    assert str(Overview.of([], day(0), ["reading"])).count("\n") == 1
    assert Overview.of([], day(0)).due_words == ("Nothing is due: no question was answered yet.",)


def test_answers_without_a_day_are_told_of_but_not_scheduled() -> None:
    said = Overview.of([answer("q", True, None)], day(0))
    assert said.answers == 1
    assert said.due == ()


def test_no_text_steers_the_terminal() -> None:
    said = str(Overview.of([answer(question("q", "a\x1b[31m"), True)], day(0)))
    assert "\x1b" not in said
    assert "a␛[31m" in said
