"""How large the install is on the disk: the four packages with all that they need, and the kit beside them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.bench.table import Missing, Row
from tests.paths import ROOT

FOUR = ("jupyterlab", "ipywidgets", "pandas", "nbval")


def rows(seconds: float) -> list[Row]:
    """The four packages with the kit, beside the four alone; `seconds` plays no part."""
    extra = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    with_kit = (sum(map(on_disk, closure((*FOUR, *extra["notebook"])))) + kit()) / 2**20
    alone = sum(map(on_disk, closure(FOUR))) / 2**20
    return [Row("install with the kit", "MiB", "the four packages alone", (with_kit,), (alone,))]


def closure(requirements: Iterable[str]) -> list[Distribution]:
    """These packages and all that they need here, each once."""
    found: dict[str, tuple[Distribution, frozenset[str]]] = {}
    waiting = [Requirement(each) for each in requirements]
    while waiting:
        wanted = waiting.pop()
        name, extras = canonicalize_name(wanted.name), frozenset(wanted.extras)
        try:
            package, had = found.get(name) or (distribution(name), None)
        except PackageNotFoundError:
            raise Missing(f"{name} is not installed") from None
        if had is not None and extras <= had:
            continue
        found[name] = package, extras | (had or frozenset())
        for needed in map(Requirement, package.requires or ()):
            if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in ("", *extras)):
                waiting.append(needed)
    return [package for package, _ in found.values()]


def on_disk(package: Distribution) -> int:
    """Bytes of the files that the package's RECORD names, but for what Python compiles itself."""
    paths = [Path(str(package.locate_file(file))) for file in package.files or () if file.suffix != ".pyc"]
    return sum(path.stat().st_size for path in paths if path.is_file())


def kit() -> int:
    """Bytes of the package itself, as its wheel holds them."""
    files = (ROOT / "smtplesson").rglob("*")
    return sum(path.stat().st_size for path in files if path.is_file() and path.suffix != ".pyc")
