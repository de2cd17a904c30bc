"""One learner's sitting of an exercise set: the questions as a quiz, the earlier answers, and what is handed in."""

from __future__ import annotations

import os
from pathlib import Path

from smtplesson.classroom.exercise_set import ExerciseSet, Mode, questions_for
from smtplesson.classroom.roster import canonical
from smtplesson.classroom.submissions import to_json
from smtplesson.learner.attempts import Attempt
from smtplesson.learner.log import Log, today
from smtplesson.learner.quiz import Quiz
from smtplesson.questions.bank import QuestionBank

FOLDER = "sittings"  # beside the log


class Sitting:
    """The questions that the set has for a learner, in `quiz`; it goes on where an earlier program of theirs stopped.

    Each answer to a practice set goes into the log. Those to a test are kept beside it until they are handed in, so
    that no view of the log tells whether they are right. Raises ValueError where `learner` is no id.
    """

    def __init__(self, exercise: ExerciseSet, learner: str, log: Log, bank: QuestionBank | None = None) -> None:
        kit = exercise.bank if bank is None else bank
        self.exercise, self.learner = exercise, canonical(learner)
        name = exercise.quiz(learner)
        self._is_test = exercise.mode is Mode.TEST
        self._log = log
        self._kept = Log(log.path.parent / FOLDER / name) if self._is_test else log
        self.quiz = Quiz(
            questions_for(exercise, learner, kit),
            kit.misconceptions,
            name=name,
            day=today(),
            record=self._kept.append,
        )
        #: Whether it is a test that was handed in: nothing can be changed any more.
        self.is_over = False
        self._go_on()

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """What is handed in: all answers to a practice set, the last one to each question of a test."""
        outcomes = self.quiz.attempts
        if self._is_test:
            last = {outcome.question.id: outcome for outcome in outcomes}
            outcomes = [last[question.id] for question in self.quiz.questions if question.id in last]
        day = today()
        return tuple(
            Attempt(o.question.id, o.question.to_file(o.response), o.day or day, o.confidence, o.quiz) for o in outcomes
        )

    def hand_in(self) -> str:
        """Close a test, and return the submission as JSON; a practice set stays open.

        What was answered or handed in from another window counts. Raises ValueError where there is no answer yet.
        """
        self._go_on()
        attempts = self.attempts
        if not attempts:
            raise ValueError("There is no answer yet; answer a question first.")
        if self._is_test and not self.is_over:
            self._log.take(attempts)
            self.is_over = True
        version = self.exercise.frozen.version if self.exercise.frozen else ""
        return to_json(self.learner, self.exercise.name, attempts, version)

    def save(self, folder: str | os.PathLike[str]) -> Path:
        """Hand in, and write the submission into a folder, whole or not at all; return the file.

        Raises ValueError where there is no answer yet, OSError where it cannot be written.
        """
        path = Path(folder) / self.file_name
        part = path.with_name(f"{path.name}.part")
        submission = self.hand_in()
        try:
            part.write_text(submission, encoding="utf-8")
            part.replace(path)
        except OSError:
            part.unlink(missing_ok=True)
            raise
        return path

    @property
    def notice(self) -> str:
        """What there is to tell of saving, as `Log.notice`; else empty."""
        return self._kept.notice or self._log.notice

    @property
    def file_name(self) -> str:
        """How the file that the learner hands in is called, such as mira-7_week-3.json."""
        return f"{self.learner}_{self.exercise.name}.json"

    def _go_on(self) -> None:
        """Take up what was answered before, here or by another program: of a test that was handed in, that alone."""
        handed, kept = (
            [attempt for attempt in log.attempts() if attempt.quiz == self.quiz.name] for log in (self._log, self._kept)
        )
        self.is_over = self._is_test and bool(handed)
        self.quiz.attempts.clear()
        self.quiz.resume(handed or kept)
