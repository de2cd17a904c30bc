"""Generated questions: put the lines of a session in order. Only one order can be played on the server."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from smtplesson.questions.families.family import Dice, Family, Made
from smtplesson.questions.families.invented_servers import NAMES, SUBJECTS, Place, played
from smtplesson.questions.kinds import order
from smtplesson.questions.question import Choice, Question
from smtplesson.server.profiles import PROFILES, RFC
from smtplesson.server.server import Server

_KEEPS = "rset-keeps-the-envelope"
_GO = "Put its lines in order; no reply is 4yz or 5yz."


def _line(text: str, why: str, section: str, belief: str) -> Choice:
    return Choice(text, f"{why} (RFC 5321 section {section}).", misconception=belief)


def _made(server: Server, prompt: str, before: tuple[str, ...], lines: Sequence[Choice]) -> Made:
    question = Question(
        id="",
        prompt=prompt,
        choices=tuple(lines),
        source="RFC 5321 sections 3.3, 4.1.1 and 4.1.4",
        objective="",
        kind=order.KIND,
        dialogue="\n".join(before),
        tags=("sequence",),
    )
    return question, server


def _server(place: Place, **more: Any) -> Server:
    return place.server(profile=RFC, extensions=None, **more)


def _sender(dice: Dice, place: Place) -> str:
    return f"{dice.pick(NAMES)}@{place.other}"


def _subject(dice: Dice) -> str:
    return f"Subject: {dice.pick(SUBJECTS)}"


# --- the lines of a client ---------------------------------------------------------------------------------


def _mail(sender: str, why: str = "", section: str = "3.3", belief: str = "any-order-will-do") -> Choice:
    return _line(f"MAIL FROM:<{sender}>", why or "MAIL opens the transaction and names the sender", section, belief)


def _rcpt(who: str, why: str = "A recipient is named before DATA", belief: str = "data-needs-no-recipient") -> Choice:
    return _line(f"RCPT TO:<{who}>", why, "3.3", belief)


def _data_only() -> Choice:
    return _line("DATA", "DATA comes when a recipient is accepted", "3.3", "data-needs-no-recipient")


def _message(text: str) -> list[Choice]:
    """DATA, a message of one line, and the dot."""
    return [
        _line(
            "DATA", "DATA asks whether the message may come; the client waits for 354", "4.1.1.4", "message-before-354"
        ),
        _line(text, "This is the message: it follows DATA and its 354", "4.1.1.4", "message-before-354"),
        _line(
            ".",
            "The line with only a dot ends the message; what stands before it is text",
            "4.1.1.4",
            "commands-inside-the-message",
        ),
    ]


def _quit() -> Choice:
    why = "QUIT is a command, so it has to wait until the dot has ended the message"
    return _line("QUIT", why, "4.1.1.10", "commands-inside-the-message")


def _whole_session(dice: Dice, place: Place) -> Made:
    """The client's lines from EHLO to QUIT."""
    name, text = dice.pick((*place.residents, place.forwarded)), _subject(dice)
    hello = "A session with mail begins with EHLO, in which the client says who it is"
    lines = [
        _line(f"EHLO {place.other}", hello, "4.1.4", "any-order-will-do"),
        _mail(_sender(dice, place)),
        _rcpt(place.at(name)),
        *_message(text),
        _quit(),
    ]
    drop = dice.pick((None, 0, 6))
    given = "EHLO has been answered. " if drop == 0 else ""
    prompt = (
        f"{given}Put the client's lines in order, so that {place.at(name)} gets the message, whose one line is "
        f"'{text}'. The client waits for each reply, and none of them may be 4yz or 5yz."
    )
    return _made(_server(place), prompt, (), [line for number, line in enumerate(lines) if number != drop])


def _two_recipients(dice: Dice, place: Place) -> Made:
    """One message for two, who are named in a certain order."""
    one, two = map(place.at, dice.take((*place.residents, place.forwarded), 2))
    text = _subject(dice)
    lines = [
        _mail(_sender(dice, place)),
        _rcpt(one, "The question says that this recipient is named first", "one-rcpt-for-all"),
        _rcpt(two, "Each recipient is named in a RCPT of its own, this one second", "one-rcpt-for-all"),
        *_message(text),
        *([_quit()] if dice.chance(0.5) else []),
    ]
    prompt = (
        f"EHLO has been answered. The client has one message, whose one line is '{text}', for {one} and {two}, and "
        f"names them in this order. {_GO}"
    )
    return _made(_server(place), prompt, (), lines)


def _two_messages(dice: Dice, place: Place) -> Made:
    """A message, and the beginning of the next one in the same session."""
    first, second = (f"{name}@{place.other}" for name in dice.take(NAMES, 2))
    one, two = map(place.at, dice.take((*place.residents, place.forwarded), 2))
    text = _subject(dice)
    lines = [
        _mail(first, "The question says that this sender's message is the first"),
        _rcpt(one, "This recipient belongs to the first message, so it comes before its DATA"),
        *_message(text),
        _mail(
            second,
            "The dot has ended the first transaction, so that MAIL may open another; within one it would get 503",
            "4.1.4",
            "mail-replaces-mail",
        ),
        _rcpt(two, "This recipient belongs to the second message, which its MAIL begins", "any-order-will-do"),
    ]
    prompt = (
        f"EHLO has been answered. The client sends a message from {first} to {one}, whose one line is '{text}'. In the "
        f"same session it begins another from {second}, and names {two}. {_GO}"
    )
    return _made(_server(place), prompt, (), lines)


def _asks_first(dice: Dice, place: Place) -> Made:
    """VRFY within a transaction, which it does not touch."""
    name, text = dice.pick(place.residents), _subject(dice)
    lines = [
        _mail(_sender(dice, place)),
        _line(
            f"VRFY {name}",
            "VRFY may come at any time and changes nothing; the question puts it after MAIL and before RCPT",
            "4.1.4",
            "any-time-commands",
        ),
        _rcpt(place.at(name), "VRFY has only asked: the recipient is named by RCPT", "vrfy-names-a-recipient"),
        *_message(text),
    ]
    prompt = (
        f"EHLO has been answered. Once its sender is accepted, and before it names anybody, the client asks whether "
        f"there is {name}. Then it sends {place.at(name)} a message, whose one line is '{text}'. {_GO}"
    )
    return _made(_server(place), prompt, (), lines)


def _begun(dice: Dice, place: Place, other: str) -> tuple[str, list[Choice]]:
    """Perhaps a recipient of a transaction that will be given up: what is told, and its line."""
    if dice.chance(0.5):
        return "", []
    why = "This recipient was named to the first transaction, which is then given up"
    return f", names {place.at(other)}", [_rcpt(place.at(other), why, "any-order-will-do")]


def _given_up(dice: Dice, place: Place) -> Made:
    """A transaction that is given up, with RSET or with another EHLO, and the next one."""
    wrong, right = (f"{name}@{place.other}" for name in dice.take(NAMES, 2))
    first, second = dice.take(place.residents, 2)
    told, named = _begun(dice, place, first)
    if dice.chance(0.6):
        how, section = "gives that up with RSET", "4.1.1.5"
        gives_up = _line(
            "RSET", "RSET gives the transaction up; a second MAIL would get 503 here", section, "mail-replaces-mail"
        )
    else:
        how, section = f"gives that up by another EHLO, as {place.other}", "4.1.4"
        why = "A later EHLO gives the transaction up, as RSET does; a second MAIL would get 503 here"
        gives_up = _line(f"EHLO {place.other}", why, section, "ehlo-only-once")
    lines = [
        _mail(wrong, "The client begins with this sender, as the question says"),
        *named,
        gives_up,
        _mail(right, "Now the server knows no sender any more, so MAIL has to begin anew", section, _KEEPS),
        _rcpt(place.at(second), "This recipient belongs to the second transaction; named before it is lost", _KEEPS),
        _data_only(),
    ]
    prompt = (
        f"EHLO has been answered. The client begins with the sender {wrong}{told}, {how}, and leads a transaction from "
        f"{right} to {place.at(second)} alone, as far as DATA. {_GO}"
    )
    return _made(_server(place), prompt, (), lines)


def _refused_sender(dice: Dice, place: Place) -> Made:
    """A sender that is refused, RSET, and another sender."""
    ghost = f"{dice.pick(NAMES)}@{place.new.partition('@')[2].partition('.')[0]}.invalid"
    right, name = _sender(dice, place), dice.pick((*place.residents, place.forwarded))
    lines = [
        _mail(
            ghost, "The question says that this sender comes first; it is refused", belief="refusal-ends-the-session"
        ),
        _line(
            "RSET",
            "RSET may come at any time, also where no transaction is open; the question puts it here",
            "4.1.4",
            "any-time-commands",
        ),
        _mail(
            right, "The session goes on after a refusal, and MAIL opens a transaction now", "3.3", "mail-replaces-mail"
        ),
        _rcpt(place.at(name)),
        _data_only(),
    ]
    prompt = (
        f"EHLO has been answered. The client begins with the sender {ghost}, whose domain does not exist, and is "
        f"refused. It sends RSET to be on the safe side, and leads a transaction from {right} to {place.at(name)}, as "
        "far as DATA. Put its lines in order; no other reply is 4yz or 5yz."
    )
    return _made(_server(place, unknown_sender_domains=[ghost.partition("@")[2]]), prompt, (), lines)


def _refused_recipient(dice: Dice, place: Place) -> Made:
    """A recipient that is refused, another that is accepted, and the message."""
    place = replace(place, names_new=True)
    moved, text = dice.chance(0.5), _subject(dice)
    third = place.new.partition("@")[2]
    first = place.at(place.moved if moved else place.unknown)
    second = place.new if moved else place.at(dice.pick((*place.residents, place.forwarded)))
    if moved:
        told = f"for {first}. It learns the address {second} in this very session, from a reply"
        why = "The address that the reply to the other RCPT names has to be named in a RCPT of its own"
        then = _line(f"RCPT TO:<{second}>", why, "3.4", "address-in-text-is-accepted")
    else:
        told = f"for {first}, who does not exist, and {second}, who does, and names them in this order"
        why = "The session goes on after a refusal, with the next recipient"
        then = _line(f"RCPT TO:<{second}>", why, "3.3", "refusal-ends-the-session")
    named = "The new address is not known yet" if moved else "The question says that this recipient is named first"
    lines = [_mail(_sender(dice, place)), _rcpt(first, named, "any-order-will-do"), then, *_message(text)]
    prompt = (
        f"EHLO has been answered. The client has one message, whose one line is '{text}', {told}. Put its lines in "
        "order, so that DATA is not refused and the message is taken."
    )
    return _made(_server(place, relay=[third]), prompt, (), lines)


# --- the lines of both -------------------------------------------------------------------------------------

_BOTH = "lines of both sides in order; a reply begins with its code."


def _rows(server: Server, *lines: str) -> tuple[str, ...]:
    """What is said when these lines follow EHLO: without EHLO and its reply."""
    rows = played(server, "EHLO client.example", *lines)
    return rows[next(n for n, row in enumerate(rows) if row == f"C: {lines[0]}") :]


def _to_the_end(dice: Dice, place: Place) -> Made:
    """From RCPT to the reply with which the server takes the message."""
    # Only servers that word the two positive replies differently, so that nobody has to know 2.1.5 from 2.0.0.
    server, name = _server(replace(place, announces=True)), place.forwarded
    if dice.chance(0.6):
        server = place.server(profile=PROFILES[dice.pick(("sendmail", "opensmtpd"))], extensions=None)
        name = dice.pick((*place.residents, place.forwarded))
    mail = f"MAIL FROM:<{_sender(dice, place)}>"
    rows = _rows(server, mail, f"RCPT TO:<{place.at(name)}>", "DATA", _subject(dice), ".")
    whys = (
        ("After MAIL a recipient is named; the server has to accept one before DATA", "3.3", "any-order-will-do"),
        ("This answers RCPT: it accepts a recipient, and no message yet", "3.3", "responsibility-with-rcpt"),
        ("DATA asks for leave to send the message, once a recipient is accepted", "3.3", "data-needs-no-recipient"),
        ("354 answers DATA and asks for the message; nothing is accepted with it", "4.1.1.4", "3yz-is-done"),
        ("The message may be sent only after 354", "4.1.1.4", "message-before-354"),
        ("A dot alone ends the message, and only then there is a reply", "4.1.1.4", "message-lines-are-answered"),
        ("With this reply, and not before, the server takes responsibility", "4.2.5", "responsibility-with-rcpt"),
    )
    lines = [_line(row[3:], *why) for row, why in zip(rows[2:], whys, strict=True)]
    prompt = (
        f"MAIL has been accepted; the message has one line and goes to {place.at(name)}. With the last of the other "
        f"lines the server takes responsibility. Put the {_BOTH}"
    )
    return _made(server, prompt, rows[:2], lines)


def _second_try(dice: Dice, place: Place) -> Made:
    """A recipient that is refused, and one that is accepted."""
    place = replace(place, names_new=True)
    moved = dice.chance(0.5)
    third = place.new.partition("@")[2]
    names = ("rfc", "sendmail") if moved else ("rfc", "sendmail", "postfix", "exim", "opensmtpd", "haraka")
    server = place.server(profile=PROFILES[dice.pick(names)], extensions=None, relay=[third])
    first = place.at(place.moved if moved else place.unknown)
    second = place.new if moved else place.at(dice.pick((*place.residents, place.forwarded)))
    rows = _rows(server, f"MAIL FROM:<{_sender(dice, place)}>", f"RCPT TO:<{first}>", f"RCPT TO:<{second}>", "DATA")
    belief = "551-is-forwarded" if moved else "5yz-is-a-warning"
    named = "The new address is not known yet" if moved else "The question says that this recipient is named first"
    then = (
        ("The address that the reply names has to be named in a RCPT of its own", "3.4", "address-in-text-is-accepted")
        if moved
        else ("The session goes on after a refusal, with the next recipient", "3.3", "refusal-ends-the-session")
    )
    whys = (
        (named, "3.3", "any-order-will-do"),
        ("This refuses the first recipient: the first digit is 5", "4.2.1", belief),
        then,
        ("This accepts the second recipient; a success is told, too", "3.3", "success-is-silent"),
        ("One recipient has been accepted, and that is enough for DATA", "3.3", "553-fails-the-whole-mail"),
        ("354 answers DATA and asks for the message", "4.1.1.4", "354-proves-a-recipient"),
    )
    lines = [_line(row[3:], *why) for row, why in zip(rows[2:], whys, strict=True)]
    told = (
        f"learns the address {second} in this very session, from a reply; the server relays for it"
        if moved
        else f"names {first} first, who does not exist, and {second} next, who does"
    )
    return _made(server, f"EHLO and MAIL have been answered. The client {told}. Put the {_BOTH}", rows[:2], lines)


_OF_THE_CLIENT: Sequence[Callable[[Dice, Place], Made]] = (
    *(_whole_session, _two_recipients, _two_messages, _asks_first),
    *(_given_up, _given_up, _refused_sender, _refused_recipient),
)


def lines_in_order(dice: Dice) -> Made:
    """Put the lines of a session in order, mostly those of the client alone."""
    kind = dice.pick(_OF_THE_CLIENT) if dice.chance(0.85) else dice.pick((_to_the_end, _second_try))
    return kind(dice, Place.invent(dice))


FAMILIES = (Family("lines-in-order", "02-a-whole-dialogue", "command-order", lines_in_order),)
