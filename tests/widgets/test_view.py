"""What all views share: the three forms, errors that show, text that stays text."""

from __future__ import annotations

import pytest

from smtplesson.protocol.replies import Reply
from smtplesson.widgets._view import (
    WIDGET_VIEW,
    Live,
    View,
    button_layout,
    client_line,
    prose,
    prose_markdown,
    server_reply,
    shorten,
    sorry,
)

NASTY = "<script>alert(1)</script>"


class Small(View):
    def __init__(self) -> None:
        super().__init__("A small view")
        self.pressed: list[str] = []
        self.good = self._button("good", self.press, "good", primary=True)
        self.bad = self._button("bad", self.press, NASTY)
        self._fill(self.good, self.bad)

    def press(self, what: str) -> None:
        if what != "good":
            raise ValueError(f"{what}\nis not good")
        self.pressed.append(what)

    def markdown(self) -> str:
        return "**A small view**"

    @property
    def notice(self) -> str:
        return str(self._notice.widget.value)


def test_a_view_has_three_forms() -> None:
    view = Small()
    assert view._repr_mimebundle_() == {
        "text/plain": "A small view (run this cell to use it)",
        "text/markdown": "**A small view**",
        "application/vnd.jupyter.widget-view+json": {
            "version_major": 2,
            "version_minor": 0,
            "model_id": view.box.model_id,
        },
    }
    assert WIDGET_VIEW == "application/vnd.jupyter.widget-view+json"


def test_the_buttons_of_a_view_share_what_they_look_like_but_for_one_that_has_its_own_layout() -> None:
    view = Small()
    assert view.good.layout is view.bad.layout
    assert view.good.style is view.bad.style
    other = view._button("other", view.press, "good", layout=button_layout(flex="1 1 18em"))
    assert (other.layout.width, other.layout.flex, view.good.layout.flex) == ("auto", "1 1 18em", None)
    assert view.good.layout is not Small().good.layout


def test_the_box_is_a_group_that_the_keys_guard_with_the_title_as_its_name() -> None:
    view = Small()
    assert "smtplesson-group" in view.box._dom_classes
    assert view.keys in view.box.children
    assert view.keys.label == "A small view"


def test_a_click_does_what_the_method_does() -> None:
    view = Small()
    view.good.click()
    view.press("good")
    assert view.pressed == ["good", "good"]
    assert view.good.button_style == "primary"
    assert view.bad.button_style == ""


def test_an_error_is_shown_after_a_click_and_raised_from_the_method() -> None:
    view = Small()
    view.bad.click()
    assert view.notice.startswith('<div role="alert"')
    assert "That did not work." in view.notice
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>is not good <em>(ValueError)</em>" in view.notice  # no sentence
    assert "<script" not in view.notice
    with pytest.raises(ValueError, match="is not good"):
        view.press("bad")


def test_a_sentence_says_enough_without_the_name_of_an_exception() -> None:
    assert sorry(ValueError("Nothing is chosen.")) == "<p><strong>That did not work.</strong> Nothing is chosen.</p>"
    assert sorry(KeyError("x")) == "<p><strong>That did not work.</strong> &#x27;x&#x27; <em>(KeyError)</em></p>"


def test_the_next_click_takes_an_error_away() -> None:
    view = Small()
    view.bad.click()
    view.good.click()
    assert view.notice == ""


def test_what_is_said_twice_is_read_out_twice() -> None:
    live = Live()
    live.say("250 OK")
    first = live.widget.value
    live.say("250 OK")
    assert live.widget.value != first  # the browser replaces the alert, and so announces it
    live.clear()
    assert live.widget.value == ""


@pytest.mark.parametrize(
    ("text", "html", "markdown"),
    [
        ("a < b", "a &lt; b", r"a \< b"),
        ("say `<>` now", "say <code>&lt;&gt;</code> now", "say `<>` now"),
        ("one\ntwo", "one<br>two", "one  \ntwo"),
        ("a \x00 b", "a ␀ b", "a ␀ b"),
        ("an ` alone", "an ` alone", r"an \` alone"),
    ],
)
def test_prose_marks_code_and_nothing_else(text: str, html: str, markdown: str) -> None:
    assert prose(text) == html
    assert prose_markdown(text) == markdown


def test_no_text_of_anybody_becomes_markup() -> None:
    shown = prose(NASTY) + client_line([NASTY]) + server_reply(Reply(550, (NASTY,))) + sorry(OSError(NASTY))
    assert "<script" not in shown
    assert shown.count("&lt;script&gt;") == 4
    assert "<script" not in prose_markdown(NASTY).replace("\\<", "")


def test_who_said_a_line_and_its_class_are_words() -> None:
    assert "client: </span>NOOP" in client_line(["NOOP"])
    reply = server_reply(Reply(553, ("Which one?",)))
    assert "server: " in reply
    assert "[✗ 5yz refused]" in reply


def test_a_long_line_is_cut_and_its_length_told() -> None:
    assert shorten("x" * 300) == "x" * 300
    assert shorten("x" * 5000) == "x" * 300 + "... (5,000 characters)"
