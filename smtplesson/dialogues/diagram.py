"""Pictures of a session: the ladder of a transcript and the state machine, as SVG with a twin in words.

A picture has no ids, clock or randomness: the same session gives the same bytes. Its colours are the theme's; what a
colour says is said by a sign, a word and the style of a line, too. All text is escaped.
"""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from smtplesson import markup
from smtplesson.markup import Html, join, lines, tag
from smtplesson.protocol.codes import ReplyClass, reply_class
from smtplesson.protocol.states import State
from smtplesson.protocol.transcript import Line, Transcript

#: Units of a picture's width, as few as will do: a notebook on a screen of 320 pixels has 200 for it, and then the
#: smallest text, of 12 units, is still 9 pixels high.
_WIDTH = 260
#: Characters of 13 units in a line of a ladder, lines of an arrow, and characters of a line in the twin.
_CHARACTERS, _LINES, _TOLD = 28, 3, 300
#: First digit of a reply -> how its arrow is dashed, beside sign and word.
_DASHES = {2: "", 3: "9 3 2 3", 4: "8 5", 5: "2 4"}
#: What goes over the wire, and everything else.
_WIRE, _WORDS = "var(--jp-code-font-family, monospace)", "var(--jp-ui-font-family, sans-serif)"
#: The look's colours, and what suits a light and a dark page where that is not there.
_COLOURS = {
    2: "var(--done, #2e9e63)",
    3: "var(--more, #3a8ccc)",
    4: "var(--later, #b07a14)",
    5: "var(--no, #d0554c)",
}
_LINE_COLOUR = "var(--line, #7d879a)"


@dataclass(frozen=True, slots=True)
class Diagram:
    """A picture and what it shows in words: `svg`, `text` and `markdown` tell the same."""

    title: str
    summary: str
    svg: str
    text: str
    markdown: str

    def __str__(self) -> str:
        return self.text

    @property
    def html(self) -> Html:
        """The picture, and under it the twin, folded.

        A notebook that is not trusted drops the drawing but keeps its words, out of order: they are of no size then,
        and the twin is what is left.
        """
        twin = tag("div", lines(self.text), class_="sl-kept")
        drawn = tag("div", Html(self.svg), class_="sl-drawn")
        return markup.output(
            join(tag("p", tag("strong", self.title)), drawn, tag("details", tag("summary", "In words"), twin))
        )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": self.text, "text/markdown": self.markdown, "text/html": self.html}


# --- the ladder -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Arrow:
    """One arrow: who speaks, what is written on it, what the twin says, the class of a reply."""

    speaker: str
    label: str
    told: str
    klass: ReplyClass | None = None

    @property
    def mark(self) -> str:
        return str(self.klass) if self.klass else ""

    @property
    def is_reply(self) -> bool:
        return self.speaker == "S"


def ladder(transcript: Transcript, *, last: int | None = None) -> Diagram:
    """Draw a session: the life lines of client and server, and an arrow for each command and each reply.

    The lines of a message are one arrow. With `last` only so many arrows are drawn, the newest ones.

    >>> print(ladder(Transcript.parse("S: 220 foo.com ready\\nC: NOOP\\nS: 250 OK")))
    Ladder of a session: what client and server said, from top to bottom
    client <-- server: 220 foo.com ready   [✓ 2yz done]
    client --> server: NOOP
    client <-- server: 250 OK   [✓ 2yz done]
    """
    every = tuple(_arrows(transcript))
    arrows = every if last is None else every[max(len(every) - last, 0) :]
    left_out = len(every) - len(arrows)
    title = "Ladder of a session: what client and server said, from top to bottom"
    note = f"({left_out} earlier arrows are not drawn.)" if left_out else ""
    notes = [note] if note else []
    rows = [f"client {'<--' if a.is_reply else '-->'} server: {_told(a)}" for a in arrows]
    rows = rows or ["Nothing has been said yet."]
    table = [("server" if a.is_reply else "client", a.told, a.mark) for a in arrows]
    markdown = markup.markdown_table(("who speaks", "what is said", "class of the reply"), table) if table else rows[0]
    return Diagram(
        title,
        _ladder_summary(arrows),
        _draw_ladder(title, _ladder_summary(arrows), arrows, note),
        "\n".join([title, *notes, *rows]),
        "\n\n".join([f"**{markup.markdown(title)}**", *map(markup.markdown, notes), markdown]),
    )


def _told(arrow: _Arrow) -> str:
    return f"{arrow.told}   [{arrow.mark}]" if arrow.mark else arrow.told


def _ladder_summary(arrows: Sequence[_Arrow]) -> str:
    """A sentence for those who cannot see the picture: how many arrows, and the last of them."""
    if not arrows:
        return "Nothing has been said yet."
    replies = sum(arrow.is_reply for arrow in arrows)
    who = "the server" if arrows[-1].is_reply else "the client"
    return f"{len(arrows) - replies} arrows of the client, {replies} of the server. Last, {who}: {_told(arrows[-1])}"


def _arrows(transcript: Transcript) -> Iterator[_Arrow]:
    """Fold the lines of each reply, and those of each message, into one arrow."""
    lines = list(transcript)
    in_message = False
    while lines:
        taken = [lines.pop(0)]
        if taken[0].speaker == "S":
            while taken[-1].text[3:4] == "-" and lines and lines[0].speaker == "S":
                taken.append(lines.pop(0))
            yield _reply_arrow([line.text for line in taken])
            in_message = taken[-1].text[:3] == "354"
        elif in_message:
            while lines and lines[0].speaker == "C" and taken[-1].text != ".":
                taken.append(lines.pop(0))
            yield _message_arrow(taken)
            in_message = taken[-1].text != "."
        else:
            yield _Arrow("C", f"C: {taken[0].text}", _cut(taken[0].text))


def _reply_arrow(rows: Sequence[str]) -> _Arrow:
    more = f" (and {markup.counted(len(rows) - 1, 'more line')})" if len(rows) > 1 else ""
    try:
        klass = reply_class(int(rows[0][:3]))
    except ValueError:
        klass = None  # a pasted transcript may hold anything
    return _Arrow("S", f"S: {rows[0]}{more}", " / ".join(map(_cut, rows)), klass)


def _message_arrow(taken: Sequence[Line]) -> _Arrow:
    ended = taken[-1].text == "."
    count = len(taken) - ended
    said = f"message of {markup.counted(count, 'line')}" + (" and the final dot" if ended else " so far")
    return _Arrow("C", f"C: ({said})", f"({said})")


def _cut(text: str) -> str:
    shown = markup.visible(text)
    return shown if len(shown) <= _TOLD else f"{shown[:_TOLD]}... ({len(text):,} characters)"


def _draw_ladder(title: str, summary: str, arrows: Sequence[_Arrow], note: str) -> str:
    left, right = 10, _WIDTH - 10
    parts: list[str] = []
    y = 44
    if note:
        parts.append(_text(_WIDTH / 2, y + 4, note, anchor="middle"))
        y += 22
    for arrow in arrows:
        rows = textwrap.wrap(
            markup.visible(arrow.label),
            _CHARACTERS,
            max_lines=_LINES,
            placeholder=" …",
            break_on_hyphens=False,
            subsequent_indent="  ",
        )
        top, behind = y + 3, len(parts)
        for row in rows:
            y += 17
            parts.append(_text(left + 8, y, row, wire=True))
        colour = _colour(arrow)
        if arrow.mark:
            y += 0 if len(rows[-1]) + len(arrow.mark) + 1 <= _CHARACTERS else 17
            parts.append(_text(right - 8, y, arrow.mark, anchor="end", bold=True))
            wash = f'x="{left}" y="{top}" width="{right - left}" height="{y + 9 - top}" style="fill:{colour}"'
            parts.insert(behind, f'<rect {wash} fill-opacity=".13"/>')
        y += 9
        parts.append(_arrow_line(arrow, left, right, y))
        y += 9
    if not arrows:
        parts.append(_text(_WIDTH / 2, y + 18, summary, anchor="middle"))
        y += 30
    height = y + 10
    lives = [
        f'<line x1="{x}" y1="30" x2="{x}" y2="{height - 4}" style="stroke:{_LINE_COLOUR}" stroke-width="1.5"/>'
        for x in (left, right)
    ]
    heads = [_text(left - 8, 20, "client", bold=True), _text(right + 8, 20, "server", anchor="end", bold=True)]
    return _svg(title, summary, height, [*heads, *lives, *parts])


def _colour(arrow: _Arrow) -> str:
    return _COLOURS.get(arrow.klass.digit, _LINE_COLOUR) if arrow.klass else _LINE_COLOUR


def _arrow_line(arrow: _Arrow, left: float, right: float, y: float) -> str:
    digit, colour = arrow.klass.digit if arrow.klass else 0, _colour(arrow)
    start, end = (right, left) if arrow.is_reply else (left, right)
    back = 9 if arrow.is_reply else -9
    dashes = f' stroke-dasharray="{_DASHES[digit]}"' if _DASHES.get(digit) else ""
    return (
        f'<line x1="{start}" y1="{y}" x2="{end + back}" y2="{y}" style="stroke:{colour}" '
        f'stroke-width="{2.5 if arrow.is_reply else 1.5}"{dashes}/>'
        f'<path d="M{end} {y} l{back} -5 v10 z" stroke="none" style="fill:{colour}"/>'
    )


# --- the state machine ------------------------------------------------------------------------------------

_BOX_LEFT, _BOX_WIDTH, _GAP = 50, 118, 30
_HERE, _BEEN = "you are here", "visited"
_Edges = Mapping[tuple[State, State], Sequence[str]]


def state_machine(
    transitions: Mapping[tuple[State, str], State],
    current: State | None = None,
    visited: Collection[State] = (),
) -> Diagram:
    """Draw the states of a session and the commands that lead from one to another: RFC 5321 section 4.1.4.

    `current` is marked as the state where a session stands, `visited` as those where it has been.
    """
    title = "State machine of a session: which command leads where after a positive reply"
    edges: dict[tuple[State, State], list[str]] = {}
    for (before, verb), after in sorted(transitions.items(), key=lambda row: row[0][1]):
        edges.setdefault((before, after), []).append("final dot" if verb == "." else verb)
    marks = {state: _HERE if state is current else _BEEN if state in visited else "" for state in State}
    here = f"The session is in the state {current}." if current else "No session is under way."
    been = [str(state) for state in State if marks[state] == _BEEN]
    summary = here + (f" It has been in: {', '.join(been)}." if been else "")
    rule = "A command that a state does not list is answered 503; a refused command changes nothing."
    rows = list(_machine_rows(edges, marks))
    table = markup.markdown_table(("state", "command", "leads to"), rows)
    text = "\n".join([title, summary, *(f"{state}: {verbs} -> {after}" for state, verbs, after in rows), rule])
    markdown = "\n\n".join([f"**{markup.markdown(title)}**", markup.markdown(summary), table, markup.markdown(rule)])
    return Diagram(title, f"{summary} {rule}", _draw_machine(title, f"{summary} {rule}", edges, marks), text, markdown)


def _machine_rows(edges: _Edges, marks: Mapping[State, str]) -> Iterator[tuple[str, str, str]]:
    """The twin: each state with its mark, the commands, and where they lead."""
    for state in State:
        name = f"{state} ({marks[state]})" if marks[state] else str(state)
        ways = [(after, ", ".join(edges[state, after])) for after in State if (state, after) in edges]
        for after, verbs in ways:
            yield name, verbs, "stays" if after is state else str(after)
        if not ways:
            yield name, "nothing", "the end"


@dataclass(frozen=True, slots=True)
class _Box:
    """A state in the picture: where it stands, and the rows that say after which commands it stays what it is."""

    state: State
    top: int
    stays: tuple[str, ...]

    @property
    def bottom(self) -> int:
        return self.top + 44 + 15 * len(self.stays)

    @property
    def place(self) -> int:
        return list(State).index(self.state)


def _boxes(edges: _Edges) -> dict[State, _Box]:
    boxes: dict[State, _Box] = {}
    top = 6
    for state in State:
        stays = edges.get((state, state), ())
        rows = textwrap.wrap("stays: " + " ".join(stays), 14, max_lines=5, placeholder=" …") if stays else []
        boxes[state] = _Box(state, top, tuple(rows))
        top = boxes[state].bottom + _GAP
    return boxes


def _draw_machine(title: str, summary: str, edges: _Edges, marks: Mapping[State, str]) -> str:
    """Draw the states one under another: the next one straight below, others over a lane at the side.

    Lanes on the left lead down past a state, those on the right lead up; each lane has one target, and the lane of
    the lowest target lies nearest to the states.
    """
    boxes = _boxes(edges)
    parts = [row for box in boxes.values() for row in _draw_box(box, marks[box.state])]
    lanes: dict[tuple[bool, State], dict[State, Sequence[str]]] = {}
    for (before, after), verbs in sorted(edges.items(), key=lambda edge: boxes[edge[0][1]].place):
        distance = boxes[after].place - boxes[before].place
        if distance == 1:
            parts += _draw_next(boxes[before], boxes[after], verbs)
        elif distance:
            lanes.setdefault((distance > 0, after), {})[before] = verbs
    for down in (True, False):
        targets = sorted((after for is_down, after in lanes if is_down is down), key=lambda state: -boxes[state].place)
        for number, after in enumerate(targets):
            sources = [(boxes[before], verbs) for before, verbs in lanes[down, after].items()]
            parts += _draw_lane(boxes[after], sources, number, down=down)
    return _svg(title, summary, boxes[State.CLOSED].bottom + 8, parts)


def _draw_box(box: _Box, mark: str) -> list[str]:
    width = {_HERE: 3.0, _BEEN: 2.5}.get(mark, 1.5)
    colour = {_HERE: _COLOURS[3], _BEEN: _COLOURS[2]}.get(mark, _LINE_COLOUR)
    wash = ".13" if mark else ".04"
    sign = {_HERE: "▶ ", _BEEN: "✓ "}.get(mark, "")
    x, y = _BOX_LEFT + 9, box.top
    return [
        f'<rect x="{_BOX_LEFT}" y="{y}" width="{_BOX_WIDTH}" height="{box.bottom - y}" rx="8" '
        f'style="stroke:{colour};fill:{colour}" fill-opacity="{wash}" stroke-width="{width:g}"/>',
        _text(x, y + 18, f"{sign}{box.state}", bold=True),
        *([_text(x, y + 34, mark)] if mark else []),
        *(_text(x, y + 50 + 15 * i, row, size=12, wire=True) for i, row in enumerate(box.stays)),
    ]


def _draw_next(before: _Box, after: _Box, verbs: Sequence[str]) -> list[str]:
    x, y, end = _BOX_LEFT + _BOX_WIDTH // 2, before.bottom, after.top
    return [
        f'<path d="M{x} {y} V{end - 8}" {_STROKE}/><path d="M{x} {end} l-5 -8 h10 z" {_HEAD}/>',
        _text(x + 9, (y + end) / 2 + 4, " ".join(verbs), wire=True),
    ]


_STROKE = f'fill="none" style="stroke:{_LINE_COLOUR}" stroke-width="1.5"'
_HEAD = f'style="fill:{_LINE_COLOUR}"'


def _draw_lane(target: _Box, sources: Sequence[tuple[_Box, Sequence[str]]], number: int, *, down: bool) -> list[str]:
    """Draw a lane: out of each source, along the side, into the target."""
    if down:
        edge, x, back, into = _BOX_LEFT, 12 - 8 * number, -8, target.top + 14 + 12 * number
    else:
        edge, x, back, into = _BOX_LEFT + _BOX_WIDTH, _WIDTH - 18 + 10 * number, 8, target.top + 40
    ends = [box.bottom - 12 - 16 * number if down else box.top + 26 for box, _ in sources]
    parts = [
        f'<path d="M{x} {min(ends) if down else max(ends)} V{into} H{edge + back}" {_STROKE}/>',
        f'<path d="M{edge} {into} l{back} -5 v10 z" {_HEAD}/>',
    ]
    for y, (_, verbs) in zip(ends, sources, strict=True):
        parts.append(f'<path d="M{edge} {y} H{x}" {_STROKE}/>')
        rows = textwrap.wrap(" ".join(verbs), 5 if down else 9)[::-1]
        for i, row in enumerate(rows):
            at = edge - 4 if down else edge + 5
            parts.append(_text(at, y - 5 - 14 * i, row, anchor="end" if down else "start", size=12, wire=True))
    return parts


# --- markup -----------------------------------------------------------------------------------------------


def _svg(title: str, summary: str, height: float, parts: Sequence[str]) -> str:
    """A picture that scales with the room it has; one part a line, so that its words stay apart without it."""
    label = markup.escape(title)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{label}" viewBox="0 0 {_WIDTH} {height}" '
            f'width="{_WIDTH}" height="{height}" font-family="{_WORDS}" font-size="13" fill="currentColor" '
            'style="display:block;width:100%;max-width:290px;height:auto;'
            'color:var(--jp-content-font-color1, currentColor)">',
            f"<title>{label}</title>",
            f"<desc>{markup.escape(summary)}</desc>",
            *parts,
            "</svg>",
        ]
    )


def _text(
    x: float, y: float, text: str, *, anchor: str = "start", bold: bool = False, size: int = 13, wire: bool = False
) -> str:
    style = (f' text-anchor="{anchor}"' if anchor != "start" else "") + (' font-weight="bold"' if bold else "")
    style += (f' font-size="{size}"' if size != 13 else "") + (f' font-family="{_WIRE}"' if wire else "")
    return f'<text x="{x:g}" y="{y:g}" xml:space="preserve"{style}>{markup.escape(text)}</text>'
