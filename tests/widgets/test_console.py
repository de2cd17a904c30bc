"""The console: what a learner can type, and what then stands there."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from smtplesson.server.server import Server
from smtplesson.server.session import SessionClosedError
from smtplesson.widgets.console import Console, client_says

GREETED = ["EHLO client.example", "MAIL FROM:<smith@bar.com>"]


@pytest.fixture
def server() -> Server:
    return Server("foo.com", mailboxes=["jones@foo.com"], forwards={"green@foo.com": "green@bar.org"})


@pytest.fixture
def console(server: Server) -> Console:
    return Console(server)


def shown(console: Console) -> str:
    """What a learner sees, tags taken off."""
    markup = console._dialogue.value + console._standing.value + console._notice.widget.value
    return html.unescape(re.sub("<[^>]*>", "", markup))


def button(console: Console, text: str) -> Any:
    def walk(widget: Any) -> Any:
        yield widget
        for child in getattr(widget, "children", ()):
            yield from walk(child)

    return next(w for w in walk(console.box) if getattr(w, "description", None) == text and hasattr(w, "click"))


def test_a_transaction(console: Console, server: Server) -> None:
    lines = [*GREETED, "RCPT TO:<green@foo.com>", "DATA", "Subject: Hello", "", "Hello!", "."]
    replies = [console.send(line) for line in lines]
    assert [reply.code if reply else None for reply in replies] == [250, 250, 251, 354, None, None, None, 250]
    assert server.delivered[0].data == b"Subject: Hello\r\n\r\nHello!\r\n"
    assert "251 2.1.5 User not local; will forward to <green@bar.org>   [✓ 2yz done]" in shown(console)
    assert "Hello!" in shown(console)


def test_a_fault_is_marked_in_its_line_and_has_its_section(console: Console) -> None:
    for line in GREETED:
        console.send(line)
    reply = console.send("RCPT TO:<jones@foo..com>")
    assert reply is not None
    assert reply.code == 553
    assert "[✗ 5yz refused]" in shown(console)
    assert re.search(r"&lt;jones@foo\.<mark [^>]*>\.</mark>com&gt;", console._dialogue.value)
    assert "Marked: character 20." in shown(console)  # of RCPT TO:<jones@foo..com>
    assert "RFC 5321 section 4.1.2" in shown(console)


@pytest.mark.parametrize(
    ("sent", "waits"),
    [
        ([], "waiting for EHLO or HELO;"),
        (["EHLO client.example"], "waiting for MAIL;"),
        (GREETED, "waiting for RCPT;"),
        ([*GREETED, "RCPT TO:<jones@foo.com>"], "waiting for DATA or RCPT;"),
        (
            [*GREETED, "RCPT TO:<jones@foo.com>", "DATA"],
            "waiting for the message; a line with nothing but a dot",
        ),
        (["QUIT"], "The session is closed. “Start over” opens a new one."),
    ],
)
def test_it_says_what_the_server_is_waiting_for(console: Console, sent: list[str], waits: str) -> None:
    for line in sent:
        console.send(line)
    assert waits in shown(console)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("", 500),
        ("x" * 5000, 500),
        ("NO\x00OP", 500),
        ("<script>alert(1)</script>", 500),
        ("RCPT TO:<é@foo.com>", 503),
    ],
    ids=["empty", "long", "control", "script", "not-ascii"],
)
def test_bad_input_is_answered_and_nothing_of_it_is_lost_or_run(console: Console, line: str, code: int) -> None:
    console._field.value = line
    button(console, "Send").click()
    assert console._field.value == ""
    assert f"\n{code} " in shown(console).replace("server: ", "\n")
    assert "<script" not in console._dialogue.value
    assert console.keys.history == [line]
    assert console.session.transcript[-2].text == line
    assert console._notice.widget.value == ""
    assert "\x00" not in console._dialogue.value


def test_a_long_line_is_shown_shortened(console: Console) -> None:
    console.send("x" * 5000)
    assert "x" * 300 + "... (5,000 characters)" in shown(console)


def test_pasted_lines_are_sent_in_turn(console: Console) -> None:
    reply = console.send("EHLO client.example\r\nMAIL FROM:<smith@bar.com>\nRCPT TO:<nobody@foo.com>\n")
    assert reply is not None
    assert reply.code == 550
    assert [line.text for line in console.session.transcript if line.speaker == "C"] == [
        "EHLO client.example",
        "MAIL FROM:<smith@bar.com>",
        "RCPT TO:<nobody@foo.com>",
    ]


def test_of_a_pasted_dialogue_the_client_s_lines_are_sent() -> None:
    assert client_says("  C: EHLO bar.com\n  S: 250-foo.com\n  S: 250 HELP\n\n  C: QUIT\n") == [
        "EHLO bar.com",
        "QUIT",
    ]
    assert client_says("C: a line of a message") == ["C: a line of a message"]
    assert client_says("") == [""]


def test_the_browser_s_message_is_what_enter_sends(console: Console) -> None:
    console.keys._handle_custom_msg({"lines": "NOOP\nRSET"}, [])
    assert [line.text for line in console.session.transcript if line.speaker == "C"] == ["NOOP", "RSET"]
    console.keys._handle_custom_msg({"lines": "NO\ud83dOP"}, [])  # half of a surrogate pair
    assert console._notice.widget.value == ""
    assert console.session.transcript[-2].text == "NO\ufffdOP"


def test_after_quit_what_was_not_sent_is_named_and_a_new_session_offered(console: Console) -> None:
    with pytest.raises(SessionClosedError, match=r"not sent: 'NOOP', 'RSET'\. “Start over”"):
        console.send("QUIT\nNOOP\nRSET")
    assert "221 " in shown(console)
    console._field.value = "HELP"
    button(console, "Send").click()
    assert "not sent: 'HELP'" in shown(console)
    assert console._spoken.widget.value == ""  # not "the server waits for more"
    button(console, "Start over").click()
    assert "not sent" not in shown(console)
    reply = console.send("NOOP")
    assert reply is not None
    assert reply.code == 250
    assert "221 " not in shown(console)


def test_an_example_button_sends_its_line(console: Console) -> None:
    button(console, "EHLO client.example").click()
    assert console.session.transcript[1].text == "EHLO client.example"
    assert "RCPT TO:<green@foo.com>" in console.examples
    assert "RCPT TO:<jones@foo..com>" in console.examples


def test_a_session_under_way_goes_on(server: Server) -> None:
    session = server.connect()
    for line in [*GREETED, "RCPT TO:<jones@foo.com>", "DATA", "Hello!"]:
        session.send(line)
    console = Console(session)
    assert "MAIL FROM:<smith@bar.com>" in shown(console)
    assert "client: Hello!" in shown(console)
    reply = console.send(".")
    assert reply is not None
    assert reply.code == 250
    assert console._drawn[-1][0] == ("Hello!", ".")


def test_tls_is_simulated() -> None:
    console = Console(Server("foo.com", tls=True))
    console.send("EHLO client.example\nSTARTTLS")
    reply = console.send("EHLO client.example")
    assert reply is not None
    assert "STARTTLS" not in reply.lines


def test_replies_are_read_out_and_drawn_once(console: Console) -> None:
    console.send("NOOP")
    assert 'role="alert"' in console._spoken.widget.value
    assert "The server says: 250 2.0.0 OK" in console._spoken.widget.value
    assert "clip-path" in console._spoken.widget.value  # heard, not seen
    assert 'role="alert"' not in console._dialogue.value


def test_a_long_dialogue_is_drawn_from_its_end(console: Console) -> None:
    console.send("\n".join(["NOOP"] * 250))
    assert "(151 earlier exchanges are not drawn.)" in shown(console)
    assert len(console.session.transcript) == 501


def test_the_twin_reads_without_a_kernel(console: Console) -> None:
    twin = console.markdown()
    assert "Run this cell" in twin
    assert "S: 220 foo.com Simple Mail Transfer Service Ready" in twin
    for label in ("Client says", "Send", "Start over"):
        assert label in twin
    for line in console.examples:
        assert f"- `{line}`" in twin


def test_the_twin_escapes() -> None:
    console = Console(Server("foo.com"), examples=["<script>alert(`1`)</script>"])
    assert "- `` <script>alert(`1`)</script> ``" in console.markdown()
