"""The journey in JupyterLab: the envelope moves when the message moves, and stands still for who wants no motion."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.lab import Lab, OpenLab, Theme

CELLS = [
    """\
from smtplesson import Server
from smtplesson.widgets import Console, HeadToHead, JourneyView
server = Server("foo.com", mailboxes=["jones@foo.com"], forwards={"green@foo.com": "green@bar.org"})
console = Console(server)
for line in ("EHLO bar.com", "MAIL FROM:<smith@bar.com>", "RCPT TO:<nobody@foo.com>"):
    console.say(line)
console""",
    "JourneyView(console.session)",
    "HeadToHead(251, 553)",
]
#: Counts the movements of what is in the page from now on.
COUNT = """() => {
    window.moved = [];
    document.addEventListener("transitionrun", (event) => window.moved.push(event.target.id.replace(/^sl\\d+-/, "")));
}"""


def group(lab: Lab, name: str) -> Locator:
    return lab.page.get_by_role("group", name=name)


def envelope(lab: Lab) -> Locator:
    return group(lab, "Console").locator(".sl-envelope")


def left(found: Locator) -> float:
    """Where it is drawn now."""
    return float(found.evaluate("(shape) => shape.getBoundingClientRect().x"))


def say(lab: Lab, *lines: str) -> None:
    field = group(lab, "Console").get_by_role("textbox", name="Client says")
    field.focus()
    for line in lines:
        lab.page.keyboard.type(f"{line}\n")
    expect(field).to_have_value("")


def still(lab: Lab) -> None:
    """Wait until nothing moves."""
    lab.page.wait_for_function("() => document.getAnimations().every((each) => each.playState !== 'running')")


def test_the_envelope_moves_with_the_message_and_not_before(open_lab: OpenLab, notebook: Path) -> None:
    lab = open_lab(notebook)
    lab.page.evaluate(COUNT)
    lab.run_all()
    assert lab.page.evaluate("window.moved") == []  # at first paint everything is where it is
    before = left(envelope(lab))
    envelope(lab).evaluate("(shape) => { window.shape = shape; }")
    say(lab, "RCPT TO:<green@foo.com>", "DATA", "Hello")
    expect(group(lab, "Console").get_by_role("img", name="sends the text and the dot")).to_be_visible()
    assert lab.page.evaluate("window.moved") == []
    assert left(envelope(lab)) == before
    say(lab, ".")
    expect(group(lab, "Console").locator("figcaption")).to_contain_text("foo.com has the message for Green now")
    still(lab)
    assert left(envelope(lab)) > before + 50
    assert sorted(set(lab.page.evaluate("window.moved"))) == ["journey-envelope", "journey-ring"]
    assert envelope(lab).evaluate("(shape) => shape === window.shape")
    picture = group(lab, "Console").locator(".sl-journey").bounding_box()
    field = group(lab, "Console").get_by_role("textbox", name="Client says").bounding_box()
    assert picture is not None
    assert field is not None
    assert field["y"] + field["height"] - picture["y"] < 660  # both are seen at once on a small screen
    assert lab.console_errors() == []


def test_without_motion_it_is_there_at_once(open_lab: OpenLab, notebook: Path) -> None:
    lab = open_lab(notebook)
    lab.page.emulate_media(reduced_motion="reduce")
    lab.page.evaluate(COUNT)
    lab.run_all()
    before = left(envelope(lab))
    assert envelope(lab).evaluate("(shape) => getComputedStyle(shape).transitionDuration") == "0s"
    say(lab, "RCPT TO:<green@foo.com>", "DATA", ".")
    expect(group(lab, "Console").locator("figcaption")).to_contain_text("foo.com has the message for Green now")
    assert left(envelope(lab)) > before + 50
    assert lab.page.evaluate("window.moved") == []


def test_a_journey_is_followed_by_keyboard(lab: Lab) -> None:
    view = group(lab, "Journey of a message")
    view.get_by_role("button", name="Next").focus()
    for number in (2, 3, 4):
        lab.page.keyboard.press("n")
        expect(view.get_by_role("heading")).to_contain_text(f"step {number} of 4")
    expect(view.get_by_role("status").first).to_contain_text("550: Nobody is not accepted here.")
    lab.page.keyboard.press("b")
    expect(view.get_by_role("heading")).to_contain_text("step 3 of 4")


@pytest.mark.parametrize("width", [1200, 480])
def test_a_picture_where_there_is_room_and_a_list_where_there_is_not(
    open_lab: OpenLab, notebook: Path, width: int
) -> None:
    lab = open_lab(notebook, width=width)
    lab.run_all()
    figure = group(lab, "Console").locator(".sl-journey")
    expect(figure.locator("svg")).to_be_visible(visible=width == 1200)
    expect(figure.locator(".sl-stops")).to_be_visible(visible=width == 480)
    assert figure.evaluate("(box) => box.scrollWidth <= box.clientWidth")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_is_found_by_axe(open_lab: OpenLab, notebook: Path, theme: Theme) -> None:
    lab = open_lab(notebook, theme=theme)
    lab.run_all()
    say(lab, "RCPT TO:<green@foo.com>", "DATA", ".")
    expect(group(lab, "Console").locator("figcaption")).to_contain_text("green@foo.com")
    still(lab)
    assert lab.axe() == []
    assert lab.console_errors() == []
