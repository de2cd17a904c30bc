"""Scenarios: the RFCs' own dialogues line for line, and recordings of real servers."""

from __future__ import annotations

import csv

import pytest

from smtplesson.content import ContentError
from smtplesson.dialogues import scenario
from smtplesson.dialogues.scenario import Player
from smtplesson.protocol.replies import Reply
from tests.paths import DATA


@pytest.mark.parametrize("name", scenario.names())
def test_the_simulated_server_says_what_the_script_has(name: str) -> None:
    for step in scenario.play(scenario.load(name)):
        assert str(step.reply) == str(step.expected), step.sent


@pytest.mark.parametrize("name", scenario.names())
def test_every_scenario_has_a_source_and_a_point(name: str) -> None:
    loaded = scenario.load(name)
    assert "RFC" in loaded.source or "recording" in loaded.source or "example of the kit" in loaded.source
    assert loaded.point.endswith(".")


def recorded(server: str, script: str) -> dict[str, tuple[str, str]]:
    """What was sent -> code and text, from the rows of tests/data/recordings.csv."""
    with (DATA / "recordings.csv").open(newline="", encoding="utf-8", errors="surrogateescape") as file:
        return {
            row["sent"].removesuffix(r"\r\n"): (row["code"], row["text"])
            for row in csv.DictReader(file)
            if (row["server"], row["script"]) == (server, script)
        }


@pytest.mark.parametrize(
    ("name", "server", "script", "line"),
    [
        ("exim-251", "exim-251acl", "rcpt_forwarded_carol", "RCPT TO:<carol@example.com>"),
        ("sendmail-553", "sendmail818-plain", "mail_domain_consecutive_dots", "MAIL FROM:<sender@example..com>"),
        ("sendmail-553", "sendmail818-plain", "rcpt_domain_consecutive_dots", "RCPT TO:<alice@example..com>"),
        ("sendmail-551", "sendmail818-plain", "rcpt_moved_dave", "RCPT TO:<dave@example.com>"),
        ("postfix-501", "postfix", "mail_domain_consecutive_dots", "MAIL FROM:<sender@example..com>"),
        ("postfix-501", "postfix", "rcpt_domain_consecutive_dots", "RCPT TO:<alice@example..com>"),
        ("opensmtpd-553-501", "opensmtpd74", "mail_domain_consecutive_dots", "MAIL FROM:<sender@example..com>"),
        ("opensmtpd-553-501", "opensmtpd74", "rcpt_domain_consecutive_dots", "RCPT TO:<alice@example..com>"),
    ],
)
def test_a_recorded_dialogue_is_the_recording(name: str, server: str, script: str, line: str) -> None:
    code, text = recorded(server, script)[line]
    (exchange,) = [e for e in scenario.load(name).script.exchanges() if e.sent == (line,)]
    assert exchange.reply == Reply.parse(f"{code} {text}")


def test_a_player_stops_before_each_reply() -> None:
    player = Player(scenario.load("rfc821-postel"))
    before = [(player.upcoming, player.step().verb) for _ in range(5)]
    assert before[:2] == [((), ""), (("HELO LBL-UNIX.ARPA",), "HELO")]
    assert [verb for _, verb in before[2:]] == ["MAIL", "RCPT", "QUIT"]
    assert player.upcoming is None


def test_message_data_is_one_step() -> None:
    steps = scenario.play(scenario.load("rfc5321-typical"))
    (data,) = [s for s in steps if s.verb == "."]
    assert data.sent == ("Blah blah blah...", "...etc. etc. etc.", ".")


HEAD = 'title = "t"\npoint = "p."\nsource = "RFC"\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title = ", "mine, line 1: not valid TOML"),
        ("title = 'x'", "mine: point is missing. Add a line such as: point ="),
        (HEAD + "scirpt = 'x'", "mine, line 4: unknown key 'scirpt'. Do you mean script?"),
        (HEAD + "script = '''\nC: a\nX: b\n'''", "mine, line 4: in the script: Line 2, 'X: b'"),
        (HEAD + "script = '''\nS: 25\n'''", "does not begin with three digits"),
        (HEAD + "script = '''\nC: NOOP\n'''", "mine, line 4: script has no reply"),
        (HEAD + "script = '''\nS: 220 x\nC: NOOP\n'''", "script ends with the client's 'NOOP'"),
        (HEAD + "world = 'nowhere'\nscript = 'S: 220 x'", "there is no such world"),
        (HEAD + "world = 3\nscript = 'S: 220 x'", "world must be the name of a world or a table"),
        (HEAD + "ask = 3\nscript = 'S: 220 x'", "ask must be a list of texts"),
        (HEAD + "script = 'S: 220 x'\n[world]\nhots = 'a'", "mine, line 6: unknown key 'hots'. Do you mean host?"),
    ],
)
def test_what_is_wrong_is_told(text: str, message: str) -> None:
    with pytest.raises(ContentError) as caught:
        scenario.parse(text, name="mine")
    assert message in str(caught.value)


def test_a_script_that_waits_for_a_reply_in_vain() -> None:
    text = HEAD + "script = '''\nS: 220 x\nC: EHLO a.example\nS: 250 x\nC: MAIL FROM:<>\nS: 250 x\n"
    text += "C: RCPT TO:<alice@example.com>\nS: 250 x\nC: DATA\nS: 354 x\nC: Subject: hi\nS: 250 x\n'''"
    with pytest.raises(ContentError, match="the server has no reply to 'Subject: hi'"):
        scenario.play(scenario.parse(text))


def test_a_scenario_that_is_not_there() -> None:
    with pytest.raises(ContentError, match="there is no such scenario"):
        scenario.load("nowhere")
