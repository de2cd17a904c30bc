"""Servers to compare with, each in an environment of its own: none of them is a requirement of the kit."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.table import Missing

_AIOSMTPD = """
import asyncio, aiosmtpd.smtp

class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        envelope.rcpt_tos.append(address)
        return "250 OK"
    async def handle_DATA(self, server, session, envelope):
        return "250 OK"

async def main():
    loop = asyncio.get_running_loop()
    made = await loop.create_server(lambda: aiosmtpd.smtp.SMTP(Handler(), hostname="foo.com"), "127.0.0.1", 0)
    print("listening on 127.0.0.1:%d" % made.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""
_SMTP_SERVER = """
const { SMTPServer } = require("smtp-server");
const server = new SMTPServer({
    disabledCommands: ["AUTH", "STARTTLS"], disableReverseLookup: true, logger: false,
    onData(stream, session, done) { stream.on("end", done); stream.resume(); },
});
server.listen(0, "127.0.0.1", () => console.log("listening on 127.0.0.1:" + server.server.address().port));
"""


@dataclass(frozen=True)
class Peer:
    """A running server."""

    port: int
    pid: int

    def cpu_seconds(self) -> float:
        """User and system time that the process has had so far: proc(5), fields 14 and 15."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def running(command: list[str], folder: Path | None = None) -> Iterator[Peer]:
    """Start a server that prints `listening on 127.0.0.1:PORT`, yield it, and end it."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if "listening on" not in line:
                raise RuntimeError(f"{command[0]} did not start: it said {line!r}.")
            yield Peer(int(line.rsplit(":", 1)[1]), process.pid)
        finally:
            process.kill()


@contextmanager
def smtplesson() -> Iterator[Peer]:
    """The kit's own server."""
    with running([sys.executable, "-m", "smtplesson", "serve", "--world", "foo", "--quiet"]) as peer:
        yield peer


@contextmanager
def aiosmtpd() -> Iterator[Peer]:
    """Python's best known SMTP server, from PyPI."""
    with tempfile.TemporaryDirectory() as name:
        venv.create(name, with_pip=True)
        python = str(Path(name) / "bin" / "python")
        _install(python, "-m", "pip", "install", "--quiet", "aiosmtpd")
        with running([python, "-c", _AIOSMTPD]) as peer:
            yield peer


@contextmanager
def smtp_server() -> Iterator[Peer]:
    """Nodemailer's smtp-server, from npm."""
    with tempfile.TemporaryDirectory() as name:
        _install("npm", "install", "--silent", "--no-fund", "smtp-server", folder=name)
        with running(["node", "-e", _SMTP_SERVER], Path(name)) as peer:
            yield peer


@contextmanager
def of_postfix(tool: str) -> Iterator[tuple[str, dict[str, str]]]:
    """A program of Postfix and its environment: the machine's own, or Debian's, unpacked but not installed."""
    with tempfile.TemporaryDirectory() as name:
        program = shutil.which(tool, path=f"{os.environ['PATH']}:/usr/sbin")
        if program is None:
            _install("apt-get", "download", "-qq", "postfix", folder=name)
            _install("dpkg-deb", "-x", *(str(path) for path in Path(name).glob("*.deb")), name)
            program = str(Path(name) / "usr" / "sbin" / tool)
        yield program, os.environ | {"LD_LIBRARY_PATH": str(Path(name) / "usr" / "lib" / "postfix")}


def smtp_source() -> AbstractContextManager[tuple[str, dict[str, str]]]:
    """Postfix's client for measurements, in C."""
    return of_postfix("smtp-source")


@contextmanager
def smtp_sink() -> Iterator[Peer]:
    """Postfix's smtp-sink, in C."""
    with of_postfix("smtp-sink") as (program, environment):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        with subprocess.Popen([program, *user, f"127.0.0.1:{port}", "100"], env=environment) as process:
            try:
                _await(port, process)
                yield Peer(port, process.pid)
            finally:
                process.kill()


def _install(*command: str, folder: str | None = None) -> None:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise Missing(f"there is no {command[0]}") from None
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise Missing(f"{' '.join(command[-2:])}: {said[-1] if said else done.returncode}")


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until something listens there: this server does not say so."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionRefusedError:
            time.sleep(0.02)
        else:
            return
    raise Missing("it does not start")


#: Each peer by its name.
PEERS = {"aiosmtpd": aiosmtpd, "smtp-server": smtp_server, "smtp-sink": smtp_sink}
