"""What all views share: a box of ordinary widgets, a readable twin, keys that stay inside, errors that show.

A view holds an object of the core and decides nothing; whatever a click does, a method does too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import ipywidgets

from smtplesson import markup
from smtplesson.protocol.replies import Reply
from smtplesson.widgets._keys import Keys

#: Characters of one line that a view draws; whole lines are in the session's own transcript.
_SHOWN = 300
_CODE = re.compile(r"`([^`]+)`")
_MONO = "font-family:var(--jp-code-font-family,monospace);white-space:pre-wrap;overflow-wrap:anywhere"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


class Live:
    """A piece of a view that a screen reader reads out by itself whenever it changes."""

    def __init__(self) -> None:
        self.widget: Any = ipywidgets.HTML()
        self._said = 0

    def say(self, markup: str) -> None:
        """Show `markup`, already escaped, and have it read out, even where the same was said before."""
        self._said += 1
        self.widget.value = f'<div role="alert" data-said="{self._said}">{markup}</div>'

    def show(self, markup: str) -> None:
        """Show `markup`, already escaped, without having it read out: it is not news."""
        self.widget.value = f"<div>{markup}</div>"

    def clear(self) -> None:
        """Say nothing any more."""
        self.widget.value = ""


class View:
    """A live view in a notebook cell: `box` is its widget, `title` its accessible name.

    Shown by a notebook it gives three forms: a short text, the Markdown twin that reads well before anything
    has run (`markdown()`), and the live widget.
    """

    def __init__(self, title: str, *, letters: str = "", takes_lines: bool = False) -> None:
        self.title = title
        self.keys = Keys(label=title, letters=letters, takes_lines=takes_lines)
        self._notice = Live()
        # One look for all buttons: of its own each would send the browser two more objects, and a lesson has a hundred.
        self._layout = button_layout()
        self._style: Any = ipywidgets.ButtonStyle()
        self.box: Any = ipywidgets.VBox()
        self.box.add_class("smtplesson-group")

    def markdown(self) -> str:
        """The twin: all that a reader needs before the cell has run, as Markdown."""
        raise NotImplementedError

    def _fill(self, *children: Any) -> None:
        self.box.children = (*children, self._notice.widget, self.keys)

    def _callback(self, action: Callable[..., object], *arguments: object) -> Callable[[object], None]:
        """Make a callback of `action` that shows an exception in the view: Jupyter would drop it unseen."""

        def call(_event: object) -> None:
            self._notice.clear()
            try:
                action(*arguments)
            except Exception as error:
                self._notice.say(sorry(error))

        return call

    def _button(
        self, text: str, action: Callable[..., object], *arguments: object, primary: bool = False, layout: Any = None
    ) -> Any:
        """A button that does `action(*arguments)`; its text wraps, and is its accessible name.

        All buttons of a view share one layout, but for one that is given its own.
        """
        button = ipywidgets.Button(
            description=markup.visible(text),
            button_style="primary" if primary else "",
            layout=layout or self._layout,
            style=self._style,
        )
        button.on_click(self._callback(action, *arguments))
        return button

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        live = {"version_major": 2, "version_minor": 0, "model_id": self.box.model_id}
        plain = f"{markup.visible(self.title)} (run this cell to use it)"
        return {"text/plain": plain, "text/markdown": self.markdown(), WIDGET_VIEW: live}


def button_layout(**more: str) -> Any:
    """The layout of a button whose text wraps, for those that are to differ from the others of their view."""
    return ipywidgets.Layout(width="auto", height="auto", **more)


def sorry(error: Exception) -> str:
    """Tell a learner what went wrong, with the exception's own words, and its name where they are no sentence."""
    text = str(error)
    rows = "<br>".join(map(markup.escape, text.split("\n")))
    name = "" if text.endswith((".", ")")) else f" <em>({markup.escape(type(error).__name__)})</em>"
    return f"<p><strong>That did not work.</strong> {rows}{name}</p>"


def prose(text: str) -> str:
    """Return `text` as HTML: what is between backticks as code, line breaks kept, all else literal."""
    return "<br>".join(
        _marked(row, lambda code: f"<code>{markup.escape(code)}</code>", markup.escape) for row in _rows(text)
    )


def prose_markdown(text: str) -> str:
    """Return `text` as Markdown: what is between backticks as code, line breaks kept, all else literal."""
    return "  \n".join(_marked(row, markup.code_span, markup.markdown) for row in _rows(text))


def _rows(text: str) -> list[str]:
    return text.strip().replace("\r\n", "\n").split("\n")


def _marked(row: str, code: Callable[[str], str], other: Callable[[str], str]) -> str:
    pieces = _CODE.split(row)
    return "".join(code(piece) if i % 2 else other(piece) for i, piece in enumerate(pieces) if piece)


def preformatted(text: str) -> str:
    """Return lines of a dialogue as HTML in a monospaced face."""
    return f'<div style="{_MONO};line-height:1.5">' + "<br>".join(map(markup.escape, text.split("\n"))) + "</div>"


def code_field(code: str, name: str) -> str:
    """Return a field to copy `code` from, in HTML: a browser selects all of it with one shortcut."""
    style = (
        "width:100%;box-sizing:border-box;resize:vertical;font-family:var(--jp-code-font-family,monospace);"
        "background:var(--jp-layout-color1,#fff);color:var(--jp-content-font-color1,#000)"
    )
    rows = min(max(code.count("\n") + 1, 3), 8)
    text = "\n".join(map(markup.escape, code.split("\n")))
    return f'<textarea readonly rows="{rows}" aria-label="{markup.escape(name)}" style="{style}">{text}</textarea>'


def shorten(line: str) -> str:
    """Return `line`, cut where it is too long to be drawn, with its length."""
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}... ({len(line):,} characters)"


def client_line(sent: Iterable[str]) -> str:
    """Return what the client sent, a line or the lines of a message, as HTML."""
    rows = "<br>".join(markup.escape(shorten(line)) or "&nbsp;" for line in sent)
    mark = f'<span aria-hidden="true">C: </span>{markup.unseen("client: ")}'
    return f'<div style="{_MONO};padding-left:.7em;border-left:4px solid transparent">{mark}{rows}</div>'


def server_reply(reply: Reply) -> str:
    """Return a reply as HTML: its lines, its class by sign and word, the reason with its section, the fault marked."""
    return markup.unseen("server: ") + reply._repr_mimebundle_()["text/html"]
