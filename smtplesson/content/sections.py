"""A table of content that knows where it stands, and refuses what does not fit."""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date, datetime, time
from types import EllipsisType
from typing import TYPE_CHECKING, Any, TypeVar

from smtplesson import markup
from smtplesson.content.lines import DEEPEST, Path, Source

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_Value = TypeVar("_Value", bound="DataclassInstance")
_MOST = 2**63 - 1  # TOML's whole numbers have 64 bits
TOO_BIG = "a number of more than 64 bits. Write a smaller one."
TOO_DEEP = f"tables or lists in one another, more than {DEEPEST} deep. Take some away."


class ContentError(ValueError):
    """Content that is not right: the message says which file, line and key, what is wrong, and what to do."""


def shown(value: object, most: int = 60) -> str:
    """A stranger's text or value as it may stand in a message: made visible, cut where it is long.

    >>> shown("a" * 99, 5)
    "'aaaaa...'"
    """
    whole = value if isinstance(value, str) else str(value)
    cut = f"{markup.visible(whole[:most])}{'...' if len(whole) > most else ''}"
    return f"'{cut}'" if isinstance(value, str) else cut


def _written(value: object) -> str:
    """A value as TOML writes it, if it is true or false."""
    return str(value).lower() if isinstance(value, bool) else shown(value)


def hint(name: str, known: Iterable[str], all_of_them: str = "There are") -> str:
    """What to write instead of `name`: the nearest of those that are known, or else all of them.

    >>> hint("mailbox", ["host", "mailboxes"])
    'Do you mean mailboxes?'
    """
    names = list(dict.fromkeys(known))
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.7)
    return f"Do you mean {near[0]}?" if near else f"{all_of_them} {', '.join(names)}."


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_table_of(is_value: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda table: isinstance(table, Section) and all(map(is_value, table.values()))


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_tables(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, Section) for each in value)


def _is_moment(value: object) -> bool:
    return isinstance(value, date) and 1970 < value.year < 9999


def _moment(value: date) -> datetime:
    """A day and time with its zone: this machine's where none is written; a day alone lasts until its end."""
    moment = value if isinstance(value, datetime) else datetime.combine(value, time(23, 59, 59))
    return moment if moment.tzinfo else moment.astimezone()


_Shape = tuple[str, str, Callable[[object], bool], Callable[[Any], Any]]
_TEXTS = 'a list of texts, such as ["a", "b"]'
#: The type of a field -> what a value must be, an example, whether one is, and what is made of it.
_SHAPES: Mapping[str, _Shape] = {
    "str": ("a text in quotes", '"..."', _is_text, str),
    "bool": ("true or false", "true", lambda value: isinstance(value, bool), bool),
    "int": ("a whole number", "7", _is_whole, int),
    "float": ("a number", "7", lambda value: _is_whole(value) or isinstance(value, float), lambda value: value),
    "datetime": ("a day, or a day and a time, without quotes", "2026-01-31T18:00:00", _is_moment, _moment),
    "tuple[str, ...]": (_TEXTS, '["..."]', _is_texts, tuple),
    "frozenset[str]": (_TEXTS, '["..."]', _is_texts, frozenset),
    "Collection[str]": (_TEXTS, '["..."]', _is_texts, list),
    "Mapping[str, str]": ('a table of texts, such as {"a" = "b"}', '{"a" = "b"}', _is_table_of(_is_text), dict),
    "Mapping[str, bool]": (
        "a table of true or false, such as {DATA = true}",
        "{DATA = true}",
        _is_table_of(lambda value: isinstance(value, bool)),
        dict,
    ),
    "Mapping[str, Collection[str]]": (
        'a table of lists, such as {"a" = ["b", "c"]}',
        '{"a" = ["b"]}',
        _is_table_of(_is_texts),
        dict,
    ),
    "Mapping[str, Mapping[str, str]]": (
        'a table of tables of texts, such as {RCPT = {"a" = "b"}}',
        '{RCPT = {"a" = "b"}}',
        _is_table_of(_is_table_of(_is_text)),
        dict,
    ),
    "table": ("a table", "{}", lambda value: isinstance(value, Section), lambda value: value),
    "tables": ("a list of tables", "[{}]", _is_tables, tuple),
}


class Section(Mapping[str, Any]):
    """A table that knows where it stands: tables in it are Sections, too; `label` names it in errors."""

    def __init__(
        self,
        values: Mapping[str, Any],
        source: Source | None = None,
        path: Path = (),
        label: str = "",
    ) -> None:
        self._source = source or Source("a table", "")
        self._path = path
        self.label = label
        self._values = {key: self._within(value, (*path, key)) for key, value in values.items()}

    def _within(self, value: Any, path: Path) -> Any:
        if isinstance(value, int) and abs(value) > _MOST:
            raise ContentError(f"{self._source.at(path)}: {TOO_BIG}")
        if isinstance(value, Section) or not isinstance(value, dict | list):
            return value
        if len(path) > DEEPEST:
            raise ContentError(f"{self._source.at(path)}: {TOO_DEEP}")
        if isinstance(value, list):
            return [self._within(each, (*path, number)) for number, each in enumerate(value)]
        return Section(value, self._source, path)

    def __getitem__(self, key: str) -> Any:
        if key not in self._values:
            raise self.error(f"{shown(key)} is missing. {hint(key, self, 'There are')}")
        return self._values[key]

    def __contains__(self, key: object) -> bool:
        return key in self._values

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a key, or `default`."""
        return self._values.get(key, default)

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return repr(self._values)

    @property
    def line(self) -> int:
        """The line where this table begins; 0 where it is in no file."""
        return self._source.line_of(self._path)

    def where(self, key: str = "") -> str:
        """File, line and label of this table, or of a key in it."""
        place = self._source.at((*self._path, key) if key else self._path)
        return f"{place}, {self.label}" if self.label else place

    def error(self, what: str, key: str = "") -> ContentError:
        """An error that says where this table, or a key in it, stands."""
        return ContentError(f"{self.where(key)}: {what}")

    def named(self, label: str) -> Section:
        """The same table, so called in errors."""
        return Section(self._values, self._source, self._path, label)

    def over(self, base: Mapping[str, Any]) -> Section:
        """The same table with what `base` has beyond it."""
        return Section({**base, **self._values}, self._source, self._path, self.label)

    def changed(self, **values: object) -> Section:
        """The same table with these values in the place of its own."""
        return Section({**self._values, **values}, self._source, self._path, self.label)

    def only(self, *known: str) -> None:
        """Refuse every key but these."""
        for key in self:
            if key not in known:
                raise self.error(f"unknown key {shown(key)}. {hint(key, known, 'The keys are')}", key)

    def take(self, key: str, shape: str = "str", default: Any = ...) -> Any:
        """The value of a key, of a type such as `str`, `tuple[str, ...]` or `table`.

        Without `default` it must be there, and if it is a text, must not be blank.
        """
        what, example, fits, make = _SHAPES[shape.removesuffix(" | None")]
        if key not in self:
            if isinstance(default, EllipsisType):
                raise self.error(f"{key} is missing. Add a line such as: {key} = {example}")
            return default
        value = self._values[key]
        if value is None and shape.endswith(" | None"):  # given by a keyword: TOML has no None
            return None
        if not fits(value):
            raise self.error(f"{key} must be {what}, not {_written(value)}.", key)
        if isinstance(value, str) and isinstance(default, EllipsisType) and not value.strip():
            raise self.error(f"{key} is empty. Write a text: {key} = {example}", key)
        return make(value)

    def choice(self, key: str, known: Collection[str], default: Any = ...) -> Any:
        """The value of a key that must be one of the known ones."""
        value = self.take(key, "str", default)
        if key in self and value not in known:
            raise self.error(f"{key} = {shown(value)} is not known. {hint(value, known)}", key)
        return value

    def choices(self, key: str, known: Collection[str]) -> tuple[str, ...]:
        """The texts of a list that must all be known ones; none where the key is not there."""
        values: tuple[str, ...] = self.take(key, "tuple[str, ...]", ())
        for value in values:
            if value not in known:
                raise self.error(f"{key} names {shown(value)}, which is not known. {hint(value, known)}", key)
        return values

    def pattern(self, key: str, default: Any = ...) -> Any:
        """The value of a key that must be a regular expression."""
        value = self.take(key, "str", default)
        if key in self:
            self.compiles(key, value)
        return value

    def compiles(self, key: str, pattern: str) -> None:
        """Refuse a text under `key` that is no regular expression."""
        try:
            re.compile(pattern)
        except (re.error, RecursionError, OverflowError) as error:
            raise self.error(f"{key} = {shown(pattern)} is no regular expression: {error}.", key) from None

    def fields(self, kind: type[DataclassInstance], *also: str, without: Collection[str] = ()) -> dict[str, Any]:
        """The values for the fields of a dataclass: all that have no default, none that is unknown.

        Keys in `also` are known, and read elsewhere; the fields in `without` come from elsewhere.
        """
        own = {field.name: field for field in dataclasses.fields(kind) if field.init and field.name not in without}
        self.only(*own, *also)
        values = {}
        for name, field in own.items():
            needed = field.default is field.default_factory is dataclasses.MISSING
            if name not in also and (needed or name in self):
                values[name] = self.take(name, str(field.type), ... if needed else None)
        return values

    def build(self, kind: type[_Value], /, *also: str, **given: Any) -> _Value:
        """Make a value of a dataclass whose fields are the keys; those in `given` come from elsewhere."""
        values = self.fields(kind, *also, without=[name for name in given if name not in also])
        try:
            return kind(**{**values, **given})
        except ValueError as error:
            key = str(error).partition(" ")[0]
            raise self.error(str(error), key if key in self else "") from None
