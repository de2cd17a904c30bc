"""The field guide's rules: read from a TOML table, checked, and held against one reply."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from smtplesson import content
from smtplesson.protocol.codes import meanings

ABOUT = (
    "recipient",
    "sender",
    "address",
    "policy",
    "client",
    "content",
    "parameter",
    "command",
    "auth",
    "server",
)
#: Whether to send again -> the same as a sentence.
RETRY: Mapping[str, str] = {
    "no": "no: there is nothing to gain by sending again.",
    "unchanged later": "yes, unchanged and later: the client does it by itself, half an hour apart or more.",
    "after the fix": "only after the fix: the same again will be refused again.",
}
#: Whether a mailing list stops writing to the address -> the same as a sentence.
STOP: Mapping[str, str] = {
    "yes": "stop writing to this address: it is dead.",
    "wait": "keep the address for now; stop only if this goes on for days, or comes again and again.",
    "no": "keep the address: it is not what was refused.",
}
TEXT_RANK = 50  # rules with words begin here; the vague ones stand below the enhanced codes
_TEXTS = "tuple[str, ...]"
_NUMBER = re.compile(r"[0-9]{1,3}\.(?:[0-9]{1,3}|\*)")

_SENTENCE = re.compile(r"(?<=\n)|(?<=[.!?] )")
_ANGLE = re.compile(r"<[^<>\n]{1,400}>")
_BARE = re.compile(r"[^\s<>@,;:()\"\[\]']{1,64}@[a-z0-9.*-]{1,255}")
_OCTET = r"(?:[0-9]{1,3}|x{1,3}|\*{1,3})"
# people hide an address as x.xx.xx.xx
_ADDRESS = rf"(?:{_OCTET}(?:\.{_OCTET}){{3}}|(?:[0-9a-f]{{1,4}}:){{2,7}}:?[0-9a-f]{{0,4}})"
_IP = re.compile(rf"\[?(?<![\w.]){_ADDRESS}(?![\w.]?\w)\]?")
_IN_ANGLES = re.compile(rf"<\[?{_ADDRESS}\]?>")
_IP_SIGN = "\x01ip\x02"
_PATH = re.compile(r"(?<![\w:/.])/[\w.@-]{1,80}(?:/[\w.@-]{1,80}){1,20}")  # nor is the name of a file
_IN_LINK = re.compile(r"(https?://[^\s<>]{1,200})<ip>")  # an address in a link is no cause
#: What stands in a text in place of the phrase that the standard itself gives to a code.
PHRASE = "<phrase>"
_ACTION = re.compile(r"requested (?:mail )?action (?:not taken|aborted)")
_EXAMPLE = r"(?: ?[(\[](?:e\.g\.|this may|or,|see )[^()\[\]]{0,120}[)\]])?"


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the field guide: when it applies, and what it then says."""

    id: str
    about: str
    cause: str
    fix: str
    postmaster: str
    source: str
    rank: int
    name: str = ""
    server: str = ""
    retry: str = ""
    usual: str = ""
    stop: str = ""
    words: re.Pattern[str] | None = None
    unless: re.Pattern[str] | None = None
    codes: tuple[str, ...] = ()
    enhanced: tuple[str, ...] = ()
    confirms: tuple[str, ...] = ()
    command: tuple[str, ...] = ()

    def match(self, digits: str, detail: str, command: str, text: str) -> str | None:
        """Return the words that it found (empty for a rule by numbers), or None where it does not apply."""
        if self.codes and not digits.startswith(self.codes):
            return None
        if self.enhanced and detail not in self.enhanced and f"{detail.partition('.')[0]}.*" not in self.enhanced:
            return None
        if self.command and command not in self.command:
            return None
        if self.words is None:
            return ""
        hit = self.words.search(text)
        if hit is None or (self.unless is not None and self.unless.search(text)):
            return None
        return hit[0].strip()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of text that people paste: its words, and what is to be known of it (see the TOML file)."""

    id: str
    name: str
    words: re.Pattern[str]
    unless: re.Pattern[str] | None = None
    quotes: bool = False
    action: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class FieldGuide:
    """All rules, in the order of the file, with the kinds of text, and the names of servers and of subjects."""

    rules: tuple[Rule, ...]
    servers: tuple[tuple[str, re.Pattern[str]], ...]
    subjects: Mapping[int, str]
    kinds: tuple[Kind, ...] = ()
    speakers: Mapping[str, tuple[str, str]] = dataclasses.field(default_factory=dict)
    boilerplate: re.Pattern[str] | None = None

    def kind(self, text: str) -> Kind | None:
        """Return the first kind of text whose words are found."""
        return next((k for k in self.kinds if k.words.search(text) and not (k.unless and k.unless.search(text))), None)

    def without_boilerplate(self, text: str) -> str:
        """Return the text without the sentences of the reporting program, which tell no cause."""
        sentences = _SENTENCE.split(text)
        return "".join(one for one in sentences if not (self.boilerplate and self.boilerplate.search(one[:400])))

    def server(self, text: str) -> str:
        """Return who words a reply so, or nothing."""
        return next((name for name, words in self.servers if words.search(text)), "")

    def detail_name(self, detail: str) -> str:
        """Return the registered name of an enhanced code given as `7.1`, or nothing."""
        return next((rule.name for rule in self.rules if rule.name and detail in rule.enhanced), "")


def normal(text: str) -> str:
    """Return `text` as the rules see it: lower case, one line, addresses and IP addresses by placeholders.

    >>> normal("Client [192.0.2.1] may not\\nwrite to <Jo@Foo.com>")
    'client <ip> may not write to <addr>'
    """
    text = " ".join(text.lower().replace("\u2019", "'").replace("\u2018", "'").split())
    text = _PATH.sub("<path>", text)
    text = _IN_ANGLES.sub(_IP_SIGN, text)
    text = _BARE.sub("<addr>", _ANGLE.sub("<addr>", text))
    return _IN_LINK.sub(r"\1", _IP.sub("<ip>", text).replace(_IP_SIGN, "<ip>"))


def without_phrase(text: str, digits: str) -> str:
    """Return the normal `text` with `<phrase>` for the standard's own phrase of the code that `digits` begin.

    The phrase repeats the code and tells no cause (RFC 5321 section 4.2: the text is for people).

    >>> without_phrase("requested action not taken: mailbox name not allowed (#5.7.1)", "553")
    '<phrase> (#5.7.1)'
    """
    for code, phrase in _phrases():
        if code.startswith(digits):
            text = phrase.sub(PHRASE, text)
    return text


_RFC = "RFC 5321"


@cache
def _phrases() -> Sequence[tuple[str, re.Pattern[str]]]:
    return [(str(row.code), _phrase(row.phrase)) for known in meanings().values() for row in known if row.rfc == _RFC]


def _phrase(phrase: str) -> re.Pattern[str]:
    """Return a pattern for a phrase, with or without its beginning "Requested action not taken" and its example."""
    said = normal(phrase.replace("<domain> ", "").replace("<CRLF>", "CRLF"))
    action, _, core = said.rpartition(": ")
    begin = f"(?:{_ACTION.pattern}:? )?" if action else ""
    return re.compile(rf"{begin}\b{re.escape(core)}(?!\w){_EXAMPLE}".replace(r"<addr>(?!\w)", "<addr>"))


@cache
def shipped() -> FieldGuide:
    """Return the guide that comes with the package."""
    return _guide(content.read(content.KIT / "field_guide.toml"))


def load(path: str | Path) -> FieldGuide:
    """Return the guide in a file; ContentError names the rule and what is wrong with it."""
    guide, kit = _guide(content.read(Path(path))), shipped()
    if not guide.kinds:  # a file of rules alone: the kit knows the kinds of text
        guide = dataclasses.replace(guide, kinds=kit.kinds, speakers=kit.speakers, boilerplate=kit.boilerplate)
    return guide


def _guide(file: content.Section) -> FieldGuide:
    file.only("rule", "server", "subject", "kind", "speaker", "boilerplate")
    rules: dict[str, Rule] = {}
    for number, row in enumerate(file.take("rule", "tables", ()), 1):
        rule = _rule(row.named(f"rule {number} ({content.shown(row.get('id', 'without id'))})"))
        if rule.id in rules:
            raise row.error(f"two rules have the id {content.shown(rule.id)}; rename one.", "id")
        rules[rule.id] = rule
    servers = []
    for row in file.take("server", "tables", ()):
        row.only("name", "words")
        servers.append((row.take("name"), _pattern(row, "words")))
    for row in (subjects := file.take("subject", "tables", ())):
        row.only("digit", "name")
    return FieldGuide(
        tuple(rules.values()),
        tuple(servers),
        {row.take("digit", "int"): row.take("name") for row in subjects},
        tuple(_kind(row) for row in file.take("kind", "tables", ())),
        {row.take("id"): (row.take("name"), row.take("log")) for row in file.take("speaker", "tables", ())},
        _pattern(file, "boilerplate", re.I | re.M) if "boilerplate" in file else None,
    )


def _kind(row: content.Section) -> Kind:
    row.only(*(field.name for field in dataclasses.fields(Kind)))
    words = _pattern(row, "words", re.M)
    return row.build(Kind, "words", "unless", words=words, unless=_pattern(row, "unless") if "unless" in row else None)


def _rule(row: content.Section) -> Rule:
    row.only(*(field.name for field in dataclasses.fields(Rule)))
    row.choice("about", ABOUT)
    row.choice("retry", RETRY, "")
    row.choice("usual", ("4", "5"), "")
    row.choice("stop", STOP, "")
    for key in ("enhanced", "confirms"):
        for number in row.take(key, _TEXTS, ()):
            if not _NUMBER.fullmatch(number):
                what = f"{key} holds {content.shown(number)}, but must be subject and detail, such as 7.1 or 7.*."
                raise row.error(what, key)
    words = _pattern(row, "words") if "words" in row else None
    unless = _pattern(row, "unless") if "unless" in row else None
    rank = row.take("rank", "int", 30 if words is None else TEXT_RANK)
    return row.build(Rule, "words", "unless", "rank", words=words, unless=unless, rank=rank)


def _pattern(row: content.Section, key: str, flags: int = 0) -> re.Pattern[str]:
    """One pattern for all the words under `key`."""
    words = row.take(key, _TEXTS)
    for word in words:
        row.compiles(key, word)
    return re.compile("|".join(f"(?:{word})" for word in words), flags)
