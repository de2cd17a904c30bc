"""The progress view in JupyterLab: it fits, everything has a name, and the code goes out and comes in by keyboard."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Locator, expect

from tests.browser.lab import Lab, OpenLab, Theme

SETUP = """\
import tempfile
from datetime import date
from smtplesson.learner.attempts import Attempt
from smtplesson.learner.log import Log
from smtplesson.widgets import ProgressView
from tests.widgets.test_progress import BANK, RIGHT, WRONG
log, other = Log(tempfile.mkdtemp()), Log(tempfile.mkdtemp())
for attempt in (WRONG, *RIGHT, Attempt("q0", "B", date(2026, 1, 6)), Attempt("nasty", "B", date(2026, 1, 6))):
    log.append(attempt)"""
CELLS = (
    SETUP,
    "ProgressView(log, bank=BANK, today=date(2026, 1, 8))",
    "ProgressView(other, bank=BANK, today=date(2026, 1, 8))",
)


def views(lab: Lab) -> tuple[Locator, Locator]:
    groups = lab.page.get_by_role("group", name="Your progress")
    expect(groups).to_have_count(2)
    return groups.nth(0), groups.nth(1)


def show_code(view: Locator) -> None:
    view.get_by_text("Take your answers with you").click()
    view.get_by_role("button", name="Show my code").click()


@pytest.mark.parametrize(("theme", "width"), [("light", 1400), ("dark", 1400), ("light", 360), ("dark", 320)])
def test_it_fits_and_can_be_read(open_lab: OpenLab, notebook: Path, tmp_path: Path, theme: Theme, width: int) -> None:
    lab = open_lab(notebook, theme=theme, width=width)
    scripts: list[str] = []  # what a text would say that became one; without a handler the browser waits

    def heard(dialog: Dialog) -> None:
        scripts.append(dialog.message)
        dialog.dismiss()

    lab.page.on("dialog", heard)
    lab.run_all()
    full, _ = views(lab)
    full.get_by_role("button", name="Compare 551 and 251").click()
    expect(full).to_contain_text("251 accepts, and the server forwards.")
    full.get_by_role("button", name="Train 551 and 251").click()
    expect(full.get_by_role("region", name="Training: 551 or 251?")).to_contain_text("Question 1 of 4")
    show_code(full)
    expect(full.get_by_role("status").first).to_contain_text("Your code holds 6 answers")
    assert lab.axe() == []
    assert full.evaluate("(box) => box.scrollWidth <= box.clientWidth + 1")
    assert lab.page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    lab.screenshot(tmp_path / f"progress-{theme}-{width}.png", whole=True)
    assert scripts == []
    assert lab.console_errors() == []


def test_everything_has_its_name_and_names_the_lesson_s_notebook(lab: Lab) -> None:
    full, _ = views(lab)
    show_code(full)
    expect(full.get_by_role("textbox", name="Your code")).to_be_visible()
    tree = full.aria_snapshot()
    for row in (
        'table "How sure and how right"',
        'rowheader "sure"',
        'button "Refresh"',
        'button "Compare 551 and 251"',
        'button "Train 551 and 251, 2 minutes"',
        'button "Show my code"',
        'textbox "Your code"',
        'textbox "Paste a code"',
        'button "Take it"',
    ):
        assert row in tree, row
    link = full.get_by_role("link", name="Lesson 05 251 or 553").first
    assert link.get_attribute("href") == "05-251-or-553.ipynb"
    link.click()
    expect(lab.page.get_by_role("tab", name="05-251-or-553.ipynb")).to_be_visible()


def test_a_pair_is_trained_by_keyboard(lab: Lab) -> None:
    full, _ = views(lab)
    before = lab.sources()
    full.get_by_role("button", name="Train 551 and 251").focus()
    lab.page.keyboard.press("Enter")
    training = full.get_by_role("region", name="Training: 551 or 251?")
    expect(training.get_by_role("group", name="Question 1 of 4")).to_be_visible()
    training.get_by_role("textbox", name="Your answer").focus()  # the short ones come first: to type what one knows
    lab.page.keyboard.type("551\n")
    expect(training.get_by_role("button", name="I guess")).to_be_focused()
    lab.page.keyboard.press("3")
    expect(full.get_by_role("status").first).to_contain_text(re.compile(r"^(Correct|Not yet)\."))
    expect(training.get_by_role("button", name="Next")).to_be_focused()
    lab.page.keyboard.press("Enter")
    expect(training.get_by_role("group", name="Question 2 of 4")).to_be_visible()
    training.get_by_role("button", name="End the training").focus()
    lab.page.keyboard.press("Enter")
    expect(training).to_have_count(0)
    expect(full.get_by_role("button", name="Refresh")).to_be_focused()
    assert lab.sources() == before


def test_a_code_goes_from_one_view_into_another_by_keyboard(lab: Lab) -> None:
    full, empty = views(lab)
    before = lab.sources()
    full.get_by_text("Take your answers with you").click()
    full.get_by_role("button", name="Show my code").focus()
    lab.page.keyboard.press("Enter")
    code = full.get_by_role("textbox", name="Your code")
    expect(code).to_be_focused()
    lab.page.keyboard.press("Control+a")
    lab.page.keyboard.press("Control+c")
    empty.get_by_text("Take your answers with you").click()
    field = empty.get_by_role("textbox", name="Paste a code")
    field.fill("SL1:abcd.")
    field.press("Enter")
    expect(empty.get_by_role("status").first).to_contain_text("That did not work. The portable code is damaged")
    expect(field).to_have_value("SL1:abcd.")
    field.press("Control+a")
    field.press("Control+v")  # of several lines, which are taken at once
    expect(empty.get_by_role("status").first).to_contain_text("6 answers taken from the code.")
    expect(empty.get_by_role("rowheader", name="sure")).to_be_visible()
    expect(field).to_have_value("")
    expect(field).to_be_focused()
    assert lab.sources() == before
