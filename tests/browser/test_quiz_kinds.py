"""Every kind of question in JupyterLab, answered by keyboard alone, with how sure one is."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.lab import Lab, OpenLab, Theme

CELLS = [
    """\
from smtplesson.learner.log import Log, today
from smtplesson.learner.quiz import Quiz
from smtplesson.questions.bank import QuestionBank
from smtplesson.widgets import QuizView
bank = QuestionBank.load()
log = Log()
ids = ["rset-forgets", "mistyped-sender", "rcpt-before-mail", "a-space-too-many", "251-who-acts"]
quiz = Quiz([bank[id] for id in ids], bank.misconceptions, day=today(), record=log.append)
QuizView(quiz, confidence=True, log=log)"""
]


def question(lab: Lab, number: int) -> Locator:
    return lab.page.get_by_role("group", name=f"Question {number} of 5")


def test_each_kind_is_answered_by_keyboard_alone(lab: Lab) -> None:
    keys, view = lab.page.keyboard, lab.page.get_by_role("group", name="Quiz of 5 questions")
    told = view.get_by_role("status").first

    several = question(lab, 1)  # sender and recipient are forgotten
    several.get_by_role("checkbox").first.focus()
    for letter, checked in (("a", True), ("b", True), ("c", True), ("c", False)):  # the last is taken back
        keys.press(letter)
        expect(several.get_by_role("checkbox", name=f"{letter.upper()}. ")).to_be_checked(checked=checked)
    keys.press("Enter")
    expect(view.get_by_role("button", name="I guess")).to_be_focused()
    expect(told).to_contain_text("How sure are you?")
    keys.press("2")
    expect(told).to_contain_text("Correct.")
    expect(view.get_by_role("button", name="Next")).to_be_focused()
    expect(several.get_by_text("✓ your answer, right")).to_have_count(2)
    keys.press("n")

    order = question(lab, 2)
    expect(order.locator("legend")).to_be_focused()
    keys.press("Tab")  # the first line's ways
    for place, letter in enumerate("ABCDE"):
        row = order.get_by_role("listitem")
        letters = [each[0] for each in row.locator(".sl-letter").all_inner_texts()]
        for _ in range(letters.index(letter) - place):
            order.get_by_role("button", name=f"{letter}, up").focus()
            before = row.nth(place).inner_text()
            keys.press("Enter")
            expect(told).to_contain_text(f"{letter}, now")
            expect(order.get_by_role("button", name=f"{letter}, up")).to_be_focused()
            if letters.index(letter) - place == 1:
                expect(row.nth(place)).not_to_have_text(before)
    keys.press("3")
    expect(told).to_contain_text("Correct.")
    keys.press("n")

    typed = question(lab, 3)
    expect(typed.locator("legend")).to_be_focused()
    typed.get_by_role("textbox", name="Your answer").focus()
    keys.type("501\n")
    expect(view.get_by_role("button", name="I guess")).to_be_focused()
    keys.press("3")
    expect(told).to_contain_text("Not yet.")
    expect(told).to_contain_text("You were sure")
    expect(typed.get_by_text("✓ right")).to_be_visible()
    keys.press("n")

    repair = question(lab, 4)
    field = repair.get_by_role("textbox", name="Your answer")
    expect(field).to_have_value("o'brien @foo.com")
    field.focus()
    keys.press("Control+a")
    keys.type("o'brien@foo.com\n")
    expect(view.get_by_role("button", name="I guess")).to_be_focused()
    keys.press("1")
    expect(told).to_contain_text("A lucky guess")
    keys.press("n")

    who = question(lab, 5)
    expect(who.locator("legend")).to_be_focused()
    keys.press("b")
    expect(who.get_by_role("radio", name="B. ")).to_be_checked()
    keys.press("3")
    expect(told).to_contain_text(". B: ")

    keys.press("n")
    expect(view.get_by_role("heading", name="right")).to_be_focused()
    expect(view).not_to_contain_text("not answered")  # none is left, so none is counted
    assert lab.console_errors() == []


@pytest.mark.parametrize(("theme", "width"), [("light", 320), ("dark", 1400)])
def test_axe_finds_nothing_and_nothing_overflows(open_lab: OpenLab, notebook: Path, theme: Theme, width: int) -> None:
    lab = open_lab(notebook, theme=theme, width=width)
    lab.run_all()
    view = lab.page.get_by_role("group", name="Quiz of 5 questions")
    for number in range(1, 6):
        view.get_by_role("button", name=f"Question {number}:").click()
        expect(question(lab, number)).to_be_visible()
        assert lab.axe(".sl-view") == [], number
    view.get_by_role("radio", name="A. ").check(force=True)
    view.get_by_role("button", name="I am sure").click()
    expect(view.get_by_role("status").first).to_contain_text("A: ")
    assert lab.axe(".sl-view") == []
    wide = lab.page.locator(".sl-view, .sl-view *").evaluate_all(
        "(parts) => parts.filter((part) => part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 1"
        " && getComputedStyle(part).overflowX === 'visible' && getComputedStyle(part).display !== 'inline')"
        ".map((part) => part.outerHTML)"
    )
    assert wide == []
