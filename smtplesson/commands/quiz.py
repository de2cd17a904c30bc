"""Answer a lesson's questions, or new ones, in this terminal."""

from __future__ import annotations

import argparse

from smtplesson.learner import study, terminal
from smtplesson.learner.log import Log

SUMMARY = "Answer questions in this terminal."


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("lesson", nargs="?", help="such as 05-251-or-553; without it, new questions on everything")
    parser.add_argument("--count", type=int, help="how many questions")
    parser.add_argument("--seed", type=int, default=0, help="another seed, another order and other new questions")


def run(chosen: argparse.Namespace) -> int:
    """Ask, and keep the answers in the learner's log."""
    log = Log()
    if chosen.lesson is None:
        quiz = study.fresh_quiz(log, 5 if chosen.count is None else chosen.count, seed=chosen.seed)
    else:
        quiz = study.lesson_quiz(log, chosen.lesson, count=chosen.count, seed=chosen.seed)
    terminal.ask_and_save(quiz, log)
    return 0
