"""The same bytes in any split give the same replies: every profile, every state, lines of every length."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smtplesson.server import worlds
from smtplesson.server.lines import LineReader
from smtplesson.server.profiles import PROFILES
from smtplesson.server.server import Server
from smtplesson.server.session import Session
from smtplesson.server.transaction import ServerState

SECURED = {"users": {"alice": "secret"}, "tls": True}
TRANSACTION = b"EHLO client.example.org\r\nMAIL FROM:<sender@example.org>\r\nRCPT TO:<alice@example.com>\r\n"
#: Octets beside every limit of a line: 512, 1000, 2048, 2049, 8192, 12288 with CRLF, and far beyond.
LENGTHS = (0, 1, 509, 510, 511, 600, 998, 999, 2046, 2047, 2048, 8190, 8191, 12286, 12287, 20_000)
COMMANDS = (
    *(
        b"EHLO client.example.org",
        b"HELO client.example.org",
        b"MAIL FROM:<sender@example.org>",
        b"RCPT TO:<alice@example.com>",
        b"DATA",
    ),
    *(b".", b"..", b"RSET", b"NOOP", b"QUIT", b"STARTTLS", b"AUTH LOGIN", b"AUTH PLAIN", b"*", b"YWxpY2U=", b""),
)
lines = st.sampled_from(COMMANDS) | st.binary(max_size=9) | st.sampled_from(LENGTHS).map(lambda n: b"x" * n)
ended = st.tuples(lines, st.sampled_from([b"\r\n"] * 9 + [b"\n", b"\r", b""])).map(b"".join)
#: What brings a session into each state, among them message data and an AUTH exchange.
WAYS = (
    b"",
    b"EHLO client.example.org\r\n",
    b"HELO client.example.org\r\n",
    b"EHLO client.example.org\r\nAUTH LOGIN\r\n",
    TRANSACTION[: TRANSACTION.index(b"RCPT")],
    TRANSACTION,
    TRANSACTION + b"DATA\r\n",
)


def hear(session: Session, pieces: Iterable[bytes]) -> list[str]:
    """What the server says to these pieces."""
    said = []
    for piece in pieces:
        said += list(map(str, session.receive_data(piece)))
    return said


def server(profile: str) -> Server:
    """A server that has no rule against early pipelining: such rules are the one thing that may look at splits."""
    accepted = {"message-accepted": "250 OK"}  # Haraka was recorded without a queue, and takes no message
    made = worlds.load("example", profile=profile, wording=accepted, **SECURED)
    return replace(made, profile=replace(made.profile, alone={}, alone_after_helo=False))


SERVERS = {name: server(name) for name in PROFILES}


@pytest.mark.parametrize("profile", PROFILES)
@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(WAYS),
    st.lists(ended, max_size=8).map(b"".join),
    st.lists(st.integers(0, 50_000), max_size=6),
)
def test_any_split_gives_the_same_replies(profile: str, way: bytes, stream: bytes, cuts: list[int]) -> None:
    whole, split = SERVERS[profile].connect(), SERVERS[profile].connect()
    for session in (whole, split):
        session.receive_data(way)
    edges = sorted({0, len(stream), *(cut % (len(stream) + 1) for cut in cuts)})
    expected = hear(whole, [stream])
    assert hear(split, [stream[a:b] for a, b in pairwise(edges)]) == expected
    assert (split.state, split.closed, split.awaiting_tls) == (whole.state, whole.closed, whole.awaiting_tls)


def test_only_these_profiles_punish_early_pipelining() -> None:
    strict = {name for name, profile in PROFILES.items() if profile.alone or profile.alone_after_helo}
    assert strict == {"exim", "opensmtpd", "sendmail"}


@pytest.mark.parametrize(("profile", "length"), [("haraka", 600), ("opensmtpd", 2100), ("sendmail", 2100)])
def test_a_text_line_is_no_command_that_is_too_long(profile: str, length: int) -> None:
    session = SERVERS[profile].connect()
    for line in (TRANSACTION + b"DATA\r\n").splitlines(keepends=True):
        session.receive_data(line)
    text = b"Subject: x\r\n\r\n" + b"x" * length + b"\r\n"
    assert session.receive_data(text[:-9]) == []
    assert session.receive_data(text[-9:]) == []
    assert [reply.code for reply in session.receive_data(b".\r\n")] == [250]


@pytest.mark.parametrize("profile", PROFILES)
def test_what_is_pipelined_behind_starttls_is_thrown_away(profile: str) -> None:
    """RFC 3207 section 4.2."""
    session = SERVERS[profile].connect()
    session.receive_data(b"EHLO client.example.org\r\n")
    assert [reply.code for reply in session.receive_data(b"STARTTLS\r\n" + b"NOOP\r\n" * 500)] == [220]
    session.tls_started()
    assert [reply.code for reply in session.receive_data(b"EHLO client.example.org\r\n")] == [250]


@pytest.mark.parametrize("profile", [name for name in PROFILES if name != "courier"])  # it refuses at once
def test_a_line_of_an_auth_exchange_may_be_longer_than_a_command(profile: str) -> None:
    """RFC 4954 section 4 has 12288 octets with CRLF."""
    session = SERVERS[profile].connect()
    session.receive_data(b"EHLO client.example.org\r\n")
    session.receive_data(b"AUTH LOGIN\r\n")
    assert session.receive_data(b"YWxp" * 1000) == []
    assert session.receive_data(b"\r\n")[0].code == 334  # the login is taken, the password asked for


@pytest.mark.parametrize("profile", [name for name in PROFILES if PROFILES[name].long_line_hangs_up])
def test_an_endless_command_is_not_waited_for(profile: str) -> None:
    session = SERVERS[profile].connect()
    limit = PROFILES[profile].line_limit
    assert limit is not None
    assert session.receive_data(b"x" * limit) == []
    assert len(session.receive_data(b"x")) == 1
    assert session.closed


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("octets", [997, 998, 999, 2049, 8190, 12_290, 20_000, 70_000])
def test_a_text_line_is_kept_whole_or_refused(profile: str, octets: int) -> None:
    own = SERVERS[profile]
    session = own.connect()
    text = b"x" * octets + b"\r\n"
    session.receive_data(TRANSACTION + b"DATA\r\n")
    sent = b"Subject: x\r\n\r\n" + text
    replies = [r for at in range(0, len(sent), 999) for r in session.receive_data(sent[at : at + 999])]
    replies += session.receive_data(b".\r\n")
    (reply,) = replies
    if reply.code == 250:
        assert own.delivered[-1].data == sent
    else:
        assert PROFILES[profile].text_limit in range(octets + 2)
        assert reply.first_digit == 5


def test_of_a_line_without_end_all_octets_are_counted_and_its_beginning_is_kept() -> None:
    reader = LineReader()
    reader.feed(b"x" * 600)
    assert (reader.take(512), reader.pending) == (None, 600)
    reader.feed(b"x" * 10 + b"\r\n")
    assert reader.take(512) == (b"x" * 512, 612, True)


def test_a_text_line_in_single_octets_is_not_searched_from_its_start_each_time() -> None:
    """A million octets of one line, an octet at a time: this must take seconds, not the square of it."""
    session = SERVERS["postfix"].connect()
    session.receive_data(TRANSACTION + b"DATA\r\n")
    reader = session._reader
    for _ in range(300_000):
        session.receive_data(b"x")
    assert reader._searched == reader.pending - 1


# --- what a server keeps ------------------------------------------------------------------------------------


def test_the_mail_that_is_kept_is_bounded_in_octets() -> None:
    own = Server("foo.com", mailboxes=["jones@foo.com"], state=ServerState(most_octets=50_000))
    for number in range(40):
        session = own.connect(record=False)
        session.send_all("EHLO bar.com", "MAIL FROM:<>", "RCPT TO:<jones@foo.com>", "DATA", f"Number: {number}", "")
        session.receive_data((b"x" * 70 + b"\r\n") * 100 + b".\r\n")
    sizes = [len(envelope.data) for envelope in own.delivered]
    assert 0 < sum(sizes) <= 50_000
    assert own.delivered[-1].data.startswith(b"Number: 39\r\n")  # the newest are kept
    assert len(sizes) == 50_000 // (sizes[0] + 500)  # a recipient counts, too


def test_a_server_for_nobody_keeps_no_octet() -> None:
    own = Server("foo.com", mailboxes=["jones@foo.com"], state=ServerState(most_octets=0))
    session = own.connect(record=False)
    session.send_all("EHLO bar.com", "MAIL FROM:<>", "RCPT TO:<jones@foo.com>", "DATA")
    session.receive_data((b"x" * 70 + b"\r\n") * 1000)
    assert session._transaction.data == b""
    assert [reply.code for reply in session.receive_data(b".\r\n")] == [250]
    assert own.delivered == ()


def test_a_listener_makes_no_session_keep_its_lines() -> None:
    heard: list[str] = []
    session = SERVERS["rfc"].connect(record=False, listener=lambda line: heard.append(str(line)))
    session.send("NOOP")
    assert heard[-1].startswith("S: 250 ")
    assert len(session.transcript) == 0
