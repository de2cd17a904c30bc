"""How what the guide knows looks: explained replies, addresses, codes, two head to head, the glossary, what to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import islice

from smtplesson import markup
from smtplesson.guide import reply_codes
from smtplesson.guide.anatomy import Anatomy, Part
from smtplesson.guide.field_guide import MEANS, RECIPIENT_COLUMNS, Explanation, Reading, spoken
from smtplesson.guide.glossary import Entry
from smtplesson.guide.head_to_head import CONSEQUENCES, Aspect, SideBySide
from smtplesson.guide.what_now import Advice
from smtplesson.markup import Child, Html, counted, join, lines, prose, stacked, tag, unseen
from smtplesson.protocol import display
from smtplesson.protocol.codes import CLASSES, SUBJECTS, phrase
from smtplesson.protocol.display import code, shorten, tone

# --- an address ---------------------------------------------------------------------------------------------------

#: Characters of an address that are drawn, and parts that are listed; an address has 254 octets at most.
_DRAWN, _LISTED = 300, 100
_LOOKS = {"local part": "sl-local", "domain": "sl-domain", "address literal": "sl-domain"}
_UNNAMED = ("at sign", "bracket")


def address(anatomy: Anatomy, *, named: bool = True) -> Html:
    """The picture of an address: its parts in their colours, each `named` below it, and a box around the fault."""
    drawn = [_part(anatomy, part, named) for part in anatomy.parts if part.start < _DRAWN]
    if anatomy.fault is not None and anatomy.fault.span[0] >= len(anatomy.address):
        drawn.append(_named("", [_piece("\N{NO-BREAK SPACE}", "sl-bad")]))
    if len(anatomy.address) > _DRAWN:
        drawn.append(tag("small", f"... ({len(anatomy.address):,} characters)"))
    names = ", ".join(f"{part.name} {shorten(part.text)}" for part in anatomy.parts)
    where = f"; marked: {anatomy.fault.place}" if anatomy.fault else ""
    label = f"The address in its parts: {names or 'none'}{where}"
    size = "" if len(anatomy.address) <= 40 else " sl-long"
    return tag("div", *drawn, role="img", aria_label=label, class_=f"sl-address{size}{'' if named else ' sl-bare'}")


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


def _part(anatomy: Anatomy, part: Part, named: bool) -> Html:
    return _named(part.name if named and part.name not in _UNNAMED else "", _pieces(anatomy, part))


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


# --- two codes head to head ---------------------------------------------------------------------------------------


def head_to_head(pair: SideBySide, shown: tuple[Child, Child] = (None, None)) -> Html:
    """What tells two codes apart, what there is to do after each, then where they differ; the rest is folded.

    `shown` stands with each code, such as a picture.
    """
    practice = tag("p", tag("strong", "In practice: "), pair.practice) if pair.practice else None
    acts = pair.row("Who must act")
    cards = [_card(pair.left, acts.left, shown[0]), _card(pair.right, acts.right, shown[1])]
    rows = [row for row in pair.rows if row is not acts]
    rest = [row for row in rows if row.label not in CONSEQUENCES]
    return join(
        tag("p", _coloured(pair.difference, (pair.left, pair.right)), class_="sl-lead"),
        practice,
        tag("p", tag("small", pair.source)),
        tag("div", *cards, class_="sl-cols sl-cards"),
        _compared(pair, [row for row in rows if row.label in CONSEQUENCES], "What follows from each"),
        tag(
            "details",
            tag("summary", "What the standards and servers have of each"),
            _compared(pair, rest, "What the standards and servers have of each"),
            id="more",
        ),
    )


def _card(code: int, act: str, shown: Child) -> Html:
    """A code in its class's colour, its phrase, who must act, and what is shown with it."""
    who, _, what = act.partition(": ")
    return tag(
        "section",
        tag("h3", display.code(code)),
        tag("p", phrase(code), class_="sl-soft") if phrase(code) else None,
        tag("p", tag("span", "◎ ", aria_hidden="true"), tag("strong", f"{who}:", class_="sl-acts"), f" {what}"),
        shown,
        class_=f"sl-panel {display.tone(code)}",
    )


def _compared(pair: SideBySide, rows: Sequence[Aspect], name: str) -> Html:
    """The rows that differ, then those that do not, which say so."""
    cells = [
        (
            join(row.label, None if row.differs else (tag("br"), tag("small", row.mark))),
            markup.lines(row.left),
            markup.lines(row.right),
        )
        for row in sorted(rows, key=lambda row: not row.differs)
    ]
    heads = ("what", display.code(pair.left), display.code(pair.right))
    return stacked(heads, cells, caption=unseen(name))


def _coloured(text: str, codes: Sequence[int]) -> Html:
    """A text with these codes in their classes' colours."""
    pieces = enumerate(re.split(f"({'|'.join(f'{code:03}' for code in codes)})", text))
    return join(*(tag("b", each, class_=f"sl-tone {display.tone(int(each))}") if n % 2 else each for n, each in pieces))


# --- reply codes --------------------------------------------------------------------------------------------


def code_map(draw: Callable[[int], Html], codes: Collection[int], caption: str) -> Html:
    """These codes in a table, a class in a row, a second digit in a column that has any; `draw` draws each."""
    columns = [digit for digit in SUBJECTS if any(number // 10 % 10 == digit for number in codes)]
    rows = []
    for klass in CLASSES.values():
        word = tag("span", f"{klass.sign} {klass.word}", class_="sl-tag")
        cells: list[Child] = [
            tag("span", tag("b", klass.label), " ", word, class_=f"sl-code {tone(klass.digit * 100)}")
        ]
        for digit in columns:
            found = [draw(number) for number in sorted(codes) if number // 10 == klass.digit * 10 + digit]
            drawn = (join(" " if place else "", each) for place, each in enumerate(found))
            there = tag("div", *drawn, class_=f"sl-codes {tone(klass.digit * 100)}")
            cells.append(there if found else tag("span", "none", class_="sl-none"))
        rows.append(cells)
    return stacked(["Class", *(f"x{digit}z {SUBJECTS[digit]}" for digit in columns)], rows, caption=caption)


def code_facts(number: int) -> Html:
    """What is known of a code: its digits, its meanings, what it may answer, what the client does."""
    return facts(reply_codes.facts(number))


def code_heading(number: int) -> Html:
    """The code with its class, and what it says in a line."""
    return join(code(number), " ", tag("span", reply_codes.headline(number).partition(": ")[2]))


def facts(rows: Collection[tuple[str, Child]]) -> Html:
    """Labels and what is said under each."""
    return tag("dl", *(join(tag("dt", label), tag("dd", text)) for label, text in rows), class_="sl-told")


# --- the glossary -------------------------------------------------------------------------------------------


def glossary_entry(entry: Entry, id: str, see: Callable[[str], Html]) -> Html:
    """A word and what it means; `see` draws a word close to it."""
    about: list[Child] = [f"({entry.source})"]
    if entry.lesson:
        about += [" ", tag("a", f"Lesson {entry.lesson[:2]}", href=f"{entry.lesson}.ipynb")]
    others = [join(" " if number == 0 else ", ", see(word)) for number, word in enumerate(entry.see)]
    return tag(
        "div",
        tag("dt", entry.word, id=id, tabindex="-1"),
        tag("dd", prose(entry.meaning), " ", tag("small", *about)),
        tag("dd", tag("small", "See also:", *others)) if others else None,
        id=f"{id}-entry",
    )


# --- an explained reply -------------------------------------------------------------------------------------------

#: What all read of an explained reply; the rest is for those who run a server or a list, and is folded.
_FIRST = (*MEANS.values(), "What is wrong", "Try again")
_SOURCE = "Source"


def explanation(found: Explanation, more: Html | None = None) -> Html:
    """What to do by the likeliest reading, then the reply; what is at odds; other readings and the digits are folded.

    `more` comes before what is folded.
    """
    reply = display.talk(display.server(found.reply, explained=False)) if found.reply else None
    notes = [tag("p", tag("strong", "Note: "), note, class_="sl-panel sl-4") for note in found.notes]
    readings = [_reading(found, reading) for reading in found.readings]
    return join(readings[:1], reply, recipients(found), notes, more, _others(readings[1:]), _parts(found))


def recipients(found: Explanation) -> Html:
    """A row for each recipient, with their totals; nothing where there are fewer than two."""
    table = found.table()
    return stacked(RECIPIENT_COLUMNS, table, caption=f"Recipients: {found.totals}") if table else join()


def _reading(found: Explanation, reading: Reading) -> Html:
    """What to do, large; what it means and what is wrong; what few need, and what it rests on, is folded."""
    klass = found.reply_class
    do, *rows = found.rows(reading)
    first, stop, more = do[1].partition(". ")
    about = tag("span", f"about the {spoken(reading)}", class_="sl-chip sl-0")
    means = [join(text, " ", about) if name in MEANS.values() else text for name, text in rows]
    told = [join(tag("dt", name), tag("dd", text)) for (name, _), text in zip(rows, means, strict=True)]
    shown = [row for row, (name, _) in zip(told, rows, strict=True) if name in _FIRST]
    folded = [row for row, (name, _) in zip(told, rows, strict=True) if name not in (*_FIRST, _SOURCE)]
    faulty = found.faulty if reading is found.best else None
    return tag(
        "section",
        tag("p", tag("small", do[0]), class_="sl-first"),
        tag("p", tag("strong", first, stop.strip()), class_="sl-lead"),
        tag("p", more) if more else None,
        address(faulty, named=False) if faulty else None,
        tag("dl", *shown, class_="sl-told"),
        *(tag("p", tag("small", f"{name}: {text}")) for name, text in rows if name == _SOURCE),
        tag(
            "details",
            tag("summary", "For the postmaster or a mailing list, and why"),
            tag("dl", *folded, class_="sl-told"),
        ),
        class_=f"sl-panel sl-{klass.digit if klass else 0}",
    )


def _others(readings: list[Html]) -> Html | None:
    if not readings:
        return None
    return tag("details", tag("summary", f"It may also mean: {counted(len(readings), 'other reading')}"), readings)


def _parts(found: Explanation) -> Html | None:
    if not found.parts:
        return None
    rows = (join(tag("dt", name), tag("dd", value)) for name, value in found.parts)
    return tag("details", tag("summary", "The reply, digit by digit"), tag("dl", *rows, class_="sl-told"))


# --- what to do now -----------------------------------------------------------------------------------------------


def advice(end: Advice, *, terminal: bool = True) -> Html:
    """The end of a way: who must act, what to do, what not, and what to try; `terminal` says whether there is one."""
    act = tag("p", tag("span", "◎ ", aria_hidden="true"), "Who must act: ", tag("strong", end.who))
    rows = join(
        tag("dt", "What to do"),
        tag("dd", prose(end.do)),
        tag("dt", "What not to do"),
        tag("dd", prose(end.avoid)),
        *_to_try(end, terminal),
    )
    source = tag("p", tag("small", f"Source: {end.source}; lesson {end.lesson}"))
    return join(tag("div", act, class_="sl-panel sl-act"), tag("dl", rows, class_="sl-told"), source)


def _to_try(end: Advice, terminal: bool) -> Iterator[Html]:
    if end.line:
        place = "In the console of the world foo, after EHLO and MAIL where needed; it is answered "
        where = tag("div", place, display.code(end.says), class_="sl-soft")
        yield join(tag("dt", "To try"), tag("dd", tag("code", lines(end.line)), where))
    elif terminal:
        yield join(tag("dt", "To try, in a terminal"), tag("dd", tag("code", end.command)))
