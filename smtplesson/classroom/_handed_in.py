"""What the bytes of one submission say, in whichever of the three forms; everything doubtful is refused in words."""

from __future__ import annotations

import codecs
import html
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from smtplesson.content import shown
from smtplesson.learner import portable, records
from smtplesson.learner.attempts import Attempt

SCHEMA_VERSION = 1
MOST = 20_000  # answers of one submission
_CODES = 2_000  # portable codes of one text
NOT_READ = "not read: marks are computed from the answers."
_HEAD_OF_CODE = r"(?<![A-Za-z0-9+/])SL[1-9][0-9]{0,3}:"
_CODE = re.compile(rf"{_HEAD_OF_CODE}(?:(?!{_HEAD_OF_CODE})[^.])*\.?")  # a cut one ends where the next begins
_HEAD = ("schema_version", "learner", "set", "version", "answers")
_FIELDS = ("version", "question", "response", "day", "confidence", "quiz")
_TAG = re.compile(r"<[^>]{0,500}>")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Refused(Exception):
    """A submission that is not taken; the message says why, in a sentence without its subject's name."""


@dataclass(frozen=True, slots=True)
class Understood:
    """The raw answers of a submission, the learner and the version of the set that it names, and what was left out."""

    attempts: tuple[Attempt, ...]
    learner: str | None = None
    notes: tuple[str, ...] = ()
    version: str = ""


def texts(data: bytes, *, is_html: bool = False) -> Iterator[tuple[str, str]]:
    """The submissions that a file holds, each with the words before it: several codes, or all of it. Raises Refused.

    What an LMS's editor made of a code, in HTML, is read without its tags.
    """
    text = _decoded(data)
    if is_html:
        text = html.unescape(_TAG.sub(" ", text.replace("<br", "\n<br").replace("</p", "\n</p")))
    found = [] if text.lstrip()[:1] in ("{", "[") else list(codes(text))
    if len(found) > _CODES:
        raise Refused(f"it holds {len(found):,} codes; {_CODES:,} are the most.")
    yield from found if len(found) > 1 else [("", text)]


def understand(text: str) -> Understood:
    """Read a submission. Raises Refused where it gives no answer."""
    start = text.lstrip()[:1]
    if not start:
        raise Refused("it is empty.")
    is_code = start not in "{[" and _CODE.search(text)
    understood = _from_code(text) if is_code else _from_json(text)
    if not understood.attempts:
        raise Refused(" ".join(["it holds no answer.", *understood.notes[:1]]))
    if len(understood.attempts) > MOST:
        raise Refused(f"it holds {len(understood.attempts):,} answers; {MOST:,} are the most.")
    return understood


def codes(text: str) -> Iterator[tuple[str, str]]:
    """Each portable code in a text, with the last word or words of the line before it that are not a code."""
    end = 0
    for match in _CODE.finditer(text):
        before = [row for row in text[end : match.start()].split("\n") if row.strip()]
        yield (before[-1].strip().rstrip(":").strip() if before else ""), match[0]
        end = match.end() if match[0].endswith(".") else match.start()  # a cut one has eaten the next one's name


def _decoded(data: bytes) -> str:
    try:
        if data.startswith(_UTF16):  # what a Windows shell writes behind `>`
            return data.decode("utf-16")
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("it is no text in UTF-8.") from None
    if "\0" in text:
        raise Refused("it is no text: it holds NUL.")
    return text


def _from_code(text: str) -> Understood:
    try:
        return Understood(portable.unpack(text))
    except portable.PortableCodeError as error:
        raise Refused(str(error)) from None


def _from_json(text: str) -> Understood:
    """One JSON object with a schema, or a log with an object on each line."""
    try:
        document = _strict(text)
    except (Refused, ValueError) as fault:
        if "\n" in text.strip() and '"question"' in text and '"schema_version"' not in text:
            return _from_lines(text)
        if isinstance(fault, Refused):
            raise
        if text.lstrip()[:1] not in ("{", "["):
            raise Refused("it is no submission: neither a portable code nor answers in JSON.") from None
        raise Refused("it is not whole JSON: it was cut off or damaged.") from None
    if isinstance(document, dict) and "question" in document:
        return _from_lines(text)
    if not isinstance(document, dict):
        raise Refused("it is JSON, but no submission: an object with schema_version, learner and answers.")
    return _from_document(document)


def _from_document(document: dict[str, Any]) -> Understood:
    version = document.get("schema_version")
    if type(version) is not int:
        raise Refused("it has no schema_version that is a whole number.")
    if version != SCHEMA_VERSION:
        raise Refused(f"its schema_version is {shown(version)}; this version of the kit reads {SCHEMA_VERSION}.")
    learner, name, seen = (document.get(key, "") for key in ("learner", "set", "version"))
    answers = document.get("answers")
    if "learner" not in document or not all(isinstance(each, str) for each in (learner, name, seen)):
        raise Refused("its learner, its set or its version is no text.")
    if not isinstance(answers, list):
        raise Refused("its answers are no list.")
    if len(answers) > MOST:
        raise Refused(f"it holds {len(answers):,} answers; {MOST:,} are the most.")
    lines = b"\n".join(map(_line, answers))
    reading = records.read(lines)
    unknown = [*(key for key in document if key not in _HEAD), *_unknown(answers)]
    problems = [problem.replace("Line", "Answer", 1) for problem in reading.problems]
    return Understood(reading.attempts, learner, (*_ignored(unknown), *problems), seen[:80])


def _from_lines(text: str) -> Understood:
    """The lines of a log; one that JSON reads in more than one way becomes a problem."""
    kept: list[str] = []
    problems: list[str] = []
    parsed: list[object] = []
    for number, row in enumerate(text.split("\n"), 1):
        try:
            parsed.append(_strict(row) if row.strip() and len(row) <= records.LONGEST else None)
        except Refused as refusal:
            problems.append(f"Line {number}: {refusal}")
            row = ""
        except ValueError:  # records.read says it
            pass
        kept.append(row)
    reading = records.read("\n".join(kept).encode("utf-8", "surrogatepass"))
    return Understood(reading.attempts, None, (*_ignored(_unknown(parsed)), *problems, *reading.problems))


def _line(entry: object) -> bytes:
    """An answer of a document as a line of a log, what a log has no use for left out."""
    kept = {key: entry[key] for key in _FIELDS if key in entry} if isinstance(entry, dict) else entry
    try:
        return json.dumps(kept).encode("ascii")
    except RecursionError:
        return b"nested"


def _unknown(entries: Iterable[object]) -> list[str]:
    return [key for entry in entries if isinstance(entry, dict) for key in entry if key not in _FIELDS]


def _ignored(keys: list[str]) -> list[str]:
    names = list(dict.fromkeys(keys))
    if not names:
        return []
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    said = ", ".join(shown(name, 30) for name in names[:3])
    verb = "is" if len(names) == 1 else "are"
    return [f"{said}{more} {verb} {NOT_READ}"]


def _strict(text: str) -> Any:
    """JSON without what readers understand in different ways. Raises Refused for that, ValueError for no JSON."""
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except RecursionError:
        raise Refused("it is nested too deeply.") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        raise Refused(f"it has the key {shown(twice, 30)} twice in one object.")
    return found


def _constant(name: str) -> float:
    raise Refused(f"it holds {name}, which is no number of JSON.")
