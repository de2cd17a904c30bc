"""The question bank: TOML files that a teacher can edit, read with errors that name the place."""

from __future__ import annotations

import dataclasses
import functools
import re
import tomllib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from smtplesson.protocol.transcript import Transcript, TranscriptSyntaxError
from smtplesson.questions import families
from smtplesson.questions.kinds import KINDS
from smtplesson.questions.kinds.single import KIND as SINGLE
from smtplesson.questions.question import LETTERS, Choice, Kind, Misconception, Question, generator

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_Value = TypeVar("_Value", bound="DataclassInstance")
#: One objective, several, or None for all.
Objectives = str | Collection[str] | None
_DATA = resources.files("smtplesson") / "data"
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_CODE = re.compile(r"[2-5][0-5][0-9]")
_HEADER = re.compile(r"\s*(\[+[^\[\]]*\]+)")
_WANTED = {"bool": bool, "tuple[str, ...]": list}  # what TOML gives for a field's type; a text for all others


class QuestionError(ValueError):
    """A question file that is not right: the message says which file and question, what, and what to do."""


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
        return _kit() if folder is None else cls._read(folder)

    @classmethod
    def _read(cls, root: Any) -> QuestionBank:
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

    def find(self, id: str) -> Question | None:
        """The question of this id, as it stands in its file or as it is generated; None where there is none."""
        return self._questions.get(id) or families.find(id)

    def where(self, *, lesson: str | None = None, objective: Objectives = None, tag: str | None = None) -> QuestionBank:
        """Those of a lesson (the name of their file), of objectives and a tag (such as the code "551"), if given."""
        wanted = (objective,) if isinstance(objective, str) else objective
        kept = [
            q
            for q in self.values()
            if lesson in (None, q.lesson)
            and (wanted is None or q.objective in wanted)
            and (tag is None or tag in q.tags)
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
        generator(seed, "").shuffle(chosen)
        return tuple(self[id].shuffled(seed) for id in chosen[:count])


@functools.cache
def _kit() -> QuestionBank:
    """The kit's own bank, which no one can change: read once, for a lesson asks for it in many cells."""
    return QuestionBank._read(_DATA)


def _toml_files(folder: Any) -> list[Any]:
    try:
        return sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: str(f.name))
    except OSError as error:
        raise QuestionError(f"The folder {folder.name!r} cannot be read ({type(error).__name__}).") from None


def _read(file: Any) -> tuple[dict[str, Any], Mapping[str, list[int]]]:
    """The tables of a file, and by its header the lines where each begins."""
    try:
        text = file.read_text(encoding="utf-8-sig")  # some editors write a mark at the start
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise QuestionError(f"{file.name}: not valid TOML: {error}.") from None
    except (OSError, UnicodeError) as error:
        raise QuestionError(f"{file.name}: cannot be read ({type(error).__name__}).") from None
    lines: dict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(text.split("\n"), 1):
        if header := _HEADER.match(row):
            lines[header[1]].append(number)
    return tables, lines


def _line(lines: Mapping[str, list[int]], header: str, nth: int = 1) -> str:
    """`, line 12`: where a table begins; empty where its header is written in some other way."""
    found = lines.get(header, [])
    return f", line {found[nth - 1]}" if len(found) >= nth else ""


def _misconceptions(file: Any) -> dict[str, Misconception]:
    tables, lines = _read(file)
    wheres = {id: f"{file.name}{_line(lines, f'[{id}]')}, {id}" for id in tables}
    built = {id: _build(Misconception, _as_table(value, wheres[id]), wheres[id], id=id) for id, value in tables.items()}
    for id, misconception in built.items():
        codes = [isinstance(code, str) and _CODE.fullmatch(code) for code in misconception.pair]
        if len(codes) not in (0, 2) or not all(codes):
            raise QuestionError(f'{wheres[id]}: pair names two codes, such as pair = ["551", "251"].')
    return built


def _as_table(value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise QuestionError(f"{where}: a table is wanted here, not {value!r}.")
    return value


def _questions(file: Any, misconceptions: Mapping[str, Misconception]) -> Iterator[Question]:
    tables, lines = _read(file)
    lesson = file.name.removesuffix(".toml")
    for id, value in tables.items():
        where = f"{file.name}{_line(lines, f'[{id}]')}, {id}"
        table = _as_table(value, where)
        choices = table.pop("choices", None)
        if not isinstance(choices, list) or not 2 <= len(choices) <= len(LETTERS):
            raise QuestionError(f"{where}: choices must be a list of 2 to {len(LETTERS)} tables.")
        wheres = [f"{file.name}{_line(lines, f'[[{id}.choices]]', n)}, {id}, choice {n}" for n in range(1, 9)]
        built = tuple(
            _build(Choice, _as_table(choice, place), place) for choice, place in zip(choices, wheres, strict=False)
        )
        table.setdefault("kind", SINGLE.name)
        question = _build(Question, table, where, id=id, lesson=lesson, choices=built, order="")
        _check_question(question, where)
        question = dataclasses.replace(question, kind=KINDS[str(question.kind)])
        for choice, place in zip(built, wheres, strict=False):
            _check_choice(choice, question.kind, place, misconceptions)
        _check_kind(question, where)
        yield question


def _check_question(question: Question, where: str) -> None:
    if not _ID.fullmatch(question.id):
        raise QuestionError(f"{where}: an id has small letters, digits and hyphens, such as 251-at-rcpt.")
    if (name := str(question.kind)) not in KINDS:
        raise QuestionError(f"{where}: kind = {name!r}; there is {', '.join(KINDS)}.")
    if not all(isinstance(tag, str) and _ID.fullmatch(tag) for tag in question.tags):
        raise QuestionError(f'{where}: tags are short texts without spaces, such as tags = ["251", "551"].')
    try:
        Transcript.parse(question.dialogue)
    except TranscriptSyntaxError as error:
        raise QuestionError(f"{where}, dialogue: {error}") from None


def _check_choice(choice: Choice, kind: Kind, where: str, misconceptions: Mapping[str, Misconception]) -> None:
    """A wrong choice names a misconception; where each choice is judged, each does."""
    each = kind.judges_each
    if choice.right and choice.misconception and not each:
        raise QuestionError(f"{where}: the right choice has no misconception; remove it.")
    if (each or not choice.right) and choice.misconception not in misconceptions:
        which = "each choice" if each else "a wrong choice"
        raise QuestionError(
            f"{where}: {which} names the misconception behind it, and {choice.misconception!r} is not in "
            "misconceptions.toml. Name one of those, or add it there."
        )


def _check_kind(question: Question, where: str) -> None:
    """What makes sense for this kind alone: the fields that it needs, how many choices are right, and more."""
    for name in question.kind.needs:
        if not getattr(question, name):
            raise QuestionError(f'{where}: {name} is missing; a question of kind {question.kind} needs {name} = "..."')
    if fault := question.kind.check(question):
        raise QuestionError(f"{where}: {fault}")


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
