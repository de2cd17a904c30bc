"""A learner's attempts: what counts, what is told, and what is refused."""

from __future__ import annotations

import dataclasses
import re

import pytest

from smtplesson.learner.attempts import Confidence
from smtplesson.learner.quiz import Outcome, Quiz
from smtplesson.questions.bank import QuestionBank
from smtplesson.questions.kinds import KINDS
from smtplesson.questions.question import Choice, Misconception, Question

ERROR = Misconception("251-is-an-error", "251 is an error.", "Its first digit is 2.", "RFC 5321 section 4.2.1")
RETRY = Misconception("553-try-again", "Try again later.", "5yz is permanent.", "RFC 5321 section 4.2.1")


def asked(id: str, objective: str = "classes") -> Question:
    """A question whose A is right, whose B has ERROR behind it, and C RETRY."""
    return Question(
        id=id,
        prompt=f"What about {id}?",
        choices=(
            Choice("done", "2 means done.", right=True),
            Choice("refused", "5 means refused.", misconception=ERROR.id),
            Choice("later", "4 means later.", misconception=RETRY.id),
        ),
        source="RFC 5321 section 4.2",
        objective=objective,
        kind=KINDS["single"],
        lesson="a-lesson",
    )


ONE, TWO, THREE = asked("one"), asked("two"), asked("three", "digits")
BANK = QuestionBank([ONE, TWO, THREE], {ERROR.id: ERROR, RETRY.id: RETRY})


@pytest.fixture
def quiz() -> Quiz:
    return Quiz([ONE, TWO, THREE], BANK.misconceptions)


def test_what_was_not_answered_is_not_wrong(quiz: Quiz) -> None:
    assert (quiz.right, quiz.wrong, quiz.unanswered) == ((), (), (ONE, TWO, THREE))
    assert quiz.score == "0 right, 3 not answered"
    quiz.answer("two", "B")
    assert (quiz.right, quiz.wrong, quiz.unanswered) == ((), (TWO,), (ONE, THREE))
    quiz.answer("one", "A")
    assert (quiz.right, quiz.wrong, quiz.unanswered) == ((ONE,), (TWO,), (THREE,))
    assert quiz.score == "1 right, 1 not yet, 1 not answered"


def test_a_right_answer(quiz: Quiz) -> None:
    outcome = quiz.answer("one", "A")
    assert outcome == Outcome(ONE, "A", True, "2 means done.")
    assert (outcome.right, outcome.verdict, outcome.feedback) == (True, "Correct", "2 means done.")
    assert str(outcome) == "Correct. 2 means done.\nSource: RFC 5321 section 4.2"


def test_a_wrong_answer_tells_what_is_true_and_who_says_so(quiz: Quiz) -> None:
    outcome = quiz.answer("one", "B")
    assert outcome == Outcome(ONE, "B", False, "5 means refused.", (ERROR,))
    assert (outcome.right, outcome.verdict, outcome.feedback) == (False, "Not yet", "5 means refused.")
    assert str(outcome) == (
        "Not yet. 5 means refused.\nIts first digit is 2. (RFC 5321 section 4.2.1)\nSource: RFC 5321 section 4.2"
    )


def test_without_a_list_of_beliefs_the_feedback_is_told_all_the_same() -> None:
    quiz = Quiz([ONE])
    assert str(quiz.answer("one", "B")) == "Not yet. 5 means refused.\nSource: RFC 5321 section 4.2"
    assert quiz.misconceptions() == ()
    assert quiz.rows()[0]["misconceptions"] == ""


@pytest.mark.parametrize(("first", "second"), [("B", "A"), ("A", "B")])
def test_the_first_attempt_counts_and_the_second_is_told(quiz: Quiz, first: str, second: str) -> None:
    quiz.answer("one", first)
    assert quiz.answer("one", second).right is (second == "A")
    assert [outcome.response for outcome in quiz.attempts] == [first, second]
    assert quiz.first_attempts["one"].response == first
    assert (ONE in quiz.right, ONE in quiz.wrong) == (first == "A", first != "A")
    assert quiz.score.endswith("2 not answered")


@pytest.mark.parametrize("letter", ["b", " B ", "B\n"])
def test_a_letter_may_be_small_or_have_space_around_it(quiz: Quiz, letter: str) -> None:
    assert quiz.answer("one", letter).response == "B"


@pytest.mark.parametrize("letter", ["D", "", "AB", "1", "\uff21"])
def test_a_letter_that_is_none_is_refused_with_those_there_are(quiz: Quiz, letter: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"{letter!r} is no choice of this question; choose A, B, C.")):
        quiz.answer("one", letter)
    assert quiz.attempts == []


def test_a_number_for_a_letter_is_refused_in_words_too(quiz: Quiz) -> None:
    with pytest.raises(ValueError, match=r"^1 is no choice of this question; choose A, B, C\.$"):
        quiz.answer("one", 1)  # type: ignore[arg-type]


def test_an_id_that_is_not_asked_here_is_refused_with_those_that_are(quiz: Quiz) -> None:
    with pytest.raises(KeyError, match="There is no question 'four' here; there are one, two, three"):
        quiz.answer("four", "A")
    assert quiz.attempts == []


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("guess", Confidence.GUESS),
        ("think so", Confidence.THINK_SO),
        (Confidence.SURE, Confidence.SURE),
        (None, None),
    ],
)
def test_how_sure_a_learner_is_can_be_told(quiz: Quiz, told: str | None, kept: Confidence | None) -> None:
    outcome = quiz.answer("one", "A", told)
    assert outcome.confidence is kept


@pytest.mark.parametrize("told", ["certain", ""])
def test_a_confidence_that_there_is_not_is_refused_and_nothing_counts(quiz: Quiz, told: str) -> None:
    message = f"{told!r} is no confidence; choose guess, think so, sure, or leave it out."
    with pytest.raises(ValueError, match=re.escape(message)):
        quiz.answer("one", "A", told)
    assert quiz.attempts == []


def test_the_beliefs_behind_wrong_answers_come_the_most_frequent_first(quiz: Quiz) -> None:
    quiz.answer("one", "C")
    assert quiz.misconceptions() == (RETRY,)
    quiz.answer("two", "B")
    assert quiz.misconceptions() == (RETRY, ERROR)  # as often: the one that came first
    quiz.answer("three", "B")
    assert quiz.misconceptions() == (ERROR, RETRY)


def test_the_same_wrong_answer_twice_is_one_belief_once(quiz: Quiz) -> None:
    quiz.answer("one", "B")
    quiz.answer("two", "B")
    for _ in range(3):
        quiz.answer("three", "C")
    assert quiz.misconceptions() == (ERROR, RETRY)
    quiz.answer("three", "A")
    assert quiz.misconceptions() == (ERROR, RETRY)  # a right answer afterwards takes nothing away


def test_every_attempt_is_a_row(quiz: Quiz) -> None:
    quiz.answer("three", "C", "sure")
    quiz.answer("three", "a")
    assert quiz.rows() == [
        {
            "question": "three",
            "objective": "digits",
            "response": "C",
            "right": False,
            "misconceptions": "553-try-again",
            "confidence": "sure",
        },
        {
            "question": "three",
            "objective": "digits",
            "response": "A",
            "right": True,
            "misconceptions": "",
            "confidence": "",
        },
    ]


def test_no_question_is_asked_twice_in_a_quiz() -> None:
    with pytest.raises(ValueError, match="asks each question once, but two of these have the same id"):
        Quiz([ONE, TWO, asked("one", "other")])


def test_a_quiz_is_taken_from_a_bank_in_a_seed_s_order() -> None:
    quiz = Quiz.of(BANK, lesson="a-lesson", seed=4)
    assert quiz.questions == BANK.sample(3, 4)
    assert Quiz.of(BANK, seed=4, count=2).questions == quiz.questions[:2]
    assert [question.id for question in Quiz.of(BANK, objective="digits").questions] == ["three"]
    tagged = QuestionBank([ONE, dataclasses.replace(TWO, tags=("251", "551"))], BANK.misconceptions)
    assert [question.id for question in Quiz.of(tagged, tag="551").questions] == ["two"]
    with pytest.raises(ValueError, match=r"^There is no question with lesson=None, objective=None, tag='553'\.$"):
        Quiz.of(tagged, tag="553")
    shown = next(question for question in quiz.questions if question.id == "one")
    assert quiz.answer("one", shown.key).right
    wrong = next(letter for letter, choice in shown.lettered() if choice.misconception == ERROR.id)
    assert quiz.answer("one", wrong).misconceptions == (ERROR,)


@pytest.mark.parametrize(
    ("lesson", "objective", "count", "message"),
    [
        ("no-such", None, None, "There is no question with lesson='no-such', objective=None, tag=None."),
        (None, "no-such", None, "There is no question with lesson=None, objective='no-such', tag=None."),
        ("a-lesson", "no-such", 1, "There is no question with lesson='a-lesson', objective='no-such', tag=None."),
        ("a-lesson", None, 0, "count = 0; ask for one question at least."),
        ("a-lesson", None, -1, "count = -1; ask for one question at least."),
    ],
)
def test_a_quiz_of_nothing_is_refused(
    lesson: str | None, objective: str | None, count: int | None, message: str
) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        Quiz.of(BANK, lesson=lesson, objective=objective, count=count)
