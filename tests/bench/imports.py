"""How long an import takes, in a new Python each time."""

from __future__ import annotations

import subprocess
import sys
from functools import partial

from tests.bench.table import Row, in_turn
from tests.paths import ROOT

#: What is imported, and beside what. A name of ours is imported when it is first asked for, so ask for it.
IMPORTS = {
    "import smtplesson": ("import pandas",),
    "from smtplesson import Server": ("import pandas",),
    "from smtplesson.widgets import QuizView, Console": ("import ipywidgets", "import ipywidgets, anywidget"),
}
_TIMED = "import time; start = time.perf_counter(); {}; print(time.perf_counter() - start)"


def rows(seconds: float) -> list[Row]:
    """The core beside pandas, and the views beside the libraries that they are made of."""
    found: list[Row] = []
    for name, peers in IMPORTS.items():
        beside = {peer: partial(taken, peer) for peer in peers}
        found += in_turn(name, "ms", partial(taken, name), beside, seconds)
    return found


def taken(statement: str) -> float:
    """Milliseconds that an import takes."""
    command = [sys.executable, "-c", _TIMED.format(statement)]
    return float(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout) * 1000
