"""An address taken apart: each part with its production, each length beside its limit, and what breaks it.

The productions are those of RFC 5321 sections 4.1.2 and 4.1.3. A faulty address is read as lenient servers
read it, so that the parts around the fault have names, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from smtplesson import markup
from smtplesson.protocol.addresses import is_literal, octets
from smtplesson.protocol.faults import CommandSyntaxError, Fault
from smtplesson.protocol.grammar import DOMAIN_LIMIT, LABEL_LIMIT, LOCAL_PART_LIMIT, PATH_LIMIT, diagnose, parse_mailbox

#: Within a dot-string and within a domain: a run of what is allowed, a dot, or one character that is neither.
_DOTTED = re.compile(r"(?P<run>[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+)|(?P<dot>\.)|(?P<stray>.)", re.DOTALL)
_LABELS = re.compile(r"(?P<run>[A-Za-z0-9-]+)|(?P<dot>\.)|(?P<stray>.)", re.DOTALL)
#: Within a quoted string, after its opening quote.
_QUOTED = re.compile(r"(?P<pair>\\[ -~])|(?P<run>[ !#-\[\]-~]+)|(?P<quote>\")|(?P<stray>.)", re.DOTALL)
_STRAY = "not allowed here"


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the address from character `start` on: its name, its production, the parts within it.

    What the grammar has no place for is named "not allowed here" and has no production.
    """

    name: str
    production: str
    text: str
    start: int
    parts: tuple[Part, ...] = ()

    @property
    def end(self) -> int:
        """The offset of the character after it."""
        return self.start + len(self.text)

    @property
    def octets(self) -> int:
        """Its length as section 4.5.3.1 counts it."""
        return octets(self.text)

    @property
    def section(self) -> str:
        """Where its production stands; empty where it has none."""
        if not self.production:
            return ""
        return f"RFC 5321 section {'4.1.3' if 'literal' in self.production else '4.1.2'}"

    def walk(self, depth: int = 0) -> Iterator[tuple[int, Part]]:
        """It and all parts within it, in order, each with its depth."""
        yield depth, self
        for part in self.parts:
            yield from part.walk(depth + 1)


@dataclass(frozen=True, slots=True)
class Length:
    """A length in octets beside the most that a standard allows."""

    name: str
    length: int
    most: int
    section: str

    @property
    def excess(self) -> int:
        """Octets too many; 0 where it fits."""
        return max(0, self.length - self.most)

    @property
    def verdict(self) -> str:
        """Whether it fits, in words.

        >>> Length("label", 65, 63, "RFC 1035 section 2.3.4").verdict
        'too long by 2'
        """
        return f"too long by {self.excess}" if self.excess else "fits"


@dataclass(frozen=True, slots=True)
class Anatomy:
    """An address, its parts in order, its lengths, and its first fault, None where it is well formed."""

    address: str
    parts: tuple[Part, ...]
    lengths: tuple[Length, ...]
    fault: CommandSyntaxError | None

    def walk(self) -> Iterator[tuple[int, Part]]:
        """All parts in order, each before the parts within it, with its depth."""
        for part in self.parts:
            yield from part.walk()

    def leaves(self) -> tuple[Part, ...]:
        """The parts that hold no others: joined, their texts are the address."""
        return tuple(part for _, part in self.walk() if not part.parts)

    def part(self, name: str) -> Part | None:
        """The first part of that name, such as "local part" or "domain"."""
        return next((part for _, part in self.walk() if part.name == name), None)

    def is_wrong(self, part: Part) -> bool:
        """Whether the fault lies in `part`."""
        if self.fault is None:
            return False
        start, end = self.fault.span
        return part.start < end and start < part.end

    @property
    def verdict(self) -> str:
        """What is wrong, where, and by which rule, or that nothing is.

        >>> dissect("jones@foo..com").verdict
        'Two dots stand side by side in the domain, with no label between them. Remove one. (Marked: character 11. \
Domain: RFC 5321 section 4.1.2)'
        """
        if self.fault is None:
            return "Well formed: a Mailbox by RFC 5321 section 4.1.2, within the lengths of section 4.5.3.1."
        fault = self.fault
        return f"{fault.message} (Marked: {fault.place}. {fault.production}: {fault.section})"

    def __str__(self) -> str:
        rows = [f"{'  ' * depth}{part.name}: {part.text}" for depth, part in self.walk()]
        return "\n".join([markup.visible(self.address), *map(markup.visible, rows), markup.visible(self.verdict)])


def dissect(address: str) -> Anatomy:
    """Take an address apart, right or wrong; it is read without angle brackets, which belong to the path.

    >>> print(dissect("o'brien@foo.com"))
    o'brien@foo.com
    local part: o'brien
      atom: o'brien
    at sign: @
    domain: foo.com
      label: foo
      dot: .
      label: com
    Well formed: a Mailbox by RFC 5321 section 4.1.2, within the lengths of section 4.5.3.1.
    """
    parts = tuple(_parts(address))
    return Anatomy(address, parts, _lengths(address, parts), _fault(address))


def _fault(address: str) -> CommandSyntaxError | None:
    found = diagnose(address)
    if found is None and octets(f"<{address}>") > PATH_LIMIT:
        return CommandSyntaxError(Fault.PATH_TOO_LONG, address, (0, len(address)), {})
    return found


def _parts(address: str) -> Iterator[Part]:
    end = len(address) - address.endswith(">")
    begin = 0
    if address.startswith("<") or end < len(address):  # as the grammar reads brackets, and a name before them
        begin = 1 if address.startswith("<") else address.rfind("<") + 1
    if begin > 1:
        yield Part("display name", "", address[: begin - 1], 0)
    if begin:
        yield Part("bracket", "Path", "<", begin - 1)
    local = parse_mailbox(address, tolerate=frozenset(Fault)).local_part
    at = begin + len(local)
    if local:
        yield _local_part(local, begin)
    if at < end:
        yield Part("at sign", "Mailbox", "@", at)
        if domain := address[at + 1 : end]:
            yield _domain(domain, at + 1)
    if end < len(address):
        yield Part("bracket", "Path", ">", end)


def _local_part(text: str, start: int) -> Part:
    if text.startswith('"'):
        return Part("local part", "Quoted-string", text, start, tuple(_quoted_parts(text, start)))
    names = {"run": ("atom", "Atom"), "dot": ("dot", "Dot-string"), "stray": (_STRAY, "")}
    return Part("local part", "Dot-string", text, start, tuple(_runs(_DOTTED, text, start, names)))


def _quoted_parts(text: str, start: int) -> Iterator[Part]:
    names = {
        "pair": ("quoted pair", "quoted-pairSMTP"),
        "run": ("quoted text", "qtextSMTP"),
        "quote": ("closing quote", "Quoted-string"),
        "stray": (_STRAY, ""),
    }
    yield Part("opening quote", "Quoted-string", '"', start)
    closed = False
    for part in _runs(_QUOTED, text[1:], start + 1, names):
        yield Part(_STRAY, "", part.text, part.start) if closed else part
        closed = closed or part.name == "closing quote"


def _domain(text: str, start: int) -> Part:
    if text.startswith("["):
        return Part("address literal", "address-literal", text, start, tuple(_literal_parts(text, start)))
    names = {"run": ("label", "sub-domain"), "dot": ("dot", "Domain"), "stray": (_STRAY, "")}
    return Part("domain", "Domain", text, start, tuple(_runs(_LABELS, text, start, names)))


def _literal_parts(text: str, start: int) -> Iterator[Part]:
    yield Part("bracket", "address-literal", "[", start)
    inside, bracket, rest = text[1:].partition("]")
    if inside:
        name, production = _literal_kind(inside)
        yield Part(name, production, inside, start + 1)
    if bracket:
        yield Part("bracket", "address-literal", "]", start + 1 + len(inside))
    if rest:
        yield Part(_STRAY, "", rest, start + 2 + len(inside))


def _literal_kind(inside: str) -> tuple[str, str]:
    if not is_literal(inside):
        return _STRAY, ""
    if ":" not in inside:
        return "IPv4 address", "IPv4-address-literal"
    if inside[:5].lower() == "ipv6:":
        return "IPv6 address", "IPv6-address-literal"
    return "tag and address", "General-address-literal"


def _runs(pattern: re.Pattern[str], text: str, start: int, names: dict[str, tuple[str, str]]) -> Iterator[Part]:
    for match in pattern.finditer(text):
        assert match.lastgroup is not None
        yield Part(*names[match.lastgroup], match[0], start + match.start())


def _lengths(address: str, parts: tuple[Part, ...]) -> tuple[Length, ...]:
    local = next((p.octets for p in parts if p.name == "local part"), 0)
    domain = next((p for p in parts if p.name in ("domain", "address literal")), None)
    labels = domain.text.split(".") if domain and domain.name == "domain" else []
    return (
        Length("local part", local, LOCAL_PART_LIMIT, "RFC 5321 section 4.5.3.1.1"),
        Length("longest label", max(map(octets, labels), default=0), LABEL_LIMIT, "RFC 1035 section 2.3.4"),
        Length("domain", domain.octets if domain else 0, DOMAIN_LIMIT, "RFC 5321 section 4.5.3.1.2"),
        Length("path, with < and >", octets(f"<{address}>"), PATH_LIMIT, "RFC 5321 section 4.5.3.1.3"),
    )
