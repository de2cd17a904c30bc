"""Who is in a class: a CSV file of ids, which may be pseudonyms, and names if the teacher wants them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from smtplesson import content
from smtplesson.content import ContentError, shown

LONGEST = 64  # characters of an id
_BYTES = 120  # of an id, since files are named after it
_ID = re.compile(r"\w[\w .@+-]*")
_NAMES = ("name", "full name", "student", "display name")  # the columns that may hold a name
_PARTS = ("first name", "given name", "firstname", "last name", "surname", "lastname")  # or the parts of one
_WANTED = "an id begins with a letter or digit, and goes on with letters, digits, spaces and . _ - @ +"


def canonical(id: str) -> str:
    """The one form of an id: no spaces around it, small letters, Unicode's composed form (NFC).

    Raises ValueError, with what is wanted, for a text that is no id.

    >>> canonical(" Mira-7 ")
    'mira-7'
    """
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFC", id).strip().casefold())
    if not text:
        raise ValueError("The id is empty.")
    if len(text) > LONGEST:
        raise ValueError(f"{shown(text)} is no id: it has {len(text)} characters, {LONGEST} are the most.")
    if not _ID.fullmatch(text):
        raise ValueError(f"{shown(text)} is no id: {_WANTED}.")
    if (size := len(text.encode())) > _BYTES:
        raise ValueError(f"{shown(text)} is no id: it has {size} bytes in UTF-8, {_BYTES} are the most.")
    return text


class Roster(Mapping[str, str]):
    """The learners of a class: id -> name, which is empty where there is none, in the order of the file.

    `rows` holds what the file says of each, by its own names of the columns: `id_column` is the one of the ids.
    """

    def __init__(
        self,
        learners: Mapping[str, str] | Iterable[str],
        rows: Mapping[str, Mapping[str, str]] | None = None,
        id_column: str = "id",
    ) -> None:
        names = learners if isinstance(learners, Mapping) else dict.fromkeys(learners, "")
        self._names = {canonical(id): name for id, name in names.items()}
        self.rows: Mapping[str, Mapping[str, str]] = rows or {}
        self.id_column = id_column
        if len(self._names) != len(names):
            raise ContentError("Two ids of this roster are the same, but for capital letters or spaces.")

    @classmethod
    def load(cls, path: str | Path, id_column: str = "id") -> Roster:
        """Read a CSV file whose first line names its columns: that of the ids, and if wanted `name`.

        It may be in UTF-8 or as a spreadsheet of Windows saves it. Columns stand between commas, semicolons or tabs.
        Raises ContentError for the first thing that is not right.
        """
        return cls._of(content.rows(Path(path), legacy=True, fold=False), Path(path).name, id_column)

    @classmethod
    def parse(cls, text: str, name: str = "roster", id_column: str = "id") -> Roster:
        """Read the text of such a file; `name` is what errors call it.

        >>> dict(Roster.parse("id;name\\nmira-7;Mira\\ntom-2;"))
        {'mira-7': 'Mira', 'tom-2': ''}
        """
        return cls._of(content.parse_rows(text, name, fold=False), name, id_column)

    @classmethod
    def _of(cls, rows: Iterable[content.Section], name: str, id_column: str) -> Roster:
        found: dict[str, content.Section] = {}
        column = ""
        for row in rows:
            column = column or _column(row, id_column)
            try:
                id = canonical(row[column])
            except ValueError as error:
                raise row.error(str(error)) from None
            if id in found:
                raise row.error(f"{shown(id)} is on line {found[id].line} already; remove one.")
            found[id] = row
        if not found:
            what = "no learner is on it. Add lines below the line that names the columns."
            raise content.section({}, name).error(what)
        return cls({id: _name(row) for id, row in found.items()}, found, column)

    def __getitem__(self, id: str) -> str:
        return self._names[id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _column(row: content.Section, wanted: str) -> str:
    """The column of this name, whatever its capital letters."""
    for column in row:
        if column.casefold() == wanted.strip().casefold():
            return column
    there = ", ".join(shown(column) for column in row)
    what = f"there is no column {shown(wanted)}, only {there}. Name the one of the ids: --id-column NAME."
    raise row.error(what)


def _name(row: content.Section) -> str:
    folded = {column.casefold(): " ".join(value.split()) for column, value in row.items()}
    whole = next((folded[column] for column in _NAMES if column in folded), "")
    return whole or " ".join(filter(None, (folded.get(column, "") for column in _PARTS)))
