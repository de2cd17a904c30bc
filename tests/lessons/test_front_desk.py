"""The front desk: two views for those in a hurry, and ten minutes of the course for each of them."""

from __future__ import annotations

import re

import pytest

from tests.tools.instructors import taken
from tests.tools.lessons import LINK, Course, calls, headings, views

COURSE = Course.read()
DESK = COURSE.lessons["front-desk"]
TEXT = DESK.cells[-1].text
#: What stands behind each question: a link, and the headings to read there.
STEPS = re.findall(r"^- [^\[]+\? (\[.+)$", TEXT, re.M)


def test_what_helps_at_once_comes_first() -> None:
    first = [cell for cell in DESK.cells if cell.kind == "code"]
    assert [name for cell in first for name, _ in views(cell)] == ["FieldGuideView", "WhatNow"]
    assert not any(call.args for cell in first for name, call in calls(cell) if name in ("FieldGuideView", "WhatNow"))


def test_there_is_something_for_everybody() -> None:
    groups = re.findall(r"^\*\*(\w+)\*\*\n\n(- .+)", TEXT, re.M)
    assert [name for name, _ in groups] == ["Anybody", "Helpdesk", "Postmaster", "Programmer"]
    assert len(STEPS) == len(re.findall(r"^- ", TEXT, re.M)) > len(groups)


@pytest.mark.parametrize("step", STEPS)
def test_its_ten_minutes_are_there_and_are_no_more_than_ten(step: str) -> None:
    lesson = COURSE.lessons[LINK.findall(step)[0][1].removesuffix(".ipynb")]
    there = {text for _, text in headings(lesson)}
    named = set(re.findall(r"\*([^*]+)\*", step))
    assert named - there == set()
    assert named or step.endswith("all of it")
    assert 2 <= taken(step, COURSE) <= 10.5
