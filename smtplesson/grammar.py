"""RFC 5321 section 4.1.2 and 4.1.3 as a parser that knows positions, and says what is wrong, where and why.

Each function's docstring is the production that it reads. A fault is raised as `CommandSyntaxError`, unless
the caller tolerates it: then the parser goes on with the best reading, which is what lenient servers do.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

#: Section 4.5.3.1: octets.
LOCAL_PART_LIMIT, DOMAIN_LIMIT, PATH_LIMIT = 64, 255, 256
LABEL_LIMIT = 63  # RFC 1035 section 2.3.4

_ATEXT = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~")
_LET_DIG = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_BAD_UTF8 = re.compile("[\ud800-\udfff]")
_NON_ASCII = re.compile(r"[^\x00-\x7f]")
_SMTPUTF8 = re.compile(r" SMTPUTF8(?: |\Z)", re.IGNORECASE)
#: esmtp-param = esmtp-keyword ["=" esmtp-value]; UTF-8 in values is RFC 6531 section 3.3.
_PARAMETER = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]*)(?:=([!-<>-~\u0080-\U0010ffff]+))?")
_SNUM = r"(?:25[0-5]|2[0-4][0-9]|[01]?[0-9]{1,2})"  # 1*3DIGIT: leading zeros are right
_IPV4 = re.compile(rf"{_SNUM}(?:\.{_SNUM}){{3}}")
_HEX = re.compile(r"[0-9A-Fa-f]{1,4}")
_GENERAL_LITERAL = re.compile(r"[A-Za-z0-9-]*[A-Za-z0-9]:[!-Z^-~]+")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ATOM = r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+"
#: What nearly every path looks like; whatever does not match goes through the descent.
_PLAIN = rf"<({_ATOM}(?:\.{_ATOM})*)@({_LABEL}(?:\.{_LABEL})*)>((?: [A-Za-z0-9][A-Za-z0-9-]*(?:=[!-<>-~]+)?)*)"
_PLAIN_MAIL = re.compile(rf"[Ff][Rr][Oo][Mm]:{_PLAIN}")
_PLAIN_RCPT = re.compile(rf"[Tt][Oo]:{_PLAIN}")


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
        Fault.TRAILING_TEXT: ("Something follows the >. Only a space and parameters may.", "Path", ""),
        Fault.BAD_PARAMETER: ("This is no parameter; one looks like SIZE=1000.", "esmtp-param", ""),
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
        Fault.LEADING_DOT: ("The local part begins with a dot. Remove it, or use quotes.", "Dot-string", ""),
        Fault.TRAILING_DOT: ("The local part ends with a dot. Remove it, or use quotes.", "Dot-string", ""),
        Fault.DOUBLE_DOT: (
            "Two dots stand side by side in the local part. Remove one, or use quotes.",
            "Dot-string",
            "",
        ),
        Fault.SPACE: ("A space stands in the local part. Remove it, or use quotes.", "Atom", ""),
        Fault.COMMENT: ("A comment in parentheses is for headers, not for a path. Remove it.", "Atom", ""),
        Fault.QUOTE_INSIDE: (
            "A quote stands amid the local part. Quote all of it or nothing.",
            "Local-part",
            "",
        ),
        Fault.COLON: ("A colon stands in the local part. Remove it, or use quotes.", "Atom", ""),
        Fault.BAD_LOCAL_CHARACTER: (
            "The character {char} is not allowed in a local part without quotes.",
            "Atom",
            "",
        ),
        Fault.UNCLOSED_QUOTE: ("The quote is never closed. Add a second one.", "Quoted-string", ""),
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
_LOCAL_FAULTS: Mapping[str, Fault] = MappingProxyType(
    {
        " ": Fault.SPACE,
        "(": Fault.COMMENT,
        ")": Fault.COMMENT,
        '"': Fault.QUOTE_INSIDE,
        ":": Fault.COLON,
        "@": Fault.TWO_ATS,
    }
)
_DOMAIN_FAULTS: Mapping[str, Fault] = MappingProxyType(
    {"_": Fault.UNDERSCORE, " ": Fault.DOMAIN_SPACE, "@": Fault.TWO_ATS}
)
#: Parameters that their RFC allows once only (RFC 3461 section 4.5); RFC 5321 has no such rule for all.
_ONCE = frozenset({"RET", "ENVID", "NOTIFY", "ORCPT"})
#: C0 controls, DEL and lone surrogates, drawn in one column each.
_PICTURES = {c: 0x2400 + c for c in range(0x20)} | {0x7F: 0x2421} | dict.fromkeys(range(0xD800, 0xE000), 0xFFFD)
_WIDTH = 70


class CommandSyntaxError(ValueError):
    """A command, path or address that breaks the grammar: what, where, which production, which section.

    `span` is the faulty part of `text` as character offsets; where something is missing at the end, it is the
    place behind the last character. `str()` draws a caret under it.
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

    def __str__(self) -> str:
        start, end = self.span
        left = max(0, min(start - 20, len(self.text) - _WIDTH))
        shown = self.text[left : left + _WIDTH].translate(_PICTURES)
        before, after = ("..." if left else ""), ("..." if left + _WIDTH < len(self.text) else "")
        marks = max(1, min(end, left + _WIDTH) - start)
        caret = " " * (len(before) + start - left) + "^" * marks
        return f"{self.message}\n    {before}{shown}{after}\n    {caret}\n{self.production}: {self.section}"


def _named(character: str) -> str:
    if not character:
        return "(nothing)"
    return f"U+{ord(character):04X}" if not character.isprintable() else f'"{character}"'


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

        The local part keeps its case (section 2.4), but for postmaster (section 4.5.1).

        >>> Mailbox('"jones"', "Foo.com").key == Mailbox("jones", "foo.com").key
        True
        """
        local = self.local_part
        if len(local) >= 2 and local[0] == local[-1] == '"':
            local = re.sub(r"\\(.)", r"\1", local[1:-1])
        if local.lower() == "postmaster":
            local = "postmaster"
        return local, self.domain.lower()  # not casefold(): IDNA tells "ß" from "ss"


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


def parse_mailbox(text: str, *, smtputf8: bool = False, tolerate: Collection[Fault] = frozenset()) -> Mailbox:
    """Read an address without brackets: section 4.1.2, Mailbox; CommandSyntaxError for anything else.

    >>> parse_mailbox("o'brien+lists@foo.com")
    Mailbox(local_part="o'brien+lists", domain='foo.com')
    """
    parser = _Parser(text, {}, smtputf8=smtputf8, tolerate=tolerate)
    parser.characters(0)
    opening = text.rfind("<")
    if opening > 0 and text.endswith(">"):  # no mailbox ends so: a name has been pasted with the address
        parser.fault(Fault.DISPLAY_NAME, 0, opening)
        return parser.mailbox(opening + 1, len(text) - 1)
    return parser.mailbox(0, len(text))


def parse_reverse_path(text: str, *, smtputf8: bool = False, tolerate: Collection[Fault] = frozenset()) -> Path:
    """Read a reverse-path, brackets included: section 4.1.2, Reverse-path.

    >>> parse_reverse_path("<>")
    Path(mailbox=None, route=())
    """
    return _Parser(text, {"verb": "MAIL"}, smtputf8=smtputf8, tolerate=tolerate).whole_path()


def parse_forward_path(text: str, *, smtputf8: bool = False, tolerate: Collection[Fault] = frozenset()) -> Path:
    """Read a forward-path, brackets included: section 4.1.2, Forward-path, and `<Postmaster>` (4.1.1.3).

    >>> parse_forward_path("<@relay.example:jones@foo.com>").route
    ('relay.example',)
    """
    return _Parser(text, {"verb": "RCPT"}, smtputf8=smtputf8, tolerate=tolerate).whole_path()


def parse_mail(
    argument: str, *, smtputf8: bool = False, tolerate: Collection[Fault] = frozenset()
) -> tuple[Path, dict[str, str | None]]:
    """Read what follows `MAIL `: FROM:, a reverse-path, parameters with upper-case keywords.

    `smtputf8` says that the server offers that extension; non-ASCII is then right in a command that has the
    SMTPUTF8 parameter (RFC 6531 section 3.4), and Fault.NON_ASCII in any other.

    >>> str(parse_mail("FROM:<smith@bar.com> size=10")[0])
    '<smith@bar.com>'
    """
    plain = _plain(_PLAIN_MAIL, argument)
    if plain is not None:
        return plain
    words = {"verb": "MAIL", "word": "FROM"}
    return _Parser(f"MAIL {argument}", words, smtputf8=smtputf8, tolerate=tolerate).command()


def parse_rcpt(
    argument: str, *, smtputf8: bool = False, tolerate: Collection[Fault] = frozenset()
) -> tuple[Path, dict[str, str | None]]:
    """Read what follows `RCPT `: TO:, a forward-path, parameters with upper-case keywords.

    `smtputf8` says that MAIL had the SMTPUTF8 parameter.

    >>> str(parse_rcpt("TO:<Postmaster>")[0])
    '<Postmaster>'
    """
    plain = _plain(_PLAIN_RCPT, argument)
    if plain is not None:
        return plain
    words = {"verb": "RCPT", "word": "TO"}
    return _Parser(f"RCPT {argument}", words, smtputf8=smtputf8, tolerate=tolerate).command()


def parse_helo_argument(text: str) -> str:
    """Read the argument of EHLO or HELO: Domain or address-literal (section 4.1.1.1).

    >>> parse_helo_argument("[IPv6:2001:db8::1]")
    '[IPv6:2001:db8::1]'
    """
    parser = _Parser(text, {})
    parser.characters(0)
    parser.domain(0, len(text))
    return text


def is_domain(text: str) -> bool:
    """Whether `text` is a domain: section 4.1.2, Domain.

    >>> is_domain("foo.com"), is_domain("foo..com")
    (True, False)
    """
    try:
        parse_helo_argument(text)
    except CommandSyntaxError:
        return False
    return not text.startswith("[")


def diagnose(address: str, *, smtputf8: bool = False) -> CommandSyntaxError | None:
    """Say what is wrong with an address; None where nothing is.

    >>> print(diagnose("jones@foo..com"))
    Two dots stand side by side in the domain, with no label between them. Remove one.
        jones@foo..com
                  ^
    Domain: RFC 5321 section 4.1.2
    """
    try:
        parse_mailbox(address, smtputf8=smtputf8)
    except CommandSyntaxError as error:
        return error
    return None


def _plain(pattern: re.Pattern[str], argument: str) -> tuple[Path, dict[str, str | None]] | None:
    """Read a command that is plainly valid; None where only the descent can tell, and say why if not."""
    match = pattern.fullmatch(argument)
    if match is None or match.end(2) > PATH_LIMIT:  # FROM: and TO: count here, so that this is on the safe side
        return None
    local_part, domain, rest = match.groups()
    if len(local_part) > LOCAL_PART_LIMIT:
        return None
    path = Path(Mailbox(local_part, domain))
    if not rest:
        return path, {}
    words = [word.partition("=") for word in rest[1:].split(" ")]
    parameters = {keyword.upper(): value if sign else None for keyword, sign, value in words}
    return (path, parameters) if len(parameters) == len(words) else None


def _octets(text: str) -> int:
    """Section 4.5.3.1 counts octets; a byte that was no UTF-8 is one surrogate here."""
    return len(text.encode("utf-8", "replace"))


class _Parser:
    """Reads one text; every method takes the offsets of what it is to read, and says its production."""

    def __init__(
        self,
        text: str,
        words: Mapping[str, str],
        *,
        smtputf8: bool = False,
        tolerate: Collection[Fault] = frozenset(),
    ) -> None:
        self.text = text
        self.words = words
        self.smtputf8 = smtputf8
        self.tolerate = tolerate

    def fault(self, fault: Fault, start: int, end: int) -> None:
        """Raise, unless the caller tolerates this fault."""
        if fault not in self.tolerate or fault in FATAL:
            raise CommandSyntaxError(fault, self.text, (start, max(end, start + 1)), self.words)

    # --- the command -----------------------------------------------------------------------------------

    def command(self) -> tuple[Path, dict[str, str | None]]:
        """( "FROM:" Reverse-path / "TO:" Forward-path ) [ SP parameters ]"""
        text, begin = self.text, 5 + len(self.words["word"]) + 1
        if text[5:begin].upper() != self.words["word"] + ":":
            self.fault(Fault.NO_COLON, 5, max(6, len(text)))
        if self.words["verb"] == "MAIL" and self.smtputf8 and not text.isascii():
            close = self.find_close(begin)
            self.smtputf8 = _SMTPUTF8.search(text, begin if close < 0 else close) is not None
        self.characters(begin)
        begin = self.after_colon(begin)
        path, end = self.path(begin)
        return path, self.parameters(end)

    def after_colon(self, begin: int) -> int:
        at = begin
        while self.text[at : at + 1] == " ":
            at += 1
        if at == len(self.text):
            self.fault(Fault.NO_PATH, begin, at)
        if at > begin:
            self.fault(Fault.SPACE_AFTER_COLON, begin, at)
        return at

    def characters(self, begin: int) -> None:
        """Section 4.1.2: no control characters anywhere; non-ASCII only with SMTPUTF8."""
        kinds = [(Fault.CONTROL_CHARACTER, _CONTROL), (Fault.BAD_UTF8, _BAD_UTF8)]
        if not self.smtputf8:
            kinds.append((Fault.NON_ASCII, _NON_ASCII))
        found = [(m.start(), fault) for fault, kind in kinds if (m := kind.search(self.text, begin))]
        for at, fault in sorted(found):
            if fault is Fault.NON_ASCII and _BAD_UTF8.match(self.text, at):
                continue
            self.fault(fault, at, at + 1)

    def parameters(self, begin: int) -> dict[str, str | None]:
        """*( SP esmtp-keyword [ "=" esmtp-value ] )"""
        if begin < len(self.text) and self.text[begin] != " ":
            end = self.text.find(" ", begin)
            end = len(self.text) if end < 0 else end
            self.fault(Fault.TRAILING_TEXT, begin, end)
            begin = end
        found: dict[str, str | None] = {}
        at = begin + 1
        for word in self.text[begin + 1 :].split(" ") if begin < len(self.text) else ():
            match = _PARAMETER.fullmatch(word)
            if match is None:
                self.fault(Fault.BAD_PARAMETER, at, at + len(word))
            elif (keyword := match[1].upper()) in found and keyword in _ONCE:
                self.fault(Fault.DUPLICATE_PARAMETER, at, at + len(word))
            else:
                found[keyword] = match[2]
            at += len(word) + 1
        return found

    # --- the path --------------------------------------------------------------------------------------

    def whole_path(self) -> Path:
        """Reverse-path / Forward-path"""
        self.characters(0)
        path, end = self.path(self.after_colon(0))
        if end < len(self.text):
            self.fault(Fault.TRAILING_TEXT, end, len(self.text))
        return path

    def path(self, begin: int) -> tuple[Path, int]:
        """Path = "<" [ A-d-l ":" ] Mailbox ">"

        Reverse-path = Path / "<>"; RCPT takes Forward-path / "<Postmaster>" (section 4.1.1.3)
        """
        inner, end, after = self.brackets(begin)
        if _octets(self.text[begin:after]) > PATH_LIMIT:
            self.fault(Fault.PATH_TOO_LONG, begin, after)
        is_forward = self.words["verb"] == "RCPT"
        inner, end = self.without_spaces(inner, end)
        if inner == end:
            if is_forward:
                self.fault(Fault.NULL_PATH, begin, after)
            return Path(None), after
        if is_forward and self.text[inner:end].lower() == "postmaster":
            return Path(Mailbox(self.text[inner:end], "")), after
        route, inner = self.route(inner, end)
        return Path(self.mailbox(inner, end), route), after

    def without_spaces(self, begin: int, end: int) -> tuple[int, int]:
        """The offsets without spaces at either end, which the grammar has no place for."""
        text = self.text[begin:end]
        start, stop = end - len(text.lstrip(" ")), begin + len(text.rstrip(" "))
        if text and start == end:
            self.fault(Fault.EMPTY_PATH, begin, end)
            return end, end
        if start > begin:
            self.fault(Fault.SPACE_IN_BRACKETS, begin, start)
        if stop < end:
            self.fault(Fault.SPACE_IN_BRACKETS, stop, end)
        return start, stop if text else end

    def brackets(self, begin: int) -> tuple[int, int, int]:
        """Find the brackets of a path: the offsets of what is inside, and of what follows."""
        text = self.text
        opening = text.find("<", begin)
        if opening != begin:
            return self.unbracketed(begin, opening)
        close = self.closing(begin + 1)
        inner = begin + 1
        if text[inner : inner + 1] == "<":
            self.fault(Fault.DOUBLE_BRACKET, inner, inner + 1)
            return inner + 1, close, self.behind(close)
        second = text.find("<", inner, close)
        if second > 0 and '"' not in text[inner:second]:
            self.fault(Fault.DISPLAY_NAME, inner, second)
            return second + 1, close, self.behind(close)
        return inner, close, close + (text[close : close + 1] == ">")

    def behind(self, close: int) -> int:
        """The offset behind the one or two ">" at `close`, where a second "<" has been tolerated."""
        return close + (2 if self.text.startswith(">>", close) else self.text.startswith(">", close))

    def unbracketed(self, begin: int, opening: int) -> tuple[int, int, int]:
        text = self.text
        space = text.find(" ", begin)
        space = len(text) if space < 0 else space
        if opening > 0:
            self.fault(Fault.DISPLAY_NAME, begin, opening)
            return self.brackets(opening)
        if text[begin:space].endswith(">"):
            self.fault(Fault.UNOPENED_BRACKET, space - 1, space)
            return begin, space - 1, space
        self.fault(Fault.NO_BRACKETS, begin, space)
        return begin, space, space

    def closing(self, begin: int) -> int:
        """The offset of the ">" that closes the path; where it is missing, of the end of the word."""
        close = self.find_close(begin)
        if close >= 0:
            return close
        self.fault(Fault.UNCLOSED_BRACKET, begin - 1, begin)
        space = self.text.find(" ", begin)
        return len(self.text) if space < 0 else space

    def find_close(self, begin: int) -> int:
        """The offset of the ">" that is not inside a quoted string, or the last one if a quote never ends."""
        text, quoted, at = self.text, False, begin
        while at < len(text):
            if quoted and text[at] == "\\":
                at += 1
            elif text[at] == '"':
                quoted = not quoted
            elif text[at] == ">" and not quoted:
                return at
            at += 1
        return text.rfind(">", begin) if quoted else -1

    def route(self, begin: int, end: int) -> tuple[tuple[str, ...], int]:
        """A-d-l = At-domain *( "," At-domain ); At-domain = "@" Domain"""
        colon = self.text.find(":", begin, end)
        if self.text[begin] != "@" or colon < 0 or "[" in self.text[begin:colon]:
            return (), begin
        hosts = []
        at = begin
        for part in self.text[begin:colon].split(","):
            if part[:1] != "@" or part == "@":
                self.fault(Fault.BAD_ROUTE, at, at + len(part))
            else:
                hosts.append(self.domain(at + 1, at + len(part)))
            at += len(part) + 1
        return tuple(hosts), colon + 1

    # --- the mailbox -----------------------------------------------------------------------------------

    def mailbox(self, begin: int, end: int) -> Mailbox:
        """Mailbox = Local-part "@" ( Domain / address-literal )"""
        text = self.text
        if text[begin : begin + 1] == '"':
            at = self.quoted_string(begin, end)
            if at < end and text[at] != "@":
                self.fault(Fault.QUOTE_INSIDE, at, at + 1)
                at = text.rfind("@", at, end)
        else:
            at = text.rfind("@", begin, end)
            literal = text.find("@[", begin, end)
            at = literal if literal >= 0 else at
        if at < 0 or at >= end:
            self.fault(Fault.NO_AT, begin, end)
            self.local_part(begin, end)
            return Mailbox(text[begin:end], "")
        self.local_part(begin, at)
        return Mailbox(text[begin:at], self.domain(at + 1, end))

    def local_part(self, begin: int, end: int) -> None:
        """Local-part = Dot-string / Quoted-string"""
        if begin == end:
            self.fault(Fault.EMPTY_LOCAL_PART, begin, end)
        elif self.text[begin] != '"':
            self.dot_string(begin, end)
        if _octets(self.text[begin:end]) > LOCAL_PART_LIMIT:
            self.fault(Fault.LOCAL_PART_TOO_LONG, begin, end)

    def dot_string(self, begin: int, end: int) -> None:
        """Dot-string = Atom *( "." Atom )"""
        for at in range(begin, end):
            character = self.text[at]
            if character == ".":
                self.dot(begin, at, end)
            elif character not in _ATEXT and (character.isascii() or not self.smtputf8):
                self.fault(self.character_fault(character), at, at + 1)

    def dot(self, begin: int, at: int, end: int) -> None:
        if at == begin:
            self.fault(Fault.LEADING_DOT, at, at + 1)
        elif self.text[at - 1] == ".":
            self.fault(Fault.DOUBLE_DOT, at, at + 1)
        elif at == end - 1:
            self.fault(Fault.TRAILING_DOT, at, at + 1)

    def character_fault(self, character: str) -> Fault:
        """What a character that is no atext is in a local part; those that `characters` has let pass stay."""
        if not character.isascii():
            return Fault.BAD_UTF8 if _BAD_UTF8.match(character) else Fault.NON_ASCII
        if _CONTROL.match(character):
            return Fault.CONTROL_CHARACTER
        return _LOCAL_FAULTS.get(character, Fault.BAD_LOCAL_CHARACTER)

    def quoted_string(self, begin: int, end: int) -> int:
        r"""Quoted-string = DQUOTE *( qtextSMTP / "\" %d32-126 ) DQUOTE; return the offset behind it."""
        at = begin + 1
        while at < end:
            if self.text[at] == '"':
                return at + 1
            if self.text[at] == "\\":
                at += 1
                self.quoted_pair(at, end)
            at += 1
        self.fault(Fault.UNCLOSED_QUOTE, begin, end)
        last = self.text.rfind("@", begin, end)
        return end if last < 0 else last

    def quoted_pair(self, at: int, end: int) -> None:
        r"""quoted-pairSMTP = "\" %d32-126; RFC 6531 section 3.3 adds UTF-8 to qtextSMTP, but not here"""
        if self.smtputf8 and at < end and not self.text[at].isascii():
            self.fault(Fault.BAD_QUOTED_CHARACTER, at, at + 1)

    # --- the domain ------------------------------------------------------------------------------------

    def domain(self, begin: int, end: int) -> str:
        """Domain = sub-domain *( "." sub-domain ), or an address-literal"""
        text = self.text[begin:end]
        if not text:
            self.fault(Fault.EMPTY_DOMAIN, begin - 1 if begin else 0, begin)
            return ""
        if text.startswith("["):
            self.literal(begin, end)
            return text
        at = begin
        labels = text.split(".")
        for number, label in enumerate(labels):
            if label:
                self.sub_domain(at, at + len(label))
            else:
                self.empty_label(begin, at, end, is_last=number == len(labels) - 1)
            at += len(label) + 1
        if _octets(text) > DOMAIN_LIMIT:
            self.fault(Fault.DOMAIN_TOO_LONG, begin, end)
        return text

    def empty_label(self, begin: int, at: int, end: int, *, is_last: bool) -> None:
        if at == begin:
            self.fault(Fault.DOMAIN_LEADING_DOT, at, at + 1)
        elif is_last:
            self.fault(Fault.DOMAIN_TRAILING_DOT, at - 1, at)
        else:
            self.fault(Fault.EMPTY_LABEL, at, at + 1)

    def sub_domain(self, begin: int, end: int) -> None:
        """sub-domain = Let-dig [ *( ALPHA / DIGIT / "-" ) Let-dig ], or a U-label (RFC 6531 section 3.3)"""
        for at in range(begin, end):
            character = self.text[at]
            if character in _LET_DIG or character == "-" or (self.smtputf8 and not character.isascii()):
                continue
            self.fault(self.domain_fault(character), at, at + 1)
        if self.text[begin] == "-":
            self.fault(Fault.LEADING_HYPHEN, begin, begin + 1)
        if self.text[end - 1] == "-":
            self.fault(Fault.TRAILING_HYPHEN, end - 1, end)
        if self.text[begin:end].isascii() and end - begin > LABEL_LIMIT:
            self.fault(Fault.LABEL_TOO_LONG, begin, end)

    def domain_fault(self, character: str) -> Fault:
        if not character.isascii():
            return Fault.BAD_UTF8 if _BAD_UTF8.match(character) else Fault.NON_ASCII
        if _CONTROL.match(character):
            return Fault.CONTROL_CHARACTER
        return _DOMAIN_FAULTS.get(character, Fault.BAD_DOMAIN_CHARACTER)

    def literal(self, begin: int, end: int) -> None:
        """address-literal = "[" ( IPv4- / IPv6- / General-address-literal ) "]": section 4.1.3"""
        if self.text[end - 1] != "]" or end - begin < 2:
            self.fault(Fault.UNCLOSED_LITERAL, begin, end)
            return
        inside = self.text[begin + 1 : end - 1]
        if not _is_literal(inside):
            self.fault(Fault.BAD_LITERAL, begin, end)


def _is_literal(inside: str) -> bool:
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
