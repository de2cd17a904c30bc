"""The sandbox in JupyterLab: a 251 by keyboard alone, what is read out, room for it on small screens, themes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell
from playwright.sync_api import Locator, expect

from tests.browser.conftest import written
from tests.browser.lab import Lab, OpenLab, Theme

CELLS = ["from smtplesson.widgets import Sandbox", "sandbox = Sandbox()\nsandbox", "sandbox.diagrams()[0]"]


def sandbox(lab: Lab) -> Locator:
    return lab.page.get_by_role("group", name="Sandbox")


def button(lab: Lab, start: str) -> Locator:
    return sandbox(lab).get_by_role("button", name=re.compile(f"^{re.escape(start)}")).first


def unfold(lab: Lab) -> None:
    """Open the pictures."""
    sandbox(lab).get_by_text("Pictures and both logs", exact=True).click()


def said(lab: Lab) -> Locator:
    """What a screen reader reads out."""
    return sandbox(lab).get_by_role("status").first


def tab_to(lab: Lab, target: Locator, *, most: int = 60) -> None:
    """Press Tab until the focus is there."""
    for _ in range(most):
        if target.evaluate("(element) => element === document.activeElement"):
            return
        lab.page.keyboard.press("Tab")
    raise AssertionError(f"{most} tabs, and not at {target}")


def test_the_keyboard_alone_reaches_a_251(lab: Lab) -> None:
    before = lab.sources()
    lab.cell(2).locator(".jp-OutputArea").click(position={"x": 2, "y": 2})
    sandbox(lab).get_by_role("combobox", name="Example").focus()
    for step, code in (("1 Greet", "250-foo.com greets"), ("2 Name", "250 2.1.0"), ("3 Name", "251 2.1.5")):
        tab_to(lab, button(lab, step))
        lab.page.keyboard.press("Enter")
        expect(said(lab)).to_contain_text(code)
        expect(button(lab, step)).to_be_focused()
    expect(said(lab)).to_contain_text("251 2.1.5 User not local")
    expect(said(lab)).to_contain_text("Goal reached:")
    expect(sandbox(lab).get_by_role("listitem").filter(has_text="✓ 251 to RCPT")).to_be_visible()
    assert lab.sources() == before
    assert lab.console_errors() == []


def test_a_knob_by_keyboard_and_the_551_by_typing(lab: Lab) -> None:
    sandbox(lab).get_by_text("Knobs of the server", exact=True).click()
    knob = sandbox(lab).get_by_role("combobox", name="Mail for green")
    knob.focus()
    for _ in range(2):
        lab.page.keyboard.press("ArrowDown")
    expect(said(lab)).to_have_text("Mail for green: refuse, name the address: 551. A new session has begun.")
    expect(knob).to_be_focused()
    expect(knob).to_have_value("refuse, name the address: 551")
    field = sandbox(lab).get_by_role("textbox", name="Client says")
    field.focus()
    for line in ("EHLO client.example", "MAIL FROM:<smith@bar.com>", "RCPT TO:<green@foo.com>"):
        lab.page.keyboard.type(line)
        lab.page.keyboard.press("Enter")
        expect(field).to_have_value("")
    expect(field).to_be_focused()
    unfold(lab)
    ladder = sandbox(lab).get_by_role("img", name="Ladder of a session")
    expect(ladder).to_contain_text("551 5.7.1 User not local; please")
    expect(sandbox(lab).get_by_role("img", name="State machine")).to_contain_text("▶ mail")
    button(lab, "Start over").focus()
    sandbox(lab).get_by_role("combobox", name="Example").select_option("Half a line end")
    expect(said(lab)).to_contain_text("Half a line end.")  # all knobs go back, the one that was turned by hand too
    expect(knob).to_have_value("forward and say so: 251")


def test_both_sessions_of_a_goal_stand_beside_each_other(lab: Lab) -> None:
    sandbox(lab).get_by_role("combobox", name="Example").select_option("251, then 551, for the same person")
    unfold(lab)
    for step in ("1 Ask", "2 Change", "3 Ask"):
        button(lab, step).click()
        lab.settle()
    expect(said(lab)).to_contain_text("Goal reached:")
    first, second = sandbox(lab).get_by_role("img", name="Ladder of a session").all()
    expect(first).to_contain_text("S: 251")
    expect(second).to_contain_text("S: 551")
    left, right = first.bounding_box(), second.bounding_box()
    assert left
    assert right
    assert (round(left["y"]), left["x"] + left["width"] <= right["x"]) == (round(right["y"]), True)
    steps, dialogue = sandbox(lab).locator("ol").first, sandbox(lab).get_by_role("group", name="Dialogue")
    left, right = steps.bounding_box(), dialogue.bounding_box()
    assert left
    assert right
    assert left["x"] + left["width"] <= right["x"]
    assert right["y"] < left["y"] + left["height"]


def test_steps_and_answers_do_not_push_what_is_pressed_away(lab: Lab) -> None:
    folded = sandbox(lab).get_by_text("I got something else", exact=True)
    tops = set()
    for step in ("1 Greet", "2 Name", "3 Name"):
        button(lab, step).click()
        lab.settle()
        first, last = button(lab, "1 Greet").bounding_box(), folded.bounding_box()
        assert first
        assert last
        tops.add(round(last["y"] - first["y"]))
    assert len(tops) == 1, tops
    sandbox(lab).get_by_text("Why?", exact=True).click()
    reason = sandbox(lab).get_by_text("this is a success")
    expect(reason).to_be_visible()
    button(lab, "1 Greet").click()
    lab.settle()
    expect(reason).to_be_visible()  # what was unfolded stays so


@pytest.mark.parametrize(("theme", "width"), [("light", 1400), ("dark", 1400), ("light", 320), ("dark", 360)])
def test_axe_finds_nothing_and_nothing_overflows(
    open_lab: OpenLab, notebook: Path, tmp_path: Path, theme: Theme, width: int
) -> None:
    lab = open_lab(notebook, theme=theme, width=width)
    lab.run_all()
    for start in ("1 Greet", "2 Name", "3 Name"):
        button(lab, start).click()
    expect(sandbox(lab)).to_contain_text("✓ Goal reached.")
    for folded in sandbox(lab).locator("summary").all():
        folded.click()
    button(lab, "QUIT").click()
    button(lab, "1 Greet").click()
    expect(sandbox(lab)).to_contain_text("That did not work.")
    lab.settle()
    assert lab.axe(".sl-view") == []
    assert lab.axe() == []
    assert lab.overflows(".sl-view, .sl-view :is(button, p, pre, li, section, figure)") == []
    lab.screenshot(tmp_path / "sandbox.png", whole=True)


def test_the_words_of_a_picture_are_readable_on_a_small_screen(open_lab: OpenLab, tmp_path: Path) -> None:
    lab = open_lab(written(tmp_path / "narrow.ipynb", [new_code_cell(source) for source in CELLS]), width=320)
    lab.run_all()
    unfold(lab)
    svg = sandbox(lab).get_by_role("img", name="Ladder of a session")
    scale = svg.evaluate("(svg) => svg.getBoundingClientRect().width / svg.viewBox.baseVal.width")
    assert scale * 12 >= 9, "the smallest text of a picture is 12 units high"
    assert lab.console_errors() == []
