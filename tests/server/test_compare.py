"""The same line to several servers: held against the recordings, not against our own output."""

from __future__ import annotations

import pytest

from smtplesson.content import ContentError
from smtplesson.server.compare import COLUMNS, HUNG_UP, compare
from smtplesson.server.profiles import PROFILES
from tests.tools import agreement

CASES = {
    "mail_domain_consecutive_dots": "MAIL FROM:<sender@example..com>",
    "mail_consecutive_dots": "MAIL FROM:<a..b@example.org>",
    "rcpt_relay_domain": "RCPT TO:<someone@example.net>",
    "rcpt_moved_dave": "RCPT TO:<dave@example.com>",
    "vrfy_alice": "VRFY alice",
}


@pytest.mark.parametrize(("script", "line"), CASES.items())
def test_one_line_has_a_row_for_each_profile_as_recorded(script: str, line: str) -> None:
    table = compare(line)
    assert list(table.columns) == list(COLUMNS)
    assert list(table["server"]) == list(PROFILES)
    for profile, server in agreement.SERVERS.items():
        (probe,) = (e for e in agreement.scripts(server)[script] if e.role == "probe")
        (row,) = table[table["server"] == profile].to_dict("records")
        assert (str(row["code"]), row["enhanced"]) == (probe.answer.code, probe.answer.enhanced), profile


def test_the_row_says_class_reason_rule_and_evidence() -> None:
    row = compare("RCPT TO:<alice@example..com>", profiles=["sendmail"]).iloc[0]
    assert (row["class"], row["text"]) == ("refused", "<alice@example..com>... Invalid host name")
    assert "Two dots stand side by side" in row["why"]
    assert row["rule"] == "RFC 5321 section 4.1.2"
    assert "Sendmail 8.18.1" in row["evidence"]


SCRIPT = """
C: EHLO client.example.org
S: 250 whatever
C: MAIL FROM:<sender@example.org>
C: RCPT TO:<alice@example.com>
C: DATA
C: Subject: hi
C:
C: .
C: QUIT
"""


def test_a_script_has_a_row_for_each_reply() -> None:
    table = compare(SCRIPT.replace("C:\n", "C: \n"), profiles=["postfix", "exim"])
    codes = [250, 250, 250, 354, 250, 221]
    assert list(table["code"]) == codes * 2
    assert list(table["sent"])[4] == "."


def test_a_list_of_lines_is_a_script() -> None:
    table = compare(["HELO a.example", "VRFY alice"], profiles=["opensmtpd"])
    assert list(table["code"]) == [250, 500]


def test_lines_behind_a_hang_up_say_so() -> None:
    table = compare(["GET / HTTP/1.1", "NOOP"], profiles=["postfix"])
    assert list(table["text"]) == ["Error: I can break rules, too. Goodbye.", HUNG_UP]
    assert table["code"].isna().tolist() == [False, True]


def test_the_rule_is_that_of_the_fault_or_of_the_reply() -> None:
    """RFC 5321 section 3.3 for a mailbox that is not there, 4.1.2 for the grammar of an address."""
    rules = [compare(f"RCPT TO:<{name}@foo.com>", world="foo", profiles=["rfc"])["rule"][0] for name in ("x", "x..y")]
    assert rules == ["RFC 5321 section 3.3", "RFC 5321 section 4.1.2"]


def test_another_world() -> None:
    table = compare("RCPT TO:<green@foo.com>", world="foo", profiles=["rfc", "postfix"])
    assert list(table["code"]) == [251, 250]


@pytest.mark.parametrize("script", ["", "\n", []])
def test_nothing_to_send(script: str | list[str]) -> None:
    with pytest.raises(ValueError, match="There is nothing to send"):
        compare(script)


def test_unknown_names() -> None:
    with pytest.raises(ValueError, match="'exchange' is no profile; there are rfc"):
        compare("NOOP", profiles=["exchange"])
    with pytest.raises(ContentError, match="there is no such world"):
        compare("NOOP", world="nowhere")
