"""Reply codes and their classes, and which command may get which code: RFC 5321 sections 4.2 and 4.3.2."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from smtplesson import content


@dataclass(frozen=True, slots=True)
class CodeMeaning:
    """One meaning of one code, with the RFC and section that give it."""

    code: int
    text: str
    rfc: str
    section: str
    commands: str = ""
    enhanced_codes: str = ""
    notes: str = ""

    @property
    def phrase(self) -> str:
        """The text without what the RFC adds in brackets; empty where there is no text."""
        return self.text.partition("(")[0].rstrip()


@functools.cache
def meanings() -> Mapping[int, tuple[CodeMeaning, ...]]:
    """Each code that some RFC defines with its meanings, in the order of `data/reply_codes.csv`."""
    found: dict[int, tuple[CodeMeaning, ...]] = {}
    for row in content.rows(content.KIT / "reply_codes.csv"):
        code = int(row["code"])
        found[code] = (*found.get(code, ()), row.build(CodeMeaning, "code", code=code))
    return MappingProxyType(found)


def phrase(code: int) -> str:
    """RFC 5321's words for a code, or else those of every extension that has it; empty where none has.

    >>> phrase(251), phrase(299)
    ('User not local; will forward to <forward-path>', '')
    >>> phrase(530)
    'Authentication required, or Must issue a STARTTLS command first'
    """
    known = meanings().get(code, ())
    return ", or ".join(row.phrase for row in [row for row in known if row.rfc == "RFC 5321"][:1] or known)


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
