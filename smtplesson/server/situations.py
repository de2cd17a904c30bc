"""What can happen in a session, how RFC 5321 words the reply to it, and which section says so.

A `Situation` is the server's judgement; its reply is one row of a table. Real servers judge much alike but
word (and number) the same situation differently: a `Profile` holds rows that replace these.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Self

from smtplesson.protocol.replies import Reason, Reply

_FIELD = re.compile(r"\{([a-z_]+)\}")
#: What a wording may name in braces.
FIELDS = frozenset({
    "host", "line", "argument", "parameter", "word", "before", "rest", "new", "client", "address", "verb", "path",
    "mailbox", "local", "domain", "forward", "problem", "login", "limit", "size", "keyword", "mechanism",
    "names", "challenge",
})  # fmt: skip


@dataclass(frozen=True)
class ReplyTemplate:
    """The reply to one situation, its text with `{fields}` in it, and the reason behind it."""

    reply: Reply
    names: frozenset[str] = field(default=frozenset())
    #: Each line taken apart: a text, the name of a field, a text, and so on.
    _pieces: tuple[tuple[str, ...], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_pieces", tuple(tuple(_FIELD.split(line)) for line in self.reply.lines))

    @classmethod
    def parse(cls, text: str, reason: Reason | None = None, more: frozenset[str] = frozenset()) -> Self:
        """Read a reply such as `551 5.7.1 User not local; please try {forward}`.

        `more` are field names beyond the usual. Raises ValueError for a text that is no reply or names an unknown
        field.
        """
        names = frozenset(_FIELD.findall(text))
        if unknown := sorted(names - FIELDS - more):
            raise ValueError(f"{text!r} names {{{unknown[0]}}}; a wording may name {', '.join(sorted(FIELDS))}.")
        parsed = Reply.parse(text)
        return cls(Reply(parsed.code, parsed.lines, parsed.enhanced, reason), names)

    def fill(self, fields: Mapping[str, str], fault: Exception | None = None, *, enhanced: bool = True) -> Reply:
        """Return the reply with `fields` put in; line breaks inside a field become spaces."""
        said = self.reply
        lines = said.lines
        if self.names:
            lines = tuple(_filled(pieces, fields) for pieces in self._pieces)
        elif fault is None and (enhanced or said.enhanced is None):
            return said
        reason = said.reason
        if fault is not None and reason is not None:
            reason = Reason(reason.text, reason.section, fault)
        return Reply(said.code, lines, said.enhanced if enhanced else None, reason)


def _filled(pieces: tuple[str, ...], fields: Mapping[str, str]) -> str:
    """A line put together again, its fields filled."""
    line = "".join(fields.get(piece, "") if at % 2 else piece for at, piece in enumerate(pieces))
    return line.replace("\r", " ").replace("\n", " ")


class Situation(StrEnum):
    """Each thing that a server can have to say; the value is its name in world files."""

    GREETING = "greeting"
    NO_SERVICE = "no-service"
    ONLY_QUIT = "only-quit"
    EHLO_OK = "ehlo-ok"
    HELO_OK = "helo-ok"
    HELO_MISSING = "helo-missing"
    HELO_SYNTAX = "helo-syntax"
    SENDER_OK = "sender-ok"
    SENDER_SYNTAX = "sender-syntax"
    SENDER_NAME_NOT_ALLOWED = "sender-name-not-allowed"
    SENDER_NOT_ASCII = "sender-not-ascii"
    SENDER_NOT_OWNED = "sender-not-owned"
    SENDER_NOT_LOGGED_IN = "sender-not-logged-in"
    SENDER_DOMAIN_UNKNOWN = "sender-domain-unknown"
    SENDER_NEEDS_DOMAIN = "sender-needs-domain"
    RECIPIENT_OK = "recipient-ok"
    RECIPIENT_SYNTAX = "recipient-syntax"
    RECIPIENT_NAME_NOT_ALLOWED = "recipient-name-not-allowed"
    RECIPIENT_NOT_ASCII = "recipient-not-ascii"
    RELAYED = "relayed"
    WILL_FORWARD = "will-forward"
    FORWARDED_SILENTLY = "forwarded-silently"
    FORWARD_REFUSED = "forward-refused"
    FORWARD_REFUSED_SILENTLY = "forward-refused-silently"
    MOVED = "moved"
    MOVED_SILENTLY = "moved-silently"
    NO_SUCH_USER = "no-such-user"
    REFUSED_AS_WRITTEN = "refused-as-written"
    RELAY_REFUSED = "relay-refused"
    MAILBOX_FULL_FOR_NOW = "mailbox-full-for-now"
    MAILBOX_FULL = "mailbox-full"
    MAILBOX_BUSY = "mailbox-busy"
    GREYLISTED = "greylisted"
    TOO_MANY_RECIPIENTS = "too-many-recipients"
    PARAMETER_UNKNOWN = "parameter-unknown"
    RECIPIENT_PARAMETER_UNKNOWN = "recipient-parameter-unknown"
    PARAMETER_AFTER_HELO = "parameter-after-helo"
    PARAMETER_SYNTAX = "parameter-syntax"
    MESSAGE_TOO_BIG = "message-too-big"
    START_DATA = "start-data"
    NO_VALID_RECIPIENTS = "no-valid-recipients"
    MESSAGE_ACCEPTED = "message-accepted"
    MESSAGE_REFUSED = "message-refused"
    TEXT_LINE_TOO_LONG = "text-line-too-long"
    BARE_LF = "bare-lf"
    BARE_CR = "bare-cr"
    TOO_MANY_HOPS = "too-many-hops"
    RSET_OK = "rset-ok"
    NOOP_OK = "noop-ok"
    QUIT_OK = "quit-ok"
    HELP_OK = "help-ok"
    VERIFIED = "verified"
    VERIFIED_FORWARD = "verified-forward"
    NOT_VERIFIED = "not-verified"
    VRFY_AMBIGUOUS = "vrfy-ambiguous"
    VRFY_REFUSED_FORWARD = "vrfy-refused-forward"
    VRFY_UNKNOWN = "vrfy-unknown"
    VRFY_NOT_LOCAL = "vrfy-not-local"
    VRFY_OFF = "vrfy-off"
    EXPANDED = "expanded"
    EXPN_UNKNOWN = "expn-unknown"
    EXPN_OFF = "expn-off"
    ARGUMENT_MISSING = "argument-missing"
    ARGUMENT_NOT_ALLOWED = "argument-not-allowed"
    NEED_HELO = "need-helo"
    NEED_MAIL = "need-mail"
    NEED_MAIL_FOR_DATA = "need-mail-for-data"
    NEED_RCPT = "need-rcpt"
    MAIL_OPEN = "mail-open"
    BAD_SEQUENCE = "bad-sequence"
    EMPTY_LINE = "empty-line"
    COMMAND_UNKNOWN = "command-unknown"
    COMMAND_OBSOLETE = "command-obsolete"
    PIPELINED = "pipelined"
    LINE_TOO_LONG = "line-too-long"
    SHUTTING_DOWN = "shutting-down"
    AUTH_OK = "auth-ok"
    AUTH_CHALLENGE = "auth-challenge"
    AUTH_FAILED = "auth-failed"
    AUTH_MECHANISM_UNKNOWN = "auth-mechanism-unknown"
    AUTH_SYNTAX = "auth-syntax"
    AUTH_LINE_TOO_LONG = "auth-line-too-long"
    AUTH_CANCELLED = "auth-cancelled"
    AUTH_TWICE = "auth-twice"
    AUTH_IN_TRANSACTION = "auth-in-transaction"
    AUTH_REQUIRED = "auth-required"
    AUTH_OFF = "auth-off"
    TLS_READY = "tls-ready"
    TLS_ALREADY = "tls-already"
    TLS_REQUIRED = "tls-required"
    TLS_OFF = "tls-off"


S = Situation
#: Situation -> reply, why, section (of RFC 5321 where no other RFC is named). A missing enhanced code is on
#: purpose: greeting, EHLO and HELO replies and 3yz carry none (RFC 2034 section 4).
_TABLE: Mapping[Situation, tuple[str, str, str]] = {
    S.GREETING: ("220 {host} Simple Mail Transfer Service Ready", "The server is ready.", "3.1"),
    S.NO_SERVICE: ("554 {host} No SMTP service here", "This host accepts no mail; only QUIT is left.", "3.1"),
    S.ONLY_QUIT: ("503 5.5.1 Only QUIT is accepted now", "After a 554 greeting only QUIT is left.", "3.1"),
    S.EHLO_OK: ("250 {host} greets {client}", "The session begins; lines after the first name extensions.", "4.1.1.1"),
    S.HELO_OK: ("250 {host}", "The session begins, without extensions.", "4.1.1.1"),
    S.HELO_MISSING: (
        "501 5.5.4 {verb} needs your domain name or an address literal",
        "The argument is missing.",
        "4.1.1.1",
    ),
    S.HELO_SYNTAX: (
        "501 5.5.4 {verb} needs your domain name or an address literal",
        "The argument is no domain and no address literal.",
        "4.1.1.1",
    ),
    S.SENDER_OK: ("250 2.1.0 OK", "The reverse-path is accepted: a mail transaction has begun.", "3.3"),
    S.SENDER_SYNTAX: (
        "501 5.5.4 Syntax: MAIL FROM:<address> [parameters]",
        "The command itself is not well formed.",
        "4.1.2",
    ),
    S.SENDER_NAME_NOT_ALLOWED: (
        "553 5.1.7 Mailbox name not allowed: {problem}",
        "The command was understood, but the mailbox name in it breaks the grammar (section 4.1.2). "
        "Bad syntax is 553's own example.",
        "4.2.3 and 3.3",
    ),
    S.SENDER_NOT_ASCII: (
        "550 5.6.7 A sender with non-ASCII characters needs the SMTPUTF8 parameter",
        "For MAIL the reply is 550, for RCPT 553.",
        "RFC 6531 section 3.5",
    ),
    S.SENDER_NOT_OWNED: (
        "553 5.7.1 {path}: sender address not owned by user {login}",
        "Policy: a login may only send as its own addresses. The name is well formed, yet not allowed here.",
        "4.2.3",
    ),
    S.SENDER_NOT_LOGGED_IN: (
        "553 5.7.1 {path}: sender address belongs to a user who has not logged in",
        "Policy: this sender belongs to a user who must authenticate first.",
        "4.2.3",
    ),
    S.SENDER_DOMAIN_UNKNOWN: (
        "553 5.1.8 {path}: the sender's domain {domain} does not exist",
        "A bounce could never be delivered to this reverse-path.",
        "3.3; RFC 3463 section 3.2",
    ),
    S.SENDER_NEEDS_DOMAIN: (
        "553 5.5.4 {path}: a domain name is needed for the sender",
        "A bounce could never be delivered to this reverse-path.",
        "3.3",
    ),
    S.RECIPIENT_OK: ("250 2.1.5 OK", "The recipient is accepted. The mail itself is not: DATA comes next.", "3.3"),
    S.RECIPIENT_SYNTAX: (
        "501 5.5.4 Syntax: RCPT TO:<address> [parameters]",
        "The command itself is not well formed.",
        "4.1.2",
    ),
    S.RECIPIENT_NAME_NOT_ALLOWED: (
        "553 5.1.3 Mailbox name not allowed: {problem}",
        "The command was understood, but the mailbox name in it breaks the grammar (section 4.1.2). "
        "Bad syntax is 553's own example.",
        "4.2.3",
    ),
    S.RECIPIENT_NOT_ASCII: (
        "553 5.6.7 A recipient with non-ASCII characters needs SMTPUTF8 on MAIL",
        "For RCPT the reply is 553, for MAIL 550.",
        "RFC 6531 section 3.5",
    ),
    S.RELAYED: ("250 2.1.5 OK; will relay", "The domain is not local, but this server relays for it.", "3.6.2"),
    S.WILL_FORWARD: (
        "251 2.1.5 User not local; will forward to {forward}",
        "A success: the recipient is accepted, and the server says under which address it will forward.",
        "3.4",
    ),
    S.FORWARDED_SILENTLY: (
        "250 2.1.5 OK",
        "A success: the server forwards, but does not say so. The reply cannot be told from that of a local mailbox.",
        "3.4",
    ),
    S.FORWARD_REFUSED: (
        "551 5.7.1 User not local; please try {forward}",
        "A refusal: this server will not forward, but says where the user is.",
        "3.4",
    ),
    S.FORWARD_REFUSED_SILENTLY: (
        "550 5.1.1 No such user here",
        "A refusal that discloses nothing: the reply cannot be told from that for an unknown user.",
        "3.4",
    ),
    S.MOVED: (
        "551 5.7.1 User not local; please try {forward}",
        "The user has moved. This server refuses, and says where to.",
        "3.4",
    ),
    S.MOVED_SILENTLY: (
        "550 5.1.6 The user has moved and left no forwarding address",
        "The user has moved; nothing more is said.",
        "3.4; RFC 3463 section 3.2",
    ),
    S.NO_SUCH_USER: ("550 5.1.1 No such user here", "The domain is local, but it has no such mailbox.", "3.3"),
    S.REFUSED_AS_WRITTEN: (
        "550 5.7.1 Refused",
        "The administrator wrote this reply for this address: code and text are their choice.",
        "4.2.3",
    ),
    S.RELAY_REFUSED: (
        "550 5.7.1 Relaying to {domain} refused",
        "The domain is not local, and this server does not relay for this client.",
        "3.6.2",
    ),
    S.MAILBOX_FULL_FOR_NOW: ("452 4.2.2 Mailbox full", "There is no room now; there may be later.", "4.2.3"),
    S.MAILBOX_FULL: ("552 5.2.2 Mailbox full", "The mailbox is over its limit and will stay so.", "4.2.3"),
    S.MAILBOX_BUSY: ("450 4.2.0 Mailbox busy, try again later", "Temporarily unavailable: a retry can help.", "4.2.3"),
    S.GREYLISTED: (
        "450 4.7.1 Greylisted, try again in {limit} seconds",
        "The first try from this sender to this recipient is put off; a real server tries again.",
        "4.2.3; RFC 6647 section 2",
    ),
    S.TOO_MANY_RECIPIENTS: (
        "452 4.5.3 Too many recipients; at most {limit} in one transaction",
        "Send to these first, then to the rest in a further transaction.",
        "4.5.3.1.10",
    ),
    S.PARAMETER_UNKNOWN: (
        "555 5.5.4 Parameter {keyword} not recognized",
        "A parameter belongs to an extension, and this one was not offered or not accepted with EHLO.",
        "4.1.1.11",
    ),
    S.RECIPIENT_PARAMETER_UNKNOWN: (
        "555 5.5.4 Parameter {keyword} not recognized",
        "A parameter belongs to an extension, and this one was not offered or not accepted with EHLO.",
        "4.1.1.11",
    ),
    S.PARAMETER_AFTER_HELO: (
        "555 5.5.4 Parameter {keyword} not recognized",
        "Extensions, and so parameters, need EHLO.",
        "4.1.1.11",
    ),
    S.PARAMETER_SYNTAX: (
        "501 5.5.4 Value of parameter {keyword} not valid",
        "The extension is offered, but its parameter has a value that it does not define.",
        "4.2.3",
    ),
    S.MESSAGE_TOO_BIG: (
        "552 5.3.4 Message too big; at most {limit} octets",
        "The message exceeds the fixed maximum.",
        "RFC 1870 section 6",
    ),
    S.START_DATA: (
        "354 Start mail input; end with <CRLF>.<CRLF>",
        "Not done yet: the server waits for the message.",
        "4.1.1.4",
    ),
    S.NO_VALID_RECIPIENTS: (
        "554 5.5.1 No valid recipients",
        "Every recipient was refused, so there is nobody to send data to.",
        "3.3",
    ),
    S.MESSAGE_ACCEPTED: (
        "250 2.0.0 OK",
        "Only now has the server taken responsibility: it must deliver or report the failure.",
        "4.2.5 and 6.1",
    ),
    S.MESSAGE_REFUSED: (
        "554 5.7.0 Message refused",
        "The recipients had been accepted, but the message is not: nobody gets it.",
        "4.2.5",
    ),
    S.TEXT_LINE_TOO_LONG: (
        "554 5.6.0 Text line too long; at most 1000 octets with CRLF",
        "A line of the message exceeds the limit.",
        "4.5.3.1.6",
    ),
    S.BARE_LF: ("500 5.5.2 Bare LF; a line ends with CRLF", "Only CRLF ends a line.", "2.3.8"),
    S.BARE_CR: ("500 5.5.2 Bare CR; a line ends with CRLF", "CR stands only before LF.", "2.3.8"),
    S.TOO_MANY_HOPS: (
        "554 5.4.6 Too many hops",
        "So many Received lines mean that the message goes in circles.",
        "6.3",
    ),
    S.RSET_OK: ("250 2.0.0 OK", "The transaction is given up; sender, recipients and data are forgotten.", "4.1.1.5"),
    S.NOOP_OK: ("250 2.0.0 OK", "Nothing was done, successfully.", "4.1.1.9"),
    S.QUIT_OK: (
        "221 2.0.0 {host} Service closing transmission channel",
        "The server closes the connection.",
        "4.1.1.10",
    ),
    S.HELP_OK: ("214 2.0.0 Commands: {names}", "Help for people; no client reads it.", "4.1.1.8"),
    S.VERIFIED: ("250 2.1.5 {path}", "The name was truly looked up: this is its mailbox.", "3.5.1"),
    S.VERIFIED_FORWARD: (
        "251 2.1.5 User not local; will forward to {forward}",
        "The name is known here, its mailbox is elsewhere.",
        "3.5.2",
    ),
    S.NOT_VERIFIED: (
        "252 2.5.0 Cannot VRFY user, but will accept message and attempt delivery",
        "Neither confirmed nor denied: the server cannot tell from here.",
        "3.5.3",
    ),
    S.VRFY_AMBIGUOUS: (
        "553 5.1.4 User ambiguous",
        "More than one user has this name. The cure is to choose one, not to mend the format.",
        "3.5.1",
    ),
    S.VRFY_REFUSED_FORWARD: (
        "551 5.7.1 User not local; please try {forward}",
        "The name is known here, but its mailbox is elsewhere and mail for it would be refused.",
        "3.5.2",
    ),
    S.VRFY_UNKNOWN: ("550 5.1.1 No such user here", "Nobody of this name is known here.", "4.3.2"),
    S.VRFY_NOT_LOCAL: ("550 5.1.1 No such user here", "The domain is not local, nor relayed for.", "4.3.2"),
    S.VRFY_OFF: (
        "252 2.5.0 Cannot VRFY user, but will accept message and attempt delivery",
        "VRFY is switched off; a server must not pretend to have checked, nor deny the command.",
        "7.3",
    ),
    S.EXPANDED: ("250 2.1.5 {path}", "The members of the list, one a line.", "3.5.2"),
    S.EXPN_UNKNOWN: ("550 5.1.1 No such list here", "No list of this name is known here.", "4.3.2"),
    S.EXPN_OFF: (
        "252 2.5.0 Cannot expand the list, but will accept message and attempt delivery",
        "EXPN is switched off.",
        "7.3",
    ),
    S.ARGUMENT_MISSING: ("501 5.5.4 {verb} needs an argument", "The command's argument is missing.", "4.3.2"),
    S.ARGUMENT_NOT_ALLOWED: ("501 5.5.4 {verb} takes no argument", "This command takes no argument.", "4.3.2"),
    S.NEED_HELO: ("503 5.5.1 Send EHLO or HELO first", "EHLO or HELO comes before a mail transaction.", "4.1.4"),
    S.NEED_MAIL: ("503 5.5.1 Send MAIL first", "There is no transaction: MAIL begins one.", "4.1.4"),
    S.NEED_MAIL_FOR_DATA: (
        "503 5.5.1 Send MAIL first",
        "There is no transaction: MAIL begins one.",
        "4.1.4",
    ),
    S.NEED_RCPT: ("503 5.5.1 Send RCPT first", "The transaction has no recipient yet.", "4.1.4"),
    S.MAIL_OPEN: (
        "503 5.5.1 A transaction is open already; send RSET to give it up",
        "MAIL must not be sent while a transaction is open.",
        "4.1.4",
    ),
    S.BAD_SEQUENCE: ("503 5.5.1 Bad sequence of commands", "This command cannot come here.", "4.1.4"),
    S.EMPTY_LINE: ("500 5.5.2 Empty line; a command is wanted", "A line without a command.", "4.3.2"),
    S.COMMAND_UNKNOWN: ("500 5.5.1 Command not recognized", "The server knows no command of this name.", "4.3.2"),
    S.COMMAND_OBSOLETE: (
        "502 5.5.1 Command {verb} not implemented",
        "The server knows the command but does not offer it.",
        "4.2.4",
    ),
    S.PIPELINED: (
        "554 5.5.0 Wait for the reply before you send more",
        "This command must be the last of a group.",
        "RFC 2920 section 3.1",
    ),
    S.LINE_TOO_LONG: (
        "500 5.5.2 Line too long; at most {limit} octets with CRLF",
        "A command line exceeds the limit.",
        "4.5.3.1.4",
    ),
    S.SHUTTING_DOWN: (
        "421 4.3.2 {host} Service not available, closing transmission channel",
        "The server must shut down; it may say so at any command. The client tries again later.",
        "3.8",
    ),
    S.AUTH_OK: ("235 2.7.0 Authentication succeeded", "Login and password are right.", "RFC 4954 section 6"),
    S.AUTH_CHALLENGE: ("334 {challenge}", "Send the next line of the exchange, in base64.", "RFC 4954 section 4"),
    S.AUTH_FAILED: (
        "535 5.7.8 Authentication credentials invalid",
        "The login or the password is wrong; which of them is not said.",
        "RFC 4954 section 6",
    ),
    S.AUTH_MECHANISM_UNKNOWN: (
        "504 5.5.4 Mechanism {mechanism} not supported",
        "EHLO lists the mechanisms that are.",
        "RFC 4954 section 4",
    ),
    S.AUTH_SYNTAX: ("501 5.5.2 Not valid base64", "The exchange is in base64.", "RFC 4954 section 4"),
    S.AUTH_LINE_TOO_LONG: (
        "500 5.5.6 Authentication exchange line is too long",
        "This line is longer than the server has room for; 12288 octets suffice for the mechanisms in use.",
        "RFC 4954 section 4",
    ),
    S.AUTH_CANCELLED: ("501 5.0.0 Authentication cancelled", 'The client sent "*".', "RFC 4954 section 4"),
    S.AUTH_TWICE: ("503 5.5.1 Already authenticated", "After a success no more AUTH.", "RFC 4954 section 4"),
    S.AUTH_IN_TRANSACTION: (
        "503 5.5.1 AUTH not permitted during a mail transaction",
        "AUTH comes before MAIL.",
        "RFC 4954 section 4",
    ),
    S.AUTH_REQUIRED: ("530 5.7.0 Authentication required", "This server wants a login first.", "RFC 4954 section 6"),
    S.AUTH_OFF: ("502 5.5.1 Command AUTH not implemented", "The extension is not offered.", "4.2.4"),
    S.TLS_READY: (
        "220 2.0.0 Ready to start TLS",
        "Now both sides begin TLS; what was sent behind STARTTLS is thrown away.",
        "RFC 3207 section 4",
    ),
    S.TLS_ALREADY: ("503 5.5.1 TLS is active already", "A second STARTTLS makes no sense.", "RFC 3207 section 4.2"),
    S.TLS_REQUIRED: (
        "530 5.7.0 Must issue a STARTTLS command first",
        "This server wants encryption first.",
        "RFC 3207 section 4",
    ),
    S.TLS_OFF: ("502 5.5.1 Command STARTTLS not implemented", "The extension is not offered.", "4.2.4"),
}


def _reason(why: str, section: str) -> Reason:
    return Reason(why, section if section.startswith("RFC") else f"RFC 5321 section {section}")


#: The RFC's own wording of every situation.
RFC_WORDING: Mapping[Situation, ReplyTemplate] = MappingProxyType(
    {situation: ReplyTemplate.parse(text, _reason(why, section)) for situation, (text, why, section) in _TABLE.items()}
)
