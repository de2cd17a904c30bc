"""The address microscope: it follows the typing, mends and undoes, says what servers say, and escapes everything."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

import pytest

from smtplesson.server.profiles import PROFILES
from smtplesson.widgets import Microscope
from tests.widgets.pressing import buttons, click, page, press, spoken, text, words

NASTY = "<script>alert(1)</script>@foo.com"


def classed(view: Microscope, name: str) -> list[Element]:
    return [each for each in page(view).iter() if name in each.get("class", "").split()]


def shown(view: Microscope, name: str) -> list[str]:
    return [words(each) for each in classed(view, name)]


def typed(view: Microscope) -> str:
    (field,) = (each for each in page(view).iter("input") if each.get("name") == "address")
    return field.get("value", "")


def rows(table: Element) -> list[str]:
    return [" | ".join(map(words, row)) for row in table.iter("tr")]


def picture(view: Microscope) -> str:
    (drawn,) = (each for each in page(view).iter() if each.get("role") == "img")
    return drawn.get("aria-label", "")


def test_it_begins_with_a_faulty_address_and_says_nothing_yet() -> None:
    view = Microscope("jones@foo..com")
    assert typed(view) == "jones@foo..com"
    assert spoken(view) == ""
    assert shown(view, "sl-verdict")[0].startswith("✗ Two dots stand side by side in the domain")
    assert "character 11" in shown(view, "sl-verdict")[0]
    assert shown(view, "sl-bad") == ["."]
    assert buttons(view) == ["jones@foo.com"]


def test_the_parts_are_told_apart_by_colour_and_by_name() -> None:
    view = Microscope("john..doe@foo.com")
    assert shown(view, "sl-local") == ["john.", "doe"]
    assert shown(view, "sl-bad") == ["."]
    assert shown(view, "sl-domain") == ["foo.com"]
    assert [words(part[-1]) for part in classed(view, "sl-part")] == ["local part", "", "domain"]  # the sign needs none


def test_typing_draws_at_once_and_leaves_the_field_in_its_place() -> None:
    view = Microscope()
    for length in range(1, len("jo..nes@foo.com") + 1):
        press(view, "type", "jo..nes@foo.com"[:length])
        assert view.address == typed(view) == "jo..nes@foo.com"[:length]
        assert view.frame["focus"] == ""
    assert "Two dots stand side by side in the local part" in text(view)
    assert spoken(view).startswith("jo..nes@foo.com: Two dots stand side by side in the local part.")


def test_enter_reads_out_what_was_found_as_often_as_it_is_asked() -> None:
    view = Microscope()
    press(view, "look", address="jones@foo..com")  # even where the field's own message has not come yet
    assert view.address == typed(view) == "jones@foo..com"
    assert "jones@foo..com: Two dots stand side by side in the domain" in spoken(view)
    assert "One repair is offered." in spoken(view)
    number = view.frame["number"]
    press(view, "look", address="jones@foo..com")
    assert view.frame["number"] > number
    assert "jones@foo..com: Two dots" in spoken(view)


def test_a_repair_is_one_click_and_can_be_undone() -> None:
    view = Microscope("jo..nes@foo.com")
    click(view, "jo.nes@foo.com")
    assert view.address == typed(view) == "jo.nes@foo.com"
    assert "Well formed" in spoken(view)
    assert "0 of 8 servers refuse it" in spoken(view)
    assert buttons(view) == ["Undo: jo..nes@foo.com"]
    assert view.frame["focus"] == "undo"
    click(view, "Undo")
    assert view.address == typed(view) == "jo..nes@foo.com"
    assert buttons(view) == ['"jo..nes"@foo.com', "jo.nes@foo.com"]
    assert view.frame["focus"] == "repair-1"


def test_servers_refuse_before_the_repair_and_accept_after_it_and_both_are_seen() -> None:
    view = Microscope("john..doe@foo.com")
    click(view, "john.doe@foo.com")
    before, after = shown(view, "sl-answers")
    assert before.startswith("Servers, before: RCPT TO:<john..doe@foo.com>")
    assert "✗ the RFC 553 refused" in before
    assert "✗ OpenSMTPD 501, as sender 553 refused" in before  # as recorded of a..b, by both commands
    assert after.startswith("Servers, now: RCPT TO:<john.doe@foo.com>")
    assert after.count("✓") == after.count("250") == len(PROFILES)
    assert "✗" not in after
    assert "Spelling only. Whether the mailbox exists is another question." in text(view)
    for profile in PROFILES.values():
        assert profile.called in before


def test_typing_on_forgets_the_repair() -> None:
    view = Microscope("jo..nes@foo.com")
    view.mend(1)
    press(view, "type", "else@foo.com")
    assert buttons(view) == []
    assert len(classed(view, "sl-answers")) == 1
    with pytest.raises(ValueError, match="nothing to undo"):
        view.undo()


@pytest.mark.parametrize("number", [0, 3, -1])
def test_a_repair_that_is_not_there(number: int) -> None:
    with pytest.raises(ValueError, match="There is no repair"):
        Microscope("jo..nes@foo.com").mend(number)


def test_a_repair_that_may_mean_somebody_else_says_so_beside_its_button() -> None:
    view = Microscope("jo..nes@foo.com")
    items = [row for row in page(view).iter("li") if row.findall("button")]
    offered = {words(row): row[0].get("aria-describedby") for row in items}
    assert list(offered) == [
        '"jo..nes"@foo.com Put the local part in quotes.',
        "jo.nes@foo.com Write one dot for several. That may be another mailbox, so another person.",
    ]
    notes = {each.get("id"): words(each) for each in page(view).iter("small")}
    assert [notes[named] in row for row, named in offered.items()] == [True, True]


def test_limits_parts_and_replies_are_folded_below() -> None:
    view = Microscope("l" * 65 + "@example.com")
    replies, lengths, parts = (rows(each) for each in page(view).iter("details"))
    assert "local part | 65 of 64: ✗ too long by 1 | RFC 5321 section 4.5.3.1.1" in lengths
    assert "domain | 11 of 255: ✓ fits | RFC 5321 section 4.5.3.1.2" in lengths
    assert f"· atom ✗ fault | {'l' * 65} | 65 | Atom, RFC 5321 section 4.1.2" in parts
    assert [row.split(" | ")[0] for row in replies[1:]] == [profile.called for profile in PROFILES.values()]
    assert {each.get("open") for each in page(view).iter("details")} == {None}


def test_the_servers_differ_and_their_words_are_kept() -> None:
    view = Microscope("sender@example..com")
    # the recordings' own replies to this sender
    for said in ("✗ 501 5.1.7 Bad sender address syntax", "✗ 553 5.1.0 Sender address syntax error"):
        assert said in text(view)


@pytest.mark.parametrize(
    "address",
    ["", "@", NASTY, f'"{NASTY}', "a\x00b@c", "a\nb@c", "x" * 5000, "a." * 400 + "b@c", "\udce9@x", "“a”@b", "<>"],
)
def test_it_takes_anything_and_shows_it_literally(address: str) -> None:
    view = Microscope()
    view.show(address)
    assert list(page(view).iter("script")) == []
    assert "<script" not in view.frame["html"]
    twin = re.sub(r"```text\n.*?\n```|`[^`\n]*`", "", view.markdown(), flags=re.DOTALL)  # code is literal anyway
    assert "<script" not in twin.replace("\\<", "")
    assert len(view.frame["html"]) < 200_000
    assert classed(view, "sl-notice") == []


def test_a_line_break_is_told_and_no_server_asked() -> None:
    view = Microscope("a\nb@c")
    assert "No server can be asked: a line break ends the command." in text(view)
    assert "qmail" not in text(view)
    assert "servers refuse" not in view._said


@pytest.mark.parametrize(("address", "marks"), [("", 1), ("jones@", 1), ("jones@foo.com", 0)])
def test_what_is_missing_at_the_end_is_pointed_at(address: str, marks: int) -> None:
    assert len(classed(Microscope(address), "sl-bad")) == marks


def test_the_picture_has_words_for_those_who_do_not_see_it() -> None:
    wanted = "The address in its parts: local part jones, at sign @, domain foo..com; marked: character 11"
    assert picture(Microscope("jones@foo..com")) == wanted


def test_the_twin_tells_it_all_before_anything_has_run() -> None:
    twin = Microscope("jones@foo..com").markdown()
    for part in ("Run this cell", "          ^", "Write one dot for several", "5 of 64", "OpenSMTPD", "Spelling only"):
        assert part in twin
    assert "Well formed" in Microscope("jones@foo.com").markdown()


def test_letters_press_buttons_only_outside_the_field() -> None:
    view = Microscope("jo..nes@foo.com")
    assert [each.get("data-key") for each in page(view).iter("button")] == ["1", "2"]
    view.mend(1)
    assert [each.get("data-key") for each in page(view).iter("button")] == ["U"]
