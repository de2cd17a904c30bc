"""Predictions in the log: told as a count, looked at for what is mixed up, and no answers to questions."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

import pytest

from smtplesson.classroom.marking import mark_class
from smtplesson.classroom.submissions import Collected
from smtplesson.commands import progress
from smtplesson.learner import predictions, quiz, records, study
from smtplesson.learner.attempts import Attempt
from smtplesson.learner.log import Log
from smtplesson.learner.overview import Overview
from smtplesson.questions.bank import QuestionBank
from tests.answers import day


def predicted(replied: int, said: int, on: int = 0, exchange: int = 4) -> Attempt:
    return predictions.attempt("neighbours", exchange, replied=replied, predicted=said, day=day(on))


def mixed_up(*attempts: Attempt) -> list[str]:
    return [str(each) for each in Overview.of([], day(9), predicted=predictions.outcomes(attempts)).confusions]


def test_a_prediction_goes_through_the_log_and_is_one_line_of_it() -> None:
    made = predicted(551, 251)
    assert records.read(records.line(made)).attempts == (made,)
    assert made == Attempt("predict:neighbours:4:551", "251", date(2026, 1, 5), quiz="predict")
    assert predictions.is_prediction(made)
    assert not predictions.is_prediction(Attempt("after-251", "B", date(2026, 1, 5)))


def test_a_code_taken_for_another_is_a_pair_that_is_mixed_up() -> None:
    assert mixed_up(predicted(551, 251)) == ["Where it is 551, you think of 251 (once, last on 2026-01-05)."]
    assert mixed_up(predicted(551, 551)) == []
    assert mixed_up(predicted(354, 2)) == []  # a class alone names no code


def test_a_right_prediction_later_makes_up_for_it_and_another_on_the_same_day_does_not_count() -> None:
    wrong, right = predicted(551, 251), predicted(551, 551)
    assert mixed_up(wrong, right) != []
    assert mixed_up(wrong, predicted(551, 551, on=1)) == []
    assert mixed_up(wrong, predicted(551, 551, exchange=5)) == []  # another reply


def test_they_are_told_as_a_count() -> None:
    twice = [predicted(551, 251), predicted(551, 551)]  # of a reply the first of a day counts
    said = predictions.outcomes([*twice, predicted(551, 550, on=1), predicted(250, 250), predicted(354, 3)])
    assert predictions.told(said[:1]) == "1 prediction of a reply: the class right 0, the code right 0."
    assert predictions.told([]) == ""
    assert predictions.told(said) == "4 predictions of a reply: the class right 3, the code right 1."
    assert "1 prediction of a reply" in str(Overview.of([], day(0), predicted=said[:1]))


@pytest.mark.parametrize(
    ("question", "response"),
    [
        ("predict:neighbours:4:551", "B"),
        ("predict:neighbours:4:551", "2511"),
        ("predict:neighbours:4:551", ""),
        ("predict:neighbours:4:951", "251"),
        ("predict:neighbours:551", "251"),
        ("predict:neighbours:x:551", "251"),
        ("after-251", "251"),
    ],
)
def test_what_makes_no_sense_is_left_out(question: str, response: str) -> None:
    assert predictions.outcomes([Attempt(question, response, date(2026, 1, 5))]) == ()


def test_they_are_no_answers_and_the_review_asks_none_of_them(tmp_path: Path) -> None:
    bank, log = QuestionBank.load(), Log(tmp_path)
    before = [question.id for question in study.review_quiz(log, 5).questions]
    log.append(predicted(551, 251))
    assert quiz.outcomes(log.attempts(), bank) == ()
    assert [question.id for question in study.review_quiz(log, 5).questions] == before


def test_a_class_is_marked_as_if_there_were_none() -> None:
    answer = Attempt("after-251", "B", day(0))
    with_and_without = Collected(), Collected()
    with_and_without[0].add("ann", (answer,), "ann.jsonl")
    with_and_without[1].add("ann", (answer, predicted(551, 251)), "ann.jsonl")
    plain, both = map(mark_class, with_and_without)
    assert both.marks == plain.marks
    assert both.all == plain.all
    assert both.notes == plain.notes == ()


def test_the_command_tells_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SMTPLESSON_HOME", str(tmp_path))
    Log().append(predicted(551, 251))
    progress.run(argparse.Namespace(take=None, code=False))
    out = capsys.readouterr().out
    assert "1 prediction of a reply: the class right 0, the code right 0." in out
    assert "Where it is 551, you think of 251" in out
