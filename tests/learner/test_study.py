"""What a learner studies, from his log to the questions and back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from smtplesson.learner import study
from smtplesson.learner.attempts import Attempt, Confidence
from smtplesson.learner.log import Log
from smtplesson.learner.quiz import Outcome, Quiz, outcomes
from smtplesson.questions.bank import QuestionBank
from smtplesson.questions.kinds import KINDS

BANK = QuestionBank.load()


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(tmp_path)


def on(day: str, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("SMTPLESSON_TODAY", day)


def answer_wrongly(quiz: Quiz, number: int, confidence: Confidence | None = None) -> Outcome:
    question = quiz.questions[number]
    wrong = next(letter for letter, choice in question.lettered() if not choice.right)
    return quiz.answer(question.id, wrong, confidence)


def test_an_answer_is_in_the_log_in_the_letters_of_the_file(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    on("2026-03-01", monkeypatch)
    quiz = study.lesson_quiz(log, "05-251-or-553", seed=5)
    shown = next(q for q in quiz.questions if q.kind is KINDS["single"] and q.to_file(q.key) != q.key)
    quiz.answer(shown.id, shown.key, Confidence.SURE)
    (attempt,) = log.attempts()
    assert attempt == Attempt(shown.id, BANK[shown.id].key, date(2026, 3, 1), Confidence.SURE, "05-251-or-553")
    (outcome,) = outcomes(log.attempts(), BANK)
    assert outcome.right


def test_a_quiz_can_be_called_something_else(log: Log) -> None:
    quiz = study.lesson_quiz(log, "00-pretest", name="09-posttest")
    quiz.answer(quiz.questions[0].id, quiz.questions[0].key)
    assert [attempt.quiz for attempt in log.attempts()] == ["09-posttest"]


def test_what_was_answered_wrongly_comes_back_the_next_day(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    on("2026-03-01", monkeypatch)
    quiz = study.lesson_quiz(log, "05-251-or-553")
    for number in (0, 1):
        answer_wrongly(quiz, number)
    on("2026-03-02", monkeypatch)
    again = study.review_quiz(Log(log.path.parent), count=2)  # as in a new session
    assert {q.id for q in again.questions} == {q.id for q in quiz.questions[:2]}
    assert again.name == "review"


def test_a_review_without_a_log_asks_all_the_same(log: Log) -> None:
    assert len(study.review_quiz(log, 4).questions) == 4


def test_a_review_goes_on_with_new_questions_on_what_is_weak(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    on("2026-03-01", monkeypatch)
    quiz = study.fresh_quiz(log, 1, seed=1, objective="vrfy")
    answer_wrongly(quiz, 0)
    asked = study.review_quiz(log, 3).questions  # on the same day, before anything is due
    assert any(q.objective == "vrfy" and "~" in q.id for q in asked)


def test_a_review_begins_gently(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    on("2026-03-01", monkeypatch)
    quiz = study.lesson_quiz(log, "00-pretest")
    answer_wrongly(quiz, 0)
    answer_wrongly(quiz, 1)
    begun = {question.objective for question in quiz.questions[:2]}
    for objective in begun, {"first-digit", "responsibility"}:  # their families make dialogues of a dozen lines
        for id in [q.id for q in BANK.where(lesson="00-pretest", objective=objective).values()]:
            quiz.answer(id, "A")
        asked = study.review_quiz(log, 6).questions
        assert len(asked) == 6
        assert all(question.dialogue.count("\n") < 6 for question in asked)
    assert {question.objective for question in study.review_quiz(log, 6).questions} <= begun | objective


@pytest.mark.parametrize("pair", [behind.pair for behind in BANK.misconceptions.values() if behind.pair])
def test_a_pair_that_is_mixed_up_can_be_trained(log: Log, pair: tuple[str, str]) -> None:
    named = {id for id, behind in BANK.misconceptions.items() if behind.pair == pair}
    quiz = study.pair_quiz(log, pair)
    assert 1 <= len(quiz.questions) <= 4
    for question in quiz.questions:
        believed = any(choice.misconception in named for choice in question.choices)
        assert believed or (
            pair[0] in str(question.choices) and (pair[1] in str(question.choices) or question.kind.is_typed)
        )
    fresh = study.pair_quiz(log, pair).questions[0]
    log.append(Attempt(fresh.id, fresh.to_file(fresh.key), date(2026, 3, 1)))
    assert fresh.id not in [q.id for q in study.pair_quiz(log, pair).questions[:1]] or len(quiz.questions) == 1


def test_a_pair_without_a_question_is_told(log: Log) -> None:
    with pytest.raises(ValueError, match="No question tells 211 from 214"):
        study.pair_quiz(log, ("211", "214"))


def test_new_questions_of_one_seed_are_the_same_for_everybody(log: Log) -> None:
    first, second, other = (study.fresh_quiz(log, 5, seed=seed).questions for seed in (7, 7, 8))
    assert first == second
    assert first != other


def test_a_log_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    log = Log(tmp_path / "file")  # a file where the folder should be
    quiz = study.lesson_quiz(log, "05-251-or-553")
    assert quiz.answer(quiz.questions[0].id, quiz.questions[0].key).right
    assert "cannot be saved" in log.notice
    assert len(log.attempts()) == 1
