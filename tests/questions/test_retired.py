"""Names that are no longer asked: what was answered under them before is read, and nobody is marked for it."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from smtplesson.__main__ import main
from smtplesson.classroom.exercise_set import ExerciseSet, ids_for, questions_for
from smtplesson.classroom.marking import LearnerMark, mark_class
from smtplesson.classroom.sitting import Sitting
from smtplesson.classroom.submissions import read_folder, to_json
from smtplesson.content import ContentError
from smtplesson.learner import portable, review
from smtplesson.learner.attempts import Attempt, Confidence
from smtplesson.learner.log import Log
from smtplesson.learner.mastery import mastery
from smtplesson.learner.quiz import outcomes
from smtplesson.questions import families, retired
from smtplesson.questions.bank import QuestionBank
from smtplesson.widgets.progress import ProgressView
from tests.paths import ROOT

BANK = QuestionBank.load()
with (ROOT / "smtplesson" / "data" / "retired.csv").open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))
MONDAY, TUESDAY = date(2026, 11, 2), date(2026, 11, 3)

# Written by the kit as it was before these names were retired: the same four answers as a log and as a code.
BEFORE = (
    Attempt("after-251", "A", MONDAY, Confidence.SURE, "05-251-or-553"),
    Attempt("type-the-code~10", "550", MONDAY, Confidence.THINK_SO, "review"),
    Attempt("what-it-proves~7", "B", TUESDAY, None, "review"),
    Attempt("permanent-means", "A", TUESDAY, Confidence.GUESS, "01-classes"),
)
LOG = """\
{"version": 1, "question": "after-251", "response": "A", "day": "2026-11-02", "confidence": "sure", \
"quiz": "05-251-or-553"}
{"version": 1, "question": "type-the-code~10", "response": "550", "day": "2026-11-02", "confidence": "think so", \
"quiz": "review"}
{"version": 1, "question": "what-it-proves~7", "response": "B", "day": "2026-11-03", "quiz": "review"}
{"version": 1, "question": "permanent-means", "response": "A", "day": "2026-11-03", "confidence": "guess", \
"quiz": "01-classes"}
"""
CODE = "SL1:rD17vGNkNjU1YPHU1C5k3MrIxDh56UsmJg5GUU5Obm4OAA."
TOLD = "3 answers are to questions no longer asked: kept, and not marked."

# A set from then, and what it asked of mira-7, in this order.
SET = 'title = "Week 3"\nlessons = ["01-classes"]\nfamilies = ["type-the-code", "who-acts"]\nnumber = 6\nseed = 3\n'
ASKED = ["who-acts~70281", "first-digit-decides", "type-the-code~87023", "permanent-means", "after-354"]
ASKED.append("type-the-code~32013")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_what_is_retired_is_not_asked_and_what_stands_in_its_place_is(row: dict[str, str]) -> None:
    old, new = row["name"], row["asked_now"]
    assert row["why"]
    assert BANK.find(old) is BANK.find(f"{old}~7") is None
    assert old not in families.FAMILIES
    assert new in families.FAMILIES or BANK.find(new) is not None
    assert retired.now(f"{old}~7") == f"{new}~7"
    assert (retired.is_retired(old), retired.is_retired(new)) == (True, False)
    if new in BANK:  # so that a set from before draws the other questions as it did
        ids = sorted([*BANK, old])
        assert ids.index(new) == ids.index(old) + 1


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Log:
    monkeypatch.setenv("SMTPLESSON_HOME", str(tmp_path / "home"))
    found = Log()
    found.path.parent.mkdir()
    found.path.write_text(LOG, encoding="utf-8")
    return found


def test_a_log_from_before_is_read_whole_and_what_is_still_asked_is_marked(log: Log) -> None:
    assert log.attempts() == BEFORE
    assert log.problems == ()
    marked = outcomes(log.attempts(), BANK)
    assert [(outcome.question.id, outcome.right) for outcome in marked] == [("after-251", True)]
    assert [card.question for card in review.schedule(marked)] == ["after-251"]
    assert [level.answered for level in mastery(marked)] == [1]


def test_the_learner_is_told(log: Log, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["progress"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[1].startswith("  1 answer; ")
    assert said[-1] == TOLD
    assert TOLD in ProgressView(log).frame["html"]


def test_an_answer_that_cannot_be_marked_is_told_as_that(log: Log, capsys: pytest.CaptureFixture[str]) -> None:
    """One to a question of a teacher's own, one that is no answer today, and a prediction, which is no answer."""
    day = MONDAY.isoformat()
    more = [("of-our-own", "A"), ("after-251", "H"), ("match-next-act", "A1"), ("predict:neighbours:4:551", "251")]
    rows = [f'{{"question": "{id}", "response": "{response}", "day": "{day}"}}\n' for id, response in more]
    log.path.write_text(LOG + "".join(rows), encoding="utf-8")
    assert main(["progress"]) == 0
    said = capsys.readouterr().out.splitlines()
    rest = "3 answers are to questions that this kit does not have as it was then: kept, and not marked."
    assert said[-2:] == [TOLD, rest]
    assert rest in ProgressView(log).frame["html"]
    assert len(log.attempts()) == 8


def test_no_name_that_was_ever_asked_is_lost() -> None:
    """A question or family that is dropped or changes its meaning stands in retired.csv; so logs and sets are read."""
    once = (ROOT / "tests" / "data" / "asked_once.txt").read_text(encoding="utf-8").split()
    assert len(once) > 150
    there = {*BANK, *families.FAMILIES}
    assert [name for name in once if retired.now(name) not in there] == []
    assert all(retired.is_retired(name) for name in once if name not in there)


def test_nothing_is_told_where_all_is_still_asked(log: Log, capsys: pytest.CaptureFixture[str]) -> None:
    log.path.write_text(LOG.partition("\n")[0] + "\n", encoding="utf-8")
    assert main(["progress"]) == 0
    assert "no longer asked" not in capsys.readouterr().out + ProgressView(log).frame["html"]


def test_a_portable_code_from_before_is_read() -> None:
    assert portable.unpack(CODE) == BEFORE


def test_a_set_from_before_asks_the_same_and_what_is_asked_now_in_place_of_what_is_not() -> None:
    week = ExerciseSet.parse(SET, "week-3.toml")
    asked = [question.id for question in questions_for(week, "mira-7")]
    assert asked == [retired.now(id) for id in ASKED]
    assert ids_for(week, "mira-7") == set(asked)
    named = ExerciseSet.parse('title = "T"\nquestions = ["permanent-means", "what-it-proves~7"]', "t.toml")
    assert ids_for(named, "mira-7") == {"permanent-means-at-rcpt", "said-of-whom~7"}


def test_the_same_by_its_old_and_its_new_name_is_named_twice() -> None:
    with pytest.raises(ContentError, match=r"^t\.toml, line 2: families names something twice\.$"):
        ExerciseSet.parse('title = "T"\nfamilies = ["type-the-code", "type-a-code"]', "t.toml")


@pytest.mark.parametrize("form", ["json", "code"])
def test_a_submission_from_before_is_marked_out_of_what_is_still_asked(form: str, tmp_path: Path) -> None:
    week = ExerciseSet.parse(SET, "week-3.toml")
    keys = {question.id: question.to_file(question.key) for question in questions_for(week, "mira-7")}
    responses = [keys.get(id, "A") for id in ASKED]
    handed_in = [
        Attempt(id, response, MONDAY, None, "week-3@mira-7")
        for id, response in zip(ASKED, responses, strict=True)
        if id != "after-354"  # not answered, so not right
    ]
    text = to_json("mira-7", "week-3", handed_in) if form == "json" else portable.pack(handed_in)
    (tmp_path / "mira-7.txt").write_text(text, encoding="utf-8")
    marked = mark_class(read_folder(tmp_path), exercise=week)
    assert marked.marks == (LearnerMark("mira-7", "", 2, 1, 1),)
    assert [note.text for note in marked.notes] == [
        "4 answers, such as 'who-acts~70281', to questions that are no longer asked: not marked.",
        "marked out of 2, although the set asks 6.",
    ]


def test_who_has_answered_under_old_names_alone_belongs_to_the_set(tmp_path: Path) -> None:
    week = ExerciseSet.parse('title = "T"\nquestions = ["permanent-means"]', "week-3.toml")
    handed_in = [Attempt("permanent-means", "A", MONDAY, None, "week-3@mira-7")]
    (tmp_path / "mira-7.txt").write_text(to_json("mira-7", "week-3", handed_in), encoding="utf-8")
    marked = mark_class(read_folder(tmp_path), exercise=week)
    assert marked.marks == (LearnerMark("mira-7", "", 0, 0, 0),)
    assert [note.text for note in marked.notes] == [
        "1 answer, such as 'permanent-means', to questions that are no longer asked: not marked.",
        "marked out of 0, although the set asks 1.",
    ]


@pytest.mark.parametrize("named", ['families = ["code-for-rcpt"]', 'questions = ["permanent-means-at-rcpt"]'])
def test_an_old_name_takes_nothing_out_of_a_set_that_never_asked_it(named: str, tmp_path: Path) -> None:
    """Such a set is younger than the old names: who hands in answers under them has left its questions out."""
    week = ExerciseSet.parse(f'title = "T"\nlessons = ["01-classes"]\n{named}\nnumber = 4\nseed = 3', "week-3.toml")
    old = {row["asked_now"]: row["name"] for row in ROWS}
    handed_in = []
    for question in questions_for(week, "mira-7"):
        name, tilde, seed = question.id.partition("~")
        handed_in.append(Attempt(f"{old.get(name, name)}{tilde}{seed}", "A", MONDAY, None, "week-3@mira-7"))
    left_out = sum(retired.is_retired(attempt.question) for attempt in handed_in)
    assert left_out
    (tmp_path / "mira-7.txt").write_text(to_json("mira-7", "week-3", handed_in), encoding="utf-8")
    marked = mark_class(read_folder(tmp_path), exercise=week)
    assert [(mark.asked, mark.answered) for mark in marked.marks] == [(4, 4 - left_out)]
    assert any("that the set does not ask of 'mira-7': not counted." in note.text for note in marked.notes)


def test_without_a_set_the_teacher_is_told_too(tmp_path: Path) -> None:
    (tmp_path / "mira-7.txt").write_text(CODE, encoding="utf-8")
    marked = mark_class(read_folder(tmp_path))
    assert marked.marks == (LearnerMark("mira-7", "", 1, 1, 1),)
    assert [note.text for note in marked.notes] == [
        "3 answers, such as 'type-the-code~10', to questions that are no longer asked: not marked."
    ]


def test_who_stands_in_the_middle_of_a_set_goes_on_with_what_is_asked_now(tmp_path: Path) -> None:
    log = Log(tmp_path)
    answered = (ASKED[2], "550"), (ASKED[1], "A")
    log.take(Attempt(id, response, MONDAY, None, "week-3@mira-7") for id, response in answered)
    sitting = Sitting(ExerciseSet.parse(SET, "week-3.toml"), "mira-7", log)
    assert [attempt.question for attempt in sitting.attempts] == ["first-digit-decides"]
    assert retired.now(ASKED[2]) in {question.id for question in sitting.quiz.unanswered}
