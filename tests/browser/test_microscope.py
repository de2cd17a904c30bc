"""The address microscope and head to head in JupyterLab: by keyboard alone, calm, clean, and narrow."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator, expect

from tests.browser.lab import Lab, OpenLab, Theme

CELLS = (
    "from smtplesson.widgets import HeadToHead, Microscope\nMicroscope()",
    'HeadToHead("251", "553")',
)


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    v4 = nbformat.v4
    path = tmp_path / "microscope.ipynb"
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(v4.new_notebook(cells=[v4.new_code_cell(source) for source in CELLS], metadata=kernel), path)
    return path


@pytest.fixture
def lab(open_lab: OpenLab, notebook: Path) -> Lab:
    lab = open_lab(notebook)
    lab.run_all()
    return lab


def microscope(lab: Lab) -> Locator:
    return lab.page.get_by_role("group", name="Address microscope")


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
    view, spoken = microscope(lab), microscope(lab).get_by_role("alert")
    before = lab.sources()
    field = retype(
        lab, "u1d23x..U@foo.com", delay=30
    )  # letters and digits that press buttons, and cut cells, elsewhere
    expect(view.get_by_role("img", name="local part u1d23x..U")).to_be_visible()
    expect(spoken).to_have_count(0)
    expect(spoken).to_contain_text("u1d23x..U@foo.com: Two dots stand side by side", timeout=10_000)
    expect(spoken).to_have_attribute("data-said", "1")  # once for all these keys
    expect(field).to_have_value("u1d23x..U@foo.com")
    expect(field).to_be_focused()
    assert lab.sources() == before


def test_enter_speaks_at_once_and_leaves_the_address_in_the_field(lab: Lab) -> None:
    field = retype(lab, "jones@foo.com\n")
    expect(microscope(lab).get_by_role("alert")).to_contain_text("jones@foo.com: Well formed")
    expect(field).to_have_value("jones@foo.com")
    expect(field).to_be_focused()
    assert len(lab.cells()) == len(CELLS)


def test_an_address_is_mended_and_restored_by_keyboard_alone(lab: Lab) -> None:
    view = microscope(lab)
    field = retype(lab, "jo..nes@foo.com\n")
    expect(view.get_by_role("alert")).to_contain_text(re.compile("^jo..nes@foo.com: .* 2 repairs are offered.$"))
    lab.page.keyboard.press("Tab")
    expect(button(view, "1. ")).to_be_focused()
    lab.page.keyboard.press("2")  # now the digit chooses
    expect(field).to_have_value("jo.nes@foo.com")
    expect(view.get_by_role("alert")).to_contain_text("Well formed")
    expect(button(view, "Undo: jo..nes@foo.com")).to_be_focused()
    lab.page.keyboard.press("Enter")
    expect(field).to_have_value("jo..nes@foo.com")
    expect(button(view, "1. ")).to_be_focused()


def test_nothing_above_the_tables_jumps_while_one_types(lab: Lab) -> None:
    view = microscope(lab)
    field, caption = lab.page.get_by_role("textbox", name="Address"), view.get_by_text("Lengths beside their limits")
    places = []
    for address in ("jones@foo.com", "jo..nes@foo.com", "jones(work)@foo.com", "@foo.example"):
        retype(lab, address)
        expect(view.get_by_role("alert")).to_contain_text(f"{address}: ")  # all before it is drawn
        expect(field).to_have_value(address)
        lab.settle()
        expect(caption).to_be_visible()
        boxes = field.bounding_box(), caption.bounding_box()
        assert boxes[0]
        assert boxes[1]
        places.append((boxes[0]["y"], boxes[1]["y"] - boxes[0]["y"]))
    assert max(y for y, _ in places) - min(y for y, _ in places) < 1
    assert max(d for _, d in places) - min(d for _, d in places) < 1


def test_two_codes_are_picked_and_swapped_by_keyboard_alone(lab: Lab) -> None:
    view = lab.page.get_by_role("group", name="Two codes head to head")
    pick = view.get_by_role("combobox", name="Second code")
    pick.select_option("551 User not local; please try <forward-path")
    expect(view.get_by_role("alert")).to_contain_text("251 or 551?")
    pick.focus()
    lab.page.keyboard.press("Tab")
    expect(button(view, "Swap the two")).to_be_focused()
    lab.page.keyboard.press("Enter")
    expect(view.get_by_role("alert")).to_contain_text("551 or 251?")
    expect(button(view, "Swap the two")).to_be_focused()
    expect(view.get_by_role("rowheader", name="Who must act ≠ differs")).to_be_visible()
    lab.page.keyboard.press("s")
    expect(view.get_by_role("alert")).to_contain_text("251 or 551?")


@pytest.mark.parametrize(("theme", "width"), [("light", 1400), ("dark", 1400), ("light", 320), ("dark", 320)])
def test_axe_finds_nothing_and_nothing_overflows(open_lab: OpenLab, notebook: Path, theme: Theme, width: int) -> None:
    lab = open_lab(notebook, theme=theme, width=width)
    lab.run_all()
    retype(lab, f"{'l' * 65}..x@[foo]{'d' * 64}.com\n")
    expect(microscope(lab).get_by_role("alert")).to_be_attached()
    lab.settle()
    assert lab.axe(".smtplesson-group") == []
    wide = lab.page.locator(".smtplesson-group, .smtplesson-group button, .smtplesson-group .widget-html").evaluate_all(
        "(parts) => parts.filter((part) => part.scrollWidth > part.clientWidth + 1).map((part) => part.innerText)"
    )
    assert wide == []
    # a table that has become a list is still a table to a screen reader
    expect(lab.page.get_by_role("cell", name=re.compile("Positive Completion$"))).to_be_attached()
    assert lab.console_errors() == []
