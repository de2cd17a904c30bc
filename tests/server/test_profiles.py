"""Profiles held against the recordings of their servers, and against what sources and notes say of the rest."""

from __future__ import annotations

import re
import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smtplesson.content import ContentError
from smtplesson.server import profiles, worlds
from smtplesson.server.policy import Policy
from smtplesson.server.profiles import PROFILES
from smtplesson.server.server import Server
from smtplesson.server.session import Session
from smtplesson.server.situations import FIELDS, Situation
from tests.paths import ROOT
from tests.tools import agreement

RECORDED = tuple(agreement.SERVERS)


def connect(profile: str, world: str = "example") -> Session:
    return worlds.load(world, profile=profile).connect(client_address=agreement.CLIENT)


def codes(profile: str, *lines: str) -> list[int]:
    return [reply.code for reply in connect(profile).send_all(*lines)]


# --- the recordings -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", RECORDED)
@pytest.mark.parametrize("kind", ["seen", "unseen"])
def test_a_profile_agrees_with_its_server(profile: str, kind: str) -> None:
    found = [o for o in agreement.outcomes(profile) if agreement.is_seen(o.script) == (kind == "seen")]
    total, code, enhanced = agreement.rates(found)
    assert total > 120
    assert code / total >= 0.97
    assert enhanced / total >= 0.97


@pytest.mark.parametrize("profile", RECORDED)
def test_whatever_disagrees_is_explained(profile: str) -> None:
    found = {o.script for o in agreement.outcomes(profile) if not o.agrees or o.wanted.enhanced != o.got.enhanced}
    assert found == set(agreement.LEFT.get(profile, {}))


#: Profile -> probes whose words, too, are those of the recording, of about 350. What a server tells of its own machine,
#: such as a queue's number, is in no profile.
WORDED = {"postfix": 339, "exim": 302, "opensmtpd": 319, "sendmail": 254, "courier": 307, "haraka": 249}


@pytest.mark.parametrize("profile", RECORDED)
def test_a_profile_words_its_replies_as_its_server_did(profile: str) -> None:
    def said(answer: agreement.Answer) -> str:
        return " | ".join(f"{answer.enhanced} {row}" if answer.enhanced else row for row in answer.text.split(" | "))

    same = [o for o in agreement.outcomes(profile) if o.wanted.code and o.agrees and said(o.got) == o.wanted.text]
    assert len(same) >= WORDED[profile]


@pytest.mark.parametrize("profile", RECORDED)
def test_a_profile_hangs_up_when_its_server_did(profile: str) -> None:
    found = [o for o in agreement.outcomes(profile) if o.agrees]
    assert [o.script for o in found if o.wanted.closed != o.got.closed] == []


@pytest.mark.parametrize("profile", RECORDED)
def test_the_port_of_the_program_says_the_same(profile: str) -> None:
    dialogues = agreement.scripts(agreement.SERVERS[profile])
    names = ("ehlo_plain", "mail_domain_consecutive_dots", "rcpt_moved_dave", "cmd_foo_arg", "mail_rcpt_data")
    with agreement.serving(profile) as port:
        over_port = [o for name in names for o in agreement.play(profile, name, dialogues[name], port)]
    assert [o.got.code for o in over_port] == [o.wanted.code for o in over_port]


@pytest.mark.parametrize(
    ("text", "octets"),
    [
        (r"NOOP\r\n", b"NOOP\r\n"),
        (r"\xff\\\t", b"\xff\\\t"),
        (r"NOOP aa...[20 bytes]...aa\r\n", b"NOOP aaaaaaaaaaaaa\r\n"),
    ],
)
def test_a_cell_of_the_recordings_is_read_back(text: str, octets: bytes) -> None:
    assert agreement.unescaped(text) == octets


# --- what was found beside the rows that are here (notes of the recordings) ---------------------------------


@pytest.mark.parametrize(
    ("profile", "line", "most", "last"),
    [
        ("exim", "XXXX", 3, 500),  # "Exim closes after 4"
        ("exim", "NOOP", 10, 554),  # "NOOP: Exim 554 after 10"
        ("postfix", "XXXX", 20, 421),  # "Postfix 421 after 20"
        ("postfix", "NOOP", 120, 421),  # "Postfix 421 after 120"
        ("sendmail", "XXXX", 25, 421),  # "Sendmail 421 after 25"
    ],
)
def test_too_many_replies_of_a_kind_end_the_connection(profile: str, line: str, most: int, last: int) -> None:
    session = connect(profile)
    session.send("EHLO client.example.org")
    for _ in range(most):
        session.send(line)
        assert not session.closed
    reply = session.send(line)
    assert reply is not None
    assert (reply.code, session.closed) == (last, True)


@pytest.mark.parametrize("profile", ["opensmtpd", "courier", "haraka"])
def test_patience_does_not_end_within_thirty(profile: str) -> None:
    session = connect(profile)
    session.send_all(*["XXXX"] * 30)
    assert not session.closed


@pytest.mark.parametrize(
    ("profile", "most", "code"), [("postfix", 1000, 452), ("opensmtpd", 1000, 451), ("courier", 100, 431)]
)
def test_recipients(profile: str, most: int, code: int) -> None:
    session = connect(profile)
    replies = session.send_all(
        "EHLO client.example.org", "MAIL FROM:<sender@example.org>", *["RCPT TO:<alice@example.com>"] * (most + 1)
    )
    assert [reply.code for reply in replies[-2:]] == [250, code]


def test_haraka_takes_as_many_recipients_as_were_tried() -> None:
    replies = connect("haraka").send_all("EHLO a.example", "MAIL FROM:<>", *["RCPT TO:<bob@example.com>"] * 1100)
    assert {reply.code for reply in replies} == {250}


def test_exim_wants_silence_after_helo() -> None:
    session = connect("exim")
    session.send("HELO client.example.org")
    replies = session.receive_data(b"MAIL FROM:<sender@example.org>\r\nRCPT TO:<alice@example.com>\r\n")
    assert [reply.code for reply in replies] == [554]
    assert session.closed


def test_opensmtpd_bears_no_pipelining_at_all() -> None:
    session = connect("opensmtpd")
    session.send("EHLO client.example.org")
    (reply,) = session.receive_data(b"NOOP\r\nNOOP\r\n")
    assert str(reply) == "500 5.5.1 Invalid command: Pipelining not supported"
    assert session.closed


@pytest.mark.parametrize("verb", ["EHLO", "HELO"])
def test_sendmail_refuses_whoever_does_not_wait_for_the_reply_to_ehlo(verb: str) -> None:
    """sendmail/srvrsmtp.c: the connection stays, but all that follows is refused, except QUIT."""
    session = connect("sendmail")
    replies = session.receive_data(f"{verb} client.example.org\r\nMAIL FROM:<sender@example.org>\r\n".encode())
    assert [str(reply) for reply in replies] == ["554 5.5.0 SMTP protocol error", "550 5.0.0 Command rejected"]
    assert not session.closed
    assert [reply.code for reply in session.receive_data(b"QUIT\r\n")] == [221]


SMUGGLED = (
    b"Subject: s\r\n\r\nfirst\n.\r\nMAIL FROM:<evil@example.org>\r\nRCPT TO:<bob@example.com>\r\nDATA\r\nx\r\n.\r\n"
)


@pytest.mark.parametrize(
    ("profile", "messages"), [("postfix", 2), ("exim", 1), ("sendmail", 0), ("courier", 1), ("rfc", 1)]
)
def test_smuggling(profile: str, messages: int) -> None:
    server = worlds.load("example", profile=profile)
    session = server.connect()
    session.send_all("EHLO a.example", "MAIL FROM:<sender@example.org>", "RCPT TO:<alice@example.com>", "DATA")
    session.receive_data(SMUGGLED)
    assert len(server.delivered) == messages


def test_sendmail_lists_mechanisms_that_let_nobody_in() -> None:
    assert codes("sendmail", "EHLO client.example.org", "AUTH CRAM-MD5", "eA==") == [250, 334, 535]
    assert codes("sendmail", "EHLO client.example.org", "AUTH CRAM-MD5", "*") == [250, 334, 501]


def test_whoever_has_a_login_gets_in_whatever_the_profile_lists() -> None:
    server = Server("foo.com", users={"jones": "secret"}, profile=PROFILES["sendmail"])
    replies = server.connect().send_all("EHLO bar.com", "AUTH PLAIN AGpvbmVzAHNlY3JldA==")
    assert "AUTH PLAIN LOGIN" in replies[0].lines
    assert replies[1].code == 235


# --- qmail, from its source ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("VRFY alice", "252 send some mail, i'll try my best"),
        ("RCPT TO:<someone@example.net>", "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)"),
        ("RCPT TO:<nosuch@example.com>", "250 ok"),
        ("RCPT TO:<a..b@example.com>", "250 ok"),
        # rcpthosts(): "if (j >= len) return 1; /* presumably envnoathost is acceptable */", j being where the "@" is
        ("RCPT TO:<alice>", "250 ok"),
        ("RCPT TO:alice", "250 ok"),
        ("RCPT TO:<>", "250 ok"),
        ("RCPT TO:<> NOTIFY=NEVER", "250 ok"),
        ("RCPT TO:", "250 ok"),
        ("RCPT", "250 ok"),
        ("RCPT TO:<@example.net>", "250 ok"),  # addrparse() drops it as a source route
        ("RCPT TO:<@relay.example:alice@example.com>", "250 ok"),
        (
            "RCPT TO:<@relay.example:alice@example.net>",
            "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
        ),
        ("RCPT TO:<alice@>", "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)"),
        ("MAIL FROM:", "250 ok"),
        ("MAIL FROM:<sender@example..com>", "250 ok"),
        ("MAIL FROM:sender@@example.org FOO=BAR", "250 ok"),
        (f"MAIL FROM:<{'a' * 900}>", "555 syntax error (#5.5.4)"),  # addr.len counts the NUL: 901 > 900
        (f"MAIL FROM:<{'a' * 899}>", "250 ok"),
        ("FOO", "502 unimplemented (#5.5.1)"),
        ("DATA", "503 MAIL first (#5.5.1)"),
    ],
)
def test_qmail(line: str, expected: str) -> None:
    assert str(worlds.load("example", profile="qmail").reply_to(line)) == expected


def test_qmail_takes_a_message_for_an_empty_address() -> None:
    lines = ("HELO a.example", "MAIL FROM:<>", "RCPT TO:<>", "DATA", "Subject: hi", ".")
    assert codes("qmail", *lines) == [250, 250, 250, 354, 250]


# --- any world ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", PROFILES)
def test_a_profile_answers_in_any_world(profile: str) -> None:
    session = connect(profile, "foo")
    assert session.policy.host in str(session.greeting)
    replies = session.send_all(
        "EHLO bar.com",
        "MAIL FROM:<smith@bar.com>",
        f"RCPT TO:<{next(iter(session.policy.mailboxes))}>",
        "RCPT TO:<someone@elsewhere.example>",
        "DATA",
        "Subject: hi",
        ".",
        "QUIT",
    )
    assert [reply.code // 100 for reply in replies[:3]] == [2, 2, 2]
    assert replies[3].code // 100 in (4, 5)
    assert [reply.code for reply in replies[4:]] == [354, 451 if profile == "haraka" else 250, 221]
    said = "\n".join(map(str, replies))
    assert "example.com" not in said
    assert re.search(r"\{[a-z]", said) is None


@pytest.mark.parametrize("profile", PROFILES)
def test_no_wording_has_a_hole(profile: str) -> None:
    given = PROFILES[profile]
    fields = dict.fromkeys(FIELDS, "x")
    for situation in Situation:
        assert "{" not in str(given.replies[situation].fill(fields))


@pytest.mark.parametrize("profile", [name for name in PROFILES if name != "rfc"])
def test_every_profile_says_where_it_comes_from(profile: str) -> None:
    assert re.search(r"recordings of .*2026|source of", PROFILES[profile].evidence)


@pytest.mark.parametrize("profile", ["exim", "courier", "haraka", "qmail"])
def test_who_offers_no_enhanced_codes_sends_none_but_in_his_own_words(profile: str) -> None:
    server = worlds.load("example", profile=profile, full=["full@example.com"])
    assert str(server.reply_to("RCPT TO:<full@example.com>")) == "552 Mailbox full"


def test_the_null_sender_and_a_domain_that_exists_nowhere() -> None:
    for profile in ("sendmail", "courier", "haraka"):
        server = Server("foo.com", mailboxes=["jones@foo.com"], profile=PROFILES[profile])
        assert server.reply_to("MAIL FROM:<>").code == 250
        assert server.reply_to("MAIL FROM:<a@anything.example>").code == 250  # no list of domains: all exist
        assert server.reply_to("MAIL FROM:<a@b.invalid>").code in (550, 553, 517)  # RFC 2606 section 2


# --- the files ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nmae = 'x'", "line 1: unknown key 'nmae'. Do you mean name?"),
        ("name = 'x'\ntolerate = ['space']", "line 2: unknown key 'tolerate'. "),
        ("name = 5", "line 1: name must be a text in quotes, not 5."),
        ("unknown = 'HELP'", "line 1: unknown must be a list of texts"),
        ("max_hops = '9'", "line 1: max_hops must be a whole number, not '9'."),
        ("alone = {DATA = 1}", "line 1: alone must be a table of true or false"),
        ("vrfy = 'no'", "line 1: vrfy = 'no' is not known. There are true, off, recipient."),
        ("helo = '['", "line 1: helo = '[' is no regular expression: unterminated"),
        ("wording = 5", "line 1: wording must be a table, not 5."),
        ("[wording]\nno-such = '250 x'", "line 2, wording: unknown key 'no-such'. Do you mean no-such-user?"),
        ("[wording]\nrset-ok = 5", "line 2, wording: rset-ok must be a text in quotes, not 5."),
        (
            "[wording]\nrset-ok = 'fine'",
            "line 2, wording: rset-ok: Line 1 of the reply, 'fine', does not begin with three",
        ),
        ("[wording]\nrset-ok = '250 {whom}'", "line 2, wording: rset-ok: '250 {whom}' names {whom}"),
        ("[syntax.MAL]\nother = '501 x'", "line 1: unknown key 'MAL'. Do you mean MAIL?"),
        ("[syntax.MAIL]\nno-such = '501 x'", "line 2, syntax.MAIL: unknown key 'no-such'."),
        ("[syntax.MAIL]\nother = 'x'", "line 2, syntax.MAIL: other: Line 1 of the reply, 'x'"),
        ("[forgive]\nboth = ['no-such']", "line 2, forgive: both names 'no-such', which is not known."),
        ("[forgive]\nall = []", "line 2, forgive: unknown key 'all'. The keys are both, MAIL, RCPT."),
        ("[transitions]\n'nowhere MAIL' = 'mail'", "line 2, transitions: 'nowhere' is no state. There are connected"),
        ("[transitions]\n' MAIL' = ''", "line 2, transitions: '' is no state. There are connected"),
        ("[transitions]\n'mail MAIL' = 'rcpts'", "line 2, transitions: 'rcpts' is no state. Do you mean rcpt?"),
        ("[[rewrites]]\npatern = 'x'", "line 2, rewrites 1: unknown key 'patern'. Do you mean pattern?"),
        (
            "[[rewrites]]\npattern = 'x'\nas = '\\9'",
            "line 3, rewrites 1: as = '\\9' does not fit the pattern: invalid group",
        ),
        ("[[lines]]\nreply = '500 x'", "line 1, lines 1: pattern is missing."),
        (
            "[[lines]]\npattern = '('\nreply = '500 x'",
            "line 2, lines 1: pattern = '(' is no regular expression: missing )",
        ),
        ("[[paths]]\npattern = 'x'\nreply = 'no'", "line 1, paths 1: Line 1 of the reply, 'no'"),
        ("[[limits]]\ncount = 'x'\nreply = '421 x'", "line 2, limits 1: count must be a whole number, not 'x'."),
        (
            "[[limits]]\ncount = 1\nreply = '421 x'\ncodes = '['",
            "line 4, limits 1: codes = '[' is no regular expression",
        ),
        ("extensions = ['SIZE many']", "line 1: extensions holds 'SIZE many'; SIZE has a number of octets"),
        (
            "extensions = ['HELP\\r\\n221 bye']".replace("'", '"'),
            "line 1: extensions holds 'HELP\\r\\n221 bye'; a line",
        ),
        ("line_limit = -1", "line 1: line_limit = -1; a limit is 1 or more."),
        ("text_limit = 0", "line 1: text_limit = 0; a limit is 1 or more."),
    ],
)
def test_what_is_wrong_in_a_profile_is_told(text: str, message: str) -> None:
    with pytest.raises(ContentError) as caught:
        profiles.parse(text, "mine.toml")
    assert str(caught.value).startswith(f"mine.toml, {message}")


def test_a_profile_is_read_when_it_is_asked_for() -> None:
    asked = (
        "import smtplesson; from smtplesson.server import profiles; n = profiles._load.cache_info; print(n().currsize)"
    )
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "0\n"
    assert PROFILES["exim"] is PROFILES["exim"]
    assert [PROFILES[name].name for name in PROFILES] == list(PROFILES)
    assert "exchange" not in PROFILES
    with pytest.raises(KeyError):
        PROFILES["exchange"]


def test_the_standard_is_a_profile_that_departs_from_nothing() -> None:
    assert profiles.parse('name = "rfc"') == PROFILES["rfc"]
    assert len({profile.called for profile in PROFILES.values()}) == len(PROFILES)  # no other is called "the RFC"
    assert Policy("foo.com").profile is PROFILES["rfc"]


# --- hostile bytes ------------------------------------------------------------------------------------------

PIECES = [
    "MAIL FROM:", "RCPT TO:", "VRFY ", "EXPN ", "EHLO ", "DATA", "RSET", "<", ">", "@", "@[", '"', "\\", ",", "%",
    "!", ":", ".", "..", " ", "\t", "\r", "\n", "\0", "é", "a", "alice@example.com", "<alice@example.com>", " SIZE=",
    " SMTPUTF8", "NOTIFY=", "(", "127.0.0.1", "\r\n", "\r\n.\r\n",
]  # fmt: skip


@pytest.mark.parametrize("profile", PROFILES)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
@settings(max_examples=60)
def test_whatever_is_sent_is_answered(profile: str, sent: str) -> None:
    session = connect(profile)
    session.send_all("EHLO client.example.org", "MAIL FROM:<sender@example.org>")
    for reply in session.receive_data(sent.encode() + b"\r\n"):
        assert 200 <= reply.code <= 559
        assert re.search(rb"[\r\n]", bytes(reply).replace(b"\r\n", b"")) is None


def test_postfix_takes_utf8_in_a_domain_where_mail_had_smtputf8() -> None:
    line = "RCPT TO:<alice@exämple.com>"
    assert codes("postfix", "EHLO a.example", "MAIL FROM:<> SMTPUTF8", line) == [250, 250, 454]
    assert codes("postfix", "EHLO a.example", "MAIL FROM:<>", line) == [250, 250, 501]


@pytest.mark.parametrize(
    ("profile", "line"),
    [("postfix", "SIZE 10240000"), ("exim", "SIZE 52428800"), ("sendmail", "SIZE"), ("courier", "SIZE")],
)
def test_the_size_that_ehlo_shows(profile: str, line: str) -> None:
    assert line in worlds.load("example", profile=profile).reply_to("EHLO client.example.org").lines


@pytest.mark.parametrize("profile", ["postfix", "exim", "haraka"])
def test_a_world_can_set_the_size(profile: str) -> None:
    server = worlds.load("example", profile=profile, max_size=5000)
    assert "SIZE 5000" in server.reply_to("EHLO client.example.org").lines
    assert server.reply_to("MAIL FROM:<sender@example.org> SIZE=5001").code in (550, 552)
    assert server.reply_to("MAIL FROM:<sender@example.org> SIZE=5000").code == 250


def test_a_size_that_is_given_counts_even_where_it_is_the_standard_profile_s() -> None:
    # 10,240,000 octets in a server that speaks like Exim, whose own limit is 52,428,800
    server = worlds.load("example", profile="exim", max_size=10_240_000)
    assert "SIZE 10240000" in server.reply_to("EHLO client.example.org").lines
    assert server.reply_to("MAIL FROM:<sender@example.org> SIZE=10240001").code in (550, 552)


def test_a_name_is_judged_before_mail_as_rcpt_judges_it_without_smtputf8() -> None:
    server = worlds.load("example", profile="postfix")
    judged = server.reply_to("RCPT TO:<alice@exämple.com>")
    assert (server.reply_to("VRFY <alice@exämple.com>"), judged.code) == (judged, 501)  # rcpt_utf8_domain


@pytest.mark.parametrize(("given", "taken"), [(100, 100), (None, 1000)])
def test_a_number_of_recipients_that_is_given_counts(given: int | None, taken: int) -> None:
    # RFC 5321 section 4.5.3.1.8: at least 100; Postfix's own limit is smtpd_recipient_limit = 1000.
    addresses = [f"r{number}@example.com" for number in range(taken + 1)]
    session = Server(
        "mail.example.com", mailboxes=addresses, profile=profiles.PROFILES["postfix"], max_recipients=given
    ).connect()
    session.send_all("EHLO client.example.org", "MAIL FROM:<sender@example.org>")
    codes = [reply.code for reply in session.send_all(*(f"RCPT TO:<{address}>" for address in addresses))]
    assert codes == [250] * taken + [452]


@pytest.mark.parametrize("wrong", ["max_size", "max_recipients"])
def test_a_limit_of_nothing_makes_no_sense(wrong: str) -> None:
    with pytest.raises(ContentError, match="1 or more"):
        worlds.load("example", profile="exim", **{wrong: 0})


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("sign", ["@", "<@", '<"@', "%", "\\", '"', "(", "a.", " "])
def test_no_line_keeps_a_server_busy(profile: str, sign: str) -> None:
    """The rules of a profile must read a line once, not once for each of its signs."""
    session = worlds.load("example", profile=profile).connect()
    session.send_all("EHLO client.example.org", "MAIL FROM:<sender@example.org>")
    octets = min(PROFILES[profile].line_limit or 512, 16_384) - 20
    before = time.process_time()
    assert session.send(f'RCPT TO:<"{sign * (octets // len(sign))}') is not None
    assert time.process_time() - before < 0.5  # 2.6 seconds where it was read again and again
