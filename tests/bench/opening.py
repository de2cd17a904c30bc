"""From the start of JupyterLab's server to the first view that can be used, beside a notebook that holds `1+1`."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.bench.memory import LESSON
from tests.bench.notebooks import empty
from tests.bench.table import Missing, Row, in_turn
from tests.browser.conftest import CHROMIUM_OPTIONS, jupyter
from tests.browser.lab import OUTPUT, Lab

BROWSERS = (os.environ.get("CHROMIUM", "chromium"), "chromium-browser", "google-chrome")


def rows(seconds: float) -> list[Row]:
    """Lesson 05 until its first question can be answered, with the whole notebook run."""
    with chromium() as browser, tempfile.TemporaryDirectory() as folder:
        other = empty(Path(folder) / "empty.ipynb")
        ours = partial(taken, browser, LESSON, ".sl-opt")
        theirs = partial(taken, browser, other, ':text("2")')
        name = "JupyterLab's start to lesson 05 run"
        return in_turn(name, "s", ours, {"to a notebook with 1+1 run": theirs}, seconds)


def taken(browser: Browser, notebook: Path, sign: str) -> float:
    """Seconds from the start of a new server until every cell has run and `sign` is seen in an output."""
    with tempfile.TemporaryDirectory() as home:
        start = time.perf_counter()
        with jupyter("jupyterlab", Path(home)) as server:
            if not (server.root / notebook.name).exists():
                shutil.copy(notebook, server.root)
            context = browser.new_context(viewport={"width": 1400, "height": 900})
            lab = Lab(context.new_page())
            lab.open(server.url, notebook.name)
            lab.run_all()
            lab.page.locator(OUTPUT).locator(sign).first.wait_for()
            spent = time.perf_counter() - start
            lab.shut_down()
            context.close()
    return spent


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser that the tests use."""
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        raise Missing(f"none of these programs is installed: {', '.join(BROWSERS)}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()
