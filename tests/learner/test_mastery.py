"""Calibration, mastery, confusions, misconceptions: worked out by hand, and against a slow checker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplesson.learner.attempts import Confidence
from smtplesson.learner.mastery import (
    Calibration,
    Confusion,
    Judgement,
    Mastery,
    Stage,
    calibration,
    confusions,
    counted,
    mastery,
    misconceptions,
    score_interval,
)
from smtplesson.learner.quiz import Outcome, Quiz
from smtplesson.questions.bank import QuestionBank
from smtplesson.questions.kinds import KINDS
from smtplesson.questions.question import Choice, Misconception, Question
from tests.answers import CONFIRMS, FORWARDED, answer, day, question

GUESS, THINK_SO, SURE = Confidence.GUESS, Confidence.THINK_SO, Confidence.SURE


@st.composite
def histories(draw: st.DrawFn) -> tuple[Outcome, ...]:
    """Answers to a few questions on two objectives, on days that go on."""
    size = draw(st.integers(0, 14))
    days = sorted(draw(st.lists(st.integers(0, 9), min_size=size, max_size=size)))
    return tuple(
        answer(
            question(f"q{(n := draw(st.integers(0, 5)))}", "odd" if n % 2 else "even", behind=CONFIRMS.id),
            draw(st.sampled_from([True, True, True, False])),
            number,
            draw(st.sampled_from([None, GUESS, SURE])),
            behind=[CONFIRMS],
        )
        for number in days
    )


# --- what counts --------------------------------------------------------------------------------------------


def test_of_a_question_the_first_answer_of_a_day_counts() -> None:
    first, again = answer("q", False, 0), answer("q", True, 0)
    other, next_day = answer("r", True, 0), answer("q", True, 1)
    assert counted([first, again, other, next_day]) == (first, other, next_day)


def test_days_are_put_in_order_and_no_day_is_the_earliest() -> None:
    late, early, never = answer("q", True, 3), answer("q", False, 1), answer("q", True, None)
    assert counted([late, early, never]) == (never, early, late)


# --- calibration --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("right", "answered", "low", "high"),
    # Newcombe 1998, Statistics in Medicine 17:857-872, table I, method 3
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_score_interval_is_the_published_one(right: int, answered: int, low: float, high: float) -> None:
    assert score_interval(right, answered) == pytest.approx((low, high), abs=6e-5)


@pytest.mark.parametrize(
    ("confidence", "answered", "right", "expected"),
    [
        # The interval's ends p solve n (s - p)^2 = z^2 p (1 - p), s the share. At 9/10, 1.96^2 * 0.09 = 0.3457:
        (SURE, 9, 6, Judgement.TOO_SURE),  # 9 (0.6667 - 0.9)^2 = 0.49: outside
        (SURE, 9, 7, Judgement.FITS),  # 9 (0.7778 - 0.9)^2 = 0.134: inside
        (SURE, 5, 3, Judgement.TOO_SURE),  # 5 (0.6 - 0.9)^2 = 0.45
        (SURE, 5, 4, Judgement.FITS),  # 5 (0.8 - 0.9)^2 = 0.05
        (SURE, 4, 0, Judgement.TOO_FEW),
        (SURE, 2, 0, Judgement.TOO_FEW),
        (SURE, 50, 50, Judgement.FITS),
        # At 1/2, 1.96^2 * 0.25 = 0.9604:
        (GUESS, 5, 5, Judgement.TOO_MODEST),  # 5 * 0.25 = 1.25
        (GUESS, 5, 4, Judgement.FITS),  # 5 * 0.09 = 0.45
        (GUESS, 8, 7, Judgement.TOO_MODEST),  # 8 * 0.1406 = 1.125
        (GUESS, 8, 0, Judgement.FITS),
        (THINK_SO, 6, 0, Judgement.TOO_SURE),  # 6 * 0.25 = 1.5
        (THINK_SO, 6, 2, Judgement.FITS),  # 6 * 0.0278 = 0.167
        (THINK_SO, 6, 6, Judgement.FITS),  # at 9/10: 6 * 0.01 = 0.06
        (THINK_SO, 40, 40, Judgement.TOO_MODEST),  # at 9/10: 40 * 0.01 = 0.4
    ],
)
def test_it_judges_only_what_the_numbers_bear(
    confidence: Confidence, answered: int, right: int, expected: Judgement
) -> None:
    assert Calibration(confidence, answered, right).judgement is expected


def test_calibration_in_words() -> None:
    said = [answer(f"s{n}", n < 6, n, SURE) for n in range(9)]
    said += [answer(f"t{n}", n < 1, 0, THINK_SO) for n in range(2)]
    said += [answer("not told", True)]
    assert [str(each) for each in calibration(said)] == [
        'You have not said "guess" yet.',
        "You thought so 2 times and were right once: too few answers to say (it takes 5).",
        "You were sure 9 times and right 6 times: you are surer than you should be.",
    ]
    assert [each.share for each in calibration(said)] == [None, 0.5, pytest.approx(2 / 3)]


def test_pressing_the_right_button_after_the_feedback_is_no_calibration() -> None:
    (*_, sure) = calibration([answer("q", False, 0, SURE), answer("q", True, 0, SURE)])
    assert (sure.answered, sure.right) == (1, 0)


# --- mastery ------------------------------------------------------------------------------------------------


def stage(*said: Outcome) -> Stage:
    (level,) = mastery(said)
    return level.stage


NEW = [answer("a", True, 0), answer("b", True, 0), answer("c", True, 0)]


def test_three_in_a_row_then_a_later_day() -> None:
    assert stage(*NEW[:2]) is Stage.LEARNING
    assert stage(*NEW) is Stage.TO_CONFIRM
    assert stage(*NEW, answer("d", True, 0)) is Stage.TO_CONFIRM  # the same day
    assert stage(*NEW, answer("d", True, 1)) is Stage.MASTERED
    assert stage(*NEW, answer("a", True, 1)) is Stage.MASTERED  # a question seen before will do


def test_a_wrong_answer_takes_it_back_whenever_it_comes() -> None:
    mastered = [*NEW, answer("d", True, 1)]
    assert stage(*NEW, answer("d", False, 0)) is Stage.LEARNING
    assert stage(*mastered, answer("a", False, 5)) is Stage.LEARNING
    again = [*mastered, answer("a", False, 5), *(answer(id, True, 6) for id in "bcd")]
    assert stage(*again) is Stage.LEARNING  # three right in a row, but none of them new
    assert stage(*again, answer("e", True, 6)) is Stage.TO_CONFIRM
    assert stage(*again, answer("e", True, 6), answer("e", True, 7)) is Stage.MASTERED


def test_the_same_question_three_times_is_one_new_one_and_two_old_ones() -> None:
    assert stage(*(answer("a", True, number) for number in range(3))) is Stage.TO_CONFIRM
    assert stage(*(answer("a", True, 0) for _ in range(3))) is Stage.LEARNING  # on one day: counts once
    wrong_first = [answer("a", False, 0), *(answer("a", True, number) for number in range(1, 9))]
    assert stage(*wrong_first) is Stage.LEARNING  # never one that was new


def test_generated_questions_are_new_with_each_seed() -> None:
    seeds = [answer(f"forwarding~{seed}", True, 0) for seed in range(3)]
    assert stage(*seeds) is Stage.TO_CONFIRM


def test_a_right_guess_neither_counts_nor_breaks_the_row() -> None:
    lucky = answer("lucky", True, 0, GUESS)
    assert stage(*NEW[:2], lucky) is Stage.LEARNING
    assert stage(*NEW[:2], lucky, NEW[2]) is Stage.TO_CONFIRM
    assert stage(*NEW, answer("d", True, 1, GUESS)) is Stage.TO_CONFIRM
    assert stage(*NEW, answer("d", False, 1, GUESS)) is Stage.LEARNING
    guessed_first = [answer(id, True, 0, GUESS) for id in "abc"]
    assert stage(*guessed_first, *(answer(id, True, 1) for id in "abc")) is Stage.LEARNING  # seen by then


def test_answers_without_a_day_prepare_but_do_not_confirm() -> None:
    unknown = [answer(id, True, None) for id in "abcd"]
    assert stage(*unknown) is Stage.TO_CONFIRM
    assert stage(*unknown, answer("e", True, 0)) is Stage.MASTERED


def test_objectives_are_told_apart_and_those_not_begun_are_listed_first_in_their_order() -> None:
    said = [answer(question("q", "second"), True), answer(question("r", "own"), False)]
    levels = mastery(said, ["first", "second"])
    assert [(level.objective, level.stage, level.answered, level.right) for level in levels] == [
        ("first", Stage.NOT_BEGUN, 0, 0),
        ("second", Stage.LEARNING, 1, 1),
        ("own", Stage.LEARNING, 1, 0),
    ]


REST = ", then again on a later day."


@pytest.mark.parametrize(
    ("said", "missing"),
    [
        ([], "Be right 3 times in a row, at least once on a question that is new to you" + REST),
        (NEW[:1], "Be right 2 more times in a row" + REST),
        (NEW[:2], "Be right once more" + REST),
        (
            [answer("a", False, 0), answer("a", True, 1)],
            "Be right 2 more times in a row, at least once on a question that is new to you" + REST,
        ),
        (
            [answer("a", False, 0), *(answer("a", True, number) for number in (1, 2, 3, 4))],
            "Be right once more, on a question that is new to you" + REST,
        ),
        (NEW, "Be right once more, on a day after 2026-01-05."),
        ([*NEW, answer("a", True, 1)], "Nothing is missing. A wrong answer would take it back to learning."),
    ],
)
def test_what_is_missing_is_said(said: list[Outcome], missing: str) -> None:
    (level,) = mastery(said, ["reading"])
    assert level.missing == missing


def test_a_level_in_words() -> None:
    level = Mastery("251-means-accepted", Stage.MASTERED, 5, 4, 4, True, day(1))
    assert str(level).startswith("251 means accepted: mastered. 4 of 5 right. Nothing is missing.")


def slow_stage(said: Sequence[Outcome]) -> Stage:
    """The definition, taken at its word: look for three neighbours and a later one, with nothing wrong since."""
    first_of_day = [
        o for n, o in enumerate(said) if not any((p.question.id, p.day) == (o.question.id, o.day) for p in said[:n])
    ]
    unseen = {id(o) for n, o in enumerate(said) if not any(p.question.id == o.question.id for p in said[:n])}
    proofs = [o for o in first_of_day if not (o.right and o.confidence is GUESS)]
    if not first_of_day:
        return Stage.NOT_BEGUN
    best = Stage.LEARNING
    for start in range(len(proofs) - 2):
        three, since = proofs[start : start + 3], proofs[start:]
        if all(o.right for o in since) and any(id(o) in unseen for o in three):
            end = three[-1].day
            later = any(o.day is not None and end is not None and o.day > end for o in proofs[start + 3 :])
            best = Stage.MASTERED if later or best is Stage.MASTERED else Stage.TO_CONFIRM
    return best


@given(histories())
def test_a_stage_is_what_its_definition_says(said: tuple[Outcome, ...]) -> None:
    for level in mastery(said, ["odd", "even"]):
        assert level.stage is slow_stage([o for o in said if o.question.objective == level.objective])


@given(histories())
def test_to_repeat_at_once_changes_nothing(said: tuple[Outcome, ...]) -> None:
    again = [outcome for each in said for outcome in (each, replace(each, right=not each.right))]
    assert mastery(again) == mastery(said)
    assert calibration(again) == calibration(said)
    assert misconceptions(again) == misconceptions(said)


# --- what is mixed up ---------------------------------------------------------------------------------------

PREDICT = question(
    "predict",
    kind=KINDS["predict"],
    right="551 User not local; please try <green@bar.org>",
    wrong=["251 User not local; will forward to <green@bar.org>", "550 Mailbox unavailable"],
)
TYPED = question("typed", kind=KINDS["typed"], right="553", wrong=["501"])
BARE = question("bare", right="`550`", wrong=["551.", "553 for both"])
NAMED = question("named", behind=FORWARDED.id)


def taken(*said: Outcome) -> list[tuple[str, str, int]]:
    return [(c.code, c.taken_for, c.count) for c in confusions(said)]


def test_a_misconception_names_its_pair() -> None:
    assert taken(answer(NAMED, False, behind=[FORWARDED])) == [("551", "251", 1)]
    assert taken(answer(NAMED, False, behind=[CONFIRMS])) == []


@pytest.mark.parametrize(
    ("asked", "response", "expected"),
    [
        (PREDICT, "B", [("551", "251", 1)]),
        (PREDICT, "C", [("551", "550", 1)]),
        (TYPED, "501", [("553", "501", 1)]),
        (TYPED, "550 5.1.1", [("553", "550", 1)]),
        (TYPED, "5.1.3", []),  # an enhanced code instead of a code is another mistake
        (TYPED, "5019", []),
        (TYPED, "999", []),
        (TYPED, "no idea", []),
        (BARE, "B", [("550", "551", 1)]),
        (BARE, "C", []),  # a sentence about a code does not stand for it
        (question("who", kind=KINDS["who"], right="550", wrong=["551"]), "B", []),
        (question("enhanced", kind=KINDS["typed"], right="5.1.3", wrong=["5.1.1"]), "5.7.1", [("5.1.3", "5.7.1", 1)]),
    ],
)
def test_codes_show_a_pair(asked: Question, response: str, expected: list[tuple[str, str, int]]) -> None:
    assert taken(answer(asked, False, chosen=response)) == expected


def test_what_the_misconception_names_goes_before_what_the_codes_say() -> None:
    assert taken(answer(TYPED, False, chosen="501", behind=[FORWARDED])) == [("551", "251", 1)]


def test_a_right_answer_to_a_question_that_offered_it_takes_one_off() -> None:
    twice = [answer(PREDICT, False, 0), answer(PREDICT, False, 1)]
    assert taken(*twice) == [("551", "251", 2)]
    assert taken(*twice, answer(PREDICT, True, 2)) == [("551", "251", 1)]
    assert taken(*twice, answer(PREDICT, True, 2), answer(PREDICT, True, 3)) == []
    assert taken(*twice, answer(PREDICT, True, 2, GUESS)) == [("551", "251", 2)]
    assert taken(*twice, answer(PREDICT, True, 1)) == [("551", "251", 2)]  # the same day again does not count
    assert taken(*twice, answer(BARE, True, 2)) == [("551", "251", 2)]  # another pair
    assert taken(answer(PREDICT, True, 0), *twice[1:]) == [("551", "251", 1)]  # before, not since


def test_the_other_way_round_is_another_pair() -> None:
    reverse = question("reverse", kind=KINDS["predict"], right="251 will forward", wrong=["551 please try"])
    wrong = answer(PREDICT, False, 0)
    assert taken(wrong, answer(reverse, True, 1)) == [("551", "251", 1)]
    assert taken(wrong, answer(reverse, False, 1)) == [("251", "551", 1), ("551", "251", 1)]


def test_codes_and_names_make_up_for_each_other() -> None:
    named = answer(NAMED, False, 0, behind=[FORWARDED])
    assert taken(named, answer(PREDICT, True, 1)) == []
    assert taken(answer(PREDICT, False, 0), answer(NAMED, True, 1)) == [("551", "251", 1)]  # its name is not known yet
    assert taken(named, answer(PREDICT, False, 0), answer(NAMED, True, 1)) == [("551", "251", 1)]


def test_a_typed_code_makes_up_for_whatever_was_typed_instead() -> None:
    assert taken(answer(TYPED, False, 0, chosen="550"), answer(TYPED, True, 1)) == []


def test_the_weakest_pair_comes_first() -> None:
    said = [
        answer(TYPED, False, 0, chosen="501"),
        answer(PREDICT, False, 0),
        answer(PREDICT, False, 1),
        answer(BARE, False, 2),
    ]
    assert [str(each) for each in confusions(said)] == [
        "Where it is 551, you think of 251 (2 times, last on 2026-01-06).",
        "Where it is 550, you think of 551 (once, last on 2026-01-07).",
        "Where it is 553, you think of 501 (once, last on 2026-01-05).",
    ]
    assert str(Confusion("551", "251", 1)) == "Where it is 551, you think of 251 (once)."


OFFERING = question("offering", behind=CONFIRMS.id)


def test_a_misconception_is_held_until_made_up_for() -> None:
    wrong = [answer(OFFERING, False, 0, behind=[CONFIRMS]), answer(OFFERING, False, 2, behind=[CONFIRMS])]
    (held,) = misconceptions(wrong)
    assert (held.misconception, held.count, held.left, held.last, held.cured) == (CONFIRMS, 2, 2, day(2), False)
    (held,) = misconceptions([*wrong, answer(OFFERING, True, 3)])
    assert (held.count, held.left, held.cured) == (2, 1, False)
    (held,) = misconceptions([*wrong, answer(OFFERING, True, 3), answer(OFFERING, True, 4), answer("other", True, 5)])
    assert (held.count, held.left, held.last, held.cured) == (2, 0, day(2), True)
    assert str(held) == (
        "Belief: 252 confirms. (2 times, last on 2026-01-07; cured)\n"
        "In truth: 252 leaves it open. (RFC 5321 section 3.5.3)"
    )
    (held,) = misconceptions([*wrong, answer(OFFERING, True, 3, GUESS)])
    assert held.left == 2


def test_what_is_held_comes_before_what_is_cured_and_the_most_frequent_first() -> None:
    other = Misconception("x", "X.", "Not X.", "RFC 5321")
    said = [
        answer(OFFERING, False, 0, behind=[CONFIRMS]),
        answer(OFFERING, True, 1),
        answer(NAMED, False, 1, behind=[FORWARDED]),
        answer("q", False, 1, behind=[other]),
        answer("q", False, 2, behind=[other]),
    ]
    assert [held.misconception for held in misconceptions(said)] == [other, FORWARDED, CONFIRMS]


def test_where_several_belong_to_the_answer_each_decision_has_its_own_misconception() -> None:
    choices = (
        Choice("251 accepts.", "So it does.", right=True, misconception=FORWARDED.id),
        Choice("252 confirms.", "It does not.", misconception=CONFIRMS.id),
    )
    several = Question("several", "Which?", choices, "RFC 5321", "reading", KINDS["several"])
    quiz = Quiz([several], {FORWARDED.id: FORWARDED, CONFIRMS.id: CONFIRMS}, day=day(0))
    assert misconceptions([quiz.answer("several", "AB")])[0].misconception is CONFIRMS
    later = Quiz([several], {}, day=day(1)).answer("several", "A")
    assert [held.cured for held in misconceptions([quiz.attempts[0], later])] == [True]


@given(histories())
def test_what_is_left_is_never_more_than_what_showed(said: tuple[Outcome, ...]) -> None:
    for held in misconceptions(said):
        wrong = [o for o in said if not o.right]
        assert 0 <= held.left <= held.count <= len(wrong)
        assert held.last == max(date.min if o.day is None else o.day for o in counted(said) if not o.right)


def test_every_wrong_answer_of_the_bank_can_be_told_and_made_up_for() -> None:
    """Each wrong letter of each question: its misconception is held, and cured by the right answer the day after."""
    bank = QuestionBank.load()
    for asked in bank.values():
        first, second = (Quiz([asked], bank.misconceptions, day=day(number)) for number in (0, 1))
        right = second.answer(asked.id, asked.key)
        for letter in asked.letters:
            if asked.kind.judges_each or letter == asked.key:
                continue
            wrong = first.answer(asked.id, letter)
            assert [held.cured for held in misconceptions([wrong])] == [False], (asked.id, letter)
            assert [held.cured for held in misconceptions([wrong, right])] == [True], (asked.id, letter)
            assert confusions([wrong, right]) == (), (asked.id, letter)


def test_days_never_run_backwards() -> None:
    shuffled = [answer("a", True, 4), answer("a", False, 1), answer("b", True, 2)]
    assert all(one.day <= other.day for one, other in pairwise(counted(shuffled)) if one.day and other.day)
