"""`python -m tests.tools.mutants [COUNT] [SEED]`: random changes to the core, and which of them no test notices.

By hand: a mutant takes seconds to minutes. In a copy of the checkout a comparison, a number, a condition or a returned
value of one of `ROOMS` is changed, and the tests of that room run until one fails. What survives is printed; some of it
is equivalent: no test could tell it from the original. Tests of time are left out: on a busy machine they would fail
whatever was changed.
"""

from __future__ import annotations

import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.paths import ROOT

ROOMS = ("protocol", "server", "guide", "questions")
#: The tests that a change in a room must alarm, the quick ones first.
TESTS = {
    "protocol": ["tests/protocol", "tests/server/test_session.py", "tests/server/test_profiles.py"],
    "server": [
        *(f"tests/server/test_{name}.py" for name in ("session", "transport", "worlds", "profiles", "splits", "port")),
        *("tests/server/test_compare.py", "tests/server/test_against_recordings.py", "tests/commands/test_main.py"),
    ],
    "guide": ["tests/guide"],
    "questions": ["tests/questions"],
}
_SECONDS = 300  # for the tests of one mutant; one that never ends is noticed, too
_OTHER: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add,
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One change: the file, the line, what was there, what is there now, and the whole changed source."""

    path: Path
    line: int
    before: str
    after: str
    source: str

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line}: {self.before}  ->  {self.after}"


def changed(node: ast.AST) -> ast.AST | None:
    """The node with one thing changed; None where nothing here is worth a change."""
    match node:
        case ast.Compare(left=left, ops=[op, *rest], comparators=right):
            return ast.Compare(left, [_OTHER[type(op)](), *rest], right)  # type: ignore[list-item]
        case ast.BoolOp(op=op, values=values):
            return ast.BoolOp(_OTHER[type(op)](), values)  # type: ignore[arg-type]
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
            return ast.BinOp(left, _OTHER[type(op)](), right)  # type: ignore[arg-type]
        case ast.Constant(value=bool(value)):
            return ast.Constant(not value)
        case ast.Constant(value=int(value)):
            return ast.Constant(value + 1)
        case ast.If(test=test, body=body, orelse=orelse):
            return ast.If(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.IfExp(test=test, body=yes, orelse=no):
            return ast.IfExp(ast.UnaryOp(ast.Not(), test), yes, no)
        case ast.Return(value=value) if value is not None and not isinstance(value, ast.Constant):
            return ast.Return(ast.Constant(None))
    return None


def places(path: Path) -> Iterator[tuple[Path, int]]:
    """Every place of a file where something can be changed: the number of its node."""
    for number, node in enumerate(ast.walk(ast.parse(path.read_text(encoding="utf-8")))):
        if changed(node) is not None:
            yield path, number


def mutant(path: Path, number: int) -> Mutant:
    """The change at one place."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    node = list(ast.walk(tree))[number]
    before, new = ast.unparse(node).split("\n")[0], changed(node)
    assert new is not None
    for field in new._fields:
        setattr(node, field, getattr(new, field))
    after = ast.unparse(node).split("\n")[0]
    return Mutant(path, node.lineno, before, after, ast.unparse(ast.fix_missing_locations(tree)))  # type: ignore[attr-defined]


def survives(tried: Mutant, copy: Path) -> bool:
    """Whether all tests of its room pass with the mutant in the place of its file."""
    place = copy / tried.path.relative_to(ROOT)
    original = place.read_text(encoding="utf-8")
    place.write_text(tried.source, encoding="utf-8")
    tests = TESTS[tried.path.relative_to(ROOT / "smtplesson").parts[0]]
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-k", "not linear_time", *tests]
    try:
        env = {**os.environ, "PYTHONPATH": str(copy)}  # for the programs that tests start
        done = subprocess.run(command, cwd=copy, env=env, capture_output=True, check=False, timeout=_SECONDS)
    except subprocess.TimeoutExpired:
        return False
    finally:
        place.write_text(original, encoding="utf-8")
    return done.returncode == 0


def main(count: int, seed: int) -> None:
    """Try that many mutants, chosen by the seed, and name the survivors."""
    files = [path for room in ROOMS for path in sorted((ROOT / "smtplesson" / room).rglob("*.py"))]
    every = [place for path in files for place in places(path)]
    chosen = [mutant(*place) for place in random.Random(seed).sample(every, count)]
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        ignored = shutil.ignore_patterns(".git", "__pycache__", ".venv", "build")
        shutil.copytree(ROOT, copy, ignore=ignored)
        alive = 0
        for number, tried in enumerate(chosen, 1):
            if survives(tried, copy):
                alive += 1
                print(f"survives: {tried}", flush=True)
            print(f"{number} tried, {alive} survived", file=sys.stderr)
    print(f"{count} of {len(every)} mutants, seed {seed}: {alive} survived")


if __name__ == "__main__":
    main(*(int(argument) for argument in [*sys.argv[1:], *["200", "1"][len(sys.argv) - 1 :]]))
