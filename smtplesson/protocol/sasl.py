"""The two mechanisms of AUTH that the kit's server knows, each as a dialogue: RFC 4954, RFC 4616.

A mechanism is a generator: it yields what to ask, is sent the client's lines, and returns login and password.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Generator, Mapping
from types import MappingProxyType

AuthExchange = Generator[str, str, tuple[str, str]]


class SaslError(ValueError):
    """A line of the exchange that is no base64, or does not hold what the mechanism wants."""


def encode(prompt: str) -> str:
    """Return the text of a 334 reply: RFC 4954 section 4."""
    return base64.b64encode(prompt.encode()).decode("ascii")


def decode(line: str) -> str:
    """Read a client's line; "=" alone stands for the empty string (RFC 4954 section 4)."""
    if line == "=":
        return ""
    try:
        return base64.b64decode(line.encode("ascii"), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeError):
        raise SaslError("The line is not UTF-8 in base64.") from None


def plain(initial: str) -> AuthExchange:
    """[authzid] NUL authcid NUL passwd: RFC 4616 section 2."""
    parts = decode(initial or (yield "")).split("\0")
    if len(parts) != 3:
        raise SaslError("PLAIN wants three parts: authorization identity, login, password.")
    return parts[1], parts[2]


def login(initial: str) -> AuthExchange:
    """The login, then the password; never standardised, yet widely used."""
    name = decode(initial or (yield "Username:"))
    return name, decode((yield "Password:"))


MECHANISMS: Mapping[str, Callable[[str], AuthExchange]] = MappingProxyType({"PLAIN": plain, "LOGIN": login})


def never(initial: str) -> AuthExchange:
    """A mechanism that a profile lists but that the kit does not know: one challenge, and nobody gets in."""
    yield "<0@smtplesson>"
    return "", ""
