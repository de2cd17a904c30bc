"""Servers to compare with, each in an environment of its own: none of them is a requirement of the kit."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

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
        subprocess.run([python, "-m", "pip", "install", "--quiet", "aiosmtpd"], check=True)
        with running([python, "-c", _AIOSMTPD]) as peer:
            yield peer


@contextmanager
def smtp_server() -> Iterator[Peer]:
    """Nodemailer's smtp-server, from npm."""
    with tempfile.TemporaryDirectory() as name:
        subprocess.run(["npm", "install", "--silent", "--no-fund", "smtp-server"], check=True, cwd=name)
        with running(["node", "-e", _SMTP_SERVER], Path(name)) as peer:
            yield peer


PEERS = {"smtplesson": smtplesson, "aiosmtpd": aiosmtpd, "smtp-server": smtp_server}
