"""Sections of a report as a page of HTML and as plain lines: one page to look at first, and the rest folded.

A bar stands in a cell of a table, under its number; a chart has its numbers as a table.
"""

from __future__ import annotations

import base64
import hashlib
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from smtplesson import markup
from smtplesson.classroom import charts, display
from smtplesson.classroom.charts import Chart
from smtplesson.markup import Child, Html, join, tag

#: Sorts a folded table by a column: each head becomes a button. Without scripts the tables stand as they are.
_SORT = """
const { compare } = new Intl.Collator(undefined, { numeric: true });
const value = (row, at) => row.cells[at].querySelector("data")?.value ?? row.cells[at].textContent.trim();
const before = (a, b) => (a !== "" && b !== "" && !isNaN(a) && !isNaN(b) ? a - b : compare(a, b));
for (const table of document.querySelectorAll(".sl-folded > .sl-scroll > table")) {
  const heads = [...table.tHead.rows[0].cells], body = table.tBodies[0];
  for (const [at, head] of body.rows.length > 1 ? heads.entries() : []) {
    const button = document.createElement("button");
    button.append(...head.childNodes);
    head.append(button);
    button.onclick = () => {
      const up = head.ariaSort !== "ascending";
      heads.forEach((each) => each.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const rows = [...body.rows].map((row) => [value(row, at), row]);
      rows.sort(([a], [b]) => (up ? before(a, b) : before(b, a)));
      body.append(...rows.map(([, row]) => row));
    };
  }
}
"""
_HASH = base64.b64encode(hashlib.sha256(_SORT.encode()).digest()).decode("ascii")
#: No other script can run, and nothing be fetched or sent, whatever a text on the page says.
_POLICY = (
    f"default-src 'none'; script-src 'sha256-{_HASH}'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)
_STYLE = """
.sl-whole { max-width: 70rem; margin: 0 auto; padding: 1rem; }
.sl-whole h1 { font-size: 1.5rem; line-height: 1.25; margin: .2em 0; }
.sl-whole h2 { font-size: 1.1rem; line-height: 1.3; margin: 0; }
.sl-whole .sl-now { grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); margin: 1rem 0; }
.sl-whole .sl-now > .sl-broad { grid-column: 1 / -1; }
.sl-whole .sl-now > .sl-tall { grid-row: span 2; }
.sl-whole .sl-folded { border-top: 1px solid var(--hair); padding: .5rem 0; }
.sl-whole .sl-folded > summary { color: var(--ink); }
.sl-whole .sl-folded > summary > h2 { display: inline; }
.sl-whole table { width: 100%; }
.sl-whole thead th { vertical-align: bottom; }
.sl-whole thead button { all: unset; cursor: pointer; font: inherit; }
.sl-whole thead button::after { content: " \\2195"; opacity: .6; }
.sl-whole [aria-sort=ascending] button::after { content: " \\2191"; opacity: 1; }
.sl-whole [aria-sort=descending] button::after { content: " \\2193"; opacity: 1; }
.sl-whole thead button:focus-visible { outline: 3px solid var(--more); outline-offset: 2px; }
.sl-whole tbody th { font-weight: normal; min-width: min(10rem, 22vw); max-width: 30rem; }
@media print {
  .sl-whole { max-width: none; padding: 0; font-size: 10pt; }
  .sl-whole .sl-scroll { overflow: visible; }
  thead { display: table-header-group; }
  tr, h2 { break-inside: avoid; }
  h2 { break-after: avoid; }
}
"""


@dataclass(frozen=True, slots=True)
class Bar:
    """A share, 0 to 1, that is drawn, and the words that say the same."""

    share: float
    text: str

    def __str__(self) -> str:
        return self.text


Cell = str | int | Bar


@dataclass(frozen=True)
class Section:
    """A title, sentences, a table if there are rows, and a chart; the first cell of a row heads it.

    It is `first` where it stands on the first page; `place` is a class: there it is wide, or tall.
    """

    title: str
    sentences: Sequence[str] = ()
    headers: Sequence[str] = ()
    rows: Sequence[Sequence[Cell]] = ()
    chart: Chart | None = None
    first: bool = False
    place: str | None = None


def page(title: str, headline: Sequence[str], sections: Sequence[Section]) -> str:
    """The sections as one HTML file: what is to be seen first, and the rest folded, each under its title."""
    first = [_section(section, number) for number, section in enumerate(sections, 1) if section.first]
    folded = [_folded(section, number) for number, section in enumerate(sections, 1) if not section.first]
    drawn = charts.can_draw() or not any(section.chart for section in sections)
    missing = None if drawn else tag("p", markup.prose(charts.MISSING), class_="sl-soft")
    return markup.page(
        title,
        tag("header", tag("h1", title), *(tag("p", line) for line in headline)),
        tag("main", missing, tag("div", *first, class_="sl-cols sl-now") if first else None, *folded),
        tag("script", Html(_SORT)),
        style=_STYLE,
        policy=_POLICY,
    )


def plain(title: str, headline: Sequence[str], sections: Iterable[Section]) -> str:
    """The same as lines of text: a row of a table is a line that begins with its first cell."""
    parts = ["\n".join(map(markup.visible, [title, *headline]))]
    for section in sections:
        chart = section.chart
        rows = [*map(str, section.sentences), *(_line(section.headers, row) for row in section.rows)]
        rows += [chart.said, *(_line(chart.headers, row) for row in chart.table)] if chart else []
        told = [textwrap.fill(markup.visible(row), 100, initial_indent="  ", subsequent_indent="    ") for row in rows]
        parts.append("\n".join([section.title, *told]))
    return "\n\n".join(parts)


def _line(headers: Sequence[str], row: Sequence[Cell]) -> str:
    first, *rest = row
    told = "; ".join(f"{header} {cell}" for header, cell in zip(headers[1:], rest, strict=True) if str(cell))
    return f"- {first}: {told}" if told else f"- {first}"


def _section(section: Section, number: int) -> Html:
    title = tag("h2", section.title, id=f"s{number}")
    return tag("section", title, _content(section), aria_labelledby=f"s{number}", class_=section.place)


def _folded(section: Section, number: int) -> Html:
    title = tag("summary", tag("h2", section.title, id=f"s{number}"))
    return tag("details", title, _content(section), class_="sl-folded")


def _content(section: Section) -> Html:
    said = [tag("p", sentence) for sentence in section.sentences]
    chart = display.chart(section.chart, alone=False) if section.chart else None
    return join(*said, _table(section) if section.rows else None, chart)


def _table(section: Section) -> Html:
    rows = [list(map(_cell, row)) for row in section.rows]
    return markup.scrolling(f"{section.title}: table", markup.table(section.headers, rows))


def _cell(cell: Cell) -> Child:
    if not isinstance(cell, Bar):
        return cell
    return join(tag("data", cell.text, value=f"{cell.share:.4f}"), markup.meter(cell.share))
