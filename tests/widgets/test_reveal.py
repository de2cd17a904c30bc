"""Decide, then look: nothing of the answer stands there before the decision, and the decision stays beside it."""

from __future__ import annotations

import pytest

from smtplesson.dialogues import scenario
from smtplesson.markup import Table
from smtplesson.protocol.replies import Reply
from smtplesson.server.server import Server
from smtplesson.widgets.reveal import Reveal
from tests.widgets.pressing import buttons, click, page, press, spoken, text, words

QUESTION = "The first gets 250, the second 550. Then the client says `RSET`. Who gets the message?"
CHOICES = ["The first.", "Both.", "Nobody."]
WHY = "No message was ever sent.\n\nRSET gives it up (RFC 5321 section 4.1.1.5)."
SERVER = Server("foo.com", mailboxes=["jones@foo.com"], forwards={"green@foo.com": "green@bar.org"})


@pytest.fixture
def view() -> Reveal:
    dialogue = SERVER.dialogue("EHLO bar.com", "MAIL FROM:<smith@bar.com>", "RCPT TO:<jones@foo.com>", "RSET", "QUIT")
    return Reveal(QUESTION, CHOICES, right="C", then=dialogue, why=WHY)


def options(view: Reveal) -> list[str]:
    return [words(part) for part in page(view).iter("div") if (part.get("class") or "").startswith("sl-opt")]


def test_before_the_decision_there_are_the_question_and_the_choices_and_nothing_else(view: Reveal) -> None:
    asked = "The first gets 250, the second 550. Then the client says RSET. Who gets the message?"
    assert text(view) == f"{asked}AThe first.BBoth.CNobody."
    assert buttons(view) == ["AThe first.", "BBoth.", "CNobody."]
    assert view.title == "Decide: The first gets 250, the second 550. Then the client says RSET. Who gets the message?"


def test_a_decision_is_marked_and_stays_beside_what_happens(view: Reveal) -> None:
    click(view, "B")
    assert options(view) == ["A. The first.", "B. Both. \N{BALLOT X} your decision", "C. Nobody. \N{CHECK MARK} right"]
    assert buttons(view) == []
    assert "client: RSET" in text(view)
    assert "221 2.0.0 foo.com Service closing transmission channel" in text(view)
    verdict = "Not yet.No message was ever sent.RSET gives it up (RFC 5321 section 4.1.1.5).What happens"
    assert verdict in text(view), "the verdict comes before all that happened"
    assert spoken(view) == "You decided: B. Not yet."
    assert view.frame["focus"] == "answer"
    assert any(part.get("id") == "answer" and part.get("tabindex") == "-1" for part in page(view).iter())


def test_the_method_does_what_a_click_does(view: Reveal) -> None:
    other = Reveal(QUESTION, CHOICES, right="C", then=view._then, why=WHY)
    click(view, "C")
    other.decide(" c ")
    assert text(view) == text(other)
    assert options(view)[2] == "C. Nobody. \N{CHECK MARK} your decision"
    assert spoken(view) == "You decided: C. Correct."


def test_where_nothing_is_right_or_wrong_the_decision_is_not_judged() -> None:
    view = Reveal(QUESTION, CHOICES, why=WHY)
    view.decide("A")
    assert options(view) == ["A. The first. your decision", "B. Both.", "C. Nobody."]
    assert spoken(view) == "You decided: A."
    assert "Correct" not in text(view)
    assert "Not yet" not in text(view)


@pytest.mark.parametrize(
    ("ticked", "verdict"), [(["A", "C"], "Correct."), (["A"], "Not yet."), (["A", "B", "C"], "Not yet.")]
)
def test_where_several_are_right_several_are_chosen(ticked: list[str], verdict: str) -> None:
    view = Reveal("Which get a 503?", CHOICES, right="AC")
    assert [box.get("type") for box in page(view).iter("input")] == ["checkbox"] * 3
    click(view, "Show me", decision=ticked)
    assert view.decision == "".join(ticked)
    assert verdict in text(view)


def test_without_choices_one_says_what_one_thinks() -> None:
    view = Reveal("What comes back?", then=SERVER.reply_to("RCPT TO:<green@foo.com>"))
    click(view, "Show me", decision="550 <b>no</b>")
    assert options(view) == ["550 <b>no</b> your decision"]
    assert "<b>no" not in view.frame["html"]
    assert "251 2.1.5 User not local; will forward to <green@bar.org>" in text(view)
    assert spoken(view).startswith("You decided: 550 <b>no</b>. The server says: 251 2.1.5")


@pytest.mark.parametrize(
    ("choices", "right", "decision", "problem"),
    [
        (CHOICES, "C", "", "choose A, B, C"),
        (CHOICES, "C", "D", "'D' is no choice; choose A, B, C"),
        (CHOICES, "C", "AB", "'AB' is no choice"),
        (CHOICES, "AC", "AD", "'AD' is no choice"),
        (CHOICES, "AC", "", "choose A, B, C"),
        (None, "", "  ", "Say first what you think"),
    ],
)
def test_what_is_no_decision_is_refused_and_shows_nothing(
    choices: list[str] | None, right: str, decision: str, problem: str
) -> None:
    view = Reveal("?", choices, right=right, why="The answer.")
    with pytest.raises(ValueError, match=problem):
        view.decide(decision)
    press(view, "decide", "", decision=decision)
    assert problem in text(view)
    assert "The answer." not in text(view)
    assert view.decision == ""


def test_one_decides_once(view: Reveal) -> None:
    view.decide("A")
    with pytest.raises(ValueError, match=r"You decided already: A\. Run the cell again"):
        view.decide("C")
    assert view.decision == "A"


def test_a_right_letter_that_is_no_choice_is_the_author_s_mistake() -> None:
    with pytest.raises(ValueError, match="right='D' names no choice; there are A, B, C"):
        Reveal(QUESTION, CHOICES, right="D")


def test_what_is_played_is_played_once_and_first_when_it_is_needed() -> None:
    played = []

    def then() -> Reply:
        played.append(1)
        return SERVER.reply_to("NOOP")

    view = Reveal("What comes back?", ["250", "500"], right="A", then=then)
    assert played == []
    view.decide("A")
    view.markdown()
    assert played == [1]


def test_an_error_in_what_is_played_is_told_and_leaves_it_undecided() -> None:
    view = Reveal("?", CHOICES, then=lambda: SERVER.reply_to("NO\nOP"))
    click(view, "A")
    assert "one line without CR or LF" in text(view)
    assert view.decision == ""


@pytest.mark.parametrize(
    ("then", "shown"),
    [
        (scenario.load("rfc821-postel"), "client: HELO"),
        (scenario.load("rfc821-postel").script, "client: "),
        ({"VRFY green": SERVER.reply_to("VRFY green"), "VRFY x": SERVER.reply_to("VRFY x")}, "VRFY greenserver: 251"),
        ([SERVER.reply_to("NOOP"), "two\nlines"], "250 2.0.0 OK"),
        (Table([{"code": 251, "class": "done"}], caption="One reply"), "One reply"),
        ("C: <script>", "C: <script>"),
        (2, "2"),
    ],
    ids=["scenario", "transcript", "by name", "several", "table", "text", "number"],
)
def test_many_things_can_be_shown(then: object, shown: str) -> None:
    view = Reveal("?", CHOICES, then=then)
    assert shown not in text(view)
    view.decide("A")
    assert shown in text(view)
    assert "<script" not in view.frame["html"]


def test_what_is_asked_about_is_shown_without_its_classes_until_the_decision() -> None:
    before = "C: RCPT TO:<jones.@foo.com>\nS: 553 Mailbox name not allowed"
    view = Reveal("?", CHOICES, right="C", before=before, then=scenario.load("smiths-letter"), only="RCPT")
    assert "client: RCPT TO:<jones.@foo.com>server: 553 Mailbox name not allowedA" in text(view)
    assert "refused" not in text(view)
    assert before in view.markdown()
    view.decide("C")
    shown = text(view)
    assert "553 5.1.3 Mailbox name not allowed \N{BALLOT X} refused" in shown
    assert shown.index("Correct.") < shown.index("553 5.1.3") < shown.index("your decision"), "above the choices"


def test_only_what_matters_of_a_dialogue_is_open() -> None:
    view = Reveal("?", CHOICES, then=scenario.load("smiths-letter"), only="RCPT")
    view.decide("A")
    (whole,) = (part for part in page(view).iter("details") if part.get("id") == "whole")
    folded = words(whole)
    assert folded.startswith("The whole dialogue")
    assert all(f"client: {line}" in folded for line in ("EHLO bar.com", "RCPT TO:<green@foo.com>", "QUIT"))
    open_ = text(view).removesuffix(folded)
    assert [word for word in ("EHLO", "MAIL", "RCPT", "DATA", "QUIT") if f"client: {word}" in open_] == ["RCPT"]
    marks = [words(part) for part in page(view).iter("mark")]
    assert marks == ["fault: .", "fault: ."], "the dot is marked, here and in the whole"


def test_the_twin_folds_the_answer_away(view: Reveal) -> None:
    outside, _, folded = view.markdown().partition("<details>")
    assert outside.startswith("**The first gets 250, the second 550\\. Then the client says `RSET`\\.")
    assert "- **C.** Nobody\\." in outside
    assert "4.1.1.5" not in outside
    assert "Right: C." in folded
    assert "S: 221 2.0.0 foo.com" in folded
    assert "section 4\\.1\\.1\\.5" in folded
    assert folded.rstrip().endswith("</details>")


def test_in_the_twin_what_is_shown_by_name_stands_in_columns() -> None:
    twin = Reveal("?", CHOICES, then={"a": Reply(553, ("Which?", "One.")), "long": "x"}).markdown()
    assert "```text\na     553-Which?\n      553 One.\nlong  x\n```" in twin


def test_the_twin_escapes() -> None:
    nasty = "<script>alert(1)</script>"
    twin = Reveal(nasty, [nasty, "b"], then=nasty, why=nasty).markdown()
    fenced = f"```text\n{nasty}\n```"
    assert fenced in twin
    assert "<script" not in twin.replace(fenced, "").replace("\\<", "")
