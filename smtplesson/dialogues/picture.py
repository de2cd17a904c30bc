"""The journey of a message as a picture, and the same in words."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from smtplesson import markup
from smtplesson.dialogues.journey import Journey, Journeys, Moment, Place
from smtplesson.markup import Html, join, tag
from smtplesson.protocol import display

#: Where each stop stands in the picture, whose middle line is at `_Y`.
_X = {Place.SENDER: 60, Place.CLIENT: 175, Place.SERVER: 310, Place.NEXT: 430, Place.MAILBOX: 535}
_Y, _RADIUS = 72, 25
_ROLES = {
    Place.SENDER: "sender",
    Place.CLIENT: "client",
    Place.SERVER: "this server",
    Place.NEXT: "next server",
    Place.MAILBOX: "mailbox",
}
_ABOUT_ANOTHER = ("accepted-to-forward", "taken-to-forward", "try-elsewhere", "forward-fails")
_LONGEST = 16  # characters of a name in the picture


def journey(moment: Moment) -> Html:
    """Where the message is now, who must act, and what is promised: a picture, and the same in a sentence.

    Drawn anew in a live view, the envelope and the ring move to where they are now.
    """
    return tag("figure", _picture(moment), _stops(moment), _caption(moment), class_="sl-journey")


def output(found: Journey) -> Html:
    """The whole journey for a notebook: the picture of the last moment, and every step as a sentence."""
    steps = tag("ol", *(tag("li", _sentence(moment)) for moment in found.moments))
    return markup.output(join(journey(found.now), tag("details", tag("summary", "Step by step"), steps)))


def small(moment: Moment) -> Html:
    """The picture and its sentence as a card, to stand beside others."""
    return tag("div", journey(moment), class_="sl-box")


def beside(found: Journeys) -> Html:
    """Where several journeys stand now, for a notebook: a card for each, under its name."""
    cards = (tag("section", tag("h4", name), small(each.now)) for name, each in found.journeys.items())
    return markup.output(tag("div", *cards, class_="sl-four"))


def _caption(moment: Moment) -> Html:
    return tag("figcaption", _sentence(moment), " ", tag("small", f"({moment.source})"))


def _sentence(moment: Moment) -> Html:
    """All that the picture shows."""
    code = join(tag("b", moment.reply, class_="sl-mono"), " ") if moment.reply else None
    then = f"; then {moment.names[Place.SENDER]} {moment.then}" if moment.then else ""
    act = f"Now {moment.names[moment.holder]} {moment.act}{then}."
    return join(code, moment.says, " ", tag("span", act, class_="sl-acts"))


def _shown(moment: Moment) -> tuple[Place, ...]:
    through = Place.NEXT in moment.promised or moment.kind in _ABOUT_ANOTHER
    return tuple(place for place in Place if place is not Place.NEXT or through)


def _stops(moment: Moment) -> Html:
    """The same as a list, for a narrow window."""
    return tag("ol", *(_stop(place, moment) for place in _shown(moment)), class_="sl-stops", aria_hidden="true")


def _stop(place: Place, moment: Moment) -> Html:
    mail = " \N{ENVELOPE}" if place is moment.at else ""
    act = tag("b", f" {moment.act}", class_="sl-acts") if place is moment.holder else None
    return tag("li", moment.names[place], " ", tag("small", _ROLES[place]), mail, act)


def _picture(moment: Moment) -> Html:
    name = f"Journey: the message is with {moment.names[moment.at]}; {moment.names[moment.holder]} {moment.act}."
    parts = [*_lines(moment), *_promise(moment), *_reply(moment), *_report(moment), *_nodes(moment)]
    parts += [_ring(moment), *_acts(moment), _envelope(moment)]
    return tag("svg", *parts, viewBox="0 0 600 172", role="img", aria_label=name, class_=display.tone(moment.reply))


def _lines(moment: Moment) -> Iterator[Html]:
    shown = _shown(moment)
    for before, after in pairwise(shown):
        yield _line(_X[before] + _RADIUS, _X[after] - _RADIUS, class_="sl-road")


def _line(x1: int, x2: int, **attributes: str) -> Html:
    return tag("line", x1=x1, y1=_Y, x2=x2, y2=_Y, **attributes)


def _promise(moment: Moment) -> Iterator[Html]:
    """A dotted path with arrows: what is promised, and has not happened."""
    for before, after in pairwise(moment.promised):
        end = _X[after] - _RADIUS - 4
        yield _line(_X[before] + _RADIUS + 4, end - 6, class_="sl-promise")
        yield tag("path", d=f"M{end} {_Y}l-8-4.5v9z", class_="sl-head")


def _reply(moment: Moment) -> Iterator[Html]:
    """The reply that has gone back to the client, with its code."""
    if not moment.reply:
        return
    start, end = _X[Place.SERVER] - 20, _X[Place.CLIENT] + 22
    yield tag("path", d=f"M{start} 52Q{(start + end) // 2} 20 {end + 3} 51", class_="sl-back")
    yield tag("path", d=f"M{end - 2} 56l2-10 8 6z", class_="sl-head")
    yield tag("text", str(moment.reply), x=(start + end) // 2, y=28, class_="sl-number")
    if moment.reply // 100 == 5:
        middle = (_X[Place.CLIENT] + _X[Place.SERVER]) // 2
        yield tag("path", d=f"M{middle - 7} {_Y - 7}l14 14m0-14l-14 14", class_="sl-cross")


def _report(moment: Moment) -> Iterator[Html]:
    if moment.reports:
        start, end = _X[moment.holder] - 20, _X[Place.SENDER] + 22
        yield tag("path", d=f"M{start} 90Q{(start + end) // 2} 122 {end} 93", class_="sl-report")
        yield tag("path", d=f"M{end - 5} 88l2 10 8-6z", class_="sl-report-head")


def _nodes(moment: Moment) -> Iterator[Html]:
    for place in _shown(moment):
        name = moment.names[place]
        text = name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
        yield tag("circle", cx=_X[place], cy=_Y, r=_RADIUS, class_="sl-node", id=f"journey-{place.replace(' ', '-')}")
        yield tag("text", text, x=_X[place], y=116)
        yield tag("text", _ROLES[place], x=_X[place], y=131, class_="sl-soft")


def _acts(moment: Moment) -> Iterator[Html]:
    """What is to be done, beside whoever must do it."""
    yield tag("text", moment.act, x=min(max(_X[moment.holder], 80), 520), y=149, class_="sl-act", id="journey-act")
    if moment.then:
        yield tag("text", f"then {moment.then}", x=90, y=166, class_="sl-then", id="journey-then")


def _ring(moment: Moment) -> Html:
    style = f"transform:translate({_X[moment.holder]}px,{_Y}px)"
    return tag("circle", r=_RADIUS, class_="sl-ring sl-moves", style=style, id="journey-ring")


def _envelope(moment: Moment) -> Html:
    style = f"transform:translate({_X[moment.at] - 13}px,{_Y - 9}px)"
    shape = join(tag("rect", width=26, height=18, rx=2), tag("path", d="M0 1l13 9.5L26 1"))
    return tag("g", shape, class_="sl-envelope sl-moves", style=style, id="journey-envelope")
