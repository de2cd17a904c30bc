"""A mail transaction: who sends, who was accepted, the message as it comes in (RFC 5321 section 3.3)."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from smtplesson.protocol.grammar import Mailbox, Path
from smtplesson.protocol.replies import Reply
from smtplesson.server.policy import Tries

#: Octets of a line of text, with CRLF: section 4.5.3.1.6.
TEXT_LIMIT = 1000
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


@dataclass
class ServerState:
    """What changes while a server runs: the mail that it took, and the first tries that it has seen."""

    delivered: deque[Envelope] = field(default_factory=lambda: deque(maxlen=1000))
    tries: Tries = field(default_factory=Tries)


@dataclass
class Transaction:
    """What the server has heard since MAIL; `sender_refusal` is a refusal that waits for RCPT."""

    sender: Path
    smtputf8: bool = False
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

    def take_line(self, raw: bytes, length: int, max_size: int, text_limit: int | None) -> None:
        """Add a line of the message; nothing is kept of one that is going to be refused."""
        # Section 4.5.2: a leading dot was added by the client; it does not count for the limit (4.5.3.1.6).
        if raw.startswith(b"."):
            raw, length = raw[1:], length - 1
        self.longest = max(self.longest, length)
        self.size += length
        self.has_header_ended = self.has_header_ended or not raw
        if not self.has_header_ended and raw[: len(_RECEIVED)].lower() == _RECEIVED:
            self.hops += 1
        if self.size > max_size or (text_limit is not None and self.longest > text_limit):
            self.data.clear()
        else:
            self.data += raw + b"\r\n"

    def envelope(self) -> Envelope:
        """The finished message with its envelope."""
        return Envelope(self.sender, tuple(self.recipients), bytes(self.data))
