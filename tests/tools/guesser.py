"""Somebody who knows no SMTP and has learned what right answers look like: `python -m tests.tools.guesser`.

They see the choices and the prompt, and from other questions of the same kind or family, whose keys they were told,
they learn what goes with a right answer: length, reasons, strong and weak words, words of the prompt, the odd one out,
codes and sentences that are right or never right, the place where the order is fixed, how many are right of several.
The dialogue they do not understand. What they score is compared with what chance scores.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from smtplesson.questions.bank import QuestionBank
from smtplesson.questions.families import FAMILIES, generate
from smtplesson.questions.question import Question

FOLDS = 5
_REASON = re.compile(r"\b(because|since|so|for|as|therefore|else)\b|[:;]", re.I)
_STRONG = re.compile(r"\b(only|always|never|every|each|any|must|cannot|all|nothing|certain|whole)\b", re.I)
_WEAK = re.compile(r"\b(may|might|can|could|perhaps|some|possible|either|open|usually|probably)\b", re.I)
_NOT = re.compile(r"\b(not|no|nobody|nothing|none|never)\b|n't\b", re.I)
_CODE = re.compile(r"\b[2-5]\d\d\b|\b[245]\.\d+\.\d+\b")
_Row = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Score:
    """How a guesser did on questions of one kind or family."""

    count: int
    right: float
    chance: float

    @property
    def error(self) -> float:
        """The standard error of the share that is right, were it chance alone."""
        return math.sqrt(self.chance * (1 - self.chance) / self.count)


def words(text: str) -> set[str]:
    """The words of a text, in small letters."""
    return set(re.findall(r"[a-z']{3,}", text.casefold()))


def skeleton(question: Question, text: str) -> str:
    """A sentence without addresses, quoted replies, and the names that stand in an address."""
    addresses = re.findall(r"[^\s<>:]+@[^\s<>]+", f"{question.prompt} {question.dialogue}")
    names = {name.casefold() for address in addresses for name in (address, address.partition("@")[0])}
    bare = re.sub(r'"[^"]*"|<[^<>]*>|\S+@\S+', "_", text)
    return " ".join("_" if word.strip(".,;:?") in names else word for word in bare.casefold().split())


def code_of(text: str) -> str:
    """The first code in a choice."""
    found = _CODE.search(text)
    return found[0] if found else ""


class Habits:
    """How often a code, or a sentence, was right in questions whose key is known."""

    def __init__(self, questions: Iterable[Question]) -> None:
        self.shown: Counter[str] = Counter()
        self.right: Counter[str] = Counter()
        for question in questions:
            for choice in question.choices:
                for mark in self._marks(question, choice.text):
                    self.shown[mark] += 1
                    self.right[mark] += choice.right

    @staticmethod
    @cache
    def _marks(question: Question, text: str) -> tuple[str, str]:
        return code_of(text), f"sentence {skeleton(question, text)}"

    def of(self, question: Question, text: str) -> list[float]:
        """The log odds of a choice by its code, and by its sentence."""
        share = (1 + sum(c.right for c in question.choices)) / (2 + len(question.choices))
        return [
            math.log((self.right[mark] + 4 * share) / (self.shown[mark] - self.right[mark] + 4 * (1 - share)))
            for mark in self._marks(question, text)
        ]


@cache
def seen(question: Question) -> _Row:
    """A row for each choice with what is seen without having learned anything."""
    texts = [choice.text for choice in question.choices]
    lengths = np.array([len(text) for text in texts], float)
    prompt, each = words(question.prompt), [words(text) for text in texts]
    digits = Counter(code_of(text)[:1] for text in texts)
    rows = []
    for n, text in enumerate(texts):
        others = [len(each[n] & other) / (1 + len(each[n] | other)) for m, other in enumerate(each) if m != n]
        place = [float(n == 0), float(n == len(texts) - 1), n / len(texts)] if question.kind.keeps_order else [0.0] * 3
        rows.append(
            [
                lengths[n] / (1 + lengths.mean()),
                float(lengths[n] == lengths.max()),
                float(lengths[n] == lengths.min()),
                *(len(mark.findall(text)) for mark in (_REASON, _STRONG, _WEAK, _NOT)),
                len(each[n] & prompt) / (1 + len(each[n])),
                sum(others) / len(others),
                float(code_of(text) in question.prompt and bool(code_of(text))),
                digits[code_of(text)[:1]] / len(texts),
                *place,
            ]
        )
    found: _Row = np.array(rows, float)
    return found


def features(question: Question, habits: Habits) -> _Row:
    """A row for each choice; what all choices share is taken out."""
    odds = [[0.0, 0.0] if question.kind.is_code else habits.of(question, c.text) for c in question.choices]
    found: _Row = np.hstack([seen(question), np.array(odds)])
    centred: _Row = found - found.mean(axis=0)
    return centred


def learned(questions: Sequence[Question], habits: Habits) -> _Row:
    """Weights of the features by which the right choices of these questions stand out most: conditional logit."""
    rows = [features(question, habits) for question in questions]
    scale = np.concatenate(rows).std(axis=0) + 1e-9
    most = max(map(len, rows))
    x, key, there = np.zeros((len(rows), most, len(scale))), np.zeros((len(rows), most)), np.zeros((len(rows), most))
    for n, (row, question) in enumerate(zip(rows, questions, strict=True)):
        x[n, : len(row)], there[n, : len(row)] = row / scale, 1
        key[n, : len(row)] = [choice.right for choice in question.choices]
    key /= key.sum(axis=1, keepdims=True)
    weights = np.zeros(len(scale))
    for _ in range(500):
        likely = np.exp(x @ weights) * there
        slope = np.einsum("qcf,qc->f", x, key - likely / likely.sum(axis=1, keepdims=True)) / len(rows)
        weights += 0.1 * (slope - 0.01 * weights)
    found: _Row = weights / scale
    return found


def guess(question: Question, weights: _Row, habits: Habits, usual: Callable[[int], int]) -> set[int]:
    """The choices that look right."""
    worth = features(question, habits) @ weights
    count = usual(len(question.choices)) if question.kind.judges_each else 1
    return set(np.argsort(-worth, kind="stable")[:count].tolist())


def chance(question: Question) -> float:
    """What somebody scores who draws lots."""
    count = len(question.choices)
    if question.kind.control == "order":
        return 1 / math.factorial(count)
    if question.kind.control == "pairs":
        return float(len(question.numbered()) ** -count)
    return 1 / (2**count - 2) if question.kind.judges_each else 1 / count


def in_order_of_prompt(question: Question) -> float:
    """What somebody scores who puts lines in the order in which the prompt names their words, and else draws lots."""
    prompt = question.prompt.casefold()
    places = []
    for choice in question.choices:
        found = [prompt.find(word) for word in re.findall(r"[\w.@']{4,}", choice.text.casefold()) if word in prompt]
        places.append(max(found) if found else None)
    named = [place for place in places if place is not None]
    if named != sorted(named):
        return 0.0
    return math.factorial(len(named)) / math.factorial(len(places))


def by_shared_words(question: Question) -> float:
    """What somebody scores who gives each choice the partner with which it shares most words, else by lots."""
    found = 1.0
    for choice in question.choices:
        shared = {text: len(words(choice.text) & words(text)) for _, text in question.numbered()}
        best = [text for text, count in shared.items() if count == max(shared.values())]
        found *= (choice.partner in best) / len(best)
    return found


def commonest(train: Sequence[Question], question: Question) -> float:
    """What somebody scores who types the answer that was right most often."""
    answers = Counter(choice.text for other in train for choice in other.choices if choice.right)
    best = answers.most_common(1)[0][0]
    return float(any(choice.right and choice.text == best for choice in question.choices))


def score(questions: Sequence[Question]) -> Score:
    """What the guesser scores on each tenth of these questions after learning from the others."""
    shown = [question.shuffled(n) for n, question in enumerate(questions)]
    right = 0.0
    for fold in range(FOLDS):
        train = [q for n, q in enumerate(shown) if n % FOLDS != fold]
        test = [q for n, q in enumerate(shown) if n % FOLDS == fold]
        if shown[0].kind.control == "order":
            right += sum(map(in_order_of_prompt, test))
        elif shown[0].kind.control == "pairs":
            right += sum(map(by_shared_words, test))
        elif shown[0].kind.is_typed:
            right += sum(commonest(train, question) for question in test)
        else:
            right += _scored(train, test)
    expected = sum(map(chance, shown)) / len(shown)
    if shown[0].kind.is_typed:  # as many answers as there are, each as good as another
        expected = 1 / len({choice.text for question in shown for choice in question.choices if choice.right})
    return Score(len(shown), right / len(shown), expected)


def _scored(train: Sequence[Question], test: Sequence[Question]) -> int:
    habits = Habits(train[::2])
    weights = learned(train[1::2], habits)  # of other questions than those from which the habits are
    habits = Habits(train)
    counts: dict[int, Counter[int]] = {}
    for question in train:
        counts.setdefault(len(question.choices), Counter())[sum(c.right for c in question.choices)] += 1
    most = Counter(sum(c.right for c in question.choices) for question in train).most_common(1)[0][0]

    def usual(count: int) -> int:
        """How many of so many choices give the best score: the share of such questions by the number of such sets."""
        seen = counts.get(count, Counter({min(most, count - 1): 1}))
        return max(seen, key=lambda k: seen[k] / math.comb(count, k))

    return sum(
        guess(q, weights, habits, usual) == {n for n, choice in enumerate(q.choices) if choice.right} for q in test
    )


def by_kind() -> dict[str, list[Question]]:
    """The bank's questions, by their kind."""
    found: dict[str, list[Question]] = {}
    for question in QuestionBank.load().values():
        found.setdefault(question.kind.name, []).append(question)
    return found


def by_family(count: int) -> dict[str, list[Question]]:
    """So many questions of each family."""
    return {family: [generate(family, seed) for seed in range(count)] for family in FAMILIES}


def main() -> None:
    """Print the table, by kind and by family."""
    print(f"{'':20} {'questions':>9} {'guesser':>8} {'chance':>8} {'above':>8} {'error':>8}")
    for name, asked in {**by_kind(), **by_family(1000)}.items():
        found = score(asked)
        above = found.right - found.chance
        print(f"{name:20} {found.count:9} {found.right:8.3f} {found.chance:8.3f} {above:8.3f} {found.error:8.3f}")


if __name__ == "__main__":
    main()
