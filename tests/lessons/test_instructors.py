"""The instructors' guide agrees with the notebooks, the questions and the misconceptions."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from smtplesson.__main__ import main
from smtplesson.classroom.exercise_set import ExerciseSet, questions_for
from smtplesson.classroom.roster import Roster
from smtplesson.classroom.votes import AfterVote
from tests.tools import instructors
from tests.tools.instructors import ADVICE, GUIDE, GUIDES, LOOK_UP, TABLES, taken, written
from tests.tools.lessons import CODE, LINK, VIEWS, Cell, Course, Lesson, all_asked, bank, headings

COURSE = Course.read()
TEXT = GUIDE.read_text(encoding="utf-8")
TO_LOOK_UP = LOOK_UP.read_text(encoding="utf-8")
BY_HAND = re.sub(r"(<!-- table: \w+ -->\n).*?(?=<!-- end -->)", r"\1", TEXT, flags=re.S)
LONGEST = 5_000  # words; a guide that takes long to read is not read


def rows(text: str) -> list[list[str]]:
    """The cells of all tables of a text, without their headers."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if not line.startswith("| ---")]


def part(heading: str, text: str = TEXT) -> str:
    """What stands under a heading of the guide, up to the next one of its level or above."""
    below = text.partition(f"{heading}\n")[2]
    return re.split(rf"^#{{1,{len(heading.partition(' ')[0])}}} ", below, maxsplit=1, flags=re.M)[0]


def test_its_tables_are_those_of_the_notebooks_and_the_questions() -> None:
    assert [written(text, COURSE) == text for text in (TEXT, TO_LOOK_UP)] == [True, True], (
        "python -m tests.tools.instructors"
    )
    assert re.findall(r"<!-- table: (\w+) -->", TEXT + TO_LOOK_UP) == list(TABLES)


def test_every_misconception_is_there_once_with_its_lesson_and_what_to_say() -> None:
    found = {row[1].strip("`"): row for row in rows(part("## All misconceptions", TO_LOOK_UP))[1:]}
    assert set(found) == set(bank().misconceptions)
    for name, misconception in bank().misconceptions.items():
        assert found[name][0] == misconception.lesson[:2]
        assert misconception.source in found[name][3]


def test_what_to_listen_for_is_what_the_questions_of_the_lesson_bring_up() -> None:
    listened = rows(part("### What to listen for, and what to ask next"))[1:]
    asked = {
        lesson.name[:2]: {
            choice.misconception for quiz in all_asked(lesson) for q in quiz.questions for choice in q.choices
        }
        for lesson in COURSE.numbered
    }
    assert [(number, name) for number, name, _ in listened if name.strip("`") not in asked[number]] == []
    assert {number for number, *_ in listened} == {f"0{number}" for number in range(9)}


def test_every_link_leads_to_a_notebook_and_every_lesson_is_linked() -> None:
    targets = [target for _, target in LINK.findall(CODE.sub("code", TEXT + TO_LOOK_UP))]
    assert {path.name for path in GUIDES} <= set(targets)  # each page leads to the other
    assert [target for target in targets if not (GUIDE.parent / target).is_file()] == []
    assert {f"{lesson.name}.ipynb" for lesson in COURSE.numbered} <= set(targets)


@pytest.mark.parametrize(
    ("plan", "minutes"),
    [
        ("### 45 minutes: one dialogue, then 251 and 553", 45),
        ("### 90 minutes: from the first digit to 251 and 553", 90),
        ("### Half a day", 240),
    ],
)
def test_a_plan_takes_its_minutes_and_names_what_is_there(plan: str, minutes: int) -> None:
    steps = rows(part(plan))[1:]
    assert sum(int(time) for time, _ in steps) == minutes
    there = {text for lesson in COURSE.lessons.values() for _, text in headings(lesson)} | {"before"}
    assert [name for _, what in steps for name in re.findall(r"\*([^*]+)\*", what) if name not in there] == []
    assert "Lesson 00" in steps[0][1], "a class begins at 00"
    needed = [(time, taken(what, COURSE)) for time, what in steps]
    assert [f"{time} minutes for {least:.1f}" for time, least in needed if int(time) + 1 < least] == []


def test_what_a_step_of_a_plan_takes() -> None:
    cells = (
        Cell("markdown", f"# T\n\n## One\n\n{'word ' * 180}"),
        Cell("markdown", f"## Two\n\n{'word ' * 360}"),
        Cell("code", "QuizView.review(count=4)"),
    )
    course = Course({"05-x": Lesson("05-x", cells)})
    assert taken("Lesson 05: *Two*, then talk", course) == pytest.approx(6, abs=0.1)
    assert taken("Lesson 05: *One*, *Two*", course) == taken("Lesson 05; *Two* in pairs", course)
    assert taken("[Five](05-x.ipynb): *One*", course) == taken("Lesson 05: *One*", course)
    assert taken("[Five](05-x.ipynb), all of it", course) == taken("Lesson 05", course)
    assert taken("Break", course) == 0


def test_there_is_advice_for_every_view_and_exercise() -> None:
    assert set(ADVICE) == set(VIEWS) - {"GlossaryView", "ExerciseView"}  # no lesson has these


def code(language: str, holds: str) -> str:
    """The one block of code of the guide that holds a text."""
    (found,) = (block for block in re.findall(rf"```{language}\n(.*?)```", TEXT, re.S) if holds in block)
    return str(found)


def test_the_set_and_the_roster_of_the_guide_can_be_used() -> None:
    exercise = ExerciseSet.parse(code("toml", "title"), "week-3.toml")
    assert exercise.name == "week-3"
    roster = Roster.parse(code("csv", "id,name"))
    assert [len(questions_for(exercise, learner)) for learner in roster] == [10, 10]


#: The command that marks, and the table of its options.
REPORT = TEXT.partition("python -m smtplesson report handed-in")[2].partition("The CSV has")[0]


def test_the_question_of_one_s_own_in_the_guide_can_be_asked(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(code("toml", "lang ="), encoding="utf-8")
    (tmp_path / "week.toml").write_text('title = "W"\nbank = ["mine.toml"]\nlessons = ["mine"]\n', encoding="utf-8")
    (question,) = questions_for(ExerciseSet.load(tmp_path / "week.toml"), "owl-1")
    assert (question.id, question.lang, question.mark(question.key).feedback) == (
        "was-heisst-251",
        "de",
        "Die erste Ziffer ist 2.",
    )


def test_the_commands_of_the_guide_are_there(capsys: pytest.CaptureFixture[str]) -> None:
    named = re.findall(r"`(?:python -m smtplesson )?(\w+) [^`]*(--[a-z]+)[^`]*`", BY_HAND)
    assert {"answer", "export", "progress"} <= {command for command, _ in named}
    for command, option in [*named, *(("report", each) for each in re.findall(r"--[a-z]+(?:-[a-z]+)?", REPORT))]:
        with pytest.raises(SystemExit):
            main([command, "--help"])
        assert option in capsys.readouterr().out


def test_the_card_of_the_guide_says_what_the_guide_says() -> None:
    names: dict[str, Any] = {}
    exec(code("python", "Card.of"), names)
    assert names["first"].step is AfterVote.DISCUSS
    assert names["first"].right == 10


def test_the_hook_for_a_hub_gives_copies_and_overwrites_none(tmp_path: Path) -> None:
    text = code("python", "pre_spawn_hook").replace("/home", str(tmp_path))
    text = text.replace("/srv/smtplesson/notebooks", str(GUIDE.parent))  # last, for a checkout under /home
    names: dict[str, Any] = {"c": SimpleNamespace(Spawner=SimpleNamespace())}
    exec(text, names)
    learner = SimpleNamespace(user=SimpleNamespace(name="owl-1"))
    names["lay_out"](learner)
    copies = tmp_path / "owl-1" / "lessons"
    assert {path.name for path in copies.iterdir()} == {f"{name}.ipynb" for name in COURSE.lessons}
    (copies / "review.ipynb").write_text("mine")
    names["lay_out"](learner)
    assert (copies / "review.ipynb").read_text() == "mine"
    assert names["c"].Spawner.pre_spawn_hook is names["lay_out"]


def test_the_guide_is_short() -> None:
    assert len(TEXT.split()) <= LONGEST


def test_a_cell_of_a_table_is_what_was_written() -> None:
    cells = (
        Cell("markdown", "# T\n\n**Time:** 9 minutes."),
        Cell("markdown", "## Try\n\ntext"),
        Cell("code", 'Console(server)\nQuizView.of("05-recall", count=2)'),
        Cell("code", "QuizView.review(count=4)"),
    )
    course = Course({"05-251-or-553": Lesson("05-251-or-553", cells)})
    ((number, heading, what, minutes, expect),) = instructors.exercises(course)
    assert (number, heading, minutes) == ("05", "Try", "9")  # 3 for the console, 6 for six questions
    assert re.fullmatch(r"2 questions: [\w, -]+ / `Console` / 4 questions, those that are due", what)
    assert expect.endswith(f" / {ADVICE['Console']} / by the learner's own log")
    assert list(instructors.lessons(course)) == [("[05 251 or 553](05-251-or-553.ipynb)", "30", "9", "6")]


def test_a_table_that_is_stale_is_found_and_what_stands_around_it_stays() -> None:
    old = "before\n<!-- table: lessons -->\n| stale |\n<!-- end -->\nbehind"
    new = written(old, Course({}))
    headers = "| lesson | minutes stated | estimated | questions |\n| --- | --- | --- | --- |\n"
    assert new == f"before\n<!-- table: lessons -->\n{headers}<!-- end -->\nbehind"
