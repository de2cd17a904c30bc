"""`python -m tests.bench.classroom [LEARNERS ...]`: from a folder of submissions to the report, by hand.

Each learner hands in 200 answers as JSON: the whole bank, and generated questions. Every size is measured in a process
of its own, which reads the files, marks them and writes the report; its CPU time and its largest memory are printed.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from smtplesson import generated
from smtplesson.bank import QuestionBank
from smtplesson.simulated_class import Model
from smtplesson.submissions import to_json
from tests.tools.frozen import ROOT

ANSWERS = 200
_MODEL = Model({"251-is-an-error": 0.4, "553-is-syntax": 0.3})
_REPORT = """
import resource, sys
from smtplesson.class_report import ClassReport
report = ClassReport.read(sys.argv[1])
size = len(report.html())
used = resource.getrusage(resource.RUSAGE_SELF)
print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, size, sum(mark.answered for mark in report.marked.marks))
"""


def measure(learners: int) -> tuple[float, float, int]:
    """CPU seconds, MiB at most, and bytes of the report, for a class of this size."""
    bank = tuple(QuestionBank.load().values())[:ANSWERS]
    questions = (*bank, *generated.variants(max(1, ANSWERS - len(bank)), 7))[:ANSWERS]
    with tempfile.TemporaryDirectory() as folder:
        for learner in _MODEL.learners(learners, 7):
            text = to_json(learner.id, "bench", _MODEL.attempts(learner, questions, 7))
            (Path(folder) / f"{learner.id}.json").write_text(text, encoding="utf-8")
        command = [sys.executable, "-c", _REPORT, folder]
        said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    if int(said[3]) != learners * ANSWERS:
        raise RuntimeError(f"{said[3]} answers were marked, not {learners * ANSWERS}")
    return float(said[0]), float(said[1]), int(said[2])


if __name__ == "__main__":
    for count in map(int, sys.argv[1:] or (100, 1_000, 10_000)):
        seconds, memory, size = measure(count)
        each = seconds / count * 1000
        print(f"{count:6,} learners: {seconds:7.1f} s of CPU ({each:5.1f} ms each), {memory:6,.0f} MiB, {size:,} bytes")
