"""The quiz in a terminal: what is asked, what is told, and how to leave."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest

from smtplesson.learner.attempts import Attempt, Confidence
from smtplesson.learner.quiz import Quiz
from smtplesson.learner.terminal import ask
from smtplesson.questions.kinds import KINDS
from smtplesson.questions.question import Choice, Kind, Misconception, Question
from tests.every_kind import SAMPLES

BELIEF = Misconception("251-is-an-error", "251 is an error.", "Its first digit is 2.", "RFC 5321 section 4.2.1")
ONE = Question(
    "one",
    "What is 251?",
    (Choice("A refusal.", "5yz is.", misconception=BELIEF.id), Choice("A success.", "2yz is.", right=True)),
    "RFC 5321 section 4.2.3",
    "classes",
    KINDS["single"],
    dialogue="C: RCPT TO:<green@foo.com>\nS: 251 User not local\n",
)
TYPED = Question(
    "two",
    "Which code refuses a name?",
    (Choice("553", "It does.", right=True),),
    "RFC 5321 section 4.2.3",
    "codes",
    kind=KINDS["typed"],
    otherwise="Think of 553.",
)
END = "end of file"
SURE = "How sure are you? 1 guess, 2 think so, 3 sure; Enter leaves it out: "


def talk(quiz: Quiz, *typed: str) -> tuple[list[str], list[str]]:
    """What was written, line by line, and what was asked for, when these lines are typed."""
    written: list[str] = []
    asked: list[str] = []
    lines: Iterator[str] = iter(typed)

    def read(prompt: str) -> str:
        asked.append(prompt)
        line = next(lines, END)
        if line is END:
            raise EOFError
        return line

    ask(quiz, read, lambda text: written.extend(text.split("\n")))
    return written, asked


@pytest.fixture
def quiz() -> Quiz:
    return Quiz([ONE, TYPED], {BELIEF.id: BELIEF})


def test_a_whole_quiz(quiz: Quiz) -> None:
    written, asked = talk(quiz, "b", "3", "553", "1")
    assert written[2:8] == [
        "Question 1 of 2.",
        "What is 251?",
        "C: RCPT TO:<green@foo.com>",
        "S: 251 User not local",
        "A. A refusal.",
        "B. A success.",
    ]
    assert written[8] == "Correct. 2yz is."
    assert asked[:2] == ["Your answer (a letter): ", SURE]
    assert asked[2] == "Your answer: "
    assert written[-1] == "2 right."
    assert [outcome.confidence for outcome in quiz.attempts] == [Confidence.SURE, Confidence.GUESS]


def test_a_wrong_answer_is_explained_and_comes_again_at_the_end(quiz: Quiz) -> None:
    written, _ = talk(quiz, "A", "", "550", "2")
    assert "Not yet. 5yz is." in written
    assert "Not yet. Think of 553." in written
    assert written[-2:] == ["Worth remembering:", "Its first digit is 2. (RFC 5321 section 4.2.1)"]
    assert quiz.attempts[0].confidence is None


@pytest.mark.parametrize("last", [["q"], ["quit"], []])
def test_one_can_stop_at_any_time(quiz: Quiz, last: list[str]) -> None:
    written, _ = talk(quiz, "B", "3", *last)
    assert written[-1] == "1 right, 1 not answered."


def test_a_question_can_be_skipped_and_read_again(quiz: Quiz) -> None:
    written, _ = talk(quiz, "?", "s", "q")
    assert written.count("Question 1 of 2.") == 2
    assert written[-1] == "0 right, 2 not answered."


def test_what_is_no_answer_is_told_and_asked_again(quiz: Quiz) -> None:
    written, asked = talk(quiz, "C", "B", "2")
    assert "'C' is no choice of this question; choose A, B." in written
    assert asked[:2] == ["Your answer (a letter): "] * 2
    assert quiz.attempts[0].right


@pytest.mark.parametrize(
    ("typed", "kept", "asked_again"),
    [
        (["3"], Confidence.SURE, 0),
        ([""], None, 0),  # Enter leaves it out
        (["yes", "2"], Confidence.THINK_SO, 1),
        (["4", ""], None, 1),
        (["4", "5"], None, 1),  # once more, and no third time
    ],
)
def test_a_key_that_is_no_confidence_is_asked_for_once_more(
    quiz: Quiz, typed: list[str], kept: Confidence | None, asked_again: int
) -> None:
    _, asked = talk(quiz, "B", *typed, "q")
    assert quiz.attempts[0].confidence is kept
    assert asked[1:] == [SURE, *["Type 1 for a guess, 2 for think so, 3 for sure, or press Enter to leave it out: "]
                         * asked_again, "Your answer: "]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS.values(), ids=str)
def test_nothing_is_said_of_what_a_terminal_has_not(kind: Kind) -> None:
    question = SAMPLES[kind.name]
    written, _ = talk(Quiz([question]), "q")
    assert not any(re.search(r"\bCheck\b|\bclick|\bbutton", row) for row in written)
    if not kind.is_one_letter:
        assert any(row.endswith("then press Enter.") for row in written)


def test_no_text_steers_the_terminal() -> None:
    nasty = Question(
        "n", "\x1b[2J?", (Choice("\x1b[1m", "\x07", right=True), Choice("x", "y")), "\x1b", "o", KINDS["single"]
    )
    written, _ = talk(Quiz([nasty]), "A", "1")
    assert not any("\x1b" in row or "\x07" in row for row in written)


def test_each_answer_is_recorded_in_the_letters_of_the_file() -> None:
    kept: list[Attempt] = []
    day = date(2026, 1, 5)
    shown = next(q for seed in range(9) if (q := ONE.shuffled(seed)).order == "BA")
    talk(Quiz([shown], name="05", day=day, record=kept.append), "A", "3")
    assert kept == [Attempt("one", "B", day, Confidence.SURE, "05")]
