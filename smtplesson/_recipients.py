"""Generated questions about each recipient of a session: whom the server has taken over, and whom it has not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from smtplesson._invented import NAMES, SUBJECTS, Dice, Made, Place, misspelt_local
from smtplesson._scenes import Scene, cases
from smtplesson.questions import Choice, Kind

_SOURCE = "RFC 5321 sections 3.3, 3.8, 4.2.1 and 4.2.5"
_PUT_OFF = ("451 Local error in processing", "452 Insufficient system storage", "451 Cannot write the message just now")
#: For each thing that is asked, the fates of those that belong to the answer.
_BELONGS = {"taken": {"taken"}, "retried": {"later", "message-put-off", "lost"}, "reported": {"refused"}}


@dataclass(frozen=True, slots=True)
class _Recipient:
    """A recipient of a session: the reply to its RCPT, and the reply to the message; empty where none came."""

    who: str
    reply: str
    final: str

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
    for before, row in pairwise(rows):
        if before.startswith("C: RCPT"):
            waiting.append((before.removeprefix("C: RCPT TO:<")[:-1], row[3:]))
        elif before == "C: .":
            found += [_Recipient(*pair, row[3:]) for pair in waiting]
            waiting = []
    return found + [_Recipient(*pair, "") for pair in waiting]


@dataclass(frozen=True, slots=True)
class _People:
    """Addresses that are accepted and that are refused, one that is busy, a sender, and the server's keywords."""

    accepted: list[str]
    refused: list[str]
    busy: str
    sender: str
    more: dict[str, Any]


def _people(dice: Dice, place: Place) -> _People:
    taken = (*place.residents, place.forwarded, place.moved, place.unknown)
    busy = place.at(dice.pick([name for name in NAMES if name not in taken]))
    misspelt = place.at(misspelt_local(dice, place.residents[0]))
    return _People(
        accepted=dice.take([place.at(name) for name in taken[:3]], 3),
        refused=dice.take([place.at(place.moved), place.at(place.unknown), misspelt], 3),
        busy=busy,
        sender=f"{dice.pick(NAMES)}@{place.other}",
        more={"busy": [busy], "mailboxes": [*map(place.at, place.residents), busy]},
    )


def _message(dice: Dice, sender: str, whos: Sequence[str], *, long: bool = False) -> list[str]:
    text = f"Subject: {dice.pick(SUBJECTS)}" + (", with all the details and a long list of dates" if long else "")
    return [f"MAIL FROM:<{sender}>", *(f"RCPT TO:<{who}>" for who in dice.shuffled(whos)), "DATA", text, "."]


def taken_for_whom(dice: Dice) -> Made:
    """Choose the recipients for whom the server has taken responsibility."""
    place = replace(Place.invent(dice), announces=True, names_new=True)
    people = _people(dice, place)
    one, two, three = people.accepted
    hide = 0
    if dice.chance(0.5):
        lines = _message(dice, people.sender, (one, two, people.refused[0], people.busy))
        told = "One message for four recipients."
    else:
        lost = dice.chance(0.5)
        late = dice.take((people.busy,), dice.below(2))
        lines = _message(dice, people.sender, (one, two, people.refused[0]))
        lines += _message(dice, people.sender, (three, *late), long=not lost)
        told = "Two messages, one after the other." + (" Then the connection breaks, with no reply." if lost else "")
        hide, people.more["max_size"] = int(lost), 50
    scene = Scene.play(place.server(**people.more), lines, hide=hide)
    prompt = f"{told} For which recipients does the program know that the server has taken the message over?"
    return scene.ask(prompt, _judged(scene, "taken"), _SOURCE, Kind.SEVERAL)


def still_to_do(dice: Dice) -> Made:
    """Choose the recipients that are tried again, or those that are reported to the sender."""
    place = replace(Place.invent(dice), announces=True, names_new=True)
    people = _people(dice, place)
    whos = (*people.accepted[:2], people.busy, *people.refused[: dice.below(2) + 1])
    end = dice.pick(("taken", "put-off", "lost"))
    if end == "put-off":
        people.more["refuse_message"] = dice.pick(_PUT_OFF)
    lines = _message(dice, people.sender, whos)
    scene = Scene.play(place.server(**people.more), lines, hide=int(end == "lost"))
    lost = "After the last line the connection breaks, with no reply. " if end == "lost" else ""
    asked, question = dice.pick(
        (
            ("retried", "For which recipients does the program keep the message and try again later, by itself?"),
            ("reported", "Which recipients does the program report to the sender now, as having failed?"),
        )
    )
    return scene.ask(lost + question, _judged(scene, asked), _SOURCE, Kind.SEVERAL)


def _judged(scene: Scene, asked: str) -> list[Choice]:
    """A choice for each recipient, in the order of the dialogue."""
    return [
        Choice(
            recipient.who,
            cases(asked)[recipient.fate].format(
                line=f'"{recipient.reply}"', who=recipient.who, final=f'"{recipient.final}"'
            ),
            right=recipient.fate in _BELONGS[asked],
            misconception=_belief(asked, recipient),
        )
        for recipient in _recipients(scene.rows)
    ]


def _belief(asked: str, recipient: _Recipient) -> str:
    """What somebody believes who decides wrongly about this recipient."""
    code = recipient.reply[:3]
    match asked, recipient.fate:
        case "reported", "lost":
            return "lost-is-refused"
        case _, "lost":
            return "no-news-is-good-news"
        case _, "message-put-off" | "message-refused":
            return "responsibility-with-rcpt"
        case "taken", "taken":
            return "only-250-succeeds" if code == "251" else "553-fails-the-whole-mail"
        case "retried", "taken":
            return "251-send-again" if code == "251" else "retry-for-everybody"
        case "reported", "taken":
            return "251-is-an-error" if code == "251" else "553-fails-the-whole-mail"
        case "reported", "later":
            return "4yz-is-permanent"
        case _, "later":
            return "4yz-server-retries"
        case "taken", _:
            return "551-is-forwarded" if code == "551" else "5yz-is-a-warning"
        case _:
            return {"551": "551-is-forwarded", "553": "553-try-again"}.get(code, "5yz-retry")
