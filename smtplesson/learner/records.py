"""Attempts as lines of JSON: how one is written, and how lines that anybody may have written are read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from smtplesson.learner.attempts import Attempt, Confidence

VERSION = 1
LONGEST = 65_536  # bytes of a line that is looked at
DEEPEST = 100  # lists and records inside each other: many more end Python itself where it runs in a browser
_NAMED = 100  # problems that are named; a hostile file has millions
_OLDEST, _NEWEST = 0, 9_999  # versions that are believed
_CONFIDENCES = (None, *Confidence)  # made once: a class has a hundred thousand answers
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)  # one that does not end is eaten once, and not tried again


@dataclass(frozen=True, slots=True)
class ReadRecords:
    """What was found in some bytes: the attempts in their order, and what is wrong, in words with line numbers.

    `unread` counts the lines that gave no attempt.
    """

    attempts: tuple[Attempt, ...] = ()
    problems: tuple[str, ...] = ()
    unread: int = 0


class _Fault(Exception):
    """A line that gives no attempt; the message follows "Line 3 "."""


def line(attempt: Attempt) -> bytes:
    r"""Write an attempt as one line of ASCII that ends with a line feed.

    >>> line(Attempt("after-251", "B", date(2026, 1, 5)))
    b'{"version": 1, "question": "after-251", "response": "B", "day": "2026-01-05"}\n'
    """
    record: dict[str, object] = {
        "version": VERSION,
        "question": attempt.question,
        "response": attempt.response,
        "day": attempt.day.isoformat(),
    }
    if attempt.confidence is not None:
        record["confidence"] = attempt.confidence
    if attempt.quiz:
        record["quiz"] = attempt.quiz
    return json.dumps(record).encode("ascii") + b"\n"


def is_readable(attempt: Attempt) -> bool:
    """Whether the line that is written for this attempt gives it back: one that is too long does not."""
    return read(line(attempt)).attempts == (attempt,)


def read(data: bytes) -> ReadRecords:
    """Read lines, whatever they hold: one that makes no sense becomes a problem, never an exception.

    Fields that are unknown are passed over. A line by a newer version is read where the fields that are known make
    sense. Two equal lines are two attempts. Texts may hold anything: escape them before you show them.

    >>> read(b'{"question": "after-251", "respo').problems
    ('Line 1 is not a whole record: it was cut off or damaged.',)
    """
    attempts: list[Attempt] = []
    problems: list[str] = []
    newer: list[int] = []
    unread = 0
    for number, row in _rows(data.removeprefix(b"\xef\xbb\xbf")):  # some editors write a mark at the start
        try:
            attempt, version = _attempt(row)
        except _Fault as fault:
            unread += 1
            if unread <= _NAMED:
                problems.append(f"Line {number} {fault}.")
        else:
            attempts.append(attempt)
            if version > VERSION:
                newer.append(number)
    if unread > _NAMED:
        problems.append(f"{unread - _NAMED} more lines give no answer.")
    if newer:
        problems.append(_said_of_newer(newer))
    return ReadRecords(tuple(attempts), tuple(problems), unread)


def _said_of_newer(lines: list[int]) -> str:
    what = f"Line {lines[0]} was" if len(lines) == 1 else f"{len(lines)} lines, the first of them line {lines[0]}, were"
    return f"{what} written by a newer version of the kit; what this version knows of it was read."


def _rows(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The lines that are not blank, with their numbers from 1."""
    number = start = 0
    while start < len(data):
        number += 1
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end
        row = data[start:end]
        start = end + 1
        if row.strip():
            yield number, row


def _attempt(row: bytes) -> tuple[Attempt, int]:
    """The attempt on one line, and the version that wrote it."""
    if len(row) > LONGEST:
        raise _Fault(f"has {len(row)} bytes; a line of a log has {LONGEST} at most")
    if _depth(row) > DEEPEST:
        raise _Fault("is nested too deeply")
    try:
        record = json.loads(row.decode("utf-8"))
    except ValueError:  # no UTF-8, no JSON, or a number with thousands of digits
        raise _Fault("is not a whole record: it was cut off or damaged") from None
    if not isinstance(record, dict):
        raise _Fault("is no record of an answer")
    version = record.get("version", _OLDEST)
    if type(version) is not int or not _OLDEST <= version <= _NEWEST:
        raise _Fault("has a version that is none")
    try:
        return _built(record), version
    except _Fault as fault:
        if version > VERSION:
            raise _Fault(f"was written by a newer version of the kit ({version}) and {fault}") from None
        raise


def _depth(row: bytes) -> int:
    """How deep JSON opens lists and records; brackets in its strings are none."""
    if row.count(b"[") + row.count(b"{") <= DEEPEST:
        return 1
    deepest = depth = 0
    for mark in _STRING.sub(b"", row):
        depth += (mark in b"[{") - (mark in b"]}")
        deepest = max(deepest, depth)
    return deepest


def _built(record: dict[str, object]) -> Attempt:
    confidence = record.get("confidence")
    if confidence not in _CONFIDENCES:
        raise _Fault(f"has a confidence that is none of {', '.join(Confidence)}")
    return Attempt(
        question=_text(record, "question"),
        response=_text(record, "response"),
        day=_day(_text(record, "day")),
        confidence=None if confidence is None else Confidence(str(confidence)),
        quiz=_text(record, "quiz", ""),
    )


def _text(record: dict[str, object], name: str, default: str | None = None) -> str:
    value = record.get(name, default)
    if value is None and name not in record:
        raise _Fault(f"has no {name}")
    if not isinstance(value, str):
        raise _Fault(f"has a {name} that is no text")
    return value


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise _Fault("has a day that is no date") from None
    if day.isoformat() != text:  # a week, or a date without hyphens
        raise _Fault("has a day that is not written as 2026-01-31")
    return day
