"""The kit in a terminal: serve, talk and explain as a person runs them."""

from __future__ import annotations

import json
import smtplib
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme

from smtplesson.__main__ import main


@contextmanager
def serving(*options: str) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    command = [sys.executable, "-m", "smtplesson", "serve", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            first = process.stdout.readline()
            assert first.startswith("listening on 127.0.0.1:"), first
            yield int(first.rsplit(":", 1)[1]), process
        finally:
            process.kill()


def test_serve_prints_its_port_and_then_the_dialogue() -> None:
    with serving("--world", "example") as (port, process):
        with smtplib.SMTP("127.0.0.1", port, local_hostname="c.example", timeout=20) as client:
            refused = client.sendmail("a@b.example", ["carol@example.com", "nosuch@example.com"], "Subject: x\r\n")
        process.kill()
        said = process.communicate()[0]
    assert list(refused) == ["nosuch@example.com"]
    assert "S: 251 2.1.5 User not local; will forward to <carol@example.net>   [✓ done]" in said
    assert "C: rcpt TO:<nosuch@example.com>" in said  # smtplib writes it so
    assert "[✗ refused]" in said


def test_quiet_prints_the_port_alone() -> None:
    with serving("--quiet", "--port", "0") as (port, process):
        with smtplib.SMTP("127.0.0.1", port, local_hostname="c.example", timeout=20) as client:
            client.noop()
        process.kill()
        assert process.communicate()[0] == ""


def test_serve_with_a_certificate_offers_tls(tmp_path: Path) -> None:
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost")
    chain = tmp_path / "chain.pem"
    chain.write_bytes(b"".join(blob.bytes() for blob in certificate.cert_chain_pems))
    certificate.private_key_pem.write_to_path(tmp_path / "key.pem")
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    options = ("--cert", str(chain), "--key", str(tmp_path / "key.pem"), "--quiet")
    with serving(*options) as (port, _), smtplib.SMTP("localhost", port, "c.example", 20) as client:
        client.starttls(context=trusting)
        assert client.sendmail("a@b.example", ["alice@example.com"], "Subject: x\r\n") == {}


TYPED = "EHLO a.example\nMAIL FROM:<a@b.example>\nRCPT TO:<alice@example..com>\n\n\x07\nQUIT\nNOOP\n"


def test_talk_reads_standard_input_and_ends_with_the_session() -> None:
    command = [sys.executable, "-m", "smtplesson", "talk"]
    said = subprocess.run(command, input=TYPED, capture_output=True, text=True, check=True).stdout.split("\n")
    assert said[0].startswith("S: 220 mail.example.com ")
    at = said.index("C: RCPT TO:<alice@example..com>")
    assert said[at + 1].startswith("S: 553 5.1.3 Mailbox name not allowed")
    caret = next(row for row in said[at:] if row.strip() == "^")
    source = next(row for row in said[at:] if row.startswith("     ") and "alice@example..com" in row)
    assert source[caret.index("^")] == "."
    assert "C: \N{SYMBOL FOR BELL}" in said
    assert "C: NOOP" not in said  # the server had closed the session


def test_explain_in_words_and_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)"]) == 0
    assert "Relaying denied" in capsys.readouterr().out
    assert main(["explain", "--json", "550 5.1.1 <bob@x.example>: User unknown"]) == 0
    found = json.loads(capsys.readouterr().out)
    keys = ["code", "enhanced", "class", "about", "cause", "fix", "retry", "server", "source"]
    assert list(found) == keys
    assert (found["code"], found["enhanced"], found["about"]) == (550, "5.1.1", "recipient")


def test_explain_reads_standard_input() -> None:
    command = [sys.executable, "-m", "smtplesson", "explain", "--json"]
    done = subprocess.run(command, input=b"550 5.1.1 User unknown \xff\n", capture_output=True, check=True)
    assert json.loads(done.stdout)["code"] == 550


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["talk", "--world", "nowhere"], "smtplesson: nowhere: there is no such world"),
        (["talk", "--profile", "exchange"], "profile = 'exchange'; the kit has rfc"),
        (["serve", "--cert", "nowhere.pem"], "smtplesson: "),
    ],
)
def test_what_makes_no_sense_is_told(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert message in capsys.readouterr().err
