"""Real clients against the real port: each is told 251 and 553, and what it makes of them is a row of a table.

The table, `smtplesson/data/clients.csv`, is what a lesson shows; here every row of it is played, but for those that
rest on a report of a client's users.
"""

from __future__ import annotations

import csv
import json
import re
import smtplib
import subprocess
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import pytest

from smtplesson.server import worlds
from smtplesson.server.server import Server
from smtplesson.server.transport import serve
from tests.tools import need

#: Local part -> the reply that RCPT gets.
WORDING = {
    251: {"recipient-ok": "251 2.1.5 User not local; will forward to <green@bar.org>"},
    250: {"recipient-ok": "250 2.1.5 OK"},
    252: {"recipient-ok": "252 2.5.0 Cannot verify, will try"},
    553: {"recipient-ok": "553 5.1.3 Mailbox name not allowed"},
}
TABLE = list(csv.DictReader((resources.files("smtplesson") / "data" / "clients.csv").read_text("utf-8").splitlines()))
ROWS = [row for row in TABLE if "reported: " not in row["source"]]


def server_that_says(code: int) -> Server:
    return worlds.from_table({"host": "foo.com", "mailboxes": ["green@foo.com"], "wording": WORDING[code]})


def by_smtplib(port: int, folder: Path) -> bool:
    with smtplib.SMTP("127.0.0.1", port, local_hostname="client.example", timeout=20) as client:
        try:
            return client.sendmail("smith@bar.com", ["green@foo.com"], "Subject: x\r\n") == {}
        except smtplib.SMTPRecipientsRefused:
            return False


def by_curl(port: int, folder: Path) -> bool:
    message = folder / "message"
    message.write_text("Subject: x\r\n\r\nx\r\n")
    options = ["--mail-from", "smith@bar.com", "--mail-rcpt", "green@foo.com", "--upload-file", str(message)]
    command = [need.program("curl"), "--silent", f"smtp://127.0.0.1:{port}/client.example", *options]
    return subprocess.run(command, check=False, timeout=30).returncode == 0


def by_swaks(port: int, folder: Path) -> bool:
    options = ["--ehlo", "client.example", "--from", "smith@bar.com", "--to", "green@foo.com"]
    command = [need.program("swaks"), "--server", f"127.0.0.1:{port}", *options]
    return subprocess.run(command, check=False, timeout=30, capture_output=True).returncode == 0


NODEMAILER = """
const transport = require("nodemailer").createTransport({
    host: "127.0.0.1", port: Number(process.argv[1]), name: "client.example", ignoreTLS: true,
});
transport.sendMail({ from: "smith@bar.com", to: "green@foo.com", subject: "x", text: "x" })
    .then(info => console.log(JSON.stringify(info.accepted)), () => console.log("[]"));
"""


@pytest.fixture(scope="module")
def nodemailer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("nodemailer")
    command = [need.program("npm"), "install", "--silent", "--no-audit", "--no-fund", "nodemailer"]
    if subprocess.run(command, cwd=folder, check=False).returncode:
        need.unavailable("npm cannot install nodemailer")
    return folder


def by_nodemailer(port: int, folder: Path) -> bool:
    command = [need.program("node"), "-e", NODEMAILER, str(port)]
    done = subprocess.run(command, cwd=folder, check=True, timeout=30, capture_output=True, text=True)
    accepted: list[str] = json.loads(done.stdout)
    return accepted == ["green@foo.com"]


CLIENTS: dict[str, Callable[[int, Path], bool]] = {
    "Python smtplib": by_smtplib,
    "curl": by_curl,
    "swaks": by_swaks,
    "nodemailer": by_nodemailer,
}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['client']} {row['reply']}")
def test_what_a_client_makes_of_a_reply(row: dict[str, str], tmp_path: Path, request: pytest.FixtureRequest) -> None:
    server = server_that_says(int(row["reply"]))
    folder = request.getfixturevalue("nodemailer") if row["client"] == "nodemailer" else tmp_path
    with serve(server) as port:
        accepted = CLIENTS[row["client"]](port, folder)
    assert accepted is (row["recipient"] == "accepted")
    assert len(server.delivered) == accepted


def test_the_table_has_every_client_and_reply() -> None:
    expected = {(client, str(code)) for client in CLIENTS for code in WORDING}
    assert {(row["client"], row["reply"]) for row in ROWS} == expected


def test_what_is_only_reported_names_the_thread() -> None:
    reported = [row for row in TABLE if row not in ROWS]
    assert {row["client"].split()[0] for row in reported} == {"Upyo", "HaskellNet", "simple-mail"}
    for row in reported:
        assert re.match(r"github\.com/[\w-]+/[\w-]+ (issue|pull request) \d+, reported: ", row["source"])
        assert row["rfc"] == ("refused" if row["reply"] == "553" else "accepted")
