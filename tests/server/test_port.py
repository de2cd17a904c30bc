"""The port under load and under attack: many at once, who never reads, no descriptors left, nobody to print for."""

from __future__ import annotations

import contextlib
import gc
import signal
import smtplib
import socket
import ssl
import subprocess
import sys
import threading
import time
from asyncio.sslproto import SSLProtocol
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import trustme

from smtplesson.protocol.transcript import Line
from smtplesson.server import port as port_module
from smtplesson.server import worlds
from smtplesson.server.transport import serve
from tests.paths import ROOT

TEXT = "Subject: hi\r\n\r\nhi\r\n"
#: Python code that runs the kit's commands without standard output.
MUTE = "import sys; sys.stdout = None; from smtplesson.__main__ import main; main(sys.argv[1:])"


def connect(port: int, timeout: float = 20) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=timeout)


def send_mail(port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port, "client.example", timeout=20) as client:
        assert client.sendmail("smith@bar.com", ["jones@foo.com"], TEXT) == {}


@contextmanager
def serving(*options: str, prefix: tuple[str, ...] = ()) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """The command `serve` in a process of its own, and its port."""
    command = [*prefix, sys.executable, "-m", "smtplesson", "serve", "--world", "foo", *options]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, cwd=ROOT) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline().rpartition(":")[2]), process
        finally:
            process.kill()


def errors_of(process: subprocess.Popen[str]) -> str:
    """What a server has written to standard error, once it has ended by Ctrl+C with the code 0."""
    process.send_signal(signal.SIGINT)
    errors = process.communicate(timeout=20)[1]
    assert process.returncode == 0
    return errors


def test_three_hundred_may_knock_while_the_server_is_busy() -> None:
    """As many wait in the queue of the system; a shorter queue drops some, who try again after seconds."""
    free = threading.Event()

    def keep_busy(line: Line) -> None:
        free.wait(20)

    with ExitStack() as stack:
        port = stack.enter_context(serve(worlds.load("foo"), listener=keep_busy))
        waiting = [stack.enter_context(connect(port, timeout=0.9)) for _ in range(300)]
        free.set()
        for client in waiting:
            client.settimeout(20)
            assert client.recv(100).startswith(b"220 foo.com ")


def test_who_never_reads_is_not_heard_and_stops_nobody() -> None:
    with serve(worlds.load("foo")) as port, connect(port) as mute:
        mute.settimeout(0.5)
        greetings = b"EHLO client.example\r\n" * 2_000_000
        with pytest.raises(TimeoutError):
            mute.sendall(greetings)
        send_mail(port)


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit there")
def test_without_descriptors_there_is_no_busy_loop_and_later_all_are_served() -> None:
    limited = ("bash", "-c", 'ulimit -n 40; exec "$0" "$@"')
    with serving("--quiet", prefix=limited) as (port, process):
        with ExitStack() as stack:
            clients = [stack.enter_context(connect(port)) for _ in range(60)]
            assert clients[0].recv(100).startswith(b"220 ")  # who is in is served
            clients[0].sendall(b"NOOP\r\n")
            assert clients[0].recv(100).startswith(b"250 ")
            before = cpu_seconds(process.pid)
            time.sleep(1.5)
            assert cpu_seconds(process.pid) - before < 0.75
        send_mail(port)
        assert errors_of(process) == ""


def cpu_seconds(pid: int) -> float:
    """User and system time: proc(5), fields 14 and 15; 0 where there is no such file."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return 0.0
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def test_with_standard_output_closed_it_serves_on_and_says_nothing() -> None:
    with serving() as (port, process):
        assert process.stdout is not None
        process.stdout.close()
        for _ in range(2):
            send_mail(port)
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        assert process.stderr.read() == ""
        assert process.wait(20) == 0


def send_noops(port: int) -> int:
    """Far more than a pipe holds, each answered; the lines that a server prints of it."""
    many = 10_000
    with connect(port) as client, client.makefile("rb") as replies:
        assert replies.readline().startswith(b"220 ")
        for _ in range(many // 500):
            client.sendall(b"NOOP\r\n" * 500)
            assert all(replies.readline() == b"250 2.0.0 OK\r\n" for _ in range(500))
    return 1 + 2 * many


def test_where_nobody_reads_standard_output_it_serves_on_and_says_later_what_is_missing() -> None:
    with serving() as (port, process):
        left = send_noops(port)
        assert process.stdout is not None
        dropped = 0
        while left:
            line = process.stdout.readline()
            if line.startswith("("):
                number = int(line[1:].partition(" ")[0].replace(",", ""))
                assert line == f"({number:,} lines are not shown: they were not read in time)\n"
                dropped += number
                left -= number
            else:
                left -= 1
    assert dropped > 0


def test_a_line_without_measure_is_not_kept_for_standard_output() -> None:
    with serving("--profile", "postfix") as (port, process), connect(port) as client:
        client.sendall(b"NOOP " + b"x" * 900_000 + b"\r\n")
        assert process.stdout is not None
        process.stdout.readline()
        assert process.stdout.readline() == f"C: NOOP {'x' * 1992}... (900,008 characters)\n"


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal there")
def test_where_nobody_reads_standard_output_control_c_ends_it() -> None:
    with serving() as (port, process):
        send_noops(port)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_without_any_standard_output_it_serves() -> None:
    """As a program that has no console is started: there is no `sys.stdout` at all."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", MUTE, "serve", "--world", "foo", "--port", str(port)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            for _ in range(200):
                time.sleep(0.1)
                with contextlib.suppress(ConnectionRefusedError):
                    send_mail(port)
                    break
            else:
                pytest.fail("nobody is served")
        finally:
            process.terminate()
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_greylisting_on_a_port_ends() -> None:
    """RFC 6647 section 2: the same try is taken once its time has come."""
    said = []
    with serve(worlds.load("foo", greylist=0.5)) as port:
        for pause in (0, 0, 0.6):
            time.sleep(pause)
            with smtplib.SMTP("127.0.0.1", port, "client.example", timeout=20) as client:
                client.ehlo()
                client.mail("smith@bar.com")
                said.append(client.rcpt("jones@foo.com")[0])
    assert said == [450, 450, 250]


def test_who_is_silent_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(port_module, "_IDLE", 2.0)
    with serve(worlds.load("foo")) as port, connect(port) as silent, connect(port) as busy:
        assert silent.recv(100)
        assert busy.recv(100)
        for _ in range(25):
            time.sleep(0.1)
            busy.sendall(b"NOOP\r\n")
            assert busy.recv(100).startswith(b"250 ")
        assert silent.recv(100) == b""


def test_the_end_of_the_block_hangs_up_on_all() -> None:
    with serve(worlds.load("foo")) as port:
        client = connect(port)
        assert client.recv(100)
    with client:
        assert client.recv(100) == b""


# --- TLS ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def contexts() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """The server's, and one of a client that trusts it."""
    authority = trustme.CA()
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(own)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    return own, trusting


def ask_for_tls(port: int, behind: bytes) -> socket.socket:
    """A connection whose STARTTLS was answered, with something sent right behind the command."""
    client = connect(port)
    client.sendall(b"EHLO client.example\r\n")
    time.sleep(0.1)
    client.recv(5000)
    client.sendall(b"STARTTLS\r\n" + behind)
    assert client.recv(100).startswith(b"220 2.0.0 ")
    return client


def test_what_was_sent_in_plain_text_behind_starttls_is_not_heard(
    contexts: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    """RFC 3207 section 4.2; heard after TLS is up it would be commands of somebody else."""
    with serve(worlds.load("foo", tls=True), tls_context=contexts[0]) as port:
        plain = ask_for_tls(port, b"NOOP\r\nRSET\r\n")
        with plain, contexts[1].wrap_socket(plain, server_hostname="localhost") as encrypted:
            encrypted.sendall(b"VRFY jones\r\n")
            assert encrypted.recv(1000).startswith(b"250 2.1.5 <jones@foo.com>")


def test_what_comes_with_the_end_of_the_handshake_is_heard(contexts: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    """In TLS 1.3 a client may send its first command together with the last octets of the handshake."""
    with serve(worlds.load("foo", tls=True), tls_context=contexts[0]) as port, ask_for_tls(port, b"") as client:
        received, to_send = ssl.MemoryBIO(), ssl.MemoryBIO()
        encrypted = contexts[1].wrap_bio(received, to_send, server_hostname="localhost")
        while True:
            try:
                encrypted.do_handshake()
                break
            except ssl.SSLWantReadError:
                client.sendall(to_send.read())
                received.write(client.recv(10_000))
        encrypted.write(b"VRFY jones\r\n")
        client.sendall(to_send.read())
        answer = b""
        while not answer:
            received.write(client.recv(10_000))
            with contextlib.suppress(ssl.SSLWantReadError):
                answer = encrypted.read()
        assert answer.startswith(b"250 2.1.5 <jones@foo.com>")


@pytest.mark.parametrize("begun", [b"", b"\x16\x03\x01"])
def test_a_handshake_that_does_not_end_holds_up_nobody(
    begun: bytes, contexts: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    started = time.monotonic()
    with serve(worlds.load("foo", tls=True), tls_context=contexts[0]) as port:
        waiting = ask_for_tls(port, b"")
        waiting.sendall(begun)
        send_mail(port)
    waiting.close()
    assert time.monotonic() - started < 20


def test_what_is_no_tls_ends_that_client_alone(
    contexts: tuple[ssl.SSLContext, ssl.SSLContext], capfd: pytest.CaptureFixture[str]
) -> None:
    with serve(worlds.load("foo", tls=True), tls_context=contexts[0]) as port:
        with ask_for_tls(port, b"") as client:
            client.sendall(b"NOOP\r\n" * 100)
            client.settimeout(20)
            while client.recv(1000):
                pass
        send_mail(port)
    assert capfd.readouterr().err == ""


def test_who_has_gone_leaves_nothing_for_the_garbage_collector(contexts: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    """It comes seldom, and what waits for it after TLS is a third of a megabyte for each client."""
    gc.collect()
    gc.disable()
    try:
        with serve(worlds.load("foo", tls=True), tls_context=contexts[0]) as port:
            with smtplib.SMTP("localhost", port, "client.example", timeout=20) as client:
                client.starttls(context=contexts[1])
            deadline = time.monotonic() + 20
            while any(isinstance(each, SSLProtocol) for each in gc.get_objects()):
                assert time.monotonic() < deadline
                time.sleep(0.05)
    finally:
        gc.enable()


def test_starttls_without_a_certificate_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match="offers STARTTLS and has no certificate"), serve(worlds.load("foo", tls=True)):
        pass


# --- the port -----------------------------------------------------------------------------------------------


def test_two_servers_never_share_a_port() -> None:
    with serve(worlds.load("foo")) as port, pytest.raises(OSError, match=rf"^port {port} of 127\.0\.0\.1 cannot"):  # noqa: SIM117
        with serve(worlds.load("foo"), port):
            pass


@pytest.mark.parametrize("port", [-1, 65536, 10**30])
def test_a_port_out_of_range_is_named(port: int) -> None:
    with pytest.raises(ValueError, match=rf"^port {port} is out of range: ports are 1 to 65535"):  # noqa: SIM117
        with serve(worlds.load("foo"), port):
            pass
