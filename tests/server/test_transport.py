"""Python's own smtplib against the simulated server: in memory and over a real port, one suite for both."""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator

import pytest
import trustme

from smtplesson.server import worlds
from smtplesson.server.server import Server
from smtplesson.server.transport import MemorySMTP, serve

MESSAGE = "From: smith@bar.com\r\nSubject: hi\r\n\r\n.dot\r\nbye\r\n"


def make_server(**policy: object) -> Server:
    return Server(
        "foo.com",
        mailboxes=["jones@foo.com", "brown@foo.com"],
        forwards={"green@foo.com": "green@bar.org"},
        **policy,  # type: ignore[arg-type]
    )


Connect = Callable[[Server], smtplib.SMTP]


@pytest.fixture(params=["memory", "port"])
def connect(request: pytest.FixtureRequest) -> Iterator[Connect]:
    if request.param == "memory":
        yield MemorySMTP
        return
    closers = []

    def over_a_port(server: Server) -> smtplib.SMTP:
        running = serve(server)
        port = running.__enter__()
        closers.append(running)
        return smtplib.SMTP("127.0.0.1", port, local_hostname="client.example", timeout=20)

    yield over_a_port
    for running in closers:
        running.__exit__(None, None, None)


FIVE = ["jones@foo.com", "green@foo.com", "brown@foo.com", "nobody@foo.com", "jones@foo..com"]


def test_five_recipients(connect: Connect) -> None:
    """smtplib counts 251 as accepted, drops its text, and returns the refused ones."""
    server = make_server()
    with connect(server) as client:
        refused = client.sendmail("smith@bar.com", FIVE, MESSAGE)
    assert {address: code for address, (code, _) in refused.items()} == {"nobody@foo.com": 550, "jones@foo..com": 553}
    assert refused["jones@foo..com"][1].startswith(b"5.1.3 ")
    (envelope,) = server.delivered
    assert [(str(r.mailbox), r.forward_to) for r in envelope.recipients] == [
        ("jones@foo.com", ""),
        ("green@foo.com", "green@bar.org"),
        ("brown@foo.com", ""),
    ]
    assert envelope.data == MESSAGE.encode()


def test_all_refused_raises(connect: Connect) -> None:
    with connect(make_server()) as client, pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
        client.sendmail("smith@bar.com", ["nobody@foo.com", "jones@foo..com"], MESSAGE)
    assert {code for code, _ in caught.value.recipients.values()} == {550, 553}


def test_the_text_of_251_is_there_for_who_asks(connect: Connect) -> None:
    with connect(make_server()) as client:
        client.ehlo()
        client.mail("smith@bar.com")
        assert client.rcpt("green@foo.com") == (251, b"2.1.5 User not local; will forward to <green@bar.org>")


def test_smtplib_takes_252_to_rcpt_for_a_refusal(connect: Connect) -> None:
    """RFC 5321 section 4.3.2 asks for the first digit only; smtplib wants 250 or 251."""
    wording = {"recipient-ok": "252 2.5.0 Will try"}
    server = worlds.from_table({"host": "foo.com", "mailboxes": ["jones@foo.com"], "wording": wording})
    with connect(server) as client, pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
        client.sendmail("smith@bar.com", ["jones@foo.com"], MESSAGE)
    assert caught.value.recipients["jones@foo.com"][0] == 252


def test_a_sender_that_is_refused(connect: Connect) -> None:
    server = make_server(users={"jones": "secret"}, owners={"jones": ["jones@foo.com"]})
    with connect(server) as client:
        client.login("jones", "secret")
        with pytest.raises(smtplib.SMTPSenderRefused) as caught:
            client.sendmail("brown@foo.com", ["jones@foo.com"], MESSAGE)
    assert caught.value.smtp_code == 553


def test_a_message_that_is_refused_after_the_dot(connect: Connect) -> None:
    with connect(make_server(refuse_message="554 5.7.1 No")) as client, pytest.raises(smtplib.SMTPDataError):
        client.sendmail("smith@bar.com", ["green@foo.com"], MESSAGE)


def test_vrfy_help_and_a_bad_password(connect: Connect) -> None:
    with connect(make_server(users={"jones": "secret"})) as client:
        assert client.verify("green")[0] == 251
        assert client.help().startswith(b"2.0.0 Commands")
        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.login("jones", "wrong")


def test_memory_has_nothing_to_encrypt() -> None:
    with MemorySMTP(make_server(tls=True)) as client, pytest.raises(smtplib.SMTPNotSupportedError, match="serve"):
        client.starttls()


def test_real_tls_over_the_port() -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    server = make_server(tls=True)
    with serve(server, tls_context=context) as port, smtplib.SMTP("localhost", port, timeout=20) as client:
        assert client.starttls(context=trusting)[0] == 220
        client.ehlo()
        assert not client.has_extn("starttls")
        assert client.sendmail("smith@bar.com", ["jones@foo.com"], MESSAGE) == {}
    assert len(server.delivered) == 1


def test_many_clients_at_once() -> None:
    server = make_server()
    outcomes: list[int] = []

    def send(number: int) -> None:
        with smtplib.SMTP("127.0.0.1", port, local_hostname="c.example", timeout=30) as client:
            refused = client.sendmail(f"s{number}@bar.com", FIVE, MESSAGE + f"{number}\r\n")
        outcomes.append(len(refused))

    with serve(server) as port:
        threads = [threading.Thread(target=send, args=(n,)) for n in range(100)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert outcomes == [2] * 100
    pairs = {(str(e.reverse_path), e.data.rsplit(b"\r\n", 2)[1]) for e in server.delivered}
    assert pairs == {(f"<s{n}@bar.com>", str(n).encode()) for n in range(100)}


def test_the_port_is_on_loopback_only_and_closed_afterwards() -> None:
    with serve(make_server()) as port, socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        assert connection.getpeername()[0] == "127.0.0.1"
        assert connection.recv(100).startswith(b"220 foo.com")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=1)
