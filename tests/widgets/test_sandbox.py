"""The sandbox: what a learner can press, turn and type, and what then stands there."""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import Element

import pytest

from smtplesson.dialogues.experiments import KNOBS, Experiment, Shelf, load
from smtplesson.protocol.states import State
from smtplesson.server.session import SessionClosedError
from smtplesson.widgets import Sandbox
from tests.widgets.pressing import buttons, click, page, press, spoken, text, words

EXAMPLES = load()


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox()


def with_class(sandbox: Sandbox, name: str) -> list[Element]:
    return [element for element in page(sandbox).iter() if name in element.get("class", "").split()]


def results(sandbox: Sandbox) -> list[str]:
    """What stands in each step."""
    return [words(row) for row in with_class(sandbox, "sl-came")]


def part(sandbox: Sandbox, title: str) -> str:
    """The words of the section with this heading."""
    sections = [one for one in page(sandbox).iter("section") if (head := one.find("h4")) is not None and head.text]
    (found,) = [words(one) for one in sections if words(one).startswith(title)]
    return found


def dialogue(sandbox: Sandbox) -> str:
    (found,) = with_class(sandbox, "sl-latest")
    return words(found)


def folded(sandbox: Sandbox, summary: str) -> str:
    (found,) = [one for one in page(sandbox).iter("details") if words(one).startswith(summary)]
    return words(found)


def figures(sandbox: Sandbox) -> dict[str, str]:
    """Title of a picture -> its words, those of the drawing without those of the twin."""
    shown = {}
    for figure in page(sandbox).iter("figure"):
        if figure.get("class") == "sl-journey":
            continue
        title, drawing = figure.find("figcaption"), figure.find("{http://www.w3.org/2000/svg}svg")
        assert title is not None
        assert drawing is not None
        shown[words(title)] = words(drawing)
    return shown


def chosen(sandbox: Sandbox, key: str) -> str:
    """What a knob shows."""
    (knob,) = [select for select in page(sandbox).iter("select") if select.get("name") == key]
    (option,) = [option for option in knob.iter("option") if "selected" in option.attrib]
    return words(option)


def turn(sandbox: Sandbox, key: str, name: str) -> None:
    """Choose a value of a knob, as a learner does: the browser sends the state of all."""
    state = {each: chosen(sandbox, each) for each in KNOBS}
    press(sandbox, "turn", name, **{**state, key: name})


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one.id)
def test_every_example_is_played_by_its_buttons(example: Experiment) -> None:
    sandbox = Sandbox(example.id)
    assert f"0 of {len(example.reach)} replies so far." in text(sandbox)
    for number, step in enumerate(example.steps, 1):
        click(sandbox, f"{number}{step.say}")
        result = results(sandbox)[number - 1]
        assert result.startswith(str(step.reply)) if step.reply else result == "✓ done"
        assert "This step was meant" not in text(sandbox)
    assert "✓ Goal reached." in text(sandbox)
    goal = [words(chip) for chip in with_class(sandbox, "sl-chip") if words(chip)[0] in "✓○"]
    assert goal == [f"✓ {mark}" for mark in example.reach]
    assert "That did not work." not in text(sandbox)


def test_a_251_and_what_then_is_to_be_seen(sandbox: Sandbox) -> None:
    for number in (1, 2, 3):
        reply = sandbox.step(number)
    assert reply is not None
    assert reply.code == 251  # RFC 5321 section 3.4
    assert "251 2.1.5 User not local; will forward to <green@bar.org>" in spoken(sandbox)
    assert spoken(sandbox).endswith("Goal reached: Make the server say 251 to a recipient.")
    assert results(sandbox)[2] == "251 ✓ accepted"
    assert "251 2.1.5 User not local; will forward to <green@bar.org> ✓ accepted" in dialogue(sandbox)
    assert "RFC 5321 section 3.4" in dialogue(sandbox)  # why it came
    assert "User not local; will" in figures(sandbox)["Session 1"]
    assert "▶ rcpt" in figures(sandbox)["Where it stands"]
    assert sandbox.core.session.state is State.RCPT


def test_the_goal_is_reached_by_typing_too_and_told_once(sandbox: Sandbox) -> None:
    sandbox.say("EHLO a.example\nMAIL FROM:<>")
    assert "0 of 1 replies so far." in text(sandbox)
    press(sandbox, "say", "RCPT TO:<green@foo.com>")  # what Enter does
    assert "Goal reached" in spoken(sandbox)
    sandbox.say("NOOP")
    assert "Goal reached" not in spoken(sandbox)
    assert "✓ Goal reached." in text(sandbox)


def test_a_pasted_dialogue_is_cut_down_to_what_its_client_says(sandbox: Sandbox) -> None:
    press(sandbox, "say", "S: 220 foo.com\nC: EHLO a.example\nS: 250 foo.com\nC: NOOP")
    assert [line.text for line in sandbox.core.session.transcript if line.speaker == "C"] == ["EHLO a.example", "NOOP"]


def test_both_sessions_of_a_goal_are_pictured_beside_each_other(sandbox: Sandbox) -> None:
    sandbox.choose("251-then-551")
    for number in (1, 2, 3):
        sandbox.step(number)
    shown = figures(sandbox)
    assert list(shown) == ["Session 1", "Session 2 Mail for green: refuse, name the address: 551", "Where it stands"]
    first, second, _ = shown.values()
    assert "251" in first
    assert "551" not in first
    assert "551" in second
    assert "251" not in second
    (grid,) = [row for row in with_class(sandbox, "sl-cols") if row.find("figure") is not None]
    assert len(grid.findall("figure")) == 3


def test_a_session_in_which_nothing_was_said_is_not_pictured_later(sandbox: Sandbox) -> None:
    sandbox.wait()
    sandbox.say("NOOP")
    assert list(figures(sandbox)) == ["Session 2 30 minutes later", "Where it stands"]


def test_a_knob_begins_a_session_and_says_so(sandbox: Sandbox) -> None:
    for number in (1, 2, 3):
        sandbox.step(number)
    turn(sandbox, "forwarding", "refuse, name the address: 551")
    assert spoken(sandbox) == "Mail for green: refuse, name the address: 551. A new session has begun."
    assert sandbox.core.session.state is State.CONNECTED
    assert "251" not in dialogue(sandbox)
    reply = sandbox.say("EHLO a.example\nMAIL FROM:<>\nRCPT TO:<green@foo.com>")
    assert reply is not None
    assert reply.code == 551  # RFC 5321 section 3.4


def test_turned_by_a_method_the_knob_shows_it(sandbox: Sandbox) -> None:
    sandbox.turn("vrfy", False)
    assert chosen(sandbox, "vrfy") == "is off: 252"
    sandbox.choose("get-a-251")
    assert chosen(sandbox, "vrfy") == "looks names up"
    with pytest.raises(ValueError, match="is no choice of the knob"):
        sandbox.turn("vrfy", "perhaps")


def test_every_knob_has_its_label_and_its_choices(sandbox: Sandbox) -> None:
    labels = {label.get("for"): words(label) for label in page(sandbox).iter("label")}
    knobs = [select for select in page(sandbox).iter("select") if select.get("name") != "example"]
    for select in knobs:
        knob = KNOBS[select.get("name", "")]
        assert labels[select.get("id")] == knob.label
        assert [words(option) for option in select.iter("option")] == list(knob.choices)
    assert {select.get("name") for select in knobs} == set(KNOBS)
    sandbox.choose("251-then-551")
    (rest,) = [one for one in page(sandbox).iter("details") if words(one).startswith("All other knobs")]
    beside = {select.get("name") for select in page(sandbox).iter("select")} - {
        select.get("name") for select in rest.iter("select")
    }
    assert beside == {"example", "forwarding"}  # what the example's steps turn is in sight
    sandbox.choose("too-big")
    assert chosen(sandbox, "max_size") == "1,000 octets"


def test_shelves(sandbox: Sandbox) -> None:
    shelves = {str(one.get("label")): [words(row) for row in one] for one in page(sandbox).iter("optgroup")}
    assert list(shelves) == ["Tutorial: 251 and 553", "Weird, but true", "Useful at work"]
    assert shelves["Weird, but true"] == [one.title for one in EXAMPLES if one.shelf is Shelf.WEIRD]
    assert chosen(sandbox, "example") == "Get a 251"
    press(sandbox, "choose", "bare-lf")
    assert spoken(sandbox).startswith("Half a line end.")
    assert sandbox.example.id == "bare-lf"
    assert chosen(sandbox, "example") == "Half a line end"
    with pytest.raises(ValueError, match="There is no example 'x'; there are get-a-251, "):
        sandbox.choose("x")


def test_another_example_begins_from_nothing(sandbox: Sandbox) -> None:
    sandbox.choose("one-refused")
    for number in range(1, 6):
        sandbox.step(number)
    # with CRLF: 16 octets of "Subject: Hello", 2 of the empty line, 15 of "Hello, jones!"
    assert "to jones@foo.com; 33 octets, 3 lines" in part(sandbox, "Server's log")
    sandbox.choose("get-a-251")
    assert "Nothing yet" in part(sandbox, "Server's log")
    assert results(sandbox) == [""] * 3
    assert list(figures(sandbox)) == ["Session 1", "Where it stands"]
    assert spoken(sandbox) == "Get a 251. Make the server say 251 to a recipient. A new session has begun."


def test_the_next_step_stands_out(sandbox: Sandbox) -> None:
    def standing_out() -> list[str]:
        return [words(one)[0] for one in page(sandbox).iter("button") if one.get("aria-current") == "step"]

    assert standing_out() == ["1"]
    sandbox.step(1)
    assert standing_out() == ["2"]
    sandbox.step(2)
    sandbox.step(3)
    assert standing_out() == []


def test_a_step_that_is_typed_is_taken_too(sandbox: Sandbox) -> None:
    sandbox.say(sandbox.example.steps[0].send)
    assert "done" in results(sandbox)[0]
    sandbox.say("NOOP")
    assert [bool(result) for result in results(sandbox)] == [True, False, False]
    for step in sandbox.example.steps[1:]:
        sandbox.say(step.send)
    assert all(results(sandbox))


def test_a_step_that_gives_something_else_says_so(sandbox: Sandbox) -> None:
    reply = sandbox.step(3)  # RCPT before MAIL: 503, RFC 5321 section 4.1.4
    assert reply is not None
    assert reply.code == 503
    assert results(sandbox)[2] == "503 ✗ refused"
    assert "This step was meant to give 251: see “I got something else”." in text(sandbox)
    advice = folded(sandbox, "I got something else")
    assert "Your last reply was 503.503: the command is right but comes at a wrong time." in advice
    assert "553: the address itself is faulty." in advice
    with pytest.raises(ValueError, match="There is no step 4; the example has 3"):
        sandbox.step(4)


def test_why_is_folded_until_it_is_wanted_and_folded_anew_in_another_example(sandbox: Sandbox) -> None:
    why = folded(sandbox, "Why?")
    assert "RFC 5321 section 3.4" in why
    ids = []
    for id in ("get-a-251", "251-then-551"):
        sandbox.choose(id)
        (found,) = [one for one in page(sandbox).iter("details") if words(one).startswith("Why?")]
        assert "open" not in found.attrib
        ids.append(found.get("id"))
    assert len(set(ids)) == 2  # so that the browser does not keep the first one open for the second


def test_after_quit_a_step_is_refused_in_words_and_start_over_helps(sandbox: Sandbox) -> None:
    sandbox.say("QUIT")
    click(sandbox, "1Greet")
    assert "not sent: 'EHLO client.example'. “Start over” opens a new one." in text(sandbox)
    assert "not sent" in spoken(sandbox)
    assert results(sandbox)[0] == ""
    with pytest.raises(SessionClosedError):
        sandbox.send_bytes(b"NOOP\r\n")
    assert "▶ closed" in figures(sandbox)["Where it stands"]
    click(sandbox, "Start over")
    assert "▶ connected" in figures(sandbox)["Where it stands"]
    assert "That did not work." not in text(sandbox)
    sandbox.step(1)
    assert results(sandbox)[0].startswith("250")


def test_bytes_are_drawn_and_so_are_both_replies(sandbox: Sandbox) -> None:
    sandbox.turn("profile", "postfix")
    sandbox.say("EHLO a.example")
    reply = sandbox.send_bytes(b"NOOP\nRSET\r\n")  # a bare LF ends a line here
    assert reply is not None
    assert reply.code == 250
    assert dialogue(sandbox).count("NOOP␊RSET␍␊") == 1
    assert dialogue(sandbox).count("250 2.0.0 Ok") == 2


def test_bytes_within_a_message_get_no_reply(sandbox: Sandbox) -> None:
    sandbox.say("EHLO a.example\nMAIL FROM:<>\nRCPT TO:<jones@foo.com>\nDATA")
    assert sandbox.send_bytes(b"Hello\r\n") is None
    assert "Hello" in dialogue(sandbox)
    assert "waits for more" in spoken(sandbox)
    sandbox.say(".")
    assert sandbox.core.server.delivered[0].data == b"Hello\r\n"


def test_time_passes(sandbox: Sandbox) -> None:
    sandbox.choose("greylisting")
    sandbox.step(1)
    click(sandbox, "Wait 30 minutes")
    assert spoken(sandbox) == "30 minutes have passed. A new session has begun."
    sandbox.step(1)
    assert "This step was meant to give 450" in text(sandbox)  # it is let in now


def test_both_logs_and_the_pictures_in_words(sandbox: Sandbox) -> None:
    sandbox.say("EHLO a.example\nMAIL FROM:<smith@bar.com>\nRCPT TO:<green@foo.com>\nDATA\n.")
    twins = " ".join(words(one) for one in page(sandbox).iter("details") if words(one).startswith("In words"))
    assert "client --> server: RCPT TO:<green@foo.com>" in twins
    assert "ready (you are here): MAIL -> mail" in twins
    assert "S: 250 2.0.0 OK" in folded(sandbox, "Client's log")
    log = part(sandbox, "Server's log")
    assert "from <smith@bar.com> to green@foo.com (forwarded to green@bar.org); 0 octets, 0 lines" in log


def test_long_logs_are_cut(sandbox: Sandbox) -> None:
    for _ in range(22):
        sandbox.say("EHLO a.example\nMAIL FROM:<>\nRCPT TO:<jones@foo.com>\nDATA\n.")
    assert "The last 10 of 22" in part(sandbox, "Server's log")
    assert part(sandbox, "Server's log").count("to jones@foo.com;") == 10
    assert "earlier arrows are not" in figures(sandbox)["Session 1"]
    assert "(11 earlier exchanges are not shown.)" in dialogue(sandbox)  # 111 with the greeting, 100 shown


def test_no_text_of_anybody_becomes_markup(sandbox: Sandbox) -> None:
    sandbox.turn("relay", ["bar.org"])  # where anybody may be written to
    sandbox.say("EHLO a.example\nMAIL FROM:<>\n<script>alert(1)</script>")
    sandbox.say('RCPT TO:<"<script>alert(1)</script>"@bar.org>\nDATA\n<script>alert(1)</script>\n.')
    assert '"<script>alert(1)</script>"@bar.org' in part(sandbox, "Server's log")
    assert not list(page(sandbox).iter("script"))


def test_the_twin_reads_before_anything_has_run(sandbox: Sandbox) -> None:
    twin = sandbox.markdown()
    for example in EXAMPLES:
        assert re.sub(r"[^A-Za-z0-9 ]", "", example.goal) in re.sub(r"[^A-Za-z0-9 ]", "", twin)
    assert "1. Greet the server: `EHLO client.example`" in twin
    assert "Run this cell" in twin
    assert "Knobs" not in twin  # this example turns none
    sandbox.choose("251-then-551")
    assert "Knobs: Mail for green" in sandbox.markdown().replace("\\", "")
    sandbox.choose(EXAMPLES[0].id)
    assert "<script" not in twin
    assert sandbox.markdown() == Sandbox().markdown()


def test_examples_of_one_s_own() -> None:
    own: list[Any] = [one for one in EXAMPLES if one.shelf is Shelf.USEFUL][:2]
    sandbox = Sandbox(shelf=own)
    assert sandbox.example is own[0]
    assert list(sandbox.examples) == [one.id for one in own]
    assert buttons(sandbox)[:2] == [one.title for one in own]  # there is no other shelf to choose


def test_a_lesson_shows_some_examples_alone() -> None:
    sandbox = Sandbox.of("251-then-551", "get-a-251")
    assert list(sandbox.examples) == ["get-a-251", "251-then-551"]  # as in the file
    assert "Weird" not in sandbox.markdown() + text(sandbox)
    assert "Server's log" in folded(sandbox, "Pictures and both logs")
    alone = Sandbox.of("one-refused")
    assert alone.example.title not in buttons(alone)  # nothing to choose
    assert {one.shelf for one in Sandbox.of("weird", "useful").examples.values()} == {Shelf.WEIRD, Shelf.USEFUL}
    with pytest.raises(ValueError, match="There is no example or shelf 'x'; there are 251-in-silence, "):
        Sandbox.of("x", "weird")
