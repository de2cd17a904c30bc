"""Submissions in their three forms, whose they are, and what is counted once. Hostile ones: `test_hostile.py`."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from smtplesson.classroom import _folder
from smtplesson.classroom.roster import Roster
from smtplesson.classroom.submissions import Collected, Look, Note, owner_of, read_folder, read_pasted, to_json
from smtplesson.learner import portable, records
from smtplesson.learner.attempts import Attempt, Confidence

DAY = date(2026, 1, 5)
PLAIN = tuple(Attempt(f"q{n}", "A", DAY, Confidence.SURE, "03-251") for n in range(6))
OWN = tuple(Attempt(f"q{n}", "B", DAY, None, "week-3@mira-7") for n in range(6))
ROSTER = Roster({"mira-7": "Mira", "tom-2": "Tom"})


def folder(path: Path, **files: str | bytes) -> Path:
    for name, content in files.items():
        file = path / name.replace("__", "/").replace("_DOT_", ".")
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def answers(found: Collected) -> dict[str, tuple[Attempt, ...]]:
    return {learner: tuple(a for each in by for a in each.attempts) for learner, by in found.submissions.items()}


def log(attempts: tuple[Attempt, ...]) -> bytes:
    return b"".join(map(records.line, attempts))


@pytest.mark.parametrize(
    "content",
    [
        to_json("Mira-7", "week-3", OWN),
        json.dumps(json.loads(to_json("mira-7", "week-3", OWN)), indent=4),
        "\ufeff" + to_json("mira-7", "week-3", OWN),
        portable.pack(OWN),
        "Dear teacher, here it is:\n> " + portable.pack(OWN).replace("\n", "\n> ") + "\nMira",
        portable.pack(OWN).encode("utf-16"),
        log(OWN),
        log(OWN).replace(b"\n", b"\r\n"),
        log(OWN[:1]) if len(OWN) == 1 else log(OWN).rstrip(b"\n"),
    ],
)
def test_three_forms_give_the_same(tmp_path: Path, content: str | bytes) -> None:
    found = read_folder(folder(tmp_path, anything=content), ROSTER)
    assert answers(found) == {"mira-7": OWN}
    assert found.notes == []


def test_the_json_holds_raw_answers_and_no_marks() -> None:
    document = json.loads(to_json("mira-7", "week-3", OWN[:1]))
    assert document == {
        "schema_version": 1,
        "learner": "mira-7",
        "set": "week-3",
        "answers": [
            {"version": 1, "question": "q0", "response": "B", "day": "2026-01-05", "quiz": "week-3@mira-7"},
        ],
    }
    with pytest.raises(ValueError, match="is no id"):
        to_json("=1+1", "week-3", OWN)


@pytest.mark.parametrize(
    "name",
    [
        "tom-2.jsonl",
        "Tom-2.txt",
        "tom-2_12345_assignsubmission_file_.txt",
        "tom-2__attempts.jsonl",
        "tom-2_99__log.txt",
    ],
)
def test_a_file_or_its_folder_is_named_after_the_learner(tmp_path: Path, name: str) -> None:
    found = read_folder(folder(tmp_path, **{name: log(PLAIN)}), ROSTER)
    assert answers(found) == {"tom-2": PLAIN}


def test_without_a_roster_the_name_is_the_id(tmp_path: Path) -> None:
    found = read_folder(folder(tmp_path, **{"ada.jsonl": log(PLAIN), "zoe__attempts.jsonl": log(PLAIN[:2])}))
    assert answers(found) == {"ada": PLAIN, "zoe": PLAIN[:2]}


def test_a_log_that_others_answered_in_too_is_the_one_s_it_is_named_after(tmp_path: Path) -> None:
    tom = Attempt("q", "C", DAY, None, "week-3@tom-2")
    found = read_folder(folder(tmp_path, **{"mira-7.jsonl": log((*PLAIN, *OWN, tom))}), ROSTER)
    assert answers(found) == {"mira-7": (*PLAIN, *OWN)}
    assert [note.text for note in found.notes] == ["kept under 'tom-2' and not counted: 1 answer."]


def test_the_same_twice_is_kept_once(tmp_path: Path) -> None:
    files = {"mira-7_1.txt": log(PLAIN[:4]), "mira-7_2.txt": log(PLAIN[:4]), "mira-7_3.txt": log(PLAIN)}
    found = read_folder(folder(tmp_path, **files), ROSTER)
    assert [each.source for each in found.submissions["mira-7"]] == ["mira-7_1.txt", "mira-7_3.txt"]
    assert found.notes == [Note("mira-7_2.txt", "handed in once more: it is mira-7_1.txt again.")]


def test_six_equal_answers_of_two_learners_are_told_of_both(tmp_path: Path) -> None:
    found = read_folder(folder(tmp_path, **{"mira-7.txt": log(PLAIN), "tom-2.txt": log(PLAIN)}), ROSTER)
    assert answers(found) == {"mira-7": PLAIN, "tom-2": PLAIN}
    assert found.notes == [
        Note("mira-7.txt", "the same 6 answers in the same order as tom-2.txt.", look=Look.COPIED, learner="mira-7"),
        Note("tom-2.txt", "the same 6 answers in the same order as mira-7.txt.", look=Look.COPIED, learner="tom-2"),
    ]
    five = read_folder(folder(tmp_path, **{"mira-7.txt": log(PLAIN[:5]), "tom-2.txt": log(PLAIN[:5])}), ROSTER)
    assert five.notes == []


def test_a_file_is_named_after_an_id_with_underscores(tmp_path: Path) -> None:
    both = Roster(["anna", "anna_b"])
    attempts = (Attempt("q1", "A", DAY, None, "week-3@anna_b"),)
    found = read_folder(folder(tmp_path, **{"anna_b_week-3.json": to_json("anna_b", "week-3", attempts)}), both)
    assert (answers(found), found.notes) == ({"anna_b": attempts}, [])
    plain = read_folder(folder(tmp_path / "plain", **{"anna_b_lessons.txt": log(PLAIN)}), both)
    assert list(answers(plain)) == ["anna_b"]


def test_a_damaged_code_takes_no_other_with_it() -> None:
    text = f"mira-7:\n{portable.pack(PLAIN)[:-5]}\ntom-2:\n{portable.pack(PLAIN[:2])}\n"
    found = read_pasted(text, ROSTER)
    assert answers(found) == {"tom-2": PLAIN[:2]}
    assert [(note.source, note.refused) for note in found.notes] == [("code 1 (mira-7)", True)]


def test_pasted_codes() -> None:
    text = f"mira-7: {portable.pack(PLAIN)}\n\nTom-2\n{portable.pack(PLAIN[:2])}\n{portable.pack(OWN)}\n\nSL1:zzz."
    found = read_pasted(text, ROSTER)
    assert answers(found) == {"mira-7": (*PLAIN, *OWN), "tom-2": PLAIN[:2]}
    assert [(note.source, note.refused) for note in found.notes] == [("code 4", True)]
    assert [each.source for each in found.submissions["mira-7"]] == ["code 1 (mira-7)", "code 3"]
    assert read_pasted("hello").notes == [Note("pasted text", "no portable code is in it.", refused=True)]


def test_a_damaged_line_of_a_log_costs_that_line_alone(tmp_path: Path) -> None:
    rows = log(PLAIN).split(b"\n")
    rows[1] = rows[1][:20]
    rows[2] = rows[2].replace(b'"response"', b'"question"')
    found = read_folder(folder(tmp_path, **{"tom-2.txt": b"\n".join(rows)}), ROSTER)
    assert answers(found) == {"tom-2": (PLAIN[0], *PLAIN[3:])}
    assert [note.text for note in found.notes] == [
        "Line 3: it has the key 'question' twice in one object.",
        "Line 2 is not a whole record: it was cut off or damaged.",
    ]


def test_a_folder_that_there_is_not(tmp_path: Path) -> None:
    with pytest.raises(NotADirectoryError):
        read_folder(tmp_path / "nowhere")
    assert read_folder(tmp_path) == Collected()


def test_whose_an_answer_is() -> None:
    assert owner_of("03-251") is None
    assert owner_of("week-3@a@b.example") == "a@b.example"
    assert owner_of("week-3@=1+1") == "=1+1"


@pytest.mark.parametrize(("tag", "links"), [(0xA0000003, True), (0, False)])
def test_a_junction_of_windows_is_a_link(tag: int, links: bool) -> None:
    """It is no link to Python, and leads out of the folder all the same."""

    class Entry:
        def is_symlink(self) -> bool:
            return False

        def stat(self, *, follow_symlinks: bool) -> SimpleNamespace:
            return SimpleNamespace(st_reparse_tag=0 if follow_symlinks else tag)

    assert _folder._is_link(Entry()) is links  # type: ignore[arg-type]
