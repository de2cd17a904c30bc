"""How far each profile agrees with its server's recordings: `python -m tests.tools.agreement [PROFILE ...]`.

Every script is played on a fresh session with the world `example`, and each probe's reply is compared by its code
and by its enhanced code. A third of the scripts, chosen by a hash of their names, was kept unseen while the
profiles' rules were written; the two figures are printed apart. `--port` plays the scripts over a real port.
"""

from __future__ import annotations

import csv
import hashlib
import re
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from smtplesson.protocol.replies import Reply
from smtplesson.server import worlds

DATA = Path(__file__).resolve().parents[1] / "data"
#: Profile -> the set-up in recordings.csv that it is built from.
SERVERS = {
    "postfix": "postfix",
    "exim": "exim",
    "opensmtpd": "opensmtpd74",
    "sendmail": "sendmail818-plain",
    "courier": "courier",
    "haraka": "haraka",
}
CLIENT = "127.0.0.99"
#: Scripts whose rows do not hold all that was sent.
LEFT_OUT = {"split_command": "the first half, NO, of the NOOP that was sent in two writes has no row"}
#: What disagrees, and why it is left so: profile -> script -> reason.
LEFT: dict[str, dict[str, str]] = {
    "postfix": {
        "vrfy_dave": "relocated_maps is asked for the whole address only; the kit finds dave by his name alone",
        "rcpt_moved_dora": "the recorded set-up has no access map with the reply that the world's administrator wrote",
    },
    "sendmail": {
        "mail_literal_v6": "::1 is an address of the recorded machine itself, which has no real name",
        "mail_literal_short": "[127.1] is read as inet_aton() reads it, and is the recorded machine itself",
        "nul_byte": "a NUL in a message is refused; the kit's messages may hold one",
    },
    "haraka": {
        "mail_upper": "a lab artefact: the MX of example.com was 127.0.0.1, which is_resolvable does not take",
        "mail_own_alice": "a lab artefact: the MX of example.com was 127.0.0.1, which is_resolvable does not take",
        "rcpt_list_staff": "the recorded plugin knows the mailboxes, not the list",
    },
}
_SHORTENED = re.compile(rb"\.\.\.\[(\d+) bytes\]\.\.\.")
_REPLY = re.compile(rb"(?:\d{3}-[^\n]*\n)*\d{3} [^\n]*\n")
_REPEATED = re.compile(r"_x(\d+)$")


@dataclass(frozen=True)
class Answer:
    """A reply as a recording has it; `code` is empty where there was none."""

    code: str
    enhanced: str = ""
    text: str = ""
    closed: bool = False


@dataclass(frozen=True)
class Exchange:
    """A row of the recordings: what was sent and what was answered."""

    role: str
    sent: bytes
    answer: Answer


@dataclass(frozen=True)
class Outcome:
    """A probe: what the recording has and what the profile said."""

    script: str
    sent: bytes
    wanted: Answer
    got: Answer

    @property
    def agrees(self) -> bool:
        """Whether the codes are the same."""
        return self.wanted.code == self.got.code


def is_seen(script: str) -> bool:
    """Whether the rules were written with this script in view."""
    return int(hashlib.sha256(script.encode()).hexdigest(), 16) % 3 != 0


def unescaped(text: str) -> bytes:
    r"""The bytes that a cell stands for: \r, \n, \t, \\, \xNN; a part that was left out is filled in again."""
    escapes = {"r": b"\r", "n": b"\n", "t": b"\t", "\\": b"\\"}
    found = re.sub(
        rb"\\(x[0-9a-f]{2}|.)",
        lambda m: bytes([int(m[1][1:], 16)]) if m[1][:1] == b"x" and len(m[1]) == 3 else escapes[m[1].decode()],
        text.encode("utf-8", "surrogateescape"),
    )
    shortened = _SHORTENED.search(found)
    if shortened is None:
        return found
    before, behind = found[: shortened.start()], found[shortened.end() :]
    missing = int(shortened[1]) - len(before) - len(behind)
    if b"Received:" not in before:
        return before + before[-1:] * missing + behind  # one character is repeated, else a whole line
    lines = before.split(b"\n")
    unit = lines[0] + b"\n"
    filler = (unit * (missing // len(unit) + 2))[len(lines[-1]) :]
    return before + filler[:missing] + behind


def scripts(server: str) -> dict[str, list[Exchange]]:
    """The dialogues of one server in the recordings, by name."""
    found: dict[str, list[Exchange]] = {}
    with (DATA / "recordings.csv").open(newline="", encoding="utf-8", errors="surrogateescape") as file:
        for row in csv.DictReader(file):
            if row["server"] == server and row["script"] not in LEFT_OUT:
                answer = Answer(row["code"], row["enhanced"], row["text"], row["closed"] == "1")
                found.setdefault(row["script"], []).append(Exchange(row["role"], unescaped(row["sent"]), answer))
    return found


class Memory:
    """A session without a network."""

    def __init__(self, profile: str) -> None:
        self._session = worlds.load("example", profile=profile).connect(client_address=CLIENT)
        self._waiting = [self._session.greeting]

    def send(self, data: bytes) -> Answer:
        """Send bytes and take the first reply to them that has not been taken yet."""
        if data:
            self._waiting += self._session.receive_data(data)
        reply = self._waiting.pop(0) if self._waiting else None
        return _answer(reply, closed=self._session.closed and not self._waiting)

    def close(self) -> None:
        """Nothing is open."""


class Port:
    """A session over a port of this machine, as a stranger's program has it."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=0.5, source_address=(CLIENT, 0))
        self._waiting = b""

    def send(self, data: bytes) -> Answer:
        """Send bytes and read one reply; an empty code where none comes in half a second."""
        try:
            self._socket.sendall(data)
            while (found := _REPLY.match(self._waiting)) is None and (more := self._socket.recv(65536)):
                self._waiting += more
        except OSError:
            found = None
        self._waiting = self._waiting[found.end() :] if found else self._waiting
        return _answer(Reply.parse(found[0]) if found else None, closed=False)

    def close(self) -> None:
        """End the connection."""
        self._socket.close()


@contextmanager
def serving(profile: str) -> Iterator[int]:
    """Run the program's own `serve` for the length of a `with` block; yield its port."""
    command = [sys.executable, "-m", "smtplesson", "serve", "--world", "example", "--profile", profile]
    with subprocess.Popen([*command, "--port", "0", "--quiet"], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield int(server.stdout.readline().rsplit(":", 1)[1])
        finally:
            server.terminate()


def _answer(reply: Reply | None, *, closed: bool) -> Answer:
    if reply is None:
        return Answer("", closed=closed)
    return Answer(str(reply.code), str(reply.enhanced or ""), " | ".join(reply.lines), closed)


def play(profile: str, name: str, script: list[Exchange], port: int = 0) -> Iterator[Outcome]:
    """Play one dialogue, over `port` if there is one, and yield what became of its probes."""
    connection = Port(port) if port else Memory(profile)
    try:
        if script[0].sent:
            connection.send(b"")
        repeated = _REPEATED.search(name)
        if repeated:
            yield from _repeat(connection, name, script, int(repeated[1]))
            return
        for exchange in script:
            got = connection.send(exchange.sent)
            if exchange.role == "probe":
                yield Outcome(name, exchange.sent, exchange.answer, got)
    finally:
        connection.close()


def _repeat(connection: Memory | Port, name: str, script: list[Exchange], times: int) -> Iterator[Outcome]:
    """A flood: only the replies that differ from the one before are in the recording."""
    probes = [e for e in script if e.role == "probe"]
    for exchange in script:
        if exchange.role == "setup":
            connection.send(exchange.sent)
    changes: list[Answer] = []
    for _ in range(times):
        got = connection.send(probes[0].sent)
        if not changes or changes[-1].code != got.code:
            changes.append(got)
        if not got.code:
            break
    for number, exchange in enumerate(probes):
        got = changes[number] if number < len(changes) else Answer("")
        yield Outcome(name, exchange.sent, exchange.answer, got)


def outcomes(profile: str, port: int = 0) -> Iterator[Outcome]:
    """The outcome of every probe of a profile's server."""
    for name, script in scripts(SERVERS[profile]).items():
        yield from play(profile, name, script, port)


def rates(found: Iterable[Outcome]) -> tuple[int, int, int]:
    """How many probes there are, and how many agree by code, and by code and enhanced code."""
    counted: Counter[str] = Counter()
    for outcome in found:
        counted["all"] += 1
        counted["code"] += outcome.agrees
        counted["enhanced"] += outcome.agrees and outcome.wanted.enhanced == outcome.got.enhanced
    return counted["all"], counted["code"], counted["enhanced"]


def report(profile: str, port: int = 0, *, show: str = "all") -> None:
    """Print the figures of a profile and what disagrees."""
    found = list(outcomes(profile, port))
    for kind in ("seen", "unseen"):
        part = [o for o in found if is_seen(o.script) == (kind == "seen")]
        total, code, enhanced = rates(part)
        print(f"{profile:10} {kind:7} {total:4} probes   code {code / total:6.1%}   enhanced {enhanced / total:6.1%}")
    for outcome in found:
        if show not in ("all", "seen" if is_seen(outcome.script) else "unseen"):
            continue
        wanted, got = outcome.wanted, outcome.got
        if not outcome.agrees or wanted.enhanced != got.enhanced:
            sent = repr(outcome.sent)[2:80]
            print(f"    {outcome.script}: {sent}")
            print(f"        left so: {LEFT.get(profile, {}).get(outcome.script, 'NOT EXPLAINED')}")
            print(f"        recorded {wanted.code or '-'} {wanted.text[:90]}")
            print(f"        profile  {got.code or '-'} {got.text[:90]} [{got.enhanced}]")


def main(arguments: list[str]) -> None:
    """Report on the profiles that are named, or on all."""
    show = next((a.removeprefix("--show=") for a in arguments if a.startswith("--show=")), "all")
    for profile in [a for a in arguments if not a.startswith("--")] or SERVERS:
        with serving(profile) if "--port" in arguments else nullcontext(0) as port:
            report(profile, port, show=show)


if __name__ == "__main__":
    main(sys.argv[1:])
