"""Worlds: a policy from a file, and errors that name the line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplesson.content import ContentError
from smtplesson.protocol.codes import ANY_COMMAND_CODES, COMMAND_CODES
from smtplesson.server import profiles, worlds


def test_every_world_of_the_kit_loads() -> None:
    assert "example" in worlds.names()
    for name in worlds.names():
        assert worlds.load(name).host


def test_the_example_world_is_that_of_the_recordings() -> None:
    server = worlds.load("example")
    assert server.host == "mail.example.com"
    assert set(server.mailboxes) == {"alice@example.com", "bob@example.com", "postmaster@example.com"}
    assert server.forwards == {"carol@example.com": "carol@example.net"}
    assert server.moved == {"dave@example.com": "dave@example.org"}
    assert not server.is_local("example.net")


#: The places of a dialogue: what the table of codes calls them, and what stands before the code in the address.
PLACES = {"MAIL": ("MAIL", "mail-"), "RCPT": ("RCPT", ""), "DATA": ("DATA", "data-"), ".": ("(data)", "dot-")}


@pytest.mark.parametrize("command", PLACES)
def test_the_world_of_codes_has_every_code_that_a_command_may_get(command: str) -> None:
    """Any command may get 500, 501 and 421 (section 4.3.2); the end of the message is none, and of these gets 421."""
    place, before = PLACES[command]
    listed = COMMAND_CODES[place] | ({421} if command == "." else ANY_COMMAND_CODES)
    due = {code for code in listed if code >= 400 or command == "RCPT"}
    server = worlds.load("codes")
    for code in due:
        local = f"{before}{code}@any.example"
        sender, recipient = ("a@b.example", local) if command == "RCPT" else (local, "a@b.example")
        session = server.connect()
        lines = ("EHLO c.example", f"MAIL FROM:<{sender}>", f"RCPT TO:<{recipient}>", "DATA", ".")
        said = {"EHLO": 250, "MAIL": 250, "RCPT": 250, "DATA": 354, ".": 250} | {command: code}
        for line in lines:
            reply = session.send(line)
            assert reply is not None
            verb = line.split(" ")[0]
            assert reply.code == said[verb], line
            assert reply.enhanced is None or str(reply.enhanced)[0] == str(reply.code)[0]
            if verb == command:
                break
        assert session.closed is (code == 421)  # section 3.8
    written = {name.removeprefix(before) for name in server.answers[command] if name[-1].isdigit()}
    assert written == set(map(str, due))


def test_names_beside_the_numbers() -> None:
    """Those of hyvor/smtp-simulator, with its codes; in any case, and at any domain."""
    codes = {"accept": 250, "busy": 450, "tempfail": 451, "missing": 550, "disabled": 550, "spam": 550, "whoever": 250}
    server = worlds.load("codes")
    assert {name: server.reply_to(f"RCPT TO:<{name.upper()}@x.example>").code for name in codes} == codes


def test_who_is_accepted_gets_the_mail_and_who_is_not_does_not() -> None:
    server = worlds.load("codes")
    server.dialogue(
        "EHLO a.example", "MAIL FROM:<>", "RCPT TO:<553@a.example>", "RCPT TO:<251@b.example>", "DATA", "x", "."
    )
    assert [str(to.mailbox) for to in server.delivered[0].recipients] == ["251@b.example"]


def test_a_world_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('host = "foo.com"\nmailboxes = ["jones@foo.com"]\n[wording]\nno-such-user = "550 Who?"\n')
    server = worlds.load(path)
    session = server.connect()
    for line in ("EHLO bar.com", "MAIL FROM:<>", "RCPT TO:<x@foo.com>"):
        reply = session.send(line)
    assert str(reply) == "550 Who?"


def test_a_base_is_overridden_key_by_key() -> None:
    server = worlds.parse('base = "example"\nforwarding = "silent"')
    assert (server.host, server.forwarding) == ("mail.example.com", "silent")


def test_a_base_may_be_worded_anew() -> None:
    server = worlds.parse('base = "foo"\n[wording]\nno-such-user = "550 Who?"')
    assert str(server.reply_to("RCPT TO:<nobody@foo.com>")) == "550 Who?"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("host = ", "mine, line 1: not valid TOML"),
        ("", "mine: host is missing. Add a line such as"),
        ('host = "foo.com"\nmailbox = ["a@foo.com"]', "mine, line 2: unknown key 'mailbox'. Do you mean mailboxes?"),
        ('host = "foo.com"\nzzz = 1', "mine, line 2: unknown key 'zzz'. The keys are host, mailboxes,"),
        ('host = "foo.com"\nmailboxes = "a@foo.com"', "mine, line 2: mailboxes must be a list of texts"),
        ('host = "foo.com"\n\nmailboxes = ["a@foo..com"]', "mine, line 3: mailboxes holds 'a@foo..com'"),
        ("host = 5", "mine, line 1: host must be a text in quotes, not 5"),
        ('host = "foo com"', "mine, line 1: host='foo com' is no domain name"),
        ('host = "foo.com"\nvrfy = "no"', "mine, line 2: vrfy must be true or false"),
        ('host = "foo.com"\nmax_size = true', "mine, line 2: max_size must be a whole number"),
        ('host = "foo.com"\nforwarding = "loudly"', "mine, line 2: forwarding='loudly' is none of announce, silent"),
        (
            'host = "foo.com"\nprofile = "exchange"',
            "mine, line 2: profile = 'exchange' is not known. There are rfc, postfix",
        ),
        (
            'host = "foo.com"\nbase = "nowhere"',
            "mine, line 2: base = 'nowhere' is not known. There are codes, example, foo.",
        ),
        ('host = "foo.com"\n[forwards]\n"a@foo.com" = 3', "mine, line 2: forwards must be a table of texts"),
        ('host = "foo.com"\n[forwards]\n"a@foo.com" = "b"', "mine, line 2: forwards['a@foo.com'] holds 'b'"),
        (
            'host = "foo.com"\n[wording]\nno-such-usr = "550 x"',
            "mine, line 3, wording: unknown key 'no-such-usr'. Do you mean no-such-user?",
        ),
        (
            'host = "foo.com"\n[wording]\nno-such-user = "x"',
            "mine, line 3, wording: no-such-user: Line 1 of the reply, 'x'",
        ),
        (
            'host = "foo.com"\n[wording]\nno-such-user = "550 {pth}"',
            "mine, line 3, wording: no-such-user: '550 {pth}' names {pth}",
        ),
        ('host = "foo.com"\n[refuse]\n"a@foo.com" = "250 fine"', "a refusal begins with 4 or 5"),
        ('host = "foo.com"\nextensions = ["HELP a\\r\\nb"]', "mine, line 2: extensions holds 'HELP a\\r\\nb'; a line"),
        ('host = "foo.com"\nextensions = ["SIZE x"]', "mine, line 2: extensions holds 'SIZE x'; SIZE has a number"),
        (
            'host = "foo.com"\n[answers.RCP]\n"x" = "553 no"',
            "mine, line 2: answers names the command 'RCP'; there are MAIL, RCPT, DATA, .",
        ),
        ('host = "foo.com"\n[answers.RCPT]\nx = "no"', "mine, line 2: answers['RCPT']['x'] is 'no': Line 1"),
        ('host = "foo.com"\n[answers]\nx = "no"', "mine, line 2: answers must be a table of tables of texts"),
        ('host = "foo.com"\n[owners]\njones = ["a@foo.com"]', "owners names 'jones', who is not among users"),
        ('host = "foo.com"\nusers = {jo = "x"}\n[owners]\njo = ["me"]', "mine, line 3: owners['jo'] holds 'me'"),
        ('host = "foo.com"\n[lists]\n"all@foo.com" = ["a@foo.com", "b\\r"]', "mine, line 2: lists['all@foo.com']"),
        ('host = "foo.com"\n[ambiguous]\njo = ["jo\\n@foo.com"]', "mine, line 2: ambiguous['jo'] holds 'jo␊@foo"),
        ('host = "foo.com"\n[refuse]\n"a@foo.com" = ""', "mine, line 2: refuse['a@foo.com'] is '': Line 1"),
    ],
)
def test_what_is_wrong_is_told(text: str, message: str) -> None:
    with pytest.raises(ContentError) as caught:
        worlds.parse(text, where="mine")
    assert message in str(caught.value)


def test_a_world_that_is_not_there() -> None:
    with pytest.raises(ContentError, match=r"there is no such world.*The kit has codes, example"):
        worlds.load("nowhere")


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ContentError, match=r"x\.toml, line 1: not UTF-8\. Save it as"):
        worlds.load(path)


@given(st.text(max_size=80))
def test_any_text_raises_nothing_but_a_content_error(text: str) -> None:
    with pytest.raises(ContentError):
        worlds.parse(text + "\nzzz = 1")


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 20_000,
        "a = " + "{a = " * 3_000 + "1" + "}" * 3_000,
        "max_size = " + "9" * 5_000,
        ".".join(["a"] * 5_000) + " = 1",
        "[" + ".".join(["a"] * 5_000) + "]",
    ],
)
def test_a_world_that_would_take_the_reader_down_is_refused_in_one_sentence(text: str) -> None:
    """A RecursionError, Python's limit of digits, and a name that takes tomllib minutes."""
    with pytest.raises(ContentError, match=r"^mine(, line 1)?: (tables or lists|a number|a name)"):
        worlds.parse(text, where="mine")
    with pytest.raises(ContentError, match=r"^mine(, line 1)?: (tables or lists|a number|a name)"):
        profiles.parse(text, "mine")
