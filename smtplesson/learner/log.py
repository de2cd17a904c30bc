"""What a learner answered, kept on their disk: a log that only ever grows, so that no answer is lost."""

from __future__ import annotations

import errno
import os
import stat
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from itertools import compress
from pathlib import Path

from smtplesson.learner import records
from smtplesson.learner.attempts import Attempt

if sys.platform == "win32":
    import msvcrt
elif sys.platform != "emscripten":
    import fcntl

FILE = "attempts.jsonl"
_HOME = "~/.smtplesson"
_DRIVE = "/drive"  # where JupyterLite shows Python the files that the browser keeps
_ON_DRIVE = "smtplesson-answers.txt"  # with "json" in its name it would be taken for one JSON value, and end the kernel
_BINARY = getattr(os, "O_BINARY", 0)  # Windows would write CR LF
_TRIES, _PAUSE = 500, 0.01  # seconds between two tries for the lock; after 5 s it is done without
_BUSY = {errno.EAGAIN, errno.EACCES, errno.EDEADLK}
_NO_SYNC = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP}  # a file system that knows no fsync
_FAR = 0x7FFF_FFF0  # where Windows locks a byte: far behind the end, so that everybody may read


def today() -> date:
    """Today's date; the environment variable SMTPLESSON_TODAY can set it.

    Raises ValueError where that variable holds no date such as 2026-01-31.
    """
    told = os.environ.get("SMTPLESSON_TODAY", "").strip()
    if not told:
        return date.today()
    try:
        return date.fromisoformat(told)
    except ValueError:
        raise ValueError(f"SMTPLESSON_TODAY is {told!r}: write a date such as 2026-01-31, or leave it unset.") from None


class Log:
    """The log of one learner: every attempt, in the order in which they were saved.

    The folder is that of the environment variable SMTPLESSON_HOME, else `.smtplesson` in their home folder, and in
    JupyterLite the one that the browser keeps. Nothing raises where it cannot be written: `notice` says so once, the
    attempts stay in memory and each further one tries again. Several programs may write at once. What cannot be
    read stays in the file and is named in `problems`.
    """

    def __init__(self, folder: str | os.PathLike[str] | None = None) -> None:
        chosen = folder or os.environ.get("SMTPLESSON_HOME") or _default()
        self.path = _file(Path(os.path.expanduser(chosen)))
        #: What the last `append` or `take` has to tell: that saving fails, or works again; else empty.
        self.notice = ""
        #: What is wrong with the file, as of the last `attempts`.
        self.problems: tuple[str, ...] = ()
        self._waiting: tuple[Attempt, ...] = ()  # for a disk that takes them
        self._outsize: tuple[Attempt, ...] = ()  # too long for a line of the log, or no text at all
        self._failing = False
        at_home = self.path.is_relative_to(os.path.expanduser(_HOME))
        self._fleeting = sys.platform == "emscripten" and at_home  # gone with the tab, and not told yet

    @property
    def unsaved(self) -> tuple[Attempt, ...]:
        """The attempts that are in memory only."""
        return self._waiting + self._outsize

    def attempts(self) -> tuple[Attempt, ...]:
        """Every attempt: those of the file as it is now, then those that are not saved yet."""
        try:
            reading = records.read(self._bytes())
        except (OSError, ValueError) as error:
            reading = records.ReadRecords(problems=(f"{self.path} cannot be read ({_reason(error)}).",))
        self.problems = reading.problems
        return reading.attempts + self.unsaved

    def append(self, attempt: Attempt) -> bool:
        """Remember an attempt, and return whether it is safe on the disk; look at `notice` afterwards."""
        return self._save((attempt,))

    def take(self, attempts: Iterable[Attempt]) -> int:
        """Add those that are not there yet, such as a portable code's, and return how many they were.

        The same attempts again add nothing, but what was answered twice on a day stays there twice.
        """
        there = Counter(self.attempts())
        new = []
        for attempt in attempts:
            if there[attempt]:
                there[attempt] -= 1
            else:
                new.append(attempt)
        if new:
            self._save(tuple(new))
        return len(new)

    def _save(self, new: tuple[Attempt, ...]) -> bool:
        fits = [records.is_readable(attempt) for attempt in new]
        waiting = self._waiting + tuple(compress(new, fits))
        self._outsize += tuple(compress(new, (not fit for fit in fits)))
        try:
            if waiting:
                _append(self.path, b"".join(map(records.line, waiting)))
        except (OSError, ValueError) as error:  # a name with a NUL is a ValueError
            told = f"Your answers cannot be saved in {self.path.parent} ({_reason(error)}). They are kept as long as "
            told += "this program runs, and each further answer tries again."
            self.notice = "" if self._failing else told
            self._waiting, self._failing = waiting, True
            return False
        self.notice = "Your answers are saved again, those that waited included." if self._failing else ""
        if self._fleeting:
            self.notice = "This browser keeps nothing here (a private window?): your answers last as long as this tab."
        self._waiting, self._failing, self._fleeting = (), False, False
        if not all(fits):
            self.notice = "An answer is too long for the log. It is kept as long as this program runs."
        return all(fits)

    def _bytes(self) -> bytes:
        try:
            if not stat.S_ISREG(self.path.stat().st_mode):  # a pipe would wait, a device never end
                raise OSError(errno.EINVAL, "not a plain file")
            return self.path.read_bytes()
        except FileNotFoundError:
            return b""


def _default() -> str:
    """The folder where no other is named."""
    return _DRIVE if sys.platform == "emscripten" and os.path.isdir(_DRIVE) else _HOME


def _file(folder: Path) -> Path:
    return folder / (_ON_DRIVE if sys.platform == "emscripten" and folder.is_relative_to(_DRIVE) else FILE)


def _reason(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _append(path: Path, lines: bytes) -> None:
    """Add whole lines to the end of the file, and return when they are on the disk: all of them or an OSError.

    The lines go out in one write. What another program left without a line feed, for example because it was
    killed, is closed first, so that it swallows no record. Nothing that stands there is ever changed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    is_new = not path.exists()
    file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | _BINARY, 0o600)
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise OSError(errno.EINVAL, "not a plain file")
        with _lock(file) as alone:
            end = os.fstat(file).st_size
            try:
                _write(file, (b"\n" if _is_torn(file, end) else b"") + lines)
            except OSError:
                if alone:  # take back what was written of it; without the lock it might be another's
                    with suppress(OSError):
                        os.ftruncate(file, end)
                raise
    finally:
        os.close(file)
    if is_new:
        _sync_folder(path.parent)


def _is_torn(file: int, end: int) -> bool:
    if end == 0:
        return False
    os.lseek(file, end - 1, os.SEEK_SET)
    return os.read(file, 1) != b"\n"


def _write(file: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        written = os.write(file, rest)
        if written == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        rest = rest[written:]
    try:
        os.fsync(file)
    except OSError as error:
        if error.errno not in _NO_SYNC:
            raise


def _sync_folder(folder: Path) -> None:
    """Make a new file's name safe, too, where a folder can be opened."""
    with suppress(OSError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


@contextmanager
def _lock(file: int) -> Iterator[bool]:
    """Keep other programs of the kit waiting; False without locks, or if another program holds its own for seconds."""
    held = _try_lock(file)
    try:
        yield held
    finally:
        if held:
            with suppress(OSError):
                _unlock(file)


def _try_lock(file: int) -> bool:
    for _ in range(_TRIES):
        try:
            _lock_now(file)
            return True
        except OSError as error:
            if error.errno not in _BUSY:
                return False
            time.sleep(_PAUSE)
    return False


def _lock_now(file: int) -> None:
    """Raise an OSError of _BUSY while another has the lock, any other where there are none; a browser tab is alone."""
    if sys.platform == "win32":
        os.lseek(file, _FAR, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
    elif sys.platform != "emscripten":
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _unlock(file: int) -> None:
    if sys.platform == "win32":
        os.lseek(file, _FAR, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_UNLCK, 1)
    elif sys.platform != "emscripten":
        fcntl.flock(file, fcntl.LOCK_UN)
