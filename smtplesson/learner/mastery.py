"""What a learner's answers tell: whether they know what they know, what they mastered, and what they still mix up.

Everything here counts one answer to a question a day, the day's first (`counted`): to answer once more with the
feedback still on the screen shows nothing. An answer without a day counts as earlier than all that have one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from math import sqrt

from smtplesson import markup
from smtplesson.learner.attempts import Confidence
from smtplesson.learner.quiz import Outcome
from smtplesson.questions.question import Kind, Misconception, Question

IN_A_ROW = 3  # right answers that make an objective ready to be confirmed
RULE = (
    "Mastered means: right three times in a row, at least once on a question that is new to you, and once more on a "
    "later day. A right guess does not count; a wrong answer begins the row anew."
)
ENOUGH = 5  # answers of one confidence before it is judged
_Z = 1.96  # 95 %
#: The share of right answers that a confidence stands for. A choice of the kit's, not a measurement.
_STANDS_FOR = {Confidence.GUESS: (0.0, 0.5), Confidence.THINK_SO: (0.5, 0.9), Confidence.SURE: (0.9, 1.0)}
_SAID = {
    Confidence.GUESS: ("guessed", "were right"),
    Confidence.THINK_SO: ("thought so", "were right"),
    Confidence.SURE: ("were sure", "right"),
}
Pair = tuple[str, str]


def counted(outcomes: Iterable[Outcome]) -> tuple[Outcome, ...]:
    """The answers that count, oldest day first: of each question the first of each day.

    Answers of one day keep the order in which they are given.
    """
    first: dict[tuple[str, date | None], Outcome] = {}
    for outcome in sorted(outcomes, key=_day):
        first.setdefault((outcome.question.id, outcome.day), outcome)
    return tuple(first.values())


def _day(outcome: Outcome) -> date:
    return outcome.day or date.min


# --- calibration --------------------------------------------------------------------------------------------


class Judgement(StrEnum):
    """How a learner's confidence fits what they get right."""

    TOO_FEW = "too few answers to say"
    FITS = "about as it should be"
    TOO_SURE = "you are surer than you should be"
    TOO_MODEST = "you know more than you think"


@dataclass(frozen=True, slots=True)
class Calibration:
    """How often answers of one confidence were right.

    It is judged from five answers on, and only where the 95 % score interval (Wilson 1927, JASA 22:209-212; the one
    to take for small samples: Brown, Cai & DasGupta 2001, doi 10.1214/ss/1009213286) lies wholly outside of what
    the confidence stands for: a guess up to half, "think so" half to nine tenths, "sure" nine tenths or more.

    >>> print(Calibration(Confidence.SURE, 9, 6))
    You were sure 9 times and right 6 times: you are surer than you should be.
    """

    confidence: Confidence
    answered: int
    right: int

    @property
    def share(self) -> float | None:
        """The part of the answers that was right, from 0 to 1; None where there is no answer."""
        return self.right / self.answered if self.answered else None

    @property
    def stands_for(self) -> tuple[float, float]:
        """The least and the most share of right answers that this confidence stands for."""
        return _STANDS_FOR[self.confidence]

    @property
    def judgement(self) -> Judgement:
        """Whether the confidence fits."""
        if self.answered < ENOUGH:
            return Judgement.TOO_FEW
        low, high = score_interval(self.right, self.answered)
        least, most = self.stands_for
        if high < least:
            return Judgement.TOO_SURE
        return Judgement.TOO_MODEST if low > most else Judgement.FITS

    def __str__(self) -> str:
        if not self.answered:
            return f'You have not said "{self.confidence}" yet.'
        did, were = _SAID[self.confidence]
        more = f" (it takes {ENOUGH})" if self.judgement is Judgement.TOO_FEW else ""
        return f"You {did} {_times(self.answered)} and {were} {_times(self.right)}: {self.judgement}{more}."


def calibration(outcomes: Iterable[Outcome]) -> tuple[Calibration, ...]:
    """How well a learner knows what they know: one Calibration each for guess, think so and sure."""
    told = [outcome for outcome in counted(outcomes) if outcome.confidence is not None]
    answered = Counter(outcome.confidence for outcome in told)
    right = Counter(outcome.confidence for outcome in told if outcome.right)
    return tuple(Calibration(each, answered[each], right[each]) for each in Confidence)


def score_interval(right: int, answered: int) -> tuple[float, float]:
    """The 95 % score interval of a share (Wilson 1927), from one answer on.

    >>> tuple(round(end, 4) for end in score_interval(15, 148))  # Newcombe 1998, table I
    (0.0624, 0.1605)
    """
    share, square = right / answered, _Z**2
    middle = right + square / 2
    half = _Z * sqrt(answered * share * (1 - share) + square / 4)
    return (middle - half) / (answered + square), (middle + half) / (answered + square)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


# --- mastery ------------------------------------------------------------------------------------------------


class Stage(StrEnum):
    """How far a learner is with an objective."""

    NOT_BEGUN = "not begun"
    LEARNING = "learning"
    TO_CONFIRM = "right three times, to be confirmed on a later day"
    MASTERED = "mastered"


@dataclass(frozen=True, slots=True)
class Mastery:
    """How far a learner is with one objective.

    `row` counts the right answers in a row since the last wrong one, guesses left out; `new` says whether one of
    them was to a question that they had not seen before; `complete` is the day from which it waits for confirmation.
    """

    objective: str
    stage: Stage = Stage.NOT_BEGUN
    answered: int = 0
    right: int = 0
    row: int = 0
    new: bool = False
    complete: date | None = None

    @property
    def words(self) -> str:
        """The objective's name in words."""
        return self.objective.replace("-", " ").replace("vrfy", "VRFY")

    @property
    def progress(self) -> str:
        """How far it is, in a few words, for one who knows the rule."""
        match self.stage:
            case Stage.LEARNING:
                new = "" if self.new or self.row < IN_A_ROW else ", none new to you"
                return f"{min(self.row, IN_A_ROW)} of {IN_A_ROW}{new}"
            case Stage.TO_CONFIRM:
                return f"after {self.complete}" if self.complete else "on a later day"
            case stage:
                return str(stage)

    @property
    def missing(self) -> str:
        """What is missing until it is mastered."""
        match self.stage:
            case Stage.MASTERED:
                return "Nothing is missing. A wrong answer would take it back to learning."
            case Stage.TO_CONFIRM:
                after = f"a day after {self.complete}" if self.complete else "a later day"
                return f"Be right once more, on {after}."
            case _:
                return f"{self._row_missing}, then again on a later day."

    @property
    def _row_missing(self) -> str:
        left = max(IN_A_ROW - self.row, 0 if self.new else 1)
        if left == 1:
            return "Be right once more" + ("" if self.new else ", on a question that is new to you")
        more = "more " if self.row else ""
        new = "" if self.new else ", at least once on a question that is new to you"
        return f"Be right {left} {more}times in a row{new}"

    def __str__(self) -> str:
        return f"{self.words}: {self.stage}. {self.right} of {self.answered} right. {self.missing}"


def mastery(outcomes: Iterable[Outcome], objectives: Iterable[str] = ()) -> tuple[Mastery, ...]:
    """How far a learner is with each objective: `objectives` in their order, then others that they answered.

    Three right in a row, one of them a first answer to its question, make an objective ready; one more on a later
    day makes it mastered (after Kulik et al. 1990, doi 10.3102/00346543060002265: a criterion, not a score). A wrong
    answer takes it back to learning, whenever it comes. A right guess neither counts nor breaks the row.
    """
    sorted_out: dict[str, list[Outcome]] = {objective: [] for objective in objectives}
    for outcome in counted(outcomes):
        sorted_out.setdefault(outcome.question.objective, []).append(outcome)
    return tuple(_follow(objective, answers) for objective, answers in sorted_out.items())


def _follow(objective: str, answers: Sequence[Outcome]) -> Mastery:
    row, new, confirmed = 0, False, False
    ready: Outcome | None = None  # the answer that completed the row
    seen: set[str] = set()
    for answer in answers:
        first = answer.question.id not in seen
        seen.add(answer.question.id)
        if not answer.right:
            row, new, confirmed, ready = 0, False, False, None
        elif answer.confidence is not Confidence.GUESS:
            row, new = row + 1, new or first
            confirmed = confirmed or (ready is not None and _day(answer) > _day(ready))
            if ready is None and row >= IN_A_ROW and new:
                ready = answer
    stage = Stage.LEARNING if answers else Stage.NOT_BEGUN
    if ready is not None:
        stage = Stage.MASTERED if confirmed else Stage.TO_CONFIRM
    right = sum(answer.right for answer in answers)
    return Mastery(objective, stage, len(answers), right, row, new, ready.day if ready else None)


# --- what is mixed up ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Confusion:
    """Two codes that a learner mixes up: what it was, and what they took it for, or expected in its place.

    `count` is how often it showed and was not made up for since; `last` the day on which it showed last.
    """

    code: str
    taken_for: str
    count: int
    last: date | None = None

    def __str__(self) -> str:
        return f"Where it is {self.code}, you think of {self.taken_for} ({_times(self.count)}{_last(self.last)})."


@dataclass(frozen=True, slots=True)
class Held:
    """A misconception that answers showed: how often in all, how often still to be made up for, and when last."""

    misconception: Misconception
    count: int
    left: int
    last: date | None = None

    @property
    def cured(self) -> bool:
        """Whether a right answer has made up for each time that it showed."""
        return self.left == 0

    def __str__(self) -> str:
        behind, state = self.misconception, "cured" if self.cured else "not cured yet"
        return (
            f"Belief: {behind.belief} ({_times(self.count)}{_last(self.last)}; {state})\n"
            f"In truth: {behind.correction} ({behind.source})"
        )


@dataclass
class _Tally:
    """One mistake over time: each time that it shows adds one, each chance not taken removes one."""

    count: int = 0
    left: int = 0
    last: date | None = None

    def shown(self, day: date | None) -> None:
        self.count, self.left, self.last = self.count + 1, self.left + 1, day

    def avoided(self) -> None:
        self.left = max(self.left - 1, 0)


def confusions(outcomes: Iterable[Outcome]) -> tuple[Confusion, ...]:
    """The codes that a learner takes for others and has not made up for since, the weakest first.

    A wrong answer shows a pair where its misconception names one, or else where what was right and what was answered
    begin with different codes. A later right answer to a question that offered the same mistake, not a guess, takes
    one off; the count never falls below none. The other way round is another pair: who always says 251 knows no 551.
    """
    answers = counted(outcomes)
    named = pairs_of(m for answer in answers for m in answer.misconceptions)
    tallies: dict[Pair, _Tally] = {}
    for answer in answers:
        if not answer.right:
            for pair in _shown(answer):
                tallies.setdefault(pair, _Tally()).shown(answer.day)
        elif answer.confidence is not Confidence.GUESS:
            for pair, tally in tallies.items():
                if offers(answer.question, pair, named):
                    tally.avoided()
    found = [Confusion(*pair, tally.left, tally.last) for pair, tally in tallies.items() if tally.left]
    return tuple(sorted(found, key=lambda c: (-c.count, -_ordinal(c.last), c.code, c.taken_for)))


def misconceptions(outcomes: Iterable[Outcome]) -> tuple[Held, ...]:
    """The misconceptions that a learner's answers showed: first those not cured, the most frequent first.

    A later right answer to a question that offered the same misconception, not a guess, makes up for one time.
    """
    tallies: dict[str, _Tally] = {}
    known: dict[str, Misconception] = {}
    for answer in counted(outcomes):
        if not answer.right:
            for behind in answer.misconceptions:
                known[behind.id] = behind
                tallies.setdefault(behind.id, _Tally()).shown(answer.day)
        elif answer.confidence is not Confidence.GUESS:
            for id in tallies.keys() & answer.question.beliefs:
                tallies[id].avoided()
    found = [Held(known[id], tally.count, tally.left, tally.last) for id, tally in tallies.items()]
    return tuple(sorted(found, key=lambda h: (-h.left, -_ordinal(h.last), -h.count, h.misconception.id)))


def _last(day: date | None) -> str:
    return f", last on {day}" if day else ""


def _ordinal(day: date | None) -> int:
    return day.toordinal() if day else 0


def _pair(misconception: Misconception) -> Pair | None:
    return (misconception.pair[0], misconception.pair[1]) if len(misconception.pair) == 2 else None


def _shown(answer: Outcome) -> set[Pair]:
    """The pairs that a wrong answer shows."""
    named = {pair for behind in answer.misconceptions if (pair := _pair(behind)) is not None}
    if named:
        return named
    question = answer.question
    right = [code for choice in question.choices if choice.right and (code := _code(question.kind, choice.text))]
    letters = {letter: choice.text for letter, choice in question.lettered()}
    chosen = answer.response if question.kind.is_typed else letters.get(answer.response, "")
    code = _code(question.kind, chosen)
    return {(right[0], code)} if right and code and code not in right and _alike(right[0], code) else set()


def pairs_of(misconceptions: Iterable[Misconception]) -> dict[str, Pair]:
    """The two codes that a misconception takes for each other, by its id, where it names any."""
    return {behind.id: pair for behind in misconceptions if (pair := _pair(behind)) is not None}


def offers(question: Question, pair: Pair, named: Mapping[str, Pair]) -> bool:
    """Whether a wrong answer to `question` could show `pair`, so that a right one makes up for it.

    `named` says which pair a misconception stands for (`pairs_of`).
    """
    if any(named.get(belief) == pair for belief in question.beliefs):
        return True
    right = {_code(question.kind, choice.text) for choice in question.choices if choice.right}
    wrong = {_code(question.kind, choice.text) for choice in question.choices if not choice.right}
    return pair[0] in right and (question.kind.is_typed or pair[1] in wrong)


@lru_cache(4096)  # a class's report asks for the same choices a million times
def _code(kind: Kind, text: str) -> str:
    return kind.code(text)


def _alike(one: str, other: str) -> bool:
    return ("." in one) is ("." in other)


#: What the log calls the two.
PRETEST, POSTTEST = "00-pretest", "09-posttest"


@dataclass(frozen=True, slots=True)
class Gain:
    """The first answers to each question of the pretest, and the first ones to the test at the end.

    `before` and `after` say for the id of each question whether it was answered rightly.
    """

    before: Mapping[str, bool]
    after: Mapping[str, bool]

    @classmethod
    def of(cls, outcomes: Iterable[Outcome]) -> Gain:
        """Look for both tests among the outcomes, oldest first: the first attempt at each question counts."""
        answers = tuple(outcomes)
        return cls(_first(answers, PRETEST), _first(answers, POSTTEST))

    @property
    def both(self) -> tuple[str, ...]:
        """The questions that were answered before and after."""
        return tuple(id for id in self.before if id in self.after)

    def __str__(self) -> str:
        if not self.before:
            return ""
        if not self.both:
            right = sum(self.before.values())
            return f"In lesson 00 you had {right} of {len(self.before)} right. Lesson 09 asks the same again."
        before, after = (sum(test[id] for id in self.both) for test in (self.before, self.after))
        lost = sum(self.before[id] and not self.after[id] for id in self.both)
        count = markup.counted(len(self.both), "question")
        said = f"Of {count} you had {before} right before the lessons and {after} after them."
        return said + (f" {lost} that you had right at first went wrong: look at your review." if lost else "")


def _first(answers: Iterable[Outcome], test: str) -> dict[str, bool]:
    first: dict[str, bool] = {}
    for outcome in answers:
        if outcome.quiz == test:
            first.setdefault(outcome.question.id, outcome.right)
    return first
