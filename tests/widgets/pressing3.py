"""What a learner does with a view, without a browser: read it, press, choose, type."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

import html5lib

from smtplesson.widgets.view import View

_numbers = itertools.count(1)


def page(view: View) -> Element:
    """What the view shows now, as a tree."""
    tree: Element = html5lib.parse(view.frame["html"], namespaceHTMLElements=False)
    return tree


def words(element: Element) -> str:
    """The words of an element, each space once."""
    return " ".join("".join(element.itertext()).split())


def text(view: View) -> str:
    """All words that the view shows."""
    return words(page(view))


def spoken(view: View) -> str:
    """What a screen reader has read out last."""
    return str(view.frame["say"])


def buttons(view: View) -> list[str]:
    """The names of all buttons, as they are read out."""
    return [name for name, _ in _named(view)]


def press(view: View, do: str, value: str = "", **fields: Any) -> None:
    """Send what the browser sends when something that does `do` is pressed."""
    event = {"do": do, "value": value, "fields": fields, "copy": "c", "number": next(_numbers)}
    view._hear(None, event, None)


def click(view: View, start: str, **fields: Any) -> None:
    """Press the button whose name begins so; a form's own button sends what the form does."""
    found = [button for name, button in _named(view) if name.startswith(start)]
    assert found, f"no button begins with {start!r}; there are {buttons(view)}"
    button = found[0]
    assert button.get("aria-disabled") != "true", f"{start!r} cannot be pressed now"
    do = button.get("data-do") or _form_of(view, button)
    press(view, do, button.get("data-value", ""), **fields)


def _named(view: View) -> Iterator[tuple[str, Element]]:
    for button in page(view).iter("button"):
        yield button.get("aria-label") or words(button), button


def _form_of(view: View, button: Element) -> str:
    for form in page(view).iter("form"):
        if any(inside.attrib == button.attrib and words(inside) == words(button) for inside in form.iter("button")):
            return form.get("data-do", "")
    raise AssertionError(f"{words(button)!r} does nothing")
