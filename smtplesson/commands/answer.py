"""The command `python -m smtplesson answer SET`: a learner's questions of an exercise set, without a notebook."""

from __future__ import annotations

import argparse
from pathlib import Path

from smtplesson import markup
from smtplesson.classroom.exercise_set import ExerciseSet, Mode
from smtplesson.classroom.sitting import Sitting
from smtplesson.learner import portable, terminal
from smtplesson.learner.log import Log

SUMMARY = "Answer an exercise set in this terminal, and write the file to hand in."


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("set", metavar="SET", help="the teacher's file, such as week-3.toml")
    parser.add_argument("--learner", metavar="ID", required=True, help="who answers: your id on the roster")
    parser.add_argument("-o", "--output", metavar="FOLDER", default=".", help="where to write the file to hand in")


def run(chosen: argparse.Namespace) -> int:
    """Ask until the end or until the learner stops, then write the submission and print its code."""
    exercise = ExerciseSet.load(chosen.set)
    sitting = Sitting(exercise, chosen.learner, Log())
    file = Path(chosen.output) / sitting.file_name
    is_test = exercise.mode is Mode.TEST
    if not file.parent.is_dir():
        raise ValueError(f"There is no folder {chosen.output!r}.")
    if is_test and file.exists() and not sitting.is_over:
        raise ValueError(f"{file} is there already: this test was taken. Hand that file in.")
    print(markup.visible(exercise.title))
    if sitting.is_over:
        print("This test was handed in before; here it is again.")
    elif sitting.quiz.unanswered or not is_test:
        if is_test:
            print("Nothing tells you whether an answer is right. It cannot be changed, and to stop is to hand in.")
        terminal.ask(sitting.quiz, input, print, feedback=not is_test)
    if not sitting.attempts:
        raise ValueError("Nothing was answered, so there is nothing to hand in.")
    sitting.hand_in()  # before the code is told: another window may have handed in first
    print(f"Give all of this code to your teacher, or the file below:\n{portable.pack(sitting.attempts)}")
    print(f"Written to {markup.visible(str(sitting.save(chosen.output)))}.")
    if sitting.notice:
        print(markup.visible(sitting.notice))
    return 0
