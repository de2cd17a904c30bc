"""The illustrated dialogue as a view: lines open tokens, tokens their meaning and their what-ifs."""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import Element

import pytest

from smtplesson.dialogues import scenario
from smtplesson.widgets import Illustrated
from tests.widgets.pressing import buttons, click, page, press, spoken, text, words

NASTY = """
title = "<script>title"
point = "a <script> point"
source = "RFC 5321 section 3.3"
world = "foo"
script = '''
S: 220 foo.com <script>alert(1)</script>
C: EHLO <script>
S: 501 <script>
C: QUIT
S: 221 foo.com
'''
"""


@pytest.fixture
def view() -> Illustrated:
    return Illustrated(scenario.load("neighbours"))


def classed(view: Illustrated, name: str) -> list[Element]:
    return [each for each in page(view).iter() if name in each.get("class", "").split()]


def lines(view: Illustrated) -> list[str]:
    return [words(each) for each in classed(view, "sl-line")]


def tokens(view: Illustrated) -> list[str]:
    return [words(each) for each in classed(view, "sl-token")]


def opened(view: Illustrated) -> tuple[list[str], list[str]]:
    """The open line and the open piece."""
    now = [words(each) for each in classed(view, "sl-line") if each.get("aria-current")]
    return now, [words(each) for each in classed(view, "sl-token") if each.get("aria-pressed") == "true"]


def pair(view: Illustrated) -> list[str]:
    """The first pair of columns: before and now."""
    return [words(column) for column in classed(view, "sl-pair")[0]]


def test_each_line_is_one_button_with_its_number_and_its_speaker(view: Illustrated) -> None:
    found = lines(view)
    assert len(found) == len(view.scenario.script) == 34
    assert found[0] == "1 server 220 foo.com Simple Mail Transfer Service Ready ✓ done"
    assert found[2] == "3 server 250-foo.com greets bar.com"  # the class is told once, on the last line
    assert found[11] == "12 client RCPT TO:<jones@foo.com>"


def test_who_speaks_is_seen_by_colour_too(view: Illustrated) -> None:
    classes = [each.get("class") for each in classed(view, "sl-line")]
    assert classes[11] == "sl-line"
    for place, line in enumerate(view.lines):
        if line.line.speaker == "S":
            assert classes[place] == f"sl-line sl-{line.line.text[0]}"


def test_it_opens_on_the_first_line_and_says_nothing_yet(view: Illustrated) -> None:
    assert opened(view) == ([lines(view)[0]], ["2 first digit"])
    assert spoken(view) == ""


def test_a_line_opens_its_tokens_with_what_they_are(view: Illustrated) -> None:
    line = view.line(12)
    assert line.line.text == "RCPT TO:<jones@foo.com>"
    assert tokens(view) == [
        "RCPT the verb",
        "␣ a space",
        "TO: the keyword",
        "< path begins",
        "jones local part",
        "@ at sign",
        "foo.com the domain",
        "> path ends",
        "CR LF line end",
    ]
    assert "Line 12 of 34. The client says:" in text(view)
    assert spoken(view) == "Line 12 of 34. The client says: RCPT TO:<jones@foo.com> 9 pieces."
    assert [each.get("title") for each in classed(view, "sl-token")][:2] == ["RCPT, the verb", "blank, a space"]


def test_a_token_opens_its_meaning_rule_section_and_changes(view: Illustrated) -> None:
    view.line(12)
    token = view.token(1)
    assert token.text == "RCPT"
    (panel,) = classed(view, "sl-panel")
    assert words(panel).startswith("RCPT, the verb. Names one recipient.")
    assert spoken(view).startswith("RCPT, the verb. Names one recipient.")
    assert "Rule: RCPT comes only after a MAIL" in words(panel)
    assert "(RFC 5321 sections 3.3 and 4.1.1.3)" in words(panel)
    assert "What if it comes before MAIL?" in buttons(view)
    assert opened(view)[1] == ["RCPT the verb"]


def test_a_line_with_a_fault_opens_at_it(view: Illustrated) -> None:
    view.line(20)
    assert opened(view)[1] == ["foo..com ✗ the domain"]
    assert "✗ A fault: Two dots stand side by side in the domain" in text(view)
    view.token(7)
    assert "A fault: Two dots stand side by side in the domain" in spoken(view)


def test_a_what_if_shows_before_and_now_side_by_side_with_the_changed_line_marked(view: Illustrated) -> None:
    view.line(12)
    view.token(7)
    found = view.what_if("domain-dots")
    assert found.changed.after is not None
    assert found.changed.after.reply is not None
    assert found.changed.after.reply.code == 553
    before, now = pair(view)
    assert before.startswith("Before")
    assert "RCPT TO:<jones@foo.com>" in before
    assert "250 2.1.5 OK" in before
    assert now.startswith("Now")
    assert "553 5.1.3" in now
    assert [words(each) for each in classed(view, "sl-changed")] == ["changed: client: RCPT TO:<jones@foo.fault: .com>"]
    assert "What if two dots stand side by side in it?" in text(view)
    assert "Why: Between two dots a label is missing." in text(view)
    assert "Now: 553 5.1.3" in spoken(view)
    pressed = [b.get("aria-label") for b in classed(view, "sl-small") if b.get("aria-pressed") == "true"]
    assert pressed == ["What if two dots stand side by side in it?"]


def test_the_list_shows_which_lines_are_different_then(view: Illustrated) -> None:
    view.line(12)
    view.token(7)
    view.what_if("domain-dots")
    assert [line for line in lines(view) if "differs" in line] == [
        "12 client RCPT TO:<jones@foo.com>≠ differs",
        "13 server 250 2.1.5 OK≠ differs",
    ]
    view.token(1)
    assert [line for line in lines(view) if "differs" in line] == []


def test_a_change_of_what_the_server_says_marks_its_reply(view: Illustrated) -> None:
    view.line(13)
    view.what_if("first-5")
    (marked,) = classed(view, "sl-changed")
    assert words(marked).startswith("changed: server: 550 2.1.5 OK ✗ refused")


def test_what_else_becomes_different_is_folded_and_shown_up_to_a_few(view: Illustrated) -> None:
    view.line(2)
    view.token(1)
    view.what_if("left-out")
    assert pair(view)[1] == "NowNothing is sent."
    (folded,) = (each for each in page(view).iter("details") if each.get("id") == "elsewhere")
    said = words(folded)
    assert said.startswith("Elsewhere in the dialogue: 10 exchanges")
    assert said.count("503 5.5.1 Send EHLO or HELO first") == 4
    assert "... and 6 more." in said


def test_clicks_do_the_same(view: Illustrated) -> None:
    click(view, "12 client RCPT")
    assert view.frame["focus"] == "token-1"  # the focus goes on to the pieces
    click(view, "foo.com the domain")
    click(view, "What if two dots")
    assert "553 5.1.3" in pair(view)[1]
    assert opened(view)[0] == ["12 client RCPT TO:<jones@foo.com>≠ differs"]
    click(view, "Back")
    assert view.frame["focus"] == "line-12"
    click(view, "Next")
    assert opened(view)[0] == ["13 server 250 2.1.5 OK ✓ done"]
    click(view, "Previous")
    assert opened(view)[0] == ["12 client RCPT TO:<jones@foo.com>"]


def test_letters_go_through_the_lines(view: Illustrated) -> None:
    keys = {b.get("data-key"): words(b) for b in page(view).iter("button") if b.get("data-key")}
    assert keys == {"P": "Previous line", "N": "Next line", "B": "Back to the dialogue"}


def test_another_line_takes_away_what_was_open(view: Illustrated) -> None:
    view.line(12)
    view.token(7)
    view.what_if("domain-dots")
    view.next()
    assert classed(view, "sl-pair") == []
    assert "Line 13 of 34. The server says: 250 2.1.5 OK" in spoken(view)
    with pytest.raises(ValueError, match="There is no change 'domain-dots' here; there are first-"):
        view.what_if("domain-dots")


def test_another_token_takes_away_the_replay(view: Illustrated) -> None:
    view.line(12)
    view.token(7)
    view.what_if("domain-dots")
    view.token(1)
    assert classed(view, "sl-pair") == []
    assert opened(view)[1] == ["RCPT the verb"]


def test_next_and_previous_go_through_the_lines_and_stop_at_the_ends(view: Illustrated) -> None:
    assert view.previous().number == 1
    assert view.next().number == 2
    view.line(34)
    assert view.next().number == 34
    assert view.previous().number == 33


@pytest.mark.parametrize(
    ("call", "problem"),
    [
        (lambda view: view.line(0), "There is no line 0; the dialogue has lines 1 to 34"),
        (lambda view: view.line(35), "There is no line 35"),
        (lambda view: (view.line(12), view.token(10)), "There is no piece 10; line 12 has 1 to 9"),
    ],
)
def test_what_is_not_there_is_refused_with_what_is(view: Illustrated, call: Any, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        call(view)


def test_the_twin_has_every_line_and_its_footnotes(view: Illustrated) -> None:
    twin = view.markdown()
    assert "12 C: RCPT TO:<jones@foo.com>" in twin
    assert re.findall(r"^(\d+)\. ", twin, re.M) == [str(n) for n in range(1, 35)]
    assert "Run this cell" in twin
    assert "Names one recipient" in twin


def test_text_of_a_scenario_never_becomes_markup() -> None:
    view = Illustrated(scenario.parse(NASTY))
    shown = [view.frame["html"]]
    for line in view.lines:
        view.line(line.number)
        for number in range(1, len(line.all_tokens) + 1):
            view.token(number)
            shown.append(view.frame["html"])
            for button in classed(view, "sl-small"):
                press(view, "what_if", button.get("data-value", ""))
                shown.append(view.frame["html"])
    assert "<script" not in "".join(shown)
    assert "&lt;script&gt;" in "".join(shown)


@pytest.mark.parametrize("name", scenario.names())
def test_every_token_of_every_scenario_opens(name: str) -> None:
    view = Illustrated(scenario.load(name))
    for line in view.lines:
        press(view, "line", str(line.number))
        for number, token in enumerate(line.all_tokens, 1):
            assert view.token(number) is token
            (panel,) = classed(view, "sl-panel")
            assert token.source in words(panel)
