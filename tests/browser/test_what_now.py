"""What do I do now, in JupyterLab: by keyboard alone, announced, and on a narrow screen."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator, expect

from tests.browser.lab import Lab, OpenLab, Theme

CELL = "from smtplesson.widgets import WhatNow\nWhatNow()"


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    v4 = nbformat.v4
    path = tmp_path / "what-now.ipynb"
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(v4.new_notebook(cells=[v4.new_code_cell(CELL)], metadata=kernel), path)
    return path


def group(lab: Lab) -> Locator:
    return lab.page.get_by_role("group", name="What do I do now?")


def button(lab: Lab, start: str) -> Locator:
    return group(lab).get_by_role("button", name=re.compile(f"^{re.escape(start)}"))


def test_the_way_is_gone_by_keyboard_alone_and_back(open_lab: OpenLab, notebook: Path) -> None:
    lab = open_lab(notebook)
    lab.run_all()
    keyboard, sources, alert = lab.page.keyboard, lab.sources(), group(lab).get_by_role("alert")
    button(lab, "A. I sent").focus()
    keyboard.press("b")
    expect(alert).to_contain_text("What does the reply begin with?")
    expect(button(lab, "A. 2, such as")).to_be_focused()
    keyboard.press("d")
    expect(alert).to_contain_text("Which command was refused?")
    expect(button(lab, "A. MAIL")).to_be_focused()
    keyboard.press("Tab")
    keyboard.press("Enter")
    expect(alert).to_contain_text("Whom or what is this reply about?")
    expect(button(lab, "A. The recipient")).to_be_focused()
    keyboard.press("Space")
    expect(alert).to_contain_text("What is wrong with the recipient?")
    expect(button(lab, "A. Nobody of that name")).to_be_focused()
    keyboard.press("b")
    expect(alert).to_contain_text("Who must act: The sender")
    expect(button(lab, "Back")).to_be_focused()
    keyboard.press("Enter")
    expect(alert).to_contain_text("What is wrong with the recipient?")
    assert lab.sources() == sources
    assert lab.console_errors() == []


def test_the_first_answer_stays_in_its_place(open_lab: OpenLab, notebook: Path) -> None:
    lab = open_lab(notebook)
    lab.run_all()
    tops = []
    for start in ("B. I write", "D. 5, such as", "B. RCPT", "A. The recipient"):
        box = button(lab, "A. ").bounding_box()
        tops.append(box and round(box["y"]))
        button(lab, start).click()
        expect(button(lab, start)).to_have_count(0)
    assert len(set(tops)) == 1


@pytest.mark.parametrize(("theme", "width"), [("light", 1400), ("dark", 1400), ("light", 320), ("dark", 320)])
def test_axe_finds_nothing_and_nothing_overflows(open_lab: OpenLab, notebook: Path, theme: Theme, width: int) -> None:
    lab = open_lab(notebook, theme=theme, width=width)
    lab.run_all()
    for start in ("B. I write", "D. 5, such as", "B. RCPT", "A. The recipient", "C. The address"):
        button(lab, start).click()
    expect(group(lab).get_by_role("alert")).to_contain_text("Who must act")
    lab.settle()
    assert lab.axe(".smtplesson-group") == []
    wide = lab.page.locator(".smtplesson-group, .smtplesson-group button, .smtplesson-group .widget-html").evaluate_all(
        "(parts) => parts.filter((part) => part.scrollWidth > part.clientWidth + 1).map((part) => part.innerText)"
    )
    assert wide == []
