"""The views in JupyterLab: keys stay inside, the focus stays sensible, everything has a name, nothing overflows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import written
from tests.browser.lab import Lab, OpenLab, Theme

SETUP = """\
from smtplesson import Server, scenario
from smtplesson.widgets import Compare, Console, Predict, QuizView, ReplyCodesView, Reveal
server = Server("foo.com", mailboxes=["jones@foo.com"], forwards={"green@foo.com": "green@bar.org"})"""
VIEWS = {
    "Console": "console = Console(server)\nconsole",
    "Predict the reply": 'Predict(scenario.load("rfc821-postel"))',
    "Reply codes": "ReplyCodesView(553)",
    "One line, 8 servers": 'Compare("MAIL FROM:<sender@example..com>")',
    "Decide: Who gets it?": 'Reveal("Who gets it?", ["Green", "Nobody"], right="A",\n'
    '       then=lambda: server.reply_to("RCPT TO:<green@foo.com>"), why="The first digit is 2.")',
    "Quiz of 2 questions": 'QuizView.of("05-251-or-553", count=2)',
}
UNGUARDED = """\
import ipywidgets
ipywidgets.VBox([ipywidgets.Button(description="unguarded")])"""
CELLS = (SETUP, *VIEWS.values(), "1 + 1")
#: What edits, moves, merges, runs or leaves cells, or asks to restart, in the notebook's command mode. The letters
#: and digits that a view takes for itself come last, with others between them.
HARMFUL = (
    "x", "d d", "v", "m", "y", "r", "c", "z", "j", "k", "i i", "0 0", "1", "6", "Shift+M", "Shift+A", "Shift+Z",
    "Shift+ArrowDown", "Control+Backspace", "Control+Shift+M", "Control+Shift+ArrowUp", "Control+a", "Control+z",
    "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End", "PageDown", "Delete", "Backspace", "/",
    "Enter", "Control+Enter", "Alt+Enter", "Space", "b", "a",
)  # fmt: skip
#: What can be pressed or chosen first, or the view itself where there is nothing any more.
FOCUS = "(box) => (box.querySelector('input[type=radio]') ?? box.querySelector('button') ?? box).focus()"


def group(lab: Lab, name: str) -> Locator:
    return lab.page.get_by_role("group", name=name)


def control(scope: Locator, role: str, start: str) -> Locator:
    """The button, or what else, whose name begins with `start`."""
    return scope.get_by_role(role, name=re.compile(f"^{re.escape(start)}"))  # type: ignore[arg-type]


def button(scope: Locator, start: str) -> Locator:
    return control(scope, "button", start)


def said(scope: Locator) -> Locator:
    """What a screen reader has read out last."""
    return scope.get_by_role("status").first


def press(page: Page, keys: str) -> None:
    for key in keys.split():
        page.keyboard.press(key)


def state(lab: Lab) -> list[tuple[str, str, object]]:
    """What a stray key would change: the cells, their kind, and how often they ran."""
    return [(c["cell_type"], "".join(c["source"]), c.get("execution_count")) for c in lab.cells()]


def test_without_the_guard_a_key_cuts_the_cell(open_lab: OpenLab, tmp_path: Path) -> None:
    lab = open_lab(written(tmp_path / "unguarded.ipynb", [new_code_cell(UNGUARDED), new_code_cell("1 + 1")]))
    lab.run_all()
    before = state(lab)
    lab.button("unguarded").click()  # its cell becomes the active one
    lab.button("unguarded").focus()
    press(lab.page, "x")
    expect(lab.page.get_by_role("button", name="unguarded")).to_have_count(0)
    assert len(state(lab)) == len(before) - 1


@pytest.mark.parametrize("view", VIEWS)
def test_no_key_changes_the_notebook_or_moves_the_focus_away(lab: Lab, view: str) -> None:
    group(lab, view).click(position={"x": 3, "y": 3})  # its cell is the one that the keys would act on
    lab.settle()
    before = state(lab)
    strayed = []
    for keys in HARMFUL:
        group(lab, view).evaluate(FOCUS)
        press(lab.page, keys)
        lab.settle()
        if state(lab) != before or lab.page.locator(".jp-Dialog").count():
            strayed.append(f"{keys}: the notebook")
            break
        # letters and digits choose, and what is chosen moves the focus on: still within the view
        if not group(lab, view).evaluate("(box) => box.contains(document.activeElement)"):
            strayed.append(f"{keys}: the focus")
    assert strayed == []


def test_a_key_that_a_view_does_not_take_leaves_the_focus_where_it_is(lab: Lab) -> None:
    place = button(group(lab, "Predict the reply"), "Just show")
    place.focus()
    for keys in ("x", "ArrowDown", "Home", "Shift+M", "b"):
        press(lab.page, keys)
        expect(place).to_be_focused()


def test_shift_enter_goes_on_from_a_view_and_keeps_what_was_done_in_it(lab: Lab) -> None:
    view = group(lab, "Decide: Who gets it?")
    button(view, "A").click()
    expect(view).to_contain_text("The first digit is 2.")
    before, cell = state(lab), lab.page.locator(".jp-CodeCell").filter(has=view)
    press(lab.page, "Shift+Enter")
    following = cell.locator("xpath=following-sibling::*[1]")
    expect(following).to_be_focused()
    expect(following).to_contain_class("jp-mod-active")
    expect(view).to_contain_text("The first digit is 2.")
    assert state(lab) == before


def test_tab_escape_and_the_application_s_own_shortcuts_still_work(lab: Lab) -> None:
    view = group(lab, "Predict the reply")
    button(view, "2 done").focus()
    press(lab.page, "Tab")
    expect(button(view, "3 send more")).to_be_focused()
    press(lab.page, "Shift+Tab")
    expect(button(view, "2 done")).to_be_focused()
    press(lab.page, "Escape")
    expect(button(view, "2 done")).to_be_focused()
    sidebar = lab.page.locator("#jp-left-stack")
    hidden = not sidebar.is_visible()
    press(lab.page, "Control+b")
    expect(sidebar).to_be_visible(visible=hidden)


def test_a_question_is_answered_by_keyboard_alone_and_announced(lab: Lab) -> None:
    quiz = group(lab, "Quiz of 2 questions")
    quiz.get_by_role("radio").first.focus()
    press(lab.page, "c")
    expect(control(quiz, "radio", "C")).to_be_checked()
    press(lab.page, "3")
    expect(said(quiz)).to_contain_text(" C: ")
    verdict = said(quiz).inner_text()
    assert verdict.startswith(("Correct.", "Not yet."))
    expect(quiz).to_contain_text("Source: RFC")
    expect(quiz.get_by_role("radio")).to_have_count(0)
    expect(button(quiz, "Next")).to_be_focused()
    press(lab.page, "Enter")
    expect(quiz).to_contain_text("Question 2 of 2")


def test_every_view_and_control_has_its_name_in_the_accessibility_tree(lab: Lab) -> None:
    for name in VIEWS:
        expect(group(lab, name).first).to_be_visible()
    tree = "".join(group(lab, name).first.aria_snapshot() for name in VIEWS)
    for named in (
        'textbox "Client says"',
        'button "Send"',
        'group "Dialogue"',
        'group "What class of reply will the server give?"',
        'button "2 done"',
        'list "Replies to predict"',
        'textbox "The client sends"',
        'button "4 or more"',
        'group "Who gets it?"',
        'button "B Nobody"',
        'radio "A',
    ):
        assert named in tree, named
    assert 'button "":' not in tree


def test_the_console_sends_what_stands_in_the_field_however_fast(lab: Lab) -> None:
    console, field = group(lab, "Console"), lab.page.get_by_role("textbox", name="Client says")
    field.focus()
    lab.page.keyboard.type("EHLO client.example\nNOOP\n")  # without a pause between the keys
    expect(console).to_contain_text("250 2.0.0 OK")
    expect(field).to_have_value("")
    expect(field).to_be_focused()
    field.fill("MAIL FROM:<smith@bar.com>")
    button(console, "Send").click()
    expect(console).to_contain_text("250 2.1.0 OK")
    expect(field).to_have_value("")
    expect(said(console)).to_contain_text("The server says: 250 2.1.0 OK")
    field.focus()
    press(lab.page, "ArrowUp ArrowUp")
    expect(field).to_have_value("NOOP")
    press(lab.page, "ArrowDown ArrowDown")
    expect(field).to_have_value("")


def test_the_end_of_a_long_dialogue_is_in_sight_and_the_field_stays(lab: Lab) -> None:
    console, field = group(lab, "Console"), lab.page.get_by_role("textbox", name="Client says")
    field.focus()
    lab.page.keyboard.type("NOOP\n" * 20 + "EHLO the.end\n")
    last = console.get_by_role("group", name="Dialogue").get_by_text("foo.com greets the.end")
    expect(last).to_be_visible()
    frame = console.get_by_role("group", name="Dialogue").bounding_box()
    row = last.bounding_box()
    assert frame is not None
    assert row is not None
    assert frame["y"] <= row["y"] <= row["y"] + row["height"] <= frame["y"] + frame["height"]
    assert frame["height"] < 600


def test_pasted_lines_are_sent_in_turn_and_run_nothing(lab: Lab) -> None:
    field = lab.page.get_by_role("textbox", name="Client says")
    field.evaluate(
        """(field) => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", "C: EHLO client.example\\nC: <script>document.title = 'hurt'</script>");
            field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }"""
    )
    console = group(lab, "Console")
    expect(console).to_contain_text("250-foo.com greets client.example")
    expect(console).to_contain_text("<script>document.title = 'hurt'</script>")
    expect(console).to_contain_text("500 5.5.1 Command not recognized")
    assert lab.page.title() != "hurt"


def test_predict_hands_the_focus_on(lab: Lab) -> None:
    view = group(lab, "Predict the reply")
    button(view, "2 done").focus()
    press(lab.page, "5")
    expect(said(view)).to_contain_text("Now commit to a code")
    expect(button(view, "501 ")).to_be_focused()  # the first code
    press(lab.page, "Enter")
    expect(said(view)).to_contain_text("Not yet. You predicted 501; the server says 250")
    expect(button(view, "Next")).to_be_focused()
    press(lab.page, "Enter")
    expect(button(view, "2 done")).to_be_focused()
    press(lab.page, "2 5 1")  # the code, digit by digit
    expect(said(view)).to_contain_text("Correct.")
    expect(button(view, "Next")).to_be_focused()
    press(lab.page, "n")
    expect(said(view)).to_contain_text("The dialogue is over.")
    expect(view.get_by_role("heading", name="The dialogue is over.")).to_be_focused()
    press(lab.page, "Tab")
    expect(button(view, "Go on")).to_be_focused()
    press(lab.page, "Tab Enter")
    expect(button(view, "2 done")).to_be_focused()


def test_a_decision_is_made_by_its_letter_and_the_answer_has_the_focus(lab: Lab) -> None:
    view = group(lab, "Decide: Who gets it?")
    expect(view).not_to_contain_text("251")
    button(view, "A Green").focus()
    press(lab.page, "b")
    expect(said(view)).to_contain_text("You decided: B. Not yet. The server says: 251")
    expect(view).to_contain_text("your decision")
    expect(view).to_contain_text("The first digit is 2.")
    expect(view.get_by_role("heading", name="What happens")).to_be_focused()


def test_the_servers_are_compared_by_keyboard(lab: Lab) -> None:
    view = group(lab, "One line, 8 servers")
    field = view.get_by_role("textbox", name="The client sends")
    field.fill("RSET")
    press(lab.page, "Enter")
    expect(button(view, "1 they all agree")).to_be_focused()
    press(lab.page, "1")
    expect(said(view)).to_contain_text("Correct. 1 different code: 250.")
    expect(view.get_by_role("group", name="Servers that say 250").get_by_role("listitem")).to_have_count(8)


@pytest.mark.parametrize(("theme", "width"), [("light", 1400), ("dark", 1400), ("light", 320), ("dark", 320)])
def test_axe_finds_nothing_and_nothing_overflows_after_use(
    open_lab: OpenLab, notebook: Path, theme: Theme, width: int
) -> None:
    lab = open_lab(notebook, theme=theme, width=width)
    lab.run_all()
    console = group(lab, "Console")
    for example in ("EHLO client.example", "RCPT TO:<jones@foo..com>", "QUIT", "DATA"):
        button(console, example).click()
    expect(console).to_contain_text("That did not work.")
    predict = group(lab, "Predict the reply")
    button(predict, "5 ").click()
    button(predict, "501 ").click()
    button(predict, "Next").click()
    button(predict, "2 ").click()
    expect(button(predict, "251 ")).to_be_visible()
    button(group(lab, "One line, 8 servers"), "2 ").click()
    button(group(lab, "Decide: Who gets it?"), "B ").click()
    quiz = group(lab, "Quiz of 2 questions")
    control(quiz, "radio", "B").check()
    button(quiz, "I think so").click()
    expect(button(quiz, "Next")).to_be_visible()
    lab.settle()
    assert lab.axe(".sl-view") == []
    parts = ".sl-view, .sl-view *:not(.sl-unseen, .sl-unseen *, figcaption .sl-acts)"
    assert lab.overflows(parts, but="input, svg, thead") == []


def test_a_saved_view_is_seen_again_without_its_kernel(open_lab: OpenLab, tmp_path: Path) -> None:
    """With "Save Widget State Automatically", which is on in Binder; else "Error displaying widget" stands there."""
    save = "raw => window.jupyterapp.serviceManager.settings.save('@jupyter-widgets/jupyterlab-manager:plugin', raw)"
    notebook = written(tmp_path / "saved.ipynb", [new_code_cell(source) for source in CELLS])
    lab = open_lab(notebook)
    server = lab.page.url.partition("/lab")[0]
    try:
        lab.page.evaluate(save, '{"saveState": true}')
        lab.open(server, notebook.name)
        lab.run_all()
        button(group(lab, "Decide: Who gets it?"), "A").click()
        expect(group(lab, "Decide: Who gets it?")).to_contain_text("The first digit is 2.")
        lab.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
        lab.shut_down()
        lab.open(server, notebook.name)
        expect(group(lab, "Decide: Who gets it?")).to_contain_text("The first digit is 2.")
        expect(lab.page.get_by_text("Error displaying widget")).to_have_count(0)
    finally:
        lab.page.evaluate(save, "{}")
