"""Which module may import which: the table of the design, held against every import in the sources."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import smtplesson
from tests.tools.frozen import ROOT

PACKAGE = ROOT / "smtplesson"
STANDARD = {*sys.stdlib_module_names, "_typeshed"}  # the second is there for the type checker alone
LONGEST = 500  # lines; a longer module holds two subjects

# module: what it may import of the package, beyond _html, which all may. From the facts up to the learner.
MAY_IMPORT: dict[str, set[str]] = {
    "_html": set(),
    # the language of SMTP
    "faults": set(),
    "addresses": set(),
    "grammar": {"addresses", "faults"},
    "replies": set(),
    "transcript": {"replies"},
    "catalogue": {"replies"},
    "practice": set(),
    "tables": set(),
    "anatomy": {"addresses", "faults", "grammar"},
    "repairs": {"addresses", "anatomy", "faults", "grammar"},
    "contrast": {"catalogue", "replies"},
    # the simulated server
    "states": set(),
    "lines": set(),
    "sasl": set(),
    "extensions": set(),
    "situations": {"replies"},
    "habits": {"extensions", "grammar", "replies", "situations", "states"},
    "policy": {"addresses", "extensions", "grammar", "habits", "sasl", "situations"},
    "voice": {"policy", "replies", "situations"},
    "reading": {"extensions", "grammar", "habits", "policy", "replies", "situations", "voice"},
    "inquiries": {"policy", "replies", "situations", "voice"},
    "authentication": {"policy", "replies", "sasl", "situations", "voice"},
    "transaction": {"grammar", "policy", "replies"},
    "profiles": {"grammar", "habits", "situations", "states"},
    "session": {
        "authentication", "extensions", "grammar", "habits", "inquiries", "lines", "policy", "reading", "replies",
        "situations", "states", "transaction", "transcript", "voice",
    },
    "server": {"policy", "replies", "session", "transaction", "transcript"},
    "transport": {"server", "session", "transcript"},
    # dialogues
    "worlds": {"habits", "policy", "profiles", "server", "situations"},
    "compare": {"profiles", "replies", "server", "worlds"},
    "verdicts": {"profiles", "replies", "server", "worlds"},
    "scenario": {"replies", "server", "session", "transcript", "worlds"},
    "diagram": {"replies", "states", "transcript"},
    "examples": {"profiles", "transcript", "worlds"},
    "bench": {"examples", "replies", "server", "session", "states", "transaction", "transcript", "worlds"},
    # pasted replies
    "_bounce": {"replies"},
    "_contradictions": {"_bounce", "grammar", "replies"},
    "_rules": set(),
    "field_guide": {"_bounce", "_contradictions", "_rules", "grammar", "replies"},
    "next_step": {"field_guide", "replies"},
    # dialogues explained
    "annotate": {"_rules", "grammar", "replies", "transcript"},
    "replay": {"annotate", "replies", "scenario", "session", "transaction", "transcript"},
    "whatif": {"annotate", "replay", "scenario"},
    # questions
    "attempts": set(),
    "records": {"attempts"},
    "retired": set(),
    "progress": {"attempts", "records"},
    "portable": {"attempts"},
    "questions": {"grammar"},
    "generated": {
        "grammar", "habits", "policy", "profiles", "questions", "replies", "server", "situations", "transaction",
        "transcript",
    },
    "bank": {"generated", "questions", "transcript"},
    "quiz": {"attempts", "bank", "questions"},
    "mastery": {"attempts", "questions", "quiz"},
    "review": {"attempts", "bank", "mastery", "questions", "quiz"},
    "gain": {"quiz"},
    "overview": {"gain", "mastery", "quiz", "review"},
    "study": {"bank", "gain", "generated", "progress", "questions", "quiz", "review"},
    "terminal": {"attempts", "questions", "quiz"},
    "glossary": set(),
    "trials": {"replies", "server", "session", "transcript", "worlds"},
    # for a class, for other programs and for paper
    "classroom": {
        "attempts", "bank", "gain", "generated", "mastery", "portable", "progress", "questions", "quiz", "records",
        "retired", "study", "terminal",
    },
    "exports": {"questions"},
    "cards": {"bank", "questions"},
    "commands": {"bank", "classroom", "exports", "generated", "portable", "progress", "questions", "terminal"},
}  # fmt: skip
CORE = set(MAY_IMPORT)
MAY_IMPORT |= {
    "__init__": CORE
    - {"transport", "compare", "classroom"},  # `import smtplesson` stays light: no socket, no pandas, no widget
    "widgets": CORE,
    "__main__": CORE | {"widgets", "__init__"},
}
# libraries beyond Python's own, and where they may be imported
LIBRARIES: dict[str, set[str]] = {
    "ipywidgets": {"widgets"},
    "anywidget": {"widgets"},
    "traitlets": {"widgets"},
    "pandas": {"compare", "classroom"},
}


def files() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def module_of(path: Path) -> str:
    """`widgets` for all of its folder, else the name of the file."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


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


def faults(path: Path, source: str) -> list[str]:
    """The imports of one file that the tables do not allow."""
    module = module_of(path)
    package = ".".join(path.relative_to(PACKAGE.parent).parts[:-1])
    found = []
    for name in imports(source, package):
        top, *rest = name.split(".")
        if top == "smtplesson":
            # `from smtplesson import Reply` asks __init__, `from smtplesson import _html` names a module
            target = rest[0] if rest and (rest[0] in MAY_IMPORT or (PACKAGE / rest[0]).is_dir()) else "__init__"
            if target not in MAY_IMPORT[module] | {"_html", module}:
                found.append(f"{path.name} imports smtplesson.{target}: not in its row of the table")
        elif top in LIBRARIES and module not in LIBRARIES[top]:
            found.append(f"{path.name} imports {top}: only {sorted(LIBRARIES[top])} may")
        elif top not in STANDARD and top not in LIBRARIES:
            found.append(f"{path.name} imports {top}: not in Python's own library")
    return found


def test_the_table_names_the_modules_that_there_are() -> None:
    assert {module_of(path) for path in files()} == set(MAY_IMPORT)


def test_the_table_has_no_cycle() -> None:
    order: list[str] = []
    rest = dict(MAY_IMPORT)
    while ready := [name for name, needs in rest.items() if needs <= set(order)]:
        order += ready
        rest = {name: needs for name, needs in rest.items() if name not in ready}
    assert rest == {}


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_import_is_allowed(path: Path) -> None:
    assert faults(path, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("file", "source", "expected"),
    [
        ("replies.py", "import smtplesson.server", "server"),
        ("replies.py", "from smtplesson import server", "server"),
        ("replies.py", "from . import server", "server"),
        ("replies.py", "from .server import Server", "server"),
        ("replies.py", "def f():\n    from smtplesson.server import Server", "server"),
        ("replies.py", "import importlib\nimportlib.import_module('smtplesson.server')", "server"),
        (
            "replies.py",
            "from importlib import import_module\nimport_module('.server', 'smtplesson')",
            "server",
        ),
        ("replies.py", "__import__('smtplesson.server')", "server"),
        ("replies.py", "from smtplesson import Server", "__init__"),
        ("quiz.py", "from smtplesson.widgets.quiz import QuizView", "widgets"),
        ("widgets/quiz.py", "from .. import __main__", "__main__"),
        ("quiz.py", "if True:\n    import ipywidgets as w", "ipywidgets"),
        ("widgets/quiz.py", "from pandas import DataFrame", "pandas"),
        ("server.py", "import aiosmtpd.smtp", "aiosmtpd"),
        ("server.py", "import_module(name)", "a computed name"),
    ],
)
def test_no_way_of_writing_an_import_gets_round_it(file: str, source: str, expected: str) -> None:
    (fault,) = (f for f in faults(PACKAGE / file, source) if "importlib" not in f)
    assert expected in fault


def test_what_is_allowed_is_allowed() -> None:
    source = "import re\nfrom smtplesson import _html\nfrom smtplesson.replies import Reply\nfrom . import replies"
    assert faults(PACKAGE / "transcript.py", source) == []


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_module_is_too_long(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= LONGEST, "would two modules read better?"


def test_every_public_name_is_there() -> None:
    # their order is ruff's RUF022
    assert [name for name in smtplesson.__all__ if not hasattr(smtplesson, name)] == []
    assert "Path" not in smtplesson.__all__  # it would hide pathlib's
