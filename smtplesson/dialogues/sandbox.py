"""The sandbox without a screen: a server with knobs, its sessions, and how far a goal has been reached."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Protocol

from smtplesson.dialogues.experiments import KNOBS, WORLD, Experiment, Step
from smtplesson.protocol.replies import Reply
from smtplesson.protocol.states import TRANSITIONS, State
from smtplesson.protocol.transcript import Exchange, Line
from smtplesson.server import worlds
from smtplesson.server.server import Server
from smtplesson.server.session import Session, SessionClosedError
from smtplesson.server.transaction import ServerState

#: Sessions that a goal may stretch over; older ones are forgotten.
_KEPT = 100


class StepTaker(Protocol):
    """Whatever can do what a step asks for: a `Sandbox`, or the view that shows one."""

    def say(self, text: str) -> Reply | None:
        """Send lines."""

    def send_bytes(self, data: bytes) -> Reply | None:
        """Send bytes as they are."""

    def turn(self, key: str, value: object) -> None:
        """Turn a knob."""

    def wait(self, seconds: float) -> None:
        """Let time pass."""


def take(step: Step, taker: StepTaker) -> Reply | None:
    """Take one step and return the last reply; None where there is none."""
    for key, value in step.turn.items():
        taker.turn(key, value)
    if step.wait:
        taker.wait(step.wait)
    if step.raw:
        return taker.send_bytes(step.raw)
    return taker.say(step.send) if step.send else None


@dataclasses.dataclass(frozen=True, slots=True)
class Visit:
    """A session of a sandbox: its number, and what was done before it began, such as a knob that was turned."""

    number: int
    since: str
    session: Session

    @property
    def is_used(self) -> bool:
        """Whether the client has said anything."""
        return any(line.speaker == "C" for line in self.session.transcript)


class Sandbox:
    """A server to play with, opened at an example: turning a knob begins a new session and keeps the mail taken.

    >>> from smtplesson.dialogues.experiments import load
    >>> sandbox = Sandbox(load()[0])
    >>> [reply.code for reply in sandbox.play() if reply], sandbox.met
    ([250, 250, 251], 1)
    """

    def __init__(self, example: Experiment) -> None:
        self.open(example)

    def open(self, example: Experiment) -> None:
        """Begin an example, with a server that has seen nothing yet."""
        self.example = example
        self.settings = {key: example.policy.get(key, knob.default) for key, knob in KNOBS.items()}
        self.now = 0.0
        self._state = ServerState()
        self._visits: list[Visit] = []
        self._build()

    def _build(self, since: str = "") -> None:
        server = worlds.load(WORLD, **{**self.example.policy, **self.settings})
        self.server: Server = dataclasses.replace(server, state=self._state)
        self.connect(since)

    def connect(self, since: str = "") -> Session:
        """Open a new session, `since` says after what; what was said in those before it still counts for the goal."""
        opened: list[Session] = []
        visited = {State.CONNECTED}

        def hear(_line: Line) -> None:
            visited.update(session.state for session in opened)

        session = self.server.connect(now=self.now, listener=hear)
        opened.append(session)
        self._visited = visited
        number = self._visits[-1].number + 1 if self._visits else 1
        self._visits = [*self._visits, Visit(number, since, session)][-_KEPT:]
        return session

    @property
    def visits(self) -> tuple[Visit, ...]:
        """The sessions in which the client has said anything, and the newest."""
        return tuple(visit for visit in self._visits if visit.is_used or visit is self._visits[-1])

    @property
    def session(self) -> Session:
        """The newest session."""
        return self._visits[-1].session

    @property
    def visited(self) -> frozenset[State]:
        """The states in which the newest session has been."""
        return frozenset(self._visited)

    @property
    def transitions(self) -> Mapping[tuple[State, str], State]:
        """The table of the state machine as this server's profile has it."""
        table = {**TRANSITIONS, **self.server.profile.transitions}
        return {row: after for row, after in table.items() if after is not None}

    def say(self, text: str) -> Reply | None:
        """Send one line or several and return the last reply."""
        reply = None
        for line in text.split("\n"):
            reply = self.session.send(line)
            if self.session.awaiting_tls:
                self.session.tls_started()
        return reply

    def send_bytes(self, data: bytes) -> Reply | None:
        """Send bytes, whatever their line ends, and return the last reply."""
        if self.session.closed:
            raise SessionClosedError("The server has closed this session; open another with connect().")
        replies = self.session.receive_data(data)
        return replies[-1] if replies else None

    def turn(self, key: str, value: object) -> None:
        """Turn a knob and begin a new session; ValueError for what is no knob or none of its choices."""
        if key not in KNOBS:
            raise ValueError(f"{key!r} is no knob; there are {', '.join(KNOBS)}.")
        name = KNOBS[key].name_of(value)
        self.settings[key] = value
        self._build(f"{KNOBS[key].label}: {name}")

    def wait(self, seconds: float) -> None:
        """Let `seconds` pass and begin a new session."""
        if not seconds > 0:
            raise ValueError(f"Nobody can wait {seconds!r} seconds; give a number above 0.")
        self.now += seconds
        self.connect(f"{seconds / 60:g} minutes later")

    def play(self) -> tuple[Reply | None, ...]:
        """Take all steps of the example, one after the other, and return their replies."""
        return tuple(take(step, self) for step in self.example.steps)

    def exchanges(self) -> list[Exchange]:
        """What was said since the example was opened, over all sessions."""
        return [exchange for visit in self._visits for exchange in visit.session.transcript.exchanges()]

    @property
    def met(self) -> int:
        """How many of the replies that the goal asks for have been given."""
        return self.example.met(self.exchanges())
