"""The address microscope: it follows the typing, speaks when asked, mends and undoes, and escapes everything."""

from __future__ import annotations

import re

import pytest

from smtplesson.server.profiles import PROFILES
from smtplesson.widgets import Microscope
from smtplesson.widgets._stack import stacked

NASTY = "<script>alert(1)</script>@foo.com"


def shown(view: Microscope) -> str:
    """All that is drawn."""
    return "".join((view._picture.value, view._words.value, view._tables.value))


def offered(view: Microscope) -> list[str]:
    return [b.description for b in (*view._mends, view._undo) if b.layout.display != "none"]


def test_it_begins_with_a_faulty_address_and_says_nothing_yet() -> None:
    view = Microscope("jones@foo..com")
    assert view._field.value == "jones@foo..com"
    assert view._spoken.widget.value == ""
    assert "Two dots stand side by side in the domain" in view._words.value
    assert "character 11" in view._words.value
    assert "▲" in view._picture.value
    assert offered(view) == ["1. Write one dot for several: jones@foo.com (Check that no label is missing there.)"]


def test_typing_draws_at_once_and_announces_nothing() -> None:
    view = Microscope()
    for length in range(1, len("jo..nes@foo.com") + 1):
        view._field.value = "jo..nes@foo.com"[:length]
        assert view.address == view._field.value
        assert view._spoken.widget.value == ""
    assert "Two dots stand side by side in the local part" in view._words.value


def test_a_pause_or_enter_announces_what_was_found() -> None:
    view = Microscope()
    view._hear(None, {"paused": "jones@foo..com"}, [])  # even where the field's own message has not come yet
    assert view.address == view._field.value == "jones@foo..com"
    said = view._spoken.widget.value
    assert 'role="alert"' in said
    assert "jones@foo..com: Two dots stand side by side in the domain" in said
    assert "One repair is offered." in said
    view._hear(None, {"paused": "jones@foo..com"}, [])
    assert view._spoken.widget.value != said  # asked twice, read out twice
    view._hear(None, {"other": 1}, [])
    view._hear(None, "noise", [])


def test_a_repair_is_one_click_and_can_be_undone() -> None:
    view = Microscope("jo..nes@foo.com")
    moved: list[object] = []
    view.keys.send = lambda content, buffers=None: moved.append(content)
    view._mends[1].click()
    assert view.address == view._field.value == "jo.nes@foo.com"
    assert "Well formed" in view._spoken.widget.value
    assert offered(view) == ["Undo: jo..nes@foo.com"]
    assert moved == [{"focus": "Undo"}]
    view._undo.click()
    assert view.address == view._field.value == "jo..nes@foo.com"
    assert [text[:2] for text in offered(view)] == ["1.", "2."]
    assert moved[-1] == {"focus": "1"}
    assert view._notice.widget.value == ""


def test_typing_on_forgets_the_repair() -> None:
    view = Microscope("jo..nes@foo.com")
    view.mend(1)
    view._field.value = "else@foo.com"
    assert offered(view) == []
    with pytest.raises(ValueError, match="nothing to undo"):
        view.undo()


@pytest.mark.parametrize("number", [0, 3, -1])
def test_a_repair_that_is_not_there(number: int) -> None:
    with pytest.raises(ValueError, match="There is no repair"):
        Microscope("jo..nes@foo.com").mend(number)


def test_a_repair_that_may_mean_somebody_else_says_so_on_its_button() -> None:
    quoted, other = offered(Microscope("jo..nes@foo.com"))
    assert quoted == '1. Put the local part in quotes: "jo..nes"@foo.com'
    assert "That may be another mailbox, so another person." in other


def test_limits_and_servers_stand_beside() -> None:
    view = Microscope("l" * 65 + "@example.com")
    assert "65 of 64: ✗ too long by 1" in view._tables.value
    assert "RFC 5321 section 4.5.3.1.1" in view._tables.value
    assert "✓ fits" in view._tables.value
    for server in PROFILES:
        assert f">{server}</th>" in view._tables.value


def test_the_servers_differ_and_say_their_class_in_a_word() -> None:
    view = Microscope("sender@example..com")
    # the recordings' own codes for this sender
    for said in ("✗ refused: 501 5.1.7 Bad sender address syntax", "✗ refused: 553 5.1.0 Sender address syntax error"):
        assert said in view._tables.value


@pytest.mark.parametrize(
    "address",
    ["", "@", NASTY, f'"{NASTY}', "a\x00b@c", "a\nb@c", "x" * 5000, "a." * 400 + "b@c", "\udce9@x", "“a”@b", "<>"],
)
def test_it_takes_anything_and_shows_it_literally(address: str) -> None:
    view = Microscope()
    view.show(address)
    assert "<script" not in shown(view) + view._spoken.widget.value
    twin = re.sub(r"```text\n.*?\n```|`[^`\n]*`", "", view.markdown(), flags=re.DOTALL)  # code is literal anyway
    assert "<script" not in twin.replace("\\<", "")
    assert len(shown(view)) < 200_000
    assert view._notice.widget.value == ""


def test_a_line_break_is_told_and_no_server_asked() -> None:
    view = Microscope("a\nb@c")
    assert "No server can be asked: a line break ends the command." in view._tables.value
    assert "qmail" not in view._tables.value


def test_what_is_missing_at_the_end_is_pointed_at() -> None:
    assert "▲" in Microscope("")._picture.value
    assert "▲" in Microscope("jones@")._picture.value
    assert "▲" not in Microscope("jones@foo.com")._picture.value


def test_the_picture_has_words_for_those_who_do_not_see_it() -> None:
    picture = Microscope("jones@foo..com")._picture.value
    assert 'role="img"' in picture
    label = "The address in its parts: local part jones, at sign @, domain foo..com; marked: character 11"
    assert f'aria-label="{label}"' in picture


def test_the_twin_tells_it_all_before_anything_has_run() -> None:
    twin = Microscope("jones@foo..com").markdown()
    for part in ("Run this cell", "          ^", "Write one dot for several", "sub\\-domain", "5 of 64", "opensmtpd"):
        assert part in twin
    assert "Well formed" in Microscope("jones@foo.com").markdown()


def test_letters_press_buttons_only_outside_the_field_and_the_pause_is_the_browsers() -> None:
    view = Microscope()
    assert view.keys.letters == "123U"
    assert view.keys.pauses
    assert not view.keys.takes_lines


def test_a_stacked_table_has_its_roles_and_repeats_its_heads() -> None:
    html = stacked(["server", "says"], [["<b>", "a\nb"]], caption="Replies", marks=["= same"])
    assert html.count('role="columnheader"') == 2
    assert '<th role="rowheader"' in html
    assert "&lt;b&gt;<br><small>= same</small>" in html
    assert 'data-head="says"' in html
    assert ">a<br>b</td>" in html
    with pytest.raises(ValueError, match="zip"):
        stacked(["one"], [["a", "b"]], caption="")
