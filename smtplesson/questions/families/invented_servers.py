"""Invented servers, told in plain sentences: what generated questions are about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from smtplesson import content
from smtplesson.protocol.grammar import diagnose
from smtplesson.questions.families.family import Dice
from smtplesson.server.policy import Forwarding
from smtplesson.server.profiles import Profile
from smtplesson.server.server import Server
from smtplesson.server.situations import Situation
from smtplesson.server.transaction import ServerState


def texts(name: str) -> content.Section:
    """The texts of generated questions, from a file of `data/families`."""
    return content.read(content.KIT / "families" / f"{name}.toml")


_WORDS = texts("names")
DOMAINS: Sequence[str] = _WORDS["domains"]
NAMES: Sequence[str] = _WORDS["people"]
ODD_NAMES: Sequence[str] = _WORDS["odd"]
NON_ASCII: Sequence[str] = _WORDS["non-ascii"]
SUBJECTS: Sequence[str] = _WORDS["subjects"]
TAGS: Sequence[str] = _WORDS["tags"]
_MISSPELLINGS: Sequence[str] = _WORDS["misspellings"]
_MISSPELT_DOMAINS: Sequence[str] = _WORDS["misspelt-domains"]
#: First digit -> texts behind a code that nobody lists.
ODD_TEXTS: Mapping[str, Sequence[str]] = _WORDS["odd-texts"]

#: One short wording for each code, without enhanced codes, as RFC 5321 section 4.2.3 has them.
_WORDING = {
    Situation.EHLO_OK: "250 {host}",
    Situation.SENDER_SYNTAX: "501 Syntax error in parameters or arguments",
    Situation.RECIPIENT_SYNTAX: "501 Syntax error in parameters or arguments",
    Situation.SENDER_NAME_NOT_ALLOWED: "553 Mailbox name not allowed",
    Situation.RECIPIENT_NAME_NOT_ALLOWED: "553 Mailbox name not allowed",
    Situation.SENDER_DOMAIN_UNKNOWN: "553 Mailbox name not allowed",
    Situation.SENDER_NOT_LOGGED_IN: "553 Mailbox name not allowed",
    Situation.SENDER_NOT_ASCII: "550 Mailbox unavailable",
    Situation.RELAYED: "250 OK",
    Situation.NO_SUCH_USER: "550 Mailbox unavailable",
    Situation.MOVED_SILENTLY: "550 Mailbox unavailable",
    Situation.VRFY_UNKNOWN: "550 Mailbox unavailable",
    Situation.RELAY_REFUSED: "550 Relaying refused",
    Situation.MAILBOX_BUSY: "450 Mailbox busy, try again later",
    Situation.MESSAGE_TOO_BIG: "552 Message too big",
    Situation.NEED_MAIL: "503 Bad sequence of commands",
    Situation.NEED_MAIL_FOR_DATA: "503 Bad sequence of commands",
    Situation.NEED_RCPT: "503 Bad sequence of commands",
    Situation.MAIL_OPEN: "503 Bad sequence of commands",
}
PLAIN = Profile(name="plain", wording=_WORDING, extensions=())
#: The RFC pulls both ways on a name that breaks the grammar (sections 4.1.2 and 4.2.3): what a server treats it as.
_TREATED_AS = {553: "a mailbox that is forbidden", 501: "a fault in how the mailbox is written"}
_BAD_NAME_501 = "501 Syntax error in parameters or arguments"
_PLAIN_501 = replace(
    PLAIN,
    wording={
        **_WORDING,
        Situation.SENDER_NAME_NOT_ALLOWED: _BAD_NAME_501,
        Situation.RECIPIENT_NAME_NOT_ALLOWED: _BAD_NAME_501,
    },
)


@dataclass(frozen=True, slots=True)
class Place:
    """A domain and what its server does with mail for the people there."""

    here: str
    other: str
    residents: tuple[str, str]
    forwarded: str
    forward_to: str
    announces: bool
    moved: str
    new: str
    names_new: bool
    unknown: str
    relays: bool = False
    bad_name: int = 553

    @classmethod
    def invent(cls, dice: Dice) -> Place:
        """Invent one: everybody has a name of their own, and so has each domain."""
        here, other, third = dice.take(DOMAINS, 3)
        names = dice.take(NAMES, 7)
        return cls(
            here=here,
            other=other,
            residents=(names[0], names[1]),
            forwarded=names[2],
            forward_to=f"{dice.pick(names[2:4])}@{other}",
            announces=dice.chance(0.5),
            moved=names[4],
            new=f"{dice.pick(names[4:6])}@{third}",
            names_new=dice.chance(0.5),
            unknown=names[6],
            relays=dice.chance(0.3),
            bad_name=dice.pick((553, 553, 501)),
        )

    def at(self, name: str) -> str:
        """The address of `name` here."""
        return f"{name}@{self.here}"

    @property
    def facts(self) -> Mapping[str, str]:
        """What there is to tell of this server, a sentence for each subject."""
        says = "and says so" if self.announces else "but does not say so"
        names = "but names that address" if self.names_new else "and keeps that address to itself"
        return {
            "residents": f"The server of {self.here} has mailboxes for {self.residents[0]} and {self.residents[1]}.",
            "forwarded": f"It forwards mail for {self.forwarded} to {self.forward_to} {says}.",
            "moved": f"It takes no mail for {self.moved}, who has moved to {self.new}, {names}.",
            "relay": f"It relays mail to {self.other} for anybody." if self.relays else "It relays for nobody.",
            "spelling": f"It treats an address that breaks the grammar as {_TREATED_AS[self.bad_name]}.",
        }

    def told(self, *subjects: str) -> str:
        """The sentences about these subjects."""
        return " ".join(self.facts[subject] for subject in subjects)

    def server(self, **more: object) -> Server:
        """The server itself; `more` are further keywords of `Policy`."""
        keywords: dict[str, object] = {
            "mailboxes": [self.at(name) for name in self.residents],
            "forwards": {self.at(self.forwarded): self.forward_to},
            "forwarding": Forwarding.ANNOUNCE if self.announces else Forwarding.SILENT,
            "moved": {self.at(self.moved): self.new if self.names_new else ""},
            "relay": [self.other] if self.relays else [],
            "profile": PLAIN if self.bad_name == 553 else _PLAIN_501,
            "extensions": (),
        }
        return Server(self.here, **{**keywords, **more})  # type: ignore[arg-type]


def played(server: Server, *lines: str) -> tuple[str, ...]:
    """What is said after the greeting, a line each with its speaker, when a client sends these to a fresh server."""
    session = replace(server, state=ServerState()).connect()
    session.send_all(*lines)
    rows = session.transcript[len(session.greeting.lines) :]
    return tuple(map(str, rows))


def filled(template: str, who: str, *, sender: str = "", **fields: str) -> str:
    """A text of `data/families` with everything put in; `{problem}` is what is wrong with the address."""
    fault = diagnose(who or sender) if "{problem}" in template else None
    name, problem = who.rpartition("@")[0], fault.message if fault else ""
    return template.format(who=who, name=name, sender=sender, problem=problem, **fields)


def another(dice: Dice, *names: str) -> str:
    """A name that is none of these."""
    return dice.pick([name for name in NAMES if name not in names])


def misspelt_local(dice: Dice, name: str) -> str:
    """A local part that breaks the grammar."""
    return dice.pick(_MISSPELLINGS).format(name, another(dice, name))


def misspelt(dice: Dice, name: str, domain: str) -> str:
    """An address that breaks the grammar, before the at sign or behind it."""
    if dice.chance(0.6):
        return f"{misspelt_local(dice, name)}@{domain}"
    first, _, rest = domain.partition(".")
    return f"{name}@{dice.pick(_MISSPELT_DOMAINS).format(first, rest)}"
