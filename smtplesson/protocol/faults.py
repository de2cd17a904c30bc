"""Each way to break RFC 5321's grammar of a path: what is wrong, what to do, which production and section."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from smtplesson import markup


class Fault(StrEnum):
    """Each way to break the grammar of a path; profiles say what a server makes of each."""

    NO_PATH = "no-path"
    NO_COLON = "no-colon"
    SPACE_AFTER_COLON = "space-after-colon"
    NO_BRACKETS = "no-brackets"
    UNCLOSED_BRACKET = "unclosed-bracket"
    UNOPENED_BRACKET = "unopened-bracket"
    DOUBLE_BRACKET = "double-bracket"
    DISPLAY_NAME = "display-name"
    BRACKETS = "brackets"
    TRAILING_TEXT = "trailing-text"
    BAD_PARAMETER = "bad-parameter"
    DUPLICATE_PARAMETER = "duplicate-parameter"
    CONTROL_CHARACTER = "control-character"
    NON_ASCII = "non-ascii"
    BAD_UTF8 = "bad-utf8"
    NULL_PATH = "null-path"
    EMPTY_PATH = "empty-path"
    SPACE_IN_BRACKETS = "space-in-brackets"
    BAD_ROUTE = "bad-route"
    PATH_TOO_LONG = "path-too-long"
    NO_AT = "no-at"
    TWO_ATS = "two-ats"
    EMPTY_LOCAL_PART = "empty-local-part"
    LEADING_DOT = "leading-dot"
    TRAILING_DOT = "trailing-dot"
    DOUBLE_DOT = "double-dot"
    SPACE = "space"
    COMMENT = "comment"
    QUOTE_INSIDE = "quote-inside"
    COLON = "colon"
    BAD_LOCAL_CHARACTER = "bad-local-character"
    UNCLOSED_QUOTE = "unclosed-quote"
    BAD_QUOTED_CHARACTER = "bad-quoted-character"
    LOCAL_PART_TOO_LONG = "local-part-too-long"
    EMPTY_DOMAIN = "empty-domain"
    EMPTY_LABEL = "empty-label"
    DOMAIN_LEADING_DOT = "domain-leading-dot"
    DOMAIN_TRAILING_DOT = "domain-trailing-dot"
    DOMAIN_SPACE = "domain-space"
    BAD_DOMAIN_CHARACTER = "bad-domain-character"
    UNDERSCORE = "underscore"
    LEADING_HYPHEN = "leading-hyphen"
    TRAILING_HYPHEN = "trailing-hyphen"
    LABEL_TOO_LONG = "label-too-long"
    DOMAIN_TOO_LONG = "domain-too-long"
    BAD_LITERAL = "bad-literal"
    UNCLOSED_LITERAL = "unclosed-literal"


#: Fault -> what is wrong and what to do, the production that it breaks, the section if not 4.1.2.
_MEANINGS: Mapping[Fault, tuple[str, str, str]] = MappingProxyType(
    {
        Fault.NO_PATH: ("No address follows the colon. Write it in angle brackets.", "Path", ""),
        Fault.NO_COLON: ("After the command comes {word}: and then the address.", "{verb}", "4.1.1"),
        Fault.SPACE_AFTER_COLON: ("A space follows the colon. Remove it.", "{verb}", "3.3"),
        Fault.NO_BRACKETS: (
            "The address has no angle brackets. Put < before it and > behind it.",
            "Path",
            "",
        ),
        Fault.UNCLOSED_BRACKET: ("The < is never closed. Put > behind the address.", "Path", ""),
        Fault.UNOPENED_BRACKET: ("There is a > but no <. Put < before the address.", "Path", ""),
        Fault.DOUBLE_BRACKET: ("The address stands in two pairs of brackets. Remove one pair.", "Path", ""),
        Fault.DISPLAY_NAME: ("A person's name is not part of a path. Leave only the address.", "Path", ""),
        Fault.BRACKETS: ("Angle brackets belong to a command. Leave them out here.", "Mailbox", ""),
        Fault.TRAILING_TEXT: ("Something follows the >. Remove it: only a space and parameters may.", "Path", ""),
        Fault.BAD_PARAMETER: ("This is no parameter. Remove it, or write it as in SIZE=1000.", "esmtp-param", ""),
        Fault.DUPLICATE_PARAMETER: (
            "This parameter stands here for the second time. Give it once.",
            "esmtp-param",
            "RFC 3461 section 4.5",
        ),
        Fault.CONTROL_CHARACTER: ("A control character stands here. Remove it.", "Mailbox", ""),
        Fault.NON_ASCII: (
            "The character {char} is not ASCII. It needs a client and a server that both use SMTPUTF8.",
            "Mailbox",
            "RFC 6531 section 3.4",
        ),
        Fault.BAD_UTF8: ("This byte is neither ASCII nor UTF-8. Remove it.", "Mailbox", ""),
        Fault.NULL_PATH: ("<> is for a sender only. Name a recipient.", "Forward-path", ""),
        Fault.EMPTY_PATH: ("Only spaces stand between the brackets. Write an address.", "Mailbox", ""),
        Fault.SPACE_IN_BRACKETS: (
            "A space stands between a bracket and the address. Remove it.",
            "Path",
            "",
        ),
        Fault.BAD_ROUTE: ("The source route before the colon is not right. Leave it out.", "A-d-l", ""),
        Fault.PATH_TOO_LONG: (
            "The path has more than 256 octets. Check that it is one address.",
            "Path",
            "4.5.3.1.3",
        ),
        Fault.NO_AT: ("There is no @. An address is local-part@domain.", "Mailbox", ""),
        Fault.TWO_ATS: ("There is a second @. Remove one, or put the local part in quotes.", "Mailbox", ""),
        Fault.EMPTY_LOCAL_PART: ("Nothing stands before the @. Write the local part.", "Local-part", ""),
        Fault.LEADING_DOT: (
            "The local part begins with a dot. Remove it if it is a slip; else use quotes.",
            "Dot-string",
            "",
        ),
        Fault.TRAILING_DOT: (
            "The local part ends with a dot. Remove it if it is a slip; else use quotes.",
            "Dot-string",
            "",
        ),
        Fault.DOUBLE_DOT: (
            "Two dots stand side by side in the local part. Remove one if it is a slip; else use quotes.",
            "Dot-string",
            "",
        ),
        Fault.SPACE: ("A space stands in the local part. Remove it only if it is a slip; else use quotes.", "Atom", ""),
        Fault.COMMENT: ("A comment in parentheses is for headers, not for a path. Remove it.", "Atom", ""),
        Fault.QUOTE_INSIDE: (
            "A quote stands amid the local part. Quote all of it or nothing.",
            "Local-part",
            "",
        ),
        Fault.COLON: ("A colon stands in the local part. Remove it if it is a slip; else use quotes.", "Atom", ""),
        Fault.BAD_LOCAL_CHARACTER: (
            "The character {char} is not allowed in a local part without quotes. "
            "Remove it if it is a slip; else put the local part in quotes.",
            "Atom",
            "",
        ),
        Fault.UNCLOSED_QUOTE: (
            "The quote is never closed. Close it before the @; a quote behind a backslash does not close it.",
            "Quoted-string",
            "",
        ),
        Fault.BAD_QUOTED_CHARACTER: (
            "After a backslash stands {char}, but only ASCII may be quoted so. Remove the backslash.",
            "quoted-pairSMTP",
            "",
        ),
        Fault.LOCAL_PART_TOO_LONG: (
            "The local part has more than 64 octets. Check it.",
            "Local-part",
            "4.5.3.1.1",
        ),
        Fault.EMPTY_DOMAIN: ("Nothing stands after the @. Write the domain.", "Domain", ""),
        Fault.EMPTY_LABEL: (
            "Two dots stand side by side in the domain, with no label between them. Remove one.",
            "Domain",
            "",
        ),
        Fault.DOMAIN_LEADING_DOT: ("The domain begins with a dot. Remove it.", "Domain", ""),
        Fault.DOMAIN_TRAILING_DOT: ("The domain ends with a dot. Remove it.", "Domain", ""),
        Fault.DOMAIN_SPACE: ("A space stands in the domain. Remove it.", "sub-domain", ""),
        Fault.BAD_DOMAIN_CHARACTER: (
            "The character {char} is not allowed in a domain: only letters, digits and hyphens.",
            "sub-domain",
            "",
        ),
        Fault.UNDERSCORE: (
            "An underscore is not allowed in a domain. Check the name.",
            "sub-domain",
            "4.1.2 and 2.3.5",
        ),
        Fault.LEADING_HYPHEN: ("A label of the domain begins with a hyphen. Remove it.", "sub-domain", ""),
        Fault.TRAILING_HYPHEN: ("A label of the domain ends with a hyphen. Remove it.", "sub-domain", ""),
        Fault.LABEL_TOO_LONG: (
            "A label of the domain has more than 63 octets. Is a dot missing?",
            "sub-domain",
            "RFC 1035 section 2.3.4",
        ),
        Fault.DOMAIN_TOO_LONG: ("The domain has more than 255 octets. Check it.", "Domain", "4.5.3.1.2"),
        Fault.BAD_LITERAL: (
            "This is no address literal; one looks like [192.0.2.1] or [IPv6:2001:db8::1].",
            "address-literal",
            "4.1.3",
        ),
        Fault.UNCLOSED_LITERAL: ("The [ is never closed. Put ] at the end.", "address-literal", "4.1.3"),
    }
)
#: The command itself is not well formed, or holds what no command may hold: 501 rather than 553.
_MALFORMED = frozenset(
    {
        Fault.NO_PATH,
        Fault.NO_COLON,
        Fault.SPACE_AFTER_COLON,
        Fault.NO_BRACKETS,
        Fault.UNCLOSED_BRACKET,
        Fault.UNOPENED_BRACKET,
        Fault.DOUBLE_BRACKET,
        Fault.DISPLAY_NAME,
        Fault.BRACKETS,
        Fault.TRAILING_TEXT,
        Fault.BAD_PARAMETER,
        Fault.DUPLICATE_PARAMETER,
        Fault.CONTROL_CHARACTER,
        Fault.BAD_UTF8,
        Fault.NON_ASCII,
        Fault.NULL_PATH,
        Fault.EMPTY_PATH,
        Fault.SPACE_IN_BRACKETS,
    }
)
#: These cannot be tolerated: there is nothing to read on. EMPTY_PATH can, in MAIL, where it is then `<>`.
FATAL = frozenset({Fault.NO_PATH, Fault.NO_COLON, Fault.NULL_PATH})

#: Characters that have a fault of their own in a local part and in a domain.
LOCAL_PART_FAULTS: Mapping[str, Fault] = MappingProxyType(
    {
        " ": Fault.SPACE,
        "(": Fault.COMMENT,
        ")": Fault.COMMENT,
        '"': Fault.QUOTE_INSIDE,
        ":": Fault.COLON,
    }
)
DOMAIN_FAULTS: Mapping[str, Fault] = MappingProxyType(
    {"_": Fault.UNDERSCORE, " ": Fault.DOMAIN_SPACE, "@": Fault.TWO_ATS}
)
_WIDTH = 70


class CommandSyntaxError(ValueError):
    """A command, path or address that breaks the grammar: what, where, which production, which section.

    `span` is the faulty part of `text` as character offsets; where something is missing at the end, it is the
    place after the last character. `str()` draws a caret under it.
    """

    def __init__(self, fault: Fault, text: str, span: tuple[int, int], words: Mapping[str, str]) -> None:
        super().__init__(fault, text, span, dict(words))
        message, production, section = _MEANINGS[fault]
        fields = {"char": _named(text[span[0] : span[0] + 1]), **words}
        self.fault = fault
        self.text = text
        self.span = span
        self.message = message.format_map(fields)
        self.production = production.format_map(fields)
        self.section = section if section.startswith("RFC") else f"RFC 5321 section {section or '4.1.2'}"

    @property
    def malformed(self) -> bool:
        """Whether the command is not well formed (501), or else only a mailbox name in it is bad (553)."""
        return self.fault in _MALFORMED

    @property
    def place(self) -> str:
        """Where the faulty part stands in the text, in words; the first character is number 1."""
        first, last = self.span[0] + 1, min(self.span[1], len(self.text))
        if first > len(self.text):
            return "behind the last character"
        return f"character {first}" if last <= first else f"characters {first} to {last}"

    def pieces(self) -> tuple[str, str, str]:
        """What is drawn of the text: up to the faulty part, that part, and what follows."""
        start, end = self.span
        left = max(0, min(start - 20, len(self.text) - _WIDTH))
        right = left + _WIDTH
        before, after = ("..." if left else ""), ("..." if right < len(self.text) else "")
        return before + self.text[left:start], self.text[start : min(end, right)], self.text[end:right] + after

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Show what `str()` says; as HTML with the fault marked in its line."""
        from smtplesson.protocol import display

        return {"text/plain": str(self), "text/html": markup.output(display.fault(self))}

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """IPython prints an exception's arguments otherwise, whatever its bundle says."""
        printer.text(str(self))

    def __str__(self) -> str:
        before, faulty, after = map(markup.visible, self.pieces())
        caret = " " * len(before) + "^" * max(1, len(faulty))
        return f"{self.message}\n    {before}{faulty}{after}\n    {caret}\n{self.production}: {self.section}"


def _named(character: str) -> str:
    if not character:
        return "(nothing)"
    return f"U+{ord(character):04X}" if not character.isprintable() else f'"{character}"'
