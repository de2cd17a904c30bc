"""The field guide: what a server's reply means, whom it is about, and what to do (see data/field_guide.toml).

A paste is taken apart (paste), the reply about each recipient is found (bounce) and judged by rules (judging); what
does not fit together is pointed out (contradictions). Here stands what comes of it.
"""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smtplesson import markup
from smtplesson.guide import bounce, contradictions, rules
from smtplesson.guide.anatomy import Anatomy, dissect
from smtplesson.guide.judging import Reading, digits_of, judge
from smtplesson.guide.paste import Part, Paste, clean, take_apart
from smtplesson.guide.repairs import repairs
from smtplesson.guide.rules import FieldGuide, Kind, load, shipped
from smtplesson.protocol.codes import CLASSES, SUBJECTS, ReplyClass
from smtplesson.protocol.replies import EnhancedCode, Reply

__all__ = ["Explanation", "Reading", "Recipient", "explain"]

WHAT_TO_PASTE = (
    "Paste a reply as the server sent it, such as: 550 5.1.1 No such user here. A line of a mail log, a "
    "Python error of smtplib, or a whole bounce will do as well."
)
_COMMAND_WORDS = {"(data)": "the end of the message data", "(connect)": "none: the connection itself"}
_READ, _END = 6_000_000, 16_384  # characters that are read: of a longer paste its beginning and its end
_MOST = 200  # recipients that are read; further ones are counted
_KIND_SPAN = 20_000
_WORDS, _SENTENCES = 1_500, 600  # characters that are read by their words alone; and where the kind is not known
_DONE = {
    "failed": "refused", "after the fix": "refused", "delayed": "put off", "unchanged later": "put off",
    "delivered": "accepted", "no": "accepted",
}  # fmt: skip
_FINAL = "The report is final: the client has given up, though the code is temporary. Mend the cause, then send anew."
#: What may refuse an address for its spelling: RFC 5321 sections 4.1.2 and 4.2.3, RFC 3463 section 3.2.
_OF_SPELLING, _BAD_SYNTAX = (501, 553), ".1.3"
_LOCAL_PART = "part before the @"  # what a reader calls it who has not met the grammar
#: What rules say for both digits: one half of it is true of a reply.
_LATER = "after 4yz the client tries again by itself; after 5yz or a final report send it anew later"
#: How sure a reading is, in the words that lead to its cause.
MEANS = {"certain": "It means", "likely": "It probably means", "possible": "It may mean"}
_GOES_ON = "The code refuses for good, but the report says that the client tries again all the same."


@dataclass(frozen=True, slots=True)
class Recipient:
    """What a paste says of one recipient; the address is empty where none is named."""

    address: str
    action: str  # failed, delayed or delivered; empty where nothing says it
    reply: Reply | None
    enhanced: EnhancedCode | None
    command: str
    readings: tuple[Reading, ...]
    notes: tuple[str, ...]
    where: str
    speaker: str  # a key of FieldGuide.speakers; empty where that is not known
    host: str  # who speaks, where the paste names it

    @property
    def done(self) -> str:
        """What was done, by the report or else by the reply: refused, put off or accepted."""
        return _DONE.get(self.action or (self.readings[0].retry if self.readings else ""), "")

    def as_dict(self) -> dict[str, int | str | None]:
        """Return the likeliest reading as values that JSON can carry."""
        best = self.readings[0] if self.readings else None
        return {
            "address": self.address,
            "done": self.done,
            "code": self.reply.code if self.reply else None,
            "enhanced": str(self.enhanced) if self.enhanced else None,
            "about": best.about if best else None,
            "cause": best.cause if best else " ".join(self.notes),
            "certainty": best.certainty if best else None,
            "retry": best.retry if best else None,
            "stop": best.stop if best else None,
            "speaker": self.speaker,
            "host": self.host,
        }


@dataclass(frozen=True, slots=True)
class Explanation:
    """A reply taken apart, with its readings in order of likelihood; no reading where no reply was found.

    Of several recipients it is the reply about the first; `recipients` has them all, those refused for good first.
    """

    reply: Reply | None
    enhanced: EnhancedCode | None
    command: str
    readings: tuple[Reading, ...]
    notes: tuple[str, ...]
    parts: tuple[tuple[str, str], ...]
    recipients: tuple[Recipient, ...] = ()
    kind: str = ""  # the kind of text, in words
    beyond: tuple[tuple[str, int], ...] = ()  # recipients that were counted only, by what was done
    left_out: int = 0  # characters of the paste that were not read

    @property
    def best(self) -> Reading | None:
        """The likeliest reading."""
        return self.readings[0] if self.readings else None

    @property
    def reply_class(self) -> ReplyClass | None:
        """The class by the first digit, of the code or else of the enhanced code."""
        return CLASSES.get(_first_digit(self.reply, self.enhanced))

    @property
    def faulty(self) -> Anatomy | None:
        """The first recipient's address, where the reply may be about its spelling and there is a fault in it."""
        named = self.recipients[0].address if self.recipients else ""
        code, enhanced = self.reply.code if self.reply else 0, str(self.enhanced or "")
        found = dissect(named) if named and (code in _OF_SPELLING or enhanced.endswith(_BAD_SYNTAX)) else None
        return found if found and found.fault else None

    @property
    def totals(self) -> str:
        """How many recipients there are, and what was done for them."""
        done = Counter(one.done for one in self.recipients) + Counter(dict(self.beyond))
        counted = ", ".join(f"{number} {name or 'not judged'}" for name, number in done.most_common())
        shown = f"; the first {len(self.recipients)} are shown" if self.beyond else ""
        return f"{'at least ' if self.left_out else ''}{done.total()} ({counted}){shown}"

    @property
    def more(self) -> int:
        """How many recipients were counted only."""
        return sum(number for _, number in self.beyond)

    def as_dict(self) -> dict[str, Any]:
        """Return the likeliest reading of the first recipient as values that JSON can carry, then all the others."""
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
            "kind": self.kind,
            "readings": [{**dataclasses.asdict(one), "evidence": list(one.evidence)} for one in self.readings],
            "recipients": [one.as_dict() for one in self.recipients],
            "more_recipients": self.more,
            "characters_left_out": self.left_out,
        }

    def do(self, reading: Reading) -> str:
        """What to do by a reading: the small change that mends the address, or else what the rule says."""
        faulty = self.faulty if reading is self.best and reading.about in ("recipient", "address") else None
        for mended in repairs(faulty.address) if faulty and reading.retry == "after the fix" else ():
            if '"' not in mended.address:  # a name in quotes is rare, and few programs take it
                ask = " Not sure of the right name? Ask the recipient in another way." if mended.caution else ""
                return f"{mended.action}. If {mended.address} is the right address, send again.{ask}"
        waits = reading.retry == "unchanged later"
        return reading.fix.replace(_LATER, "the program tries again by itself" if waits else "send it anew, but later")

    def rows(self, reading: Reading) -> list[tuple[str, str]]:
        """What to do by a reading and what it rests on, each with its name, the most urgent first."""
        stop = rules.STOP[reading.stop] if reading.retry != "no" else ""
        fault = self.faulty.fault if reading is self.best and self.faulty else None
        quoted = next((each.address for each in repairs(fault.text) if '"' in each.address), "") if fault else ""
        wrong = fault.message.partition(". ")[0].removesuffix(".").replace("local part", _LOCAL_PART) if fault else ""
        rows = [
            ("What to do", self.do(reading)),
            (MEANS[reading.certainty], reading.cause),
            ("What is wrong", f"{wrong} ({fault.section})." if fault else ""),
            ("Try again", rules.RETRY[reading.retry] if reading.retry != "no" else ""),
            ("What the postmaster does", "" if reading.postmaster == "Nothing." else reading.postmaster),
            ("In quotes", f"{quoted} is well formed: right only if the mailbox is really called so." if quoted else ""),
            ("For a mailing list", stop),
            ("Look next in", dict(self.parts).get("Look next in", "")),
            ("Worded so by", reading.server),
            ("Why", " ".join(reading.evidence)),
            ("Source", reading.source),
        ]
        return [(name, value) for name, value in rows if value]

    def table(self) -> list[tuple[str, str, str, str, str]]:
        """A row for each recipient where there are several: address, party, cause, retry, and whether a list stops."""
        if len(self.recipients) + self.more < 2:
            return []
        return [_row(one) for one in self.recipients]

    def __str__(self) -> str:
        lines = [markup.visible_lines(str(self.reply))] if self.reply else []
        for reading in self.readings:
            lines += ["", f"About the {spoken(reading)}"]
            lines += [f"  {name}: {markup.visible(value)}" for name, value in self._told(reading)]
        if table := self.table():
            lines += ["", f"Recipients: {self.totals}", f"  {' | '.join(RECIPIENT_COLUMNS)}"]
            lines += [f"  {markup.visible(' | '.join(row))}" for row in table]
        lines += ["", *(f"Note: {markup.visible(note)}" for note in self.notes)]
        lines += [f"{name}: {markup.visible(value)}" for name, value in self.parts if name != "Look next in"]
        return "\n".join(lines).strip("\n")

    def _told(self, reading: Reading) -> list[tuple[str, str]]:
        """The rows of a reading; of one that is not the likeliest only what it means and what to do then."""
        rows = self.rows(reading)
        return rows if reading is self.best else rows[1::-1]

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Show the explanation as plain text, as Markdown and as HTML."""
        from smtplesson.guide import display

        blocks = [markup.fenced(str(self.reply))] if self.reply else []
        for reading in self.readings:
            blocks.append(markup.markdown_table((f"About the {spoken(reading)}", ""), self._told(reading)))
        if table := self.table():
            blocks += [f"**Recipients: {self.totals}**", markup.markdown_table(RECIPIENT_COLUMNS, table)]
        blocks += [f"**Note:** {markup.markdown(note)}" for note in self.notes]
        parts = (row for row in self.parts if row[0] != "Look next in")
        blocks.append("\n".join(f"- {markup.markdown(name)}: {markup.markdown(value)}" for name, value in parts))
        return {
            "text/plain": str(self),
            "text/markdown": "\n\n".join(block for block in blocks if block),
            "text/html": markup.output(display.explanation(self)),
        }


#: What Explanation.table gives of each recipient.
RECIPIENT_COLUMNS = ("Address", "About the", "Cause", "Try again", "Stop writing")


def _row(one: Recipient) -> tuple[str, str, str, str, str]:
    address = one.address or "not named"
    for best in one.readings[:1]:
        return address, spoken(best), best.cause, best.retry, best.stop
    return address, "not told", f"{one.done.capitalize()}; no reason is given.", "not told", "no"


def spoken(reading: Reading) -> str:
    """What a reading is about, as a word."""
    return "authentication" if reading.about == "auth" else reading.about


def explain(text: str, *, command: str | None = None, rules: str | Path | None = None) -> Explanation:
    """Explain the replies in `text`: lines of a server, of a log, of a dialogue, a Python error, or a whole bounce.

    `command` is what was answered, if you know (`RCPT`, or the line itself); `rules` a file in place of the
    kit's own. An arbitrary text raises nothing; a bad file of rules raises ValueError.

    >>> explain("553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)").best.about
    'policy'
    """
    guide = load(rules) if rules else shipped()
    left_out = max(len(text) - _READ - _END, 0)
    text = clean(f"{text[:_READ]}\n{text[-_END:]}" if left_out else text)
    kind = guide.kind(text[:_KIND_SPAN].lower())
    if kind is not None and kind.note:
        return Explanation(None, None, "", (), (kind.note,), (("Kind of text", kind.name),), kind=kind.name)
    paste = take_apart(text, is_dialogue=kind is not None and kind.id == "dialogue")
    read = [_recipient(guide, kind, paste, part, command) for part in paste.parts[:_MOST]]
    several = [one for one, part in zip(read, paste.parts, strict=False) if one.readings or part.action]
    first = next((one for one in several if one.readings), None)
    if first is None or not any(part.diagnostic or part.status or part.command for part in paste.parts[:1]):
        address = _only(read) or (paste.first_address() if kind is not None and kind.action and not read else "")
        whole = _recipient(guide, kind, paste, Part(paste.text, address), command)
        # a block of words without a code counts for less than a code elsewhere in the paste
        alone = first is None or first.enhanced is None or len(several) == 1
        if first is None or (first.reply is None and whole.reply is not None and alone):
            first, several = whole, [whole]
    beyond = Counter(_DONE.get(part.action, "") for part in paste.parts[_MOST:])
    notes = first.notes
    if left_out:
        notes += (f"The paste is too long: {left_out:,} characters in its middle were not read.",)
    parts = _parts(first, kind, guide)
    return Explanation(first.reply, first.enhanced, first.command, first.readings, notes, parts,
                       tuple(several) if first.readings else (), kind.name if kind else "",
                       tuple(beyond.items()), left_out)  # fmt: skip


def _only(read: list[Recipient]) -> str:
    addresses = {one.address for one in read}
    return addresses.pop() if len(addresses) == 1 else ""


def _recipient(guide: FieldGuide, kind: Kind | None, paste: Paste, part: Part, command: str | None) -> Recipient:
    """Find and judge what one part of the paste says."""
    quotes = part.action == "delivered" or (not part.action and (bool(command) or (kind is not None and kind.quotes)))
    if part.diagnostic or part.status:
        found: bounce.FoundReply | None = bounce.reported(part, paste.text, guide.without_boilerplate)
    else:
        found = bounce.find(part.text, quotes=quotes)
    name = bounce.command_name(command) if command else part.command or (found.command if found else "")
    action = part.action or (kind.action if kind is not None else "")
    if found is None:
        said = "There is no reply code in this text." if paste.text else "Nothing was pasted."
        words = guide.without_boilerplate(part.text[:_WORDS]) if kind is not None and kind.action else part.text.strip()
        words = words.strip()[:_WORDS] if kind is not None or len(words) <= _SENTENCES else ""
        found = bounce.FoundReply(None, None, False, (words,), name, "the words of the text")
        readings = judge(guide, found, name, action) if words and action != "delivered" else ()
        notes: tuple[str, ...] = (f"{said} It is read by its words alone." if readings else f"{said} {WHAT_TO_PASTE}",)
        where = found.where if readings else ""
        return Recipient(
            part.address, action, None, None, name, readings, notes, where, *_speaker(kind, part, found, paste)
        )
    path = _null_path(command or "", paste.text) if name == "MAIL" else ""
    readings = judge(guide, dataclasses.replace(found, lines=(*found.lines, path)) if path else found, name, action)
    reply = Reply(found.code, found.lines, found.enhanced if found.leads else None) if found.code else None
    notes = contradictions.notes(found, name, readings[0].rule if readings else "")
    digit = digits_of(found)[0]
    if action == "failed" and digit == "4":
        notes += (_FINAL,)
    elif action == "delayed" and digit == "5":
        notes += (_GOES_ON,)
    speaker, host = _speaker(kind, part, found, paste)
    return Recipient(part.address, action, reply, found.enhanced, name, readings, notes, found.where, speaker, host)


def _null_path(command: str, text: str) -> str:
    """MAIL FROM:<>, where that was the last MAIL (RFC 5321 section 4.5.5): what is refused then is a notification."""
    paths = re.findall(r"mail from: ?(<[^<>\n]{0,320}>)", f"{text}\n{command}".lower())
    return "MAIL FROM:<>" if paths[-1:] == ["<>"] else ""


def _speaker(kind: Kind | None, part: Part, found: bounce.FoundReply, paste: Paste) -> tuple[str, str]:
    """Who speaks: the receiver, where a report or a log quotes it; else the one who wrote the report or the log.

    The receiver's own report, and one by a relay on the way, are told by the names of hosts.
    """
    if kind is None or (not kind.action and kind.id != "log"):
        return "peer", ""
    if found.code is not None:
        return "receiver", part.host
    domain = part.address.rpartition("@")[2].lower()
    reporter = paste.reporter.lower()
    if domain and reporter.endswith(domain):
        return "receiver", reporter
    return ("relay" if reporter else "own"), reporter


def _first_digit(reply: Reply | None, enhanced: EnhancedCode | None) -> int:
    return reply.first_digit if reply else enhanced.klass if enhanced else 0


# ---- Taking apart ----------------------------------------------------------------------------------------


def _parts(first: Recipient, kind: Kind | None, guide: FieldGuide) -> tuple[tuple[str, str], ...]:
    parts = [("Kind of text", kind.name)] if kind is not None else []
    parts += [("Recipient", first.address)] if first.address else []
    parts += [("Found in", first.where)] if first.where else []
    if first.reply:
        parts += _code_parts(first.reply)
    if first.enhanced:
        parts.append((f"Enhanced code {first.enhanced}", _enhanced_words(first.enhanced, guide)))
    if first.command:
        parts.append(("Command", _COMMAND_WORDS.get(first.command, first.command)))
    if first.speaker in guide.speakers:
        name, log = guide.speakers[first.speaker]
        parts += [("Who speaks", f"{name} ({first.host})" if first.host else name), ("Look next in", log)]
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
