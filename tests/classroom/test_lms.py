"""In and out as schools do it: the ZIPs of learning platforms, tables as offices save them, ids as people type them."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from smtplesson.__main__ import main
from smtplesson.classroom.received import Received
from smtplesson.classroom.roster import Roster
from smtplesson.classroom.submissions import Collected, read_folder, to_json
from smtplesson.classroom.whose import Class
from smtplesson.content import ContentError
from smtplesson.learner import portable
from smtplesson.learner.attempts import Attempt

DAY = date(2026, 1, 5)
ROSTER = Roster({"s27": "Mira Ray", "s28": "Tom O. Lee", "s31": "Zoë Sand"})
#: How each platform names what three learners handed in; {0} is what the learner called the file.
PLATFORMS = {
    "moodle": "{name}_{number}_assignsubmission_file_/{0}",
    "moodle without folders": "{name}_{number}_assignsubmission_file_{0}",
    "moodle with a folder of theirs": "Week 3-88/{name}_{number}_assignsubmission_file/mine/all/{0}",
    "canvas": "{joined}_{number}_998877_{0}",
    "canvas late": "{joined}_LATE_{number}_998877_{0}",
    "teams": "Submitted files/{name}/Week 3/Version 1/{0}",
    "google": "{name} - {0}",
}


def answers(id: str) -> tuple[Attempt, ...]:
    return (Attempt("pre-251", "A", DAY, None, f"week-3@{id}"), Attempt("pre-553", "B", DAY, None, f"week-3@{id}"))


def archive(path: Path, files: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return path


def owners(found: Collected) -> dict[str, int]:
    return {learner: len(by) for learner, by in found.submissions.items() if by}


@pytest.mark.parametrize("pattern", PLATFORMS.values(), ids=PLATFORMS)
@pytest.mark.parametrize("form", ["json", "code"])
def test_a_zip_as_it_is(tmp_path: Path, pattern: str, form: str) -> None:
    files: dict[str, str | bytes] = {}
    for number, (id, name) in enumerate(ROSTER.items(), 4711):
        first, *_, last = name.split()
        parts = {"name": name, "number": number, "joined": f"{last}{first}".lower()}
        text = to_json(id, "week-3", answers(id)) if form == "json" else portable.pack(answers(id))
        files[pattern.format(f"answers.{'json' if form == 'json' else 'txt'}", **parts)] = text
        files[pattern.format("photo.png", **parts)] = b"\x89PNG\r\n"
    files |= {"__MACOSX/._x.json": b"\0", "a/.DS_Store": b"\0", "Thumbs.db": b"\0", "~$notes.docx": b"\0"}
    found = read_folder(archive(tmp_path / "in.zip", files), ROSTER)
    assert owners(found) == {"s27": 1, "s28": 1, "s31": 1}
    assert len(found.notes) == 3  # the photographs
    assert all(note.text == "left alone, for it is no text in UTF-8." for note in found.notes)


def test_what_moodle_s_editor_makes_of_a_code(tmp_path: Path) -> None:
    code = portable.pack(answers("s27")).replace("\n", "<br />\n")
    page = f'<!DOCTYPE html><html><body><p>Hello&nbsp;teacher,</p><p dir="ltr">{code}</p></body></html>'
    name = "Mira Ray_4711_assignsubmission_onlinetext_/onlinetext.html"
    assert owners(read_folder(archive(tmp_path / "in.zip", {name: page}), ROSTER)) == {"s27": 1}


def test_several_codes_in_one_text(tmp_path: Path) -> None:
    plain = (Attempt("pre-251", "A", DAY),)
    text = f"S27: {portable.pack(plain)}\n\ns28:\n{portable.pack(answers('s28'))}\n> {portable.pack(answers('s31'))}\n"
    (tmp_path / "mail.txt").write_text(text, encoding="utf-8")
    found = read_folder(tmp_path, ROSTER)
    assert owners(found) == {"s27": 1, "s28": 1, "s31": 1}
    assert found.notes == []


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.json", b"\0" * 4_000_001, "a.json: refused: it has 4,000,001 bytes; 4,000,000 are the most."),
        ("a.zip", b"PK\x05\x06" + b"\0" * 18, "a.zip: left alone, for it is no text: it holds NUL."),
    ],
)
def test_what_a_zip_holds_is_limited(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    found = read_folder(archive(tmp_path / "in.zip", {name: content}))
    assert [str(note) for note in found.notes] == [told]


def test_a_damaged_zip_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = archive(tmp_path / "in.zip", {"s27.json": to_json("s27", "week-3", answers("s27"))})
    data = bytearray(path.read_bytes())
    data[60] ^= 255
    path.write_bytes(data)
    found = read_folder(path)
    assert [note.text.partition("(")[0] for note in found.notes] == ["it cannot be unpacked "]
    (tmp_path / "cut.zip").write_bytes(bytes(data[:-30]))
    assert main(["report", str(tmp_path / "cut.zip")]) == 2
    assert "cut.zip" in capsys.readouterr().err


# --- ids as people type them --------------------------------------------------------------------------------


def test_an_id_one_slip_away_is_suggested_and_an_alias_takes_it(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text(to_json("s72", "week-3", answers("s72")), encoding="utf-8")
    (note,) = read_folder(tmp_path, ROSTER).notes
    assert note.text == "its learner 's72' is not on the roster. Do you mean s27? Then add --alias s72=s27."
    found = read_folder(tmp_path, known=Class(ROSTER, {"s72": "s27"}))
    assert [(each.id, len(each.attempts)) for each in found.submissions["s27"]] == [("s72", 2)]
    with pytest.raises(ValueError, match="there is no 's99' on the roster"):
        Class(ROSTER, {"s72": "s99"})


def test_who_typed_another_id_is_marked_by_what_they_were_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from smtplesson.classroom.exercise_set import ExerciseSet, questions_for

    week = tmp_path / "week-3.toml"
    week.write_text('title = "W"\nfamilies = ["who-must-act"]\nnumber = 4\nmode = "test"\n', encoding="utf-8")
    asked = questions_for(ExerciseSet.load(week), "s72")
    given = [Attempt(q.id, q.to_file(q.key), DAY, None, "week-3@s72") for q in asked]
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "x.json").write_text(to_json("s72", "week-3", given), encoding="utf-8")
    (tmp_path / "class.csv").write_bytes("sep=;\nMatrikel;Name;Gruppe\nS27;Zoë;3b\nS28;Tom;=1+1\n".encode("cp1252"))
    command = ["report", str(tmp_path / "in"), "--set", str(week), "--roster", str(tmp_path / "class.csv")]
    command += ["--id-column", "matrikel", "--alias", "s72=s27", "--csv", str(tmp_path / "marks.csv")]
    assert main([*command, "--delimiter", ";", "--decimal", ","]) == 0
    text = (tmp_path / "marks.csv").read_text("utf-8-sig")
    assert list(csv.reader(io.StringIO(text), delimiter=";")) == [
        ["Matrikel", "Name", "Gruppe", "asked", "answered", "right", "share", "look"],
        ["S27", "Zoë", "3b", "4", "4", "4", "1,0000", ""],
        ["S28", "Tom", "'=1+1", "4", "0", "0", "0,0000", ""],
    ]
    capsys.readouterr()
    assert main([*command, "--delimiter", ",", "--decimal", ","]) == 2
    assert "Give one character as --delimiter" in capsys.readouterr().err


# --- when it was received -----------------------------------------------------------------------------------

WORKSHEET = """\
Identifier,"Full name","Email address",Status,Grade,"Last modified (submission)"
"Participant 4711","Mira Ray",mira@example.org,"Submitted for grading",,"Tuesday, 10 February 2026, 5:15 PM"
"Participant 4712","Tom O. Lee",tom@example.org,"No submission",,-
"""


def test_moodle_s_own_worksheet_says_when() -> None:
    times = Received.parse(WORKSHEET)
    moment = times.at("Mira Ray_4711_assignsubmission_file_/s27.json", "s27")
    assert moment is not None
    assert f"{moment:%Y-%m-%d %H:%M}" == "2026-02-10 17:15"
    assert times.at("Tom O. Lee_4712_assignsubmission_file_/s28.json", "s28") is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("id,when\ns27,2026-01-31\n", "r.csv: there is no column that says what was received when. Name the columns"),
        ("received\n2026-01-31\n", "r.csv: there is no column that says what was received when."),
        (
            "id,received\ns27,10/11/2026 12:00\n",
            "r.csv, line 2: '10/11/2026 12:00' is no time that is sure. Write it as",
        ),
        ("id,received\ns27,2026-01-31\nS27,2026-02-01\n", "r.csv, line 3: 'S27' has another time on a line above"),
    ],
)
def test_a_list_that_is_not_sure_is_told_with_its_line(text: str, told: str) -> None:
    with pytest.raises(ContentError) as caught:
        Received.parse(text, "r.csv")
    assert told in str(caught.value)


@pytest.mark.parametrize(
    "written", ["2026-02-10 17:15", "2026-02-10T17:15:00", "10.02.2026 17:15", "10.02.2026, 17:15"]
)
def test_times_that_are_sure(written: str) -> None:
    moment = Received.parse(f"file;received\na/s27.json;{written}\n").at("a/s27.json", "s27")
    assert moment is not None
    assert f"{moment:%Y-%m-%d %H:%M}" == "2026-02-10 17:15"
