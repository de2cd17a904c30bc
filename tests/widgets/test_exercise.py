"""An exercise set for one learner: feedback or none, answers that can be changed, and what is handed in."""

from __future__ import annotations

import html
import re
from datetime import date
from pathlib import Path

import pytest

from smtplesson.classroom.exercise_set import ExerciseSet, questions_for
from smtplesson.classroom.marking import mark_class
from smtplesson.classroom.submissions import read_folder, read_pasted
from smtplesson.learner import portable
from smtplesson.learner.attempts import Attempt
from smtplesson.learner.log import Log
from smtplesson.questions.question import Question
from smtplesson.widgets import ExerciseView

TEXT = 'title = "Week <3>"\nlessons = ["03-251"]\nfamilies = ["who-acts", "type-a-code"]\nnumber = 8\nmode = "{}"'
TEST = ExerciseSet.parse(TEXT.format("test"), "week.toml")
PRACTICE = ExerciseSet.parse(TEXT.format("practice"), "week.toml")
TELLING = re.compile(r"correct|not yet|\bright\b|wrong|remember|source|rfc", re.I)


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(tmp_path / "log")


def text(markup: str) -> str:
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", markup)).split())


def wrong(question: Question) -> str:
    if not question.letters:
        return "000"
    if question.kind.control == "order":
        return question.key[::-1]
    return next(letter for letter in question.letters if letter != question.key)


def said(view: ExerciseView) -> list[str]:
    """All that the view shows beside the questions themselves."""
    feedback = [text(asked._feedback.widget.value) for asked in view._asked]
    return [*feedback, text(view._state.value), text(view._spoken.widget.value)]


def test_the_id_comes_first(log: Log) -> None:
    view = ExerciseView(TEST, log=log)
    assert "Run this cell to answer" in view.markdown()
    with pytest.raises(ValueError, match="Nobody has begun"):
        view.answer("A")
    with pytest.raises(ValueError, match="Nobody has begun"):
        view.hand_in()
    with pytest.raises(ValueError, match="is no id"):
        view.begin("=1+1")
    view.begin(" Mira-7")
    assert view.learner == "mira-7"
    assert [asked.question for asked in view._asked] == list(questions_for(TEST, "mira-7"))
    assert len(view._questions.children) == 8
    with pytest.raises(ValueError, match="mira-7 has begun here"):
        view.begin("tom-2")


def test_a_test_tells_nothing(log: Log) -> None:
    view = ExerciseView(TEST, "mira-7", log=log)
    for number, asked in enumerate(view._asked, 1):
        right = number % 2
        assert view.answer(asked.question.key if right else wrong(asked.question)) is None
    assert [row for row in said(view) if TELLING.search(row)] == []
    assert "8 of 8 answered." in said(view)[-2]
    assert log.attempts() == ()  # a look at the progress view would tell


def test_an_answer_can_be_changed_until_it_is_handed_in(log: Log) -> None:
    view = ExerciseView(TEST, "mira-7", log=log)
    first = view._asked[0].question
    view.answer(wrong(first))
    view.answer(first.key, 1)
    view.hand_in()
    assert [(a.question, first.from_file(a.response), a.quiz) for a in view.attempts] == [
        (first.id, first.key, "week@mira-7")
    ]
    with pytest.raises(ValueError, match="was handed in"):
        view.answer(wrong(first), 1)
    assert all(button.disabled for asked in view._asked for button in asked._buttons.values())
    assert all(asked._field.disabled for asked in view._asked if asked._field)
    assert view.hand_in() == view.code  # once more gives the same, and the log has it once
    assert log.attempts() == view.attempts


def test_a_test_goes_on_where_the_kernel_stopped(log: Log) -> None:
    first = ExerciseView(TEST, "mira-7", log=log)
    first.answer("A" if first._asked[0].question.letters else "x")
    given = [asked.question.key if n % 2 else wrong(asked.question) for n, asked in enumerate(first._asked)]
    for number, response in enumerate(given[:6], 1):
        first.answer(response, number)
    view = ExerciseView(TEST, " MIRA-7", log=Log(log.path.parent))  # another kernel, later
    assert "6 of 8 answered." in text(view._state.value)
    assert "your answers are there" in text(view._spoken.widget.value)
    assert [row for row in said(view) if TELLING.search(row)] == []
    shown = [text(asked._feedback.widget.value) for asked in view._asked]
    assert shown == [*(f"Your answer: {response}. You can change it." for response in given[:6]), "", ""]
    assert "role" not in view._asked[0]._feedback.widget.value  # nothing is read out eight times
    view.answer(given[6])
    assert view._asked[6].outcome is not None
    view.hand_in()
    assert [a.response for a in view.attempts] == [
        asked.question.to_file(response) for asked, response in zip(view._asked, given[:7], strict=False)
    ]
    assert ExerciseView(TEST, "tom-2", log=log).attempts == ()


def test_a_test_that_was_handed_in_stays_so(log: Log) -> None:
    first = ExerciseView(TEST, "mira-7", log=log)
    first.answer(first._asked[0].question.key)
    code = first.hand_in()
    again = ExerciseView(TEST, "mira-7", log=Log(log.path.parent))
    assert (again.code, again.submission) == (code, first.submission)
    assert "Handed in." in text(again._state.value)
    with pytest.raises(ValueError, match="was handed in"):
        again.answer(first._asked[1].question.key, 2)
    assert len(log.attempts()) == 1
    (log.path.parent / "sittings" / "week@mira-7" / "attempts.jsonl").unlink()  # the log alone is enough
    assert ExerciseView(TEST, "mira-7", log=Log(log.path.parent)).code == code


def test_practice_goes_on_too(log: Log) -> None:
    first = ExerciseView(PRACTICE, "mira-7", log=log)
    question = first._asked[0].question
    first.answer(wrong(question))
    view = ExerciseView(PRACTICE, "mira-7", log=Log(log.path.parent))
    assert "Not yet." in said(view)[0]
    view.answer(question.key, 1)
    (mark,) = mark_class(read_pasted(view.hand_in()), exercise=PRACTICE).marks
    assert (mark.answered, mark.right) == (1, 0)
    assert log.attempts() == view.attempts


def test_what_a_file_of_earlier_answers_holds_is_data(log: Log) -> None:
    kept = Log(log.path.parent / "sittings" / "week@mira-7")
    asked = questions_for(TEST, "mira-7")
    choice = next(question for question in asked if question.letters)
    for id, response in [("none", "A"), (choice.id, "ZZ"), (choice.id, "A" * 5000), (choice.id, "<b>")]:
        kept.append(Attempt(id, response, date(2026, 1, 5), None, "week@mira-7"))
    kept.append(Attempt(choice.id, choice.to_file(choice.key), date(2026, 1, 5), None, "week@tom-2"))
    view = ExerciseView(TEST, "mira-7", log=log)
    assert view.attempts == ()
    assert "0 of 8 answered." in text(view._state.value)


def test_a_disk_that_takes_nothing_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    view = ExerciseView(TEST, "mira-7", log=Log(tmp_path / "file"))
    view.answer(view._asked[0].question.key)
    assert "cannot be saved" in text(view._state.value)
    assert view.hand_in().startswith("SL1:")


def test_what_is_handed_in_is_marked(log: Log, tmp_path: Path) -> None:
    view = ExerciseView(TEST, "mira-7", log=log)
    for number, asked in enumerate(view._asked[:6], 1):
        view.answer(asked.question.key if number <= 4 else wrong(asked.question))
    code = view.hand_in()
    (tmp_path / "in").mkdir()
    file = view.save(tmp_path / "in")
    assert file.name == "mira-7_week.json"
    for collected in (read_folder(tmp_path / "in"), read_pasted(code)):
        (mark,) = mark_class(collected, exercise=TEST).marks
        assert (mark.learner, mark.asked, mark.answered, mark.right) == ("mira-7", 8, 6, 4)
    assert portable.unpack(code) == view.attempts
    assert html.unescape(re.findall(r"<textarea[^>]*>([^<]*)", view._handed.value)[0]) == code


def test_practice_gives_feedback_and_every_attempt_is_handed_in(log: Log) -> None:
    view = ExerciseView(PRACTICE, "mira-7", log=log)
    question = view._asked[0].question
    first = view.answer(wrong(question), confidence="sure")
    assert first is not None
    assert not first.right
    assert "Not yet." in said(view)[0]
    view.answer(question.key, 1)
    view.hand_in()
    assert len(view.attempts) == 2
    assert log.attempts() == view.attempts
    assert view.attempts[0].day == date(2026, 1, 5)
    view.answer(view._asked[1].question.key)  # it stays open
    (mark,) = mark_class(read_pasted(view.hand_in()), exercise=PRACTICE).marks
    assert (mark.answered, mark.right) == (2, 1)  # the first attempt counts


def test_nothing_to_hand_in_or_save(log: Log) -> None:
    view = ExerciseView(TEST, "mira-7", log=log)
    with pytest.raises(ValueError, match="no answer yet"):
        view.hand_in()
    with pytest.raises(ValueError, match="hand in first"):
        view.save()
    with pytest.raises(ValueError, match="There is no question 9"):
        view.answer("A", 9)


def test_what_the_field_and_the_buttons_do(log: Log) -> None:
    view = ExerciseView(TEST, log=log)
    (group,) = view._start.children
    row = group.children[0]
    row.children[0].value = "mira-7"
    row.children[1].click()
    assert view.learner == "mira-7"
    assert view._start.children == ()
    view._hand_in.click()
    assert "There is no answer yet" in text(view._notice.widget.value)


def test_a_test_with_open_questions_is_handed_in_at_the_second_press(log: Log) -> None:
    view = ExerciseView(TEST, "mira-7", log=log)
    view.answer(view._asked[0].question.key)
    view._hand_in.click()
    assert "There is no answer yet to questions 2, 3, 4, 5, 6, 7, 8." in text(view._spoken.widget.value)
    assert view.submission == ""
    view.answer(view._asked[1].question.key)
    view._hand_in.click()
    assert view.submission == ""  # asked anew
    view._hand_in.click()
    assert "2 of 8 answered. Handed in." in text(view._state.value)


def test_titles_are_escaped(log: Log) -> None:
    view = ExerciseView(TEST, "mira-7", log=log)
    assert "Week &lt;3&gt;" in view._head.value
    assert "Week \\<3\\>" in view.markdown()
    assert view.markdown().count("**Question ") == 8 == view.markdown().count(" of 8.**")


def test_the_file_of_a_teacher(tmp_path: Path) -> None:
    (tmp_path / "week.toml").write_text(TEXT.format("test"), encoding="utf-8")
    assert ExerciseView.of(tmp_path / "week.toml", "mira-7").exercise == TEST
