"""Questions, the misconceptions behind wrong answers, and what each kind of question (`kinds`) has to say of itself."""

from __future__ import annotations

import dataclasses
import random
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

LETTERS = "ABCDEFGH"
LONGEST = 1000  # characters of an answer
#: A reply code (RFC 5321 section 4.2.1) or an enhanced one (RFC 3463 section 2) at the beginning of an answer.
_CODE = re.compile(r"\s*`?([2-5][0-5]\d|[245]\.\d{1,3}\.\d{1,3})`?(?![\d.]*\d)")


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
    """One answer to choose, or one that may be typed, or one line to put in order, or one half of a pair.

    `misconception` is behind a wrong choice; where several belong to the answer, behind a wrong decision about
    this one; where lines are put in order, behind a wrong place for it; where pairs are made, behind a wrong partner.
    The right one is `partner`, and `instead` holds wrong ones with words and misconceptions of their own.
    """

    text: str
    feedback: str
    right: bool = False
    misconception: str = ""
    partner: str = ""
    instead: tuple[Choice, ...] = ()


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
    the file. `address` is what is to be examined or repaired, `excerpt` a text whose parts are to be labelled, `world`
    names the server that answers the dialogue's last line, `otherwise` is said to a typed answer that none of the
    choices foresees. `lang` is its language (BCP 47), such as "de"; empty for the kit's English.
    """

    id: str
    prompt: str
    choices: tuple[Choice, ...]
    source: str
    objective: str
    kind: Kind
    dialogue: str = ""
    tags: tuple[str, ...] = ()
    lesson: str = ""
    address: str = ""
    excerpt: str = ""
    world: str = ""
    otherwise: str = ""
    order: str = ""
    lang: str = ""

    @property
    def letters(self) -> str:
        """The letters that can be chosen; none where the answer is typed."""
        return "" if self.kind.is_typed else LETTERS[: len(self.choices)]

    @property
    def key(self) -> str:
        """A right response: the letter or letters, the letters in the right order, or a text."""
        return self.kind.key(self)

    def lettered(self) -> Iterator[tuple[str, Choice]]:
        """Each choice with its letter; nothing where the answer is typed."""
        return zip(self.letters, self.choices, strict=False)

    def numbered(self) -> tuple[tuple[str, str], ...]:
        """What can be chosen for each letter, with its number, in the order of the alphabet; only where pairs are made.

        The numbers are the same however the choices are shuffled.
        """
        found = {wrong.text for choice in self.choices for wrong in choice.instead}
        found |= {choice.partner for choice in self.choices if choice.partner}
        return tuple((str(number), text) for number, text in enumerate(sorted(found), 1))

    def parts(self) -> tuple[tuple[str, str], ...]:
        """The excerpt cut where the choices stand in it: each part with its letter, or none for what is between them.

        It ends before the first choice that does not stand behind the one before it.
        """
        found, rest = [], self.excerpt
        for letter, choice in self.lettered():
            between, part, rest = rest.partition(choice.text)
            found += [("", between), (letter, part)] if part else []
        return tuple((letter, text) for letter, text in (*found, ("", rest)) if text)

    @property
    def blocks(self) -> tuple[str, ...]:
        """What stands between the prompt and the choices, as it is: the dialogue, the address, the excerpt."""
        return tuple(block for block in (self.dialogue, self.address, self.excerpt) if block.strip())

    @property
    def beliefs(self) -> tuple[str, ...]:
        """The misconceptions that wrong answers can show, each once."""
        each = (one.misconception for choice in self.choices for one in (choice, *choice.instead))
        return tuple(dict.fromkeys(filter(None, each)))

    def shuffled(self, seed: int) -> Question:
        """The same question with its choices in an order that depends on the seed and the question's id alone.

        Choices that have an order of their own keep it.
        """
        if self.kind.keeps_order:
            return self
        pairs = list(zip(self.order or self.letters, self.choices, strict=True))
        generator(seed, self.id).shuffle(pairs)
        pairs = self.kind.rearranged(pairs)
        order = "".join(letter for letter, _ in pairs)
        return dataclasses.replace(self, choices=tuple(choice for _, choice in pairs), order=order)

    def to_file(self, response: str) -> str:
        """Translate a response in the letters shown into the letters of the question's file; a text stays."""
        return self._translated(response, self.letters, self.order)

    def from_file(self, response: str) -> str:
        """Translate a response in the letters of the question's file into those shown; a text stays."""
        return self._translated(response, self.order, self.letters)

    def _translated(self, response: str, before: str, after: str) -> str:
        return self.kind.written(response.translate(str.maketrans(before, after))) if self.order else response

    def mark(self, response: str) -> Mark:
        """Mark a response: a letter, letters, or a text, whatever this kind of question wants.

        Raises ValueError, with what is wanted, for one that is no answer at all.
        """
        if len(str(response)) > LONGEST:
            raise ValueError(f"That is too long: {len(str(response)):,} characters; an answer has {LONGEST:,} at most.")
        return self.kind.mark(self, response)

    def __str__(self) -> str:
        return self.kind.plain(self)


#: A choice with its letter.
Lettered = tuple[str, Choice]


class Kind(ABC):
    """How a kind of question is answered: one object for each kind, in a file of its own in `kinds`.

    What a view, the terminal, an export or a statistic has to know of a kind stands here; none asks which kind it is.
    """

    #: What `kind = "..."` says in a file of questions.
    name: str
    #: What a view needs: "radio" for one letter, "checkbox" for several, "order" for all of them, "pairs" for a number
    #: to each of them, "text" to type.
    control: str
    #: What to do, where it is not simply to choose one: in a view, in a terminal, on paper.
    instruction = ""
    in_terminal = ""
    on_paper = ""
    #: What the terminal asks for, such as "a letter"; empty where a text is typed.
    wanted = ""
    #: The fields that a question of this kind must have besides its choices.
    needs: tuple[str, ...] = ()
    #: Whether each choice, right ones too, has a misconception behind a wrong decision about it.
    judges_each = False
    #: Whether the choices have an order of their own.
    keeps_order = False
    #: Whether the choices are SMTP, to be shown as code.
    is_code = False
    #: Whether the choices are the pieces of one text, to be shown side by side.
    is_one_text = False
    #: Whether capital letters count in what is typed.
    case_counts = False

    @property
    def is_typed(self) -> bool:
        """Whether the answer is a text and not letters."""
        return self.control == "text"

    @property
    def is_one_letter(self) -> bool:
        """Whether the answer is exactly one letter."""
        return self.control == "radio"

    @abstractmethod
    def check(self, question: Question) -> str:
        """What is wrong with a question of this kind, in words that follow its name; empty where nothing is."""

    @abstractmethod
    def key(self, question: Question) -> str:
        """A right response."""

    @abstractmethod
    def mark(self, question: Question, response: str) -> Mark:
        """Mark a response that is not too long; raise ValueError, with what is wanted, for what is no answer."""

    @abstractmethod
    def wrong(self, question: Question, chance: Callable[[], float], shows: Callable[[str], bool]) -> str:
        """A wrong response by chance, of those that show a misconception for which `shows` is true."""

    def rearranged(self, choices: list[Lettered]) -> list[Lettered]:
        """Choices that were shuffled, in an order in which they may be shown."""
        return choices

    def written(self, letters: str) -> str:
        """Letters in the order in which a response is written."""
        return "".join(sorted(letters))

    def prefilled(self, question: Question) -> str:
        """What stands in the field of a typed answer at first."""
        del question
        return ""

    def code(self, text: str) -> str:
        """The reply code or enhanced code that an answer with this text stands for; empty where it stands for none."""
        del text
        return ""

    def plain(self, question: Question) -> str:
        """The question as plain text, with what to do."""
        rows = [f"  {letter}. {choice.text}" for letter, choice in question.lettered()]
        rows += [f"  {number}. {text}" for number, text in question.numbered()]
        shown = [question.prompt, *question.blocks, self.instruction, *rows]
        return "\n".join(filter(None, shown))

    def __repr__(self) -> str:
        return self.name.upper()

    def __str__(self) -> str:
        return self.name


def generator(seed: int, salt: str) -> random.Random:
    """A source of random numbers: the same in every version and process of Python, since a text seeds it."""
    return random.Random(f"{seed}:{salt}")


def behind(choice: Choice) -> tuple[str, ...]:
    """The misconception behind a choice, if there is one."""
    return (choice.misconception,) if choice.misconception else ()


def by_letter(choices: Sequence[Lettered]) -> str:
    """The feedback on several choices, a line each with its letter."""
    return "\n".join(f"{letter}: {choice.feedback}" for letter, choice in choices)


def count_right(question: Question) -> int:
    """How many choices are right."""
    return sum(choice.right for choice in question.choices)


def letters_in(question: Question, response: str, *, all_of_them: bool = False) -> str:
    """The letters of a response, whatever stands between them, each at most once; else a ValueError."""
    chosen = "".join(str(response).strip().upper().replace(",", " ").split())
    whole = not all_of_them or len(chosen) == len(question.letters)
    if not chosen or not set(chosen) <= set(question.letters) or len(set(chosen)) < len(chosen) or not whole:
        each = "each of them once, in order" if all_of_them else "one or more"
        what = f"{response!r} is no answer here" if chosen else "Nothing is chosen"
        raise ValueError(f"{what}; choose from {', '.join(question.letters)}: {each}.")
    return chosen


def leading_code(text: str) -> tuple[str, str]:
    """The reply code or enhanced code with which a text begins, and the rest; both empty where it begins with none."""
    found = _CODE.match(text)
    return (found[1], text[found.end() :]) if found else ("", "")


def offered(question: Question, shows: Callable[[str], bool]) -> list[Lettered]:
    """The choices, with letters even where the answer is typed, with a misconception for which `shows` is true."""
    return [pair for pair in zip(LETTERS, question.choices, strict=False) if shows(pair[1].misconception)]
