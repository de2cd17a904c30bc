"""The console: what a learner can type, and what then stands there."""

from __future__ import annotations

import json

import pytest

from smtplesson.server.server import Server
from smtplesson.server.session import SessionClosedError
from smtplesson.widgets.console import Console, client_says
from tests.widgets.pressing import buttons, click, page, press, spoken, text, words

GREETED = ["EHLO client.example", "MAIL FROM:<smith@bar.com>"]


@pytest.fixture
def server() -> Server:
    return Server("foo.com", mailboxes=["jones@foo.com"], forwards={"green@foo.com": "green@bar.org"})


@pytest.fixture
def console(server: Server) -> Console:
    return Console(server)


def type_in(console: Console, line: str) -> None:
    """Type a line and press Enter."""
    press(console, "say", line)


def turns(console: Console) -> list[str]:
    """Who said what, as the dialogue shows it."""
    return [words(turn) for turn in page(console).iter("div") if turn.get("class") == "sl-said"]


def history(console: Console) -> list[str]:
    """What the arrow keys bring back."""
    (field,) = page(console).iter("input")
    found: list[str] = json.loads(field.get("data-history", ""))
    return found


def test_a_transaction(console: Console, server: Server) -> None:
    lines = [*GREETED, "RCPT TO:<green@foo.com>", "DATA", "Subject: Hello", "", "Hello!", "."]
    replies = [console.say(line) for line in lines]
    assert [reply.code if reply else None for reply in replies] == [250, 250, 251, 354, None, None, None, 250]
    assert server.delivered[0].data == b"Subject: Hello\r\n\r\nHello!\r\n"
    assert "251 2.1.5 User not local; will forward to <green@bar.org> ✓ accepted" in text(console)
    assert turns(console)[-2] == "client: Subject: Hello Hello!."  # with the empty line between


def test_a_fault_is_marked_in_the_client_s_own_line_and_has_its_section(console: Console) -> None:
    for line in [*GREETED, "RCPT TO:<jones@foo..com>"]:
        type_in(console, line)
    assert "✗ refused" in text(console)
    (mark,) = page(console).iter("mark")
    assert words(mark) == "fault: ."
    assert "client: RCPT TO:<jones@foo.fault: .com>" in turns(console)
    assert "RFC 5321 section 4.1.2" in text(console)


def test_the_list_of_extensions_is_folded(console: Console) -> None:
    type_in(console, "EHLO client.example")
    (folded,) = page(console).iter("details")
    assert words(folded).startswith("offers 6 extensions")  # PIPELINING, SIZE, 8BITMIME, SMTPUTF8, ENHANCED..., HELP
    assert "PIPELINING" in words(folded)


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
        type_in(console, line)
    assert waits in text(console)


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
    type_in(console, line)
    assert turns(console)[-1].startswith(f"server: {code} ")
    assert "<script" not in console.frame["html"]
    assert "\x00" not in console.frame["html"]
    assert history(console) == [line]
    assert console.session.transcript[-2].text == line
    assert "did not work" not in text(console)


def test_a_long_line_is_shown_shortened(console: Console) -> None:
    console.say("x" * 5000)
    assert turns(console)[-2] == "client: " + "x" * 300 + "... (5,000 characters)"


def test_the_field_takes_pasted_lines_and_is_emptied_by_the_browser(console: Console) -> None:
    (field,) = page(console).iter("input")
    assert {"data-lines", "data-clears", "data-history"} <= field.attrib.keys()
    assert field.get("value") == ""


def test_pasted_lines_are_sent_in_turn(console: Console) -> None:
    type_in(console, "EHLO client.example\r\nMAIL FROM:<smith@bar.com>\nRCPT TO:<nobody@foo.com>\n")
    assert [line.text for line in console.session.transcript if line.speaker == "C"] == [
        "EHLO client.example",
        "MAIL FROM:<smith@bar.com>",
        "RCPT TO:<nobody@foo.com>",
    ]
    assert turns(console)[-1].startswith("server: 550 ")
    assert history(console)[-1] == "RCPT TO:<nobody@foo.com>"


def test_of_a_pasted_dialogue_the_client_s_lines_are_sent() -> None:
    assert client_says("  C: EHLO bar.com\n  S: 250-foo.com\n  S: 250 HELP\n\n  C: QUIT\n") == [
        "EHLO bar.com",
        "QUIT",
    ]
    assert client_says("C: a line of a message") == ["C: a line of a message"]
    assert client_says("") == [""]


def test_half_of_a_surrogate_pair_is_no_text(console: Console) -> None:
    type_in(console, "NO\ud83dOP")
    assert console.session.transcript[-2].text == "NO\ufffdOP"


def test_after_quit_what_was_not_sent_is_named_and_a_new_session_offered(console: Console) -> None:
    with pytest.raises(SessionClosedError, match=r"not sent: 'NOOP', 'RSET'\. “Start over”"):
        console.say("QUIT\nNOOP\nRSET")
    assert turns(console)[-1].startswith("server: 221 ")
    type_in(console, "HELP")
    assert "not sent: 'HELP'" in text(console)
    assert "not sent: 'HELP'" in spoken(console)
    assert "waits for more" not in spoken(console)
    click(console, "Start over")
    assert "not sent" not in text(console)
    assert spoken(console).startswith("A new session has begun. The server says: 220 foo.com")
    type_in(console, "NOOP")
    assert turns(console)[-1].startswith("server: 250 ")
    assert "221 " not in text(console)


def test_an_example_button_sends_its_line(console: Console) -> None:
    click(console, "EHLO client.example")
    assert console.session.transcript[1].text == "EHLO client.example"
    assert {"RCPT TO:<green@foo.com>", "RCPT TO:<jones@foo..com>"} <= set(buttons(console))


def test_a_session_under_way_goes_on_here_and_elsewhere(server: Server) -> None:
    session = server.connect()
    for line in [*GREETED, "RCPT TO:<jones@foo.com>", "DATA", "Hello!"]:
        session.send(line)
    console = Console(session)
    assert "client: MAIL FROM:<smith@bar.com>" in turns(console)
    assert turns(console)[-1] == "client: Hello!"
    session.send("And more.")
    type_in(console, ".")
    assert turns(console)[-2] == "client: Hello!And more.."  # three lines
    assert turns(console)[-1].startswith("server: 250 ")
    session.send("NOOP")
    session.send("MAIL FROM:<smith@bar.com>")
    console.refresh()
    assert turns(console)[-4:] == [
        "client: NOOP",
        "server: 250 2.0.0 OK ✓ done",
        "client: MAIL FROM:<smith@bar.com>",
        "server: 250 2.1.0 OK ✓ done",
    ]
    assert spoken(console) == "The server says: 250 2.0.0 OK 250 2.1.0 OK"
    assert "waiting for RCPT;" in text(console)
    before = turns(console)
    console.refresh()
    assert turns(console) == before


def test_tls_is_simulated() -> None:
    console = Console(Server("foo.com", tls=True))
    console.say("EHLO client.example\nSTARTTLS")
    reply = console.say("EHLO client.example")
    assert reply is not None
    assert "STARTTLS" not in reply.lines


def test_replies_are_read_out(console: Console) -> None:
    type_in(console, "EHLO client.example")
    type_in(console, "NOOP")
    assert spoken(console) == "The server says: 250 2.0.0 OK"
    console.say("MAIL FROM:<smith@bar.com>\nRCPT TO:<jones@foo.com>\nDATA")
    type_in(console, "Hello!")
    assert spoken(console) == "Nothing yet: the server waits for more."


def test_a_long_dialogue_is_drawn_from_its_end(console: Console) -> None:
    console.say("\n".join(["NOOP"] * 250))
    assert "(151 earlier exchanges are not drawn.)" in text(console)
    assert len(console.session.transcript) == 501


def test_the_twin_reads_without_a_kernel(console: Console) -> None:
    twin = console.markdown()
    assert "Run this cell" in twin
    assert "S: 220 foo.com Simple Mail Transfer Service Ready" in twin
    for label in ("Client says", "Send", "Start over"):
        assert label in twin
        assert label in text(console)
    for line in console.examples:
        assert f"- `{line}`" in twin


def test_the_twin_and_the_buttons_escape() -> None:
    nasty = "<script>alert(`1`)</script>"
    console = Console(Server("foo.com"), examples=[nasty, "NOOP"])
    assert "- `` <script>alert(`1`)</script> ``" in console.markdown()
    assert nasty in buttons(console)
    assert "<script" not in console.frame["html"]
