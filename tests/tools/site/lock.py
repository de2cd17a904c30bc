"""Pyodide's lock with our packages added: by it a cell's `import smtplesson` finds its wheel by itself."""

from __future__ import annotations

import ast
import hashlib
import json
import re
import shutil
import zipfile
from collections.abc import Iterable, Mapping
from itertools import accumulate
from pathlib import Path
from typing import Any

from tests.paths import ROOT
from tests.tools.site.packages import BuildError, UnavailableError

Lock = dict[str, Any]
#: Python itself, which Pyodide's lock does not list.
RUNTIME = ("pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip")
#: What a kernel loads before the first cell; a name that is not here it would look for by itself.
AT_START = (
    *("micropip", "piplite", "ssl", "sqlite3", "ipykernel", "comm", "pyodide_kernel", "jedi", "ipython"),
    "smtplesson",
)
#: Loaded by the cells that import it, or what needs it.
LATER = "pandas"


def name_of(wheel: Path) -> str:
    """The name of its package: `typing_extensions-4.16.0-py3-none-any.whl` -> `typing-extensions`."""
    return re.sub(r"[-_.]+", "-", wheel.name.partition("-")[0]).lower()


def modules(wheel: Path) -> list[str]:
    """The top-level modules of a wheel."""
    names = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist() if name.endswith((".py", ".so"))}
    return sorted({name.partition(".")[0] for name in names if not name.endswith((".dist-info", ".data"))})


def importers(library: str) -> list[str]:
    """The kit's modules that import a library when they are imported, be it through another one."""
    graph = {}
    for path in sorted((ROOT / "smtplesson").rglob("*.py")):
        names = path.relative_to(ROOT).with_suffix("").parts
        module = ".".join(names[:-1] if names[-1] == "__init__" else names)
        graph[module] = _imported(ast.parse(path.read_text(encoding="utf-8")))
    found = {library}
    while new := {module for module, names in graph.items() if names & found} - found:
        found |= new
    return sorted(found - {library})


def _imported(tree: ast.Module) -> set[str]:
    """What a module imports when it is imported: with `a.b`, also `a`; with `from a import b`, perhaps `a.b`."""
    names = set()
    for node in tree.body:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {prefix for name in names for prefix in accumulate(name.split("."), "{}.{}".format)}


def extended(lock: Lock, wheels: Iterable[Path], needs: Mapping[str, list[str]]) -> Lock:
    """The lock with these wheels, each in a folder named by its content, so that no browser keeps an old one.

    A `file_name` that begins with `./` is the site's, any other one Pyodide's.
    """
    ours = {}
    for wheel in wheels:
        name, digest = name_of(wheel), hashlib.sha256(wheel.read_bytes()).hexdigest()
        ours[name] = {
            "name": name,
            "version": wheel.name.split("-")[1],
            "file_name": f"./wheels/{digest[:12]}/{wheel.name}",
            "sha256": digest,
            "imports": modules(wheel) + (importers(LATER) if name == LATER else []),
            "depends": needs[name],
            "install_dir": "site",
            "package_type": "package",
            "unvendored_tests": False,
        }
    if missing := needs.keys() - ours.keys():
        raise BuildError(f"no wheel of {', '.join(sorted(missing))}")
    return {**lock, "packages": {**lock["packages"], **ours}}


def needed(lock: Lock) -> list[dict[str, Any]]:
    """What the lessons load, with all that it needs."""
    names, todo = set(), [*AT_START, LATER]
    while todo:
        name = re.sub(r"[-_.]+", "-", todo.pop()).lower()
        if name not in names:
            names.add(name)
            todo += lock["packages"][name]["depends"]
    return [lock["packages"][name] for name in sorted(names)]


def bring_python(pyodide: Path, distribution: Path, lock: Lock, folder: Path) -> None:
    """Put Python and Pyodide's packages that the lessons load beside the site's own, each of them checked."""
    folder.mkdir(parents=True)
    for name in RUNTIME:
        shutil.copy(pyodide / name, folder)
    with zipfile.ZipFile(distribution) as archive:
        there = {path.rpartition("/")[2]: path for path in archive.namelist()}
        for package in needed(lock):
            name = package["file_name"]
            if name.startswith("./"):
                continue
            data = archive.read(there[name]) if name in there else b""
            if hashlib.sha256(data).hexdigest() != package["sha256"]:
                raise UnavailableError(f"{distribution.name} does not hold {name} as Pyodide has published it")
            (folder / name).write_bytes(data)


def write(lock: Lock, path: Path) -> None:
    """Write the lock as Pyodide reads it."""
    path.write_text(json.dumps(lock, indent=1, sort_keys=True) + "\n", encoding="utf-8", newline="\n")
