"""How what the guide tells looks: an address in its parts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from smtplesson.guide.anatomy import Anatomy, Part
from smtplesson.markup import Html, stacked, tag, unseen
from smtplesson.protocol.display import shorten

# --- an address ---------------------------------------------------------------------------------------------------

#: Characters of an address that are drawn, and parts that are listed; an address has 254 octets at most.
_DRAWN, _LISTED = 300, 100
_LOOKS = {"local part": "sl-local", "domain": "sl-domain", "address literal": "sl-domain"}
_UNNAMED = ("at sign", "bracket")


def address(anatomy: Anatomy) -> Html:
    """The picture of an address: its parts in their colours, each named below it, and a box around the fault."""
    drawn = [_part(anatomy, part) for part in anatomy.parts if part.start < _DRAWN]
    if anatomy.fault is not None and anatomy.fault.span[0] >= len(anatomy.address):
        drawn.append(_named("", [_piece("\N{NO-BREAK SPACE}", "sl-bad")]))
    if len(anatomy.address) > _DRAWN:
        drawn.append(tag("small", f"... ({len(anatomy.address):,} characters)"))
    names = ", ".join(f"{part.name} {shorten(part.text)}" for part in anatomy.parts)
    where = f"; marked: {anatomy.fault.place}" if anatomy.fault else ""
    label = f"The address in its parts: {names or 'none'}{where}"
    size = "" if len(anatomy.address) <= 40 else " sl-long"
    return tag("div", *drawn, role="img", aria_label=label, class_=f"sl-address{size}")


def verdict(anatomy: Anatomy) -> Html:
    """What is wrong with an address, where and by which rule; or that nothing is."""
    fault = anatomy.fault
    if fault is None:
        well = "A Mailbox by RFC 5321 section 4.1.2, within the lengths of section 4.5.3.1."
        return tag("p", tag("strong", "✓ Well formed."), " ", tag("small", well), class_="sl-verdict sl-2")
    said, stop, more = fault.message.partition(". ")
    where = f"Marked: {fault.place}. {fault.production}: {fault.section}"
    return tag("p", tag("strong", f"✗ {said}{stop}"), more, " ", tag("small", where), class_="sl-verdict sl-5")


def lengths(anatomy: Anatomy) -> Html:
    """Each length of an address beside its limit."""
    rows = [
        (each.name, f"{each.length:,} of {each.most}: {'✗' if each.excess else '✓'} {each.verdict}", each.section)
        for each in anatomy.lengths
    ]
    return stacked(("length", "octets", "limit by"), rows, caption=unseen("Lengths beside their limits"))


def parts(anatomy: Anatomy) -> Html | None:
    """The parts of an address, one by one."""
    if not anatomy.parts:
        return None
    rows = [
        (
            f"{'· ' * depth}{part.name}{' ✗ fault' if anatomy.is_wrong(part) else ''}",
            tag("code", shorten(part.text), class_="sl-wraps"),
            str(part.octets),
            f"{part.production}, {part.section}" if part.production else "none",
        )
        for depth, part in islice(anatomy.walk(), _LISTED)
    ]
    count = sum(1 for _ in anatomy.walk())
    caption = f"The {'parts' if count <= _LISTED else f'first {_LISTED} parts'}, one by one"
    return stacked(("part", "as written", "octets", "production"), rows, caption=unseen(caption))


def _part(anatomy: Anatomy, part: Part) -> Html:
    return _named("" if part.name in _UNNAMED else part.name, _pieces(anatomy, part))


def _named(name: str, pieces: Sequence[Html]) -> Html:
    return tag("span", tag("span", *pieces), tag("small", name), class_="sl-part")


def _pieces(anatomy: Anatomy, part: Part) -> list[Html]:
    """The part's text, cut where the fault begins and ends."""
    text = part.text[: _DRAWN - part.start]
    start, end = anatomy.fault.span if anatomy.fault else (0, 0)
    first, last = (min(max(0, place - part.start), len(text)) for place in (start, end))
    look = _LOOKS.get(part.name, "")
    cut = ((text[:first], look), (text[first:last], "sl-bad"), (text[last:], look))
    return [_piece(each, class_) for each, class_ in cut if each]


def _piece(text: str, look: str) -> Html:
    return tag("span", text, class_=f"sl-piece {look}".rstrip())
