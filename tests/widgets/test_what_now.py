"""What do I do now, as a view: one question at a time, the way so far, the end, and back."""

from __future__ import annotations

import pytest

from smtplesson.guide.what_now import Advice
from smtplesson.widgets import WhatNow
from tests.widgets.pressing import buttons, click, page, spoken, text, words


@pytest.fixture
def view() -> WhatNow:
    return WhatNow()


def trail(view: WhatNow) -> list[str]:
    return [words(row) for found in page(view).iter("ol") for row in found.iter("li")]


def test_it_begins_with_who_one_is_and_says_it_not_aloud(view: WhatNow) -> None:
    assert text(view).startswith("Who are you?")
    assert spoken(view) == ""
    assert buttons(view) == [
        "AI sent a message, or help somebody who did",
        "BI write a program that sends mail",
        "CI run the mail server that said it",
    ]
    assert trail(view) == []


def test_an_answer_leads_to_the_next_question_with_the_focus_and_the_way_is_stated(view: WhatNow) -> None:
    view.answer("B")
    assert text(view).startswith("What does the reply begin with?")
    (home,) = [element for element in page(view).iter() if element.get("id") == "home"]
    assert (home.tag, view.frame["focus"]) == ("legend", "home")
    view.answer("d")
    assert text(view).startswith("Which command was refused?")
    assert trail(view) == [
        "Who are you? I write a program that sends mail",
        "What does the reply begin with? 5, such as 550 or 553",
    ]


def test_every_answer_has_its_letter_as_a_key(view: WhatNow) -> None:
    view.answer("B")
    keys = [button.get("data-key") for button in page(view).iter("button") if button.get("data-do") == "answer"]
    assert keys == list("ABCDEF")


def test_the_end_says_who_must_act_what_to_do_what_not_and_what_to_try(view: WhatNow) -> None:
    view.choose("programmer")
    for letter in "DBAC":
        view.answer(letter)
    assert isinstance(view.advice, Advice)
    assert view.advice.id == "bad-recipient"
    for part in (
        "The end of the way.",
        "Who must act: The sender",
        "What to doSend <local-part@domain>",
        "What not to doDo not repair addresses",
        "Source: RFC 5321 sections 4.1.2 and 4.2.3; lesson 04",
        "it is answered 553 ✗ refused",
        "RCPT TO:<jones@foo..com>",
    ):
        assert part in text(view)
    (act,) = [found for found in page(view).iter("div") if "sl-act" in found.get("class", "").split()]
    assert "The sender" in words(act)
    assert spoken(view) == "Who must act: The sender."
    assert buttons(view) == ["Back", "Start over"]


def test_an_end_without_a_line_for_the_console_has_a_command(view: WhatNow) -> None:
    view.choose("sender")
    view.answer("B")
    assert "in a terminalpython -m smtplesson talk --world foo" in text(view)


def test_in_a_browser_tab_there_is_no_terminal(view: WhatNow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("smtplesson.widgets.what_now.sys.platform", "emscripten")
    view.choose("sender")
    view.answer("B")
    assert view.advice is not None
    assert "terminal" not in text(view)


def test_back_takes_one_answer_and_start_over_all(view: WhatNow) -> None:
    view.answer("B")
    view.answer("D")
    view.back()
    assert text(view).startswith("What does the reply begin with?")
    view.back()
    assert text(view).startswith("Who are you?")
    view.back()
    assert text(view).startswith("Who are you?")
    view.answer("B")
    view.answer("D")
    view.start_over()
    assert (view.way, view.advice, trail(view)) == (None, None, [])


def test_clicks_do_the_same(view: WhatNow) -> None:
    click(view, "A")
    click(view, "A")
    assert text(view).startswith("What does the reply begin with?")
    click(view, "Back")
    assert text(view).startswith("What do you have?")
    click(view, "Start over")
    assert text(view).startswith("Who are you?")
    assert "Back" not in buttons(view)


@pytest.mark.parametrize("letter", ["D", "", "7", "Z"])
def test_a_letter_that_is_none_is_refused_and_nothing_is_lost(view: WhatNow, letter: str) -> None:
    with pytest.raises(ValueError, match=r"There is no answer .*; there are A to C"):
        view.answer(letter)
    view.answer("B")
    with pytest.raises(ValueError, match="There is no answer 'G'; there are A to F"):
        view.answer("G")
    assert text(view).startswith("What does the reply begin with?")
    with pytest.raises(ValueError, match="is no role"):
        view.choose("boss")


def test_after_the_end_only_back_goes_on(view: WhatNow) -> None:
    view.choose("sender")
    view.answer("B")
    with pytest.raises(ValueError, match="has come to its end"):
        view.answer("A")


def test_a_reply_answers_what_it_can() -> None:
    view = WhatNow("550 5.1.1 No such user here", command="RCPT")
    assert "550 5.1.1 No such user here ✗ refused" in text(view)
    view.answer("A")
    assert "Where did you take the address from?" in text(view)
    assert any("5, such as 550 or 553" in step for step in trail(view))
    view.answer("A")
    assert view.advice is not None
    assert view.advice.id == "unknown-typed"
    assert "550 5.1.1 No such user here" in view.markdown()


def test_the_twin_asks_and_tells_where_the_ways_end(view: WhatNow) -> None:
    twin = view.markdown()
    assert "Run this cell" in twin
    assert "- **A.** I sent a message, or help somebody who did" in twin
    assert "251 is a success" in twin.partition("<details><summary>All advice</summary>")[2], "it is folded"
    assert twin.count("\n| ") > 40


@pytest.mark.parametrize("reply", ["550 <script>alert(1)</script>", "no code\n<script>alert(1)</script>"])
def test_text_of_a_reply_never_becomes_markup(reply: str) -> None:
    view = WhatNow(reply, command="RCPT")
    for role in ("sender", "programmer", "postmaster"):
        view.choose(role)
        assert not list(page(view).iter("script"))
        assert "<script>alert(1)</script>" in text(view)
