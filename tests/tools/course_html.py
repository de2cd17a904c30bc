"""The course as pages to read, without Python or JavaScript: `python -m tests.tools.course_html build [--out DIR]`.

One page for each notebook, made from what the notebook stores, one for each page of the instructors' guide, and an
index. A page loads nothing, so it works from a folder, from a stick or printed. The answers to all questions are
folded in it.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from smtplesson.markup import escape, stylesheet
from smtplesson.questions.course import notebooks
from tests.paths import ROOT
from tests.tools import page_answers, page_markup
from tests.tools.frozen import empty_log, frozen
from tests.tools.instructors import GUIDES
from tests.tools.lessons import FOLDER, VIEWS, Cell, Course, Lesson, calls, minutes, objectives
from tests.tools.page_markup import Page, preformatted, scrolling

STYLE = Path(__file__).with_name("page.css")
SITE = "Learn to read what a mail server answers"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
#: Notebooks that are for teachers.
FOR_TEACHERS = {"teacher"}
NOTE = (
    "This is the course to read: nothing on this page runs. Where it says “run this cell”, the same lesson in Jupyter "
    "answers you. Here the answers are folded below the questions."
)


class BuildError(Exception):
    """A page that cannot be made, and why."""


@dataclass(frozen=True)
class Entry:
    """A page of the course: `name` is its file's, without the ending."""

    name: str
    title: str
    lesson: Lesson | None = None
    text: str = ""  # of a page that is no notebook

    @property
    def label(self) -> str:
        """What a link to it says: the lesson's number and its title."""
        number = self.name[:2] if self.name[:2].isdigit() else ""
        return f"{number} {self.title}".strip()

    @property
    def source(self) -> str:
        """The name of the file that it is made from."""
        return f"{self.name}.{'ipynb' if self.lesson else 'md'}"


def entries(course: Course, guides: Sequence[Path]) -> list[Entry]:
    """All pages in the order of reading, as the plan of the course has it, then what is for teachers."""
    place = {notebook.file: number for number, notebook in enumerate(notebooks())}
    found = [Entry(name, lesson.title, lesson) for name, lesson in course.lessons.items()]
    found.sort(key=lambda entry: (entry.name in FOR_TEACHERS, place.get(entry.name, len(place))))
    return [*found, *map(_guide, guides)]


def _guide(path: Path) -> Entry:
    text = path.read_text(encoding="utf-8")
    title = re.search(r"^# +(.+)$", text, re.M)
    return Entry(path.stem, title[1] if title else path.stem, text=text)


def pages(folder: Path = FOLDER, guides: Sequence[Path] = GUIDES, lab: str = "") -> dict[str, str]:
    """The text of every file of the course by name. Raises BuildError, with the place, for what cannot be shown.

    `lab` is where JupyterLab's page lies, for a link to each lesson there.
    """
    known = entries(Course.read(folder), guides)
    found = {"index.html": _index(known)}
    with frozen():
        for entry in known:
            page = _page(known)
            if entry.lesson is None:
                parts = [page_markup.markdown(page)(entry.text)]
            else:
                parts = _cells(entry.lesson, folder / entry.source, page)
            found[f"{entry.name}.html"] = _whole(entry, known, page, "\n".join(parts), lab)
    return found


def build(out: Path, lab: str = "") -> list[Path]:
    """Write all pages into a folder; other files there are left alone. `lab`: see `pages`."""
    made = pages(lab=lab)
    out.mkdir(parents=True, exist_ok=True)
    for name, text in made.items():
        (out / name).write_text(text, encoding="utf-8", newline="\n")
    return [out / name for name in made]


# --- a notebook's cells -------------------------------------------------------------------------------------


def _page(known: Iterable[Entry], *, markup: bool = True) -> Page:
    files = {entry.source: f"{entry.name}.html" for entry in known}

    def link(url: str) -> str:
        target, mark, place = url.partition("#")
        if url.startswith("https://"):
            return url
        if mark and not target:
            return url.lower()  # a heading's id in JupyterLab keeps the capitals of its words
        if target not in files:
            raise ValueError(f"the link {url!r} leads to no page of the course")
        return files[target] + mark + place

    return Page(link, markup=markup)


def _cells(lesson: Lesson, path: Path, page: Page) -> list[str]:
    render = page_markup.markdown(page)
    literal = page_markup.markdown(Page(page._link, markup=False))
    empty_log()
    parts = []
    stored = nbformat.read(path, as_version=4).cells
    for number, (cell, raw) in enumerate(zip(lesson.cells, stored, strict=True), 1):
        try:
            if cell.kind == "markdown":
                parts.append(render(cell.text))
            else:
                parts.append(_code(cell, raw.outputs, number, literal))
        except (ValueError, SyntaxError) as error:
            raise BuildError(f"{path.name}: cell {number}: {error}") from error
    return parts


def _code(cell: Cell, outputs: Sequence[Any], number: int, literal: Any) -> str:
    """A code cell with what it shows; the code of a view is folded, since it only calls the view."""
    code = f'<pre class="wrapped"><code>{page_markup.escape_lines(cell.text)}</code></pre>'
    twins = "\n".join(output.get("data", {}).get("text/markdown", "") for output in outputs)
    is_view = bool(twins) and any(name.partition(".")[0] in {"QuizView", *VIEWS} for name, _ in calls(cell))
    said = [_output(output, literal) for output in outputs]
    if said:
        said = [f'<div class="output" role="group" aria-label="Output of cell {number}">', *said, "</div>"]
    shown = page_answers.folded("Code of this cell", code) if is_view else code
    parts = [f'<div class="code" role="group" aria-label="Code of cell {number}">{shown}</div>', *said]
    return "\n".join([*parts, page_answers.answers(cell, twins)])


def _output(output: Any, literal: Any) -> str:
    if output.output_type == "stream":
        return preformatted(output.text)
    if output.output_type == "error":
        return preformatted(f"{output.ename}: {output.evalue}")
    data = output.data
    twin = literal(page_answers.to_read(data.get("text/markdown", "")))
    if "text/html" not in data:
        return twin or preformatted(data["text/plain"])
    shown = page_markup.cleaned(data["text/html"])
    if "sl-drawn" in shown:
        shown = f'<div class="picture">{scrolling(shown, "Picture")}</div>'
    elif "<table" in shown and 'role="region"' not in shown:
        shown = scrolling(shown, "Table")
    words = twin and "sl-drawn" in shown and "<details" not in shown  # else it is words, or brings its own
    return shown + (page_answers.folded("In words", twin) if words else "")


# --- whole pages --------------------------------------------------------------------------------------------


def _whole(entry: Entry, known: list[Entry], page: Page, body: str, lab: str) -> str:
    below = [f'<li><a href="#{name}">{text}</a></li>' for level, name, text in page.headings if level == 2]
    contents = f'<nav aria-label="On this page">{page_answers.folded("On this page", _list("ul", below))}</nav>'
    place = known.index(entry)
    near = [("Before", known[place - 1])] if place else []
    near += [("Next", known[place + 1])] if place + 1 < len(known) else []
    links = [f'<li>{word}: <a href="{other.name}.html">{escape(other.label)}</a></li>' for word, other in near]
    footer = (
        f'<nav aria-label="Before and next">{_list("ul", links, "near")}</nav>\n{_about(f"notebooks/{entry.source}")}'
    )
    note = f'<p class="note">{escape(NOTE)}</p>' if entry.lesson else ""
    if entry.lesson and lab:
        kind = "lesson" if entry.lesson.is_lesson else "notebook"
        note += f'\n<p class="run"><a href="{lab}?path={entry.name}.ipynb">Run this {kind} in the browser</a></p>'
    return _document(f"{entry.label} - smtplesson", _lessons(known, entry) + contents, f"{note}\n{body}", footer)


def _index(known: list[Entry]) -> str:
    lessons = [entry for entry in known if entry.lesson and entry.lesson.is_lesson]
    later = [entry for entry in known if entry.name in ("review", "glossary")]
    teachers = [entry for entry in known if entry.name in FOR_TEACHERS or entry.lesson is None]
    hurry = [entry for entry in known if entry not in (*lessons, *later, *teachers)]
    sections = [
        ("The lessons", lessons),
        ("In a hurry", hurry),
        ("To come back to", later),
        ("For teachers", teachers),
    ]
    parts = [
        f"<h1>{escape(SITE)}</h1>",
        "<p>A mail server answers each line with three digits and some words. This course teaches to read them: "
        "above all 251 (<em>user not local; will forward</em>) against 553 (<em>mailbox name not allowed</em>), after "
        '<a href="https://www.rfc-editor.org/rfc/rfc5321">RFC 5321</a>.</p>',
        f'<p class="note">{escape(NOTE)}</p>',
    ]
    for heading, chosen in sections:
        rows = [_row(entry) for entry in chosen]
        parts += [f"<h2>{heading}</h2>", _list("ul", rows)]
    return _document(f"{SITE} - smtplesson", "", "\n".join(parts), _about("notebooks/"))


def _row(entry: Entry) -> str:
    found = minutes(entry.lesson) if entry.lesson else None
    time = f" ({found} minutes)" if found else ""
    can = [f"<li>{escape(objective)}</li>" for objective in objectives(entry.lesson)] if entry.lesson else []
    more = page_answers.folded(f"What you can do after {entry.name[:2]}", _list("ul", can)) if can else ""
    return f'<li><a href="{entry.name}.html">{escape(entry.label)}</a>{time}{more}</li>'


def _lessons(known: list[Entry], here: Entry) -> str:
    rows = [
        f'<li><a href="{entry.name}.html"{current}>{escape(entry.label)}</a></li>'
        for entry in known
        for current in [' aria-current="page"' if entry is here else ""]
    ]
    return f'<nav aria-label="All pages">{page_answers.folded("All pages", _list("ul", rows))}</nav>\n'


def _list(tag: str, rows: Sequence[str], kind: str = "") -> str:
    named = f' class="{kind}"' if kind else ""
    return f"<{tag}{named}>\n" + "\n".join(rows) + f"\n</{tag}>"


def _about(source: str) -> str:
    return f'<p class="about">smtplesson, made from {escape(source)}. Lessons: CC BY 4.0, code: MIT.</p>'


def _document(title: str, navigation: str, body: str, footer: str) -> str:
    home = f'<p><a href="index.html">{escape(SITE)}</a></p>' if navigation else ""
    return f"""<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{escape(title)}</title>
<link rel="icon" href="data:,">
<style>
{stylesheet()}{STYLE.read_text(encoding="utf-8")}</style>
</head>
<body>
<header>
<a class="skip" href="#main">Skip to the text</a>
{home}
{navigation}
</header>
<main id="main" tabindex="-1">
{body}
</main>
<footer>
{footer}
</footer>
</body>
</html>
"""


def main(arguments: list[str] | None = None) -> int:
    """Build; the exit code is 1 if a page cannot be made."""
    parser = argparse.ArgumentParser(prog="python -m tests.tools.course_html", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser("build", help="write the pages")
    command.add_argument("--out", type=Path, default=ROOT / "build" / "course", help="default: build/course")
    options = parser.parse_args(arguments)
    try:
        made = build(options.out)
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{len(made)} pages in {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
