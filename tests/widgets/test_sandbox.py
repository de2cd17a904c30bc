"""The sandbox: what a learner can press, turn and type, and what then stands there."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from smtplesson.dialogues.experiments import KNOBS, Shelf, load
from smtplesson.protocol.states import State
from smtplesson.server.session import SessionClosedError
from smtplesson.widgets import Sandbox
from smtplesson.widgets.sandbox import _NOT_YET

EXAMPLES = load()


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox()


def shown(widget: Any) -> str:
    """The words of an HTML widget, tags taken off."""
    return html.unescape(re.sub("<[^>]*>", "", widget.value))


def walk(widget: Any) -> Any:
    yield widget
    for child in getattr(widget, "children", ()):
        yield from walk(child)


def button(sandbox: Sandbox, start: str) -> Any:
    return next(w for w in walk(sandbox.box) if hasattr(w, "click") and w.description.startswith(start))


def announced(sandbox: Sandbox) -> str:
    assert 'role="alert"' in sandbox._spoken.widget.value
    return shown(sandbox._spoken.widget)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one.id)
def test_every_example_is_played_by_its_buttons(example: Any) -> None:
    sandbox = Sandbox(example.id)
    assert "(not reached yet: 0 of" in shown(sandbox._goal)
    for number, step in enumerate(example.steps, 1):
        button(sandbox, f"{number}. {step.say}").click()
        result = shown(sandbox._results[number - 1])
        assert (f" {step.reply}" in result) if step.reply else result == "✓ Done."
        assert "This step was meant" not in result
    assert "(reached)" in shown(sandbox._goal)
    assert "○" not in shown(sandbox._goal)
    assert sandbox._notice.widget.value == ""


def test_a_251_and_what_then_is_to_be_seen(sandbox: Sandbox) -> None:
    for number in (1, 2, 3):
        reply = sandbox.step(number)
    assert reply is not None
    assert reply.code == 251  # RFC 5321 section 3.4
    assert announced(sandbox).startswith("Goal reached: Make the server say 251 to a recipient.")
    assert "251 2.1.5 User not local; will forward to <green@bar.org>" in shown(sandbox._results[2])
    assert "User not local; will" in shown(sandbox._pictures)
    assert "▶ rcpt" in shown(sandbox._pictures)
    assert sandbox.core.session.state is State.RCPT


def test_the_goal_is_reached_by_typing_too_and_told_once(sandbox: Sandbox) -> None:
    sandbox.console.send("EHLO a.example\nMAIL FROM:<>")
    assert "(not reached yet" in shown(sandbox._goal)
    sandbox.console.keys._handle_custom_msg({"lines": "RCPT TO:<green@foo.com>"}, [])  # what Enter does
    assert "Goal reached" in announced(sandbox)
    before = sandbox._spoken.widget.value
    sandbox.console.send("NOOP")
    assert sandbox._spoken.widget.value == before


def test_a_knob_begins_a_session_and_says_so(sandbox: Sandbox) -> None:
    for number in (1, 2, 3):
        sandbox.step(number)
    sandbox._knobs["forwarding"].value = "refuse, name the address: 551"  # what a learner does
    assert announced(sandbox) == "Mail for green: refuse, name the address: 551. A new session has begun."
    assert sandbox.console.session is sandbox.core.session
    assert sandbox.console.session.state is State.CONNECTED
    assert "251" not in shown(sandbox._pictures)
    reply = sandbox.console.send("EHLO a.example\nMAIL FROM:<>\nRCPT TO:<green@foo.com>")
    assert reply is not None
    assert reply.code == 551  # RFC 5321 section 3.4


def test_turned_by_a_method_the_knob_shows_it(sandbox: Sandbox) -> None:
    sandbox.turn("vrfy", False)
    assert sandbox._knobs["vrfy"].value == "is off: 252"
    sandbox.open("get-a-251")
    assert sandbox._knobs["vrfy"].value == "looks names up"
    with pytest.raises(ValueError, match="is no choice of the knob"):
        sandbox.turn("vrfy", "perhaps")


def test_every_knob_has_its_label_and_its_state_in_words(sandbox: Sandbox) -> None:
    assert {knob.description for knob in sandbox._knobs.values()} == {knob.label for knob in KNOBS.values()}
    sandbox.open("too-big")
    assert sandbox._knobs["max_size"].value == "1,000 octets"


def test_shelves(sandbox: Sandbox) -> None:
    assert [b.description for b in sandbox._shelves.values()] == [
        "Tutorial: 251 and 553 (open)",
        "Weird, but true",
        "Useful at work",
    ]
    button(sandbox, "Weird").click()
    assert len(sandbox._row.children) == sum(one.shelf is Shelf.WEIRD for one in EXAMPLES)
    assert "252: neither yes nor no" in announced(sandbox)
    button(sandbox, "Half a line end").click()
    assert sandbox.example.id == "bare-lf"
    assert button(sandbox, "Half a line end").description == "Half a line end (chosen)"
    with pytest.raises(ValueError, match="'top' is no shelf; there are tutorial, weird, useful"):
        sandbox.choose_shelf("top")
    with pytest.raises(ValueError, match="There is no example 'x'; there are get-a-251, "):
        sandbox.open("x")


def test_another_example_begins_from_nothing(sandbox: Sandbox) -> None:
    sandbox.open("one-refused")
    for number in range(1, 6):
        sandbox.step(number)
    sandbox.why()
    # with CRLF: 16 octets of "Subject: Hello", 2 of the empty line, 15 of "Hello, jones!"
    assert "to jones@foo.com; 33 octets, 3 lines" in shown(sandbox._delivered)
    sandbox.open("get-a-251")
    assert "Nothing yet" in shown(sandbox._delivered)
    assert sandbox._why.widget.value == ""
    assert [shown(result) for result in sandbox._results] == ["Not taken yet."] * 3
    assert announced(sandbox) == "Get a 251. Make the server say 251 to a recipient. A new session has begun."


def test_the_next_step_stands_out(sandbox: Sandbox) -> None:
    def standing_out() -> list[str]:
        return [row.children[0].description[0] for row in sandbox._steps.children if row.children[0].button_style]

    assert standing_out() == ["1"]
    sandbox.step(1)
    assert standing_out() == ["2"]
    sandbox.step(2)
    sandbox.step(3)
    assert standing_out() == []


def test_a_step_that_is_typed_is_taken_too(sandbox: Sandbox) -> None:
    sandbox.console.send(sandbox.example.steps[0].send)
    assert "done" in sandbox._results[0].value
    sandbox.console.send("NOOP")
    sandbox.show_words()
    assert [_NOT_YET in result.value for result in sandbox._results] == [False, True, True]
    for step in sandbox.example.steps[1:]:
        sandbox.console.send(step.send)
    assert not [result for result in sandbox._results if _NOT_YET in result.value]


def test_a_step_that_gives_something_else_says_so(sandbox: Sandbox) -> None:
    reply = sandbox.step(3)  # RCPT before MAIL: 503, RFC 5321 section 4.1.4
    assert reply is not None
    assert reply.code == 503
    assert "This step was meant to give 251: see “I got something else”." in shown(sandbox._results[2])
    button(sandbox, "I got something else").click()
    said = shown(sandbox._else.widget)
    assert said.startswith("Your last reply was 503.503: the command is right but comes at a wrong time.")
    assert "553: the address itself is faulty." in said
    button(sandbox, "I got something else (shown below").click()
    assert sandbox._else.widget.value == ""
    with pytest.raises(ValueError, match="There is no step 4; the example has 3"):
        sandbox.step(4)


def test_why_unfolds_and_folds_and_is_announced(sandbox: Sandbox) -> None:
    button(sandbox, "Why?").click()
    assert 'role="alert"' in sandbox._why.widget.value
    assert shown(sandbox._why.widget).endswith("RFC 5321 section 3.4")
    assert button(sandbox, "Why?").description == "Why? (shown below; press to fold)"
    button(sandbox, "Why?").click()
    assert sandbox._why.widget.value == ""
    assert button(sandbox, "Why?").description == "Why?"


def test_after_quit_a_step_is_refused_in_words_and_start_over_helps(sandbox: Sandbox) -> None:
    sandbox.console.send("QUIT")
    button(sandbox, "1. Greet").click()
    assert "not sent: 'EHLO client.example'. “Start over” opens a new one." in shown(sandbox._notice.widget)
    assert shown(sandbox._results[0]) == "Not taken yet."
    with pytest.raises(SessionClosedError):
        sandbox.send_bytes(b"NOOP\r\n")
    assert "▶ closed" in shown(sandbox._pictures)
    button(sandbox, "Start over").click()
    assert "▶ connected" in shown(sandbox._pictures)
    assert sandbox.console.session is sandbox.core.session
    sandbox.step(1)
    assert "250" in shown(sandbox._results[0])


def test_bytes_are_drawn_and_so_are_both_replies(sandbox: Sandbox) -> None:
    sandbox.turn("profile", "postfix")
    sandbox.send("EHLO a.example")
    reply = sandbox.send_bytes(b"NOOP\nRSET\r\n")  # a bare LF ends a line here
    assert reply is not None
    assert reply.code == 250
    dialogue = shown(sandbox.console._dialogue)
    assert dialogue.count("NOOP␊RSET␍␊") == 1
    assert dialogue.count("250 2.0.0 Ok") == 2


def test_bytes_within_a_message_get_no_reply(sandbox: Sandbox) -> None:
    sandbox.send("EHLO a.example\nMAIL FROM:<>\nRCPT TO:<jones@foo.com>\nDATA")
    assert sandbox.send_bytes(b"Hello\r\n") is None
    assert "Hello" in shown(sandbox.console._dialogue)
    sandbox.send(".")
    assert sandbox.core.server.delivered[0].data == b"Hello\r\n"


def test_time_passes(sandbox: Sandbox) -> None:
    sandbox.open("greylisting")
    sandbox.step(1)
    button(sandbox, "Wait 30 minutes").click()
    assert announced(sandbox) == "30 minutes have passed. A new session has begun."
    sandbox.step(1)
    assert "This step was meant to give 450" in shown(sandbox._results[0])  # it is let in now


def test_both_logs_and_the_pictures_in_words(sandbox: Sandbox) -> None:
    assert sandbox._words.value == sandbox._transcript.value == ""
    button(sandbox, "Show the pictures in words").click()
    button(sandbox, "Show the client's log").click()
    sandbox.send("EHLO a.example\nMAIL FROM:<smith@bar.com>\nRCPT TO:<green@foo.com>\nDATA\n.")
    assert "client --> server: RCPT TO:<green@foo.com>" in shown(sandbox._words)
    assert "ready (you are here): MAIL -> mail" in shown(sandbox._words)
    assert "S: 250 2.0.0 OK" in shown(sandbox._transcript)
    log = shown(sandbox._delivered)
    assert "from <smith@bar.com> to green@foo.com (forwarded to green@bar.org); 0 octets, 0 lines" in log
    button(sandbox, "Hide the pictures in words").click()
    button(sandbox, "Hide the client's log").click()
    assert sandbox._words.value == sandbox._transcript.value == ""


def test_long_logs_are_cut(sandbox: Sandbox) -> None:
    for _ in range(12):
        sandbox.send("EHLO a.example\nMAIL FROM:<>\nRCPT TO:<jones@foo.com>\nDATA\n.")
    assert "messages taken, the last 10 of 12" in shown(sandbox._delivered)
    assert sandbox._delivered.value.count("<li>") == 10
    assert "earlier arrows are not" in shown(sandbox._pictures)


def test_no_text_of_anybody_becomes_markup(sandbox: Sandbox) -> None:
    sandbox.show_words()
    sandbox.show_transcript()
    sandbox.turn("relay", ["bar.org"])  # where anybody may be written to
    sandbox.send("EHLO a.example\nMAIL FROM:<>\n<script>alert(1)</script>")
    sandbox.send('RCPT TO:<"<script>alert(1)</script>"@bar.org>\nDATA\n<script>alert(1)</script>\n.')
    assert '"<script>alert(1)</script>"@bar.org' in shown(sandbox._delivered)
    for widget in walk(sandbox.box):
        assert "<script" not in str(getattr(widget, "value", ""))


def test_the_twin_reads_before_anything_has_run(sandbox: Sandbox) -> None:
    twin = sandbox.markdown()
    for example in EXAMPLES:
        assert re.sub(r"[^A-Za-z0-9 ]", "", example.goal) in re.sub(r"[^A-Za-z0-9 ]", "", twin)
    assert "1. Greet the server: `EHLO client.example`" in twin
    assert "Run this cell" in twin
    assert "Mail for green" in twin
    assert "<script" not in twin
    assert sandbox.markdown() == Sandbox().markdown()


def test_examples_of_one_s_own() -> None:
    own = [one for one in EXAMPLES if one.shelf is Shelf.USEFUL][:2]
    sandbox = Sandbox(shelf=own)
    assert sandbox.example is own[0]
    assert list(sandbox.examples) == [one.id for one in own]
    assert sandbox._shelves[Shelf.USEFUL].description == "Useful at work (open)"


def test_errors_stand_by_the_steps_and_the_keys_are_guarded(sandbox: Sandbox) -> None:
    children = list(sandbox.box.children)
    assert children.index(sandbox._notice.widget) == children.index(sandbox._steps) + 1
    assert children.count(sandbox._notice.widget) == 1
    assert sandbox.keys in children
