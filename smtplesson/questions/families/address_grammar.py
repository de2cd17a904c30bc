"""Generated questions about the grammar of an address: find the piece at fault, mend it or leave it (section 4.1.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from smtplesson.protocol.grammar import diagnose
from smtplesson.questions.families.family import Dice, Family, Made
from smtplesson.questions.families.invented_servers import (
    NAMES,
    ODD_NAMES,
    TAGS,
    Place,
    another,
    misspelt_local,
    played,
    texts,
)
from smtplesson.questions.families.played_dialogues import PlayedDialogue
from smtplesson.questions.kinds import fault
from smtplesson.questions.question import Choice, Question
from smtplesson.server.server import Server

_PIECES: Mapping[str, Any] = texts("spelling")["piece-at-fault"]
_MEND: Mapping[str, Any] = texts("spelling")["mend-or-leave"]
_SOURCE = "RFC 5321 sections 4.1.2 and 4.1.3"


# --- find the piece at fault -------------------------------------------------------------------------------

#: The pieces of an address, and for each where its kinds stand in the file: those that only look odd, and bad ones.
_KINDS = {
    "begin": ("begins", "bad-begins"),
    "end": ("ends", "bad-ends"),
    "quoted": ("quoted", "bad-quoted"),
    "label": ("labels", "bad-labels"),
    "rest": ("rests", "bad-rests"),
    "literal": ("literals", "bad-literals"),
}
_SHAPES = (
    ("begin", "end", "label", "rest"),
    ("begin", "end", "label", "rest"),
    ("begin", "end", "literal"),
    ("quoted", "label", "rest"),
)


def piece_at_fault(dice: Dice) -> Made:
    """Find the one piece of an address that breaks the grammar: each is at fault as often as the others."""
    place = Place.invent(dice)
    first, _, rest = place.here.partition(".")
    about = {"name": place.residents[0], "domain": place.here, "first": first, "rest": rest, "tag": dice.pick(TAGS)}
    shape = dice.pick(_SHAPES)
    bad = dice.below(len(shape))
    pieces: list[Choice | str] = []  # the text alone is the fault: why is known when all are together
    for number, kind in enumerate(shape):
        odd, faulty = _KINDS[kind]
        about |= {"other": another(dice, place.residents[0]), "number": str(dice.below(200) + 10)}
        if number == bad:
            pieces.append(dice.pick(_PIECES[faulty]).format(**about))
        else:
            row = dice.pick(_PIECES[odd])
            why = _PIECES["elsewhere"].format(why=row["why"])
            pieces.append(Choice(row["piece"].format(**about), why, misconception=row["misconception"]))
    address = "".join(piece if isinstance(piece, str) else piece.text for piece in pieces)
    server, rows = _refused(dice, place, address)
    question = Question(
        id="",
        prompt=_PIECES["prompt"],
        choices=tuple(Choice(p, _why(address), right=True) if isinstance(p, str) else p for p in pieces),
        source=_SOURCE,
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


# --- mend it, or leave it ----------------------------------------------------------------------------------


def mend_or_leave(dice: Dice) -> Made:
    """Choose what is to be done about an address that was refused: each of four as often as the others."""
    place, case = Place.invent(dice), dice.pick(tuple(_MEND["choices"]))
    name, written = place.residents[0], _MEND["written"]
    if case == "leave" or (case == "remove" and dice.chance(0.3)):
        name = dice.pick(ODD_NAMES)
    about = {"name": name, "other": another(dice, name), "domain": place.here, "tag": dice.pick(TAGS)}
    if case == "quote":
        name = dice.pick(written["quoted"]).format(**about)
    elif case == "ask":
        name = misspelt_local(dice, name)
    address = dice.pick(written["pasted"]).format(**about) if case == "remove" else place.at(name)
    is_told = case in ("quote", "remove") or (case == "leave" and dice.chance(0.6))
    told = _MEND["known" if is_told else "unknown"].format(name=name, domain=place.here)
    server = replace(place, bad_name=553).server(
        refuse={address: "553 Mailbox name not allowed"} if case == "leave" else {}
    )
    lines = [f"MAIL FROM:<{dice.pick(NAMES)}@{place.other}>", f"RCPT TO:<{address}>"]
    dialogue = PlayedDialogue.play(server, lines, who=address)
    choices = [Choice(_MEND["choices"][case], dialogue.fill(_MEND[case]["why"]), right=True)]
    choices += [
        Choice(text, dialogue.fill(_MEND[case][decision][1]), misconception=_MEND[case][decision][0])
        for decision, text in _MEND["choices"].items()
        if decision != case
    ]
    return dialogue.ask(_MEND["prompt"].format(told=told), dice.shuffled(choices), _SOURCE)


FAMILIES = (
    Family("piece-at-fault", "04-553", "address-syntax", piece_at_fault),
    Family("mend-or-leave", "04-553", "address-syntax", mend_or_leave),
)
