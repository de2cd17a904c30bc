"""What a class believes and confuses, what it gained, and who needs help with what."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from smtplesson.learner.mastery import Gain, confusions, score_interval
from smtplesson.learner.quiz import Outcome
from smtplesson.questions.question import Misconception

Answers = Mapping[str, Sequence[Outcome]]
_FEW = 2  # answers to an objective before it is judged
_WEAK = 0.6  # the share of right answers below which an objective needs help
_TOLD = 3  # objectives, and beliefs, that are told of one learner


@dataclass(frozen=True, slots=True)
class Belief:
    """A misconception in a class: how often answers could show it and did, and which learners showed it.

    `met` learners had a chance to show it, `learners` did once or more, `firm` twice or more and in half or more of the
    chances.
    """

    misconception: Misconception
    shown: int
    chances: int
    met: int
    learners: tuple[str, ...]
    firm: tuple[str, ...]

    @property
    def share(self) -> float:
        """The part of the chances in which it showed."""
        return self.shown / self.chances

    @property
    def weight(self) -> float:
        """How much it stands out: the lower ends of two shares' 95 % intervals (Wilson 1927), added.

        They are the share of the chances in which it showed, and that of the learners who hold it firmly: a wrong
        choice that some take by chance has the first without the second.
        """
        return score_interval(self.shown, self.chances)[0] + score_interval(len(self.firm), self.met)[0]


@dataclass(frozen=True, slots=True)
class ConfusedPair:
    """Two codes that learners confuse: what it was, what they took it for, who does, and how often in all."""

    code: str
    taken_for: str
    count: int
    learners: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClassGain:
    """From the pretest to the test at the end, over the questions that a learner answered in both.

    `before` and `after` are the means of the learners' shares of right answers.
    """

    learners: int
    before: float
    after: float

    @property
    def normalised(self) -> float | None:
        """What was gained of what could be (Hake 1998, doi 10.1119/1.18809): (after - before) / (1 - before)."""
        return (self.after - self.before) / (1 - self.before) if self.before < 1 else None


@dataclass(frozen=True, slots=True)
class Need:
    """What one learner needs help with: objectives that they get wrong, and beliefs that showed most."""

    learner: str
    objectives: tuple[tuple[str, int, int], ...]
    beliefs: tuple[Misconception, ...]


def beliefs(answers: Answers) -> tuple[Belief, ...]:
    """The class's misconceptions, those that stand out most first."""
    shown: dict[str, Counter[str]] = defaultdict(Counter)
    chances: dict[str, Counter[str]] = defaultdict(Counter)
    known: dict[str, Misconception] = {}
    offered: dict[str, tuple[str, ...]] = {}
    for learner, outcomes in answers.items():
        for outcome in outcomes:
            question = outcome.question
            if question.id not in offered:
                offered[question.id] = question.beliefs
            for id in offered[question.id]:
                chances[id][learner] += 1
            for behind in outcome.misconceptions:
                known[behind.id] = behind
                shown[behind.id][learner] += 1
    found = [_belief(known[id], by, chances[id]) for id, by in shown.items()]
    return tuple(sorted(found, key=lambda each: (-each.weight, each.misconception.id)))


def _belief(misconception: Misconception, shown: Counter[str], chances: Counter[str]) -> Belief:
    learners = tuple(shown)
    firm = tuple(who for who in learners if shown[who] >= 2 and 2 * shown[who] >= chances[who])
    return Belief(misconception, shown.total(), chances.total(), len(chances), learners, firm)


def pairs(answers: Answers) -> tuple[ConfusedPair, ...]:
    """The codes that learners take for others and have not made up for: first the pair that most learners confuse."""
    learners: dict[tuple[str, str], list[str]] = defaultdict(list)
    counts: Counter[tuple[str, str]] = Counter()
    for learner, outcomes in answers.items():
        for confusion in confusions(outcomes):
            pair = confusion.code, confusion.taken_for
            learners[pair].append(learner)
            counts[pair] += confusion.count
    found = [ConfusedPair(*pair, counts[pair], tuple(who)) for pair, who in learners.items()]
    return tuple(sorted(found, key=lambda each: (-len(each.learners), -each.count, each.code, each.taken_for)))


def gain(answers: Answers) -> ClassGain | None:
    """What the class gained between the two tests; None where nobody took both. `answers` are all there are."""
    before, after = [], []
    for outcomes in answers.values():
        gained = Gain.of(outcomes)
        if both := gained.both:
            before.append(sum(gained.before[id] for id in both) / len(both))
            after.append(sum(gained.after[id] for id in both) / len(both))
    return ClassGain(len(before), sum(before) / len(before), sum(after) / len(after)) if before else None


def needs(answers: Answers) -> tuple[Need, ...]:
    """Who needs help with what, in the order of the learners; who needs none is left out.

    An objective is told where fewer than six in ten of two or more answers are right, the weakest first; a belief
    where it showed twice or more.
    """
    found = [_need(learner, outcomes) for learner, outcomes in answers.items()]
    return tuple(need for need in found if need.objectives or need.beliefs)


def _need(learner: str, outcomes: Sequence[Outcome]) -> Need:
    answered = Counter(outcome.question.objective for outcome in outcomes)
    right = Counter(outcome.question.objective for outcome in outcomes if outcome.right)
    weak = [(o, right[o], n) for o, n in answered.items() if n >= _FEW and right[o] / n < _WEAK]
    weak.sort(key=lambda each: (each[1] / each[2], -each[2], each[0]))
    known = {behind.id: behind for outcome in outcomes for behind in outcome.misconceptions}
    shown = Counter(behind.id for outcome in outcomes for behind in outcome.misconceptions)
    often = sorted((id for id, count in shown.items() if count >= 2), key=lambda id: (-shown[id], id))
    return Need(learner, tuple(weak[:_TOLD]), tuple(known[id] for id in often[:_TOLD]))
