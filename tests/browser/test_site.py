"""The site in a browser tab: lesson 05 by keyboard, the progress after a reload, and all lessons run through.

The site is built once, with Python inside, and the browser reaches nothing but this machine.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.lab import PANEL, Lab
from tests.tools import need
from tests.tools.frozen import ROOT
from tests.tools.site.build import build
from tests.tools.site.packages import UnavailableError
from tests.tools.site.serve import serving

START_OF_PYTHON = 240_000  # ms, on a busy machine; alone it takes ten seconds
CELL = 120_000  # ms
# Lesson 06 comes first: no other cell has loaded pandas then, and one of its own needs it without naming it.
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"), key=lambda path: (not path.name.startswith("06"), path))

RUN = f"""async code => {{ {PANEL}
    const future = panel.sessionContext.session.kernel.requestExecute({{ code }});
    const said = [];
    future.onIOPub = ({{ content }}) => said.push(content.text ?? content.evalue ?? "");
    const late = new Promise(resolve => setTimeout(resolve, {CELL}, {{ content: {{ status: "still running" }} }}));
    const {{ content }} = await Promise.race([future.done, late]);
    return [content.status, said.join("")];
}}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the site, which lies in a folder of its host as it does where it is published."""
    folder = tmp_path_factory.mktemp("site")
    try:
        build(folder / "smtplesson", own_python=True)
    except UnavailableError as error:
        need.unavailable(f"the site's packages are not to be had: {error}")
    with serving(folder) as address:
        yield f"{address}/smtplesson"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    yield context.new_page()
    context.close()


def run(page: Page, code: str) -> tuple[str, str]:
    """Run code in the open lesson's kernel; how it ended, and what it said."""
    status, said = page.evaluate(RUN, code)
    return status, said


def test_a_lesson_from_the_start_page_to_progress_that_lasts(site: str, page: Page) -> None:
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site}/")
    expect(page.get_by_role("status")).to_contain_text("Python can be loaded")
    lab = Lab(page, timeout=START_OF_PYTHON)
    assert lab.axe("main") == []
    lab.listen()
    page.get_by_role("link", name="05 251 or 553").click()
    lab.show("05-251-or-553.ipynb")
    lab.run_all()
    code = [cell for cell in lab.cells() if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))

    # a dialogue, by keyboard alone
    alerts, keys = page.get_by_role("alert"), page.keyboard
    lab.button("2 done").focus()
    keys.press("2")
    expect(lab.button("250 Requested mail action")).to_be_visible()
    lab.button("250 Requested mail action").focus()
    keys.press("Enter")
    expect(alerts.filter(has_text="Correct.").first).to_contain_text("The server says 250")
    # and a question
    question = page.get_by_role("group", name="Question 1 of").first
    question.get_by_role("button").first.focus()
    keys.press("a")
    expect(question.get_by_role("alert")).to_contain_text("How sure are you?")
    keys.press("3")
    expect(question.get_by_role("alert")).to_contain_text("You were sure")

    page.reload()
    lab.show("review.ipynb")
    lab.run_all()
    page.get_by_role("button", name="Show my code").click()
    expect(page.get_by_role("group", name="Your progress")).to_contain_text("Your code holds 1 answer in")
    assert lab.console_errors() == []

    # a port is the one thing that is not to be had
    serve = "with transport.serve(worlds.load('foo')): pass"
    for attempt in (f"from smtplesson import transport, worlds\n{serve}", "%run -m smtplesson serve"):
        assert "A browser tab cannot listen on a port. Use transport.MemorySMTP" in run(page, attempt)[1]

    # and every lesson runs through, each in an empty namespace
    for path in LESSONS:
        assert run(page, "%reset -f")[0] == "ok"
        for number, cell in enumerate(json.loads(path.read_text(encoding="utf-8"))["cells"], 1):
            if cell["cell_type"] == "code":
                status, said = run(page, "".join(cell["source"]))
                may_fail = "raises-exception" in cell["metadata"].get("tags", ())
                assert status == "ok" or may_fail, f"{path.name}, cell {number}: {said}"
    assert {urlsplit(url).hostname for url in asked if not url.startswith(("blob:", "data:"))} == {"127.0.0.1"}


@pytest.mark.parametrize("where", ["", "lab/index.html?path=glossary.ipynb"])
def test_a_page_says_so_when_python_cannot_be_had(site: str, page: Page, where: str) -> None:
    def refuse(route: Route) -> None:
        route.abort()

    page.route("**/pyodide.js", refuse)
    page.goto(f"{site}/{where}")
    told = page.locator("#python")
    expect(told).to_have_role("alert")
    expect(told).to_contain_text("Python cannot be loaded: 127.0.0.1")
    expect(told).to_contain_text("cannot be reached")
    told.get_by_role("link", name="read the course without running anything").click()
    expect(page).to_have_url(f"{site}/course/index.html")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
