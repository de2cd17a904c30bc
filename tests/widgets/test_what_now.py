"""What do I do now, as a view: one question at a time, the way so far, the end, and back."""

from __future__ import annotations

import html
import re

import pytest

from smtplesson.guide.what_now import Advice
from smtplesson.widgets import WhatNow


@pytest.fixture
def view() -> WhatNow:
    return WhatNow()


def text(markup: str) -> str:
    return html.unescape(re.sub("<[^>]*>", "", markup))


def said(view: WhatNow) -> str:
    return text(view._said.widget.value)


def choices(view: WhatNow) -> list[str]:
    return [button.description for button in view._answers.children]


def test_it_begins_with_who_one_is_and_says_it_not_aloud(view: WhatNow) -> None:
    assert said(view).startswith("Who are you?")
    assert 'role="alert"' not in view._said.widget.value
    assert choices(view) == [
        "A. I sent a message",
        "B. I write a program that sends mail",
        "C. I run the mail server that said it",
    ]
    assert view._path.value == ""


def test_an_answer_leads_to_the_next_question_and_the_way_is_stated(view: WhatNow) -> None:
    view.answer("B")
    assert said(view).startswith("What does the reply begin with?")
    assert 'role="alert"' in view._said.widget.value
    view.answer("d")
    assert said(view).startswith("Which command was refused?")
    path = text(view._path.value)
    assert path == (
        "Your way so far:Who are you? I write a program that sends mail"
        "What does the reply begin with? 5, such as 550 or 553"
    )


def test_the_end_says_who_must_act_what_to_do_what_not_and_what_to_try(view: WhatNow) -> None:
    view.choose("programmer")
    for letter in "DBAC":
        view.answer(letter)
    assert isinstance(view.advice, Advice)
    assert view.advice.id == "bad-recipient"
    for part in (
        "The end of the way.",
        "Who must act: The sender",
        "What to do: Send <local-part@domain>",
        "What not to do: Do not repair addresses",
        "Source: RFC 5321 sections 4.1.2 and 4.2.3; lesson 04",
        "it is answered 553",
        "RCPT TO:<jones@foo..com>",
    ):
        assert part in said(view)
    assert choices(view) == []


def test_an_end_without_a_line_for_the_console_has_a_command(view: WhatNow) -> None:
    view.choose("sender")
    view.answer("B")
    assert "in a terminal:python -m smtplesson talk --world foo" in said(view)


def test_in_a_browser_tab_there_is_no_terminal(view: WhatNow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("smtplesson.widgets.what_now.sys.platform", "emscripten")
    view.choose("sender")
    view.answer("B")
    assert "terminal" not in said(view)


def test_back_takes_one_answer_and_start_over_all(view: WhatNow) -> None:
    view.answer("B")
    view.answer("D")
    view.back()
    assert said(view).startswith("What does the reply begin with?")
    view.back()
    assert said(view).startswith("Who are you?")
    view.back()
    assert said(view).startswith("Who are you?")
    view.answer("B")
    view.answer("D")
    view.start_over()
    assert (view.way, view.advice, view._path.value) == (None, None, "")


def test_clicks_do_the_same(view: WhatNow) -> None:
    view._answers.children[0].click()
    view._answers.children[0].click()
    assert said(view).startswith("What does the reply begin with?")
    back, over = view.box.children[1].children
    back.click()
    assert said(view).startswith("What do you have?")
    over.click()
    assert said(view).startswith("Who are you?")


@pytest.mark.parametrize("letter", ["D", "", "7", "Z"])
def test_a_letter_that_is_none_is_refused_and_nothing_is_lost(view: WhatNow, letter: str) -> None:
    with pytest.raises(ValueError, match=r"There is no answer .*; there are A to C"):
        view.answer(letter)
    view.answer("B")
    with pytest.raises(ValueError, match="There is no answer 'G'; there are A to F"):
        view.answer("G")
    assert said(view).startswith("What does the reply begin with?")
    with pytest.raises(ValueError, match="is no role"):
        view.choose("boss")


def test_after_the_end_only_back_goes_on(view: WhatNow) -> None:
    view.choose("sender")
    view.answer("B")
    with pytest.raises(ValueError, match="has come to its end"):
        view.answer("A")


def test_a_reply_answers_what_it_can() -> None:
    view = WhatNow("550 5.1.1 No such user here", command="RCPT")
    view.answer("A")
    assert said(view).startswith("Where did you take the address from?")
    assert "5, such as 550 or 553" in text(view._path.value)
    view.answer("A")
    assert view.advice is not None
    assert view.advice.id == "unknown-typed"
    assert "550 5.1.1 No such user here" in view.markdown()


def test_the_twin_asks_and_tells_where_the_ways_end(view: WhatNow) -> None:
    twin = view.markdown()
    assert "Run this cell" in twin
    assert "- **A.** I sent a message" in twin
    assert "251 is a success" in twin
    assert twin.count("\n| ") > 40


def test_text_of_a_reply_never_becomes_markup() -> None:
    view = WhatNow("550 <script>alert(1)</script>", command="RCPT")
    for role in ("sender", "programmer", "postmaster"):
        view.choose(role)
        shown = view.box.children[0].value + view._said.widget.value + view._path.value
        assert "<script" not in shown
    assert "&lt;script&gt;" in view.box.children[0].value
