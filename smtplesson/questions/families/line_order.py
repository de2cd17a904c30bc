"""Generated questions: put the lines of a session in order. Only one order can be played on the server."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from smtplesson.questions.families.family import Dice, Family, Made
from smtplesson.questions.families.invented_servers import NAMES, SUBJECTS, Place, played, texts
from smtplesson.questions.kinds import order
from smtplesson.questions.question import Choice, Question
from smtplesson.server.profiles import PROFILES, RFC
from smtplesson.server.server import Server

_TEXTS: Mapping[str, Any] = texts("ordering")


def _line(text: str, row: Mapping[str, str]) -> Choice:
    return Choice(text, row["why"], misconception=row["misconception"])


def _prompt(case: str, **about: str) -> str:
    prompt: str = _TEXTS[case]["prompt"]
    return prompt.format(go=_TEXTS["go"], both=_TEXTS["both"], **about)


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


def _common(text: str, key: str) -> Choice:
    return _line(text, _TEXTS["common"][key])


def _mail(sender: str, row: Mapping[str, str] = _TEXTS["common"]["mail"]) -> Choice:
    return _line(f"MAIL FROM:<{sender}>", row)


def _rcpt(who: str, row: Mapping[str, str] = _TEXTS["common"]["rcpt"]) -> Choice:
    return _line(f"RCPT TO:<{who}>", row)


def _data_only() -> Choice:
    return _common("DATA", "data")


def _message(text: str) -> list[Choice]:
    """DATA, a message of one line, and the dot."""
    return [_common("DATA", "data-and-message"), _common(text, "message"), _common(".", "dot")]


def _quit() -> Choice:
    return _common("QUIT", "quit")


def _whole_session(dice: Dice, place: Place) -> Made:
    """The client's lines from EHLO to QUIT."""
    said = _TEXTS["whole-session"]
    name, text = dice.pick((*place.residents, place.forwarded)), _subject(dice)
    lines = [
        _line(f"EHLO {place.other}", said["ehlo"]),
        _mail(_sender(dice, place)),
        _rcpt(place.at(name)),
        *_message(text),
        _quit(),
    ]
    drop = dice.pick((None, 0, 6))
    greeted = said["greeted"] if drop == 0 else ""
    prompt = _prompt("whole-session", greeted=greeted, who=place.at(name), text=text)
    return _made(_server(place), prompt, (), [line for number, line in enumerate(lines) if number != drop])


def _two_recipients(dice: Dice, place: Place) -> Made:
    """One message for two, who are named in a certain order."""
    said = _TEXTS["two-recipients"]
    one, two = map(place.at, dice.take((*place.residents, place.forwarded), 2))
    text = _subject(dice)
    lines = [
        _mail(_sender(dice, place)),
        _rcpt(one, said["first"]),
        _rcpt(two, said["second"]),
        *_message(text),
        *([_quit()] if dice.chance(0.5) else []),
    ]
    return _made(_server(place), _prompt("two-recipients", text=text, one=one, two=two), (), lines)


def _two_messages(dice: Dice, place: Place) -> Made:
    """A message, and the beginning of the next one in the same session."""
    said = _TEXTS["two-messages"]
    first, second = (f"{name}@{place.other}" for name in dice.take(NAMES, 2))
    one, two = map(place.at, dice.take((*place.residents, place.forwarded), 2))
    text = _subject(dice)
    lines = [
        _mail(first, said["first-mail"]),
        _rcpt(one, said["first-rcpt"]),
        *_message(text),
        _mail(second, said["second-mail"]),
        _rcpt(two, said["second-rcpt"]),
    ]
    prompt = _prompt("two-messages", first=first, second=second, one=one, two=two, text=text)
    return _made(_server(place), prompt, (), lines)


def _asks_first(dice: Dice, place: Place) -> Made:
    """VRFY within a transaction, which it does not touch."""
    said = _TEXTS["asks-first"]
    name, text = dice.pick(place.residents), _subject(dice)
    lines = [
        _mail(_sender(dice, place)),
        _line(f"VRFY {name}", said["vrfy"]),
        _rcpt(place.at(name), said["rcpt"]),
        *_message(text),
    ]
    return _made(_server(place), _prompt("asks-first", name=name, who=place.at(name), text=text), (), lines)


def _given_up(dice: Dice, place: Place) -> Made:
    """A transaction that is given up, with RSET or with another EHLO, and the next one."""
    said = _TEXTS["given-up"]
    wrong, right = (f"{name}@{place.other}" for name in dice.take(NAMES, 2))
    first, second = map(place.at, dice.take(place.residents, 2))
    names_one = not dice.chance(0.5)
    how = "rset" if dice.chance(0.6) else "ehlo"
    lines = [
        _mail(wrong, said["wrong-mail"]),
        *([_rcpt(first, said["wrong-rcpt"])] if names_one else []),
        _line("RSET" if how == "rset" else f"EHLO {place.other}", said[how]),
        _mail(right, said[f"mail-after-{how}"]),
        _rcpt(second, said["rcpt"]),
        _data_only(),
    ]
    prompt = _prompt(
        "given-up",
        wrong=wrong,
        named=said["named"].format(who=first) if names_one else "",
        how=said[f"by-{how}"].format(host=place.other),
        right=right,
        who=second,
    )
    return _made(_server(place), prompt, (), lines)


def _refused_sender(dice: Dice, place: Place) -> Made:
    """A sender that is refused, RSET, and another sender."""
    said = _TEXTS["refused-sender"]
    ghost = f"{dice.pick(NAMES)}@{place.new.partition('@')[2].partition('.')[0]}.invalid"
    right, name = _sender(dice, place), dice.pick((*place.residents, place.forwarded))
    lines = [
        _mail(ghost, said["ghost"]),
        _line("RSET", said["rset"]),
        _mail(right, said["mail"]),
        _rcpt(place.at(name)),
        _data_only(),
    ]
    prompt = _prompt("refused-sender", ghost=ghost, right=right, who=place.at(name))
    return _made(_server(place, unknown_sender_domains=[ghost.partition("@")[2]]), prompt, (), lines)


def _refused_recipient(dice: Dice, place: Place) -> Made:
    """A recipient that is refused, another that is accepted, and the message."""
    said, common = _TEXTS["refused-recipient"], _TEXTS["common"]
    place = replace(place, names_new=True)
    moved, text = dice.chance(0.5), _subject(dice)
    third = place.new.partition("@")[2]
    first = place.at(place.moved if moved else place.unknown)
    second = place.new if moved else place.at(dice.pick((*place.residents, place.forwarded)))
    lines = [
        _mail(_sender(dice, place)),
        _rcpt(first, common["not-known-yet" if moved else "named-first"]),
        _rcpt(second, said["new-address"] if moved else common["after-a-refusal"]),
        *_message(text),
    ]
    told = said["moved" if moved else "unknown"].format(first=first, second=second)
    return _made(_server(place, relay=[third]), _prompt("refused-recipient", text=text, told=told), (), lines)


# --- the lines of both -------------------------------------------------------------------------------------


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
    lines = [_line(row[3:], why) for row, why in zip(rows[2:], _TEXTS["to-the-end"]["lines"], strict=True)]
    return _made(server, _prompt("to-the-end", who=place.at(name)), rows[:2], lines)


def _second_try(dice: Dice, place: Place) -> Made:
    """A recipient that is refused, and one that is accepted."""
    said, common = _TEXTS["second-try"], _TEXTS["common"]
    place = replace(place, names_new=True)
    moved = dice.chance(0.5)
    third = place.new.partition("@")[2]
    names = ("rfc", "sendmail") if moved else ("rfc", "sendmail", "postfix", "exim", "opensmtpd", "haraka")
    server = place.server(profile=PROFILES[dice.pick(names)], extensions=None, relay=[third])
    first = place.at(place.moved if moved else place.unknown)
    second = place.new if moved else place.at(dice.pick((*place.residents, place.forwarded)))
    rows = _rows(server, f"MAIL FROM:<{_sender(dice, place)}>", f"RCPT TO:<{first}>", f"RCPT TO:<{second}>", "DATA")
    whys = (
        common["not-known-yet" if moved else "named-first"],
        said["refused-moved" if moved else "refused-unknown"],
        said["new-address"] if moved else common["after-a-refusal"],
        *(said[key] for key in ("accepted", "data", "asks")),
    )
    lines = [_line(row[3:], why) for row, why in zip(rows[2:], whys, strict=True)]
    told = said["moved" if moved else "unknown"].format(first=first, second=second)
    return _made(server, _prompt("second-try", told=told), rows[:2], lines)


_OF_THE_CLIENT: Sequence[Callable[[Dice, Place], Made]] = (
    *(_whole_session, _two_recipients, _two_messages, _asks_first),
    *(_given_up, _given_up, _refused_sender, _refused_recipient),
)


def lines_in_order(dice: Dice) -> Made:
    """Put the lines of a session in order, mostly those of the client alone."""
    kind = dice.pick(_OF_THE_CLIENT) if dice.chance(0.85) else dice.pick((_to_the_end, _second_try))
    return kind(dice, Place.invent(dice))


FAMILIES = (Family("lines-in-order", "02-a-whole-dialogue", "command-order", lines_in_order),)
