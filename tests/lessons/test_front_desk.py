"""The front desk: two views for those in a hurry, and ten minutes of the course for each of them."""

from __future__ import annotations

import re

import pytest

from tests.tools.instructors import taken
from tests.tools.lessons import LINK, Course, calls, headings, views

COURSE = Course.read()
DESK = COURSE.lessons["front-desk"]
ROWS = [
    [cell.strip() for cell in row.strip("| ").split("|")]
    for text in DESK.markdown
    for row in re.findall(r"^\|.+\|$", text, re.M)[2:]
]


def test_what_helps_at_once_comes_first() -> None:
    first = [cell for cell in DESK.cells if cell.kind == "code"]
    assert [name for cell in first for name, _ in views(cell)] == ["FieldGuideView", "WhatNow"]
    assert [call.args for cell in first for name, call in calls(cell) if name in ("FieldGuideView", "WhatNow")] == [
        [],
        [],
    ]


def test_there_is_something_for_everybody() -> None:
    assert {who for who, *_ in ROWS} == {"anybody", "helpdesk", "postmaster", "programmer"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[1][:40])
def test_its_ten_minutes_are_there_and_are_no_more_than_ten(row: list[str]) -> None:
    step = row[-1]
    lesson = COURSE.lessons[LINK.findall(step)[0][1].removesuffix(".ipynb")]
    there = {text for _, text in headings(lesson)}
    named = set(re.findall(r"\*([^*]+)\*", step))
    assert named - there == set()
    assert named or step.endswith("all of it")
    assert 2 <= taken(step, COURSE) <= 10.5
