"""Two codes head to head: the verdict first, picking, swapping, codes that nobody defines, rows that differ first."""

from __future__ import annotations

from xml.etree.ElementTree import Element

import pytest

from smtplesson.guide import reply_codes
from smtplesson.guide.head_to_head import side_by_side
from smtplesson.guide.reply_codes import CodeError
from smtplesson.widgets import HeadToHead
from tests.widgets.pressing import click, page, press, spoken, text, words


def classed(view: HeadToHead, name: str) -> list[Element]:
    return [each for each in page(view).iter() if name in each.get("class", "").split()]


def picked(view: HeadToHead) -> list[str]:
    return [each.get("value", "") for each in page(view).iter("option") if each.get("selected") is not None]


def labels(table: Element) -> list[str]:
    """The heads of the rows, with what they say of being the same."""
    return [words(each) for each in table.iter("th") if each.get("scope") == "row"]


def pick(view: HeadToHead, first: str, second: str) -> None:
    press(view, "pick", second, first=first, second=second)


def test_it_shows_what_tells_the_two_apart_and_who_must_act_before_all_else() -> None:
    view = HeadToHead("251", "553")
    assert picked(view) == ["251", "553"]
    assert words(classed(view, "sl-lead")[0]) == side_by_side(251, 553).difference
    assert spoken(view) == ""  # not read out before anybody has asked
    left, right = map(words, page(view).iter("section"))
    assert left.startswith("251 ✓ done")
    assert "The program: it goes on, to the next RCPT or to DATA." in left
    assert right.startswith("553 ✗ refused")
    assert "The sender: correct the address" in right


def test_codes_have_the_colours_of_their_classes() -> None:
    view = HeadToHead(251, 553)
    toned = [(words(each), each.get("class", "").split()[-1]) for each in classed(view, "sl-tone")]
    assert toned == [("251", "sl-2"), ("553", "sl-5")]
    assert [each.get("class", "").split()[-1] for each in page(view).iter("section")] == ["sl-2", "sl-5"]


def test_rows_that_differ_come_first_and_those_that_do_not_say_so() -> None:
    consequences, folded = page(HeadToHead(551, 553)).iter("table")
    same = {row.label for row in side_by_side(551, 553).rows if not row.differs}
    assert {"Class", "Second digit"} <= same  # both are 5yz, and x5z: RFC 5321 section 4.2.1
    for table in (consequences, folded):
        found = labels(table)
        marked = [label.endswith("= same") for label in found]
        assert marked == sorted(marked)
        assert {label.removesuffix("= same") for label in found if label.endswith("= same")} <= same
    assert "Class= same" in labels(folded)
    assert "Meaning" in labels(folded)


def test_what_the_standards_have_of_each_is_folded() -> None:
    view = HeadToHead("251", "553")
    (folded,) = page(view).iter("details")
    assert folded.get("open") is None
    assert "will forward to <carol@example.net>" in words(folded)
    inside = [label.removesuffix("= same") for label in labels(folded)]
    assert [row.label in inside for row in view.pair.rows].count(False) == 4  # one of them on the cards
    assert "Who must act" not in [label for table in page(view).iter("table") for label in labels(table)]


def test_picking_a_code_compares_and_reads_out_what_tells_them_apart() -> None:
    view = HeadToHead(251, 553)
    pick(view, "251", "551")
    assert (view.pair.left, view.pair.right) == (251, 551)
    assert spoken(view).startswith("251 or 551? Both say that the user is not local")
    assert "251 accepts, and the server forwards. 551 refuses" in text(view)


def test_swapping_turns_both_round() -> None:
    view = HeadToHead(251, 553)
    click(view, "Swap")
    assert picked(view) == ["553", "251"]
    assert (view.pair.left, view.pair.right) == (553, 251)
    assert spoken(view).startswith("553 or 251?")
    assert [each.get("data-key") for each in page(view).iter("button")] == ["S"]


def test_every_known_code_can_be_picked() -> None:
    view = HeadToHead()
    for code in reply_codes.codes():
        pick(view, f"{code:03}", f"{code:03}")
        assert picked(view) == [f"{code:03}"] * 2
        assert classed(view, "sl-notice") == []
    assert "This is one code twice." in text(view)


def test_a_code_that_nobody_defines_joins_the_others() -> None:
    view = HeadToHead(251, 553)
    view.show("259", 553)
    assert picked(view) == ["259", "553"]
    assert "no RFC that the kit knows defines it" in text(view)
    view.show(199, 259)
    assert picked(view) == ["199", "259"]
    view.swap()
    assert picked(view) == ["259", "199"]


@pytest.mark.parametrize("code", ["", "25x", "<script>"])
def test_what_is_no_code_is_told_and_changes_nothing(code: str) -> None:
    view = HeadToHead(251, 553)
    with pytest.raises(CodeError):
        view.show(251, code)
    assert (view.pair.left, view.pair.right) == (251, 553)
    pick(view, "251", code)
    assert words(classed(view, "sl-notice")[0]).startswith("That did not work.")
    assert "<script" not in view.frame["html"]
    with pytest.raises(CodeError):
        HeadToHead(code)


def test_practice_is_told_where_it_is_known() -> None:
    view = HeadToHead(250, 252)
    assert "In practice: Postfix says 252 even for users that it knows." in text(view)
    assert "In practice" not in text(HeadToHead(251, 553))
    view.show(252, 250)
    assert "In practice: Postfix says 252" in spoken(view)


def test_the_twin_holds_what_follows_from_each_and_what_servers_say() -> None:
    twin = HeadToHead(550, 551).markdown()
    assert "Both refuse\\. 551 names an address to try instead\\." in twin
    assert "In practice: Postfix names the new address in a 550" in twin
    labels = (
        "Meaning",
        "What has become of it",
        "Who must act",
        "The same again",
        "Who is responsible",
        "Real servers",
    )
    assert [label for label in labels if label not in twin] == []
    assert len([line for line in twin.split("\n") if "differs" in line or "same" in line]) == len(labels)
