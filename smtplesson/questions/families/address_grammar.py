"""Generated questions about the grammar of an address: find the faulty piece, repair the address (section 4.1.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from smtplesson.protocol.grammar import diagnose
from smtplesson.questions.families.family import Dice, Family, Made
from smtplesson.questions.families.invented_servers import NAMES, TAGS, Place, another, played, texts
from smtplesson.questions.kinds import fault, repair
from smtplesson.questions.question import Choice, Question
from smtplesson.server.server import Server

_PIECES: Mapping[str, Any] = texts("spelling")["faulty-piece"]
_REPAIRS: Mapping[str, Any] = texts("spelling")["repair-address"]


# --- find the faulty piece -----------------------------------------------------------------------------


def _well_formed(row: Mapping[str, str], piece: str) -> Choice:
    """A piece that is not at fault, and what is said to who takes it for the fault."""
    return Choice(piece, _PIECES["elsewhere"].format(why=row["why"]), misconception=row["misconception"])


def _odd(dice: Dice, kind: str, **about: object) -> Choice:
    """A piece of a kind that only looks odd."""
    row = dice.pick(_PIECES[kind])
    return _well_formed(row, row["piece"].format(**about))


def _number(dice: Dice, below: int = 200) -> int:
    return dice.below(below) + 10


def _odd_begin(dice: Dice, name: str) -> Choice:
    other = another(dice, name)
    return _odd(dice, "begins", name=name, other=other, number=_number(dice, 90))


def _bad_begin(dice: Dice, name: str) -> str:
    text: str = dice.pick(_PIECES["bad-begins"])
    return text.format(name=name, other=another(dice, name))


def _bad_end(dice: Dice) -> str:
    text: str = dice.pick(_PIECES["bad-ends"])
    return text.format(tag=dice.pick(TAGS))


def _bad_domain(dice: Dice, domain: str) -> str:
    text: str = dice.pick(_PIECES["bad-domains"])
    first, _, rest = domain.partition(".")
    return text.format(first=first, rest=rest)


def faulty_piece(dice: Dice) -> Made:
    """Find the one piece of a path that breaks the grammar."""
    place = Place.invent(dice)
    name, domain = place.residents[0], place.here
    where = dice.pick(("begin", "end", "domain", "domain"))
    pieces: list[Choice | str] = []  # the text alone is the fault: why is known when all are together
    if where == "domain" and dice.chance(0.4):
        pieces.append(_odd(dice, "quoted", name=name, other=another(dice, name)))
    else:
        pieces.append(_bad_begin(dice, name) if where == "begin" else _odd_begin(dice, name))
        if where == "end":
            pieces.append(_bad_end(dice))
        elif dice.chance(0.6):
            pieces.append(_odd(dice, "ends", tag=dice.pick(TAGS)))
    if where == "domain":
        pieces.append(_odd(dice, "labels", number=_number(dice)))
        pieces.append(_bad_domain(dice, domain))
    else:
        pieces.append(_odd(dice, "domains", number=_number(dice), domain=domain))
    if dice.chance(0.5) or len(pieces) < 3:
        begin, end = (_well_formed(_PIECES["bracket"], bracket) for bracket in "<>")
        pieces = [begin, *pieces, end]
    address = "".join(piece if isinstance(piece, str) else piece.text for piece in pieces)
    mailbox = address.strip("<>")
    server, rows = _refused(dice, place, mailbox)
    question = Question(
        id="",
        prompt=_PIECES["prompt"].format(what="path" if address.startswith("<") else "address"),
        choices=tuple(Choice(p, _why(mailbox), right=True) if isinstance(p, str) else p for p in pieces),
        source="RFC 5321 sections 4.1.2 and 4.1.3",
        objective="",
        kind=fault.KIND,
        dialogue="\n".join(rows),
        tags=("syntax",),
        address=address,
    )
    return question, server


def _refused(dice: Dice, place: Place, address: str) -> tuple[Server, tuple[str, ...]]:
    """A server, and how it refuses an address."""
    server = replace(place, bad_name=553).server()
    mail = f"MAIL FROM:<{dice.pick(NAMES)}@{place.other}>"
    return server, played(server, "EHLO client.example", mail, f"RCPT TO:<{address}>")[2:]


def _why(mailbox: str) -> str:
    fault = diagnose(mailbox)
    assert fault is not None, f"{mailbox} is well formed"
    return f"{fault.message} ({fault.section})"


# --- repair --------------------------------------------------------------------------------------------

_Repair = tuple[str, str, list[Choice]]  # a faulty address, what is told of it, and the answers that are known


def _repair(case: str, **about: object) -> _Repair:
    texts = _REPAIRS[case]
    answers = [_answer(row, about) for row in texts["answers"]]
    return texts["faulty"].format(**about), texts["told"].format(**about), answers


def _answer(row: Mapping[str, str], about: Mapping[str, object]) -> Choice:
    belief = row.get("misconception", "")
    return Choice(row["text"].format(**about), row["why"].format(**about), not belief, belief)


def _needs_quotes(dice: Dice, name: str, domain: str) -> _Repair:
    """A mailbox whose name needs quotes."""
    other = another(dice, name)
    texts = _REPAIRS["needs-quotes"]
    row = dice.pick(texts["names"])
    raw, joint = row["raw"].format(name=name, other=other), row["joint"]
    at = raw.index(joint)
    about = {
        "domain": domain,
        "called": row["called"],
        "raw": raw,
        "bare": "".join(c for c in raw if c.isalpha()) if joint != "." else raw.replace("..", ".").strip("."),
        "escaped": f"{raw[:at]}\\{raw[at:]}",
        "dotted": raw.replace(joint, ".").rstrip(")]"),
        "end": texts["ends"]["with-dot" if raw.endswith(".") else "other"],
    }
    faulty, told, answers = _repair("needs-quotes", **about)
    return faulty, told, [*answers, *([] if joint in ".@" else [_answer(texts["dotted"], about)])]


def _pasted_name(dice: Dice, name: str, domain: str) -> _Repair:
    """An address that was pasted with a person's name."""
    who = f"{another(dice, name).title()} {name.title()}"
    mailbox = dice.pick(_REPAIRS["pasted-name"]["mailboxes"]).format(name=name)
    return _repair("pasted-name", who=who, dotted=who.replace(" ", "."), mailbox=mailbox, domain=domain)


def _comment(dice: Dice, name: str, domain: str) -> _Repair:
    """An address with a comment, which only a header may have."""
    return _repair("comment", name=name, domain=domain, note=dice.pick(_REPAIRS["comment"]["notes"]))


def _space(dice: Dice, name: str, domain: str) -> _Repair:
    """An address into which a space has crept."""
    row = dice.pick(_REPAIRS["space"]["names"])
    return _repair("space", domain=domain, **{key: text.format(name=name) for key, text in row.items()})


def _literal(dice: Dice, name: str, domain: str) -> _Repair:
    """An address literal that is not closed."""
    return _repair("literal", name=name, domain=domain, number=_number(dice))


#: The most frequent one stands twice.
_CASES: tuple[Callable[[Dice, str, str], _Repair], ...] = (
    _needs_quotes,
    _needs_quotes,
    _pasted_name,
    _comment,
    _space,
    _literal,
)


def repair_address(dice: Dice) -> Made:
    """Type a faulty address as it should be."""
    place = Place.invent(dice)
    address, told, answers = dice.pick(_CASES)(dice, place.residents[0], place.here)
    server, dialogue = _refused(dice, place, address)
    question = Question(
        id="",
        prompt=_REPAIRS["prompt"].format(told=told),
        choices=tuple(answers),
        source="RFC 5321 sections 4.1.2 and 4.1.3",
        objective="",
        kind=repair.KIND,
        dialogue="\n".join(dialogue),
        tags=("syntax",),
        address=address,
        otherwise=_REPAIRS["otherwise"],
    )
    return question, server


FAMILIES = (
    Family("faulty-piece", "04-553", "address-syntax", faulty_piece),
    Family("repair-address", "04-553", "address-syntax", repair_address),
)
