"""Two reply codes head to head: what each means for those who have to act, and what tells the two apart.

Texts are in `data/head_to_head.toml`, wordings of real servers in `data/wordings.csv`, each with its source; a code
that has no text there is read by its first digit (RFC 5321 section 4.2).
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from smtplesson import content
from smtplesson.guide import reply_codes
from smtplesson.protocol.codes import CLASSES, SUBJECTS, CodeMeaning, is_well_formed, meanings, reply_class

#: The rows that say what a code means for those who have to act; all others are what standards and servers have of it.
CONSEQUENCES = ("What has become of it", "Who must act", "The same again?", "Who is responsible for the mail")


@dataclass(frozen=True, slots=True)
class Wording:
    """What a real server said, word for word: to which command, and where that was found."""

    code: int
    server: str
    command: str
    reply: str
    source: str

    def __str__(self) -> str:
        return f"{self.reply} ({self.server}, to {self.command})"


@dataclass(frozen=True, slots=True)
class Aspect:
    """One thing that is said of both codes."""

    label: str
    left: str
    right: str

    @property
    def differs(self) -> bool:
        """Whether the two are told apart by it."""
        return self.left != self.right

    @property
    def mark(self) -> str:
        """The same as a sign and a word."""
        return "≠ differs" if self.differs else "= same"


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Two codes side by side, and what tells them apart.

    `practice` says where real servers do otherwise; it is empty where nothing is known of that.
    """

    left: int
    right: int
    difference: str
    source: str
    practice: str
    rows: tuple[Aspect, ...]

    def row(self, label: str) -> Aspect:
        """The row with this label; KeyError where there is none."""
        return {row.label: row for row in self.rows}[label]

    def __str__(self) -> str:
        said = [f"{self.left} or {self.right}? {self.difference} ({self.source})"]
        if self.practice:
            said.append(f"In practice: {self.practice}")
        for row in self.rows:
            said += [f"{row.label} ({row.mark})", f"  {self.left:03}: {row.left}", f"  {self.right:03}: {row.right}"]
        return "\n".join(said)


def side_by_side(left: str | int, right: str | int) -> SideBySide:
    """Set two codes side by side; CodeError where one is not three digits.

    >>> side_by_side(551, "550").difference
    'Both refuse. 551 names an address to try instead. 550 names none.'
    """
    one, other = reply_codes.read_code(left), reply_codes.read_code(right)
    difference, source, practice = _difference(one, other)
    pairs = zip(_said_of(one), _said_of(other), strict=True)
    rows = tuple(Aspect(label, mine, yours) for (label, mine), (_, yours) in pairs)
    return SideBySide(one, other, difference, source, practice, rows)


def pairs() -> tuple[tuple[int, int], ...]:
    """The pairs that are most often confused, each with a sentence of its own.

    >>> (251, 553) in pairs()
    True
    """
    return tuple(_pairs())


@functools.cache
def wordings(code: int) -> tuple[Wording, ...]:
    """What real servers said with this code: up to four replies.

    >>> [wording.server for wording in wordings(251)]
    ['Exim 4.96 as configured for the recording', 'aiosmtpd 1.4.6 as configured for the recording']
    """
    rows = content.rows(content.KIT / "wordings.csv")
    return tuple(row.build(Wording, "code", code=code) for row in rows if row["code"] == f"{code:03}")


@functools.cache
def _texts() -> content.Section:
    return content.read(content.KIT / "head_to_head.toml")


@functools.cache
def _pairs() -> Mapping[tuple[int, int], Mapping[str, str]]:
    return MappingProxyType({(pair["codes"][0], pair["codes"][1]): pair for pair in _texts()["pairs"]})


def _difference(left: int, right: int) -> tuple[str, str, str]:
    """What tells the two apart, its source, and the practice; by their digits where the file has no sentence."""
    pair = _pairs().get((min(left, right), max(left, right)))
    if pair is not None:
        return pair["difference"], pair["source"], pair.get("practice", "")
    return _by_digits(left, right), "RFC 5321 sections 4.2 and 4.2.1", ""


def _by_digits(left: int, right: int) -> str:
    if left == right:
        return "This is one code twice."
    if strange := [code for code in (left, right) if code // 100 not in CLASSES]:
        return f"{strange[0]:03} is no code that a server may send: the first digit must be 2, 3, 4 or 5."
    one, other = reply_class(left), reply_class(right)
    if one is not other:
        return f"The first digit tells them apart: {left} is “{one.word}”, {right} is “{other.word}”."
    both = f"Both are “{one.word}”, as the first digit says."
    if odd := [code for code in (left, right) if not is_well_formed(code)]:
        return f"{both} {odd[0]} is not well formed, for the second digit must be 0 to 5, but is read all the same."
    mine, yours = (SUBJECTS[code // 10 % 10] for code in (left, right))
    if mine != yours:
        return f"{both} The second digit tells them apart: {left} is about {_low(mine)}, {right} about {_low(yours)}."
    return f"{both} So is their subject, by the second digit. Only the finer detail differs: read both texts."


def _low(subject: str) -> str:
    return {"Mail system": "the mail system", "Unspecified": "something unspecified"}.get(subject, subject.lower())


def _said_of(code: int) -> Iterator[tuple[str, str]]:
    """The same labels for every code, in the same order."""
    known = meanings().get(code, ())
    meaning = "\n".join(f"{row.text} ({_cited(row)})" for row in known)
    yield "Meaning", meaning or reply_codes.headline(code).partition(": ")[2]
    yield "Class", _class_of(code)
    yield "Second digit", _subject_of(code)
    yield from _consequences(code)
    yield "May answer", reply_codes.answers(code) or "no command that a standard names"
    yield "Enhanced codes registered", ", ".join(_registered(known)) or "none"
    yield "Enhanced codes seen", ", ".join(_own(code).get("seen", ())) or "none in the kit's collection"
    yield (
        "Real servers say",
        "\n".join(f"· {wording}" for wording in wordings(code)) or "nothing in the kit's collection",
    )


def _registered(known: Sequence[CodeMeaning]) -> Iterator[str]:
    """The enhanced codes of these meanings; one that belongs to ETRN alone is not for what 251 says to RCPT."""
    for enhanced in sorted({e for row in known for e in row.enhanced_codes.split()}, key=_digits):
        commands = {row.commands for row in known if enhanced in row.enhanced_codes.split()}
        yield f"{enhanced} (to ETRN)" if commands == {"ETRN"} and len(known) > 1 else enhanced


def _consequences(code: int) -> Iterator[tuple[str, str]]:
    classes: Mapping[str, Mapping[str, str]] = _texts()["classes"]
    said = {**classes.get(str(code // 100), classes["none"]), **_own(code)}
    texts = (f"{said['outcome']} ({said['source']})", said["acts"], said["again"], said["responsible"])
    yield from zip(CONSEQUENCES, texts, strict=True)


def _own(code: int) -> Mapping[str, Any]:
    own: Mapping[str, Any] = _texts()["codes"].get(f"{code:03}", {})
    return own


def _class_of(code: int) -> str:
    if code // 100 not in CLASSES:
        return "none: SMTP has 2yz, 3yz, 4yz and 5yz"
    klass = reply_class(code)
    return f"{klass}: {klass.name}"


def _subject_of(code: int) -> str:
    digit = code // 10 % 10
    return f"{digit}: {SUBJECTS.get(digit, 'none that the grammar allows')}"


def _cited(row: CodeMeaning) -> str:
    sections = row.section.split("; ")
    return f"{row.rfc} section{'s' if len(sections) > 1 else ''} {', '.join(sections)}"


def _digits(enhanced: str) -> list[int]:
    return [int(part) for part in enhanced.split(".")]
