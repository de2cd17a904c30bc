"""Generated questions: where a session stands after some lines, and so what may come next (RFC 5321 section 4.1.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from smtplesson.questions.families.family import Dice, Family, Made
from smtplesson.questions.families.invented_servers import NAMES, SUBJECTS, Place, texts
from smtplesson.questions.families.played_dialogues import PlayedDialogue
from smtplesson.questions.question import Choice

_TEXTS: Mapping[str, Any] = texts("sessions")
_STATES: Mapping[str, str] = _TEXTS["states"]
_CASES: Mapping[str, Any] = _TEXTS["cases"]
_SOURCE = "RFC 5321 sections 3.3, 4.1.1 and 4.1.4"


def where_it_stands(dice: Dice) -> Made:
    """Choose where a session stands: each of the four states as often as the others."""
    state = dice.pick(tuple(_STATES))
    case = dice.pick([name for name, row in _CASES.items() if row["state"] == state])
    place = replace(Place.invent(dice), announces=True, names_new=True)
    ghost = f"{dice.pick(NAMES)}@{place.other.partition('.')[0]}.invalid"
    server = place.server(unknown_sender_domains=[ghost.partition("@")[2]])
    dialogue = PlayedDialogue.play(server, [*_earlier(dice, place), *_lines(dice, case, place, ghost)])
    told = _CASES[case]
    choices = [Choice(_STATES[state], dialogue.fill(told["why"]), right=True)]
    choices += [
        Choice(text, dialogue.fill(told[other][1]), misconception=told[other][0])
        for other, text in _STATES.items()
        if other != state
    ]
    return dialogue.ask(_TEXTS["prompt"], dice.shuffled(choices), _SOURCE)


def _earlier(dice: Dice, place: Place) -> Sequence[str]:
    """A transaction before, which is over."""
    begun = [f"MAIL FROM:<{dice.pick(NAMES)}@{place.other}>", f"RCPT TO:<{place.at(dice.pick(place.residents))}>"]
    message = ["DATA", f"Subject: {dice.pick(SUBJECTS)}", "."]
    return dice.pick(((), (), (*begun, "RSET"), (*begun, *message)))


def _lines(dice: Dice, case: str, place: Place, ghost: str) -> Sequence[str]:
    """The client's lines that lead to the end of this case."""
    mail, another = (f"MAIL FROM:<{name}@{place.other}>" for name in dice.take(NAMES, 2))
    residents = [f"RCPT TO:<{place.at(name)}>" for name in dice.shuffled(place.residents)]
    forwarded = f"RCPT TO:<{place.at(place.forwarded)}>"
    refused = [f"RCPT TO:<{place.at(name)}>" for name in dice.shuffled((place.moved, place.unknown))]
    accepted = dice.take([*residents, forwarded], dice.below(2) + 1)
    some = dice.take([*accepted, *refused], dice.below(3))
    begun = [mail, *accepted, "DATA"]
    text = f"Subject: {dice.pick(SUBJECTS)}"
    asked = f"VRFY {dice.pick((*place.residents, place.forwarded))}"
    return {
        "rset": [mail, *some, "RSET"],
        "ehlo-again": [mail, *some, "EHLO client.example"],
        "after-the-dot": [*begun, text, "."],
        "refused-sender": [f"MAIL FROM:<{ghost}>"],
        "only-mail": [mail],
        "refused-recipients": [mail, *refused[: dice.below(2) + 1]],
        "vrfy": [mail, *refused[: dice.below(2)], asked],
        "some-refused": [mail, accepted[0], refused[0]],
        "forwarded": [mail, *refused[: dice.below(2)], forwarded],
        "asked-amid": [mail, *accepted, dice.pick((asked, "NOOP"))],
        "commands-in-the-text": [*begun, *dice.take((text, another, refused[0], "RSET", "QUIT"), dice.below(2) + 2)],
        "only-354": begun,
        "a-doubled-dot": [*begun, text, ".."],
    }[case]


FAMILIES = (Family("where-it-stands", "02-a-whole-dialogue", "command-order", where_it_stands),)
