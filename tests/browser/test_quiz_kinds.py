"""Every kind of question in JupyterLab, answered by keyboard alone, with how sure one is."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator, expect

from tests.browser.lab import Lab, OpenLab, Theme

SETUP = """\
from smtplesson.learner.log import Log, today
from smtplesson.questions.bank import QuestionBank
from smtplesson.learner.quiz import Quiz
from smtplesson.widgets import QuizView
bank = QuestionBank.load()
log = Log()
ids = ["not-now", "mistyped-sender", "rcpt-before-mail", "a-space-too-many", "251-who-acts"]
quiz = Quiz([bank[id] for id in ids], bank.misconceptions, day=today(), record=log.append)
QuizView(quiz, confidence=True, log=log)"""


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    v4 = nbformat.v4
    path = tmp_path / "kinds.ipynb"
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    cells = [v4.new_code_cell(SETUP)]
    nbformat.write(v4.new_notebook(cells=cells, metadata=kernel), path)
    return path


def question(lab: Lab, number: int) -> Locator:
    return lab.page.get_by_role("group", name=f"Question {number} of 5")


def test_each_kind_is_answered_by_keyboard_alone(open_lab: OpenLab, notebook: Path) -> None:
    lab = open_lab(notebook)
    lab.run_all()
    keys = lab.page.keyboard

    several = question(lab, 1)  # DATA and a second MAIL are not allowed after MAIL
    several.get_by_role("button").first.focus()
    keys.press("a")
    expect(several.get_by_role("button", name="A. ")).to_contain_text("(your choice)")
    keys.press("b")
    expect(several.get_by_role("button", name="B. ")).to_contain_text("(your choice)")
    keys.press("c")
    expect(several.get_by_role("button", name="C. ")).to_contain_text("(your choice)")
    keys.press("c")  # taken back
    expect(several.get_by_role("button", name="C. ")).not_to_contain_text("(your choice)")
    several.get_by_role("button", name="Check").focus()
    keys.press("Enter")
    expect(several.get_by_role("button", name="1 Guess")).to_be_focused()
    keys.press("2")
    expect(several.get_by_role("alert")).to_contain_text("Correct.")
    expect(several.get_by_role("button", name="Check")).to_be_focused()

    order = question(lab, 2)
    order.get_by_role("button").first.focus()
    for number, letter in enumerate("ABCDE", 1):
        keys.press(letter.lower())
        expect(order.get_by_role("button", name=f"{letter}. ")).to_contain_text(f"(line {number})")
    order.get_by_role("button", name="Check").focus()
    keys.press("Enter")
    expect(order.get_by_role("alert")).to_contain_text("How sure are you?")
    keys.press("3")
    expect(order.get_by_role("alert")).to_contain_text("Correct.")

    typed = question(lab, 3)
    typed.get_by_role("textbox", name="Your answer").focus()
    keys.type("501\n")
    expect(typed.get_by_role("button", name="1 Guess")).to_be_focused()
    keys.press("3")
    expect(typed.get_by_role("alert")).to_contain_text("Not yet.")
    expect(typed.get_by_role("alert")).to_contain_text("You were sure")
    expect(typed.get_by_role("textbox")).to_have_value("501")
    typed.get_by_role("textbox").focus()
    keys.press("Control+a")
    keys.type("503\n")  # again: no more asked how sure
    expect(typed.get_by_role("alert")).to_contain_text("Correct.")

    repair = question(lab, 4)
    field = repair.get_by_role("textbox", name="Your answer")
    expect(field).to_have_value("o'brien @foo.com")
    field.focus()
    keys.press("Control+a")
    keys.type("o'brien@foo.com\n")
    expect(repair.get_by_role("button", name="1 Guess")).to_be_focused()
    keys.press("1")
    expect(repair.get_by_role("alert")).to_contain_text("A lucky guess")

    who = question(lab, 5)
    who.get_by_role("button").first.focus()
    keys.press("b")
    expect(who.get_by_role("button", name="1 Guess")).to_be_focused()
    keys.press("3")
    expect(who.get_by_role("alert")).to_contain_text(". B: ")

    lab.page.keyboard.press("Escape")
    assert lab.console_errors() == []
    log = lab.page.get_by_role("group", name="Quiz of 5 questions")
    expect(log).to_contain_text("5 of 5 answered")


@pytest.mark.parametrize(("theme", "width"), [("light", 320), ("dark", 1400)])
def test_axe_finds_nothing_and_nothing_overflows(open_lab: OpenLab, notebook: Path, theme: Theme, width: int) -> None:
    lab = open_lab(notebook, theme=theme, width=width)
    lab.run_all()
    question(lab, 1).get_by_role("button", name="A. ").click()
    question(lab, 1).get_by_role("button", name="Check").click()
    expect(question(lab, 1).get_by_role("button", name="1 Guess")).to_be_visible()
    question(lab, 5).get_by_role("button", name="A. ").click()
    question(lab, 5).get_by_role("button", name="3 Sure").click()
    expect(question(lab, 5).get_by_role("alert")).to_contain_text("A: ")
    lab.settle()
    assert lab.axe(".smtplesson-group") == []
    wide = lab.page.locator(".smtplesson-group, .smtplesson-group button, .smtplesson-group .widget-html").evaluate_all(
        "(parts) => parts.filter((part) => part.scrollWidth > part.clientWidth + 1).map((part) => part.innerText)"
    )
    assert wide == []
