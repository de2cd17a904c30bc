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
    assert "c: rcpt to:<nosuch@example.com>" in said.lower()  # smtplib writes "TO" up to Python 3.12
    assert "[✗ refused]" in said


def test_a_difficult_server_on_a_port_says_what_is_to_be_done() -> None:
    with serving("--trial", "changes-its-mind-at-the-dot") as (port, process):
        assert process.stdout is not None
        task = process.stdout.readline()
        client = smtplib.SMTP("127.0.0.1", port, local_hostname="c.example", timeout=20)
        with client, pytest.raises(smtplib.SMTPDataError, match="554"):
            client.sendmail("smith@bar.com", ["jones@foo.com", "green@foo.com"], "Subject: x\r\n")
    assert task.startswith("This server accepts the recipients, and refuses the message after the final dot with 554.")
    assert task.endswith("from smith@bar.com to: jones@foo.com (refused), green@foo.com (refused).\n")


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
    assert list(found)[: len(keys)] == keys
    assert (found["readings"][0]["certainty"], found["recipients"][0]["stop"]) == ("certain", "yes")
    assert (found["code"], found["enhanced"], found["about"]) == (550, "5.1.1", "recipient")


def test_explain_reads_standard_input() -> None:
    command = [sys.executable, "-m", "smtplesson", "explain", "--json"]
    done = subprocess.run(command, input=b"550 5.1.1 User unknown \xff\n", capture_output=True, check=True)
    assert json.loads(done.stdout)["code"] == 550


def test_a_port_that_is_taken_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with serving("--quiet") as (port, _):
        assert main(["serve", "--port", str(port)]) == 2
    assert capsys.readouterr().err.startswith(f"smtplesson: port {port} of 127.0.0.1 cannot be opened")


def test_a_world_with_tls_needs_a_certificate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "secured.toml").write_text('host = "foo.com"\ntls = true\n', encoding="utf-8")
    assert main(["serve", "--world", str(tmp_path / "secured.toml")]) == 2
    assert "offers STARTTLS (tls = true): give its certificate with --cert" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["talk", "--world", "nowhere"], "smtplesson: nowhere: there is no such world"),
        (["talk", "--profile", "exchange"], "profile = 'exchange' is not known. There are rfc"),
        (["serve", "--trial", "is-buzy"], "smtplesson: There is no trial 'is-buzy'. Do you mean is-busy?"),
        (["serve", "--cert", "nowhere.pem"], "smtplesson: --cert nowhere.pem: no certificate"),
        (["serve", "--cert", "README.md", "--key", "x"], "smtplesson: --cert README.md --key x: no certificate"),
        (["serve", "--key", "key.pem"], "smtplesson: --key is the private key of a certificate: give that, too"),
        (["serve", "--port", "70000"], "smtplesson: port 70000 is out of range"),
        (["serve", "--port", "-1"], "smtplesson: port -1 is out of range"),
    ],
)
def test_what_makes_no_sense_is_told(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert message in capsys.readouterr().err


def run(*options: str, typed: str = "") -> tuple[int, list[str], str]:
    """Run one command as a person does, in the empty folder of the tests."""
    command = [sys.executable, "-m", "smtplesson", *options]
    done = subprocess.run(command, input=typed, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout.split("\n"), done.stderr


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SMTPLESSON_HOME", str(tmp_path))
    return tmp_path


def test_a_lesson_s_questions_are_asked_and_kept_and_come_back(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTPLESSON_TODAY", "2026-03-01")
    typed = "A\n3\nA\n3\nA\n3\nA\n3\n"
    code, said, errors = run("quiz", "00-pretest", "--count", "4", typed=typed)
    assert (code, errors) == (0, "")
    assert "Question 4 of 4." in said
    log = (home / "attempts.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(log) == 4
    assert all('"sure"' in line for line in log)
    assert not any("not answered" in row for row in said)  # none is left, so none is counted
    monkeypatch.setenv("SMTPLESSON_TODAY", "2026-03-05")
    _, stand, _ = run("progress")
    assert stand[0] == "Your progress on 2026-03-05"
    assert "4 questions due today" in stand[1]  # each was asked four days ago
    _, again, _ = run("review", "--count", "1", typed="q\n")
    assert again[0].startswith("1 question.")


def test_a_code_carries_the_answers_to_another_machine(
    home: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("quiz", "--count", "2", "--seed", "3", typed="A\n1\nA\n1\nA\n1\n")
    here = (home / "attempts.jsonl").read_text(encoding="utf-8").splitlines()
    code = "\n".join(run("progress", "--code")[1])
    monkeypatch.setenv("SMTPLESSON_HOME", str(tmp_path_factory.mktemp("there")))
    assert run("progress", "--take", "-", typed=code)[1][0] == f"{len(here)} answers taken."
    assert run("progress", "--take", "-", typed=code)[1][0] == "0 answers taken."
    status, _, errors = run("progress", "--take", code.strip()[:-9])
    assert status == 2
    assert errors.startswith("smtplesson: ")
    (home / "file").touch()
    monkeypatch.setenv("SMTPLESSON_HOME", str(home / "file"))
    status, said, errors = run("progress", "--take", code, "--code")
    assert (status, said[0]) == (0, f"{len(here)} answers taken.")
    assert "cannot be saved" in errors


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["quiz", "99-no-such"], "There is no question with lesson='99-no-such'"),
        (["quiz", "--count", "0"], "count = 0; ask for"),
        (["review", "--count", "-1"], "count = -1; ask for"),
    ],
)
def test_what_cannot_be_asked_is_told(options: list[str], problem: str, home: Path) -> None:
    code, _, errors = run(*options)
    assert code == 2
    assert errors.startswith(f"smtplesson: {problem}")
