"""The lessons in JupyterLab as a learner meets them: read first, run, then answer by keyboard alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.lab import OpenLab
from tests.paths import ROOT
from tests.tools.lesson_rules import answers, unmarked
from tests.tools.lessons import Lesson

NOTEBOOKS = {path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / "notebooks").glob("*.ipynb"))}
LESSONS = list(NOTEBOOKS)


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_reads_before_it_runs_and_runs_without_an_error(open_lab: OpenLab, lesson: str) -> None:
    lab = open_lab(lesson)
    page = lab.page.locator(".jp-Notebook")
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page).not_to_contain_text("VBox(children=")
    if "Run this cell to" in NOTEBOOKS[lesson]:
        expect(page.get_by_text("Run this cell to").first).to_be_visible()
    lab.run_all()
    expect(page).not_to_contain_text("VBox(children=")
    expect(page.get_by_text("Run this cell to")).to_have_count(0)
    assert lab.console_errors() == []
    assert lab.axe() == []


@pytest.mark.parametrize("lesson", LESSONS)
def test_axe_finds_nothing_in_a_dark_and_narrow_window(open_lab: OpenLab, lesson: str) -> None:
    lab = open_lab(lesson, theme="dark", width=400)
    lab.run_all()
    assert lab.axe() == []


@pytest.mark.parametrize("lesson", [name for name, text in NOTEBOOKS.items() if "Reveal(" in text])
def test_no_answer_is_on_the_page_before_a_decision(open_lab: OpenLab, lesson: str) -> None:
    lab = open_lab(lesson)
    lab.run_all()
    page = unmarked(lab.page.locator(".jp-Notebook").inner_text())
    asked = lab.page.get_by_role("group", name="Decide:")
    wanted = NOTEBOOKS[lesson].count("Decide, then open the answer")
    expect(asked).to_have_count(wanted)
    kept = answers(Lesson.read(ROOT / "notebooks" / lesson))
    assert len(kept) >= wanted
    assert [answer for answer in kept if answer in page] == []
    for choice in range(wanted):  # decided by keyboard; then the reasons can be read
        first = asked.nth(choice).locator("button, input").first
        ticked = first.get_attribute("type") == "checkbox"
        first.focus()
        first.press("Space")
        if ticked:
            asked.nth(choice).get_by_role("button", name="Show me").press("Enter")
        expect(asked.nth(choice).get_by_role("heading", name="What happens")).to_be_focused()
    page = unmarked(lab.page.locator(".jp-Notebook").inner_text())
    assert len([answer for answer in kept if answer in page]) >= wanted


def test_the_first_act_is_played_by_enter_alone_on_the_first_screen(open_lab: OpenLab) -> None:
    """In a window of 1280 by 800 pixels, of which the list of files takes 250."""
    lab = open_lab("00-start-here.ipynb", width=1030)
    lab.page.set_viewport_size({"width": 1030, "height": 800})
    lab.page.locator(".jp-MarkdownOutput").get_by_text("click this text").click()
    for _ in range(2):
        lab.page.keyboard.press("Shift+Enter")
    story = lab.page.get_by_role("group", name="Console").first
    spoken = story.get_by_role("status").first
    button, asks, picture = (story.locator(f"[id$=-{id}]") for id in ("next", "asks", "journey"))
    button.focus()

    def sees(said: str, focused: Locator) -> None:
        lab.page.keyboard.press("Enter")
        expect(spoken).to_contain_text(said)
        expect(focused).to_be_focused()
        for each in (focused, story.locator("[id$=-told]"), picture):
            expect(each).to_be_in_viewport(ratio=1)

    for said in ("The server says: 251 ", "The server says: 553 ", "The server says: 250 2.0.0 OK"):
        sees(said, button)
    expect(lab.page.locator(".jp-CodeCell").first.locator(".cm-editor")).to_have_count(0)  # the code is folded away
    sees("which address will foo.com accept?", asks)
    expect(story.locator("[id$=-told]")).to_contain_text("<jones.@foo.com>: foo.com said: 553 5.1.3")  # the bounce
    lab.page.keyboard.press("Enter")  # in haste: nothing is chosen
    lab.page.keyboard.press("Tab")
    lab.page.keyboard.press("Tab")
    sees("The server says: 553 ", story.locator("[id$=-next-1]"))  # the first name that is offered is wrong
    lab.page.keyboard.press("Tab")
    sees("The server says: 250 2.1.5 ", button)
    sees("The server says: 250 2.0.0 OK", button)
    sees("Solved: it was one dot.", asks)
    expect(button).to_have_text("Go on ↓")
    button.press("Enter")
    quiz = lab.page.get_by_role("group", name="Quiz of 2 questions")
    expect(quiz).to_be_focused()
    for part in (quiz.get_by_text("Question 1 of 2"), quiz.get_by_role("button", name="Check")):
        expect(part).to_be_in_viewport(ratio=1)
    lab.page.keyboard.press("Shift+Enter")
    expect(lab.cell(3)).to_be_focused()
    expect(lab.cell(3)).to_contain_class("jp-mod-active")
    expect(button).to_have_text("Go on ↓")  # the story was not run again
    assert lab.console_errors() == []


def test_the_front_desk_is_on_one_screen(open_lab: OpenLab) -> None:
    lab = open_lab("front-desk.ipynb", width=1280)
    lab.run_all()
    lab.page.get_by_role("heading", name="The front desk").scroll_into_view_if_needed()
    for name in ("Explain", "Try an example"):
        expect(lab.page.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)
    lab.page.get_by_role("textbox", name="Reply, log line or bounce").fill("553 5.1.3 Mailbox name not allowed")
    lab.page.get_by_role("button", name="Explain").click()
    expect(lab.page.get_by_text("Correct the recipient's address").first).to_be_in_viewport(ratio=1)
    expect(lab.page.get_by_text("about the recipient").first).to_be_visible()
    assert lab.console_errors() == []


def test_a_dialogue_is_predicted_by_keyboard_alone(open_lab: OpenLab) -> None:
    lab = open_lab("05-251-or-553.ipynb")
    lab.run_all()
    before = lab.sources()
    keys = lab.page.keyboard
    view = lab.page.get_by_role("group", name="Predict the reply").first
    spoken = view.get_by_role("status").first
    view.get_by_role("button", name="2 done").focus()
    # jones: right at once, by class and code
    keys.press("2")
    expect(spoken).to_contain_text("Now commit to a code")
    expect(view.get_by_role("button", name="250 Requested mail action")).to_be_focused()
    keys.press("Enter")
    expect(spoken).to_contain_text("Correct. The server says 250")
    # green: "user not local" taken for a refusal, and the reason with its section
    expect(view.get_by_role("button", name="Next")).to_be_focused()
    keys.press("n")
    expect(view).to_contain_text("RCPT TO:<green@foo.com>")
    for digit in "550":
        keys.press(digit)
    expect(spoken).to_contain_text("Not yet. You predicted 550; the server says 251")
    expect(view).to_contain_text("RFC 5321 section 3.4")
    assert lab.sources() == before
    assert lab.console_errors() == []


def test_the_console_answers_what_is_typed(open_lab: OpenLab) -> None:
    lab = open_lab("05-251-or-553.ipynb")
    lab.run_all()
    field = lab.page.get_by_role("textbox", name="Client says")
    field.focus()
    for line in ("EHLO bar.com", "MAIL FROM:<smith@bar.com>", "RCPT TO:<green@foo.com>", "<script>alert(1)</script>"):
        lab.page.keyboard.type(line)
        lab.page.keyboard.press("Enter")
        expect(field).to_have_value("")
    console = lab.page.get_by_role("group", name="Console")
    expect(console).to_contain_text("251 2.1.5 User not local; will forward to <green@bar.org>")
    expect(console).to_contain_text("500 5.5.1 Command not recognized")
    expect(console).to_contain_text("<script>alert(1)</script>")
    assert lab.console_errors() == []


def test_no_key_damages_the_notebook(open_lab: OpenLab) -> None:
    """Without the guard, x cuts the cell, d d deletes it, b inserts one and 0 0 restarts the kernel."""
    lab = open_lab("05-251-or-553.ipynb")
    lab.run_all()
    before = lab.sources()
    group = lab.page.get_by_role("group", name="Question 1 of 8")
    told = lab.page.get_by_role("group", name="Quiz of 8 questions").get_by_role("status").first
    group.get_by_role("radio").first.focus()
    for key in ("x", "d", "d", "0", "0", "b", "y", "m", "z", "ArrowDown", "ArrowUp", "Shift+M", "Delete", "j", "k"):
        lab.page.keyboard.press(key)
    assert lab.sources() == before
    expect(group.get_by_role("radio", checked=True)).to_have_count(1)
    lab.page.keyboard.press("a")
    expect(group.get_by_role("radio", name="A. ")).to_be_checked()
    lab.page.keyboard.press("3")
    expect(told).to_contain_text(". A:")
    assert lab.console_errors() == []


def test_eight_servers_are_compared_and_a_reply_explained_by_keyboard_alone(open_lab: OpenLab) -> None:
    lab = open_lab("06-in-the-wild.ipynb")
    lab.run_all()
    before = lab.sources()
    servers = lab.page.get_by_role("group", name="One line, 8 servers")
    servers.get_by_role("button", name="1 they all agree").focus()
    lab.page.keyboard.press("4")
    expect(servers.get_by_role("status").first).to_contain_text("Correct. 4 different codes: 250, 501, 517, 553")
    lab.page.get_by_role("textbox", name="The client sends").select_text()
    lab.page.keyboard.type("RCPT TO:<carol@example.com>")
    lab.page.keyboard.press("Enter")
    expect(servers).to_contain_text("will the servers give to RCPT TO:<carol@example.com>?")
    pasted = lab.page.get_by_role("textbox", name="Reply, log line or bounce")
    pasted.fill("553 5.7.1 <sales@foo.com>: Sender address rejected: not owned by user jones")
    lab.page.keyboard.press("Tab")
    lab.page.keyboard.press("Tab")
    lab.page.keyboard.press("Enter")
    expect(lab.page.get_by_text("about the sender").first).to_be_visible()
    assert lab.sources() == before
    assert lab.console_errors() == []
