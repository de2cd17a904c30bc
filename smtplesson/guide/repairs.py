"""Small changes that make a faulty address a valid one, and whether somebody else may be meant by it then.

A repair is never a guess at a person: what is too long, or lacks its local part or its domain, has none.
"""

from __future__ import annotations

import re
import unicodedata
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from smtplesson.guide.anatomy import dissect
from smtplesson.protocol.addresses import is_literal
from smtplesson.protocol.faults import CommandSyntaxError, Fault
from smtplesson.protocol.grammar import is_domain

#: Repairs that are offered, faults that are mended one after the other, addresses that are tried.
MOST, _STEPS, _TRIED = 3, 4, 200

_COMMAND = re.compile(r"\s*(?:(?:MAIL\s+)?FROM|(?:RCPT\s+)?TO|mailto)\s*:\s*", re.IGNORECASE)
_AT_IN_WORDS = re.compile(r"\s*[\[({]\s*at\s*[\])}]\s*|\s+at\s+", re.IGNORECASE)
_DOT_IN_WORDS = re.compile(r"\s*[\[({]\s*dot\s*[\])}]\s*|\s+dot\s+", re.IGNORECASE)
_ROUTE = re.compile(r"(?:@[A-Za-z0-9.-]+,?)+:(?=.*@)")
_COMMENT = re.compile(r"\s*\([^()]*\)\s*")
#: Behind a domain: a port, the rest of a link, and what closes brackets and sentences.
_BEHIND_DOMAIN = re.compile(r":[0-9]+\Z|[/?#].*\Z|[>,;:!)\]'\"\s]+\Z", re.DOTALL)
#: Curly quotes, the hyphens and dashes of typesetters, the full stop of Chinese and Japanese.
_LOOK_ALIKES = str.maketrans("\u201c\u201d\u201e\u2018\u2019\u2010\u2011\u2013\u3002", '"""\'\'---.')
#: Their A-labels differ between the two versions of IDNA.
_AMBIGUOUS = set("ßς\u200c\u200d")

_OTHER_MAILBOX = "That may be another mailbox, so another person."
_OTHER_DOMAIN = "That is another domain, so perhaps another person."
_MISSING_LABEL = "Check that no label is missing there."


@dataclass(frozen=True, slots=True)
class Repair:
    """A valid address near the typed one, what was done, and where somebody else may be meant, a word on that."""

    address: str
    action: str
    caution: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, [f"{self.action}: {self.address}", self.caution and f"({self.caution})"]))


def repairs(address: str) -> tuple[Repair, ...]:
    """Return up to three valid addresses near a faulty one, those that change least first; none for a valid one.

    >>> for repair in repairs("jo..nes@foo.com"):
    ...     print(repair)
    Put the local part in quotes: "jo..nes"@foo.com
    Write one dot for several: jo.nes@foo.com (That may be another mailbox, so another person.)
    """
    found: list[Repair] = []
    tried = {address}
    waiting = deque([(Repair(address, ""), 0)])
    while waiting and len(found) < MOST and len(tried) < _TRIED:
        so_far, depth = waiting.popleft()
        for step in _steps(so_far.address):
            if step.address in tried:
                continue
            tried.add(step.address)
            caution = " ".join(dict.fromkeys(filter(None, [so_far.caution, step.caution])))
            mended = Repair(step.address, _joined(so_far.action, step.action), caution)
            if dissect(step.address).fault is None:
                found.append(mended)
            elif depth + 1 < _STEPS:
                waiting.append((mended, depth + 1))
    return tuple(found[:MOST])


def _joined(before: str, after: str) -> str:
    if not before or before == after:
        return after
    return before if after.lower() in before.lower() else f"{before}, {after[0].lower()}{after[1:]}"


def _steps(address: str) -> Iterator[Repair]:
    """What could be done about the first fault; each alone may leave others."""
    anatomy = dissect(address)
    if anatomy.fault is None:
        return
    around = list(_whole(address, anatomy.fault.fault))
    yield from around
    if around:  # first of all take away what is no part of it
        return
    local = anatomy.part("local part")
    domain = anatomy.part("domain") or anatomy.part("address literal")
    if local is not None:
        for step in _local(local.text, anatomy.fault):
            yield Repair(address[: local.start] + step.address + address[local.end :], step.action, step.caution)
    if local is not None and anatomy.fault.fault is Fault.TWO_ATS:
        yield Repair(local.text, "Leave out the last @ and what follows", _OTHER_DOMAIN)
    if domain is not None:
        for step in _domain(domain.text, anatomy.fault):
            yield Repair(address[: domain.start] + step.address + address[domain.end :], step.action, step.caution)


# --- what stands around the address, or in it by accident ------------------------------------------------


def _whole(address: str, fault: Fault) -> Iterator[Repair]:
    if match := _COMMAND.match(address):
        yield Repair(address[match.end() :], "Leave out what stands before the address")
    inside = re.search(r"<([^<>]*)>\W*\Z", address)
    if inside and inside[1]:
        yield Repair(inside[1], "Leave only what stands in the angle brackets")
    elif address.strip().strip("<>") != address:
        bare = address.strip().strip("<>").strip()
        yield Repair(bare, f"Remove the {'angle brackets' if {'<', '>'} & set(address) else 'spaces'} around it")
    unseen = "".join(c for c in address if unicodedata.category(c) not in ("Cc", "Cf"))
    if unseen != address:
        yield Repair(unseen, "Remove the character that cannot be seen")
    plain = unicodedata.normalize("NFKC", address).translate(_LOOK_ALIKES)
    if plain != address:
        yield Repair(plain, "Write ASCII for its look-alikes", "Check that each character is the one that was meant.")
    if "@" not in address and (match := _AT_IN_WORDS.search(address)):
        spelt = f"{address[: match.start()]}@{address[match.end() :]}"
        yield Repair(_DOT_IN_WORDS.sub(".", spelt), "Write the sign @ for the word")
    if fault is Fault.TWO_ATS:
        if match := _ROUTE.match(address):
            yield Repair(address[match.end() :], "Leave out the source route")
        if "@@" in address:
            yield Repair(re.sub("@+", "@", address), "Write one @ for several")
    yield from _one_of_several(address)


def _one_of_several(address: str) -> Iterator[Repair]:
    pieces = [piece for piece in re.split(r"[,;\s]+", address) if piece]
    if len(pieces) > 1 and all(piece.count("@") == 1 for piece in pieces):
        for piece in pieces:
            yield Repair(piece, "Take one address", "Each of the others needs a command of its own.")


# --- the local part ----------------------------------------------------------------------------------------


def _local(text: str, fault: CommandSyntaxError) -> Iterator[Repair]:
    match fault.fault:
        case Fault.DOUBLE_DOT:
            yield _quoted(text)
            yield Repair(re.sub(r"\.+", ".", text), "Write one dot for several", _OTHER_MAILBOX)
        case Fault.LEADING_DOT | Fault.TRAILING_DOT:
            yield _quoted(text)
            place = "at the beginning" if fault.fault is Fault.LEADING_DOT else "before the @"
            yield Repair(text.strip("."), f"Remove the dot {place}", _OTHER_MAILBOX)
        case Fault.COMMENT:
            if _COMMENT.search(text):  # in a header one may stand at either end (RFC 5322 section 3.2.3)
                without = _COMMENT.sub("", text)
                yield Repair(without, "Remove the comment", "" if without in text else _OTHER_MAILBOX)
            yield _quoted(text)
            yield Repair(re.sub("[()]", "", text), "Remove the parentheses", _OTHER_MAILBOX)
        case Fault.QUOTE_INSIDE:
            yield _quoted(text)
            yield Repair(text.replace('"', ""), "Remove the quotes", _OTHER_MAILBOX)
        case Fault.UNCLOSED_QUOTE:
            bare = text.replace('"', "").replace("\\", "")
            yield Repair(text + '"', "Close the quote")
            yield Repair(bare, "Remove the quote", "" if text == f'"{bare}' else _OTHER_MAILBOX)
        case Fault.TWO_ATS:
            yield _quoted(text)
        case Fault.SPACE | Fault.COLON | Fault.BAD_LOCAL_CHARACTER:
            yield from _character(text, fault.text[slice(*fault.span)])


def _character(text: str, wrong: str) -> Iterator[Repair]:
    """A character that only quotes allow."""
    if re.sub(r" *\. *", ".", text).strip() != text and wrong == " ":
        yield Repair(re.sub(r" *\. *", ".", text).strip(), "Remove the space")
    if wrong == "\\":  # as RFC 821 section 4.1.2 wrote it, without quotes: \x is x
        yield Repair(f'"{text}"', "Put the local part in quotes")
        yield Repair(text.replace("\\", ""), "Remove the backslash", _OTHER_MAILBOX)
        return
    yield _quoted(text)
    yield Repair(text.replace(wrong, ""), f"Remove the {_name(wrong)}", _OTHER_MAILBOX)


def _name(character: str) -> str:
    return "space" if character == " " else f'"{character}"'


def _quoted(text: str) -> Repair:
    """The very characters as a Quoted-string: section 4.1.2."""
    escaped = re.sub(r'(["\\])', r"\\\1", text)
    return Repair(f'"{escaped}"', "Put the local part in quotes")


# --- the domain --------------------------------------------------------------------------------------------


def _domain(text: str, fault: CommandSyntaxError) -> Iterator[Repair]:
    match fault.fault:
        case Fault.EMPTY_LABEL:
            yield Repair(
                re.sub(r"\.+", ".", text), "Write one dot for several", "Check that no label is missing there."
            )
        case Fault.DOMAIN_LEADING_DOT:
            yield Repair(text.lstrip("."), "Remove the dot", _MISSING_LABEL)
        case Fault.DOMAIN_TRAILING_DOT:
            yield Repair(text.rstrip("."), "Remove the dot at the end")
        case Fault.LEADING_HYPHEN | Fault.TRAILING_HYPHEN:
            labels = ".".join(label.strip("-") for label in text.split("."))
            yield Repair(labels, "Remove the hyphen", _OTHER_DOMAIN)
        case Fault.UNDERSCORE:
            yield Repair(text.replace("_", "-"), "Write a hyphen for the underscore", _OTHER_DOMAIN)
            yield Repair(text.replace("_", ""), "Remove the underscore", _OTHER_DOMAIN)
        case Fault.NON_ASCII:
            yield from _as_a_labels(text)
        case Fault.TWO_ATS | Fault.DOMAIN_SPACE | Fault.BAD_DOMAIN_CHARACTER:
            yield from _in_domain(text, fault.text[slice(*fault.span)])
        case Fault.UNCLOSED_LITERAL:
            yield Repair(f"{text}]", "Close the bracket")
        case Fault.BAD_LITERAL:
            yield from _literal(text)


def _in_domain(text: str, wrong: str) -> Iterator[Repair]:
    """A character that no domain may hold."""
    tight = re.sub(r"\s*\.\s*", ".", text).strip()
    for cleaner, action in (
        (_COMMENT.sub("", text), "Remove the comment"),
        (_BEHIND_DOMAIN.sub("", text), "Remove what follows the domain"),
        (tight, "Remove the space"),
    ):
        if cleaner != text:
            yield Repair(cleaner, action)
            return
    if wrong in ",;:":
        yield Repair(text.replace(wrong, "."), f"Write a dot for the {_name(wrong)}", _OTHER_DOMAIN)
    if wrong == " ":
        yield Repair(text.replace(" ", "-"), "Write a hyphen for the space", _OTHER_DOMAIN)
    yield Repair(text.replace(wrong, ""), f"Remove the {_name(wrong)}", _OTHER_DOMAIN)


def _as_a_labels(text: str) -> Iterator[Repair]:
    """The same domain in ASCII (RFC 5890): `xn--` and a code, which needs no SMTPUTF8."""
    if text.isascii() or _AMBIGUOUS & set(text):
        return
    try:
        yield Repair(text.encode("idna").decode("ascii"), "Write the domain in its ASCII form")
    except UnicodeError:
        return


def _literal(text: str) -> Iterator[Repair]:
    inside = text[1:].partition("]")[0].strip()
    if is_literal(f"IPv6:{inside}"):
        yield Repair(f"[IPv6:{inside}]", "Write the tag IPv6:")
    if is_literal(inside):
        yield Repair(f"[{inside}]", "Remove what follows the bracket", _OTHER_DOMAIN)
    if is_domain(inside) and not is_literal(inside) and re.search(r"[A-Za-z]\Z", inside):
        yield Repair(
            inside, "Remove the square brackets", "A name, unlike an address literal, is looked up in the DNS."
        )
