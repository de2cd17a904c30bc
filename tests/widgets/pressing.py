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
    return " ".join("".join(_seen(element)).split())


def _seen(element: Element, between: str = "") -> Iterator[str]:
    """The text of an element that is read out, with `between` around each block of it."""
    if element.get("aria-hidden") == "true":
        return
    space = between if element.tag in _BLOCKS else ""
    yield space + (element.text or "")
    for child in element:
        yield from _seen(child, between)
        yield child.tail or ""
    yield space


_BLOCKS = frozenset(
    ["br", "button", "dd", "div", "dt", "h3", "h4", "label", "legend", "li", "p", "summary", "td", "th"]
)


def spaced(view: View) -> str:
    """All words that the view shows, with a space between one block and the next."""
    return " ".join("".join(_seen(page(view), " ")).split())


def options(view: View) -> list[str]:
    """The texts of all cards of choices, with what is noted on them."""
    cards = (each for each in page(view).iter() if "sl-opt" in each.get("class", "").split())
    return [" ".join("".join(_seen(each, " ")).split()) for each in cards]


def fields(view: View) -> dict[str, Any]:
    """What the fields hold as they are drawn."""
    found: dict[str, Any] = {}
    for each in page(view).iter():
        name, kind = each.get("name"), each.get("type")
        if name is None:
            continue
        if kind == "checkbox":
            found.setdefault(name, []).extend([each.get("value")] if "checked" in each.attrib else [])
        elif kind == "radio":
            found |= {name: each.get("value")} if "checked" in each.attrib else {}
        elif each.tag == "select":
            options = list(each.iter("option"))
            found[name] = next((o for o in options if "selected" in o.attrib), options[0]).get("value")
        else:
            found[name] = (each.text or "") if each.tag == "textarea" else each.get("value", "")
    return found


def text(view: View) -> str:
    """All words that the view shows."""
    return words(page(view))


def spoken(view: View) -> str:
    """What a screen reader has read out last."""
    return str(view.frame["say"])


def buttons(view: View) -> list[str]:
    """The names of all buttons, as they are read out."""
    return [name for name, _ in _named(view)]


def press(view: View, do: str, value: str = "", **given: Any) -> None:
    """Send what the browser sends when something that does `do` is pressed."""
    held = {**fields(view), **given}
    view._hear(None, {"do": do, "value": value, "fields": held, "copy": "c", "number": next(_numbers)}, None)


def click(view: View, start: str, **given: Any) -> None:
    """Press the button whose name begins so; a form's own button sends what the form does."""
    found = [button for name, button in _named(view) if name.startswith(start)]
    assert found, f"no button begins with {start!r}; there are {buttons(view)}"
    button = found[0]
    assert button.get("aria-disabled") != "true", f"{start!r} cannot be pressed now"
    do = button.get("data-do") or _form_of(view, button)
    press(view, do, button.get("data-value", ""), **given)


def _named(view: View) -> Iterator[tuple[str, Element]]:
    for button in page(view).iter("button"):
        if button.get("aria-hidden") == "true":
            continue
        yield button.get("aria-label") or words(button), button


def _form_of(view: View, button: Element) -> str:
    for form in page(view).iter("form"):
        if any(inside.attrib == button.attrib and words(inside) == words(button) for inside in form.iter("button")):
            return form.get("data-do", "")
    raise AssertionError(f"{words(button)!r} does nothing")
