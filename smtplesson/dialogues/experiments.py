"""The sandbox's experiments: a goal, a few small steps and the reason, from a TOML file; and the knobs they turn."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from smtplesson import content, markup
from smtplesson.protocol.transcript import Exchange
from smtplesson.server import profiles, worlds

#: The world whose server the examples talk to.
WORLD = "foo"
#: What is said to a reply that an example has no words for.
OTHER = "other"


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
    table = content.read(content.KIT / "knobs.toml")
    for key, row in table.items():
        of_profiles = {row.get("called", {}).get(name, name): name for name in profiles.PROFILES}
        given = of_profiles if key == "profile" else row["choices"]
        yield Knob(key, row["label"], {called: None if value == "" else value for called, value in given.items()})


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
class Target:
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
class Experiment:
    """Something to try: a goal with the replies that reach it, three to five steps, why, and what else may come."""

    id: str
    shelf: Shelf
    title: str
    goal: str
    reach: tuple[Target, ...]
    source: str
    why: str
    steps: tuple[Step, ...]
    #: Code, or `OTHER` -> what to say to a learner who got that instead.
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


def load(path: Path | None = None) -> tuple[Experiment, ...]:
    """Read the kit's own examples, or those of a TOML file; ContentError for the first thing that is not right."""
    return _examples(content.read(content.KIT / "experiments.toml" if path is None else path))


def parse(text: str, *, where: str = "experiments.toml") -> tuple[Experiment, ...]:
    """Build examples from the text of their file: one table each, and `otherwise` for all of them."""
    return _examples(content.parse(text, where))


# --- from a table to an example ---------------------------------------------------------------------------

_TEXTS = ("shelf", "title", "goal", "source", "why")
_DOES = ("send", "raw", "turn", "wait")
_CODE = re.compile("[2-5][0-5][0-9]")
_TARGET = re.compile(rf"(\S.*) ({_CODE.pattern})")


def _examples(file: content.Section) -> tuple[Experiment, ...]:
    shared = _advice(file)
    ids = [key for key in file if key != "otherwise"]
    if not ids:
        raise file.error("there is no example. Add a table such as [get-a-251].")
    return tuple(_example(id, file, shared) for id in ids)


def _advice(table: content.Section) -> dict[str, str]:
    """The texts of `otherwise`, by codes and `OTHER`."""
    label = f"{table.label}, otherwise" if table.label else "otherwise"
    rows = table.take("otherwise", "table", content.Section({})).named(label)
    for code in rows:
        if code != OTHER and not _CODE.fullmatch(code):
            raise rows.error(f"{content.shown(code)} is no key; they are reply codes, such as 503, and {OTHER}.", code)
        rows.take(code)
    return dict(rows)


def _example(id: str, file: content.Section, shared: Mapping[str, str]) -> Experiment:
    if not isinstance(file[id], content.Section) or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", id):
        what = "an example is a table whose name has small letters, digits and hyphens: [get-a-251]."
        raise file.error(f"{content.shown(id)}: {what}", id)
    table = file[id].named(id)
    table.only(*_TEXTS, "reach", "steps", "otherwise", "policy")
    texts = {key: table.take(key).strip() for key in _TEXTS}
    shelf = Shelf(table.choice("shelf", list(Shelf)))
    if "RFC" not in texts["source"]:
        raise table.error('source names no RFC; write such as: source = "RFC 5321 section 3.4"', "source")
    own = _advice(table)
    otherwise = {**own, **{code: advice for code, advice in shared.items() if code not in own}}
    if OTHER not in otherwise:
        raise table.error(f'otherwise has no text for all other replies. Add: {OTHER} = "..."', "otherwise")
    steps = table.take("steps", "tables", ())
    if not 3 <= len(steps) <= 5:
        raise table.error(f"an example has three to five steps, each a table [[{id}.steps]].")
    return Experiment(
        id=id,
        reach=_targets(table),
        steps=tuple(_step(step.named(f"{id}, step {number}")) for number, step in enumerate(steps, 1)),
        policy=_policy(table.take("policy", "table", content.Section({})).named(f"{id}, policy")),
        otherwise=otherwise,
        **{**texts, "shelf": shelf},
    )


def _targets(table: content.Section) -> tuple[Target, ...]:
    found = [_TARGET.fullmatch(row) for row in table.take("reach", "tuple[str, ...]")]
    if not found or not all(found):
        raise table.error('reach must be a list of command and code, such as ["RCPT 251"].', "reach")
    return tuple(Target(match[1], int(match[2])) for match in found if match)


def _step(row: content.Section) -> Step:
    row.only("say", *_DOES, "reply")
    does = [key for key in _DOES if key in row]
    if len(does) != 1:
        raise row.error(f"it does {' and '.join(does) or 'nothing'}; it must have one of {', '.join(_DOES)}.")
    turn = row.take("turn", "table", content.Section({})).named(row.label)
    turn.only(*KNOBS)
    _check_knobs(turn)
    step = Step(
        row.take("say").strip(),
        row.take("send", "str", "").removesuffix("\n"),
        row.take("raw", "str", "").encode(),
        dict(turn),
        row.take("wait", "int", 0),
        row.take("reply", "int", 0),
    )
    if not getattr(step, does[0]):
        raise row.error(f"{does[0]} is empty; see the examples of the kit.", does[0])
    if step.reply and not _CODE.fullmatch(str(step.reply)):
        raise row.error(f"reply = {step.reply} is no reply code (RFC 5321 section 4.2).", "reply")
    return step


def _check_knobs(settings: content.Section) -> None:
    for key, value in settings.items():
        if key in KNOBS:
            try:
                KNOBS[key].name_of(value)
            except ValueError as error:
                raise settings.error(str(error), key) from None


def _policy(policy: content.Section) -> dict[str, object]:
    for key in ("base", "host"):
        if key in policy:
            what = f"{key} cannot be set, for every example talks to the world {WORLD!r}. Take the line away."
            raise policy.error(what, key)
    _check_knobs(policy)
    worlds.from_table(policy.changed(base=WORLD))
    return dict(policy)
