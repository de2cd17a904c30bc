"""How a class looks: the bars of what was voted, and the charts with their numbers."""

from __future__ import annotations

from collections.abc import Sequence

from smtplesson import markup
from smtplesson.classroom import charts
from smtplesson.classroom.charts import Chart
from smtplesson.markup import Html, join, tag

FEW = 15  # rows of a table that is not folded where its chart is missing


def votes(caption: str, headers: Sequence[str], rows: Sequence[tuple[str, ...]], shares: Sequence[float]) -> Html:
    """A table whose last column draws the shares: a longer bar, and the number beside it."""
    drawn = [[*first, join(markup.meter(share), last)] for (*first, last), share in zip(rows, shares, strict=True)]
    return markup.table(headers, drawn, caption=caption)


def chart(shown: Chart, *, alone: bool = True) -> Html:
    """A chart with its sentence, and its numbers as a table: folded below the drawing, or open where there is none.

    Where it is not `alone`, a page has its title already, and says once what is missing.
    """
    title = tag("figcaption", tag("strong", shown.title)) if alone else None
    said = tag("p", markup.prose(shown.said))
    if not shown.rows:
        return tag("figure", title, said, class_="sl-chart")
    svg = shown.svg()
    drawn = None if svg is None else markup.scrolling(shown.title, svg)
    missing = tag("p", markup.prose(charts.MISSING), class_="sl-soft") if alone and svg is None else None
    table = markup.scrolling(f"{shown.title}: table", markup.table(shown.headers, shown.table))
    is_open = svg is None and len(shown.rows) <= FEW
    folded = tag("details", tag("summary", "The numbers as a table"), table, open=is_open)
    return tag("figure", title, said, drawn, missing, folded, class_="sl-chart")
