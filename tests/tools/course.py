"""Write what comes from the plan of the course, `data/course.toml`: `python -m tests.tools.course`; `--check` compares.

That is README's table, the tables of the instructors' guide, and in each notebook its title, minutes and objectives
and the links to the lessons before and after it.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat

from smtplesson.questions.course import Notebook, find, notebooks
from tests.paths import ROOT
from tests.tools import instructors
from tests.tools.lessons import FOLDER, OPENING, Course

README = ROOT / "README.md"


def table(course: Course) -> Iterator[tuple[str, ...]]:
    """The rows of README's table: each notebook for learners, its minutes, and what it is about."""
    for notebook in notebooks():
        if notebook.about:
            link = f"[{notebook.label}](notebooks/{notebook.file}.ipynb)"
            yield link, str(notebook.minutes or ""), notebook.about


TABLES: instructors.Tables = {"course": (("lesson", "minutes", "what it is about"), table)}


def opening(text: str, notebook: Notebook) -> str:
    """A cell of the opening of a notebook as it is planned; what the plan does not know stays."""
    text = re.sub(r"\A# .*", lambda _: f"# {notebook.title}", text)
    if notebook.minutes:
        text = re.sub(r"(\*\*Time:\*\*) \d+ minutes", rf"\1 {notebook.minutes} minutes", text)
    if notebook.is_lesson:
        head = "**After this lesson you can**\n\n"
        text = re.sub(re.escape(head) + r"(?:\d+\. .*\n)*", lambda _: head + _objectives(notebook), text)
        before = _neighbour(notebook, -1)
        if before:
            text = re.sub(r"(\*\*Before:\*\*) \[[^\]]*\]\([^)]*\)", lambda m: f"{m[1]} {before.link}", text)
    return text


def closing(text: str, notebook: Notebook) -> str:
    """The last cell of a notebook as it is planned."""
    following = _neighbour(notebook, 1) if notebook.is_lesson else None
    if following is None:
        return text
    return re.sub(r"(\*\*Next:\*\*) \[[^\]]*\]\([^)]*\)", lambda m: f"{m[1]} {following.link}", text)


def _objectives(notebook: Notebook) -> str:
    lines = [f"{number}. {objective.text}" for number, objective in enumerate(notebook.objectives, 1)]
    ended = [line if line.endswith("?") else f"{line};" for line in lines[:-1]]
    return "\n".join([*ended, f"{lines[-1]}.\n"])


def _neighbour(notebook: Notebook, step: int) -> Notebook | None:
    lessons = [each for each in notebooks() if each.is_lesson]
    place = lessons.index(notebook) + step
    return lessons[place] if 0 <= place < len(lessons) else None


def written(path: Path) -> str:
    """What a file should hold."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        return instructors.written(text, Course.read(), TABLES if path == README else instructors.TABLES)
    planned = find(path.stem)
    page = nbformat.reads(text, as_version=4)
    if planned:
        for cell in page.cells[:OPENING]:
            if cell.cell_type == "markdown":
                cell.source = opening(cell.source, planned)
        page.cells[-1].source = closing(page.cells[-1].source, planned)
    return f"{nbformat.writes(page)}\n"


def files() -> tuple[Path, ...]:
    """All that is written from the plan, at least in part."""
    return (*sorted(FOLDER.glob("*.ipynb")), README, *instructors.GUIDES)


def main(arguments: list[str] | None = None) -> int:
    """Write all; with `--check` write nothing, and exit with 1 where something differs."""
    parser = argparse.ArgumentParser(prog="python -m tests.tools.course", description=__doc__)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args(arguments)
    differs = False
    for path in files():
        new = written(path)
        if new != path.read_text(encoding="utf-8"):
            differs = True
            print(f"{path.name}: {'differs' if options.check else 'written'}")
            if not options.check:
                path.write_text(new, encoding="utf-8", newline="\n")
    return int(options.check and differs)


if __name__ == "__main__":
    sys.exit(main())
