"""A teacher's own questions, in their own language: a short file is enough, and everything obeys it."""

from __future__ import annotations

from pathlib import Path

import pytest

from smtplesson.__main__ import main
from smtplesson.classroom.exercise_set import ExerciseSet, questions_for
from smtplesson.classroom.marking import mark_class
from smtplesson.classroom.submissions import read_folder
from smtplesson.classroom.votes import Card
from smtplesson.content import ContentError
from smtplesson.questions.bank import QuestionBank
from smtplesson.questions.exports import export

OWN = """\
lang = "de"

[was-heisst-251]
prompt = "Der Server antwortet auf RCPT mit 251. Was gilt?"
choices = [
    {text = "Der Empfänger ist angenommen.", right = true},
    {text = "Der Empfänger ist abgelehnt.", feedback = "Die erste Ziffer ist 2."},
]
"""
SET = 'title = "Woche 3"\nbank = ["mein.toml"]\nquestions = ["was-heisst-251", "pre-251"]\nmode = "test"\n'


@pytest.fixture
def week(tmp_path: Path) -> Path:
    (tmp_path / "mein.toml").write_text(OWN, encoding="utf-8")
    (tmp_path / "woche.toml").write_text(SET, encoding="utf-8")
    return tmp_path / "woche.toml"


def test_one_question_is_enough(week: Path) -> None:
    bank = ExerciseSet.load(week).bank
    question = bank["was-heisst-251"]
    assert (question.lesson, question.objective, question.source, question.lang) == ("mein", "mein", "mein.toml", "de")
    assert question.mark("A").right
    assert question.mark("B").feedback == "Die erste Ziffer ist 2."
    assert bank["pre-251"] is QuestionBank.load()["pre-251"]
    assert "was-heisst-251" not in QuestionBank.load()


def test_answered_and_marked(week: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTPLESSON_HOME", str(tmp_path / "home"))
    keys = iter(question.key for question in questions_for(ExerciseSet.load(week), "owl-1"))
    monkeypatch.setattr("builtins.input", lambda prompt="": next(keys))
    (tmp_path / "in").mkdir()
    assert main(["answer", str(week), "--learner", "owl-1", "-o", str(tmp_path / "in")]) == 0
    marked = mark_class(read_folder(tmp_path / "in"), exercise=ExerciseSet.load(week))
    assert [(mark.right, mark.asked, mark.look) for mark in marked.marks] == [(2, 2, ())]
    command = ["report", str(tmp_path / "in"), "--set", str(week), "--feedback", str(tmp_path / "out")]
    assert main(command) == 0
    page = (tmp_path / "out" / "owl-1_woche.html").read_text("utf-8")
    assert page.count('<section lang="de">') == 1


def test_pages_say_their_language(week: Path) -> None:
    exercise = ExerciseSet.load(week)
    sheet = export(questions_for(exercise, "owl-1"), "print").text
    assert sheet.count('<section lang="de">') == 2  # asked, and in the key
    assert '<html lang="en">' in sheet
    assert '<html lang="de">' in Card.of("was-heisst-251", bank=exercise.bank).page
    cards = export([*exercise.bank.values(), *list(QuestionBank.load().values())[:5]], "cards").text
    assert cards.count('<article lang="de">') == 1
    assert '<html lang="en">' in cards


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('lang = "de"', 'lang = "German!"', "mein.toml, line 1: lang = 'German!'; write a language such as"),
        ("[was-heisst-251]", "[pre-251]", "mein.toml, line 3: the id 'pre-251' is taken already; choose another."),
        (
            "feedback = ",
            'misconception = "none-such", feedback = ',
            "'none-such' is not in misconceptions.toml. Name one of those, or add it there.",
        ),
        ("right = true", "right = false", "mein.toml, line 3, was-heisst-251: "),
        ("prompt = ", "promt = ", "mein.toml, line 4, was-heisst-251: unknown key 'promt'. Do you mean prompt?"),
        ("text = ", "txt = ", "unknown key 'txt'. Do you mean text?"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(week: Path, old: str, new: str, told: str) -> None:
    (week.parent / "mein.toml").write_text(OWN.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        ExerciseSet.load(week)
    assert told in str(caught.value)


def test_a_belief_of_one_s_own(week: Path) -> None:
    belief = (
        '[misconceptions.zwei-ist-falsch]\nbelief = "2 ist schlecht."\ncorrection = "2 ist gut."\nsource = "RFC 5321"\n'
    )
    text = OWN.replace("feedback = ", 'misconception = "zwei-ist-falsch", feedback = ') + belief
    (week.parent / "mein.toml").write_text(text, encoding="utf-8")
    assert ExerciseSet.load(week).bank.misconceptions["zwei-ist-falsch"].belief == "2 ist schlecht."
    (week.parent / "mein.toml").write_text(text.replace("zwei-ist-falsch", "251-is-an-error"), encoding="utf-8")
    with pytest.raises(ContentError, match="which there is already"):
        ExerciseSet.load(week)
