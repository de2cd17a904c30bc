"""`python -m tests.bench.classroom [LEARNERS ...]`: from a folder of submissions to the report, by hand.

Each learner hands in 200 answers as JSON: the whole bank, and generated questions. Every size is measured in a process
of its own, which reads the files, marks them and writes the report; its CPU time and its largest memory are printed.
In the table of `tests.bench` pandas reads the same files and counts the answers: it marks nothing and checks nothing.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from smtplesson.classroom.simulated import Model
from smtplesson.classroom.submissions import to_json
from smtplesson.questions import families
from smtplesson.questions.bank import QuestionBank
from tests.bench.table import Row, in_turn
from tests.paths import ROOT

ANSWERS = 200
_MODEL = Model({"251-is-an-error": 0.4, "553-is-syntax": 0.3})
#: Each prints its CPU seconds after the imports, its largest memory in MiB, what came of it, and how many answers.
_REPORT = """
import resource, sys, time
from smtplesson.classroom.report import ClassReport
start = time.process_time()
report = ClassReport.read(sys.argv[1])
size = len(report.html())
used = time.process_time() - start
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(used, memory, size, sum(mark.answered for mark in report.marked.marks))
"""
_PANDAS = """
import pathlib, resource, sys, time
import pandas
start = time.process_time()
files = [pandas.read_json(path) for path in sorted(pathlib.Path(sys.argv[1]).iterdir())]
answers = pandas.concat([pandas.DataFrame(file["answers"].tolist()) for file in files])
size = len(answers.groupby("question")["response"].value_counts().to_frame().to_html())
used = time.process_time() - start
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(used, memory, size, len(answers))
"""


def rows(seconds: float, learners: int = 1000) -> list[Row]:
    """A class marked and reported, beside pandas that reads the same files and groups the answers by question."""
    with tempfile.TemporaryDirectory() as folder:
        hand_in(Path(folder), learners)
        name = f"marking a class of {learners:,}"
        ours, theirs = (lambda: run(_REPORT, folder, learners)[0]), (lambda: run(_PANDAS, folder, learners)[0])
        return in_turn(name, "s of CPU", ours, {"pandas read_json, groupby": theirs}, seconds)


def hand_in(folder: Path, learners: int) -> None:
    """Write the submissions of a class."""
    bank = tuple(QuestionBank.load().values())[:ANSWERS]
    questions = (*bank, *families.variants(max(1, ANSWERS - len(bank)), 7))[:ANSWERS]
    for learner in _MODEL.learners(learners, 7):
        text = to_json(learner.id, "bench", _MODEL.attempts(learner, questions, 7))
        (folder / f"{learner.id}.json").write_text(text, encoding="utf-8")


def run(program: str, folder: str, learners: int) -> tuple[float, float, int]:
    """CPU seconds, MiB at most, and bytes of what came of a class of this size."""
    command = [sys.executable, "-c", program, folder]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    if int(said[3]) != learners * ANSWERS:
        raise RuntimeError(f"{said[3]} answers were read, not {learners * ANSWERS}")
    return float(said[0]), float(said[1]), int(said[2])


def measure(learners: int) -> tuple[float, float, int]:
    """CPU seconds, MiB at most, and bytes of the report, for a class of this size."""
    with tempfile.TemporaryDirectory() as folder:
        hand_in(Path(folder), learners)
        return run(_REPORT, folder, learners)


if __name__ == "__main__":
    for count in map(int, sys.argv[1:] or (100, 1_000, 10_000)):
        seconds, memory, size = measure(count)
        each = seconds / count * 1000
        print(f"{count:6,} learners: {seconds:7.1f} s of CPU ({each:5.1f} ms each), {memory:6,.0f} MiB, {size:,} bytes")
