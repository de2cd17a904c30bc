"""A frozen set: what a class was asked and is marked by stays, whatever becomes of the kit or of the file."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from smtplesson.__main__ import main
from smtplesson.classroom.exercise_set import ExerciseSet, ids_for, questions_for
from smtplesson.classroom.frozen import fingerprint
from smtplesson.classroom.marking import mark_class
from smtplesson.classroom.sitting import Sitting
from smtplesson.classroom.submissions import Look, read_folder
from smtplesson.content import ContentError
from smtplesson.learner.log import Log
from smtplesson.questions.bank import QuestionBank
from smtplesson.questions.question import Question

BANK = QuestionBank.load()
TEXT = """\
title = "Week 3"
questions = ["pre-251"]
lessons = ["03-251"]
families = ["who-must-act", "code-for-rcpt"]
number = 9
seed = 3
mode = "test"
"""
LEARNERS = ("mira-7", "tom-2", "eve-9")


@pytest.fixture
def week(tmp_path: Path) -> Path:
    path = tmp_path / "week-3.toml"
    path.write_text(TEXT, encoding="utf-8")
    assert main(["set", "freeze", str(path)]) == 0
    return path


def with_question(*questions: Question) -> QuestionBank:
    return QuestionBank(
        tuple({**BANK, **{question.id: question for question in questions}}.values()), BANK.misconceptions
    )


def test_frozen_it_asks_what_it_asked_before(week: Path) -> None:
    before, frozen = ExerciseSet.parse(TEXT, "week-3.toml"), ExerciseSet.load(week)
    for learner in LEARNERS:
        assert questions_for(frozen, learner) == questions_for(before, learner)
        assert ids_for(frozen, learner) == ids_for(before, learner)
    assert frozen.frozen is not None
    assert len(frozen.frozen.questions) == 5 + 24 + 24  # all that anybody may be asked


def test_a_question_that_is_added_changes_nothing(week: Path) -> None:
    new = [dataclasses.replace(BANK["after-251"], id=f"a-{n}", lesson="03-251") for n in range(20)]
    bank = with_question(*new)
    assert ids_for(ExerciseSet.load(week, bank), "mira-7") == ids_for(ExerciseSet.load(week), "mira-7")
    loose = ExerciseSet.parse(TEXT, "week-3.toml", bank)
    assert ids_for(loose, "mira-7") != ids_for(ExerciseSet.load(week), "mira-7")  # as it was without


@pytest.mark.parametrize("what", ["prompt", "key", "gone"])
def test_a_question_that_is_changed_or_gone_is_not_marked(week: Path, what: str) -> None:
    question = BANK["pre-251"]
    first, *rest = question.choices
    changes = {"prompt": {"prompt": "Else?"}, "key": {"choices": (dataclasses.replace(first, right=False), *rest)}}
    if what == "gone":
        bank = QuestionBank([each for each in BANK.values() if each.id != "pre-251"], BANK.misconceptions)
    else:
        bank = with_question(dataclasses.replace(question, **changes[what]))  # type: ignore[arg-type]
    told = f"week-3.toml, line 9: 'pre-251' ({'gone' if what == 'gone' else 'changed'}): not as when the set was frozen"
    with pytest.raises(ContentError) as caught:
        ExerciseSet.load(week, bank)
    assert told in str(caught.value)


def test_better_feedback_changes_no_fingerprint() -> None:
    for question in BANK.values():
        choices = tuple(dataclasses.replace(choice, feedback="Other.", misconception="") for choice in question.choices)
        assert fingerprint(dataclasses.replace(question, choices=choices, tags=("x",))) == fingerprint(question)
        for changed in ({"text": "Other."}, {"right": not question.choices[0].right}):
            first = dataclasses.replace(question.choices[0], **changed)
            other = dataclasses.replace(question, choices=(first, *question.choices[1:]))
            assert fingerprint(other) != fingerprint(question)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("seed = 3", "seed = 4", "the set was changed after it was frozen"),
        ('"pre-251" = ', '"pre-553" = ', "the set was changed after it was frozen"),
        ('families = ["who-must-act", "code-for-rcpt", ', 'families = ["who-must-act", ', "the set was changed"),
        ('"who-must-act~', '"who-must-act~x', "a version of no family that is named"),
        ('version = "', 'version = 7 # "', "version must be a text in quotes"),
    ],
)
def test_a_set_that_is_edited_afterwards_is_refused(week: Path, old: str, new: str, told: str) -> None:
    text = week.read_text("utf-8")
    head, mark, tail = text.partition("[frozen]")
    edited = text.replace(old, new, 1) if old in head else head + mark + tail.replace(old, new, 1)
    assert edited != text
    week.write_text(edited, encoding="utf-8")
    with pytest.raises(ContentError, match=told):
        ExerciseSet.load(week)


def test_a_deadline_may_still_be_moved(week: Path) -> None:
    week.write_text("deadline = 2026-03-01\n" + week.read_text("utf-8"), encoding="utf-8")
    assert ExerciseSet.load(week).deadline is not None


def test_submissions_carry_the_version_and_another_one_is_told(week: Path, tmp_path: Path) -> None:
    exercise = ExerciseSet.load(week)
    sitting = Sitting(exercise, "mira-7", Log(tmp_path / "home"))
    question = sitting.quiz.questions[0]
    sitting.quiz.answer(question.id, question.key)
    (tmp_path / "in").mkdir()
    sitting.save(tmp_path / "in")
    assert exercise.frozen is not None
    assert f'"version": "{exercise.frozen.version}"' in (tmp_path / "in" / "mira-7_week-3.json").read_text("utf-8")
    found = read_folder(tmp_path / "in")
    assert mark_class(found, exercise=exercise).marks[0].look == ()
    loose = ExerciseSet.parse(TEXT, "week-3.toml")
    assert [note.look for note in mark_class(found, exercise=loose).marks[0].look] == [Look.VERSION]


def test_the_command_says_what_it_is(week: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["set", "check", str(week)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("Week 3: 9 questions, 4 of them made for each learner.\nFrozen with smtplesson ")
    assert main(["set", "freeze", str(week)]) == 2
    assert "is frozen already" in capsys.readouterr().err
