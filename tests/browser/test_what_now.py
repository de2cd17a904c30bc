"""What do I do now, in JupyterLab: by keyboard alone, read out, and on a narrow screen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.lab import Lab, OpenLab, Theme

CELLS = ["from smtplesson.widgets import WhatNow\nWhatNow()"]


def view(lab: Lab) -> Locator:
    return lab.page.get_by_role("group", name="What do I do now?")


def button(lab: Lab, start: str) -> Locator:
    return view(lab).get_by_role("button", name=re.compile(f"^{re.escape(start)}"))


def expect_question(lab: Lab, text: str) -> None:
    """The question is there, and a keyboard stands before its answers."""
    expect(view(lab).get_by_role("group", name=re.compile(f"^{re.escape(text)}"))).to_be_visible()
    expect(view(lab).locator("legend")).to_be_focused()


def test_the_way_is_gone_by_keyboard_alone_and_back(lab: Lab) -> None:
    keyboard, sources = lab.page.keyboard, lab.sources()
    button(lab, "A I sent").focus()
    keyboard.press("b")
    expect_question(lab, "What does the reply begin with?")
    keyboard.press("d")
    expect_question(lab, "Which command was refused?")
    keyboard.press("Tab")
    expect(button(lab, "A MAIL")).to_be_focused()
    keyboard.press("Tab")
    keyboard.press("Enter")
    expect_question(lab, "Whom or what is this reply about?")
    keyboard.press("Tab")
    keyboard.press("Space")
    expect_question(lab, "What is wrong with the recipient?")
    keyboard.press("b")
    expect(view(lab).get_by_role("status").first).to_have_text("Who must act: The sender.")
    expect(view(lab).get_by_role("heading", name="The end of the way.")).to_be_focused()
    keyboard.press("Tab")
    expect(button(lab, "Back")).to_be_focused()
    keyboard.press("Enter")
    expect_question(lab, "What is wrong with the recipient?")
    assert lab.sources() == sources
    assert lab.console_errors() == []


def test_the_first_answer_stays_in_its_place(lab: Lab) -> None:
    tops = []
    for start in ("B I write", "D 5, such as", "B RCPT", "A The recipient"):
        box = button(lab, "A ").bounding_box()
        tops.append(box and round(box["y"]))
        button(lab, start).click()
        expect(button(lab, start)).to_have_count(0)
    assert len(set(tops)) == 1


@pytest.mark.parametrize(("theme", "width"), [("light", 1400), ("dark", 1400), ("light", 320), ("dark", 320)])
def test_axe_finds_nothing_and_nothing_overflows(open_lab: OpenLab, notebook: Path, theme: Theme, width: int) -> None:
    lab = open_lab(notebook, theme=theme, width=width)
    lab.run_all()
    assert lab.axe() == []
    for start in ("B I write", "D 5, such as", "B RCPT", "A The recipient", "C The address"):
        button(lab, start).click()
    expect(view(lab)).to_contain_text("Who must act: The sender")
    lab.settle()
    assert lab.axe(".sl-view") == []
    assert lab.overflows(".sl-view, .sl-view :is(button, p, dd, pre)") == []
