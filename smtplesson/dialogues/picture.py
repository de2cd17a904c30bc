"""The journey of a message as a picture, and the same in words.

What is drawn has colours of its own, since a notebook's output has no stylesheet; in a view `look.css` gives the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from smtplesson import markup
from smtplesson.dialogues.journey import Journey, Journeys, Moment, Place
from smtplesson.markup import Html, join, tag

#: Where each stop stands in the picture, whose middle line is at `_Y`.
_X = {Place.SENDER: 52, Place.CLIENT: 152, Place.SERVER: 262, Place.NEXT: 366, Place.MAILBOX: 466}
_WIDTH, _HEIGHT, _Y, _RADIUS = 516, 152, 56, 23
#: The line of a way that branches off, the radius of its stops, and the upper edge that has room for them.
_BRANCH, _SMALL, _TOP = -30, 14, -48
_ROLES = {
    Place.SENDER: "sender",
    Place.CLIENT: "client",
    Place.SERVER: "this server",
    Place.NEXT: "next server",
    Place.MAILBOX: "mailbox",
}
_ABOUT_ANOTHER = ("accepted-to-forward", "taken-to-forward", "try-elsewhere", "forward-fails")
#: Characters of a name, and of an act, that there is room for, and the width of one at the most.
_LONGEST_NAME, _LONGEST_ACT, _WIDE = 18, 40, 7
#: Characters of a name in the usual size; a longer one is written smaller.
_USUAL_NAME = 14
#: The moments of a recipient to whom there is no way.
_NO_WAY = ("refused", "try-elsewhere", "name-not-allowed")
#: Recipients that have a line each.
_LISTED = 6
#: What a stylesheet may override: colours that are seen on light and on dark.
_TONES = {2: "#2e9e63", 3: "#3a8ccc", 4: "#c58a1d", 5: "#d0554c"}
_GREY, _VIOLET = "#8a94a6", "#9a75d0"


def journey(moment: Moment, others: Sequence[Moment] = (), *, id: str = "journey", listed: bool = True) -> Html:
    """Where the message is now, who must act, and what is promised: a picture, and the same in a sentence.

    Drawn anew in a live view, under the same `id`, the envelope and the ring move to where they are now. `others` are
    the moments of all recipients where they are told apart; `listed` has the stops as a list, too, for where it is
    too narrow for a picture.
    """
    stops = _stops(moment) if listed else None
    text = tag("figcaption", _caption(moment), _each(others))
    drawn = tag("div", _picture(moment, id), class_="sl-drawn")
    return tag("figure", drawn, stops, text, class_="sl-journey", id=id or None)


def output(found: Journey) -> Html:
    """The whole journey for a notebook: the picture of the last moment, and every step as a sentence."""
    steps = tag("ol", *(tag("li", _sentence(moment)) for moment in found.moments))
    drawn = journey(found.now, id="", listed=False)
    return markup.output(join(drawn, tag("details", tag("summary", "Step by step"), steps)))


def now(standing: Sequence[Moment]) -> Html:
    """The picture for a live view: of the first moment, with a line for each of the others."""
    return journey(standing[0], standing[1:])


def forked(moment: Moment, others: Sequence[Moment], *, beside: Html | None = None) -> Html:
    """The picture for a live view, in which the ways of `others`, who were accepted before, branch off."""
    source = tag("figcaption", beside, tag("small", moment.source))
    drawn = tag("div", _picture(moment, "journey", others[-1:]), class_="sl-drawn")
    return tag("figure", drawn, _stops(moment, others), source, class_="sl-journey sl-forked", id="journey")


def small(moment: Moment) -> Html:
    """The picture and its sentence as a card, to stand beside others."""
    return tag("div", journey(moment, id=""), class_="sl-box")


def spoken(moment: Moment) -> str:
    """The moment as it is read out."""
    code = f"{moment.reply}: " if moment.reply else ""
    return f"{code}{moment.says} {_act(moment)}"


def beside(found: Journeys) -> Html:
    """Where several journeys stand now, for a notebook: a card for each, with its name."""
    cards = (
        tag("section", tag("strong", name), journey(each.now, id=""), class_="sl-box")
        for name, each in found.journeys.items()
    )
    return markup.output(tag("div", *cards, class_="sl-four"), framed=False)


def _caption(moment: Moment) -> Html:
    return tag("div", _sentence(moment), " ", tag("small", f"({moment.source})"))


def _sentence(moment: Moment) -> Html:
    """All that the picture shows."""
    code = join(tag("b", moment.reply, class_="sl-mono"), " ") if moment.reply else None
    return join(code, moment.says, " ", tag("span", _act(moment), class_="sl-acts"))


def _act(moment: Moment) -> str:
    then = f"; then {moment.names[Place.SENDER]} {moment.then}" if moment.then else ""
    return f"Now {moment.names[moment.holder]} {moment.act}{then}."


def _each(moments: Sequence[Moment]) -> Html | None:
    """A line for each recipient: where their message is, and who must act."""
    if not moments:
        return None
    rows = [
        tag("li", tag("b", m.recipient), f": with {m.names[m.at]}, which {m.act}", class_=f"sl-chip {_tone(m)}")
        for m in moments[:_LISTED]
    ]
    if len(moments) > _LISTED:
        rows.append(tag("li", f"and {len(moments) - _LISTED} more", class_="sl-soft"))
    return tag("ul", *rows, class_="sl-chips", aria_label="Each recipient")


def _tone(moment: Moment) -> str:
    return f"sl-{_digit(moment)}"


def _digit(moment: Moment) -> int:
    """Of the reply; without one, of the promise that is kept."""
    return moment.reply // 100 if moment.reply // 100 in _TONES else 2 if moment.at is Place.MAILBOX else 0


def _role(moment: Moment, place: Place) -> str:
    """What whoever stands there is; nothing where their name says it already."""
    role = _ROLES[place]
    return "" if moment.names[place].removeprefix("the ") == role else role


def _shown(moment: Moment) -> tuple[Place, ...]:
    through = Place.NEXT in moment.promised or moment.kind in _ABOUT_ANOTHER
    return tuple(place for place in Place if place is not Place.NEXT or through)


# --- as a list, where a picture would be too small to read ----------------------------------------------------


def _stops(moment: Moment, others: Iterable[Moment] = ()) -> Html:
    others = [*others]
    copies = {moment.at, *(other.at for other in others if other.at is not Place.MAILBOX)}
    stops = [_stop(place, moment, has_mail=place in copies) for place in _shown(moment)]
    after = _shown(moment).index(Place.SERVER) + 1
    return tag("ol", *stops[:after], *map(_way, others), *stops[after:], class_="sl-stops", aria_hidden="true")


def _way(other: Moment) -> Html:
    """The way that is promised to another recipient."""
    mail = (
        tag("span", "\N{ENVELOPE}\N{VARIATION SELECTOR-15} ", class_="sl-mail") if other.at is Place.MAILBOX else None
    )
    arrow = tag("b", "→ ", class_="sl-tone-2")
    stops = [join(arrow, other.names[place]) for place in other.promised if place is not Place.SERVER]
    return tag("li", *(join(stop, " ") for stop in stops), mail, class_="sl-branch")


def _stop(place: Place, moment: Moment, *, has_mail: bool) -> Html:
    holds = place is moment.holder
    mail = tag("span", "\N{ENVELOPE}\N{VARIATION SELECTOR-15} ", class_="sl-mail") if has_mail else None
    act = tag("span", f" ◎ {moment.act}", class_="sl-acts") if holds else None
    if place is Place.SENDER and moment.then:
        act = tag("span", f" then {moment.then}", class_="sl-acts")
    if place is Place.SERVER and moment.reply:
        refused = "\N{NO-BREAK SPACE}✗" if moment.reply // 100 == 5 else ""
        act = join(act, tag("b", f" says {moment.reply}{refused}", class_=_tone(moment).replace("sl-", "sl-tone-")))
    classes = ["sl-holds"] * holds + ["sl-promised"] * (place in moment.promised[1:])
    if place is Place.MAILBOX and moment.kind == "name-not-allowed":
        act = tag("b", " ✗ not allowed", class_="sl-tone-5")
    role = _role(moment, place)
    body = (mail, moment.names[place], *((" ", tag("small", role)) if role else ()), act)
    return tag("li", *body, class_=" ".join(classes) or None)


# --- as a picture -----------------------------------------------------------------------------------------------


def _picture(moment: Moment, id: str, others: Sequence[Moment] | None = None) -> Html:
    """Always the same groups in the same order, so that what moves stays the same element in a live view.

    With `others`, though there be none yet, there is room for a way that branches off upwards.
    """
    name = f"Journey: the message is with {moment.names[moment.at]}; {moment.names[moment.holder]} {moment.act}."
    top = 0 if others is None else _TOP
    for other in others or ():
        name += f" For {other.names[Place.MAILBOX]} it is with {other.names[other.at]}."
    drawn = (
        *(() if others is None else (tag("g", *(_branch(other) for other in others)),)),
        tag("g", _roads(moment), _promise(moment), _reply(moment), _cross(moment), _report(moment)),
        tag("g", _nodes(moment)),
        _ring(moment, id),
        tag("g", _names(moment), _acts(moment)),
        *(_copy(other) for other in others or () if other.at is Place.MAILBOX or other.at is not moment.at),
        _envelope(moment, id),
    )
    # not sl-2 to sl-5, which have a background in an output
    tone = _tone(moment).replace("sl-", "sl-tone-")
    box = {"viewBox": f"0 {top} {_WIDTH} {_HEIGHT - top}", "aria-label": name}
    return tag("svg", *drawn, role="img", width=_WIDTH, class_=tone, fill="none", **box)


def _colour(moment: Moment) -> str:
    return _TONES.get(_digit(moment), _GREY)


def _roads(moment: Moment) -> Iterator[Html]:
    """What joins the stops; behind a server that refuses there is no way on."""
    refused = moment.reply // 100 == 5 or moment.kind in _NO_WAY
    for before, after in pairwise(_shown(moment)):
        if after not in moment.promised[1:] and not (refused and before in (Place.SERVER, Place.NEXT)):
            ends = _X[before] + _RADIUS, _X[after] - _RADIUS
            yield _line(*ends, class_="sl-road", stroke=_GREY, stroke_width="1.5")


def _line(x1: int, x2: int, **attributes: str) -> Html:
    return tag("line", x1=x1, y1=_Y, x2=x2, y2=_Y, **attributes)


def _promise(moment: Moment) -> Iterator[Html]:
    """A dotted path with arrows: what is promised, and has not happened."""
    dots = {"stroke": _colour(moment), "stroke_width": "3", "stroke_dasharray": "1 6", "stroke_linecap": "round"}
    for before, after in pairwise(moment.promised):
        end = _X[after] - _RADIUS - 4
        yield _line(_X[before] + _RADIUS + 6, end - 10, class_="sl-promise", **dots)
        yield tag("path", d=f"M{end} {_Y}l-9-5v10z", class_="sl-head", fill=_colour(moment))


def _branch(other: Moment) -> Html:
    """The way that is promised to another recipient, above."""
    stops = [place for place in other.promised if place is not Place.SERVER]
    ends = [_X[place] - _SMALL - 4 for place in stops]
    dots = {"stroke": _colour(other), "stroke_width": "3", "stroke_dasharray": "1 6", "stroke_linecap": "round"}
    x, up = _X[Place.SERVER], _BRANCH
    ways = [f"M{x + 18} {_Y - 20}C{x + 30} {up + 30} {x + 40} {up} {ends[0] - 10} {up}"]
    ways += [f"M{_X[before] + _SMALL + 5} {up}H{end - 10}" for before, end in zip(stops, ends[1:], strict=False)]
    drawn = [tag("path", d=way, class_="sl-promise", **dots) for way in ways]
    drawn += [tag("path", d=f"M{end} {up}l-9-5v10z", class_="sl-head", fill=_colour(other)) for end in ends]
    for place in stops:
        drawn.append(tag("circle", cx=_X[place], cy=up, r=_SMALL, class_="sl-node", stroke=_GREY, stroke_width="1.5"))
        drawn.append(_text(_clipped(other.names[place], _LONGEST_NAME), _X[place], up + _SMALL + 14))
    return tag("g", *drawn, class_=_tone(other).replace("sl-", "sl-tone-"))


def _copy(other: Moment) -> Html:
    """The message of another recipient, which is elsewhere."""
    return _envelope(other, "", _BRANCH, 0.7) if other.at is Place.MAILBOX else _envelope(other, "")


def _reply(moment: Moment) -> Iterator[Html]:
    """The reply that has gone back to the client, with its code."""
    if not moment.reply:
        return
    start, end = _X[Place.SERVER] - 17, _X[Place.CLIENT] + 19
    middle, colour = (start + end) // 2, _colour(moment)
    yield tag("path", d=f"M{start} 38Q{middle} 10 {end + 4} 35", class_="sl-back", stroke=colour, stroke_width="2.5")
    yield tag("path", d=f"M{end - 3} 41l3-11 8 7z", class_="sl-head", fill=colour)
    style = {"font_family": "monospace", "font_size": "15", "font_weight": "bold", "text_anchor": "middle"}
    address = tag("tspan", f" {_clipped(moment.address, _LONGEST_NAME)}", font_size="11") if moment.address else None
    yield tag("text", str(moment.reply), address, x=middle, y=15, class_="sl-number", fill=colour, **style)


def _cross(moment: Moment) -> Iterator[Html]:
    """Where a refusal ends the way: before the recipient, or before the server where it refuses the message."""
    if moment.reply // 100 == 5 or moment.kind in _NO_WAY:
        ends = (Place.SERVER, _next(moment)) if moment.kind in _NO_WAY else (Place.CLIENT, Place.SERVER)
        middle = sum(_X[place] for place in ends) // 2
        cross = f"M{middle - 6} {_Y - 6}l12 12m0-12l-12 12"
        yield tag("path", d=cross, class_="sl-cross", stroke=_TONES[5], stroke_width="3", stroke_linecap="round")


def _next(moment: Moment) -> Place:
    return Place.NEXT if Place.NEXT in _shown(moment) else Place.MAILBOX


def _report(moment: Moment) -> Iterator[Html]:
    if moment.reports:
        by = Place.CLIENT if moment.at is Place.SENDER else moment.holder
        start, end = _X[by] - 18, _X[Place.SENDER] + 18
        line = {"stroke": _VIOLET, "stroke_width": "2", "stroke_dasharray": "5 4"}
        yield tag("path", d=f"M{start} 73Q{(start + end) // 2} 94 {end + 4} 76", class_="sl-report", **line)
        yield tag("path", d=f"M{end - 3} 71l3 10 8-7z", class_="sl-report-head", fill=_VIOLET)


def _nodes(moment: Moment) -> Iterator[Html]:
    for place in _shown(moment):
        yield tag("circle", cx=_X[place], cy=_Y, r=_RADIUS, class_="sl-node", stroke=_GREY, stroke_width="1.5")


def _names(moment: Moment) -> Iterator[Html]:
    for place in _shown(moment):
        name, role = moment.names[place], _role(moment, place)
        tight = {"class_": "sl-tight", "font_size": "10"} if len(name) > _USUAL_NAME else {}
        if place is Place.MAILBOX and moment.kind == "name-not-allowed":
            name, tight = f"✗ {name}", tight | {"fill": _TONES[5], "class_": "sl-bad"}
        yield _text(_clipped(name, _LONGEST_NAME), _X[place], 97, **tight)
        if role:
            yield _text(role, _X[place], 111, class_="sl-role", font_size="11")


def _acts(moment: Moment) -> Iterator[Html]:
    """What is to be done, beside whoever must do it."""
    act, then = (
        _clipped(moment.act, _LONGEST_ACT),
        _clipped(f"{moment.names[Place.SENDER]} then {moment.then}", _LONGEST_ACT),
    )
    y = 128 if _role(moment, moment.holder) else 114
    yield _text(act, _inside(act, _X[moment.holder]), y, class_="sl-act", font_weight="bold")
    if moment.then:
        yield _text(then, _inside(then, _X[Place.SENDER]), 144, class_="sl-then")


def _inside(text: str, x: int) -> int:
    """Where the middle of a text stands, so that all of it is in the picture."""
    half = len(text) * _WIDE // 2
    return max(half, min(x, _WIDTH - half))


def _text(text: str, x: int, y: int, **attributes: str) -> Html:
    style = {"font_family": "sans-serif", "font_size": "12", "text_anchor": "middle", "fill": "currentColor"}
    return tag("text", text, x=x, y=y, **(style | attributes))


def _clipped(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _ring(moment: Moment, id: str) -> Html:
    style = f"transform:translate({_X[moment.holder]}px,{_Y}px)"
    return tag(
        "circle",
        r=_RADIUS,
        class_="sl-ring sl-moves",
        style=style,
        id=f"{id}-ring" if id else None,
        stroke=_VIOLET,
        stroke_width="3",
    )


def _envelope(moment: Moment, id: str, y: int = _Y, size: float = 1) -> Html:
    place = f"translate({_X[moment.at] - 13 * size:g}px,{y - 9 * size:g}px)"
    style = f"transform:{place}" if size == 1 else f"transform:{place} scale({size})"
    return tag(
        "g",
        tag("rect", width=26, height=18, rx=2),
        tag("path", d="M0 1l13 9.5L26 1"),
        class_="sl-envelope sl-moves sl-returned" if moment.at is Place.SENDER else "sl-envelope sl-moves",
        style=style,
        id=f"{id}-envelope" if id else None,
        stroke="currentColor",
        stroke_width="1.8",
    )
