"""The guide's answers as HTML."""

from __future__ import annotations

from smtplesson import markup
from smtplesson.guide.field_guide import RECIPIENT_COLUMNS, Explanation


def recipients(explanation: Explanation) -> str:
    """A table with a row for each recipient and their totals in its caption; empty where there are fewer than two."""
    table = explanation.table()
    caption = f"Recipients: {explanation.totals}"
    return markup.table(RECIPIENT_COLUMNS, table, caption=caption) if table else ""
