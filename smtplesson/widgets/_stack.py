"""Tables for views: where the window is narrow, each row becomes a small list (`smtplesson-stack` in keys.css)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from smtplesson import markup

_HEAD = "text-align:left;vertical-align:top"
_CELL = f"{_HEAD};overflow-wrap:anywhere"


def stacked(
    headers: Sequence[str], rows: Iterable[Sequence[object]], *, caption: str, marks: Iterable[str] = ()
) -> str:
    """Return an HTML table whose cells are escaped, and keep their lines; the first column heads each row.

    `marks` are words under the heads of the rows, one for each; where one begins with "=" its head is not bold.
    The roles are written out, since a browser forgets those of a table that is drawn as something else.

    >>> "<td role=\\"cell\\" data-head=\\"says\\"" in stacked(["server", "says"], [["qmail", "250"]], caption="Replies")
    True
    """
    heads = "".join(f'<th role="columnheader" scope="col" style="{_HEAD}">{markup.escape(h)}</th>' for h in headers)
    words = iter(marks)
    body = "".join(
        f'<tr role="row"><th role="rowheader" scope="row" style="{_weight(word := next(words, ""))}">'
        f"{_lines(first)}{_mark(word)}</th>"
        + "".join(
            f'<td role="cell" data-head="{markup.escape(head)}" style="{_CELL}">{_lines(cell)}</td>'
            for head, cell in zip(headers[1:], rest, strict=True)
        )
        + "</tr>"
        for first, *rest in rows
    )
    return (
        f'<table role="table" class="smtplesson-stack"><caption>{markup.escape(caption)}</caption>'
        f'<thead role="rowgroup"><tr role="row">{heads}</tr></thead><tbody role="rowgroup">{body}</tbody></table>'
    )


def _lines(cell: object) -> str:
    return "<br>".join(map(markup.escape, str(cell).split("\n")))


def _weight(mark: str) -> str:
    return f"{_HEAD};font-weight:{'normal' if mark.startswith('=') else 'bold'}"


def _mark(word: str) -> str:
    return f"<br><small>{markup.escape(word)}</small>" if word else ""
