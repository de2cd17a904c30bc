"""The reply code explorer."""

from __future__ import annotations

import html
import re

import pytest

from smtplesson.guide import reply_codes
from smtplesson.guide.reply_codes import CodeError
from smtplesson.widgets.reply_codes import Explorer, dialogue_of


def shown(view: Explorer) -> str:
    markup = view._spoken.widget.value + view._page.value + view._notice.widget.value
    return html.unescape(re.sub("<[^>]*>", " ", markup))


@pytest.mark.parametrize("code", reply_codes.examples())
def test_every_example_ends_with_its_code(code: int) -> None:
    assert dialogue_of(code)[-1].reply.code == code


def test_a_code_without_example_has_none() -> None:
    assert dialogue_of(299) == ()


def test_it_shows_meaning_commands_digits_and_a_live_dialogue() -> None:
    view = Explorer()
    view.show(551)
    page = shown(view)
    assert "551: User not local; please try <forward-path>" in page
    assert "✗ 5yz, refused: Permanent Negative Completion." in page
    assert "RCPT, VRFY" in page
    assert "551 5.7.1 User not local; please try <white@bar.org>" in page.replace("  ", " ").replace("551  ", "551 ")
    assert "(RFC 5321 section 3.4)" in page


def test_a_new_code_is_read_out_by_its_headline() -> None:
    view = Explorer()
    view.show("553")
    assert view._spoken.widget.value.startswith('<div role="alert"')
    assert "553: Requested action not taken" in view._spoken.widget.value
    assert 'role="alert"' not in view._page.value


def test_typing_picking_and_the_method_do_the_same() -> None:
    pages = []
    typed, sent, picked, called = (Explorer() for _ in range(4))
    typed._field.value = "553"
    typed._show_field()
    sent.keys._handle_custom_msg({"lines": "553"}, [])
    picked._pick.value = 553
    called.show(553)
    pages = [view._page.value for view in (typed, sent, picked, called)]
    assert len(set(pages)) == 1
    assert {view.code for view in (typed, sent, picked, called)} == {553}
    assert "mailbox name not allowed" in pages[0]


@pytest.mark.parametrize("text", ["25x", "", "<script>alert(1)</script>", "5" * 5000, "2\x001"])
def test_what_is_no_code_is_told_and_the_page_stays(text: str) -> None:
    view = Explorer()
    before = view._page.value
    view.keys._handle_custom_msg({"lines": text}, [])
    assert "That did not work." in shown(view)
    assert view._page.value == before
    assert "<script" not in view._notice.widget.value
    assert len(view._notice.widget.value) < 400
    with pytest.raises(CodeError):
        view.show(text)
    view.keys._handle_custom_msg({"lines": "250"}, [])
    assert view._notice.widget.value == ""


@pytest.mark.parametrize("code", ["571", "299", "999", "000", "259"])
def test_a_code_that_no_rfc_has_is_explained(code: str) -> None:
    view = Explorer()
    view.show(code)
    assert reply_codes.headline(int(code)) in shown(view)
    assert "A dialogue with it" not in shown(view)


def test_the_twin_shows_the_first_code_in_full() -> None:
    twin = Explorer(553).markdown()
    assert "Run this cell" in twin
    assert "553 5.1.3 Mailbox name not allowed" in twin
    assert "C: RCPT TO:<jones@foo..com>" in twin
    assert "250 251 252 253" in twin
    assert "<script" not in twin


def test_the_twin_of_a_code_without_dialogue() -> None:
    assert "571\\: no server may send this" in Explorer(571).markdown()
    with pytest.raises(CodeError):
        Explorer(25)
