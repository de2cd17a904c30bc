"""The files of a ZIP as an LMS gives it: read with limits, one at a time, and nothing unpacked onto the disk."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from smtplesson.classroom._folder import LARGEST, MOST

_ALL = 4_000_000_000  # bytes of all files together, unpacked
_LOCKED = 1  # the bit of a file that wants a password (PKWARE APPNOTE 4.4.4)
_FAULTS = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError)


def is_archive(path: Path) -> bool:
    """Whether it is a plain file that ends as a ZIP does."""
    return path.is_file() and zipfile.is_zipfile(path)


def files(path: Path) -> Iterator[tuple[str, bytes | str]]:
    """The name of each file, its folders before it with "/", and what it holds, or why it is not read; by name.

    Raises ValueError where the ZIP as a whole cannot be read.
    """
    try:
        archive = zipfile.ZipFile(path)
    except _FAULTS as error:
        raise ValueError(f"{path.name}: no ZIP that can be read ({error}). Download it again.") from None
    with archive:
        total, seen = 0, set[str]()
        found = sorted((each for each in archive.infolist() if not each.is_dir()), key=lambda each: each.filename)
        for count, info in enumerate(found):
            total += info.file_size
            if count == MOST or total > _ALL:
                yield info.filename, f"the ZIP holds more than {MOST} files or {_ALL:,} bytes; the rest is not read."
                return
            again = info.filename in seen
            seen.add(info.filename)
            yield info.filename, "the ZIP holds a file of this name already." if again else _content(archive, info)


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes | str:
    if stat.S_ISLNK(info.external_attr >> 16):
        return "it is a link, and links are not followed."
    if info.flag_bits & _LOCKED:
        return "it is locked with a password."
    if info.file_size > LARGEST:
        return f"it has {info.file_size:,} bytes; {LARGEST:,} are the most."
    try:
        with archive.open(info) as opened:
            data = opened.read(LARGEST + 1)
    except _FAULTS as error:
        return f"it cannot be unpacked ({error})."
    return data if len(data) <= LARGEST else f"it has more than {LARGEST:,} bytes."
