"""The address microscope: an address taken apart while it is typed, its fault, its repairs, what servers say."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import ipywidgets

from smtplesson import markup
from smtplesson.guide.anatomy import Anatomy, Part, dissect
from smtplesson.guide.repairs import MOST, Repair, repairs
from smtplesson.protocol.codes import reply_class
from smtplesson.protocol.replies import Reply
from smtplesson.server.profiles import PROFILES
from smtplesson.server.worlds import ServerReplies, ask_servers
from smtplesson.widgets._stack import stacked
from smtplesson.widgets._view import Live, View, button_layout, prose, prose_markdown, shorten

_TITLE = "Address microscope"
_HINT = "All below follows your typing. It is read out when you pause, or at once with Enter."
_SERVERS = (
    f"What {len(PROFILES)} servers say when they are given the address in angle brackets. `rfc` keeps to the standard; "
    "the others imitate real servers. All are at home in example.com, and know example.net and example.org."
)
_UNSENDABLE = "No server can be asked: a line break ends the command."
#: Characters that are drawn; an address has 254 at most.
_DRAWN = 300
_LISTED = 100
_ROW = (
    "font-family:var(--jp-code-font-family,monospace);font-size:1.3em;line-height:1.4;min-height:2.6em;"
    "white-space:pre-wrap;overflow-wrap:anywhere"
)
_ALL = "display:flex;flex-wrap:wrap;align-items:flex-start;margin:.4em 0"
_GROUP = "display:flex;flex-direction:column;max-width:100%;margin:0 .4em .3em 0"
_UNDER = "border-bottom:2px solid var(--jp-ui-font-color2,#616161);margin-right:1px"
_WRONG = "border-bottom:4px double var(--jp-error-color1,#c62828);font-weight:bold;margin-right:1px"
_MARK = "display:inline-block;vertical-align:top;background:none;color:inherit;font-weight:bold;text-align:center"
_BOXED = "display:block;outline:2px solid var(--jp-error-color1,#c62828);padding:0 .1em"
_CARET = '<span style="display:block;line-height:.9;padding-top:.2em">▲</span>'
Rows = list[dict[str, object]]


class Microscope(View):
    """Look at an address part by part; `show(address)` does what typing it does, `mend(1)` takes the first repair."""

    def __init__(self, address: str = "alice..smith@example.com") -> None:
        super().__init__(_TITLE, letters="123U")
        self.keys.pauses = True
        self.keys.on_msg(self._hear)
        self.address = ""
        self.anatomy: Anatomy = dissect("")
        self.repairs: tuple[Repair, ...] = ()
        self.replies: tuple[ServerReplies, ...] = ()
        self._before = ""
        self._field: Any = ipywidgets.Text(
            description="Address",
            placeholder="local-part@domain",
            continuous_update=True,
            style={"description_width": "initial"},
            layout=ipywidgets.Layout(width="auto"),
        )
        self._field.observe(self._callback(self._follow), names="value")
        self._spoken = Live()
        self._picture: Any = ipywidgets.HTML(layout=ipywidgets.Layout(min_height="5em"))
        self._words: Any = ipywidgets.HTML(layout=ipywidgets.Layout(min_height="3.7em"))
        self._mends = [self._button("", self.mend, number, layout=button_layout()) for number in range(1, MOST + 1)]
        self._undo = self._button("", self.undo, layout=button_layout())
        self._tables: Any = ipywidgets.HTML()
        self._fill(
            ipywidgets.HTML(f"<p><strong>{_TITLE}.</strong> {_HINT}</p>"),
            self._field,
            self._spoken.widget,
            self._picture,
            self._words,
            ipywidgets.VBox(
                [*self._mends, self._undo], layout=ipywidgets.Layout(min_height="8.5em")
            ),  # for three one-line buttons
            self._tables,
        )
        self._look_at(address)

    def show(self, address: str) -> None:
        """Look at another address, and have what is found read out."""
        self._before = ""
        self._look_at(address)
        self._speak()

    def mend(self, number: int) -> None:
        """Take a repair, counted from 1; `undo()` goes back. ValueError where there is none of that number."""
        if not 1 <= number <= len(self.repairs):
            raise ValueError(f"There is no repair {number} for this address; there are {len(self.repairs)}.")
        typed = self.address
        self._look_at(self.repairs[number - 1].address)
        self._before = typed
        self._offer()
        self._speak()
        self.keys.focus_on("Undo")

    def undo(self) -> None:
        """Go back to the address before the repair; ValueError where none has been taken."""
        if not self._before:
            raise ValueError("There is nothing to undo: no repair has been taken.")
        self.show(self._before)
        self.keys.focus_on("1")

    def markdown(self) -> str:
        """The twin: the address, its parts, limits and fault, the repairs, what the servers say."""
        anatomy = self.anatomy
        found = markup.fenced(str(anatomy.fault)) if anatomy.fault else markup.markdown(anatomy.verdict)
        tables = [
            markup.markdown_table(list(rows[0]), [list(row.values()) for row in rows]) for _, rows in self._tables_now()
        ]
        return "\n\n".join(
            [
                f"**{_TITLE}.** *Run this cell to type any address and see what becomes of it.*",
                markup.code_span(shorten(self.address)),
                found,
                *(["\n".join(f"- {markup.markdown(repair)}" for repair in self.repairs)] if self.repairs else []),
                tables[0],
                prose_markdown(self._about()),
                *tables[1:],
            ]
        )

    # --- what a change does ----------------------------------------------------------------------------

    def _follow(self) -> None:
        if self._field.value != self.address:
            self._before = ""
            self._look_at(self._field.value)

    def _hear(self, _widget: object, content: Any, _buffers: object) -> None:
        if isinstance(content, dict) and "paused" in content:
            self._callback(self._pause, str(content["paused"]))(None)

    def _pause(self, address: str) -> None:
        if address != self.address:
            self._before = ""
            self._look_at(address)
        self._speak()

    def _look_at(self, address: str) -> None:
        self.address = address
        self.anatomy = dissect(address)
        self.repairs = repairs(address)
        self.replies = ask_servers(address)
        self._field.value = address
        self._picture.value = _picture(self.anatomy)
        self._words.value = f"<p>{markup.escape(self.anatomy.verdict)}</p>"
        self._offer()
        tables = [
            stacked(list(rows[0]), [list(row.values()) for row in rows], caption=name)
            for name, rows in self._tables_now()
        ]
        self._tables.value = "".join([tables[0], f"<p>{prose(self._about())}</p>", *tables[1:]])

    def _offer(self) -> None:
        """Show a button for each repair, and one that goes back."""
        for number, button in enumerate(self._mends, 1):
            there = number <= len(self.repairs)
            button.layout.display = None if there else "none"
            button.description = shorten(markup.visible(f"{number}. {self.repairs[number - 1]}")) if there else ""
        self._undo.layout.display = None if self._before else "none"
        self._undo.description = shorten(markup.visible(f"Undo: {self._before}")) if self._before else ""

    def _speak(self) -> None:
        count = len(self.repairs)
        offer = {0: "", 1: " One repair is offered."}.get(count, f" {count} repairs are offered.")
        self._spoken.say(markup.unseen(markup.escape(f"{shorten(self.address)}: {self.anatomy.verdict}{offer}")))

    def _length_rows(self) -> Rows:
        return [
            {
                "length": length.name,
                "octets": f"{length.length:,} of {length.most}: {'✗' if length.excess else '✓'} {length.verdict}",
                "limit by": length.section,
            }
            for length in self.anatomy.lengths
        ]

    def _server_rows(self) -> Rows:
        return [
            {"server": v.server, "says to MAIL": _said(v.mail), "says to RCPT": _said(v.rcpt)} for v in self.replies
        ]

    def _part_rows(self) -> Rows:
        return [
            {
                "part": f"{'· ' * depth}{part.name}{' ✗ fault' if self.anatomy.is_wrong(part) else ''}",
                "as written": shorten(part.text),
                "octets": part.octets,
                "production": f"{part.production}, {part.section}" if part.production else "none",
            }
            for depth, part in islice(self.anatomy.walk(), _LISTED)
        ]

    def _tables_now(self) -> Iterator[tuple[str, Rows]]:
        """The tables that have rows, each with its caption; the one whose length varies is the last."""
        yield "Lengths beside their limits", self._length_rows()
        if self.replies:
            yield "What the servers say", self._server_rows()
        if self.anatomy.parts:
            count = sum(1 for _ in self.anatomy.walk())
            yield f"The {'parts' if count <= _LISTED else f'first {_LISTED} parts'}, one by one", self._part_rows()

    def _about(self) -> str:
        return _SERVERS if self.replies else _UNSENDABLE


def _said(reply: Reply) -> str:
    klass = reply_class(reply.code)
    return f"{klass.mark}: {str(reply).replace(chr(10), ' ')}"


def _picture(anatomy: Anatomy) -> str:
    """The address in its parts, each named below it, what is wrong marked and pointed at."""
    groups = "".join(_group(anatomy, part) for part in anatomy.parts if part.start < _DRAWN)
    if anatomy.fault is not None and anatomy.fault.span[0] >= len(anatomy.address):
        groups += f'<span style="{_GROUP}"><span style="{_ROW}">{_marked("")}</span></span>'
    more = "" if len(anatomy.address) <= _DRAWN else f"... ({len(anatomy.address):,} characters)"
    names = ", ".join(f"{part.name} {shorten(part.text)}" for part in anatomy.parts)
    where = f"; marked: {anatomy.fault.place}" if anatomy.fault else ""
    label = markup.escape(f"The address in its parts: {names or 'none'}{where}")
    return f'<div role="img" aria-label="{label}" style="{_ALL}">{groups}{more}</div>'


def _group(anatomy: Anatomy, part: Part) -> str:
    leaves = part.parts or (part,)
    drawn = "".join(_leaf(anatomy, leaf) for leaf in leaves if leaf.start < _DRAWN)
    name = f"{part.name}, {part.octets} octets" if part.parts else part.name
    return f'<span style="{_GROUP}"><span style="{_ROW}">{drawn}</span><small>{markup.escape(name)}</small></span>'


def _leaf(anatomy: Anatomy, leaf: Part) -> str:
    text, inside = leaf.text[: _DRAWN - leaf.start], markup.escape
    style = _WRONG if not leaf.production or anatomy.is_wrong(leaf) else _UNDER
    title = f"{leaf.name}: {leaf.production}, {leaf.section}" if leaf.production else leaf.name
    start, end = anatomy.fault.span if anatomy.fault else (0, 0)
    first, last = max(0, start - leaf.start), min(len(text), end - leaf.start)
    if first >= last:
        shown = inside(text)
    elif last - first > 3:  # a stretch, not a character: it must be able to wrap
        shown = f"{inside(text[:first])}<u>{inside(text[first:last])}</u>{inside(text[last:])}"
    else:
        shown = inside(text[:first]) + _marked(text[first:last]) + inside(text[last:])
    boxed = "margin-right:1px" if "<mark" in shown and len(text) == last - first else style
    return f'<span title="{inside(title)}" style="{boxed}">{shown}</span>'


def _marked(text: str) -> str:
    shown = markup.escape(text).replace(" ", "&nbsp;") or "&nbsp;"
    return f'<mark style="{_MARK}"><span style="{_BOXED}">{shown}</span>{_CARET}</mark>'
