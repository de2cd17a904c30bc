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
from smtplesson.guide import reply_codes
from smtplesson.protocol.replies import Reply
from smtplesson.protocol.transcript import Exchange, Transcript, verb_of
from smtplesson.server.server import Server
from smtplesson.server.session import Session

#: A command out of its order: nothing changes (RFC 5321 section 4.1.4).
_OUT_OF_ORDER = 503
#: The reply to AUTH that asks for a line more, which is no command (RFC 4954 section 4).
_ASKED = 334
#: Replies that `steps` goes back.
_STEPS = 100
#: The moments of a recipient to whom nothing is sent.
_REFUSED = ("later", "refused", "try-elsewhere", "name-not-allowed")
_PATH = re.compile(r"<([^<>]*)>")
_THE = re.compile(r"(?:^|(?<=\. ))the ")  # where a sentence begins
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
    `then` is what the sender does when the holder has acted; `reply` is the code that has just gone back, if any, and
    `address` the new address that it names.
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
    address: str = ""
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

    >>> said = "C: RCPT TO:<green@foo.com>\\nS: 250 OK"
    >>> print(journey(Transcript.parse(said)))
    250 Green is accepted as a recipient. The message is still with the client.
    """
    exchanges, is_cut_off = _split(said)
    wanted = recipient or next(iter(reversed(_people(exchanges))), "")
    names = _named(exchanges, wanted)
    found = list(_moments(exchanges, wanted, names, is_cut_off=is_cut_off))
    if forward_fails and found and found[-1].at is Place.SERVER:
        found.append(_told("forward-fails", wanted, found[-1].names))
    return Journey(tuple(found) or (_told("begin", wanted, names),))


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
    250: 250 Green is accepted as a recipient. The message is still with the client.
    550: 550 Green is not accepted here. The client reports it to the sender; other recipients are not concerned.
    """
    return Journeys({name: journey(each, recipient) for name, each in said.items()})


def standing(said: Session | Transcript) -> tuple[Moment, ...]:
    """Where the message stands now: for the recipient whom the last reply is about, then for each if they are several.

    Up to DATA that is the recipient addressed last; then one who was accepted, if any. Only after the final dot are
    all recipients of the message told apart.

    >>> said = "C: RCPT TO:<green@foo.com>\\nS: 251 User not local; will forward to <green@bar.org>"
    >>> [moment.act for moment in standing(Transcript.parse(said))]
    ['goes on to RCPT or DATA']
    """
    message, found = _message(said), each(said)
    verbs = [verb_of(one.sent) for one in message]
    going = [moment for moment in found if moment.kind not in _REFUSED] if {"DATA", "."} & {*verbs} else found
    first = (going or found)[-1]
    return (first, *found) if len(found) > 1 and ("." in verbs or first.kind == "broken") else (first,)


def each(said: Session | Transcript) -> tuple[Moment, ...]:
    """Where the message stands now for each of its recipients, in the order in which they were named last.

    >>> said = "C: RCPT TO:<a@foo.com>\\nS: 250 OK\\nC: RCPT TO:<b@foo.com>\\nS: 550 No"
    >>> [moment.kind for moment in each(Transcript.parse(said))]
    ['accepted', 'refused']
    """
    exchanges, is_cut_off = _split(said)
    message = _message(said)
    found = []
    for person in _people(message) or [""]:
        names = _named(exchanges, person)
        moments = (_told("begin", person, names), *_moments(message, person, names, is_cut_off=is_cut_off))
        found.append(moments[-1])
    return tuple(found)


def steps(said: Session | Transcript) -> tuple[tuple[Moment, ...], ...]:
    """What stood after each reply that changed anything, as `standing` tells it; of a very long session its end."""
    lines = said.transcript if isinstance(said, Session) else said
    ends = [number for number, line in enumerate(lines, 1) if line.speaker == "S" and line.text[3:4] != "-"][-_STEPS:]
    # up to a reply nothing is lost: only the whole may be cut off
    found = [*(standing(lines[:end]) for end in ends), standing(said)]
    return tuple(each for number, each in enumerate(found) if number == 0 or each != found[number - 1])


def what_if(moment: Moment) -> dict[str, Moment]:
    """What may yet happen to a message that a server has taken: the question, and the moment that would follow."""
    if moment.at is not Place.SERVER or moment.reports:
        return {}
    kinds = ("broken", "forward-fails") if Place.NEXT in moment.promised else ("broken",)
    return {_words()[kind]["question"]: _told(kind, moment.recipient, moment.names) for kind in kinds}


def at_rcpt(code: int) -> Moment | None:
    """The moment after a RCPT that the kit's own server answers with `code`; None where it has no such dialogue."""
    example = reply_codes.examples().get(code)
    if example is None or not example.lines or not example.lines[-1].startswith("RCPT"):
        return None
    session = Server(**dict(example.policy)).connect()  # type: ignore[arg-type]
    session.send_all(*example.lines)
    now = journey(session).now
    return now if now.reply == code else None


def _message(said: Session | Transcript) -> tuple[Exchange, ...]:
    """What was said of the message that stands now."""
    exchanges, _ = _split(said)
    begun = max((number for number, one in enumerate(exchanges) if _begins(one)), default=0)
    return exchanges[begun:]


def _begins(each: Exchange) -> bool:
    """Whether a message begins anew, or is forgotten: RFC 5321 sections 4.1.1.2 and 4.1.1.5."""
    verb = verb_of(each.sent)
    return (verb == "MAIL" and each.reply.code != _OUT_OF_ORDER) or (
        verb in ("", "EHLO", "HELO", "RSET") and each.reply.first_digit == 2
    )


def _people(exchanges: Iterable[Exchange]) -> list[str]:
    """The recipients that were asked for, each once, however it is spelled."""
    found: dict[str, str] = {}
    for each in exchanges:
        if verb_of(each.sent) == "RCPT" and each.reply.code != _OUT_OF_ORDER:
            address = _path(each.sent[0])
            found.pop(address.casefold(), None)
            found[address.casefold()] = address
    return list(found.values())


def _moments(
    exchanges: Iterable[Exchange], recipient: str, names: dict[Place, str], *, is_cut_off: bool
) -> Iterator[Moment]:
    kind, is_data, is_auth = "", False, False
    for each in exchanges:
        verb, reply = "AUTH" if is_auth else verb_of(each.sent), each.reply
        is_auth = verb == "AUTH" and reply.code == _ASKED
        if verb in ("AUTH", "MAIL", "RCPT") and reply.code == _OUT_OF_ORDER:
            continue  # nothing has changed (section 4.1.4)
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
    if is_data and is_cut_off and (kind.startswith("accepted") or not kind):
        yield _told("broken", recipient, names)


def _split(said: Session | Transcript) -> tuple[tuple[Exchange, ...], bool]:
    """The whole exchanges; and whether nothing can follow, though the client has said more since the last reply."""
    is_over = not isinstance(said, Session) or said.closed
    lines = said.transcript if isinstance(said, Session) else said
    speakers = [line.speaker for line in lines]
    end = len(speakers) - speakers[::-1].index("S") if "S" in speakers else 0
    return lines[:end].exchanges() if end else (), is_over and end < len(lines)


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
        case "AUTH":
            return {2: "logged-in", 3: "logs-in"}.get(digit, "not-logged-in")
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
        says=_THE.sub("The ", row.take("says").format(**words)),
        source=row.take("source"),
        then=row.take("then", "str", "").format(**words),
        reply=code,
        address=address,
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
        Place.CLIENT: "the client",
        Place.SERVER: "the server",
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
    """A name for the one behind an address: its local part, with a capital letter where it looks like a name."""
    local = address.rpartition("@")[0] or address
    return local.capitalize() if local.strip(".").isalpha() and local.islower() else local
