"""An exercise set in JupyterLab: begun, answered and handed in by keyboard, and on a narrow screen."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator, expect

from smtplesson.classroom.exercise_set import ExerciseSet, questions_for
from smtplesson.classroom.marking import mark_class
from smtplesson.classroom.submissions import read_folder
from tests.browser.conftest import written
from tests.browser.lab import Lab, OpenLab, Theme

SET = """\
title = "Week 3"
questions = ["pre-251", "code-for-rcpt~7", "pre-553"]
mode = "test"
"""
CELL = """\
import os
os.chdir({folder!r})
os.environ["SMTPLESSON_HOME"] = {folder!r}
from smtplesson.widgets import ExerciseView
ExerciseView.of("week-3.toml")"""


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    (tmp_path / "week-3.toml").write_text(SET, encoding="utf-8")
    return written(tmp_path / "exercise.ipynb", [nbformat.v4.new_code_cell(CELL.format(folder=str(tmp_path)))])


def view(lab: Lab) -> Locator:
    return lab.page.get_by_role("group", name="Exercise set: Week 3")


def said(lab: Lab) -> Locator:
    """What a screen reader reads out."""
    return view(lab).get_by_role("status").first


def begin(lab: Lab, answered: int = 0) -> None:
    lab.run_all()
    field = view(lab).get_by_role("textbox", name="Your id")
    field.focus()
    lab.page.keyboard.type("Mira-7")
    lab.page.keyboard.press("Enter")
    expect(view(lab)).to_contain_text(f"{answered} of 3 answered.")


def test_it_is_begun_answered_changed_and_handed_in_by_keyboard(open_lab: OpenLab, notebook: Path) -> None:
    lab = open_lab(notebook)
    exercise = ExerciseSet.load(notebook.with_name("week-3.toml"))
    asked = questions_for(exercise, "mira-7")
    begin(lab)
    sources = lab.sources()
    for number, question in enumerate(asked, 1):
        expect(view(lab).get_by_role("group", name=f"Question {number} of 3")).to_be_visible()
        expect(view(lab).locator("legend")).to_be_focused()
        if question.letters:
            wrong = next(letter for letter in question.letters if letter != question.key)
            for letter in (wrong, question.key):  # a first thought, and a second one
                lab.page.keyboard.press(letter.lower())
                lab.page.keyboard.press("Enter")
                expect(said(lab)).to_have_text(f"Your answer: {letter}. You can change it.")
        else:
            view(lab).get_by_role("textbox", name="Your answer").focus()
            lab.page.keyboard.type(question.key)
            lab.page.keyboard.press("Enter")
            expect(said(lab)).to_have_text(f"Your answer: {question.key}. You can change it.")
        onward = view(lab).get_by_role("button", name="Next" if number < 3 else "Overview")
        expect(onward).to_be_focused()
        lab.page.keyboard.press("Enter")
    expect(view(lab)).to_contain_text("3 of 3 answered.")
    begin(lab, answered=3)  # the cell has run again
    expect(view(lab).get_by_text("● answered")).to_have_count(3)
    view(lab).get_by_role("button", name="Hand in").focus()
    lab.page.keyboard.press("Enter")
    submission = view(lab).get_by_role("textbox", name="Your submission")
    expect(submission).to_be_visible()
    assert submission.input_value().startswith("SL1:")
    expect(view(lab).get_by_role("button", name="Hand in")).to_have_count(0)
    expect(view(lab).get_by_role("heading", name="Handed in")).to_be_focused()
    view(lab).get_by_role("button", name="Save as a file").focus()
    lab.page.keyboard.press("Enter")
    expect(said(lab)).to_have_text("Saved as mira-7_week-3.json.")
    (file,) = notebook.parent.glob("*.json")
    folder = notebook.parent / "handed-in"
    folder.mkdir()
    file.rename(folder / file.name)
    (mark,) = mark_class(read_folder(folder), exercise=exercise).marks
    assert (mark.learner, mark.asked, mark.right) == ("mira-7", 3, 3)
    view(lab).get_by_role("button", name="Question 1: answered").click()
    expect(view(lab).get_by_text("your answer")).to_be_visible()
    expect(view(lab).get_by_role("radio")).to_have_count(0)
    assert lab.sources() == sources
    assert lab.console_errors() == []


@pytest.mark.parametrize(("theme", "width"), [("light", 1400), ("dark", 360), ("light", 320)])
def test_it_fits_and_can_be_read(open_lab: OpenLab, notebook: Path, tmp_path: Path, theme: Theme, width: int) -> None:
    lab = open_lab(notebook, theme=theme, width=width)
    begin(lab)
    view(lab).get_by_role("radio").first.check()
    view(lab).get_by_role("button", name="Keep this answer").click()
    expect(view(lab)).to_contain_text("1 of 3 answered.")
    assert lab.axe() == []
    view(lab).get_by_role("button", name="Overview").click()
    hand_in = view(lab).get_by_role("button", name="Hand in")
    hand_in.click()
    expect(said(lab)).to_contain_text("There is no answer yet to questions")
    hand_in.click()
    expect(view(lab).get_by_role("textbox", name="Your submission")).to_be_visible()
    assert lab.axe() == []
    assert view(lab).evaluate("(box) => box.scrollWidth <= box.clientWidth + 1")
    assert lab.page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    lab.screenshot(tmp_path / f"exercise-{theme}-{width}.png", whole=True)
    assert lab.console_errors() == []
