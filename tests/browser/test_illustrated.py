"""The illustrated dialogue in JupyterLab: by keyboard alone, with names for everything, on a narrow screen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.lab import Lab, OpenLab, Theme

CELLS = [
    """\
from smtplesson import scenario
from smtplesson.widgets import Illustrated
Illustrated(scenario.load("neighbours"))"""
]


def group(lab: Lab) -> Locator:
    return lab.page.get_by_role("group", name="Illustrated dialogue")


def button(scope: Locator, start: str) -> Locator:
    return scope.get_by_role("button", name=re.compile(f"^{re.escape(start)}"))


def spoken(lab: Lab) -> Locator:
    return group(lab).get_by_role("status").first


def open_line(lab: Lab) -> Locator:
    return group(lab).locator("li > [aria-current]")


def test_a_line_is_explained_and_changed_by_keyboard_alone(lab: Lab) -> None:
    view, keyboard, sources = group(lab), lab.page.keyboard, lab.sources()
    button(view, "12 client RCPT").focus()
    keyboard.press("Enter")
    expect(button(view, "RCPT the verb")).to_be_focused()  # the focus goes on to the pieces
    expect(spoken(lab)).to_have_text("Line 12 of 34. The client says: RCPT TO:<jones@foo.com> 9 pieces.")
    for _ in range(6):
        keyboard.press("Tab")
    expect(button(view, "foo.com the domain")).to_be_focused()
    keyboard.press("Space")
    expect(spoken(lab)).to_contain_text("Where the mailbox is")
    for _ in range(3):
        keyboard.press("Tab")
    expect(button(view, "What if two dots")).to_be_focused()
    keyboard.press("Enter")
    expect(spoken(lab)).to_contain_text("553 5.1.3 Mailbox name not allowed")
    expect(button(view, "What if two dots")).to_be_focused()
    keyboard.press("b")
    expect(button(view, "12 client RCPT")).to_be_focused()  # back to where the reader was
    assert lab.sources() == sources
    assert lab.console_errors() == []


def test_n_and_p_go_through_the_dialogue_and_the_list_follows(lab: Lab) -> None:
    view = group(lab)
    button(view, "Next line").focus()
    tops = []
    for number in range(2, 31):
        lab.page.keyboard.press("n")
        expect(spoken(lab)).to_contain_text(f"Line {number} of 34.")
        expect(button(view, "Next line")).to_be_focused()
        box = button(view, "Next line").bounding_box()
        tops.append(box and box["y"])
    assert len(set(tops)) == 1
    inside = "(line) => line.getBoundingClientRect().bottom <= line.closest('ol').getBoundingClientRect().bottom + 1"
    assert open_line(lab).evaluate(inside)
    lab.page.keyboard.press("p")
    expect(open_line(lab)).to_have_text(re.compile("^29 "))  # this one alone


def test_before_and_now_stand_beside_the_list_on_the_first_screen(open_lab: OpenLab, notebook: Path) -> None:
    lab = open_lab(notebook, width=1200)
    lab.run_all()
    view = group(lab)
    button(view, "12 client RCPT").click()
    button(view, "foo.com the domain").click()
    button(view, "What if two dots").click()
    boxes = {}
    for name in ("Before", "Now"):
        heading = view.get_by_role("heading", name=name, exact=True)
        expect(heading).to_be_in_viewport()
        boxes[name] = heading.bounding_box()
    line = button(view, "12 client RCPT").bounding_box()
    assert line
    assert boxes["Before"]
    assert boxes["Now"]
    assert boxes["Before"]["y"] == boxes["Now"]["y"]
    assert line["x"] + line["width"] <= boxes["Before"]["x"] < boxes["Now"]["x"]
    expect(button(view, "12 client RCPT")).to_contain_text("≠ differs")


def test_a_press_moves_nothing_above_what_it_fills(lab: Lab) -> None:
    view = group(lab)
    button(view, "12 client RCPT").click()
    places = []
    for piece in ("RCPT the verb", "foo.com the domain", "CR LF line end"):
        button(view, piece).click()
        expect(button(view, piece)).to_have_attribute("aria-pressed", "true")
        places.append([button(view, name).bounding_box() for name in ("12 client RCPT", "Next line", "RCPT the verb")])
    assert places[0] == places[1] == places[2]


@pytest.mark.parametrize(("theme", "width"), [("light", 1400), ("dark", 1400), ("light", 320), ("dark", 320)])
def test_axe_finds_nothing_and_nothing_overflows(open_lab: OpenLab, notebook: Path, theme: Theme, width: int) -> None:
    lab = open_lab(notebook, theme=theme, width=width)
    lab.run_all()
    view = group(lab)
    button(view, "20 client RCPT").click()
    button(view, "foo..com ✗ the domain").click()
    button(view, "What if one of the two dots").click()
    expect(view.get_by_role("heading", name="Before")).to_be_visible()
    lab.settle()
    assert lab.axe(".sl-view") == []
    assert lab.overflows(".sl-view, .sl-view :is(button, div:not(.sl-unseen), ol)") == []
