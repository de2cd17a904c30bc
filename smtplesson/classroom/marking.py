"""Marks of a class: computed from raw answers, the bank and, for an exercise set, its seed and each learner's id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from smtplesson import markup
from smtplesson.classroom.exercise_set import ExerciseSet, ids_for
from smtplesson.classroom.roster import Roster
from smtplesson.classroom.submissions import Collected, Note
from smtplesson.content import shown
from smtplesson.learner import predictions
from smtplesson.learner.attempts import Attempt
from smtplesson.learner.quiz import Outcome, outcome_of
from smtplesson.questions import retired
from smtplesson.questions.bank import QuestionBank
from smtplesson.questions.question import Mark, Question

_GENERATED = 200  # generated questions of one learner that are made again to be marked
_KNOWN = 200_000  # marks that are remembered


@dataclass(frozen=True, slots=True)
class LearnerMark:
    """What a learner got right: of the questions that they were asked, or that they answered where no set says more."""

    learner: str
    name: str
    asked: int
    answered: int
    right: int

    @property
    def share(self) -> float | None:
        """The part of the questions asked that is right; None where there was none."""
        return self.right / self.asked if self.asked else None


@dataclass(frozen=True)
class Marked:
    """A class marked: `first` holds the answers that count, each learner's first to a question, `all` every answer.

    They stand by day, and of one day as they were read; what is handed in of a test holds one answer to a question.
    The learners stand in the order of the roster, or else by id. `notes` tells what was refused or left out.
    """

    marks: tuple[LearnerMark, ...]
    first: Mapping[str, tuple[Outcome, ...]]
    all: Mapping[str, tuple[Outcome, ...]]
    notes: tuple[Note, ...]
    exercise: ExerciseSet | None = None


def mark_class(
    collected: Collected,
    *,
    exercise: ExerciseSet | None = None,
    roster: Roster | None = None,
    bank: QuestionBank | None = None,
) -> Marked:
    """Mark what a class handed in.

    With a set only answers to it count, and a question of it that has no answer is not right; one that was asked under
    a name that is retired is taken out of what was asked, and that is told: unless the set names what is asked now,
    for then nothing was ever asked under the old names. Without a set, every answer counts that the kit can mark. An
    answer that cannot be marked is left out and told. A prediction is no answer to a question, and is passed over.
    """
    marker = _Marker(QuestionBank.load() if bank is None else bank)
    names: Mapping[str, str] = dict.fromkeys(sorted(collected.attempts), "") if roster is None else roster
    marks, first, every = [], {}, {}
    notes = list(collected.notes)
    for learner, name in names.items():
        answered = [each for each in collected.attempts.get(learner, ()) if not predictions.is_prediction(each)]
        attempts = sorted(answered, key=lambda attempt: attempt.day)
        answers = _all(marker, attempts) if exercise is None else _of_set(marker, attempts, exercise, learner)
        every[learner], first[learner] = answers.all, answers.first
        source = ", ".join(collected.sources.get(learner, ())[:1])
        notes += [Note(source, text) for text in answers.told]
        right = sum(outcome.right for outcome in answers.first)
        marks.append(LearnerMark(learner, name, answers.asked, len(answers.first), right))
    for stranger in collected.attempts.keys() - names.keys():
        source = collected.sources[stranger][0]
        notes.append(Note(source, f"its learner {shown(stranger)} is not on the roster.", refused=True))
    if exercise is not None and not any(first.values()) and all(mark.asked for mark in marks):
        notes.append(Note("all", f"nobody's answers belong to the set {exercise.name!r}. Is it the right one?"))
    return Marked(tuple(marks), first, every, tuple(notes), exercise)


@dataclass(frozen=True, slots=True)
class _Answers:
    """A learner's answers marked, those that count, how many questions were asked, and what is to be told."""

    all: tuple[Outcome, ...]
    first: tuple[Outcome, ...]
    asked: int
    told: list[str]


def _all(marker: _Marker, attempts: Sequence[Attempt]) -> _Answers:
    """Without a set: what was answered was asked."""
    outcomes, told = marker.outcomes(attempts)
    first = _first(outcomes)
    return _Answers(outcomes, first, len(first), told)


def _of_set(marker: _Marker, attempts: Sequence[Attempt], exercise: ExerciseSet, learner: str) -> _Answers:
    """With a set: what it asks of this learner, under the names of today or under those that are retired."""
    asked, quiz = ids_for(exercise, learner, marker.bank), exercise.quiz(learner)
    here = {attempt.question for attempt in attempts if attempt.quiz == quiz}
    is_old = not any(map(retired.replaces, (*exercise.questions, *exercise.families)))  # made before a name was retired
    gone = {id: now for id in here if is_old and (now := retired.now(id)) != id and now in asked}
    known = asked | gone.keys()
    outcomes, told = marker.outcomes(attempt for attempt in attempts if _belongs(attempt, quiz, known))
    first = _first(outcome for outcome in outcomes if outcome.quiz == quiz)
    if strange := [attempt for attempt in attempts if attempt.quiz == quiz and attempt.question not in known]:
        told.append(f"{_answers(strange)} to questions that the set does not ask of {shown(learner)}: not counted.")
    if attempts and not first and not gone:
        told.append(f"no answer of {shown(learner)} belongs to the set {exercise.name!r}.")
    left = asked - (set(gone.values()) - here)
    if len(left) < len(asked):
        told.append(f"marked out of {len(left)}, although the set asks {len(asked)}.")
    return _Answers(outcomes, first, len(left), told)


def _belongs(attempt: Attempt, quiz: str, asked: frozenset[str]) -> bool:
    """Whether an answer is to the set, or else to a question of the bank: generated ones outside it cost too much."""
    if attempt.quiz == quiz:
        return attempt.question in asked
    return "~" not in attempt.question and "@" not in attempt.quiz


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
