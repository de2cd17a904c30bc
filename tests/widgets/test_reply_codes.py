"""The view of the reply codes: the map, the field, and what is said of a code."""

from __future__ import annotations

import pytest

from smtplesson.guide import reply_codes
from smtplesson.guide.reply_codes import CodeError
from smtplesson.widgets.reply_codes import ReplyCodesView, dialogue_of
from tests.widgets.pressing import buttons, click, page, press, spoken, words
from tests.widgets.reading import shown


def code_buttons(view: ReplyCodesView) -> list[str]:
    return [name for name in buttons(view) if name.isdecimal()]


@pytest.mark.parametrize("code", reply_codes.examples())
def test_every_example_ends_with_its_code(code: int) -> None:
    assert dialogue_of(code)[-1].reply.code == code


def test_a_code_without_example_has_none() -> None:
    assert dialogue_of(299) == ()


def test_it_shows_meaning_commands_digits_and_a_live_dialogue() -> None:
    view = ReplyCodesView()
    view.show(551)
    assert "551 ✗ refused User not local; please try <forward-path>" in shown(view)
    assert "First digit ✗ 5yz, refused: Permanent Negative Completion." in shown(view)
    assert "May answer RCPT, VRFY" in shown(view)
    assert "551 5.7.1 User not local; please try <white@bar.org> ✗ refused" in shown(view)
    assert "(RFC 5321 section 3.4)" in shown(view)


def test_the_map_has_each_code_in_its_class_and_under_its_second_digit() -> None:
    view = ReplyCodesView()
    head, *rows = [[words(cell) for cell in row] for row in page(view).iter("tr")]
    assert head == ["Class", "x0z Syntax", "x1z Information", "x2z Connections", "x5z Mail system"]
    # RFC 5321 section 4.2.3, the codes that begin with 2
    assert rows[0] == ["2yz ✓ done", "none", "211 214", "220 221", "250 251 252"]
    assert rows[1] == ["3yz … send more", "none", "none", "none", "354"]


def test_a_code_on_the_map_opens_it() -> None:
    view = ReplyCodesView()
    (now,) = (button for button in page(view).iter("button") if button.get("aria-current"))
    assert words(now) == "251"
    click(view, "553")
    assert view.code == 553
    assert spoken(view) == "553: Requested action not taken: mailbox name not allowed (e.g., mailbox syntax incorrect)"
    (now,) = (button for button in page(view).iter("button") if button.get("aria-current"))
    assert words(now) == "553"


def test_rare_codes_come_when_they_are_asked_for() -> None:
    view = ReplyCodesView()
    assert "253" not in code_buttons(view)  # of ETRN, RFC 1985
    assert "553" in code_buttons(view)
    click(view, f"Show all {len(reply_codes.codes())}")
    assert code_buttons(view) == [str(code) for code in reply_codes.codes()]
    assert spoken(view) == f"{len(reply_codes.codes())} codes."
    click(view, "Only those of RFC 5321")
    assert "253" not in code_buttons(view)
    assert "253" in code_buttons(ReplyCodesView(253))  # the one that is shown is on the map


def test_typing_pressing_and_the_method_do_the_same() -> None:
    typed, pressed, called = (ReplyCodesView() for _ in range(3))
    click(typed, "Look it up", code="553")
    click(pressed, "553")
    called.show("553")
    assert len({shown(view) for view in (typed, pressed, called)}) == 1
    assert "mailbox name not allowed" in shown(called)


@pytest.mark.parametrize("text", ["25x", "", "<script>alert(1)</script>", "5" * 5000, "2\x001"])
def test_what_is_no_code_is_told_and_the_page_stays(text: str) -> None:
    view = ReplyCodesView()
    before = shown(view)
    click(view, "Look it up", code=text)
    assert spoken(view).startswith("That did not work.")
    assert shown(view) == f"{before} {spoken(view)}"
    assert "<script" not in view.frame["html"]
    assert len(spoken(view)) < 200
    with pytest.raises(CodeError):
        view.show(text)
    press(view, "show", "250")
    assert "That did not work." not in shown(view)


@pytest.mark.parametrize("code", ["571", "299", "999", "000", "259"])
def test_a_code_that_no_rfc_has_is_explained(code: str) -> None:
    view = ReplyCodesView()
    click(view, "Look it up", code=code)
    assert reply_codes.headline(int(code)).partition(": ")[2] in shown(view)
    assert spoken(view) == reply_codes.headline(int(code))
    assert "A dialogue with it" not in shown(view)


def test_the_twin_shows_the_first_code_in_full() -> None:
    twin = ReplyCodesView(553).markdown()
    assert "Run this cell" in twin
    assert "553 5.1.3 Mailbox name not allowed" in twin
    assert "C: RCPT TO:<jones@foo..com>" in twin
    assert "250 251 252 253" in twin
    assert "<script" not in twin


def test_the_twin_of_a_code_without_dialogue() -> None:
    assert "571\\: no server may send this" in ReplyCodesView(571).markdown()
    with pytest.raises(CodeError):
        ReplyCodesView(25)
