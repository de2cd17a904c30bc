"""Write the names that a portable code knows by a number: `python -m tests.tools.portable_dictionary [FAMILY ...]`.

The file is a part of the format: once codes of its version are in learners' hands, it never changes (a test holds its
hash). Names that it lacks still travel, each at the cost of its own length. Before a version is given out, run this
again with the families of the generated questions, and put the hash that it prints into
`tests/learner/test_portable.py`.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable

from smtplesson.learner.portable import VERSION
from smtplesson.questions.bank import QuestionBank
from smtplesson.questions.question import LETTERS
from tests.paths import ROOT

FILE = ROOT / "smtplesson" / "data" / f"portable-{VERSION}.txt"
QUIZZES = ("review",)  # that no file of questions names


def names(families: Iterable[str]) -> list[str]:
    """Answers, quizzes, families and questions; each once, the shortest numbers for the most frequent."""
    bank = QuestionBank.load()
    lessons = {question.lesson for question in bank.values()}
    seeded = {f"{family.removesuffix('~')}~" for family in families}
    return list(dict.fromkeys([*LETTERS, *QUIZZES, *sorted(lessons), *sorted(seeded), *sorted(bank)]))


def main(families: Iterable[str]) -> None:
    """Write the file and print what the test wants to know of it."""
    text = "".join(f"{name}\n" for name in names(families))
    FILE.write_text(text, encoding="utf-8", newline="\n")
    print(f"{FILE.relative_to(ROOT)}: {text.count(chr(10))} names, sha256 {hashlib.sha256(text.encode()).hexdigest()}")


if __name__ == "__main__":
    main(sys.argv[1:])
