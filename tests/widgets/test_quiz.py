"""The quiz view: a choice, its feedback at once, and what is counted."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from smtplesson.learner.quiz import Quiz
from smtplesson.markup import prose_markdown
from smtplesson.questions.bank import QuestionBank
from smtplesson.questions.kinds import KINDS
from smtplesson.questions.question import Choice, Misconception, Question
from smtplesson.widgets import QuizView
from smtplesson.widgets.question_panel import QuestionPanel
from tests.every_kind import SAMPLES
from tests.widgets.pressing import buttons, click, options, page, press, spaced, spoken, text, words

BELIEF = Misconception(
    id="251-is-an-error",
    belief="251 is an error.",
    correction="The first digit is 2: the recipient has been accepted.",
    source="RFC 5321 section 4.2.1",
)
FORWARD = Question(
    id="after-251",
    prompt="The server says `251`. What next?",
    dialogue="C: RCPT TO:<green@foo.com>\nS: 251 User not local; will forward to <green@bar.org>\n",
    choices=(
        Choice("Report an error.", "The first digit decides, and it is 2.", misconception="251-is-an-error"),
        Choice("Go on to DATA.", "The recipient is accepted.", right=True),
        Choice("<script>alert(1)</script>", "<script>alert(2)</script>", misconception="251-is-an-error"),
    ),
    source="RFC 5321 section 3.3",
    objective="251-means-accepted",
    kind=KINDS["single"],
)
CLASS = Question(
    id="class-of-553",
    prompt="What class is 553?",
    choices=(Choice("refused", "5yz.", right=True), Choice("done", "2yz is.", misconception="251-is-an-error")),
    source="RFC 5321 section 4.2.1",
    objective="classes",
    kind=KINDS["single"],
)


@pytest.fixture
def view() -> QuizView:
    return QuizView(Quiz([FORWARD, CLASS], {BELIEF.id: BELIEF}))


def test_who_answered_here_before_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTPLESSON_HOME", str(tmp_path))
    first = QuizView.of("00-pretest", confidence=False)
    assert "before" not in spaced(first)
    for number in (1, 2):
        first.answer("A", number)
    again = QuizView.of("00-pretest")
    assert "You answered 2 of these before, last on 2026-01-05: that is kept" in spaced(again)
    again.answer("B")
    assert "of these before" not in spaced(again)
    assert "of these before" not in spaced(QuizView.of("00-pretest", name="09-posttest"))


def test_one_question_is_shown_with_its_place_and_the_way_to_the_others(view: QuizView) -> None:
    assert "Question 1 of 2 The server says 251. What next?" in spaced(view)
    assert "client: RCPT TO:<green@foo.com>" in spaced(view)
    assert options(view) == ["A. Report an error.", "B. Go on to DATA.", "C. <script>alert(1)</script>"]
    assert "What class is 553?" not in spaced(view)
    assert buttons(view) == ["Question 1: open", "Question 2: open", "Check", "Skip"]
    click(view, "Question 2")
    assert "Question 2 of 2 What class is 553?" in spaced(view)
    assert buttons(view)[2:] == ["Check", "Back"]
    click(view, "Back")
    assert "Question 1 of 2" in spaced(view)
    assert view.title == "Quiz of 2 questions"
    assert QuizView(Quiz([CLASS])).title == "Quiz of 1 question"


def test_a_right_answer_is_seen_and_said(view: QuizView) -> None:
    click(view, "Check", answer="B")
    assert view.quiz.attempts[0].right
    assert options(view)[1] == "B. Go on to DATA. ✓ your answer, right"
    assert "Correct. B: The recipient is accepted. Source: RFC 5321 section 3.3" in spaced(view)
    assert spoken(view).startswith("Correct. B: The recipient is accepted.")
    assert view.frame["focus"] == "next"
    assert buttons(view)[0] == "Question 1: right"


def test_a_wrong_answer_says_why_it_fails_what_is_true_who_says_so_and_marks_the_right_one(view: QuizView) -> None:
    click(view, "Check", answer="A")
    assert options(view)[:2] == ["A. Report an error. ✗ your answer", "B. Go on to DATA. ✓ right"]
    assert "Not yet. A: The first digit decides, and it is 2." in spaced(view)
    assert "Remember: The first digit is 2: the recipient has been accepted. (RFC 5321 section 4.2.1)" in spaced(view)
    assert spoken(view).startswith("Not yet. A: The first digit decides")
    assert buttons(view)[0] == "Question 1: not yet"


def test_the_key_is_not_in_the_page_before_the_answer(view: QuizView) -> None:
    for number in (1, 2):
        view.go(number)
        assert not re.search(r"right|wrong|The recipient is accepted|first digit decides|5yz", view.frame["html"])


def test_a_click_does_what_the_method_does(view: QuizView) -> None:
    other = QuizView(Quiz([FORWARD, CLASS], {BELIEF.id: BELIEF}))
    view.answer("A", question=2)
    other.go(2)
    click(other, "Check", answer="A")
    assert spaced(view) == spaced(other)
    assert view.quiz.rows() == other.quiz.rows()


def test_a_first_answer_is_given_by_saying_how_sure_one_is() -> None:
    view = QuizView(Quiz([FORWARD, CLASS], {BELIEF.id: BELIEF}), confidence=True)
    assert buttons(view)[2:] == ["I guess", "I think so", "I am sure", "Skip"]
    press(view, "check", answer="A")  # Enter
    assert view.quiz.attempts == []
    assert (spoken(view), view.frame["focus"]) == ("Your answer: A. How sure are you?", "sure-1")
    click(view, "I am sure", answer="A")
    assert view.quiz.attempts[0].confidence == "sure"
    assert "You were sure" in spaced(view)
    assert "You were sure" in spoken(view)


def test_without_a_choice_nothing_counts_and_it_is_said(view: QuizView) -> None:
    click(view, "Check")
    assert view.quiz.attempts == []
    assert "That did not work. '' is no choice of this question; choose A, B, C." in spaced(view)


def test_without_a_number_the_first_open_question_is_answered(view: QuizView) -> None:
    view.answer("A", question=1)
    assert view.answer("A").question is CLASS
    message = re.escape('Every question is answered; to answer again name one, such as: answer("A", question=2).')
    with pytest.raises(ValueError, match=message):
        view.answer("B")
    assert len(view.quiz.attempts) == 2
    assert not view.answer("B", question=2).right  # the last one again, by its number
    assert "Not yet. B: 2yz is." in spaced(view)
    assert "Your first answer to a question is the one that counts." in spaced(view)
    assert view.quiz.score == "1 right, 1 not yet"


def test_at_the_end_the_beliefs_behind_the_wrong_answers_are_listed_and_a_way_back_to_what_was_missed(
    view: QuizView,
) -> None:
    view.answer("A")
    view.answer("A")
    click(view, "Finish")
    assert spaced(view).startswith("1 right, 1 not yet. Worth remembering: The first digit is 2")
    click(view, "Look at the first one missed")
    assert "Question 1 of 2" in spaced(view)
    right = QuizView(Quiz([CLASS]))
    click(right, "Check", answer="A")
    click(right, "Finish")
    assert spaced(right) == "1 right. Go on ↓ Back"


def test_all_right_is_told_in_a_word(view: QuizView) -> None:
    for question in view.quiz.questions:
        view.answer(question.key)
    click(view, "Finish")
    assert spaced(view).startswith("All 2 right.")


@pytest.mark.parametrize(
    ("letter", "number", "problem"),
    [
        ("D", None, "'D' is no choice of this question; choose A, B, C"),
        ("", None, "'' is no choice"),
        ("<script>", 1, "'<script>' is no choice"),
        ("A", 0, "There is no question 0; there are 1 to 2"),
        ("A", 3, "There is no question 3"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_and_nothing_counts(
    view: QuizView, letter: str, number: int | None, problem: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(problem)):
        view.answer(letter, question=number)
    assert view.quiz.attempts == []


def test_an_error_behind_a_click_is_shown_and_goes_away(view: QuizView, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Any:
        raise RuntimeError("The log cannot be written: <disk full>")

    with monkeypatch.context() as patch:
        patch.setattr(view.quiz, "answer", broken)
        click(view, "Check", answer="A")
        assert "The log cannot be written: <disk full> (RuntimeError)" in spaced(view)
        with pytest.raises(RuntimeError):
            view.answer("A")
    click(view, "Check", answer="B")
    assert "log cannot" not in spaced(view)
    assert "Correct." in spaced(view)


def test_text_of_anybody_never_becomes_markup() -> None:
    nasty = "<script>alert(1)</script>"
    belief = Misconception("nasty", nasty, nasty, nasty)
    choices = (Choice(nasty, nasty, right=True), Choice(nasty + "!", nasty, misconception="nasty"))
    question = Question(
        "nasty", nasty, choices, nasty, "nasty", KINDS["single"], dialogue=f"C: {nasty}\nS: 250 {nasty}"
    )
    view = QuizView(Quiz([question], {"nasty": belief}))
    view.answer("B")
    shown = view.frame["html"]
    view.go(2)
    shown += view.frame["html"]
    assert "<script" not in shown
    # the prompt, two lines, two choices; the feedback, the correction and two sources; the correction once more
    assert shown.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 10
    outside, fenced, after = re.split("```(?:text)?", view.markdown())
    assert fenced == f"\nC: {nasty}\nS: 250 {nasty}\n"
    assert "<script" not in (outside + after).replace("\\<", "")


def test_lines_are_put_in_order_by_moving_them() -> None:
    bank = QuestionBank.load()
    question = bank["mistyped-sender"]
    view = QuizView(Quiz([question]))
    key = question.key
    order = question.letters
    for place, letter in enumerate(key):  # bring each line to its place, as a learner does
        for _ in range(order.index(letter) - place):
            click(view, f"{letter}, up")
        order = order[:place] + letter + order[place:].replace(letter, "", 1)
    assert re.fullmatch(rf"[{key}], now \d of {len(key)}\.", spoken(view)) or order == question.letters
    click(view, "Check")
    assert view.quiz.attempts[0].right


def test_a_line_at_the_edge_does_not_move() -> None:
    question = QuestionBank.load()["mistyped-sender"]
    view = QuizView(Quiz([question]))
    click(view, f"{question.letters[0]}, up")
    assert spoken(view) == f"{question.letters[0]} is at the top already."


def test_several_are_checked_and_each_is_marked() -> None:
    question = QuestionBank.load()["not-now-after-mail"]
    view = QuizView(Quiz([question]))
    click(view, "Check", answer=list(question.key))
    assert view.quiz.attempts[0].right
    assert sum("✓ your answer, right" in each for each in options(view)) == len(question.key)


def test_a_text_is_typed_and_the_right_one_is_shown() -> None:
    view = QuizView(Quiz([QuestionBank.load()["rcpt-before-mail"]]))
    click(view, "Check", answer="501")
    assert options(view) == ["501 ✗ your answer", "503 ✓ right"]


def pairs(view: QuizView) -> list[str]:
    return [words(each) for row in page(view).iter("ul") if row.get("class") == "sl-pairs" for each in row]


def test_a_partner_is_chosen_for_each_and_each_is_marked() -> None:
    view = QuizView(Quiz([SAMPLES["matching"]]), confidence=True)
    assert all("1. accepted2. delivered3. refused" in row for row in pairs(view))
    press(view, "check", **{"pair-A": "3", "pair-B": "3"})
    assert "Nothing is chosen yet for C." in text(view)
    press(view, "check", **{"pair-A": "3", "pair-B": "3", "pair-C": "1"})
    assert spoken(view) == "Your answer: A3 B3 C1. How sure are you?"
    click(view, "I am sure", **{"pair-A": "3", "pair-B": "3", "pair-C": "1"})
    assert [each.response for each in view.quiz.attempts] == ["A3 B3 C1"]
    assert pairs(view) == [
        "A. 2513. refused ✗ your answer1. accepted ✓ right",
        "B. 5513. refused ✓ right",
        "C. 2501. accepted ✓ right",
    ]
    assert spoken(view).startswith("Not yet. A3: 251 does not refuse")
    assert "sl-partners" not in view.frame["html"]


def test_in_a_test_pairs_are_kept_and_can_be_changed() -> None:
    kept = Quiz([SAMPLES["labelling"]])
    panel = QuestionPanel(
        kept.questions[0], lambda q, r, c: kept.answer(q.id, r, c), ask_confidence=False, feedback=False
    )
    panel.respond("A3 B3 C1")
    html = str(panel.html("1"))
    assert html.count(" selected") == 3
    assert '<option value="3" selected>3. refused</option>' in html
    assert not any(word in html for word in ("sl-right", "sl-wrong", "✓", "✗"))
    panel.close()
    assert "3. refused<small> your answer</small>" in str(panel.html("1"))
    assert "<select" not in str(panel.html("1"))


def test_the_parts_of_an_excerpt_are_marked_with_their_letters() -> None:
    view = QuizView(Quiz([SAMPLES["labelling"]]))
    (shown,) = (each for each in page(view).iter("div") if "sl-excerpt" in each.get("class", ""))
    assert [words(mark) for mark in shown.iter("mark")] == ["251A", "551B", "250C"]
    assert "".join(shown.itertext()) == "RCPT: 251A, or 551BDATA: 250C."


def test_the_twin_of_every_lesson_has_all_questions_and_letters_and_no_answer() -> None:
    bank = QuestionBank.load()
    for lesson in sorted({question.lesson for question in bank.values()}):
        view = QuizView.of(lesson)
        twin = view.markdown()
        assert view._repr_mimebundle_()[0]["text/markdown"] == twin
        assert len(view.quiz.questions) == len(bank.where(lesson=lesson))
        for number, question in enumerate(view.quiz.questions, 1):
            assert f"**Question {number} of {len(view.quiz.questions)}.** {prose_markdown(question.prompt)}" in twin
            for letter, choice in question.lettered():
                assert f"- **{letter}.** {prose_markdown(choice.text)}\n" in twin + "\n"
                assert prose_markdown(choice.feedback) not in twin
        assert not re.search(r"Correct\.|Correct\\\.|Not yet|your choice", twin)


def test_the_twin_has_every_question_and_choice_and_no_answer(view: QuizView) -> None:
    before = view.markdown()
    assert before.startswith("**Quiz of 2 questions.** *Run this cell to answer.*")
    assert "**Question 1 of 2.** The server says `251`\\. What next?" in before
    assert "```text\nC: RCPT TO:<green@foo.com>\nS: 251 User not local; will forward to <green@bar.org>\n```" in before
    assert "- **B.** Go on to DATA\\." in before
    assert "accepted" not in before
    view.answer("B")
    assert view.markdown() == before


def test_a_lesson_s_questions_are_taken_from_the_bank_in_a_seeded_order() -> None:
    first, again = (QuizView.of("05-251-or-553", count=3, seed=7) for _ in range(2))
    assert first.markdown() == again.markdown()
    assert len(first.quiz.questions) == 3
    with pytest.raises(ValueError, match="There is no question with lesson='no-such'"):
        QuizView.of("no-such")
