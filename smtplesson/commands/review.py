"""Answer what is due today in this terminal."""

from __future__ import annotations

import argparse

from smtplesson.learner import study, terminal
from smtplesson.learner.log import Log

SUMMARY = "Answer what is due today, or the codes and matters that you are weakest in."


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("--count", type=int, default=10, help="how many questions at most")


def run(chosen: argparse.Namespace) -> int:
    """Ask, and keep the answers in the learner's log."""
    log = Log()
    terminal.ask_and_save(study.review_quiz(log, chosen.count), log)
    return 0
