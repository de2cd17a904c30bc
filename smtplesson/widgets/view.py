"""What all views are: one widget, whose HTML the kernel renders from an object of the core.

A view decides nothing. Its `html()` shows the object; what is pressed or typed comes back as the name that the HTML
gave it (`data_do="check"`) and calls the method of this name that is listed in `clicks`, or `do_check`, which reads
the fields of the form; whatever a click does, a method does too. The browser's side, the same for all views, is
`view.js`; the look is `look.css`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import anywidget
import traitlets

from smtplesson import markup
from smtplesson.markup import Child, Html, join, kept, lines, tag

Fields = Mapping[str, Any]
#: What was pressed, with its value and the fields of its form.
Action = Callable[[str, Fields], object]
#: The names of methods that a click may call, and what makes their argument of the click's value; None: no argument.
Clicks = Mapping[str, Callable[[str], object] | None]


class View(anywidget.AnyWidget):
    """A live view in a notebook cell; `title` is its accessible name.

    Shown by a notebook it gives three forms: a short text, the Markdown twin that reads well before anything has run
    (`markdown()`), and the live widget.
    """

    _esm = (Path(__file__).parent / "view.js").read_text(encoding="utf-8")
    _css = markup.stylesheet()
    clicks: ClassVar[Clicks] = {}
    title = traitlets.Unicode().tag(sync=True)
    frame = traitlets.Dict().tag(sync=True)

    def __init__(self, title: str) -> None:
        super().__init__(title=markup.visible(title))
        self._number = 0
        self._answers: dict[str, Any] | None = None
        self._notice = ""
        self.on_msg(self._hear)

    def html(self) -> Html:
        """All that is shown now."""
        raise NotImplementedError

    def markdown(self) -> str:
        """The twin: all that a reader needs before the cell has run, as Markdown."""
        raise NotImplementedError

    def update(self, say: str = "", focus: str = "") -> None:
        """Show the view anew; a screen reader reads out `say`, and the focus goes to the element with the id `focus`.

        The focus moves only in the copy of the view in which something was pressed.
        """
        self._number += 1
        notice = tag("div", lines(self._notice), class_="sl-notice") if self._notice else None
        self.frame = {
            "number": self._number,
            "html": join(self.html(), notice),
            "say": markup.visible(" ".join(filter(None, [self._notice, say]))),
            "focus": focus,
            "answers": self._answers,
        }

    def _action(self, do: str) -> Action | None:
        if do not in self.clicks:
            return getattr(self, f"do_{do}", None)
        method, read = getattr(self, do), self.clicks[do]
        return lambda value, _fields: method(read(value)) if read else method()

    def _hear(self, _widget: object, content: Mapping[str, Any], _buffers: object) -> None:
        """Do what was pressed or typed; an exception is shown in the view: Jupyter would drop it unseen."""
        action = self._action(str(content.get("do")))
        if action is None:
            return
        before, self._notice = self._number, ""
        self._answers = {"copy": str(content.get("copy")), "number": content.get("number")}
        try:
            action(_text(content.get("value", "")), _fields(content.get("fields")))
        except Exception as error:
            self._notice = sorry(error)
            self.update()
        else:
            if self._number == before:
                self.update()
        finally:
            self._answers, self._notice = None, ""

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        twin = {"text/plain": f"{self.title} (run this cell to use it)", "text/markdown": self.markdown()}
        return {**data, **twin}, metadata


def sorry(error: Exception) -> str:
    """Tell a learner what went wrong, with the exception's own words, and its name where they are no sentence."""
    text = str(error)
    name = "" if text.endswith((".", ")")) else f" ({type(error).__name__})"
    return f"That did not work. {text}{name}"


def _text(value: object) -> str:
    """A text from the browser, which may send half of a surrogate pair: that is no text."""
    return str(value).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _fields(found: object) -> Fields:
    if not isinstance(found, Mapping):
        return {}
    return {str(name): [*map(_text, v)] if isinstance(v, list) else _text(v) for name, v in found.items()}


# --- pieces that the views share ----------------------------------------------------------------------------


def button(
    text: Child, do: str, value: object = "", *, main: bool = False, key: str = "", id: str = "", **attributes: Any
) -> Html:
    """A button that does `do` with `value`; the key `key` presses it too."""
    classes = attributes.pop("class_", "sl-btn sl-main" if main else "sl-btn")
    return tag(
        "button",
        text,
        type="button",
        class_=classes,
        data_do=do,
        data_value=str(value) if value != "" else None,
        data_key=key or None,
        id=id or None,
        **attributes,
    )


def card(letter: str, text: Child, do: str, value: object, *, tone: str = "", **attributes: Any) -> Html:
    """A choice that is made by pressing it, as a card; `tone` is the CSS class of its colour."""
    shown = join(tag("span", letter, class_="sl-letter"), tag("span", text))
    return button(
        shown, do, value, class_=" ".join(filter(None, ["sl-opt", tone and f"sl-toned {tone}"])), **attributes
    )


def latest(dialogue: Html) -> Html:
    """A dialogue that grows: it keeps its place, shows its end, and scrolls back."""
    return tag("div", dialogue, class_="sl-latest", role="group", aria_label="Dialogue", tabindex="0", id="dialogue")


def bar(*children: Child) -> Html:
    """Buttons and fields side by side."""
    return tag("div", *children, class_="sl-bar")


def field(label: str, name: str, value: str = "", **attributes: Any) -> Html:
    """A text field with its label; no autocomplete, no spelling."""
    box = tag(
        "input",
        type="text",
        id=name,
        name=name,
        value=value,
        autocomplete="off",
        autocapitalize="off",
        spellcheck="false",
        **attributes,
    )
    return tag("div", tag("label", label, for_=name), box, class_="sl-field")


def area(label: str, name: str, text: str = "", **attributes: Any) -> Html:
    """A text field of several lines with its label above it."""
    box = tag(
        "textarea",
        Html("\n"),  # HTML leaves out the first line break: an empty line at the start of the text is kept
        kept(text),
        id=name,
        name=name,
        autocomplete="off",
        autocapitalize="off",
        spellcheck="false",
        **attributes,
    )
    return tag("div", tag("label", label, for_=name), box, class_="sl-field sl-area")


def form(do: str, *children: Child, **attributes: Any) -> Html:
    """A form: Enter in its field, or its submit button, does `do` with the field's text."""
    return tag("form", *children, data_do=do, novalidate=True, **attributes)


def submit(text: str, **attributes: Any) -> Html:
    """The button that Enter presses."""
    classes = attributes.pop("class_", "sl-btn sl-main")
    return tag("button", text, type="submit", class_=classes, **attributes)


def select(label: str, name: str, options: Mapping[str, str], chosen: str, do: str = "") -> Html:
    """A list to choose from; choosing does `do`, if anything."""
    return choice(label, name, rows_of(options, chosen), do)


def choice(label: str, name: str, rows: Html, do: str = "") -> Html:
    """A list to choose from, of rows as `rows_of` gives them, which may be grouped."""
    chosen = tag("select", rows, id=name, name=name, data_changed=do or None)
    return tag("div", tag("label", label, for_=name), chosen, class_="sl-field")


def rows_of(options: Mapping[str, str], chosen: str) -> Html:
    """The rows of a list to choose from."""
    return join(*(tag("option", text, value=value, selected=value == chosen) for value, text in options.items()))


def onward(*, main: bool = False) -> Html:
    """The button that brings the next cell of the notebook."""
    look = "sl-btn sl-main" if main else "sl-btn"
    return tag("button", "Go on ↓", type="button", class_=look, data_onward=True, id="onward")
