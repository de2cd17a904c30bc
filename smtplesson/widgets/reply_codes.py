"""The reply codes as a view: a map whose codes open, a field for any three digits, and each code in a live dialogue."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from smtplesson import markup
from smtplesson.guide import display, reply_codes
from smtplesson.markup import Html, join, tag
from smtplesson.protocol import display as protocol
from smtplesson.protocol.codes import CLASSES
from smtplesson.protocol.transcript import Exchange
from smtplesson.server.server import Server
from smtplesson.widgets.view import Fields, View, bar, button, field, form, submit

_TITLE = "Reply codes"


class ReplyCodesView(View):
    """Look up reply codes: digits, meaning, commands, what the client does, a dialogue that gives the code.

    `show("251")` does what pressing or typing the code does, and `code` is the one that is shown; `show_all(True)`
    adds to the map the codes that extensions alone have.
    """

    def __init__(self, code: int = 251) -> None:
        super().__init__(_TITLE)
        self.code = reply_codes.read_code(code)
        self.shows_all = self.code in _rare()
        self.update()

    def show(self, code: str | int) -> None:
        """Show `code`; CodeError, which says why, where it is not three digits."""
        self.code = reply_codes.read_code(code)
        self.update(say=reply_codes.headline(self.code))

    def show_all(self, wanted: bool) -> None:
        """Show all codes on the map, or only those of RFC 5321."""
        self.shows_all = wanted
        self.update(say=f"{len(self._listed)} codes.")

    def markdown(self) -> str:
        """The twin: the code that is shown first, in full, and the codes that can be looked up."""
        known = [f"{klass.label} {klass.word}: {_codes_of(digit)}" for digit, klass in CLASSES.items()]
        lines = [line for exchange in dialogue_of(self.code) for line in _as_lines(exchange)]
        return "\n\n".join(
            [
                f"**{_TITLE}**",
                "*Run this cell to look up any code:* press one on the map, or type three digits.",
                "\n".join(f"- {markup.markdown(row)}" for row in known),
                f"**{markup.markdown(reply_codes.headline(self.code))}**",
                "\n".join(f"- {markup.markdown(f'{label}: {text}')}" for label, text in reply_codes.facts(self.code)),
                *([markup.fenced("\n".join(lines))] if lines else []),
            ]
        )

    # --- what is pressed --------------------------------------------------------------------------------

    def do_show(self, code: str, fields: Fields) -> None:
        """Show the code that was pressed, or typed."""
        self.show(code or str(fields.get("code", "")))

    def do_all(self, _value: str, _fields: Fields) -> None:
        """Show all codes, or those of RFC 5321."""
        self.show_all(not self.shows_all)

    # --- how it looks -----------------------------------------------------------------------------------

    @property
    def _listed(self) -> tuple[int, ...]:
        return tuple(code for code in reply_codes.codes() if self.shows_all or code not in _rare())

    def html(self) -> Html:
        """The field, the map, and what is known of the code."""
        typed = field("Any three digits", "code", inputmode="numeric", maxlength=3)
        every = button(
            "Only those of RFC 5321" if self.shows_all else f"Show all {len(reply_codes.codes())}",
            "all",
            class_="sl-btn sl-plain sl-end",
            id="all",
        )
        codes = display.code_map(self._button, self._listed, "Codes by class and second digit: press one")
        return join(
            tag("h3", _TITLE),
            form("show", bar(typed, submit("Look it up", id="look"), every), id="f-show"),
            codes,
            tag("section", self._page(), class_=f"sl-after {protocol.tone(self.code)}", id="page"),
        )

    def _button(self, code: int) -> Html:
        now = "true" if code == self.code else None
        return button(f"{code}", "show", code, class_="sl-btn sl-digits", id=f"code-{code}", aria_current=now)

    def _page(self) -> Html:
        said = dialogue_of(self.code)
        rows = [
            protocol.exchange(
                each.sent, each.reply if each.reply.code == self.code else replace(each.reply, reason=None)
            )
            for each in said
            if each.reply is not None
        ]
        dialogue = (
            join(tag("h4", "A dialogue with it, from the simulated server"), protocol.talk(*rows)) if rows else None
        )
        return join(tag("h4", display.code_heading(self.code)), display.code_facts(self.code), dialogue)


def _rare() -> frozenset[int]:
    """The codes that no row of RFC 5321 has."""
    return frozenset(reply_codes.codes()) - {row.code for row in reply_codes.rows() if row.rfc == "RFC 5321"}


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


def _as_lines(exchange: Exchange) -> list[str]:
    said = [f"C: {line}" for line in exchange.sent]
    return said + [f"S: {row}" for row in str(exchange.reply).split("\n")]
