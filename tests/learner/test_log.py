"""The learner's log: what is saved, what is told when it cannot be, and that nothing is lost or changed."""

from __future__ import annotations

import errno
import os
import sys
from datetime import date
from pathlib import Path

import pytest

from smtplesson.learner import log as module
from smtplesson.learner import records
from smtplesson.learner.attempts import Attempt, Confidence
from smtplesson.learner.log import Log, today

DAY = date(2026, 1, 5)
ONE = Attempt("after-251", "B", DAY, Confidence.SURE, "05-251-or-553")
TWO = Attempt("250-or-251", "AC", DAY)
THREE = Attempt("path-fault~12345", "553 5.1.3 é", DAY, Confidence.GUESS, "review")
FULL = OSError(errno.ENOSPC, "No space left on device")
AGAIN = "Your answers are saved again, those that waited included."


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(tmp_path / "home")


def filled(log: Log, *attempts: Attempt) -> Log:
    for attempt in attempts:
        assert log.append(attempt)
    return log


# --- where and when ---


def test_the_folder_is_the_environments_else_the_learners_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SMTPLESSON_HOME", str(tmp_path / "a"))
    assert Log().path == tmp_path / "a" / "attempts.jsonl"
    assert Log(tmp_path / "b").path == tmp_path / "b" / "attempts.jsonl"
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    for unset in ("", None):
        if unset is None:
            monkeypatch.delenv("SMTPLESSON_HOME")
        else:
            monkeypatch.setenv("SMTPLESSON_HOME", unset)
        assert Log().path == tmp_path / ".smtplesson" / "attempts.jsonl"
    monkeypatch.setenv("SMTPLESSON_HOME", "~/elsewhere")
    assert Log().path == tmp_path / "elsewhere" / "attempts.jsonl"


def test_in_jupyterlite_the_file_is_one_that_the_browser_keeps(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SMTPLESSON_HOME", raising=False)
    monkeypatch.setattr(sys, "platform", "emscripten")
    monkeypatch.setattr(module, "_DRIVE", str(tmp_path / "drive"))
    (tmp_path / "drive").mkdir()
    log = Log()
    # JupyterLite 0.6 takes each file for JSON that has "json" in its name, and its kernel ends where it is not
    assert log.path == tmp_path / "drive" / "smtplesson-answers.txt"
    assert Log(tmp_path / "drive" / "class").path.name == "smtplesson-answers.txt"
    assert Log(tmp_path / "elsewhere").path.name == "attempts.jsonl"
    assert filled(log, ONE).notice == ""


def test_a_browser_that_keeps_nothing_is_told_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SMTPLESSON_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setattr(module, "_DRIVE", str(tmp_path / "none"))
    monkeypatch.setattr(sys, "platform", "emscripten")
    log = Log()
    assert filled(log, ONE).notice.startswith("This browser keeps nothing here")
    assert filled(log, TWO).notice == ""
    assert filled(Log(log.path.parent / "sittings" / "week@x"), ONE).notice.startswith("This browser")
    assert filled(Log(tmp_path / "chosen"), ONE).notice == ""


def test_today_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTPLESSON_TODAY", "2028-02-29")
    assert today() == date(2028, 2, 29)


@pytest.mark.parametrize("unset", ["", " ", None])
def test_today_is_today(unset: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    if unset is None:
        monkeypatch.delenv("SMTPLESSON_TODAY", raising=False)
    else:
        monkeypatch.setenv("SMTPLESSON_TODAY", unset)
    before = date.today()
    assert before <= today() <= date.today()


@pytest.mark.parametrize("told", ["tomorrow", "2026-02-29", "5 January 2026", "2026-01-05T09:00"])
def test_a_day_that_is_none_is_refused(told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTPLESSON_TODAY", told)
    with pytest.raises(ValueError, match="write a date such as 2026-01-31, or leave it unset") as error:
        today()
    assert str(error.value).startswith(f"SMTPLESSON_TODAY is '{told}':")


# --- saving ---


def test_a_new_learner_has_no_attempts_and_no_file(log: Log) -> None:
    assert log.attempts() == ()
    assert (log.notice, log.problems, log.unsaved) == ("", (), ())
    assert not log.path.parent.exists()


def test_what_is_saved_is_there_for_the_next_session(log: Log) -> None:
    filled(log, ONE, TWO, THREE, ONE)
    assert not log.notice
    assert not log.unsaved
    assert log.attempts() == (ONE, TWO, THREE, ONE)
    assert Log(log.path.parent).attempts() == (ONE, TWO, THREE, ONE)
    assert log.path.read_bytes() == b"".join(map(records.line, (ONE, TWO, THREE, ONE)))


def test_an_attempt_is_on_the_disk_before_it_is_acknowledged(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda file: sizes.append(os.fstat(file).st_size))
    filled(log, ONE)
    assert sizes[0] == len(records.line(ONE))
    assert len(sizes) == 2, "the file, and since it is new, its folder"
    filled(log, TWO)
    assert sizes[2:] == [log.path.stat().st_size]


def test_two_logs_of_one_file_see_each_other(log: Log) -> None:
    other = Log(log.path.parent)
    filled(log, ONE)
    filled(other, TWO)
    filled(log, THREE)
    assert log.attempts() == other.attempts() == (ONE, TWO, THREE)


def test_nobody_else_may_read_the_answers(log: Log) -> None:
    filled(log, ONE)
    assert log.path.stat().st_mode & 0o077 == 0 or os.name == "nt"


# --- where it cannot be saved ---


def test_a_folder_that_cannot_be_made_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    log = Log(tmp_path / "home")
    assert log.append(ONE) is False
    assert log.notice.startswith(f"Your answers cannot be saved in {tmp_path / 'home'} (")
    assert log.notice.endswith("). They are kept as long as this program runs, and each further answer tries again.")
    assert log.append(TWO) is False
    assert log.notice == ""
    assert log.unsaved == (ONE, TWO)
    assert log.attempts() == (ONE, TWO)
    assert (tmp_path / "home").read_text() == "a file"

    (tmp_path / "home").unlink()
    assert log.append(THREE) is True
    assert log.notice == AGAIN
    assert len(log.unsaved) == 0
    assert Log(tmp_path / "home").attempts() == log.attempts() == (ONE, TWO, THREE)
    filled(log, ONE)
    assert log.notice == ""


def test_a_name_that_no_disk_takes_is_told(tmp_path: Path) -> None:
    log = Log(f"{tmp_path}/a\x00b")
    assert log.append(ONE) is False
    assert "null" in log.notice
    assert log.attempts() == (ONE,)
    assert len(log.problems) == 1


def test_what_is_no_plain_file_is_neither_read_nor_written(log: Log) -> None:
    log.path.mkdir(parents=True)
    assert log.append(ONE) is False
    assert log.attempts() == (ONE,)
    assert log.problems == (f"{log.path} cannot be read (not a plain file).",)


class Disk:
    """A disk with room for so many bytes more."""

    def __init__(self, room: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.room = room
        self._write = os.write
        monkeypatch.setattr(os, "write", self.write)

    def write(self, file: int, data: bytes) -> int:
        if not self.room:
            raise FULL
        written = self._write(file, bytes(data[: self.room]))
        self.room -= written
        return written


@pytest.mark.parametrize("room", [0, 1, 60, 200])
def test_a_full_disk_loses_nothing_and_leaves_no_torn_line(
    room: int, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(log, ONE)
    assert room < len(records.line(TWO) + records.line(THREE)) - 1
    with monkeypatch.context() as patch:
        disk = Disk(room, patch)
        saved = [log.append(TWO), log.append(THREE)]
        assert saved[-1] is False
        assert log.attempts() == (ONE, TWO, THREE)
        assert log.unsaved[-1] == THREE
        assert log.problems == ()
        disk.room = 10_000
        assert log.append(ONE) is True
    assert log.attempts() == Log(log.path.parent).attempts() == (ONE, TWO, THREE, ONE)
    assert log.path.read_bytes() == b"".join(map(records.line, (ONE, TWO, THREE, ONE)))


def test_a_disk_that_takes_a_little_at_a_time(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = os.write
    monkeypatch.setattr(os, "write", lambda file, data: whole(file, bytes(data[:3])))
    filled(log, ONE, TWO)
    assert log.path.read_bytes() == records.line(ONE) + records.line(TWO)


def test_a_disk_that_takes_nothing_does_not_hang(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "write", lambda file, data: 0)
    assert log.append(ONE) is False
    assert log.attempts() == (ONE,)


def test_what_may_not_be_on_the_disk_is_not_acknowledged(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(log, ONE)

    def fails(file: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fails)
        assert log.append(TWO) is False
        assert "Input/output error" in log.notice
    assert log.append(THREE) is True
    assert Log(log.path.parent).attempts() == (ONE, TWO, THREE)


def test_a_file_system_without_fsync_will_do(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(file: int) -> None:
        raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr(os, "fsync", fails)
    filled(log, ONE, TWO)


def lockless(file: int) -> None:
    raise OSError(errno.ENOLCK, "No locks available")


def test_without_locks_a_torn_line_stays_and_is_closed(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_lock_now", lockless)
    filled(log, ONE)
    with monkeypatch.context() as patch:
        Disk(20, patch)
        assert log.append(TWO) is False  # 20 bytes stay: behind them another program may have written by now
    filled(log, THREE)
    torn = records.line(TWO)[:20] + b"\n"
    assert log.path.read_bytes() == records.line(ONE) + torn + records.line(TWO) + records.line(THREE)
    assert log.attempts() == (ONE, TWO, THREE)
    assert log.problems == ("Line 2 is not a whole record: it was cut off or damaged.",)


def test_without_locks_nobody_writes_over_anothers_line(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_lock_now", lockless)
    filled(log, ONE)
    whole = os.write

    def late(file: int, data: bytes) -> int:
        with log.path.open("ab") as another:
            another.write(records.line(TWO))
        return whole(file, data)

    monkeypatch.setattr(os, "write", late)
    filled(log, THREE)
    assert log.attempts() == (ONE, TWO, THREE)


def test_a_lock_that_never_comes_free_holds_nobody_up(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    tries = []

    def busy(file: int) -> None:
        tries.append(file)
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(module, "_lock_now", busy)
    monkeypatch.setattr(module, "_PAUSE", 0)
    filled(log, ONE)
    assert len(tries) == 500


def test_an_answer_that_no_line_holds_is_kept_and_told(log: Log) -> None:
    endless = Attempt("repair", "x" * 100_000, DAY)
    assert log.append(endless) is False
    assert log.notice == "An answer is too long for the log. It is kept as long as this program runs."
    assert log.append(ONE) is True
    assert log.notice == ""
    assert log.attempts() == (ONE, endless)
    assert log.unsaved == (endless,)
    assert log.path.read_bytes() == records.line(ONE)


# --- what somebody else left in the file ---


def test_a_line_torn_at_any_byte_takes_no_answer_with_it(log: Log) -> None:
    log.path.parent.mkdir()
    line = records.line(THREE)
    for cut in range(len(line) + 1):
        before = records.line(ONE) + line[:cut]
        log.path.write_bytes(before)
        filled(log, TWO)
        whole = cut >= len(line) - 1  # at most its line feed is missing
        assert log.attempts() == ((ONE, THREE, TWO) if whole else (ONE, TWO)), cut
        assert len(log.problems) == (0 if whole or cut == 0 else 1), cut
        assert log.path.read_bytes().startswith(before), "what stands there is never changed"


@pytest.mark.parametrize(
    "garbage",
    [b"\x00" * 4096, b"\xff\xfe\n\n", b"[" * 60_000, b"{}\n", b"x" * 1_000_000, b'{"version": 9, "a": 1}\n'],
    ids=["NULs", "no UTF-8", "deep", "empty", "long", "newer"],
)
def test_garbage_stays_and_takes_no_answer_with_it(garbage: bytes, log: Log) -> None:
    filled(log, ONE)
    with log.path.open("ab") as file:
        file.write(garbage)
    filled(log, TWO)
    assert log.attempts() == (ONE, TWO)
    assert len(log.problems) == 1
    assert "Line 2 " in log.problems[0]
    assert garbage in log.path.read_bytes()


def test_an_older_and_a_newer_version_share_the_file(log: Log) -> None:
    log.path.parent.mkdir()
    older = b'{"question": "after-251", "response": "B", "day": "2026-01-05"}\n'
    newer = records.line(TWO).replace(b'"version": 1', b'"version": 2, "seconds": 3')
    log.path.write_bytes(older + newer)
    filled(log, ONE)
    assert log.attempts() == (Attempt("after-251", "B", DAY), TWO, ONE)
    assert log.path.read_bytes() == older + newer + records.line(ONE)
    assert len(log.problems) == 1


# --- a portable code's attempts ---


def test_the_same_code_twice_adds_nothing(log: Log) -> None:
    assert log.take([ONE, TWO, THREE]) == 3
    assert log.take([ONE, TWO, THREE]) == 0
    assert log.take(iter([THREE, ONE])) == 0
    assert Log(log.path.parent).attempts() == (ONE, TWO, THREE)


def test_what_was_answered_twice_on_a_day_stays_twice(log: Log) -> None:
    filled(log, ONE)
    assert log.take([ONE, ONE, TWO]) == 2
    assert log.attempts() == (ONE, ONE, TWO)
    assert log.take([ONE, ONE, TWO]) == 0
    assert log.take([]) == 0
    assert log.take([ONE, ONE, ONE]) == 1


def test_what_differs_in_anything_is_another_attempt(log: Log) -> None:
    filled(log, ONE)
    others = [
        Attempt("after-251", "C", DAY, Confidence.SURE, "05-251-or-553"),
        Attempt("after-251", "B", date(2026, 1, 6), Confidence.SURE, "05-251-or-553"),
        Attempt("after-251", "B", DAY, None, "05-251-or-553"),
        Attempt("after-251", "B", DAY, Confidence.SURE, "review"),
    ]
    assert log.take(others) == 4


def test_a_code_is_kept_in_memory_where_nothing_can_be_saved(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    log = Log(tmp_path / "home")
    assert log.take([ONE, TWO]) == 2
    assert log.notice.startswith("Your answers cannot be saved in ")
    assert log.take([ONE, TWO]) == 0
    assert log.attempts() == (ONE, TWO)
