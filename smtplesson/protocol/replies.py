"""Reply codes, enhanced status codes and whole replies: RFC 5321 section 4.2, RFC 2034, RFC 3463."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Self

from smtplesson import markup
from smtplesson.protocol import codes
from smtplesson.protocol.codes import CLASSES

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
    def phrase(self) -> str:
        """RFC 5321's words for the code; empty where the kit knows none."""
        return codes.phrase(self.code)

    def _wire_lines(self) -> list[str]:
        prefix = f"{self.enhanced} " if self.enhanced else ""
        last = len(self.lines) - 1
        return [f"{self.code}{' ' if i == last else '-'}{prefix}{line}" for i, line in enumerate(self.lines)]

    def __bytes__(self) -> bytes:
        if len(self.lines) == 1:  # most replies, and much faster
            prefix = f"{self.enhanced} " if self.enhanced else ""
            return f"{self.code} {prefix}{self.lines[0]}\r\n".encode("utf-8", "surrogateescape")
        return "".join(line + "\r\n" for line in self._wire_lines()).encode("utf-8", "surrogateescape")

    def __str__(self) -> str:
        return "\n".join(line.rstrip() if i == 0 else line for i, line in enumerate(self._wire_lines()))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Show the reply, its class in a word, and the reason: as plain text and as HTML."""
        from smtplesson.protocol import display

        return {"text/plain": _plain(self), "text/html": markup.output(display.talk(display.server(self, alone=True)))}


def _read_lines(rows: list[str]) -> tuple[int, list[str]]:
    """Reply-line = *( Reply-code "-" [ textstring ] CRLF ) Reply-code [ SP textstring ] CRLF"""
    code = None
    texts = []
    for number, row in enumerate(rows, 1):
        if "\r" in row:
            raise ReplySyntaxError(
                f"Line {number} of the reply, {row[:60]!r}, holds a CR that ends no line: only CRLF does (RFC 5321 "
                "section 2.3.8). Put a line break there, or take the CR away."
            )
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
    return str(CLASSES.get(reply.first_digit, "no SMTP class"))


def _plain(reply: Reply) -> str:
    rows = [markup.visible(row) for row in str(reply).split("\n")]
    rows[-1] += f"   [{_class_words(reply)}]"
    if reply.reason:
        where = f" ({reply.reason.section})" if reply.reason.section else ""
        rows.append(f"    {reply.reason.text}{where}")
        if reply.reason.fault is not None:
            rows += [f"    {row}" for row in str(reply.reason.fault).split("\n")]
    return "\n".join(rows)
