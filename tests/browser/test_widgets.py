"""The views in JupyterLab: keys stay inside, the focus stays sensible, everything has a name, nothing overflows."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.lab import Lab, OpenLab, Theme

SETUP = """\
from smtplesson import Server, scenario
from smtplesson.widgets import Console, Predict, QuizView, ReplyCodesView
server = Server("foo.com", mailboxes=["jones@foo.com"], forwards={"green@foo.com": "green@bar.org"})"""
VIEWS = {
    "Console": "console = Console(server)\nconsole",
    "Predict the reply": 'Predict(scenario.load("rfc821-postel"))',
    "Reply code explorer": "ReplyCodesView(553)",
    "Quiz of 2 questions": 'QuizView.of("05-251-or-553", count=2)',
}
UNGUARDED = """\
import ipywidgets
ipywidgets.VBox([ipywidgets.Button(description="unguarded")])"""
#: What edits, moves, merges, runs or leaves cells, or asks to restart, in the notebook's command mode. The letters
#: and digits that a view takes for itself come last, with others between them.
HARMFUL = (
    "x", "d d", "v", "m", "y", "r", "c", "z", "j", "k", "i i", "0 0", "1", "6", "Shift+M", "Shift+A", "Shift+Z",
    "Shift+ArrowDown", "Control+Backspace", "Control+Shift+M", "Control+Shift+ArrowUp", "Control+a", "Control+z",
    "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End", "PageDown", "Delete", "Backspace", "/",
    "Enter", "Shift+Enter", "Control+Enter", "Alt+Enter", "Space", "b", "a",
)  # fmt: skip
ACTIVE = "() => document.activeElement.closest('button, input, select')?.dataset.markOfTheTest ?? 'elsewhere'"


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    v4 = nbformat.v4
    sources = [SETUP, *VIEWS.values(), UNGUARDED, "1 + 1"]
    path = tmp_path / "views.ipynb"
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    cells = [v4.new_code_cell(source) for source in sources]
    nbformat.write(v4.new_notebook(cells=cells, metadata=kernel), path)
    return path


@pytest.fixture
def lab(open_lab: OpenLab, notebook: Path) -> Lab:
    lab = open_lab(notebook)
    lab.run_all()
    return lab


def group(lab: Lab, name: str) -> Locator:
    return lab.page.get_by_role("group", name=name)


def button(scope: Locator, start: str) -> Locator:
    """The button whose name begins with `start`."""
    return scope.get_by_role("button", name=re.compile(f"^{re.escape(start)}"))


def press(page: Page, keys: str) -> None:
    for key in keys.split():
        page.keyboard.press(key)


def state(lab: Lab) -> list[tuple[str, str, object]]:
    """What a stray key would change: the cells, their kind, and how often they ran."""
    return [(c["cell_type"], "".join(c["source"]), c.get("execution_count")) for c in lab.cells()]


def mark(place: Locator) -> None:
    place.evaluate("(button) => { button.dataset.markOfTheTest = 'here'; button.focus(); }")


def test_without_the_guard_a_key_cuts_the_cell(lab: Lab) -> None:
    before = state(lab)
    lab.button("unguarded").click()  # its cell becomes the active one
    lab.button("unguarded").focus()
    press(lab.page, "x")
    expect(lab.page.get_by_role("button", name="unguarded")).to_have_count(0)
    assert len(state(lab)) == len(before) - 1


@pytest.mark.parametrize(
    ("view", "start"),
    [
        ("Console", "Start over"),
        ("Predict the reply", "4 not now"),
        ("Reply code explorer", "Show"),
        ("Question 1 of 2", "A."),
    ],
)
def test_no_key_changes_the_notebook_or_moves_the_focus_away(lab: Lab, view: str, start: str) -> None:
    place = button(group(lab, view), start)
    place.click()  # its cell is the one that the keys would act on
    lab.settle()
    before = state(lab)
    strayed = []
    for keys in HARMFUL:
        mark(button(group(lab, view), start))
        press(lab.page, keys)
        lab.settle()
        if state(lab) != before or lab.page.locator(".jp-Dialog").count():
            strayed.append(f"{keys}: the notebook")
            break
        # "a" and "b" choose an answer, a search of the explorer ends in its field: still within the view
        if not group(lab, view).evaluate("(box) => box.contains(document.activeElement)"):
            strayed.append(f"{keys}: the focus")
    assert strayed == []


def test_a_key_that_a_view_does_not_take_leaves_the_focus_where_it_is(lab: Lab) -> None:
    mark(button(group(lab, "Question 1 of 2"), "C."))
    for keys in ("x", "ArrowDown", "Home", "Shift+M", "1"):
        press(lab.page, keys)
        assert lab.page.evaluate(ACTIVE) == "here", keys


def test_tab_escape_and_the_application_s_own_shortcuts_still_work(lab: Lab) -> None:
    quiz = group(lab, "Question 1 of 2")
    button(quiz, "A.").focus()
    press(lab.page, "Tab")
    expect(button(quiz, "B.")).to_be_focused()
    press(lab.page, "Shift+Tab")
    expect(button(quiz, "A.")).to_be_focused()
    press(lab.page, "Escape")
    expect(button(quiz, "A.")).to_be_focused()
    sidebar = lab.page.locator("#jp-left-stack")
    hidden = not sidebar.is_visible()
    press(lab.page, "Control+b")
    expect(sidebar).to_be_visible(visible=hidden)


def test_a_question_is_answered_by_keyboard_alone_and_announced(lab: Lab) -> None:
    quiz = group(lab, "Question 1 of 2")
    button(quiz, "A.").focus()
    press(lab.page, "c")
    chosen = button(quiz, "C.")
    expect(chosen).to_contain_text("(your choice)")
    expect(quiz.get_by_role("alert")).to_contain_text("Your answer: C. How sure are you?")
    expect(button(quiz, "1 Guess")).to_be_focused()
    press(lab.page, "3")
    expect(quiz.get_by_role("alert")).to_contain_text(". C: ")
    expect(chosen).to_be_focused()
    expect(button(quiz, "1 Guess")).to_have_count(0)
    verdict = quiz.get_by_role("alert").inner_text()
    assert verdict.startswith(("Correct.", "Not yet."))
    assert "Source: RFC" in verdict
    press(lab.page, "Tab")
    expect(button(quiz, "D.")).to_be_focused()
    press(lab.page, "Space")
    expect(quiz.get_by_role("alert")).to_contain_text(". D: ")
    expect(group(lab, "Quiz of 2 questions")).to_contain_text("1 of 2 answered")


def test_every_view_and_control_has_its_name_in_the_accessibility_tree(lab: Lab) -> None:
    for name in VIEWS:
        expect(group(lab, name).first).to_be_visible()
    question = group(lab, "Question 2 of 2")
    prompt = question.locator("p").first.inner_text().removeprefix("Question 2 of 2. ")
    snapshot = question.aria_snapshot()
    assert f'group "Question 2 of 2: {prompt}' in snapshot.splitlines()[0]
    for letter in "ABCD":
        assert f'button "{letter}. ' in snapshot
    tree = group(lab, "Console").aria_snapshot() + group(lab, "Reply code explorer").aria_snapshot()
    for control in (
        'textbox "Client says"',
        'button "Send"',
        'textbox "Reply code"',
        'combobox "Or pick a known code"',
    ):
        assert control in tree
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
    expect(field).to_be_focused()
    expect(console.get_by_role("alert")).to_contain_text("The server says: 250 2.1.0 OK")
    press(lab.page, "ArrowUp ArrowUp")
    expect(field).to_have_value("NOOP")
    press(lab.page, "ArrowDown ArrowDown")
    expect(field).to_have_value("")


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
    expect(view.get_by_role("alert")).to_contain_text("Now commit to a code")
    for _ in range(2):  # past "Just show the reply" to the first code
        press(lab.page, "Tab")
    expect(button(view, "501 ")).to_be_focused()
    press(lab.page, "Enter")
    expect(view.get_by_role("alert")).to_contain_text("Not yet. You predicted 501; the server says 250")
    expect(button(view, "Next")).to_be_focused()
    press(lab.page, "Enter")
    expect(button(view, "2 done")).to_be_focused()
    press(lab.page, "2")
    button(view, "251 ").focus()
    press(lab.page, "Space")
    expect(view.get_by_role("alert")).to_contain_text("Correct.")
    press(lab.page, "n")
    expect(view.get_by_role("alert")).to_contain_text("The dialogue is over.")
    expect(button(view, "Play again")).to_be_focused()


def test_the_explorer_is_used_by_keyboard_alone(lab: Lab) -> None:
    view, before = group(lab, "Reply code explorer"), state(lab)
    view.get_by_role("textbox", name="Reply code").focus()
    lab.page.keyboard.type("571\n")
    expect(view.get_by_role("alert")).to_contain_text("571: no server may send this")
    lab.page.keyboard.type("25x\n")
    expect(view.get_by_role("alert").last).to_contain_text("'25x' is no reply code")
    pick = view.get_by_role("combobox")
    pick.focus()
    press(lab.page, "ArrowDown")
    expect(pick).to_be_focused()
    pick.select_option("551 User not local; please try <forward-path")
    expect(view).to_contain_text("551 5.7.1 User not local; please try <white@bar.org>")
    assert state(lab) == before


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
    for digit in "52":
        button(group(lab, "Predict the reply"), f"{digit} ").first.click()
    button(group(lab, "Predict the reply"), "251 ").or_(button(group(lab, "Predict the reply"), "250 ")).first.click()
    for number in (1, 2):
        button(group(lab, f"Question {number} of 2"), "B.").click()
        button(group(lab, f"Question {number} of 2"), "2 Think so").click()
    expect(group(lab, "Quiz of 2 questions")).to_contain_text("2 of 2 answered")
    lab.settle()
    assert lab.axe(".smtplesson-group") == []
    wide = lab.page.locator(".smtplesson-group, .smtplesson-group button, .smtplesson-group .widget-html").evaluate_all(
        "(parts) => parts.filter((part) => part.scrollWidth > part.clientWidth + 1).map((part) => part.innerText)"
    )
    assert wide == []
