"""`python -m tests.bench.fuzz [LINES] [SEED]`: random and mutated lines in random splits, by hand.

Two sessions hear the same bytes, one whole, one in pieces; they must reply the same, raise nothing, and hold
no more memory at the end than near the beginning.
"""

from __future__ import annotations

import random
import sys
import time
import tracemalloc

from smtplesson import Server
from smtplesson.server import worlds
from smtplesson.server.profiles import PROFILES

_LINES = [
    *(b"EHLO bar.com", b"HELO [192.0.2.1]", b"MAIL FROM:<smith@bar.com> SIZE=10 BODY=8BITMIME", b"MAIL FROM:<>"),
    *(b"RCPT TO:<alice@example.com>", b"RCPT TO:<carol@example.com>", b"RCPT TO:<dave@example.com>"),
    *(b"RCPT TO:<@relay.example:alice@example.com>", b'RCPT TO:<"a b"@example.com>', b"RCPT TO:<a@[IPv6:::1]>"),
    *(b"RCPT TO:<Postmaster>", b"DATA", b".", b"..", b"Subject: x", b"RSET", b"NOOP", b"VRFY alice", b"EXPN staff"),
    *(b"HELP", b"AUTH PLAIN", b"AUTH LOGIN", b"*", b"AGEAYg==", b"STARTTLS", b"TURN", b"", b" ", b"\xff\xfe"),
    "RCPT TO:<jönes@example.com>".encode(),
]
_PIECES = [b"\r", b"\n", b"\x00", b"\xff", b"<", b">", b"@", b"..", b'"', b"\\", b"[", b" ", b"x" * 700, b":", b","]


def mutated(rng: random.Random) -> bytes:
    """A line of a client, more or less spoilt."""
    line = bytearray(rng.choice(_LINES) if rng.random() < 0.9 else rng.randbytes(rng.randrange(40)))
    while rng.random() < 0.4:
        at = rng.randrange(len(line) + 1)
        line[at : at + rng.randrange(3)] = rng.choice(_PIECES)
    return bytes(line) + rng.choice([b"\r\n"] * 20 + [b"\n", b"\r", b""])


def servers() -> list[Server]:
    """The same world as each profile has it, without and with logins and TLS, and lenient."""
    secured = {"users": {"alice": "secret"}, "tls": True, "owners": {"alice": ["alice@example.com"]}}
    profiled = [worlds.load("example", profile=name, **each) for name in PROFILES for each in ({}, secured)]
    return [*profiled, worlds.load("example", lenient=True)]


def main(lines: int, seed: int) -> None:
    """Play `lines` lines in sessions of up to two hundred."""
    rng = random.Random(seed)
    tracemalloc.start()
    early, done, replies, start = 0, 0, 0, time.perf_counter()
    pairs = [(server, server) for server in servers()]
    while done < lines:
        server, twin = rng.choice(pairs)
        whole, split = server.connect(record=False), twin.connect()
        for _ in range(rng.randrange(1, 20)):
            block = b"".join(mutated(rng) for _ in range(10))
            done += 10
            cuts = sorted(rng.randrange(len(block) + 1) for _ in range(rng.randrange(6)))
            expected = whole.receive_data(block)
            got = [
                r for a, b in zip([0, *cuts], [*cuts, len(block)], strict=True) for r in split.receive_data(block[a:b])
            ]
            # Some real servers refuse commands that were sent ahead, so for them the split makes a difference.
            if not (server.profile.alone or server.profile.alone_after_helo):
                assert got == expected, (seed, done, block, cuts)
                assert whole.state is split.state
            replies += len(got)
            for session in (whole, split):
                if session.awaiting_tls:
                    session.tls_started()
            if whole.closed:
                break
        if not early and done > lines / 10:
            early = tracemalloc.get_traced_memory()[0]
    late = tracemalloc.get_traced_memory()[0]
    seconds = time.perf_counter() - start
    print(f"{done:,} lines, {replies:,} replies, {seconds:.0f} s, seed {seed}: no exception, the same in any split")
    print(f"memory in use after a tenth: {early / 1e6:.1f} MB, at the end: {late / 1e6:.1f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000, int(sys.argv[2]) if len(sys.argv) > 2 else 1)
