"""RFC 5321 section 4.1.2 and 4.1.3 as a parser that knows positions, and says what is wrong, where and why.

Each function's docstring is the production that it reads. A fault is raised as `CommandSyntaxError`, unless
the caller tolerates it: then the parser goes on with the best reading, which is what lenient servers do.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from smtplesson.protocol.addresses import Mailbox, Path, is_literal, octets
from smtplesson.protocol.faults import DOMAIN_FAULTS, FATAL, LOCAL_PART_FAULTS, CommandSyntaxError, Fault

__all__ = [
    "FATAL",
    "CommandSyntaxError",
    "Fault",
    "Mailbox",
    "Path",
    "diagnose",
    "is_domain",
    "parse_helo_argument",
    "parse_mail",
    "parse_mailbox",
    "parse_rcpt",
]

#: Octets: section 4.5.3.1, and for the label RFC 1035 section 2.3.4.
LOCAL_PART_LIMIT, DOMAIN_LIMIT, PATH_LIMIT, LABEL_LIMIT = 64, 255, 256, 63

_ATEXT = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~")
_LET_DIG = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_BAD_UTF8 = re.compile("[\ud800-\udfff]")
_NON_ASCII = re.compile(r"[^\x00-\x7f]")
#: An address literal after the "@"; dcontent (section 4.1.3) may be "<", ">" and quotes, but no bracket or space.
_LITERAL = re.compile(r"(?<=@)\[[^][\\ ]*\]")
#: What looks like A-d-l ":", with the literals that it may not hold, since their colons do not end it.
_ROUTE = re.compile(r"(@(?:\[[^]]*\]|[^:[])*+):")
_SMTPUTF8 = re.compile(r" SMTPUTF8(?: |\Z)", re.IGNORECASE)
#: esmtp-param = esmtp-keyword ["=" esmtp-value]; UTF-8 in values is RFC 6531 section 3.3.
_PARAMETER = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]*)(?:=([!-<>-~\u0080-\U0010ffff]+))?")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ATOM = r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+"
#: What nearly every path looks like; whatever does not match goes through the descent.
_PLAIN = rf"<({_ATOM}(?:\.{_ATOM})*)@({_LABEL}(?:\.{_LABEL})*)>((?: [A-Za-z0-9][A-Za-z0-9-]*(?:=[!-<>-~]+)?)*)"
_PLAIN_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_PLAIN_MAIL = re.compile(rf"[Ff][Rr][Oo][Mm]:{_PLAIN}")
_PLAIN_RCPT = re.compile(rf"[Tt][Oo]:{_PLAIN}")
#: Parameters that their RFC allows once only (RFC 3461 section 4.5); RFC 5321 has no such rule for all.
_ONCE = frozenset({"RET", "ENVID", "NOTIFY", "ORCPT"})


def parse_mailbox(text: str, *, smtputf8: bool = False, tolerate: Collection[Fault] = frozenset()) -> Mailbox:
    """Read an address without brackets: section 4.1.2, Mailbox; CommandSyntaxError for anything else.

    >>> parse_mailbox("o'brien+lists@foo.com")
    Mailbox(local_part="o'brien+lists", domain='foo.com')
    """
    parser = _Parser(text, {}, smtputf8=smtputf8, tolerate=tolerate)
    parser.characters(0)
    begin, end = 0, len(text) - text.endswith(">")
    if text.startswith("<") or end < len(text):  # no mailbox is so: brackets, or a name, were pasted with it
        begin = 1 if text[0] == "<" else text.rfind("<") + 1
        fault, start = (Fault.DISPLAY_NAME, 0) if begin > 1 else (Fault.BRACKETS, 0 if begin else end)
        parser.fault(fault, start, begin - 1)
    return parser.mailbox(min(begin, end), end)


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
    if len(text) <= DOMAIN_LIMIT and _PLAIN_DOMAIN.fullmatch(text):
        return text
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


def _character_fault(character: str, named: Mapping[str, Fault], other: Fault) -> Fault:
    """What a character in the wrong place is; those that `characters` has let pass stay what they were."""
    if not character.isascii():
        return Fault.BAD_UTF8 if _BAD_UTF8.match(character) else Fault.NON_ASCII
    if _CONTROL.match(character):
        return Fault.CONTROL_CHARACTER
    return named.get(character, other)


class _Parser:
    """Reads one text; every method takes the offsets of what it is to read, and says its production."""

    def __init__(
        self, text: str, words: Mapping[str, str], *, smtputf8: bool = False, tolerate: Collection[Fault] = frozenset()
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
            self.fault(Fault.NO_COLON, 5, len(text))
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
            end = begin + len(self.text[begin:].partition(" ")[0])
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

    def path(self, begin: int) -> tuple[Path, int]:
        """Path = "<" [ A-d-l ":" ] Mailbox ">"

        Reverse-path = Path / "<>"; RCPT takes Forward-path / "<Postmaster>" (section 4.1.1.3)
        """
        inner, end, after = self.brackets(begin)
        if octets(self.text[begin:after]) > PATH_LIMIT:
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
            return inner + 1, close, self.after(close)
        second = text.find("<", inner, close)
        if second > 0 and '"' not in text[inner:second] and "@[" not in text[inner:second]:
            self.fault(Fault.DISPLAY_NAME, inner, second)
            return second + 1, close, self.after(close)
        return inner, close, close + (text[close : close + 1] == ">")

    def after(self, close: int) -> int:
        """The offset after the one or two ">" at `close`, where a second "<" has been tolerated."""
        return close + (2 if self.text.startswith(">>", close) else self.text.startswith(">", close))

    def unbracketed(self, begin: int, opening: int) -> tuple[int, int, int]:
        text = self.text
        space = begin + len(text[begin:].partition(" ")[0])
        if opening > 0 and not self.in_parameter(begin, opening):
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
        if close >= 0 and not self.in_parameter(begin, self.text.find("<", begin, close)):
            return close
        self.fault(Fault.UNCLOSED_BRACKET, begin - 1, begin)
        return begin + len(self.text[begin:].partition(" ")[0])

    def in_parameter(self, begin: int, at: int) -> bool:
        """Whether the "<" at `at` belongs to a parameter behind the address, such as AUTH=<>."""
        before = self.text[begin:at] if at >= 0 else ""
        return before.count('"') % 2 == 0 and "=" in before.partition(" ")[2].rpartition(" ")[2]

    def find_close(self, begin: int) -> int:
        """The offset of the ">" outside quoted strings and literals; if a quote never ends, the likeliest one."""
        text, quoted, at = self.text, False, begin
        while at < len(text):
            if quoted and text[at] == "\\":
                at += 1
            elif text[at] == '"':
                quoted = not quoted
            elif not quoted and (literal := _LITERAL.match(text, at)):
                at = literal.end() - 1
            elif text[at] == ">" and not quoted:
                return at
            at += 1
        return text.rfind(">", begin, text.find("> ", begin) + 1 or None) if quoted else -1

    def route(self, begin: int, end: int) -> tuple[tuple[str, ...], int]:
        """A-d-l = At-domain *( "," At-domain ); At-domain = "@" Domain"""
        match = _ROUTE.match(self.text, begin, end)
        if match is None:
            return (), begin
        hosts = []
        at = begin
        for part in match[1].split(","):
            if part[:1] != "@" or part == "@" or "[" in part:
                self.fault(Fault.BAD_ROUTE, at, at + len(part))
            else:
                hosts.append(self.domain(at + 1, at + len(part)))
            at += len(part) + 1
        return tuple(hosts), match.end()

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
        if octets(self.text[begin:end]) > LOCAL_PART_LIMIT:
            self.fault(Fault.LOCAL_PART_TOO_LONG, begin, end)

    def dot_string(self, begin: int, end: int) -> None:
        """Dot-string = Atom *( "." Atom )"""
        for at in range(begin, end):
            character = self.text[at]
            if character == ".":
                self.dot(begin, at, end)
            elif character == "@":  # the last one ends the local part, so there is a second
                self.fault(Fault.TWO_ATS, self.text.index("@", at + 1), 0)
            elif character not in _ATEXT and (character.isascii() or not self.smtputf8):
                self.fault(_character_fault(character, LOCAL_PART_FAULTS, Fault.BAD_LOCAL_CHARACTER), at, at + 1)

    def dot(self, begin: int, at: int, end: int) -> None:
        if at == begin:
            self.fault(Fault.LEADING_DOT, at, at + 1)
        elif self.text[at - 1] == ".":
            self.fault(Fault.DOUBLE_DOT, at, at + 1)
        elif at == end - 1:
            self.fault(Fault.TRAILING_DOT, at, at + 1)

    def quoted_string(self, begin: int, end: int) -> int:
        r"""Quoted-string = DQUOTE *( qtextSMTP / "\" %d32-126 ) DQUOTE; return the offset after it."""
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
        if octets(text) > DOMAIN_LIMIT:
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
            self.fault(_character_fault(character, DOMAIN_FAULTS, Fault.BAD_DOMAIN_CHARACTER), at, at + 1)
        if self.text[begin] == "-":
            self.fault(Fault.LEADING_HYPHEN, begin, begin + 1)
        if self.text[end - 1] == "-":
            self.fault(Fault.TRAILING_HYPHEN, end - 1, end)
        if self.text[begin:end].isascii() and end - begin > LABEL_LIMIT:
            self.fault(Fault.LABEL_TOO_LONG, begin, end)

    def literal(self, begin: int, end: int) -> None:
        """address-literal = "[" ( IPv4- / IPv6- / General-address-literal ) "]": section 4.1.3"""
        text = self.text[begin:end]
        if "]" not in text:
            self.fault(Fault.UNCLOSED_LITERAL, begin, end)
        elif not (text.endswith("]") and is_literal(text[1:-1])):
            self.fault(Fault.BAD_LITERAL, begin, end)
