"""Say where the learner stands; print their portable code, or take one."""

from __future__ import annotations

import argparse
import sys

from smtplesson import markup
from smtplesson.learner import portable, predictions, unmarked
from smtplesson.learner.log import Log, today
from smtplesson.learner.overview import Overview
from smtplesson.learner.quiz import outcomes
from smtplesson.questions.bank import QuestionBank

SUMMARY = "Say where you stand; print your code, or take one."


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("--code", action="store_true", help="print all your answers as a short text")
    parser.add_argument("--take", metavar="CODE", help="add the answers of such a text; - reads standard input")


def run(chosen: argparse.Namespace) -> int:
    """Take a code, print one, or print the overview."""
    log = Log()
    if chosen.take is not None:
        code = sys.stdin.read() if chosen.take == "-" else chosen.take
        taken = log.take(portable.unpack(code))
        print(f"{markup.counted(taken, 'answer')} taken.")
    if chosen.code:
        print(markup.visible(log.notice), end="\n" if log.notice else "", file=sys.stderr)
        print(portable.pack(log.attempts()))
        return 0
    bank = QuestionBank.load()
    attempts = log.attempts()
    marked = outcomes(attempts, bank)
    said = Overview.of(marked, today(), predicted=predictions.outcomes(attempts))
    print(markup.visible_lines(str(said)))
    for told in (*unmarked.told(attempts, marked), *log.problems, log.notice):
        print(markup.visible(told), end="\n" if told else "")
    return 0
