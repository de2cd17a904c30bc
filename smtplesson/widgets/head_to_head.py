"""Two reply codes head to head: what each means for those who have to act, and what tells them apart."""

from __future__ import annotations

from typing import Any

import ipywidgets

from smtplesson import markup
from smtplesson.guide import reply_codes
from smtplesson.guide.head_to_head import SideBySide, side_by_side
from smtplesson.protocol.codes import ReplyCode
from smtplesson.widgets._stack import stacked
from smtplesson.widgets._view import Live, View

_TITLE = "Two codes head to head"


class HeadToHead(View):
    """Set two codes side by side; `show("251", "553")` does what picking them does, `swap()` turns them round.

    Any three digits will do: a code that no RFC defines is read by its first digit.
    """

    def __init__(self, left: str | int = 251, right: str | int = 553) -> None:
        super().__init__(_TITLE, letters="S")
        self.pair: SideBySide = side_by_side(left, right)
        self._left, self._right = (_dropdown(name) for name in ("First code", "Second code"))
        self._choosing = False
        for pick in (self._left, self._right):
            pick.observe(self._callback(self._show_picked), names="value")
        self._spoken = Live()
        self._table: Any = ipywidgets.HTML()
        self._fill(
            ipywidgets.HTML(f"<p><strong>{_TITLE}</strong></p>"),
            ipywidgets.HBox([self._left, self._right, self._button("Swap the two", self.swap)]),
            self._spoken.widget,
            self._table,
        )
        self._draw()
        self._spoken.widget.value = _summary(self.pair)

    def show(self, left: str | int, right: str | int) -> None:
        """Compare two codes; CodeError, which says why, where one is not three digits."""
        self.pair = side_by_side(left, right)
        self._draw()
        self._spoken.say(_summary(self.pair))

    def swap(self) -> None:
        """Turn the two round."""
        self.show(self.pair.right, self.pair.left)

    def markdown(self) -> str:
        """The twin: what tells the two apart, and the table in full."""
        found = self.pair
        said = [f"**{found.left:03} or {found.right:03}?** {markup.markdown(found.difference)}"]
        said.append(f"*Source: {markup.markdown(found.source)}.*")
        if found.practice:
            said.append(f"In practice: {markup.markdown(found.practice)}")
        rows = [
            [f"{row.label} ({row.mark})", *(t.replace("\n", "; ") for t in (row.left, row.right))] for row in found.rows
        ]
        return "\n\n".join(
            [
                f"**{_TITLE}.** *Run this cell to compare any two.*",
                *said,
                markup.markdown_table(["what", f"{found.left:03}", f"{found.right:03}"], rows),
            ]
        )

    def _show_picked(self) -> None:
        if not self._choosing:
            self.show(self._left.value, self._right.value)

    def _draw(self) -> None:
        self._choosing = True
        try:
            for pick, code in ((self._left, self.pair.left), (self._right, self.pair.right)):
                known = {value for _, value in pick.options}
                if code not in known:
                    pick.options = _options({*known, code})
                pick.value = code
        finally:
            self._choosing = False
        self._table.value = _table(self.pair)


def _dropdown(name: str) -> Any:
    return ipywidgets.Dropdown(
        description=name,
        options=_options(set(reply_codes.codes())),
        style={"description_width": "initial"},
        layout=ipywidgets.Layout(width="auto", flex="0 1 18em"),
    )


def _options(codes: set[int]) -> list[tuple[str, int]]:
    return [(_option(code), code) for code in sorted(codes)]


def _option(code: int) -> str:
    known = ReplyCode.find(code)
    phrase = known.phrase if known else ""
    return f"{code:03} {phrase[:40]}".rstrip()


def _summary(found: SideBySide) -> str:
    practice = f" In practice: {markup.escape(found.practice)}" if found.practice else ""
    return (
        f"<p><strong>{found.left:03} or {found.right:03}?</strong> {markup.escape(found.difference)}"
        f"{practice} <em>({markup.escape(found.source)})</em></p>"
    )


def _table(found: SideBySide) -> str:
    """A row for each thing; a sign and a word say where the two differ."""
    return stacked(
        ["what", f"{found.left:03}", f"{found.right:03}"],
        [[row.label, row.left, row.right] for row in found.rows],
        caption=f"{found.left:03} and {found.right:03} side by side",
        marks=[row.mark for row in found.rows],
    )
