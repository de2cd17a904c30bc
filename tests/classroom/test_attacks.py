"""Marks under attack: what somebody might hand in to have a better mark, or to give another a worse one."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from smtplesson.classroom.exercise_set import ExerciseSet, questions_for
from smtplesson.classroom.marking import LearnerMark
from smtplesson.classroom.received import Received
from smtplesson.classroom.report import ClassReport
from smtplesson.classroom.roster import Roster
from smtplesson.classroom.sitting import Sitting
from smtplesson.classroom.submissions import Look, read_folder, to_json
from smtplesson.classroom.whose import Class
from smtplesson.learner import portable
from smtplesson.learner.attempts import Attempt
from smtplesson.learner.log import Log

TEXT = """\
title = "Week 3"
lessons = ["03-251", "neighbours"]
families = ["who-must-act"]
number = 14
mode = "test"
deadline = 2026-02-10T18:00:00+00:00
"""
WEEK = ExerciseSet.parse(TEXT, "week-3.toml")
ROSTER = Roster({"mira-7": "Mira Ray", "tom-2": "Tom Lee", "eve-9": "Eve Sand"})
DAY, BEFORE = date(2026, 2, 10), date(2026, 1, 1)


def answers(learner: str, right: int, day: date = DAY, count: int = 14) -> list[Attempt]:
    """Answers to what the set asks of a learner: the first `right` of them are right."""
    found = []
    for number, question in enumerate(questions_for(WEEK, learner)[:count]):
        response = question.key if number < right else question.kind.wrong(question, lambda: 0.5, lambda _: True)
        found.append(Attempt(question.id, question.to_file(response), day, None, WEEK.quiz(learner)))
    return found


def handed_in(learner: str, right: int, day: date = DAY) -> str:
    return to_json(learner, WEEK.name, answers(learner, right, day))


@dataclass
class Marks:
    """What a folder is marked as, by learner."""

    report: ClassReport
    by: Mapping[str, LearnerMark] = field(init=False)

    def __post_init__(self) -> None:
        self.by = {mark.learner: mark for mark in self.report.marked.marks}

    def looks(self, learner: str) -> set[Look | None]:
        return {note.look for note in self.by[learner].look}


def marks(
    folder: Path, files: Mapping[str, str], received: str = "", roster: Roster | None = ROSTER, text: str = TEXT
) -> Marks:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    times = Received.parse(received) if received else None
    collected = read_folder(folder, known=Class(roster), received=times)
    return Marks(ClassReport.of(collected, exercise=ExerciseSet.parse(text, "week-3.toml"), roster=roster))


# --- the attacks of the trial -------------------------------------------------------------------------------


def test_a_second_file_that_is_dated_back_makes_no_mark(tmp_path: Path) -> None:
    files = {"mira-7_week-3.json": handed_in("mira-7", 1), "mira-7_again.json": handed_in("mira-7", 14, BEFORE)}
    found = marks(tmp_path, files)
    assert (found.by["mira-7"].held, found.by["mira-7"].share) == (True, None)
    assert found.looks("mira-7") == {Look.DIFFER}
    row = next(row for row in csv.DictReader(io.StringIO(found.report.marks_csv())) if row["learner"] == "mira-7")
    assert (row["right"], row["share"], row["look"]) == ("", "", "several files that differ")
    received = "file,received\nmira-7_week-3.json,2026-02-10 17:00+00:00\nmira-7_again.json,2026-02-10 17:30+00:00\n"
    assert marks(tmp_path, files, received).by["mira-7"].right == 1


def test_somebody_else_s_second_file_takes_no_mark(tmp_path: Path) -> None:
    files = {"mira-7_week-3.json": handed_in("mira-7", 12), "a_mira-7.json": handed_in("mira-7", 3, BEFORE)}
    found = marks(tmp_path, files, "id,received\nmira-7,2026-02-10 17:00+00:00\n")
    assert found.by["mira-7"].held  # both have the learner's one moment: nobody can say which
    received = "file,received\nmira-7_week-3.json,2026-02-10 17:00+00:00\n"
    found = marks(tmp_path, files, received)
    assert found.by["mira-7"].right == 12  # the other was never received
    assert found.looks("mira-7") == {Look.DIFFER, Look.UNLISTED}


def test_the_machine_s_date_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test is sat again in another home, with SMTPLESSON_TODAY before the first time."""
    folder = tmp_path / "in"
    folder.mkdir()
    for home, today, right in (("one", "2026-02-10", 1), ("two", "2026-01-01", 14)):
        monkeypatch.setenv("SMTPLESSON_TODAY", today)
        sitting = Sitting(WEEK, "mira-7", Log(tmp_path / home))
        for number, question in enumerate(sitting.quiz.questions):
            wrong = question.kind.wrong(question, lambda: 0.5, lambda _: True)
            sitting.quiz.answer(question.id, question.key if number < right else wrong)
        (folder / f"{home}.json").write_text(sitting.hand_in(), encoding="utf-8")
    assert json.loads((folder / "two.json").read_text("utf-8"))["answers"][0]["day"] == "2026-01-01"
    assert marks(folder, {}).by["mira-7"].held
    received = "file,received\none.json,2026-02-10 17:00+00:00\ntwo.json,2026-02-10 17:30+00:00\n"
    assert marks(folder, {}, received).by["mira-7"].right == 1


# --- ten of our own -----------------------------------------------------------------------------------------


def test_one_file_with_a_second_answer_that_is_dated_back(tmp_path: Path) -> None:
    attempts = [*answers("mira-7", 1), *answers("mira-7", 14, BEFORE)]
    found = marks(tmp_path, {"mira-7.json": to_json("mira-7", WEEK.name, attempts)})
    assert found.by["mira-7"].right == 1
    assert found.looks("mira-7") == {Look.REPEATED, Look.BACKWARDS}


def test_a_file_put_into_another_s_folder(tmp_path: Path) -> None:
    label = "Mira Ray_4711_assignsubmission_file_"
    files = {
        f"{label}/mira-7_week-3.json": handed_in("mira-7", 12),
        f"{label}/tom-2_week-3.json": handed_in("tom-2", 0),
    }
    found = marks(tmp_path, files)
    assert (found.by["mira-7"].right, found.by["tom-2"].answered) == (12, 0)
    assert found.looks("mira-7") == {Look.REFUSED}  # it lies in Mira's folder: who put it there?
    assert found.looks("tom-2") == set()


def test_a_folder_that_is_named_after_the_victim(tmp_path: Path) -> None:
    label = "Eve Sand_4712_assignsubmission_file_"
    files = {
        "Tom Lee_4713_assignsubmission_file_/tom-2.json": handed_in("tom-2", 12),
        f"{label}/Tom Lee_4713_assignsubmission_file_/tom-2.json": handed_in("tom-2", 2),
    }
    found = marks(tmp_path, files)
    assert (found.by["tom-2"].right, found.by["tom-2"].held) == (12, False)
    assert found.looks("eve-9") == {Look.REFUSED}


def test_an_lms_folder_of_two_learners_without_their_names(tmp_path: Path) -> None:
    roster = Roster(["mira-7", "tom-2", "eve-9"])
    label = "Someone Unknown_4712_assignsubmission_file_"
    files = {f"{label}/eve-9.json": handed_in("eve-9", 14), f"{label}/tom.json": handed_in("tom-2", 0)}
    found = marks(tmp_path, {**files, "tom-2.json": handed_in("tom-2", 12)}, roster=roster)
    # the file is of one whose name is not known: it is named after nobody, and its two learners are both refused
    assert (found.by["eve-9"].answered, found.by["tom-2"].right) == (0, 12)
    assert found.looks("eve-9") == found.looks("tom-2") == {Look.REFUSED}


def test_a_code_of_another_s_in_one_s_own_text(tmp_path: Path) -> None:
    text = f"mine:\n{portable.pack(answers('eve-9', 9))}\nand\n{portable.pack(answers('tom-2', 0))}\n"
    found = marks(tmp_path, {"eve-9.txt": text, "tom-2.json": handed_in("tom-2", 12)})
    assert (found.by["eve-9"].right, found.by["tom-2"].right) == (9, 12)
    assert found.looks("eve-9") == {Look.REFUSED}


def test_more_answers_after_the_first_file(tmp_path: Path) -> None:
    files = {
        "mira-7_a.json": to_json("mira-7", WEEK.name, answers("mira-7", 2, count=5)),
        "mira-7_b.json": handed_in("mira-7", 2),
    }
    assert marks(tmp_path, files).by["mira-7"].held  # a test is handed in once
    received = "file,received\nmira-7_a.json,2026-02-09 17:00+00:00\nmira-7_b.json,2026-02-10 17:30+00:00\n"
    assert marks(tmp_path, files, received).by["mira-7"].answered == 5


def test_a_file_says_itself_when_it_was_received(tmp_path: Path) -> None:
    document = json.loads(handed_in("mira-7", 14)) | {"received": "2020-01-01", "set": "week-3", "right": 14}
    files = {"mira-7_a.json": handed_in("mira-7", 1), "mira-7_b.json": json.dumps(document)}
    assert marks(tmp_path, files).by["mira-7"].held


def test_the_times_in_a_zip_are_not_believed(tmp_path: Path) -> None:
    """A file's own time goes into the ZIP of some programs; a learner's machine says what it likes."""
    path = tmp_path / "in.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr(zipfile.ZipInfo("mira-7_a.json", (2026, 2, 10, 12, 0, 0)), handed_in("mira-7", 1))
        made.writestr(zipfile.ZipInfo("mira-7_b.json", (2020, 1, 1, 12, 0, 0)), handed_in("mira-7", 14))
    report = ClassReport.of(read_folder(path, ROSTER), exercise=WEEK, roster=ROSTER)
    assert report.marked.marks[0].held


def test_a_late_file_is_marked_and_told_and_never_before_one_in_time(tmp_path: Path) -> None:
    files = {"mira-7_a.json": handed_in("mira-7", 3), "mira-7_b.json": handed_in("mira-7", 14, BEFORE)}
    received = "file,received\nmira-7_a.json,2026-02-10 17:59+00:00\nmira-7_b.json,2026-02-10 18:01+00:00\n"
    last = TEXT.replace("deadline", 'counts = "last"\ndeadline')
    for text in (TEXT, last):
        assert marks(tmp_path, files, received, text=text).by["mira-7"].right == 3
    alone = marks(tmp_path / "late", {"mira-7_b.json": handed_in("mira-7", 14, BEFORE)}, received)
    assert alone.by["mira-7"].right == 14
    assert [note.text for note in alone.by["mira-7"].look] == [
        "received 2026-02-10 18:01, after the deadline by 0:01:00. It is marked all the same."
    ]


def test_a_renamed_copy_of_another_s_answers(tmp_path: Path) -> None:
    stolen = [Attempt(a.question, a.response, DAY, None, WEEK.quiz("eve-9")) for a in answers("mira-7", 14)]
    found = marks(tmp_path, {"a.json": handed_in("mira-7", 14), "b.json": to_json("eve-9", WEEK.name, stolen)})
    mine = {question.id for question in questions_for(WEEK, "eve-9")}
    assert found.by["eve-9"].right == sum(attempt.question in mine for attempt in stolen) < 14
    assert found.looks("eve-9") == {Look.COPIED, Look.NOT_ASKED}
    assert found.looks("mira-7") == {Look.COPIED}


@pytest.mark.parametrize(
    "spoil", [lambda text: text[:-40], lambda text: text.replace("answers", "answer")], ids=["cut", "no answers"]
)
def test_a_damaged_file_is_told_beside_the_mark(tmp_path: Path, spoil: Callable[[str], str]) -> None:
    found = marks(tmp_path, {"mira-7_week-3.json": spoil(handed_in("mira-7", 12))})
    assert found.by["mira-7"].answered == 0
    assert found.looks("mira-7") == {Look.REFUSED}


def test_one_line_sums_up_what_needs_a_look(tmp_path: Path) -> None:
    files = {
        "mira-7_a.json": handed_in("mira-7", 1),
        "mira-7_b.json": handed_in("mira-7", 14),
        "tom-2.json": handed_in("tom-2", 9)[:-40],
        "tom-2.docx": "\0",
        "eve-9.json": handed_in("eve-9", 9),
        ".DS_Store": "\0",
        "__MACOSX/._eve-9.json": "\0",
    }
    report = marks(tmp_path, files).report
    assert report.looks == (
        "2 marks need a look: several files that differ (1); a file that was refused (1); a file, but no submission "
        "(1). 1 learner has no mark until then. 1 file is no submission and left alone."
    )
    assert report.class_notes == (
        "The deadline is 2026-02-10 18:00, but nothing says when a file was received: give --received.",
    )


def test_who_handed_in_something_else_is_told_from_who_handed_in_nothing(tmp_path: Path) -> None:
    found = marks(
        tmp_path, {"Mira Ray/notes.docx": "\0", "Tom Lee/photo.png": "\0", "tom-2.json": handed_in("tom-2", 9)}
    )
    assert [found.looks(learner) for learner in ROSTER] == [{Look.OTHER_FORM}, set(), set()]


def test_files_and_codes_without_end_stop_nothing(tmp_path: Path) -> None:
    attempts = answers("mira-7", 9)
    files = {
        f"mira-7_{n}.json": to_json("mira-7", WEEK.name, attempts[: n % 14 + 1] * (n // 14 + 1)) for n in range(120)
    }
    found = marks(tmp_path, {**files, "eve-9.txt": "SL1:AAAA. " * 3_000, "tom-2.json": handed_in("tom-2", 9)})
    assert (found.by["mira-7"].held, found.by["tom-2"].right) == (True, 9)
    told = [str(note) for note in found.report.marked.notes]
    assert sum("50 files of 'mira-7' differ already" in text for text in told) == 70
    assert "eve-9.txt: refused: it holds 3,000 codes; 2,000 are the most." in told
