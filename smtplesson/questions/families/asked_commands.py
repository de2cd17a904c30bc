"""What a generated question asks a server: one command, what came before it, and what is told of the server."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from smtplesson.questions.families.family import Dice
from smtplesson.questions.families.invented_servers import (
    DOMAINS,
    NAMES,
    NON_ASCII,
    ODD_NAMES,
    Place,
    filled,
    misspelt,
    played,
    texts,
)
from smtplesson.questions.question import Choice
from smtplesson.server.server import Server

#: How a reply is worded in the choices; `to` is another address.
_SAID = {
    220: "220 Service ready",
    250: "250 OK",
    251: "251 User not local; will forward to <{to}>",
    252: "252 Cannot VRFY user, but will accept message and attempt delivery",
    354: "354 Start mail input; end with <CRLF>.<CRLF>",
    450: "450 Mailbox busy, try again later",
    501: "501 Syntax error in parameters or arguments",
    503: "503 Bad sequence of commands",
    550: "550 Mailbox unavailable",
    551: "551 User not local; please try <{to}>",
    553: "553 Mailbox name not allowed",
    554: "554 No valid recipients",
}
_RULES = "The server keeps to RFC 5321."
#: Section 3.3 lets a server ask for a message without a recipient, as RFC 2920 foresees; 4.1.4 lets it bear a lot.
_ORDERLY = "It keeps strictly to the order of section 4.1.4, and asks for no message without a recipient."
#: The subjects of `Place.facts` that are told of every recipient's server.
ALL = ("residents", "forwarded", "moved", "relay", "spelling")
_SOURCES = {
    "rcpt": "RFC 5321 sections 3.3, 3.4, 3.6 and 4.2.3",
    "mail": "RFC 5321 sections 3.3, 4.1.2 and 4.3.2",
    "vrfy": "RFC 5321 sections 3.4, 3.5 and 7.3",
    "sequence": "RFC 5321 sections 3.3, 4.1.1 and 4.1.4",
}


@cache
def cases(group: str) -> Mapping[str, Any]:
    """Case -> the feedback of the right reply, and the wrong replies: `rcpt`, `mail`, `vrfy` or `sequence`."""
    found: Mapping[str, Any] = texts("replies")[group]
    return found


@dataclass(frozen=True, slots=True)
class AskedCommand:
    """A command that a client sends: its case in `replies.toml`, the lines before it, what is told, and the server.

    `fact` is the sentence told that decides, `who` the address asked about, `to` another that a reply may name.
    """

    group: str
    case: str
    line: str
    told: str
    fact: str
    server: Server
    who: str = ""
    to: str = ""
    before: tuple[str, ...] = ("EHLO client.example",)
    sender: str = ""
    other: str = ""

    @property
    def rows(self) -> tuple[str, ...]:
        """The dialogue, as it is played."""
        return played(self.server, *self.before, self.line)

    @property
    def code(self) -> int:
        """What the server answers, found by playing."""
        return int(self.rows[-1][3:6])

    @property
    def source(self) -> str:
        """Who says so."""
        return "RFC 6531 section 3.5" if self.case == "non-ascii" else _SOURCES[self.group]

    def said(self, code: int) -> str:
        """A reply with this code, in the words of this server."""
        if self.group == "vrfy" and code == 250:
            return f"250 <{self.who}>"
        return _SAID[code].format(to=self.to)

    def feedback(self, template: str) -> str:
        """A text of `replies.toml` with everything put in."""
        return filled(
            template,
            self.who,
            fact=f'"{self.fact}"',
            sender=self.sender,
            new=self.to,
            other=self.other,
        )

    def choices(self, dice: Dice, count: int = 3) -> list[Choice]:
        """The right reply, and up to `count` wrong ones, each with a code that is right in another case."""
        case, code = cases(self.group)[self.case], self.code
        right = Choice(self.said(code), self.feedback(case["right"]), right=True)
        near = [other for other in by_code(self.group) if other != code]
        return [right, *map(self.wrong, dice.take(near, count))]

    def wrong(self, code: int) -> Choice:
        """A wrong reply with this code, and what is said of it."""
        for row in cases(self.group)[self.case]["near"]:
            if row["code"] == code:
                return Choice(self.said(code), self.feedback(row["why"]), misconception=row["misconception"])
        row = cases("otherwise")[self.group][str(code)]
        return Choice(self.said(code), self.feedback(row["why"]), misconception=row[str(self.code)[0]])


@cache
def by_code(group: str) -> Mapping[int, Sequence[str]]:
    """Code -> the cases in which it is the right reply."""
    found: dict[int, list[str]] = {}
    for name, case in cases(group).items():
        found.setdefault(case["code"], []).append(name)
    return found


def ask_command(dice: Dice, group: str) -> AskedCommand:
    """Invent a server and something to ask it: each code is the right reply as often as the others."""
    case = dice.pick(by_code(group)[dice.pick(tuple(by_code(group)))])
    return GROUPS[group](dice, case, Place.invent(dice))


def _told(place: Place, subjects: tuple[str, ...], *more: str) -> str:
    return " ".join(filter(None, (place.told(*subjects), *more, _RULES)))


def rcpt(dice: Dice, case: str, place: Place) -> AskedCommand:
    """A recipient of this kind; the place is changed where the kind asks for it."""
    subjects: tuple[str, ...] = ALL
    extra, to, fact = "", "", "residents"
    more: dict[str, Any] = {}
    sender, name = f"{dice.pick(NAMES)}@{place.other}", place.residents[0]
    match case:
        case "odd":
            name = dice.pick(ODD_NAMES)
            place = replace(place, residents=(name, place.residents[1]))
        case "forwarded-said" | "forwarded-silently":
            place = replace(place, announces=case == "forwarded-said")
            name, to, fact = place.forwarded, place.forward_to, "forwarded"
        case "moved-named" | "moved-private":
            place = replace(place, names_new=case == "moved-named")
            name, to, fact = place.moved, place.new, "moved"
        case "unknown":
            name = place.unknown
        case "misspelt-553" | "misspelt-501":
            place, fact = replace(place, bad_name=int(case[-3:])), "spelling"
        case "elsewhere" | "relayed":
            place, fact = replace(place, relays=case == "relayed"), "relay"
            name = dice.pick((*place.residents, place.forwarded))
            sender = f"{dice.pick(NAMES)}@{dice.pick([d for d in DOMAINS if d not in (place.here, place.other)])}"
        case "busy":
            subjects, fact = ("residents", "forwarded", "relay", "spelling"), "extra"
            extra = f"Another program has the mail of {name} locked for some minutes; until then nothing is taken"
            extra += f" for {name}."
            more = {"busy": [place.at(name)]}
        case "ghost-late":
            subjects, fact = ("residents", "relay", "spelling"), "extra"
            sender, extra, more = _ghost(dice, late=True)
    who = place.at(name)
    if case in ("elsewhere", "relayed"):
        who = f"{name}@{place.other}"
    elif case.startswith("misspelt"):
        who = misspelt(dice, name, place.here)
    return AskedCommand(
        group="rcpt",
        case=case,
        line=f"RCPT TO:<{who}>",
        told=_told(place, subjects, extra),
        fact={**place.facts, "extra": extra}[fact],
        server=place.server(**more),
        who=who,
        to=to or f"{who.partition('@')[0]}@{place.other}",
        before=("EHLO client.example", f"MAIL FROM:<{sender}>", *_earlier(dice, case, place, who)),
        sender=sender,
        other=place.other,
    )


def _earlier(dice: Dice, case: str, place: Place, who: str) -> list[str]:
    """A recipient that was named before, or none: of an odd name always, and refused, so that it may seem to matter."""
    if case == "odd":
        return [f"RCPT TO:<{place.at(dice.pick((place.moved, place.unknown)))}>"]
    if case in ("busy", "ghost-late") or dice.chance(0.5):
        return []
    names = (place.residents[1], place.forwarded, place.moved, place.unknown)
    return [f"RCPT TO:<{place.at(dice.pick([name for name in names if place.at(name) != who]))}>"]


def _ghost(dice: Dice, *, late: bool) -> tuple[str, str, dict[str, Any]]:
    """A sender in a domain that does not exist, what is told of it, and the keywords of the server."""
    ghost = f"{dice.pick(DOMAINS).partition('.')[0]}.invalid"
    when = ", but only when RCPT comes" if late else ""
    told = f"It treats a sender whose domain does not exist as a mailbox that is forbidden{when}; there is no {ghost}."
    return f"{dice.pick(NAMES)}@{ghost}", told, {"unknown_sender_domains": [ghost], "delay_sender_checks": late}


def mail(dice: Dice, case: str, place: Place) -> AskedCommand:
    """A sender of this kind."""
    extra, fact = "", "residents"
    more: dict[str, Any] = {}
    sender, first = (f"{name}@{place.other}" for name in dice.take(NAMES, 2))
    earlier = [f"MAIL FROM:<{first}>", "RSET"] if dice.chance(0.5) else []
    match case:
        case "again":
            earlier = [f"MAIL FROM:<{first}>", *([f"RCPT TO:<{place.at(place.residents[0])}>"] * dice.below(2))]
        case "odd":
            sender = f"{dice.pick(ODD_NAMES)}@{place.other}"
        case "null":
            sender = ""
        case "misspelt-553" | "misspelt-501":
            place, fact = replace(place, bad_name=int(case[-3:])), "spelling"
            sender = misspelt(dice, dice.pick(NAMES), place.other)
        case "ghost" | "ghost-late":
            fact = "extra"
            sender, extra, more = _ghost(dice, late=case == "ghost-late")
        case "owned":
            name, fact = dice.pick(place.residents), "extra"
            sender = place.at(name)
            extra = (
                f"To a client that has not logged in, as here, a sender at {place.here} is a mailbox that is forbidden."
            )
            more = {"users": {name: "secret"}, "owners": {name: [sender]}}
        case "non-ascii":
            fact, more = "extra", {"extensions": ("8BITMIME", "SMTPUTF8")}
            sender = f"{dice.pick(NON_ASCII)}@{place.other}"
            extra = (
                "It offers SMTPUTF8, which this client does not use. "
                "A sender that needs it gets the code that RFC 6531 names."
            )
    return AskedCommand(
        group="mail",
        case=case,
        line=f"MAIL FROM:<{sender}>",
        told=_told(place, ("residents", "relay", "spelling"), extra, _ORDERLY),
        fact={**place.facts, "extra": extra}[fact],
        server=place.server(**more),
        to=f"{sender.partition('@')[0] or place.residents[0]}@{place.here}",
        before=("EHLO client.example", *earlier),
        sender=sender,
        other=place.other,
    )


def vrfy(dice: Dice, case: str, place: Place) -> AskedCommand:
    """A name of this kind, with VRFY switched on or off."""
    subjects: tuple[str, ...] = ("residents", "forwarded", "moved")
    extra, switch, fact, to = "", "VRFY is switched on and looks names up.", "residents", ""
    more: dict[str, Any] = {}
    name = dice.pick(place.residents)
    who = place.at(name)
    match case:
        case "forwarded-said":
            place = replace(place, announces=True)
            name, to, fact = place.forwarded, place.forward_to, "forwarded"
        case "moved-named":
            place = replace(place, names_new=True)
            name, to, fact = place.moved, place.new, "moved"
        case "unknown":
            name = place.unknown
        case "ambiguous":
            name, *first = dice.take([n for n in NAMES if n not in place.residents], 3)
            two = [place.at(f"{first_name}.{name}") for first_name in first]
            subjects, fact = ("residents", "forwarded"), "extra"
            extra = f"Two more users are called {name}: {two[0]} and {two[1]}."
            more = {"ambiguous": {name: two}, "mailboxes": [*map(place.at, place.residents), *two]}
            who = two[0]
        case "off":
            name = dice.pick((*place.residents, place.forwarded, place.unknown))
            switch, fact, more = "For security VRFY is switched off.", "switch", {"vrfy": False}
    return AskedCommand(
        group="vrfy",
        case=case,
        line=f"VRFY {name}",
        told=_told(place, subjects, extra, switch),
        fact={**place.facts, "extra": extra, "switch": switch}[fact],
        server=place.server(**more),
        who=who if case == "ambiguous" else place.at(name),
        to=to or f"{name}@{place.other}",
        other=place.other,
    )


def sequence(dice: Dice, case: str, place: Place) -> AskedCommand:
    """A command of a session, in its place or not."""
    place = replace(place, announces=True)
    name = {"rcpt-forwarded": place.forwarded, "rcpt-unknown": place.unknown}.get(case, place.residents[0])
    mail_first, mail_then = (f"MAIL FROM:<{sender}@{place.other}>" for sender in dice.take(NAMES, 2))
    accepted, forwarded = f"RCPT TO:<{place.at(place.residents[0])}>", f"RCPT TO:<{place.at(place.forwarded)}>"
    refused = f"RCPT TO:<{place.at(dice.pick((place.unknown, place.moved)))}>"
    idle = ["NOOP"] * dice.below(2)
    some = dice.take((accepted, forwarded, refused), dice.below(3))
    begun = [mail_first, *some, "RSET", mail_then] if dice.chance(0.5) else [mail_first, *idle]
    before, line = {
        "rcpt-first": (idle, accepted),
        "rset-rcpt": ([mail_first, *some, "RSET"], accepted),
        "mail-twice": ([mail_first, *some], mail_then),
        "data-early": ([mail_first, *idle], "DATA"),
        "data-some": ([mail_first, *dice.shuffled((accepted, refused))], "DATA"),
        "data-251": ([mail_first, forwarded, *dice.take((refused,), dice.below(2))], "DATA"),
        "rset-mail": ([mail_first, *some, "RSET"], mail_then),
        "ehlo-rcpt": ([mail_first, *some, "EHLO client.example"], accepted),
        "noop-amid": ([mail_first, *some], "NOOP"),
        "rset-amid": ([mail_first, *some], "RSET"),
        "rcpt-again": ([mail_first, *some, "RSET", mail_then], accepted),
        "rcpt-forwarded": (begun, forwarded),
        "rcpt-unknown": (begun, f"RCPT TO:<{place.at(name)}>"),
    }[case]
    return AskedCommand(
        group="sequence",
        case=case,
        line=line,
        told=_told(place, ("residents", "forwarded", "moved"), _ORDERLY),
        fact=place.facts["forwarded" if case == "rcpt-forwarded" else "residents"],
        server=place.server(),
        who=place.at(name),
        to=place.forward_to,
        before=("EHLO client.example", *before),
        other=place.other,
    )


#: What makes a command to ask about, by group.
GROUPS: Mapping[str, Callable[[Dice, str, Place], AskedCommand]] = {
    "rcpt": rcpt,
    "mail": mail,
    "vrfy": vrfy,
    "sequence": sequence,
}
