"""The comparison as a view: methods do what clicks do, the twin gives nothing away."""

from __future__ import annotations

import pytest

from smtplesson.server.profiles import PROFILES
from smtplesson.widgets import Compare
from tests.widgets.pressing import buttons, click, page, press, spoken, text, words

# the recordings' own codes for this line
RECORDED = {"postfix": 501, "exim": 501, "opensmtpd": 553, "sendmail": 553, "courier": 517, "haraka": 501}
LINE = "MAIL FROM:<sender@example..com>"


def groups(view: Compare) -> dict[str, list[str]]:
    """The servers that each code has in the picture."""
    tiles = [part for part in page(view).iter("div") if part.get("role") == "group"]
    return {words(tile)[:3]: [words(server) for server in tile.iter("li")] for tile in tiles}


def options(view: Compare) -> list[str]:
    return [words(part) for part in page(view).iter("div") if (part.get("class") or "").startswith("sl-opt")]


def test_the_replies_are_hidden_until_a_prediction() -> None:
    view = Compare(LINE)
    assert view.rows() == []
    assert "553" not in view.markdown() + text(view)
    assert buttons(view) == ["Ask about this line", "1they all agree", "2codes", "3codes", "4or more"]
    click(view, "1")
    codes = {str(row["server"]): row["code"] for row in view.rows()}
    assert RECORDED.items() <= codes.items()
    assert set(codes) == set(PROFILES)
    assert spoken(view).startswith("Not yet. ")
    assert options(view)[0] == "1. they all agree ✗ your prediction"
    assert [option[-7:] for option in options(view) if "✓" in option] == ["✓ right"]


def test_the_servers_stand_by_their_code_and_each_has_its_text() -> None:
    view = Compare(LINE)
    view.predict(2)
    found = groups(view)
    for server, code in RECORDED.items():
        assert server in found[str(code)]
    assert sum(map(len, found.values())) == len(PROFILES)
    rows = {words(row[0]): [words(cell) for cell in row] for row in page(view).iter("tr")}
    assert rows["postfix"] == ["postfix", "501 ✗ refused", "5.1.7", "Bad sender address syntax"]
    heads = {cell.get("data-head") for cell in page(view).iter("td")}
    assert heads == {"code", "enhanced code", "text"}  # a narrow window stacks the cells, each with its head


def test_a_right_prediction() -> None:
    view = Compare("RSET")  # RFC 5321 section 4.3.2 lists 250 and nothing else
    view.predict(1)
    assert spoken(view) == "Correct. 1 different code: 250."
    assert options(view)[0] == "1. they all agree ✓ your prediction"


def test_another_line_begins_anew_and_is_escaped() -> None:
    view = Compare()
    view.predict(2)
    press(view, "ask", "", line="RCPT TO:<<script>alert(1)</script>@example.com>")
    assert view.rows() == []
    view.predict(2)
    assert "<script>" not in view.frame["html"]
    assert "<script>alert(1)</script>" in text(view)


def test_of_several_pasted_lines_the_first_is_asked() -> None:
    view = Compare()
    press(view, "ask", "\r\nNOOP\r\nQUIT", line="")
    assert view.line == "NOOP"


@pytest.mark.parametrize("line", ["", "   "])
def test_an_empty_line_is_told(line: str) -> None:
    view = Compare()
    with pytest.raises(ValueError, match="nothing to send"):
        view.ask(line)
    press(view, "ask", "", line=line)
    assert "nothing to send" in text(view)
    assert "nothing to send" in spoken(view)


def test_a_number_that_is_no_choice() -> None:
    with pytest.raises(ValueError, match="7 is no choice here"):
        Compare().predict(7)
