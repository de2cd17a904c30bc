"""The illustrated dialogue as a view: lines open tokens, tokens their meaning and their what-ifs."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from smtplesson.dialogues import scenario
from smtplesson.widgets import Illustrated

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


def text(live: Any) -> str:
    return html.unescape(re.sub("<[^>]*>", "", live.widget.value))


def names(buttons: Any) -> list[str]:
    return [" ".join(button.description.split()) for button in buttons]


def opened(buttons: Any) -> list[str]:
    return names(button for button in buttons if "smtplesson-open" in button._dom_classes)


def test_each_line_is_one_button_with_its_number_and_speaker(view: Illustrated) -> None:
    buttons = [button.description for button in view._line_buttons]
    assert len(buttons) == len(view.scenario.script) == 34
    assert buttons[0] == " 1 S: 220 foo.com Simple Mail Transfer Service Ready"
    assert buttons[11] == "12 C: RCPT TO:<jones@foo.com>"


def test_a_line_opens_its_tokens_with_what_they_are(view: Illustrated) -> None:
    line = view.line(12)
    assert line.line.text == "RCPT TO:<jones@foo.com>"
    assert names(view._token_row.children) == [
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
    assert "Line 12 of 34. The client says: RCPT TO:<jones@foo.com> 9 pieces." in text(view._said)
    assert [button.tooltip for button in view._token_row.children][:2] == ["RCPT, the verb", "blank, a space"]


def test_a_token_opens_its_meaning_rule_section_and_changes(view: Illustrated) -> None:
    view.line(12)
    token = view.token(1)
    assert token.text == "RCPT"
    assert text(view._meaning).startswith("RCPT, the verb. Names one recipient.")
    assert "Rule: RCPT comes only after a MAIL" in text(view._meaning)
    assert "(RFC 5321 sections 3.3 and 4.1.1.3)" in text(view._meaning)
    assert "What if it comes before MAIL?" in names(view._change_row.children)
    assert opened(view._token_row.children) == ["RCPT the verb"]


def test_a_fault_in_a_token_is_told(view: Illustrated) -> None:
    view.line(20)
    view.token(7)
    assert "A fault: Two dots stand side by side in the domain" in text(view._meaning)


def test_a_what_if_shows_the_old_reply_the_new_one_and_why(view: Illustrated) -> None:
    view.line(12)
    view.token(7)
    found = view.what_if("domain-dots")
    assert found.changed.after is not None
    assert found.changed.after.reply is not None
    assert found.changed.after.reply.code == 553
    said = text(view._result)
    assert said.startswith("What if two dots stand side by side in it?")
    before, now = said.index("Before:"), said.index("Now:")
    assert before < said.index("250 2.1.5 OK") < now < said.index("RCPT TO:<jones@foo..com>") < said.index("553 5.1.3")
    assert "Why: Between two dots a label is missing." in said
    assert opened(view._change_row.children) == ["What if two dots stand side by side in it?"]


def test_what_else_becomes_different_is_shown_up_to_a_few(view: Illustrated) -> None:
    view.line(2)
    view.token(1)
    view.what_if("left-out")
    said = text(view._result)
    assert "Nothing is sent." in said
    assert "Elsewhere in the dialogue:" in said
    assert said.count("503 5.5.1 Send EHLO or HELO first") == 4
    assert "... and 6 more." in said


def test_clicks_do_the_same(view: Illustrated) -> None:
    view._line_buttons[11].click()
    view._token_row.children[6].click()
    view._change_row.children[0].click()
    assert "What if two dots" in text(view._result)
    assert opened(view._line_buttons) == ["12 C: RCPT TO:<jones@foo.com>"]


def test_another_line_takes_away_what_was_open(view: Illustrated) -> None:
    view.line(12)
    view.token(7)
    view.what_if("domain-dots")
    view.next()
    assert (text(view._meaning), text(view._result), view._change_row.children) == ("", "", ())
    assert "Line 13 of 34. The server says: 250 2.1.5 OK" in text(view._said)
    with pytest.raises(ValueError, match="There is no change 'domain-dots' here; there are none"):
        view.what_if("domain-dots")


def test_another_token_takes_away_the_replay(view: Illustrated) -> None:
    view.line(12)
    view.token(7)
    view.what_if("domain-dots")
    view.token(1)
    assert text(view._result) == ""
    assert opened(view._token_row.children) == ["RCPT the verb"]


def test_next_and_previous_go_through_the_lines_and_stop_at_the_ends(view: Illustrated) -> None:
    assert view.next().number == 1
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
        (lambda view: view.token(1), "Open a line first"),
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
    shown = [view.box.children[0].value]
    for line in view.lines:
        view.line(line.number)
        shown.append(view._said.widget.value)
        for number in range(1, len(line.all_tokens) + 1):
            view.token(number)
            shown.append(view._meaning.widget.value)
            for change in list(view._changes):
                view.what_if(change)
                shown.append(view._result.widget.value)
    assert "<script" not in "".join(shown)
    assert "&lt;script&gt;" in "".join(shown)


@pytest.mark.parametrize("name", scenario.names())
def test_every_token_of_every_scenario_opens(name: str) -> None:
    view = Illustrated(scenario.load(name))
    for line in view.lines:
        view._open_line(line.number)
        for number, token in enumerate(line.all_tokens, 1):
            assert view.token(number) is token
            assert token.source in text(view._meaning)
