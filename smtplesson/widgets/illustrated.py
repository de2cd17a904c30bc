"""The illustrated dialogue: every line opens its tokens, every token its meaning, and what if it were different."""

from __future__ import annotations

from typing import Any

import ipywidgets

from smtplesson import markup
from smtplesson.dialogues import changes
from smtplesson.dialogues.illustrated import IllustratedLine, Token, illustrate, markdown
from smtplesson.dialogues.scenario import Scenario
from smtplesson.dialogues.what_if import Change, Difference, Replay, Response, replay
from smtplesson.widgets._view import Live, View, client_line, prose, prose_markdown, server_reply, shorten

#: Exchanges that are drawn of those that a change makes different.
_OTHERS = 4
_SIDES = {"C": "The client says", "S": "The server says"}
#: A token stands above what it is called; what is open is marked by a bar and underlined, not by colour alone.
_STYLE = """<style>
.smtplesson-group .smtplesson-lines { max-height: 27em; overflow: auto; flex: 1 1 19em; border: 1px solid
  var(--jp-border-color2, #ccc); padding: 2px; box-sizing: border-box; }
.smtplesson-group .smtplesson-page { flex: 1 1 19em; min-height: 27em; padding: 0 .5em; box-sizing: border-box; }
.smtplesson-group .smtplesson-lines .jupyter-button { font-family: var(--jp-code-font-family, monospace);
  width: auto; min-height: 1.8em; padding: .1em .5em; margin: 0; border: 0 solid transparent; background: transparent;
  border-left: 5px solid transparent; box-shadow: none; color: var(--jp-ui-font-color1, inherit); text-align: left; }
.smtplesson-group .jupyter-button.smtplesson-token { white-space: pre-line; text-align: center; line-height: 1.3;
  padding: .2em .5em; margin: 2px; border-bottom: 4px solid transparent; }
.smtplesson-group .jupyter-button.smtplesson-token::first-line { font-family: var(--jp-code-font-family, monospace);
  font-weight: bold; }
.smtplesson-group .jupyter-button.smtplesson-open { text-decoration: underline; }
.smtplesson-group .smtplesson-lines .smtplesson-open { border-left-color: var(--jp-brand-color1, #1976d2); }
.smtplesson-group .jupyter-button.smtplesson-token.smtplesson-open { border-bottom-color:
  var(--jp-brand-color1, #1976d2); }
.smtplesson-group .smtplesson-tokens { min-height: 3.4em; }
</style>"""


class Illustrated(View):
    """A scenario's dialogue, line by line: `line(5)`, `token(3)` and `what_if("domain-dots")` do what clicks do."""

    def __init__(self, scenario: Scenario) -> None:
        super().__init__(f"Illustrated dialogue: {scenario.title}", letters="NPB")
        self.scenario = scenario
        self.lines = illustrate(scenario.script)
        self._line: IllustratedLine | None = None
        self._token: Token | None = None
        self._changes: dict[str, Change] = {}
        width = len(str(len(self.lines)))
        self._line_buttons = [
            self._button(f"{line.number:{width}} {line.line}", self._open_line, line.number) for line in self.lines
        ]
        self._said = Live()
        self._token_row: Any = ipywidgets.HBox()
        self._token_row.add_class("smtplesson-tokens")
        self._meaning = Live()
        self._change_row: Any = ipywidgets.HBox()
        self._result = Live()
        dialogue = ipywidgets.VBox(self._line_buttons)
        dialogue.add_class("smtplesson-lines")
        ways = ipywidgets.HBox(
            [
                self._button("Next line", self.next),
                self._button("Previous line", self.previous),
                self._button("Back to the dialogue", self.back),
            ]
        )
        page = ipywidgets.VBox(
            [
                ways,
                self._said.widget,
                self._token_row,
                self._meaning.widget,
                self._change_row,
            ]
        )
        page.add_class("smtplesson-page")
        heading = f"<p><strong>{markup.escape(self.title)}</strong></p><p>{prose(scenario.point)}</p>{_STYLE}"
        self._fill(ipywidgets.HTML(heading), ipywidgets.HBox([dialogue, page]), self._result.widget)
        self._said.widget.value = "<p>Press a line to see what it is made of, or Next line to go through all.</p>"

    def line(self, number: int) -> IllustratedLine:
        """Open line `number`, counted from 1, and return it; ValueError where there is none."""
        if not 1 <= number <= len(self.lines):
            raise ValueError(f"There is no line {number}; the dialogue has lines 1 to {len(self.lines)}.")
        self._line = line = self.lines[number - 1]
        for each, button in zip(self.lines, self._line_buttons, strict=True):
            _mark(button, each is line)
        self._token_row.children = [self._token_button(n, piece) for n, piece in enumerate(line.all_tokens, 1)]
        self._forget_token()
        pieces = markup.unseen(f"{len(line.all_tokens)} pieces.")
        self._said.say(
            f"<p><strong>Line {number} of {len(self.lines)}.</strong> {_SIDES[line.line.speaker]}: "
            f"<code>{markup.escape(shorten(line.line.text)) or '(nothing)'}</code> {pieces}</p>"
        )
        return line

    def token(self, number: int) -> Token:
        """Open piece `number`, counted from 1, of the open line; the last is the line's end."""
        line = self._open()
        if not 1 <= number <= len(line.all_tokens):
            raise ValueError(f"There is no piece {number}; line {line.number} has 1 to {len(line.all_tokens)}.")
        self._forget_token()
        self._token = piece = line.all_tokens[number - 1]
        _mark(self._token_row.children[number - 1], True)
        self._changes = {change.id: change for change in changes.changes(self.scenario, line, number - 1)}
        self._change_row.children = [
            self._button(change.question, self.what_if, id_) for id_, change in self._changes.items()
        ]
        self._meaning.say(_meaning(piece))
        return piece

    def what_if(self, id: str) -> Replay:
        """Play the dialogue again with a change of the open piece, by its id; ValueError where there is none."""
        if id not in self._changes:
            known = ", ".join(self._changes) or "none: open a line and a piece first"
            raise ValueError(f"There is no change {id!r} here; there are {known}.")
        for (each, _), button in zip(self._changes.items(), self._change_row.children, strict=True):
            _mark(button, each == id)
        found = replay(self.scenario, self._changes[id])
        self._result.say(_result(found))
        return found

    def next(self) -> IllustratedLine:
        """Open the line after the open one, or the first."""
        return self.line(1 if self._line is None else min(self._line.number + 1, len(self.lines)))

    def previous(self) -> IllustratedLine:
        """Open the line before the open one, or the first."""
        return self.line(1 if self._line is None else max(self._line.number - 1, 1))

    def back(self) -> None:
        """Move the focus to the open line."""
        number = self._line.number if self._line else 1
        self.keys.focus_on(f"{number} ?[CS]:")

    def markdown(self) -> str:
        """The twin: the dialogue with numbered lines, and a footnote for each line."""
        return "\n\n".join(
            [
                f"**{markup.markdown(self.title)}**",
                prose_markdown(self.scenario.point),
                "*Run this cell to open each line, and to see what happens if a piece of it were different.* "
                "The pieces of each line, as they first occur:",
                markdown(self.scenario.script),
                f"Source of the dialogue: {prose_markdown(self.scenario.source)}",
            ]
        )

    def _open_line(self, number: int) -> None:
        self.line(number)
        first = self.lines[number - 1].all_tokens[0]
        self.keys.focus_on(rf"{_pattern(first.shown)}\s+{_pattern(first.gloss)}")

    def _open(self) -> IllustratedLine:
        if self._line is None:
            raise ValueError("Open a line first, such as line(1).")
        return self._line

    def _forget_token(self) -> None:
        self._token, self._changes = None, {}
        for button in self._token_row.children:
            _mark(button, False)
        self._meaning.clear()
        self._change_row.children = ()
        self._result.clear()

    def _token_button(self, number: int, piece: Token) -> Any:
        button = self._button("", self.token, number)
        button.description = f"{shorten(piece.shown)}\n{piece.gloss}"
        button.tooltip = piece.name
        button.add_class("smtplesson-token")
        return button


def _mark(button: Any, chosen: bool) -> None:
    (button.add_class if chosen else button.remove_class)("smtplesson-open")


def _pattern(text: str) -> str:
    """A pattern for exactly this text, as the browser's own expressions want it: only their signs are escaped."""
    return "".join(f"\\{sign}" if sign in r"^$\.*+?()[]{}|/" else sign for sign in text.strip())


def _meaning(piece: Token) -> str:
    rows = [
        f"<p><strong><code>{markup.escape(shorten(piece.shown))}</code>, {markup.escape(piece.gloss)}.</strong> "
        f"{markup.escape(piece.meaning)}</p>",
        f"<p>Rule: {markup.escape(piece.rule)} <em>({markup.escape(piece.source)})</em></p>",
    ]
    if piece.fault is not None:
        rows.append(f"<p><strong>A fault:</strong> {markup.escape(piece.fault.message)}</p>")
    return "".join(rows)


def _result(found: Replay) -> str:
    change = found.change
    rows = [f"<p><strong>{markup.escape(change.question)}</strong> {markup.escape(found.conclusion)}</p>"]
    rows.append(_pair(found.changed))
    rows.append(f"<p>Why: {markup.escape(change.why)} <em>({markup.escape(change.source)})</em></p>")
    if found.others:
        rows.append("<p><strong>Elsewhere in the dialogue:</strong></p>")
        rows += [_pair(difference) for difference in found.others[:_OTHERS]]
        if len(found.others) > _OTHERS:
            rows.append(f"<p>... and {len(found.others) - _OTHERS} more.</p>")
    return "".join(rows)


def _pair(difference: Difference) -> str:
    cells = [("Before", difference.before), ("Now", difference.after)]
    drawn = "".join(
        f'<div style="flex:1 1 15em;min-width:0"><em>{name}:</em>{_response(response, is_new=name == "Now")}</div>'
        for name, response in cells
    )
    return f'<div style="display:flex;flex-wrap:wrap;gap:0 1em;margin:.3em 0">{drawn}</div>'


def _response(response: Response | None, *, is_new: bool) -> str:
    if response is None:
        return "<p>Nothing is sent.</p>"
    rows = client_line(map(shorten, response.sent)) if response.sent else ""
    for reply in [*([response.reply] if response.reply else []), *response.more]:
        rows += server_reply(reply)
    return rows + (f"<p>{markup.escape(response.note)}</p>" if response.note and (is_new or not response.reply) else "")
