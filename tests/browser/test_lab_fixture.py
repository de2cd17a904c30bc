"""The browser fixtures themselves, on a small notebook made here: a defect of theirs is not a lesson's."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import written
from tests.browser.lab import OpenLab, Theme

VIEW = """\
import ipywidgets as w
from IPython.display import display
verdict = w.HTML()
button = w.Button(description="A. will forward")
button.on_click(lambda _: setattr(verdict, "value", '<div role="alert">Correct. 251</div>'))
display(w.VBox([button, verdict]))"""


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    v4 = nbformat.v4
    cells = [
        v4.new_markdown_cell("# Trial"),
        v4.new_code_cell(VIEW),
        v4.new_code_cell("1/0", metadata={"tags": ["raises-exception"]}),
        v4.new_code_cell("import os; print(os.environ['SMTPLESSON_TODAY'])"),
    ]
    return written(tmp_path / "trial.ipynb", cells)


def test_a_widget_answers_to_the_keyboard(open_lab: OpenLab, notebook: Path, tmp_path: Path) -> None:
    lab = open_lab(notebook)
    sources = lab.sources()
    lab.run_all()
    lab.button("A. will forward").focus()
    lab.page.keyboard.press("Enter")
    expect(lab.page.get_by_role("alert").last).to_have_text("Correct. 251")
    assert lab.sources() == sources
    assert lab.cells()[3]["outputs"][0]["text"] == "2026-01-05\n"
    assert lab.console_errors() == []
    lab.screenshot(tmp_path / "lab.png", whole=True)
    assert (tmp_path / "lab.png").stat().st_size > 5_000
    lab.restart()
    assert lab.sources() == sources


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_sees_poor_contrast_in_both_themes(open_lab: OpenLab, tmp_path: Path, theme: Theme) -> None:
    grey = {"light": "#bbb", "dark": "#444"}[theme]
    html = f"<p style='color:{grey}'>pale</p><p>as it is</p>"
    cell = nbformat.v4.new_code_cell(f"from IPython.display import HTML\nHTML({html!r})")
    lab = open_lab(written(tmp_path / "contrast.ipynb", [cell]), theme=theme, width=400)
    lab.run_all()
    (violation,) = lab.axe()
    assert violation.startswith("color-contrast:")
    assert "pale" in violation


def test_an_unexpected_exception_is_reported(open_lab: OpenLab, notebook: Path) -> None:
    notebook.write_text(notebook.read_text().replace("raises-exception", "other"))
    lab = open_lab(notebook)
    with pytest.raises(AssertionError, match="cell 3 raised ZeroDivisionError: division by zero"):
        lab.run_all()
