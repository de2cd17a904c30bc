"""The reply codes and the glossary in JupyterLab: by keyboard, by name, in both themes, wide and narrow."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.lab import Lab, OpenLab, Theme

CELLS = ("from smtplesson.widgets import ReplyCodesView\nReplyCodesView()",
         "from smtplesson.widgets import GlossaryView\nGlossaryView()")  # fmt: skip


def views(lab: Lab) -> tuple[Locator, Locator]:
    lab.run_all()
    return lab.page.get_by_role("group", name="Reply codes"), lab.page.get_by_role("group", name="Glossary")


def test_the_codes_are_used_by_keyboard_alone(open_lab: OpenLab, notebook: Path) -> None:
    lab = open_lab(notebook)
    codes, _ = views(lab)
    before = lab.sources()
    field, spoken = codes.get_by_role("textbox", name="Any three digits"), codes.get_by_role("status").first
    field.focus()
    lab.page.keyboard.type("571\n")
    expect(spoken).to_contain_text("571: no server may send this")
    expect(field).to_be_focused()
    field.press("Control+a")
    lab.page.keyboard.type("25x\n")
    expect(spoken).to_contain_text("'25x' is no reply code")
    code = codes.get_by_role("button", name="551", exact=True)
    code.focus()
    lab.page.keyboard.press("Enter")
    expect(codes).to_contain_text("551 5.7.1 User not local; please try <white@bar.org>")
    expect(code).to_be_focused()
    expect(code).to_have_attribute("aria-current", "true")
    every = codes.get_by_role("button", name="Show all")
    every.focus()
    lab.page.keyboard.press("Space")
    expect(codes.get_by_role("button", name="253", exact=True)).to_be_visible()
    assert lab.sources() == before


def test_the_glossary_filters_while_one_types_and_leads_on(open_lab: OpenLab, notebook: Path) -> None:
    lab = open_lab(notebook)
    _, glossary = views(lab)
    field, terms = glossary.get_by_role("textbox", name="Word or code"), glossary.get_by_role("term")
    field.focus()
    lab.page.keyboard.type("forward-pa")
    expect(terms.first).to_have_text("forward-path")
    expect(field).to_be_focused()
    expect(field).to_have_value("forward-pa")
    link = glossary.get_by_role("button", name="reverse-path").first
    link.focus()
    lab.page.keyboard.press("Enter")
    expect(terms.first).to_have_text("reverse-path")
    expect(terms.first).to_be_focused()
    expect(field).to_have_value("reverse-path")
    assert glossary.get_by_role("link", name="Lesson 00").first.get_attribute("href") == "00-start-here.ipynb"


@pytest.mark.parametrize(("theme", "width"), [("light", 1400), ("dark", 1400), ("light", 320), ("dark", 320)])
def test_axe_finds_nothing_and_nothing_overflows(open_lab: OpenLab, notebook: Path, theme: Theme, width: int) -> None:
    lab = open_lab(notebook, theme=theme, width=width)
    for view in views(lab):
        assert view.evaluate("(box) => box.scrollWidth <= box.clientWidth + 1")
    assert lab.axe() == []
    assert lab.console_errors() == []
