"""Sections of a report as a page of HTML and as plain lines; a bar stands in a cell of a table, under its number."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from smtplesson import markup

#: No script can run, and nothing be fetched or sent, whatever a text on the page says.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_STYLE = """
:root { color-scheme: light dark; --page: #fff; --ink: #111; --line: #767676; --bar: #1565c0; --soft: #f2f2f2 }
@media screen and (prefers-color-scheme: dark) {
  :root { --page: #121212; --ink: #eee; --line: #8c8c8c; --bar: #64b5f6; --soft: #2a2a2a }
}
html { background: var(--page); color: var(--ink) }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 70rem; margin: 0 auto; padding: 1rem }
a { color: var(--bar) }
nav ul { padding-left: 1.2rem }
.wide { overflow-x: auto }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .3rem .5rem; border-bottom: 1px solid var(--line) }
tbody th, tbody td { overflow-wrap: break-word }
thead th { background: var(--soft) }
tbody th { font-weight: normal; min-width: 10rem; max-width: 30rem }
.bar { height: .6rem; min-width: 8rem; border: 1px solid var(--line); margin-top: .2rem }
.bar div { height: 100%; background: var(--bar); print-color-adjust: exact; -webkit-print-color-adjust: exact }
@media print {
  :root { color-scheme: light }
  body { max-width: none; padding: 0; font-size: 10pt }
  nav { display: none }
  .wide { overflow: visible }
  thead { display: table-header-group }
  tr, h2 { break-inside: avoid }
  h2 { break-after: avoid }
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
    links = "".join(f'<li><a href="#s{n}">{markup.escape(s.title)}</a></li>' for n, s in enumerate(sections, 1))
    body = "\n".join(_section(section, number) for number, section in enumerate(sections, 1))
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{markup.escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<header><h1>{markup.escape(title)}</h1>\n<p>{markup.escape(headline)}</p></header>\n"
        f'<nav aria-label="Parts of this report"><ul>{links}</ul></nav>\n<main>\n{body}\n</main>\n</body>\n</html>\n'
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


def _section(section: Section, number: int) -> str:
    said = "".join(f"<p>{markup.escape(sentence)}</p>" for sentence in section.sentences)
    table = _table(section, number) if section.rows else ""
    title = f'<h2 id="s{number}">{markup.escape(section.title)}</h2>'
    return f'<section aria-labelledby="s{number}">{title}{said}{table}</section>'


def _table(section: Section, number: int) -> str:
    head = "".join(f'<th scope="col">{markup.escape(header)}</th>' for header in section.headers)
    rows = "\n".join(
        f'<tr><th scope="row">{markup.escape(first)}</th>{"".join(map(_cell, rest))}</tr>'
        for first, *rest in section.rows
    )
    return (
        f'<div class="wide" role="region" tabindex="0" aria-label="{markup.escape(section.title)}: table">'
        f'<table aria-labelledby="s{number}">\n<thead><tr>{head}</tr></thead>\n<tbody>{rows}</tbody></table></div>'
    )


def _cell(cell: Cell) -> str:
    if not isinstance(cell, Bar):
        return f"<td>{markup.escape(cell)}</td>"
    width = f"{min(max(cell.share, 0), 1):.1%}"
    return f'<td>{markup.escape(cell)}<div class="bar" aria-hidden="true"><div style="width:{width}"></div></div></td>'
