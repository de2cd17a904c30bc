"""The field guide: what a server's reply means, whom it is about, and what to do (see data/field_guide.toml).

The order of judgement is the one of RFC 5321 sections 4.2 and 4.3.2: the first digit decides, then the
command that was answered, then the enhanced code, and the text last of all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smtplesson import markup
from smtplesson.guide import bounce, contradictions, rules
from smtplesson.guide.rules import FieldGuide, Rule, load, shipped
from smtplesson.protocol.codes import CLASSES, SUBJECTS, ReplyClass
from smtplesson.protocol.replies import EnhancedCode, Reply

WHAT_TO_PASTE = (
    "Paste a reply as the server sent it, such as: 550 5.1.1 No such user here. A line of a mail log, a "
    "Python error of smtplib, or a whole bounce will do as well."
)
_SENDER_CODES = {
    "1.7",
    "1.8",
    "7.27",
}  # RFC 3463 section 3.2: these are about the sender, whatever the command
_COMMAND_WORDS = {"(data)": "the end of the message data", "(connect)": "none: the connection itself"}
_PARTY = {"MAIL": "sender", "RCPT": "recipient", "VRFY": "recipient", "EXPN": "recipient"}
_RECIPIENT = re.compile(r"recipient|rcpt|mailbox (?:is )?full|quota")


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a reply: whom it is about, why, and what each side does."""

    about: str
    cause: str
    certainty: str  # certain, likely, possible
    evidence: tuple[str, ...]
    fix: str
    postmaster: str
    retry: str  # a key of rules.RETRY
    server: str
    source: str
    rule: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A reply taken apart, with its readings in order of likelihood; no reading where no reply was found."""

    reply: Reply | None
    enhanced: EnhancedCode | None
    command: str
    readings: tuple[Reading, ...]
    notes: tuple[str, ...]
    parts: tuple[tuple[str, str], ...]

    @property
    def best(self) -> Reading | None:
        """The likeliest reading."""
        return self.readings[0] if self.readings else None

    @property
    def reply_class(self) -> ReplyClass | None:
        """The class by the first digit, of the code or else of the enhanced code."""
        return CLASSES.get(_first_digit(self.reply, self.enhanced))

    def as_dict(self) -> dict[str, int | str | None]:
        """Return the likeliest reading as values that JSON can carry."""
        best, klass = self.best, self.reply_class
        return {
            "code": self.reply.code if self.reply else None,
            "enhanced": str(self.enhanced) if self.enhanced else None,
            "class": f"{klass.label} {klass.name}" if klass else None,
            "about": best.about if best else None,
            "cause": best.cause if best else " ".join(self.notes),
            "fix": best.fix if best else WHAT_TO_PASTE,
            "retry": best.retry if best else None,
            "server": best.server if best else "",
            "source": best.source if best else "",
        }

    def _rows(self, reading: Reading) -> list[tuple[str, str]]:
        rows = [
            ("Cause", f"{reading.cause} ({reading.certainty})"),
            ("Evidence", " ".join(reading.evidence)),
            ("The sender", reading.fix),
            ("The postmaster", reading.postmaster),
            ("Retry", rules.RETRY[reading.retry]),
            ("Worded so by", reading.server or "not recognized"),
            ("Source", reading.source),
        ]
        return [(name, value) for name, value in rows if value]

    def __str__(self) -> str:
        lines = [markup.visible_lines(str(self.reply)), ""] if self.reply else []
        lines += [f"{name}: {markup.visible(value)}" for name, value in self.parts]
        lines += [f"Note: {markup.visible(note)}" for note in self.notes]
        for number, reading in enumerate(self.readings, 1):
            lines += ["", f"Reading {number} of {len(self.readings)}: about the {_spoken(reading)}"]
            lines += [f"  {name}: {markup.visible(value)}" for name, value in self._rows(reading)]
        return "\n".join(lines)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Show the explanation as plain text, as Markdown and as HTML."""
        from smtplesson.guide import display

        blocks = [markup.fenced(str(self.reply))] if self.reply else []
        blocks.append("\n".join(f"- {markup.markdown(name)}: {markup.markdown(value)}" for name, value in self.parts))
        blocks += [f"**Note:** {markup.markdown(note)}" for note in self.notes]
        for number, reading in enumerate(self.readings, 1):
            blocks.append(f"**Reading {number} of {len(self.readings)}: about the {_spoken(reading)}**")
            blocks.append(markup.markdown_table(("What", "Answer"), self._rows(reading)))
        return {
            "text/plain": str(self),
            "text/markdown": "\n\n".join(block for block in blocks if block),
            "text/html": markup.output(display.explanation(self)),
        }


def _spoken(reading: Reading) -> str:
    return "authentication" if reading.about == "auth" else reading.about


def explain(text: str, *, command: str | None = None, rules: str | Path | None = None) -> Explanation:
    """Explain the reply in `text`: lines of a server, a log line, a Python error, or a whole bounce.

    `command` is what was answered, if you know (`RCPT`, or the line itself); `rules` a file in place of the
    kit's own. An arbitrary text raises nothing; a bad file of rules raises ValueError.

    >>> explain("553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)").best.about
    'policy'
    """
    guide = load(rules) if rules else shipped()
    found = bounce.find(text)
    if found is None:
        return _nothing(text, command, guide)
    name = bounce.command_name(command) if command else found.command
    reply = Reply(found.code, found.lines, found.enhanced if found.leads else None) if found.code else None
    readings = _judge(guide, found, name)
    notes = contradictions.notes(found, name, readings[0].rule if readings else "")
    return Explanation(reply, found.enhanced, name, readings, notes, _parts(reply, found, name, guide))


def _nothing(text: str, command: str | None, guide: FieldGuide) -> Explanation:
    name = bounce.command_name(command) if command else ""
    said = "Nothing was pasted." if not text.strip() else "There is no reply code in this text."
    found = bounce.FoundReply(None, None, False, (bounce.words(text),), name, "the words of the text")
    readings = _judge(guide, found, name) if text.strip() else ()
    if readings:
        return Explanation(None, None, name, readings, (f"{said} It is read by its words alone.",), ())
    return Explanation(None, None, name, (), (f"{said} {WHAT_TO_PASTE}",), ())


def _first_digit(reply: Reply | None, enhanced: EnhancedCode | None) -> int:
    return reply.first_digit if reply else enhanced.klass if enhanced else 0


def _digits(found: bounce.FoundReply) -> str:
    """The digits that rules are held against: those of the code, or the class alone."""
    if found.code is not None:
        return str(found.code)
    return str(found.enhanced.klass) if found.enhanced else "5"


# ---- Judging ---------------------------------------------------------------------------------------------


def _judge(guide: FieldGuide, found: bounce.FoundReply, command: str) -> tuple[Reading, ...]:
    """Hold every rule against the reply and put those that apply in order."""
    said = rules.normal(" ".join(found.lines))
    digits = _digits(found)
    detail = f"{found.enhanced.subject}.{found.enhanced.detail}" if found.enhanced else ""
    known = found.code is not None or found.enhanced is not None
    server = guide.server(said) or guide.server(rules.normal(found.context))
    said = rules.without_phrase(said, digits) if known else said
    hits = _hits(guide.rules, digits, detail, command, said)
    if not any(rule.words and rule.rank >= rules.TEXT_RANK for rule, _ in hits) and _is_mute(found, said):
        around = rules.without_phrase(rules.normal(found.context), digits)
        hits += [hit for hit in _hits(guide.rules, digits, detail, command, around) if hit[0].words]
    if not known:
        hits = [(rule, words) for rule, words in hits if rule.words and rule.rank >= rules.TEXT_RANK]
    sure = {_party(rule, command, detail) for rule, _ in hits if not rule.words and _is_specific(rule)}
    hits.sort(key=lambda hit: -_weight(hit[0], _party(hit[0], command, detail), sure))
    readings = []
    for rule, words in _shortened(hits, command, detail):
        about = _party(rule, command, detail)
        certainty = _certainty(rule, about in sure, known)
        evidence = _evidence(rule, words, found, command)
        retry = _retry(rule, int(digits[0]))
        readings.append(
            Reading(about, rule.cause, certainty, evidence, rule.fix, rule.postmaster, retry,
                    rule.server or server, rule.source, rule.id)
        )  # fmt: skip
    return tuple(readings)


def _is_mute(found: bounce.FoundReply, said: str) -> bool:
    return found.where.startswith("the Status") or len(re.sub(r"[^a-z]", "", said)) < 3


def _hits(rules: tuple[Rule, ...], digits: str, detail: str, command: str, said: str) -> list[tuple[Rule, str]]:
    """Rules that apply. What answers MAIL, or names the sender by number, is not about the recipient."""
    before_rcpt = command in {"MAIL", "EHLO", "HELO", "(connect)"} or detail in _SENDER_CODES
    of_sender = before_rcpt and not _RECIPIENT.search(said)
    found = ((rule, rule.match(digits, detail, command, said)) for rule in rules)
    hits = [
        (rule, words) for rule, words in found if words is not None and not (of_sender and rule.about == "recipient")
    ]
    exact = any(detail in rule.enhanced for rule, _ in hits)
    return [hit for hit in hits if not (exact and hit[0].enhanced[-1:] == (f"{detail.partition('.')[0]}.*",))]


def _is_specific(rule: Rule) -> bool:
    return rule.rank >= 38 or (bool(rule.codes) and rule.rank >= 22 and not rule.enhanced)


def _weight(rule: Rule, about: str, sure: set[str]) -> int:
    """The numbers lend weight to a reading of the text that agrees with them."""
    return rule.rank + (8 if rule.words and about in sure else 0)


def _party(rule: Rule, command: str, detail: str) -> str:
    """Say which address "address" means: the code's if it names the sender, else the command's."""
    if rule.about != "address":
        return rule.about
    return "sender" if detail in _SENDER_CODES else _PARTY.get(command, "address")


def _shortened(hits: list[tuple[Rule, str]], command: str, detail: str) -> list[tuple[Rule, str]]:
    """Keep four at most: none about a party already named, and beside a reading that is sure none that is a guess."""
    kept: list[tuple[Rule, str]] = []
    parties: set[str] = set()
    for rule, words in hits:
        party = _party(rule, command, detail)
        if kept and (party in parties or rule.rank < 20 or (_is_sure(kept[0][0]) and _is_guess(rule))):
            continue
        kept.append((rule, words))
        parties.add(party)
    return kept[:4]


def _is_sure(rule: Rule) -> bool:
    """Whether a reading by this rule is likely at least."""
    return rule.rank >= (rules.TEXT_RANK if rule.words else 38)


def _is_guess(rule: Rule) -> bool:
    """Whether the rule has only the code, a vague word, or an enhanced code X.Y.0, which names no detail."""
    if rule.words and _is_sure(rule):
        return False
    return all(number.endswith((".0", ".*")) for number in rule.enhanced)


def _certainty(rule: Rule, agrees: bool, known: bool) -> str:
    if not known:
        return "possible"
    if not _is_sure(rule):
        return "possible"
    return "certain" if (agrees if rule.words else rule.rank >= 60) else "likely"


def _retry(rule: Rule, digit: int) -> str:
    """The first digit decides, unless the rule knows an exception that an RFC makes."""
    if rule.retry:
        return rule.retry
    return {4: "unchanged later", 5: "after the fix"}.get(digit, "no")


def _evidence(rule: Rule, words: str, found: bounce.FoundReply, command: str) -> tuple[str, ...]:
    """Say in words what decided, in the order of judgement."""
    said = []
    if found.code is not None:
        said.append(f"The first digit is {str(found.code)[0]}.")
    if rule.command or (rule.about == "address" and command in _PARTY):
        said.append(f"The command was {command}.")
    if rule.enhanced or (found.enhanced and rule.words):
        said.append(f"The enhanced code is {found.enhanced}.")
    if words == rules.PHRASE:
        said.append(f"The text is the standard's own phrase for {_digits(found)}: it says no more than the code.")
    elif words:
        said.append(f"The text says: {words[:120]}")
    elif rule.rank <= 10:
        said.append("This line is not known to the guide: it is read by its first digit alone.")
    elif rule.codes and not rule.enhanced:
        said.append(f"The code is {_digits(found)}; the text decided nothing.")
    return tuple(said)


# ---- Taking apart ----------------------------------------------------------------------------------------


def _parts(
    reply: Reply | None, found: bounce.FoundReply, command: str, guide: FieldGuide
) -> tuple[tuple[str, str], ...]:
    parts = [("Found in", found.where)]
    if reply:
        parts += _code_parts(reply)
    if found.enhanced:
        parts.append((f"Enhanced code {found.enhanced}", _enhanced_words(found.enhanced, guide)))
    if command:
        parts.append(("Command", _COMMAND_WORDS.get(command, command)))
    return tuple(parts)


def _code_parts(reply: Reply) -> list[tuple[str, str]]:
    klass = CLASSES.get(reply.first_digit)
    name = f"{klass.name}. {klass.meaning} {klass.client_does}" if klass else "no class of SMTP"
    second = SUBJECTS.get(reply.second_digit, "not used in SMTP")
    parts = [(f"First digit {reply.first_digit}", name), (f"Second digit {reply.second_digit}", second)]
    third = f"tells {reply.code} from the other codes of its kind"
    if reply.phrase:
        third += f": {reply.phrase}"
    return [*parts, (f"Third digit {reply.third_digit}", third)]


def _enhanced_words(code: EnhancedCode, guide: FieldGuide) -> str:
    subject = guide.subjects.get(code.subject, "a subject that is not registered")
    detail = guide.detail_name(f"{code.subject}.{code.detail}") or "a detail that is not registered"
    return f"{subject}; {detail} (RFC 3463, RFC 5248)"
