"""The plan of the course, and that what belongs to a lesson names one of it."""

from __future__ import annotations

from smtplesson.guide import glossary
from smtplesson.questions.bank import QuestionBank
from smtplesson.questions.course import find, notebooks
from smtplesson.questions.families import FAMILIES

BANK = QuestionBank.load()


LESSONS = [notebook for notebook in notebooks() if notebook.is_lesson]


def test_the_lessons_are_numbered_from_nought_and_the_front_desk_stands_behind_the_first() -> None:
    assert [lesson.file[:2] for lesson in LESSONS] == [f"{number:02}" for number in range(10)]
    assert [notebook.file for notebook in notebooks()][:2] == ["00-start-here", "front-desk"]


def test_a_lesson_has_minutes_objectives_and_what_it_is_about() -> None:
    for lesson in LESSONS:
        assert 10 <= lesson.minutes <= 45
        assert lesson.about
        assert 3 <= len(lesson.objectives) <= 5


def test_every_question_that_examines_an_objective_is_there() -> None:
    asked = {question.objective for question in BANK.values()} | {family.objective for family in FAMILIES.values()}
    examined = {name for each in notebooks() for objective in each.objectives for name in objective.examined}
    assert examined - asked == set()


def test_what_belongs_to_a_lesson_names_one_of_the_plan() -> None:
    named = {family.lesson for family in FAMILIES.values()}
    named |= {belief.lesson for belief in BANK.misconceptions.values()}
    named |= {entry.lesson for entry in glossary.Glossary.load().entries if entry.lesson}
    assert {name for name in named if not find(name)} == set()
