"""Predict, then step: the reply comes after the commitment, and a miss gets its reason."""

from __future__ import annotations

import html
import re
from typing import Any

import pandas as pd
import pytest

from smtplesson.dialogues import scenario
from smtplesson.dialogues.scenario import Scenario
from smtplesson.widgets.predict import Predict

DIALOGUE = """
title = "A title that tells"
point = "A point that tells"
source = "RFC 5321 section 3.4"
script = '''
S: 220 foo.com Simple Mail Transfer Service Ready
C: EHLO client.example
S: 250-foo.com greets client.example
S: 250-PIPELINING
S: 250 HELP
C: MAIL FROM:<smith@bar.com>
S: 250 OK
C: RCPT TO:<green@foo.com>
S: 251 User not local; will forward to <green@bar.org>
C: RCPT TO:<jones@foo..com>
S: 553 Mailbox name not allowed
C: DATA
S: 354 Start mail input; end with <CRLF>.<CRLF>
C: Hello!
C: .
S: 250 OK
C: QUIT
S: 221 foo.com Service closing transmission channel
'''
[world]
host = "foo.com"
forwards = {"green@foo.com" = "green@bar.org"}
"""


@pytest.fixture
def dialogue() -> Scenario:
    return scenario.parse(DIALOGUE)


@pytest.fixture
def view(dialogue: Scenario) -> Predict:
    return Predict(dialogue, ask=["RCPT", "DATA"])


def text(*widgets: Any) -> str:
    return html.unescape(re.sub("<[^>]*>", "", "".join(widget.value for widget in widgets)))


def said(view: Predict) -> str:
    return text(view._feedback.widget)


def names(row: Any) -> list[str]:
    return [button.description for button in row.children]


def test_what_is_not_asked_is_played_and_the_next_line_shown(view: Predict) -> None:
    assert view.upcoming == ("RCPT TO:<green@foo.com>",)
    assert "220 foo.com" in text(view._dialogue)
    assert "MAIL FROM:<smith@bar.com>" in text(view._dialogue)
    assert "The client sends:C: client: RCPT TO:<green@foo.com>" in text(view._line)
    assert names(view._class_row) == [
        "2 done",
        "3 send more",
        "4 not now",
        "5 refused",
        "Just show the reply",
    ]
    assert names(view._code_row) == []


def test_the_reply_comes_only_after_class_and_code(view: Predict) -> None:
    view.predict(2)
    assert names(view._class_row)[0] == "2 done - chosen"
    # RFC 5321 section 4.3.2 lists two successes for RCPT
    assert [name[:3] for name in names(view._code_row)] == ["250", "251"]
    assert "251" not in text(view._dialogue)
    view.predict(251)
    assert "You predicted 251.server: 251 2.1.5 User not local" in text(view._dialogue)
    assert said(view).startswith("Correct. The server says 251: done.")
    assert names(view._code_row)[1].endswith("- your prediction")


def test_a_wrong_class_gets_what_the_class_means_the_reason_and_the_section(view: Predict) -> None:
    view.predict(5)
    view.predict(550)
    assert said(view).startswith("Not yet. You predicted 550; the server says 251, 2yz, done (Positive Completion)")
    assert "A success: the recipient is accepted" in said(view)
    assert "(RFC 5321 section 3.4)" in said(view)


def test_a_right_class_is_said_to_be_right(view: Predict) -> None:
    view.predict(250)
    assert said(view).startswith("Not yet. The class is right, 2yz; the code is 251, not 250.")


def test_clicks_do_the_same(view: Predict) -> None:
    view._classes[5].click()
    view._codes[550].click()
    assert [row["predicted"] for row in view.rows()] == ["550"]
    view._next.click()
    assert view.upcoming == ("RCPT TO:<jones@foo..com>",)
    view._show_me.click()
    assert said(view).startswith("The server says 553 Requested action not taken: mailbox name not allowed")
    assert len(view.rows()) == 1


def test_once_the_server_has_answered_a_click_predicts_nothing_further(view: Predict) -> None:
    view.predict(251)
    view._classes[5].click()
    assert "Next goes on" in text(view._notice.widget)
    assert view._player.upcoming == ("RCPT TO:<jones@foo..com>",)


def test_a_class_that_the_command_never_gets_is_answered_at_once(view: Predict) -> None:
    for _ in range(2):
        view.skip()
        view.next()
    assert view.upcoming == ("DATA",)
    view.predict(2)  # section 4.3.2: DATA has no 2yz of its own
    assert said(view).startswith("Not yet. You predicted 2yz; the server says 354, 3yz, send more")
    assert view.rows()[0]["taken for"] == "354 taken for 2yz"


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        (250, "You said 5yz"),
        (7, "no SMTP reply code"),
        (600, "no SMTP reply code"),
        (199, "no SMTP reply code"),
    ],
)
def test_a_number_that_cannot_be_is_refused_and_nothing_is_lost(view: Predict, number: int, problem: str) -> None:
    view.predict(5)
    with pytest.raises(ValueError, match=problem):
        view.predict(number)
    assert view.upcoming == ("RCPT TO:<green@foo.com>",)
    assert view.rows() == []


def test_the_class_can_be_changed_until_the_code_is_said(view: Predict) -> None:
    view.predict(5)
    view.predict(2)
    assert names(view._class_row)[:4] == ["2 done - chosen", "3 send more", "4 not now", "5 refused"]
    view.predict(251)
    assert view.rows()[0]["right"] is True


def test_at_the_end_there_is_a_summary_and_a_table_of_what_was_taken_for_what(view: Predict) -> None:
    for code in (550, 553, 250):
        view.predict(code)
    assert "tells" not in said(view) + text(view._dialogue, view._line) + view.title + view.markdown()
    view.next()
    assert view.upcoming is None
    assert "Predictions: 3; right class: 1; right code: 1." in said(view)
    assert "A point that tells" in said(view)
    assert "221 " in text(view._dialogue)
    assert pd.DataFrame(view.rows()).to_dict("list") == {
        "sent": ["RCPT TO:<green@foo.com>", "RCPT TO:<jones@foo..com>", "DATA"],
        "predicted": ["550", "553", "250"],
        "replied": ["251", "553", "354"],
        "right": [False, True, False],
        "class right": [False, True, False],
        "taken for": ["251 taken for 550", "", "354 taken for 250"],
    }
    with pytest.raises(ValueError, match="The dialogue is over"):
        view.predict(2)


def test_it_can_be_played_again(view: Predict) -> None:
    for _ in range(3):
        view.skip()
        view.next()
    view._again.click()
    assert view.upcoming == ("RCPT TO:<green@foo.com>",)
    assert view.rows() == []
    assert names(view._class_row)[0] == "2 done"


def test_the_scenario_says_what_is_asked_unless_the_view_does(dialogue: Scenario) -> None:
    assert dialogue.ask == ("MAIL", "RCPT", "VRFY", "DATA", ".")
    view = Predict(dialogue)
    asked = []
    while view.upcoming is not None:
        asked.append(view.upcoming)
        view.skip()
        view.next()
    assert asked[0] == ("MAIL FROM:<smith@bar.com>",)
    assert asked[-1] == ("Hello!", ".")
    assert len(asked) == 5


def test_the_end_of_a_message_is_a_line_of_the_table(dialogue: Scenario) -> None:
    view = Predict(dialogue, ask=["."])
    view.predict(250)
    assert view.rows()[0]["sent"] == "(message) ."


def test_the_twin_has_the_script_and_the_choices_but_no_reply(view: Predict) -> None:
    twin = view.markdown()
    assert "Run this cell to predict 3 replies" in twin
    assert "C: EHLO client.example\nC: MAIL FROM:<smith@bar.com>\nC: RCPT TO:<green@foo.com>" in twin
    for word in ("2 done", "3 send more", "4 not now", "5 refused"):
        assert word in twin
    for answer in ("251", "553", "354", "S:"):
        assert answer not in twin


def test_text_of_a_scenario_file_never_becomes_markup() -> None:
    nasty = scenario.parse(DIALOGUE.replace("that tells", "<script>").replace("Hello!", "<script>"))
    view = Predict(nasty, ask=["."])
    view.skip()
    view.next()
    markup = view._dialogue.value + view._feedback.widget.value
    assert "<script" not in markup
    assert markup.count("&lt;script&gt;") == 3


@pytest.mark.parametrize("name", scenario.names())
def test_every_scenario_can_be_predicted_to_its_end(name: str) -> None:
    view = Predict(scenario.load(name))
    played = scenario.play(scenario.load(name))
    for step in played:
        if step.verb in view.ask:
            assert view.upcoming == step.sent
            view.predict(step.expected.first_digit)
            offered = list(view._codes)
            assert step.expected.code in offered
            view.predict(step.expected.code)
            view.next()
    assert all(row["right"] for row in view.rows())
    assert "The dialogue is over." in said(view)
