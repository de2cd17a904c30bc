"""Predict, then step: the reply comes after the commitment, and a miss gets its reason."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from smtplesson.dialogues import scenario
from smtplesson.dialogues.scenario import Scenario
from smtplesson.learner.attempts import Attempt
from smtplesson.learner.log import Log
from smtplesson.widgets.predict import Predict
from tests.widgets.pressing import buttons, click, page, press, spoken, text, words

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


CLASSES = ["2done", "3send more", "4not now", "5refused"]


@pytest.fixture
def dialogue() -> Scenario:
    return scenario.parse(DIALOGUE)


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(tmp_path)


@pytest.fixture
def view(dialogue: Scenario, log: Log) -> Predict:
    return Predict(dialogue, ask=["RCPT", "DATA"], log=log)


def turns(view: Predict) -> list[str]:
    """Who said what, and what was predicted, as the dialogue shows it."""
    return [words(turn) for turn in page(view).iter("div") if turn.get("class") == "sl-said"]


def panel(view: Predict) -> str:
    """The feedback."""
    return " ".join(words(part) for part in page(view).iter("div") if "sl-panel" in (part.get("class") or ""))


def chosen(view: Predict) -> list[str]:
    return [words(part) for part in page(view).iter("button") if part.get("aria-pressed") == "true"]


def type_in(view: Predict, digits: str) -> None:
    for digit in digits:
        press(view, "digit", digit)


def progress(view: Predict) -> list[str]:
    (steps,) = (part for part in page(view).iter("ol") if part.get("class") == "sl-progress")
    return [words(step) for step in steps]


def test_what_is_not_asked_is_played_and_the_next_line_shown(view: Predict) -> None:
    assert view.upcoming == ("RCPT TO:<green@foo.com>",)
    assert turns(view)[0].startswith("server: 220 foo.com")
    assert turns(view)[-2:] == ["client: RCPT TO:<green@foo.com>", "you: ___"]
    assert buttons(view) == [*CLASSES, "Just show the reply"]
    assert progress(view) == ["Reply 1: open", "Reply 2: open", "Reply 3: open"]


def test_the_reply_comes_only_after_class_and_code(view: Predict) -> None:
    click(view, "2")
    assert chosen(view) == ["2done"]
    # RFC 5321 section 4.3.2 lists two successes for RCPT
    assert [name[:3] for name in buttons(view)[4:-1]] == ["250", "251"]
    assert turns(view)[-1] == "you: 2__ done"
    assert view.frame["focus"] == "code-250"  # where the next thing is to be chosen
    assert spoken(view) == "You said 2yz, done (Positive Completion). Now commit to a code."
    click(view, "251")
    assert turns(view)[-2].startswith("you: 251 User not local; will forward to <forward-path>✓ right")
    assert turns(view)[-1].startswith("server: 251 2.1.5 User not local; will forward to <green@bar.org>")
    assert panel(view).startswith("Correct. The server says 251: done.")
    assert spoken(view).startswith("Correct. The server says 251: done.")
    assert view.frame["focus"] == "next"
    assert buttons(view) == ["Next"]
    assert progress(view)[0] == "Reply 1: \N{CHECK MARK} right"


def test_a_code_is_typed_digit_by_digit(view: Predict) -> None:
    type_in(view, "2")
    assert chosen(view) == ["2done"]
    type_in(view, "5")
    assert turns(view)[-1].startswith("you: 25_")
    assert view.rows() == []
    type_in(view, "1")
    assert [row["predicted"] for row in view.rows()] == ["251"]
    type_in(view, "5")  # while the feedback stands, nothing is predicted
    assert len(view.rows()) == 1


def test_a_digit_that_continues_no_code_begins_anew(view: Predict) -> None:
    type_in(view, "23")  # there is no 23z for RCPT
    assert chosen(view) == []  # nor a 3yz: section 4.3.2
    assert [row["predicted"] for row in view.rows()] == ["3yz"]
    click(view, "Next")
    type_in(view, "25551")
    assert [row["predicted"] for row in view.rows()] == ["3yz", "551"]


def test_a_digit_that_begins_no_reply_is_told(view: Predict) -> None:
    type_in(view, "7")
    assert "No reply begins with 7" in text(view)
    type_in(view, "29")
    assert "No code here begins with 29" in text(view)
    assert chosen(view) == ["2done"]


def test_a_wrong_class_gets_what_the_class_means_the_reason_and_the_section(view: Predict) -> None:
    view.predict(5)
    view.predict(550)
    assert turns(view)[-2].endswith("\N{BALLOT X} not yet")
    assert panel(view).startswith("Not yet. You predicted 550; the server says 251, 2yz, done (Positive Completion)")
    assert "A success: the recipient is accepted" in panel(view)
    assert "(RFC 5321 section 3.4)" in panel(view)
    assert progress(view)[0] == "Reply 1: \N{BALLOT X} not yet"


def test_a_right_class_is_said_to_be_right(view: Predict) -> None:
    view.predict(250)
    assert panel(view).startswith("Not yet. The class is right, 2yz; the code is 251, not 250.")


def test_clicks_do_the_same(view: Predict) -> None:
    click(view, "5")
    click(view, "550")
    assert [row["predicted"] for row in view.rows()] == ["550"]
    click(view, "Next")
    assert view.upcoming == ("RCPT TO:<jones@foo..com>",)
    assert view.frame["focus"] == "class-2"
    assert spoken(view) == "The client sends RCPT TO:<jones@foo..com>. What class of reply will the server give?"
    click(view, "Just show the reply")
    assert panel(view).startswith("The server says 553 Requested action not taken: mailbox name not allowed")
    assert len(view.rows()) == 1


def test_the_reason_stands_in_the_dialogue_once_its_feedback_has_gone(view: Predict) -> None:
    view.predict(251)
    assert "RFC 5321 section 3.4" not in turns(view)[-1]
    view.next()
    assert any("RFC 5321 section 3.4" in turn for turn in turns(view))


def test_once_the_server_has_answered_a_click_predicts_nothing_further(view: Predict) -> None:
    view.predict(251)
    press(view, "predict", "5")
    assert "Next goes on" in text(view)
    assert len(view.rows()) == 1
    view.predict(5)  # the method goes on by itself
    assert view.upcoming == ("RCPT TO:<jones@foo..com>",)


def test_a_class_that_the_command_never_gets_is_answered_at_once(view: Predict) -> None:
    for _ in range(2):
        view.skip()
        view.next()
    assert view.upcoming == ("DATA",)
    view.predict(2)  # section 4.3.2: DATA has no 2yz of its own
    assert panel(view).startswith("Not yet. You predicted 2yz; the server says 354, 3yz, send more")
    assert view.rows()[0]["taken for"] == "354 taken for 2yz"


def test_where_a_class_has_one_code_for_the_command_it_is_not_asked_for_again(view: Predict) -> None:
    for _ in range(2):
        view.skip()
        view.next()
    view.predict(3)  # section 4.3.2: 354 is the one 3yz that DATA gets
    assert panel(view).startswith("Correct. The server says 354: send more.")
    assert view.rows()[0]["predicted"] == "354"


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
    assert chosen(view) == ["2done"]
    view.predict(251)
    assert view.rows()[0]["right"] is True


def test_at_the_end_there_is_a_summary_and_a_table_of_what_was_taken_for_what(view: Predict) -> None:
    for code in (550, 553, 250):
        view.predict(code)
    assert "tells" not in text(view) + view.title + view.markdown()
    click(view, "Next")
    assert view.upcoming is None
    assert "Predictions: 3; right class: 1; right code: 1." in text(view)
    assert spoken(view) == "The dialogue is over. Predictions: 3; right class: 1; right code: 1."
    assert "251 taken for 550" in text(view)
    assert "A point that tells" in text(view)
    assert turns(view)[-1].startswith("server: 221 ")
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
    click(view, "Play again")
    assert view.upcoming == ("RCPT TO:<green@foo.com>",)
    assert view.rows() == []
    assert chosen(view) == []


def test_what_is_predicted_is_kept_in_the_log_and_what_is_only_shown_is_not(view: Predict, log: Log) -> None:
    view.predict(550)
    view.next()
    view.skip()
    view.next()
    view.predict(2)  # a class that DATA never gets: there is no code to it
    day = date(2026, 1, 5)
    assert log.attempts() == (
        Attempt("predict:scenario:4:251", "550", day, quiz="predict"),
        Attempt("predict:scenario:6:354", "2", day, quiz="predict"),
    )


def test_a_log_that_cannot_be_written_is_told_of(dialogue: Scenario, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    view = Predict(dialogue, ask=["RCPT"], log=Log(blocked))
    view.predict(251)
    assert "Your answers cannot be saved" in text(view)


def test_the_scenario_says_what_is_asked_unless_the_view_does(dialogue: Scenario, log: Log) -> None:
    assert dialogue.ask == ("MAIL", "RCPT", "VRFY", "DATA", ".")
    view = Predict(dialogue, log=log)
    asked = []
    while view.upcoming is not None:
        asked.append(view.upcoming)
        view.skip()
        view.next()
    assert asked[0] == ("MAIL FROM:<smith@bar.com>",)
    assert asked[-1] == ("Hello!", ".")
    assert len(asked) == 5


def test_the_end_of_a_message_is_a_line_of_the_table(dialogue: Scenario, log: Log) -> None:
    view = Predict(dialogue, ask=["."], log=log)
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


def test_text_of_a_scenario_file_never_becomes_markup(log: Log) -> None:
    nasty = scenario.parse(DIALOGUE.replace("that tells", "<script>").replace("Hello!", "<script>"))
    view = Predict(nasty, ask=["."], log=log)
    view.skip()
    view.next()
    assert "<script" not in view.frame["html"]
    assert text(view).count("<script>") == 3


@pytest.mark.parametrize("name", scenario.names())
def test_every_scenario_can_be_predicted_to_its_end(name: str, log: Log) -> None:
    view = Predict(scenario.load(name), log=log)
    for step in scenario.play(scenario.load(name)):
        if step.verb in view.ask:
            assert view.upcoming == step.sent
            type_in(view, str(step.expected.code))  # typed, and so among the codes that are offered
            click(view, "Next")
    assert view.rows() != []
    assert all(row["right"] for row in view.rows())
    assert "The dialogue is over." in text(view)
