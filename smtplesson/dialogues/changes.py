"""What if a token of a dialogue were different: the changes that each token offers, to be played by `replay`.

The words are in `data/tokens.toml`.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from dataclasses import replace

from smtplesson.dialogues.illustrated import IllustratedLine, illustrate, words
from smtplesson.dialogues.scenario import Scenario
from smtplesson.dialogues.what_if import CRLF, Change, Turn, original


def changes(scenario: Scenario, line: IllustratedLine, at: int) -> tuple[Change, ...]:
    """Return the changes of token number `at` (from 0) of a line of this scenario's script.

    >>> from smtplesson.dialogues import scenario
    >>> typical = scenario.load("rfc5321-typical")
    >>> mail = illustrate(typical.script)[7]
    >>> mail.tokens[6].text, [change.id for change in changes(typical, mail, 6)][:2]
    ('bar.com', ['domain-dots', 'final-domain-dot'])
    """
    maker = _Maker(scenario, line, at)
    found: dict[tuple[object, ...], Change] = {}
    for change in maker.make():
        found.setdefault((change.turns, change.said), change)
    return tuple(found.values())


Edit = tuple[str, Callable[[str], str]]


def _twice_dotted(text: str) -> str:
    if ".." in text:
        return text
    return text.replace(".", "..", 1) if "." in text else f"{text[0]}..{text[1:] or text}"


def _undotted(text: str) -> str:
    return text.replace("..", ".")


def _misspelt(text: str) -> str:
    return text[0] + text[2:3] + text[1:2] + text[3:]


def _with_underscore(text: str) -> str:
    first, dot, rest = text.partition(".")
    return f"{first}_1{dot}{rest}"


def _wrong_password(text: str) -> str:
    try:
        login = base64.b64decode(text, validate=True).split(b"\0")[1]
    except (ValueError, IndexError):
        return text
    return base64.b64encode(b"\0" + login + b"\0not-it").decode("ascii")


_SWAPPED = {"from:": "TO:", "to:": "FROM:"}
_VERB: tuple[Edit, ...] = (("lower-case", str.lower), ("misspelt", _misspelt))
_DOMAIN: tuple[Edit, ...] = (
    ("one-dot", _undotted),
    ("domain-dots", _twice_dotted),
    ("final-domain-dot", lambda text: f"{text}."),
    ("underscore", _with_underscore),
    ("upper-case", str.upper),
    ("literal", lambda text: "[192.0.2.1]"),
)
_LOCAL: tuple[Edit, ...] = (
    ("local-dots", _twice_dotted),
    ("other-case", str.swapcase),
    ("quoted", lambda text: f'"{text}"'),
    ("non-ascii", lambda text: f"{text}ü"),
    ("too-long", lambda text: "x" * 65),
)
#: Kind of token -> the changes of its own text.
_EDITS: dict[str, tuple[Edit, ...]] = {
    **dict.fromkeys(("ehlo", "helo", "mail", "rcpt", "rset", "vrfy", "expn", "auth", "quit", "noop"), _VERB),
    "data": (*_VERB, ("with-argument", lambda text: f"{text} now")),
    "space": (("no-space", lambda text: ""),),
    **dict.fromkeys(
        ("from", "to"),
        (
            ("lower-case", str.lower),
            ("space-after-colon", lambda text: f"{text} "),
            ("other-keyword", lambda text: _SWAPPED[text.lower()]),
        ),
    ),
    "path-open": (("no-open", lambda text: ""),),
    "path-close": (("no-close", lambda text: ""), ("unknown-parameter", lambda text: f"{text} COLOUR=blue")),
    "sender-local": _LOCAL,
    "rcpt-local": (("unknown-user", lambda text: "nobody.of.this.name"), *_LOCAL),
    "postmaster": (("lower-case", str.lower), ("upper-case", str.upper)),
    "at": (("no-at", lambda text: ""), ("two-ats", lambda text: "@@")),
    "domain": _DOMAIN,
    "literal": (("bad-literal", lambda text: text.strip("[]")),),
    "client-name": (("literal", lambda text: "[192.0.2.1]"), *_DOMAIN[1:4]),
    "client-literal": (("bad-literal", lambda text: text.strip("[]")),),
    "equals": (("no-equals", lambda text: ""),),
    "value": (("bad-value", lambda text: "???"),),
    "mechanism": (("other-mechanism", lambda text: "CRAM-MD5"),),
    "initial-response": (("other-password", _wrong_password), ("no-base64", lambda text: "???")),
    "name": (("unknown-user", lambda text: "nobody.of.this.name"),),
    "stuffing": (("two-dots", lambda text: ".."),),
    "final-dot": (("two-dots", lambda text: ".."), ("dot-space", lambda text: ". ")),
}
#: The same for what the server says; the first two are changed in every line of the reply.
_SAID: dict[str, tuple[Edit, ...]] = {
    **{"first-digit": tuple((f"first-{n}", lambda text, n=n: n) for n in "2456")},  # type: ignore[misc]
    "third-digit": (("third-9", lambda text: "9"),),
    "hyphen": (("as-last", lambda text: " "),),
    "last-space": (("as-more", lambda text: "-"),),
    "enhanced-class": (("other-class", lambda text: "5" if text == "2" else "2"),),
}
_IN_EVERY_LINE = ("first-digit", "third-digit")
_LEAVE_OUT = ("ehlo", "helo", "mail", "data")
_MESSAGE = ("header-name", "body", "header-body", "stuffing")


class _Maker:
    """Makes the changes of one token."""

    def __init__(self, scenario: Scenario, line: IllustratedLine, at: int) -> None:
        self.scenario, self.line, self.at = scenario, line, at
        self.token = line.all_tokens[at]
        self.turns = original(scenario)
        self.lines = illustrate(scenario.script)

    def make(self) -> Iterator[Change]:
        if self.line.line.speaker == "S":
            yield from self._said()
            return
        kind = self.token.kind
        yield from self._whole_commands(kind)
        if kind in ("rcpt-local", "postmaster"):
            yield from self._other_recipients()
        for id_, edit in _EDITS.get(kind, ()):
            yield from self._edited(id_, edit(self.token.text))
        if kind == "domain":
            yield from self._other_domain()
        if kind in ("client-name", "client-literal"):
            yield from self._line("no-argument", self.line.tokens[0].text)
        if kind == "path-open":
            yield from self._around_path()
        if kind in _MESSAGE:
            yield from self._line("lone-dot", f".\r\n{self.line.line.text}")
            yield from self._line("long-line", "x" * 1100)
        if kind == "final-dot":
            yield from self._without_line("no-dot")
        if kind == "empty-line":
            yield from self._without_line("no-empty-line")
        if kind == "crlf":
            yield self._sent("bare-lf", self._replaced(self.line.line.text.encode(errors="surrogateescape") + b"\n"))

    # changes of what the client sends

    def _edited(self, id_: str, text: str) -> Iterator[Change]:
        if text != self.token.text:
            yield from self._line(id_, self._joined({self.at: text}))

    def _joined(self, texts: dict[int, str]) -> str:
        return "".join(texts.get(number, piece.text) for number, piece in enumerate(self.line.tokens))

    def _line(self, id_: str, text: str, mailbox: str = "") -> Iterator[Change]:
        if text != self.line.line.text:
            sent = text.encode("utf-8", "surrogateescape") + CRLF
            yield self._sent(id_, self._replaced(sent), mailbox)

    def _replaced(self, sent: bytes) -> tuple[Turn, ...]:
        """All turns, this line replaced by other bytes; by none, it is left out."""
        number = self._place()
        turns = list(self.turns)
        turn = turns[self.line.exchange]
        rest = (*turn.sent[:number], *([sent] if sent else []), *turn.sent[number + 1 :])
        turns[self.line.exchange] = replace(turn, sent=rest)
        return tuple(turns)

    def _place(self) -> int:
        """The number of this line among those that are sent before one reply."""
        mates = [each for each in self.lines if each.exchange == self.line.exchange and each.line.speaker == "C"]
        return [each.number for each in mates].index(self.line.number)

    def _sent(self, id_: str, turns: tuple[Turn, ...], mailbox: str = "") -> Change:
        return self._change(id_, turns, (), mailbox)

    def _change(
        self, id_: str, turns: tuple[Turn, ...], said: tuple[tuple[int, str], ...] = (), mailbox: str = ""
    ) -> Change:
        entry = words()["change"][id_]
        label = entry["label"].format_map({"mailbox": mailbox})
        return Change(id_, label, entry["why"], entry["source"], self.line.exchange, turns, said)

    def _without_line(self, id_: str) -> Iterator[Change]:
        yield self._sent(id_, self._replaced(b""))

    def _whole_commands(self, kind: str) -> Iterator[Change]:
        here = self.line.exchange
        turns = list(self.turns)
        if kind in _LEAVE_OUT:
            yield self._sent("left-out", tuple(turn for turn in turns if turn.exchange != here))
        if kind == "mail":
            yield self._sent("twice", (*turns[: here + 1], Turn(None, turns[here].sent), *turns[here + 1 :]))
        if kind == "rcpt":
            mail = [n for n in range(here) if turns[n].sent and turns[n].sent[0][:4].upper() == b"MAIL"]
            if mail:
                moved = [*turns[: mail[-1]], turns[here], *turns[mail[-1] : here], *turns[here + 1 :]]
                yield self._sent("too-early", tuple(moved))
        if kind == "ehlo":
            yield from self._line("helo", self._joined({0: "HELO"}))

    def _around_path(self) -> Iterator[Change]:
        tokens = self.line.tokens
        close = next((n for n, piece in enumerate(tokens) if piece.kind == "path-close"), None)
        if close is not None:
            yield from self._line("no-brackets", self._joined({self.at: "", close: ""}))
            yield from self._line("null-path", self._joined(dict.fromkeys(range(self.at + 1, close), "")))

    def _other_domain(self) -> Iterator[Change]:
        is_sender = self.line.tokens[0].kind == "mail"
        name = "nowhere.invalid" if is_sender else "elsewhere.example"
        yield from self._edited("unknown-domain" if is_sender else "other-domain", name)

    def _other_recipients(self) -> Iterator[Change]:
        """The same command for each sort of people that this server knows."""
        server = self.scenario.server
        first = {
            "to-mailbox": next(iter(server.mailboxes), ""),
            "to-forwarded": next(iter(server.forwards), ""),
            "to-moved": next(iter(server.moved), ""),
            "to-postmaster": "Postmaster",
        }
        places = [n for n, piece in enumerate(self.line.tokens) if piece.kind in ("at", "domain", "literal")]
        for id_, mailbox in first.items():
            if mailbox:
                text = self._joined({**dict.fromkeys(places, ""), self.at: mailbox})
                yield from self._line(id_, text, mailbox)

    # changes of what the server says

    def _said(self) -> Iterator[Change]:
        kind = self.token.kind
        for id_, edit in _SAID.get(kind, ()):
            digit = edit(self.token.text)
            if digit != self.token.text:
                together = kind in _IN_EVERY_LINE
                yield self._change(id_, (), self._rows(digit) if together else self._row({self.at: digit}))
        if kind == "third-digit" and len(self._rows("9")) > 1:
            yield self._change("digit-alone", (), self._row({self.at: "9"}))
        if kind == "new-address":
            yield self._change("no-address", (), self._row({self.at: ""}))
        if kind == "text":
            yield from self._other_texts()

    def _row(self, texts: dict[int, str]) -> tuple[tuple[int, str], ...]:
        return ((self.line.number, self._joined(texts)),)

    def _rows(self, digit: str) -> tuple[tuple[int, str], ...]:
        """Every line of this reply with another digit in this place."""
        mates = [each for each in self.lines if each.exchange == self.line.exchange and each.line.speaker == "S"]
        cut = self.at
        return tuple((each.number, each.line.text[:cut] + digit + each.line.text[cut + 1 :]) for each in mates)

    def _other_texts(self) -> Iterator[Change]:
        kept = [n for n, piece in enumerate(self.line.tokens) if piece.kind.startswith(("enhanced", "host"))]
        start = max([3, *kept]) + 1
        bare = dict.fromkeys(range(start, len(self.line.tokens)), "")
        yield self._change("no-text", (), self._row(bare))
        good = self.line.line.text[:1] in "23"
        gap = " " if self.line.tokens[start].text.startswith(" ") else ""
        contrary = "Refused: no such user here" if good else "OK, accepted"
        yield self._change("contrary-text", (), self._row({**bare, start: gap + contrary}))
