"""One learner's attempts at some questions: what was chosen, what it tells, and what is left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from smtplesson.questions import Choice, Misconception, Question, QuestionBank


class Confidence(StrEnum):
    """How sure a learner is, told before the feedback."""

    GUESS = "guess"
    THINK_SO = "think so"
    SURE = "sure"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one answer: the choice, its feedback, and the misconception behind a wrong one."""

    question: Question
    letter: str
    choice: Choice
    misconception: Misconception | None
    confidence: Confidence | None = None

    @property
    def right(self) -> bool:
        """Whether the choice was the right one."""
        return self.choice.right

    @property
    def verdict(self) -> str:
        """The outcome in a word or two."""
        return "Correct" if self.right else "Not yet"

    @property
    def feedback(self) -> str:
        """Why this choice is right, or why it is not."""
        return self.choice.feedback

    @property
    def source(self) -> str:
        """Who says so."""
        return self.question.source

    def __str__(self) -> str:
        rows = [f"{self.verdict}. {self.feedback}"]
        if self.misconception is not None:
            rows.append(f"{self.misconception.correction} ({self.misconception.source})")
        return "\n".join([*rows, f"Source: {self.source}"])


class Quiz:
    """Questions in order, and every attempt at them.

    A question may be answered again; its first attempt counts. One that was not answered is not wrong.

    >>> bank = QuestionBank.load()
    >>> quiz = Quiz.of(bank, lesson="05-251-or-553")
    >>> question = quiz.questions[0]
    >>> quiz.answer(question.id, question.key).verdict
    'Correct'
    >>> quiz.score
    '1 right, 0 not yet, 7 not answered'
    """

    def __init__(
        self, questions: Iterable[Question], misconceptions: Mapping[str, Misconception] | None = None
    ) -> None:
        self.questions = tuple(questions)
        self._misconceptions = misconceptions or {}
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
        objective: str | None = None,
        tag: str | None = None,
        count: int | None = None,
        seed: int = 0,
    ) -> Quiz:
        """Take `count` questions of a lesson, objective or tag, or all, in an order that depends on the seed.

        Raises ValueError where there are none, or `count` is less than 1.
        """
        chosen = bank.where(lesson=lesson, objective=objective, tag=tag)
        if not chosen:
            raise ValueError(f"There is no question with lesson={lesson!r}, objective={objective!r}, tag={tag!r}.")
        return cls(chosen.sample(len(chosen) if count is None else count, seed), bank.misconceptions)

    def answer(self, question_id: str, letter: str, confidence: Confidence | str | None = None) -> Outcome:
        """Take an answer and say what came of it.

        Raises KeyError for a question that is not asked here, ValueError for a letter that is none of its own
        or a confidence that there is not.
        """
        if question_id not in self._by_id:
            raise KeyError(f"There is no question {question_id!r} here; there are {', '.join(self._by_id)}.")
        question = self._by_id[question_id]
        chosen = str(letter).strip().upper()
        choice = dict(question.lettered()).get(chosen)
        if choice is None:
            raise ValueError(f"{letter!r} is no choice of this question; choose {', '.join(question.letters)}.")
        if confidence is not None and confidence not in list(Confidence):
            raise ValueError(f"{confidence!r} is no confidence; choose {', '.join(Confidence)}, or leave it out.")
        told = Confidence(confidence) if confidence is not None else None
        misconception = self._misconceptions.get(choice.misconception)
        outcome = Outcome(question, chosen, choice, misconception, told)
        self.attempts.append(outcome)
        return outcome

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
        return f"{len(self.right)} right, {len(self.wrong)} not yet, {len(self.unanswered)} not answered"

    def misconceptions(self) -> tuple[Misconception, ...]:
        """The beliefs behind the wrong answers, the most frequent first; the same answer twice counts once."""
        behind = {(o.question.id, o.letter): o.misconception for o in self.attempts}
        counted = Counter(misconception for misconception in behind.values() if misconception is not None)
        return tuple(misconception for misconception, _ in counted.most_common())

    def rows(self) -> list[dict[str, object]]:
        """One row for each attempt, for a pandas.DataFrame."""
        return [
            {
                "question": outcome.question.id,
                "objective": outcome.question.objective,
                "chosen": outcome.letter,
                "right": outcome.right,
                "misconception": outcome.choice.misconception,
                "confidence": str(outcome.confidence or ""),
            }
            for outcome in self.attempts
        ]
