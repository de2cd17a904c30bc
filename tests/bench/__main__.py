"""`python -m tests.bench [SECONDS]`: how fast the simulated server is, beside its peers."""

from __future__ import annotations

import socket
import sys
import time
from contextlib import ExitStack
from statistics import median

from smtplesson import Server
from tests.bench import peers

#: What a client sends, each waiting for its reply: a message for two recipients.
_MESSAGE = [
    b"MAIL FROM:<smith@bar.com>\r\n",
    b"RCPT TO:<jones@foo.com>\r\n",
    b"RCPT TO:<brown@foo.com>\r\n",
    b"DATA\r\n",
    b"Subject: hi\r\n\r\n" + b"A line of text.\r\n" * 20 + b".\r\n",
]
_HELLO, _BYE = b"EHLO client.example\r\n", b"QUIT\r\n"


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


def sessions_a_second(port: int, seconds: float, messages: int) -> float:
    """Play sessions one after the other for `seconds`."""
    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        one_session(port, messages)
        count += 1
    return count / (time.perf_counter() - start)


def over_loopback(seconds: float, rounds: int = 5) -> None:
    """Measure every server in turn, several rounds, so that a busy machine is busy for all."""
    with ExitStack() as stack:
        servers = {name: stack.enter_context(peer()) for name, peer in peers.PEERS.items()}
        for messages in (1, 50):
            rates: dict[str, list[float]] = {name: [] for name in servers}
            costs: dict[str, list[float]] = {name: [] for name in servers}
            for _ in range(rounds):
                for name, server in servers.items():
                    before, start = server.cpu_seconds(), time.perf_counter()
                    rate = sessions_a_second(server.port, seconds, messages) * messages
                    sent = rate * (time.perf_counter() - start)
                    rates[name].append(rate)
                    costs[name].append((server.cpu_seconds() - before) / sent * 1e6)
            print(f"Over loopback, {messages} messages in a session, median of {rounds} rounds:")
            own, cost = median(rates["smtplesson"]), median(costs["smtplesson"])
            for name in servers:
                rate, spent = median(rates[name]), median(costs[name])
                print(
                    f"  {name:12} {rate:7,.0f} messages a second, ratio {own / rate:6.2f}; "
                    f"{spent:6,.0f} us of the server's CPU for each, ratio {spent / cost:.2f}"
                )
    print("smtp-server waits 0.1 s before its greeting, to catch clients that speak first.")


def in_memory(seconds: float) -> None:
    """Measure commands a second without any transport."""
    server = Server("foo.com", mailboxes=["jones@foo.com"], forwards={"green@foo.com": "green@bar.org"})
    block = (
        b"MAIL FROM:<smith@bar.com>\r\nRCPT TO:<jones@foo.com>\r\nRCPT TO:<green@foo.com>\r\n"
        b"RCPT TO:<nobody@foo.com>\r\nRSET\r\n"
    ) * 200
    session = server.connect(record=False)
    session.send("EHLO client.example")
    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        count += len(session.receive_data(block))
    print(f"Commands a second in memory: {count / (time.perf_counter() - start):,.0f}")


if __name__ == "__main__":
    length = float(sys.argv[1]) if len(sys.argv) > 1 else 2.0
    in_memory(length)
    over_loopback(length)
