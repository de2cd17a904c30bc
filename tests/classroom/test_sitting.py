"""A learner's sitting of an exercise set, on the log alone: two windows, a crash, a set with another alphabet."""

from __future__ import annotations

from pathlib import Path

import pytest

from smtplesson.classroom.exercise_set import ExerciseSet
from smtplesson.classroom.marking import mark_class
from smtplesson.classroom.sitting import Sitting
from smtplesson.classroom.submissions import read_folder
from smtplesson.content import ContentError
from smtplesson.learner.log import Log
from smtplesson.questions.question import Question

TEXT = 'title = "Week 3"\nlessons = ["00-pretest"]\nmode = "{}"'
TEST = ExerciseSet.parse(TEXT.format("test"), "week.toml")
PRACTICE = ExerciseSet.parse(TEXT.format("practice"), "week.toml")


def sitting(exercise: ExerciseSet, folder: Path) -> Sitting:
    """As another program begins it: with a log of its own on the same folder."""
    return Sitting(exercise, "mira-7", Log(folder))


def wrong(question: Question) -> str:
    return next(letter for letter in question.letters if letter != question.key)


def marked(exercise: ExerciseSet, *, of: Sitting, into: Path) -> tuple[int, int]:
    into.mkdir(exist_ok=True)
    of.save(into)
    (mark,) = mark_class(read_folder(into), exercise=exercise).marks
    return mark.answered, mark.right


def test_a_test_is_handed_in_once_from_whichever_window(tmp_path: Path) -> None:
    one, other = sitting(TEST, tmp_path), sitting(TEST, tmp_path)
    first, second, *_ = one.quiz.questions
    one.quiz.answer(first.id, wrong(first))
    handed = one.hand_in()
    other.quiz.answer(first.id, first.key)
    other.quiz.answer(second.id, second.key)
    assert not other.is_over  # it cannot know yet
    assert other.hand_in() == handed
    assert other.is_over
    assert sitting(TEST, tmp_path).hand_in() == handed
    assert len(Log(tmp_path).attempts()) == 1
    assert marked(TEST, of=other, into=tmp_path / "in") == (1, 0)


def test_two_windows_of_a_test_make_one_submission(tmp_path: Path) -> None:
    one, other = sitting(TEST, tmp_path), sitting(TEST, tmp_path)
    first, second, *_ = one.quiz.questions
    one.quiz.answer(first.id, wrong(first))
    other.quiz.answer(second.id, second.key)
    other.quiz.answer(first.id, first.key)  # changed
    assert marked(TEST, of=one, into=tmp_path / "in") == (2, 2)


def test_the_first_answer_to_a_practice_set_counts_from_whichever_window(tmp_path: Path) -> None:
    one, other = sitting(PRACTICE, tmp_path), sitting(PRACTICE, tmp_path)
    first = one.quiz.questions[0]
    one.quiz.answer(first.id, wrong(first))
    other.quiz.answer(first.id, first.key)
    assert marked(PRACTICE, of=other, into=tmp_path / "in") == (1, 0)


def test_an_answer_that_is_too_long_is_none_and_no_free_try(tmp_path: Path) -> None:
    exercise = ExerciseSet.parse('title = "T"\nfamilies = ["code-for-rcpt"]\nnumber = 1', "t.toml")
    begun = sitting(exercise, tmp_path)
    (question,) = begun.quiz.questions
    with pytest.raises(ValueError, match=r"too long: 1,001 characters"):
        begun.quiz.answer(question.id, "2" * 1001)
    assert Log(tmp_path).attempts() == ()
    begun.quiz.answer(question.id, "2" * 1000)
    assert sitting(exercise, tmp_path).quiz.wrong == (question,)


def test_a_file_that_is_written_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = sitting(TEST, tmp_path)
    with pytest.raises(ValueError, match="no answer yet"):
        begun.save(tmp_path)
    question = begun.quiz.questions[0]
    begun.quiz.answer(question.id, question.key)
    file = begun.save(tmp_path)
    whole = file.read_bytes()

    def full(path: Path, *_: object, **__: object) -> int:
        path.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="No space left"):
        begun.save(tmp_path)
    assert file.read_bytes() == whole
    assert not list(tmp_path.glob("*.part"))


def test_a_set_whose_file_has_another_alphabet_names_itself() -> None:
    text = 'title = "T"\nquestions = ["pre-251"]'
    with pytest.raises(ContentError, match=r'неделя-1\.toml: is named with more than a to z.*name = "week-3"'):
        ExerciseSet.parse(text, "неделя-1.toml")
    assert ExerciseSet.parse(f'{text}\nname = "week-1"', "неделя-1.toml").name == "week-1"
