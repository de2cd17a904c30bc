"""Reply codes, enhanced status codes and whole replies: RFC 5321 section 4.2, RFC 2034, RFC 3463."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from types import MappingProxyType
from typing import Any, Protocol, Self, runtime_checkable

from smtplesson import _html


class ReplyCode(IntEnum):
    """The codes that RFC 5321 section 4.2.3 and the extensions taught here define, each with its phrase.

    >>> ReplyCode(251).phrase
    'User not local; will forward to <forward-path>'
    """

    phrase: str

    def __new__(cls, value: int, phrase: str = "") -> Self:  # noqa: D102
        member = int.__new__(cls, value)
        member._value_ = value
        member.phrase = phrase
        return member

    SYSTEM_STATUS = 211, "System status, or system help reply"
    HELP_MESSAGE = 214, "Help message"
    SERVICE_READY = 220, "<domain> Service ready"
    SERVICE_CLOSING = 221, "<domain> Service closing transmission channel"
    AUTHENTICATION_SUCCEEDED = 235, "Authentication succeeded"  # RFC 4954 section 6
    OK = 250, "Requested mail action okay, completed"
    WILL_FORWARD = 251, "User not local; will forward to <forward-path>"
    CANNOT_VERIFY = 252, "Cannot VRFY user, but will accept message and attempt delivery"
    SERVER_CHALLENGE = 334, "Server challenge, in base64"  # RFC 4954 section 4
    START_MAIL_INPUT = 354, "Start mail input; end with <CRLF>.<CRLF>"
    SERVICE_NOT_AVAILABLE = 421, "<domain> Service not available, closing transmission channel"
    PASSWORD_TRANSITION_NEEDED = 432, "A password transition is needed"  # RFC 4954 section 6
    MAILBOX_BUSY = 450, "Requested mail action not taken: mailbox unavailable"
    LOCAL_ERROR = 451, "Requested action aborted: local error in processing"
    INSUFFICIENT_STORAGE = 452, "Requested action not taken: insufficient system storage"
    TEMPORARY_AUTHENTICATION_FAILURE = 454, "Temporary authentication failure, or TLS not available"
    PARAMETERS_NOT_ACCOMMODATED = 455, "Server unable to accommodate parameters"
    COMMAND_UNRECOGNIZED = 500, "Syntax error, command unrecognized"
    ARGUMENT_SYNTAX = 501, "Syntax error in parameters or arguments"
    NOT_IMPLEMENTED = 502, "Command not implemented"
    BAD_SEQUENCE = 503, "Bad sequence of commands"
    PARAMETER_NOT_IMPLEMENTED = 504, "Command parameter not implemented"
    HOST_ACCEPTS_NO_MAIL = 521, "Host does not accept mail"  # RFC 7504 section 3
    AUTHENTICATION_REQUIRED = 530, "Authentication required"  # RFC 4954 section 6
    MECHANISM_TOO_WEAK = 534, "Authentication mechanism is too weak"  # RFC 4954 section 6
    CREDENTIALS_INVALID = 535, "Authentication credentials invalid"  # RFC 4954 section 6
    ENCRYPTION_REQUIRED = 538, "Encryption required for requested authentication mechanism"  # RFC 4954
    MAILBOX_UNAVAILABLE = 550, "Requested action not taken: mailbox unavailable"
    USER_NOT_LOCAL = 551, "User not local; please try <forward-path>"
    STORAGE_EXCEEDED = 552, "Requested mail action aborted: exceeded storage allocation"
    MAILBOX_NAME_NOT_ALLOWED = 553, "Requested action not taken: mailbox name not allowed"
    TRANSACTION_FAILED = 554, "Transaction failed"
    PARAMETERS_NOT_RECOGNIZED = 555, "MAIL FROM/RCPT TO parameters not recognized or not implemented"
    DOMAIN_ACCEPTS_NO_MAIL = 556, "Domain does not accept mail"  # RFC 7504 section 4


@dataclass(frozen=True, slots=True)
class ReplyClass:
    """What the first digit of a reply code says: RFC 5321 section 4.2.1."""

    digit: int
    name: str
    word: str
    sign: str
    meaning: str
    client_does: str

    @property
    def label(self) -> str:
        """The class as people write it, such as `5yz`."""
        return f"{self.digit}yz"


CLASSES: Mapping[int, ReplyClass] = MappingProxyType(
    {
        c.digit: c
        for c in (
            ReplyClass(
                2,
                "Positive Completion",
                "done",
                "✓",
                "The requested action has been successfully completed.",
                "Go on with the next command.",
            ),
            ReplyClass(
                3,
                "Positive Intermediate",
                "send more",
                "…",
                "The command has been accepted, but the server waits for further information.",
                "Send what the server is waiting for: the message after 354, the next line of AUTH after 334.",
            ),
            ReplyClass(
                4,
                "Transient Negative Completion",
                "not now",
                "↻",
                "The command was not accepted and the action did not occur, but the cause is temporary.",
                "Keep the message in the queue and try again later.",
            ),
            ReplyClass(
                5,
                "Permanent Negative Completion",
                "refused",
                "✗",
                "The command was not accepted and the action did not occur.",
                "Do not repeat the exact request unchanged; report it to whoever can change something.",
            ),
        )
    }
)

#: The second digit, from section 4.2.1: what a reply is about.
SUBJECTS: Mapping[int, str] = MappingProxyType(
    {
        0: "Syntax",
        1: "Information",
        2: "Connections",
        3: "Unspecified",
        4: "Unspecified",
        5: "Mail system",
    }
)


def reply_class(code: int) -> ReplyClass:
    """Return the class of `code` by its first digit alone, as section 4.3.2 asks for unknown codes.

    Raises ValueError where the first digit is not 2 to 5: a server MUST NOT send such a code, and a
    client should end the transaction (RFC 5321 section 4.2).

    >>> reply_class(299).name
    'Positive Completion'
    """
    found = CLASSES.get(code // 100)
    if found is None:
        raise ValueError(f"{code} is no SMTP reply code: its first digit must be 2, 3, 4 or 5 (RFC 5321 section 4.2).")
    return found


def is_well_formed(code: int) -> bool:
    """Say whether section 4.2's grammar allows `code`: first digit 2-5, second 0-5, third 0-9.

    >>> is_well_formed(553), is_well_formed(571)
    (True, False)
    """
    return 200 <= code <= 559 and code // 10 % 10 <= 5


#: The codes that a reply may carry, from section 4.3.2 and the extensions' own lists. `(connect)` is the
#: greeting, `(data)` the reply after the final dot. Every command may also be answered 500, 501 or 421.
COMMAND_CODES: Mapping[str, frozenset[int]] = MappingProxyType(
    {
        "(connect)": frozenset({220, 554, 521}),  # 521: RFC 7504 section 3
        "EHLO": frozenset({250, 504, 550, 502}),
        "HELO": frozenset({250, 504, 550, 502}),
        "MAIL": frozenset({250, 552, 451, 452, 550, 553, 503, 455, 555, 530}),  # 530: RFC 4954, RFC 3207
        "RCPT": frozenset({250, 251, 550, 551, 552, 553, 450, 451, 452, 503, 455, 555, 556, 530}),  # 556: RFC 7504
        "DATA": frozenset({354, 503, 554, 530}),
        "(data)": frozenset({250, 552, 554, 451, 452, 450, 550}),
        "RSET": frozenset({250}),
        "VRFY": frozenset({250, 251, 252, 550, 551, 553, 502, 504, 530}),
        "EXPN": frozenset({250, 252, 550, 500, 502, 504, 530}),
        "HELP": frozenset({211, 214, 502, 504, 530}),
        "NOOP": frozenset({250}),
        "QUIT": frozenset({221}),
        "AUTH": frozenset({235, 334, 432, 454, 502, 503, 504, 530, 534, 535, 538}),  # RFC 4954 sections 4, 6
        "STARTTLS": frozenset({220, 454, 503, 502}),  # RFC 3207 section 4
    }
)
ANY_COMMAND_CODES = frozenset({500, 501, 421})


def allowed_codes(command: str) -> frozenset[int]:
    """Return the codes that section 4.3.2 and the extensions list for `command`, 500, 501 and 421 among them.

    >>> 251 in allowed_codes("RCPT"), 251 in allowed_codes("MAIL")
    (True, False)
    """
    return COMMAND_CODES.get(command.upper(), frozenset({502, 503})) | ANY_COMMAND_CODES


_ENHANCED = re.compile(r"([245])\.(0|[1-9][0-9]{0,2})\.(0|[1-9][0-9]{0,2})")  # RFC 2034 section 4
_REPLY_LINE = re.compile(r"([1-9][0-9]{2})(?:([ -])(.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True, order=True)
class EnhancedCode:
    """An enhanced mail system status code such as 5.1.3: RFC 3463 section 2.

    >>> str(EnhancedCode(5, 1, 3))
    '5.1.3'
    """

    klass: int
    subject: int
    detail: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the code written in `text`; ValueError if it is none.

        >>> EnhancedCode.parse("2.1.5")
        EnhancedCode(klass=2, subject=1, detail=5)
        """
        match = _ENHANCED.fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r} is no enhanced status code; one looks like 5.1.3 (RFC 3463 section 2).")
        return cls(*map(int, match.groups()))

    def __str__(self) -> str:
        return f"{self.klass}.{self.subject}.{self.detail}"


@runtime_checkable
class Drawn(Protocol):
    """An error that draws itself: what is wrong, and where."""

    def as_html(self) -> str:
        """The error as HTML, all text in it escaped."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the simulated server gave a reply: a sentence, the section behind it, and the fault it found."""

    text: str
    section: str = ""
    fault: Exception | None = None


class ReplySyntaxError(ValueError):
    """A text that is no reply: the message says which line, what is wrong with it, and what to do."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply of a server: code, lines of text, perhaps an enhanced code before each (RFC 5321 section 4.2).

    `bytes()` is the form on the wire, `str()` is for people, and `Reply.parse()` reads both.

    >>> reply = Reply.parse("553-5.1.3 Which one?\\n553 5.1.3 Choose.")
    >>> reply.code, str(reply.enhanced), reply.lines
    (553, '5.1.3', ('Which one?', 'Choose.'))
    """

    code: int
    lines: tuple[str, ...] = ("",)
    enhanced: EnhancedCode | None = None
    reason: Reason | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not 100 <= self.code <= 999:
            raise ValueError(f"A reply code has three digits (RFC 5321 section 4.2), not {self.code}.")
        if not self.lines:
            raise ValueError("A reply has one line at least; an empty text is lines=('',).")
        for line in self.lines:
            if "\r" in line or "\n" in line:
                raise ValueError(f"A line of a reply holds no line break, but here is {line!r}; use one entry a line.")

    @classmethod
    def parse(cls, text: str | bytes) -> Self:
        """Read a reply as it stands on the wire or in a log; ReplySyntaxError if it is none.

        A code without text is read, as section 4.2 asks of clients; what looks like an enhanced code but
        is of another class than the reply stays in the text (RFC 2034 section 4 forbids such a pair).
        """
        if isinstance(text, bytes):
            text = text.decode("utf-8", "surrogateescape")
        rows = text.replace("\r\n", "\n").removesuffix("\n").split("\n")
        code, texts = _read_lines(rows)
        enhanced, texts = _split_enhanced(code, texts)
        return cls(code, tuple(texts), enhanced)

    @property
    def text(self) -> str:
        """The text without code and enhanced code, its lines joined by a line feed."""
        return "\n".join(self.lines)

    @property
    def first_digit(self) -> int:
        """What became of the command: section 4.2.1."""
        return self.code // 100

    @property
    def second_digit(self) -> int:
        """What the reply is about: section 4.2.1."""
        return self.code // 10 % 10

    @property
    def third_digit(self) -> int:
        """The finer distinction: section 4.2.1."""
        return self.code % 10

    @property
    def is_multiline(self) -> bool:
        """Whether the reply has more than one line, joined by `code-`."""
        return len(self.lines) > 1

    @property
    def phrase(self) -> str:
        """RFC 5321's words for the code; empty where the kit knows none."""
        return ReplyCode(self.code).phrase if self.code in ReplyCode._value2member_map_ else ""

    def _wire_lines(self) -> list[str]:
        prefix = f"{self.enhanced} " if self.enhanced else ""
        last = len(self.lines) - 1
        return [f"{self.code}{' ' if i == last else '-'}{prefix}{line}" for i, line in enumerate(self.lines)]

    def __bytes__(self) -> bytes:
        return "".join(line + "\r\n" for line in self._wire_lines()).encode("utf-8", "surrogateescape")

    def __str__(self) -> str:
        return "\n".join(line.rstrip() if i == 0 else line for i, line in enumerate(self._wire_lines()))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Show the reply, its class in a word, and the reason: as plain text and as HTML."""
        return {"text/plain": _plain(self), "text/html": _as_html(self)}


def _read_lines(rows: list[str]) -> tuple[int, list[str]]:
    """Reply-line = *( Reply-code "-" [ textstring ] CRLF ) Reply-code [ SP textstring ] CRLF"""
    code = None
    texts = []
    for number, row in enumerate(rows, 1):
        match = _REPLY_LINE.fullmatch(row)
        if match is None:
            raise ReplySyntaxError(
                f"Line {number} of the reply, {row[:60]!r}, does not begin with three digits and a space or a "
                "hyphen. Paste the reply as the server sent it, such as: 550 No such user here"
            )
        if code is None:
            code = int(match[1])
        if int(match[1]) != code:
            raise ReplySyntaxError(
                f"Line {number} has code {match[1]}, line 1 has {code}: every line of one reply carries the same "
                "code (RFC 5321 section 4.2.1). Are these two replies?"
            )
        is_last = number == len(rows)
        if (match[2] == "-") == is_last:
            mend = "a space after the code" if is_last else "a hyphen after the code"
            raise ReplySyntaxError(
                f"Line {number} of {len(rows)} must have {mend}: a hyphen says that another line follows, a space "
                "that this is the last (RFC 5321 section 4.2.1)."
            )
        texts.append(match[3] or "")
    assert code is not None
    return code, texts


def _split_enhanced(code: int, texts: list[str]) -> tuple[EnhancedCode | None, list[str]]:
    """Take the enhanced code off each line, if all lines have the same one and its class fits."""
    first = texts[0].split(" ", 1)[0]
    if _ENHANCED.fullmatch(first) is None or int(first[0]) != code // 100:
        return None, texts
    if any(text != first and not text.startswith(first + " ") for text in texts):
        return None, texts
    return EnhancedCode.parse(first), [text[len(first) + 1 :] for text in texts]


def _class_words(reply: Reply) -> str:
    try:
        klass = reply_class(reply.code)
    except ValueError:
        return "no SMTP class"
    return f"{klass.sign} {klass.label} {klass.word}"


def _plain(reply: Reply) -> str:
    rows = [_html.visible(row) for row in str(reply).split("\n")]
    rows[-1] += f"   [{_class_words(reply)}]"
    if reply.reason:
        where = f" ({reply.reason.section})" if reply.reason.section else ""
        rows.append(f"    {reply.reason.text}{where}")
        if reply.reason.fault is not None:
            rows += [f"    {row}" for row in str(reply.reason.fault).split("\n")]
    return "\n".join(rows)


def _drawn(fault: Exception) -> str:
    if isinstance(fault, Drawn):
        return fault.as_html()
    rows = "\n".join(map(_html.escape, str(fault).split("\n")))
    return f'<pre style="margin:.3em 0 0;white-space:pre-wrap">{rows}</pre>'


def _as_html(reply: Reply) -> str:
    first, *rest = (_html.escape(row) for row in str(reply).split("\n"))
    shown = "\n".join([f"<strong>{first[:3]}</strong>{first[3:]}", *rest])
    why = ""
    if reply.reason:
        section = f" <em>({_html.escape(reply.reason.section)})</em>" if reply.reason.section else ""
        why = f"<div>{_html.escape(reply.reason.text)}{section}</div>"
        if reply.reason.fault is not None:
            why += _drawn(reply.reason.fault)
    return (
        f'<div style="border-left:4px solid {_html.class_colour(reply.first_digit)};padding:.1em .7em">'
        f'<pre style="margin:0;white-space:pre-wrap">{shown}   [{_class_words(reply)}]</pre>{why}</div>'
    )
