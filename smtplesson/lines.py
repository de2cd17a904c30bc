"""Bytes to lines: only CRLF ends a line, and a line without end fills no memory."""

from __future__ import annotations


class LineReader:
    """Collects bytes in any split and gives back whole lines.

    Only CRLF ends a line (RFC 5321 section 2.3.8): a bare LF or CR is part of it, so nothing can be smuggled.
    Of a line longer than `limit` octets only the beginning is kept, but its true length is told.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._buffer = bytearray()
        self._dropped = 0

    def feed(self, data: bytes) -> None:
        """Add what came from the client."""
        self._buffer += data

    def take(self) -> tuple[bytes, int] | None:
        """Return the next line without its CRLF, and its length in octets with it; None where none is whole."""
        end = self._buffer.find(b"\r\n")
        if end < 0:
            self._forget_excess()
            return None
        line = bytes(self._buffer[: min(end, self._limit)])
        length = end + self._dropped + 2
        del self._buffer[: end + 2]
        self._dropped = 0
        return line, length

    def clear(self) -> None:
        """Forget what was not taken yet."""
        self._buffer.clear()
        self._dropped = 0

    def _forget_excess(self) -> None:
        excess = len(self._buffer) - self._limit - 1
        if excess > 0:
            del self._buffer[self._limit : self._limit + excess]  # the last octet may be the CR of a CRLF
            self._dropped += excess
