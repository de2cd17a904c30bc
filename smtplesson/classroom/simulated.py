"""A class that does not exist, to try the report on: learners whose beliefs and skill are known, made from a seed.

The model: a learner has a skill, drawn from a normal distribution, and holds some misconceptions. To a question that
offers one they hold they answer with it, four times in five. Else they know the answer with the probability
1 / (1 + exp(-skill)) (Rasch 1960), and where they do not they take one of the wrong choices by chance.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import exp

from smtplesson.classroom.exercise_set import ExerciseSet, questions_for
from smtplesson.classroom.submissions import Collected
from smtplesson.learner.attempts import Attempt, Confidence
from smtplesson.learner.mastery import POSTTEST, PRETEST
from smtplesson.questions.bank import QuestionBank
from smtplesson.questions.question import Question, generator

HELD = 0.8  # how often a misconception decides where a question offers it
DAY = date(2026, 1, 5)
#: Whose questions the sample class answers.
LESSONS = ("01-classes", "03-251", "04-553", "05-251-or-553", "neighbours")


@dataclass(frozen=True, slots=True)
class Learner:
    """One simulated learner."""

    id: str
    skill: float
    beliefs: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Model:
    """What is true of a simulated class, and which questions are not as they should be.

    `beliefs` holds the share of learners that hold each belief. To a `flawed` question skill does harm; a `hard` one
    is known by one learner in twenty, whatever their skill; `avoided` names, for a question, a belief that nobody's
    wrong answer to it shows.
    """

    beliefs: Mapping[str, float] = field(default_factory=dict)
    flawed: Collection[str] = ()
    hard: Collection[str] = ()
    avoided: Mapping[str, str] = field(default_factory=dict)
    skill: float = 0.8
    spread: float = 1.0

    def learners(self, count: int, seed: int) -> tuple[Learner, ...]:
        """Make `count` learners, `learner-0001` and so on."""
        dice = generator(seed, "learners")
        return tuple(
            Learner(
                f"learner-{number:04}",
                dice.gauss(self.skill, self.spread),
                frozenset(belief for belief, share in self.beliefs.items() if dice.random() < share),
            )
            for number in range(1, count + 1)
        )

    def answer(self, learner: Learner, question: Question, dice: random.Random) -> str:
        """A learner's response, in the letters of `question` as it is given."""
        avoided = self.avoided.get(question.id)
        held = learner.beliefs - {avoided}
        if not held.isdisjoint(question.beliefs) and dice.random() < HELD:
            return question.kind.wrong(question, dice.random, lambda belief: belief in held)
        skill = -learner.skill if question.id in self.flawed else learner.skill
        knows = 0.05 if question.id in self.hard else 1 / (1 + exp(-skill))
        if dice.random() < knows:
            return question.key
        return question.kind.wrong(question, dice.random, lambda belief: belief != avoided)

    def attempts(
        self, learner: Learner, questions: Iterable[Question], seed: int, quiz: str = "", day: date = DAY
    ) -> tuple[Attempt, ...]:
        """A learner's answers to some questions, in the letters of their files.

        Each question has chances of its own, so that another one beside it changes nothing.
        """
        sure = tuple(Confidence)
        found = []
        for question in questions:
            dice = generator(seed, f"{learner.id}:{quiz}:{question.id}")
            response = question.to_file(self.answer(learner, question, dice))
            found.append(Attempt(question.id, response, day, sure[int(dice.random() * 3)], quiz))
        return tuple(found)


def collected(
    model: Model, count: int, seed: int, questions: Sequence[Question], *, exercise: ExerciseSet | None = None
) -> Collected:
    """What such a class hands in: answers to `questions`, the same for all, or each learner's to a set."""
    found = Collected()
    for learner in model.learners(count, seed):
        asked = questions if exercise is None else questions_for(exercise, learner.id)
        quiz = "" if exercise is None else exercise.quiz(learner.id)
        found.add(learner.id, model.attempts(learner, asked, seed, quiz), f"{learner.id}.json")
    return found


def sample(count: int = 60, seed: int = 4) -> Collected:
    """What a class hands in at the end of the course: the pretest, some lessons' questions, the test at the end.

    Four in ten take 251 for an error, three in ten take 553 for a matter of spelling alone. The key of one question
    is as good as wrong for who knows the rest, and another is too hard.
    """
    bank = QuestionBank.load()
    pretest = tuple(bank.where(lesson=PRETEST).values())
    lessons = tuple(q for q in bank.values() if q.lesson in LESSONS)
    later = dataclasses.replace(SAMPLE, skill=SAMPLE.skill + 1, beliefs={})
    found = Collected()
    for learner in SAMPLE.learners(count, seed):
        taught = dataclasses.replace(learner, skill=learner.skill + 1.5, beliefs=frozenset())
        beginner = dataclasses.replace(learner, skill=learner.skill - 1)
        attempts = (
            *SAMPLE.attempts(beginner, pretest, seed, PRETEST),
            *SAMPLE.attempts(learner, lessons, seed, "lessons", DAY + timedelta(days=7)),
            *later.attempts(taught, pretest, seed, POSTTEST, DAY + timedelta(days=28)),
        )
        found.add(learner.id, attempts, f"{learner.id}.jsonl")
    return found


#: The class of the teacher's notebook.
SAMPLE = Model(
    beliefs={"251-is-an-error": 0.4, "553-is-syntax": 0.3},
    flawed=("251-becomes-250",),
    hard=("quotes-and-dots",),
)
