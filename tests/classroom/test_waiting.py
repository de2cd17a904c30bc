"""How far long work is: told on a terminal alone, after two seconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

import pytest

from smtplesson.classroom import waiting


def slow(count: int) -> Iterator[int]:
    for number in range(count):
        time.sleep(0.02)
        yield number


def look_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let standard error, as pytest captures it now, pass for a terminal."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)


def test_long_work_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    look_on(monkeypatch)
    monkeypatch.setattr(waiting, "_PATIENCE", 0.1)
    assert list(waiting.watched(slow(30), "Marking", 30)) == list(range(30))
    assert "Marking" in capsys.readouterr().err


def test_short_work_says_nothing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    look_on(monkeypatch)
    assert list(waiting.watched(range(30), "Marking", 30)) == list(range(30))
    assert "Marking" not in capsys.readouterr().err


def test_where_nobody_looks_on_nothing_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(waiting, "_PATIENCE", 0.1)
    assert list(waiting.watched(slow(30), "Marking")) == list(range(30))
    assert capsys.readouterr().err == ""


def test_without_the_library_the_work_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "find_spec", lambda name: None)
    assert list(waiting.watched([1, 2], "Marking")) == [1, 2]
