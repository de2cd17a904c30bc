"""What a view shows, as words: a block of its own begins with a space, as it begins on a line of its own."""

from __future__ import annotations

import html
import re

from smtplesson.widgets.view import View

_INLINE = re.compile(r"</?(?:a|b|code|mark|span|strong)\b[^>]*>")


def shown(view: View, id: str = "") -> str:
    """All words of the view, or of the element with this id that holds no other of its name."""
    found = view.frame["html"]
    if id:
        (found,) = (m[2] for m in re.finditer(rf'<(\w+)[^>]* id="{id}"[^>]*>(.*?)</\1>', found, re.S))
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", _INLINE.sub("", found))).split())
