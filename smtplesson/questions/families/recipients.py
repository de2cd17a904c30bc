"""Generated questions about each recipient of a session: whom the server has taken over, and whom it has not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from smtplesson.questions.families.family import Dice, Family, Made
from smtplesson.questions.families.invented_servers import (
    NAMES,
    ODD_NAMES,
    PLAIN,
    SUBJECTS,
    Place,
    another,
    misspelt_local,
)
from smtplesson.questions.families.played_dialogues import PlayedDialogue, cases
from smtplesson.questions.kinds import several
from smtplesson.questions.question import Choice
from smtplesson.server.situations import Situation as S

_SOURCE = "RFC 5321 sections 3.3, 3.8, 4.2.1 and 4.2.5"
_PUT_OFF = ("451 Local error in processing", "452 Insufficient system storage", "451 Cannot write the message just now")
#: For each thing that is asked, the fates of those that belong to the answer.
_BELONGS = {"taken": {"taken"}, "retried": {"later", "message-put-off", "lost"}, "reported": {"refused"}}


@dataclass(frozen=True, slots=True)
class _Recipient:
    """A recipient of a session: the reply to its RCPT, and the reply to the message; empty where none came.

    `digits` are the first digits of the replies to each RCPT of this message.
    """

    who: str
    reply: str
    final: str
    digits: str

    @property
    def fate(self) -> str:
        """What became of it: a key of the tables of `actions.toml`."""
        if self.reply[0] != "2":
            return "later" if self.reply[0] == "4" else "refused"
        if not self.final:
            return "lost"
        return {"2": "taken", "4": "message-put-off", "5": "message-refused"}[self.final[0]]


def _recipients(rows: Sequence[str]) -> list[_Recipient]:
    """Read from a dialogue what became of each recipient."""
    found: list[_Recipient] = []
    waiting: list[tuple[str, str]] = []

    def message(final: str) -> list[_Recipient]:
        digits = "".join(reply[0] for _, reply in waiting)
        return [_Recipient(who, reply, final, digits) for who, reply in waiting]

    for before, row in pairwise(rows):
        if before.startswith("C: RCPT"):
            waiting.append((before.removeprefix("C: RCPT TO:<")[:-1], row[3:]))
        elif before == "C: .":
            found += message(row[3:])
            waiting = []
    return found + message("")


@dataclass(frozen=True, slots=True)
class _People:
    """Addresses that are accepted, that are refused and that are busy, a sender, and the server's keywords."""

    accepted: list[str]
    refused: list[str]
    busy: list[str]
    sender: str
    more: dict[str, Any]


def _people(dice: Dice, place: Place) -> _People:
    """People of each sort: odd addresses, and those of another domain, are accepted as well as refused."""
    known = (*place.residents, place.forwarded, place.moved, place.unknown)
    one, *busy = map(place.at, dice.take([name for name in NAMES if name not in known], 5))
    odd, relayed = place.at(dice.pick(ODD_NAMES)), f"{another(dice, *known)}@{place.other}"
    misspelt = place.at(misspelt_local(dice, place.residents[0]))
    elsewhere = f"{place.residents[0]}@{place.new.partition('@')[2]}"
    mailboxes = [*map(place.at, place.residents), one, odd]
    return _People(
        accepted=dice.take([*mailboxes, place.at(place.forwarded), relayed], 6),
        refused=dice.take([place.at(place.moved), place.at(place.unknown), misspelt, elsewhere], 4),
        busy=busy,
        sender=f"{dice.pick(NAMES)}@{place.other}",
        more={"busy": busy, "mailboxes": [*mailboxes, *busy], "relay": [place.other]},
    )


def _message(dice: Dice, sender: str, whos: Sequence[str], *, long: bool = False) -> list[str]:
    text = f"Subject: {dice.pick(SUBJECTS)}" + (", with all the details and a long list of dates" if long else "")
    return [f"MAIL FROM:<{sender}>", *(f"RCPT TO:<{who}>" for who in dice.shuffled(whos)), "DATA", text, "."]


_ASKED = {
    "retried": "For which recipients does the program keep the message and try again later, by itself?",
    "reported": "Which recipients does the program report to the sender now, as having failed?",
}
_COUNTED = {3: "three", 4: "four", 5: "five"}
#: How two messages end, "lost" with no reply: at least one is taken.
_ENDS = (("taken", "put-off"), ("taken", "refused"), ("taken", "lost"), ("put-off", "taken"), ("refused", "taken"))


def taken_over(dice: Dice) -> Made:
    """Choose the recipients for whom the server has taken responsibility."""
    place = replace(Place.invent(dice), announces=True, names_new=True)
    people = _people(dice, place)
    told, lines, end = (_one_message if dice.chance(0.45) else _two_messages)(dice, people)
    lost = " Then the connection breaks, with no reply." if end == "lost" else ""
    dialogue = PlayedDialogue.play(place.server(**people.more), lines, hide=int(end == "lost"))
    prompt = f"{told}{lost} For which recipients does the program know that the server has taken the message over?"
    return dialogue.ask(prompt, _judged(dialogue, "taken"), _SOURCE, several.KIND)


def _one_message(dice: Dice, people: _People) -> tuple[str, list[str], str]:
    """A message that is taken, for some of three to five recipients: what is told, the lines, and how it ends."""
    count = dice.below(3) + 3
    accepted = dice.below(count - 1) + 1
    others = dice.take((*people.refused, *people.busy), count - accepted)
    lines = _message(dice, people.sender, (*people.accepted[:accepted], *others))
    return f"One message for {_COUNTED[count]} recipients.", lines, "taken"


def _two_messages(dice: Dice, people: _People) -> tuple[str, list[str], str]:
    """Two messages, of which one is not taken: it is too long, or its end is not seen."""
    ends = dice.pick(_ENDS)
    count = dice.below(3) + 3
    taken = dice.below(count - 1) + 1
    of_first = taken if ends[0] == "taken" else 1
    whos = (people.accepted[:of_first], people.accepted[of_first : taken + 1])
    others = dice.take((*people.refused, *people.busy), count - taken - 1)
    of_each = (others[:1], others[1:]) if dice.chance(0.5) else (others[1:], others[:1])
    if "put-off" in ends:
        words = {**PLAIN.wording, S.MESSAGE_TOO_BIG: dice.pick(_PUT_OFF)}
        people.more["profile"] = replace(PLAIN, wording=words)
    people.more["max_size"] = 50
    lines = [
        line
        for accepted, other, end in zip(whos, of_each, ends, strict=True)
        for line in _message(dice, people.sender, (*accepted, *other), long=end in ("put-off", "refused"))
    ]
    return "Two messages, one after the other.", lines, ends[1]


def yet_to_do(dice: Dice) -> Made:
    """Choose the recipients that are tried again, or those that are reported to the sender."""
    place = replace(Place.invent(dice), announces=True, names_new=True)
    people = _people(dice, place)
    asked, end = dice.pick(("retried", "reported")), dice.pick(("taken", "put-off", "lost"))
    count = dice.below(3) + 3
    right = dice.below(count - 1) + 1  # so many belong to the answer
    if asked == "reported":
        refused, accepted = right, dice.below(count - right) + 1
    elif end == "taken":
        accepted = dice.below(count - right) + 1
        refused = count - right - accepted
    else:
        refused, accepted = count - right, dice.below(right) + 1
    whos = (*people.accepted[:accepted], *people.refused[:refused], *people.busy[: count - accepted - refused])
    if end == "put-off":
        people.more["refuse_message"] = dice.pick(_PUT_OFF)
    lines = _message(dice, people.sender, whos)
    dialogue = PlayedDialogue.play(place.server(**people.more), lines, hide=int(end == "lost"))
    lost = "After the last line the connection breaks, with no reply. " if end == "lost" else ""
    source = f"{_SOURCE}; RFC 821 section 3.2" if asked == "reported" else _SOURCE
    return dialogue.ask(lost + _ASKED[asked], _judged(dialogue, asked), source, several.KIND)


def _judged(dialogue: PlayedDialogue, asked: str) -> list[Choice]:
    """A choice for each recipient, in the order of the dialogue."""
    return [
        Choice(
            recipient.who,
            _said_of(recipient, cases(asked)),
            right=recipient.fate in _BELONGS[asked],
            misconception=_belief(asked, recipient),
        )
        for recipient in _recipients(dialogue.rows)
    ]


def _said_of(recipient: _Recipient, texts: Mapping[str, str]) -> str:
    text = texts.get(f"{recipient.fate}-{recipient.reply[:3]}") or texts[recipient.fate]
    return text.format(line=f'"{recipient.reply}"', who=recipient.who, final=f'"{recipient.final}"')


def _belief(asked: str, recipient: _Recipient) -> str:
    """What somebody believes who decides wrongly about this recipient."""
    code = recipient.reply[:3]
    match asked, recipient.fate:
        case "reported", "lost":
            return "lost-is-refused"
        case _, "lost":
            return "no-news-is-good-news"
        case "reported", "later" | "message-put-off":
            return "4yz-is-permanent"
        case _, "message-put-off" | "message-refused":
            return "responsibility-with-rcpt"
        case "taken", "taken":
            if code == "251":
                return "only-250-succeeds"
            if "5" in recipient.digits:
                return "553-fails-the-whole-mail"
            return "retry-for-everybody" if "4" in recipient.digits else "client-stays-responsible"
        case "retried", "taken":
            return "251-send-again" if code == "251" else "retry-for-everybody"
        case "reported", "taken":
            return "251-is-an-error" if code == "251" else "553-fails-the-whole-mail"
        case _, "later":
            return "4yz-server-retries"
        case "taken", _:
            return "551-is-forwarded" if code == "551" else "5yz-is-a-warning"
        case _:
            return {"551": "551-is-forwarded", "553": "553-try-again"}.get(code, "5yz-retry")


FAMILIES = (
    Family("taken-over", "02-a-whole-dialogue", "responsibility", taken_over),
    Family("yet-to-do", "02-a-whole-dialogue", "first-digit", yet_to_do),
)
