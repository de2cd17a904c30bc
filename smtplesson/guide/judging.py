"""Judge a reply by the guide's rules: whom it is about, why, and how sure that is.

The order of judgement is the one of RFC 5321 sections 4.2 and 4.3.2: the first digit decides, then the command that
was answered, then the enhanced code, and the text last of all. Of the phrases that a text holds, one that is part of
a longer one counts for nothing.

Certainty is one rule. A cause has at most two witnesses: the words of the text, where they are no vague ones and not
the standard's own phrase; and a number that names it, which is an enhanced code with a detail (for words one that the
rule confirms) or a reply code that by its definition means just this.

- certain: both, or a success or intermediate code by definition, to a command that can get it.
- likely: one of them.
- possible: neither, or no code at all.

A contradiction lowers it by one step: a number that names another party, or an enhanced code of another class.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from smtplesson.guide import rules
from smtplesson.guide.bounce import FoundReply
from smtplesson.guide.rules import FieldGuide, Rule
from smtplesson.protocol.codes import allowed_codes

CERTAINTY = ("possible", "likely", "certain")
_SENDER_CODES = {
    "1.7",
    "1.8",
    "7.27",
}  # RFC 3463 section 3.2: these are about the sender, whatever the command
_PARTY = {"MAIL": "sender", "RCPT": "recipient", "VRFY": "recipient", "EXPN": "recipient"}
_RECIPIENT = re.compile(r"recipient|rcpt|mailbox (?:is )?full|quota")
_DEFINITE = 39  # the rank of a number that names its cause
_RETRY: Mapping[str, str] = {"failed": "after the fix", "delayed": "unchanged later", "delivered": "no"}


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a reply: whom it is about, why, and what each side does."""

    about: str
    cause: str
    certainty: str  # one of CERTAINTY
    evidence: tuple[str, ...]
    fix: str
    postmaster: str
    retry: str  # a key of rules.RETRY
    server: str
    source: str
    rule: str
    stop: str = "no"  # whether a list stops writing to the address: yes, no, wait


def judge(guide: FieldGuide, found: FoundReply, command: str, action: str = "") -> tuple[Reading, ...]:
    """Hold every rule against the reply and put those that apply in order; `action` is what was done by the report."""
    said = rules.normal(" ".join(found.lines))
    digits = digits_of(found) if found.code is not None or found.enhanced or action != "delayed" else "4"
    detail = f"{found.enhanced.subject}.{found.enhanced.detail}" if found.enhanced else ""
    known = found.code is not None or found.enhanced is not None or action == "delayed"
    server = guide.server(said) or guide.server(rules.normal(found.context))
    said = rules.without_phrase(said, digits) if found.code is not None else said
    hits = _hits(guide.rules, digits, detail, command, said)
    if not any(rule.words and rule.rank >= rules.TEXT_RANK for rule, _ in hits) and _is_mute(found, said):
        around = rules.without_phrase(rules.normal(found.context), digits)
        hits += [hit for hit in _hits(guide.rules, digits, detail, command, around) if hit[0].words]
    if not known:
        hits = [(rule, words) for rule, words in hits if rule.words and rule.rank >= rules.TEXT_RANK]
    parties = {rule.id: _party(rule, command, detail, said) for rule, _ in hits}
    sure = {parties[rule.id] for rule, _ in hits if not rule.words and _is_specific(rule)}
    named = (rule for rule in guide.rules if not rule.words and rule.rank >= _DEFINITE)
    definite = {_party(rule, command, detail, said) for rule in named if rule.match(digits, detail, command, "") == ""}
    hits.sort(key=lambda hit: -_weight(hit[0], hit[1], parties[hit[0].id], sure))
    readings = []
    for rule, words in _shortened(hits, parties):
        about = parties[rule.id]
        contradicted = bool(definite - {about}) or (found.dsn is not None and str(found.dsn.klass) != digits[0])
        has_number = found.code is not None or found.enhanced is not None
        witnesses = _witnesses(rule, found, command, detail) if has_number else 0
        certainty = CERTAINTY[max(witnesses - contradicted, 0)]
        retry = _retry(rule, digits[0] if has_number else rule.usual or digits[0], action)
        readings.append(
            Reading(about, rule.cause, certainty, _evidence(rule, words, found, command), rule.fix, rule.postmaster,
                    retry, rule.server or server, rule.source, rule.id, _stop(rule, retry, digits[0], certainty))
        )  # fmt: skip
    return tuple(readings)


def digits_of(found: FoundReply) -> str:
    """The digits that rules are held against: those of the code, or the class alone."""
    if found.code is not None:
        return str(found.code)
    return str(found.enhanced.klass) if found.enhanced else "5"


def _is_mute(found: FoundReply, said: str) -> bool:
    return found.where.startswith("the Status") or len(re.sub(r"[^\w]|[0-9_]", "", said)) < 3


def _hits(rules: tuple[Rule, ...], digits: str, detail: str, command: str, said: str) -> list[tuple[Rule, str]]:
    """Rules that apply. What answers MAIL, or names the sender by number, is not about the recipient."""
    before_rcpt = command in {"MAIL", "EHLO", "HELO", "(connect)"} or detail in _SENDER_CODES
    of_sender = before_rcpt and not _RECIPIENT.search(said)
    found = ((rule, rule.match(digits, detail, command, said)) for rule in rules)
    hits = [
        (rule, words) for rule, words in found if words is not None and not (of_sender and rule.about == "recipient")
    ]
    exact = any(detail in rule.enhanced for rule, _ in hits)
    longest = [words for rule, words in hits if rule.rank >= 50]
    return [
        (rule, words)
        for rule, words in hits
        if not (exact and rule.enhanced[-1:] == (f"{detail.partition('.')[0]}.*",))
        and not (words and any(words in other and words.count(" ") < other.count(" ") for other in longest))
    ]


def _is_specific(rule: Rule) -> bool:
    return rule.rank >= 38 or (bool(rule.codes) and rule.rank >= 22 and not rule.enhanced)


def _weight(rule: Rule, words: str, about: str, sure: set[str]) -> float:
    """Numbers lend weight to words that agree with them; two plain words outweigh a reply code, not a detail."""
    plain = " " in words and rule.rank <= _DEFINITE
    return (_DEFINITE + rule.rank / 100 if plain else rule.rank) + (8 if rule.words and about in sure else 0)


def _party(rule: Rule, command: str, detail: str, said: str) -> str:
    """Say which address "address" means: the code's if it names the sender, else the command's, else the text's."""
    if rule.about != "address":
        return rule.about
    named = {party for party in ("sender", "recipient") if party in said}
    return "sender" if detail in _SENDER_CODES else _PARTY.get(command, named.pop() if len(named) == 1 else "address")


def _shortened(hits: list[tuple[Rule, str]], party_of: Mapping[str, str]) -> list[tuple[Rule, str]]:
    """Keep four at most: none about a party already named, and beside a reading that is sure none that is a guess."""
    kept: list[tuple[Rule, str]] = []
    parties: set[str] = set()
    for rule, words in hits:
        party = party_of[rule.id]
        if kept and (party in parties or rule.rank < 20 or (_is_sure(kept[0][0]) and _is_guess(rule))):
            continue
        kept.append((rule, words))
        parties.add(party)
    return kept[:4]


def _is_sure(rule: Rule) -> bool:
    """Whether a reading by this rule has a witness."""
    return rule.rank >= (rules.TEXT_RANK if rule.words else 38)


def _is_guess(rule: Rule) -> bool:
    """Whether the rule has only the code, a vague word, or an enhanced code X.Y.0, which names no detail."""
    if rule.words and _is_sure(rule):
        return False
    return all(number.endswith((".0", ".*")) for number in rule.enhanced)


def _witnesses(rule: Rule, found: FoundReply, command: str, detail: str) -> int:
    """The number of witnesses, as the module's docstring counts them."""
    if rule.words is None and rule.rank >= 60:  # a code by definition
        return 2 if not command or found.code in allowed_codes(command) else 1
    return int(_is_sure(rule)) + int(bool(rule.words) and _is_sure(rule) and detail in rule.confirms)


def _retry(rule: Rule, digit: str, action: str) -> str:
    """What the report says was done decides, then an exception that an RFC makes, then the first digit."""
    if rule.retry or not action:
        return rule.retry or {"4": "unchanged later", "5": "after the fix"}.get(digit, "no")
    return _RETRY[action]


def _stop(rule: Rule, retry: str, digit: str, certainty: str) -> str:
    """A list stops only where the address itself is said to be dead, for good, and with a witness."""
    if rule.stop == "yes" and retry != "unchanged later" and digit == "5" and certainty != "possible":
        return "yes"
    return "wait" if retry == "unchanged later" or rule.stop or rule.about == "recipient" else "no"


def _evidence(rule: Rule, words: str, found: FoundReply, command: str) -> tuple[str, ...]:
    """Say in words what decided, in the order of judgement."""
    said = []
    if found.code is None and found.enhanced is None and not words:
        return ("The report says that the message is delayed, and no reason.",)
    if found.code is not None:
        said.append(f"The first digit is {str(found.code)[0]}.")
    if rule.command or (rule.about == "address" and command in _PARTY):
        said.append(f"The command was {command}.")
    if rule.enhanced or (found.enhanced and rule.words):
        said.append(f"The enhanced code is {found.enhanced}.")
    if words == rules.PHRASE:
        said.append(f"The text is the standard's own phrase for {digits_of(found)}: it says no more than the code.")
    elif words:
        said.append(f"The text says: {words[:120]}")
    elif rule.rank <= 10:
        said.append("This line is not known to the guide: it is read by its first digit alone.")
    elif rule.codes and not rule.enhanced:
        said.append(f"The code is {digits_of(found)}; the text decided nothing.")
    return tuple(said)
