"""The sandbox's examples: a goal, a few small steps and the reason, from a TOML file; and the knobs they turn.

Errors say which file, line and example, what is wrong, and what to do.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any

from smtplesson import markup
from smtplesson.protocol.transcript import Exchange
from smtplesson.server import profiles, worlds

#: The world whose server the examples talk to.
WORLD = "foo"
#: What is said to a reply that an example has no words for.
OTHER = "other"
_DATA = resources.files("smtplesson") / "data"


class ExampleError(ValueError):
    """An example that is not right: the message says where it stands, what is wrong, and what to do."""


class Shelf(StrEnum):
    """Where an example lies: to begin with, to wonder at, or to use at work."""

    TUTORIAL = "tutorial"
    WEIRD = "weird"
    USEFUL = "useful"


@dataclass(frozen=True, slots=True)
class Knob:
    """A part of the server's policy to turn: the keyword of `Policy`, and what each of its values is called."""

    key: str
    label: str
    #: What a choice is called -> the value of the keyword; the first is where the knob stands unturned.
    choices: Mapping[str, object]

    @property
    def default(self) -> object:
        """The value where nobody has turned the knob."""
        return next(iter(self.choices.values()))

    def name_of(self, value: object) -> str:
        """What the choice with this value is called; ValueError where there is none."""
        for name, known in self.choices.items():
            if known == value and type(known) is type(value):
                return name
        values = ", ".join(map(repr, self.choices.values()))
        raise ValueError(f"{self.key} = {value!r} is no choice of the knob “{self.label}”; it has {values}.")


def _knobs() -> Iterator[Knob]:
    table = tomllib.loads((_DATA / "knobs.toml").read_text(encoding="utf-8"))
    for key, row in table.items():
        of_profiles = {row.get("called", {}).get(name, name): name for name in profiles.PROFILES}
        yield Knob(key, row["label"], of_profiles if key == "profile" else row["choices"])


#: Every knob by its keyword: section 3.4's choices, syntax, VRFY, relaying and limits, and the server's profile.
KNOBS: Mapping[str, Knob] = MappingProxyType({knob.key: knob for knob in _knobs()})


@dataclass(frozen=True, slots=True)
class Step:
    """One small step: lines or bytes to send, a knob to turn, or seconds to wait; and the code that it gives."""

    say: str
    #: One line or more, without CRLF.
    send: str = ""
    #: Bytes, where lines will not do.
    raw: bytes = b""
    #: Keyword of a knob -> the value to set it to.
    turn: Mapping[str, object] = field(default_factory=dict)
    #: Seconds to wait before a new session.
    wait: int = 0
    #: The code of the last reply; 0 where a step sends nothing, or gets none.
    reply: int = 0

    @property
    def action(self) -> str:
        """What the step does, in words: the lines that it sends, or what it sets."""
        if self.turn:
            knobs = (KNOBS[key] for key in self.turn)
            turns = ", ".join(f"set “{k.label}” to “{k.name_of(self.turn[k.key])}”" for k in knobs)
            return f"{turns}; a new session begins"
        if self.wait:
            return f"wait {self.wait} seconds; a new session begins"
        if self.raw:
            return markup.visible(self.raw.decode("utf-8", "surrogateescape"))
        return " / ".join(markup.visible(line) or "(empty line)" for line in self.send.split("\n"))


@dataclass(frozen=True, slots=True)
class Mark:
    """A part of a goal: a reply of this code to a command that begins so."""

    command: str
    code: int

    def __str__(self) -> str:
        return f"{self.code} to {self.command if self.command != '.' else 'the final dot'}"

    def is_met_by(self, exchange: Exchange) -> bool:
        """Whether this reply to this command is meant."""
        said = exchange.sent[-1] if exchange.sent else ""
        return exchange.reply.code == self.code and said.casefold().startswith(self.command.casefold())


@dataclass(frozen=True, slots=True)
class Example:
    """Something to try: a goal with the replies that reach it, three to five steps, why, and what else may come."""

    id: str
    shelf: Shelf
    title: str
    goal: str
    reach: tuple[Mark, ...]
    source: str
    why: str
    steps: tuple[Step, ...]
    #: Code, or `OTHER` -> what to say to somebody who got that instead.
    otherwise: Mapping[str, str]
    #: Keys of a world that differ from those of the world `WORLD`.
    policy: Mapping[str, object] = field(default_factory=dict)

    def met(self, exchanges: Iterable[Exchange]) -> int:
        """How many of the replies in `reach` were given, one after the other, perhaps with others between them."""
        found = 0
        for exchange in exchanges:
            if found < len(self.reach) and self.reach[found].is_met_by(exchange):
                found += 1
        return found


def load(path: Path | None = None) -> tuple[Example, ...]:
    """Read the kit's own examples, or those of a TOML file; ExampleError for the first thing that is not right."""
    if path is None:
        return parse((_DATA / "sandbox.toml").read_text(encoding="utf-8"))
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise ExampleError(f"{path}: cannot be read ({type(error).__name__}). Give the path of a TOML file.") from None
    return parse(text, where=path.name)


def parse(text: str, *, where: str = "sandbox.toml") -> tuple[Example, ...]:
    """Build examples from the text of their file: one table each, and `otherwise` for all of them."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ExampleError(f"{where}: not valid TOML: {error}.") from None
    shared = _Place(where, text, "otherwise").texts(table.pop("otherwise", {}), "the table")
    if not table:
        raise ExampleError(f"{where}: there is no example. Add a table such as [get-a-251].")
    return tuple(_example(_Place(where, text, name), rows, shared) for name, rows in table.items())


# --- from a table to an example ---------------------------------------------------------------------------

_TEXTS = ("shelf", "title", "goal", "source", "why")
_KEYS = (*_TEXTS, "reach", "steps", "otherwise", "policy")
_DOES = ("send", "raw", "turn", "wait")
_MARK = re.compile(r"(\S.*) ([2-5][0-5][0-9])")


@dataclass(frozen=True, slots=True)
class _Place:
    """An example in a file, and what can be wrong with it."""

    where: str
    text: str
    id: str

    def error(self, message: str) -> ExampleError:
        head = re.compile(rf"\s*\[+{re.escape(self.id)}[\].]")
        lines = enumerate(self.text.split("\n"), 1)
        number = next((n for n, line in lines if head.match(line)), None)
        line = f", line {number}" if number else ""
        return ExampleError(f"{self.where}{line}, {self.id}: {message}")

    def check_keys(self, table: Mapping[str, Any], known: tuple[str, ...], of: str) -> None:
        for key in table:
            if key not in known:
                near = difflib.get_close_matches(key, known, n=1)
                hint = f"Do you mean {near[0]}?" if near else f"The keys are {', '.join(known)}."
                raise self.error(f"unknown key {key!r} in {of}. {hint}")

    def texts(self, table: object, of: str) -> dict[str, str]:
        """A table of advice, by codes and `OTHER`."""
        if not isinstance(table, dict):
            raise self.error(f'{of} must be a table of texts, such as {{ 503 = "..." }}.')
        for code, advice in table.items():
            if code != OTHER and not re.fullmatch("[2-5][0-5][0-9]", code):
                raise self.error(f"{of} names {code!r}; its keys are reply codes, such as 503, and {OTHER}.")
            if not isinstance(advice, str) or not advice.strip():
                raise self.error(f"{of}: {code} must be a text.")
        return dict(table)


def _example(place: _Place, table: object, shared: Mapping[str, str]) -> Example:
    if not isinstance(table, dict) or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", place.id):
        raise place.error("an example is a table whose name has small letters, digits and hyphens: [get-a-251].")
    place.check_keys(table, _KEYS, "the example")
    for key in _TEXTS:
        if not isinstance(table.get(key), str) or not table[key].strip():
            raise place.error(f'{key} is missing or no text. Add a line such as: {key} = "..."')
    if table["shelf"] not in list(Shelf):
        raise place.error(f"shelf = {table['shelf']!r} is none of {', '.join(Shelf)}.")
    if "RFC" not in table["source"]:
        raise place.error('source names no RFC; write such as: source = "RFC 5321 section 3.4"')
    own = place.texts(table.get("otherwise", {}), "otherwise")
    otherwise = {**own, **{code: advice for code, advice in shared.items() if code not in own}}
    if OTHER not in otherwise:
        raise place.error(f'otherwise has no text for all other replies. Add: {OTHER} = "..."')
    return Example(
        id=place.id,
        shelf=Shelf(table["shelf"]),
        reach=_marks(place, table.get("reach")),
        steps=_steps(place, table.get("steps")),
        policy=_policy(place, table.get("policy", {})),
        otherwise=otherwise,
        **{key: table[key].strip() for key in ("title", "goal", "source", "why")},
    )


def _marks(place: _Place, reach: object) -> tuple[Mark, ...]:
    found = [_MARK.fullmatch(row) if isinstance(row, str) else None for row in reach] if isinstance(reach, list) else []
    if not found or not all(found):
        raise place.error(f'reach is {reach!r}; it must be a list of command and code, such as ["RCPT 251"].')
    return tuple(Mark(match[1], int(match[2])) for match in found if match)


def _steps(place: _Place, steps: object) -> tuple[Step, ...]:
    if not isinstance(steps, list) or not 3 <= len(steps) <= 5:
        raise place.error(f"an example has three to five steps, each a table [[{place.id}.steps]].")
    return tuple(_step(place, number, table) for number, table in enumerate(steps, 1))


def _step(place: _Place, number: int, table: Any) -> Step:
    of = f"step {number}"
    if not isinstance(table, dict):
        raise place.error(f"{of} must be a table [[{place.id}.steps]].")
    place.check_keys(table, ("say", *_DOES, "reply"), of)
    if not isinstance(table.get("say"), str) or not table["say"].strip():
        raise place.error(f'{of} has no text. Add: say = "..."')
    does = [key for key in _DOES if key in table]
    if len(does) != 1:
        raise place.error(f"{of} does {' and '.join(does) or 'nothing'}; it must have one of {', '.join(_DOES)}.")
    kinds: dict[str, type] = {"send": str, "raw": str, "turn": dict, "wait": int, "reply": int}
    for key, kind in kinds.items():
        if key in table and (not isinstance(table[key], kind) or isinstance(table[key], bool) or not table[key]):
            raise place.error(f"{of}: {key} = {table[key]!r} does not fit; see the examples of the kit.")
    reply = table.get("reply", 0)
    if reply and not re.fullmatch("[2-5][0-5][0-9]", str(reply)):
        raise place.error(f"{of}: reply = {reply!r} is no reply code (RFC 5321 section 4.2).")
    if does[0] == "turn":
        _check_knobs(place, table["turn"], of, only=True)
    raw = table.get("raw", "").encode("utf-8")
    said = table.get("send", "").removesuffix("\n")
    return Step(table["say"].strip(), said, raw, table.get("turn", {}), table.get("wait", 0), reply)


def _check_knobs(place: _Place, settings: Mapping[str, object], of: str, *, only: bool = False) -> None:
    if only:
        place.check_keys(settings, tuple(KNOBS), of)
    for key, value in settings.items():
        if key in KNOBS:
            try:
                KNOBS[key].name_of(value)
            except ValueError as error:
                raise place.error(f"{of}: {error}") from None


def _policy(place: _Place, policy: object) -> dict[str, object]:
    if not isinstance(policy, dict):
        raise place.error(f"policy must be a table [{place.id}.policy] of the keys of a world.")
    for key in ("base", "host"):
        if key in policy:
            raise place.error(f"policy sets {key}, but every example talks to the world {WORLD!r}. Take the line away.")
    _check_knobs(place, policy, "policy")
    try:
        worlds.from_table({"base": WORLD, **policy}, where="policy")
    except worlds.WorldError as error:
        raise place.error(str(error)) from None
    return dict(policy)
