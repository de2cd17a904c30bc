"""The command `python -m smtplesson report FOLDER`: what a class handed in, marked, and what it has not understood."""

from __future__ import annotations

import argparse
from pathlib import Path

from smtplesson import markup
from smtplesson.classroom import feedback, item_file
from smtplesson.classroom.report import ClassReport

SUMMARY = "Mark a folder or a ZIP of submissions, and say what the class has not understood."


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("handed_in", metavar="FOLDER", help="what learners handed in: a folder, or the ZIP of an LMS")
    parser.add_argument("--set", metavar="FILE", dest="exercise", help="the exercise set that they answered, in TOML")
    parser.add_argument("--roster", metavar="FILE", help="CSV with a column of ids and, if wanted, of names")
    parser.add_argument("--id-column", metavar="NAME", default="id", help="the column of the ids, where it is not id")
    parser.add_argument(
        "--received", metavar="FILE", help="CSV that says when each file or learner's work was received"
    )
    parser.add_argument("--alias", metavar="NAME=ID", action="append", default=[], help="another name of a learner")
    parser.add_argument("-o", "--output", metavar="FILE", help="write the report as one HTML file")
    parser.add_argument("--csv", metavar="FILE", help="write the marks as CSV, with the columns of the roster")
    parser.add_argument("--items", metavar="FILE", help="write how hard each question was, as CSV without names")
    parser.add_argument("--anonymous", action="store_true", help="numbers in the place of learners, to send it on")
    parser.add_argument("--feedback", metavar="FOLDER", help="write a page for each learner: answers, reasons, reviews")
    parser.add_argument("--delimiter", default=",", help="what stands between the columns of the marks")
    parser.add_argument("--decimal", default=".", help="what stands before the decimals of the marks")


def run(chosen: argparse.Namespace) -> int:
    """Print the whole report, or, where it is written to a file, only its headline and what needs a look."""
    report = ClassReport.read(
        chosen.handed_in,
        exercise=chosen.exercise,
        roster=chosen.roster,
        received=chosen.received,
        aliases=_aliases(chosen.alias),
        id_column=chosen.id_column,
    )
    if chosen.feedback is not None:
        if chosen.anonymous:
            raise ValueError("--feedback writes a page for each learner by id: leave --anonymous out.")
        feedback.save(report.marked, chosen.feedback)
    if chosen.anonymous:
        report = report.anonymous()
    if chosen.output is not None:
        report.save(chosen.output)
    if chosen.csv is not None:
        if len(chosen.delimiter) != 1 or chosen.decimal not in (".", ",") or chosen.delimiter == chosen.decimal:
            raise ValueError("Give one character as --delimiter, and another one, a dot or comma, as --decimal.")
        report.save_marks(chosen.csv, chosen.delimiter, chosen.decimal)
    if chosen.items is not None:
        Path(chosen.items).write_text(item_file.written(report.items), encoding="utf-8", newline="\n")
    written = [file for file in (chosen.output, chosen.csv, chosen.feedback, chosen.items) if file is not None]
    if written:
        told = [report.headline, report.looks, *report.class_notes, f"Written to {' and '.join(written)}."]
        print("\n".join(map(markup.visible, told)))
    else:
        print(report.text())
    return 0


def _aliases(given: list[str]) -> dict[str, str]:
    parts = [text.partition("=") for text in given]
    if wrong := next((text for text, (name, _, id) in zip(given, parts, strict=True) if not name or not id), None):
        raise ValueError(f"--alias {wrong}: write what stands there, =, and the id on the roster, such as s72=s27.")
    return {name: id for name, _, id in parts}
