"""The field guide's rules: read from a TOML table, checked, and held against one reply."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from smtplesson.protocol.codes import ReplyCode

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
TEXT_RANK = 50  # rules with words begin here; the vague ones stand below the enhanced codes
_KEYS = {
    "id", "name", "about", "rank", "words", "unless", "codes", "enhanced", "command", "cause", "fix",
    "postmaster", "retry", "server", "source",
}  # fmt: skip
_NEEDED = ("id", "about", "cause", "fix", "postmaster", "source")
_NUMBER = re.compile(r"[0-9]{1,3}\.(?:[0-9]{1,3}|\*)")

_ANGLE = re.compile(r"<[^<>\n]{1,400}>")
_BARE = re.compile(r"[^\s<>@,;:()\"\[\]']{1,64}@[a-z0-9.*-]{1,255}")
_OCTET = r"(?:[0-9]{1,3}|x{1,3}|\*{1,3})"
# people hide an address as x.xx.xx.xx
_ADDRESS = rf"(?:{_OCTET}(?:\.{_OCTET}){{3}}|(?:[0-9a-f]{{1,4}}:){{2,7}}:?[0-9a-f]{{0,4}})"
_IP = re.compile(rf"\[?(?<![\w.]){_ADDRESS}(?![\w.]?\w)\]?")
_IN_ANGLES = re.compile(rf"<\[?{_ADDRESS}\]?>")
_IP_SIGN = "\x01ip\x02"
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
    words: re.Pattern[str] | None = None
    unless: re.Pattern[str] | None = None
    codes: tuple[str, ...] = ()
    enhanced: tuple[str, ...] = ()
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
class FieldGuide:
    """All rules, in the order of the file, with the names of servers and of the enhanced codes' subjects."""

    rules: tuple[Rule, ...]
    servers: tuple[tuple[str, re.Pattern[str]], ...]
    subjects: Mapping[int, str]

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
    text = _IN_ANGLES.sub(_IP_SIGN, text)
    text = _BARE.sub("<addr>", _ANGLE.sub("<addr>", text))
    return _IP.sub("<ip>", text).replace(_IP_SIGN, "<ip>")


def without_phrase(text: str, digits: str) -> str:
    """Return the normal `text` with `<phrase>` for the standard's own phrase of the code that `digits` begin.

    The phrase repeats the code and tells no cause (RFC 5321 section 4.2: the text is for people).

    >>> without_phrase("requested action not taken: mailbox name not allowed (#5.7.1)", "553")
    '<phrase> (#5.7.1)'
    """
    for code, phrase in _phrases().items():
        if code.startswith(digits):
            text = phrase.sub(PHRASE, text)
    return text


@cache
def _phrases() -> Mapping[str, re.Pattern[str]]:
    return {str(code.value): _phrase(code.phrase) for code in ReplyCode}


def _phrase(phrase: str) -> re.Pattern[str]:
    """Return a pattern for a phrase, with or without its beginning "Requested action not taken" and its example."""
    said = normal(phrase.replace("<domain> ", "").replace("<CRLF>", "CRLF"))
    action, _, core = said.rpartition(": ")
    begin = f"(?:{_ACTION.pattern}:? )?" if action else ""
    return re.compile(rf"{begin}\b{re.escape(core)}(?!\w){_EXAMPLE}".replace(r"<addr>(?!\w)", "<addr>"))


@cache
def shipped() -> FieldGuide:
    """Return the guide that comes with the package."""
    file = resources.files("smtplesson").joinpath("data/field_guide.toml")
    return _parse(file.read_text("utf-8"), "field_guide.toml")


def load(path: str | Path) -> FieldGuide:
    """Return the guide in a file; ValueError names the rule and what is wrong with it."""
    return _parse(Path(path).read_text("utf-8"), Path(path).name)


def _parse(text: str, where: str) -> FieldGuide:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{where} is no TOML: {error}. Mend that line.") from error
    rules = tuple(_rule(row, f"{where}, rule {number}") for number, row in enumerate(data.get("rule", []), 1))
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise ValueError(f"{where}: two rules have the id {rule.id!r}; rename one.")
        seen.add(rule.id)
    servers = tuple(
        (row["name"], _pattern(row["words"], f"{where}, server {row['name']}")) for row in data.get("server", [])
    )
    return FieldGuide(rules, servers, {row["digit"]: row["name"] for row in data.get("subject", [])})


def _rule(row: dict[str, Any], where: str) -> Rule:
    where = f"{where} ({row.get('id', 'without id')})"
    for key in _NEEDED:
        if not row.get(key):
            raise ValueError(f'{where} has no {key}: add the line {key} = "...".')
    if unknown := sorted(set(row) - _KEYS):
        raise ValueError(f"{where} has the unknown key {unknown[0]!r}; the keys are {', '.join(sorted(_KEYS))}.")
    if row["about"] not in ABOUT:
        raise ValueError(f"{where}: about is {row['about']!r}, but must be one of {', '.join(ABOUT)}.")
    if row.get("retry", "no") not in RETRY:
        raise ValueError(f"{where}: retry is {row['retry']!r}, but must be one of {', '.join(RETRY)}.")
    if bad := [number for number in row.get("enhanced", []) if not _NUMBER.fullmatch(number)]:
        raise ValueError(f"{where}: enhanced holds {bad[0]!r}, but must be subject and detail, such as 7.1 or 7.*.")
    return Rule(
        **{key: row.get(key, "") for key in (*_NEEDED, "name", "server", "retry")},
        rank=row.get("rank", TEXT_RANK if "words" in row else 30),
        words=_pattern(row["words"], where) if "words" in row else None,
        unless=_pattern(row["unless"], where) if "unless" in row else None,
        codes=tuple(row.get("codes", ())),
        enhanced=tuple(row.get("enhanced", ())),
        command=tuple(row.get("command", ())),
    )


def _pattern(words: Iterable[str], where: str) -> re.Pattern[str]:
    for word in words:
        try:
            re.compile(word)
        except re.error as error:
            raise ValueError(f"{where}: {word!r} is no regular expression: {error}.") from error
    return re.compile("|".join(f"(?:{word})" for word in words))
