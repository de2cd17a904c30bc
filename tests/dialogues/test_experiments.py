"""The sandbox's examples: each is played and reaches its goal; what is wrong in a file is named with its place."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from pathlib import Path

import pytest

from smtplesson.content import ContentError
from smtplesson.dialogues import experiments
from smtplesson.dialogues.experiments import KNOBS, Experiment, Knob, Shelf, Step, Target
from smtplesson.dialogues.sandbox import Sandbox, take
from smtplesson.protocol.states import State
from smtplesson.server.profiles import PROFILES
from smtplesson.server.session import SessionClosedError

EXAMPLES = experiments.load()
each = pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one.id)


def test_every_shelf_has_five_or_more() -> None:
    counts = Counter(one.shelf for one in EXAMPLES)
    assert set(counts) == set(Shelf)
    assert min(counts.values()) >= 5
    assert len({one.title for one in EXAMPLES}) == len(EXAMPLES)


@each
def test_played_it_gives_the_replies_that_it_promises_and_reaches_its_goal(example: Experiment) -> None:
    sandbox = Sandbox(example)
    assert sandbox.met < len(example.reach)
    codes = []
    for step in example.steps:
        reply = take(step, sandbox)
        codes.append(reply.code if reply else 0)
    assert codes == [step.reply for step in example.steps]
    assert sandbox.met == len(example.reach)


@each
def test_its_goal_needs_its_steps(example: Experiment) -> None:
    # a goal that stands before the last but one step is no reason to take five
    sandbox = Sandbox(example)
    take(example.steps[0], sandbox)
    assert sandbox.met < len(example.reach)


@each
def test_it_reads_well(example: Experiment) -> None:
    assert re.search(r"RFC \d{4} section", example.source)
    assert example.goal.endswith(".")
    assert example.why.endswith(".")
    assert 150 <= len(example.why) <= 500
    assert len(example.title) <= 45
    for step in example.steps:
        assert not step.say.endswith(".")
        assert step.action
    for text in (example.title, example.goal, example.why, *example.otherwise.values()):
        assert text.count("`") % 2 == 0


#: What RFC 5321 (and, where named, another) says of the reply that each example is about: code, command, section.
FACTS = {
    "get-a-251": (251, "RCPT TO:<green@foo.com>"),  # section 3.4
    "251-then-551": (551, "RCPT TO:<green@foo.com>"),  # section 3.4
    "251-in-silence": (250, "RCPT TO:<green@foo.com>"),  # section 3.4
    "553-and-repair": (553, "RCPT TO:<jones@foo..com>"),  # section 4.2.3: mailbox syntax incorrect
    "553-or-501": (501, "RCPT TO:<jones@foo..com>"),  # section 4.1.2
    "which-smith": (553, "VRFY smith"),  # section 3.5.1
    "neither-yes-nor-no": (252, "VRFY nobody"),  # section 7.3
    "postmaster-alone": (250, "RCPT TO:<postmaster>"),  # section 4.5.1
    "source-route": (250, "RCPT TO:<@one.example,@two.example:jones@foo.com>"),  # section 4.1.1.3
    "address-literal": (550, "RCPT TO:<jones@[192.0.2.30]>"),  # section 3.6.2
    "sent-by-nobody": (250, "MAIL FROM:<>"),  # section 4.5.5
    "too-early": (503, "RCPT TO:<jones@foo.com>"),  # section 3.3
    "relaying-denied": (550, "RCPT TO:<somebody@bar.org>"),  # section 3.6.2
    "too-many": (452, "RCPT TO:<staff@foo.com>"),  # section 4.5.3.1.10
    "greylisting": (450, "RCPT TO:<jones@foo.com>"),  # RFC 6647 section 2
    "too-big": (552, "MAIL FROM:<smith@bar.com> SIZE=5000"),  # RFC 1870 section 6.1
    "not-ascii": (553, "RCPT TO:<jörg@foo.com>"),  # RFC 6531 section 3.5
}


@pytest.mark.parametrize("id", FACTS)
def test_the_reply_it_is_about_is_the_rfc_s(id: str) -> None:
    sandbox = Sandbox(next(one for one in EXAMPLES if one.id == id))
    sandbox.play()
    said = {(exchange.reply.code, exchange.sent[-1]) for exchange in sandbox.exchanges() if exchange.sent}
    assert FACTS[id] in said


def test_the_text_that_lies_lies() -> None:
    sandbox = Sandbox(next(one for one in EXAMPLES if one.id == "text-lies"))
    _, taken, refused, _ = sandbox.play()
    assert taken is not None
    assert refused is not None
    assert (taken.code, "No such user" in taken.text) == (250, True)
    assert (refused.code, "accepted" in refused.text) == (550, True)


# --- goals ------------------------------------------------------------------------------------------------


def sandbox(**policy: object) -> Sandbox:
    return Sandbox(dataclasses.replace(EXAMPLES[0], policy=policy))


def test_a_goal_is_reached_by_hand_too_and_over_several_sessions() -> None:
    two = next(one for one in EXAMPLES if one.id == "251-then-551")
    hand = Sandbox(two)
    hand.say("EHLO a.example\nMAIL FROM:<>\nRCPT TO:<nobody@foo.com>\nrcpt to:<green@foo.com>")
    assert hand.met == 1
    hand.turn("forwarding", "refuse")
    hand.say("EHLO a.example\nMAIL FROM:<>")
    assert (hand.met, len(two.reach)) == (1, 2)
    hand.say("RCPT TO:<green@foo.com>")
    assert hand.met == 2


def test_the_order_of_a_goal_matters() -> None:
    two = next(one for one in EXAMPLES if one.id == "251-then-551")
    hand = Sandbox(dataclasses.replace(two, policy={"forwarding": "refuse"}))
    hand.say("EHLO a.example\nMAIL FROM:<>\nRCPT TO:<green@foo.com>")
    hand.turn("forwarding", "announce")
    hand.say("EHLO a.example\nMAIL FROM:<>\nRCPT TO:<green@foo.com>")
    assert hand.met == 1


def test_a_mark_in_words() -> None:
    assert str(Target("RCPT", 251)) == "251 to RCPT"
    assert str(Target(".", 250)) == "250 to the final dot"


# --- the sandbox ----------------------------------------------------------------------------------------------


def test_a_knob_begins_a_session_and_keeps_the_mail() -> None:
    hand = sandbox()
    hand.say("EHLO a.example\nMAIL FROM:<>\nRCPT TO:<green@foo.com>\nDATA\nHello\n.")
    before = hand.session
    hand.turn("vrfy", False)
    assert hand.session is not before
    assert hand.session.state is State.CONNECTED
    assert [str(one.recipients[0].mailbox) for one in hand.server.delivered] == ["green@foo.com"]
    reply = hand.say("VRFY jones")
    assert reply is not None
    assert reply.code == 252  # RFC 5321 section 7.3
    hand.open(EXAMPLES[1])
    assert hand.server.delivered == ()
    assert hand.settings["vrfy"] is True


@pytest.mark.parametrize(("key", "knob"), KNOBS.items())
def test_every_choice_of_every_knob_makes_a_server(key: str, knob: Knob) -> None:
    hand = sandbox()
    for name, value in knob.choices.items():
        hand.turn(key, value)
        assert hand.settings[key] == value
        assert knob.name_of(value) == name
        assert hand.session.greeting.code == 220


def test_the_knob_of_profiles_has_all_of_them() -> None:
    assert set(KNOBS["profile"].choices.values()) == set(PROFILES)
    hand = sandbox(profile="postfix")
    assert hand.server.profile is PROFILES["postfix"]
    assert (State.CONNECTED, "MAIL") in hand.transitions
    assert (State.CONNECTED, "MAIL") not in sandbox().transitions
    assert (State.READY, "EHLO") not in sandbox(profile="opensmtpd").transitions


def test_what_is_no_knob_no_choice_or_no_time_is_named() -> None:
    hand = sandbox()
    with pytest.raises(ValueError, match="'colour' is no knob; there are profile, forwarding"):
        hand.turn("colour", "red")
    with pytest.raises(ValueError, match="vrfy = 'no' is no choice of the knob “VRFY”; it has True, False"):
        hand.turn("vrfy", "no")
    with pytest.raises(ValueError, match="is no choice"):
        hand.turn("vrfy", 1)
    with pytest.raises(ValueError, match="above 0"):
        hand.wait(-1)


def test_where_a_session_has_been() -> None:
    hand = sandbox()
    assert hand.visited == {State.CONNECTED}
    hand.say("EHLO a.example\nMAIL FROM:<>\nRCPT TO:<jones@foo.com>\nDATA\nHello\n.\nQUIT")
    assert hand.visited == set(State)
    with pytest.raises(SessionClosedError):
        hand.send_bytes(b"NOOP\r\n")
    hand.connect()
    assert hand.visited == {State.CONNECTED}


def test_tls_is_simulated() -> None:
    hand = sandbox(tls=True)
    reply = hand.say("EHLO a.example\nSTARTTLS\nEHLO a.example")
    assert reply is not None
    assert "STARTTLS" not in reply.lines


# --- steps and files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "action"),
    [
        (Step("x", send="NOOP"), "NOOP"),
        (Step("x", send="a\n\n."), "a / (empty line) / ."),
        (Step("x", raw=b"NOOP\nRSET\r\n"), "NOOP␊RSET␍␊"),
        (Step("x", wait=60), "wait 60 seconds; a new session begins"),
        (Step("x", turn={"vrfy": False}), "set “VRFY” to “is off: 252”; a new session begins"),
    ],
)
def test_a_step_says_what_it_does(step: Step, action: str) -> None:
    assert step.action == action


HEAD = 'shelf = "weird"\ntitle = "t"\ngoal = "g."\nwhy = "w."\nsource = "RFC 5321 section 3.4"\nreach = ["RCPT 251"]\n'
STEP = '[[mine.steps]]\nsay = "s"\nsend = "NOOP"\nreply = 250\n'
REST = '[mine.otherwise]\nother = "o"\n'
GOOD = f"# a comment\n[mine]\n{HEAD}{STEP * 3}{REST}"


def test_a_file_of_one_s_own(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(GOOD, encoding="utf-8")
    (mine,) = experiments.load(path)
    assert (mine.id, mine.shelf, len(mine.steps)) == ("mine", Shelf.WEIRD, 3)
    assert mine.reach == (Target("RCPT", 251),)
    assert mine.otherwise == {"other": "o"}
    with pytest.raises(ContentError, match=r"none\.toml: cannot be read \(No such file or directory\)"):
        experiments.load(tmp_path / "none.toml")


def test_what_is_said_to_all_comes_after_what_an_example_says() -> None:
    text = f'[otherwise]\n503 = "too early"\nother = "?"\n{GOOD}'.replace('other = "o"', '250 = "fine"')
    (mine,) = experiments.parse(text)
    assert list(mine.otherwise) == ["250", "503", "other"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (GOOD, "mine = ", "experiments.toml, line 1: not valid TOML"),
        (GOOD, "", "experiments.toml: there is no example. Add a table such as [get-a-251]."),
        (GOOD, "mine = 3", "experiments.toml, line 1: 'mine': an example is a table"),
        (GOOD, "[My_Own]\n" + HEAD, "experiments.toml, line 1: 'My_Own': an example is a table whose name has small"),
        ("title", "titel", "experiments.toml, line 4, mine: unknown key 'titel'. Do you mean title?"),
        ('why = "w."\n', "", 'mine: why is missing. Add a line such as: why = "..."'),
        ('"weird"', '"odd"', "mine: shelf = 'odd' is not known. There are tutorial, weird, useful."),
        ("RFC 5321 section 3.4", "hearsay", "mine: source names no RFC"),
        ('["RCPT 251"]', '"RCPT 251"', "mine: reach must be a list of texts, such as"),
        ('["RCPT 251"]', '["RCPT 999"]', "mine: reach must be a list of command and code, such as"),
        ('["RCPT 251"]', "[]", "mine: reach must be a list of command and code, such as"),
        (STEP * 3, STEP * 2, "mine: an example has three to five steps"),
        (STEP * 3, STEP * 6, "mine: an example has three to five steps"),
        ('say = "s"', 'sayy = "s"', "mine, step 1: unknown key 'sayy'. Do you mean say?"),
        ('say = "s"\n', "", 'mine, step 1: say is missing. Add a line such as: say = "..."'),
        ('send = "NOOP"\n', "", "mine, step 1: it does nothing; it must have one of send, raw, turn, wait."),
        ('send = "NOOP"', 'send = "NOOP"\nwait = 3', "mine, step 1: it does send and wait"),
        ('send = "NOOP"', "send = 3", "mine, step 1: send must be a text in quotes, not 3."),
        ('send = "NOOP"', "wait = true", "mine, step 1: wait must be a whole number, not true."),
        ("reply = 250", "reply = 190", "mine, step 1: reply = 190 is no reply code (RFC 5321 section 4.2)."),
        ('send = "NOOP"', 'turn = { vrfi = true }', "mine, step 1: unknown key 'vrfi'. Do you mean vrfy?"),
        ('send = "NOOP"', 'turn = { vrfy = "on" }', "mine, step 1: vrfy = 'on' is no choice of the knob “VRFY”"),
        ('other = "o"', 'others = "o"', "mine, otherwise: 'others' is no key; they are reply codes, such as 503"),
        ('other = "o"', "other = 3", "mine, otherwise: other must be a text in quotes, not 3."),
        ('other = "o"', '503 = "o"', 'mine: otherwise has no text for all other replies. Add: other = "..."'),
        (REST, REST + "[mine.policy]\nhost = 'a.example'", "mine, policy: host cannot be set, for every example talks"),
        (REST, REST + "[mine.policy]\nmailboxs = []", "mine, policy: unknown key 'mailboxs'. Do you mean mailboxes?"),
        (REST, REST + "[mine.policy]\nmax_size = 7", "mine, policy: max_size = 7 is no choice of the knob"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_place(old: str, new: str, message: str) -> None:
    assert old in GOOD
    with pytest.raises(ContentError) as caught:
        experiments.parse(GOOD.replace(old, new, 1))
    assert message in str(caught.value)
