"""The reply code explorer: type or pick a code, read what it says, and see it in a live dialogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import ipywidgets

from smtplesson import markup
from smtplesson.guide import reply_codes
from smtplesson.protocol.codes import CLASSES, ReplyCode
from smtplesson.protocol.transcript import Exchange
from smtplesson.server.server import Server
from smtplesson.widgets._view import Live, View, client_line, server_reply

_TITLE = "Reply code explorer"
_PICK = "choose one"
#: JupyterLab lays terms and their descriptions side by side, at fixed widths that break words in a narrow window.
_FULL = "float:none;width:auto"


class Explorer(View):
    """Look up reply codes: digits, meaning, commands, what the client does, a dialogue that gives the code.

    `show("251")` does what typing the code does, and `code` is the one that is shown first.
    """

    def __init__(self, code: int = 251) -> None:
        super().__init__(_TITLE, takes_lines=True)
        self._field: Any = ipywidgets.Text(
            description="Reply code",
            placeholder="three digits",
            style={"description_width": "initial"},
            layout=ipywidgets.Layout(width="auto", flex="0 1 14em"),
        )
        show = self._button("Show", self._show_field, primary=True)
        show.add_class("smtplesson-send")
        self.keys.on_msg(self._hear)
        self._pick: Any = ipywidgets.Dropdown(
            description="Or pick a known code",
            options=[(_PICK, 0), *((_option(code), code) for code in reply_codes.codes())],
            style={"description_width": "initial"},
            layout=ipywidgets.Layout(width="auto", flex="0 1 24em"),
        )
        self._pick.observe(self._callback(self._show_picked), names="value")
        self._page: Any = ipywidgets.HTML()
        self._spoken = Live()
        self._fill(
            ipywidgets.HTML(f"<p><strong>{_TITLE}</strong></p>"),
            ipywidgets.HBox([self._field, show, self._pick]),
            self._spoken.widget,
            self._page,
        )
        self.code = reply_codes.read_code(code)
        self._page.value = _page(self.code)
        self._spoken.widget.value = f"<p><strong>{markup.escape(reply_codes.headline(self.code))}</strong></p>"

    def show(self, code: str | int) -> None:
        """Show `code`; CodeError, which says why, where it is not three digits."""
        self.code = reply_codes.read_code(code)
        self._page.value = _page(self.code)
        self._spoken.say(f"<p><strong>{markup.escape(reply_codes.headline(self.code))}</strong></p>")

    def markdown(self) -> str:
        """The twin: the code that is shown first, in full, and the codes that can be looked up."""
        known = [f"{klass.label} {klass.word}: {_codes_of(digit)}" for digit, klass in CLASSES.items()]
        dialogue = dialogue_of(self.code)
        lines = [line for exchange in dialogue for line in _as_lines(exchange)]
        return "\n\n".join(
            [
                f"**{_TITLE}**",
                "*Run this cell to look up any code:* type three digits into the field “Reply code” and "
                "press Enter, or pick one of those that the RFCs list.",
                "\n".join(f"- {markup.markdown(row)}" for row in known),
                f"**{markup.markdown(reply_codes.headline(self.code))}**",
                "\n".join(f"- {markup.markdown(f'{label}: {text}')}" for label, text in reply_codes.facts(self.code)),
                *([markup.fenced("\n".join(lines))] if lines else []),
            ]
        )

    def _show_field(self) -> None:
        text, self._field.value = self._field.value, ""
        self.show(text)

    def _hear(self, _widget: object, content: Mapping[str, Any], _buffers: object) -> None:
        self._callback(self.show, str(content.get("lines", "")))(None)

    def _show_picked(self) -> None:
        if self._pick.value:
            self.show(self._pick.value)


def dialogue_of(code: int) -> tuple[Exchange, ...]:
    """Play the example of `code` on the simulated server; empty where it has none.

    >>> dialogue_of(251)[-1].reply.code
    251
    """
    example = reply_codes.examples().get(code)
    if example is None:
        return ()
    policy: dict[str, Any] = dict(example.policy)
    session = Server(**policy).connect()
    said = [((line,), session.send(line)) for line in example.lines]
    replies = [Exchange(sent, reply) for sent, reply in said if reply is not None]
    return (Exchange((), session.greeting), *replies)


def _codes_of(digit: int) -> str:
    return " ".join(str(code) for code in reply_codes.codes() if code // 100 == digit)


def _option(code: int) -> str:
    known = ReplyCode.find(code)
    phrase = known.phrase if known else ""
    return f"{code} {phrase[:40]}".rstrip()


def _as_lines(exchange: Exchange) -> list[str]:
    said = [f"C: {line}" for line in exchange.sent]
    return said + [f"S: {row}" for row in str(exchange.reply).split("\n")]


def _page(code: int) -> str:
    rows = "".join(
        f'<dt style="font-weight:bold;{_FULL}">{markup.escape(label)}</dt>'
        f'<dd style="margin:0 0 .3em 1em;{_FULL}">{markup.escape(text)}</dd>'
        for label, text in reply_codes.facts(code)
    )
    dialogue = "".join(
        (client_line(sent) if sent else "") + server_reply(reply if reply.code == code else replace(reply, reason=None))
        for sent, reply in ((exchange.sent, exchange.reply) for exchange in dialogue_of(code))
    )
    live = f"<p><strong>A dialogue with it, from the simulated server:</strong></p>{dialogue}" if dialogue else ""
    return f'<dl style="margin:0">{rows}</dl>{live}'
