"""Find the server's reply in plain words: a reply, a line of a log, a Python error, the report about a recipient.

Nothing here judges a reply. A success is looked for only where servers are quoted, in a dialogue, a log or a Python
error: elsewhere 250 is a number like any other. Every pattern is bounded, so that the time grows linearly.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from smtplesson.guide.paste import Part
from smtplesson.protocol.codes import is_well_formed
from smtplesson.protocol.replies import EnhancedCode

_REPLY_LIMIT = 2_000  # characters of a reply that are judged; one line has 512 (RFC 5321 section 4.5.3.1.5)
_CANDIDATES = 500
_WORDS = 6_000  # characters of a report that stand beside its fields

_PYTHON = re.compile(r"\(\s?([2-5][0-9]{2}),\s{0,2}b?(?:'((?:[^'\\\n]|\\.){0,3000})'|\"((?:[^\"\\\n]|\\.){0,3000})\")")
_PYTHON_ERRORS = (
    ("SMTPSenderRefused", "MAIL"),
    ("SMTPRecipientsRefused", "RCPT"),
    ("SMTPDataError", "(data)"),
    ("SMTPAuthenticationError", "AUTH"),
    ("SMTPHeloError", "EHLO"),
)
_CODE = re.compile(r"(?<![\w.:/@%-])(?<!(?<!stat)=)(?<!\w#)([1-9][0-9]{2})(?=[ \t-]|: |:?$|, )", re.MULTILINE)
_ENHANCED = re.compile(r"(?<![\w.§-])(?<![Ss]ection )([245])\.([0-9]{1,3})\.([0-9]{1,3})(?![\w-]|\.[0-9])")
#: A word before an enhanced code that stands alone, other than these, names a program: Python 5.1.1.
_PROGRAM = re.compile(
    r"(?<![\w.:=])(?!(?:e?smtp|dsn|ndr|status|(?:error|reply|result|fehler)?codes?|errors?|types?|reply|reasons?|results?|"
    r"numbers?|message|diagnostic|returned|said|got|received|see|failed|failure|bounced|refused|rejected|fatal|permanent|"
    r"temporary|deferred|with|by|is|was|are|an?|the|of|and|or|c[o\u00f3]digo|erreur|errore|fehler)\s)[a-z]{1,30}\s$",
    re.IGNORECASE,
)
_LEADING = re.compile(r"#?(?:([245])\.([0-9]{1,3})\.([0-9]{1,3}))(?![\w.])[ \t:;,-]{0,3}")
_CUE = re.compile(
    r"(?:said:|returned:?|response(?: was)?:?|reply:?|error(?: code)?:?|"
    r"smtp;|<<<|=>|\bstat=|\bS:|\]:)\s{0,3}[\"'#(]{0,2}$"
    r"|[;\"'#]\s?$",
    re.IGNORECASE,
)
#: What stands before a success in a log or a dialogue: elsewhere 250 is a number like any other.
_LOGGED = re.compile(
    r"(?:said:|response(?: was)?:?|reply:?|smtp;|<<<|<,|\bS:|\bclient:|\]:|\b(?:status|stat)=\w{1,20} \()\s{0,3}$"
    r"|[\"']$",
    re.IGNORECASE,
)
_LOGGED_ENHANCED = re.compile(r"(?:\bdsn=|\bstatus[:=] ?|\bstat=\w{1,20} \()$", re.IGNORECASE)
_QUOTED = re.compile(r"(\\?[\"'])(?:smtp; ?)?$")  # a reply inside quotation marks, as in JSON
_UNIT = re.compile(r"[ -](?:bytes|octets|seconds|minutes|hours|days|messages|recipients|times|[km]b)\b", re.IGNORECASE)
_FIELDS = re.compile(r"; from=<|; Giving up on |[ ./]Giving up on ")  # what a log says behind the reply
_IN_REPLY = re.compile(
    r"(?:in reply to (?:the )?|after (?:pipelined )?|while sending |>>> ?|\bC: ?|sent: ?|"
    r"response to (?:the )?|command (?:was )?:? ?)"
    r"(end of data|end-of-data|message body|message data|initial connection|connection|DATA|"
    r"MAIL FROM|MAIL|RCPT TO|RCPT|EHLO|HELO|AUTH|STARTTLS|VRFY|EXPN|ETRN|BDAT|RSET|QUIT|NOOP|\.$)"
    r"|^[ \t>*]{0,4}(MAIL FROM:|RCPT TO:|(?:EHLO|HELO|AUTH|VRFY|EXPN|ETRN|BDAT)(?= \S)|(?:DATA|STARTTLS|\.)$)",
    re.IGNORECASE | re.MULTILINE,
)
_QMAIL = (
    (re.compile(r"does not like recipient", re.IGNORECASE), "RCPT"),
    (re.compile(r"but my name was rejected", re.IGNORECASE), "HELO"),
    (re.compile(r"but sender was rejected|does not like sender", re.IGNORECASE), "MAIL"),
    (re.compile(r"failed on DATA command", re.IGNORECASE), "DATA"),
    (re.compile(r"failed after I sent the message", re.IGNORECASE), "(data)"),
    (re.compile(r"connected to .{1,80} but greeting failed|refused to talk to me", re.IGNORECASE), "(connect)"),
)
_COMMANDS = {
    "end of data": "(data)",
    "end-of-data": "(data)",
    "message body": "(data)",
    "message data": "(data)",
    "(data)": "(data)",
    ".": "(data)",
    "initial connection": "(connect)",
    "connection": "(connect)",
    "connect": "(connect)",
    "(connect)": "(connect)",
    "greeting": "(connect)",
}


@dataclass(frozen=True, slots=True)
class FoundReply:
    """A reply found in a text: what it says, the command it answers if that is known, and where it stood."""

    code: int | None
    enhanced: EnhancedCode | None
    leads: bool  # whether the enhanced code stood before the text, where RFC 2034 puts it
    lines: tuple[str, ...]
    command: str
    where: str
    dsn: EnhancedCode | None = None  # a Status field or dsn= that says something else
    context: str = ""  # the words around, for a reply that says nothing itself


def command_name(text: str) -> str:
    """Return the name of the command in `text`: `RCPT TO:<a@b>` is RCPT, the dot after the message `(data)`.

    >>> command_name("rcpt to:<jo@foo.com>"), command_name("end of DATA")
    ('RCPT', '(data)')
    """
    plain = text.strip().lower()
    for said, name in _COMMANDS.items():
        if plain == said or plain.startswith(said + " "):
            return name
    word = re.split(r"[\s:]", plain, maxsplit=1)[0]
    return word.upper()[:20]


def find(text: str, *, quotes: bool = True) -> FoundReply | None:
    """Return the reply in `text` that tells most, or None where there is no code; refusals tell more than successes.

    `quotes` says whether servers are quoted word for word, so that a success may be meant.
    """
    text = text.replace("=\n", "")
    return _python(text) or _candidate(text, text, only_refusals=not quotes) or _enhanced_alone(text, quotes=quotes)


def _python(text: str) -> FoundReply | None:
    """Read what smtplib gives: (553, b'5.1.3 ...'), alone, in a dict of recipients, or in an exception."""
    match = _PYTHON.search(text)
    if match is None:
        return None
    said = match[2] if match[2] is not None else match[3]
    said = re.sub(r"\\(r\\n|n|r)", "\n", said)
    said = re.sub(r"\\(['\"\\])", r"\1", said)
    before = text[: match.start()]
    command = next((name for error, name in _PYTHON_ERRORS if error in before), "")
    if not command and re.search(r"\{\s?['\"][^'\"\n]{1,320}['\"]:\s?$", before[-340:]):
        command = "RCPT"
    return _build(int(match[1]), said, command, "a tuple of Python's smtplib", text)


def reported(part: Part, prose: str, shortened: Callable[[str], str]) -> FoundReply:
    """Read the fields of a delivery status notification (RFC 3464 section 2.3), and its words where they are mute.

    `shortened` leaves out of these words what tells no cause.
    """
    dsn = _first_enhanced(part.status)
    diagnostic, prose = part.diagnostic, (part.text or prose)[:_WORDS]
    kind, _, said = diagnostic.rpartition(";") if diagnostic.count(";") == 1 else diagnostic.partition(";")
    field = "the Diagnostic-Code field of the bounce"
    found = _candidate(said.strip() or kind, prose, where=field) if diagnostic else None
    if found is None or (found.code is None and found.enhanced is None):
        human = re.split(r"(?im)^reporting-mta:", prose, maxsplit=1)[0].strip()
        better = _candidate(human, prose, where="the text of the bounce", only_refusals=True)
        if better is None or better.code is None or (dsn and better.code // 100 != dsn.klass):
            where = field if said else "the Status field of the bounce"
            if dsn and not diagnostic and dsn.detail and dsn.subject not in {5, 7}:
                human = ""  # the Status field says it all: other words of the report could only mislead
            human = shortened(human[:1_500])
            lines = ((said or kind).strip(),) if diagnostic else _lines(human[:1_500])
            return FoundReply(
                None, dsn, False, lines, _command_near(prose, 0, len(prose)), where, context=human[:1_500]
            )
        found = better
    return _with_dsn(found, dsn)


def _with_dsn(found: FoundReply, dsn: EnhancedCode | None) -> FoundReply:
    if dsn is None or dsn == found.enhanced:
        return found
    fits = found.code is None or dsn.klass == found.code // 100
    if found.enhanced is None and fits and (dsn.subject, dsn.detail) != (0, 0):
        return replace(found, enhanced=dsn)
    return replace(found, dsn=dsn)


def _candidate(text: str, whole: str, *, where: str = "", only_refusals: bool = False) -> FoundReply | None:
    """Find the three digits that most likely are the reply code, by what stands round them."""
    best: tuple[bool, int, re.Match[str]] | None = None
    for number, match in enumerate(_CODE.finditer(text)):
        if number >= _CANDIDATES:
            break
        score, refuses = _score(text, match), match[1][0] in "45"
        if (refuses or not only_refusals) and score > 2 and (best is None or (refuses, score) > best[:2]):
            best = refuses, score, match
    if best is None:
        return _enhanced_first(text, whole, where)
    match = best[2]
    start = match.start()
    at_line = text.rfind("\n", 0, start) + 1
    place = where or ("the reply itself" if start == 0 else "the line that holds it")
    said = text[match.end() : match.end() + _REPLY_LIMIT]
    joined = start == 0 or (where and at_line <= start and "\n" not in text[:start].strip())
    quoted = _QUOTED.search(text[max(0, start - 60) : start])
    if quoted:
        said = re.split(rf"{re.escape(quoted[1])}(?!\w)", said, maxsplit=1)[0].replace(
            "\\n", "\n"
        )  # not at that of it's
    elif not joined:
        said = _reply_lines(said, match[1])
    offset = max(whole.find(text[start : start + 80]), 0) if whole is not text else start
    command = _command_near(whole, offset, offset + len(said))
    return _build(int(match[1]), said.removeprefix("-").lstrip(" :,\t"), command, place, whole)


def _score(text: str, match: re.Match[str]) -> int:
    code = int(match[1])
    before, after = text[max(0, match.start() - 240) : match.start()], text[match.end() : match.end() + 24]
    if _UNIT.match(after):
        return 0
    score = 0
    line_start = before.rpartition("\n")[2]
    begins = not line_start.strip(" \t>#*\"'<S:~-")
    leading = _LEADING.match(after[1:])
    agrees = leading is not None and leading[1] == match[1][0]
    is_reply = agrees or _LOGGED.search(before) or (begins and not after.startswith(","))
    if match[1][0] in "23" and not is_reply:
        return 0
    if begins or _CUE.search(before):
        score += 4
    elif before.rstrip().endswith((":", "(", "[", "<")):
        score += 2
    if agrees:
        score += 4
    if is_well_formed(code):
        score += 1
    if 400 <= code <= 599:
        score += 1
    elif not 200 <= code <= 399:
        score -= 1
    return score


def _reply_lines(said: str, code: str) -> str:
    """Cut `said` after the last line of the reply: further lines carry the code or are indented."""
    rows = said.split("\n")
    kept = [rows[0]]
    goes_on = rows[0].startswith("-")
    for row in rows[1:40]:
        further = re.match(rf"(?:.{{0,160}}?(?<![\w.:/=@%-]))??({code}[ -].*|{code}$)", row)
        if further and (goes_on or not row[: further.start(1)].strip("> \t<S:")):
            kept.append(further[1])
            goes_on = further[1][3:4] == "-"
        elif row[:1] in " \t" and row.strip() and not re.match(r"\s*(?:[2-5][0-9]{2}[ -]|\(reason|-----)", row):
            kept[-1] = f"{kept[-1].rstrip()} {row.strip()}"  # a folded line is one line
        else:
            break
    return "\n".join(kept)


def _enhanced_first(text: str, whole: str, where: str) -> FoundReply | None:
    match = _LEADING.match(text)
    if match is None or (match[1] == "2" and not where):
        return None
    said = text[match.end() : match.end() + _REPLY_LIMIT]
    code = EnhancedCode(*map(int, match.groups()))
    command = _command_near(whole, 0, len(whole))
    return FoundReply(None, code, True, _lines(said), command, where or "the line that holds it", context=whole[:1_500])


def _enhanced_alone(text: str, *, quotes: bool) -> FoundReply | None:
    """Read `dsn=5.1.1, stat=User unknown`, or a bare enhanced code of a refusal somewhere in the text."""
    found = [
        one for one in _ENHANCED.finditer(text) if not _PROGRAM.search(text[max(0, one.start() - 40) : one.start()])
    ]
    refusals = (one for one in found if one[1] != "2")
    logged = (one for one in found if quotes and _is_logged(text, one.start()))
    match = next(refusals, None) or next(logged, None)
    enhanced = EnhancedCode(*map(int, match.groups())) if match else None
    if enhanced is None:
        return None
    line = next((row for row in text.split("\n") if str(enhanced) in row), text).strip()[:_REPLY_LIMIT]
    line = _FIELDS.split(
        line[max(line.find(str(enhanced)), 0) :] if len(line) > 12 + line.find(str(enhanced)) else line
    )[0]
    command = _command_near(text, 0, len(text))
    return FoundReply(None, enhanced, False, (line,), command, "the line that holds it", context=text[:1_500])


def _is_logged(text: str, start: int) -> bool:
    return _LOGGED_ENHANCED.search(text[max(0, start - 40) : start]) is not None


def _build(code: int, said: str, command: str, where: str, whole: str) -> FoundReply:
    said = _FIELDS.split(said, maxsplit=1)[0]
    said = re.sub(r"\(in reply to .{1,60}?command\)\)?.{0,3}$", "", said[:_REPLY_LIMIT].strip()).strip()
    lines = [line for row in _lines(said) for line in re.split(rf"(?:^|\s+){code}(?:-|[ ](?=\S))", row) if line.strip()]
    lines = [line.strip() for line in lines] or [""]
    leading = _LEADING.match(lines[0])
    enhanced, leads = None, False
    if leading and int(leading[1]) == code // 100:
        enhanced, leads = EnhancedCode(*map(int, leading.groups())), True
        lines = [re.sub(rf"^#?{re.escape(str(enhanced))}[ \t:;,-]{{0,3}}", "", line) for line in lines]
    # 2.0.12 inside a greeting is a program's version: of a success only an enhanced code that leads counts
    inside = "" if leads else " ".join(lines) if code >= 400 else leading[0] if leading else ""
    other = _first_enhanced(inside, code // 100)
    mismatch = _first_enhanced(inside) if other is None else None
    dsn = re.search(r"\bdsn=([245]\.[0-9]{1,3}\.[0-9]{1,3})", whole)
    return _with_dsn(
        FoundReply(code, enhanced or other, leads, tuple(lines), command, where, mismatch, whole[:1_500]),
        _first_enhanced(dsn[1]) if dsn else None,
    )


def _lines(said: str) -> tuple[str, ...]:
    return tuple(row.strip() for row in said.strip().split("\n") if row.strip()) or ("",)


def _first_enhanced(text: str, klass: int | None = None) -> EnhancedCode | None:
    for match in _ENHANCED.finditer(text):
        if klass is None or int(match[1]) == klass:
            return EnhancedCode(*map(int, match.groups()))
    return None


def _command_near(text: str, start: int, end: int) -> str:
    """Name the command that the reply answers, from words such as `(in reply to RCPT TO command)`."""
    before, after = text[max(0, start - 1500) : start], text[start : end + 200]
    later = _IN_REPLY.search(after)
    if later and later[0].lower().startswith(("in reply", "response")):
        return command_name(later[1])
    earlier = [match[1] or match[2] for match in _IN_REPLY.finditer(before)]
    if earlier:
        return command_name(earlier[-1])
    if later and later[0].lower().startswith(("after", "while")):
        return command_name(later[1])
    return next((name for pattern, name in _QMAIL if pattern.search(before[-600:] + after[:600])), "")
