"""The lessons in a folder of a learner's: all are there, and nothing that they wrote is ever lost."""

from __future__ import annotations

import importlib.util
import json
import os
from pathlib import Path

import pytest

from smtplesson.__main__ import main
from smtplesson.commands import lessons, start
from tests.paths import ROOT

LESSON = "03-251.ipynb"
WRITTEN = b'{"cells": [], "mine": true}'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "course"
    list(lessons.copy(place))
    return place


def kits(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, data: bytes) -> None:
    """Let the kit have this as its lesson, as a later version might."""
    home = tmp_path / "later"
    home.mkdir(exist_ok=True)
    (home / LESSON).write_bytes(data)
    monkeypatch.setattr(lessons, "_HOMES", (home,))


def test_all_are_copied_as_they_are(folder: Path) -> None:
    ours = {path.name: path.read_bytes() for path in (ROOT / "notebooks").glob("[!.]*.*")}
    assert {path.name: path.read_bytes() for path in folder.glob("[!.]*")} == ours
    assert list(lessons.copy(folder)) == [f"0 files copied into {folder}."]


def test_a_changed_lesson_is_left_alone(folder: Path) -> None:
    (folder / LESSON).write_bytes(WRITTEN)
    assert list(lessons.copy(folder)) == [f"0 files copied into {folder}; 1 lesson that you changed left alone."]
    assert (folder / LESSON).read_bytes() == WRITTEN


def test_a_later_version_takes_the_place_of_what_nobody_changed(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kits(monkeypatch, tmp_path, b"{}")
    list(lessons.copy(folder))
    assert (folder / LESSON).read_bytes() == b"{}"
    assert list(folder.glob("*mine*")) == []


def test_a_later_version_stands_beside_what_was_changed(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for version in (1, 2):
        (folder / LESSON).write_bytes(WRITTEN + b" " * version)
        kits(monkeypatch, tmp_path, b"{}" + b" " * version)
        (told, _) = lessons.copy(folder)
        assert told == f"{LESSON} is new; yours is kept beside it, as 03-251-mine-{version}.ipynb."
    assert (folder / LESSON).read_bytes() == b"{}  "
    assert [(folder / f"03-251-mine-{n}.ipynb").read_bytes() for n in (1, 2)] == [WRITTEN + b" ", WRITTEN + b"  "]


@pytest.mark.parametrize("record", [None, "no JSON", "[]", json.dumps({LESSON: 3})])
def test_without_a_record_what_differs_counts_as_changed(folder: Path, record: str | None) -> None:
    (folder / LESSON).write_bytes(WRITTEN)
    (folder / ".copied.json").unlink()
    if record is not None:
        (folder / ".copied.json").write_text(record)
    list(lessons.copy(folder))
    assert (folder / "03-251-mine-1.ipynb").read_bytes() == WRITTEN


def test_fresh_begins_again_and_keeps_what_was_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / LESSON).write_bytes(WRITTEN)
    assert main(["lessons", str(folder), "--fresh"]) == 0
    assert (folder / LESSON).read_bytes() == (ROOT / "notebooks" / LESSON).read_bytes()
    assert (folder / "03-251-mine-1.ipynb").read_bytes() == WRITTEN
    assert capsys.readouterr().out.splitlines()[-1] == f'To open them: smtplesson start "{folder}"'


def test_a_folder_that_cannot_be_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert main(["lessons", str(tmp_path / "file")]) == 2
    assert str(tmp_path / "file") in capsys.readouterr().err


def test_start_without_jupyterlab_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert main(["start", str(tmp_path)]) == 2
    assert 'pip install "smtplesson[lab]"' in capsys.readouterr().err
    assert os.listdir(tmp_path) == []


def test_start_opens_a_lesson_that_is_there(folder: Path) -> None:
    assert (folder / start._FIRST).is_file()


def test_help_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in ([], ["--help"]):
        with pytest.raises(SystemExit, match="0"):
            main(arguments)
        assert "smtplesson start" in capsys.readouterr().out
