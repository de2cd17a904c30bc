"""The plan of the course, and that what belongs to a lesson names one of it."""

from __future__ import annotations

from smtplesson.guide import glossary
from smtplesson.questions.bank import QuestionBank
from smtplesson.questions.course import find, notebooks
from smtplesson.questions.families import FAMILIES

BANK = QuestionBank.load()


def test_the_lessons_come_first_and_are_numbered_from_nought() -> None:
    numbers = [notebook.file[:2] for notebook in notebooks() if notebook.is_lesson]
    assert numbers == [f"{number:02}" for number in range(10)]
    assert all(notebook.is_lesson for notebook in notebooks()[:10])


def test_a_lesson_has_minutes_objectives_and_what_it_is_about() -> None:
    for lesson in notebooks()[:10]:
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
