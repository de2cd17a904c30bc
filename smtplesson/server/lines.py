"""Bytes to lines: only CRLF ends a line, and a line without end fills no memory."""

from __future__ import annotations

#: A line without its end, its length in octets with it, and whether that end is CRLF.
RawLine = tuple[bytes, int, bool]


class LineReader:
    """Collects bytes in any split and gives back whole lines.

    Only CRLF ends a line (RFC 5321 section 2.3.8): a bare LF or CR is part of it, so nothing can be smuggled,
    unless a server is asked to be as lax as real ones.
    Of a line longer than the limit only the beginning is kept, but its true length is told.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._dropped = 0
        self._searched = 0  # octets in which there is no end of a line

    def feed(self, data: bytes) -> None:
        """Add what came from the client."""
        self._buffer += data

    @property
    def pending(self) -> int:
        """Octets that are still here."""
        return len(self._buffer) + self._dropped

    def take(self, limit: int, *, lf_ends: bool = False) -> RawLine | None:
        """Return the next line, its first `limit` octets at most; None where none is whole.

        With `lf_ends` a bare LF ends a line too, as it does for some servers.
        """
        buffer = self._buffer
        end = buffer.find(b"\n" if lf_ends else b"\r\n", self._searched)
        if end < 0:
            if buffer:
                self._forget_excess(limit)
                self._searched = len(buffer) - 1  # the last octet may be the CR of a CRLF
            return None
        after = end + (1 if lf_ends else 2)
        has_crlf = True
        if lf_ends:
            has_crlf = buffer[max(0, end - 1) : end] == b"\r"
            end -= has_crlf
        line = (bytes(buffer[: min(end, limit)]), after + self._dropped, has_crlf)
        del buffer[:after]
        self._dropped = self._searched = 0
        return line

    def take_beginning(self, limit: int) -> RawLine:
        """Return what is here of a line that has not ended, its first `limit` octets at most."""
        line = (bytes(self._buffer[:limit]), self.pending, False)
        self.clear()
        return line

    def clear(self) -> None:
        """Forget what was not taken yet."""
        self._buffer.clear()
        self._dropped = self._searched = 0

    def _forget_excess(self, limit: int) -> None:
        excess = len(self._buffer) - limit - 1
        if excess > 0:
            del self._buffer[limit : limit + excess]
            self._dropped += excess
