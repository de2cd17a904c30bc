"""Marks of a class: computed from raw answers, the bank and, for an exercise set, its seed and each learner's id.

What needs the teacher's eye stands beside the mark, in `LearnerMark.look`.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from smtplesson import markup
from smtplesson.classroom.exercise_set import ExerciseSet, Mode, ids_for
from smtplesson.classroom.roster import Roster
from smtplesson.classroom.submissions import LEFT_ALONE, Collected, Look, Note, Submission
from smtplesson.classroom.waiting import watched
from smtplesson.classroom.which_counts import Choice, choose, first_of
from smtplesson.content import shown
from smtplesson.learner import predictions
from smtplesson.learner.attempts import Attempt
from smtplesson.learner.quiz import Outcome, outcome_of
from smtplesson.questions import retired
from smtplesson.questions.bank import QuestionBank
from smtplesson.questions.question import Mark, Question

OF_CLASS = "all"  # in the place of a file: what is told of the whole class
_GENERATED = 200  # generated questions of one learner that are made again to be marked
_KNOWN = 200_000  # marks that are remembered


@dataclass(frozen=True, slots=True)
class LearnerMark:
    """What a learner got right: of the questions that they were asked, or that they answered where no set says more.

    `look` tells what needs the teacher's eye. A mark that is `held` is none yet: files differ, and nothing says which
    counts.
    """

    learner: str
    name: str
    asked: int
    answered: int
    right: int
    look: tuple[Note, ...] = field(default=(), compare=False)  # two marks are equal where their numbers are
    held: bool = False

    @property
    def share(self) -> float | None:
        """The part of the questions asked that is right; None where there was none, or the mark is held."""
        return self.right / self.asked if self.asked and not self.held else None


@dataclass(frozen=True)
class Marked:
    """A class marked: `first` holds the answers that count, each learner's first to a question, `all` every answer.

    Those that count are of one submission, and stand as they do there; `all` stand by day. The learners stand in the
    order of the roster, or else by id. `notes` tells what was refused or left out, and of whom.
    """

    marks: tuple[LearnerMark, ...]
    first: Mapping[str, tuple[Outcome, ...]]
    all: Mapping[str, tuple[Outcome, ...]]
    notes: tuple[Note, ...]
    exercise: ExerciseSet | None = None

    @property
    def needs_looks(self) -> bool:
        """Whether a mark needs the teacher's eye."""
        return any(mark.look for mark in self.marks)


def mark_class(
    collected: Collected,
    *,
    exercise: ExerciseSet | None = None,
    roster: Roster | None = None,
    bank: QuestionBank | None = None,
) -> Marked:
    """Mark what a class handed in.

    Of several submissions one counts (`which_counts`). With a set only answers to it count, and a question of it that
    has no answer is not right; one that was asked under a name that is retired is taken out of what was asked, and that
    is told: unless the set names what is asked now, for then nothing was ever asked under the old names. Without a set,
    every answer counts that the kit can mark. An answer that cannot be marked is left out and told. A prediction is no
    answer to a question, and is passed over.
    """
    marker = _Marker(bank or (exercise.bank if exercise else QuestionBank.load()))
    names: Mapping[str, str] = dict.fromkeys(sorted(collected.submissions), "") if roster is None else roster
    marks, first, every = [], {}, {}
    notes = list(collected.notes)
    looks: dict[str, list[Note]] = defaultdict(list)
    for note in collected.notes:
        if note.look is not None:
            looks[note.learner].append(note)
        elif note.text.startswith(LEFT_ALONE) and note.learner and not collected.submissions.get(note.learner):
            looks[note.learner].append(dataclasses.replace(note, look=Look.OTHER_FORM))
    for learner, name in watched(names.items(), "Marking", len(names)):
        submissions = collected.submissions.get(learner, [])
        answers = (
            _all(marker, submissions, learner) if exercise is None else _of_set(marker, submissions, exercise, learner)
        )
        every[learner], first[learner] = answers.all, answers.first
        right = sum(outcome.right for outcome in answers.first)
        look = (*answers.notes, *looks[learner])
        marks.append(LearnerMark(learner, name, answers.asked, len(answers.first), right, look, answers.held))
        notes += answers.notes
    for stranger in collected.submissions.keys() - names.keys():
        source = collected.submissions[stranger][0].source
        notes.append(Note(source, f"its learner {shown(stranger)} is not on the roster.", refused=True))
    return Marked(tuple(marks), first, every, (*notes, *_of_class(collected, exercise, marks)), exercise)


def _of_class(collected: Collected, exercise: ExerciseSet | None, marks: Sequence[LearnerMark]) -> list[Note]:
    """What is to be told of a set and the class as a whole."""
    if exercise is None:
        return []
    told = []
    if not any(mark.answered or mark.held for mark in marks) and all(mark.asked for mark in marks):
        told.append(Note(OF_CLASS, f"nobody's answers belong to the set {exercise.name!r}. Is it the right one?"))
    there = [each for by in collected.submissions.values() for each in by]
    if exercise.deadline is not None and there and not any(each.received for each in there):
        until = f"{exercise.deadline:%Y-%m-%d %H:%M}"
        text = f"the deadline is {until}, but nothing says when a file was received: give --received."
        told.append(Note(OF_CLASS, text))
    return told


@dataclass(frozen=True, slots=True)
class _Answers:
    """A learner's answers marked, those that count, how many questions were asked, and what is to be told."""

    all: tuple[Outcome, ...]
    first: tuple[Outcome, ...]
    asked: int
    notes: tuple[Note, ...]
    held: bool


def _all(marker: _Marker, submissions: Sequence[Submission], learner: str) -> _Answers:
    """Without a set: what was answered was asked."""
    choice = choose(learner, submissions, _answered, grows=True)
    attempts = _answered(choice.submission) if choice.submission else []
    outcomes, told = marker.outcomes(attempts)
    first = _first(outcomes)
    by_day = tuple(sorted(outcomes, key=_day))
    return _Answers(by_day, first, len(first), _notes(choice, attempts, told, learner), choice.held)


def _of_set(marker: _Marker, submissions: Sequence[Submission], exercise: ExerciseSet, learner: str) -> _Answers:
    """With a set: what it asks of this learner, under the names of today or under those that are retired."""

    def own(submission: Submission) -> list[Attempt]:
        quiz = exercise.quiz(submission.id)
        return [attempt for attempt in _answered(submission) if attempt.quiz == quiz]

    is_test = exercise.mode is Mode.TEST
    choice = choose(learner, submissions, own, counts=exercise.counts, deadline=exercise.deadline, grows=not is_test)
    attempts = own(choice.submission) if choice.submission else []
    asked = ids_for(exercise, choice.submission.id if choice.submission else learner, marker.bank)
    here = {attempt.question for attempt in attempts}
    is_old = not any(map(retired.replaces, (*exercise.questions, *exercise.families)))  # made before a name was retired
    gone = {id: now for id in here if is_old and (now := retired.now(id)) != id and now in asked}
    known = asked | gone.keys()
    outcomes, told = marker.outcomes(attempt for attempt in attempts if attempt.question in known)
    others = [each for submission in submissions for each in _answered(submission) if _is_of_bank(each)]
    elsewhere, _ = marker.outcomes(dict.fromkeys(others))
    first = _first(outcomes)
    notes = list(_notes(choice, attempts, told, learner))
    source = choice.submission.source if choice.submission else submissions[0].source if submissions else ""
    if strange := [attempt for attempt in attempts if attempt.question not in known]:
        text = f"{_answers(strange)} to questions that the set does not ask of {shown(learner)}: not counted."
        notes.append(Note(source, text, look=Look.NOT_ASKED, learner=learner))
    if submissions and not first and not gone and not choice.held:
        text = f"no answer of {shown(learner)} belongs to the set {exercise.name!r}."
        notes.append(Note(source, text, look=Look.NOTHING, learner=learner))
    if is_test and len(attempts) > len(first_of(attempts)):
        text = "several answers to a question, which a test does not hand in: the first counts."
        notes.append(Note(source, text, look=Look.REPEATED, learner=learner))
    version = exercise.frozen.version if exercise.frozen else ""
    if choice.submission and (seen := choice.submission.version) and seen != version:
        text = f"it answers version {shown(seen)} of the set, and is marked by {shown(version or 'one not frozen')}."
        notes.append(Note(source, text, look=Look.VERSION, learner=learner))
    left = asked - (set(gone.values()) - here)
    if len(left) < len(asked):
        notes.append(Note(source, f"marked out of {len(left)}, although the set asks {len(asked)}."))
    every = tuple(sorted((*elsewhere, *outcomes), key=_day))
    return _Answers(every, first, len(left), tuple(notes), choice.held)


def _answered(submission: Submission) -> list[Attempt]:
    return [attempt for attempt in submission.attempts if not predictions.is_prediction(attempt)]


def _is_of_bank(attempt: Attempt) -> bool:
    """Whether an answer outside the set is looked at, too: generated ones cost too much."""
    return "~" not in attempt.question and "@" not in attempt.quiz


def _notes(choice: Choice, attempts: Sequence[Attempt], told: Iterable[str], learner: str) -> tuple[Note, ...]:
    """What is to be told of the choice, of answers that cannot be marked, and of days that contradict their order."""
    source = choice.submission.source if choice.submission else ""
    notes = [*choice.notes, *(Note(source, text, look=Look.NOT_MARKED, learner=learner) for text in told)]
    by_day = first_of(sorted(attempts, key=lambda attempt: attempt.day))
    if any(by_day[question].response != attempt.response for question, attempt in first_of(attempts).items()):
        text = "an answer has an earlier day than one before it to the same question: the one that stands first counts."
        notes.append(Note(source, text, look=Look.BACKWARDS, learner=learner))
    return tuple(notes)


def _day(outcome: Outcome) -> date:
    return outcome.day or date.min


def _first(outcomes: Iterable[Outcome]) -> tuple[Outcome, ...]:
    """The first answer to each question."""
    first: dict[str, Outcome] = {}
    for outcome in outcomes:
        first.setdefault(outcome.question.id, outcome)
    return tuple(first.values())


def _answers(attempts: Sequence[Attempt]) -> str:
    what = f"such as {shown(attempts[0].question, 40)}"
    return f"{markup.counted(len(attempts), 'answer')}, {what},"


@dataclass
class _Marker:
    """Marks attempts; the same answer to the same question is marked once for the whole class."""

    bank: QuestionBank
    _questions: dict[str, Question | None] = field(default_factory=dict)
    _marks: dict[tuple[str, str], Mark] = field(default_factory=dict)

    def outcomes(self, attempts: Iterable[Attempt]) -> tuple[tuple[Outcome, ...], list[str]]:
        """The attempts marked, and what is to be told of those that cannot be."""
        found: list[Outcome] = []
        unknown: list[Attempt] = []
        senseless: list[Attempt] = []
        made: set[str] = set()
        for attempt in attempts:
            if "~" in attempt.question:
                made.add(attempt.question)
            if len(made) > _GENERATED and attempt.question not in self._questions:
                unknown.append(attempt)
                continue
            question = self._question(attempt.question)
            mark = self._mark(question, attempt.response) if question else None
            if question is None:
                unknown.append(attempt)
            elif mark is None:
                senseless.append(attempt)
            else:
                known = self.bank.misconceptions
                found.append(outcome_of(question, mark, known, attempt.confidence, attempt.day, attempt.quiz))
        told = []
        if gone := [attempt for attempt in unknown if retired.is_retired(attempt.question)]:
            told.append(f"{_answers(gone)} to questions that are no longer asked: not marked.")
        if strange := [attempt for attempt in unknown if not retired.is_retired(attempt.question)]:
            told.append(f"{_answers(strange)} to questions that this kit does not know: not counted.")
        if senseless:
            told.append(f"{_answers(senseless)} that make no sense there: not counted.")
        return tuple(found), told

    def _question(self, id: str) -> Question | None:
        if id not in self._questions:
            if len(id) > 200:
                return None
            if len(self._questions) > _KNOWN:
                self._questions.clear()
            self._questions[id] = self.bank.find(id)
        return self._questions[id]

    def _mark(self, question: Question, response: str) -> Mark | None:
        """The mark, or None for what is no answer to the question."""
        key = (question.id, response)
        if key not in self._marks:
            try:
                mark = question.mark(response)
            except ValueError:
                return None
            if len(self._marks) > _KNOWN:
                self._marks.clear()
            self._marks[key] = mark
        return self._marks[key]
