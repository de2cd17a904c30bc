"""The command `python -m smtplesson set freeze FILE`: an exercise set that no update of the kit can change."""

from __future__ import annotations

import argparse
from pathlib import Path

from smtplesson import __version__
from smtplesson.classroom.exercise_set import ExerciseSet, freeze

SUMMARY = "Look at an exercise set, or freeze it before a class answers it."


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument(
        "what", choices=("check", "freeze"), help="check: say what it asks; freeze: write it into the set"
    )
    parser.add_argument("set", metavar="SET", help="the teacher's file, such as week-3.toml")


def run(chosen: argparse.Namespace) -> int:
    """Say what the set asks, and with `freeze` add the table that holds it."""
    exercise = ExerciseSet.load(chosen.set)
    if chosen.what == "freeze":
        if exercise.frozen is not None:
            raise ValueError(f"{chosen.set} is frozen already. To freeze it anew take the table [frozen] out of it.")
        with Path(chosen.set).open("a", encoding="utf-8", newline="\n") as file:
            file.write(freeze(exercise, __version__).toml())
        exercise = ExerciseSet.load(chosen.set)
    fixed, families = exercise.asked(exercise.bank)
    print(f"{exercise.title}: {len(fixed) + len(families)} questions, {len(families)} of them made for each learner.")
    if exercise.frozen is not None:
        print(f"Frozen with smtplesson {exercise.frozen.kit}, version {exercise.frozen.version}: nothing has changed.")
    return 0
