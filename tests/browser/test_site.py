"""The site in a browser tab: lesson 05 by keyboard, the progress when it is loaded again, all lessons run through.

The site is built once, with Python inside, and the browser reaches nothing but this machine.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.lab import PANEL, Lab
from tests.paths import ROOT
from tests.tools import need
from tests.tools.site.build import build
from tests.tools.site.packages import UnavailableError
from tests.tools.site.serve import serving

START_OF_PYTHON = 240_000  # ms, on a busy machine; alone it takes ten seconds
CELL = 120_000  # ms
# Lesson 06 comes first: no other cell has loaded pandas then, and one of its own needs it without naming it.
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"), key=lambda path: (not path.name.startswith("06"), path))

# The kernel tells of itself when it has started, and JupyterLab writes that into the notebook.
DIRTY = f"""async () => {{ {PANEL}
    await panel.sessionContext.session.kernel.info;
    return panel.context.model.dirty;
}}"""
REFUSED_DATABASE = "IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError'); };"
REFUSED_STORAGE = """Object.defineProperty(window, "localStorage", {
    get() { throw new DOMException("no", "SecurityError"); }
});"""

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
    assert not page.evaluate(DIRTY)
    lab.run_all()
    code = [cell for cell in lab.cells() if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))

    # a dialogue, by keyboard alone
    told, keys = page.get_by_role("status"), page.keyboard
    lab.button("2 done").focus()
    keys.press("2")
    expect(lab.button("250 Requested mail action")).to_be_visible()
    lab.button("250 Requested mail action").focus()
    keys.press("Enter")
    expect(told.filter(has_text="Correct.").first).to_contain_text("The server says 250")
    # and a question
    question = page.get_by_role("group", name="Question 1 of").first
    question.get_by_role("radio").first.focus()
    keys.press("a")
    expect(question.get_by_role("radio").first).to_be_checked()
    keys.press("3")
    expect(told.filter(has_text=re.compile("Correct|Not yet")).nth(1)).to_be_attached()  # the first is the dialogue's

    page.goto(f"{site}/lab/index.html?path=review.ipynb")
    lab.show("review.ipynb")
    lab.run_all()
    page.get_by_text("Take your answers with you").click()
    page.get_by_role("button", name="Show my code").click()
    expect(page.get_by_role("group", name="Your progress")).to_contain_text("Your code holds 2 answers in")
    assert lab.console_errors() == []

    # a port is the one thing that is not to be had
    serve = "with transport.serve(worlds.load('foo')): pass"
    for attempt in (f"from smtplesson.server import transport, worlds\n{serve}", "%run -m smtplesson serve"):
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


def test_a_lesson_on_a_narrow_dark_screen_lasts_a_reload_and_back_leaves_it(site: str, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 400, "height": 700}, color_scheme="dark")
    page = context.new_page()
    page.goto(f"{site}/")
    page.get_by_role("link", name="05 251 or 553").click()
    here, lesson = re.compile(r"path=05-251-or-553\.ipynb$"), page.get_by_role("heading", name="251 or 553").first
    for again in (False, True):
        if again:
            page.reload()
        expect(lesson).to_be_visible(timeout=START_OF_PYTHON)
        expect(page).to_have_title("251 or 553 - smtplesson")
        expect(page).to_have_url(here)
        page.wait_for_function("() => document.querySelector('.jp-NotebookPanel').clientWidth >= 250")
        expect(page.locator("body")).to_have_attribute("data-jp-theme-name", "JupyterLab Dark")
    # a lesson that is opened from this one
    page.evaluate("jupyterapp.commands.execute('docmanager:open', { path: 'glossary.ipynb' })")
    expect(page).to_have_url(re.compile(r"path=glossary\.ipynb$"))
    expect(page).to_have_title("Glossary - smtplesson")
    page.go_back()
    expect(page).to_have_url(f"{site}/")
    page.goto(f"{site}/course/05-251-or-553.html")
    page.get_by_role("link", name="Run this lesson in the browser").click()
    expect(page).to_have_url(here)
    expect(lesson).to_be_visible(timeout=START_OF_PYTHON)
    context.close()


@pytest.mark.parametrize("where", ["", "lab/index.html?path=glossary.ipynb"])
def test_a_browser_that_keeps_nothing_is_told_that_the_lessons_cannot_start(site: str, page: Page, where: str) -> None:
    page.add_init_script(REFUSED_DATABASE + REFUSED_STORAGE)
    page.goto(f"{site}/{where}")
    told = page.get_by_role("alert")
    expect(told).to_contain_text("This browser keeps nothing for this site, and the lessons cannot start without that.")
    expect(told).not_to_contain_text("The lessons open and can be read")
    told.get_by_role("link", name="read the course without running anything").click()
    expect(page).to_have_url(f"{site}/course/index.html")


def test_a_browser_that_refuses_only_its_database_has_another_store(site: str, page: Page) -> None:
    page.add_init_script(REFUSED_DATABASE)
    page.goto(f"{site}/")
    expect(page.get_by_role("status")).to_contain_text("Python can be loaded")


@pytest.mark.parametrize("where", ["", "lab/index.html?path=glossary.ipynb"])
def test_a_page_says_so_when_python_cannot_be_had(site: str, page: Page, where: str) -> None:
    def refuse(route: Route) -> None:
        route.abort()

    page.route("**/pyodide.js", refuse)
    page.goto(f"{site}/{where}")
    told = page.locator("#python")
    expect(told).to_have_role("alert")
    expect(told).to_contain_text("Python cannot be loaded: this site's files cannot be reached.")
    expect(told).not_to_contain_text("127.0.0.1")  # nobody can allow what is here already
    told.get_by_role("link", name="read the course without running anything").click()
    expect(page).to_have_url(f"{site}/course/index.html")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
