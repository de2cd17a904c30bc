"""The sandbox in JupyterLab: a 251 by keyboard alone, what is announced, room for it on small screens, themes."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator, expect

from tests.browser.lab import Lab, OpenLab, Theme

SOURCES = ["from smtplesson.widgets import Sandbox", "sandbox = Sandbox()\nsandbox", "sandbox.diagrams()[0]"]


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    path = tmp_path / "sandbox.ipynb"
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    cells = [nbformat.v4.new_code_cell(source) for source in SOURCES]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), path)
    return path


@pytest.fixture
def lab(open_lab: OpenLab, notebook: Path) -> Lab:
    lab = open_lab(notebook)
    lab.run_all()
    return lab


def sandbox(lab: Lab) -> Locator:
    return lab.page.get_by_role("group", name="Sandbox")


def button(lab: Lab, start: str) -> Locator:
    return sandbox(lab).get_by_role("button", name=re.compile(f"^{re.escape(start)}")).first


def tab_to(lab: Lab, start: str, *, most: int = 60) -> None:
    """Press Tab until the focus is on the control whose name or text begins so."""
    name = "() => { const a = document.activeElement; return a.innerText || a.labels?.[0]?.innerText || ''; }"
    for _ in range(most):
        if str(lab.page.evaluate(name)).strip().startswith(start):
            return
        lab.page.keyboard.press("Tab")
    raise AssertionError(f"{most} tabs, and not at {start!r}")


def test_the_keyboard_alone_reaches_a_251(lab: Lab) -> None:
    before = lab.sources()
    lab.cell(2).locator(".jp-OutputArea").click(position={"x": 2, "y": 2})
    button(lab, "Tutorial").focus()
    for step, code in (("1. Greet", "250-foo.com greets"), ("2. Name", "250 2.1.0"), ("3. Name", "251 2.1.5")):
        tab_to(lab, step)
        lab.page.keyboard.press("Enter")
        expect(sandbox(lab).get_by_text(code).first).to_be_visible()
        expect(button(lab, step)).to_be_focused()
    alerts = sandbox(lab).get_by_role("alert")
    expect(alerts.filter(has_text="Goal reached:")).to_have_count(1)
    expect(alerts.filter(has_text="The server says: 251 2.1.5 User not local")).to_have_count(1)
    assert lab.sources() == before
    assert lab.console_errors() == []


def test_a_knob_by_keyboard_and_the_551_by_typing(lab: Lab) -> None:
    button(lab, "Wait 30 minutes").focus()
    knob = sandbox(lab).get_by_role("combobox", name="Mail for green")
    knob.focus()
    for _ in range(2):
        lab.page.keyboard.press("ArrowDown")
    expect(knob).to_be_focused()
    expect(sandbox(lab).get_by_role("alert").filter(has_text="A new session has begun.")).to_contain_text(
        "Mail for green: refuse, name the address: 551."
    )
    tab_to(lab, "Client says")
    lab.page.keyboard.type("EHLO client.example\nMAIL FROM:<smith@bar.com>\nRCPT TO:<green@foo.com>\n")
    ladder = sandbox(lab).get_by_role("img", name="Ladder of a session")
    expect(ladder).to_contain_text("551 5.7.1 User not local; please")
    expect(sandbox(lab).get_by_role("img", name="State machine")).to_contain_text("▶ mail")


def test_steps_and_answers_do_not_push_what_is_pressed_away(lab: Lab) -> None:
    places = {}
    for step in ("1. Greet", "2. Name", "3. Name"):
        button(lab, step).click()
        lab.settle()
        places[step] = button(lab, "1. Greet").bounding_box(), button(lab, "I got something else").bounding_box()
    tops = {
        name: tuple(round(box["y"] - first["y"]) for box in (first, last))
        for name, (first, last) in places.items()
        if first and last
    }
    assert len(set(tops.values())) == 1, tops
    button(lab, "Why?").click()
    expect(sandbox(lab).get_by_role("alert").filter(has_text="this is a success")).to_be_visible()
    expect(button(lab, "Why?")).to_have_text("Why? (shown below; press to fold)")


@pytest.mark.parametrize(("theme", "width"), [("light", 1400), ("dark", 1400), ("light", 320), ("dark", 360)])
def test_axe_finds_nothing_and_nothing_overflows(
    open_lab: OpenLab, notebook: Path, tmp_path: Path, theme: Theme, width: int
) -> None:
    lab = open_lab(notebook, theme=theme, width=width)
    lab.run_all()
    for start in (
        "1. Greet",
        "2. Name",
        "3. Name",
        "Why?",
        "I got something else",
        "Show the pictures",
        "Show the client",
    ):
        button(lab, start).click()
    expect(sandbox(lab)).to_contain_text("Goal reached:")
    button(lab, "QUIT").click()
    button(lab, "1. Greet").click()
    expect(sandbox(lab)).to_contain_text("That did not work.")
    lab.settle()
    assert lab.axe(".smtplesson-group") == []
    assert lab.axe() == []
    parts = lab.page.locator(
        ".smtplesson-group, .smtplesson-group button, .smtplesson-group .widget-html, svg[role=img]"
    )
    wide = parts.evaluate_all(
        "(all) => all.filter((part) => part.scrollWidth > part.clientWidth + 1).map((part) => part.innerText)"
    )
    assert wide == []
    lab.screenshot(tmp_path / "sandbox.png", whole=True)


def test_the_words_of_a_picture_are_readable_on_a_small_screen(open_lab: OpenLab, notebook: Path) -> None:
    lab = open_lab(notebook, width=320)
    lab.run_all()
    svg = sandbox(lab).get_by_role("img", name="Ladder of a session")
    scale = svg.evaluate("(svg) => svg.getBoundingClientRect().width / svg.viewBox.baseVal.width")
    assert scale * 12 >= 9, "the smallest text of a picture is 12 units high"
    assert lab.console_errors() == []
