"""How real servers choose and word their replies: a table for each, from recordings and sources.

The tables are TOML files in `data/profiles`; what their keys mean is said by the fields of `Profile`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from inspect import Parameter, Signature

from smtplesson import content
from smtplesson.protocol.extensions import DEFAULT, check_offer
from smtplesson.protocol.grammar import Fault
from smtplesson.protocol.replies import Reason
from smtplesson.protocol.states import TRANSITIONS, State
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


@dataclass(frozen=True, repr=False)
class Profile:
    """How a server words what it judges and where it departs from RFC 5321; the defaults are the standard's.

    >>> PROFILES["postfix"]
    <Profile postfix: Postfix>
    """

    __signature__ = Signature([Parameter(name, Parameter.KEYWORD_ONLY) for name in ("name", "called", "evidence")])

    name: str = "rfc"
    #: The name as the server's makers write it, or how a view is to call it.
    called: str = "the RFC"
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
        for line in self.extensions:
            check_offer(line)
        for name in ("line_limit", "text_limit", "max_size", "max_recipients", "max_hops"):
            if (limit := getattr(self, name)) is not None and limit < 1:
                raise ValueError(f"{name} = {limit}; a limit is 1 or more.")
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

    @functools.cached_property
    def machine(self) -> Mapping[tuple[State, str], State | None]:
        """The transitions of the standard with this server's own."""
        return {**TRANSITIONS, **self.transitions}

    def __repr__(self) -> str:
        return f"<Profile {self.name}: {self.called}>"

    def __hash__(self) -> int:
        return hash(self.name)


RFC = Profile()


def parse(text: str, file: str = "profile.toml") -> Profile:
    """Build a profile from the text of its file: the fields of `Profile`, its tables keyed by name.

    Raises ContentError for what is no field, situation, fault, state or regular expression.

    >>> parse('name = "curt"\\n[wording]\\nrset-ok = "250 Fine"').wording[Situation.RSET_OK]
    '250 Fine'
    """
    return _profile(content.parse(text, file))


def wording_of(table: content.Section) -> dict[Situation, str]:
    """The rows of a table `wording` of a profile or a world: a reply for a situation."""
    rows = table.take("wording", "table", content.Section({})).named("wording")
    rows.only(*Situation)
    for name in rows:
        _check_reply(rows, name)
    return {Situation(name): reply for name, reply in rows.items()}


#: Fields that are one of a few words.
_WORDS = {
    "vrfy": ("true", "off", "recipient"),
    "expn": ("lists", "all", "off"),
    "lf_in_message": ("kept", "ends", "refused"),
    "cr_in_message": ("kept", "ends", "refused"),
}
_TABLES = ("forgive", "syntax", "wording", "rewrites", "lines", "paths", "limits", "transitions")


def _profile(table: content.Section) -> Profile:
    for key, known in _WORDS.items():
        table.choice(key, known, "")
    table.pattern("helo", "")
    forgive = table.take("forgive", "table", content.Section({})).named("forgive")
    forgive.only("both", *VERBS)
    return table.build(
        Profile,
        *_TABLES,
        tolerate=frozenset(map(Fault, forgive.choices("both", list(Fault)))),
        syntax={(verb, Fault(name)): "" for verb in VERBS for name in forgive.choices(verb, list(Fault))}
        | dict(_syntax(table.take("syntax", "table", content.Section({})))),
        wording=wording_of(table),
        rewrites=tuple(map(_rewrite, _rows(table, "rewrites"))),
        lines=tuple(map(_rule, _rows(table, "lines"))),
        paths=tuple(map(_rule, _rows(table, "paths"))),
        limits=tuple(map(_limit, _rows(table, "limits"))),
        transitions=dict(_transitions(table.take("transitions", "table", content.Section({})).named("transitions"))),
    )


def _rows(table: content.Section, key: str) -> Iterator[content.Section]:
    for number, row in enumerate(table.take(key, "tables", ()), 1):
        yield row.named(f"{key} {number}")


def _check_reply(table: content.Section, key: str) -> None:
    try:
        ReplyTemplate.parse(table.take(key))
    except content.ContentError:
        raise
    except ValueError as error:
        raise table.error(f"{key}: {error}", key) from None


def _syntax(table: content.Section) -> Iterator[tuple[tuple[str, Fault | None], str]]:
    table.only(*VERBS)
    for verb in table:
        rows = table.take(verb, "table").named(f"syntax.{verb}")
        rows.only(*Fault, "other")
        for name in rows:
            if rows.take(name, "str", ""):
                _check_reply(rows, name)
            yield (verb, None if name == "other" else Fault(name)), rows[name]


def _rewrite(row: content.Section) -> tuple[str, str]:
    row.only("pattern", "as")
    pattern, new = row.pattern("pattern"), row.take("as", "str", "")
    try:
        re.sub(pattern, new, "")
    except (re.error, IndexError) as error:
        raise row.error(f"as = {content.shown(new)} does not fit the pattern: {error}.", "as") from None
    return pattern, new


def _rule(row: content.Section) -> PatternReply:
    row.pattern("pattern", "")
    row.pattern("states", "")
    return row.build(PatternReply)


def _limit(row: content.Section) -> ReplyLimit:
    row.pattern("codes", "")
    row.pattern("verbs", "")
    return row.build(ReplyLimit)


def _transitions(table: content.Section) -> Iterator[tuple[tuple[State, str], State | None]]:
    """`"connected MAIL" = "mail"`; an empty text takes the row of the standard away."""
    for key in table:
        state, _, verb = key.partition(" ")
        for name in (state, table.take(key, "str", "") or state):
            if name not in list(State):
                raise table.error(f"{content.shown(name)} is no state. {content.hint(name, State)}", key)
        yield (State(state), verb), State(table[key]) if table[key] else None


@functools.cache
def _load(name: str) -> Profile:
    return _profile(content.read(content.KIT / "profiles" / f"{name}.toml"))


class _Profiles(Mapping[str, Profile]):
    """The profiles of the kit; each is read when it is first asked for."""

    def __getitem__(self, name: str) -> Profile:
        if name not in self:
            raise KeyError(name)
        return RFC if name == RFC.name else _load(name)

    def __contains__(self, name: object) -> bool:
        return name in tuple(self)

    def __iter__(self) -> Iterator[str]:
        return iter(_names())

    def __len__(self) -> int:
        return len(_names())


@functools.cache
def _names() -> tuple[str, ...]:
    """The standard, the profiles in this order, and any others behind them."""
    first = (RFC.name, "postfix", "exim", "opensmtpd", "sendmail", "courier", "haraka", "qmail")
    return (*first, *(name for name in content.names("profiles") if name not in first))


#: Every profile by its name.
PROFILES: Mapping[str, Profile] = _Profiles()
