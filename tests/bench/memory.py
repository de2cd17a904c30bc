"""How much memory a kernel holds that has run lesson 05, beside kernels that have run next to nothing."""

from __future__ import annotations

import subprocess
from functools import partial
from pathlib import Path

import nbclient
import nbformat

from tests.bench.notebooks import KERNEL
from tests.bench.table import Row, in_turn
from tests.paths import ROOT

LESSON = ROOT / "notebooks" / "05-251-or-553.ipynb"
#: Pages that are in memory now: proc(5).
_RESIDENT = "import os; print(int(open('/proc/self/statm').read().split()[1]) * os.sysconf('SC_PAGE_SIZE') / 2**20)"


def rows(seconds: float, lesson: Path = LESSON) -> list[Row]:
    """The lesson beside a kernel that ran `1+1`, and beside one that imported the libraries that the lesson uses."""
    cells = [cell.source for cell in nbformat.read(lesson, as_version=4).cells if cell.cell_type == "code"]
    peers = {"a kernel with 1+1": ["1+1"], "a kernel with pandas and anywidget": ["import pandas, anywidget"]}
    beside = {name: partial(resident, sources) for name, sources in peers.items()}
    return in_turn("memory of a kernel after lesson 05", "MiB", partial(resident, cells), beside, seconds)


def resident(sources: list[str]) -> float:
    """MiB that a new kernel holds after these cells."""
    v4 = nbformat.v4
    made = v4.new_notebook(cells=[v4.new_code_cell(source) for source in [*sources, _RESIDENT]], metadata=KERNEL)
    nbclient.NotebookClient(made, timeout=60).execute(cwd=str(ROOT), stderr=subprocess.DEVNULL)
    return float(made.cells[-1].outputs[0].text)
