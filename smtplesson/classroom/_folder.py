"""The files of a folder that strangers filled: read with limits, and nothing followed or waited for."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

LARGEST = 4_000_000  # bytes of a file
_DEEPEST = 8  # folders inside the folder
MOST = 50_000  # files
_JUNCTION = 0xA0000003  # IO_REPARSE_TAG_MOUNT_POINT
_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY", "O_CLOEXEC"))


def files(folder: Path) -> Iterator[tuple[str, bytes | str]]:
    """The name of each file, its folders before it with "/", and what it holds, or why it is not read; by name.

    Raises NotADirectoryError where `folder` is none.
    """
    if not folder.is_dir():
        raise NotADirectoryError(f"There is no folder {str(folder)!r}.")
    for count, (name, path, fault) in enumerate(_walk(folder, "", 0)):
        if count == MOST:
            yield name, f"the folder holds more than {MOST} files; this one and those behind it are not read."
            return
        yield name, fault or _content(path)


def _walk(folder: Path, prefix: str, depth: int) -> Iterator[tuple[str, Path, str]]:
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        yield prefix, folder, f"the folder cannot be read ({error.strerror})."
        return
    for entry in found:
        name = prefix + entry.name
        try:
            is_link = _is_link(entry)
            is_folder, is_file = entry.is_dir(follow_symlinks=False), entry.is_file(follow_symlinks=False)
        except OSError as error:
            yield name, Path(entry.path), f"it cannot be looked at ({error.strerror})."
            continue
        if is_link:
            yield name, Path(entry.path), "it is a link, and links are not followed."
        elif is_folder:
            if depth == _DEEPEST:
                yield name, Path(entry.path), f"a folder more than {_DEEPEST} folders deep is not looked into."
            else:
                yield from _walk(Path(entry.path), f"{name}/", depth + 1)
        elif is_file:
            yield name, Path(entry.path), ""
        else:
            yield name, Path(entry.path), "it is no plain file."


def _is_link(entry: os.DirEntry[str]) -> bool:
    """Whether it leads elsewhere: a link, or a junction of Windows, which is none to Python."""
    tag = getattr(entry.stat(follow_symlinks=False), "st_reparse_tag", 0)
    return entry.is_symlink() or tag == _JUNCTION


def _content(path: Path) -> bytes | str:
    try:
        file = os.open(path, _FLAGS)
    except OSError as error:
        return f"it cannot be opened ({error.strerror})."
    try:
        status = os.fstat(file)
        if not stat.S_ISREG(status.st_mode):  # changed since it was listed
            return "it is no plain file."
        if status.st_size > LARGEST:
            return f"it has {status.st_size:,} bytes; {LARGEST:,} are the most."
        with os.fdopen(os.dup(file), "rb") as opened:
            data = opened.read(LARGEST + 1)
    except OSError as error:
        return f"it cannot be read ({error.strerror})."
    finally:
        os.close(file)
    return data if len(data) <= LARGEST else f"it has more than {LARGEST:,} bytes."
