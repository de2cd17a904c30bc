"""`python -m tests.bench [NAMES ...] [--seconds N]`: how fast and how large the kit is, as one table of ratios.

Every figure stands beside a peer's, taken in the same run and in turn, so that a busy machine is busy for both: the
ratio is the kit's by the peer's. Names choose what is measured; N is how long each thing is, three rounds at least.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from tests.bench import classroom, clicks, imports, memory, notebooks, opening, sessions, size, soak
from tests.bench.table import Missing, Row, compiled, markdown
from tests.tools.frozen import frozen

SUBJECTS: Mapping[str, Callable[[float], list[Row]]] = {
    "imports": imports.rows,
    "opening": opening.rows,
    "clicks": clicks.rows,
    "sessions": sessions.rows,
    "classroom": classroom.rows,
    "notebooks": notebooks.rows,
    "size": size.rows,
    "memory": memory.rows,
}
#: Measured only where they are named.
BY_HAND: Mapping[str, Callable[[float], list[Row]]] = {"soak": soak.rows}


def machine() -> str:
    """When and on what this was measured."""
    parts = [str(date.today()), platform.system(), f"{os.cpu_count()} cores", f"Python {platform.python_version()}"]
    if browser := next(filter(None, map(shutil.which, opening.BROWSERS)), None):
        parts.append(subprocess.run([browser, "--version"], capture_output=True, text=True, check=False).stdout.strip())
    return ", ".join(parts)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 1 if something could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=str(__doc__).partition("\n\n")[2])
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"{', '.join(SUBJECTS)}; by name alone {', '.join(BY_HAND)}"
    )
    parser.add_argument("--seconds", type=float, default=20.0, help="for each thing; 20 unless given")
    given = parser.parse_args(arguments)
    known = {**SUBJECTS, **BY_HAND}
    if strangers := [name for name in given.names if name not in known]:
        parser.error(f"there is no {strangers[0]!r}; there are {', '.join(known)}.")
    rows: list[Row] = []
    failures: list[str] = []
    with frozen(), compiled():
        for name in given.names or SUBJECTS:
            print(f"{name} ...", file=sys.stderr)
            try:
                rows += known[name](given.seconds)
            except (Missing, RuntimeError, subprocess.CalledProcessError) as error:
                failures.append(f"Not measured: {name}: {error}")
    print(machine(), markdown(rows), *failures, sep="\n\n")
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
