"""A port of this machine for a simulated server: sessions on an event loop of their own, in a thread of its own."""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from smtplesson.protocol.transcript import Line
from smtplesson.server.server import Server

if TYPE_CHECKING:
    import ssl  # a browser tab has none

_LOOPBACK = "127.0.0.1"
#: Seconds without a word from the client after which a port hangs up: RFC 5321 section 4.5.3.2.7 wants five minutes.
_IDLE = 300.0
_BACKLOG = 1024  # clients that may wait to be let in
_AT_ONCE = 16_384  # octets that are read at once, and so a bound to the replies that wait for their reader


class _Connection(asyncio.BufferedProtocol):
    """One client: its octets into a session, the replies back."""

    transport: asyncio.Transport

    def __init__(self, port: _Port) -> None:
        self._port = port
        self.last_heard = port.loop.time()
        self._early = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._port.connections.add(self)
        self._session = self._port.smtp.connect(
            client_address=_LOOPBACK, now=self.last_heard, record=False, listener=self._port.listener
        )
        transport.write(bytes(self._session.greeting))

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._port.buffer

    def buffer_updated(self, nbytes: int) -> None:
        self.last_heard = self._port.loop.time()
        self._hear(bytes(self._port.buffer[:nbytes]))

    def _hear(self, data: bytes) -> None:
        session = self._session
        if session.awaiting_tls:  # encrypted, and sent with the end of the handshake
            self._early += data
            return
        replies = session.receive_data(data)
        if replies:
            self.transport.write(b"".join(map(bytes, replies)))
        if session.closed:
            self.transport.close()
        elif session.awaiting_tls:
            self.transport.pause_reading()
            self._port.start(self._start_tls())

    async def _start_tls(self) -> None:
        assert self._port.tls_context is not None
        encrypted = None
        try:
            encrypted = await self._port.loop.start_tls(self.transport, self, self._port.tls_context, server_side=True)
        except OSError:
            pass  # a client that did not want it, or has gone; the transport is closed
        finally:
            if encrypted is None:
                self.connection_lost(None)  # nobody else says so during a handshake
        if encrypted is None:
            return
        self.transport = encrypted
        self._session.tls_started()
        self._hear(self._early)

    def pause_writing(self) -> None:
        self.transport.pause_reading()  # who does not read is not heard

    def resume_writing(self) -> None:
        self.transport.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        self._port.connections.discard(self)
        # TLS leads from the transport back to here: 300 KiB that would wait for the garbage collector.
        vars(self).pop("transport", None)


class _Port:
    """What the connections of one port share."""

    def __init__(
        self,
        smtp: Server,
        tls_context: ssl.SSLContext | None,
        listener: Callable[[Line], None] | None,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self.smtp = smtp
        self.tls_context = tls_context
        self.listener = listener
        self.loop = loop
        self.connections: set[_Connection] = set()
        self.buffer = memoryview(bytearray(_AT_ONCE))  # one for all, since it is emptied before the next is read
        self._tasks: set[asyncio.Task[None]] = set()
        loop.set_exception_handler(_handle)

    def start(self, work: Any) -> None:
        """Do some work beside the rest."""
        task = self.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def open(self, listening: socket.socket) -> None:
        """Let clients in."""
        self._server = await self.loop.create_server(lambda: _Connection(self), sock=listening, backlog=_BACKLOG)
        self._sweep()

    def _sweep(self) -> None:
        """Hang up on those who were silent too long."""
        now = self.loop.time()
        for connection in list(self.connections):
            if now - connection.last_heard > _IDLE:
                connection.transport.abort()
        self._next_sweep = self.loop.call_later(_IDLE / 10, self._sweep)

    async def close(self) -> None:
        """Let nobody in any more, and hang up on all."""
        self._server.close()
        self._next_sweep.cancel()
        for task in self._tasks:
            task.cancel()
        for connection in list(self.connections):
            connection.transport.abort()
        while self.connections or self._tasks:
            await asyncio.sleep(0)


def _handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Pass over what a network does, such as having no more descriptors for a while; all else is a fault of ours."""
    error = context.get("exception")
    # asyncio listens again a second after it had no descriptor, even where it was closed meanwhile: ValueError
    is_closed = isinstance(error, ValueError) and "Invalid file descriptor" in str(error)
    if not is_closed and not isinstance(error, OSError):
        loop.default_exception_handler(context)


def _bound(port: int) -> socket.socket:
    """A socket on the loopback address, at a port that nobody else can have at the same time."""
    if not 0 <= port <= 65535:
        raise ValueError(f"port {port} is out of range: ports are 1 to 65535, and 0 finds a free one.")
    made = socket.socket()
    try:
        if sys.platform == "win32":  # where SO_REUSEADDR would let two servers share it
            made.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((_LOOPBACK, port))
    except OSError as error:
        made.close()
        why = f"port {port} of {_LOOPBACK} cannot be opened ({error.strerror or error})."
        raise OSError(f"{why} Choose another, or 0 for a free one.") from None
    return made


@contextmanager
def listening(
    smtp: Server,
    port: int,
    tls_context: ssl.SSLContext | None,
    listener: Callable[[Line], None] | None,
) -> Iterator[int]:
    """Serve for the length of a `with` block, and yield the port; what else is said by `transport.serve`."""
    with _bound(port) as made:
        loop = asyncio.new_event_loop()
        served = _Port(smtp, tls_context, listener, loop)
        thread = threading.Thread(target=loop.run_forever, name="smtplesson.port", daemon=True)
        thread.start()
        try:
            asyncio.run_coroutine_threadsafe(served.open(made), loop).result()
            yield int(made.getsockname()[1])

        finally:
            asyncio.run_coroutine_threadsafe(served.close(), loop).result()
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()
