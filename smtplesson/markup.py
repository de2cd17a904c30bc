"""Escaping and the few markup helpers that every display uses."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from typing import Any

#: What is drawn instead of a character that cannot be seen, or that steers a terminal or the direction of the
#: text: a picture for C0 controls and DEL, else a replacement sign. One column each, so that a caret stays right.
_PICTURES = {
    **{code: 0x2400 + code for code in range(0x20)},
    0x7F: 0x2421,
    **dict.fromkeys(
        (*range(0x80, 0xA0), 0x61C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A)), 0xFFFD
    ),
    **dict.fromkeys(range(0xD800, 0xE000), 0xFFFD),
}
_CODE = re.compile(r"`([^`]+)`")
_TAG = re.compile(r"<(\w+)((?: [^<>]*)?)>")
_IDS = re.compile(r' id="[^"]*"')  # they serve a live view; a page may hold one output twice
_CLASSES = re.compile(r' class="([^"]*)"')
#: What of the look survives in an output that nobody has run yet, by class or element: an untrusted notebook loses
#: stylesheets, roles and every declaration with a variable, so here are plain values that suit a light and a dark page.
_INLINE = {
    "sl-talk": "font-family:monospace;white-space:pre-wrap;overflow-wrap:anywhere",
    "sl-said": "display:grid;grid-template-columns:4em 1fr;gap:10px;margin:4px 0",
    "sl-who": "font-family:sans-serif;font-size:.85em;opacity:.8;text-align:right;padding-top:2px",
    "sl-client": "padding:2px 0",
    "sl-why": "font-family:sans-serif;font-size:.9em;opacity:.85;white-space:normal",
    "sl-tag": "font-family:sans-serif;font-size:.85em;font-weight:bold;margin-left:8px",
    "sl-fault": "outline:2px solid #c9534b;border-radius:3px;background:none;color:inherit",
    "sl-reply": "border-left:4px solid #8a94a6;border-radius:8px;padding:2px 10px",
    "sl-card": "border:1px solid rgba(138,148,166,.45);border-radius:10px;padding:12px 16px",
    "sl-box": "border:1px solid rgba(138,148,166,.45);border-radius:8px;padding:12px 16px;margin-bottom:12px",
    "sl-2": "border-left-color:#2e9e63;background:rgba(46,158,99,.12)",
    "sl-3": "border-left-color:#3a8ccc;background:rgba(58,140,204,.12)",
    "sl-4": "border-left-color:#c58a1d;background:rgba(197,138,29,.14)",
    "sl-5": "border-left-color:#d0554c;background:rgba(208,85,76,.12)",
    "sl-panel": "border-left:4px solid #8a94a6;padding:8px 14px;margin-top:12px",
    "sl-chip": "border:1px solid #8a94a6;border-radius:99px;padding:2px 12px;font-size:.85em",
    "sl-scroll": "overflow-x:auto",
    "sl-opt": "border:1px solid #8a94a6;border-radius:8px;padding:6px 12px;margin:7px 0",
    "sl-letter": "font-weight:bold;margin-right:10px",
    "sl-mono": "font-family:monospace",
    "sl-kept": "font-family:monospace;white-space:pre-wrap;margin:6px 0",
    "sl-unseen": "font-size:0",
    "sl-drawn": "font-size:0",
    "sl-stops": "list-style:none;padding:0",
    "sl-acts": "font-weight:bold",
    "sl-soft": "font-size:.9em;opacity:.85",
    "sl-big": "font-size:1.8em;line-height:1.3",
    "figure": "margin:0",
    "caption": "text-align:left;font-weight:bold",
    "th": "text-align:left;vertical-align:top",
    "td": "text-align:left;vertical-align:top",
}
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&$=:@])")


def visible(text: object) -> str:
    """Return `text` with pictures for control characters, and replacement signs for what steers or cannot be decoded.

    >>> visible("a\\x00b")
    'a␀b'
    """
    return str(text).translate(_PICTURES)


def visible_lines(text: str) -> str:
    """Return `text` of several lines with the control characters of each line made visible."""
    return "\n".join(map(visible, text.split("\n")))


def escape(text: object) -> str:
    """Return `text` as HTML character data, also safe inside a quoted attribute.

    >>> escape('<b a="1">')
    '&lt;b a=&quot;1&quot;&gt;'
    """
    return html.escape(visible(text), quote=True)


def counted(count: int, one: str, several: str = "") -> str:
    """Return a number with its noun; `several` is the plural where it is not `one` with an s.

    >>> counted(1, "question"), counted(3, "question"), counted(0, "entry", "entries")
    ('1 question', '3 questions', '0 entries')
    """
    return f"{count} {one if count == 1 else several or f'{one}s'}"


def markdown(text: object) -> str:
    """Return `text` as Markdown that shows it literally.

    >>> markdown("<script> *x*")
    '\\\\<script\\\\> \\\\*x\\\\*'
    """
    return _MARKDOWN.sub(r"\\\1", visible(text))


def code_span(text: object) -> str:
    """Return `text` as a Markdown code span, whatever backticks it holds.

    >>> code_span("a`b")
    '`` a`b ``'
    """
    shown = visible(text)
    fence = "`"
    while fence in shown:
        fence += "`"
    pad = " " if "`" in shown or not shown.strip() else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def fenced(text: object) -> str:
    """Return `text`, of one or more lines, as a fenced Markdown block."""
    body = "\n".join(visible(line) for line in str(text).split("\n"))
    fence = "```"
    while fence in body:
        fence += "`"
    return f"{fence}text\n{body}\n{fence}"


def folded(summary: str, *blocks: str) -> str:
    """Return blocks of Markdown folded away under a line: what survives in a notebook that nobody trusts yet."""
    return "\n\n".join([f"<details><summary>{escape(summary)}</summary>", *blocks, "</details>"])


def markdown_table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table whose cells show their text literally."""

    def line(cells: Iterable[object]) -> str:
        return "| " + " | ".join(markdown(str(c).replace("\n", " ")) for c in cells) + " |"

    return "\n".join([line(headers), "|" + " --- |" * len(headers), *map(line, rows)])


class Table:
    """Rows to be shown: dictionaries with the same keys, or a pandas DataFrame without its index.

    >>> print(Table([{"code": 251, "class": "done"}], caption="One reply"))
    One reply
    code | class
    251 | done
    """

    def __init__(self, rows: Iterable[Mapping[str, object]] | Any, *, caption: str) -> None:
        records = rows.to_dict("records") if hasattr(rows, "to_dict") else list(rows)
        self.caption = caption
        self.headers = [
            str(header).replace("_", " ") for header in (rows.columns if hasattr(rows, "columns") else records[0])
        ]
        self.rows = [[str(value) for value in record.values()] for record in records]

    def __str__(self) -> str:
        rows = [" | ".join(row) for row in (self.headers, *(self.rows or [["nothing yet"]]))]
        return visible_lines("\n".join([self.caption, *rows]))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Show the table as text, and as HTML in a region that the keyboard reaches, for it may scroll."""
        made = scrolling(self.caption, stacked(self.headers, self.rows, caption=self.caption))
        shown = made if self.rows else tag("p", tag("strong", f"{self.caption}: "), "nothing yet.")
        return {"text/plain": str(self), "text/html": output(shown)}


# --- HTML ---------------------------------------------------------------------------------------------------


class Html(str):
    """Text that is HTML already: put inside another element, it is not escaped again."""

    __slots__ = ()

    def __html__(self) -> str:
        """What template libraries and pandas ask for."""
        return str(self)


#: What an element may hold: HTML as it is, any other text escaped; None and False are nothing.
Child = Html | str | int | None | Iterable["Child"]


def join(*children: Child) -> Html:
    """Put pieces one behind the other; what is not HTML is escaped.

    >>> join("a < b", tag("br"), None)
    'a &lt; b<br>'
    """
    return Html("".join(_pieces(children)))


def _pieces(children: Iterable[Child]) -> Iterable[str]:
    for child in children:
        if isinstance(child, Html):
            yield child
        elif isinstance(child, str | int) and not isinstance(child, bool):
            yield escape(child)
        elif child is not None and not isinstance(child, bool):
            yield from _pieces(child)


_EMPTY = frozenset({"br", "hr", "img", "input", "meta"})


def tag(name: str, /, *children: Child, **attributes: str | int | bool | None) -> Html:
    """Write an element; `class_` and `data_do` stand for `class` and `data-do`, False and None leave an attribute out.

    >>> tag("p", "a < b", class_="sl-why", id="x", hidden=False)
    '<p class="sl-why" id="x">a &lt; b</p>'
    """
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{escape(value)}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    return Html(f"<{name}{written}>" if name in _EMPTY else f"<{name}{written}>{join(*children)}</{name}>")


def lines(text: str) -> Html:
    """Return `text` with its line breaks kept.

    >>> lines("a\\nb")
    'a<br>b'
    """
    return Html("<br>".join(map(escape, text.split("\n"))))


def kept(text: str) -> Html:
    """Return `text` for a `pre` or a `textarea`, with its line breaks and tabs as they are.

    >>> kept("a <b>\\n\\tc")
    'a &lt;b&gt;\\n\\tc'
    """
    return Html("".join(piece if piece in ("\n", "\t") else escape(piece) for piece in re.split(r"([\n\t])", text)))


def prose(text: str) -> Html:
    """Return `text` with what is between backticks as code, and its line breaks kept; all else is literal.

    >>> prose("say `<a>`")
    'say <code>&lt;a&gt;</code>'
    """
    rows = text.strip().replace("\r\n", "\n").split("\n")
    return Html("<br>".join(join(*_marked(row)) for row in rows))


def _marked(row: str) -> Iterable[Html]:
    for number, piece in enumerate(_CODE.split(row)):
        if piece:
            yield tag("code", piece) if number % 2 else join(piece)


def table(headers: Sequence[Child], rows: Iterable[Sequence[Child]], *, caption: str = "") -> Html:
    """A table whose first column heads each row.

    >>> table(["code"], [[251]])
    '<table><thead><tr><th scope="col">code</th></tr></thead><tbody><tr><th scope="row">251</th></tr></tbody></table>'
    """
    head = tag("tr", *(tag("th", header, scope="col") for header in headers))
    body = [tag("tr", tag("th", first, scope="row"), *(tag("td", cell) for cell in rest)) for first, *rest in rows]
    return tag("table", tag("caption", caption) if caption else None, tag("thead", head), tag("tbody", *body))


def scrolling(label: str, *children: Child) -> Html:
    """What may be wider than the page, in a region that scrolls by the keyboard, too; `label` names it."""
    return tag("div", *children, role="region", tabindex="0", aria_label=label, class_="sl-scroll")


def meter(share: float, band: tuple[float, float] | None = None) -> Html:
    """A share, 0 to 1, as a bar, and behind it the band in which it should end; the number has to stand beside it."""
    shapes = []
    if band is not None:
        at, end = (round(100 * each) for each in band)
        shapes.append(tag("rect", x=at, y=0, width=end - at, height=12, fill="#8a94a6", class_="sl-band"))
    width = round(100 * min(max(share, 0), 1))
    shapes.append(tag("rect", x=0, y=3, width=width, height=6, fill="#3a8ccc", class_="sl-fill"))
    frame = {"viewBox": "0 0 100 12", "preserveAspectRatio": "none", "aria-hidden": "true"}
    return tag("svg", *shapes, class_="sl-meter", width=128, height=12, **frame)


def unseen(*children: Child) -> Html:
    """What is read out by a screen reader, and not drawn."""
    return tag("span", *children, class_="sl-unseen")


def stacked(headers: Sequence[Child], rows: Iterable[Sequence[Child]], *, caption: Child) -> Html:
    """A table whose first column heads each row; where the window is narrow, each row is a small list.

    The roles are written out, since a browser forgets those of a table that is drawn as something else.
    """
    heads = [tag("th", head, scope="col", role="columnheader") for head in headers]
    names = [" ".join(re.sub(r"<[^>]*>", " ", join(head)).split()) for head in headers[1:]]
    body = [
        tag(
            "tr",
            tag("th", first, scope="row", role="rowheader"),
            *(tag("td", cell, role="cell", data_head=Html(name)) for name, cell in zip(names, rest, strict=True)),
            role="row",
        )
        for first, *rest in rows
    ]
    return tag(
        "table",
        tag("caption", caption),
        tag("thead", tag("tr", *heads, role="row"), role="rowgroup"),
        tag("tbody", *body, role="rowgroup"),
        class_="sl-stack",
        role="table",
    )


def stylesheet() -> str:
    """The one look, as CSS."""
    return (resources.files("smtplesson") / "look.css").read_text(encoding="utf-8")


def output(html: Html, *, framed: bool = True) -> Html:
    """Make HTML of the one look fit to be stored in a notebook, as a card: the few styles that survive there, inline.

    >>> output(tag("p", "a", class_="sl-soft"), framed=False)
    '<div class="sl"><p class="sl-soft" style="font-size:.9em;opacity:.85">a</p></div>'
    """
    whole = tag("div", Html(_IDS.sub("", html)), class_="sl sl-card" if framed else "sl")
    return Html(_TAG.sub(_styled, whole))


def _styled(match: re.Match[str]) -> str:
    name, attributes = match.groups()
    found = _CLASSES.search(attributes)
    styles = [_INLINE[each] for each in (name, *(found[1].split() if found else ())) if each in _INLINE]
    return f'<{name}{attributes} style="{";".join(styles)}">' if styles else match[0]


def page(title: str, *body: Child, style: str = "", policy: str = "", light: bool = False, lang: str = "en") -> str:
    """A whole page in the one look, that loads nothing.

    `style` is what it has of its own, `policy` what it may do; `light` where it is so whatever the reader prefers;
    `lang` is the language of what it says.
    """
    head = join(
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy) if policy else None,
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        tag("style", Html(f"{stylesheet()}{style}")),
    )
    shown = tag("body", tag("div", *body, class_="sl sl-whole"), data_theme="light" if light else None)
    return f'<!DOCTYPE html>\n<html lang="{escape(lang)}"><head>{head}</head>\n{shown}</html>\n'


def prose_markdown(text: str) -> str:
    """Return `text` as Markdown: what is between backticks as code, line breaks kept, all else literal."""
    rows = text.strip().replace("\r\n", "\n").split("\n")
    return "  \n".join("".join(_markdown_pieces(row)) for row in rows)


def _markdown_pieces(row: str) -> Iterable[str]:
    for number, piece in enumerate(_CODE.split(row)):
        if piece:
            yield code_span(piece) if number % 2 else markdown(piece)
