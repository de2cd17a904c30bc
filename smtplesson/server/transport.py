"""Ways to reach a simulated server: Python's own smtplib without a network, and a port on this machine."""

from __future__ import annotations

import smtplib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from smtplesson.protocol.transcript import Line
from smtplesson.server.server import Server
from smtplesson.server.session import Session

if TYPE_CHECKING:
    import ssl  # a browser tab has none, and MemorySMTP needs none


class MemorySMTP(smtplib.SMTP):
    """The standard library's SMTP client, connected to a simulated server without a network.

    >>> server = Server("foo.com", mailboxes=["jones@foo.com"])
    >>> with MemorySMTP(server) as client:
    ...     client.sendmail("smith@bar.com", ["jones@foo.com", "nobody@foo.com"], "Subject: hi")
    {'nobody@foo.com': (550, b'5.1.1 No such user here')}
    """

    def __init__(self, server: Server, local_hostname: str = "client.example") -> None:
        self._server = server
        self.session: Session | None = None
        # Without local_hostname smtplib would ask the DNS for this machine's name.
        super().__init__(server.host, local_hostname=local_hostname)

    def _get_socket(self, host: str, port: int, timeout: float) -> Any:
        self.session = self._server.connect()
        return _MemorySocket(self.session)

    def starttls(self, *args: Any, **kwargs: Any) -> Any:
        """Refuse: there is no connection that could be encrypted."""
        raise smtplib.SMTPNotSupportedError("MemorySMTP has no connection to encrypt; use transport.serve() for TLS.")


class _MemorySocket:
    """What smtplib needs of a socket: `sendall`, a file to read replies from, and `close`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._waiting = bytearray(bytes(session.greeting))

    def sendall(self, data: bytes) -> None:
        if self._session.closed:
            raise BrokenPipeError("The server has closed the session.")
        for reply in self._session.receive_data(data):
            self._waiting += bytes(reply)

    def makefile(self, mode: str = "rb") -> _MemorySocket:
        return self

    def readline(self, limit: int = -1) -> bytes:
        end = self._waiting.find(b"\n") + 1 or len(self._waiting)
        end = end if limit < 0 else min(end, limit)
        line = bytes(self._waiting[:end])
        del self._waiting[:end]
        return line

    def close(self) -> None:
        """Nothing is open."""


@contextmanager
def serve(
    server: Server,
    port: int = 0,
    *,
    tls_context: ssl.SSLContext | None = None,
    listener: Callable[[Line], None] | None = None,
) -> Iterator[int]:
    """Serve on a port of this machine's loopback address, for the length of a `with` block; yield the port.

    Port 0 finds a free one. `listener` is called with each line that either side says, in the thread that serves.
    Raises OSError where the port cannot be opened, because it is taken or because a browser tab has none; ValueError
    for a port out of range, or for a server that offers STARTTLS where there is no `tls_context`.
    """
    if sys.platform == "emscripten":
        raise OSError("A browser tab cannot listen on a port. Use transport.MemorySMTP(server), which needs none.")
    if "STARTTLS" in server.keywords and tls_context is None:
        raise ValueError("This server offers STARTTLS and has no certificate: give a tls_context, or tls=False.")
    from smtplesson.server import port as _port  # an event loop is not needed where nobody listens

    with _port.listening(server, port, tls_context, listener) as found:
        yield found
