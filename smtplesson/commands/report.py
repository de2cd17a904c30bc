"""The command `python -m smtplesson report FOLDER`: what a class handed in, marked, and what it has not understood."""

from __future__ import annotations

import argparse

from smtplesson import markup
from smtplesson.classroom.report import ClassReport

SUMMARY = "Mark a folder of submissions, and say what the class has not understood."


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("folder", metavar="FOLDER", help="files that learners handed in: JSON, logs or portable codes")
    parser.add_argument("--set", metavar="FILE", dest="exercise", help="the exercise set that they answered, in TOML")
    parser.add_argument("--roster", metavar="FILE", help="CSV with the columns id and, if wanted, name")
    parser.add_argument("-o", "--output", metavar="FILE", help="write the report as one HTML file")
    parser.add_argument("--csv", metavar="FILE", help="write the marks as CSV")


def run(chosen: argparse.Namespace) -> int:
    """Print the whole report, or, where it is written to a file, only its headline and what was refused."""
    report = ClassReport.read(chosen.folder, exercise=chosen.exercise, roster=chosen.roster)
    if chosen.output is not None:
        report.save(chosen.output)
    if chosen.csv is not None:
        report.save_marks(chosen.csv)
    written = [file for file in (chosen.output, chosen.csv) if file is not None]
    if written:
        notes = (str(note) for note in report.marked.notes)
        told = [report.headline, *notes, f"Written to {' and '.join(written)}."]
        print("\n".join(map(markup.visible, told)))
    else:
        print(report.text())
    return 0
