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
        ports = {name: stack.enter_context(peer()) for name, peer in peers.PEERS.items()}
        for messages in (1, 50):
            rates: dict[str, list[float]] = {name: [] for name in ports}
            for _ in range(rounds):
                for name, port in ports.items():
                    rates[name].append(sessions_a_second(port, seconds, messages) * messages)
            print(f"Messages a second over loopback, {messages} in a session, median of {rounds} rounds:")
            own = median(rates["smtplesson"])
            for name, measured in rates.items():
                print(f"  {name:12} {median(measured):8,.0f}   ratio {own / median(measured):.2f}")
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
