"""The journey of a message: where it is, who must act, and what is promised, after each reply of a session.

All is read from what was said (RFC 5321 sections 3.3, 3.4, 4.2.5 and 6.1); the words are in `data/journey.toml`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from smtplesson import content
from smtplesson.protocol.replies import Reply
from smtplesson.protocol.transcript import Exchange, Transcript, verb_of
from smtplesson.server.session import Session

_PATH = re.compile(r"<([^<>]*)>")
_ADDRESS = re.compile(r"<?([^<>\s]+@[^<>\s]+)>?")


class Place(StrEnum):
    """A stop on the way of a message."""

    SENDER = "sender"
    CLIENT = "client"
    SERVER = "server"
    NEXT = "next server"
    MAILBOX = "mailbox"


@dataclass(frozen=True, slots=True)
class Moment:
    """Where a message for one recipient stands, after one reply.

    `names` says what each place is called; `promised` are the places between which the message is promised to go;
    `then` is what the sender does when the holder has acted; `reply` is the code that has just gone back, if any.
    """

    kind: str
    recipient: str
    names: Mapping[Place, str]
    at: Place
    holder: Place
    act: str
    says: str
    source: str
    then: str = ""
    reply: int = 0
    promised: tuple[Place, ...] = ()
    reports: bool = False

    def __str__(self) -> str:
        return f"{self.reply or ''} {self.says}".strip()


@dataclass(frozen=True, slots=True)
class Journey:
    """The moments of a session for one recipient; the last is now."""

    moments: tuple[Moment, ...]

    @property
    def now(self) -> Moment:
        """Where the message stands now."""
        return self.moments[-1]

    def __str__(self) -> str:
        return "\n".join(map(str, self.moments))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Show every step as a sentence, and the last one as a picture."""
        from smtplesson.dialogues import picture

        return {"text/plain": str(self), "text/html": picture.output(self)}


def journey(said: Session | Transcript, recipient: str = "", *, forward_fails: bool = False) -> Journey:
    """Follow the message of a session, or of a transcript, for a recipient: the last one named, if none is given.

    A session that was closed in the middle of a message, or a transcript that ends there, has lost its last reply.
    With `forward_fails` the server that took the message cannot pass it on later.

    >>> said = "C: RCPT TO:<green@foo.com>\\nS: 251 User not local; will forward to <green@bar.org>"
    >>> print(journey(Transcript.parse(said)))
    251 green is accepted, and mail for this recipient will be forwarded to bar.org. The message is still with client.
    """
    transcript = said.transcript if isinstance(said, Session) else said
    found = list(_moments(transcript, recipient, closed=not isinstance(said, Session) or said.closed))
    if forward_fails and found and found[-1].at is Place.SERVER:
        last = found[-1]
        found.append(_told("forward-fails", last.recipient, last.names))
    return Journey(tuple(found) or (_told("begin", recipient, _named((), recipient)),))


@dataclass(frozen=True, slots=True)
class Journeys:
    """Several journeys by name, where they stand now, to be compared."""

    journeys: Mapping[str, Journey]

    def __str__(self) -> str:
        return "\n".join(f"{name}: {found.now}" for name, found in self.journeys.items())

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Show where each stands now, as small pictures beside each other."""
        from smtplesson.dialogues import picture

        return {"text/plain": str(self), "text/html": picture.beside(self)}


def journeys(said: Mapping[str, Session | Transcript], recipient: str = "") -> Journeys:
    """Follow several sessions or transcripts, by name, for a recipient: where each stands now, beside each other.

    >>> said = {code: f"C: RCPT TO:<green@foo.com>\\nS: {code} text" for code in ("250", "550")}
    >>> print(journeys({code: Transcript.parse(text) for code, text in said.items()}))
    250: 250 green is accepted as a recipient. The message is still with client.
    550: 550 green is not accepted here. client reports it to the sender; other recipients are not concerned.
    """
    return Journeys({name: journey(each, recipient) for name, each in said.items()})


def _moments(transcript: Transcript, wanted: str, *, closed: bool) -> Iterator[Moment]:
    exchanges, open_lines = _split(transcript)
    people = [_path(each.sent[0]) for each in exchanges if each.sent and verb_of(each.sent) == "RCPT"]
    recipient = wanted or (people[-1] if people else "")
    names = _named(exchanges, recipient)
    kind, is_data = "", False
    for each in exchanges:
        verb, reply = verb_of(each.sent), each.reply
        if verb == "RCPT":
            if _path(each.sent[0]).casefold() != recipient.casefold():
                continue
            kind, address = _of_recipient(reply), _address(reply)
            names = {**names, Place.NEXT: address.rpartition("@")[2] or names[Place.NEXT]}
            yield _told(kind, recipient, names, reply.code, address)
            continue
        moment = "" if verb == "." and not is_data else _of_others(verb, reply, kind)
        is_data = verb == "DATA" and reply.code // 100 == 3
        if moment:
            told = _told(moment, recipient, names, reply.code)
            yield replace(told, promised=_way(kind)) if moment == "send-it" else told
            kind = "" if verb in ("RSET", ".") else kind
    if is_data and closed and open_lines:
        yield _told("broken", recipient, names)


def _split(transcript: Transcript) -> tuple[tuple[Exchange, ...], tuple[str, ...]]:
    """The whole exchanges, and what the client has said since the last reply."""
    speakers = [line.speaker for line in transcript]
    end = len(speakers) - speakers[::-1].index("S") if "S" in speakers else 0
    return transcript[:end].exchanges() if end else (), tuple(line.text for line in transcript[end:])


def _of_recipient(reply: Reply) -> str:
    own = {251: "accepted-to-forward", 551: "try-elsewhere", 553: "name-not-allowed"}
    return own.get(reply.code) or {2: "accepted", 4: "later", 5: "refused"}.get(reply.first_digit, "refused")


def _of_others(verb: str, reply: Reply, kind: str) -> str:
    """The kind of the moment after a reply to another command; empty where it moves nothing."""
    digit = reply.first_digit
    accepted = kind.startswith("accepted")
    match verb:
        case "" | "EHLO" | "HELO" | "RSET":
            return "begin" if digit == 2 else "sender-later" if digit == 4 else "sender-refused"
        case "MAIL":
            return {2: "sender-accepted", 4: "sender-later"}.get(digit, "sender-refused")
        case "DATA":
            if digit == 3:
                return "send-it" if accepted or not kind else ""
            return "not-taken-now" if digit == 4 else "nobody-left"
        case ".":
            if not accepted:  # the message is not sent to this recipient at all
                return ""
            if digit == 2:
                return "taken-to-forward" if kind == "accepted-to-forward" else "taken"
            return "not-taken-now" if digit == 4 else "not-taken"
        case _:
            return ""


@functools.cache
def _words() -> content.Section:
    return content.read(content.KIT / "journey.toml")


def _told(kind: str, recipient: str, names: Mapping[Place, str], code: int = 0, address: str = "") -> Moment:
    row = _words().take(kind, "table").named(kind)
    words = {
        "recipient": names[Place.MAILBOX],
        "sender": names[Place.SENDER],
        "client": names[Place.CLIENT],
        "server": names[Place.SERVER],
        "next": names[Place.NEXT],
        "address": address or "none",
        "code": str(code),
    }
    return Moment(
        kind=kind,
        recipient=recipient,
        names=names,
        at=Place(row.take("at")),
        holder=Place(row.take("holder")),
        act=row.take("act").format(**words),
        says=row.take("says").format(**words),
        source=row.take("source"),
        then=row.take("then", "str", "").format(**words),
        reply=code,
        promised=_way(kind),
        reports=row.take("report", "bool", False),
    )


def _way(kind: str) -> tuple[Place, ...]:
    """The places along which an accepted recipient's message is promised to go; none where nothing is promised."""
    way = _words()[kind].get("way", "") if kind else ""
    through = {"mailbox": (Place.MAILBOX,), "next": (Place.NEXT, Place.MAILBOX)}.get(way, ())
    return (Place.SERVER, *through) if through else ()


def _named(exchanges: Iterable[Exchange], recipient: str) -> dict[Place, str]:
    """What each place is called, from what was said so far."""
    names = {
        Place.SENDER: "the sender",
        Place.CLIENT: "client",
        Place.SERVER: "server",
        Place.NEXT: "another server",
        Place.MAILBOX: _person(recipient) or "the recipient",
    }
    for each in exchanges:
        verb = verb_of(each.sent)
        if verb == "" and each.reply.lines[0].strip():
            names[Place.SERVER] = each.reply.lines[0].split()[0]
        elif verb in ("EHLO", "HELO") and len(words := each.sent[0].split()) > 1:
            names[Place.CLIENT] = words[1]
        elif verb == "MAIL" and each.reply.first_digit == 2:
            names[Place.SENDER] = _person(_path(each.sent[0])) or "nobody"
    return names


def _address(reply: Reply) -> str:
    """The address that a 251 or 551 names; empty where it names none."""
    found = _ADDRESS.search(reply.text) if reply.code in (251, 551) else None
    return found[1] if found else ""


def _path(line: str) -> str:
    found = _PATH.search(line)
    return found[1] if found else line.partition(":")[2].strip()


def _person(address: str) -> str:
    return address.rpartition("@")[0] or address
