"""One lesson in Notebook 7, whose shortcuts listen before any view can: it runs, and keys stay in the view."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, expect

from tests.browser.conftest import LabServer
from tests.browser.lab import LABS_OWN

SETTINGS = """async () => {
    const panel = window.jupyterapp.shell.currentWidget;
    await window.jupyterapp.restored;
    await panel.sessionContext.ready;
    panel.content.notebookConfig = { ...panel.content.notebookConfig, windowingMode: "none" };  // every cell is drawn
}"""
SOURCES = """() => window.jupyterapp.shell.currentWidget.content.widgets.map(cell => cell.model.sharedModel.source)"""


def test_a_lesson_runs_and_is_answered_by_keyboard_alone(notebook_server: LabServer, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{notebook_server.url}/notebooks/05-251-or-553.ipynb")
    page.wait_for_function("() => window.jupyterapp?.shell.currentWidget?.context?.isReady", timeout=60_000)
    page.evaluate(SETTINGS)
    expect(page.get_by_role("heading", name="251 or 553", level=1)).to_be_visible()
    expect(page.get_by_text("Run this cell to answer").first).to_be_attached()
    errors.clear()  # Notebook 7.6 stumbles over a settings schema of its own while it loads
    page.evaluate("() => { void window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
    quiz = page.get_by_role("group", name=re.compile("^Question 1 of 3")).first  # the lesson has two quizzes of three
    expect(quiz).to_be_visible(timeout=60_000)
    expect(page.get_by_text("Run this cell to answer")).to_have_count(0, timeout=60_000)
    before = page.evaluate(SOURCES)
    view = page.get_by_role("group", name="Quiz of 3 questions").first
    told = view.get_by_role("status").first
    quiz.get_by_role("radio", name="A. ").focus()
    for key in ("x", "d", "d", "0", "0", "y", "m", "Shift+M", "ArrowDown", "b"):
        page.keyboard.press(key)
    expect(quiz.get_by_role("radio", name="B. ")).to_be_checked()
    page.keyboard.press("2")
    expect(told).to_contain_text(". B: ")
    console = page.get_by_role("textbox", name="Client says")
    console.focus()
    page.keyboard.type("EHLO bar.com\n")
    expect(page.get_by_role("group", name=re.compile("^Console"))).to_contain_text("foo.com greets bar.com")
    assert page.evaluate(SOURCES) == before
    assert [error for error in errors if LABS_OWN not in error] == []
    page.context.close()
