"""Markdown and stored HTML as markup for a static page: escaped, linked to other pages, with tables that are named."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import mistune

from smtplesson.markup import escape

#: What the kit's displays are made of, pictures included. Anything else in a stored output is an error.
TAGS = frozenset(
    {
        "b",
        "br",
        "caption",
        "code",
        "dd",
        "div",
        "dl",
        "dt",
        "em",
        "li",
        "mark",
        "ol",
        "p",
        "pre",
        "section",
        "small",
        "span",
        "strong",
        "table",
        "tbody",
    }
    | {"figure", "figcaption"}
    | {"td", "th", "thead", "tr", "ul", "details", "summary"}
    | {"svg", "circle", "desc", "g", "line", "path", "polygon", "polyline", "rect", "text", "title", "tspan"}
)
VOID = frozenset({"br"})
#: Attributes that can neither load nor run anything.
SAFE = re.compile(
    r"aria-[a-z]+|class|data-head|role|scope|style|tabindex|colspan|rowspan|xmlns|xml:space|viewbox|preserveaspectratio|width|height|x|y|x1|x2|y1|y2|dx|dy"
    r"|cx|cy|r|rx|ry|d|points|transform|fill(-[a-z]+)?|opacity|stroke(-[a-z]+)?|clip-rule|font-[a-z]+|text-anchor|dominant-baseline"
)
DROPPED = frozenset({"border"})  # pandas marks its tables with it, and with a class
OURS = re.compile(r"sl(-[a-z0-9-]+)?")  # the classes of the one look


def preformatted(text: str) -> str:
    """Lines as they are. Long ones are wrapped, unless a caret stands under a character: then they can be scrolled."""
    body = escape_lines(text.rstrip("\n"))
    if re.search(r"^ *\^+ *$", text, re.M):
        return scrolling(f"<pre>{body}</pre>", "Text with a caret")
    return f'<pre class="wrapped">{body}</pre>'


def escape_lines(text: str) -> str:
    """Text of several lines as HTML character data."""
    return "\n".join(map(escape, text.split("\n")))


def scrolling(markup: str, label: str) -> str:
    """A place that scrolls sideways by itself where it is wider than the page, by the keyboard, too."""
    return f'<div class="scroll" role="group" tabindex="0" aria-label="{escape(label)}">{markup}</div>'


class Page(mistune.HTMLRenderer):
    """Renders the Markdown of one page; `headings` holds level, id and text of each heading so far.

    `link` turns the target of a link into what the page has; it may raise ValueError. Markup inside the Markdown
    is kept, cleaned, where `markup` says so, as in a lesson's own text; elsewhere it shows literally.
    """

    def __init__(self, link: Callable[[str], str], *, markup: bool) -> None:
        super().__init__(escape=not markup)
        self._link = link
        self._markup = markup
        self.headings: list[tuple[int, str, str]] = []

    def heading(self, text: str, level: int, **_attributes: Any) -> str:
        """A heading with an id that is made from its words."""
        plain = re.sub(r"<[^>]+>", "", text)
        name = base = re.sub(r"(?:&\w+;|\W)+", "-", plain.lower()).strip("-") or "section"
        taken, number = {known for _, known, _ in self.headings}, 2
        while name in taken:
            name, number = f"{base}-{number}", number + 1
        self.headings.append((level, name, text))
        return f'<h{level} id="{name}">{text}</h{level}>\n'

    def block_code(self, code: str, info: str | None = None) -> str:
        """A block of code or of a dialogue."""
        return preformatted(code) + "\n"

    def link(self, text: str, url: str, title: str | None = None) -> str:
        """A link to another page of the course, or away from it."""
        return f'<a href="{escape(self._link(url))}">{text}</a>'

    def block_html(self, html: str) -> str:
        """Markup of its own in a text, such as a part to open."""
        return cleaned(html) if self._markup else super().block_html(html)

    def inline_html(self, html: str) -> str:
        """The same within a line."""
        return cleaned(html) if self._markup else super().inline_html(html)

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """No page has a picture from elsewhere."""
        raise ValueError(f"the picture {url} would have to be loaded")

    def table(self, text: str) -> str:
        """A table that is named after the heads of its columns."""
        heads = [re.sub(r"<[^>]+>", "", head) for head in re.findall(r'<th scope="col">(.*?)</th>', text)]
        return scrolling(f"<table>\n{text}</table>", f"Table: {html.unescape(', '.join(heads))}") + "\n"

    def table_head(self, text: str) -> str:
        """The row of heads."""
        return f"<thead>\n<tr>{text}</tr>\n</thead>\n"

    def table_cell(self, text: str, align: str | None = None, head: bool = False) -> str:
        """A cell; an empty head is no head."""
        return f'<th scope="col">{text}</th>' if head and text.strip() else f"<td>{text}</td>"


def markdown(page: Page) -> Callable[[str], str]:
    """What turns Markdown into the markup of this page: tables, and no mathematics."""
    render = mistune.create_markdown(renderer=page, plugins=["table"])
    return lambda text: str(render(text))


def cleaned(markup: str) -> str:
    """Stored HTML with nothing in it that could run or load; heads of tables say what they head.

    Raises ValueError, with the tag or the attribute, where there is something that no display of the kit has.

    >>> cleaned('<table border="1" class="dataframe"><tr><th></th><th>1 &lt; 2</th></tr></table>')
    '<table><tr><td></td><th scope="col">1 &lt; 2</th></tr></table>'
    >>> cleaned('<img src="https://example.com/x.png">')
    Traceback (most recent call last):
    ...
    ValueError: there is <img>, which no page may have
    """
    cleaner = _Cleaner()
    cleaner.feed(markup)
    cleaner.close()
    return "".join(cleaner.parts)


def _own(attributes: dict[str, str]) -> dict[str, str]:
    """The attributes with no class but those of the look, which says more than the styles that are stored for it."""
    classes = [name for name in attributes.pop("class", "").split() if OURS.fullmatch(name)]
    if not classes:
        return attributes
    return {"class": " ".join(classes)} | {name: value for name, value in attributes.items() if name != "style"}


class _Cleaner(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._in_style = False
        self._scope = "col"
        self._head = 0  # where the last head of a table begins

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "style":
            self._in_style = True
            return
        if tag not in TAGS:
            raise ValueError(f"there is <{tag}>, which no page may have")
        kept = _own({name: value or "" for name, value in attrs if name not in DROPPED})
        for name, value in kept.items():
            if not SAFE.fullmatch(name) or "url(" in value.lower():
                raise ValueError(f"there is <{tag} {name}={value!r}>, which no page may have")
        if tag in ("table", "thead", "tbody"):
            self._scope = "row" if tag == "tbody" else "col"
        if tag == "th":
            kept.setdefault("scope", self._scope)
            self._head = len(self.parts)
        self.parts.append(f"<{tag}" + "".join(f' {name}="{escape(value)}"' for name, value in kept.items()) + ">")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "style":
            self._in_style = False
        elif tag == "th" and self._head == len(self.parts) - 1:
            self.parts[-1] = "<td></td>"
        elif tag not in VOID:
            self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self._in_style:
            self.parts.append(escape_lines(data))
