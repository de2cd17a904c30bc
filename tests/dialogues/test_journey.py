"""The journey of a message: where it is and who must act, held against the RFC's sections."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smtplesson import content
from smtplesson.dialogues import picture
from smtplesson.dialogues.journey import Journey, Moment, Place, at_rcpt, journey, journeys, standing, steps, what_if
from smtplesson.protocol.transcript import Transcript
from smtplesson.server import worlds
from smtplesson.server.profiles import PROFILES
from smtplesson.server.server import Server
from smtplesson.server.session import Session


def server() -> Server:
    """A server that has seen nothing yet: it is busy with brown at the first try."""
    return Server(
        "foo.com",
        mailboxes=["jones@foo.com", "brown@foo.com"],
        forwards={"green@foo.com": "green@bar.org"},
        moved={"white@foo.com": "white@bar.org"},
        busy=["brown@foo.com"],
    )


OPENING = ("EHLO bar.com", "MAIL FROM:<smith@bar.com>")
JONES, GREEN, WHITE, NOBODY, BROWN, FAULTY = (
    "jones@foo.com", "green@foo.com", "white@foo.com", "nobody@foo.com", "brown@foo.com", "jones@foo..com",
)  # fmt: skip


def played(*lines: str) -> Session:
    session = server().connect()
    for line in (*OPENING, *lines):
        session.send(line)
    return session


def rcpt(*addresses: str) -> list[str]:
    return [f"RCPT TO:<{address}>" for address in addresses]


#: After the reply to RCPT: its code, who acts and how, what is promised, and whether a report goes to the sender.
#: Section 3.3: the message follows after DATA, so that it is with the client each time. 4yz: section 4.5.4.1.
AT_RCPT = [
    (JONES, 250, "goes on to RCPT or DATA", ["server", "mailbox"], False),  # section 3.3
    (GREEN, 251, "goes on to RCPT or DATA", ["server", "next server", "mailbox"], False),  # section 3.4
    (BROWN, 450, "tries Brown later", [], False),  # section 4.2.1
    (NOBODY, 550, "reports to Smith", [], True),  # section 3.3
    (WHITE, 551, "reports to Smith", [], True),  # section 3.4: nobody forwards
    (FAULTY, 553, "reports to Smith", [], True),  # section 4.2.3
]


@pytest.mark.parametrize(("address", "code", "act", "promised", "reports"), AT_RCPT)
def test_after_rcpt_the_message_is_with_the_client_who_acts(
    address: str, code: int, act: str, promised: list[str], reports: bool
) -> None:
    now = journey(played(*rcpt(address))).now
    assert (now.reply, now.at, now.holder, now.act) == (code, Place.CLIENT, Place.CLIENT, act)
    assert ([*now.promised], now.reports) == (promised, reports)


#: What a client says to log in, the last code, and what it does then. RFC 4954 section 4: a 334 asks for a line more,
#: 235 ends it, 504 refuses a mechanism that is not there, 501 a "*", which gives up; section 6: 535 a wrong password.
AT_AUTH = [
    (["AUTH PLAIN AGpvbmVzAHNlY3JldA=="], 235, "names the sender"),
    (["AUTH PLAIN"], 334, "answers"),
    (["AUTH PLAIN", "AGpvbmVzAHNlY3JldA=="], 235, "names the sender"),
    (["AUTH LOGIN", "am9uZXM="], 334, "answers"),
    (["AUTH LOGIN", "am9uZXM=", "c2VjcmV0"], 235, "names the sender"),
    (["AUTH PLAIN AGpvbmVzAHdyb25n"], 535, "tries another login, or later"),
    (["AUTH PLAIN", "*"], 501, "tries another login, or later"),
    (["AUTH CRAM-MD5"], 504, "tries another login, or later"),
    (["AUTH PLAIN AGpvbmVzAHNlY3JldA==", "AUTH PLAIN"], 235, "names the sender"),  # 503 changes nothing: section 4
]


@pytest.mark.parametrize(("lines", "code", "act"), AT_AUTH)
def test_a_login_is_a_step_and_moves_nothing(lines: list[str], code: int, act: str) -> None:
    session = Server("foo.com", users={"jones": "secret"}).connect()
    session.send_all("EHLO bar.com", *lines)
    (now,) = standing(session)
    assert (now.reply, now.at, now.holder, now.act) == (code, Place.CLIENT, Place.CLIENT, act)
    assert (now.promised, now.reports) == ((), False)


def test_the_four_replies_of_section_3_4_and_553_differ_in_their_sentences_and_acts() -> None:
    moments = [journey(played(*rcpt(address))).now for address, *_ in AT_RCPT]
    assert len({moment.says for moment in moments}) == len(moments)
    assert len({(m.act, m.then, m.promised) for m in moments}) == len(moments)


def test_354_moves_nothing_and_the_dot_does() -> None:
    session = played(*rcpt(GREEN), "DATA", "Subject: hi", "", "Hello")
    waiting = journey(session).now
    assert (waiting.reply, waiting.at, waiting.holder) == (354, Place.CLIENT, Place.CLIENT)
    session.send(".")
    taken = journey(session).now
    assert (taken.reply, taken.at, taken.holder, taken.act) == (250, Place.SERVER, Place.SERVER, "forwards, or reports")
    assert taken.source == "RFC 5321 sections 3.4, 4.2.5 and 6.1"


def test_who_was_refused_stays_refused_when_the_others_mail_is_taken() -> None:
    session = played(*rcpt(JONES, FAULTY), "DATA", "Hello", ".")
    assert journey(session, JONES).now.at is Place.SERVER
    refused = journey(session, FAULTY).now
    assert (refused.reply, refused.at, refused.holder) == (553, Place.CLIENT, Place.CLIENT)


@pytest.mark.parametrize(
    ("reply", "act", "reports"), [("451 Try again", "tries later", False), ("554 No", "reports to Smith", True)]
)
def test_a_message_refused_after_the_dot_stays_with_the_client(reply: str, act: str, reports: bool) -> None:
    # section 4.2.5: the client retains responsibility
    said = "C: MAIL FROM:<smith@bar.com>\nS: 250 OK\nC: RCPT TO:<jones@foo.com>\nS: 250 OK\n"
    said += "C: DATA\nS: 354 Go\nC: Hi\nC: .\n"
    now = journey(Transcript.parse(f"{said}S: {reply}")).now
    assert (now.at, now.holder, now.act, now.reports) == (Place.CLIENT, Place.CLIENT, act, reports)


def test_a_connection_that_breaks_before_the_last_reply_leaves_it_with_the_client() -> None:
    said = "C: RCPT TO:<jones@foo.com>\nS: 250 OK\nC: DATA\nS: 354 Go\nC: Hi\nC: ."
    now = journey(Transcript.parse(said)).now
    assert (now.kind, now.at, now.holder, now.act) == ("broken", Place.CLIENT, Place.CLIENT, "tries later")
    assert "perhaps it arrives twice" in now.says


def test_when_the_forward_fails_later_the_server_reports() -> None:
    session = played(*rcpt(GREEN), "DATA", "Hello", ".")
    now = journey(session, forward_fails=True).now
    assert (now.at, now.holder, now.act, now.reports) == (Place.SERVER, Place.SERVER, "reports to Smith", True)
    assert journey(played(*rcpt(WHITE)), forward_fails=True).now.kind == "try-elsewhere"  # nobody took it


def test_names_come_from_what_was_said() -> None:
    now = journey(played(*rcpt(GREEN))).now
    assert [*now.names.values()] == ["Smith", "bar.com", "foo.com", "bar.org", "Green"]
    assert journey(server().connect()).now.names[Place.SERVER] == "foo.com"
    null = server().connect()
    for line in ("EHLO bar.com", "MAIL FROM:<>", *rcpt(JONES)):
        null.send(line)
    assert journey(null).now.names[Place.SENDER] == "nobody"


def test_an_empty_session_has_a_journey_too() -> None:
    assert journey(Transcript(())).now.kind == "begin"


def test_every_kind_of_moment_is_told_and_cited() -> None:
    file = content.read(content.KIT / "journey.toml")
    seen = {found.kind for found in every_moment()}
    assert set(file) == seen
    for kind in file:
        assert re.match(r"RFC (5321|4954) sections? \d", file[kind]["source"]), kind


def every_moment() -> list[Moment]:
    data = ["DATA", "Hello", "."]
    found: list[Journey] = [journey(played(*rcpt(address), *data)) for address, *_ in AT_RCPT]
    found.append(journey(played(*rcpt(GREEN), *data), forward_fails=True))
    texts = [
        "C: AUTH PLAIN\nS: 334 \nC: AGEAYg==\nS: 235 Yes",
        "C: AUTH PLAIN AGEAYg==\nS: 535 No",
        "S: 220 foo.com ready\nC: MAIL FROM:<a@b.example>\nS: 451 Later",
        "C: MAIL FROM:<a@b.example>\nS: 553 No",
        "C: RCPT TO:<jones@foo.com>\nS: 250 OK\nC: DATA\nS: 354 Go\nC: Hi\nC: .",
        "C: RCPT TO:<jones@foo.com>\nS: 250 OK\nC: DATA\nS: 354 Go\nC: Hi\nC: .\nS: 451 Later",
        "C: RCPT TO:<jones@foo.com>\nS: 250 OK\nC: DATA\nS: 354 Go\nC: Hi\nC: .\nS: 554 No",
        "C: RCPT TO:<jones@foo.com>\nS: 550 No\nC: DATA\nS: 554 No valid recipients",
    ]
    found += [journey(Transcript.parse(text)) for text in texts]
    return [moment for each in found for moment in each.moments]


# --- several recipients, and what may yet happen ---


def test_up_to_data_the_recipient_addressed_last_stands_then_one_who_was_accepted() -> None:
    session = played(*rcpt(GREEN, FAULTY))
    assert [(moment.recipient, moment.reply) for moment in standing(session)] == [(FAULTY, 553)]
    session.send("DATA")  # section 3.3: goes on for those who were accepted
    assert [(moment.recipient, moment.reply) for moment in standing(session)] == [(GREEN, 354)]


def test_after_the_dot_every_recipient_is_told_of() -> None:
    session = played(*rcpt(JONES, GREEN, NOBODY), "DATA", "Hello", ".")
    first, *each = standing(session)
    assert first.recipient == GREEN
    # section 4.2.5 for the accepted, section 3.3 for the refused
    assert [(moment.recipient, moment.at, moment.act) for moment in each] == [
        (JONES, Place.SERVER, "delivers, or reports"),
        (GREEN, Place.SERVER, "forwards, or reports"),
        (NOBODY, Place.CLIENT, "reports to Smith"),
    ]
    session.send("MAIL FROM:<brown@bar.com>")
    (next_message,) = standing(session)
    assert (next_message.recipient, next_message.at) == ("", Place.CLIENT)
    assert next_message.names[Place.SENDER] == "Brown"


def test_where_nobody_was_accepted_the_last_refusal_stands_and_nothing_is_sent() -> None:
    (now,) = standing(played(*rcpt(NOBODY, FAULTY), "DATA"))
    assert (now.kind, now.at) == ("nobody-left", Place.CLIENT)


@pytest.mark.parametrize("line", [*rcpt(JONES), "MAIL FROM:<smith@bar.com>"])
def test_a_command_out_of_order_changes_nothing(line: str) -> None:
    # section 4.1.4: "the server MUST return a 503 ... and remain in the same state"
    session = server().connect()
    session.send("EHLO bar.com")
    if line.startswith("MAIL"):
        session.send(line)
    before = standing(session)
    reply = session.send(line)
    assert reply is not None
    assert reply.code == 503
    assert standing(session) == before


def test_what_may_happen_is_asked_only_of_a_message_that_was_taken() -> None:
    session = played(*rcpt(GREEN), "DATA", "Hello")
    assert what_if(standing(session)[0]) == {}
    session.send(".")
    kinds = {question: (m.kind, m.at, m.act) for question, m in what_if(standing(session)[0]).items()}
    assert kinds == {
        "What if this reply is lost?": ("broken", Place.CLIENT, "tries later"),  # section 4.5.3.2.6
        "What if the forward fails later?": ("forward-fails", Place.SERVER, "reports to Smith"),  # section 6.1
    }
    own = what_if(standing(played(*rcpt(JONES), "DATA", "Hello", "."))[0])
    assert list(own) == ["What if this reply is lost?"]  # nothing is forwarded


def test_the_steps_are_the_replies_that_change_anything() -> None:
    session = played("NOOP", *rcpt(GREEN, NOBODY), "DATA", "Hello", ".", "QUIT")
    assert [(step[0].kind, step[0].reply) for step in steps(session)] == [
        ("begin", 220), ("begin", 250), ("sender-accepted", 250), ("accepted-to-forward", 251), ("refused", 550),
        ("send-it", 354), ("taken-to-forward", 250),
    ]  # fmt: skip
    cut = Transcript.parse("S: 220 foo.com\nC: RCPT TO:<a@foo.com>\nS: 250 OK\nC: DATA\nS: 354 Go\nC: .")
    assert steps(cut)[-1][0].kind == "broken"
    assert steps(Transcript(()))[0][0].kind == "begin"


@pytest.mark.parametrize("code", [250, 251, 450, 550, 551, 553])
def test_the_codes_of_a_rcpt_are_played(code: int) -> None:
    moment = at_rcpt(code)
    assert moment is not None
    assert (moment.reply, moment.at) == (code, Place.CLIENT)
    assert bool(moment.promised) == (code < 400)


@pytest.mark.parametrize("code", [220, 354, 503, 999])
def test_a_code_that_the_kit_never_plays_to_rcpt_has_no_moment(code: int) -> None:
    assert at_rcpt(code) is None


# --- the picture ------------------------------------------------------------------------------------------------


def test_the_sentence_holds_all_that_the_picture_shows() -> None:
    for moment in every_moment():
        drawn = picture.journey(moment)
        caption = re.sub("<[^>]*>", "", drawn.partition("<figcaption>")[2])
        assert moment.act in caption
        assert moment.then in caption
        assert moment.source in caption
        assert drawn.count('id="journey-envelope"') == drawn.count('id="journey-ring"') == 1


def test_the_envelope_is_drawn_where_the_message_is() -> None:
    def place(moment: Moment, what: str) -> str:
        found = re.search(rf'style="transform:translate\((\d+)px[^"]*" id="journey-{what}"', picture.journey(moment))
        assert found
        return found[1]

    session = played(*rcpt(GREEN), "DATA", "Hello")
    before = journey(session).now
    session.send(".")
    after = journey(session).now
    assert place(before, "envelope") != place(after, "envelope")
    assert place(before, "ring") != place(after, "ring")


def test_an_output_is_text_picture_and_steps_without_script() -> None:
    bundle = journey(played(*rcpt("<script>@foo.com")))._repr_mimebundle_()
    assert bundle["text/plain"].count("\n") == 3  # the greeting, EHLO, MAIL, RCPT
    assert "<svg" in bundle["text/html"]
    assert "<script" not in bundle["text/html"]


def test_several_journeys_stand_beside_each_other() -> None:
    # section 3.4: the four replies about a user who has moved, and who must act after each
    choices = ("announce", "silent", "refuse", "refuse-silently")
    greens = {GREEN: "green@bar.org"}
    found = journeys(
        {
            each: Server("foo.com", forwards=greens, forwarding=each).dialogue(*OPENING, *rcpt(GREEN))
            for each in choices
        },
        GREEN,
    )
    assert [found.journeys[each].now.reply for each in choices] == [251, 250, 551, 550]
    bundle = found._repr_mimebundle_()
    assert [line.partition(":")[0] for line in bundle["text/plain"].splitlines()] == list(choices)
    assert bundle["text/html"].count("<svg") == 4
    names = [re.search(rf"<strong>{each}</strong>", bundle["text/html"]) for each in choices]
    assert all(names)


def test_a_long_name_stays_in_the_picture_and_is_whole_in_the_sentence() -> None:
    name = "x" * 64  # the longest local part: section 4.5.3.1.1
    moment = journey(Transcript.parse(f"C: RCPT TO:<{name}@foo.com>\nS: 450 Busy")).now
    drawn, _, caption = picture.journey(moment).partition("<figcaption>")
    assert max(map(len, re.findall("<text[^>]*>([^<]*)", drawn))) <= 40
    assert name.capitalize() in caption


def test_without_a_stylesheet_nothing_is_filled_black() -> None:
    html = journey(played(*rcpt(GREEN)))._repr_mimebundle_()["text/html"]
    assert re.search('<svg[^>]* fill="none"', html)
    assert "background" not in html
    assert all('stroke="' in shape for shape in re.findall("<(?:line|circle) [^>]*>", html))
    assert " id=" not in html  # it may stand on a page several times


# --- any session ------------------------------------------------------------------------------------------------

LINES = st.sampled_from(
    [
        "EHLO bar.com", "HELO bar.com", "MAIL FROM:<smith@example.org>", "MAIL FROM:<>", "RSET", "NOOP", "VRFY alice",
        *rcpt("alice@example.com", "carol@example.com", "nosuch@example.com", "a..b@example.com", "x@else.example"),
        "DATA", "Hello", ".", "QUIT", "nonsense",
    ]
)  # fmt: skip


@settings(max_examples=150)
@given(st.lists(LINES, max_size=14), st.sampled_from(sorted(PROFILES)))
def test_the_journey_agrees_with_any_session_of_any_profile(lines: list[str], profile: str) -> None:
    world = worlds.load("example", profile=profile)
    session = world.connect()
    for line in ("EHLO bar.com", "MAIL FROM:<smith@example.org>", *lines):
        if session.closed:
            break
        session.send(line)
    said = [line.text for line in session.transcript if line.speaker == "C"]
    addressed = [line for line in said if line.upper().startswith("RCPT TO:<")]
    for line in addressed[-1:]:
        address = line[9:-1]
        now = journey(session, address).now
        # section 4.2.5: only a 2yz after the dot moves the message, and the holder with it
        assert (now.at is Place.SERVER) == (now.holder is Place.SERVER)
        if now.at is Place.SERVER:
            assert now.reply // 100 == 2
            assert any(str(r.mailbox).casefold() == address.casefold() for e in world.delivered for r in e.recipients)
        if now.reply // 100 == 5 and now.kind not in ("begin", "sender-refused"):
            assert now.reports
        if now.reply // 100 == 4:
            assert not now.reports


def test_the_picture_shows_what_separates_251_551_and_553() -> None:
    # RFC 5321 section 3.4: both 251 and 551 name the new address, and only after a 251 there is a way on
    drawn = {code: str(picture.journey(at_rcpt(code) or pytest.fail("no dialogue"))) for code in (251, 551, 553)}
    assert {code for code, svg in drawn.items() if re.search("> [a-z]+@[a-z.]+</tspan>", svg)} == {251, 551}
    assert {code: svg.count('class="sl-road"') for code, svg in drawn.items()} == {251: 2, 551: 2, 553: 2}
    assert {code: svg.count('class="sl-promise"') for code, svg in drawn.items()} == {251: 2, 551: 0, 553: 0}
    assert {code for code, svg in drawn.items() if "✗ Jones" in svg} == {553}
