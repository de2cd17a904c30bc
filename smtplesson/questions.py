"""Kinds of question, the misconceptions behind wrong choices, and the bank that holds them."""

from __future__ import annotations

import dataclasses
import random
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from smtplesson.transcript import Transcript, TranscriptSyntaxError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_Value = TypeVar("_Value", bound="DataclassInstance")
LETTERS = "ABCDEFGH"
_DATA = resources.files("smtplesson") / "data"
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_WANTED = {"bool": bool, "tuple[str, ...]": list}  # what TOML gives for a field's type; a text for all others


class QuestionError(ValueError):
    """A question file that is not right: the message says which file and question, what, and what to do."""


class Kind(StrEnum):
    """How a question is answered."""

    SINGLE = "single"


@dataclass(frozen=True, slots=True)
class Misconception:
    """A belief that leads to wrong answers, and what is true instead."""

    id: str
    belief: str
    correction: str
    source: str
    lesson: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to choose; a wrong one names the misconception behind it."""

    text: str
    feedback: str
    right: bool = False
    misconception: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its choices; the letters A, B, C ... follow their order."""

    id: str
    prompt: str
    choices: tuple[Choice, ...]
    source: str
    objective: str
    kind: Kind = Kind.SINGLE
    dialogue: str = ""
    tags: tuple[str, ...] = ()
    lesson: str = ""

    @property
    def letters(self) -> str:
        """The letters that can be chosen."""
        return LETTERS[: len(self.choices)]

    @property
    def key(self) -> str:
        """The letter of the right choice."""
        return next(letter for letter, choice in self.lettered() if choice.right)

    def lettered(self) -> Iterator[tuple[str, Choice]]:
        """Each choice with its letter."""
        return zip(LETTERS, self.choices, strict=False)

    def shuffled(self, seed: int) -> Question:
        """The same question with its choices in an order that depends on the seed and the question's id alone."""
        choices = list(self.choices)
        _random(seed, self.id).shuffle(choices)
        return dataclasses.replace(self, choices=tuple(choices))

    def __str__(self) -> str:
        dialogue = [self.dialogue] if self.dialogue else []
        return "\n".join([self.prompt, *dialogue, *(f"  {letter}. {c.text}" for letter, c in self.lettered())])


class QuestionBank(Mapping[str, Question]):
    """Questions by id, in the order of their files.

    >>> bank = QuestionBank.load()
    >>> len(bank.where(lesson="05-251-or-553"))
    8
    """

    def __init__(self, questions: Sequence[Question], misconceptions: Mapping[str, Misconception]) -> None:
        self._questions = {question.id: question for question in questions}
        self.misconceptions = misconceptions

    @classmethod
    def load(cls, folder: Path | None = None) -> QuestionBank:
        """Read the kit's own questions, or a folder with `misconceptions.toml` and `questions/*.toml`.

        Raises QuestionError for the first thing that is not right.
        """
        root = _DATA if folder is None else folder
        misconceptions = _misconceptions(root / "misconceptions.toml")
        questions: dict[str, Question] = {}
        for file in _toml_files(root / "questions"):
            for question in _questions(file, misconceptions):
                if first := questions.get(question.id):
                    taken = f"the id {question.id!r} is taken already in {first.lesson}.toml; choose another."
                    raise QuestionError(f"{file.name}: {taken}")
                questions[question.id] = question
        return cls(tuple(questions.values()), misconceptions)

    def __getitem__(self, id: str) -> Question:
        return self._questions[id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._questions)

    def __len__(self) -> int:
        return len(self._questions)

    def where(self, *, lesson: str | None = None, objective: str | None = None, tag: str | None = None) -> QuestionBank:
        """Those of a lesson (the name of their file), an objective and a tag (such as the code "551"), if given."""
        kept = [
            q
            for q in self.values()
            if lesson in (None, q.lesson) and objective in (None, q.objective) and (tag is None or tag in q.tags)
        ]
        return QuestionBank(kept, self.misconceptions)

    def sample(self, count: int, seed: int) -> tuple[Question, ...]:
        """Up to `count` questions and their choices in an order that depends on the seed alone.

        The sorted ids, and the choices of each question, are shuffled by a generator that a text seeds: the same
        order in every process and version of Python (a test holds it).

        Raises ValueError where `count` is less than 1.
        """
        if count < 1:
            raise ValueError(f"count = {count}; ask for one question at least.")
        chosen = sorted(self)
        _random(seed, "").shuffle(chosen)
        return tuple(self[id].shuffled(seed) for id in chosen[:count])


def _random(seed: int, salt: str) -> random.Random:
    # A text seeds the same generator in every version and process of Python, unlike hash().
    return random.Random(f"{seed}:{salt}")


def _toml_files(folder: Any) -> list[Any]:
    try:
        return sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: str(f.name))
    except OSError as error:
        raise QuestionError(f"The folder {folder.name!r} cannot be read ({type(error).__name__}).") from None


def _read(file: Any) -> tuple[dict[str, Any], str]:
    try:
        text = file.read_text(encoding="utf-8-sig")  # some editors write a mark at the start
        return tomllib.loads(text), text
    except tomllib.TOMLDecodeError as error:
        raise QuestionError(f"{file.name}: not valid TOML: {error}.") from None
    except (OSError, UnicodeError) as error:
        raise QuestionError(f"{file.name}: cannot be read ({type(error).__name__}).") from None


def _line(text: str, header: str, nth: int = 1) -> str:
    """`, line 12`: where a table begins; empty where its header is written in some other way."""
    found = [number for number, row in enumerate(text.split("\n"), 1) if row.lstrip().startswith(header)]
    return f", line {found[nth - 1]}" if len(found) >= nth else ""


def _misconceptions(file: Any) -> dict[str, Misconception]:
    tables, text = _read(file)
    wheres = {id: f"{file.name}{_line(text, f'[{id}]')}, {id}" for id in tables}
    return {id: _build(Misconception, _as_table(value, wheres[id]), wheres[id], id=id) for id, value in tables.items()}


def _as_table(value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise QuestionError(f"{where}: a table is wanted here, not {value!r}.")
    return value


def _questions(file: Any, misconceptions: Mapping[str, Misconception]) -> Iterator[Question]:
    tables, text = _read(file)
    lesson = file.name.removesuffix(".toml")
    for id, value in tables.items():
        where = f"{file.name}{_line(text, f'[{id}]')}, {id}"
        table = _as_table(value, where)
        choices = table.pop("choices", None)
        if not isinstance(choices, list) or not 2 <= len(choices) <= len(LETTERS):
            raise QuestionError(f"{where}: choices must be a list of 2 to {len(LETTERS)} tables.")
        built = tuple(
            _choice(choice, f"{file.name}{_line(text, f'[[{id}.choices]]', n)}, {id}, choice {n}", misconceptions)
            for n, choice in enumerate(choices, 1)
        )
        right = sum(choice.right for choice in built)
        if right != 1:
            raise QuestionError(f"{where}: {right} choices have right = true; exactly one must.")
        question = _build(Question, table, where, id=id, lesson=lesson, choices=built)
        _check_question(question, where)
        yield dataclasses.replace(question, kind=Kind(question.kind))


def _check_question(question: Question, where: str) -> None:
    if not _ID.fullmatch(question.id):
        raise QuestionError(f"{where}: an id has small letters, digits and hyphens, such as 251-at-rcpt.")
    if question.kind not in list(Kind):
        raise QuestionError(f"{where}: kind = {question.kind!r}; there is {', '.join(Kind)}.")
    if not all(isinstance(tag, str) and _ID.fullmatch(tag) for tag in question.tags):
        raise QuestionError(f'{where}: tags are short texts without spaces, such as tags = ["251", "551"].')
    try:
        Transcript.parse(question.dialogue)
    except TranscriptSyntaxError as error:
        raise QuestionError(f"{where}, dialogue: {error}") from None


def _choice(value: object, where: str, misconceptions: Mapping[str, Misconception]) -> Choice:
    choice = _build(Choice, _as_table(value, where), where)
    if choice.right and choice.misconception:
        raise QuestionError(f"{where}: the right choice has no misconception; remove it.")
    if not choice.right and choice.misconception not in misconceptions:
        raise QuestionError(
            f"{where}: a wrong choice names the misconception behind it, and {choice.misconception!r} is not in "
            "misconceptions.toml. Name one of those, or add it there."
        )
    return choice


def _build(kind: type[_Value], table: Mapping[str, Any], where: str, **given: Any) -> _Value:
    """Make a value of a table whose keys are its fields: all that have no default, none that is unknown.

    The fields in `given` come from elsewhere, so that they are unknown in the table.
    """
    fields = {field.name: field for field in dataclasses.fields(kind) if field.name not in given}
    for key, value in table.items():
        if key not in fields:
            raise QuestionError(f"{where}: unknown key {key!r}; there are {', '.join(fields)}.")
        if not isinstance(value, _WANTED.get(str(fields[key].type), str)):
            raise QuestionError(f"{where}: {key} = {value!r} is of the wrong type.")
    for name, field in fields.items():
        if name not in table and field.default is dataclasses.MISSING:
            raise QuestionError(f'{where}: {name} is missing. Add a line such as: {name} = "..."')
        if isinstance(value := table.get(name), str) and not value.strip():
            raise QuestionError(f'{where}: {name} is empty. Write a text: {name} = "..."')
    return kind(**{key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}, **given)
