"""Item statistics against arithmetic by hand, and against the same formulas written in another way."""

from __future__ import annotations

import random
from math import sqrt

import pandas as pd
import pytest

from smtplesson.classroom.item_statistics import Item, chosen, interval, items
from smtplesson.learner.quiz import Outcome
from smtplesson.questions.families import generate
from smtplesson.questions.kinds import KINDS
from smtplesson.questions.question import Choice, Kind, Misconception, Question

BELIEF = Misconception("m", "A belief.", "The truth.", "RFC 5321")


def question(id: str, kind: Kind = KINDS["single"]) -> Question:
    choices = (Choice("right", "yes", right=True), Choice("wrong", "no", misconception="m"), Choice("odd", "no"))
    return Question(id, "What?", choices, "RFC 5321", "objective", kind=kind)


def outcome(id: str, right: bool, response: str = "") -> Outcome:
    return Outcome(question(id), response or ("A" if right else "B"), right, "", () if right else (BELIEF,))


def of(rows: list[str]) -> dict[str, list[Outcome]]:
    """A class from rows such as "10-": right, wrong, not answered."""
    return {
        f"learner-{n:03}": [outcome(f"q{i}", c == "1") for i, c in enumerate(row) if c != "-"]
        for n, row in enumerate(rows)
    }


def test_by_hand() -> None:
    # q0 is x = 1 1 1 0 0, the rest of each is y = 1 1/2 0 1/2 0: Sxy = 0.30, Sxx = 1.2, Syy = 0.70
    first, second, third = items(of(["111", "110", "100", "010", "000"]))
    assert first.correlation == pytest.approx(0.30 / sqrt(1.2 * 0.70))
    # q1: x = 1 1 0 1 0, y = 1 1/2 1/2 0 0: Sxy = 0.30, Sxx = 1.2, Syy = 0.70
    assert second.correlation == pytest.approx(0.30 / sqrt(1.2 * 0.70))
    # q2: x = 1 0 0 0 0, y = 1 1 1/2 1/2 0: Sxy = 0.4, Sxx = 0.8, Syy = 0.7
    assert third.correlation == pytest.approx(0.4 / sqrt(0.8 * 0.7))
    assert [each.share for each in (first, second, third)] == [0.6, 0.6, 0.2]
    # 27 % of five is one: the first against the last
    assert [each.upper_lower for each in (first, second, third)] == [1, 1, 1]


def test_upper_and_lower_groups_by_hand() -> None:
    # eleven learners, 27 % are three: 111, 111, 110 against 001, 000, 000
    rows = ["111", "111", "110", "110", "110", "100", "100", "100", "000", "000", "001"]
    # shares: 1 1 2/3 2/3 2/3 1/3 1/3 1/3 0 0 1/3; equal ones by id, so 008, 009 and 010 are last
    first, second, third = items(of(rows))
    assert (first.upper_lower, second.upper_lower) == (1.0, 1.0)
    assert third.upper_lower == pytest.approx(2 / 3 - 1 / 3)


def test_those_with_one_answer_are_not_compared() -> None:
    # 4 learners answered another question as well, 36 this one alone
    rows = ["10", "01", "10", "01", *["1-"] * 36]
    first, _ = items(of(rows))
    assert (first.learners, first.compared, first.correlation) == (40, 4, -1.0)
    assert first.rewrite == ()


@pytest.mark.parametrize("seed", range(5))
def test_against_pandas(seed: int) -> None:
    dice = random.Random(seed)
    learners, count = dice.randint(8, 60), dice.randint(3, 15)
    rows = ["".join(dice.choice("11100-") for _ in range(count)) for _ in range(learners)]
    table = pd.DataFrame([[{"1": 1.0, "0": 0.0, "-": float("nan")}[c] for c in row] for row in rows])
    for item in items(of(rows)):
        column = int(item.id[1:])
        rest = table.drop(columns=column).mean(axis=1)  # skips what is not there
        both = table[column].notna() & rest.notna()
        assert item.correlation == pytest.approx(float(table[column][both].corr(rest[both])))
        assert item.compared == both.sum()
        assert item.share == pytest.approx(float(table[column].mean()))
        assert item.learners == int(table[column].notna().sum())
        ranked = table.mean(axis=1).sort_values(kind="stable", ascending=False).index
        size = round(0.27 * table.mean(axis=1).notna().sum())
        best, last = table.loc[ranked[:size], column].mean(), table.loc[ranked[-size:], column].mean()
        assert item.upper_lower == pytest.approx(float(best - last))


def test_where_nothing_can_be_said() -> None:
    assert [each.correlation for each in items(of(["11", "11", "11", "11"]))] == [None, None]  # all alike
    assert [each.correlation for each in items(of(["1", "0", "1", "0"]))] == [None]  # no other question
    assert [each.upper_lower for each in items(of(["1"]))] == [None]
    assert items({}) == ()


def test_a_family_counts_as_one_item() -> None:
    made = {f"learner-{n}": [Outcome(generate("who-must-act", n), "A", n % 2 == 0, "")] for n in range(4)}
    (item,) = items(made)
    assert (item.id, item.is_family, item.learners, item.answers, item.right) == ("who-must-act~", True, 4, 4, 2)


def test_the_interval_of_a_correlation() -> None:
    # atanh(0.5) = 0.5493, 1.96 / sqrt(25) = 0.392: tanh(0.1573) = 0.1560, tanh(0.9413) = 0.7358
    assert interval(0.5, 28) == pytest.approx((0.1560, 0.7358), abs=1e-4)
    assert interval(1.0, 28) == (1.0, 1.0)


def test_what_was_chosen() -> None:
    assert chosen(outcome("q", False)) == ("B. wrong",)
    assert chosen(Outcome(question("q", KINDS["typed"]), "5\x1b3", False, "")) == ("5\u241b3",)
    assert chosen(Outcome(question("q", KINDS["several"]), "AB", False, "", (BELIEF,))) == ("A belief.",)


def item(right: int, learners: int, correlation: float | None, untaken: tuple[str, ...] = ()) -> Item:
    return Item("q", question("q"), learners, learners, right, correlation, learners, None, (), untaken)


def test_reasons_to_rewrite() -> None:
    assert item(50, 100, 0.3).rewrite == ()
    assert "is the key right" in item(50, 100, -0.3).rewrite[0]
    assert item(15, 30, -0.3).rewrite == ()  # its interval reaches 0.07
    assert "Nearly everybody is wrong (20% right)" in item(20, 100, 0.3).rewrite[0]
    assert item(21, 100, 0.3).rewrite == ()
    assert item(0, 9, None).rewrite == ()  # nine learners are too few
    assert item(80, 100, 0.3, ("C. odd",)).rewrite == ("Nobody in 20 wrong answers chose C. odd",)
    assert item(91, 100, 0.3, ("C. odd",)).rewrite == ()  # nine wrong answers are too few


def test_a_choice_that_nobody_takes() -> None:
    (found,) = items(of(["1"] * 20 + ["0"] * 10))
    assert found.wrong == (("B. wrong", 10),)
    assert found.untaken == ("C. odd",)
