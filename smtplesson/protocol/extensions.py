"""The service extensions that the server knows: their keywords, parameters and what they add to a line."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

#: What the kit's server offers, in the order of its EHLO reply; AUTH and STARTTLS come with `users` and `tls`.
DEFAULT = ("PIPELINING", "SIZE", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "HELP")
KNOWN = frozenset((*DEFAULT, "DSN", "AUTH", "STARTTLS", "VRFY", "EXPN"))

#: Octets of a command with CRLF: RFC 5321 section 4.5.3.1.4.
COMMAND_LIMIT = 512
#: Octets that an extension adds to the limit of MAIL and RCPT.
LONGER: Mapping[str, int] = MappingProxyType(
    {
        "SIZE": 26,  # RFC 1870 section 3
        "8BITMIME": 17,  # RFC 6152 section 2
        "SMTPUTF8": 10,  # RFC 6531 section 3.1
        "AUTH": 500,  # RFC 4954 section 3
        "DSN": 500,  # RFC 3461 section 4
    }
)

#: A line of the EHLO reply: a keyword, perhaps with parameters (section 4.1.1.1, ehlo-line; some servers write "=").
_OFFER = re.compile(r"[A-Za-z0-9][!-~]*(?: [!-~]+)*")
_XTEXT = re.compile(r"(?:[!-*,-<>-~]|\+[0-9A-F]{2})+")  # RFC 3461 section 4


def check_offer(line: str) -> None:
    """Raise ValueError for a text that is no line of an EHLO list, or a SIZE that is no number (RFC 1870 section 3)."""
    if not _OFFER.fullmatch(line):
        raise ValueError(f"extensions holds {line[:60]!r}; a line is a keyword, perhaps with parameters: SIZE 1000.")
    if line.startswith("SIZE ") and not re.fullmatch(r"SIZE [0-9]{1,20}", line):
        raise ValueError(f"extensions holds {line[:60]!r}; SIZE has a number of octets, such as SIZE 10240000.")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of MAIL or RCPT: the extension that defines it, and a check of its value."""

    extension: str
    is_valid: Callable[[str | None], bool]


def _matches(pattern: str) -> Callable[[str | None], bool]:
    compiled = re.compile(pattern, re.IGNORECASE)
    return lambda value: value is not None and compiled.fullmatch(value) is not None


def _is_xtext(value: str | None) -> bool:
    return value is not None and _XTEXT.fullmatch(value) is not None


def _is_absent(value: str | None) -> bool:
    return value is None


def _is_original_recipient(value: str | None) -> bool:
    """original-recipient-address = addr-type ";" xtext: RFC 3461 section 4.2"""
    kind, _, address = (value or "").partition(";")
    return bool(kind) and _is_xtext(address)


MAIL: Mapping[str, Parameter] = MappingProxyType(
    {
        "SIZE": Parameter("SIZE", _matches(r"[0-9]{1,20}")),  # RFC 1870 section 5
        "BODY": Parameter("8BITMIME", _matches(r"7BIT|8BITMIME")),  # RFC 6152 section 2
        "SMTPUTF8": Parameter("SMTPUTF8", _is_absent),  # RFC 6531 section 3.4
        "AUTH": Parameter("AUTH", _is_xtext),  # RFC 4954 section 5
        "RET": Parameter("DSN", _matches(r"FULL|HDRS")),  # RFC 3461 section 4.3
        "ENVID": Parameter("DSN", _is_xtext),  # RFC 3461 section 4.4
    }
)
_WHEN = r"(?:SUCCESS|FAILURE|DELAY)"
RCPT: Mapping[str, Parameter] = MappingProxyType(
    {
        "NOTIFY": Parameter("DSN", _matches(rf"NEVER|{_WHEN}(?:,{_WHEN})*")),  # RFC 3461 section 4.1
        "ORCPT": Parameter("DSN", _is_original_recipient),
    }
)
