"""An exercise set answered in a terminal: what is asked, what is told, and what is handed in and marked."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from smtplesson.__main__ import main
from smtplesson.classroom.exercise_set import ExerciseSet, questions_for
from smtplesson.classroom.marking import mark_class
from smtplesson.classroom.sitting import Sitting
from smtplesson.classroom.submissions import read_folder, read_pasted
from smtplesson.learner.log import Log

TEXT = 'title = "Week 3"\nlessons = ["00-pretest"]\nfamilies = ["who-must-act"]\nnumber = 4\nseed = 5\nmode = "{}"'
Typed = Callable[[Iterator[str]], None]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for mode in ("test", "practice"):
        (tmp_path / f"{mode}.toml").write_text(TEXT.format(mode), encoding="utf-8")
    (tmp_path / "in").mkdir()
    monkeypatch.setenv("SMTPLESSON_HOME", str(tmp_path / "log"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Typed:
    """Types lines at the prompts, and then ends the input."""

    def take(lines: Iterator[str]) -> None:
        def read(_prompt: str = "") -> str:
            line = next(lines, None)
            if line is None:
                raise EOFError
            return line

        monkeypatch.setattr("builtins.input", read)

    return take


def answer(mode: str, *options: str) -> int:
    return main(["answer", f"{mode}.toml", "--learner", "Mira-7", *options])


def test_a_test_is_taken_handed_in_and_marked(folder: Path, typed: Typed, capsys: pytest.CaptureFixture[str]) -> None:
    exercise = ExerciseSet.load(folder / "test.toml")
    asked = questions_for(exercise, "mira-7")
    typed(iter([asked[0].key, *("A" if q.key != "A" else "B" for q in asked[1:3]), "s"]))
    assert answer("test", "-o", "in") == 0
    said, _, code = capsys.readouterr().out.partition("SL1:")
    for question in asked:
        assert question.prompt.split("\n")[0] in said
    for telling in ("Correct", "Not yet", "right,", "Worth remembering", "How sure"):
        assert telling not in said
    assert "3 of 4 answered." in said
    assert f"Written to {Path('in') / 'mira-7_test.json'}." in code
    for collected in (read_folder(folder / "in"), read_pasted(f"SL1:{code}")):
        (mark,) = mark_class(collected, exercise=exercise).marks
        assert (mark.learner, mark.asked, mark.answered, mark.right) == ("mira-7", 4, 3, 1)
    assert len(Log(folder / "log").attempts()) == 3


def test_a_test_is_taken_once(
    folder: Path, typed: Typed, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(iter("A"))
    assert answer("test") == 0
    before = (folder / "mira-7_test.json").read_bytes()
    typed(iter("B"))
    assert answer("test") == 0
    said = capsys.readouterr().out
    assert "was handed in before" in said
    assert said.count("Question 1 of 4") == 1
    assert (folder / "mira-7_test.json").read_bytes() == before
    monkeypatch.setenv("SMTPLESSON_HOME", str(folder / "another machine"))
    assert answer("test") == 2
    assert "mira-7_test.json is there already" in capsys.readouterr().err
    assert (folder / "mira-7_test.json").read_bytes() == before


def test_a_test_that_is_answered_but_not_handed_in_is_not_asked_again(
    folder: Path, typed: Typed, capsys: pytest.CaptureFixture[str]
) -> None:
    exercise = ExerciseSet.load(folder / "test.toml")
    sitting = Sitting(exercise, "mira-7", Log(folder / "log"))
    for question in sitting.quiz.questions:
        sitting.quiz.answer(question.id, question.key)
    typed(iter("AAAA"))
    assert answer("test") == 0
    assert "Question 1" not in capsys.readouterr().out
    (mark,) = mark_class(read_folder(folder), exercise=exercise).marks
    assert (mark.answered, mark.right) == (4, 4)


def test_a_full_disk_leaves_no_half_file_and_the_code_is_told(
    folder: Path, typed: Typed, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, text: str, **_: object) -> int:
        path.touch()
        raise OSError(errno.ENOSPC, "No space left on device")

    typed(iter("A"))
    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", full)
        assert answer("test") == 2
    said = capsys.readouterr()
    assert "SL1:" in said.out
    assert "No space left on device" in said.err
    assert not list(folder.glob("mira-7*"))
    assert answer("test") == 0
    assert (folder / "mira-7_test.json").stat().st_size > 0


def test_a_test_goes_on_where_the_terminal_was_closed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    exercise = ExerciseSet.load(folder / "test.toml")
    asked = questions_for(exercise, "mira-7")
    lines = iter([asked[0].key, asked[1].key])

    def read(_prompt: str = "") -> str:
        try:
            return next(lines)
        except StopIteration:
            raise SystemExit(129) from None  # the window is gone

    monkeypatch.setattr("builtins.input", read)
    with pytest.raises(SystemExit):
        answer("test")
    assert not list(folder.glob("*.json"))
    lines = iter([asked[2].key, asked[3].key])
    assert answer("test") == 0
    said = capsys.readouterr().out
    assert "2 of them you have answered before." in said
    assert said.count("Question 1 of 4") == 1
    (mark,) = mark_class(read_folder(folder), exercise=exercise).marks
    assert (mark.answered, mark.right) == (4, 4)


def test_what_was_handed_in_is_written_again(folder: Path, typed: Typed, capsys: pytest.CaptureFixture[str]) -> None:
    typed(iter("A"))
    assert answer("test") == 0
    first = (folder / "mira-7_test.json").read_bytes()
    (folder / "mira-7_test.json").unlink()
    typed(iter("BB"))
    assert answer("test") == 0
    assert "was handed in before" in capsys.readouterr().out
    assert (folder / "mira-7_test.json").read_bytes() == first


def test_practice_tells_and_the_log_has_each_answer(
    folder: Path, typed: Typed, capsys: pytest.CaptureFixture[str]
) -> None:
    first = questions_for(ExerciseSet.load(folder / "practice.toml"), "mira-7")[0]
    typed(iter([first.key, "3", "q"]))
    assert answer("practice") == 0
    said = capsys.readouterr().out
    assert "Correct" in said
    assert "1 right, 3 not answered." in said
    assert [str(attempt.confidence) for attempt in Log(folder / "log").attempts()] == ["sure"]
    (mark,) = mark_class(read_folder(folder), exercise=ExerciseSet.load(folder / "practice.toml")).marks
    assert (mark.answered, mark.right) == (1, 1)


def test_nothing_answered_is_nothing_handed_in(folder: Path, typed: Typed, capsys: pytest.CaptureFixture[str]) -> None:
    typed(iter(()))
    assert answer("test") == 2
    assert "Nothing was answered" in capsys.readouterr().err
    assert not list(folder.glob("*.json"))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["none.toml", "--learner", "a"], "none.toml: cannot be read"),
        (["test.toml", "--learner", "=1"], "'=1' is no id"),
        (["test.toml", "--learner", "a", "-o", "nowhere"], "There is no folder 'nowhere'."),
    ],
)
@pytest.mark.usefixtures("folder")
def test_what_makes_no_sense_is_told(arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["answer", *arguments]) == 2
    assert told in capsys.readouterr().err
