"""Who said what in a session, as text that can be pasted: lines that begin with "C: " or "S: "."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self, overload

from smtplesson import markup
from smtplesson.protocol.replies import Reply

Speaker = Literal["C", "S"]


class TranscriptSyntaxError(ValueError):
    """A text that is no transcript: the message says which line, what is wrong with it, and what to do."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a session, without its CRLF: `speaker` is "C" for the client, "S" for the server."""

    speaker: Speaker
    text: str

    def __str__(self) -> str:
        return f"{self.speaker}: {self.text}" if self.text else f"{self.speaker}:"


@dataclass(frozen=True, slots=True)
class Exchange:
    """What the client sent, one line or the lines of a message, and the reply it got."""

    sent: tuple[str, ...]
    reply: Reply


def verb_of(sent: Sequence[str]) -> str:
    """The command in the lines that a client sent; "" before the greeting, "." for the end of a message.

    >>> verb_of(["rcpt TO:<jones@foo.com>"]), verb_of(["Hello", "."]), verb_of([])
    ('RCPT', '.', '')
    """
    if not sent:
        return ""
    return "." if sent[-1] == "." else sent[0].split(" ", 1)[0].upper()


@dataclass(frozen=True, slots=True)
class Transcript(Sequence[Line]):
    """The lines of a session in order; `parse()` and `str()` are inverses.

    >>> print(Transcript.parse("C: NOOP\\nS: 250 OK"))
    C: NOOP
    S: 250 OK
    """

    lines: tuple[Line, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read lines that begin with "C:" or "S:", indented or not; TranscriptSyntaxError for any other.

        The form is RFC 5321 appendix D's, so that its dialogues can be pasted. Empty lines are skipped.
        """
        lines = []
        for number, raw in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
            row = raw.lstrip(" \t")
            if not row.strip():
                continue
            if row[:2] not in ("C:", "S:"):
                raise TranscriptSyntaxError(
                    f'Line {number}, {row[:60]!r}, begins with neither "C:" (the client says) nor "S:" (the '
                    "server says). Put one of them before it."
                )
            lines.append(Line("C" if row[0] == "C" else "S", row[2:].removeprefix(" ")))
        return cls(tuple(lines))

    def __str__(self) -> str:
        return "\n".join(map(str, self.lines))

    def __len__(self) -> int:
        return len(self.lines)

    @overload
    def __getitem__(self, index: int) -> Line: ...
    @overload
    def __getitem__(self, index: slice) -> Transcript: ...
    def __getitem__(self, index: int | slice) -> Line | Transcript:
        return Transcript(self.lines[index]) if isinstance(index, slice) else self.lines[index]

    def exchanges(self) -> tuple[Exchange, ...]:
        """Pair what the client sent with the reply to it; the greeting is a reply to nothing.

        Raises TranscriptSyntaxError where the server's lines are no reply.
        """
        return tuple(self._exchanges())

    def _exchanges(self) -> Iterator[Exchange]:
        sent: list[str] = []
        said: list[str] = []
        for line in self.lines:
            if line.speaker == "C":
                sent.append(line.text)
                continue
            said.append(line.text)
            if line.text[3:4] != "-":
                yield Exchange(tuple(sent), Reply.parse("\n".join(said)))
                sent, said = [], []
        if said:
            raise TranscriptSyntaxError(
                f"The server's last line, {said[-1][:60]!r}, has a hyphen after the code, which says that "
                "another line follows, but none does."
            )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Show the session as plain text, and as HTML with each reply marked by its class."""
        from smtplesson.protocol import display

        return {"text/plain": markup.visible_lines(str(self)), "text/html": markup.output(display.transcript(self))}
