"""Sections of a report as a page of HTML and as plain lines; a bar stands in a cell of a table, under its number."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from smtplesson import markup
from smtplesson.markup import Child, Html, join, tag

#: No script can run, and nothing be fetched or sent, whatever a text on the page says.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_STYLE = """
.sl-whole { max-width: 70rem; margin: 0 auto; padding: 1rem; }
.sl-whole nav ul { padding-left: 1.2rem; }
.sl-whole table { width: 100%; }
.sl-whole tbody th { font-weight: normal; min-width: 10rem; max-width: 30rem; }
@media print {
  .sl-whole { max-width: none; padding: 0; font-size: 10pt; }
  .sl-whole nav { display: none; }
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
    """A title, sentences, and a table if there are rows; the first cell of a row heads it."""

    title: str
    sentences: Sequence[str] = ()
    headers: Sequence[str] = ()
    rows: Sequence[Sequence[Cell]] = ()


def page(title: str, headline: str, sections: Sequence[Section]) -> str:
    """The sections as one HTML file with a list of its parts."""
    links = [tag("li", tag("a", each.title, href=f"#s{number}")) for number, each in enumerate(sections, 1)]
    body = [_section(section, number) for number, section in enumerate(sections, 1)]
    return markup.page(
        title,
        tag("header", tag("h1", title), tag("p", headline)),
        tag("nav", tag("ul", *links), aria_label="Parts of this report"),
        tag("main", *body),
        style=_STYLE,
        policy=_POLICY,
    )


def plain(title: str, headline: str, sections: Iterable[Section]) -> str:
    """The same as lines of text: a row of a table is a line that begins with its first cell."""
    parts = ["\n".join([markup.visible(title), markup.visible(headline)])]
    for section in sections:
        rows = [*map(str, section.sentences), *(_line(section.headers, row) for row in section.rows)]
        told = [textwrap.fill(markup.visible(row), 100, initial_indent="  ", subsequent_indent="    ") for row in rows]
        parts.append("\n".join([section.title, *told]))
    return "\n\n".join(parts)


def _line(headers: Sequence[str], row: Sequence[Cell]) -> str:
    first, *rest = row
    told = "; ".join(f"{header} {cell}" for header, cell in zip(headers[1:], rest, strict=True) if str(cell))
    return f"- {first}: {told}" if told else f"- {first}"


def _section(section: Section, number: int) -> Html:
    said = [tag("p", sentence) for sentence in section.sentences]
    title = tag("h2", section.title, id=f"s{number}")
    table = _table(section) if section.rows else None
    return tag("section", title, *said, table, aria_labelledby=f"s{number}")


def _table(section: Section) -> Html:
    rows = [list(map(_cell, row)) for row in section.rows]
    return markup.scrolling(f"{section.title}: table", markup.table(section.headers, rows))


def _cell(cell: Cell) -> Child:
    return join(cell.text, markup.meter(cell.share)) if isinstance(cell, Bar) else cell
