"""Many clients at once for a long time, honest and hostile, with TLS and without, at every profile: by hand.

Each reply is checked, octet by octet, against a session of our own that hears the same. At the end the servers'
memory, threads and descriptors stand beside those of the start. `SMTPLESSON_SOAK_CLIENTS` says how many clients.
"""

from __future__ import annotations

import asyncio
import dataclasses
import os
import random
import ssl
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import trustme

from smtplesson.server import worlds
from smtplesson.server.profiles import PROFILES
from smtplesson.server.server import Server
from smtplesson.server.transaction import ServerState
from tests.bench.fuzz import mutated
from tests.bench.peers import Peer, running
from tests.bench.table import Row

CLIENTS = 300
_PATIENCE = 30.0  # seconds that a client waits for a reply
_HONEST = [
    b"MAIL FROM:<sender@example.org>\r\n",
    b"RCPT TO:<alice@example.com>\r\n",
    b"RCPT TO:<carol@example.com>\r\n",
    b"RCPT TO:<nosuch@example.com>\r\n",
    b"DATA\r\n",
    b"Subject: hi\r\n\r\n" + b"A line of text.\r\n" * 20 + b".\r\n",
]


@contextmanager
def certificate(folder: Path) -> Iterator[tuple[list[str], ssl.SSLContext]]:
    """The options of a server with a certificate, and what trusts it."""
    authority = trustme.CA()
    authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(folder / "both.pem")
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    yield ["--cert", str(folder / "both.pem")], trusting


def dialogue(rng: random.Random) -> Iterator[bytes]:
    """What a client sends, a piece at a time: a message or two, or what nobody should send."""
    yield b"EHLO client.example.org\r\n"
    if rng.random() < 0.3:
        yield b"STARTTLS\r\n"
        yield b"EHLO client.example.org\r\n"
    if rng.random() < 0.5:
        for _ in range(rng.randrange(1, 3)):
            yield from _HONEST
    else:
        for _ in range(rng.randrange(30)):
            yield mutated(rng)
    yield b"QUIT\r\n"


async def converse(port: int, own: Server, trusting: ssl.SSLContext, rng: random.Random) -> int:
    """Play one dialogue, check each reply, and count them. Raises RuntimeError for a wrong one."""
    session = own.connect(record=False, client_address="127.0.0.1")
    reader, writer = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port), _PATIENCE)
    try:
        await expect(reader, bytes(session.greeting), b"")
        count = 1
        for piece in dialogue(rng):
            replies = session.receive_data(piece)
            writer.write(piece)
            await expect(reader, b"".join(map(bytes, replies)), piece)
            count += len(replies)
            if session.awaiting_tls:
                await asyncio.wait_for(writer.start_tls(trusting, server_hostname="localhost"), _PATIENCE)
                session.tls_started()
            if session.closed:
                return count
            if rng.random() < 0.01:
                return count  # and away without a word
        return count
    finally:
        writer.transport.abort()


async def expect(reader: asyncio.StreamReader, wanted: bytes, sent: bytes) -> None:
    try:
        got = await asyncio.wait_for(reader.readexactly(len(wanted)), _PATIENCE)
    except (asyncio.IncompleteReadError, TimeoutError, ConnectionError) as error:
        raise RuntimeError(f"{sent!r} should be answered {wanted!r}, but: {error!r}") from None
    if got != wanted:
        raise RuntimeError(f"{sent!r} should be answered {wanted!r}, and was answered {got!r}")


def own(profile: str) -> Server:
    """A server whose sessions say what they should; the mail of a long soak would fill the memory."""
    return dataclasses.replace(worlds.load("example", profile=profile, tls=True), state=ServerState(most_octets=0))


async def _client(ports: dict[str, int], trusting: ssl.SSLContext, seed: int, until: float) -> int:
    rng = random.Random(seed)
    owns = {name: own(name) for name in ports}
    count = 0
    while time.monotonic() < until:
        name = rng.choice(list(ports))
        try:
            count += await converse(ports[name], owns[name], trusting, rng)
        except RuntimeError as error:
            raise RuntimeError(f"client {seed}, {name}: {error}") from None
    return count


async def _all(ports: dict[str, int], trusting: ssl.SSLContext, clients: int, seconds: float) -> int:
    until = time.monotonic() + seconds
    return sum(await asyncio.gather(*(_client(ports, trusting, seed, until) for seed in range(clients))))


def holds(servers: list[Peer]) -> tuple[float, float, float]:
    """MiB in memory, threads and descriptors of the servers together: proc(5)."""
    page = os.sysconf("SC_PAGE_SIZE") / 2**20
    folders = [Path(f"/proc/{server.pid}") for server in servers]
    memory = sum(int((folder / "statm").read_text().split()[1]) * page for folder in folders)
    threads = sum(len(list((folder / "task").iterdir())) for folder in folders)
    return memory, threads, sum(len(list((folder / "fd").iterdir())) for folder in folders)


def rows(seconds: float, clients: int | None = None) -> list[Row]:
    """The servers after the soak beside the same servers before it."""
    clients = clients or int(os.environ.get("SMTPLESSON_SOAK_CLIENTS", CLIENTS))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        options, trusting = stack.enter_context(certificate(folder))
        command = [sys.executable, "-m", "smtplesson", "serve", "--world", "example", "--quiet", *options]
        servers = {name: stack.enter_context(running([*command, "--profile", name])) for name in PROFILES}
        ports = {name: server.port for name, server in servers.items()}
        asyncio.run(_all(ports, trusting, clients, min(seconds, 10.0)))  # what is made once is made
        before = holds(list(servers.values()))
        replies = asyncio.run(_all(ports, trusting, clients, seconds))
        time.sleep(1)
        after = holds(list(servers.values()))
    print(f"soak: {clients} clients, {replies:,} replies as they should be", file=sys.stderr)
    what = ("memory of the servers", "MiB"), ("their threads", "number"), ("their descriptors", "number")
    return [Row(*each, "before the soak", (now,), (then,)) for each, now, then in zip(what, after, before, strict=True)]
