"""The illustrated dialogue: every line of a transcript in tokens, each with its meaning, its rule and its source.

The words are in `data/tokens.toml`. What a change of a token would do is told by `changes` and `what_if`.
"""

from __future__ import annotations

import functools
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from smtplesson import content, markup
from smtplesson.guide import rules
from smtplesson.protocol.codes import CLASSES, SUBJECTS, phrase
from smtplesson.protocol.grammar import CommandSyntaxError, is_domain, parse_helo_argument, parse_mail, parse_rcpt
from smtplesson.protocol.transcript import Line, Transcript

_VERBS = frozenset(
    ["ehlo", "helo", "mail", "rcpt", "data", "rset", "noop", "quit", "vrfy", "expn", "help", "auth", "starttls"]
)
_COMMAND = re.compile(r"(?P<verb>[^ ]*)(?P<space> *)(?P<argument>.*)", re.DOTALL)
_PATH = re.compile(r"(?P<keyword>FROM:|TO:) *", re.IGNORECASE)
_PARAMETER = re.compile(r"( +)|([^ =]+)(?:(=)([^ ]*))?")
_HEADER = re.compile(r"([!-9;-~]+)(:)(.*)", re.DOTALL)
_REPLY = re.compile(r"([0-9])([0-9])([0-9])([ -]?)(.*)", re.DOTALL)
_ENHANCED = re.compile(r"([245])(\.[0-9]{1,3})(\.[0-9]{1,3})(?:( )|\Z)")
_ADDRESS = re.compile(r"(<[^<>]*@[^<>]*>)")
#: Codes whose text begins with the server's name (section 4.3.1), and those that name a new address (4.2).
_NAMED, _NEW = (220, 221, 421), (251, 551)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a line: its text, what it is in a word or two, what it means, which rule it obeys, and where."""

    text: str
    kind: str
    gloss: str
    meaning: str
    rule: str
    source: str
    fault: CommandSyntaxError | None = None

    @property
    def shown(self) -> str:
        """The text as it can be seen: a space by a sign, a line end by the names of its characters."""
        if self.text == "\r\n":
            return "CR LF"
        return self.text.replace(" ", "␣") if self.text.isspace() else markup.visible(self.text)

    @property
    def name(self) -> str:
        """What the token is called aloud, such as `MAIL, the verb`."""
        return f"{(self.text.strip() and self.shown) or 'blank'}, {self.gloss}"


@dataclass(frozen=True, slots=True)
class IllustratedLine:
    """A line of a dialogue: `tokens` joined are its text, `ending` is its CRLF; `exchange` counts from 0."""

    number: int
    line: Line
    tokens: tuple[Token, ...]
    ending: Token
    exchange: int

    @property
    def all_tokens(self) -> tuple[Token, ...]:
        """Every token of the line with its end, as on the wire."""
        return (*self.tokens, self.ending)


@functools.cache
def words() -> content.Section:
    """The texts of `data/tokens.toml`: the tables token, change, offer and offer_parameter."""
    return content.read(content.KIT / "tokens.toml")


def illustrate(transcript: Transcript) -> tuple[IllustratedLine, ...]:
    """Take every line of a transcript apart.

    >>> line, = illustrate(Transcript.parse("C: RCPT TO:<green@foo.com>"))
    >>> [token.text for token in line.tokens]
    ['RCPT', ' ', 'TO:', '<', 'green', '@', 'foo.com', '>']
    """
    return tuple(_Reader().read(transcript))


def token(kind: str, text: str, **fields: str) -> Token:
    """Return a token of a kind, its words from the file with `fields` put in."""
    entry = words()["token"][kind]
    meaning = entry["meaning"].format_map({"text": markup.visible(text), **fields})
    return Token(text, kind, entry["gloss"], meaning, entry["rule"], entry["source"])


class _Reader:
    """Goes through a dialogue and knows, for each line, which command it belongs to."""

    def __init__(self) -> None:
        self.waiting: deque[str] = deque([""])  # verbs that have no reply yet; the greeting answers nothing
        self.in_message = self.in_header = self.in_auth = False
        self.row = 0  # of the reply under way
        self.exchange = 0

    def read(self, transcript: Transcript) -> Iterator[IllustratedLine]:
        for number, line in enumerate(transcript, 1):
            exchange = self.exchange
            tokens = tuple(self._client(line.text) if line.speaker == "C" else self._server(line.text))
            yield IllustratedLine(number, line, tokens, self._ending(line), exchange)

    def _ending(self, line: Line) -> Token:
        return token("crlf" if line.text else "empty-line", "\r\n")

    def _client(self, text: str) -> Iterator[Token]:
        if self.in_message:
            return self._message(text)
        if self.in_auth:
            self.waiting.append("AUTH")
            return iter([token("auth-response", text)] if text else [])
        if self.waiting and self.waiting[0] == "" and self.row == 0:
            self.waiting.popleft()  # a dialogue that begins without its greeting
        verb = text.split(" ", 1)[0].upper()
        self.waiting.append(verb)
        return command_tokens(text)

    def _message(self, text: str) -> Iterator[Token]:
        if text == ".":
            self.in_message = False
            self.waiting.append(".")
            yield token("final-dot", text)
            return
        if text.startswith("."):
            yield token("stuffing", ".")
            text = text[1:]
        field = _HEADER.fullmatch(text) if self.in_header else None
        if field is not None:
            yield from map(token, ("header-name", "header-colon"), field.group(1, 2))
            yield from [token("header-body", field[3])] if field[3] else []
        elif self.in_header and text[:1] in (" ", "\t") and text.strip():
            yield token("header-fold", text)
        else:
            self.in_header = False
            yield from [token("body", text)] if text else []

    def _server(self, text: str) -> Iterator[Token]:
        verb = self.waiting[0] if self.waiting else "?"
        tokens = reply_tokens(text, verb, row=self.row)
        self.row += 1
        if text[3:4] != "-":
            self.row = 0
            self.exchange += 1
            if self.waiting:
                self.waiting.popleft()
            self.in_auth = verb == "AUTH" and text[:3] == "334"
            if verb == "DATA" and text[:1] == "3":
                self.in_message = self.in_header = True
        return iter(tokens)


# --- the client's lines ---------------------------------------------------------------------------------------


def command_tokens(text: str) -> Iterator[Token]:
    """Take a command apart: verb, space, argument."""
    found = _COMMAND.fullmatch(text)
    assert found is not None
    verb, space, argument = found.group("verb", "space", "argument")
    name = verb.lower()
    if verb:
        yield token(name if name in _VERBS else "verb", verb)
    if space:
        yield token("space", space)
    if argument:
        yield from _ARGUMENTS.get(name, _plain)(argument)


def _plain(argument: str) -> Iterator[Token]:
    yield token("argument", argument)


def _named(argument: str) -> Iterator[Token]:
    yield token("name", argument)


def _greeting_argument(argument: str) -> Iterator[Token]:
    found = token("client-literal" if argument.startswith("[") else "client-name", argument)
    try:
        parse_helo_argument(argument)
    except CommandSyntaxError as error:
        found = replace(found, fault=error)
    yield found


def _auth_argument(argument: str) -> Iterator[Token]:
    mechanism, space, response = argument.partition(" ")
    yield token("mechanism", mechanism)
    if space:
        yield token("space", space)
    if response:
        yield token("initial-response", response)


def _mail_argument(argument: str) -> Iterator[Token]:
    return _path_argument("MAIL", argument)


def _rcpt_argument(argument: str) -> Iterator[Token]:
    return _path_argument("RCPT", argument)


def _path_argument(verb: str, argument: str) -> Iterator[Token]:
    """FROM: or TO:, a path, parameters; a fault of the grammar goes to the token that it stands in."""
    tokens = list(_path_pieces(verb, argument))
    parse: Callable[..., object] = parse_mail if verb == "MAIL" else parse_rcpt
    try:
        parse(argument, smtputf8=" SMTPUTF8" in argument.upper())
    except CommandSyntaxError as error:
        place = error.span[0] - len(verb) - 1  # the span counts from the verb
        at, end = len(tokens) - 1, 0
        for number, piece in enumerate(tokens):
            end += len(piece.text)
            if place < end:
                at = number
                break
        if tokens:
            tokens[at] = replace(tokens[at], fault=error)
    return iter(tokens)


def _path_pieces(verb: str, argument: str) -> Iterator[Token]:
    keyword = _PATH.match(argument)
    if keyword is None:
        yield token("argument", argument)
        return
    word = keyword["keyword"]
    yield token("from" if word.upper() == "FROM:" else "to", word)
    if gap := keyword[0][len(word) :]:
        yield token("space", gap)
    rest = argument[keyword.end() :]
    path, rest = _cut_path(rest)
    yield from _path_tokens(verb, path)
    yield from _parameter_tokens(rest)


def _cut_path(text: str) -> tuple[str, str]:
    """The path ends with the last ">" before a space, or else at the first space."""
    end = text.rfind(">") + 1 if text.startswith("<") else 0
    end = end or (text.find(" ") if " " in text else len(text))
    return text[:end], text[end:]


def _path_tokens(verb: str, path: str) -> Iterator[Token]:
    if path == "<>":
        yield token("null-path", path)
        return
    opening, closing = path.startswith("<"), path.endswith(">") and len(path) > 1
    inside = path[opening : len(path) - closing]
    if opening:
        yield token("path-open", "<")
    if inside.startswith("@") and ":" in inside:
        route, _, inside = inside.partition(":")
        yield token("route", f"{route}:")
    local, at, domain = inside.rpartition("@") if "@" in inside else (inside, "", "")
    kind = "sender-local" if verb == "MAIL" else "rcpt-local"
    if local:
        yield token("postmaster" if not at and local.lower() == "postmaster" else kind, local)
    if at:
        yield token("at", at)
    if domain:
        yield token("literal" if domain.startswith("[") else "domain", domain)
    if closing:
        yield token("path-close", ">")


def _parameter_tokens(text: str) -> Iterator[Token]:
    for gap, keyword, equals, value in (found.groups() for found in _PARAMETER.finditer(text)):
        if gap:
            yield token("space", gap)
            continue
        yield token("parameter", keyword, keyword=keyword)
        if equals:
            yield token("equals", equals)
        if value:
            yield token("value", value, keyword=keyword)


_ARGUMENTS: Mapping[str, Callable[[str], Iterator[Token]]] = {
    **dict.fromkeys(("ehlo", "helo"), _greeting_argument),
    **dict.fromkeys(("vrfy", "expn"), _named),
    "mail": _mail_argument,
    "rcpt": _rcpt_argument,
    "auth": _auth_argument,
}


# --- the server's lines ---------------------------------------------------------------------------------------


def reply_tokens(text: str, verb: str, *, row: int = 0) -> tuple[Token, ...]:
    """Take line number `row` of a reply to `verb` apart ("" is the greeting, "." the end of a message)."""
    found = _REPLY.fullmatch(text)
    if found is None:
        return (token("no-reply", text),) if text else ()
    first, second, third, mark, rest = found.groups()
    code = int(text[:3])
    klass = CLASSES.get(int(first))
    does = {"class": klass.meaning if klass else "No class of SMTP.", "does": klass.client_does if klass else ""}
    subject = SUBJECTS.get(int(second), "not used in SMTP").lower()
    said = phrase(code) or "no code of the standard or of its extensions"
    tokens = [
        token("first-digit", first, code=text[:3], **does),
        token("second-digit", second, code=text[:3], subject=subject),
        token("third-digit", third, code=text[:3], phrase=said),
    ]
    if mark:
        tokens.append(token("hyphen" if mark == "-" else "last-space", mark))
    return (*tokens, *_text_tokens(code, rest, verb.upper(), row))


def _text_tokens(code: int, text: str, verb: str, row: int) -> Iterator[Token]:
    enhanced = _ENHANCED.match(text)
    if enhanced is not None and int(enhanced[1]) == code // 100:
        yield from _enhanced_tokens(enhanced)
        text = text[enhanced.end() :]
    if code == 334 and text:
        yield token("challenge", text)
    elif code == 250 and verb == "EHLO" and row:
        yield from _offer_tokens(text)
    else:
        yield from _free_tokens(code, text, verb)


def _enhanced_tokens(found: re.Match[str]) -> Iterator[Token]:
    guide = rules.shipped()
    subject, detail = found[2][1:], found[3][1:]
    about = guide.subjects.get(int(subject), "a subject that is not registered")
    what = guide.detail_name(f"{subject}.{detail}") or "a detail that is not registered"
    yield token("enhanced-class", found[1])
    yield token("enhanced-subject", found[2], subject=about)
    yield token("enhanced-detail", found[3], detail=what)
    if found[4]:
        yield token("enhanced-space", found[4])


def _offer_tokens(text: str) -> Iterator[Token]:
    table = words()
    keyword = text.partition(" ")[0]
    if keyword:
        offer = str(table["offer"].get(keyword.upper(), "an extension that this lesson does not explain."))
        yield token("keyword", keyword, keyword=keyword, offer=offer)
    more = str(table["offer_parameter"].get(keyword.upper(), ""))
    for piece in re.findall(r" +|[^ ]+", text[len(keyword) :]):
        kind = "space" if piece.isspace() else "keyword-parameter"
        yield token(kind, piece, keyword=keyword, parameter=more)


def _free_tokens(code: int, text: str, verb: str) -> Iterator[Token]:
    word = text.split(" ", 1)[0]
    greets = code in _NAMED or (code == 250 and verb in ("EHLO", "HELO"))
    if greets and "." in word and is_domain(word):
        yield token("host", word)
        text = text[len(word) :]
    for piece in filter(None, _ADDRESS.split(text)):
        is_address = _ADDRESS.fullmatch(piece) is not None
        yield token(("new-address" if code in _NEW else "echo") if is_address else "text", piece)


def markdown(transcript: Transcript) -> str:
    """The dialogue with numbered lines, and a footnote for each: what is said once is not said again."""
    lines = illustrate(transcript)
    width = len(str(len(lines)))
    seen: set[tuple[str, str]] = set()
    notes = []
    for line in lines:
        new = []
        for piece in line.all_tokens:
            if (piece.kind, piece.meaning) in seen and piece.fault is None:
                continue
            seen.add((piece.kind, piece.meaning))
            fault = f" {piece.fault.message}" if piece.fault else ""
            said = markup.markdown(f"{piece.gloss}. {piece.meaning}{fault} ({piece.source})")
            new.append(f"    - {markup.code_span(piece.shown)} {said}")
        notes.append("\n".join([f"{line.number}. {markup.code_span(line.line)}", *new]))
    dialogue = "\n".join(f"{line.number:{width}} {line.line}" for line in lines)
    return f"{markup.fenced(dialogue)}\n\n" + "\n".join(notes)
