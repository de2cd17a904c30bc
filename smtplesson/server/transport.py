"""Ways to reach a simulated server: Python's own smtplib without a network, and a port on this machine."""

from __future__ import annotations

import smtplib
import socket
import socketserver
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from smtplesson.protocol.transcript import Line
from smtplesson.server.server import Server
from smtplesson.server.session import Session

if TYPE_CHECKING:
    import ssl  # a browser tab has none, and MemorySMTP needs none

_LOOPBACK = "127.0.0.1"
#: Seconds without a command after which a port hangs up: RFC 5321 section 4.5.3.2.7.
_IDLE = 300.0


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


class _Handler(socketserver.BaseRequestHandler):
    server: _PortServer

    def handle(self) -> None:
        session = self.server.smtp.connect(
            client_address=self.client_address[0], record=False, listener=self.server.listener
        )
        connection: socket.socket = self.request
        connection.settimeout(_IDLE)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            connection.sendall(bytes(session.greeting))
            self._converse(session, connection)
        except OSError:
            return  # the client has gone, or was silent for five minutes
        finally:
            self.request.close()  # after STARTTLS another socket than the one that the base class closes

    def _converse(self, session: Session, connection: socket.socket) -> None:
        while not session.closed and (data := connection.recv(65536)):
            replies = session.receive_data(data)
            if replies:
                connection.sendall(b"".join(map(bytes, replies)))
            if session.awaiting_tls and self.server.tls_context is not None:
                connection = self.server.tls_context.wrap_socket(connection, server_side=True)
                self.request = connection
                session.tls_started()


class _PortServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self,
        smtp: Server,
        port: int,
        tls_context: ssl.SSLContext | None,
        listener: Callable[[Line], None] | None,
    ) -> None:
        self.smtp = smtp
        self.tls_context = tls_context
        self.listener = listener
        super().__init__((_LOOPBACK, port), _Handler)

    @property
    def port(self) -> int:
        """The port that was given, or found free."""
        return int(self.server_address[1])


@contextmanager
def serve(
    server: Server,
    port: int = 0,
    *,
    tls_context: ssl.SSLContext | None = None,
    listener: Callable[[Line], None] | None = None,
) -> Iterator[int]:
    """Serve on a port of this machine's loopback address, for the length of a `with` block; yield the port.

    Port 0 finds a free one. `listener` is called with each line that either side says. Raises OSError where the
    port cannot be opened, because it is taken or because a browser tab has none.
    """
    if sys.platform == "emscripten":
        raise OSError("A browser tab cannot listen on a port. Use transport.MemorySMTP(server), which needs none.")
    with _PortServer(server, port, tls_context, listener) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield running.port
        finally:
            running.shutdown()
            thread.join()
