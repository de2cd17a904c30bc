"""A learner's whole log as a short text with a checksum, to paste into the next session or to hand in.

A code is `SL`, the version, `:`, base64, and a full stop: `SL1:rxZ...Q.`. The base64, without its padding, holds four
bytes of CRC-32 (most significant first) of all bytes behind them, and these are a raw deflate stream (RFC 1951) of
numbers. A number has seven bits a byte, the lowest first; the highest bit says that another byte follows. In order:

- how many names follow that the dictionary lacks; for each its length in bytes and its UTF-8;
- how many attempts there are; then column by column, with an entry for each attempt:
  - the question's name. `family~123` is the name `family~` and a seed;
  - the response's name;
  - 4 times the days since the attempt before (an even number 2n for n, an odd one 2n - 1 for -n), plus the
    confidence (0 for none, then guess, think so, sure). The first attempt counts from the day 0001-01-01 less one;
  - the name of the quiz;
- for each question's name that ends with `~`: 0 where no seed follows it, else the seed plus 1.

A name is its place in the dictionary (0 is the empty text, then the lines of `data/portable-1.txt`), and behind the
dictionary its place among those that came with the code. That file is part of the format and never changes; names
that are not in it cost their own length once. A new dictionary makes a new version.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache

from smtplesson import content
from smtplesson.learner.attempts import Attempt, Confidence

VERSION = 1
LARGEST = 1_000_000  # bytes unpacked, and characters of all the attempts' texts
_WIDTH = 76  # RFC 2045 section 6.8
_CONFIDENCES = (None, *Confidence)
_START = re.compile(r"(?<![A-Za-z0-9+/])SL([1-9][0-9]{0,3}):")
_SEEDED = re.compile(r"(.*~)(0|[1-9][0-9]{0,17})", re.DOTALL)
_ADDED = re.compile(r"[\s>|\u00ad\u200b-\u200d\u2060\ufeff]+")  # by mail programs: wraps, quote marks, soft hyphens


class PortableCodeError(ValueError):
    """A text that is no portable code, or one that is not whole: the message says which, and what to do."""


_DAMAGED = "The portable code is damaged: its checksum does not agree. Copy it again, from SL to the full stop."
_CUT_OFF = "The portable code is cut off, or is none: its end is missing. Copy it again, from SL to the full stop."


def pack(attempts: Iterable[Attempt]) -> str:
    """Write attempts as a portable code, in lines of 76 characters.

    Raises PortableCodeError where they are too many for a text to paste.
    """
    kept = tuple(attempts)
    raw = _numbers(kept)
    if max(len(raw), _size(kept)) > LARGEST:
        raise PortableCodeError(f"{len(kept)} answers are too many for a portable code. Hand in the log itself.")
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS, 9)
    body = deflate.compress(raw) + deflate.flush()
    text = base64.b64encode(zlib.crc32(body).to_bytes(4, "big") + body).decode("ascii").rstrip("=")
    code = f"SL{VERSION}:{text}."
    return "\n".join(code[start : start + _WIDTH] for start in range(0, len(code), _WIDTH))


def unpack(text: str) -> tuple[Attempt, ...]:
    """Read the portable code that stands anywhere in a text; line breaks and quote marks inside it do no harm.

    Raises PortableCodeError where there is none, or it is damaged, cut off, or written by a newer version.
    """
    if len(text) > 4 * LARGEST:
        raise PortableCodeError(f"This text has {len(text)} characters; a portable code is shorter.")
    starts = list(_START.finditer(text))
    if not starts:
        raise PortableCodeError(f"This is no portable code: one begins with SL{VERSION}: and ends with a full stop.")
    if len(starts) > 1:
        raise PortableCodeError(f"There are {len(starts)} portable codes here. Paste one at a time.")
    if int(starts[0][1]) > VERSION:
        raise PortableCodeError(
            f"A newer version of the kit wrote this portable code (SL{starts[0][1]}; this one reads SL{VERSION}). "
            "Read it with that version."
        )
    inside, full_stop, _ = text[starts[0].end() :].partition(".")
    try:
        data = base64.b64decode(_padded(_ADDED.sub("", inside)), validate=True)
    except ValueError:
        raise PortableCodeError(_DAMAGED if full_stop else _CUT_OFF) from None
    if len(data) < 4 or zlib.crc32(data[4:]).to_bytes(4, "big") != data[:4]:
        raise PortableCodeError(_DAMAGED if full_stop else _CUT_OFF)
    try:
        return _attempts(_inflated(data[4:]), _names(int(starts[0][1])))
    except (zlib.error, ValueError, OverflowError, IndexError):
        raise PortableCodeError("This portable code makes no sense, though its checksum agrees.") from None


@cache
def _names(version: int) -> tuple[str, ...]:
    return ("", *content.text(content.KIT / f"portable-{version}.txt").split())


def _size(attempts: Sequence[Attempt]) -> int:
    """The characters of all texts: a name counts as often as it is used."""
    return sum(len(a.question) + len(a.response) + len(a.quiz) for a in attempts)


# --- writing ---


def _numbers(attempts: Sequence[Attempt]) -> bytes:
    places = {name: place for place, name in enumerate(_names(VERSION))}
    known = len(places)
    seeds: list[int] = []

    def place(name: str) -> int:
        return places.setdefault(name, len(places))

    def question(id: str) -> int:
        seeded = _SEEDED.fullmatch(id)
        name = seeded[1] if seeded else id
        if name.endswith("~"):
            seeds.append(int(seeded[2]) + 1 if seeded else 0)
        return place(name)

    columns = [
        *(question(attempt.question) for attempt in attempts),
        *(place(attempt.response) for attempt in attempts),
        *_days_and_confidences(attempts),
        *(place(attempt.quiz) for attempt in attempts),
        *seeds,
    ]
    new = [name.encode("utf-8", "surrogatepass") for name in list(places)[known:]]
    head = _number(len(new)) + b"".join(_number(len(name)) + name for name in new) + _number(len(attempts))
    return head + b"".join(map(_number, columns))


def _days_and_confidences(attempts: Sequence[Attempt]) -> Iterator[int]:
    before = 0
    for attempt in attempts:
        days = attempt.day.toordinal() - before
        before += days
        yield 4 * (2 * days if days >= 0 else -2 * days - 1) + _CONFIDENCES.index(attempt.confidence)


def _number(value: int) -> bytes:
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    found.append(value)
    return bytes(found)


# --- reading ---


class _Nonsense(ValueError):
    """Numbers that no `pack` writes."""


def _padded(text: str) -> str:
    return text + "=" * (-len(text) % 4)


def _inflated(body: bytes) -> bytes:
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    raw = inflate.decompress(body, LARGEST + 1)  # no more, however much a hostile code would give
    if len(raw) > LARGEST or not inflate.eof or inflate.unused_data:
        raise _Nonsense
    return raw


class _Reader:
    """Takes numbers and texts off some bytes; an IndexError where they end too early."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def left(self) -> int:
        return len(self._data) - self._at

    def number(self) -> int:
        value = 0
        for shift in range(0, 63, 7):
            byte = self._data[self._at]
            self._at += 1
            value |= (byte & 127) << shift
            if byte < 128:
                return value
        raise _Nonsense

    def numbers(self, count: int) -> list[int]:
        return [self.number() for _ in range(count)]

    def text(self) -> str:
        length = self.number()
        start = self._at
        self._at += length  # perhaps far behind the end: then no number follows
        return self._data[start : self._at].decode("utf-8", "surrogatepass")


def _attempts(raw: bytes, known: tuple[str, ...]) -> tuple[Attempt, ...]:
    reader = _Reader(raw)
    names = [*known, *(reader.text() for _ in range(reader.number()))]
    count = reader.number()
    questions = [names[place] for place in reader.numbers(count)]
    responses = [names[place] for place in reader.numbers(count)]
    days = reader.numbers(count)
    quizzes = [names[place] for place in reader.numbers(count)]
    seeds = [reader.number() if name.endswith("~") else 0 for name in questions]
    if reader.left:
        raise _Nonsense
    if sum(map(len, [*questions, *responses, *quizzes])) > LARGEST:  # a long name, used a thousand times
        raise _Nonsense
    found = []
    ordinal = 0
    for name, seed, response, packed, quiz in zip(questions, seeds, responses, days, quizzes, strict=True):
        step, confidence = divmod(packed, 4)
        ordinal += step // 2 if step % 2 == 0 else -(step + 1) // 2
        question = f"{name}{seed - 1}" if seed else name
        found.append(Attempt(question, response, date.fromordinal(ordinal), _CONFIDENCES[confidence], quiz))
    return tuple(found)
