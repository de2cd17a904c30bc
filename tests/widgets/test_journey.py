"""The journey in the views: where the envelope is, who has the ring and what is said, after each reply."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

import pytest

from smtplesson.dialogues import scenario
from smtplesson.learner.log import Log
from smtplesson.protocol.transcript import Transcript
from smtplesson.server.server import Server
from smtplesson.widgets import Console, HeadToHead, Illustrated, JourneyView, Predict, Sandbox
from smtplesson.widgets.view import View
from tests.widgets.pressing import buttons, click, page, press, spoken, text, words

SVG = "{http://www.w3.org/2000/svg}"
TO_CLIENT, TO_SERVER = ("bar.com", "bar.com"), ("foo.com", "foo.com")


def pictures(view: View) -> list[Element]:
    return [each for each in page(view).iter("figure") if each.get("class") == "sl-journey"]


def sentence(view: View) -> str:
    (figure,) = pictures(view)
    caption = figure.find("figcaption")
    assert caption is not None
    return words(caption)


def shown(view: View) -> tuple[str, str]:
    """The names of the stops at which the envelope and the ring are drawn."""
    (figure,) = pictures(view)
    names: dict[int, str] = {}
    for each in figure.iter(f"{SVG}text"):
        names.setdefault(int(each.get("x", "")), each.text or "")  # the first under a stop is its name
    found = []
    for what in ("envelope", "ring"):
        (moved,) = (each for each in figure.iter() if (each.get("id") or "").endswith(f"-{what}"))
        at = re.search(r"translate\((\d+)px", moved.get("style", ""))
        assert at
        place = min(names, key=lambda x: abs(x - int(at[1]) - (13 if what == "envelope" else 0)))
        found.append(names[place])
    return found[0], found[1]


@pytest.fixture
def server() -> Server:
    return Server("foo.com", mailboxes=["jones@foo.com"], forwards={"green@foo.com": "green@bar.org"})


def test_the_console_follows_each_reply(server: Server) -> None:
    console = Console(server)
    for line, begins, where in (
        ("EHLO bar.com", "250 The message is with bar.com.", TO_CLIENT),
        ("MAIL FROM:<smith@bar.com>", "250 foo.com will hear of a message from Smith.", TO_CLIENT),
        ("RCPT TO:<nobody@foo.com>", "550 Nobody is not accepted here.", TO_CLIENT),
        ("RCPT TO:<green@foo.com>", "251 Green is accepted", TO_CLIENT),
        ("DATA", "354 foo.com waits for the message.", TO_CLIENT),
        ("Hello", "354 foo.com waits for the message.", TO_CLIENT),
        (".", "250 foo.com has the message for Green now", TO_SERVER),
    ):
        press(console, "say", line)
        assert sentence(console).startswith(begins)
        assert shown(console) == where
    assert "nobody@foo.com: with bar.com, which reports to Smith" in sentence(console)
    assert "green@foo.com: with foo.com, which forwards, or reports" in sentence(console)
    click(console, "Start over")
    assert sentence(console).startswith("220 The message is with the client.")


def test_what_moves_stays_the_same_element_whatever_else_is_drawn(server: Server) -> None:
    """The browser keeps an element where the ones before it are of the same kinds: only then does it move."""
    console = Console(server)
    kinds = set()
    for line in ("EHLO bar.com", "MAIL FROM:<smith@bar.com>", "RCPT TO:<x@foo.com>", "RCPT TO:<green@foo.com>", "DATA"):
        console.say(line)
        drawing = pictures(console)[0].find(f"div/{SVG}svg")
        assert drawing is not None
        kinds.add(tuple((each.tag, each.get("id")) for each in drawing))
    assert len(kinds) == 1


def test_a_prediction_is_not_given_away_and_then_moves_the_message(tmp_path: object) -> None:
    view = Predict(scenario.load("neighbours"), ask=["RCPT", "."], log=Log(str(tmp_path)))
    assert list(view.upcoming or ()) == ["RCPT TO:<jones@foo.com>"]
    assert sentence(view).startswith("250 foo.com will hear of a message from Smith.")
    view.predict(250)
    assert sentence(view).startswith("250 Jones is accepted as a recipient.")
    while view.upcoming is None or view.upcoming[-1] != ".":
        view.next()
        if view.upcoming is not None and view.upcoming[-1] != ".":
            view.skip()
    assert shown(view)[0] == "bar.com"
    view.predict(250)
    assert shown(view) == TO_SERVER


def test_the_illustrated_dialogue_shows_what_stands_at_the_open_line() -> None:
    view = Illustrated(scenario.load("neighbours"))
    numbers = {line.text: number for number, line in enumerate(view.scenario.script, 1)}
    rcpt = numbers["RCPT TO:<green@foo.com>"]
    view.line(rcpt)
    assert sentence(view).startswith("250 Jones is accepted")  # a command alone moves nothing
    click(view, "Next line")
    assert sentence(view).startswith("251 Green is accepted")
    view.line(numbers["."])
    assert shown(view) == TO_CLIENT
    click(view, "Next line")
    assert shown(view) == TO_SERVER
    view.line(4)  # in the midst of the EHLO's list
    assert sentence(view).startswith("250 The message is with bar.com.")


@pytest.mark.parametrize("codes", [(250, 251), (450, 550), (551, 553)])
def test_two_codes_have_a_picture_each(codes: tuple[int, int]) -> None:
    captions = [words(each) for figure in pictures(HeadToHead(*codes)) for each in figure.iter("figcaption")]
    assert [caption[:3] for caption in captions] == [str(code) for code in codes]


def test_a_code_that_is_never_said_to_rcpt_has_none() -> None:
    assert len(pictures(HeadToHead(250, 354))) == 1
    view = HeadToHead(251, 251)
    ids = re.findall(r' id="([^"]*)"', view.frame["html"])
    assert len(ids) == len(set(ids))


def test_the_sandbox_shows_what_may_yet_happen() -> None:
    sandbox = Sandbox("get-a-251")
    for number in (1, 2, 3):
        sandbox.step(number)
    assert not [name for name in buttons(sandbox) if name.startswith("What if")]
    for line in ("DATA", "Hello", "."):
        sandbox.say(line)
    taken = sentence(sandbox)
    click(sandbox, "What if the forward fails")
    assert "must send the report, with an empty reverse-path" in sentence(sandbox)
    assert spoken(sandbox).startswith("The message cannot be passed on")
    click(sandbox, "What if this reply is lost")
    assert "perhaps it arrives twice" in sentence(sandbox)
    click(sandbox, "What if this reply is lost")
    assert sentence(sandbox) == taken
    click(sandbox, "What if the forward fails")
    sandbox.say("RSET")  # whatever is done next shows what is
    assert sentence(sandbox).startswith("250 The message is with")
    with pytest.raises(ValueError, match="nothing, until a message is taken"):
        sandbox.what_if("What if the forward fails later?")


@pytest.fixture
def view(server: Server) -> JourneyView:
    session = server.connect()
    session.send_all("EHLO bar.com", "MAIL FROM:<smith@bar.com>", "RCPT TO:<green@foo.com>", "DATA", "Hello", ".")
    return JourneyView(session)


def test_a_session_is_followed_step_by_step(view: JourneyView) -> None:
    seen = []
    for _ in view.steps:
        seen.append(view.now.reply)
        click(view, "Next") if len(seen) < len(view.steps) else None
    assert seen == [220, 250, 250, 251, 354, 250]
    assert shown(view) == TO_SERVER
    assert spoken(view).startswith("Step 6 of 6. 250: foo.com has the message for Green now")
    with pytest.raises(AssertionError, match="cannot be pressed"):
        click(view, "Next")
    click(view, "What if the forward fails")
    assert "empty reverse-path" in text(view)
    click(view, "Back")
    assert view.now.reply == 354
    view.back()
    assert view.now.reply == 251


def test_the_twin_of_a_journey_is_a_sentence_a_step(view: JourneyView) -> None:
    rows = [row for row in view.markdown().split("\n") if re.match(r"\d\. ", row)]
    assert len(rows) == 6
    assert rows[3].startswith(r"4. 251\: Green is accepted")


def test_what_a_person_wrote_is_no_markup() -> None:
    said = "S: 220 <b>foo\nC: MAIL FROM:<a<i>@b.example>\nS: 250 OK\nC: RCPT TO:<<script>@x.example>\nS: 250 OK"
    view = JourneyView(Transcript.parse(said))
    for _ in view.steps:
        assert not re.search("<(script|i>|b>foo)", view.frame["html"])
        view.next()
