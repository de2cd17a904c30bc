"""Generated questions: put the lines of a session in order. Only one order can be played on the server."""

from __future__ import annotations

from dataclasses import replace

from smtplesson._invented import NAMES, SUBJECTS, Dice, Made, Place, played
from smtplesson.habits import RFC
from smtplesson.profiles import EXIM, HARAKA, OPENSMTPD, POSTFIX, SENDMAIL
from smtplesson.questions import Choice, Kind, Question
from smtplesson.server import Server


def _line(text: str, why: str, section: str, belief: str) -> Choice:
    return Choice(text, f"{why} (RFC 5321 section {section}).", misconception=belief)


def _made(server: Server, prompt: str, before: tuple[str, ...], lines: list[Choice]) -> Made:
    question = Question(
        id="",
        prompt=prompt,
        choices=tuple(lines),
        source="RFC 5321 sections 3.3, 4.1.1 and 4.1.4",
        objective="",
        kind=Kind.ORDER,
        dialogue="\n".join(before),
        tags=("sequence",),
    )
    return question, server


def _server(place: Place) -> Server:
    return place.server(profile=RFC, extensions=None)


def _rows(server: Server, *lines: str) -> tuple[str, ...]:
    """What is said when these lines follow EHLO: without EHLO and its reply."""
    rows = played(server, "EHLO client.example", *lines)
    return rows[next(n for n, row in enumerate(rows) if row == f"C: {lines[0]}") :]


def _to_the_end(dice: Dice, place: Place) -> Made:
    """From RCPT to the reply with which the server takes the message."""
    # Only servers that word the two positive replies differently, so that nobody has to know 2.1.5 from 2.0.0.
    server, name = _server(replace(place, announces=True)), place.forwarded
    if dice.chance(0.6):
        server = place.server(profile=dice.pick((SENDMAIL, OPENSMTPD)), extensions=None)
        name = dice.pick((*place.residents, place.forwarded))
    mail = f"MAIL FROM:<{dice.pick(NAMES)}@{place.other}>"
    rows = _rows(server, mail, f"RCPT TO:<{place.at(name)}>", "DATA", f"Subject: {dice.pick(SUBJECTS)}", ".")
    _, _, rcpt, accepted, data, go, text, dot, taken = rows
    lines = [
        _line(
            rcpt,
            "After MAIL a recipient is named; the server has to accept one before DATA",
            "3.3",
            "any-order-will-do",
        ),
        _line(
            accepted, "This answers RCPT: it accepts a recipient, and no message yet", "3.3", "responsibility-with-rcpt"
        ),
        _line(
            data,
            "DATA asks whether the message may come, once a recipient is accepted",
            "3.3",
            "data-needs-no-recipient",
        ),
        _line(go, "354 answers DATA and asks for the message; nothing is accepted with it", "4.1.1.4", "3yz-is-done"),
        _line(text, "The message may be sent only after 354", "4.1.1.4", "message-before-354"),
        _line(
            dot,
            "The line with only a dot ends the message, and only then there is a reply",
            "4.1.1.4",
            "message-lines-are-answered",
        ),
        _line(
            taken,
            "With this reply, and not before, the server takes responsibility",
            "4.2.5",
            "responsibility-with-rcpt",
        ),
    ]
    prompt = (
        f"MAIL has been accepted; the message has one line and goes to {place.at(name)}. Put the rest of the dialogue "
        "in order, up to the line with which the server takes responsibility."
    )
    return _made(server, prompt, rows[:2], lines)


def _whole_session(dice: Dice, place: Place) -> Made:
    """The client's lines from EHLO to QUIT."""
    server = _server(place)
    name, sender = dice.pick((*place.residents, place.forwarded)), f"{dice.pick(NAMES)}@{place.other}"
    text = f"Subject: {dice.pick(SUBJECTS)}"
    lines = [
        _line(
            f"EHLO {place.other}",
            "A session with mail begins with EHLO, in which the client says who it is",
            "4.1.4",
            "any-order-will-do",
        ),
        _line(f"MAIL FROM:<{sender}>", "MAIL opens the transaction and names the sender", "3.3", "any-order-will-do"),
        _line(f"RCPT TO:<{place.at(name)}>", "A recipient is named before DATA", "3.3", "data-needs-no-recipient"),
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
        _line(
            "QUIT",
            "QUIT is a command, so it has to wait until the dot has ended the message",
            "4.1.1.10",
            "commands-inside-the-message",
        ),
    ]
    drop = dice.pick((None, 0, 6))
    lines = [line for number, line in enumerate(lines) if number != drop]
    given = "EHLO has been answered. " if drop == 0 else ""
    prompt = (
        f"{given}Put the client's lines in order, so that {name} gets the message, whose one line is '{text}'. "
        "The client waits for each reply, and none of them may be 4yz or 5yz."
    )
    return _made(server, prompt, (), lines)


def _taken_back(dice: Dice, place: Place) -> Made:
    """A transaction that is given up, and another."""
    server = _server(place)
    wrong, right = (f"{name}@{place.other}" for name in dice.take(NAMES, 2))
    first, second = dice.take(place.residents, 2)
    keep = "rset-keeps-the-envelope"
    lines = [
        _line(
            f"MAIL FROM:<{wrong}>",
            "The client begins with this sender, as the question says",
            "3.3",
            "any-order-will-do",
        ),
        _line(
            "RSET", "RSET gives the transaction up; a second MAIL would get 503 here", "4.1.1.5", "mail-replaces-mail"
        ),
        _line(
            f"MAIL FROM:<{right}>", "After RSET the server knows no sender, so MAIL has to begin anew", "4.1.1.5", keep
        ),
        _line(
            f"RCPT TO:<{place.at(second)}>",
            "This recipient belongs to the second transaction; named before RSET it is lost",
            "4.1.1.5",
            keep,
        ),
        _line("DATA", "DATA comes when a recipient is accepted", "3.3", "data-needs-no-recipient"),
    ]
    told = ""
    if dice.chance(0.5):
        once = _line(
            f"RCPT TO:<{place.at(first)}>",
            "This recipient was named to the first transaction, and RSET forgets it",
            "4.1.1.5",
            "any-order-will-do",
        )
        lines.insert(1, once)
        told = f", names {first}"
    prompt = (
        f"EHLO has been answered. The client begins with the sender {wrong}{told}, gives that up, and leads a "
        f"transaction from {right} to {second} alone, as far as DATA. Put its lines in order; no reply is 4yz or 5yz."
    )
    return _made(server, prompt, (), lines)


def _second_try(dice: Dice, place: Place) -> Made:
    """A recipient that is refused, and one that is accepted."""
    place = replace(place, names_new=True)
    moved = dice.chance(0.5)
    third = place.new.partition("@")[2]
    words = dice.pick((RFC, SENDMAIL) if moved else (RFC, SENDMAIL, POSTFIX, EXIM, OPENSMTPD, HARAKA))
    server = place.server(profile=words, extensions=None, relay=[third])
    first = place.at(place.moved if moved else place.unknown)
    second = place.new if moved else place.at(dice.pick((*place.residents, place.forwarded)))
    mail = f"MAIL FROM:<{dice.pick(NAMES)}@{place.other}>"
    rows = _rows(server, mail, f"RCPT TO:<{first}>", f"RCPT TO:<{second}>", "DATA")
    _, _, one, refused, two, accepted, data, go = rows
    belief = "551-is-forwarded" if moved else "5yz-is-a-warning"
    named = "The new address is not known yet" if moved else "The question says that this recipient is named first"
    if moved:
        why = "The address that the reply names has to be named in a RCPT of its own"
        then = _line(two, why, "3.4", "address-in-text-is-accepted")
    else:
        why = "The session goes on after a refusal, with the next recipient"
        then = _line(two, why, "3.3", "refusal-ends-the-session")
    lines = [
        _line(one, named, "3.3", "any-order-will-do"),
        _line(refused, "This refuses the first recipient: the first digit is 5", "4.2.1", belief),
        then,
        _line(accepted, "This accepts the second recipient; a success is told, too", "3.3", "success-is-silent"),
        _line(data, "One recipient has been accepted, and that is enough for DATA", "3.3", "553-fails-the-whole-mail"),
        _line(go, "354 answers DATA and asks for the message", "4.1.1.4", "354-proves-a-recipient"),
    ]
    told = (
        f"learns the address {second} in this very session, from a reply; the server relays for it"
        if moved
        else f"names {first} first, who does not exist, and {second} next, who does"
    )
    prompt = f"EHLO and MAIL have been answered. The client {told}. Put the lines of client and server in order."
    return _made(server, prompt, rows[:2], lines)


def lines_in_order(dice: Dice) -> Made:
    """Put the lines of a session in order."""
    kind = dice.pick((_to_the_end, _whole_session, _taken_back, _second_try))
    return kind(dice, Place.invent(dice))
