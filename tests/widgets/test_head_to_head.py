"""Two codes head to head: picking, swapping, codes that nobody defines, marks that are more than weight."""

from __future__ import annotations

import pytest

from smtplesson.guide import reply_codes
from smtplesson.guide.head_to_head import side_by_side
from smtplesson.guide.reply_codes import CodeError
from smtplesson.widgets import HeadToHead


def test_it_shows_what_tells_the_two_apart() -> None:
    view = HeadToHead("251", "553")
    assert view._left.value == 251
    assert view._right.value == 553
    assert "251 or 553?" in view._spoken.widget.value
    assert side_by_side(251, 553).difference in view._spoken.widget.value
    assert "alert" not in view._spoken.widget.value  # not read out before anybody has asked
    assert "will forward to &lt;carol@example.net&gt;" in view._table.value


def test_rows_that_differ_say_so_in_a_word() -> None:
    table = HeadToHead(551, 553)._table.value
    assert "Meaning<br><small>≠ differs</small>" in table
    assert "Class<br><small>= same</small>" in table
    assert table.count("<small>") == len(side_by_side(551, 553).rows)
    assert table.count("font-weight:bold") == sum(row.differs for row in side_by_side(551, 553).rows)


def test_picking_a_code_compares_and_announces_once() -> None:
    view = HeadToHead(251, 553)
    view._right.value = 551
    assert (view.pair.left, view.pair.right) == (251, 551)
    assert 'data-said="1"' in view._spoken.widget.value
    assert "251 accepts, and the server forwards. 551 refuses" in view._spoken.widget.value


def test_swapping_turns_both_round_and_announces_once() -> None:
    view = HeadToHead(251, 553)
    view.swap()
    assert (view._left.value, view._right.value) == (553, 251)
    assert (view.pair.left, view.pair.right) == (553, 251)
    assert 'data-said="1"' in view._spoken.widget.value
    assert view._notice.widget.value == ""


def test_every_known_code_can_be_picked() -> None:
    view = HeadToHead()
    for code in reply_codes.codes():
        view._left.value = code
        view._right.value = code
    assert view.pair.difference == "This is one code twice."
    assert view._notice.widget.value == ""


def test_a_code_that_nobody_defines_joins_the_others() -> None:
    view = HeadToHead(251, 553)
    view.show("259", 553)
    assert view._left.value == 259
    assert ("259", 259) in view._left.options
    assert "no RFC that the kit knows defines it" in view._table.value
    view.show(199, 259)
    assert (view._left.value, view._right.value) == (199, 259)
    view.swap()
    assert (view._left.value, view._right.value) == (259, 199)


@pytest.mark.parametrize("code", ["", "25x", "<script>"])
def test_what_is_no_code_is_told_and_changes_nothing(code: str) -> None:
    view = HeadToHead(251, 553)
    with pytest.raises(CodeError):
        view.show(251, code)
    assert (view.pair.left, view.pair.right) == (251, 553)
    with pytest.raises(CodeError):
        HeadToHead(code)


def test_practice_is_told_where_it_is_known() -> None:
    assert "In practice: Postfix says 252 even for users that it knows." in HeadToHead(250, 252)._spoken.widget.value
    assert "In practice" not in HeadToHead(251, 553)._spoken.widget.value


def test_the_twin_holds_the_whole_table() -> None:
    twin = HeadToHead(550, 551).markdown()
    assert "Both refuse\\. 551 names an address to try instead\\." in twin
    assert "In practice: Postfix names the new address in a 550" in twin
    for row in side_by_side(550, 551).rows:
        assert row.label.replace("?", "") in twin.replace("\\", "")
    assert len([line for line in twin.split("\n") if "differs" in line or "same" in line]) == 11
