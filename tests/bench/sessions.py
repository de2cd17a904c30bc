"""How many messages the simulated server takes over loopback, beside servers that people use for tests.

smtp-server waits 0.1 s before its greeting, to catch clients that speak first: many messages in a session show more.
"""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from statistics import median

from tests.bench import peers
from tests.bench.peers import Peer
from tests.bench.table import Measure, Missing, Row, in_turn

#: What a client sends, each waiting for its reply: a message for two recipients.
_MESSAGE = [
    b"MAIL FROM:<smith@bar.com>\r\n",
    b"RCPT TO:<jones@foo.com>\r\n",
    b"RCPT TO:<brown@foo.com>\r\n",
    b"DATA\r\n",
    b"Subject: hi\r\n\r\n" + b"A line of text.\r\n" * 20 + b".\r\n",
]
_HELLO, _BYE = b"EHLO client.example\r\n", b"QUIT\r\n"
_MANY = 50  # messages of a long session
_AT_ONCE = (1, 8, 32)  # clients
_RATE = "a second (more is better)"
#: Seconds of one measurement: many short ones meet the same weather; the clock of CPU time is coarse.
_SHORT, _LONG = 0.25, 1.0

Servers = Mapping[str, Callable[[], AbstractContextManager[Peer]]]


Source = Callable[[], AbstractContextManager[tuple[str, dict[str, str]]]]


def rows(seconds: float, others: Servers = peers.PEERS, client: Source = peers.smtp_source) -> list[Row]:
    """Sessions a second, messages a second where a session has many, and what a message costs the server."""
    with ExitStack() as stack:
        ours = stack.enter_context(peers.smtplesson())
        servers: dict[str, Peer] = {}
        missing: dict[str, str] = {}
        for name, start in others.items():
            try:
                servers[name] = stack.enter_context(start())
            except Missing as why:
                missing[name] = str(why)
        short, long = min(_SHORT, seconds), min(_LONG, seconds)
        kinds: dict[tuple[str, str], Callable[[Peer], Measure]] = {
            ("sessions over loopback", _RATE): lambda peer: lambda: rate(peer, short, 1),
            (f"messages, {_MANY} a session", _RATE): lambda peer: lambda: rate(peer, short, _MANY),
            ("the server's CPU for a message", "µs"): lambda peer: lambda: cost(peer, long),
        }
        try:
            source = stack.enter_context(client())
            for many in _AT_ONCE:
                kinds[f"messages by smtp-source, one a session, {many} at once", _RATE] = _crowd(source, many)
        except Missing as why:
            missing["smtp-source"] = str(why)
        found: list[Row] = []
        for (what, unit), measure in kinds.items():
            beside = {name: measure(peer) for name, peer in servers.items()}
            measured = in_turn(what, unit, measure(ours), beside, seconds)
            found += measured
            found += [Row(what, unit, name, missing=why) for name, why in missing.items()]
        return found


def _crowd(source: tuple[str, dict[str, str]], many: int) -> Callable[[Peer], Measure]:
    return lambda peer: lambda: crowd(peer, source, many)


def crowd(server: Peer, source: tuple[str, dict[str, str]], many: int, messages: int = 200) -> float:
    """Messages a second where so many clients talk at once: those of Postfix's smtp-source, in C."""
    program, environment = source
    addresses = ["-f", "smith@bar.com", "-t", "jones@foo.com", "-M", "client.example"]
    command = [program, "-s", str(many), "-m", str(messages), *addresses, f"127.0.0.1:{server.port}"]
    start = time.perf_counter()
    subprocess.run(command, env=environment, check=True, capture_output=True)
    return messages / (time.perf_counter() - start)


def rate(server: Peer, seconds: float, messages: int) -> float:
    """Messages a second by the median session, of those played one after the other.

    The mean would tell how often other programs of a busy machine came between.
    """
    taken: list[float] = []
    start = time.perf_counter()
    while not taken or time.perf_counter() - start < seconds:
        began = time.perf_counter()
        one_session(server.port, messages)
        taken.append(time.perf_counter() - began)
    return messages / median(taken)


def cost(server: Peer, seconds: float) -> float:
    """Microseconds of CPU that a message costs the server."""
    count, start, before = 0, time.perf_counter(), server.cpu_seconds()
    while not count or time.perf_counter() - start < seconds:
        one_session(server.port, _MANY)
        count += _MANY
    tick = 1 / os.sysconf("SC_CLK_TCK")  # what the system can tell apart
    return max(server.cpu_seconds() - before, tick) / count * 1e6


def one_session(port: int, messages: int) -> None:
    """Send some messages in one session, and insist on positive replies."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        replies = connection.makefile("rb")
        for line in [b"", _HELLO, *_MESSAGE * messages, _BYE]:
            connection.sendall(line)
            while (row := replies.readline())[3:4] == b"-":
                pass
            if row[:1] not in (b"2", b"3"):
                raise RuntimeError(f"{line!r} was answered {row!r}")
        replies.close()
