"""What a class believes, against counts by hand."""

from __future__ import annotations

from datetime import date

import pytest

from smtplesson.classroom.findings import ClassGain, beliefs, gain, needs, pairs
from smtplesson.learner.quiz import Outcome
from smtplesson.questions.kinds import KINDS
from smtplesson.questions.question import Choice, Misconception, Question

DAY = date(2026, 1, 5)
ERROR = Misconception("251-is-an-error", "251 is an error.", "It is a success.", "RFC 5321", "03-251")
TAKEN = Misconception("551-is-251", "551 forwards.", "It does not.", "RFC 5321", pair=("551", "251"))


def question(id: str, *offered: Misconception, objective: str = "one") -> Question:
    wrong = tuple(Choice(f"wrong {m.id}", "no", misconception=m.id) for m in offered)
    return Question(id, "What?", (Choice("right", "yes", right=True), *wrong), "RFC 5321", objective, KINDS["single"])


def outcome(asked: Question, *shown: Misconception, quiz: str = "") -> Outcome:
    return Outcome(asked, "B" if shown else "A", not shown, "", shown, day=DAY, quiz=quiz)


BOTH, ONE, TWO = question("both", ERROR, TAKEN), question("one", ERROR), question("two", ERROR, objective="two")
CLASS = {
    "ada": (outcome(BOTH, ERROR), outcome(ONE, ERROR), outcome(TWO, ERROR)),
    "ben": (outcome(BOTH, TAKEN), outcome(ONE), outcome(TWO, ERROR)),
    "cyn": (outcome(BOTH), outcome(ONE)),
    "dan": (),
}


def test_beliefs_by_hand() -> None:
    error, taken = beliefs(CLASS)
    assert (error.misconception, error.shown, error.chances, error.met) == (ERROR, 4, 8, 3)
    assert (error.learners, error.firm) == (("ada", "ben"), ("ada",))
    assert (taken.misconception, taken.shown, taken.chances, taken.met) == (TAKEN, 1, 3, 3)
    assert (taken.learners, taken.firm) == (("ben",), ())
    # Wilson's lower end is (k + z^2/2 - z sqrt(k (n - k) / n + z^2/4)) / (n + z^2) with z = 1.96:
    # for 4 of 8 it is 0.2152, for 1 of 3 0.0615
    assert error.weight == pytest.approx(0.2152 + 0.0615, abs=1e-4)


def test_pairs_by_hand() -> None:
    (pair,) = pairs(CLASS)
    assert (pair.code, pair.taken_for, pair.count, pair.learners) == ("551", "251", 1, ("ben",))


def test_needs_by_hand() -> None:
    ada, ben = needs(CLASS)  # of two is told that fewer than six in ten were right
    assert (ada.learner, ada.objectives, ada.beliefs) == ("ada", (("one", 0, 2),), (ERROR,))
    assert (ben.learner, ben.objectives, ben.beliefs) == ("ben", (("one", 1, 2),), ())


def test_gain_by_hand() -> None:
    def tests(*right: tuple[str, str, bool]) -> tuple[Outcome, ...]:
        return tuple(
            outcome(question(id, ERROR), *(() if ok else (ERROR,)), quiz=f"0{quiz}test") for id, quiz, ok in right
        )

    pre, post = "0-pre", "9-post"
    classed = {
        # both questions twice: 0 of 2, then 1 of 2; what is answered again does not count
        "ada": tests(("x", pre, False), ("y", pre, False), ("x", post, True), ("y", post, False), ("y", post, True)),
        # one question in both: 1 of 1, then 1 of 1; the other is in the pretest alone
        "ben": tests(("x", pre, True), ("y", pre, False), ("x", post, True)),
        "cyn": tests(("x", pre, False)),
    }
    found = gain(classed)
    assert found == ClassGain(2, 0.5, 0.75)
    assert found.normalised == 0.5
    assert ClassGain(3, 1.0, 1.0).normalised is None
    assert ClassGain(3, 0.5, 0.25).normalised == -0.5
    assert gain(CLASS) is None


def test_nobody() -> None:
    assert (beliefs({}), pairs({}), needs({}), gain({})) == ((), (), (), None)
