"""The log among processes: killed at random moments, two at once, and a disk that is really full."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from smtplesson.learner.attempts import Attempt
from smtplesson.learner.log import Log
from tests.paths import ROOT
from tests.tools.kill import kill_often

DAY = date(2026, 1, 5)
#: More for a search by hand: SMTPLESSON_KILLS=200, or `python -m tests.tools.kill 200`.
KILLS = int(os.environ.get("SMTPLESSON_KILLS", "12"))

WRITER = """
import sys
from datetime import date
from smtplesson.learner.attempts import Attempt
from smtplesson.learner.log import Log
log = Log(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
for number in range(500):
    if number == 250:  # and wait for the other, so that both write in turn however busy the machine is
        print("half", flush=True)
        sys.stdin.readline()
    assert log.append(Attempt(f"{sys.argv[2]}-{number}", "A" * (number % 7) * 1000, date(2026, 1, 5))), log.notice
"""

FULL = """
import resource, sys
from datetime import date
from smtplesson.learner.attempts import Attempt
from smtplesson.learner.log import Log
log = Log(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
for number in range(20):
    if log.append(Attempt(f"q-{number}", "A", date(2026, 1, 5))):
        print(number, flush=True)
    elif log.notice:
        print(log.notice, file=sys.stderr)
assert [a.question for a in log.attempts()] == [f"q-{number}" for number in range(20)]
assert log.problems == (), log.problems
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
assert log.append(Attempt("q-20", "A", date(2026, 1, 5)))
"""


def test_no_acknowledged_answer_is_lost_by_a_kill(tmp_path: Path) -> None:
    outcome = kill_often(tmp_path, KILLS, seed=0)
    assert outcome.acknowledged > KILLS, "the children did save answers"
    assert outcome.torn > 0, "some kills did tear a line"
    assert (outcome.lost, outcome.doubled) == ((), ())


def test_two_programs_at_once_lose_nothing(tmp_path: Path) -> None:
    children = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), name],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in "ab"
    ]
    for point in ("ready", "half"):
        for child in children:
            assert child.stdout is not None
            assert child.stdout.readline() == f"{point}\n"
        for child in children:
            assert child.stdin is not None
            child.stdin.write("go\n")
            child.stdin.flush()
    for child in children:
        child.communicate(timeout=120)
        assert child.returncode == 0
    log = Log(tmp_path)
    asked = [attempt.question for attempt in log.attempts()]
    assert Counter(asked) == Counter(f"{name}-{number}" for name in "ab" for number in range(500))
    assert log.problems == ()
    turns = sum(one[0] != other[0] for one, other in pairwise(asked))
    assert turns > 1, "they did write at once"
    for name in "ab":
        mine = [question for question in asked if question[0] == name]
        assert mine == [f"{name}-{number}" for number in range(500)], "each in its own order"


@pytest.mark.parametrize("size", [0, 1, 100, 500, 777])
def test_a_file_that_may_not_grow_keeps_whole_lines(size: int, tmp_path: Path) -> None:
    """The system itself writes what still has room, then refuses."""
    command = [sys.executable, "-c", FULL, str(tmp_path), str(size)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("Your answers cannot be saved") == done.stderr.count("\n") == 1
    saved = [int(row) for row in done.stdout.split()]
    assert saved == list(range(len(saved)))
    assert len(saved) < 20
    log = Log(tmp_path)
    assert log.attempts() == tuple(Attempt(f"q-{number}", "A", DAY) for number in range(21))
    assert log.problems == ()
