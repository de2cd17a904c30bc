"""What a person or a file wrote is shown literally, and steers neither a page, nor Markdown, nor a terminal."""

from __future__ import annotations

import pytest

from smtplesson import diagnose, markup

#: CSI of C1 (begins a terminal's escape sequence), right-to-left override, line separator, isolate, lone surrogate.
STEERING = ["\x9b", "\u202e", "\u2028", "\u2066", "\udcff"]


@pytest.mark.parametrize("character", STEERING)
def test_a_character_that_steers_is_replaced_by_one_column(character: str) -> None:
    assert markup.visible(f"a{character}b") == "a\ufffdb"
    assert character not in markup.escape(character) + markup.markdown(character) + markup.code_span(character)


@pytest.mark.parametrize("character", STEERING)
def test_an_address_that_steers_is_drawn_without_it(character: str) -> None:
    drawn = str(diagnose(f"jones{character}@foo.com"))
    assert character not in drawn
    source, caret = drawn.split("\n")[1:3]
    assert source[caret.index("^")] == "\ufffd"


def test_ordinary_text_stays() -> None:
    assert markup.visible("j\xf6nes \u90e8\u9577 \U0001f600") == "j\xf6nes \u90e8\u9577 \U0001f600"
    assert markup.visible("\x00\x1b\x7f") == "\u2400\u241b\u2421"


def test_a_number_agrees_with_its_noun() -> None:
    said = [markup.counted(count, "question") for count in (0, 1, 2)]
    assert said == ["0 questions", "1 question", "2 questions"]
    assert markup.counted(2, "reply is", "replies are") == "2 replies are"


NASTY = "<script>alert(1)</script>"


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
    assert markup.prose(text) == html
    assert markup.prose_markdown(text) == markdown


def test_what_is_html_stays_and_all_else_is_escaped() -> None:
    inner = markup.tag("b", NASTY)
    assert inner == "<b>&lt;script&gt;alert(1)&lt;/script&gt;</b>"
    assert markup.join(inner, NASTY, None, False, 7, [inner]) == f"{inner}{markup.escape(NASTY)}7{inner}"
    assert (
        markup.tag("p", title='"><script>', hidden=True, id=None) == '<p title="&quot;&gt;&lt;script&gt;" hidden></p>'
    )


def test_an_output_keeps_its_styles_where_stylesheets_are_lost() -> None:
    drawn = markup.tag("div", markup.tag("b", "553"), class_="sl-reply sl-5")
    assert markup.output(drawn).startswith('<div class="sl sl-card" style="border:1px solid ')
    shown = markup.output(drawn, framed=False)
    assert shown.startswith('<div class="sl"><div class="sl-reply sl-5" style="border-left:')
    assert "var(" not in shown  # an untrusted notebook drops each declaration with a variable
