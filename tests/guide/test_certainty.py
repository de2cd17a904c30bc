"""How sure a reading is: the one rule that smtplesson.guide.judging states, over the phrases of the standard."""

from __future__ import annotations

import pytest

from smtplesson.guide.field_guide import explain
from tests.guide.test_field_guide import DEFINITE, DETAILS, PHRASES, best

#: Details that name no cause: servers put them on anything (RFC 3463 section 3.1: X.Y.0 is "other or undefined").
VAGUE = {"7.1", "7.9", "5.1", "5.2", "5.4"}
NAMED = [
    (about, detail)
    for about, details in DETAILS.items()
    for detail in details.split()
    if detail not in VAGUE and not detail.endswith(".0")
]
OF_SENDER = {"1.7", "1.8", "7.27"}  # RFC 3463 section 3.2, RFC 7505 section 4.2: whatever the command
WHOSE = {"MAIL": "sender", "RCPT": "recipient", "VRFY": "recipient", "EXPN": "recipient"}
BEFORE_RCPT = {"MAIL", "EHLO", "HELO", "(connect)"}
#: RFC 5321 section 4.1.1, with the greeting, the end of the data, and AUTH and STARTTLS of RFC 4954 and RFC 3207.
COMMANDS = [
    *(None, "(connect)", "EHLO", "HELO", "MAIL", "RCPT", "DATA", "(data)", "RSET", "VRFY", "EXPN", "HELP", "NOOP"),
    *("QUIT", "AUTH", "STARTTLS"),
]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("phrase", PHRASES)
def test_a_phrase_of_the_standard_with_each_enhanced_code(phrase: str, command: str | None) -> None:
    """RFC 5321 section 4.2.3 with RFC 3463: the enhanced code has the detail; against it nothing is sure.

    Every detail after the commands of a transaction; after the others one for each party, to save time.
    """
    code, text = phrase.split(" ", 1)
    for about, detail in NAMED if command in {None, "MAIL", "RCPT", "(data)"} else dict(reversed(NAMED)).items():
        reading = best(f"{code} {code[0]}.{detail} {text}", command)
        party = WHOSE.get(command or "", "address") if about == "address" else about
        if command in BEFORE_RCPT and about == "recipient":  # none has been named yet: it is out of place
            assert (reading.about != "recipient", reading.certainty) == (True, "possible"), detail
            continue
        assert reading.about == party, detail
        meant = PHRASES[phrase] if code in DEFINITE else party
        meant = WHOSE[command] if command in {"MAIL", "RCPT", "VRFY"} and code == "501" else meant
        meant = "sender" if code == "501" and detail in OF_SENDER else meant
        against = meant != party  # 501 to MAIL or RCPT is about the path (RFC 5321 section 4.1.1)
        assert reading.certainty == ("possible" if against else "likely"), detail


@pytest.mark.parametrize("phrase", [phrase for phrase in PHRASES if phrase[0] == "5"])
def test_an_enhanced_code_of_another_class_makes_nothing_surer(phrase: str) -> None:
    """RFC 2034 section 4: the first digits must be the same; the reply code decides."""
    for detail in ("1.1", "2.2", "7.1"):
        reading = best(f"{phrase[:3]} 4.{detail} {phrase[4:]}")
        assert reading.certainty == "possible"
        assert reading.retry == "after the fix"


@pytest.mark.parametrize(
    ("reply", "command", "certainty"),
    [
        ("550 5.1.1 user unknown", "RCPT", "certain"),  # words, and the number registered for just this
        ("552 5.2.2 mailbox full", "RCPT", "certain"),
        ("552 5.3.4 message size exceeds the limit", "(data)", "certain"),
        ("550 5.2.2 user unknown", "RCPT", "likely"),  # the number is about the recipient, but says something else
        ("550 5.7.1 user unknown", "RCPT", "likely"),  # X.7.1 says only "refused"
        ("550 user unknown", "RCPT", "likely"),
        ("550 5.1.1 x", "RCPT", "likely"),
        ("530 x", "MAIL", "likely"),  # its definition names the cause: RFC 4954 section 6, RFC 3207 section 4
        ("550 5.1.8 mailbox full", None, "possible"),  # the number names another party
        ("550 4.1.1 user unknown", "RCPT", "possible"),  # of another class
        ("503 5.1.1 user unknown", "RCPT", "likely"),  # 503 is by definition about the order of commands
        ("550 x", "RCPT", "possible"),
        ("550 rejected", "RCPT", "possible"),
        ("user unknown", None, "possible"),  # no code at all
        ("251 User not local; will forward to <jo@new.example>", "RCPT", "certain"),
        ("251 User not local; will forward to <jo@new.example>", "VRFY", "certain"),
        ("251 User not local; will forward to <jo@new.example>", "MAIL", "possible"),  # RFC 5321 section 4.3.2: never
        ("251 5.1.1 User not local; will forward to <jo@new.example>", "RCPT", "likely"),
        ("354 go on", "DATA", "certain"),
        ("354 go on", "RCPT", "likely"),
    ],
)
def test_certainty(reply: str, command: str | None, certainty: str) -> None:
    assert best(reply, command).certainty == certainty


def test_only_what_is_sure_tells_a_list_to_stop() -> None:
    assert [best(reply).stop for reply in ("550 5.1.1 user unknown", "550 user unknown")] == ["yes", "yes"]
    assert [best(reply).stop for reply in ("450 4.1.1 user unknown", "550 5.2.2 mailbox full")] == ["wait", "wait"]
    for reply in ("user unknown", "550 mailbox unavailable", "550 5.1.8 user unknown"):
        assert best(reply).stop != "yes"
    assert best("550 mailbox unavailable").stop == "wait"  # it may be the address: the reply does not say
    for reply in ("550 5.7.1 spam", "554 5.7.1 relay access denied", "550 IP 192.0.2.1 is blocked"):
        assert best(reply).stop == "no"
    assert explain("250 ok").readings[0].stop == "no"
