"""Which room may import which: the table of the design, held against every import in the sources."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import smtplesson
from tests.paths import ROOT

PACKAGE = ROOT / "smtplesson"
STANDARD = {*sys.stdlib_module_names, "_typeshed"}  # the second is there for the type checker alone
LONGEST = 500  # lines; a longer module holds two subjects

# room: the rooms that it may import, from the ground up. An import goes down, never up, never round.
MAY_IMPORT: dict[str, set[str]] = {
    "_lazy": set(),
    "markup": set(),
    "content": {"markup"},
    "protocol": {"content", "markup"},
    "server": {"protocol", "content"},
    "guide": {"protocol", "content", "markup"},
    "dialogues": {"guide", "server", "protocol", "content", "markup"},
    "questions": {"server", "protocol", "content", "markup"},
    "learner": {"questions", "content", "markup"},
    "classroom": {"learner", "questions", "content", "markup"},
    "widgets": {"_lazy", "classroom", "learner", "questions", "dialogues", "guide", "server", "protocol", "markup"},
    "__init__": {"_lazy", "dialogues", "guide", "server", "protocol", "markup"},
    "commands": {"classroom", "learner", "questions", "dialogues", "guide", "server", "protocol", "markup", "__init__"},
    "__main__": {"commands", "__init__"},
}
# libraries beyond Python's own, and where they may be imported
LIBRARIES: dict[str, set[str]] = {
    "ipywidgets": {"widgets"},
    "anywidget": {"widgets"},
    "traitlets": {"widgets"},
    "pandas": {"server/compare.py", "classroom"},
    "matplotlib": {"classroom/charts.py"},
    "tqdm": {"classroom/waiting.py"},
    "a computed name": {"_lazy"},  # of the tables in the two packages, which say the same to the type checker
}


#: Where files may be opened that are no content: a learner's log, what was handed in, lessons to be copied, a view's
#: own script and style.
OPENS = {
    "content/__init__.py",
    "content/lines.py",
    "learner/log.py",
    "classroom/_folder.py",
    "commands/lessons.py",
    "markup.py",
    "widgets/view.py",
}


def files() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    """The first folder on the way to the file, else the file's own name."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def without_displays(source: str) -> str:
    """The source without what is imported inside a function of the room's own display: that knows the object, and is
    asked only when it is shown.
    """
    return re.sub(r"^ +from smtplesson\.\w+ import (display|picture)$", "", source, flags=re.MULTILINE)


def imports(source: str, package: str = "smtplesson") -> Iterator[str]:
    """Every dotted name that is imported anywhere in the source: at the top, in a function, or by a text.

    `from smtplesson import x` and `from . import x` give `smtplesson.x`.
    """
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                base = ".".join(package.split(".")[: len(package.split(".")) + 1 - level]) if level else ""
                full = ".".join(filter(None, [base, module]))
                yield from (f"{full}.{alias.name}" for alias in names)
            case (
                ast.Call(func=ast.Name(id="__import__" | "import_module"), args=[argument, *_])
                | ast.Call(func=ast.Attribute(attr="import_module"), args=[argument, *_])
            ):
                name = str(argument.value) if isinstance(argument, ast.Constant) else "a computed name"
                yield f"{package}{name}" if name.startswith(".") else name


def names(path: Path, source: str) -> Iterator[str]:
    """Every dotted name that one file imports."""
    yield from imports(source, ".".join(path.relative_to(PACKAGE.parent).parts[:-1]))


def targets(path: Path, source: str) -> Iterator[str]:
    """The names inside the package that one file imports, without `smtplesson.`; empty for the package itself."""
    for name in names(path, source):
        if name == "smtplesson" or name.startswith("smtplesson."):
            yield name.removeprefix("smtplesson").removeprefix(".")


def room_named(target: str) -> str:
    """`from smtplesson import Reply` asks __init__, `from smtplesson import markup` names a room."""
    first = target.partition(".")[0]
    return first if first in MAY_IMPORT else "__init__"


def faults(path: Path, source: str) -> list[str]:
    """The imports of one file that the tables do not allow."""
    room, place = room_of(path), path.relative_to(PACKAGE).as_posix()
    asked = {room_named(target) for target in targets(path, source)}
    found = [f"{place} imports smtplesson.{name}: not in its row" for name in asked - MAY_IMPORT[room] - {room}]
    for name in names(path, source):
        top = name.partition(".")[0]
        if top in LIBRARIES and not {room, place} & LIBRARIES[top]:
            found.append(f"{place} imports {top}: only {sorted(LIBRARIES[top])} may")
        elif top not in STANDARD and top not in LIBRARIES and top != "smtplesson":
            found.append(f"{place} imports {top}: not in Python's own library")
    return found


def module_named(target: str) -> str | None:
    """The module, as a path such as `server/policy`, that an import of this name runs."""
    parts = target.split(".")
    for path in ("/".join(parts), "/".join(parts[:-1])):
        if (PACKAGE / f"{path}.py").is_file():
            return path
        if (PACKAGE / path / "__init__.py").is_file() and path:
            return f"{path}/__init__"
    return None


def rest_of_cycles(needs: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """What cannot be put in an order in which each comes after those that it needs."""
    rest = {name: set(of) for name, of in needs.items()}
    while ready := {name for name, of in rest.items() if not of & set(rest)}:
        rest = {name: of for name, of in rest.items() if name not in ready}
    return rest


def test_the_table_names_the_rooms_that_there_are() -> None:
    assert {room_of(path) for path in files()} == set(MAY_IMPORT)


def test_the_table_has_no_cycle() -> None:
    assert rest_of_cycles(MAY_IMPORT) == {}
    assert set(rest_of_cycles({"a": {"b"}, "b": {"a"}, "c": {"a"}, "d": set()})) == {"a", "b", "c"}


def test_the_table_allows_nothing_that_is_not_used() -> None:
    used: dict[str, set[str]] = {room: set() for room in MAY_IMPORT}
    for path in files():
        used[room_of(path)] |= {room_named(target) for target in targets(path, path.read_text(encoding="utf-8"))}
    assert {room: names - {room} for room, names in used.items()} == MAY_IMPORT


def test_the_modules_have_no_cycle() -> None:
    needs = {
        (module := path.relative_to(PACKAGE).with_suffix("").as_posix()): {
            named
            for target in targets(path, without_displays(path.read_text(encoding="utf-8")))
            if (named := module_named(target)) not in (None, module)
        }
        for path in files()
    }
    assert rest_of_cycles({name: {n for n in of if n} for name, of in needs.items()}) == {}


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_import_is_allowed(path: Path) -> None:
    assert faults(path, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("file", "source", "expected"),
    [
        ("protocol/replies.py", "import smtplesson.server.policy", "server"),
        ("protocol/replies.py", "from smtplesson import server", "server"),
        ("protocol/replies.py", "from .. import server", "server"),
        ("protocol/replies.py", "from ..server.policy import Policy", "server"),
        ("protocol/replies.py", "def f():\n    from smtplesson.server.server import Server", "server"),
        ("protocol/replies.py", "import importlib\nimportlib.import_module('smtplesson.server')", "server"),
        (
            "markup.py",
            "from importlib import import_module\nimport_module('.server', 'smtplesson')",
            "server",
        ),
        ("protocol/replies.py", "__import__('smtplesson.server')", "server"),
        ("protocol/replies.py", "from smtplesson import Server", "__init__"),
        ("learner/quiz.py", "from smtplesson.widgets.quiz import QuizView", "widgets"),
        ("widgets/quiz.py", "from .. import __main__", "__main__"),
        ("learner/quiz.py", "if True:\n    import ipywidgets as w", "ipywidgets"),
        ("widgets/quiz.py", "from pandas import DataFrame", "pandas"),
        ("server/server.py", "from pandas import DataFrame", "pandas"),
        ("classroom/report.py", "from matplotlib.figure import Figure", "matplotlib"),
        ("server/server.py", "import aiosmtpd.smtp", "aiosmtpd"),
        ("server/server.py", "import_module(name)", "a computed name"),
    ],
)
def test_no_way_of_writing_an_import_gets_round_it(file: str, source: str, expected: str) -> None:
    (fault,) = (f for f in faults(PACKAGE / file, source) if "importlib" not in f)
    assert expected in fault


def test_what_is_allowed_is_allowed() -> None:
    source = (
        "import re\nfrom smtplesson import markup\nfrom smtplesson.protocol.codes import CLASSES\nfrom . import replies"
    )
    assert faults(PACKAGE / "protocol" / "transcript.py", source) == []


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_module_is_too_long(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= LONGEST, "would two modules read better?"


def test_every_public_name_is_there() -> None:
    # their order is ruff's RUF022
    assert [name for name in smtplesson.__all__ if not hasattr(smtplesson, name)] == []
    assert "Path" not in smtplesson.__all__  # it would hide pathlib's


@pytest.mark.parametrize("package", ["smtplesson", "smtplesson.widgets"])
def test_every_public_name_is_told_and_found_when_it_is_asked_for(package: str) -> None:
    """In a new Python each: importing brings none of them, and asking brings the one that the type checker sees."""
    path = PACKAGE / "/".join(package.split(".")[1:]) / "__init__.py"
    seen = {
        alias.name: node.module
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module not in ("typing", "smtplesson")
        for alias in node.names
    }
    code = f"""
import json, sys, {package} as package
before = [name for name in package.__all__ if name in vars(package)]
there = set(dir(package))
def home(name):
    found = getattr(package, name)
    return getattr(found, "__module__", None) or getattr(found, "__name__", "")
print(json.dumps([before, sorted(set(package.__all__) - there), {{name: home(name) for name in package.__all__}}]))
try:
    package.nothing
except AttributeError as error:
    assert str(error) == "module '{package}' has no attribute 'nothing'", error
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    before, hidden, homes = json.loads(done.stdout)
    assert (before, hidden) == ([], [])
    modules = {name: home for name, home in homes.items() if home in (seen[name], f"{seen[name]}.{name}")}
    assert set(homes) == set(seen)
    assert set(homes) - set(modules) <= {"TRANSITIONS"}  # a mapping has no home of its own


def readings(source: str) -> list[str]:
    """What a source imports or calls to open a file of content."""
    named = {"tomllib", "importlib.resources", "csv.reader", "csv.DictReader", "pkgutil"}
    found = [name for name in imports(source) if any(name == n or name.startswith(f"{n}.") for n in named)]
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Attribute(value=ast.Name(id="csv"), attr="reader" | "DictReader" as name):
                found.append(f"csv.{name}")
            case ast.Call(func=ast.Attribute(attr="read_text" | "read_bytes" as name)):
                found.append(name)
            case ast.Call(func=ast.Name(id="open")):
                found.append("open")
            case ast.Call(func=ast.Attribute(attr="open" | "fdopen" as name), args=[*_, ast.Constant(value=str(mode))]):
                found += [f"{name}({mode!r})"] if mode[:1] == "r" else []
    return found


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_content_is_read_in_one_place(path: Path) -> None:
    found = readings(path.read_text(encoding="utf-8"))
    assert found == [] or path.relative_to(PACKAGE).as_posix() in OPENS


@pytest.mark.parametrize(
    "source",
    [
        "import tomllib",
        "from importlib import resources",
        "from importlib.resources import files",
        "import csv\nrows = csv.DictReader(lines)",
        "from csv import reader",
        "text = path.read_text()",
        "data = (folder / 'x.toml').read_bytes()",
        "with open(path) as file: pass",
        "with path.open('rb') as file: pass",
    ],
)
def test_no_way_of_reading_content_gets_round_it(source: str) -> None:
    assert readings(source) != []
