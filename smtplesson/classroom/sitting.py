"""One learner's sitting of an exercise set: his questions as a quiz, and what he hands in when it is over."""

from __future__ import annotations

from smtplesson import progress
from smtplesson.attempts import Attempt
from smtplesson.bank import QuestionBank
from smtplesson.classroom.exercise_set import ExerciseSet, Mode, questions_for
from smtplesson.classroom.roster import canonical
from smtplesson.progress import Progress
from smtplesson.quiz import Quiz


def begin(exercise: ExerciseSet, learner: str, log: Progress, bank: QuestionBank | None = None) -> Quiz:
    """Ask a learner the questions that the set has for him; the log keeps each answer, but in a test none yet.

    Raises ValueError where `learner` is no id.
    """
    kit = QuestionBank.load() if bank is None else bank
    return Quiz(
        questions_for(exercise, learner, kit),
        kit.misconceptions,
        name=exercise.quiz(learner),
        day=progress.today(),
        record=log.append if exercise.mode is Mode.PRACTICE else None,
    )


def handed_in(exercise: ExerciseSet, quiz: Quiz) -> tuple[Attempt, ...]:
    """What is handed in: all answers to a practice set, the last one to each question of a test."""
    outcomes = quiz.attempts
    if exercise.mode is Mode.TEST:
        last = {outcome.question.id: outcome for outcome in outcomes}
        outcomes = [last[question.id] for question in quiz.questions if question.id in last]
    day = progress.today()
    return tuple(
        Attempt(o.question.id, o.question.to_file(o.response), o.day or day, o.confidence, o.quiz) for o in outcomes
    )


def file_name(exercise: ExerciseSet, learner: str) -> str:
    """How the file that a learner hands in is called.

    >>> file_name(ExerciseSet("Week 3", "week-3"), "Mira-7")
    'mira-7_week-3.json'
    """
    return f"{canonical(learner)}_{exercise.name}.json"
