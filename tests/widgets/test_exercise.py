"""An exercise set for one learner: feedback or none, answers that can be changed, and what is handed in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest

from smtplesson.classroom.exercise_set import ExerciseSet, questions_for
from smtplesson.classroom.marking import mark_class
from smtplesson.classroom.submissions import read_folder, read_pasted
from smtplesson.learner import portable
from smtplesson.learner.attempts import Attempt
from smtplesson.learner.log import Log
from smtplesson.questions.question import Question
from smtplesson.widgets import ExerciseView
from tests.widgets.pressing import buttons, click, page, press, spoken, text, words

TEXT = 'title = "Week <3>"\nlessons = ["03-251"]\nfamilies = ["who-must-act", "code-for-rcpt"]\nnumber = 8\nmode = "{}"'
TEST = ExerciseSet.parse(TEXT.format("test"), "week.toml")
PRACTICE = ExerciseSet.parse(TEXT.format("practice"), "week.toml")


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(tmp_path / "log")


def wrong(question: Question) -> str:
    if not question.letters:
        return "000"
    if question.kind.control == "order":
        return question.key[::-1]
    return next(letter for letter in question.letters if letter != question.key)


def asked(view: ExerciseView) -> tuple[Question, ...]:
    """The questions of the set, in the learner's order."""
    assert view.sitting is not None
    return view.sitting.quiz.questions


def states(view: ExerciseView) -> list[str]:
    """How each question stands, as the progress says it."""
    return [name.partition(": ")[2] for name in buttons(view) if name.startswith("Question ")]


def places(view: ExerciseView) -> Iterator[int]:
    """Go to each question, and to the overview at the end."""
    for number in range(1, len(asked(view)) + 2):
        view.go(number)
        yield number


def telling(view: ExerciseView) -> list[str]:
    """What is marked as right or wrong, or explains it, anywhere in the view."""
    marks = {"sl-right", "sl-wrong", "sl-5"}
    return [
        words(element)
        for _ in places(view)
        for element in page(view).iter()
        if marks & {*element.get("class", "").split()} or element.text in ("✓", "✗")
    ]


def fields(view: ExerciseView) -> list[Element]:
    """What takes an answer on the page."""
    return [field for field in page(view).iter("input") if field.get("name") == "answer"]


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
    assert list(asked(view)) == list(questions_for(TEST, "mira-7"))
    assert len(states(view)) == 8
    with pytest.raises(ValueError, match="mira-7 has begun here"):
        view.begin("tom-2")


def test_a_test_tells_nothing(log: Log) -> None:
    view = ExerciseView(TEST, "mira-7", log=log)
    for number, question in enumerate(asked(view), 1):
        assert view.answer(question.key if number % 2 else wrong(question)) is None
        assert spoken(view).endswith("You can change it.")
    assert states(view) == ["answered"] * 8
    assert "8 of 8 answered." in text(view)
    assert telling(view) == []
    assert log.attempts() == ()  # a look at the progress view would tell
    view.hand_in()
    assert [row for row in telling(view) if "questions answered. Copy" not in row] == []


def test_the_page_of_a_right_answer_has_the_shape_of_that_of_a_wrong_one(log: Log) -> None:
    """Nothing is added to the one or the other, marked or coloured: neither before the test is handed in nor after."""
    for number, question in enumerate(questions_for(TEST, "mira-7"), 1):
        shapes = []
        for response in (question.key, wrong(question)):
            view = ExerciseView(TEST, "mira-7", log=Log(log.path.parent / f"{number}{response}"))
            view.answer(response, number)
            pages = [shape(view)]
            view.hand_in()
            view.go(number)
            shapes.append([*pages, shape(view)])
        assert shapes[0] == shapes[1], question.id


def shape(view: ExerciseView) -> Counter[tuple[str, str]]:
    """How many elements of each kind there are, without the notes "your answer": several choices have several."""
    every = page(view).iter()
    return Counter((one.tag, one.get("class", "")) for one in every if (one.text or "").strip() != "your answer")


def test_an_answer_can_be_changed_until_it_is_handed_in(log: Log) -> None:
    view = ExerciseView(TEST, "mira-7", log=log)
    first = asked(view)[0]
    view.answer(wrong(first))
    view.answer(first.key, 1)
    assert fields(view)
    view.hand_in()
    assert [(a.question, first.from_file(a.response), a.quiz) for a in view.attempts] == [
        (first.id, first.key, "week@mira-7")
    ]
    with pytest.raises(ValueError, match="was handed in"):
        view.answer(wrong(first), 1)
    for _ in places(view):
        assert fields(view) == []
        assert not {"Keep this answer", "Up", "Hand in"} & {*buttons(view)}
    press(view, "check", answer=wrong(first))
    assert "That did not work." in text(view)
    assert view.hand_in() == view.code  # once more gives the same, and the log has it once
    assert log.attempts() == view.attempts


def test_a_test_goes_on_where_the_kernel_stopped(log: Log) -> None:
    first = ExerciseView(TEST, "mira-7", log=log)
    first.answer("A" if asked(first)[0].letters else "x")
    given = [question.key if n % 2 else wrong(question) for n, question in enumerate(asked(first))]
    for number, response in enumerate(given[:6], 1):
        first.answer(response, number)
    view = ExerciseView(TEST, " MIRA-7", log=Log(log.path.parent))  # another kernel, later
    assert "6 of 8 answered." in text(view)
    assert "your answers are there" in text(view)
    assert "Question 7 of 8" in text(view)
    assert states(view) == [*["answered"] * 6, "open", "open"]
    assert telling(view) == []
    for number, response in enumerate(given[:6], 1):
        view.go(number)
        chosen = [
            field.get("value") for field in fields(view) if field.get("type") == "text" or "checked" in field.attrib
        ]
        if asked(view)[number - 1].kind.control != "order":
            assert "".join(filter(None, chosen)) == response
    view.answer(given[6])
    view.hand_in()
    assert [a.response for a in view.attempts] == [
        question.to_file(response) for question, response in zip(asked(view), given[:7], strict=False)
    ]
    assert ExerciseView(TEST, "tom-2", log=log).attempts == ()


def test_a_test_that_was_handed_in_stays_so(log: Log) -> None:
    first = ExerciseView(TEST, "mira-7", log=log)
    first.answer(asked(first)[0].key)
    other = ExerciseView(TEST, "mira-7", log=Log(log.path.parent))  # a second window, left open
    code = first.hand_in()
    again = ExerciseView(TEST, "mira-7", log=Log(log.path.parent))
    assert (again.code, again.submission) == (code, first.submission)
    assert "Handed in." in text(again)
    with pytest.raises(ValueError, match="was handed in"):
        again.answer(asked(first)[1].key, 2)
    assert other.hand_in() == code
    assert len(log.attempts()) == 1
    (log.path.parent / "sittings" / "week@mira-7" / "attempts.jsonl").unlink()  # the log alone is enough
    assert ExerciseView(TEST, "mira-7", log=Log(log.path.parent)).code == code


def test_practice_goes_on_too(log: Log) -> None:
    first = ExerciseView(PRACTICE, "mira-7", log=log)
    question = asked(first)[0]
    first.answer(wrong(question))
    view = ExerciseView(PRACTICE, "mira-7", log=Log(log.path.parent))
    assert states(view)[:2] == ["not yet", "open"]
    view.go(1)
    assert "Not yet." in text(view)
    view.answer(question.key, 1)
    (mark,) = mark_class(read_pasted(view.hand_in()), exercise=PRACTICE).marks
    assert (mark.answered, mark.right) == (1, 0)
    assert log.attempts() == view.attempts


def test_what_a_file_of_earlier_answers_holds_is_data(log: Log) -> None:
    kept = Log(log.path.parent / "sittings" / "week@mira-7")
    choice = next(question for question in questions_for(TEST, "mira-7") if question.letters)
    for id, response in [("none", "A"), (choice.id, "ZZ"), (choice.id, "A" * 5000), (choice.id, "<b>")]:
        kept.append(Attempt(id, response, date(2026, 1, 5), None, "week@mira-7"))
    kept.append(Attempt(choice.id, choice.to_file(choice.key), date(2026, 1, 5), None, "week@tom-2"))
    view = ExerciseView(TEST, "mira-7", log=log)
    assert view.attempts == ()
    assert "0 of 8 answered." in text(view)


def test_a_disk_that_takes_nothing_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    view = ExerciseView(TEST, "mira-7", log=Log(tmp_path / "file"))
    view.answer(asked(view)[0].key)
    assert "cannot be saved" in text(view)
    assert view.hand_in().startswith("SL1:")


def test_what_is_handed_in_is_marked(log: Log, tmp_path: Path) -> None:
    view = ExerciseView(TEST, "mira-7", log=log)
    for number, question in enumerate(asked(view)[:6], 1):
        view.answer(question.key if number <= 4 else wrong(question))
    code = view.hand_in()
    (tmp_path / "in").mkdir()
    file = view.save(tmp_path / "in")
    assert file.name == "mira-7_week.json"
    for collected in (read_folder(tmp_path / "in"), read_pasted(code)):
        (mark,) = mark_class(collected, exercise=TEST).marks
        assert (mark.learner, mark.asked, mark.answered, mark.right) == ("mira-7", 8, 6, 4)
    assert portable.unpack(code) == view.attempts
    (field,) = page(view).iter("textarea")
    assert (field.text, "readonly" in field.attrib) == (code, True)
    assert "Saved as mira-7_week.json." in text(view)


def test_practice_gives_feedback_and_every_attempt_is_handed_in(log: Log) -> None:
    view = ExerciseView(PRACTICE, "mira-7", log=log)
    question = asked(view)[0]
    first = view.answer(wrong(question), confidence="sure")
    assert first is not None
    assert not first.right
    assert "Not yet." in spoken(view)
    assert "Not yet." in text(view)
    view.answer(question.key, 1)
    view.hand_in()
    assert len(view.attempts) == 2
    assert log.attempts() == view.attempts
    assert view.attempts[0].day == date(2026, 1, 5)
    view.answer(asked(view)[1].key)  # it stays open
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
    click(view, "Begin", learner="=1+1")
    assert "is no id" in text(view)
    click(view, "Begin", learner="mira-7")
    assert view.learner == "mira-7"
    assert "Your id" not in text(view)
    click(view, "Overview")
    click(view, "Hand in")
    assert "There is no answer yet" in text(view)
    click(view, "1" + asked(view)[0].prompt[:3])
    assert "Question 1 of 8" in text(view)
    click(view, "Keep this answer", answer=asked(view)[0].key)
    assert states(view)[0] == "answered"
    click(view, "Next")
    assert "Question 2 of 8" in text(view)
    click(view, "Back")
    assert "Question 1 of 8" in text(view)


def test_in_practice_an_answer_is_given_by_saying_how_sure_one_is(log: Log) -> None:
    view = ExerciseView(PRACTICE, "mira-7", log=log)
    question = asked(view)[0]
    press(view, "check", answer=question.key)
    assert spoken(view) == f"Your answer: {question.key}. How sure are you?"
    click(view, "I am sure", answer=question.key)
    assert (states(view)[0], view.attempts[0].confidence) == ("right", "sure")


def test_a_test_with_open_questions_is_handed_in_at_the_second_press(log: Log) -> None:
    view = ExerciseView(TEST, "mira-7", log=log)
    view.answer(asked(view)[0].key)
    click(view, "Overview")
    click(view, "Hand in")
    assert "There is no answer yet to questions 2, 3, 4, 5, 6, 7, 8." in text(view)
    assert "There is no answer yet to questions 2, 3, 4, 5, 6, 7, 8." in spoken(view)
    assert view.submission == ""
    view.answer(asked(view)[1].key)
    click(view, "Overview")
    click(view, "Hand in")
    assert view.submission == ""  # asked anew
    click(view, "Hand in")
    assert "2 of 8 answered. Handed in." in text(view)
    assert "Copy all of the code below" in spoken(view)


def test_the_overview_shows_every_question_and_how_it_stands(log: Log) -> None:
    view = ExerciseView(TEST, "mira-7", log=log)
    view.answer(asked(view)[2].key, 3)
    view.go(9)
    rows = [words(row) for row in page(view).iter("li") if row.get("id", "").startswith("row-")]
    assert [row.endswith("● answered") for row in rows] == [False, False, True, *[False] * 5]
    assert sum(row.endswith("open") for row in rows) == 7
    with pytest.raises(ValueError, match="There is no question 10"):
        view.go(10)


def test_titles_are_escaped(log: Log) -> None:
    view = ExerciseView(TEST, "mira-7", log=log)
    assert "Week <3>" in text(view)
    assert "Week &lt;3&gt;" in view.frame["html"]
    assert "Week \\<3\\>" in view.markdown()
    assert view.markdown().count("**Question ") == 8 == view.markdown().count(" of 8.**")


def test_the_file_of_a_teacher(tmp_path: Path) -> None:
    (tmp_path / "week.toml").write_text(TEXT.format("test"), encoding="utf-8")
    assert ExerciseView.of(tmp_path / "week.toml", "mira-7").exercise == TEST
