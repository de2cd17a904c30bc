"""Bytes to lines: only CRLF ends a line, and a line without end fills no memory."""

from __future__ import annotations


class LineReader:
    """Collects bytes in any split and gives back whole lines.

    Only CRLF ends a line (RFC 5321 section 2.3.8): a bare LF or CR is part of it, so nothing can be smuggled,
    unless a server is asked to be as lax as real ones.
    Of a line longer than `limit` octets only the beginning is kept, but its true length is told.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._buffer = bytearray()
        self._dropped = 0

    def feed(self, data: bytes) -> None:
        """Add what came from the client."""
        self._buffer += data

    @property
    def pending(self) -> int:
        """Octets that are still here."""
        return len(self._buffer) + self._dropped

    def take(self, *, lf_ends: bool = False) -> tuple[bytes, int] | None:
        """Return the next line without its end, and its length in octets with it; None where none is whole.

        With `lf_ends` a bare LF ends a line too, as it does for some servers.
        """
        end = self._buffer.find(b"\n" if lf_ends else b"\r\n")
        if end < 0:
            self._forget_excess()
            return None
        after = end + (1 if lf_ends else 2)
        if lf_ends and self._buffer[max(0, end - 1) : end] == b"\r":
            end -= 1
        line = bytes(self._buffer[: min(end, self._limit)])
        length = after + self._dropped
        del self._buffer[:after]
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
