"""Reply codes and their classes, and which command may get which code: RFC 5321 sections 4.2 and 4.3.2."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType
from typing import Self


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

    @classmethod
    def find(cls, code: int) -> Self | None:
        """Return the code of this number; None where the kit knows none.

        >>> ReplyCode.find(251), ReplyCode.find(299)
        (<ReplyCode.WILL_FORWARD: 251>, None)
        """
        try:
            return cls(code)
        except ValueError:
            return None

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

    @property
    def mark(self) -> str:
        """Its sign and its word, such as `✗ refused`."""
        return f"{self.sign} {self.word}"

    def __str__(self) -> str:
        return f"{self.sign} {self.label} {self.word}"


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
        "HELO": frozenset({250, 504, 550, 502, 530}),  # 530: RFC 3207 section 4, of every command but four
        "MAIL": frozenset({250, 552, 451, 452, 550, 553, 503, 455, 555, 530}),  # 530: RFC 4954, RFC 3207
        "RCPT": frozenset({250, 251, 550, 551, 552, 553, 450, 451, 452, 503, 455, 555, 556, 530}),  # 556: RFC 7504
        "DATA": frozenset({354, 503, 554, 530}),
        "(data)": frozenset({250, 552, 554, 451, 452, 450, 550}),
        "RSET": frozenset({250, 530}),
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
