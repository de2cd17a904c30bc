"""Mailboxes and paths as values, and what an address literal is: RFC 5321 sections 4.1.2 and 4.1.3."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_SNUM = r"(?:25[0-5]|2[0-4][0-9]|[01]?[0-9]{1,2})"  # 1*3DIGIT: leading zeros are right
_IPV4 = re.compile(rf"{_SNUM}(?:\.{_SNUM}){{3}}")
_HEX = re.compile(r"[0-9A-Fa-f]{1,4}")
_GENERAL_LITERAL = re.compile(r"[A-Za-z0-9-]*[A-Za-z0-9]:[!-Z^-~]+")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Local-part "@" ( Domain / address-literal ); of postmaster alone the domain is empty.

    >>> str(Mailbox("jones", "foo.com"))
    'jones@foo.com'
    """

    local_part: str
    domain: str

    def __str__(self) -> str:
        return f"{self.local_part}@{self.domain}" if self.domain else self.local_part

    @property
    def is_literal(self) -> bool:
        """Whether the domain is an address literal such as [192.0.2.1]."""
        return self.domain.startswith("[")

    @property
    def key(self) -> tuple[str, str]:
        """What mailboxes are compared by: quoted forms are equivalent (section 4.1.2), domains ignore case.

        The local part keeps its case (section 2.4), but for postmaster (section 4.5.1). A letter and its accent are
        the same in one character and in two: RFC 6532 section 3.1 wants the first, NFC, and RFC 5890 section 2.3.2.1
        of a U-label, too. A U-label and its A-label (xn--...) are two names here, and neither is looked up in IDNA's
        tables, which Python does not have.

        >>> Mailbox('"jones"', "Foo.com").key == Mailbox("jones", "foo.com").key
        True
        """
        local = self.local_part
        if len(local) >= 2 and local[0] == local[-1] == '"':
            local = re.sub(r"\\(.)", r"\1", local[1:-1])
        if local.lower() == "postmaster":
            local = "postmaster"
        return composed(local), folded(self.domain)


def composed(text: str) -> str:
    """Unicode's composed form, NFC."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def folded(domain: str) -> str:
    """What domains are compared by: NFC, in small letters."""
    return composed(composed(domain).lower())  # not casefold(): IDNA tells "ß" from "ss"


@dataclass(frozen=True, slots=True)
class Path:
    """A reverse-path or forward-path; the mailbox is None in the null reverse-path `<>`.

    >>> str(Path(None)), str(Path(Mailbox("jones", "foo.com"), ("relay.example",)))
    ('<>', '<@relay.example:jones@foo.com>')
    """

    mailbox: Mailbox | None
    route: tuple[str, ...] = ()

    def __str__(self) -> str:
        route = ",".join(f"@{host}" for host in self.route)
        return f"<{route}{':' if route else ''}{self.mailbox or ''}>"


def is_literal(inside: str) -> bool:
    """IPv4-address-literal / IPv6-address-literal / General-address-literal: section 4.1.3

    By its letter `IPv6:` and any text is a General-address-literal, too; here that tag means IPv6 alone.
    """
    if _IPV4.fullmatch(inside):
        return True
    tag, colon, rest = inside.partition(":")
    if tag.lower() == "ipv6":
        return _is_ipv6(rest)
    return bool(colon) and _GENERAL_LITERAL.fullmatch(inside) is not None


def _is_ipv6(text: str) -> bool:
    """IPv6-addr = IPv6-full / IPv6-comp / IPv6v4-full / IPv6v4-comp; "::" stands for two groups or more."""
    groups = 8
    head, colon, last = text.rpartition(":")
    if colon and _IPV4.fullmatch(last):
        groups = 6
        text = head + ":" if head.endswith(":") else head
    left, gap, right = text.partition("::")
    hexes = [part for side in (left, right) if side for part in side.split(":")]
    if not all(_HEX.fullmatch(part) for part in hexes):
        return False
    return len(hexes) <= groups - 2 if gap else len(hexes) == groups


def octets(text: str) -> int:
    """Section 4.5.3.1 counts octets; a byte that was no UTF-8 is one surrogate here."""
    return len(text.encode("utf-8", "replace"))
