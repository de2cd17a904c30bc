"""Content: the one reader of TOML, CSV and text, the kit's own and a teacher's.

What is not right is told in one sentence with the file, the line, the key, the nearest known key, and what to do.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from smtplesson import markup
from smtplesson.content.lines import DEEPEST, Source, too_deep
from smtplesson.content.sections import TOO_BIG, TOO_DEEP, ContentError, Section, hint, shown

__all__ = [
    "KIT", "ContentError", "File", "Section", "files", "find", "hint", "names", "parse", "parse_rows", "read", "rows",
    "section", "shown", "text",
]  # fmt: skip

#: A file or folder of the kit, which may be in an archive, or a Path.
File = Traversable
#: The folder of the kit's own content.
KIT = resources.files("smtplesson") / "data"
_LARGEST = 5_000_000  # bytes of a file
_LARGEST_TOML = 1_000_000
_SEPARATOR = re.compile(r'"?sep=([,;|\t])"?[ \t]*(?:\r?\n|\Z)', re.IGNORECASE)


def text(file: File, largest: int = _LARGEST, *, legacy: bool = False) -> str:
    """Read a text file in UTF-8, with or without the mark that some editors put at its start.

    With `legacy`, what is no UTF-8 is read as UTF-16 or Windows-1252: so spreadsheets and offices save tables.
    """
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
        if legacy and data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return data.decode("utf-16")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        with suppress(UnicodeDecodeError):
            if legacy:
                return data.decode("cp1252")
        line = data.count(b"\n", 0, error.start) + 1
        how = "CSV UTF-8" if name.lower().endswith(".csv") else "UTF-8"
        raise ContentError(f'{name}, line {line}: not UTF-8. Save it as "{how}".') from None


def read(file: File) -> Section:
    """Read a TOML file."""
    return parse(text(file, _LARGEST_TOML), file.name)


def rows(file: File, *needed: str, legacy: bool = False, fold: bool = True) -> tuple[Section, ...]:
    """Read a CSV file: a table for each row, its keys from the first line, its values texts; `legacy` as for `text`."""
    return parse_rows(text(file, legacy=legacy), file.name, *needed, fold=fold)


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
    smtplesson.content.sections.ContentError: mine.toml: hots is missing. Add a line such as: hots = "..."
    """
    file = markup.visible(file)
    if line := too_deep(text):
        raise ContentError(f"{file}, line {line}: a name with more than {DEEPEST} parts. Shorten it.")
    try:
        return Section(tomllib.loads(text), Source(file, text))
    except ContentError:
        raise
    except RecursionError:
        raise ContentError(f"{file}: {TOO_DEEP}") from None
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
        raise ContentError(f"{file}, line {line}: {TOO_BIG}") from None


def parse_rows(text: str, file: str, *needed: str, fold: bool = True) -> tuple[Section, ...]:
    """Read the text of a CSV file with the columns `needed`, between commas, semicolons or tabs.

    With `fold` the names of columns are in small letters, whatever the file has. Rows that are blank are passed over,
    and so are lines before the first that begin with "#". A line `sep=;` at the start, as spreadsheets write it, says
    what stands between the columns.
    """
    file = markup.visible(file)
    told = _SEPARATOR.match(text)
    lines = text.split("\n")[1 if told else 0 :]
    heads = (line for line in lines if line.strip() and not line.startswith("#"))
    head = next(heads, "")
    delimiter = told[1] if told else max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    if told:
        next(reader)
    columns: list[str] = []
    found = []
    try:
        for row in reader:
            if not any(cell.strip() for cell in row) or (not columns and row[0].startswith("#")):
                continue
            source = Source(file, "", reader.line_num)
            if not columns:
                columns = [cell.strip().casefold() if fold else cell.strip() for cell in row]
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
        raise ContentError(f"{file}, line {reader.line_num}: no CSV: {markup.visible(error)}.") from None
    return tuple(found)


def section(values: Mapping[str, Any], file: str) -> Section:
    """A table that comes from no file; `file` is what errors call it."""
    return Section(values, Source(markup.visible(file), ""))
