"""The field guide as a view: what is pasted, and the page that explains it."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

import pytest

from smtplesson.widgets import FieldGuideView
from tests.widgets.pressing import click, page, spoken, text, words

RELAYING = "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)"


def parts(view: FieldGuideView, name: str) -> Iterator[Element]:
    return page(view).iter(name)


def test_what_is_pasted_is_explained_as_a_page() -> None:
    view = FieldGuideView()
    assert not list(parts(view, "section"))
    explanation = view.explain(RELAYING, command="RCPT")
    assert explanation.as_dict()["about"] == "policy"
    first = next(parts(view, "section"))
    assert words(next(first.iter("strong"))).startswith("As a user: authenticate at your own submission server")
    assert "It probably means" in words(first)
    assert "Relaying denied" in words(first)
    assert "about the policy" in words(first)
    for name in ("What to do", "Try again", "Source:"):
        assert name in words(first)
    assert not list(parts(view, "pre"))
    assert "Relaying denied" in spoken(view)
    assert "Relaying denied" in view.markdown()


def test_other_readings_are_folded_and_say_how_many() -> None:
    view = FieldGuideView("550 5.7.1 <brown@bar.org>: Recipient address rejected: Access denied")
    assert view.explanation is not None
    others = len(view.explanation.readings) - 1
    assert others > 0
    folded = [row for row in parts(view, "details") if "other reading" in words(row)]
    assert [len(list(row.iter("section"))) for row in folded] == [others]
    assert len(list(parts(view, "section"))) == others + 1


def test_the_button_takes_text_and_command_and_the_field_keeps_them() -> None:
    view = FieldGuideView()
    pasted = "\n550 5.1.1 <bob@x.example>:\tUser unknown\nsecond line"
    click(view, "Explain", pasted=pasted, command="RCPT")
    assert view.explanation is not None
    assert view.explanation.command == "RCPT"
    (area,) = parts(view, "textarea")
    assert area.text == pasted
    assert [option.get("value") for option in parts(view, "option") if "selected" in option.attrib] == ["RCPT"]
    click(view, "Explain", pasted=pasted, command="not known")
    assert view.explanation.command == ""


def test_an_example_is_a_button_that_fills_the_field_and_explains() -> None:
    view = FieldGuideView(example="553 5.1.3 <Mailbox> name")
    click(view, "Try an example", pasted="", command="not known")
    (area,) = parts(view, "textarea")
    assert area.text == "553 5.1.3 <Mailbox> name"
    assert "about the recipient" in text(view)
    click(view, "Explain", pasted="250 OK", command="RCPT")  # what is pasted then counts
    assert (view.explanation and view.explanation.command) == "RCPT"
    assert "<Mailbox>" not in view.frame["html"]


def test_a_command_that_is_not_in_the_list_is_shown_too() -> None:
    view = FieldGuideView()
    view.explain("550 no", command="EXPN")
    assert [option.get("value") for option in parts(view, "option") if "selected" in option.attrib] == ["EXPN"]


@pytest.mark.parametrize("pasted", ["", "hello"])
def test_what_holds_no_reply_is_told_with_what_to_paste(pasted: str) -> None:
    view = FieldGuideView()
    click(view, "Explain", pasted=pasted)
    assert "Paste a reply as the server sent it" in text(view)
    assert "Paste a reply as the server sent it" in spoken(view)


@pytest.mark.parametrize(
    "pasted", ["<script>alert(1)</script>", "550 <script>alert(1)</script>", "\x00" * 99, "</textarea><b>"]
)
def test_the_guide_takes_anything(pasted: str) -> None:
    view = FieldGuideView()
    click(view, "Explain", pasted=pasted, command=pasted)
    assert not [*parts(view, "script"), *parts(view, "b")] or not pasted.startswith("<")
    assert not list(parts(view, "script"))
    assert "\x00" not in view.frame["html"]


def test_what_each_does_now_is_folded_below_where_the_reply_says_it() -> None:
    view = FieldGuideView("553 5.1.3 Mailbox name not allowed")
    (ways,) = [row for row in parts(view, "details") if words(row).startswith("What do I do now, and what not?")]
    assert [words(name) for name in ways.iter("dt")] == [
        "I sent a message, or help somebody who did",
        "I write a program that sends mail",
        "I run the mail server that said it",
    ]
    assert "Do not take out a + or an apostrophe" in words(ways)
    view.explain("no reply at all")
    assert "What do I do now" not in text(view)


def test_the_twin_has_the_example_explained_and_folded() -> None:
    outside, _, folded = FieldGuideView(example="553 5.1.3 Mailbox name not allowed").markdown().partition("<details>")
    assert "What to do" not in outside
    assert "What to do: Correct the recipient's address" in folded


def test_the_first_line_says_what_to_do_and_the_reply_stands_below_it() -> None:
    view = FieldGuideView("<jones.@foo.com>: foo.com said: 553 5.1.3 Mailbox name not allowed")
    (found,) = [part for part in parts(view, "div") if part.get("id") == "found"]
    assert words(found).startswith("What to doRemove the dot before the @.If jones@foo.com is the right address, ")
    assert words(found).index("What is wrong") < words(found).index("server: 553 5.1.3 Mailbox name not allowed")
