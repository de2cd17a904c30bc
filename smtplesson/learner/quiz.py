"""One learner's attempts at some questions: what was answered, what it tells, and what is left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import TypedDict

from smtplesson.learner.attempts import Attempt, Confidence
from smtplesson.questions.bank import Objectives, QuestionBank
from smtplesson.questions.question import Mark, Misconception, Question


class Wanted(TypedDict, total=False):
    """Which questions a quiz asks and what it is called: see `Quiz.of`."""

    objective: Objectives
    tag: str | None
    count: int | None
    seed: int
    name: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one answer: whether it was right, why, and the misconceptions behind it.

    `response` is in the letters of the question as it was asked, or the text that was typed.
    """

    question: Question
    response: str
    right: bool
    feedback: str
    misconceptions: tuple[Misconception, ...] = ()
    confidence: Confidence | None = None
    day: date | None = None
    quiz: str = ""

    @property
    def verdict(self) -> str:
        """The outcome in a word or two."""
        return "Correct" if self.right else "Not yet"

    @property
    def source(self) -> str:
        """Who says so."""
        return self.question.source

    def __str__(self) -> str:
        rows = [f"{self.verdict}. {self.feedback}"]
        if (words := surprise(self)) is not None:
            rows.append(words)
        rows += [f"{behind.correction} ({behind.source})" for behind in self.misconceptions]
        return "\n".join([*rows, f"Source: {self.source}"])


def surprise(outcome: Outcome) -> str | None:
    """What to say about how sure the learner was: where they were sure and wrong, or guessed and were right."""
    if outcome.confidence is Confidence.SURE and not outcome.right:
        return "You were sure, and that is the kind of mistake worth a second look: it comes back soon."
    if outcome.confidence is Confidence.GUESS and outcome.right:
        return "A lucky guess: it comes back for you to make sure."
    return None


class Quiz:
    """Questions in order, and every attempt at them.

    A question may be answered again; its first attempt counts. One that was not answered is not wrong. Each
    attempt is handed to `record`, such as `Progress.append`, with today's `day` and the quiz's `name`.

    >>> bank = QuestionBank.load()
    >>> quiz = Quiz.of(bank, lesson="05-251-or-553")
    >>> question = quiz.questions[0]
    >>> quiz.answer(question.id, question.key).verdict
    'Correct'
    >>> quiz.score
    '1 right, 7 not answered'
    """

    def __init__(
        self,
        questions: Iterable[Question],
        misconceptions: Mapping[str, Misconception] | None = None,
        *,
        name: str = "",
        day: date | None = None,
        record: Callable[[Attempt], object] | None = None,
    ) -> None:
        self.questions = tuple(questions)
        self.name = name
        self._misconceptions = misconceptions or {}
        self._day = day
        self._record = record
        self._by_id = {question.id: question for question in self.questions}
        self.attempts: list[Outcome] = []
        if len(self._by_id) != len(self.questions):
            raise ValueError("A quiz asks each question once, but two of these have the same id.")

    @classmethod
    def of(
        cls,
        bank: QuestionBank,
        *,
        lesson: str | None = None,
        objective: Objectives = None,
        tag: str | None = None,
        count: int | None = None,
        seed: int = 0,
        name: str = "",
        day: date | None = None,
        record: Callable[[Attempt], object] | None = None,
    ) -> Quiz:
        """Take `count` questions of a lesson, objectives or a tag, or all, in an order that depends on the seed.

        The quiz is named after the lesson unless `name` says otherwise.

        Raises ValueError where there are none, or `count` is less than 1.
        """
        chosen = bank.where(lesson=lesson, objective=objective, tag=tag)
        if not chosen:
            raise ValueError(f"There is no question with lesson={lesson!r}, objective={objective!r}, tag={tag!r}.")
        asked = chosen.sample(len(chosen) if count is None else count, seed)
        return cls(asked, bank.misconceptions, name=name or lesson or tag or "", day=day, record=record)

    def answer(self, question_id: str, response: str, confidence: Confidence | str | None = None) -> Outcome:
        """Take an answer and say what came of it.

        Raises KeyError for a question that is not asked here, ValueError for a response that is no answer to it
        or a confidence that there is not.
        """
        if question_id not in self._by_id:
            raise KeyError(f"There is no question {question_id!r} here; there are {', '.join(self._by_id)}.")
        if confidence is not None and confidence not in list(Confidence):
            raise ValueError(f"{confidence!r} is no confidence; choose {', '.join(Confidence)}, or leave it out.")
        told = Confidence(confidence) if confidence is not None else None
        question = self._by_id[question_id]
        outcome = outcome_of(question, question.mark(response), self._misconceptions, told, self._day, self.name)
        self.attempts.append(outcome)
        if self._record is not None and self._day is not None:
            kept = question.to_file(outcome.response)
            self._record(Attempt(question.id, kept, self._day, told, self.name))
        return outcome

    def resume(self, attempts: Iterable[Attempt]) -> None:
        """Take what was answered before, as a log has it; nothing is recorded again.

        What is no answer to a question of this quiz is passed over.
        """
        for attempt in attempts:
            question = self._by_id.get(attempt.question)
            if question is None:
                continue
            with suppress(ValueError):
                mark = question.mark(question.from_file(attempt.response))
                self.attempts.append(
                    outcome_of(question, mark, self._misconceptions, attempt.confidence, attempt.day, attempt.quiz)
                )

    @property
    def first_attempts(self) -> dict[str, Outcome]:
        """The first outcome of each question that was answered, by its id."""
        first: dict[str, Outcome] = {}
        for outcome in self.attempts:
            first.setdefault(outcome.question.id, outcome)
        return first

    @property
    def right(self) -> tuple[Question, ...]:
        """The questions answered rightly at the first attempt."""
        return tuple(q for q in self.questions if (o := self.first_attempts.get(q.id)) and o.right)

    @property
    def wrong(self) -> tuple[Question, ...]:
        """The questions answered wrongly at the first attempt."""
        return tuple(q for q in self.questions if (o := self.first_attempts.get(q.id)) and not o.right)

    @property
    def unanswered(self) -> tuple[Question, ...]:
        """The questions that were not answered yet; they are not wrong."""
        return tuple(q for q in self.questions if q.id not in self.first_attempts)

    @property
    def score(self) -> str:
        """The first attempts in words."""
        others = (self.wrong, "not yet"), (self.unanswered, "not answered")
        return ", ".join([f"{len(self.right)} right", *(f"{len(found)} {word}" for found, word in others if found)])

    def misconceptions(self) -> tuple[Misconception, ...]:
        """The beliefs behind the wrong answers, the most frequent first; the same answer twice counts once."""
        behind = {(o.question.id, o.response): o.misconceptions for o in self.attempts}
        counted = Counter(misconception for found in behind.values() for misconception in found)
        return tuple(misconception for misconception, _ in counted.most_common())

    def rows(self) -> list[dict[str, object]]:
        """One row for each attempt, for a pandas.DataFrame."""
        return [
            {
                "question": outcome.question.id,
                "objective": outcome.question.objective,
                "response": outcome.response,
                "right": outcome.right,
                "misconceptions": ", ".join(misconception.id for misconception in outcome.misconceptions),
                "confidence": str(outcome.confidence or ""),
            }
            for outcome in self.attempts
        ]


def outcomes(attempts: Iterable[Attempt], bank: QuestionBank) -> tuple[Outcome, ...]:
    """Mark attempts again from what was answered alone; those at questions that this kit does not know are left out.

    A response that is no answer to its question, such as one to an older text of it, is left out, too.
    """
    found = []
    for attempt in attempts:
        question = bank.find(attempt.question)
        if question is None:
            continue
        with suppress(ValueError):
            mark = question.mark(attempt.response)
            known = bank.misconceptions
            found.append(outcome_of(question, mark, known, attempt.confidence, attempt.day, attempt.quiz))
    return tuple(found)


def said(outcome: Outcome) -> str:
    """The feedback with the letter before it where one letter was chosen: a learner sees what it is about."""
    one_letter = outcome.question.kind.is_one_letter
    return f"{outcome.response}: {outcome.feedback}" if one_letter else outcome.feedback


def outcome_of(
    question: Question,
    mark: Mark,
    misconceptions: Mapping[str, Misconception],
    confidence: Confidence | None,
    day: date | None,
    quiz: str,
) -> Outcome:
    """What came of an answer that is marked already."""
    behind = tuple(misconceptions[name] for name in mark.misconceptions if name in misconceptions)
    return Outcome(question, mark.response, mark.right, mark.feedback, behind, confidence, day, quiz)
