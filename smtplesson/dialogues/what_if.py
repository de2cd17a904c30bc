"""A dialogue played again with something different in it, and what is answered then.

A change of what the client says is sent to the scenario's own server; a change of what the server says is
read by a client that follows RFC 5321 section 4.2. Nothing here is canned: what is shown was answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from smtplesson import markup
from smtplesson.dialogues.illustrated import illustrate
from smtplesson.dialogues.scenario import Scenario
from smtplesson.protocol.codes import reply_class
from smtplesson.protocol.replies import Reply, ReplySyntaxError
from smtplesson.protocol.transcript import Transcript
from smtplesson.server.session import Session
from smtplesson.server.transaction import Envelope, ServerState

#: The end of a line on the wire.
CRLF = b"\r\n"


@dataclass(frozen=True, slots=True)
class Turn:
    """What the client sends before it reads a reply; `exchange` is its number in the original, None for a new one."""

    exchange: int | None
    sent: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A change of one token: what would be sent instead (`turns`), or which lines the server would say (`said`)."""

    id: str
    label: str
    why: str
    source: str
    exchange: int
    turns: tuple[Turn, ...] = ()
    said: tuple[tuple[int, str], ...] = ()

    @property
    def question(self) -> str:
        """The change as a question."""
        return f"What if {self.label}?"


@dataclass(frozen=True, slots=True)
class Response:
    """What was sent and what came of it: a reply, or none and a word on why; `more` replies came behind it."""

    sent: tuple[str, ...]
    reply: Reply | None
    note: str = ""
    more: tuple[Reply, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """One exchange before and after a change, None where it is not there; `exchange` is its place in the original."""

    before: Response | None
    after: Response | None
    exchange: float


@dataclass(frozen=True, slots=True)
class Replay:
    """What came of a change: the exchange that was changed, all others that are different, and a sentence."""

    change: Change
    changed: Difference
    others: tuple[Difference, ...]
    conclusion: str


def original(scenario: Scenario) -> tuple[Turn, ...]:
    """What the client sends by the script, one turn for each reply."""
    return tuple(
        Turn(number, tuple(line.encode("utf-8", "surrogateescape") + CRLF for line in exchange.sent))
        for number, exchange in enumerate(scenario.script.exchanges())
    )


def replay(scenario: Scenario, change: Change) -> Replay:
    """Play the dialogue as it was and as it would be, with fresh servers, and return what differs."""
    if change.said:
        before, after = (_read_as_client(scenario.script, said) for said in ((), change.said))
        mail = []
    else:
        before, taken_before = _play(scenario, original(scenario))
        after, taken_after = _play(scenario, change.turns)
        mail = _mail(scenario, taken_before, taken_after)
    numbers = sorted({*before, *after})
    differences = {n: Difference(before.get(n), after.get(n), n) for n in numbers}
    others = tuple(differences[n] for n in numbers if n != change.exchange and not _same(before.get(n), after.get(n)))
    changed = differences[change.exchange]
    said = _conclusion(changed, others) + mail
    return Replay(change, changed, others, " ".join(said + _action(changed, others) if change.said else said))


#: Exchanges by their place in the original; one that was added stands half a step after the one before it.
Responses = dict[float, Response]


def _play(scenario: Scenario, turns: Sequence[Turn]) -> tuple[Responses, tuple[Envelope, ...]]:
    server = replace(scenario.server, state=ServerState())  # no try of before is remembered
    session = server.connect(client_address=scenario.client_address)
    responses: Responses = {}
    place = 0.0
    for turn in turns:
        place = place + 0.5 if turn.exchange is None else float(turn.exchange)
        responses[place] = _ask(session, turn) if turn.sent else Response((), session.greeting)
    return responses, server.delivered


def _ask(session: Session, turn: Turn) -> Response:
    sent = tuple(row for line in turn.sent for row in _shown(line))
    if session.closed:
        return Response(sent, None, "Not sent: the server has closed the connection.")
    replies = [reply for line in turn.sent for reply in session.receive_data(line)]
    if not replies:
        return Response(sent, None, "No reply: the server waits for the rest.")
    return Response(sent, replies[0], "", tuple(replies[1:]))


def _shown(line: bytes) -> list[str]:
    text = line.decode("utf-8", "surrogateescape")
    rows = text.removesuffix("\r\n").split("\r\n")
    return [row.replace("\n", "␊") for row in rows]


def _read_as_client(script: Transcript, said: Sequence[tuple[int, str]]) -> Responses:
    """Read the server's lines, some of them changed, as a client does that follows sections 4.2 and 4.2.1."""
    spoken = dict(said)
    heard: list[str] = []
    responses: Responses = {}
    lines = illustrate(script)
    for place, exchange in enumerate(script.exchanges()):
        if any(response.reply is None and response.note == _WAITS for response in responses.values()):
            responses[place] = Response(exchange.sent, None, "Not sent: the client waits.")
            continue
        rows = [each for each in lines if each.exchange == place and each.line.speaker == "S"]
        heard += [spoken.get(each.number, each.line.text) for each in rows]
        end = next((n for n, each in enumerate(heard) if each[3:4] != "-"), None)
        if end is None:
            responses[place] = Response(exchange.sent, None, _WAITS)
            continue
        responses[place] = _reading(exchange.sent, heard[: end + 1])
        del heard[: end + 1]
    return responses


_WAITS = "The client waits for a line that does not come."


def _reading(sent: tuple[str, ...], rows: Sequence[str]) -> Response:
    try:
        reply = Reply.parse("\n".join(rows))
        klass = reply_class(reply.code)
    except ReplySyntaxError as error:
        return Response(sent, None, f"The client cannot read this reply. {error}")
    except ValueError as error:
        return Response(sent, None, f"The client ends the transaction. {error}")
    return Response(sent, reply, f"The client reads {klass.label}, {klass.word}: {klass.client_does}")


def _same(before: Response | None, after: Response | None) -> bool:
    if before is None or after is None:
        return before is after
    return (before.reply, before.more, before.sent) == (after.reply, after.more, after.sent)


def _conclusion(changed: Difference, others: Sequence[Difference]) -> list[str]:
    said = []
    old, new = changed.before, changed.after
    if old and new and (old.reply, old.more) == (new.reply, new.more):
        said.append("The reply is the same." if others else "Every reply is the same.")
    if others:
        said.append(f"{markup.counted(len(others), 'other reply is', 'other replies are')} different.")
    return said


def _mail(scenario: Scenario, before: Sequence[Envelope], after: Sequence[Envelope]) -> list[str]:
    """What became of the messages that the server took."""
    if len(before) != len(after):
        return [f"Messages that the server took: {len(before)} before, {len(after)} now."]
    said = []
    for old, new in zip(before, after, strict=True):
        keys = [[(scenario.server.key(r.mailbox), r.forward_to) for r in each.recipients] for each in (old, new)]
        if keys[0] != keys[1]:
            names = [", ".join(str(r.mailbox) for r in each.recipients) for each in (old, new)]
            said.append(f"The message goes to {names[1]}; before, to {names[0]}.")
        if old.data != new.data:
            said.append("The message that the server took has another text than before.")
    return said


def _action(changed: Difference, others: Sequence[Difference]) -> list[str]:
    """What a client does after what the server now says."""
    old = changed.before.reply if changed.before else None
    new = changed.after.reply if changed.after else None
    if changed.after and changed.after.note == _WAITS:
        return ["The client waits until its patience ends; it never gets to the rest."]
    if others:
        return ["From here on the client takes replies for responses to the wrong commands."]
    if old is None or new is None:
        return []
    return ["The client does the same." if old.first_digit == new.first_digit else "The client does something else."]
