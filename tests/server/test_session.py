"""The simulated server, against RFC 5321: what it answers, in which order, whatever the split."""

from __future__ import annotations

import base64
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smtplesson.protocol.codes import allowed_codes
from smtplesson.protocol.replies import Reply
from smtplesson.protocol.states import TRANSITIONS, State
from smtplesson.server.policy import Tries
from smtplesson.server.server import Server
from smtplesson.server.session import Session, SessionClosedError

SERVER = Server(
    "foo.com",
    mailboxes=["jones@foo.com", "brown@foo.com"],
    forwards={"green@foo.com": "green@bar.org"},
    moved={"white@foo.com": "white@bar.org", "gone@foo.com": ""},
    ambiguous={"smith": ["joe.smith@foo.com", "jane.smith@foo.com"]},
    lists={"staff@foo.com": ["jones@foo.com", "brown@foo.com"]},
)

#: What brings a new session into each state.
WAYS = {
    State.CONNECTED: [],
    State.READY: ["EHLO bar.com"],
    State.MAIL: ["EHLO bar.com", "MAIL FROM:<smith@bar.com>"],
    State.RCPT: ["EHLO bar.com", "MAIL FROM:<smith@bar.com>", "RCPT TO:<jones@foo.com>"],
}
COMMANDS = {
    "EHLO": "EHLO bar.com",
    "HELO": "HELO bar.com",
    "MAIL": "MAIL FROM:<smith@bar.com>",
    "RCPT": "RCPT TO:<jones@foo.com>",
    "DATA": "DATA",
    "RSET": "RSET",
    "NOOP": "NOOP",
    "VRFY": "VRFY jones",
    "EXPN": "EXPN staff",
    "HELP": "HELP",
    "QUIT": "QUIT",
}
#: Section 4.1.4 by hand: for each command, the code and the state afterwards, by the state before.
TABLE = """
        connected      ready       mail        rcpt
EHLO    250 ready      250 ready   250 ready   250 ready
HELO    250 ready      250 ready   250 ready   250 ready
MAIL    503 connected  250 mail    503 mail    503 rcpt
RCPT    503 connected  503 ready   250 rcpt    250 rcpt
DATA    503 connected  503 ready   503 mail    354 data
RSET    250 connected  250 ready   250 ready   250 ready
NOOP    250 connected  250 ready   250 mail    250 rcpt
VRFY    250 connected  250 ready   250 mail    250 rcpt
EXPN    250 connected  250 ready   250 mail    250 rcpt
HELP    214 connected  214 ready   214 mail    214 rcpt
QUIT    221 closed     221 closed  221 closed  221 closed
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()[1:]]
GRID = {
    state: {row[0]: (int(row[2 * at + 1]), State(row[2 * at + 2])) for row in ROWS} for at, state in enumerate(WAYS)
}


def session_in(state: State, server: Server = SERVER) -> Session:
    session = server.connect()
    for line in WAYS[state]:
        session.send(line)
    assert session.state is state
    return session


def ask(session: Session, line: str) -> Reply:
    reply = session.send(line)
    assert reply is not None
    return reply


def rcpt(server: Server, address: str, *, sender: str = "smith@bar.com") -> Reply:
    session = server.connect()
    ask(session, "EHLO bar.com")
    ask(session, f"MAIL FROM:<{sender}>")
    return ask(session, f"RCPT TO:<{address}>")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("state", WAYS)
def test_order_of_commands(state: State, command: str) -> None:
    session = session_in(state)
    reply = ask(session, COMMANDS[command])
    assert (reply.code, session.state) == GRID[state][command]


def test_the_grid_knows_every_command_that_the_table_knows() -> None:
    known = {verb for state, verb in TRANSITIONS if state is not State.DATA} - {"AUTH", "STARTTLS"}
    assert known == set(COMMANDS)


@pytest.mark.parametrize("state", WAYS)
@pytest.mark.parametrize(
    "line", ["MAIL FROM:<a..b@bar.com>", "RCPT TO:<nobody@foo.com>", "DATA now", "XYZZY", "EHLO", ""]
)
def test_a_refused_command_changes_nothing(state: State, line: str) -> None:
    session = session_in(state)
    assert ask(session, line).code >= 500
    assert session.state is state


def test_one_message_from_greeting_to_quit() -> None:
    server = Server("foo.com", mailboxes=["jones@foo.com"])
    session = server.connect()
    assert str(session.greeting) == "220 foo.com Simple Mail Transfer Service Ready"  # appendix D.1
    for line in (*WAYS[State.RCPT], "DATA"):
        ask(session, line)
    for line in ("Subject: hi", "", "..stuffed", "last"):
        assert session.send(line) is None
    assert ask(session, ".").code == 250
    assert ask(session, "QUIT").code == 221
    assert session.closed
    (envelope,) = server.delivered
    assert envelope.data == b"Subject: hi\r\n\r\n.stuffed\r\nlast\r\n"  # section 4.5.2
    assert str(envelope.reverse_path) == "<smith@bar.com>"
    assert [str(r.mailbox) for r in envelope.recipients] == ["jones@foo.com"]


@pytest.mark.parametrize(
    ("forwarding", "disclose", "code", "named"),
    [  # section 3.4: the two-by-two table, and 7.7: it may be switched off
        ("announce", True, 251, True),
        ("silent", True, 250, False),
        ("refuse", True, 551, True),
        ("refuse-silently", True, 550, False),
        ("announce", False, 250, False),
        ("refuse", False, 550, False),
    ],
)
def test_forwarding(forwarding: str, disclose: bool, code: int, named: bool) -> None:
    server = Server("foo.com", forwards={"green@foo.com": "green@bar.org"}, forwarding=forwarding, disclose=disclose)
    reply = rcpt(server, "green@foo.com")
    assert reply.code == code
    assert ("<green@bar.org>" in reply.text) is named


def test_a_silent_refusal_cannot_be_told_from_an_unknown_user() -> None:
    server = Server("foo.com", forwards={"green@foo.com": "green@bar.org"}, forwarding="refuse-silently")
    assert rcpt(server, "green@foo.com") == rcpt(server, "nobody@foo.com")


def test_a_silent_forward_cannot_be_told_from_a_mailbox() -> None:
    server = Server(
        "foo.com", mailboxes=["jones@foo.com"], forwards={"green@foo.com": "g@bar.org"}, forwarding="silent"
    )
    assert rcpt(server, "green@foo.com") == rcpt(server, "jones@foo.com")


@pytest.mark.parametrize(
    ("address", "code", "enhanced"),
    [
        ("jones@foo.com", 250, "2.1.5"),
        ("JONES@FOO.COM", 250, "2.1.5"),  # section 2.4: the final host may ignore case
        ('"jones"@foo.com', 250, "2.1.5"),  # section 4.1.2: quoted forms are equivalent
        ("@relay.example,@other.example:jones@foo.com", 250, "2.1.5"),  # section 3.6.1: route ignored
        ("Postmaster", 250, "2.1.5"),  # section 4.5.1
        ("postMASTER@foo.com", 250, "2.1.5"),
        ("green@foo.com", 251, "2.1.5"),
        ("white@foo.com", 551, "5.7.1"),
        ("gone@foo.com", 550, "5.1.6"),  # RFC 3463 section 3.2: moved, no forwarding address
        ("nobody@foo.com", 550, "5.1.1"),
        ("jones@elsewhere.example", 550, "5.7.1"),  # section 3.6.2
        ("jones@foo..com", 553, "5.1.3"),  # section 4.2.3
        ("jones@-foo.com", 553, "5.1.3"),
        ("jo nes@foo.com", 553, "5.1.3"),
        (".jones@foo.com", 553, "5.1.3"),
        ("jones@", 553, "5.1.3"),
        ("@foo.com", 553, "5.1.3"),
        ("jones", 553, "5.1.3"),
        ("jönes@foo.com", 553, "5.6.7"),  # RFC 6531 section 3.5
    ],
)
def test_recipients(address: str, code: int, enhanced: str) -> None:
    reply = rcpt(SERVER, address)
    assert (reply.code, str(reply.enhanced)) == (code, enhanced)


@pytest.mark.parametrize(
    ("line", "code", "enhanced"),
    [
        ("MAIL FROM:<>", 250, "2.1.0"),  # section 4.5.5: for notifications
        ("mail from:<smith@bar.com>", 250, "2.1.0"),  # section 2.4: commands in any case
        ("MAIL FROM:<smith@bar.com>  ", 250, "2.1.0"),  # section 4.1.1: trailing white space
        ("MAIL FROM:<smith@bar..com>", 553, "5.1.7"),
        ("MAIL FROM:<smith@bar.com> SIZE=10", 250, "2.1.0"),
        ("MAIL FROM:<smith@bar.com> SIZE=10240001", 552, "5.3.4"),  # RFC 1870 section 6
        ("MAIL FROM:<smith@bar.com> SIZE=ten", 501, "5.5.4"),
        ("MAIL FROM:<smith@bar.com> BODY=8BITMIME", 250, "2.1.0"),
        ("MAIL FROM:<smith@bar.com> BODY=9BIT", 501, "5.5.4"),
        ("MAIL FROM:<smith@bar.com> FOO=BAR", 555, "5.5.4"),  # section 4.1.1.11
        ("MAIL FROM:<smith@bar.com> RET=FULL", 555, "5.5.4"),  # DSN is not offered here
        ("MAIL FROM:<smïth@bar.com>", 550, "5.6.7"),  # RFC 6531 section 3.5: MAIL 550, RCPT 553
        ("MAIL FROM:<smïth@bar.com> SMTPUTF8", 250, "2.1.0"),
        ("MAIL", 501, "5.5.4"),
        ("MAIL FROM:", 501, "5.5.4"),
        ("MAIL FROM:smith@bar.com", 501, "5.5.4"),  # section 4.1.2: brackets are part of the path
        ("MAIL FROM: <smith@bar.com>", 501, "5.5.4"),  # section 3.3: no spaces around the colon
        ("MAIL FROM:<sm\x00ith@bar.com>", 501, "5.5.4"),  # section 4.1.2: MUST 501
        ("MAIL TO:<smith@bar.com>", 501, "5.5.4"),
    ],
)
def test_senders(line: str, code: int, enhanced: str) -> None:
    reply = ask(session_in(State.READY), line)
    assert (reply.code, str(reply.enhanced)) == (code, enhanced)


def test_a_syntax_refusal_says_what_where_and_which_section() -> None:
    reply = rcpt(SERVER, "jones@foo..com")
    assert reply.reason is not None
    assert reply.reason.section == "RFC 5321 section 4.2.3"
    shown = str(reply.reason.fault)
    caret = next(row for row in shown.split("\n") if set(row.strip()) == {"^"})
    source = next(row for row in shown.split("\n") if "jones@foo..com" in row)
    assert source[caret.index("^")] == "."
    assert "RFC 5321 section 4.1.2" in shown


@pytest.mark.parametrize("keyword", [501, 553])
def test_the_disputed_code_is_a_keyword(keyword: int) -> None:
    server = Server("foo.com", mailboxes=["jones@foo.com"], name_syntax_code=keyword)
    assert rcpt(server, "jones@foo..com").code == keyword


def test_a_lenient_server_forgives_what_many_do() -> None:
    server = Server("foo.com", mailboxes=["jones@foo.com"], lenient=True)
    session = session_in(State.READY, server)
    assert ask(session, "MAIL FROM: smith@bar.com").code == 250
    assert ask(session, "RCPT TO: <jones@foo.com>").code == 250


def test_non_ascii_needs_smtputf8_on_mail_for_rcpt_too() -> None:
    server = Server("foo.com", mailboxes=["jönes@foo.com"])
    session = session_in(State.READY, server)
    ask(session, "MAIL FROM:<smith@bar.com>")
    assert ask(session, "RCPT TO:<jönes@foo.com>").code == 553
    ask(session, "RSET")
    ask(session, "MAIL FROM:<smith@bar.com> SMTPUTF8")
    assert ask(session, "RCPT TO:<jönes@foo.com>").code == 250


def test_a_non_ascii_forward_path_turns_251_into_250() -> None:
    """RFC 6531 section 3.7.4.1."""
    server = Server("foo.com", forwards={"green@foo.com": "grün@bar.org"})
    assert rcpt(server, "green@foo.com").code == 250
    session = session_in(State.READY, server)
    ask(session, "MAIL FROM:<smith@bar.com> SMTPUTF8")
    assert ask(session, "RCPT TO:<green@foo.com>").code == 251


@pytest.mark.parametrize(
    ("line", "code"),
    [("VRFY jönes", 252), ("VRFY jönes SMTPUTF8", 250), ("VRFY green", 252), ("VRFY green SMTPUTF8", 251)],
)
def test_vrfy_names_a_non_ascii_mailbox_only_to_who_asks_for_it(line: str, code: int) -> None:
    """RFC 6531 section 3.7.4.2."""
    server = Server("foo.com", mailboxes=["jönes@foo.com"], forwards={"green@foo.com": "grün@bar.org"})
    assert ask(session_in(State.READY, server), line).code == code


@pytest.mark.parametrize(
    ("line", "code", "enhanced"),
    [
        ("VRFY jones", 250, "2.1.5"),
        ("VRFY jones@foo.com", 250, "2.1.5"),
        ("VRFY <jones@foo.com>", 250, "2.1.5"),
        ('VRFY "jones"', 250, "2.1.5"),
        ("VRFY green", 251, "2.1.5"),
        ("VRFY white", 551, "5.7.1"),
        ("VRFY nobody", 550, "5.1.1"),
        ("VRFY smith", 553, "5.1.4"),
        ("VRFY", 501, "5.5.4"),
        ("EXPN staff", 250, "2.1.5"),
        ("EXPN jones", 550, "5.1.1"),
    ],
)
def test_vrfy_and_expn(line: str, code: int, enhanced: str) -> None:
    reply = ask(session_in(State.READY), line)
    assert (reply.code, str(reply.enhanced)) == (code, enhanced)


def test_vrfy_answers_carry_a_mailbox() -> None:
    """Section 3.5.2: 2yz and 551 replies MUST include the mailbox."""
    session = session_in(State.READY)
    assert "<jones@foo.com>" in ask(session, "VRFY jones").text
    assert "<green@bar.org>" in ask(session, "VRFY green").text
    assert "<white@bar.org>" in ask(session, "VRFY white").text


def test_an_ambiguous_name_lists_the_possibilities() -> None:
    """Section 3.5.1."""
    lines = ask(session_in(State.READY), "VRFY smith").lines
    assert lines == ("Ambiguous; Possibilities are", "<joe.smith@foo.com>", "<jane.smith@foo.com>")


def test_expn_lists_the_members() -> None:
    assert ask(session_in(State.READY), "EXPN staff").lines == ("<jones@foo.com>", "<brown@foo.com>")


def test_switched_off_vrfy_and_expn_are_252() -> None:
    """Section 7.3: MUST return a 252."""
    session = session_in(State.READY, Server("foo.com", mailboxes=["jones@foo.com"], vrfy=False, expn=False))
    assert ask(session, "VRFY jones").code == ask(session, "VRFY nobody").code == 252
    assert ask(session, "EXPN staff").code == 252


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("", 500),
        ("   ", 500),
        ("XYZZY", 500),
        ("\x00\x01", 500),
        ("<script>alert(1)</script>", 500),
        ("SEND FROM:<a@b.example>", 502),
        ("TURN", 502),
        ("STARTTLS", 502),
        ("AUTH PLAIN", 502),
        ("RSET now", 501),
        ("QUIT now", 501),
        ("NOOP whatever", 250),
        ("EHLO", 501),
        ("EHLO a b", 501),
        ("HELO [192.0.2.1]", 250),
        ("NOOP " + "x" * 505, 250),  # 512 octets with CRLF: section 4.5.3.1.4
        ("NOOP " + "x" * 506, 500),
        ("x" * 5000, 500),
        ("x" * 50000, 500),
    ],
)
def test_odd_lines(line: str, code: int) -> None:
    session = session_in(State.READY)
    assert ask(session, line).code == code
    assert session.state is State.READY or code == 250


def test_data_after_all_recipients_were_refused() -> None:
    """Section 3.3: 503 or 554; the kit says 554, which tells more."""
    session = session_in(State.MAIL)
    ask(session, "RCPT TO:<nobody@foo.com>")
    assert ask(session, "DATA").code == 554


def test_a_second_ehlo_is_a_reset() -> None:
    session = session_in(State.RCPT)
    ask(session, "EHLO bar.com")
    assert ask(session, "DATA").code == 503


def test_helo_offers_no_extensions() -> None:
    session = SERVER.connect()
    assert len(ask(session, "HELO bar.com").lines) == 1
    assert ask(session, "MAIL FROM:<smith@bar.com> SIZE=10").code == 555


def test_extensions_can_be_switched_off() -> None:
    server = Server("foo.com", mailboxes=["jones@foo.com"], extensions=["HELP"])
    session = server.connect()
    assert ask(session, "EHLO bar.com").lines == ("foo.com greets bar.com", "HELP")
    assert str(ask(session, "MAIL FROM:<smith@bar.com>")) == "250 OK"  # no enhanced codes: RFC 2034 section 3
    assert ask(session, "RSET").code == 250
    assert ask(session, "MAIL FROM:<smith@bar.com> SIZE=10").code == 555


@pytest.mark.parametrize(
    ("policy", "address", "code", "enhanced"),
    [
        ({"full_for_now": ["jones@foo.com"]}, "jones@foo.com", 452, "4.2.2"),
        ({"full": ["jones@foo.com"]}, "jones@foo.com", 552, "5.2.2"),
        ({"relay": ["bar.org"]}, "anyone@bar.org", 250, "2.1.5"),
        ({"refuse": {"dora@foo.com": "551 5.1.6 Try <dora@bar.org>"}}, "dora@foo.com", 551, "5.1.6"),
    ],
)
def test_policy(policy: dict[str, object], address: str, code: int, enhanced: str) -> None:
    server = Server("foo.com", **{"mailboxes": ["brown@foo.com"], "domains": ["foo.com"], **policy})  # type: ignore[arg-type]
    reply = rcpt(server, address)
    assert (reply.code, str(reply.enhanced)) == (code, enhanced)


def test_busy_on_the_first_try() -> None:
    server = Server("foo.com", busy=["jones@foo.com"])
    assert [rcpt(server, "jones@foo.com").code for _ in range(3)] == [450, 250, 250]


def test_greylisting_looks_at_the_time_of_the_session() -> None:
    server = Server("foo.com", mailboxes=["jones@foo.com"], greylist=300)

    def at(now: float, sender: str = "smith@bar.com") -> int:
        session = server.connect(now=now)
        for line in ("EHLO bar.com", f"MAIL FROM:<{sender}>"):
            ask(session, line)
        return ask(session, "RCPT TO:<jones@foo.com>").code

    assert [at(0), at(299), at(300), at(300, "other@bar.com")] == [450, 450, 250, 450]


def test_names_with_other_letters_than_ascii_may_own_addresses_and_be_lists() -> None:
    """RFC 6531 section 3.3."""
    owners = {"jö": ["jö@foo.com"]}
    server = Server("foo.com", users={"jö": "x"}, owners=owners, lists={"müll@foo.com": ["jones@foo.com"]})
    session = server.connect()
    assert ask(session, "EHLO bar.com").code == 250
    assert ask(session, "MAIL FROM:<smith@bar.com>").code == 250
    assert ask(session, "RSET").code == 250
    assert ask(session, "MAIL FROM:<jö@foo.com> SMTPUTF8").code == 553  # its owner has not logged in
    assert str(ask(session, "EXPN müll")) == "250 2.1.5 <jones@foo.com>"


def test_of_ten_thousand_first_tries_the_oldest_is_forgotten_for_a_new_one() -> None:
    tries = Tries()
    assert [tries.first((str(number),), number) for number in range(10_000)] == [None] * 10_000
    assert tries.first(("0",), 10_000) == 0
    assert tries.first(("new",), 10_001) is None
    assert [tries.first((key,), 10_002) for key in ("new", "1", "0")] == [10_001, 1, None]


def test_any_4yz_may_refuse_a_recipient() -> None:
    """RFC 5321 section 4.2.1; a 2yz or 3yz would refuse nobody."""
    server = Server("foo.com", refuse={"jones@foo.com": "400 Later"})
    assert str(server.reply_to("RCPT TO:<jones@foo.com>")) == "400 Later"
    with pytest.raises(ValueError, match="a refusal begins with 4 or 5"):
        Server("foo.com", refuse={"jones@foo.com": "399 Later"})


def test_too_many_recipients() -> None:
    """Section 4.5.3.1.10: 452, and those before stay accepted. One is the least that a server can be asked for."""
    for most in (1, 2):
        session = session_in(State.MAIL, Server("foo.com", mailboxes=["jones@foo.com"], max_recipients=most))
        assert [ask(session, "RCPT TO:<jones@foo.com>").code for _ in range(most + 1)] == [*[250] * most, 452]
        assert ask(session, "DATA").code == 354


def test_a_message_that_is_too_big_is_refused_after_the_dot() -> None:
    server = Server("foo.com", mailboxes=["jones@foo.com"], max_size=20)
    session = session_in(State.RCPT, server)
    ask(session, "DATA")
    for _ in range(3):
        session.send("0123456789")
    assert ask(session, ".").code == 552
    assert server.delivered == ()


def test_a_recipient_may_be_accepted_and_the_message_refused() -> None:
    """Section 4.2.5: responsibility passes only with the 2yz after the final dot."""
    server = Server("foo.com", forwards={"green@foo.com": "g@bar.org"}, refuse_message="554 5.7.1 Refused by policy")
    session = session_in(State.MAIL, server)
    assert ask(session, "RCPT TO:<green@foo.com>").code == 251
    ask(session, "DATA")
    assert str(ask(session, ".")) == "554 5.7.1 Refused by policy"
    assert server.delivered == ()


def test_text_lines_of_1000_octets_are_taken_and_longer_ones_refused() -> None:
    """Section 4.5.3.1.6: with CRLF, without the dot that was added for transparency."""
    for text, code in (("x" * 998, 250), ("." + "." + "x" * 997, 250), ("x" * 999, 554)):
        session = session_in(State.RCPT)
        ask(session, "DATA")
        session.send(text)
        assert ask(session, ".").code == code, len(text)


def test_shutting_down() -> None:
    session = Server("foo.com", shutting_down=True).connect()
    assert ask(session, "EHLO bar.com").code == 421
    assert session.closed


def test_421_hangs_up_once_it_is_said() -> None:
    """Section 3.8. A refusal of the sender that waits for RCPT is not said at MAIL."""
    answers = {"MAIL": {"away": "421 Bye"}, "RCPT": {"away": "421 Bye"}}
    for delayed in (False, True):
        server = Server("foo.com", mailboxes=["jones@foo.com"], answers=answers, delay_sender_checks=delayed)
        session = session_in(State.READY, server)
        assert ask(session, "MAIL FROM:<away@bar.com>").code == (250 if delayed else 421)
        assert session.closed is not delayed
        session = session_in(State.MAIL, server)
        assert ask(session, "RCPT TO:<away@foo.com>").code == 421
        assert session.closed


def test_a_host_that_takes_no_mail() -> None:
    """Section 3.1: 554 to the connection; then 503 to all but QUIT."""
    session = Server("foo.com", accepts_mail=False).connect()
    assert session.greeting.code == 554
    assert ask(session, "EHLO bar.com").code == 503
    assert ask(session, "QUIT").code == 221


SUBMISSION = Server(
    "foo.com",
    mailboxes=["jones@foo.com", "brown@foo.com"],
    users={"jones": "secret"},
    owners={"jones": ["jones@foo.com"]},
)
PLAIN = base64.b64encode(b"\0jones\0secret").decode()


def logged_in(server: Server) -> Session:
    session = session_in(State.READY, server)
    assert ask(session, f"AUTH PLAIN {PLAIN}").code == 235
    return session


@pytest.mark.parametrize(
    ("sender", "login", "code"),
    [
        ("jones@foo.com", True, 250),
        ("brown@foo.com", True, 553),
        ("jones@foo.com", False, 553),
        ("brown@foo.com", False, 250),
        ("", True, 250),
    ],
)
def test_sender_ownership(sender: str, login: bool, code: int) -> None:
    session = logged_in(SUBMISSION) if login else session_in(State.READY, SUBMISSION)
    reply = ask(session, f"MAIL FROM:<{sender}>")
    assert reply.code == code
    assert code == 250 or str(reply.enhanced) == "5.7.1"


def test_a_delayed_sender_check_blames_the_recipient() -> None:
    server = Server("foo.com", mailboxes=["brown@foo.com"], users={"jones": "x"}, owners={"jones": ["jones@foo.com"]},
                    delay_sender_checks=True)  # fmt: skip
    session = session_in(State.READY, server)
    assert ask(session, "MAIL FROM:<jones@foo.com>").code == 250
    assert [ask(session, "RCPT TO:<brown@foo.com>").code for _ in range(2)] == [553, 553]


def test_unknown_sender_domain() -> None:
    server = Server("foo.com", unknown_sender_domains=["nowhere.example"])
    reply = ask(session_in(State.READY, server), "MAIL FROM:<a@Nowhere.example>")
    assert (reply.code, str(reply.enhanced)) == (553, "5.1.8")


def test_a_login_may_relay() -> None:
    session = logged_in(SUBMISSION)
    ask(session, "MAIL FROM:<jones@foo.com>")
    assert ask(session, "RCPT TO:<anyone@elsewhere.example>").code == 250


@pytest.mark.parametrize(
    ("lines", "codes"),
    [
        (["AUTH PLAIN", PLAIN], [334, 235]),
        (["AUTH LOGIN", "am9uZXM=", "c2VjcmV0"], [334, 334, 235]),
        (["AUTH LOGIN am9uZXM=", "c2VjcmV0"], [334, 235]),
        (["AUTH PLAIN", "*"], [334, 501]),
        (["AUTH PLAIN", "&&&"], [334, 501]),
        (["AUTH PLAIN AGEAYg=="], [535]),
        (["AUTH CRAM-MD5"], [504]),
        (["AUTH"], [501]),
        ([f"AUTH PLAIN {PLAIN}", f"AUTH PLAIN {PLAIN}"], [235, 503]),
        (["MAIL FROM:<>", "AUTH PLAIN"], [250, 503]),
        (["AUTH PLAIN", "x" * 13000, "NOOP"], [334, 500, 250]),
    ],
)
def test_auth(lines: list[str], codes: list[int]) -> None:
    """RFC 4954 sections 4 and 6; RFC 4616."""
    session = session_in(State.READY, SUBMISSION)
    assert [ask(session, line).code for line in lines] == codes


def test_mail_needs_a_login_where_the_policy_says_so() -> None:
    server = Server("foo.com", users={"jones": "secret"}, auth_required=True)
    assert ask(session_in(State.READY, server), "MAIL FROM:<>").code == 530


def test_starttls_begins_anew_and_drops_what_was_pipelined() -> None:
    """RFC 3207 section 4.2; the injection of CVE-2011-0411."""
    session = session_in(State.READY, Server("foo.com", mailboxes=["jones@foo.com"], tls=True))
    replies = session.receive_data(b"STARTTLS\r\nEHLO evil.example\r\nMAIL FROM:<>\r\n")
    assert [r.code for r in replies] == [220]
    assert session.receive_data(b"NOOP\r\n") == []
    session.tls_started()
    assert session.state is State.CONNECTED
    assert ask(session, "MAIL FROM:<>").code == 503
    assert (
        ask(session, "VRFY jones SMTPUTF8").code == 550
    )  # the keyword is for whoever said EHLO: RFC 6531 section 3.7.4.2
    assert "STARTTLS" not in ask(session, "EHLO bar.com").lines
    assert ask(session, "STARTTLS").code == 503


def test_mail_needs_tls_where_the_policy_says_so() -> None:
    server = Server("foo.com", tls=True, tls_required=True)
    assert ask(session_in(State.READY, server), "MAIL FROM:<>").code == 530


#: What CVE-2023-51764 and its kin put before the smuggled part.
SMUGGLING = [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r", b"\r.\r\n", b"\r\n\x00.\r\n", b"\n.\r"]


@pytest.mark.parametrize("end", SMUGGLING)
def test_only_crlf_dot_crlf_ends_a_message(end: bytes) -> None:
    server = Server("foo.com", mailboxes=["jones@foo.com"])
    session = session_in(State.RCPT, server)
    replies = session.receive_data(
        b"DATA\r\nfirst" + end + b"MAIL FROM:<evil@bar.com>\r\nRCPT TO:<jones@foo.com>\r\nDATA\r\nsecond\r\n.\r\n"
    )
    assert [r.code for r in replies] == [354, 250]
    (envelope,) = server.delivered
    assert b"second" in envelope.data


@pytest.mark.parametrize("line", [b"NOOP\nNOOP\r\n", b"NOOP\rNOOP\r\n", b"NO\x00OP\r\n"])
def test_a_bare_lf_or_cr_ends_no_command(line: bytes) -> None:
    replies = session_in(State.READY).receive_data(line)
    assert [r.code for r in replies] == [500]


def test_endless_lines_fill_no_memory() -> None:
    session = session_in(State.READY)
    for _ in range(300):
        assert session.receive_data(b"x" * 10_000) == []
    assert len(session._reader._buffer) < 20_000
    assert [r.code for r in session.receive_data(b"\r\nNOOP\r\n")] == [500, 250]


def test_send_takes_one_line() -> None:
    session = SERVER.connect()
    with pytest.raises(ValueError, match="one line without CR or LF"):
        session.send("NOOP\r\nNOOP")
    with pytest.raises(ValueError, match=r"\\ud800' at position 5 is half a character"):
        session.send("NOOP \ud800")
    ask(session, "QUIT")
    with pytest.raises(SessionClosedError, match="open another with server"):
        session.send("NOOP")


lines = st.sampled_from(
    [line.encode() + b"\r\n" for line in COMMANDS.values()]
    + [
        b"RCPT TO:<green@foo.com>\r\n",
        b"RCPT TO:<a..b@foo.com>\r\n",
        b"MAIL FROM:<>\r\n",
        b".\r\n",
        b"..\r\n",
        b"\n",
        b"\r\n",
    ]
    + [b"MAIL FROM:<\xff@b.example>\r\n", b"AUTH PLAIN\r\n", b"STARTTLS\r\n", b"VRFY smith\r\n", b"x" * 700 + b"\r\n"]
)
streams = st.lists(lines | st.binary(max_size=12), max_size=14).map(b"".join)


def replies_to(stream: bytes, cuts: list[int]) -> list[Reply]:
    session = SERVER.connect()
    edges = sorted({0, len(stream), *(cut % (len(stream) + 1) for cut in cuts)})
    return [r for a, b in pairwise(edges) for r in session.receive_data(stream[a:b])]


@settings(max_examples=300)
@given(streams, st.lists(st.integers(0, 10_000), max_size=8))
def test_any_split_gives_the_same_replies(stream: bytes, cuts: list[int]) -> None:
    assert replies_to(stream, cuts) == replies_to(stream, [])


@settings(max_examples=300)
@given(st.lists(lines | st.binary(max_size=20).map(lambda b: b.replace(b"\n", b"") + b"\r\n"), max_size=20))
def test_every_reply_is_one_that_its_command_may_have(sent: list[bytes]) -> None:
    session = SERVER.connect()
    for line in sent:
        in_data = session.state is State.DATA
        verb = "(data)" if in_data else line.split()[0].decode("latin-1").upper() if line.split() else ""
        for reply in session.receive_data(line):
            assert reply.code in allowed_codes(verb), (line, reply)


@pytest.mark.parametrize("state", WAYS)
def test_waiting_for_names_what_could_succeed(state: State) -> None:
    expected = {verb for verb, (code, _) in GRID[state].items() if code < 500}
    assert set(session_in(state).waiting_for) - {"AUTH", "STARTTLS"} == expected


def test_the_transcript_is_what_was_said() -> None:
    session = SERVER.connect()
    session.send("NOOP")
    assert str(session.transcript) == "S: 220 foo.com Simple Mail Transfer Service Ready\nC: NOOP\nS: 250 2.0.0 OK"


@pytest.mark.parametrize("known", ["jürgen@bücher.example", "ju\u0308rgen@bu\u0308cher.example"])
@pytest.mark.parametrize(
    "asked", ["jürgen@bücher.example", "ju\u0308rgen@BU\u0308CHER.example", "JÜRGEN@bücher.example"]
)
def test_a_letter_with_its_accent_is_one_name_in_one_character_and_in_two(known: str, asked: str) -> None:
    """RFC 6532 section 3.1: NFC; RFC 5890 section 2.3.2.1: a U-label is in NFC."""
    session = Server("foo.com", mailboxes=[known]).connect()
    replies = session.send_all("EHLO bar.com", "MAIL FROM:<smith@bar.com> SMTPUTF8", f"RCPT TO:<{asked}>")
    assert replies[-1].code == 250


@pytest.mark.parametrize("asked", ["jones@strasse.example", "jones@xn--strae-oqa.example"])
def test_names_that_idna_alone_could_call_the_same_are_not(asked: str) -> None:
    """No table of IDNA is in Python's library: what is not checked is told apart."""
    session = Server("foo.com", mailboxes=["jones@straße.example"]).connect()
    replies = session.send_all("EHLO bar.com", "MAIL FROM:<smith@bar.com> SMTPUTF8", f"RCPT TO:<{asked}>")
    assert replies[-1].code == 550
