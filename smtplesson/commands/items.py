"""The command `python -m smtplesson items FILE ...`: which questions classes found too easy, too hard, or broken."""

from __future__ import annotations

import argparse

from smtplesson import markup
from smtplesson.classroom import item_file

SUMMARY = "Mark questions as easy, hard or broken, by the files of `report --items`."


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("files", metavar="FILE", nargs="+", help="what `report --items` wrote, of one class or several")
    parser.add_argument("--all", action="store_true", help="the other questions, too")


def run(chosen: argparse.Namespace) -> int:
    """Print a line for each question that is marked, and what was passed over."""
    found = item_file.read(chosen.files)
    marked = [each for each in found.questions if chosen.all or each.verdict]
    of = markup.counted(len(found.questions), "question")
    count = sum(1 for each in found.questions if each.verdict)
    for line in (f"{count} of {of} marked.", *map(str, marked), *found.notes):
        print(markup.visible(line))
    return 0
