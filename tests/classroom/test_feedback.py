"""A page for each learner: their own answers, the right ones, why, and nothing of anybody else."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from smtplesson.__main__ import main
from smtplesson.classroom import feedback
from smtplesson.classroom.exercise_set import ExerciseSet, questions_for
from smtplesson.classroom.marking import Marked, mark_class
from smtplesson.classroom.simulated import Model, collected
from smtplesson.classroom.submissions import Collected, to_json
from smtplesson.learner.attempts import Attempt
from smtplesson.questions.bank import QuestionBank
from tests.classroom.test_report import Reader

DAY = date(2026, 1, 5)
WEEK = ExerciseSet.parse(
    'title = "Week 3"\nquestions = ["pre-251", "pre-553"]\nfamilies = ["code-for-rcpt"]\nnumber = 3'
)
BANK = QuestionBank.load()


def marked(*attempts: Attempt, learner: str = "mira-7") -> Marked:
    found = Collected()
    found.add(learner, attempts, "mira-7.json")
    return mark_class(found, exercise=WEEK)


def test_a_wrong_answer_has_the_right_one_its_reason_and_what_to_go_over() -> None:
    wrong = next(choice for choice in BANK["pre-251"].choices if choice.misconception == "251-is-an-error")
    letter = {choice: letter for letter, choice in BANK["pre-251"].lettered()}[wrong]
    found = marked(Attempt("pre-251", letter, DAY, None, WEEK.quiz("mira-7")))
    words = " ".join(Reader(feedback.page(found, found.marks[0])).words)
    assert "mira-7: 0 of 3 right." in words
    asked = questions_for(WEEK, "mira-7")
    number = [question.id for question in asked].index("pre-251") + 1
    assert f"{number}. Not yet" in words
    assert words.count("Not answered") == 2
    right = next(choice for choice in BANK["pre-251"].choices if choice.right)
    for said in (wrong.feedback, right.feedback, BANK.misconceptions["251-is-an-error"].correction, "To go over again"):
        assert " ".join(said.replace("`", "").split()) in words.replace(" .", ".")


def test_letters_are_those_that_the_learner_saw() -> None:
    key = BANK["pre-251"].key
    asked = {
        id: question for id in ("a", "b", "c", "d") for question in questions_for(WEEK, id) if question.id == "pre-251"
    }
    learner, question = next(pair for pair in asked.items() if pair[1].key != key)  # another order than the file's
    found = marked(Attempt("pre-251", key, DAY, None, WEEK.quiz(learner)), learner=learner)
    html = feedback.page(found, found.marks[0])
    letters = re.findall(r'class="sl-letter"[^>]*>(\w)<', html.partition("your answer")[0])
    assert letters[-1] == question.key


def test_every_kind_has_a_page_without_others_in_it() -> None:
    found = mark_class(collected(Model({"251-is-an-error": 0.5}), 3, 1, [*BANK.values()]))
    pages = [feedback.page(found, mark) for mark in found.marks]
    for number, page in enumerate(pages, 1):
        assert page.count("<section>") == len(BANK)
        assert set(re.findall(r"learner-\d{4}", page)) == {f"learner-{number:04}"}
        assert not re.search(r"<script|https?://", page)


def test_the_command_writes_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    week = tmp_path / "set.toml"
    week.write_text('title = "<i>Week"\nquestions = ["pre-251"]', encoding="utf-8")
    (tmp_path / "in").mkdir()
    answer = Attempt("pre-251", "A", DAY, None, "set@mira-7")
    (tmp_path / "in" / "a.json").write_text(to_json("mira-7", "set", [answer]), encoding="utf-8")
    command = ["report", str(tmp_path / "in"), "--set", str(week), "--feedback", str(tmp_path / "out")]
    assert main(command) == 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mira-7_set.html"]
    assert "&lt;i&gt;Week" in (tmp_path / "out" / "mira-7_set.html").read_text("utf-8")
    assert main([*command, "--anonymous"]) == 2
    assert "leave --anonymous out" in capsys.readouterr().err
