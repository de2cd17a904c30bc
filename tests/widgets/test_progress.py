"""The progress view: what it shows of a log, and the code that carries the log over."""

from __future__ import annotations

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
from tests.widgets.pressing import click, page, press, spoken, words
from tests.widgets.reading import shown

SURE = Confidence.SURE
MONDAY, TUESDAY = date(2026, 1, 5), date(2026, 1, 6)
SVG = "{http://www.w3.org/2000/svg}"
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


def test_it_shows_how_sure_and_how_right_in_words_numbers_and_bars(log: Log) -> None:
    view = view_of(log, WRONG, *RIGHT)
    rows = [[words(cell) for cell in row] for row in page(view).iter("tr")]
    assert rows == [
        ["You said", "You were right", "It should be", "So"],
        ["guess", "not said yet", "up to half", ""],
        ["think so", "not said yet", "5 to 9 in 10", ""],
        ["sure", "3 of 4", "9 in 10 or more", "too few answers to say"],
    ]
    (drawing,) = page(view).iter(f"{SVG}svg")
    assert drawing.get("aria-hidden") == "true"  # it says nothing that the row does not
    band, bar = drawing.iter(f"{SVG}rect")
    assert (band.get("x"), band.get("width")) == ("90", "10")  # where it should be
    assert (bar.get("x"), bar.get("width")) == ("0", "75")


def test_it_shows_what_is_mastered_mixed_up_believed_and_due(log: Log) -> None:
    view = view_of(log, WRONG, *RIGHT)
    assert "on 2026-01-06" in shown(view)
    assert "4 answers; 0 of 3 objectives mastered; 1 question due today." in shown(view)
    assert (
        "Objectives tell neighbours apart ◕ to confirm after 2026-01-05 "
        f"Not begun yet: {NASTY}, who acts. Mastered means" in shown(view)
    )
    assert shown(view).count("Mastered means") == 1  # the rule is said once
    assert "Codes that you mix up None that still needs work." in shown(view)  # three right answers made up for it
    assert "1 belief that you left behind “551 forwards.”" in shown(view)
    assert "In truth" not in shown(view)
    assert "Sure but wrong, and so asked first: 1." in shown(view)


def test_each_state_of_an_objective_has_its_sign_its_word_and_its_colour(log: Log) -> None:
    view = view_of(log, WRONG, Attempt("other", "A", MONDAY), *RIGHT, Attempt("q1", "A", TUESDAY))
    colours = {tile.get("id"): tile.get("class") for tile in page(view).iter("li")}
    assert shown(view, "objective-tell-neighbours-apart") == "tell neighbours apart ✓ mastered"
    assert colours["objective-tell-neighbours-apart"] == "sl-tile sl-2"
    assert shown(view, "objective-who-acts") == "who acts ◔ learning, 1 of 3"
    assert colours["objective-who-acts"] == "sl-tile sl-3"


def test_what_is_not_cured_has_its_correction_and_its_lesson(log: Log) -> None:
    view = view_of(log, WRONG)
    assert "Where it is 551, you think of 251. (once, last on 2026-01-05)" in shown(view)
    assert "You said: “551 forwards.” In truth: 551 refuses. (RFC 5321 section 3.4)" in shown(view)
    (link,) = page(view).iter("a")
    assert (link.get("href"), words(link)) == ("05-251-or-553.ipynb", "Lesson 05 251 or 553")
    assert "[Lesson 05-251-or-553](05-251-or-553.ipynb)" in view.markdown()


def test_a_pair_is_compared_where_it_stands_and_put_away_again(log: Log) -> None:
    view = view_of(log, WRONG)
    before = shown(view)
    click(view, "Compare 551 and 251")
    # RFC 5321 section 3.4: 251 says that the server will forward, 551 that the client has to
    assert "251 accepts, and the server forwards. 551 refuses" in shown(view, "pair-551-251")
    assert spoken(view) in shown(view, "pair-551-251")
    assert 'aria-expanded="true"' in view.frame["html"]
    click(view, "Compare 551 and 251")
    assert shown(view) == before


def test_a_pair_is_trained_inside_the_view_and_right_answers_make_up_for_it(tmp_path: Path) -> None:
    bank, log = QuestionBank.load(), Log(tmp_path)
    asked = bank["551-in-a-program"]
    wrong = next(letter for letter, choice in asked.lettered() if choice.misconception == "551-is-forwarded")
    log.append(Attempt(asked.id, wrong, MONDAY, SURE))
    view = ProgressView(log, today=TUESDAY)
    click(view, "Train 551 and 251, 2 minutes")
    assert view.frame["focus"] == "home"
    assert view.training is not None
    assert "Training: 551 or 251?" in shown(view)
    questions = view.training.quiz.questions
    assert len(questions) == 4
    assert asked.id not in {question.id for question in questions}
    for question in questions:
        assert {"551", "251"} <= set(question.tags) or "551" in question.prompt + question.dialogue + str(
            question.choices
        )
    first = questions[0]
    press(view, "check", answer=first.key)
    assert spoken(view).endswith("How sure are you?")
    click(view, "I am sure", answer=first.key)
    assert spoken(view).startswith("Correct.")
    assert view.frame["focus"] == "next"
    assert len(log.attempts()) == 2
    assert "Codes that you mix up None that still needs work." in shown(view)  # and the training stays
    click(view, "Next")
    assert "Question 2 of 4" in shown(view)
    click(view, "End the training")
    assert view.training is None
    assert "Question" not in shown(view)


def test_what_no_question_offers_is_told(log: Log) -> None:
    view = view_of(log, WRONG)
    with pytest.raises(ValueError, match="No question tells 211 from 214; compare the two instead"):
        view.train(("211", "214"))
    press(view, "check", answer="A")
    assert spoken(view).startswith("That did not work. There is no training now")


def test_no_text_becomes_markup(log: Log) -> None:
    view = view_of(log, Attempt("nasty", "B", MONDAY), today=MONDAY)
    assert "<script" not in view.frame["html"]
    assert NASTY in shown(view)
    assert "<script" not in view.markdown().replace("\\<", "")
    assert "[x](y)" not in view.markdown()
    assert list(page(view).iter("a")) == []  # what is no lesson is no link


def test_an_empty_log_says_what_to_do(log: Log) -> None:
    view = view_of(log)
    assert "There is no answer yet. Answer the questions of a lesson, and this fills." in shown(view)
    assert list(page(view).iter("table")) == []
    assert view.markdown() == (
        "**Your progress**\n\n*Run this cell to see where you stand.* There is no answer yet\\. "
        "Answer the questions of a lesson, and this fills\\."
    )


def test_the_twin_has_all_of_it(log: Log) -> None:
    twin = view_of(log, WRONG, *RIGHT[:1]).markdown()
    assert "| sure | 1 of 2 | 9 in 10 or more | too few answers to say |" in twin
    assert "- **tell neighbours apart**: learning, 1 of 3" in twin
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
    click(view, "Refresh")
    assert view.overview.answers == view.refresh().answers == 1
    assert spoken(view) == view.overview.headline
    assert view.overview.headline.startswith("1 answer; 0 of ")


def test_the_code_carries_the_log_over(log: Log, tmp_path: Path) -> None:
    here, there = view_of(log, WRONG, *RIGHT), ProgressView(Log(tmp_path / "there"), bank=BANK, today=TUESDAY)
    click(here, "Show my code")
    (field,) = page(here).iter("textarea")
    code = field.text or ""
    assert field.get("readonly") is not None
    assert portable.unpack(code) == (WRONG, *RIGHT)
    assert here.show_code() == code
    assert spoken(here) == f"Your code holds 4 answers in {len(code):,} characters. Copy all of it."
    assert there.take(code) == 4
    assert spoken(there) == "4 answers taken from the code."
    assert there.overview == here.overview
    assert Log(tmp_path / "there").attempts() == (WRONG, *RIGHT)
    assert there.take(portable.pack([WRONG, Attempt("other", "A", TUESDAY)])) == 1
    assert spoken(there) == "1 answer taken from the code; 1 answer was there already."


def test_the_field_a_paste_and_the_method_do_the_same(log: Log) -> None:
    code = portable.pack([WRONG])
    views = [ProgressView(Log(log.path.parent / name), bank=BANK, today=TUESDAY) for name in "abc"]
    typed, pasted, called = views
    click(typed, "Take it", **{"paste-0": code})
    press(pasted, "take", code)
    called.take(code)
    assert len({shown(view) for view in views}) == 1
    assert {spoken(view) for view in views} == {"1 answer taken from the code."}
    (field,) = page(typed).iter("input")
    assert (field.get("name"), field.get("value")) == ("paste-1", "")  # another field, which is empty


@pytest.mark.parametrize("code", ["", "no code", "SL1:abcd.", "SL9:abcd.", "\ud800", NASTY])
def test_what_is_no_code_is_told_and_changes_nothing(log: Log, code: str) -> None:
    view = view_of(log, WRONG)
    before = shown(view)
    click(view, "Take it", **{"paste-0": code})
    assert spoken(view).startswith("That did not work.")
    assert "code" in spoken(view)
    assert "<script" not in view.frame["html"]
    assert shown(view).startswith(before)  # and the field stays, with what is in it
    assert Log(log.path.parent).attempts() == (WRONG,)
    with pytest.raises(PortableCodeError):
        view.take(code)


def test_a_log_that_cannot_be_written_is_told_and_the_code_still_counts(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    view = ProgressView(Log(tmp_path / "file"), bank=BANK, today=TUESDAY)
    assert view.take(portable.pack([WRONG])) == 1
    for said in (spoken(view), shown(view)):
        assert "1 answer taken from the code." in said
        assert "Your answers cannot be saved" in said
    assert view.overview.answers == 1


def test_lines_that_cannot_be_read_are_named(log: Log) -> None:
    log.append(WRONG)
    with log.path.open("a") as file:
        file.write("{torn\n")
    assert "What cannot be read in the log Line 2" in shown(view_of(log))
