"""Peer instruction: a question for the projector, the votes, their spread, what to say next, and the second vote.

The class votes alone, sees the spread without the answer, talks in pairs, and votes again. The rule for what comes
next is that of Crouch and Mazur (2001): talking helps where 35 to 70 percent are right at first.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Any

from smtplesson import markup
from smtplesson.classroom import charts
from smtplesson.markup import tag
from smtplesson.questions import display as questions
from smtplesson.questions.bank import QuestionBank
from smtplesson.questions.exports import cards
from smtplesson.questions.kinds import KINDS
from smtplesson.questions.question import Misconception, Question

#: Who says when to explain, to let talk, and to go on; and what the normalised gain is.
RULE = "Crouch and Mazur (2001), https://doi.org/10.1119/1.1374249"
GAIN = "Hake (1998), https://doi.org/10.1119/1.18809"
#: Percent of right votes: below the first explain again, above the second go on, else let them talk.
FEW, MANY = 35, 70
_MOST = 100_000
_COUNT = re.compile(r"([^\W\d_])\s*[:=]?\s*([0-9]{1,9})(?![0-9])[\s,;]*")
_BAR = 20
_ALONE = "Advice for you alone, not for the projector"


class AfterVote(StrEnum):
    """What comes after a vote."""

    EXPLAIN = "Explain again, then ask anew."
    DISCUSS = "Let them talk in pairs, each to convince the other, and vote again."
    GO_ON = "Say why the answer is right, and go on."


@dataclass(frozen=True, slots=True)
class Card:
    """A question for the projector, answered with one letter.

    `misconceptions` are those of the bank: the correction of the one behind the most chosen wrong answer is what to
    say next. Raises ValueError for a question that is not answered with one letter.
    """

    question: Question
    misconceptions: Mapping[str, Misconception] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.question.kind.is_one_letter:
            fitting = ", ".join(name for name, kind in KINDS.items() if kind.is_one_letter)
            raise ValueError(
                f"{self.question.id} is of the kind {self.question.kind}; a card needs one letter for an answer, so "
                f"a question of the kinds {fitting}."
            )

    @classmethod
    def of(cls, id: str, *, seed: int = 0, bank: QuestionBank | None = None) -> Card:
        """Take a question of the kit by its id; the seed gives the order of its choices.

        In the kit's files the right choice mostly stands first. Raises ValueError where there is no such question.

        >>> Card.of("251-or-551", seed=2).question.key
        'D'
        """
        kit = QuestionBank.load() if bank is None else bank
        question = kit.find(id)
        if question is None:
            raise ValueError(f"There is no question {id!r}; QuestionBank.load() holds all of them by their ids.")
        return cls(question.shuffled(seed), kit.misconceptions)

    def count(self, votes: str) -> Spread:
        """Count votes: "A 12, B 5", or a letter for each, such as "AABBC\\nB". Raises ValueError for nonsense."""
        counts = read_votes(votes, self.question.letters)
        return Spread(self, tuple(counts[letter] for letter in self.question.letters))

    @property
    def page(self) -> str:
        """A whole page for the projector, without key and scripts, which needs no network."""
        return cards.page([self.question], f"Vote: {self.question.id}")

    def _blocks(self) -> Sequence[str]:
        return [text for text in (self.question.dialogue, self.question.address) if text.strip()]

    def __str__(self) -> str:
        choices = [f"  {letter}. {choice.text}" for letter, choice in self.question.lettered()]
        blocks = [text.strip("\n") for text in self._blocks()]
        return markup.visible_lines("\n".join([self.question.prompt, *blocks, *choices]))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """In a notebook: large, but without the page's style, which would be that of the whole notebook."""
        question = self.question
        rows = [f"- **{letter}** {markup.markdown(choice.text)}" for letter, choice in question.lettered()]
        blocks = [markup.fenced(text.strip("\n")) for text in self._blocks()]
        return {
            "text/plain": str(self),
            "text/markdown": "\n\n".join([markup.markdown(question.prompt), *blocks, "\n".join(rows)]),
            "text/html": markup.output(questions.card(question)),
        }


class Advice(str):
    """What the teacher alone should read: in a notebook, which may be on the projector, it is folded; else a text."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{_ALONE}: print it."

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        told = tag("details", tag("summary", _ALONE), tag("p", markup.prose(self)))
        return {"text/plain": repr(self), "text/html": markup.output(told)}


@dataclass(frozen=True, slots=True)
class Spread:
    """The votes for each letter; shown without the answer, which is in `advice`, for the teacher alone."""

    card: Card
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """How many voted."""
        return sum(self.counts)

    @property
    def right(self) -> int:
        """How many voted for the right answer."""
        letters = self.card.question.letters
        return self.counts[letters.index(self.card.question.key)]

    @property
    def share(self) -> float:
        """The right votes, of all: 0 to 1."""
        return self.right / self.total

    @property
    def step(self) -> AfterVote:
        """What to do next, after the rule."""
        if 100 * self.right < FEW * self.total:
            return AfterVote.EXPLAIN
        return AfterVote.DISCUSS if 100 * self.right <= MANY * self.total else AfterVote.GO_ON

    @property
    def tempting(self) -> str:
        """The letters of the most chosen wrong answers, several where they are equal; none where all were right."""
        wrong = {letter: n for letter, n in self._votes() if letter != self.card.question.key}
        most = max(wrong.values())
        return "".join(letter for letter, n in wrong.items() if n == most) if most else ""

    @property
    def advice(self) -> Advice:
        """For the teacher: how many are right, what to do, and what cures the most chosen wrong answer."""
        question, choices = self.card.question, dict(self.card.question.lettered())
        rows = [f"{self.right} of {self.total} chose {question.key}, the right answer ({_percent(self.share)})."]
        rows.append(f"{self.step} ({RULE})")
        for letter in self.tempting:
            rows.append(f"Most chosen of the wrong ones: {letter} ({choices[letter].text}). {choices[letter].feedback}")
            behind = self.card.misconceptions.get(choices[letter].misconception)
            if behind is not None:
                rows.append(f"Belief behind it: {behind.belief}\nSay: {behind.correction} ({behind.source})")
        return Advice(markup.visible_lines("\n".join(rows)))

    @property
    def _caption(self) -> str:
        return markup.counted(self.total, "vote")

    def _votes(self) -> Sequence[tuple[str, int]]:
        return list(zip(self.card.question.letters, self.counts, strict=True))

    def _share(self, votes: int) -> str:
        return _percent(votes / self.total)

    def __str__(self) -> str:
        width = len(str(max(self.counts)))
        rows = [
            f"{letter}  {votes:{width}}  {self._share(votes):>5}  {'#' * round(_BAR * votes / self.total)}".rstrip()
            for letter, votes in self._votes()
        ]
        return "\n".join([*rows, self._caption])

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from smtplesson.classroom import display

        heads = ("Answer", "Votes", "Share")
        rows = [(letter, str(votes), self._share(votes)) for letter, votes in self._votes()]
        shares = [votes / self.total for _, votes in self._votes()]
        return {
            "text/plain": str(self),
            "text/markdown": markup.markdown_table(heads, rows),
            "text/html": markup.output(display.votes(self._caption, heads, rows, shares)),
        }


@dataclass(frozen=True, slots=True)
class TwoVotes:
    """A first and a second vote on the same question. Raises ValueError where the questions differ."""

    first: Spread
    second: Spread

    def __post_init__(self) -> None:
        if self.first.card.question != self.second.card.question:
            raise ValueError("The two votes are on different questions, or its choices stand in another order.")

    @property
    def gain(self) -> float | None:
        """The normalised gain: of those who were wrong at first, what share was won. See `normalised_gain`."""
        first, second = (Fraction(spread.right, spread.total) for spread in (self.first, self.second))
        return normalised_gain(first, second)

    def __str__(self) -> str:
        first, second = _percent(self.first.share), _percent(self.second.share)
        if self.gain is None:
            return f"Right: {first}, then {second}. All were right at first, so there was nothing to gain."
        return f"Right: {first}, then {second}. Normalised gain {self.gain:.2f} ({GAIN})."

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from smtplesson.classroom import display

        pairs = zip(self.first._votes(), self.second._votes(), strict=True)
        rows = [
            (letter, before, self.first._share(before), after, self.second._share(after))
            for (letter, before), (_, after) in pairs
        ]
        table = markup.markdown_table(("Answer", "First vote", "Share", "Second vote", "Share"), rows)
        drawn = charts.votes(self.first.card.question.letters, self.first.counts, self.second.counts, str(self))
        return {
            "text/plain": f"First vote\n{self.first}\n\nSecond vote\n{self.second}\n\n{self}",
            "text/markdown": f"{table}\n\n{markup.markdown(self)}",
            "text/html": markup.output(display.chart(drawn)),
        }


def normalised_gain(before: float | Fraction, after: float | Fraction) -> float | None:
    """The gain divided by the greatest that was possible, (after - before) / (1 - before), of shares from 0 to 1.

    None where all were right before. Negative where fewer are right than before. Source: Hake (1998),
    https://doi.org/10.1119/1.18809. Raises ValueError for a share that is none.

    >>> normalised_gain(0.5, 0.75)
    0.5
    """
    if not (0 <= before <= 1 and 0 <= after <= 1):
        raise ValueError(f"{before}, {after}: shares are from 0 to 1.")
    return None if before == 1 else float((after - before) / (1 - before))


def read_votes(votes: str, letters: str) -> Mapping[str, int]:
    """Read counts such as "A 12, B 5", or a letter for each vote, such as "AABBC"; small letters will do.

    Raises ValueError, with what is wrong, for anything else, and where nobody voted.
    """
    text = votes.strip()
    pairs = _pairs(text) if re.search(r"[0-9]", text) else [(letter, 1) for letter in re.sub(r"[\s,;]", "", text)]
    counts: Counter[str] = Counter()
    for letter, number in pairs:
        if letter.upper() not in letters:
            raise ValueError(f"There is no answer {letter!r}; there are {', '.join(letters)}.")
        counts[letter.upper()] += number
    if not counts.total():
        raise ValueError(f'There are no votes. Give counts, such as "{letters[0]} 12, {letters[1]} 5", or letters.')
    return counts


def _pairs(text: str) -> Sequence[tuple[str, int]]:
    """Each letter with its count; each letter once."""
    found: list[tuple[str, int]] = []
    at = 0
    while at < len(text):
        match = _COUNT.match(text, at)
        if match is None:
            raise ValueError(f'{text[at : at + 20]!r} is no count of votes; write a letter and a number: "A 12, B 5".')
        if match[1].upper() in [letter.upper() for letter, _ in found]:
            raise ValueError(f"{match[1].upper()} is counted twice; which number is meant?")
        if int(match[2]) > _MOST:
            raise ValueError(f"{match[1].upper()} {match[2]}: more than {_MOST} votes for one answer.")
        found.append((match[1], int(match[2])))
        at = match.end()
    return found


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
