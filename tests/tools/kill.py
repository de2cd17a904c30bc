"""Kill a program that saves answers, again and again: `python -m tests.tools.kill [KILLS] [SEED]`.

Every child appends numbered attempts to one and the same log, and prints the number of each as soon as it is told
that it is safe. Every second child has a disk that takes a few bytes at a time, as the system allows it to, so that
many kills tear a line. At a random moment in the midst of it the child is killed by SIGKILL. In the end every
acknowledged attempt must be in the log, once.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from smtplesson.learner.attempts import Attempt
from smtplesson.learner.log import Log
from tests.paths import ROOT

DAY = date(2026, 1, 5)
BYTES, PAUSE = 7, 0.0001  # what the slow disk takes at a time, and the seconds that it needs for it


@dataclass(frozen=True)
class Outcome:
    """What came of some kills."""

    kills: int
    before_the_first: int  # kills before anything was acknowledged
    acknowledged: int
    found: int
    lost: tuple[str, ...]  # acknowledged, but not in the log
    doubled: tuple[str, ...]
    torn: int  # lines that a kill cut off


def attempt(child: int, number: int) -> Attempt:
    return Attempt(f"q-{child}-{number}", "A", DAY)


def kill_often(folder: Path, kills: int, seed: int) -> Outcome:
    """Start and kill a child `kills` times, each between 0 and 60 ms after it is ready."""
    moments = random.Random(seed)
    acknowledged: list[str] = []
    silent = 0
    for child in range(kills):
        told = _killed(folder, child, moments.uniform(0, 0.06))
        silent += not told
        acknowledged += (attempt(child, number).question for number in told)
    progress = Log(folder)
    found = Counter(a.question for a in progress.attempts())
    return Outcome(
        kills,
        silent,
        len(acknowledged),
        found.total(),
        tuple(question for question in acknowledged if not found[question]),
        tuple(question for question, count in found.items() if count > 1),
        _torn(folder),
    )


def _killed(folder: Path, child: int, delay: float) -> list[int]:
    """The numbers that a child acknowledged before it was killed."""
    command = [sys.executable, "-m", "tests.tools.kill", "--child", str(folder), str(child)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(delay)
        assert process.poll() is None, "the child must still be writing"
        process.kill()
        said, _ = process.communicate()
    # each number goes out in one write; the last may stand there without its line feed
    return [int(row) for row in said.split("\n")[:-1]]


def _torn(folder: Path) -> int:
    rows = Log(folder).path.read_bytes().split(b"\n")
    return sum(not row.endswith(b"}") for row in rows if row)


def _child(folder: str, child: int) -> None:
    """Append and acknowledge without end."""
    whole = os.write

    def slow(file: int, data: bytes) -> int:
        time.sleep(PAUSE)
        return whole(file, data[:BYTES])

    if child % 2:
        os.write = slow  # type: ignore[assignment]
    progress = Log(folder)
    whole(1, b"ready\n")
    number = 0
    while True:
        if not progress.append(attempt(child, number)):
            sys.exit(progress.notice)
        whole(1, f"{number}\n".encode())
        number += 1


def main() -> int:
    """Kill as often as told; return 1 where an answer was lost."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    with tempfile.TemporaryDirectory() as folder:
        outcome = kill_often(Path(folder), kills, seed)
    print(outcome)
    return 1 if outcome.lost or outcome.doubled else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        _child(sys.argv[2], int(sys.argv[3]))
    sys.exit(main())
