"""Two reply codes head to head: what each means for those who have to act, and what tells them apart."""

from __future__ import annotations

from textwrap import shorten
from typing import ClassVar

from smtplesson import markup
from smtplesson.dialogues import journey, picture
from smtplesson.guide import display, reply_codes
from smtplesson.guide.head_to_head import CONSEQUENCES, SideBySide, side_by_side
from smtplesson.markup import Html, join, tag
from smtplesson.protocol.codes import phrase
from smtplesson.widgets.view import Clicks, Fields, View, bar, button, select

#: The rows that are worth reading where nothing can be folded.
_READ = {"Meaning", *CONSEQUENCES, "Real servers say"}


class HeadToHead(View):
    """Set two codes side by side; `show("251", "553")` does what picking them does, `swap()` turns them round.

    Any three digits will do: a code that no RFC defines is read by its first digit.
    """

    clicks: ClassVar[Clicks] = {"swap": None}

    def __init__(self, left: str | int = 251, right: str | int = 553) -> None:
        super().__init__("Two codes head to head")
        self.pair: SideBySide = side_by_side(left, right)
        self._codes = {*reply_codes.codes(), self.pair.left, self.pair.right}
        self.update()

    def show(self, left: str | int, right: str | int) -> None:
        """Compare two codes; CodeError, which says why, where one is not three digits."""
        self.pair = found = side_by_side(left, right)
        self._codes |= {found.left, found.right}
        practice = f" In practice: {found.practice}" if found.practice else ""
        self.update(say=f"{found.left:03} or {found.right:03}? {found.difference}{practice}")

    def swap(self) -> None:
        """Turn the two round."""
        self.show(self.pair.right, self.pair.left)

    def markdown(self) -> str:
        """The twin: what tells the two apart, what follows from each, and what servers say; the view has the rest."""
        found = self.pair
        said = [f"**{found.left:03} or {found.right:03}?** {markup.markdown(found.difference)}"]
        said.append(f"*Source: {markup.markdown(found.source)}.*")
        if found.practice:
            said.append(f"In practice: {markup.markdown(found.practice)}")
        rows = [
            [f"{row.label} ({row.mark})", *(t.replace("\n", "; ") for t in (row.left, row.right))]
            for row in found.rows
            if row.label in _READ
        ]
        return "\n\n".join(
            [
                f"**{self.title}.** *Run this cell to compare any two.*",
                *said,
                markup.markdown_table(["what", f"{found.left:03}", f"{found.right:03}"], rows),
            ]
        )

    # --- what is pressed --------------------------------------------------------------------------------

    def do_pick(self, _value: str, fields: Fields) -> None:
        """Compare the two that are chosen now."""
        self.show(str(fields["first"]), str(fields["second"]))

    # --- how it looks -----------------------------------------------------------------------------------

    def html(self) -> Html:
        """The two lists with Swap, then what is found, with a picture where the kit can play the code."""
        options = {f"{code:03}": _option(code) for code in sorted(self._codes)}
        left, right = f"{self.pair.left:03}", f"{self.pair.right:03}"
        return join(
            tag(
                "div",
                select("First code", "first", options, left, "pick"),
                select("Second code", "second", options, right, "pick"),
                class_="sl-twins",
            ),
            bar(button("Swap the two", "swap", class_="sl-btn sl-plain", key="S", id="swap")),
            display.head_to_head(self.pair, (_journey(self.pair.left, "left"), _journey(self.pair.right, "right"))),
        )


def _journey(code: int, id: str) -> Html | None:
    """Where the message is after a RCPT that was answered so; nothing for what the kit's server never says to it."""
    moment = journey.at_rcpt(code)
    return picture.journey(moment, id=id) if moment else None


def _option(code: int) -> str:
    return f"{code:03} {shorten(phrase(code), 34, placeholder='…')}".rstrip()
