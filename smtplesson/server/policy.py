"""What a server does with an address, and how it words it: policy as data.

Nothing here reads a byte: a `Session` does that, and asks the `Policy` for its judgement.
"""

from __future__ import annotations

import functools
import re
import reprlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from inspect import Parameter, Signature

from smtplesson.content import shown
from smtplesson.protocol import sasl
from smtplesson.protocol.addresses import composed, folded, is_literal
from smtplesson.protocol.extensions import COMMAND_LIMIT, KNOWN, LONGER, check_offer
from smtplesson.protocol.grammar import CommandSyntaxError, Mailbox, Path, is_domain, parse_mailbox
from smtplesson.server.profiles import RFC, Profile
from smtplesson.server.situations import ReplyTemplate, Situation


class Forwarding(StrEnum):
    """Section 3.4's two-by-two table: forward or refuse, and say the new address or not."""

    ANNOUNCE = "announce"
    SILENT = "silent"
    REFUSE = "refuse"
    REFUSE_SILENTLY = "refuse-silently"


_RCPT_FORWARD = {
    Forwarding.ANNOUNCE: Situation.WILL_FORWARD,
    Forwarding.SILENT: Situation.FORWARDED_SILENTLY,
    Forwarding.REFUSE: Situation.FORWARD_REFUSED,
    Forwarding.REFUSE_SILENTLY: Situation.FORWARD_REFUSED_SILENTLY,
}
_VRFY_FORWARD = {
    Forwarding.ANNOUNCE: Situation.VERIFIED_FORWARD,
    Forwarding.SILENT: Situation.NOT_VERIFIED,
    Forwarding.REFUSE: Situation.VRFY_REFUSED_FORWARD,
    Forwarding.REFUSE_SILENTLY: Situation.VRFY_UNKNOWN,
}
#: Without disclosure a server still forwards or refuses, but names no address (section 3.4, section 7.7).
_UNDISCLOSED = {
    Forwarding.ANNOUNCE: Forwarding.SILENT,
    Forwarding.REFUSE: Forwarding.REFUSE_SILENTLY,
}


#: What a server says instead where it must not name an address: RFC 6531 sections 3.7.4.1 and 3.7.4.2.
UNNAMED: Mapping[Situation, Situation] = {
    Situation.WILL_FORWARD: Situation.FORWARDED_SILENTLY,
    Situation.FORWARD_REFUSED: Situation.FORWARD_REFUSED_SILENTLY,
    Situation.MOVED: Situation.FORWARD_REFUSED_SILENTLY,
    Situation.VERIFIED: Situation.NOT_VERIFIED,
    Situation.VERIFIED_FORWARD: Situation.NOT_VERIFIED,
    Situation.VRFY_REFUSED_FORWARD: Situation.VRFY_UNKNOWN,
}


#: The commands whose replies `answers` may hold; "." is the end of the message.
_ANSWERED = ("MAIL", "RCPT", "DATA", ".")


@dataclass(frozen=True, slots=True)
class Decision:
    """What the policy decides about an address: the situation, what its reply names, and where the mail goes."""

    situation: Situation
    fields: Mapping[str, str] = field(default_factory=dict)
    forward_to: str = ""


class PolicyError(ValueError):
    """A policy that makes no sense: the message names the keyword, the value and what to do."""


class Tries:
    """The first tries that a server has seen, for what it refuses only once; the oldest are forgotten."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, ...], float] = {}

    def first(self, key: tuple[str, ...], now: float) -> float | None:
        """Return when `key` was first seen; None where this is the first time."""
        seen = self._seen.get(key)
        if seen is None:
            if len(self._seen) >= 10_000:
                del self._seen[next(iter(self._seen))]
            self._seen[key] = now
        return seen


def _tooltip() -> Signature:
    """The keywords that people use first; there are forty, too many for a tooltip."""
    named = Parameter.POSITIONAL_OR_KEYWORD
    first = [
        Parameter("host", named),
        Parameter("mailboxes", named, default=()),
        Parameter("forwards", named, default={}),
    ]
    others = {"moved": {}, "refuse": {}, "profile": RFC}
    more = [Parameter(name, Parameter.KEYWORD_ONLY, default=value) for name, value in others.items()]
    return Signature([*first, *more, Parameter("others", Parameter.VAR_KEYWORD)])


@dataclass(frozen=True, repr=False)
class Policy:
    """Who has a mailbox here, who is forwarded, what is refused and how.

    Every address is `local-part@domain`. Raises PolicyError for one that is not. It shows the keywords that were given:

    >>> Policy("foo.com", forwards={"green@foo.com": "green@bar.org"}, disclose=False)
    Policy(host='foo.com', forwards={'green@foo.com': 'green@bar.org'}, disclose=False)
    """

    __signature__ = _tooltip()
    host: str
    #: Addresses that are delivered here (section 3.3: RCPT 250).
    mailboxes: Collection[str] = ()
    #: Address here -> address elsewhere (section 3.4).
    forwards: Mapping[str, str] = field(default_factory=dict)
    #: What becomes of `forwards`: announce 251, silent 250, refuse 551, refuse-silently 550 (section 3.4).
    forwarding: str = Forwarding.ANNOUNCE
    #: Address that is no longer here -> its new address, 551 (section 3.4), or "" where there is none, 550.
    moved: Mapping[str, str] = field(default_factory=dict)
    #: Whether new addresses may be named at all: SHOULD be configurable (section 3.4; section 7.7).
    disclose: bool = True
    #: Address here -> the reply that the administrator wrote for it, such as "551 5.1.6 Try <a@b.example>".
    refuse: Mapping[str, str] = field(default_factory=dict)
    #: Command -> local part, at any domain, or "*" for all others -> the reply as written, before all other judgement:
    #: to RCPT by the recipient, to MAIL, DATA and "." (the end of the message) by the sender.
    answers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    #: Name -> mailboxes it might mean: VRFY 553 with the list (section 3.5.1).
    ambiguous: Mapping[str, Collection[str]] = field(default_factory=dict)
    #: Mailing list -> its members: RCPT 250, EXPN lists them (section 3.5.2; section 3.9.2).
    lists: Mapping[str, Collection[str]] = field(default_factory=dict)
    #: The local domains; left out, those of all the addresses above.
    domains: Collection[str] = ()
    #: Domains that are not local but relayed for anyone (section 3.6); all others are refused, 550.
    relay: Collection[str] = ()
    #: How the server words things; a `Profile`.
    profile: Profile = RFC
    #: Extensions offered after EHLO; left out, the profile's.
    extensions: Collection[str] | None = None
    #: Whether faults that many servers forgive are forgiven here (section 4.1.2 has the strict grammar).
    lenient: bool = False
    #: The code for a mailbox name that breaks the grammar: 553 (section 4.2.3) or 501 (section 4.1.2).
    name_syntax_code: int = 553
    #: Whether VRFY and EXPN answer truly; else 252 (section 7.3).
    vrfy: bool = True
    expn: bool = True
    #: Login -> password for AUTH PLAIN and LOGIN (RFC 4954).
    users: Mapping[str, str] = field(default_factory=dict)
    #: Login -> sender addresses that are its own; others get 553 5.7.1 (section 4.2.3, as Postfix does it).
    owners: Mapping[str, Collection[str]] = field(default_factory=dict)
    #: Whether refusals of the sender wait until RCPT (section 3.3 lets the server postpone the judgement).
    delay_sender_checks: bool = False
    #: Whether MAIL needs a login first, 530 (RFC 4954 section 6).
    auth_required: bool = False
    #: Whether STARTTLS is offered (RFC 3207), and whether it is needed before MAIL, 530.
    tls: bool = False
    tls_required: bool = False
    #: Sender domains that do not exist: 553 5.1.8 (section 3.3).
    unknown_sender_domains: Collection[str] = ()
    #: All domains that exist, for a server that looks them up; left out, all but those under .invalid (RFC 2606).
    known_domains: Collection[str] = ()
    #: Mailboxes that are full for now, 452, or for good, 552 (section 4.2.3).
    full_for_now: Collection[str] = ()
    full: Collection[str] = ()
    #: Mailboxes that are busy on the first try, 450, and free on the second (section 4.2.3).
    busy: Collection[str] = ()
    #: Seconds for which the first try from a sender to a recipient is put off, 450 (RFC 6647); 0 for never.
    greylist: float = 0
    #: Recipients in one transaction, 452 above (sections 4.5.3.1.8 and 4.5.3.1.10: at least 100); None: the profile's.
    max_recipients: int | None = None
    #: Octets in a message, 552 above (RFC 1870 section 6), said by EHLO where `size_shown`; None: the profile's.
    max_size: int | None = None
    size_shown: bool = True
    #: A reply to every message after the final dot, such as `554 5.7.1 Refused by policy` (section 4.2.5).
    refuse_message: str = ""
    #: Whether every command gets 421 and the connection is closed (section 3.8).
    shutting_down: bool = False
    #: Whether this host takes mail at all; if not, it greets with 554 (section 3.1).
    accepts_mail: bool = True
    _directory: dict[tuple[str, str], Decision] = field(init=False, repr=False, compare=False)
    _domains: frozenset[str] = field(init=False, repr=False, compare=False)
    _answers: dict[tuple[str, str], ReplyTemplate] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._check()
        known = {
            keyword: [_address(keyword, text) for text in getattr(self, keyword)]
            for keyword in ("mailboxes", "forwards", "moved", "refuse", "lists", "full_for_now", "full", "busy")
        }
        local = {m.domain for mailboxes in known.values() for m in mailboxes} if not self.domains else self.domains
        domains = frozenset(map(folded, local)) or frozenset({folded(self.host)})
        object.__setattr__(self, "_domains", domains)
        object.__setattr__(self, "_directory", self._build_directory(known))
        object.__setattr__(self, "_answers", dict(self._build_answers()))

    def _check(self) -> None:
        if not is_domain(self.host):
            raise PolicyError(f"host={shown(self.host)} is no domain name; give one such as 'foo.com'.")
        if self.forwarding not in list(Forwarding):
            raise PolicyError(f"forwarding={self.forwarding!r} is none of {', '.join(Forwarding)} (section 3.4).")
        if self.name_syntax_code not in (501, 553):
            raise PolicyError(f"name_syntax_code={self.name_syntax_code!r} must be 553 or 501.")
        for keyword, targets in (("forwards", self.forwards), ("moved", self.moved)):
            for name, target in targets.items():
                if target or keyword == "forwards":
                    _address(f"{keyword}[{name!r}]", target)
        if self.most_recipients < 1 or self.largest < 1:
            raise PolicyError("max_recipients and max_size must be 1 or more.")
        for line in self.extensions or ():
            try:
                check_offer(line)
            except ValueError as error:
                raise PolicyError(str(error)) from None
        offered = {line.split(" ", 1)[0] for line in self.extensions or ()}
        known_here = KNOWN | {line.split(" ", 1)[0] for line in self.profile.extensions}
        if unknown := sorted(offered - known_here):
            known = ", ".join(sorted(known_here))
            raise PolicyError(f"extensions names {unknown[0]!r}; the server knows {known}.")
        if strangers := sorted(set(self.owners) - set(self.users)):
            raise PolicyError(f"owners names {strangers[0]!r}, who is not among users; add a password there.")
        for keyword in ("owners", "lists", "ambiguous"):
            for name, addresses in getattr(self, keyword).items():
                for address in addresses:
                    _address(f"{keyword}[{name!r}]", address)
        if self.refuse_message:
            _check_refusal("refuse_message", self.refuse_message)
        for address, reply in self.refuse.items():
            _check_refusal(f"refuse[{address!r}]", reply)

    def _build_directory(self, known: Mapping[str, list[Mailbox]]) -> dict[tuple[str, str], Decision]:
        directory = {self.key(m): Decision(Situation.RECIPIENT_OK) for k in ("mailboxes", "lists") for m in known[k]}
        for keyword, situation in (
            ("full_for_now", Situation.MAILBOX_FULL_FOR_NOW),
            ("full", Situation.MAILBOX_FULL),
            ("busy", Situation.MAILBOX_BUSY),
        ):
            directory |= {self.key(mailbox): Decision(situation) for mailbox in known[keyword]}
        for mailbox, target in zip(known["forwards"], self.forwards.values(), strict=True):
            situation = _RCPT_FORWARD[self.effective_forwarding]
            taken = situation in (Situation.WILL_FORWARD, Situation.FORWARDED_SILENTLY)
            directory[self.key(mailbox)] = Decision(situation, _forward(target), target if taken else "")
        for mailbox, target in zip(known["moved"], self.moved.values(), strict=True):
            situation = Situation.MOVED if target and self.disclose else Situation.MOVED_SILENTLY
            directory[self.key(mailbox)] = Decision(situation, _forward(target))
        for mailbox, reply in zip(known["refuse"], self.refuse.values(), strict=True):
            directory[self.key(mailbox)] = Decision(Situation.REFUSED_AS_WRITTEN, {"reply": reply})
        return directory

    def _build_answers(self) -> Iterator[tuple[tuple[str, str], ReplyTemplate]]:
        reason = self.profile.replies[Situation.REFUSED_AS_WRITTEN].reply.reason
        for command, written in self.answers.items():
            if command not in _ANSWERED:
                raise PolicyError(f"answers names the command {shown(command)}; there are {', '.join(_ANSWERED)}.")
            for local, reply in written.items():
                try:
                    yield (command, local.casefold()), ReplyTemplate.parse(reply, reason)
                except ValueError as error:
                    raise PolicyError(f"answers[{command!r}][{shown(local)}] is {shown(reply)}: {error}") from None

    def answer(self, command: str, path: Path) -> ReplyTemplate | None:
        """What `answers` has for a command and the path that it is about; None where they have nothing."""
        if not self._answers:
            return None
        local = path.mailbox.local_part.casefold() if path.mailbox else ""
        return self._answers.get((command, local)) or self._answers.get((command, "*"))

    def __repr__(self) -> str:
        told = []
        for each in fields(self):
            default = each.default_factory() if callable(each.default_factory) else each.default
            if each.repr and (value := getattr(self, each.name)) != default:
                told.append(f"{each.name}={reprlib.repr(value)}")
        return f"{type(self).__name__}({', '.join(told)})"

    @property
    def effective_forwarding(self) -> Forwarding:
        """What becomes of `forwards` once `disclose` is taken into account (section 3.4)."""
        chosen = Forwarding(self.forwarding)
        return chosen if self.disclose else _UNDISCLOSED.get(chosen, chosen)

    def key(self, mailbox: Mailbox) -> tuple[str, str]:
        """What this server compares of a mailbox; the host that has it may ignore case (section 2.4)."""
        local, domain = mailbox.key
        if self.profile.reads_as_header and not mailbox.local_part.startswith('"'):
            local = re.sub(r"\([^()]*\)|\"", "", local)
        domain = domain.removesuffix(".")
        if domain.startswith("["):
            domain = domain.removesuffix("]") + "]"
        return (local if self.profile.case_sensitive else composed(local.casefold())), domain

    def is_local(self, domain: str) -> bool:
        """Whether this server is where mail for `domain` ends."""
        return folded(domain) in self._domains or self._is_other_name(folded(domain))

    def _is_other_name(self, domain: str) -> bool:
        """Whether `domain` is another name of this server, where the same people have their mailboxes."""
        names = self.profile.local_names
        return domain in names or ("{host}" in names and domain == folded(self.host))

    def _find(self, key: tuple[str, str]) -> Decision | None:
        """What the directory has of the local mailbox with this key, perhaps without its tag."""
        found = self._directory.get(key)
        profile = self.profile
        if found is not None or not (profile.local_names or profile.tag):
            return found
        local, domain = key
        domains = self._domains if self._is_other_name(domain) else (domain,)
        whole = [self._directory.get((local, d)) for d in domains]
        tag = self.profile.tag
        cut = [self._directory.get((local.split(tag)[0], d)) for d in domains] if tag else []
        return next(filter(None, (*whole, *cut)), None)

    def _leads_elsewhere(self, mailbox: Mailbox) -> bool:
        """Whether the local part is a route to another host, such as user%elsewhere@here, to this server."""
        return any(sign in mailbox.key[0] for sign in self.profile.route_signs)

    @functools.cached_property
    def largest(self) -> int:
        """Octets of the largest message: `max_size`, or the profile's where none is given."""
        if self.max_size is not None:
            return self.max_size
        sizes = [line[5:] for line in self.profile.extensions if line.startswith("SIZE ")]
        return int(sizes[0]) if sizes else self.profile.max_size

    @property
    def most_recipients(self) -> int:
        """Recipients in one transaction: `max_recipients`, or the profile's where none is given."""
        return self.profile.max_recipients if self.max_recipients is None else self.max_recipients

    @functools.cached_property
    def keywords(self) -> frozenset[str]:
        """The keywords of the extensions that EHLO lists."""
        return frozenset(line.split(" ", 1)[0] for line in self.offers)

    @functools.cached_property
    def path_limit(self) -> int:
        """Octets with CRLF of the longest MAIL and RCPT: section 4.5.3.1.4, and more for what is offered."""
        return COMMAND_LIMIT + sum(LONGER.get(name, 0) for name in self.keywords)

    @functools.cached_property
    def offers(self) -> tuple[str, ...]:
        """The lines that EHLO lists after the first, in order: a keyword, perhaps with parameters."""
        chosen = tuple(self.profile.extensions if self.extensions is None else self.extensions)
        if self.users:  # whatever a profile offers, only these mechanisms accept a login
            chosen = tuple("AUTH" if line.startswith("AUTH ") else line for line in chosen)
        chosen = tuple("SIZE" if line.startswith("SIZE ") else line for line in chosen)
        keywords = {line.split(" ", 1)[0] for line in chosen}
        auth = ("AUTH",) if self.users and "AUTH" not in keywords else ()
        tls = ("STARTTLS",) if self.tls and "STARTTLS" not in keywords else ()
        parameters = {"AUTH": " ".join(("AUTH", *sasl.MECHANISMS))}
        if self.size_shown and self.profile.shows_size:
            parameters["SIZE"] = f"SIZE {self.largest}"
        return tuple(parameters.get(line, line) for line in (*chosen, *auth, *tls))

    def judge_sender(self, path: Path, login: str | None) -> Decision:
        """Judge a well-formed reverse-path: sections 3.3 and 7.9. The null path is always acceptable."""
        mailbox = path.mailbox
        if mailbox is None:
            return Decision(Situation.SENDER_OK, {"path": str(path)})
        fields = {"path": str(path), "domain": mailbox.domain, "mailbox": str(mailbox), "login": login or ""}
        if folded(mailbox.domain) in map(folded, self.unknown_sender_domains):
            return Decision(Situation.SENDER_DOMAIN_UNKNOWN, fields)
        if self.profile.looks_up_sender and not self._exists(mailbox.domain):
            bare = mailbox.domain.casefold() in ("", "localhost")
            return Decision(Situation.SENDER_NEEDS_DOMAIN if bare else Situation.SENDER_DOMAIN_UNKNOWN, fields)
        if self.owners:
            wanted = self.key(mailbox)
            owned = {who: {self.key(_address("owners", a)) for a in theirs} for who, theirs in self.owners.items()}
            if login is not None and wanted not in owned.get(login, ()):
                return Decision(Situation.SENDER_NOT_OWNED, fields)
            if login is None and any(wanted in addresses for addresses in owned.values()):
                return Decision(Situation.SENDER_NOT_LOGGED_IN, fields)
        return Decision(Situation.SENDER_OK, fields)

    def _exists(self, domain: str) -> bool:
        """Whether the domain of a sender is found, or is a literal."""
        _, name = self.key(Mailbox("", domain))
        if name.startswith("["):
            return is_literal(domain[1:-1])
        if not self.known_domains:
            return name not in ("", "localhost") and not f".{name}".endswith(".invalid")
        return name in {folded(self.host), *self._domains, *map(folded, self.known_domains)}

    def judge_recipient(self, path: Path, sender: Path, tries: Tries, *, login: str | None, now: float) -> Decision:
        """Judge a well-formed forward-path at `now` seconds: sections 3.3, 3.4 and 3.6.2."""
        mailbox = path.mailbox
        assert mailbox is not None, "the grammar lets no null forward-path through"
        fields = {"path": str(path), "mailbox": str(mailbox), "local": mailbox.local_part, "domain": mailbox.domain}
        if self._is_postmaster(mailbox):
            return Decision(Situation.RECIPIENT_OK, fields)
        key = self.key(mailbox)
        found = self._find(key)
        if not self.is_local(key[1]) or (found is None and self._leads_elsewhere(mailbox)):
            relayed = login is not None or folded(mailbox.domain) in map(folded, self.relay)
            return Decision(Situation.RELAYED if relayed else Situation.RELAY_REFUSED, fields)
        found = found or Decision(Situation.NO_SUCH_USER)
        if found.situation is Situation.MAILBOX_BUSY and tries.first(("busy", *key), now) is not None:
            found = Decision(Situation.RECIPIENT_OK)
        if self.greylist and found.situation in _ACCEPTING:
            first = tries.first(("grey", str(sender), *key), now)
            if first is None or now - first < self.greylist:
                found = Decision(Situation.GREYLISTED, {"limit": f"{self.greylist:g}"})
        return Decision(found.situation, {**fields, **found.fields}, found.forward_to)

    def judge_name(self, name: str) -> Decision:
        """Judge what VRFY asks about, a user name or a mailbox: section 3.5."""
        for ambiguous, choices in self.ambiguous.items():
            if ambiguous.casefold() == _unquoted(name).casefold():
                return Decision(Situation.VRFY_AMBIGUOUS, {"names": "\n".join(f"<{c}>" for c in choices)})
        mailbox = self._mailbox_named(name)
        if mailbox is None:
            return Decision(Situation.VRFY_UNKNOWN)
        fields = {"path": f"<{mailbox}>", "mailbox": str(mailbox), "domain": mailbox.domain}
        if not self.is_local(mailbox.domain) and mailbox.domain:
            relayed = folded(mailbox.domain) in map(folded, self.relay)
            return Decision(Situation.NOT_VERIFIED if relayed else Situation.VRFY_NOT_LOCAL, fields)
        if self._is_postmaster(mailbox):
            return Decision(Situation.VERIFIED, fields)
        found = self._find(self.key(mailbox))
        if found is None or found.situation is Situation.MOVED_SILENTLY:
            return Decision(Situation.VRFY_UNKNOWN, fields)
        if found.situation is Situation.MOVED:
            return Decision(Situation.VRFY_REFUSED_FORWARD, {**fields, **found.fields})
        if "forward" in found.fields:
            return Decision(_VRFY_FORWARD[self.effective_forwarding], {**fields, **found.fields})
        return Decision(Situation.VERIFIED, fields)

    def members(self, name: str) -> tuple[str, ...] | None:
        """The members of the list called `name`, None where there is none: section 3.5.2."""
        mailbox = self._mailbox_named(name)
        for address, members in self.lists.items():
            if mailbox is not None and self.key(_address("lists", address)) == self.key(mailbox):
                return tuple(members)
        return None

    def _is_postmaster(self, mailbox: Mailbox) -> bool:
        """Section 4.5.1: postmaster is always there, with a local domain or without any."""
        is_ours = self.is_local(mailbox.domain) if mailbox.domain else self.profile.bare_postmaster
        return mailbox.local_part.casefold() == "postmaster" and is_ours

    def _mailbox_named(self, name: str) -> Mailbox | None:
        """Read a VRFY or EXPN argument: a mailbox, bracketed or not, or the local part of a local one."""
        bare = _unquoted(name[1:-1] if name.startswith("<") and name.endswith(">") else name)
        try:
            return parse_mailbox(bare, smtputf8=True)
        except CommandSyntaxError:
            pass
        for domain in sorted(self._domains):
            try:
                mailbox = parse_mailbox(f"{bare}@{domain}", smtputf8=True)
            except CommandSyntaxError:
                return None
            if self.key(mailbox) in self._directory or self._is_postmaster(mailbox):
                return mailbox
        return None


#: The situations after which a recipient is accepted.
_ACCEPTING = frozenset(
    {Situation.RECIPIENT_OK, Situation.RELAYED, Situation.WILL_FORWARD, Situation.FORWARDED_SILENTLY}
)


def _unquoted(argument: str) -> str:
    """The string that a VRFY or EXPN argument stands for: Atom or Quoted-string (section 4.1.2)."""
    if len(argument) >= 2 and argument[0] == argument[-1] == '"':
        return re.sub(r"\\(.)", r"\1", argument[1:-1])
    return argument


def _check_refusal(keyword: str, written: str) -> None:
    try:
        if ReplyTemplate.parse(written).reply.code < 400:
            raise ValueError("a refusal begins with 4 or 5")
    except ValueError as error:
        raise PolicyError(f"{keyword} is {written!r}: {error}") from None


def _forward(target: str) -> dict[str, str]:
    return {"forward": f"<{target}>", "new": target}


def _address(keyword: str, text: object) -> Mailbox:
    """Parse an address of the policy; PolicyError names the keyword."""
    if not isinstance(text, str):
        raise PolicyError(f"{keyword} holds {text!r}; each entry is an address in quotes, such as 'jones@foo.com'.")
    try:
        return parse_mailbox(text, smtputf8=True)
    except CommandSyntaxError as error:
        raise PolicyError(f"{keyword} holds {shown(text)}, which is no address.\n{error}") from None
