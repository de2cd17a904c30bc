"""What every lesson's file must be like. That its cells give what it shows, nbval checks beside this."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import nbformat
import pytest

from tests.paths import ROOT
from tests.tools import build

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
IGNORE_TAGS = 0  # how many cells nbval may be told to ignore
Cell = dict[str, Any]

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def cells(path: Path, kind: str = "") -> list[Cell]:
    found: list[Cell] = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in found if not kind or cell["cell_type"] == kind]


def source(cell: Cell) -> str:
    return "".join(cell["source"])


def prose(path: Path) -> str:
    """All Markdown, without code blocks and code spans."""
    text = "\n\n".join(source(cell) for cell in cells(path, "markdown"))
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^(```|~~~).*?^\1\s*$", "", text, flags=re.M | re.S))


def headings(path: Path) -> list[tuple[int, str]]:
    return [(len(marks), text) for marks, text in re.findall(r"^(#{1,6}) +(.+?)\s*$", prose(path), re.M)]


def anchors(path: Path) -> set[str]:
    """JupyterLab's anchor of a heading is its text with hyphens for spaces."""
    return {text.replace(" ", "-") for _, text in headings(path)}


def output_texts(path: Path) -> list[str]:
    """Everything that the outputs hold, text by text."""
    found = []
    for cell in cells(path, "code"):
        for output in cell["outputs"]:
            data = {
                **output.get("data", {}),
                "text": output.get("text", ""),
                "error": output.get("evalue", ""),
            }
            found += [value if isinstance(value, str) else "".join(value) for value in data.values()]
    return found


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS, "no notebooks"


@each_notebook
def test_it_is_valid_and_in_normal_form(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [c.get("id") for c in json.loads(text)["cells"]].count(None) == 0, "a cell has no id: build it"
    nbformat.validate(nbformat.reads(text, as_version=4))
    # ids unique, counts 1..n, no widget state or mime, no times, kernelspec python3: all of `build.normal`
    normal = build.dumps(build.normal(build.read(path)))
    assert (build.differences(path, text, normal) if text != normal else []) == [], "python -m tests.tools.build"


@each_notebook
def test_every_cell_has_something_to_say(path: Path) -> None:
    assert [n for n, cell in enumerate(cells(path), 1) if not source(cell).strip()] == []


@each_notebook
def test_its_outputs_are_kept(path: Path) -> None:
    # nbval compares nothing in a cell whose count is null, and little in a notebook without outputs
    assert [cell["execution_count"] for cell in cells(path, "code")] == list(range(1, len(cells(path, "code")) + 1))
    assert output_texts(path), "no cell shows anything"


@each_notebook
def test_nothing_is_ignored(path: Path) -> None:
    tags = [tag for cell in cells(path) for tag in cell["metadata"].get("tags", [])]
    assert len([tag for tag in tags if "nbval" in tag.lower()]) <= IGNORE_TAGS
    assert set(tags) <= {"raises-exception"}
    assert [n for n, cell in enumerate(cells(path), 1) if re.search("NBVAL_|PYTEST_VALIDATE", source(cell))] == []


@each_notebook
def test_one_title_and_headings_in_order(path: Path) -> None:
    levels = [level for level, _ in headings(path)]
    assert cells(path)[0]["cell_type"] == "markdown"
    assert source(cells(path)[0]).startswith("# ")
    assert levels.count(1) == 1
    assert [f"{a} -> {b}" for a, b in pairwise(levels) if b > a + 1] == []


@each_notebook
def test_its_code_can_be_read(path: Path) -> None:
    code = [source(cell) for cell in cells(path, "code")]
    assert [text for text in code if re.search(r"^\s*from .+ import \*", text, re.M)] == []
    assert [text for text in code if re.search(r"^\s*[%!]", text, re.M)] == [], "plain Python runs everywhere"


@each_notebook
def test_no_output_names_a_machine_or_a_run(path: Path) -> None:
    traces = {
        "a live object": r"VBox\(children=|HBox\(children=|<[\w.]+ object at 0x",
        "an address": r"0x[0-9a-f]{6,}",
        "a folder": r"(?<![\w/.])/(?:home|root|tmp|work|usr|opt|var|Users)/|[A-Z]:\\",
        "a port": r"(?:127\.0\.0\.1|localhost|\[::1\])[:, ]+\d{4,5}\b",
        "a warning": r"\bwarnings?\.warn\b|\w+Warning:",
    }
    text = "\n".join(output_texts(path) + [source(cell) for cell in cells(path)])
    assert {name: match[0] for name, trace in traces.items() if (match := re.search(trace, text))} == {}


@each_notebook
def test_every_picture_has_alternative_text(path: Path) -> None:
    text = prose(path)
    assert [target for alt, target in re.findall(r"!\[([^\]]*)\]\(([^)\s]+)", text) if not alt.strip()] == []
    assert [tag for tag in re.findall(r"<img\b[^>]*>", text) if not re.search(r"""alt=["'][^"']+""", tag)] == []
    svgs = [tag for output in output_texts(path) for tag in re.findall(r"<svg\b[^>]*>", output)]
    assert [tag for tag in svgs if "aria-label=" not in tag and "aria-hidden=" not in tag] == []


@each_notebook
def test_its_links_lead_somewhere(path: Path) -> None:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(path)):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = unquote(target).partition("#")
        other = path.parent / file if file else path
        lesson = other.suffix == ".ipynb"
        if not other.exists() or (lesson and anchor and anchor not in anchors(other)):
            broken.append(target)
    assert broken == []
