"""The licences of what a learner installs: `python -m tests.tools.licences` writes `tests/data/licences.csv`.

A licence is read from the metadata of the installed package, or where that only says "BSD" from its licence file.
Packages for other systems are not installed here: their rows stay, and a new one is read by hand.
"""

from __future__ import annotations

import csv
import importlib.metadata
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.paths import DATA, ROOT

TABLE = DATA / "licences.csv"
#: Licences that everybody may use, change and pass on under; all are approved by the OSI or free by the FSF's list.
#: MIT-CMU, as Pillow writes it, is a wording of the HPND that the OSI approved.
FREE = frozenset(
    {
        "0BSD",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "CC0-1.0",
        "ISC",
        "MIT",
        "MIT-0",
        "MIT-CMU",
        "MPL-2.0",
        "PSF-2.0",
    }
    | {"Zlib"}
)
#: What older metadata writes, in lower case and without "license", and its name in SPDX.
SPDX = {
    **{"mit": "MIT", "isc": "ISC", "isc (iscl)": "ISC", "mpl-2.0": "MPL-2.0", "mpl-2.0 and mit": "MPL-2.0 AND MIT"},
    **{"psfl": "PSF-2.0", "python software foundation": "PSF-2.0"},
    **{"apache-2.0": "Apache-2.0", "apache 2.0": "Apache-2.0", "apache software": "Apache-2.0"},
    **{"apache, version 2.0": "Apache-2.0"},
    **{"bsd-3-clause": "BSD-3-Clause", "bsd 3-clause": "BSD-3-Clause", "bsd-2-clause": "BSD-2-Clause"},
}
#: The places where a package may have to run: what is needed in one of them is needed.
_PLACES = [
    {"sys_platform": system, "os_name": "nt" if system == "win32" else "posix", "platform_system": name}
    for system, name in (("linux", "Linux"), ("darwin", "Darwin"), ("win32", "Windows"))
]
PLACES = [
    {**place, "python_version": f"3.{minor}", "python_full_version": f"3.{minor}.0"}
    for place in _PLACES
    for minor in (11, 12, 13, 14)
]


def parsed(text: str) -> list[Requirement]:
    """The requirements of a text, in its order; lines that are no requirement are left out."""
    joined = text.replace("\\\n", " ")
    lines = [line.partition("#")[0].partition(" --hash=")[0].strip() for line in joined.splitlines()]
    return [Requirement(line) for line in lines if line and not line.startswith("-")]


def written(name: str) -> list[Requirement]:
    """The requirements of a file of ours."""
    return parsed((ROOT / name).read_text(encoding="utf-8"))


def extras() -> list[Requirement]:
    """What the package itself asks for, with its extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [Requirement(r) for listed in project["optional-dependencies"].values() for r in listed]


def course() -> list[Requirement]:
    """What a learner needs beside the kit."""
    return written("requirements.txt")


def locked() -> dict[str, set[str]]:
    """The versions of each package in requirements.lock; there may be one for each Python."""
    found: dict[str, set[str]] = {}
    for requirement in written("requirements.lock"):
        found.setdefault(canonicalize_name(requirement.name), set()).update(s.version for s in requirement.specifier)
    return found


def closure(wanted: Iterable[Requirement]) -> set[str]:
    """The names of these and of all that they need on any system, by the metadata of what is installed."""
    seen: set[tuple[str, str]] = set()
    todo = list(wanted)
    while todo:
        requirement = todo.pop()
        name = canonicalize_name(requirement.name)
        for extra in {"", *requirement.extras}:
            if (name, extra) not in seen:
                seen.add((name, extra))
                todo += _needs(name, extra)
    return {name for name, _ in seen}


def _needs(name: str, extra: str) -> Iterator[Requirement]:
    try:
        lines = importlib.metadata.requires(name) or []
    except importlib.metadata.PackageNotFoundError:
        return  # for another system
    for requirement in map(Requirement, lines):
        marker = requirement.marker
        if marker is None or any(marker.evaluate({**place, "extra": extra}) for place in PLACES):
            yield requirement


def runtime() -> set[str]:
    """The names of all that a learner installs, this kit left out."""
    return closure([*course(), *extras()])


def licence(found: Distribution) -> str:
    """The licence of an installed package as SPDX writes it. Raises ValueError where it says nothing that is known."""
    metadata: Any = found.metadata
    if expression := metadata.get("License-Expression"):
        return str(expression)
    said = [str(metadata.get("License") or "")]
    said += [line.rpartition(" :: ")[2] for line in metadata.get_all("Classifier") or () if line.startswith("License")]
    for text in said:
        plain = re.sub(r"(?i)\blicen[sc]e\b", "", text).replace(" ,", ",").split()
        if name := SPDX.get(" ".join(plain).casefold()):
            return name
    named = [file for file in found.files or () if re.search(r"(?i)(licen[sc]e|copying)", file.name)]
    files = [file for file in named if file.suffix not in {".py", ".pyc", ".json"}]  # what is said, not what is run
    for text in [*said, *(file.read_text() for file in files)]:
        if name := _by_text(" ".join(text.split())):
            return name
    raise ValueError(f"{metadata['Name']}: no known licence in {said}")


def _by_text(text: str) -> str:
    if "Redistribution and use in source and binary forms" in text:
        return "BSD-3-Clause" if re.search("(?i)neither the name|names of its contributors", text) else "BSD-2-Clause"
    return "MIT" if "Permission is hereby granted, free of charge" in text else ""


def is_free(expression: str) -> bool:
    """Whether all parts of an expression of SPDX are free; of an OR one part is enough.

    >>> is_free("Apache-2.0 OR GPL-3.0-only"), is_free("MIT AND GPL-3.0-only"), is_free("")
    (True, False, False)
    """
    every = [part.strip("() ") for part in re.split(r"\bAND\b", expression)]
    return all(any(one.strip("() ") in FREE for one in re.split(r"\bOR\b", part)) for part in every)


def read() -> dict[str, str]:
    """The table: the licence of each package by its name."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {row["name"]: row["licence"] for row in csv.DictReader(file)}


def table() -> dict[str, str]:
    """The table as it should be: what is installed here is read anew, the rest is as it was. Raises ValueError."""
    before = read() if TABLE.exists() else {}
    found = {}
    for name in sorted(runtime()):
        try:
            found[name] = licence(importlib.metadata.distribution(name))
        except importlib.metadata.PackageNotFoundError:
            if name not in before:
                raise ValueError(f"{name} is not installed here: read its licence and write its row") from None
            found[name] = before[name]
    return found


def main() -> int:
    """Write the table; the exit code is 1 if a licence is not known or not free."""
    found = table()
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("name", "licence"), *found.items()])
    others = {name: name_of for name, name_of in found.items() if not is_free(name_of)}
    print(f"{len(found)} packages", *(f"{name}: {name_of}: not free" for name, name_of in others.items()), sep="\n")
    return int(bool(others))


if __name__ == "__main__":
    sys.exit(main())
