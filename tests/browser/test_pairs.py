"""Matching and labelling in JupyterLab: answered by keyboard alone, looked at by axe, narrow and wide."""

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
ids = ["match-next-act", "label-three-digits"]
quiz = Quiz([bank[id] for id in ids], bank.misconceptions, day=today(), record=log.append)
QuizView(quiz, confidence=True, log=log)"""
]
#: What follows each reply, by its first digit (RFC 5321 section 4.2.1): the number in the list of the question.
NEXT = ("1", "1", "2", "4", "4")


def question(lab: Lab, number: int) -> Locator:
    return lab.page.get_by_role("group", name=f"Question {number} of 2")


def test_pairs_are_made_by_keyboard_alone(lab: Lab) -> None:
    keys, view = lab.page.keyboard, lab.page.get_by_role("group", name="Quiz of 2 questions")
    told = view.get_by_role("status").first

    matching = question(lab, 1)
    matching.locator("legend").focus()
    keys.press("Tab")
    for letter, number in zip("ABCD", NEXT, strict=False):
        expect(matching.get_by_role("combobox", name=f"{letter}. ")).to_be_focused()
        keys.press(number)  # a list is searched by what its entries begin with
        keys.press("Tab")
    keys.press("Tab")  # past E, which stays open
    keys.press("Enter")
    expect(view.get_by_text("Nothing is chosen yet for E.").first).to_be_visible()
    for letter, number in zip("ABCD", NEXT, strict=False):  # what was chosen is still there
        expect(matching.get_by_role("combobox", name=f"{letter}. ")).to_have_value(number)
    matching.locator("legend").focus()
    keys.press("e")  # a letter goes to its list
    expect(matching.get_by_role("combobox", name="E. ")).to_be_focused()
    keys.press("4")
    keys.press("Tab")
    keys.press("3")
    expect(told).to_contain_text("Correct.")
    expect(view.get_by_role("button", name="Next")).to_be_focused()
    expect(matching.get_by_text("✓ right")).to_have_count(5)
    keys.press("n")

    labelling = question(lab, 2)
    expect(labelling.locator("legend")).to_be_focused()
    expect(labelling.locator("mark")).to_have_text(["2A", "5B", "1C"])
    for _ in "ABC":
        keys.press("Tab")
        keys.press("3")  # what became of the command: right for the first digit alone
    keys.press("Tab")
    keys.press("1")
    expect(told).to_contain_text("Not yet. B3: What became of the command stands in the first digit")
    expect(labelling.get_by_text("✗ your answer")).to_have_count(2)
    assert lab.console_errors() == []


@pytest.mark.parametrize(("theme", "width"), [("light", 320), ("dark", 400), ("dark", 1400)])
def test_axe_finds_nothing_and_nothing_overflows(open_lab: OpenLab, notebook: Path, theme: Theme, width: int) -> None:
    lab = open_lab(notebook, theme=theme, width=width)
    lab.run_all()
    view = lab.page.get_by_role("group", name="Quiz of 2 questions")
    for number in (1, 2):
        view.get_by_role("button", name=f"Question {number}:").click()
        expect(question(lab, number)).to_be_visible()
        assert lab.axe(".sl-view") == [], number
        whole = question(lab, number).locator(".sl-partners")
        assert whole.is_visible() is (width < 480)  # where a list has no room for its entries
        for box in question(lab, number).get_by_role("combobox").all():
            box.select_option(index=1)
        view.get_by_role("button", name="I am sure").click()
        expect(view.get_by_text("Source: ")).to_be_visible()
        assert lab.axe(".sl-view") == [], number
        wide = lab.page.locator(".sl-view, .sl-view *").evaluate_all(
            "(parts) => parts.filter((part) => part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 1"
            " && getComputedStyle(part).overflowX === 'visible' && getComputedStyle(part).display !== 'inline')"
            ".map((part) => part.outerHTML)"
        )
        assert wide == []
