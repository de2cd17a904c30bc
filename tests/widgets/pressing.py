"""A learner's hands and eyes on a view: press a button by its name, type into a field, read what is shown.

The HTML is read as a browser would read it, and what is pressed reaches the view as the browser would send it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

import html5lib

from smtplesson.widgets.view import View

_numbers = itertools.count(1)


def page(view: View) -> Element:
    """What the view shows, as a tree."""
    tree: Element = html5lib.parseFragment(view.frame["html"], treebuilder="etree", namespaceHTMLElements=False)
    return tree


def text(view: View) -> str:
    """All text that is shown, with single spaces."""
    return " ".join(_text(page(view)).split())


def said(view: View) -> str:
    """What a screen reader reads out."""
    return str(view.frame["say"])


def name_of(element: Element) -> str:
    """The accessible name of a button."""
    return element.get("aria-label") or " ".join(_text(element).split())


def buttons(view: View) -> list[str]:
    """The names of all buttons that can be pressed, in order."""
    return [name_of(found) for found in page(view).iter("button") if _is_there(found)]


def options(view: View) -> list[str]:
    """The texts of all cards of choices, with what is noted on them."""
    cards = [e for e in page(view).iter() if "sl-opt" in e.get("class", "").split()]
    return [" ".join(_text(each).split()) for each in cards]


def fields(view: View) -> dict[str, Any]:
    """What the fields hold, as the kernel has drawn them."""
    found: dict[str, Any] = {}
    for element in page(view).iter():
        name, kind = element.get("name"), element.get("type")
        if name is None:
            continue
        if kind == "checkbox":
            found.setdefault(name, []).extend([element.get("value")] if "checked" in element.attrib else [])
        elif kind == "radio":
            if "checked" in element.attrib:
                found[name] = element.get("value")
        elif element.tag == "select":
            chosen = [option for option in element.iter("option") if "selected" in option.attrib]
            found[name] = (chosen or list(element.iter("option")))[0].get("value")
        elif element.tag == "textarea":
            found[name] = element.text or ""
        elif element.tag == "input":
            found[name] = element.get("value", "")
    return found


def tell(view: View, do: str, value: object = "", **given: object) -> None:
    """Send what a browser sends."""
    content = {
        "do": do,
        "value": str(value),
        "fields": {**fields(view), **given},
        "copy": "c",
        "number": next(_numbers),
    }
    view._hear(view, content, [])


def press(view: View, start: str, **given: object) -> None:
    """Press the button whose name begins so, or the submit button of a form; `given` is what the fields hold."""
    for parent in page(view).iter():
        for element in parent.iter("button"):
            if not name_of(element).startswith(start) or not _is_there(element):
                continue
            if element.get("type") == "submit":
                form = next(
                    f for f in page(view).iter("form") if any(name_of(b).startswith(start) for b in f.iter("button"))
                )
                clears = [f.get("name") for f in form.iter("input") if "data-clears" in f.attrib]
                tell(view, form.get("data-do", ""), given.get(clears[0] or "", "") if clears else "", **given)
            else:
                tell(view, element.get("data-do", ""), element.get("data-value", ""), **given)
            return
        break
    raise AssertionError(f"there is no button {start!r}; there are {buttons(view)}")


def _is_there(element: Element) -> bool:
    return "true" not in (element.get("aria-disabled"), element.get("aria-hidden"))


def _text(element: Element) -> str:
    return "".join(_pieces(element))


def _pieces(element: Element) -> Iterator[str]:
    if element.get("aria-hidden") == "true":
        return
    block = element.tag in (
        "p",
        "div",
        "li",
        "br",
        "button",
        "td",
        "th",
        "dt",
        "dd",
        "legend",
        "h3",
        "h4",
        "summary",
        "label",
    )
    yield " " if block else ""
    yield element.text or ""
    for child in element:
        yield from _pieces(child)
        yield child.tail or ""
    yield " " if block else ""
