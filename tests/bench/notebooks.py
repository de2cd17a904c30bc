"""How long all notebooks take under strict nbval, beside as many that hold only `1+1`."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import nbformat

from tests.bench.table import Row, in_turn
from tests.paths import ROOT

KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


def rows(seconds: float, paths: Sequence[Path] = ()) -> list[Row]:
    """The notebooks of the course, or those given."""
    ours = [str(path) for path in paths or sorted((ROOT / "notebooks").glob("*.ipynb"))]
    with tempfile.TemporaryDirectory() as folder:
        theirs = [str(empty(Path(folder) / f"empty-{number}.ipynb")) for number in range(len(ours))]
        name = f"{len(ours)} notebooks under strict nbval"
        return in_turn(name, "s", lambda: taken(ours), {"as many with 1+1": lambda: taken(theirs)}, seconds)


def empty(path: Path) -> Path:
    """Write a notebook that holds `1+1` and its output."""
    v4 = nbformat.v4
    result = v4.new_output("execute_result", {"text/plain": "2"}, execution_count=1)
    cell = v4.new_code_cell("1+1", execution_count=1, outputs=[result])
    nbformat.write(v4.new_notebook(cells=[cell], metadata=KERNEL), path)
    return path


def taken(paths: list[str]) -> float:
    """Seconds of one pytest, with the project's own settings; what fails is an error here."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    command += ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT), *paths]
    start = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"pytest failed: {done.stdout[-2000:]}{done.stderr[-500:]}")
    return time.perf_counter() - start
