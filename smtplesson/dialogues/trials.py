"""Lesson 07: a learner's own function is tried with replies, or with servers that are hard to please."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from smtplesson import content, markup
from smtplesson.protocol.replies import Reply
from smtplesson.protocol.transcript import Transcript
from smtplesson.server import worlds
from smtplesson.server.server import Server
from smtplesson.server.session import SessionClosedError

#: A client that sends more lines than this has lost its way.
_MOST_LINES = 200
SENDER = "smith@bar.com"
MESSAGE = ("Subject: lunch?", "", "At noon.")

Decide = Callable[[Reply], object]


class LostClientError(RuntimeError):
    """A client sent so many lines that it will never end."""


class Connection:
    """What a learner's client talks to: `greeting`, and `send(line)`, which returns a Reply.

    `send` returns None for a line of the message, to which no server replies, and raises ConnectionError once
    the server has hung up.
    """

    def __init__(self, server: Server) -> None:
        self._session = server.connect()
        self._left = _MOST_LINES

    @property
    def greeting(self) -> Reply:
        """The server's reply to the connection."""
        return self._session.greeting

    @property
    def transcript(self) -> Transcript:
        """What was said so far."""
        return self._session.transcript

    def send(self, line: str) -> Reply | None:
        """Send one line, without its CRLF."""
        self._left -= 1
        if self._left < 0:
            raise LostClientError(f"Your client has sent {_MOST_LINES} lines and goes on; does its loop end?")
        try:
            return self._session.send(line)
        except SessionClosedError:
            raise ConnectionError("The server has hung up; nothing more can be sent.") from None


Deliver = Callable[[Connection, str, Sequence[str], Sequence[str]], object]


@dataclass(frozen=True, slots=True)
class Trial:
    """One thing that was tried: what it was, what was wanted, what came, and what helps."""

    name: str
    wanted: str
    got: str
    passed: bool
    help: str
    source: str
    transcript: Transcript | None = None


class Report:
    """What came of all trials: `passed` tells whether all went well, `attempted` whether anything was done at all."""

    def __init__(self, what: str, trials: Sequence[Trial], *, attempted: bool) -> None:
        self.what = what
        self.trials = tuple(trials)
        self.attempted = attempted

    @property
    def passed(self) -> bool:
        """Whether every trial was passed."""
        return self.attempted and all(trial.passed for trial in self.trials)

    @property
    def first_failed(self) -> Trial | None:
        """The first trial that was not passed."""
        return next((trial for trial in self.trials if not trial.passed), None)

    @property
    def summary(self) -> str:
        """The outcome in a sentence."""
        if not self.attempted:
            return f"{self.what}: not attempted yet. Write its body, then run this cell again."
        done = sum(trial.passed for trial in self.trials)
        return f"{self.what}: {done} of {len(self.trials)} passed."

    def rows(self) -> list[list[str]]:
        """Each trial: what it is, what is right, what came, and whether that passed."""
        return [[t.name, t.wanted, t.got, "passed" if t.passed else "not yet"] for t in self.trials]

    def __str__(self) -> str:
        if not self.attempted:
            return markup.visible(self.summary)
        rows = [self.summary, *(" | ".join(row) for row in self.rows())]
        if (failed := self.first_failed) is not None:
            rows += ["", f"Look at “{failed.name}” first. {failed.help} ({failed.source})"]
            rows += [str(failed.transcript)] if failed.transcript is not None else []
        return markup.visible_lines("\n".join(rows))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Show the outcome as text, and as a table with the first failure explained."""
        from smtplesson.dialogues import display

        return {"text/plain": str(self), "text/html": markup.output(display.trials(self))}


def try_decide(decide: Decide) -> Report:
    """Try a function that takes a Reply and returns one of the actions: go on, send more, try later, give up.

    >>> try_decide(lambda reply: "go on").summary
    'decide: 4 of 12 passed.'
    """
    trials, results = [], []
    for row in _rows("reply", "text", "action", "why", "source"):
        reply = Reply.parse(row["text"])
        result, shown = _call(decide, reply)
        results.append(result)
        trials.append(
            Trial(
                str(reply).replace("\n", " / "),
                row["action"],
                shown,
                result == row["action"],
                row["why"],
                row["source"],
            )
        )
    return Report("decide", trials, attempted=any(result is not None for result in results))


def try_deliver(deliver: Deliver) -> Report:
    """Try a client with each server: `deliver(connection, sender, recipients, message)`.

    It returns a dictionary: for each recipient "accepted", "later" or "refused". `message` is a list of lines
    without their ends. Where a message was accepted, it must have arrived as it was.
    """
    trials, results = [], []
    for row in _servers().values():
        result, trial = _try_server(deliver, row)
        results.append(result)
        trials.append(trial)
    return Report("deliver", trials, attempted=any(result is not None for result in results))


@dataclass(frozen=True, slots=True)
class TrialServer:
    """A server that is hard to please: what it does, and what must become of a message to its recipients."""

    does: str
    wanted: Mapping[str, str]
    server: Server


def names() -> tuple[str, ...]:
    """The names of the servers that are hard to please."""
    return tuple(_servers())


def server(name: str, **changes: Any) -> TrialServer:
    """One of them, by its name; `changes` are keys of its world. Raises ContentError for a name that is not known.

    >>> dict(server("will-forward").wanted)
    {'green@foo.com': 'accepted'}
    """
    rows = _servers()
    if name not in rows:
        raise content.ContentError(f"There is no trial {content.shown(name)}. {content.hint(name, rows)}")
    row = rows[name]
    world = worlds.from_table(row.take("world", "table").changed(**changes))
    return TrialServer(row.take("does"), row.take("recipients", "Mapping[str, str]"), world)


def _servers() -> Mapping[str, content.Section]:
    rows = _rows("server", "name", "does", "world", "recipients", "message", "hint", "source")
    return {row.take("name").replace(" ", "-"): row for row in rows}


def _try_server(deliver: Deliver, row: content.Section) -> tuple[object, Trial]:
    server = worlds.from_table(row.take("world", "table"))
    connection = Connection(server)
    wanted: dict[str, str] = row.take("recipients", "Mapping[str, str]")
    message = list(row.get("message", MESSAGE))
    result, shown = _call(deliver, connection, SENDER, list(wanted), list(message))
    passed, help = result == wanted, row["hint"]
    if isinstance(result, dict) and result:
        shown = ", ".join(f"{recipient}: {result.get(recipient, 'nothing said')}" for recipient in wanted)
    if passed and (told := _arrived(server, wanted, message)):
        passed, shown = False, told
    right = ", ".join(f"{recipient}: {fate}" for recipient, fate in wanted.items())
    name = f"{row['name']}: {row['does']}"
    return result, Trial(name, right, shown, passed, help, row["source"], connection.transcript)


def _arrived(server: Server, wanted: Mapping[str, str], message: Sequence[str]) -> str:
    """What is wrong with what the server has got; empty where nothing is."""
    due = [recipient for recipient, fate in wanted.items() if fate == "accepted"]
    got = [str(recipient.mailbox) for envelope in server.delivered for recipient in envelope.recipients]
    if got != due:
        return f"the server has a message for {', '.join(got) or 'nobody'}"
    if any(envelope.data != "".join(f"{line}\r\n" for line in message).encode() for envelope in server.delivered):
        return "the message did not arrive as it was"
    return ""


def _call(function: Callable[..., object], *arguments: object) -> tuple[object, str]:
    """Call a learner's function; whatever it raises is told, not passed on."""
    try:
        result = function(*arguments)
    except Exception as error:
        return error, f"{type(error).__name__}: {error}"
    return result, "nothing" if result is None else str(result)


def _rows(table: str, *keys: str) -> Sequence[content.Section]:
    rows: Sequence[content.Section] = content.read(content.KIT / "trials.toml").take(table, "tables")
    for row in rows:
        row.only(*keys)
    return rows
