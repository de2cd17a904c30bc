"""Where the tables and keys of a TOML text stand."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: The keys and places in lists that lead to a value.
Path = tuple[str | int, ...]
DEEPEST = 32  # tables and lists in one another, and names joined by dots
_KEY = r"""(?:[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*')"""
_KEYS = rf"{_KEY}(?:[ \t]*\.[ \t]*{_KEY})*"
_STATEMENT = re.compile(rf"[ \t]*(\[?\[?)[ \t]*({_KEYS})[ \t]*(?:\]|=)")
_QUOTED = re.compile(
    r'''"""(?:\\.|[^\\])*?"""{1,3}|\'\'\'.*?\'\'\'{1,3}|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|\#[^\n]*''', re.DOTALL
)
_PIECE = re.compile(rf"{_QUOTED.pattern}|[\[\]{{}}\n]", re.DOTALL)


@dataclass(frozen=True)
class Source:
    """A file, its text, and the line of a row of CSV."""

    file: str
    text: str
    line: int = 0

    def at(self, path: Path) -> str:
        """The file, and the line where the table or key at the end of `path` stands."""
        line = self.line_of(path)
        return f"{self.file}, line {line}" if line else self.file

    def line_of(self, path: Path) -> int:
        """The line, as near as can be found; 0 where it cannot be."""
        line = self.line
        while path and not line:
            line = self._lines.get(path, 0)
            path = path[:-1]
        return line

    @functools.cached_property
    def _lines(self) -> Mapping[Path, int]:
        """The line of each table and key of a TOML text that is known to be valid."""
        found: dict[Path, int] = {}
        counts: dict[Path, int] = {}
        table: Path = ()
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


def too_deep(text: str) -> int:
    """The line of a name with too many parts, which TOML would read for minutes; 0 where there is none."""
    if not any(line.count(".") > DEEPEST for line in text.split("\n")):
        return 0
    bare = _QUOTED.sub(lambda quoted: "\n" * quoted[0].count("\n"), text)
    for number, line in enumerate(bare.split("\n"), 1):
        if any(name.count(".") > DEEPEST for name in re.split(r"[\[\],={}]", line)):
            return number
    return 0
