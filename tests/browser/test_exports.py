"""What exports and cards look like in a browser: a quiz shown by jupyterquiz itself, the sheet and its PDF, a card."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import jupyterquiz.dynamic.display
import pypdf
import pytest
from playwright.sync_api import Browser, Page

from smtplesson.classroom.votes import Card
from smtplesson.questions import families
from smtplesson.questions.bank import QuestionBank
from smtplesson.questions.exports import export
from smtplesson.questions.kinds import KINDS
from smtplesson.questions.question import Question
from tests.browser.lab import AXE, RUN_AXE
from tests.every_kind import SAMPLES, SEEN, hostile

QUESTIONS = (*QuestionBank.load().values(), *families.variants(45, 3))

#: Every choice is pressed and every known answer typed, as a learner would; what then stands under it is returned.
ANSWER = """answers => [...document.querySelectorAll(".Quiz")].map((quiz, number) => {
    const feedback = quiz.querySelector(".Feedback"), input = quiz.querySelector("input.Input-text");
    const told = () => [feedback.innerText, feedback.classList.contains("correct")];
    const [stem, code] = quiz.firstElementChild.children;
    const choose = label => {
        label.click();
        return [label.querySelector("span").innerText, ...told()];
    };
    const type = text => {
        input.value = text;
        input.onkeypress(Object.assign(new Event("keypress"), { keyCode: 13 }));
        return [text, ...told()];
    };
    const read = input ? answers[number].map(type) : [...quiz.querySelectorAll("label.MCButton")].map(choose);
    return [stem.innerText, code?.innerText ?? "", read];
})"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 900, "height": 1200})
    yield context.new_page()
    context.close()


def display_quiz(page: Page, questions: tuple[Question, ...], folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Show a file of questions in the page as the package does in a notebook: its HTML, then its script."""
    file = folder / "questions.json"
    file.write_text(export(questions, "jupyterquiz", seed=7).text, encoding="utf-8")
    parts: list[Any] = []
    monkeypatch.setattr(jupyterquiz.dynamic.display, "display", parts.append)
    jupyterquiz.display_quiz(str(file), shuffle_answers=False)
    page.set_content(parts[0].data)
    page.evaluate(parts[1].data)
    page.wait_for_selector(".Quiz")


def test_jupyterquiz_shows_every_question_and_tells_what_the_bank_does(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = [question for question in QUESTIONS if question.kind.control not in ("order", "pairs")]
    assert {question.kind for question in held} == set(KINDS.values()) - {
        KINDS[name] for name in ("order", "matching", "labelling")
    }
    display_quiz(page, QUESTIONS, tmp_path, monkeypatch)
    typed = [[*(c.text for c in q.choices), "no such answer"] if q.kind.is_typed else [] for q in held]
    quizzes = page.evaluate(ANSWER, typed)
    assert len(quizzes) == len(held)
    for question, (stem, code, read) in zip(held, quizzes, strict=True):
        assert stem == question.prompt
        assert code.split() == f"{question.dialogue} {question.address}".split()
        if question.kind.is_typed:
            assert read.pop() == ["no such answer", question.otherwise, False]
        if sum(c.right for c in question.choices) > 1 and question.kind.control == "checkbox":
            read = [[text, feedback.rpartition(" [")[0], right] for text, feedback, right in read]  # its "[1/2]"
        assert sorted(map(tuple, read)) == sorted((c.text, c.feedback, c.right) for c in question.choices)
        if question.kind.keeps_order:
            assert [text for text, _, _ in read] == [c.text for c in question.choices]


def test_jupyterquiz_shows_hostile_text_as_text(page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    questions = tuple(
        hostile(kind) for kind in (KINDS["single"], KINDS["several"], KINDS["predict"], KINDS["fault"], KINDS["typed"])
    )
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    display_quiz(page, questions, tmp_path, monkeypatch)
    seen = " ".join(SEEN.split())
    typed = [f"0{SEEN}"]
    for question, (stem, code, read) in zip(questions, page.evaluate(ANSWER, [[]] * 4 + [typed]), strict=True):
        assert stem == seen
        assert code.split() == f"C: {SEEN} S: {SEEN} {SEEN if question.address else ''}".split()
        assert sorted(text for text, _, _ in read) == sorted(
            typed if question.kind.is_typed else [f"{n}{seen}" for n in range(len(question.choices))]
        )
        assert all(feedback.startswith(f"f{text[0]}{seen}") for text, feedback, _ in read)
    assert page.locator("#quiz script, .Quiz script, .Quiz img, .Quiz a").count() == 0
    file = (tmp_path / "questions.json").read_text(encoding="utf-8")
    assert "<" not in file  # so that a page can hold it
    assert len(json.loads(file)) == 5


def axe(page: Page) -> list[str]:
    page.add_script_tag(path=AXE)
    found: list[str] = page.evaluate(RUN_AXE, "html")
    return found


def test_the_key_is_on_pages_of_its_own(page: Page) -> None:
    page.set_content(export(SAMPLES.values(), "print", seed=7, title="Week 1").text)
    pages = [found.extract_text() for found in pypdf.PdfReader(io.BytesIO(page.pdf(format="A4"))).pages]
    first = next(number for number, text in enumerate(pages) if "Key: Week 1" in text)
    assert first > 0
    assert pages[first].startswith("Key: Week 1")  # nothing of the questions is above it
    front, key = "\n".join(pages[:first]), "\n".join(pages[first:])
    for question in SAMPLES.values():
        told = [c.feedback for c in question.choices]
        assert all(feedback in key and feedback not in front for feedback in told)
        if not question.kind.is_typed:
            assert all(f"{c.text}" in front for c in question.choices)
    assert front.count("Which?") == len(SAMPLES)
    assert "RFC 5321" in key
    assert "RFC 5321" not in front
    assert "Answer: 5.1.3" in key
    assert "Think of class, subject and detail." in key
    assert "5.1.3" not in front


def test_the_key_has_the_letters_that_stand_on_the_sheet(page: Page) -> None:
    bank = tuple(question for question in QUESTIONS if not question.kind.is_typed)
    page.set_content(export(bank, "print", seed=7).text)
    sections = page.locator("section").evaluate_all("all => all.map(section => section.innerText.split(/\\n+/))")
    assert len(sections) == 2 * len(bank)
    for question, asked, told in zip(bank, sections[: len(bank)], sections[len(bank) :], strict=True):
        lettered = dict(pairwise(asked))  # a letter's text stands behind it
        key = told[1].removeprefix("Answer: ").split(", ")
        if question.kind.control == "pairs":
            partners = [c.partner for c in question.choices] + [w.text for c in question.choices for w in c.instead]
            numbered = [row for row in asked if row in partners]  # in the order of their numbers
            pairs = {lettered[letter]: numbered[int(number) - 1] for letter, number in map(tuple, key[0].split())}
            assert pairs == {c.text: c.partner for c in question.choices}
            assert all(c.feedback in told for c in question.choices)
            continue
        right = [c.text for c in question.choices if c.right or question.kind.control == "order"]
        chosen = [lettered[letter] for letter in key]
        assert [row for row in told if row in question.letters] == (
            key if question.kind.control == "order" else list(question.letters)
        )
        assert chosen == right if question.kind.control == "order" else sorted(chosen) == sorted(right)
        assert all(
            c.feedback in told or f"{'Right' if c.right else 'Not right'}. {c.feedback}" in told
            for c in question.choices
        )
        assert any(row.startswith(f"Source: {question.source}.") for row in told)


@pytest.mark.parametrize("width", [900, 320])
def test_the_sheet_is_clean_without_scripts_and_fits(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    page.set_content(
        export([*SAMPLES.values(), *map(hostile, KINDS.values())], "print", seed=7, title="<b>Week</b> 1").text
    )
    assert page.locator("h1").first.inner_text() == "<b>Week</b> 1"
    assert page.locator("script, img, a, [onclick]").count() == 0
    assert page.locator("main").inner_text().count(SEEN.rstrip()) > 20
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert axe(page) == []


def test_a_card_is_clean_large_and_fits(page: Page) -> None:
    for question in (SAMPLES["single"], hostile(KINDS["predict"])):
        for width, least in ((1920, 40), (320, 16)):
            page.set_viewport_size({"width": width, "height": 1080 if width > 900 else 640})
            page.set_content(Card(question).page)
            assert page.locator("script, img, a").count() == 0
            assert (
                page.locator(".sl-opt").first.evaluate("item => parseFloat(getComputedStyle(item).fontSize)") >= least
            )
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert axe(page) == []
    assert " ".join(SEEN.split()) in page.locator("h1").inner_text()


def test_the_bars_are_as_long_as_the_shares(page: Page) -> None:
    card = Card(SAMPLES["single"])
    shown = card.count("A 1, B 3")._repr_mimebundle_()["text/html"]
    page.set_content(f'<html lang="en"><title>t</title><main><h1>t</h1>{shown}</main>')
    widths = page.locator("td .sl-fill").evaluate_all("bars => bars.map(bar => bar.getBoundingClientRect().width)")
    assert round(widths[0] / widths[1], 2) == 0.33  # one vote beside three
    assert axe(page) == []
