"""Copy the lessons that come with the kit into a folder, and never over a learner's work."""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import smtplesson
from smtplesson import markup

SUMMARY = "Copy the lessons into a folder; what you changed there is kept."
FOLDER = "smtplesson-lessons"
#: Where the lessons are: in an installed package, or in a checkout.
_HOMES = (Path(smtplesson.__file__).parent / "lessons", Path(smtplesson.__file__).parent.parent / "notebooks")
#: In the folder: the digest of each lesson as it was copied, which tells what was changed since, and by whom.
_COPIED = ".copied.json"


def add_folder(parser: argparse.ArgumentParser) -> None:
    """Add the argument that names the folder."""
    parser.add_argument("folder", nargs="?", default=FOLDER, help=f"where to; without it, {FOLDER} in this folder")


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    add_folder(parser)
    parser.add_argument("--fresh", action="store_true", help="begin again: a new copy also of what you changed")


def run(chosen: argparse.Namespace) -> int:
    """Copy, and say what was done."""
    for told in copy(Path(chosen.folder), fresh=chosen.fresh):
        print(markup.visible(told))
    print(f'To open them: smtplesson start "{markup.visible(chosen.folder)}"')
    return 0


def copy(folder: Path, *, fresh: bool = False) -> Iterator[str]:
    """Bring a folder up to date with the kit's lessons, and yield what was done, in sentences.

    A lesson that was changed in the folder stays as it is. Where the kit has another version of it than was copied
    (or where `fresh` asks), the changed one gets a name with "mine" in it, and the kit's stands beside it.
    Raises OSError where the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    copied, new, kept = _copied(folder), 0, 0
    for lesson in _lessons():
        data = lesson.read_bytes()
        place, digest = folder / lesson.name, _digest(data)
        there = _digest(place.read_bytes()) if place.exists() else ""
        is_changed = there not in ("", digest, copied.get(lesson.name))
        if is_changed and copied.get(lesson.name) == digest and not fresh:
            kept += 1
            continue
        if is_changed:
            mine = _free(place)
            place.rename(mine)
            yield f"{lesson.name} is new; yours is kept beside it, as {mine.name}."
        if there != digest:
            place.write_bytes(data)
            new += 1
        copied[lesson.name] = digest
    (folder / _COPIED).write_text(json.dumps(copied, indent=1) + "\n", encoding="utf-8")
    of_yours = f"; {markup.counted(kept, 'lesson')} that you changed left alone" if kept else ""
    yield f"{markup.counted(new, 'file')} copied into {folder}{of_yours}."


def _lessons() -> list[Path]:
    """The kit's notebooks and pages."""
    home = next((home for home in _HOMES if home.is_dir()), None)
    if home is None:
        raise OSError("The lessons are not here: install the kit from its wheel or from its whole repository.")
    return sorted(path for path in home.iterdir() if path.suffix in (".ipynb", ".md"))


def _copied(folder: Path) -> dict[str, str]:
    try:
        found = json.loads((folder / _COPIED).read_text(encoding="utf-8"))
    except (OSError, ValueError):  # none yet, or broken: then whatever differs counts as changed
        return {}
    return found if isinstance(found, dict) else {}


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _free(place: Path) -> Path:
    """A name for a learner's version, beside `place`, that nothing has yet."""
    number = 1
    while (mine := place.with_name(f"{place.stem}-mine-{number}{place.suffix}")).exists():
        number += 1
    return mine
