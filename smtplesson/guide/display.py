"""How what the guide knows looks: the reply codes on their map, what is said of one, the words of the glossary."""

from __future__ import annotations

from collections.abc import Callable, Collection

from smtplesson.guide import reply_codes
from smtplesson.guide.glossary import Entry
from smtplesson.markup import Child, Html, join, prose, stacked, tag
from smtplesson.protocol.codes import CLASSES, SUBJECTS
from smtplesson.protocol.display import code, tone

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
