"""Tables that wrap, scroll with the keyboard where a window is narrow, and are read out with their headers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from smtplesson import _html


class Table:
    """Rows to be shown: dictionaries with the same keys, or a pandas DataFrame without its index.

    >>> print(Table([{"code": 251, "class": "done"}], caption="One reply"))
    One reply
    code | class
    251 | done
    """

    def __init__(self, rows: Iterable[Mapping[str, object]] | Any, *, caption: str) -> None:
        records = rows.to_dict("records") if hasattr(rows, "to_dict") else list(rows)
        self.caption = caption
        self.headers = [
            str(header).replace("_", " ") for header in (rows.columns if hasattr(rows, "columns") else records[0])
        ]
        self.rows = [[str(value) for value in record.values()] for record in records]

    def __str__(self) -> str:
        rows = [" | ".join(row) for row in (self.headers, *self.rows)]
        return _html.visible_lines("\n".join([self.caption, *rows]))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Show the table as text, and as HTML in a region that the keyboard reaches, for it may scroll."""
        table = _html.table(self.headers, self.rows, caption=self.caption)
        region = f'role="region" tabindex="0" aria-label="{_html.escape(self.caption)}"'
        return {"text/plain": str(self), "text/html": f'<div {region} style="overflow-x:auto">{table}</div>'}
