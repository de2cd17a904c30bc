"""The command `python -m smtplesson export FORMAT`: questions for other programs and for paper."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from smtplesson.classroom.exercise_set import ExerciseSet, questions_for
from smtplesson.classroom.roster import Roster
from smtplesson.questions import families
from smtplesson.questions.bank import QuestionBank
from smtplesson.questions.exports import FORMATS, export, sheet
from smtplesson.questions.question import Question

SUMMARY = "Write questions for Moodle, Canvas, jupyterquiz or Anki, for the projector, or to print."


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("format", choices=FORMATS, metavar="FORMAT", help="; ".join(map(_told, FORMATS)))
    parser.add_argument("--set", metavar="FILE", dest="exercise", help="those of an exercise set, in TOML")
    parser.add_argument("--learner", metavar="ID", default="paper", help="whose versions of the set's questions")
    parser.add_argument("--roster", metavar="FILE", help="print: a sheet for each learner of the roster, in one file")
    parser.add_argument("--id-column", metavar="NAME", default="id", help="the column of the ids, where it is not id")
    parser.add_argument("--no-key", action="store_true", help="print: the sheets alone")
    parser.add_argument("--lesson", help="only those of a lesson, such as 05-251-or-553")
    parser.add_argument("--objective", help="only those for an objective, such as tell-neighbours-apart")
    parser.add_argument("--count", type=int, help="how many; the seed chooses them")
    parser.add_argument("--new", action="store_true", help="questions made from the seed, not those of the bank")
    parser.add_argument("--seed", type=int, default=0, help="another seed, another order of the choices")
    parser.add_argument("--title", help="the sheet's title, or the category's name")
    parser.add_argument("-o", "--output", metavar="FILE", help="where to; without it, standard output")


def _told(name: str) -> str:
    return f"{name}: {FORMATS[name].SUMMARY}"


def run(chosen: argparse.Namespace) -> int:
    """Write to the file or to standard output, and report to standard error what could not be held."""
    exercise = None if chosen.exercise is None else ExerciseSet.load(chosen.exercise)
    questions = _questions(chosen) if exercise is None else _of_set(exercise, chosen)
    title = chosen.title or (exercise.title if exercise else "SMTP replies")
    if chosen.format != sheet.NAME and (chosen.roster or chosen.no_key):
        raise ValueError(f"--roster and --no-key are for paper alone: export {sheet.NAME}.")
    if chosen.roster is not None:
        made = sheet.sheets(_of_class(exercise, chosen), title, with_key=not chosen.no_key)
    elif chosen.no_key:
        asked = [question.shuffled(chosen.seed) for question in questions]
        made = sheet.sheets([("", asked)], title, with_key=False)
    else:
        made = export(questions, chosen.format, seed=chosen.seed, title=title)
    if chosen.output is None:
        sys.stdout.buffer.write(made.text.encode("utf-8"))
        sys.stdout.flush()
    else:
        Path(chosen.output).write_text(made.text, encoding="utf-8", newline="\n")
    print(made.report, file=sys.stderr)
    return 0


def _of_set(exercise: ExerciseSet, chosen: argparse.Namespace) -> Sequence[Question]:
    others = {"--lesson": chosen.lesson, "--objective": chosen.objective, "--count": chosen.count, "--new": chosen.new}
    if given := [option for option, value in others.items() if value]:
        raise ValueError(f"The set says what is asked: leave out {', '.join(given)}.")
    return questions_for(exercise, chosen.learner)


def _of_class(exercise: ExerciseSet | None, chosen: argparse.Namespace) -> Sequence[tuple[str, Sequence[Question]]]:
    """The name and the questions of each learner."""
    if exercise is None:
        raise ValueError("--roster needs a set: add --set FILE.")
    roster = Roster.load(chosen.roster, chosen.id_column)
    return [(f"{id} {name}".strip(), questions_for(exercise, id)) for id, name in roster.items()]


def _questions(chosen: argparse.Namespace) -> Sequence[Question]:
    if chosen.new:
        count = 10 if chosen.count is None else chosen.count
        return families.variants(count, chosen.seed, objective=chosen.objective, lesson=chosen.lesson)
    bank = QuestionBank.load()
    found = bank.where(lesson=chosen.lesson, objective=chosen.objective)
    if not found:
        lessons, objectives = ({getattr(q, name) for q in bank.values()} for name in ("lesson", "objective"))
        raise ValueError(
            f"There is no question with lesson={chosen.lesson!r}, objective={chosen.objective!r}. The lessons are "
            f"{', '.join(sorted(lessons))}; the objectives {', '.join(sorted(objectives))}."
        )
    return tuple(found.values()) if chosen.count is None else found.sample(chosen.count, chosen.seed)
