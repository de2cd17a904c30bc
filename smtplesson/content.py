"""Content: the one reader of TOML, CSV and text, the kit's own and a teacher's.

What is not right is told in one sentence with the file, the line, the key, the nearest known key, and what to do.
"""

from __future__ import annotations

import csv
import dataclasses
import difflib
import functools
import io
import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from types import EllipsisType
from typing import TYPE_CHECKING, Any, TypeVar

from smtplesson import markup

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_Value = TypeVar("_Value", bound="DataclassInstance")
#: A file or folder of the kit, which may be in an archive, or a Path.
File = Traversable
#: The folder of the kit's own content.
KIT = resources.files("smtplesson") / "data"
LARGEST = 5_000_000  # bytes of a file
LARGEST_TOML = 1_000_000
DEEPEST = 32  # tables and lists in one another, and names joined by dots
_MOST = 2**63 - 1  # TOML's whole numbers have 64 bits
_TOO_BIG = "a number of more than 64 bits. Write a smaller one."
_TOO_DEEP = f"tables or lists in one another, more than {DEEPEST} deep. Take some away."


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


# --- from a file ---


def text(file: File, largest: int = LARGEST) -> str:
    """Read a text file in UTF-8, with or without the mark that some editors put at its start."""
    name = markup.visible(file.name)
    try:
        with file.open("rb") as opened:
            data = opened.read(largest + 1)
    except (OSError, ValueError) as error:  # ValueError: no file can have such a name
        why = getattr(error, "strerror", None) or error
        raise ContentError(f"{name}: cannot be read ({why}). Look at its name and its folder.") from None
    if len(data) > largest:
        raise ContentError(f"{name}: larger than {largest:,} bytes, the most that is read. Make it smaller.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        how = "CSV UTF-8" if name.lower().endswith(".csv") else "UTF-8"
        raise ContentError(f'{name}, line {line}: not UTF-8. Save it as "{how}".') from None


def read(file: File) -> Section:
    """Read a TOML file."""
    return parse(text(file, LARGEST_TOML), file.name)


def rows(file: File, *needed: str) -> tuple[Section, ...]:
    """Read a CSV file: a table for each row, its keys from the first line, its values texts."""
    return parse_rows(text(file), file.name, *needed)


def files(folder: File, suffix: str = ".toml") -> list[File]:
    """The files of a folder whose names end so, in the order of their names."""
    try:
        found = [file for file in folder.iterdir() if file.name.endswith(suffix)]
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise ContentError(f"The folder {shown(folder.name)} cannot be read ({why}). Look at its name.") from None
    return sorted(found, key=lambda file: file.name)


def names(folder: str) -> tuple[str, ...]:
    """The names of the kit's TOML files in a folder of its content."""
    return tuple(file.name.removesuffix(".toml") for file in files(KIT / folder))


def find(name: str | Path, folder: str, what: str) -> Section:
    """Read one of the kit's files in a folder of its content, by name, or another TOML file, by path."""
    if isinstance(name, str) and name in names(folder):
        return read(KIT / folder / f"{name}.toml")
    try:
        return read(Path(name))
    except ContentError:
        if Path(name).suffix:
            raise
        known = f"{hint(str(name), names(folder), 'The kit has')} For one of your own give the path of a TOML file."
        raise ContentError(f"{markup.visible(name)}: there is no such {what}. {known}") from None


# --- from a text ---


def parse(text: str, file: str) -> Section:
    """Read the text of a TOML file; `file` is what errors call it.

    >>> parse('host = "foo.com"', "mine.toml").take("hots")
    Traceback (most recent call last):
    smtplesson.content.ContentError: mine.toml: hots is missing. Add a line such as: hots = "..."
    """
    file = markup.visible(file)
    if line := _too_deep(text):
        raise ContentError(f"{file}, line {line}: a name with more than {DEEPEST} parts. Shorten it.")
    try:
        return Section(tomllib.loads(text), _Source(file, text))
    except ContentError:
        raise
    except RecursionError:
        raise ContentError(f"{file}: {_TOO_DEEP}") from None
    except tomllib.TOMLDecodeError as error:
        what, _, at = str(error).partition(" (at line ")
        number, _, column = at.rstrip(")").partition(", ")
        behind = f" ({column})" if at else ""
        raise ContentError(
            f"{file}, line {number or text.count(chr(10)) + 1}: not valid TOML: {markup.visible(what)}{behind}. "
            'Mend it; a text stands between straight quotation marks, such as title = "Week 3".'
        ) from None
    except ValueError:  # more digits than Python reads
        line = next((n for n, row in enumerate(text.split("\n"), 1) if re.search(r"[0-9_]{4000}", row)), 1)
        raise ContentError(f"{file}, line {line}: {_TOO_BIG}") from None


def parse_rows(text: str, file: str, *needed: str) -> tuple[Section, ...]:
    """Read the text of a CSV file with the columns `needed`, between commas, semicolons or tabs.

    Rows that are blank are passed over, and so are lines before the first that begin with "#".
    """
    file = markup.visible(file)
    lines = text.split("\n")
    heads = (line for line in lines if line.strip() and not line.startswith("#"))
    head = next(heads, "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count), strict=True)
    columns: list[str] = []
    found = []
    try:
        for row in reader:
            if not any(cell.strip() for cell in row) or (not columns and row[0].startswith("#")):
                continue
            source = _Source(file, "", reader.line_num)
            if not columns:
                columns = [cell.strip().casefold() for cell in row]
                for name in {*needed, *filter(None, columns)}:
                    if (count := columns.count(name)) != 1:
                        what = f"names the column {shown(name)} {count} times, and must name it once."
                        raise Section({}, source).error(f"the first line {what}")
                continue
            if any(cell.strip() for cell in row[len(columns) :]):
                what = f"has {len(row)} fields, the first line {len(columns)}"
                raise Section({}, source).error(f"{what}. Put a text with a comma in quotes.")
            cells = [*row, *("" for _ in columns[len(row) :])]
            found.append(Section(dict(zip(columns, cells, strict=False)), source))
    except csv.Error as error:
        raise ContentError(f"{file}, line {reader.line_num}: no CSV: {error}.") from None
    return tuple(found)


def section(values: Mapping[str, Any], file: str) -> Section:
    """A table that comes from no file; `file` is what errors call it."""
    return Section(values, _Source(markup.visible(file), ""))


# --- a table ---


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


_Path = tuple[str | int, ...]
_Shape = tuple[str, str, Callable[[object], bool], Callable[[Any], Any]]
_TEXTS = 'a list of texts, such as ["a", "b"]'
#: The type of a field -> what a value must be, an example, whether one is, and what is made of it.
_SHAPES: Mapping[str, _Shape] = {
    "str": ("a text in quotes", '"..."', _is_text, str),
    "bool": ("true or false", "true", lambda value: isinstance(value, bool), bool),
    "int": ("a whole number", "7", _is_whole, int),
    "float": ("a number", "7", lambda value: _is_whole(value) or isinstance(value, float), lambda value: value),
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
    "table": ("a table", "{}", lambda value: isinstance(value, Section), lambda value: value),
    "tables": ("a list of tables", "[{}]", _is_tables, tuple),
}


class Section(Mapping[str, Any]):
    """A table that knows where it stands: tables in it are Sections, too; `label` names it in errors."""

    def __init__(
        self,
        values: Mapping[str, Any],
        source: _Source | None = None,
        path: _Path = (),
        label: str = "",
    ) -> None:
        self._source = source or _Source("a table", "")
        self._path = path
        self.label = label
        self._values = {key: self._within(value, (*path, key)) for key, value in values.items()}

    def _within(self, value: Any, path: _Path) -> Any:
        if isinstance(value, int) and abs(value) > _MOST:
            raise ContentError(f"{self._source.at(path)}: {_TOO_BIG}")
        if isinstance(value, Section) or not isinstance(value, dict | list):
            return value
        if len(path) > DEEPEST:
            raise ContentError(f"{self._source.at(path)}: {_TOO_DEEP}")
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
        missing = dataclasses.MISSING
        return {
            name: self.take(name, str(field.type), ... if field.default is field.default_factory is missing else None)
            for name, field in own.items()
            if name not in also and (name in self or field.default is field.default_factory is missing)
        }

    def build(self, kind: type[_Value], /, *also: str, **given: Any) -> _Value:
        """Make a value of a dataclass whose fields are the keys; those in `given` come from elsewhere."""
        values = self.fields(kind, *also, without=[name for name in given if name not in also])
        try:
            return kind(**{**values, **given})
        except ValueError as error:
            raise self.error(str(error)) from None


# --- where a key stands ---

_KEY = r"""(?:[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*')"""
_KEYS = rf"{_KEY}(?:[ \t]*\.[ \t]*{_KEY})*"
_STATEMENT = re.compile(rf"[ \t]*(\[?\[?)[ \t]*({_KEYS})[ \t]*(?:\]|=)")
_QUOTED = re.compile(
    r'''"""(?:\\.|[^\\])*?"""{1,3}|\'\'\'.*?\'\'\'{1,3}|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|\#[^\n]*''', re.DOTALL
)
_PIECE = re.compile(rf"{_QUOTED.pattern}|[\[\]{{}}\n]", re.DOTALL)


@dataclasses.dataclass(frozen=True)
class _Source:
    """A file, its text, and the line of a row of CSV."""

    file: str
    text: str
    line: int = 0

    def at(self, path: _Path) -> str:
        """The file, and the line where the table or key at the end of `path` stands."""
        line = self.line_of(path)
        return f"{self.file}, line {line}" if line else self.file

    def line_of(self, path: _Path) -> int:
        """The line, as near as can be found; 0 where it cannot be."""
        line = self.line
        while path and not line:
            line = self._lines.get(path, 0)
            path = path[:-1]
        return line

    @functools.cached_property
    def _lines(self) -> Mapping[_Path, int]:
        """The line of each table and key of a TOML text that is known to be valid."""
        found: dict[_Path, int] = {}
        counts: dict[_Path, int] = {}
        table: _Path = ()
        at, line = 0, 1
        while at < len(self.text):
            statement = _STATEMENT.match(self.text, at)
            if statement:
                keys = _parts(statement[2])
                if statement[1]:
                    table = ()
                    for number, key in enumerate(keys, 1):
                        table = (*table, key)
                        found.setdefault(table, line)
                        if number == len(keys) and statement[1] == "[[":
                            counts[table] = counts.get(table, -1) + 1
                        if table in counts:
                            table = (*table, counts[table])
                    found[table] = line
                else:
                    for number in range(1, len(keys) + 1):
                        found.setdefault((*table, *keys[:number]), line)
            end = _end(self.text, statement.end() - 1 if statement and not statement[1] else at)
            line += self.text.count("\n", at, end)
            at = end
        return found


def _parts(keys: str) -> list[str]:
    """The names of a dotted key, without their quotation marks."""
    value: Any = tomllib.loads(f"{keys} = 0")
    names = []
    while isinstance(value, dict):
        ((name, value),) = value.items()
        names.append(name)
    return names


def _end(text: str, at: int) -> int:
    """Where the statement that goes on at `at` ends: behind the line end that is in no text and no bracket."""
    depth = 0
    for piece in _PIECE.finditer(text, at):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(piece[0], 0)
        if piece[0] == "\n" and depth <= 0:
            return piece.end()
    return len(text)


def _too_deep(text: str) -> int:
    """The line of a name with too many parts, which TOML would read for minutes; 0 where there is none."""
    if not any(line.count(".") > DEEPEST for line in text.split("\n")):
        return 0
    bare = _QUOTED.sub(lambda quoted: "\n" * quoted[0].count("\n"), text)
    for number, line in enumerate(bare.split("\n"), 1):
        if any(name.count(".") > DEEPEST for name in re.split(r"[\[\],={}]", line)):
            return number
    return 0
