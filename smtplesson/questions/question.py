"""Questions: their kinds, the misconceptions behind wrong answers, and how an answer is marked."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from smtplesson.protocol.grammar import diagnose, parse_mailbox

LETTERS = "ABCDEFGH"
LONGEST = 1000  # characters of an answer
#: Who may have to act on a reply; the choices of each question of the kind WHO.
PARTIES = ("The sender", "The program", "This server's postmaster", "Nobody")


class Kind(StrEnum):
    """How a question is answered."""

    SINGLE = "single"
    SEVERAL = "several"
    TYPED = "typed"
    PREDICT = "predict"
    ORDER = "order"
    FAULT = "fault"
    REPAIR = "repair"
    WHO = "who"


#: Answered with a short text instead of letters.
WRITTEN = frozenset({Kind.TYPED, Kind.REPAIR})
#: What to do, in words, where it is not simply to choose one.
INSTRUCTIONS = {
    Kind.SEVERAL: "Choose each one that fits, then Check.",
    Kind.TYPED: "Type it, then press Enter or Check.",
    Kind.ORDER: "Choose the lines in the order in which they are sent, then Check.",
    Kind.FAULT: "Choose the piece that breaks the grammar.",
    Kind.REPAIR: "Type the whole address, repaired, then press Enter or Check.",
}
_FEWEST_QUOTES = (
    "All quoted forms are equivalent; the one with the fewest quotes is to be sent (RFC 5321 section 4.1.2)."
)


@dataclass(frozen=True, slots=True)
class Misconception:
    """A belief that leads to wrong answers, what is true instead, and the lesson that cures it.

    `pair` names two replies that it confuses: ("551", "251") takes a 551 for a 251.
    """

    id: str
    belief: str
    correction: str
    source: str
    lesson: str = ""
    pair: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to choose, or one that may be typed, or one line to put in order.

    `misconception` is behind a wrong choice; where several belong to the answer, behind a wrong decision about
    this one; where lines are put in order, behind a wrong place for it.
    """

    text: str
    feedback: str
    right: bool = False
    misconception: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a response is worth: the response as it was understood, why it is right or not, and what is behind it."""

    response: str
    right: bool
    feedback: str
    misconceptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its choices; the letters A, B, C ... follow the order in which they are shown.

    `order` holds the letters that the choices have in the question's file, in the order shown; empty means as in
    the file. `address` is what FAULT and REPAIR are about, `world` names the server of PREDICT, `otherwise` is
    said to a typed answer that none of the choices foresees.
    """

    id: str
    prompt: str
    choices: tuple[Choice, ...]
    source: str
    objective: str
    kind: Kind = Kind.SINGLE
    dialogue: str = ""
    tags: tuple[str, ...] = ()
    lesson: str = ""
    address: str = ""
    world: str = ""
    otherwise: str = ""
    order: str = ""

    @property
    def letters(self) -> str:
        """The letters that can be chosen; none where the answer is typed."""
        return "" if self.kind in WRITTEN else LETTERS[: len(self.choices)]

    @property
    def key(self) -> str:
        """A right response: the letter or letters, the letters in the right order, or a text."""
        if self.kind is Kind.ORDER:
            return self.from_file(LETTERS[: len(self.choices)])
        if self.kind in WRITTEN:
            return next(choice.text for choice in self.choices if choice.right)
        return "".join(letter for letter, choice in self.lettered() if choice.right)

    @property
    def instruction(self) -> str:
        """What to do, in words; empty where one choice is to be chosen."""
        return INSTRUCTIONS.get(self.kind, "")

    def lettered(self) -> Iterator[tuple[str, Choice]]:
        """Each choice with its letter; nothing where the answer is typed."""
        return zip(self.letters, self.choices, strict=False)

    def shuffled(self, seed: int) -> Question:
        """The same question with its choices in an order that depends on the seed and the question's id alone.

        Pieces of an address and the parties keep their order; lines to be put in order never stand in it already.
        """
        if self.kind in WRITTEN or self.kind in (Kind.FAULT, Kind.WHO):
            return self
        pairs = list(zip(self.order or self.letters, self.choices, strict=True))
        generator(seed, self.id).shuffle(pairs)
        if self.kind is Kind.ORDER and [letter for letter, _ in pairs] == sorted(self.letters):
            pairs.append(pairs.pop(0))
        order = "".join(letter for letter, _ in pairs)
        return dataclasses.replace(self, choices=tuple(choice for _, choice in pairs), order=order)

    def to_file(self, response: str) -> str:
        """Translate a response in the letters shown into the letters of the question's file; a text stays."""
        if not self.order:
            return response
        letters = response.translate(str.maketrans(self.letters, self.order))
        return letters if self.kind is Kind.ORDER else "".join(sorted(letters))

    def from_file(self, response: str) -> str:
        """Translate a response in the letters of the question's file into those shown; a text stays."""
        if not self.order:
            return response
        letters = response.translate(str.maketrans(self.order, self.letters))
        return letters if self.kind is Kind.ORDER else "".join(sorted(letters))

    def mark(self, response: str) -> Mark:
        """Mark a response: a letter, letters, or a text, whatever this kind of question wants.

        Raises ValueError, with what is wanted, for one that is no answer at all.
        """
        if len(str(response)) > LONGEST:
            raise ValueError(f"That is too long: {len(str(response)):,} characters; an answer has {LONGEST:,} at most.")
        if self.kind in WRITTEN:
            return self._mark_text(str(response).strip())
        chosen = str(response).strip().upper()
        if self.kind is Kind.SEVERAL:
            return self._mark_several(self._chosen(response, chosen))
        if self.kind is Kind.ORDER:
            return self._mark_order(self._chosen(response, chosen))
        choice = dict(self.lettered()).get(chosen)
        if choice is None:
            raise ValueError(f"{response!r} is no choice of this question; choose {', '.join(self.letters)}.")
        return Mark(chosen, choice.right, choice.feedback, _behind(choice))

    def _chosen(self, response: object, text: str) -> str:
        """The letters of `text`, whatever stands between them; each at most once, and in an order all of them."""
        chosen = "".join(text.replace(",", " ").split())
        whole = self.kind is not Kind.ORDER or len(chosen) == len(self.letters)
        if not chosen or not set(chosen) <= set(self.letters) or len(set(chosen)) < len(chosen) or not whole:
            each = "each of them once, in order" if self.kind is Kind.ORDER else "one or more"
            what = f"{response!r} is no answer here" if chosen else "Nothing is chosen"
            raise ValueError(f"{what}; choose from {', '.join(self.letters)}: {each}.")
        return chosen

    def _mark_several(self, chosen: str) -> Mark:
        wrong = [(letter, c) for letter, c in self.lettered() if (letter in chosen) is not c.right]
        told = wrong or [(letter, c) for letter, c in self.lettered() if c.right]
        behind = tuple(dict.fromkeys(name for _, choice in wrong for name in _behind(choice)))
        return Mark("".join(sorted(chosen)), not wrong, _by_letter(told), behind)

    def _mark_order(self, chosen: str) -> Mark:
        lines = dict(self.lettered())
        for number, (given, due) in enumerate(zip(chosen, self.key, strict=True), 1):
            if given != due:
                why = f"Line {number} is {due}, {lines[due].text}\n{lines[due].feedback}"
                return Mark(chosen, False, why, _behind(lines[due]))
        return Mark(chosen, True, _by_letter([(letter, lines[letter]) for letter in chosen]))

    def _mark_text(self, text: str) -> Mark:
        if not text:
            raise ValueError("There is no answer yet; type one.")
        plain = self._plain(text)
        for choice in self.choices:
            if self._plain(choice.text) == plain:
                return Mark(text, choice.right, choice.feedback, () if choice.right else _behind(choice))
        if self.kind is not Kind.REPAIR:
            return Mark(text, False, self.otherwise)
        return self._mark_address(text)

    def _mark_address(self, text: str) -> Mark:
        """Mark an address that no choice foresees as it is written; it may mean the same mailbox as one of them."""
        if (fault := diagnose(text)) is not None:
            return Mark(text, False, f"At character {fault.span[0] + 1}: {fault.message} ({fault.section})")
        meant = parse_mailbox(text).key
        for choice in self.choices:
            if diagnose(choice.text) is None and parse_mailbox(choice.text).key == meant:
                why = f"This means the same mailbox as {choice.text}. {choice.feedback}\n{_FEWEST_QUOTES}"
                return Mark(text, choice.right, why, () if choice.right else _behind(choice))
        return Mark(text, False, self.otherwise)

    def _plain(self, text: str) -> str:
        """`text` as it is compared: codes without spaces and case, addresses with the domain's case aside."""
        if self.kind is Kind.TYPED:
            return "".join(text.split()).casefold()
        local, at, domain = text.rpartition("@")
        return local + at + domain.casefold()

    def __str__(self) -> str:
        rows = [f"  {letter}. {choice.text}" for letter, choice in self.lettered()]
        return "\n".join(filter(None, [self.prompt, self.dialogue, self.address, self.instruction, *rows]))


def generator(seed: int, salt: str) -> random.Random:
    """A source of random numbers: the same in every version and process of Python, since a text seeds it."""
    return random.Random(f"{seed}:{salt}")


def _behind(choice: Choice) -> tuple[str, ...]:
    return (choice.misconception,) if choice.misconception else ()


def _by_letter(choices: list[tuple[str, Choice]]) -> str:
    return "\n".join(f"{letter}: {choice.feedback}" for letter, choice in choices)
