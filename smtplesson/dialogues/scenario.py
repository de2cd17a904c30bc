"""Scenarios: a world, a client's script and the point they make, from a file, to be played."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from smtplesson.protocol.replies import Reply, ReplySyntaxError
from smtplesson.protocol.transcript import Transcript, TranscriptSyntaxError, verb_of
from smtplesson.server import worlds
from smtplesson.server.server import Server
from smtplesson.server.session import CLIENT_ADDRESS, Session

_FOLDER = resources.files("smtplesson") / "data" / "scenarios"
_KEYS = ("title", "point", "source", "world", "script", "ask", "client_address")
_ASK = ("MAIL", "RCPT", "VRFY", "DATA", ".")


class ScenarioError(ValueError):
    """A scenario that cannot be played: the message says which file and line, what is wrong, and what to do."""


@dataclass(frozen=True)
class Scenario:
    """A dialogue with a server: what the client sends, what was answered, and where that comes from.

    `script` holds both sides, as in RFC 5321 appendix D; `ask` lists the commands worth predicting.
    """

    name: str
    title: str
    point: str
    source: str
    server: Server
    script: Transcript
    ask: tuple[str, ...] = _ASK
    client_address: str = CLIENT_ADDRESS

    def reply_to(self, line: str) -> Reply:
        """Ask this scenario's server for its reply to one line: see `Server.reply_to`."""
        return self.server.reply_to(line, client_address=self.client_address)


@dataclass(frozen=True, slots=True)
class PlayedExchange:
    """What the client sent (nothing before the greeting), what the script expects, what the server said."""

    sent: tuple[str, ...]
    expected: Reply
    reply: Reply

    @property
    def agrees(self) -> bool:
        """Whether the simulated server said, to the letter, what the script has."""
        return self.expected == self.reply

    @property
    def verb(self) -> str:
        """The command that was answered; "" for the greeting, "." for the end of a message."""
        return verb_of(self.sent)


def names() -> tuple[str, ...]:
    """The scenarios that ship with the kit."""
    files = (entry.name for entry in _FOLDER.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in files if name.endswith(".toml")))


def load(scenario: str | Path) -> Scenario:
    """Read a scenario that ships with the kit, by name, or a TOML file, by path.

    Raises ScenarioError for a file that is not there or not right.
    """
    if isinstance(scenario, str) and scenario in names():
        return parse((_FOLDER / f"{scenario}.toml").read_text(encoding="utf-8"), name=scenario)
    try:
        text = Path(scenario).read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise ScenarioError(
            f"{scenario}: there is no such scenario ({type(error).__name__}). The kit has {', '.join(names())}; "
            "for one of your own give the path of a TOML file."
        ) from None
    return parse(text, name=Path(scenario).stem)


def parse(text: str, *, name: str = "scenario") -> Scenario:
    """Build a scenario from the text of its file; `name` names it in errors."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"{name}: not valid TOML: {error}.") from None
    _check_keys(table, name)
    ask = table.get("ask", list(_ASK))
    if not isinstance(ask, list) or not all(isinstance(verb, str) for verb in ask):
        raise ScenarioError(f'{name}: ask must be a list of commands, such as ["RCPT"].')
    texts = {key: table[key] for key in ("title", "point", "source", "client_address") if key in table}
    server, script = _server(table, name, text), _script(table, name, text)
    return Scenario(name=name, server=server, script=script, ask=tuple(ask), **texts)


def _check_keys(table: Mapping[str, Any], name: str) -> None:
    for key in table:
        if key not in _KEYS:
            near = difflib.get_close_matches(key, _KEYS, n=1)
            hint = f"Do you mean {near[0]}?" if near else f"The keys are {', '.join(_KEYS)}."
            raise ScenarioError(f"{name}: unknown key {key!r}. {hint}")
    if not isinstance(table.get("client_address", ""), str):
        raise ScenarioError(f'{name}: client_address must be a text, such as "192.0.2.1".')
    for key in ("title", "point", "source", "script"):
        if not isinstance(table.get(key), str) or not table[key].strip():
            raise ScenarioError(f'{name}: {key} is missing or no text. Add a line such as: {key} = "..."')


def _server(table: Mapping[str, Any], name: str, text: str) -> Server:
    world = table.get("world", "example")
    try:
        if isinstance(world, str):
            return worlds.load(world)
        if isinstance(world, dict):
            return worlds.from_table(world, where=name, text=text)
    except worlds.WorldError as error:
        raise ScenarioError(str(error)) from None
    raise ScenarioError(f"{name}: world must be the name of a world or a table, not {world!r}.")


def _script(table: Mapping[str, Any], name: str, text: str) -> Transcript:
    try:
        script = Transcript.parse(table["script"])
        exchanges = script.exchanges()
    except (TranscriptSyntaxError, ReplySyntaxError) as error:
        first = next((n for n, line in enumerate(text.split("\n"), 1) if re.match(r"\s*script\s*=", line)), 0)
        raise ScenarioError(f"{name}, script (which begins at line {first}): {error}") from None
    if not exchanges:
        raise ScenarioError(f'{name}: script has no reply. It needs lines such as "C: NOOP" and "S: 250 OK".')
    if script[-1].speaker == "C":
        raise ScenarioError(f"{name}: script ends with the client's {script[-1].text[:60]!r}; add the server's reply.")
    return script


class Player:
    """Plays a scenario step by step against its server; each `Player` has a session of its own."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self._exchanges = scenario.script.exchanges()
        self._at = 0
        self.session: Session | None = None

    @property
    def upcoming(self) -> tuple[str, ...] | None:
        """What the client sends next: () before the greeting, None at the end."""
        return self._exchanges[self._at].sent if self._at < len(self._exchanges) else None

    def step(self) -> PlayedExchange:
        """Send what comes next and return it with the reply; ScenarioError where the server stays silent."""
        exchange = self._exchanges[self._at]
        reply = self._play(exchange.sent)
        if reply is None:
            raise ScenarioError(
                f"{self.scenario.name}: the server has no reply to {exchange.sent[-1]!r}, but the script has "
                f"{str(exchange.reply)!r}. Does the line belong to the message before it?"
            )
        self._at += 1
        return PlayedExchange(exchange.sent, exchange.reply, reply)

    def _play(self, sent: tuple[str, ...]) -> Reply | None:
        if self.session is None:
            self.session = self.scenario.server.connect(client_address=self.scenario.client_address)
            if not sent:
                return self.session.greeting
        reply = None
        for line in sent:
            reply = self.session.send(line)
        return reply


def play(scenario: Scenario) -> tuple[PlayedExchange, ...]:
    """Play a scenario from its first line to its last."""
    player = Player(scenario)
    steps = []
    while player.upcoming is not None:
        steps.append(player.step())
    return tuple(steps)


def transcript(name: str | Path) -> Transcript:
    """Play a scenario and return what was said."""
    player = Player(load(name))
    while player.upcoming is not None:
        player.step()
    assert player.session is not None
    return player.session.transcript
