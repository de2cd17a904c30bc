"""Take a paste apart: hide what is secret, undo MIME, leave the returned message out, find each recipient's part.

Nothing here judges. Every pattern is bounded and every line is looked at once, so the time grows linearly with
the size of the paste. MIME is read by `email`, with a cap on its parts and so their depth; what is no MIME, or
too much of it, is read line by line.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from email.message import Message

_MAIL = 1_000_000  # characters of a message that are parsed: a report stands before the message that it returns
_PARTS = 40
_LINE = 4_000  # characters of a line of a log
_SPAN, _TAIL = 65_536, 16_384  # of a text that is no mail and has no rows: its start, and the end of a long log
_BLOCK = 30  # lines about one recipient

_FIELD = re.compile(
    r"^[> \t]{0,8}(Original-Recipient|Final-Recipient|Action|Status|Diagnostic-Code|Remote-MTA|Reporting-MTA)"
    r"[ \t]{0,4}:[ \t]{0,8}(\S.{0,1200})",
    re.IGNORECASE | re.MULTILINE,
)
_FOLD = re.compile(r"[> \t]{1,16}(\S.{0,1200})")
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,60}:")
_KNOWN = re.compile(
    r"^(?:Received|From|To|Subject|Date|Return-Path|Message-ID|MIME-Version|Content-Type):",
    re.IGNORECASE | re.MULTILINE,
)
_INNER = re.compile(r"^Content-Type:", re.IGNORECASE | re.MULTILINE)
_TRACE = re.compile(r"(?:Received|Return-Path|DKIM-Signature|Message-ID): ?\S", re.IGNORECASE)
_RETURNED = re.compile(
    r"message/rfc822|text/rfc822-headers|below this line is|headers? of the (?:original|message)|"
    r"(?:original|returned|copy of|your|undelivered) (?:the )?(?:message|mail) (?:follows|below|headers?)|"
    r"including all the headers|^-{2,} ?(?:original|returned|unsent) message",
    re.IGNORECASE,
)
_TAG = re.compile(
    r"<(style|script|head)\b.{0,10000}?</\1>|<!--.{0,10000}?-->|</?[a-z][a-z0-9]{0,10}(?:\s[^<>]{0,2000})?/?>",
    re.IGNORECASE | re.DOTALL,
)

_MAILBOX = r"[^\s<>@,;:()\"\[\]]{1,64}@[A-Za-z0-9.-]{1,255}\w"
_HEAD = re.compile(
    r"[ \t>*-]{0,12}(?:(?:failed |final |original )?(?:recipient|address|to)(?: address)?: ?)?"
    rf"[<\"'(]{{0,2}}({_MAILBOX})[>\"')]{{0,2}}(?=[\s:;,(<]|\.?(?:\s|$))",
    re.IGNORECASE,
)
_REFUSAL = re.compile(r"(?<![\w.])[45][0-9]{2}[ -]")
_LOGGED = re.compile(r"(?:\bto=<?([^>,\s]{1,320})>?,?.{0,3000}?)?\b(?:status|stat|result)=\"?(\w{2,12})")
_EXIM = re.compile(
    r"[0-9A-Za-z]{6}-[0-9A-Za-z]{6,11}-[0-9A-Za-z]{2,4} (\*\*|==|[=-]>) <?([^\s<>]{1,320}@[^\s<>:]{1,255})"
)
_STARTED = re.compile(r"starting delivery ([0-9]{1,12}): msg [0-9]{1,20} to \w{1,10} (\S{1,320})")
_JOINED = re.compile(r"(?<!\S)(?=\S{0,200}_(?:said:|like|was|able|failed|accepted)_)\S{1,4000}")
_DELIVERED = re.compile(r"delivery ([0-9]{1,12}): (success|failure|deferral): ")
_REFUSED = re.compile(r"[bu]{0,2}['\"]([^'\"\s]{1,320})['\"]: (?=\([2-5][0-9]{2}, )")
_ACTIONS = {
    "failed": "failed", "failure": "failed", "bounced": "failed", "expired": "failed", "**": "failed",
    "undeliverable": "failed", "permfail": "failed", "user": "failed", "host": "failed", "service": "failed",
    "tempfail": "delayed", "delayed": "delayed", "deferred": "delayed", "deferral": "delayed", "==": "delayed",
    "delivered": "delivered", "relayed": "delivered", "expanded": "delivered", "sent": "delivered",
    "success": "delivered", "=>": "delivered", "->": "delivered",
}  # fmt: skip

_WORST = ("failed", "delayed", "", "delivered")

_COMMAND = re.compile(
    r"[^\w\n]{0,6}(?:.{0,120}?(?:\bC: ?|>>> ?|SMTP>> ?|CLIENT -> SERVER: ?|\bsend: ?|\bsent: ?))?['\"]?"
    r"(?:(MAIL FROM|RCPT TO):\s?(<[^<>\n]{0,320}>)?|(?:EHLO|HELO|LHLO|VRFY|EXPN|AUTH|ETRN|BDAT)\s+\S|"
    r"(?:DATA|RSET|NOOP|QUIT|STARTTLS|\.)\s*(?:\\r|['\"]|$))",
    re.IGNORECASE,
)
_REPLY = re.compile(
    r"[^\w\n]{0,6}(?:.{0,120}?(?:\bS: ?|<<< ?|SMTP<< ?|SERVER -> CLIENT: ?|\breply: b?))?['\"]?([2-5][0-9]{2})([ -]|$)"
)

_AUTH = re.compile(
    r"(\bAUTH[ \t]{1,4}"
    r"(?:PLAIN|LOGIN|EXTERNAL|NTLM|GSSAPI|X?OAUTH\w{0,8}|(?:CRAM|DIGEST)-\w{2,8}|SCRAM-[\w-]{1,20})[ \t]{1,4})"
    r"[A-Za-z0-9+/=_-]{2,9000}(?=[ \t]{0,4}(?:$|\\r|['\"]))",
    re.IGNORECASE | re.MULTILINE,
)
_CHALLENGED = re.compile(r"(\b334\b[^\n]{0,1000}\n(?:[^\n]{0,40}retcode[^\n]{0,1000}\n)?)([^\n]{1,9000})")
_ANSWERS = re.compile(
    r"(\bAUTH[ \t]{1,4}[A-Z0-9-]{3,20}[ \t]{0,4}(?:\\r\\n['\"])?\n)((?:[^\n]{0,80}[ '\"])?"
    r"(?!(?:MAIL|RCPT|QUIT|RSET|NOOP|DATA|EHLO|HELO|STARTTLS)\b)[A-Za-z0-9+/]{3,2000}={0,2}\n){1,2}",
    re.IGNORECASE,
)
_PASSWORD = re.compile(
    r"((?<![a-z])(?:pass(?:word|wd)?|secret|api_?key|access_?token)[\"']?(?:\s{0,3}=>?\s{0,3}|: ?(?=[\"']))[\"']?|"
    r"^[ \t]{0,16}[\w.-]{0,40}pass(?:word|wd)?:[ \t]{1,4}(?=\S{1,200}$)|://[^\s:@/]{1,64}:|"
    r"(?<!\S)(?:--(?:auth-)?pass(?:word)?|-ap)[ =][\"']?|(?<!\S)(?:--user|-u) [\"']?[^\s:\"']{1,64}:)"
    r"[^\s\"',;@]{1,200}",
    re.IGNORECASE | re.MULTILINE,
)
_HIDDEN = "[hidden]"


@dataclass(frozen=True, slots=True)
class Part:
    """What a paste says about one recipient."""

    text: str
    address: str = ""
    action: str = ""  # failed, delayed or delivered; empty where nothing says it
    status: str = ""  # these two are fields of a report (RFC 3464 section 2.3)
    diagnostic: str = ""
    host: str = ""  # the server that spoke, where the report names it
    command: str = ""


_NAMED = re.compile(rf"(?<![\w.@-])(?!mailer-daemon@|postmaster@|no-?reply@){_MAILBOX}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Paste:
    """A paste in plain words, with a part for each recipient; the first part is the one to read first."""

    text: str  # without its secrets, MIME undone, the returned message left out
    parts: tuple[Part, ...]
    reporter: str = ""  # the server that wrote the report

    def first_address(self) -> str:
        """The first address that the words name, but for those of programs."""
        found = _NAMED.search(self.text[:_SPAN])
        return found[0] if found else ""


def clean(text: str) -> str:
    """Return the text with one kind of line end and without passwords; the log of qmail-send with its spaces.

    >>> clean("AUTH PLAIN AGpvbmVzAHNlY3JldA==")
    'AUTH PLAIN [hidden]'
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2019", "'").strip("\ufeff\n ")
    text = _CHALLENGED.sub(_hide_answer, _AUTH.sub(_hide, text))
    text = _ANSWERS.sub(rf"\1{_HIDDEN}\n", text)
    text = _PASSWORD.sub(rf"\1{_HIDDEN}", text)
    return _JOINED.sub(lambda m: m[0].replace("_", " ").replace("./", ". ").rstrip("/"), text)


def _hide(match: re.Match[str]) -> str:
    """Hide an initial response of AUTH (RFC 4954 section 4), unless a server is telling of it."""
    line = match.string[max(0, match.start() - 200) : match.start()].rpartition("\n")[2]
    return match[0] if re.search(r"\b[245][0-9]{2}[ -]", line) else f"{match[1]}{_HIDDEN}"


def _hide_answer(match: re.Match[str]) -> str:
    """Hide the line that answers a challenge, 334."""
    if _REPLY.match(match[2]):
        return match[0]
    said = re.match(r".{0,60}?(?:\bC: ?|>>> ?|SERVER: ?|\bsend: ?|^)['\"]?", match[2])
    return f"{match[1]}{said[0] if said else ''}{_HIDDEN}"


def take_apart(text: str, *, is_dialogue: bool = False) -> Paste:
    """Take a clean text apart: by the fields of a report, the rows of a log, the RCPTs of a dialogue, or by blocks."""
    prose, fields = _mail(text) if _is_mail(text) else (text, text)
    rows = list(_rows(prose)) if fields is text else []
    groups = _groups(fields)
    reporter = next((group["reporting-mta"] for group in groups if "reporting-mta" in group), "")
    parts = [part for group in groups if (part := _part(group)) is not None]
    if parts and len(parts) * len(prose) < _MAIL:  # the words of the report about this recipient
        blocks = {part.address: part.text for part in _blocks(prose)}
        parts = [replace(part, text=blocks.get(part.address, "")) for part in parts]
    parts = sorted(parts or rows or _tuples(prose), key=lambda part: _WORST.index(part.action))
    parts = parts or (list(_dialogue(prose)) if is_dialogue else []) or list(_blocks(prose))
    if len(prose) > _SPAN + _TAIL:
        prose = f"{prose[:_SPAN]}\n{prose[-_TAIL:]}"
    return Paste(prose, tuple(parts), _host(reporter))


# ---- A message -----------------------------------------------------------------------------------------------------


def _is_mail(text: str) -> bool:
    """Whether the text begins with the header of a message, or with a part of one."""
    first = text.partition("\n")[0]
    return len(_KNOWN.findall(text[:8_000])) >= 2 and bool(_HEADER.match(first) or first.startswith(("From ", "--")))


def _mail(text: str) -> tuple[str, str]:
    """Return the words of a message, and the fields of the report in it."""
    text = text.encode("utf-8", "replace").decode()
    if text.startswith("--"):
        text = f'Content-Type: multipart/mixed; boundary="{text.partition(chr(10))[0][2:].strip()}"\n\n{text}'
    if len(_INNER.findall(text)) > _PARTS:
        return _by_lines(text), text
    try:
        message = _parsed(text)
        prose: list[str] = []
        fields: list[str] = []
        for part in _walk(message):
            (fields if part.get_content_type() == "message/delivery-status" else prose).append(_text(part))
    except (LookupError, TypeError, ValueError):
        return _by_lines(text), text
    if not message.is_multipart() and _INNER.search(str(message.get_payload())):
        return _by_lines(text), text
    body = "\n".join(prose) or str(message.preamble or "")
    return _by_lines(body, in_headers=False), "\n\n".join(fields) or body


def _parsed(text: str) -> Message:
    import email  # a seventh of what `import smtplesson` would take

    return email.message_from_string(text)


def _walk(part: Message) -> Iterator[Message]:
    """The parts of a report, in order: not those of the message that it returns."""
    inner = part.get_payload()
    if part.get_content_type() in {"message/delivery-status", "message/feedback-report"} or isinstance(inner, str):
        has_words = part.get_content_maintype() not in {"image", "audio", "video"}
        if has_words and part.get_content_type() not in {"text/rfc822-headers", "message/feedback-report"}:
            yield part
    elif part.get_content_maintype() == "multipart" and isinstance(inner, list):
        plain = {one.get_content_type() for one in inner if not isinstance(one, str)}
        for one in inner:
            if not isinstance(one, str) and not (one.get_content_type() == "text/html" and "text/plain" in plain):
                yield from _walk(one)


def _text(part: Message) -> str:
    """A part in plain words: its encoding undone, HTML without its tags, each field of a report on one line."""
    inner = part.get_payload()
    if isinstance(inner, list):
        blocks = [one for one in inner if not isinstance(one, str)]
        if not any(one.keys() for one in blocks) or str(part.get("Content-Transfer-Encoding", "")).lower() == "base64":
            part = _parsed(f"{_headers(part)}\n" + "".join(one.as_string() for one in blocks))
            part.set_type("text/plain")
            return _text(part)
        return "\n\n".join("\n".join(f"{k}: {' '.join(str(v).split())}" for k, v in one.items()) for one in blocks)
    said = str(inner)
    if str(part.get("Content-Transfer-Encoding", "")).strip().lower() in {"base64", "quoted-printable"}:
        data = part.get_payload(decode=True)
        said = _decoded(data, part.get_content_charset() or "utf-8") if isinstance(data, bytes) else said
    if "\x1b$" in said:  # ISO-2022-JP goes in seven bits
        said = _decoded(said.encode("latin-1", "replace"), "iso-2022-jp")
    if part.get_content_type() == "text/html":
        said = html.unescape(_TAG.sub(" ", re.sub(r"(?i)<(?:br|/p|/div|/tr|/li)\b[^<>]{0,200}>", "\n", said)))
    return said.replace("\r\n", "\n")


def _headers(part: Message) -> str:
    return "".join(f"{k}: {' '.join(str(v).split())}\n" for k, v in part.items() if k.lower() != "content-type")


def _decoded(data: bytes, charset: str) -> str:
    for name in (charset, "utf-8"):
        try:
            return data.decode(name)
        except (LookupError, UnicodeError):
            continue
    return data.decode("latin-1")


def _by_lines(text: str, *, in_headers: bool = True) -> str:
    """Leave out the headers of a message and of its parts, and stop at the returned message."""
    kept: list[str] = []
    for row in text.split("\n"):
        if in_headers:
            if not row.strip():
                in_headers = False
            elif _RETURNED.search(row):
                break
        elif row.startswith("--") and len(row) > 12 and " " not in row:
            in_headers = True
        elif _RETURNED.search(row[:400]) or _TRACE.match(row):
            break
        else:
            kept.append(row)
    return "\n".join(kept)


# ---- The parts ------------------------------------------------------------------------------------------------------


def _groups(text: str) -> list[dict[str, str]]:
    """The fields about each recipient: a field that is there already, or a recipient's, begins the next."""
    groups: list[dict[str, str]] = [{}]
    for match in _FIELD.finditer(text):
        name, now = match[1].lower(), groups[-1]
        if name in now or (name.endswith("-recipient") and now.keys() & {"action", "status"}):
            groups.append(now := {})
        now[name] = _unfolded(text, match.end(), match[2].strip())
    return groups


def _unfolded(text: str, end: int, value: str) -> str:
    """Add the continuation lines of a header field (RFC 5322 section 2.2.3), ten at most."""
    parts = [value]
    for _ in range(10):
        match = _FOLD.match(text, end + 1)
        if match is None or _FIELD.match(text, end + 1):
            break
        parts.append(match[1])
        end = match.end()
    return " ".join(parts)


def _part(group: dict[str, str]) -> Part | None:
    if "diagnostic-code" not in group and not group.keys() >= {"status", "action"}:
        return None
    address = group.get("final-recipient") or group.get("original-recipient") or ""
    action = _ACTIONS.get(group.get("action", "").split(" ")[0].lower(), "")
    diagnostic, host = group.get("diagnostic-code", ""), _host(group.get("remote-mta", ""))
    return Part("", _address(address), action, group.get("status", ""), diagnostic, host)


def _address(text: str) -> str:
    return text.partition(";")[2].strip(" <>") if ";" in text else text.strip(" <>")


def _host(text: str) -> str:
    return _address(text).split(" ")[0]


def _rows(text: str) -> Iterator[Part]:
    """The rows of a log that tell of a recipient, each recipient once, with the last that is told of them."""
    found: dict[str, Part] = {}
    started: dict[str, str] = {}
    for line in text.split("\n"):
        part = None
        if "stat" in line and (row := _LOGGED.search(line[:_LINE])) and (row[1] or row[2].lower() in _ACTIONS):
            part = Part(line[:_LINE], row[1] or "", _ACTIONS.get(row[2].lower(), ""))
        elif any(sign in line for sign in (" ** ", " == ", " => ", " -> ")) and (row := _EXIM.search(line[:_LINE])):
            part = Part(line[:_LINE], row[2], _ACTIONS[row[1]])
        elif "delivery " in line and (row := _STARTED.search(line)):
            started[row[1]] = row[2]
        elif "delivery " in line and (row := _DELIVERED.search(line)):
            part = Part(line[row.end() : _LINE], started.get(row[1], ""), _ACTIONS[row[2]])
        if part is not None:
            found[part.address.lower() or part.text] = part
    yield from found.values()


def _tuples(text: str) -> Iterator[Part]:
    """The recipients of an exception of smtplib, where there are several: {'jo@foo.com': (550, b'...'), ...}."""
    found = list(_REFUSED.finditer(text))
    ends = [*(other.start() for other in found[1:]), len(text)]
    for one, end in zip(found, ends, strict=False):
        if len(found) > 1:
            yield Part(text[one.end() : min(end, one.end() + _LINE)], one[1], command="RCPT")


def _dialogue(text: str) -> Iterator[Part]:
    """Each RCPT of a dialogue with its reply, refusals first, where one was refused and nothing else was."""
    asked: list[tuple[str, str]] = []
    replies: list[tuple[tuple[str, str], str]] = []
    said: list[str] = []
    for line in text.split("\n"):
        if reply := _REPLY.match(line[:_LINE]):
            said.append(line[reply.start(1) : _LINE])
            if reply[2] != "-":
                replies.append((asked.pop(0) if asked else ("", ""), "\n".join(said)))
                said = []
        elif command := _COMMAND.match(line[:_LINE]):
            asked.append((command[1] or "?", command[2] or ""))
    refused = [(command, reply) for command, reply in replies if reply[0] in "45" and command[0]]
    if refused and all(command[0].upper() == "RCPT TO" for command, _ in refused):
        rest = [(c, r) for c, r in replies if c[0].upper() == "RCPT TO" and r[0] not in "45"]
        for (_, path), answer in refused + rest:
            yield Part(answer, path.strip("<>"), "" if answer[0] in "45" else "delivered", command="RCPT")


def _blocks(text: str) -> Iterator[Part]:
    """The words below an address that stands at the start of a line, as the reports of many programs give them."""
    rows = text.split("\n")
    heads = [(number, head) for number, row in enumerate(rows) if (head := _HEAD.match(row[:400]))]
    found: dict[str, Part] = {}
    for (number, head), following in zip(heads, [*(n for n, _ in heads[1:]), len(rows)], strict=False):
        said = [rows[number][head.end() :].strip(" :;,")]
        for row in rows[number + 1 : min(following, number + _BLOCK)]:
            if not row.strip() and any(said):
                break
            if not row.lstrip().startswith("---"):  # a heading, such as that of a transcript
                said.append(row)
        words = "\n".join(said).strip("\n")
        before = found.get(head[1].lower())  # of two blocks about one address the one with a reply tells more
        if re.search(r"[^\W\d_]{3}", words) and (
            before is None or (_REFUSAL.search(words) and not _REFUSAL.search(before.text))
        ):
            found[head[1].lower()] = Part(words, head[1])
    yield from found.values()
