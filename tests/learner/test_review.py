"""Boxes, the queue, and what a review asks: worked out by hand, and held against slow definitions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplesson.learner.attempts import Confidence
from smtplesson.learner.quiz import Outcome
from smtplesson.learner.review import INTERVALS, Scheduled, choose, due, interleave, schedule
from smtplesson.questions.bank import QuestionBank
from smtplesson.questions.question import Question
from tests.answers import answer, bank, day, question
from tests.learner.test_mastery import histories

GUESS, SURE = Confidence.GUESS, Confidence.SURE


def card(*said: Outcome) -> tuple[int, int]:
    """The box of the one card, and the number of the day on which it is due."""
    (found,) = schedule(said)
    return found.box, (found.due - day(0)).days


def ids(questions: Sequence[Question]) -> list[str]:
    return [each.id for each in questions]


# --- boxes --------------------------------------------------------------------------------------------------


def test_the_boxes_wait_longer_and_longer() -> None:
    assert INTERVALS == (1, 3, 7, 21, 60)


def test_right_each_time_it_is_due_goes_up_to_the_last_box() -> None:
    said = []
    # day 0: box 2, due 0 + 3; day 3: box 3, due 3 + 7; day 10: box 4, due 10 + 21; day 31: box 5, due 31 + 60 ...
    for number, box, comes in [(0, 2, 3), (3, 3, 10), (10, 4, 31), (31, 5, 91), (91, 5, 151)]:
        said.append(answer("q", True, number))
        assert card(*said) == (box, comes)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([answer("q", False, 0)], (1, 1)),
        ([answer("q", True, 0, GUESS)], (1, 1)),
        ([answer("q", False, 0, SURE)], (1, 1)),
        ([answer("q", True, 0), answer("q", True, 3), answer("q", False, 10)], (1, 11)),
        ([answer("q", True, 0), answer("q", True, 3, GUESS)], (2, 6)),  # stays, and waits its three days anew
        ([answer("q", True, 0), answer("q", True, 5)], (3, 12)),  # two days late
        ([answer("q", True, 0), answer("q", True, 2)], (2, 5)),  # a day too early
        ([answer("q", True, 0), answer("q", False, 2)], (1, 3)),  # wrong is wrong, however early
        ([answer("q", False, 0), answer("q", True, 1)], (2, 4)),
    ],
)
def test_where_an_answer_puts_a_question(said: list[Outcome], expected: tuple[int, int]) -> None:
    assert card(*said) == expected


def test_the_first_answer_of_a_day_decides() -> None:
    assert card(answer("q", False, 0), answer("q", True, 0)) == (1, 1)
    assert card(answer("q", True, 0), answer("q", False, 0), answer("q", True, 0)) == (2, 3)


def test_lapses_are_falls_from_a_higher_box() -> None:
    said = [answer("q", False, 0), answer("q", False, 1), answer("q", True, 2), answer("q", False, 5)]
    assert [each.lapses for each in schedule(said[:2])] == [0]
    assert [each.lapses for each in schedule(said)] == [1]


def test_sure_but_wrong_is_forgotten_with_the_next_answer() -> None:
    wrong = answer("q", False, 0, SURE)
    assert [each.surprised for each in schedule([wrong])] == [True]
    assert [each.surprised for each in schedule([wrong, answer("q", True, 1, GUESS)])] == [False]
    assert [each.surprised for each in schedule([wrong, answer("q", False, 1)])] == [False]
    assert [each.surprised for each in schedule([answer("q", True, 0, SURE)])] == [False]


def test_an_answer_without_a_day_is_not_scheduled() -> None:
    assert schedule([answer("q", True, None)]) == ()


def test_the_queue() -> None:
    said = [
        answer("b", False, 2),  # due on 3
        answer("a", False, 2),  # due on 3
        answer("fell", True, 1, None),
        answer("fell", False, 2),  # due on 3, one lapse
        answer("old", True, 0),  # due on 3, older, no lapse
        answer("older", False, 0),  # due on 1
        answer("sure", False, 2, SURE),  # due on 3
        answer("later", True, 2),  # due on 5
    ]
    assert [each.question for each in due(said, day(3))] == ["sure", "older", "fell", "a", "b", "old"]
    assert [each.question for each in due(said, day(2))] == ["older"]
    assert due(said, day(0)) == ()


def test_a_card_in_words() -> None:
    said = Scheduled("vrfy-252", 1, day(1), day(0), 2, True)
    assert str(said) == "vrfy-252: box 1 of 5, due on 2026-01-06, fell back 2 times, sure but wrong"


@given(histories(), st.integers(-2, 100), st.integers(0, 100))
def test_what_is_due_stays_due_until_it_is_answered(said: tuple[Outcome, ...], number: int, more: int) -> None:
    assert set(due(said, day(number))) <= set(due(said, day(number + more)))
    assert all(card.due <= day(number) for card in due(said, day(number)))


@given(histories(), st.randoms(use_true_random=False))
def test_the_order_of_different_questions_within_a_day_is_nothing(said: tuple[Outcome, ...], chance: object) -> None:
    one_each = list({(o.question.id, o.day): o for o in reversed(said)}.values())
    shuffled = list(one_each)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert schedule(shuffled) == schedule(one_each) == schedule(said)


@given(histories())
def test_a_card_waits_for_what_its_box_says(said: tuple[Outcome, ...]) -> None:
    for each in schedule(said):
        own = [o for o in said if o.question.id == each.question]
        assert each.last == max(o.day for o in own if o.day)
        assert each.due - each.last == timedelta(INTERVALS[each.box - 1])
        assert each.box - 1 + each.lapses <= sum(o.right for o in own)  # each step up and each fall needs a right one


# --- interleaving -------------------------------------------------------------------------------------------


def on(*objectives: str) -> list[Question]:
    return [question(f"q{n}", objective) for n, objective in enumerate(objectives)]


def meetings(questions: Sequence[Question]) -> int:
    return sum(one.objective == other.objective for one, other in pairwise(questions))


@pytest.mark.parametrize(
    ("objectives", "expected"),
    [
        ("", ""),
        ("ab", "ab"),
        ("aab", "aba"),
        ("aabb", "abab"),
        ("abb", "bab"),  # b must come first, or two of it meet
        ("abbb", "babb"),  # it cannot be helped
        ("aabbc", "ababc"),
        ("abccc", "cacbc"),
    ],
)
def test_no_two_of_an_objective_follow_each_other(objectives: str, expected: str) -> None:
    assert "".join(each.objective for each in interleave(on(*objectives))) == expected


@given(st.lists(st.sampled_from("abcd"), max_size=7))
def test_no_order_has_fewer_meetings(objectives: list[str]) -> None:
    questions = on(*objectives)
    mixed = interleave(questions)
    assert sorted(ids(mixed)) == sorted(ids(questions))
    assert meetings(mixed) == min(map(meetings, set(permutations(questions))))
    for objective in set(objectives):  # within an objective the queue's order stays
        own = [each for each in mixed if each.objective == objective]
        assert ids(own) == sorted(ids(own))


# --- what a review asks -------------------------------------------------------------------------------------


def made(objective: str, count: int, seed: int) -> list[Question]:
    return [] if objective == "without" else [question(f"{objective}~{seed + n}", objective) for n in range(count)]


def test_due_ones_come_first_and_are_mixed() -> None:
    asked = [question(f"q{n}", "ab"[n > 2]) for n in range(5)]
    said = [answer(each, False, n) for n, each in enumerate(asked)]  # due on 1, 2, 3, 4, 5
    chosen = choose(said, bank(*asked), day(9), 4, 0)
    assert ids(chosen) == ["q0", "q3", "q1", "q2"]  # a, b, a, a
    assert ids(choose(said, bank(*asked), day(3), 9, 0)) == ["q0", "q1", "q2"]


def test_sure_but_wrong_is_asked_where_there_is_room_for_one() -> None:
    said = [answer("old", False, 0), answer("sure", False, 5, SURE)]
    known = bank(question("old"), question("sure"))
    assert ids(choose(said, known, day(6), 1, 0)) == ["sure"]


def test_it_is_filled_up_with_new_ones_on_what_is_weak() -> None:
    weak, better, without = (question(name, name) for name in ("weak", "better", "without"))
    said = [
        answer(weak, False, 0),
        answer(question("weak2", "weak"), False, 0),
        answer(better, True, 0),
        answer(question("better2", "better"), False, 0),
        answer(without, False, 0),
    ]
    everything = bank(*(each.question for each in said), question("unseen", "other"))
    today = day(0)  # nothing is due; 2026-01-05 is day 739621 of the calendar
    first, second, third = choose(said, everything, today, 3, 7, fresh=made)
    assert {first.id, second.id, third.id} == {"weak~739628", "weak~739629", "better~739628"}
    assert first.objective == third.objective == "weak"


def test_what_was_not_begun_is_asked_only_where_nothing_else_is_left() -> None:
    said = [answer(question("begun", "begun"), False, 0)]
    known = bank(question("begun", "begun"), question("begun2", "begun"), question("unseen", "other"))
    assert ids(choose(said, known, day(0), 9, 7)) == ["begun2"]
    assert sorted(ids(choose(said, known, day(1), 9, 7))) == ["begun", "begun2"]  # one is due, and it is mixed
    said.append(answer(question("begun2", "begun"), False, 0))
    assert ids(choose(said, known, day(0), 9, 7)) == ["unseen"]


def test_short_ones_come_before_long_ones_made_or_not() -> None:
    def lines(id: str, objective: str, count: int) -> Question:
        return replace(question(id, objective), dialogue="\n".join(["C: NOOP", "S: 250 OK"] * count))

    def fresh(objective: str, count: int, seed: int) -> list[Question]:
        return [lines(f"{objective}~1", objective, 8), lines(f"{objective}~2", objective, 1)]

    said = [answer(question("a", "a"), False, 0)]
    known = bank(*(lines(f"a{n}", "a", n) for n in (3, 0, 2)), lines("b0", "b", 0))
    asked = choose(said, known, day(0), 4, 7, fresh=fresh)
    assert ids(asked) == ["a0", "a~2", "a2", "a3"]
    assert ids(choose([], known, day(0), 2, 7)) in (["a0", "b0"], ["b0", "a0"])


def test_a_new_one_that_was_answered_is_not_asked_again_before_it_is_due() -> None:
    old = question("weak~739628", "weak")
    said = [answer(old, True, 0)]
    assert ids(choose(said, bank(), day(0), 2, 7, fresh=made)) == ["weak~739629"]
    assert "weak~739628" in ids(choose(said, bank(), day(3), 2, 7, fresh=made))  # made once, asked again when due


def test_what_only_waits_to_be_confirmed_comes_after_what_is_being_learnt() -> None:
    ready = [answer(question(id, "ready"), id in "abc", 0) for id in "wxyabc"]  # half of them right
    learning = [answer(question(f"l{n}", "learning"), n < 2, 0) for n in range(3)]  # two thirds
    assert ids(choose([*ready, *learning], bank(), day(0), 1, 7, fresh=made)) == ["learning~739628"]


def test_what_is_mastered_gets_no_new_ones() -> None:
    said = [*(answer(id, True, 0) for id in "abc"), answer("d", True, 1)]
    assert choose(said, bank(), day(1), 5, 0, fresh=made) == ()
    assert len(choose(said[:3], bank(), day(1), 5, 0, fresh=made)) == 5


def test_unseen_ones_of_objectives_that_were_begun_come_before_others() -> None:
    begun, other = [[question(f"{name}{n}", name) for n in range(4)] for name in ("begun", "other")]
    chosen = choose([answer(begun[0], True, 0)], bank(*other, *begun), day(0), 3, 3)
    assert sorted(ids(chosen)) == ["begun1", "begun2", "begun3"]


def test_a_new_learner_is_asked_from_the_bank_and_the_seed_decides() -> None:
    kit = QuestionBank.load()
    reviews = [choose([], kit, day(0), 10, seed) for seed in (1, 1, 2)]
    assert reviews[0] == reviews[1] != reviews[2]
    assert [len(set(ids(review))) for review in reviews] == [10, 10, 10]
    assert any(each.order != "".join(sorted(each.order)) for each in reviews[0])  # shuffled, and still marked:
    assert all(each.to_file(each.key) == kit[each.id].key for each in reviews[0])


def test_there_is_a_review_of_one_question_at_least() -> None:
    with pytest.raises(ValueError, match="count = 0; ask for one question at least"):
        choose([], bank(), day(0), 0, 0)


@given(histories(), st.integers(0, 30), st.integers(1, 8), st.integers(0, 3))
def test_a_review_asks_nothing_twice_and_what_is_due_before_all_else(
    said: tuple[Outcome, ...], number: int, count: int, seed: int
) -> None:
    known = bank(*(question(f"q{n}", ["even", "odd"][n % 2]) for n in range(6)))
    chosen = ids(choose(said, known, day(number), count, seed, fresh=made))
    waiting = [each.question for each in due(said, day(number))]
    assert len(chosen) == len(set(chosen)) <= count
    assert set(waiting[:count]) <= set(chosen)
    not_due = {each.question for each in schedule(said)} - set(waiting)
    assert not_due.isdisjoint(chosen)


def test_days_are_dates_and_not_moments() -> None:
    (found,) = schedule([replace(answer("q", True), day=date(2024, 2, 27))])
    assert found.due == date(2024, 3, 1)  # 2024 has a 29 February
