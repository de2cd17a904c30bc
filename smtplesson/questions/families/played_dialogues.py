"""Dialogues that are played for generated questions, and the texts about what follows from their last reply."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from smtplesson.questions.families.family import Dice, Made
from smtplesson.questions.families.invented_servers import NAMES, SUBJECTS, Place, filled, played, texts
from smtplesson.questions.kinds import single
from smtplesson.questions.question import Choice, Kind, Question
from smtplesson.server.profiles import PROFILES
from smtplesson.server.server import Server
from smtplesson.server.situations import Situation as S


@cache
def cases(family: str) -> Mapping[str, Any]:
    """The texts of a family in `actions.toml`, by case."""
    found: Mapping[str, Any] = texts("actions")[family]
    return found


@dataclass(frozen=True, slots=True)
class PlayedDialogue:
    """A dialogue that was played, and the `reply` in it that decides.

    `who` is the address that it is about, `first` another recipient, `new` an address that the reply may name.
    """

    server: Server
    rows: tuple[str, ...]
    reply: str
    who: str = ""
    first: str = ""
    new: str = ""

    @classmethod
    def play(cls, server: Server, lines: Sequence[str], *, hide: int = 0, **about: str) -> PlayedDialogue:
        """Play these lines after an EHLO that is not shown; `hide` so many lines at the end, such as a lost reply."""
        rows = played(server, "EHLO client.example", *lines)
        begin = next(number for number, row in enumerate(rows) if row == f"C: {lines[0]}")
        rows = rows[begin : len(rows) - hide]
        reply = next(row[3:] for row in reversed(rows) if row.startswith("S: "))
        return cls(server, rows, reply, **about)

    @property
    def code(self) -> int:
        """The code of the reply that decides."""
        return int(self.reply[:3])

    def fill(self, template: str) -> str:
        """A text of `actions.toml` with everything put in."""
        return filled(template, self.who, line=f'"{self.reply}"', first=self.first, new=self.new)

    def choices(
        self, dice: Dice, case: Mapping[str, Any], more: Sequence[Mapping[str, str]] = ()
    ) -> tuple[Choice, ...]:
        """The right choice, and up to three wrong ones, one of them from `more` if there are any."""
        right = Choice(self.fill(dice.pick(case["right"])), self.fill(case["why"]), right=True)
        rows = dice.take(more, 1)
        rows += dice.take(case["wrong"], 3 - len(rows))
        wrong = [Choice(self.fill(r["text"]), self.fill(r["why"]), misconception=r["misconception"]) for r in rows]
        return dice.shuffled([right, *wrong])

    def ask(self, prompt: str, choices: Sequence[Choice], source: str, kind: Kind = single.KIND) -> Made:
        """Make a question about this dialogue."""
        question = Question(
            id="",
            prompt=prompt,
            choices=tuple(choices),
            source=source,
            objective="",
            kind=kind,
            dialogue="\n".join(self.rows),
            tags=(str(self.code),),
        )
        return question, self.server


#: What happens -> the situation that a profile must word itself, for the reply to be a server's own words.
HAPPENINGS: Mapping[str, S | None] = {
    "unknown": S.NO_SUCH_USER,
    "moved": S.MOVED,
    "elsewhere": S.RELAY_REFUSED,
    "misspelt": None,
    "ghost": S.SENDER_DOMAIN_UNKNOWN,
    "mail-misspelt": None,
    "ok": S.RECIPIENT_OK,
    "forwarded": S.FORWARDED_SILENTLY,
    "data": S.START_DATA,
    "dot": S.MESSAGE_ACCEPTED,
    "mail": S.SENDER_OK,
    "quit": S.QUIT_OK,
}
#: The servers whose words are asked about. Every seed counts on this list: a new profile gets a family of its own.
_SERVERS = ("postfix", "exim", "opensmtpd", "sendmail", "courier", "haraka", "qmail")
_WITH_A_MESSAGE = ("dot", "quit")


@dataclass(frozen=True, slots=True)
class RealDialogue:
    """A dialogue in a real server's words: what happens in it, the server's name, and where the words come from."""

    dialogue: PlayedDialogue
    happening: str
    server: str
    source: str


def real(dice: Dice, happenings: Sequence[str], *, two: bool = False) -> RealDialogue:
    """Play one of these with a real server's words; with `two`, after another recipient, who is accepted."""
    name = dice.pick(_SERVERS)
    profile = PROFILES[name]
    own = [h for h in happenings if HAPPENINGS[h] in profile.wording or (HAPPENINGS[h] is None and profile.syntax)]
    if name == "haraka":  # it was recorded without a queue, so that it takes no message
        own = [h for h in own if h not in _WITH_A_MESSAGE]
    happening = dice.pick(own)
    place = Place.invent(dice)
    server = place.server(profile=profile, extensions=None, moved={place.at(place.moved): place.new}, relay=[])
    sender = f"{dice.pick(NAMES)}@{place.other}"
    who = {
        "forwarded": place.at(place.forwarded),
        "unknown": place.at(place.unknown),
        "moved": place.at(place.moved),
        "elsewhere": f"{place.residents[0]}@{place.new.partition('@')[2]}",
        "misspelt": f"{place.residents[0]}@{place.here.replace('.', '..', 1)}",
    }.get(happening, place.at(place.residents[0]))
    if happening == "mail-misspelt":
        sender = sender.replace(".", "..", 1)
    elif happening == "ghost":
        sender = f"{sender.partition('.')[0]}.invalid"
        server = replace(server, unknown_sender_domains=[sender.partition("@")[2]])
    first = place.at(place.residents[1]) if two else ""
    named = [f"RCPT TO:<{address}>" for address in (first, who) if address]
    message = [*named, "DATA", f"Subject: {dice.pick(SUBJECTS)}, with all the details", "."]
    lines = {
        **{at_mail: [] for at_mail in ("mail", "ghost", "mail-misspelt")},
        "data": [*named, "DATA"],
        "dot": message,
        "quit": [*message, "QUIT"],
    }.get(happening, named)
    new = place.new if happening == "moved" else ""
    dialogue = PlayedDialogue.play(server, [f"MAIL FROM:<{sender}>", *lines], who=who, first=first, new=new)
    evidence = profile.evidence.partition(";")[0].partition(":")[0]
    return RealDialogue(dialogue, happening, profile.called, f"wording of {profile.called}: {evidence}")
