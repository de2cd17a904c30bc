"""Exercise sets: what a teacher may write, what is told where it is wrong, and who is asked what."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from smtplesson.classroom.even import VERSIONS
from smtplesson.classroom.exercise_set import ExerciseSet, Mode, ids_for, questions_for
from smtplesson.content import ContentError
from smtplesson.questions import families
from smtplesson.questions.bank import QuestionBank
from smtplesson.questions.question import Question

BANK = QuestionBank.load()
WEEK = """\
title = "Week 3: 251"
questions = ["251-becomes-250"]
lessons = ["03-251"]
families = ["who-must-act", "code-for-rcpt"]
number = 10
seed = 3
mode = "test"
"""
LEARNERS = [f"learner-{n}" for n in range(200)]


def family(question: Question) -> str:
    return question.id.partition("~")[0] if "~" in question.id else ""


def test_a_file(tmp_path: Path) -> None:
    (tmp_path / "Week 3.toml").write_text(WEEK, encoding="utf-8-sig")
    week = ExerciseSet.load(tmp_path / "Week 3.toml")
    assert (week.title, week.name, week.mode, week.seed) == ("Week 3: 251", "week-3", Mode.TEST, 3)
    assert week.quiz(" Mira-7") == "week-3@mira-7"


def test_half_is_of_the_bank_the_same_for_all_and_half_is_made() -> None:
    week = ExerciseSet.parse(WEEK)
    asked = {learner: questions_for(week, learner) for learner in LEARNERS}
    banked = {frozenset(q.id for q in questions if not family(q)) for questions in asked.values()}
    assert len(banked) == 1
    for questions in asked.values():
        assert Counter(map(family, questions)) == {"": 6, "who-must-act": 2, "code-for-rcpt": 2}
        assert len({q.id for q in questions}) == 10
        assert {q.lesson for q in questions if not family(q)} == {"03-251"}


def test_each_has_his_own_order_and_his_own_versions() -> None:
    week = ExerciseSet.parse(WEEK)
    asked = [questions_for(week, learner) for learner in LEARNERS]
    assert len({tuple(q.id for q in questions) for questions in asked}) == len(LEARNERS)
    made = Counter(q.id for questions in asked for q in questions if family(q) == "who-must-act")
    assert len(made) == VERSIONS  # 400 draws from 24: that one never comes has a chance of 24 * (11/12)**200, 7e-7
    orders = {q.order for questions in asked for q in questions if q.id == "251-becomes-250"}
    assert len(orders) == 24  # four choices; that an order never comes has a chance of 24 * (23/24)**200, 0.005


def test_another_seed_asks_something_else() -> None:
    one, other = (ExerciseSet.parse(WEEK.replace("seed = 3", f"seed = {seed}")) for seed in (3, 4))
    assert {q.id for q in questions_for(one, "a")} != {q.id for q in questions_for(other, "a")}


def test_it_is_the_same_in_every_process() -> None:
    program = (
        "import sys; from smtplesson.classroom.exercise_set import *;"
        "print([(q.id, q.order) for q in questions_for(ExerciseSet.parse(sys.argv[1]), 'Mira-7')])"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", program, WEEK],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(families.__file__).parents[2])},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    here = [(q.id, q.order) for q in questions_for(ExerciseSet.parse(WEEK), "mira-7")]
    assert said == {f"{here}\n"}


def test_ids_are_known_without_making_the_questions() -> None:
    week = ExerciseSet.parse(WEEK)
    for learner in LEARNERS[:20]:
        assert ids_for(week, learner) == {q.id for q in questions_for(week, learner)}


def test_named_questions_are_asked_for_certain_and_objectives_narrow_lessons() -> None:
    text = 'title = "x"\nquestions = ["pre-251", "who-must-act~7"]\nlessons = ["03-251"]\nobjectives = ["disclosure"]'
    asked = questions_for(ExerciseSet.parse(text), "a")
    expected = {q.id for q in BANK.values() if q.lesson == "03-251" and q.objective == "disclosure"}
    assert expected
    assert {q.id for q in asked} == {"pre-251", "who-must-act~7"} | expected


def test_without_a_number_all_are_asked() -> None:
    asked = questions_for(ExerciseSet.parse('title = "x"\nlessons = ["03-251"]\nfamilies = ["who-must-act"]'), "a")
    assert len(asked) == len(BANK.where(lesson="03-251")) + 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('titel = "x"', "set.toml, line 1: unknown key 'titel'. Do you mean title?"),
        ('\ntitel = "x"', "line 2: unknown key 'titel'"),
        ('lessons = ["03-251"]', "set.toml: title is missing. Add a line such as: title ="),
        ('title = "x"', "set.toml: nothing would be asked. Name lessons, objectives"),
        ('title = ""\nlessons = ["03-251"]', "line 1: title is empty. Write a text"),
        (
            'title = "x"\nlessons = ["03-252"]',
            "line 2: lessons names '03-252', which there is not. Do you mean 03-251?",
        ),
        ('title = "x"\nlessons = "03-251"', "line 2: lessons must be a list of texts"),
        ('title = "x"\nlessons = ["03-251", "03-251"]', "line 2: lessons names something twice."),
        (
            'title = "x"\nfamilies = ["who-act"]',
            "line 2: families names 'who-act', which there is not. Do you mean who-must-act",
        ),
        ('title = "x"\nobjectives = ["zzz"]', "line 2: objectives names 'zzz', which there is not. There are"),
        (
            'title = "x"\nquestions = ["pre-252"]',
            "line 2: questions names 'pre-252', which there is not. Do you mean pre-251",
        ),
        (
            'title = "x"\nlessons = ["03-251"]\nnumber = 99',
            "line 3: number = 99, but there are only 11 such questions.",
        ),
        ('title = "x"\nlessons = ["03-251"]\nnumber = -1', "line 3: number = -1; write 1 to 200"),
        ('title = "x"\nlessons = ["03-251"]\nnumber = 2.5', "line 3: number must be a whole number, not 2.5."),
        ('title = "x"\nlessons = ["03-251"]\nnumber = true', "line 3: number must be a whole number, not true."),
        ('title = "x"\nfamilies = ["who-must-act"]\nnumber = 25', "line 3: number asks too much"),
        ('title = "x"\nquestions = ["pre-251", "pre-553"]\nnumber = 1', "number = 1, but 2 questions are named."),
        (
            'title = "x"\nlessons = ["03-251"]\nmode = "exam"',
            "line 3: mode = 'exam' is not known. There are practice, test.",
        ),
        ('title = "x"\nlessons = ["03-251"]\nname = "Week 3"', "line 3: name = 'Week 3'; a name has small letters"),
        ('title = "x', "set.toml, line 1: not valid TOML"),
        ('title = "x"\nlessons = ["03-251"]\nseed = "7"', "line 3: seed must be a whole number, not '7'."),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, told: str) -> None:
    with pytest.raises(ContentError) as raised:
        ExerciseSet.parse(text)
    assert told in str(raised.value)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"nowhere.toml: cannot be read"):
        ExerciseSet.load(tmp_path / "nowhere.toml")
    (tmp_path / "latin.toml").write_bytes('title = "é"'.encode("latin-1"))
    with pytest.raises(ContentError, match=r"latin.toml, line 1: not UTF-8"):
        ExerciseSet.load(tmp_path / "latin.toml")


def test_who_has_no_id_is_asked_nothing() -> None:
    with pytest.raises(ValueError, match="is no id"):
        questions_for(ExerciseSet.parse(WEEK), "=1+1")
