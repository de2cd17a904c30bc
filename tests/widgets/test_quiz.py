"""The quiz view: a choice, its feedback at once, and what is counted."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pytest

from smtplesson.learner.quiz import Quiz
from smtplesson.questions.bank import QuestionBank
from smtplesson.questions.kinds import KINDS
from smtplesson.questions.question import Choice, Misconception, Question
from smtplesson.widgets import QuizView
from smtplesson.widgets._view import prose_markdown

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
    assert "before" not in first._progress.value
    for number in (1, 2):
        first.answer("A", number)
    again = QuizView.of("00-pretest")
    assert "You answered 2 of these before, last on 2026-01-05: that is kept" in again._progress.value
    again.answer("B")
    assert "before" not in again._progress.value
    assert "before" not in QuizView.of("00-pretest", name="09-posttest")._progress.value


def test_an_answer_that_is_changed_says_which_counts(view: QuizView) -> None:
    view.answer("A", 1)
    assert "first answer" not in feedback(view, 1)
    view.answer("B", 1)
    assert "Your first answer to a question is the one that counts." in feedback(view, 1)


def text(markup: str) -> str:
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", markup)).split())


def feedback(view: QuizView, number: int) -> str:
    return text(view._asked[number - 1]._feedback.widget.value)


def buttons(view: QuizView, number: int) -> list[str]:
    return [button.description for button in view._asked[number - 1]._buttons.values()]


def progress(view: QuizView) -> str:
    return text(view._progress.value)


def test_each_question_is_a_group_with_its_name_its_letters_and_a_button_for_each_choice(view: QuizView) -> None:
    first, second = view._asked
    assert first.keys.label == "Question 1 of 2: The server says `251`. What next?"
    assert (first.keys.letters, second.keys.letters) == ("ABC123", "AB123")
    assert buttons(view, 1) == ["A. Report an error.", "B. Go on to DATA.", "C. <script>alert(1)</script>"]
    assert progress(view) == "0 of 2 answered: 0 right, 0 not yet, 2 not answered."
    assert view.title == "Quiz of 2 questions"
    assert QuizView(Quiz([CLASS])).title == "Quiz of 1 question"


def test_a_right_answer(view: QuizView) -> None:
    outcome = view.answer("B")
    assert outcome.right
    assert feedback(view, 1) == "Correct. B: The recipient is accepted. Source: RFC 5321 section 3.3"
    assert buttons(view, 1)[1] == "B. Go on to DATA. (your choice)"
    assert progress(view) == "1 of 2 answered: 1 right, 0 not yet, 1 not answered."


def test_a_wrong_answer_says_why_this_choice_fails_what_is_true_and_who_says_so(view: QuizView) -> None:
    view.answer("a")
    said = feedback(view, 1)
    assert said.startswith("Not yet. A: The first digit decides, and it is 2.")
    assert "Remember: The first digit is 2: the recipient has been accepted. (RFC 5321 section 4.2.1)" in said
    assert said.endswith("Source: RFC 5321 section 3.3")
    assert 'role="alert"' in view._asked[0]._feedback.widget.value


def test_a_click_does_what_the_method_does(view: QuizView) -> None:
    other = QuizView(Quiz([FORWARD, CLASS], {BELIEF.id: BELIEF}))
    view.answer("A", question=2)
    other._asked[1]._buttons["A"].click()
    assert feedback(view, 2) == feedback(other, 2) != ""
    assert buttons(view, 2) == buttons(other, 2)
    assert view.quiz.rows() == other.quiz.rows()


def test_without_a_number_the_first_open_question_is_answered(view: QuizView) -> None:
    view.answer("A", question=1)
    assert view.answer("A").question is CLASS
    said = feedback(view, 2)
    message = re.escape('Every question is answered; to answer again name one, such as: answer("A", question=2).')
    with pytest.raises(ValueError, match=message):
        view.answer("B")
    assert feedback(view, 2) == said
    assert len(view.quiz.attempts) == 2
    assert not view.answer("B", question=2).right  # the last one again, by its number
    assert feedback(view, 2).startswith("Not yet. B: 2yz is.")
    assert buttons(view, 2) == ["A. refused", "B. done (your choice)"]
    assert progress(view).startswith("2 of 2 answered: 1 right, 1 not yet, 0 not answered.")


def test_an_answer_can_be_changed_and_the_first_one_counts(view: QuizView) -> None:
    view.answer("A")
    view.answer("B", question=1)
    assert [name for name in buttons(view, 1) if "(your choice)" in name] == ["B. Go on to DATA. (your choice)"]
    assert feedback(view, 1).startswith("Correct.")
    assert progress(view).startswith("1 of 2 answered: 0 right, 1 not yet")


def test_the_same_wrong_answer_again_is_read_out_again(view: QuizView) -> None:
    view.answer("A")
    first = view._asked[0]._feedback.widget.value
    view.answer("A", question=1)
    assert view._asked[0]._feedback.widget.value != first


def test_at_the_end_the_beliefs_behind_the_wrong_answers_are_listed(view: QuizView) -> None:
    view.answer("A")
    assert "Worth remembering" not in progress(view)
    view.answer("A")
    assert "Worth remembering: The first digit is 2" in progress(view)
    right = QuizView(Quiz([CLASS]))
    right.answer("A")
    assert progress(right) == "1 of 1 answered: 1 right, 0 not yet, 0 not answered."


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
    assert feedback(view, 1) == ""


def test_an_error_behind_a_click_is_shown_in_the_question(view: QuizView, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Any:
        raise RuntimeError("The log cannot be written: <disk full>")

    monkeypatch.setattr(view.quiz, "answer", broken)
    view._asked[0]._buttons["A"].click()
    notice = view._asked[0]._notice.widget.value
    assert "The log cannot be written: &lt;disk full&gt; <em>(RuntimeError)</em>" in notice
    with pytest.raises(RuntimeError):
        view.answer("A")


def test_text_of_anybody_never_becomes_markup() -> None:
    nasty = "<script>alert(1)</script>"
    belief = Misconception("nasty", nasty, nasty, nasty)
    choices = (Choice(nasty, nasty, right=True), Choice(nasty + "!", nasty, misconception="nasty"))
    question = Question(
        "nasty", nasty, choices, nasty, "nasty", KINDS["single"], dialogue=f"C: {nasty}\nS: 250 {nasty}"
    )
    view = QuizView(Quiz([question], {"nasty": belief}))
    view.answer("B")
    shown = [view._asked[0].box.children[0].value, view._asked[0]._feedback.widget.value, view._progress.value]
    assert "<script" not in "".join(shown)
    # the prompt and two lines; the feedback, the correction and two sources; the correction once more
    assert [markup.count("&lt;script&gt;alert(1)&lt;/script&gt;") for markup in shown] == [3, 4, 1]
    outside, fenced, after = re.split("```(?:text)?", view.markdown())
    assert fenced == f"\nC: {nasty}\nS: 250 {nasty}\n"
    assert "<script" not in (outside + after).replace("\\<", "")


def test_the_verdict_begins_what_is_read_out(view: QuizView) -> None:
    for letter, verdict in (("A", "Not yet."), ("B", "Correct.")):
        view.answer(letter, question=1)
        alert = view._asked[0]._feedback.widget.value
        assert re.fullmatch(r'<div role="alert" data-said="\d+">.*</div>', alert)
        assert text(alert).startswith(verdict)


def test_an_error_goes_away_with_the_next_click(view: QuizView, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(view.quiz, "answer", lambda *_: 1 / 0)
        view._asked[0]._buttons["A"].click()
    assert "ZeroDivisionError" in view._asked[0]._notice.widget.value
    view._asked[0]._buttons["B"].click()
    assert view._asked[0]._notice.widget.value == ""
    assert feedback(view, 1).startswith("Correct.")


def test_the_twin_of_every_lesson_has_all_questions_and_letters_and_no_answer() -> None:
    bank = QuestionBank.load()
    for lesson in sorted({question.lesson for question in bank.values()}):
        view = QuizView.of(lesson)
        twin = view.markdown()
        assert view._repr_mimebundle_()["text/markdown"] == twin
        assert len(view.quiz.questions) == len(bank.where(lesson=lesson))
        for number, question in enumerate(view.quiz.questions, 1):
            assert f"**Question {number} of {len(view.quiz.questions)}.** {prose_markdown(question.prompt)}" in twin
            for letter, choice in question.lettered():
                assert f"- **{letter}.** {prose_markdown(choice.text)}\n" in twin + "\n"
                assert prose_markdown(choice.feedback) not in twin
        assert not re.search(r"Correct\.|Correct\\\.|Not yet|your choice", twin)


def test_text_of_a_question_never_becomes_markup(view: QuizView) -> None:
    view.answer("C")
    markup = view._asked[0]._feedback.widget.value + view._asked[0].box.children[0].value
    assert "<script" not in markup
    assert "&lt;script&gt;alert(2)" in markup
    assert "<code>251</code>" in markup
    assert "\\<script\\>" in view.markdown()


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
