"""The address microscope and head to head in JupyterLab: by keyboard alone, calm, clean, and narrow."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.lab import Lab, OpenLab, Theme

CELLS = (
    "from smtplesson.widgets import HeadToHead, Microscope\nMicroscope()",
    'HeadToHead("251", "553")',
)


def microscope(lab: Lab) -> Locator:
    return lab.page.get_by_role("group", name="Address microscope")


def spoken(view: Locator) -> Locator:
    return view.get_by_role("status").first


def button(scope: Locator, start: str) -> Locator:
    return scope.get_by_role("button", name=re.compile(f"^{re.escape(start)}"))


def retype(lab: Lab, text: str, *, delay: float = 0) -> Locator:
    """Type an address in place of what stands in the field."""
    field = lab.page.get_by_role("textbox", name="Address")
    field.focus()
    lab.page.keyboard.press("Control+a")
    lab.page.keyboard.type(text, delay=delay)
    return field


def test_it_follows_the_typing_and_speaks_only_after_a_pause(lab: Lab) -> None:
    view = microscope(lab)
    before = lab.sources()
    field = lab.page.get_by_role("textbox", name="Address")
    field.evaluate("(field) => { field.isTheFirst = true; }")
    heard = "(status) => { window.heard = []; new MutationObserver(() => { if (status.textContent) "
    heard += "window.heard.push(status.textContent); }).observe(status, { childList: true }); }"
    spoken(view).evaluate(heard)
    # letters and digits that press buttons, and cut cells, elsewhere; slow enough that the view follows between them
    retype(lab, "u1d23x..U@foo.com", delay=170)
    expect(view.get_by_role("img", name="local part u1d23x..U")).to_be_visible()
    expect(spoken(view)).to_contain_text("u1d23x..U@foo.com: Two dots stand side by side", timeout=10_000)
    assert len(lab.page.evaluate("window.heard")) == 1  # once for all these keys
    expect(field).to_have_value("u1d23x..U@foo.com")
    expect(field).to_be_focused()
    assert field.evaluate("(field) => field.isTheFirst")  # never replaced
    assert lab.sources() == before


def test_enter_speaks_at_once_and_leaves_the_address_in_the_field(lab: Lab) -> None:
    field = retype(lab, "jones@foo.com\n")
    expect(spoken(microscope(lab))).to_contain_text("jones@foo.com: Well formed", timeout=900)
    expect(field).to_have_value("jones@foo.com")
    expect(field).to_be_focused()
    assert len(lab.cells()) == len(CELLS)


def test_an_address_is_mended_and_restored_by_keyboard_alone(lab: Lab) -> None:
    view = microscope(lab)
    field = retype(lab, "jo..nes@foo.com\n")
    expect(spoken(view)).to_contain_text(re.compile("^jo..nes@foo.com: .* 2 repairs are offered. 3 of 8"))
    lab.page.keyboard.press("Tab")
    expect(button(view, '"jo..nes"')).to_be_focused()
    lab.page.keyboard.press("2")  # now the digit chooses
    expect(field).to_have_value("jo.nes@foo.com")
    expect(spoken(view)).to_contain_text("Well formed")
    expect(button(view, "Undo: jo..nes@foo.com")).to_be_focused()
    expect(view.get_by_role("list", name="Servers, before").get_by_text("✗ the RFC 553")).to_be_visible()
    expect(view.get_by_role("list", name="Servers, now").get_by_role("listitem")).to_have_text(
        [re.compile(r"^✓ .* 250")] * 8
    )
    lab.page.keyboard.press("Enter")
    expect(field).to_have_value("jo..nes@foo.com")
    expect(button(view, '"jo..nes"')).to_be_focused()


def test_nothing_above_the_picture_jumps_while_one_types(lab: Lab) -> None:
    view = microscope(lab)
    field, picture = lab.page.get_by_role("textbox", name="Address"), view.get_by_role("img")
    places = []
    for address in ("jones@foo.com", "jo..nes@foo.com", "jones(work)@foo.com", "@foo.example"):
        retype(lab, f"{address}\n")
        expect(spoken(view)).to_contain_text(f"{address}: ")  # all before it is drawn
        boxes = field.bounding_box(), picture.bounding_box()
        assert boxes[0]
        assert boxes[1]
        places.append((boxes[0]["y"], boxes[1]["y"], boxes[1]["height"]))
    assert len({tuple(map(round, place)) for place in places}) == 1


def test_two_codes_are_picked_and_swapped_by_keyboard_alone(lab: Lab) -> None:
    view = lab.page.get_by_role("group", name="Two codes head to head")
    first, second = (view.get_by_role("combobox", name=name) for name in ("First code", "Second code"))
    second.select_option("551")
    expect(spoken(view)).to_contain_text("251 or 551?")
    second.focus()
    lab.page.keyboard.press("Tab")
    expect(button(view, "Swap the two")).to_be_focused()
    lab.page.keyboard.press("Enter")
    expect(spoken(view)).to_contain_text("551 or 251?")
    expect(button(view, "Swap the two")).to_be_focused()
    expect(first).to_have_value("551")
    expect(second).to_have_value("251")
    expect(view.get_by_role("rowheader", name="What has become of it")).to_be_visible()
    lab.page.keyboard.press("s")
    expect(spoken(view)).to_contain_text("251 or 551?")
    expect(first).to_have_value("251")


@pytest.mark.parametrize(("theme", "width"), [("light", 1400), ("dark", 1400), ("light", 320), ("dark", 320)])
def test_axe_finds_nothing_and_nothing_overflows(open_lab: OpenLab, notebook: Path, theme: Theme, width: int) -> None:
    lab = open_lab(notebook, theme=theme, width=width)
    lab.run_all()
    retype(lab, f"{'l' * 65}..x@[foo]{'d' * 64}.com\n")
    expect(spoken(microscope(lab))).to_contain_text("servers refuse it")
    folds = lab.page.locator(".sl-view summary")
    for place in range(folds.count()):
        folds.nth(place).click()
    assert lab.axe(".sl-view") == []
    assert lab.overflows(".sl-view, .sl-view :is(button, div:not(.sl-unseen), table)") == []
    # a table that has become a list is still a table to a screen reader
    expect(lab.page.get_by_role("cell", name=re.compile("Positive Completion$"))).to_be_attached()
    assert lab.console_errors() == []
