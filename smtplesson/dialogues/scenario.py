"""Scenarios: a world, a client's script and the point they make, from a file, to be played."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from smtplesson import content
from smtplesson.protocol.replies import Reply, ReplySyntaxError
from smtplesson.protocol.transcript import Transcript, TranscriptSyntaxError, verb_of
from smtplesson.server import worlds
from smtplesson.server.server import Server
from smtplesson.server.session import CLIENT_ADDRESS, Session

_KEYS = ("title", "point", "source", "world", "script", "ask", "client_address", "bounce")
_ASK = ("MAIL", "RCPT", "VRFY", "DATA", ".")


@dataclass(frozen=True)
class Scenario:
    """A dialogue with a server: what the client sends, what was answered, and where that comes from.

    `script` holds both sides, as in RFC 5321 appendix D; `ask` lists the commands worth predicting. `bounce` is what
    comes back to the sender for those who were refused, as RFC 3464 has it; empty where the scenario has none.

    >>> load("rfc821-postel").title
    '251 as it was first written down'
    """

    name: str
    title: str
    point: str
    source: str
    server: Server
    script: Transcript
    ask: tuple[str, ...] = _ASK
    client_address: str = CLIENT_ADDRESS
    bounce: str = ""

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
    return content.names("scenarios")


def load(scenario: str | Path) -> Scenario:
    """Read a scenario that ships with the kit, by name, or a TOML file, by path.

    Raises ContentError for a file that is not there or not right.
    """
    return _scenario(content.find(scenario, "scenarios", "scenario"), Path(scenario).stem)


def parse(text: str, *, name: str = "scenario") -> Scenario:
    """Build a scenario from the text of its file; `name` names it in errors."""
    return _scenario(content.parse(text, name), name)


def _scenario(table: content.Section, name: str) -> Scenario:
    table.only(*_KEYS)
    return Scenario(
        name=name,
        title=table.take("title"),
        point=table.take("point"),
        source=table.take("source"),
        server=_server(table),
        script=_script(table),
        ask=table.take("ask", "tuple[str, ...]", _ASK),
        client_address=table.take("client_address", "str", CLIENT_ADDRESS),
        bounce=table.take("bounce", "str", "").strip("\n"),
    )


def _server(table: content.Section) -> Server:
    world = table.get("world", "example")
    if isinstance(world, content.Section):
        return worlds.from_table(world)
    if not isinstance(world, str):
        what = f"world must be the name of a world or a table, not {content.shown(world)}."
        raise table.error(what, "world")
    try:
        return worlds.load(world)
    except content.ContentError as error:
        raise table.error(f"world: {error}", "world") from None


def _script(table: content.Section) -> Transcript:
    try:
        script = Transcript.parse(table.take("script"))
        exchanges = script.exchanges()
    except (TranscriptSyntaxError, ReplySyntaxError) as error:
        raise table.error(f"in the script: {error}", "script") from None
    if not exchanges:
        raise table.error('script has no reply. It needs lines such as "C: NOOP" and "S: 250 OK".', "script")
    if script[-1].speaker == "C":
        last = content.shown(script[-1].text)
        raise table.error(f"script ends with the client's {last}; add the server's reply.", "script")
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
        """Send what comes next and return it with the reply; ContentError where the server stays silent."""
        exchange = self._exchanges[self._at]
        reply = self._play(exchange.sent)
        if reply is None:
            raise content.ContentError(
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
    """Play a scenario from its first line to its last.

    >>> [step.reply.code for step in play(load("rfc821-postel"))]
    [220, 250, 250, 251, 221]
    """
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
