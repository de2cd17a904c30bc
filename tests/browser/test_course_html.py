"""The course as pages to read, in a real browser: from a folder, without JavaScript, narrow, dark and printed."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pypdf
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.lab import AXE, RUN_AXE
from tests.tools import course_html

#: Where the page has no place to scroll to, however narrow it is.
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
CUT = """() => [...document.querySelectorAll("main *")].filter(e => {
    const style = getComputedStyle(e);
    return style.overflowX === "hidden" && e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 1;
}).map(e => e.outerHTML.slice(0, 100))"""


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The pages of the course as they are in the site, built into a folder."""
    return course_html.build(tmp_path_factory.mktemp("course"), lab="../lab/index.html")


@contextmanager
def opened(browser: Browser, **options: Any) -> Iterator[Page]:
    """A window of its own, in which a page that asks for anything but a file is an error."""
    context = browser.new_context(**options)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: asked.append(message.text))
    yield page
    context.close()
    assert [url for url in asked if not url.startswith("file://")] == []


@pytest.mark.parametrize("width", [1280, 320])
def test_without_javascript_every_page_is_whole_and_fits(browser: Browser, course: list[Path], width: int) -> None:
    with opened(browser, java_script_enabled=False, viewport={"width": width, "height": 800}) as page:
        for path in course:
            page.goto(path.as_uri())
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            folded = page.locator("main details")
            for number in range(folded.count()):
                assert folded.nth(number).get_attribute("open") is None
            # evaluate() works from outside although the page itself may run nothing
            page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
            assert page.evaluate(OVERFLOW) <= 0, path.name
            assert page.evaluate(CUT) == [], path.name


def test_the_keyboard_skips_opens_an_answer_and_goes_on(browser: Browser, course: list[Path]) -> None:
    (first,) = (path for path in course if path.name.startswith("00"))
    with opened(browser, java_script_enabled=False) as page:
        page.goto(first.as_uri())
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the text")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_role("main")).to_be_focused()
        answer = page.locator("details", has_text="Question 1: answer and why").first
        answer.locator("summary").focus()
        page.keyboard.press("Enter")
        expect(answer.get_by_text("Source: RFC 5321")).to_be_visible()
        page.get_by_role("navigation", name="Before and next").get_by_role("link", name="The front desk").click()
        expect(page.get_by_role("heading", level=1, name="The front desk")).to_be_visible()


# All pages share one style: in the dark and where it is narrow, a few with every kind of output are enough.
@pytest.mark.parametrize(
    ("scheme", "width", "which"), [("light", 1280, "*"), ("dark", 1280, "0[25]*"), ("light", 320, "0[16]*")]
)
def test_axe_finds_nothing(browser: Browser, course: list[Path], scheme: Any, width: int, which: str) -> None:
    # axe is JavaScript, which the pages' own policy forbids
    options = {"color_scheme": scheme, "viewport": {"width": width, "height": 800}, "bypass_csp": True}
    with opened(browser, **options) as page:
        for path in (path for path in course if path.match(which)):
            page.goto(path.as_uri())
            page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
            page.add_script_tag(content=AXE.read_text(encoding="utf-8"))
            assert page.evaluate(RUN_AXE, "html") == [], path.name


def test_axe_would_find_a_pale_word(browser: Browser, course: list[Path]) -> None:
    with opened(browser, color_scheme="dark", bypass_csp=True) as page:
        page.goto(course[0].as_uri())
        page.add_style_tag(content="h1 { color: #444 }")
        page.add_script_tag(content=AXE.read_text(encoding="utf-8"))
        assert "color-contrast" in "".join(page.evaluate(RUN_AXE, "html"))


def test_it_prints_with_its_answers_and_without_its_navigation(browser: Browser, course: list[Path]) -> None:
    (first,) = (path for path in course if path.name.startswith("00"))
    with opened(browser, java_script_enabled=False, color_scheme="dark") as page:
        page.goto(first.as_uri())
        expect(page.get_by_role("link", name="Run this lesson in the browser")).to_be_visible()
        printed = pypdf.PdfReader(io.BytesIO(page.pdf(format="A4")))
    text = " ".join(" ".join(sheet.extract_text() for sheet in printed.pages).split())
    assert "A program gets a reply code that it does not know: 456." in text
    assert "Source: RFC 5321 sections 4.2 and 4.2.1" in text  # folded on the screen
    assert "(https://www.rfc-editor.org/rfc/rfc5321)" in text.replace(" ", "")  # paper has no links
    assert "On this page" not in text
    assert "Run this lesson" not in text
