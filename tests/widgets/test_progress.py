"""The progress view: what it shows of a log, and the code that carries the log over."""

from __future__ import annotations

import html
import re
from datetime import date
from pathlib import Path

import pytest

from smtplesson.learner import portable
from smtplesson.learner.attempts import Attempt, Confidence
from smtplesson.learner.log import Log
from smtplesson.learner.portable import PortableCodeError
from smtplesson.questions.bank import QuestionBank
from smtplesson.questions.kinds import KINDS
from smtplesson.questions.question import Choice, Misconception, Question
from smtplesson.widgets.progress import ProgressView

SURE = Confidence.SURE
MONDAY, TUESDAY = date(2026, 1, 5), date(2026, 1, 6)
NASTY = "<script>alert(1)</script> [x](y)"


def question(id: str, objective: str, behind: str) -> Question:
    choices = (Choice("This.", "It is so.", right=True), Choice("That.", "It is not.", misconception=behind))
    return Question(id, "Which?", choices, "RFC 5321", objective, KINDS["single"])


BANK = QuestionBank(
    [
        *(question(f"q{n}", "tell-neighbours-apart", "forwarded") for n in range(4)),
        question("nasty", NASTY, "nasty"),
        question("other", "who-acts", "nasty"),
    ],
    {
        "forwarded": Misconception(
            "forwarded", "`551` forwards.", "551 refuses.", "RFC 5321 section 3.4", "05-251-or-553", ("551", "251")
        ),
        "nasty": Misconception("nasty", NASTY, NASTY, NASTY, '"><script>', ()),
    },
)


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(tmp_path)


def view_of(log: Log, *attempts: Attempt, today: date = TUESDAY) -> ProgressView:
    for attempt in attempts:
        assert log.append(attempt)
    return ProgressView(log, bank=BANK, today=today)


WRONG = Attempt("q0", "B", MONDAY, SURE)
RIGHT = [Attempt(f"q{n}", "A", MONDAY, SURE) for n in (1, 2, 3)]


def words(markup: str) -> str:
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", markup)).split())


def shown(view: ProgressView) -> str:
    return words(view._page.value)


def told(view: ProgressView) -> str:
    return words(view._spoken.widget.value + view._notice.widget.value)


def test_it_shows_how_sure_and_how_right_in_words_numbers_and_bars(log: Log) -> None:
    view = view_of(log, WRONG, *RIGHT)
    assert "sure 3 of 4 (75%); it should be 90% to 100%. You were sure 4 times and right 3 times" in shown(view)
    assert 'guess You have not said "guess" yet.' in shown(view)
    page = view._page.value
    assert page.count("width:75%") == 1
    assert page.count("margin:2px 0 0 90%;width:10%") == 1  # where it should be
    assert page.count('aria-hidden="true"') == 2  # the drawing says nothing that the cell does not
    assert '<th scope="col"' in page
    assert '<th scope="row"' in page


def test_it_shows_what_is_mastered_mixed_up_believed_and_due(log: Log) -> None:
    page = shown(view_of(log, WRONG, *RIGHT))
    assert "on 2026-01-06: 4 answers; 0 of 3 objectives mastered; 1 question due today." in page
    assert (
        "tell neighbours apart : right three times, to be confirmed on a later day. 3 of 4 right. "
        "Be right once more, on a day after 2026-01-05." in page
    )
    assert "Not begun yet: <script>alert(1)</script> [x](y), who acts." in page
    assert "Codes that you mix up None that still needs work." in page  # three right answers made up for it
    assert "Belief: 551 forwards. (once, last on 2026-01-05; cured)" in page
    assert "In truth" not in page
    assert "Sure but wrong, and so asked first: 1." in page


def test_what_is_not_cured_has_its_correction_and_its_lesson(log: Log) -> None:
    view = view_of(log, WRONG)
    assert "Where it is 551, you think of 251 (once, last on 2026-01-05)." in shown(view)
    assert "In truth: 551 refuses. (RFC 5321 section 3.4)" in shown(view)
    assert 'href="05-251-or-553.ipynb"' in view._page.value
    assert "[Lesson 05-251-or-553](05-251-or-553.ipynb)" in view.markdown()


def test_no_text_becomes_markup(log: Log) -> None:
    view = view_of(log, Attempt("nasty", "B", MONDAY), today=MONDAY)
    assert "<script" not in view._page.value
    assert "&lt;script&gt;" in view._page.value
    assert "<script" not in view.markdown().replace("\\<", "")
    assert "[x](y)" not in view.markdown()
    assert "a href" not in view._page.value  # what is no lesson is no link


def test_an_empty_log_says_what_to_do(log: Log) -> None:
    view = view_of(log)
    assert shown(view) == (
        "Your progress on 2026-01-06: There is no answer yet. Answer the questions of a lesson, and this fills."
    )
    assert view.markdown() == (
        "**Your progress**\n\n*Run this cell to see where you stand.* There is no answer yet\\. "
        "Answer the questions of a lesson, and this fills\\."
    )


def test_the_twin_has_all_of_it(log: Log) -> None:
    twin = view_of(log, WRONG, *RIGHT[:1]).markdown()
    assert "| sure | 1 of 2 \\(50%\\); it should be 90% to 100%\\. You were sure 2 times" in twin
    assert "- **tell neighbours apart**: learning\\. 1 of 2 right\\. Be right 2 more times in a row" in twin
    assert "Belief: `551` forwards\\." in twin.replace("\\:", ":")
    assert "- 1 question is due today\\." in twin


def test_it_reads_the_log_of_the_environment_and_the_kit_s_own_bank(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMTPLESSON_HOME", str(tmp_path))
    monkeypatch.setenv("SMTPLESSON_TODAY", "2026-02-03")
    view = ProgressView()
    assert view.overview.today == date(2026, 2, 3)
    asked = next(iter(QuestionBank.load().values()))
    Log(tmp_path).append(Attempt(asked.id, asked.key, date(2026, 2, 3)))
    assert view.overview.answers == 0
    assert view.refresh().answers == 1
    assert told(view) == view.overview.headline
    assert view.overview.headline.startswith("1 answer; 0 of ")


def test_the_code_carries_the_log_over(log: Log, tmp_path: Path) -> None:
    here, there = view_of(log, WRONG, *RIGHT), ProgressView(Log(tmp_path / "there"), bank=BANK, today=TUESDAY)
    code = here.show_code()
    assert portable.unpack(code) == (WRONG, *RIGHT)
    assert html.unescape(here._code.value).count(code) == 1
    assert 'readonly rows="' in here._code.value
    assert told(here) == f"Your code holds 4 answers in {len(code):,} characters. Copy all of it."
    assert there.take(code) == 4
    assert told(there) == "4 answers taken from the code."
    assert there.overview == here.overview
    assert there.progress.attempts() == (WRONG, *RIGHT)
    assert there.take(portable.pack([WRONG, Attempt("other", "A", TUESDAY)])) == 1
    assert told(there) == "1 answer taken from the code; 1 answer was there already."


def test_buttons_the_field_and_methods_do_the_same(log: Log) -> None:
    code = portable.pack([WRONG])
    clicked, sent = view_of(log), ProgressView(Log(log.path.parent / "b"), bank=BANK, today=TUESDAY)
    clicked._field.value = code
    buttons = {b.description: b for row in clicked.box.children[:4] for b in getattr(row, "children", [])}
    assert "smtplesson-send" in buttons["Take it"]._dom_classes  # the browser sends what stands in the field
    buttons["Take it"].click()
    sent.keys._handle_custom_msg({"lines": code}, [])
    assert clicked._page.value == sent._page.value
    assert clicked._field.value == ""
    assert told(clicked) == told(sent) == "1 answer taken from the code."
    buttons["Show my code"].click()
    assert html.unescape(clicked._code.value).count(code) == 1
    buttons["Refresh"].click()
    assert told(clicked) == clicked.overview.headline


@pytest.mark.parametrize("text", ["", "no code", "SL1:abcd.", "SL9:abcd.", "\ud800", NASTY])
def test_what_is_no_code_is_told_and_changes_nothing(log: Log, text: str) -> None:
    view = view_of(log, WRONG)
    view.refresh()
    before = view._page.value
    view.keys._handle_custom_msg({"lines": text}, [])
    assert told(view).startswith("That did not work.")
    assert "code" in told(view)
    assert "<script" not in view._notice.widget.value
    assert (view._page.value, view.progress.attempts()) == (before, (WRONG,))
    with pytest.raises(PortableCodeError):
        view.take(text)


def test_a_log_that_cannot_be_written_is_told_and_the_code_still_counts(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    view = ProgressView(Log(tmp_path / "file"), bank=BANK, today=TUESDAY)
    assert view.take(portable.pack([WRONG])) == 1
    assert "1 answer taken from the code." in told(view)
    assert "Your answers cannot be saved" in told(view)
    assert view.overview.answers == 1


def test_lines_that_cannot_be_read_are_named(log: Log) -> None:
    log.append(WRONG)
    with log.path.open("a") as file:
        file.write("{torn\n")
    assert "What cannot be read in the log Line 2" in shown(view_of(log))
