"""How real servers choose and word the same replies: tables, from recordings and sources."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from smtplesson.grammar import Fault
from smtplesson.policy import RFC, Profile
from smtplesson.situations import Situation as S

#: What all four forgive in a path.
_USUAL = frozenset({Fault.SPACE_AFTER_COLON, Fault.NO_BRACKETS, Fault.LOCAL_PART_TOO_LONG})

POSTFIX = Profile(
    name="postfix",
    wording={
        S.GREETING: "220 {host} ESMTP Postfix (Debian/GNU)",
        S.EHLO_OK: "250 {host}",
        S.SENDER_OK: "250 2.1.0 Ok",
        S.RECIPIENT_OK: "250 2.1.5 Ok",
        S.WILL_FORWARD: "250 2.1.5 Ok",
        S.MOVED: "550 5.1.6 {path}: Recipient address rejected: User has moved to {forward}",
        S.NO_SUCH_USER: "550 5.1.1 {path}: Recipient address rejected: User unknown in local recipient table",
        S.QUIT_OK: "221 2.0.0 Bye",
        S.RSET_OK: "250 2.0.0 Ok",
        S.NEED_MAIL: "503 5.5.1 Error: need MAIL command",
    },
    syntax={
        ("MAIL", None): "501 5.1.7 Bad sender address syntax",
        ("RCPT", None): "501 5.1.3 Bad recipient address syntax",
    },
    tolerate=_USUAL | {Fault.DOUBLE_DOT, Fault.LEADING_DOT, Fault.TRAILING_DOT, Fault.UNDERSCORE},
    extensions=(
        "PIPELINING",
        "SIZE 10240000",
        "VRFY",
        "ETRN",
        "ENHANCEDSTATUSCODES",
        "8BITMIME",
        "DSN",
        "SMTPUTF8",
        "CHUNKING",
    ),
    evidence="recordings of Postfix 3.7.11 (Debian 12)",
)

EXIM = Profile(
    name="exim",
    wording={
        S.GREETING: "220 {host} ESMTP Exim 4.96",
        S.EHLO_OK: "250 {host} Hello {client} [{address}]",
        S.SENDER_OK: "250 OK",
        S.RECIPIENT_OK: "250 Accepted",
        S.WILL_FORWARD: "250 Accepted",
        S.RSET_OK: "250 Reset OK",
        S.QUIT_OK: "221 {host} closing connection",
        S.NEED_MAIL: "503 sender not yet given",
    },
    syntax={
        ("MAIL", None): "501 {path}: malformed address",
        ("RCPT", None): "501 {path}: malformed address",
        ("MAIL", Fault.EMPTY_LABEL): "501 {path}: domain missing or malformed",
        ("RCPT", Fault.EMPTY_LABEL): "501 {path}: domain missing or malformed",
    },
    tolerate=_USUAL | {Fault.DOUBLE_DOT, Fault.LEADING_DOT, Fault.TRAILING_DOT},
    extensions=(
        "SIZE 52428800",
        "8BITMIME",
        "PIPELINING",
        "PIPECONNECT",
        "CHUNKING",
        "PRDR",
        "HELP",
    ),
    enhanced=True,
    evidence="recordings of Exim 4.96 (Debian 12)",
)

OPENSMTPD = Profile(
    name="opensmtpd",
    wording={
        S.GREETING: "220 {host} ESMTP OpenSMTPD",
        S.EHLO_OK: "250 {host} Hello {client} [{address}], pleased to meet you",
        S.SENDER_OK: "250 2.0.0 Ok",
        S.RECIPIENT_OK: "250 2.1.5 Destination address valid: Recipient ok",
        S.WILL_FORWARD: "250 2.1.5 Destination address valid: Recipient ok",
        S.QUIT_OK: "221 2.0.0 Bye",
    },
    syntax={
        ("MAIL", None): "553 5.1.0 Sender address syntax error",
        ("RCPT", None): "501 5.1.3 Recipient address syntax error",
    },
    tolerate=frozenset({Fault.SPACE_AFTER_COLON, Fault.LOCAL_PART_TOO_LONG}),
    extensions=("8BITMIME", "ENHANCEDSTATUSCODES", "SIZE 36700160", "DSN", "HELP"),
    evidence="recordings of OpenSMTPD 7.4.0p1",
)

SENDMAIL = Profile(
    name="sendmail",
    wording={
        S.GREETING: "220 {host} ESMTP Sendmail 8.18.1/8.18.1",
        S.EHLO_OK: "250 {host} Hello {client} [{address}], pleased to meet you",
        S.SENDER_OK: "250 2.1.0 {path}... Sender ok",
        S.RECIPIENT_OK: "250 2.1.5 {path}... Recipient ok",
        S.WILL_FORWARD: "250 2.1.5 {path}... Recipient ok",
        S.MOVED: "551 5.1.1 User has moved; please try {forward}",
        S.QUIT_OK: "221 2.0.0 {host} closing connection",
        S.NEED_MAIL: "503 5.0.0 Need MAIL before RCPT",
    },
    syntax={
        ("MAIL", None): "553 5.1.3 {path}... Invalid address",
        ("RCPT", None): "553 5.1.3 {path}... Invalid address",
        ("MAIL", Fault.EMPTY_LABEL): "553 5.1.2 {path}... Invalid host name",
        ("RCPT", Fault.EMPTY_LABEL): "553 5.1.2 {path}... Invalid host name",
    },
    tolerate=_USUAL | {Fault.DOUBLE_DOT, Fault.LEADING_DOT, Fault.TRAILING_DOT},
    extensions=(
        "ENHANCEDSTATUSCODES",
        "PIPELINING",
        "EXPN",
        "VERB",
        "8BITMIME",
        "SIZE",
        "DSN",
        "ETRN",
        "AUTH DIGEST-MD5 CRAM-MD5",
        "DELIVERBY",
        "HELP",
    ),
    evidence="recordings of Sendmail 8.18.1",
)

#: Every profile by its name.
PROFILES: Mapping[str, Profile] = MappingProxyType({p.name: p for p in (RFC, POSTFIX, EXIM, OPENSMTPD, SENDMAIL)})
