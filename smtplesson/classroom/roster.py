"""Who is in a class: a CSV file of ids, which may be pseudonyms, and names if the teacher wants them."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from smtplesson import markup

LONGEST = 64  # characters of an id
_BYTES = 120  # of an id, since files are named after it
_LARGEST = 5_000_000  # bytes of a roster
_ID = re.compile(r"\w[\w .@+-]*")
_WANTED = "an id begins with a letter or digit, and goes on with letters, digits, spaces and . _ - @ +"
_DELIMITERS = ",;\t"


class RosterError(ValueError):
    """A roster that is not right: the message says which file and line, what, and what to do."""


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


def shown(text: object, most: int = 60) -> str:
    """A stranger's text as it may stand in a message: in quotes, made visible, cut where it is long.

    >>> shown("a" * 99, 5)
    "'aaaaa...'"
    """
    whole = str(text)
    return f"'{markup.visible(whole[:most])}{'...' if len(whole) > most else ''}'"


class Roster(Mapping[str, str]):
    """The learners of a class: id -> name, which is empty where there is none, in the order of the file."""

    def __init__(self, learners: Mapping[str, str] | Iterable[str]) -> None:
        names = learners if isinstance(learners, Mapping) else dict.fromkeys(learners, "")
        self._names = {canonical(id): name for id, name in names.items()}
        if len(self._names) != len(names):
            raise RosterError("Two ids of this roster are the same, but for capital letters or spaces.")

    @classmethod
    def load(cls, path: str | Path) -> Roster:
        """Read a CSV file whose first line names its columns: `id`, and if wanted `name`; others are passed over.

        Columns stand between commas, semicolons or tabs. Raises RosterError for the first thing that is not right.
        """
        file = Path(path)
        try:
            with file.open("rb") as opened:
                data = opened.read(_LARGEST + 1)
            text = data.decode("utf-8-sig")  # some spreadsheets write a mark at the start
        except OSError as error:
            raise RosterError(f"{file.name}: cannot be read ({error.strerror or type(error).__name__}).") from None
        except UnicodeDecodeError:
            raise RosterError(f'{file.name}: not UTF-8. Save it as "CSV UTF-8".') from None
        if len(data) > _LARGEST:
            raise RosterError(f"{file.name}: larger than {_LARGEST:,} bytes; that is no roster.")
        return cls.parse(text, file.name)

    @classmethod
    def parse(cls, text: str, name: str = "roster") -> Roster:
        """Read the text of such a file; `name` is what errors call it.

        >>> dict(Roster.parse("id;name\\nmira-7;Mira\\ntom-2;"))
        {'mira-7': 'Mira', 'tom-2': ''}
        """
        where = markup.visible(name)
        head = next((row for row in text.splitlines() if row.strip()), "")
        delimiter = max(_DELIMITERS, key=head.count)
        found: dict[str, tuple[str, int]] = {}
        for line, row in _rows(text, delimiter, where):
            try:
                id = canonical(row["id"])
            except ValueError as error:
                raise RosterError(f"{where}, line {line}: {error}") from None
            if id in found:
                raise RosterError(f"{where}, line {line}: {shown(id)} is on line {found[id][1]} already; remove one.")
            found[id] = (" ".join(row.get("name", "").split()), line)
        if not found:
            raise RosterError(f"{where}: no learner is on it. Add lines below the line that names the columns.")
        return cls({id: name for id, (name, _) in found.items()})

    def __getitem__(self, id: str) -> str:
        return self._names[id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _rows(text: str, delimiter: str, where: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows that are not blank, by column, with the line on which each ends."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    columns: list[str] = []
    try:
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            if columns:
                if any(cell.strip() for cell in row[len(columns) :]):
                    what = f"has {len(row)} fields, the first line {len(columns)}"
                    raise RosterError(f"{where}, line {reader.line_num}: {what}. Put the name in quotation marks.")
                yield reader.line_num, {"id": "", **dict(zip(columns, row, strict=False))}
                continue
            columns = [cell.strip().casefold() for cell in row]
            if columns.count("id") != 1 or columns.count("name") > 1:
                raise RosterError(f"{where}, line {reader.line_num}: the first line names the columns: id or id,name.")
    except csv.Error as error:
        raise RosterError(f"{where}, line {reader.line_num}: no CSV: {error}.") from None
