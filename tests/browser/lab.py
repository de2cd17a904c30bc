"""JupyterLab in a real browser, for tests: what a learner sees, and the application's own state to wait for.

Nothing here sleeps. A test opens a notebook with the fixture `open_lab`, and finds things by role and name:

    def test_a_prediction(open_lab: OpenLab) -> None:
        lab = open_lab("05-251-or-553.ipynb", theme="dark", width=400)
        lab.run_all()
        lab.button("B. 251").focus()
        lab.page.keyboard.press("Enter")
        expect(lab.page.get_by_role("alert").first).to_contain_text("Correct")
        assert lab.axe() == []
        assert lab.console_errors() == []
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

import axe_playwright_python
from playwright.sync_api import ConsoleMessage, Locator, Page

Theme = Literal["light", "dark"]
OUTPUT = ".jp-OutputArea-output"
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")  # 4.4 judges no contrast in JupyterLab

# JupyterLab 4.6 throws this now and then while it opens any notebook, one that holds only `1+1` included.
LABS_OWN = "Failed to execute 'removeChild' on 'Node'"

# The panel under test; every script below begins with it.
PANEL = "const app = window.jupyterapp, panel = window.panelUnderTest;"

OPEN = """async ([path, theme]) => {
    const app = window.jupyterapp;
    await app.restored;
    if (document.body.dataset.jpThemeName !== theme)
        await app.commands.execute("apputils:change-theme", { theme });
    app.shell.collapseLeft();
    const panel = window.panelUnderTest = await app.commands.execute("docmanager:open", { path });
    await panel.revealed;
    await panel.context.ready;
    await panel.sessionContext.ready;
    await Promise.all(panel.content.widgets.map(cell => cell.ready));
}"""

# A promise that never comes true (a dialog that asks for a kernel) must fail the test, not hang it.
BOUNDED = """async ([script, argument, seconds]) => Promise.race([
    eval(script)(argument),
    new Promise((_, reject) => setTimeout(() => reject(new Error(
        `no answer in ${seconds} s; dialog: ${document.querySelector(".jp-Dialog")?.innerText ?? "none"}`
    )), seconds * 1000)),
])"""

# Stored outputs go by, and a widget's place is filled only after its cell is done.
SETTLED = f"""theme => {{ {PANEL}
    const places = [...panel.node.querySelectorAll('[data-mime-type$="widget-view+json"]')];
    return window.runUnderTest !== "busy"
        && panel.sessionContext.session?.kernel?.status === "idle"
        && document.body.dataset.jpThemeName === theme
        && places.every(place => place.childElementCount && !place.innerText.startsWith("Loading widget"));
}}"""

RUN_ALL = f"""() => {{ {PANEL}
    window.runUnderTest = "busy";
    void app.commands.execute("notebook:run-all-cells").finally(() => {{ window.runUnderTest = "done"; }});
}}"""

CELLS = f"""() => {{ {PANEL}
    return panel.content.widgets.map(cell => cell.model.toJSON());
}}"""

WHOLE_HEIGHT = f"""() => {{ {PANEL}
    const scroller = panel.node.querySelector(".jp-WindowedPanel-outer");
    return window.innerHeight - scroller.clientHeight + scroller.scrollHeight;
}}"""

RUN_AXE = """async selector => {
    const { violations } = await axe.run({ include: [selector] }, { resultTypes: ["violations"] });
    return violations.flatMap(v => v.nodes.map(n => `${v.id}: ${v.help}: ${n.html} (${n.failureSummary})`));
}"""


class OpenLab(Protocol):
    """The fixture: opens a notebook of `notebooks/`, or one that lies elsewhere, in a new browser window.

    The fixture `notebook` stays open for all tests of its module: each runs its cells anew, so that it has new views.
    """

    def __call__(self, notebook: str | Path, *, theme: Theme = "light", width: int = 1400) -> Lab: ...


@dataclass
class Lab:
    """One notebook open in JupyterLab, its kernel idle, in a window of its own."""

    page: Page
    theme: Theme = "light"
    timeout: float = 30_000  # ms
    _errors: list[str] = field(default_factory=list)

    def open(self, url: str, path: str) -> None:
        """Load JupyterLab afresh and open the notebook at `path` of its server."""
        self.listen()
        self.page.goto(f"{url}/lab?reset")
        self.show(path)

    def listen(self) -> None:
        """Note from now on what the page reports as an error."""
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self._errors.append(str(error)))

    def show(self, path: str) -> None:
        """Open the notebook at `path` in the JupyterLab that the page is loading."""
        self.page.wait_for_function("() => window.jupyterapp", timeout=self.timeout)
        self._wait_for(OPEN, [path, self._theme_name])
        self.settle()

    def look(self, theme: Theme, width: int) -> None:
        """Show what is open as it looks in this theme at this width, the window's other settings as in a new one."""
        self.theme = theme
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.emulate_media(reduced_motion="no-preference")
        self._errors.clear()

    def settle(self) -> None:
        """Wait until the kernel is idle and every widget that has been sent is drawn."""
        self.page.wait_for_function(SETTLED, arg=self._theme_name, timeout=self.timeout)

    def run_all(self) -> None:
        """Run all cells and wait for the end. A cell that raises, and is not meant to, is an error here."""
        self.page.evaluate(RUN_ALL)
        self.settle()
        for number, cell in enumerate(self.cells(), 1):
            failed = [o for o in cell.get("outputs", ()) if o["output_type"] == "error"]
            if failed and "raises-exception" not in cell["metadata"].get("tags", ()):
                raise AssertionError(f"cell {number} raised {failed[0]['ename']}: {failed[0]['evalue']}")

    def restart(self) -> None:
        """Restart the kernel, as a learner does who begins again; what is on the screen stays."""
        self._wait_for(f"async () => {{ {PANEL} await panel.sessionContext.restartKernel(); }}")
        self.settle()

    def shut_down(self) -> None:
        """End the kernel."""
        self._wait_for(f"async () => {{ {PANEL} await panel.sessionContext.shutdown(); }}")

    def cells(self) -> list[dict[str, Any]]:
        """The cells as the document holds them now (nbformat's JSON): to prove that no key has cut one."""
        cells: list[dict[str, Any]] = self.page.evaluate(CELLS)
        return cells

    def sources(self) -> list[str]:
        """The text of every cell."""
        return ["".join(cell["source"]) for cell in self.cells()]

    def cell(self, number: int) -> Locator:
        """The cell on the screen, counted from 1 as the notebook has them."""
        return self.page.locator(".jp-Notebook .jp-Cell").nth(number - 1)

    def button(self, name: str) -> Locator:
        """The first button in an output whose name begins so."""
        return self.page.locator(OUTPUT).get_by_role("button", name=name).first

    def scroll_to(self, text: str) -> Locator:
        """Bring the first place with this text on the screen."""
        place = self.page.locator(".jp-Notebook").get_by_text(text).first
        place.scroll_into_view_if_needed()
        return place

    def screenshot(self, path: Path | str, *, whole: bool = False) -> None:
        """What the window shows, or with `whole` the notebook from its first to its last cell."""
        size = self.page.viewport_size or {"width": 1400, "height": 900}
        if whole:
            height = min(self.page.evaluate(WHOLE_HEIGHT), 16_000)
            self.page.set_viewport_size({"width": size["width"], "height": height})
        self.page.screenshot(path=path)
        self.page.set_viewport_size(size)

    def overflows(self, parts: str, but: str = "input") -> list[str]:
        """The parts of the page, by a selector, whose content is wider than they are; none that is in a `but`."""
        wide: list[str] = self.page.locator(parts).evaluate_all(
            """(parts, but) => parts.filter((part) => part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 1
            && !part.closest(but)).map((part) => part.outerHTML.slice(0, 200))""",
            but,
        )
        return wide

    def axe(self, selector: str = OUTPUT) -> list[str]:
        """What axe-core finds against the outputs; empty is good. JupyterLab's own parts are not judged."""
        assert self.page.locator(selector).count(), f"nothing on the page is {selector}"
        # JupyterLab's body is 0 px high, and then the rule on contrast silently checks almost nothing
        self.page.add_style_tag(content="html, body { height: 100% !important }")
        self.page.add_script_tag(path=AXE)
        violations: list[str] = self.page.evaluate(RUN_AXE, selector)
        return violations

    def console_errors(self) -> list[str]:
        """What the browser's console has reported as an error so far, but for JupyterLab's own."""
        return [error for error in self._errors if LABS_OWN not in error]

    def _wait_for(self, script: str, argument: Any = None) -> None:
        self.page.evaluate(BOUNDED, [script, argument, self.timeout / 1000])

    @property
    def _theme_name(self) -> str:
        return {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}[self.theme]

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._errors.append(f"{message.text} ({message.location.get('url', '')})")
