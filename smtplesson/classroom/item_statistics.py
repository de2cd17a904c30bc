"""How good each question is for a class: how hard, whether it tells the strong from the weak, which wrong choice wins.

A generated question counts for its family: each learner's share of right answers to the family's versions.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import atanh, sqrt, tanh

from smtplesson import markup
from smtplesson.learner.quiz import Outcome
from smtplesson.questions.question import Question

ENOUGH = 10  # learners, or wrong answers, before something is said of a question
GROUP = 0.27  # of the class in each of the two groups (Kelley 1939, J. Educ. Psychol. 30:17-24)
HARD = 0.2  # the share of right answers up to which nearly everybody is wrong
_Z = 1.96  # 95 %


@dataclass(frozen=True, slots=True)
class Item:
    """One question, or one family of generated ones, in numbers.

    `share` is the part of its answers that is right (the difficulty index). `correlation` is that of a learner's
    score here with their share right in all other questions (corrected item-total, Henrysson 1963), for the `compared`
    learners who answered others; `upper_lower` is how much more of the best 27 % of the class got it right than of the
    last 27 %. None: it cannot be said. `wrong` counts the wrong answers, most frequent first; `untaken` are the wrong
    choices that nobody took.
    """

    id: str
    question: Question
    learners: int
    answers: int
    right: int
    correlation: float | None
    compared: int
    upper_lower: float | None
    wrong: tuple[tuple[str, int], ...] = ()
    untaken: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """The part of the answers that is right."""
        return self.right / self.answers

    @property
    def discrimination(self) -> tuple[float | None, float | None]:
        """`correlation` and `upper_lower` where enough learners answered to be compared."""
        return (self.correlation, self.upper_lower) if self.learners >= ENOUGH else (None, None)

    @property
    def is_family(self) -> bool:
        """Whether it stands for generated questions."""
        return self.id.endswith("~")

    @property
    def rewrite(self) -> tuple[str, ...]:
        """Why the question should be looked at, in sentences; nothing where there is no reason, or too little data."""
        if self.learners < ENOUGH:
            return ()
        why = []
        told = self.correlation if self.compared >= ENOUGH else None
        if told is not None and interval(told, self.compared)[1] < 0:
            why.append(f"Those who are good at the rest get it wrong (correlation {told:.2f}): is the key right?")
        if self.share <= HARD:
            why.append(f"Nearly everybody is wrong ({self.share:.0%} right): too hard, not taught yet, or unclear.")
        if self.untaken and self.answers - self.right >= ENOUGH:
            wrong = self.answers - self.right
            why += [f"Nobody in {wrong} wrong answers chose {each}" for each in self.untaken]
        return tuple(why)


def interval(correlation: float, learners: int) -> tuple[float, float]:
    """The 95 % interval of a correlation (Fisher 1921, Metron 1:3-32), from four learners on.

    >>> tuple(round(end, 3) for end in interval(0.5, 28))
    (0.156, 0.736)
    """
    if abs(correlation) >= 1:
        return correlation, correlation
    half = _Z / sqrt(learners - 3)
    return tanh(atanh(correlation) - half), tanh(atanh(correlation) + half)


def item_id(question: Question) -> str:
    """The id under which a question is counted: a generated one's is its family's.

    >>> from smtplesson.questions.families import generate
    >>> item_id(generate("who-must-act", 7))
    'who-must-act~'
    """
    family, tilde, _ = question.id.partition("~")
    return family + tilde


def items(answers: Mapping[str, Sequence[Outcome]]) -> tuple[Item, ...]:
    """Each question that was answered, in the order in which they come up first; `answers` are those that count."""
    scores, found = _scores(answers)
    totals = {learner: sum(row.values()) for learner, row in scores.items()}
    upper, lower = _groups(scores, totals)
    learners = Counter(id for row in scores.values() for id in row)
    return tuple(
        _item(id, outcomes, learners[id], *_correlation(id, scores, totals), _difference(id, scores, upper, lower))
        for id, outcomes in found.items()
    )


def _scores(
    answers: Mapping[str, Sequence[Outcome]],
) -> tuple[dict[str, dict[str, float]], dict[str, list[Outcome]]]:
    """Each learner's score for each item, 0 to 1, and all outcomes of each item."""
    scores: dict[str, dict[str, float]] = {}
    found: dict[str, list[Outcome]] = {}
    ids: dict[str, str] = {}
    for learner, outcomes in answers.items():
        counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for outcome in outcomes:
            id = ids.setdefault(outcome.question.id, item_id(outcome.question))
            found.setdefault(id, []).append(outcome)
            counts[id][0] += outcome.right
            counts[id][1] += 1
        if counts:
            scores[learner] = {id: right / count for id, (right, count) in counts.items()}
    return scores, found


def _groups(scores: Mapping[str, dict[str, float]], totals: Mapping[str, float]) -> tuple[list[str], list[str]]:
    """The best and the last 27 % by mean score, rounded; learners that are equal stand by id."""
    ranked = sorted(scores, key=lambda learner: (-totals[learner] / len(scores[learner]), learner))
    size = int(GROUP * len(ranked) + 0.5)
    return ranked[:size], ranked[len(ranked) - size :]


def _difference(
    id: str, scores: Mapping[str, dict[str, float]], upper: Iterable[str], lower: Iterable[str]
) -> float | None:
    best = [scores[learner][id] for learner in upper if id in scores[learner]]
    last = [scores[learner][id] for learner in lower if id in scores[learner]]
    return sum(best) / len(best) - sum(last) / len(last) if best and last else None


def _correlation(
    id: str, scores: Mapping[str, dict[str, float]], totals: Mapping[str, float]
) -> tuple[float | None, int]:
    """Pearson's correlation of the score for an item with the mean score for the others, and of how many learners."""
    xs, ys = [], []
    for learner, row in scores.items():
        if id in row and len(row) > 1:
            xs.append(row[id])
            ys.append((totals[learner] - row[id]) / (len(row) - 1))
    if len(xs) < 4:
        return None, len(xs)
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    xx = sum((x - mean_x) ** 2 for x in xs)
    yy = sum((y - mean_y) ** 2 for y in ys)
    if xx < 1e-12 or yy < 1e-12:  # all alike
        return None, len(xs)
    xy = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True))
    return max(-1.0, min(1.0, xy / sqrt(xx * yy))), len(xs)


def _item(
    id: str,
    outcomes: Sequence[Outcome],
    learners: int,
    correlation: float | None,
    compared: int,
    difference: float | None,
) -> Item:
    wrong = Counter(text for outcome in outcomes if not outcome.right for text in chosen(outcome))
    ranked = tuple(sorted(wrong.items(), key=lambda pair: (-pair[1], pair[0])))
    question, right = outcomes[0].question, sum(outcome.right for outcome in outcomes)
    untaken = () if "~" in id else _untaken(question, wrong)
    return Item(id, question, learners, len(outcomes), right, correlation, compared, difference, ranked, untaken)


def chosen(outcome: Outcome) -> tuple[str, ...]:
    """What a wrong answer was, in words: the choice, what was typed, or the beliefs behind several decisions."""
    question = outcome.question
    is_generated = "~" in question.id
    if question.kind.is_typed and not is_generated:
        return (markup.visible(outcome.response[:80]),)
    if question.kind.is_one_letter and not is_generated:
        return (_choice(question, outcome.response),)
    return tuple(behind.belief for behind in outcome.misconceptions) or ("an answer that no belief explains",)


def _choice(question: Question, letter: str) -> str:
    return f"{letter}. {dict(question.lettered())[letter].text}"


def _untaken(question: Question, wrong: Mapping[str, int]) -> tuple[str, ...]:
    """The wrong choices that nobody took, where somebody wrote them: those with an order of their own are given."""
    if not question.kind.is_one_letter or question.kind.keeps_order:
        return ()
    texts = [_choice(question, letter) for letter, choice in question.lettered() if not choice.right]
    return tuple(text for text in texts if text not in wrong)
