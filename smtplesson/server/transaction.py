"""A mail transaction: who sends, who was accepted, the message as it comes in (RFC 5321 section 3.3)."""

from __future__ import annotations

import functools
from collections import deque
from dataclasses import dataclass, field

from smtplesson.protocol.grammar import Mailbox, Path
from smtplesson.protocol.replies import Reply
from smtplesson.server.policy import Tries

#: Octets of a line of text, with CRLF: section 4.5.3.1.6.
TEXT_LIMIT = 1000
#: Messages that a server keeps at most, and what a recipient takes of memory, in octets.
_MOST_MESSAGES = 1000
_RECIPIENT = 500
_RECEIVED = b"received:"


@dataclass(frozen=True, slots=True)
class Recipient:
    """An accepted forward-path: the mailbox as the client wrote it, and where the server will forward it."""

    mailbox: Mailbox
    forward_to: str = ""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message that the server has taken responsibility for: section 2.3.1."""

    reverse_path: Path
    recipients: tuple[Recipient, ...]
    data: bytes

    @property
    def octets(self) -> int:
        """What it takes of memory, roughly."""
        return len(self.data) + _RECIPIENT * len(self.recipients)


@dataclass
class ServerState:
    """What changes while a server runs: the mail that it took, and the first tries that it has seen."""

    #: Octets of memory that the mail takes at most: the oldest is forgotten; 0 keeps none.
    most_octets: int = 64_000_000
    delivered: deque[Envelope] = field(default_factory=deque)
    tries: Tries = field(default_factory=Tries)
    _octets: int = 0

    def deliver(self, envelope: Envelope) -> None:
        """Keep a message, and forget the oldest where there are too many."""
        self.delivered.append(envelope)
        self._octets += envelope.octets
        while len(self.delivered) > _MOST_MESSAGES or (self.delivered and self._octets > self.most_octets):
            self._octets -= self.delivered.popleft().octets


@dataclass
class Transaction:
    """What the server has heard since MAIL; `sender_refusal` is a refusal that waits for RCPT."""

    sender: Path
    smtputf8: bool = False
    #: Octets of the largest message, and of its longest line with CRLF; None for no limit.
    max_size: int = 0
    text_limit: int | None = None
    #: Whether the text is wanted, and not only its size.
    is_kept: bool = True
    sender_refusal: Reply | None = None
    recipients: list[Recipient] = field(default_factory=list)
    #: Whether some recipient was refused.
    refused: bool = False
    #: Octets of the message so far, as RFC 1870 section 5 counts them, and of its longest line.
    size: int = 0
    longest: int = 0
    #: Received lines in the header (section 6.3), and whether the header is over.
    hops: int = 0
    has_header_ended: bool = False
    data: bytearray = field(default_factory=bytearray)

    @functools.cached_property
    def wanted(self) -> int:
        """Octets of a line that make a difference: a longer one is refused, or there is nobody to read it."""
        limit = self.max_size if self.text_limit is None else min(self.max_size, self.text_limit)
        return max(TEXT_LIMIT, limit + 1) if self.is_kept else TEXT_LIMIT  # one for a dot that a client adds

    def take_line(self, raw: bytes, length: int) -> None:
        """Add a line of the message; nothing is kept of one that is going to be refused."""
        # Section 4.5.2: a leading dot was added by the client; it does not count for the limit (4.5.3.1.6).
        if raw[:1] == b".":
            raw, length = raw[1:], length - 1
        if length > self.longest:
            self.longest = length
        self.size += length
        if not self.has_header_ended:
            self.has_header_ended = not raw
            if raw[: len(_RECEIVED)].lower() == _RECEIVED:
                self.hops += 1
        if self.size > self.max_size or (self.text_limit is not None and self.longest > self.text_limit):
            self.data.clear()
        elif self.is_kept:
            self.data += raw
            self.data += b"\r\n"

    def envelope(self) -> Envelope:
        """The finished message with its envelope."""
        return Envelope(self.sender, tuple(self.recipients), bytes(self.data))
