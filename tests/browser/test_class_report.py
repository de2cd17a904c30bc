"""A class's report in a browser: its tables sort by mouse and keyboard, and it fits on a small screen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from smtplesson.classroom.report import ClassReport
from smtplesson.classroom.simulated import sample

REPORT = ClassReport.of(sample(30))


@pytest.fixture
def report(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    REPORT.save(tmp_path / "report.html")
    with closing(browser.new_page()) as page:
        page.goto((tmp_path / "report.html").as_uri())
        yield page


def test_a_column_sorts_by_its_numbers_with_the_keyboard(report: Page) -> None:
    marks = report.locator("details", has=report.get_by_role("heading", name="Marks", exact=True))
    marks.locator("summary").focus()
    report.keyboard.press("Enter")
    head = marks.get_by_role("columnheader", name="right")
    head.get_by_role("button").focus()
    for order, reverse in (("ascending", False), ("descending", True)):
        report.keyboard.press("Enter")
        assert head.get_attribute("aria-sort") == order
        shown = [float(text) for text in marks.locator("tbody data").evaluate_all("all => all.map(each => each.value)")]
        expected = sorted((round(mark.share or 0, 4) for mark in REPORT.marked.marks), reverse=reverse)
        assert shown == expected


@pytest.mark.parametrize("width", [320, 400, 1280])
def test_nothing_is_wider_than_the_screen(report: Page, width: int) -> None:
    report.set_viewport_size({"width": width, "height": 800})
    assert report.evaluate("document.documentElement.scrollWidth") <= width
