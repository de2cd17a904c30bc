"""How real servers choose and word their replies: a table for each, from recordings and sources.

The tables are TOML files in `data/profiles`; what their keys mean is said by the fields of `Profile`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from types import MappingProxyType
from typing import Any

from smtplesson.protocol.extensions import DEFAULT
from smtplesson.protocol.grammar import Fault
from smtplesson.protocol.replies import Reason
from smtplesson.protocol.states import State
from smtplesson.server.situations import RFC_WORDING, ReplyTemplate, Situation

VERBS = ("MAIL", "RCPT")


@dataclass(frozen=True)
class PatternReply:
    """A reply to whatever matches a regular expression, upper or lower case.

    Named groups of `pattern` may stand in braces in `reply`.
    """

    pattern: str
    reply: str
    #: The command whose argument is looked at; empty for each.
    verb: str = ""
    #: The states of a session in which it holds, as a regular expression.
    states: str = ".*"
    #: Whether it holds only as long as MAIL had no SMTPUTF8 (RFC 6531 section 3.4).
    without_smtputf8: bool = False
    #: Whether the server hangs up after it.
    hangs_up: bool = False
    compiled: re.Pattern[str] = field(init=False, repr=False, compare=False)
    template: ReplyTemplate = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "compiled", re.compile(self.pattern, re.IGNORECASE | re.DOTALL))
        groups = frozenset(self.compiled.groupindex)
        why = Reason("This server has a rule of its own for such a line.")
        object.__setattr__(self, "template", ReplyTemplate.parse(self.reply, why, groups))


@dataclass(frozen=True)
class ReplyLimit:
    """How many replies of a kind a server gives: after `count` of them it says `reply` and closes the connection."""

    count: int
    reply: str
    #: What is counted: replies whose code, to commands whose verb, matches.
    codes: str = "..."
    verbs: str = ".*"
    #: Whether the server closes with the next command, and not in place of one reply too many.
    waits: bool = False
    template: ReplyTemplate = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        why = Reason("The server allows only so many of these in one connection.", "RFC 5321 section 7.8")
        object.__setattr__(self, "template", ReplyTemplate.parse(self.reply, why))

    def counts(self, verb: str, code: int) -> bool:
        """Whether a reply of this code to this command is one of those that are counted."""
        return re.fullmatch(self.codes, str(code)) is not None and re.fullmatch(self.verbs, verb) is not None


@dataclass(frozen=True)
class Profile:
    """How a server words what it judges and where it departs from RFC 5321; the defaults are the standard's."""

    name: str = "rfc"
    #: Where all that follows comes from.
    evidence: str = "RFC 5321"

    # --- words ---
    #: Rows that replace those of `situations.RFC_WORDING`.
    wording: Mapping[Situation, str] = field(default_factory=dict)
    #: The EHLO list, a keyword perhaps with parameters in each line.
    extensions: tuple[str, ...] = DEFAULT
    #: Whether enhanced codes are sent; None: where ENHANCEDSTATUSCODES is offered, as RFC 2034 has it.
    enhanced: bool | None = None

    # --- lines and commands ---
    #: Lines that are read as another: regular expression and what takes the place of the match.
    rewrites: tuple[tuple[str, str], ...] = ()
    #: Lines that are answered whatever the state.
    lines: tuple[PatternReply, ...] = ()
    #: Commands that this server does not know.
    unknown: frozenset[str] = frozenset()
    #: Commands whose argument is ignored where none belongs.
    ignored_arguments: frozenset[str] = frozenset()
    #: Rows that replace those of `states.TRANSITIONS`; None takes a row away.
    transitions: Mapping[tuple[State, str], State | None] = field(default_factory=dict)
    #: What EHLO and HELO take as a name: a regular expression; None for the grammar of section 4.1.1.1.
    helo: str | None = None
    #: Octets with CRLF of the longest command; None for the standard's limits (section 4.5.3.1.4).
    line_limit: int | None = None
    #: Whether the server hangs up on a longer one, even before it ends.
    long_line_hangs_up: bool = False
    #: Whether a bare LF ends a command line (section 2.3.8 forbids it).
    lf_ends_command: bool = False
    #: Commands after which nothing may be pipelined, and whether the server hangs up on it.
    alone: Mapping[str, bool] = field(default_factory=dict)
    #: Whether after HELO, which offers no PIPELINING, that holds for every command.
    alone_after_helo: bool = False
    #: What makes the server close the connection.
    limits: tuple[ReplyLimit, ...] = ()

    # --- paths ---
    #: Arguments of MAIL and RCPT that are judged before the grammar is.
    paths: tuple[PatternReply, ...] = ()
    #: Faults that are forgiven in MAIL and in RCPT.
    tolerate: frozenset[Fault] = frozenset()
    #: The reply to a fault by (verb, fault), for every other by (verb, None); "" forgives it in that command.
    syntax: Mapping[tuple[str, Fault | None], str] = field(default_factory=dict)
    #: Whether unknown parameters, and bad values of known ones, are ignored.
    ignores_parameters: bool = False
    #: Parameters whose value may be anything.
    unchecked: frozenset[str] = frozenset()
    #: Parameters of MAIL that are taken though their extension is not offered.
    parameters: frozenset[str] = frozenset()
    #: Whether parameters are taken after HELO too.
    parameters_after_helo: bool = False

    # --- addresses ---
    #: Whether JONES is another mailbox than jones (section 2.4 leaves it to the host).
    case_sensitive: bool = False
    #: Whether forgiven comments and quotes inside a local part are read as in a header, and so are no part of a name.
    reads_as_header: bool = False
    #: Names beside the local domains under which the same mailboxes are reached; "{host}" is the server's own, "" none.
    local_names: frozenset[str] = frozenset()
    #: What is cut from a local part, with all that follows, to find the mailbox: "+" makes jones+lists jones.
    tag: str = ""
    #: Characters in a local part that make it a route to elsewhere: user%elsewhere@here.
    route_signs: str = ""
    #: Whether postmaster exists without a domain (section 4.5.1 says that it must).
    bare_postmaster: bool = True
    #: Whether the sender's domain must exist.
    looks_up_sender: bool = False

    # --- VRFY and EXPN ---
    #: "true" looks the name up, "off" does not say, "recipient" judges it as RCPT would.
    vrfy: str = "true"
    #: "lists" expands lists, "all" every mailbox, "off" nothing.
    expn: str = "lists"

    # --- the message ---
    #: What a bare LF, and a bare CR, is in a message: "kept" as it is, "ends" the line, "refused" with a hang-up.
    lf_in_message: str = "kept"
    cr_in_message: str = "kept"
    #: Octets with CRLF of the longest line of text; None for no limit (section 4.5.3.1.6).
    text_limit: int | None = 1000
    #: Received lines with which a message passes; None for no limit (section 6.3: at least 100).
    max_hops: int | None = None
    #: Octets of the biggest message, where no line of the EHLO list has them (RFC 1870); whether EHLO shows them.
    max_size: int = 10_240_000
    shows_size: bool = True
    #: Recipients in one transaction (section 4.5.3.1.8: at least 100).
    max_recipients: int = 100

    replies: Mapping[Situation, ReplyTemplate] = field(init=False, repr=False, compare=False)
    syntax_replies: Mapping[tuple[str, Fault | None], ReplyTemplate] = field(init=False, repr=False, compare=False)
    #: Verb -> faults that are forgiven.
    forgiven: Mapping[str, frozenset[Fault]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        said = {s: ReplyTemplate.parse(text, RFC_WORDING[s].reply.reason) for s, text in self.wording.items()}
        object.__setattr__(self, "replies", {**RFC_WORDING, **said})
        reasons = {
            "MAIL": RFC_WORDING[Situation.SENDER_NAME_NOT_ALLOWED].reply.reason,
            "RCPT": RFC_WORDING[Situation.RECIPIENT_NAME_NOT_ALLOWED].reply.reason,
        }
        syntax = {key: ReplyTemplate.parse(text, reasons[key[0]]) for key, text in self.syntax.items() if text}
        object.__setattr__(self, "syntax_replies", syntax)
        forgiven = {
            verb: (self.tolerate | {f for (v, f), text in self.syntax.items() if f and v == verb and not text})
            - {f for (v, f), text in self.syntax.items() if f and v == verb and text}
            for verb in VERBS
        }
        object.__setattr__(self, "forgiven", forgiven)

    def __hash__(self) -> int:
        return hash(self.name)


RFC = Profile()


_FOLDER = resources.files("smtplesson") / "data" / "profiles"
_SETS = ("unknown", "unchecked", "ignored_arguments", "parameters", "local_names")


def parse(text: str) -> Profile:
    """Build a profile from the text of its file: the fields of `Profile`, its tables keyed by name.

    Raises ValueError or TypeError for what is no field, situation, fault or state.

    >>> parse('name = "curt"\\n[wording]\\nrset-ok = "250 Fine"').wording[Situation.RSET_OK]
    '250 Fine'
    """
    table: dict[str, Any] = tomllib.loads(text)
    forgiven = table.pop("forgive", {})
    syntax: dict[tuple[str, Fault | None], str] = {
        (verb, Fault(name)): "" for verb in VERBS for name in forgiven.get(verb, ())
    }
    for verb, rows in table.pop("syntax", {}).items():
        syntax |= {(verb, None if name == "other" else Fault(name)): reply for name, reply in rows.items()}
    fields: dict[str, Any] = {
        "tolerate": frozenset(map(Fault, forgiven.get("both", ()))),
        "syntax": syntax,
        "wording": {Situation(name): reply for name, reply in table.pop("wording", {}).items()},
        "extensions": tuple(table.pop("extensions", RFC.extensions)),
        "rewrites": tuple((row["pattern"], row["as"]) for row in table.pop("rewrites", ())),
        "lines": tuple(PatternReply(**row) for row in table.pop("lines", ())),
        "paths": tuple(PatternReply(**row) for row in table.pop("paths", ())),
        "limits": tuple(ReplyLimit(**row) for row in table.pop("limits", ())),
        "transitions": dict(map(_transition, table.pop("transitions", {}).items())),
    }
    fields |= {name: frozenset(table.pop(name)) for name in _SETS if name in table}
    return Profile(**fields, **table)


def _transition(row: tuple[str, str]) -> tuple[tuple[State, str], State | None]:
    """`"connected MAIL" = "mail"`; an empty text takes the row of the standard away."""
    state, _, verb = row[0].partition(" ")
    return (State(state), verb), State(row[1]) if row[1] else None


def _load(name: str) -> Profile:
    return parse((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


POSTFIX = _load("postfix")
EXIM = _load("exim")
OPENSMTPD = _load("opensmtpd")
SENDMAIL = _load("sendmail")
COURIER = _load("courier")
HARAKA = _load("haraka")
QMAIL = _load("qmail")

#: Every profile by its name.
PROFILES: Mapping[str, Profile] = MappingProxyType(
    {p.name: p for p in (RFC, POSTFIX, EXIM, OPENSMTPD, SENDMAIL, COURIER, HARAKA, QMAIL)}
)
