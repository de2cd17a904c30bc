"""Which tests are the core's: found by what they import, so that a new test file joins by itself."""

from __future__ import annotations

import ast
import shutil
import sys
from collections.abc import Set
from pathlib import Path

from tests.paths import ROOT

TESTS = ROOT / "tests"
AT_LEAST = {"test_replies.py", "test_scenario.py", "test_session.py", "test_transcript.py", "test_worlds.py"}
#: What imports these is for the notebook (pandas is behind the second, matplotlib behind the third), or needs more
#: than a browser has.
NOT_CORE = (
    "smtplesson.widgets",
    "smtplesson.classroom.frames",
    "smtplesson.classroom.charts",
    "smtplesson.classroom.waiting",  # which tqdm tells
    "smtplesson.commands.lessons",  # which copies the notebooks out of a wheel or a checkout
    "resource",
    "subprocess",
)
BARE_INI = "[pytest]\nfilterwarnings = error\naddopts = -q -p no:cacheprovider\n"


def core_tests(libraries: Set[str]) -> list[Path]:
    """The test files that import the core and, beyond Python's own, at most these libraries."""
    found = []
    for path in sorted(TESTS.rglob("test_*.py")):
        if "project" in path.parts:  # about the checkout, not the core
            continue
        names = imported(path)
        tops = {name.partition(".")[0] for name in names if not name.startswith("tests.paths.")}
        tops -= sys.stdlib_module_names
        more = any(name.startswith(NOT_CORE) for name in names)
        if "smtplesson" in tops and tops <= libraries | {"smtplesson"} and not more:
            found.append(path)
    missing = AT_LEAST - {path.name for path in found}
    assert not missing, f"{missing} are not there, or import more than the core's tests may"
    return found


def imported(path: Path) -> set[str]:
    """The dotted names that a file imports."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def copy_to(folder: Path, tests: list[Path]) -> Path:
    """Copy these tests, their data and the lessons, and nothing of the package, to where pytest can run them."""
    target = folder / "tests"
    target.mkdir(parents=True)
    for path in [*TESTS.rglob("__init__.py"), TESTS / "conftest.py", TESTS / "paths.py", *tests]:
        place = target / path.relative_to(TESTS)
        place.parent.mkdir(exist_ok=True, parents=True)
        shutil.copy(path, place)
    shutil.copytree(TESTS / "data", target / "data")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks", ignore=shutil.ignore_patterns(".*"))
    (folder / "pytest.ini").write_text(BARE_INI)
    return folder
