"""The portable code: every log comes back from it, it is short, and whatever else is pasted is told apart."""

from __future__ import annotations

import base64
import hashlib
import random
import tracemalloc
import zlib
from collections.abc import Callable
from datetime import date, timedelta
from importlib import resources

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from smtplesson.learner import portable
from smtplesson.learner.attempts import Attempt, Confidence
from smtplesson.learner.portable import PortableCodeError, pack, unpack
from smtplesson.questions.bank import QuestionBank

DAY = date(2026, 1, 5)
#: The dictionary of version 1. It must never change, or the codes that learners have would say something else.
FROZEN = "598aea00e9d3f2e04429894c1f0fd6422b1185000234b7733616b9f0b2620356"
BANK = QuestionBank.load()
LESSONS = sorted({question.lesson for question in BANK.values()})
NAMES = (resources.files("smtplesson") / "data" / "portable-1.txt").read_text(encoding="utf-8").splitlines()

TEXTS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        [*NAMES, "", "~", "x~", "x~0", "x~007", "x~1", "~1", "x~1~2", "x~-1", "x~1\u0661", "x~" + "9" * 30]
    ),
    st.integers(0, 10**20).map("reply-to-rcpt~{}".format),
)
ATTEMPTS = st.builds(
    Attempt,
    question=TEXTS,
    response=TEXTS,
    day=st.dates(),
    confidence=st.sampled_from([None, *Confidence]),
    quiz=TEXTS,
)
SOME = (
    Attempt("after-251", "B", DAY, Confidence.SURE, "05-251-or-553"),
    Attempt("reply-to-rcpt~12345", "553", DAY + timedelta(3), Confidence.GUESS, "review"),
    Attempt("after-251", "A", DAY + timedelta(3)),
)


def typical(seed: int, families: int = 12) -> tuple[Attempt, ...]:
    """200 answers of 30 days, half of them to generated questions; every quiz, seed and confidence at random."""
    chance = random.Random(seed)
    made = [f"a-family-of-questions-{number}" for number in range(families)]
    bank = sorted(BANK)
    days = sorted(chance.randrange(30) for _ in range(200))
    return tuple(
        Attempt(
            f"{chance.choice(made)}~{chance.randrange(100_000)}" if number % 2 else chance.choice(bank),
            chance.choice("ABCD") if number % 5 else chance.choice(["ACD", "CABD", "553", "5.1.3", "551", "<a@b.c>"]),
            DAY + timedelta(day),
            chance.choice([None, *Confidence]),
            chance.choice([*LESSONS, "review", "my-own-exercise"]),
        )
        for number, day in enumerate(days)
    )


def fails(text: str) -> str:
    with pytest.raises(PortableCodeError) as error:
        unpack(text)
    return str(error.value)


# --- there and back ---


@given(st.lists(ATTEMPTS, max_size=30))
@example([])
@example([Attempt("x~1\u0661", "x~007", DAY, None, "x~1"), Attempt("x~007", "x~", DAY), Attempt("x~", "", DAY)])
@example([Attempt("\ud83d", "\ud83d\ude00", DAY, None, "\udcff")])
@example([Attempt("", "", date.max), Attempt("", "", date.min), Attempt("", "", date.max)])
def test_every_log_comes_back(attempts: list[Attempt]) -> None:
    assert unpack(pack(attempts)) == tuple(attempts)


@pytest.mark.parametrize("seed", range(5))
def test_two_hundred_answers_fit_into_2300_characters(seed: int) -> None:
    """Names that came after the dictionary travel at the cost of their own length."""
    attempts = typical(seed)
    code = pack(attempts)
    assert unpack(code) == attempts
    assert len(code) <= 2_300
    assert max(map(len, code.split("\n"))) <= 76
    assert code.isascii()


def test_ten_thousand_answers_come_back() -> None:
    attempts = tuple(attempt for seed in range(50) for attempt in typical(seed))
    assert unpack(pack(attempts)) == attempts


def test_what_is_too_much_for_a_text_is_refused() -> None:
    told = "^2 answers are too many for a portable code. Hand in the log itself.$"
    with pytest.raises(PortableCodeError, match=told):
        pack([Attempt("q", "x" * 600_000, DAY)] * 2)
    assert unpack(pack([Attempt("q", "x" * 600_000, DAY)])) == (Attempt("q", "x" * 600_000, DAY),)


# --- the format, written by hand from its description ---


def stored(raw: bytes) -> bytes:
    """A deflate stream that is not compressed (RFC 1951 section 3.2.4), so that no compressor is needed."""
    return b"\x01" + len(raw).to_bytes(2, "little") + (len(raw) ^ 0xFFFF).to_bytes(2, "little") + raw


def code(raw: bytes, *, body: Callable[[bytes], bytes] = stored) -> str:
    data = body(raw)
    sealed = zlib.crc32(data).to_bytes(4, "big") + data
    return f"SL1:{base64.b64encode(sealed).decode().rstrip('=')}."


B = NAMES.index("B") + 1  # place 0 is the empty text


def test_a_code_that_was_written_by_hand() -> None:
    place = len(NAMES) + 1  # of the first new name
    assert B < 128 <= place < 2**14 - 1, "how many bytes the numbers below have"
    first, second = ((place & 127 | 128, place >> 7), ((place + 1) & 127 | 128, (place + 1) >> 7))
    assert date(2026, 1, 5).toordinal() == 739_621  # 2025 * 365 + 491 leap days + 5
    day = 4 * (2 * 739_621) + 3
    assert day == 5_916_971
    on_the_first = [day & 127 | 128, day >> 7 & 127 | 128, day >> 14 & 127 | 128, day >> 21]
    raw = bytes(
        [
            *(2, 2, *b"q~", 3, *"€".encode()),
            3,  # attempts
            *(*first, *first, *second),  # q~ with a seed, q~ alone, and € for a question
            *(B, 0, *second),  # B, the empty text, €
            *on_the_first,  # sure
            *(4 * 2 + 0,),  # a day later, no confidence
            *(4 * 3 + 1,),  # two days before that, a guess
            *(0, 0, B),  # the quizzes
            *(129, 1, 0),  # the seeds of the two: 128 + 1, none
        ]
    )
    assert unpack(code(raw)) == (
        Attempt("q~128", "B", date(2026, 1, 5), Confidence.SURE),
        Attempt("q~", "", date(2026, 1, 6)),
        Attempt("€", "€", date(2026, 1, 4), Confidence.GUESS, "B"),
    )


def test_the_dictionary_never_changes() -> None:
    text = "".join(f"{name}\n" for name in NAMES)
    assert hashlib.sha256(text.encode()).hexdigest() == FROZEN
    assert len(set(NAMES)) == len(NAMES)
    assert all(name.split() == [name] for name in NAMES)


# --- what happens to a code on its way ---


MAILS: dict[str, Callable[[str], str]] = {
    "one line": lambda code: code.replace("\n", ""),
    "Windows": lambda code: code.replace("\n", "\r\n"),
    "quoted": lambda code: "\n".join(f"> {line}" for line in code.split("\n")),
    "quoted twice": lambda code: "\n".join(f">> | {line}  " for line in code.split("\n")),
    "wrapped at 20": lambda code: "\n".join(code.replace("\n", "")[i : i + 20] for i in range(0, len(code), 20)),
    "indented": lambda code: code.replace("\n", "\n\t\u00a0"),
    "among words": lambda code: f"Dear teacher, here it is:\n\n{code}\n\nBest. Regards: A student.",
    "invisible": lambda code: "\ufeff" + code.replace("\n", "\u200b\u00ad\n"),
    "without its full stop": lambda code: code.rstrip("."),
    "in inverted commas": lambda code: f'"{code}"',
}


@pytest.mark.parametrize("mail", MAILS)
def test_mail_programs_do_no_harm(mail: str) -> None:
    attempts = typical(1)
    assert unpack(MAILS[mail](pack(attempts))) == attempts


def test_every_changed_character_is_found() -> None:
    whole = pack(SOME)
    for place in range(4, len(whole) - 1):
        for other in "Aa9+ü-.":
            if whole[place] not in (other, "\n"):
                changed = whole[:place] + other + whole[place + 1 :]
                assert fails(changed).startswith("The portable code is damaged: its checksum does not agree."), place


def test_swapped_lines_are_found() -> None:
    lines = pack(typical(1)).split("\n")
    assert "damaged" in fails("\n".join([lines[0], lines[2], lines[1], *lines[3:]]))
    assert "damaged" in fails("\n".join([lines[0], *lines[2:]]))


def test_a_code_that_is_cut_off_is_told_anywhere() -> None:
    whole = pack(SOME)
    for end in range(4, len(whole) - 1):
        assert fails(whole[:end]) == (
            "The portable code is cut off, or is none: its end is missing. Copy it again, from SL to the full stop."
        ), end


@pytest.mark.parametrize(
    "text", ["", " ", "hello", "251 ok", "SL", "SL1", "SL1.", "L1:abc.", "SL0:abc.", "SL01:abc.", "\x00"]
)
def test_what_is_no_code_is_told(text: str) -> None:
    assert fails(text) == "This is no portable code: one begins with SL1: and ends with a full stop."


def test_two_codes_at_once_are_told() -> None:
    assert fails(pack(SOME) + "\n" + pack(SOME)) == "There are 2 portable codes here. Paste one at a time."


def test_a_newer_version_is_told() -> None:
    newer = pack(SOME).replace("SL1:", "SL12:")
    assert fails(newer) == (
        "A newer version of the kit wrote this portable code (SL12; this one reads SL1). Read it with that version."
    )


# --- hostile codes, whose checksum is right ---


def deflated(raw: bytes) -> bytes:
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    return deflate.compress(raw) + deflate.flush()


HUGE = b"\xff" * 8 + b"\x7f"  # 2 ** 63 - 1
HOSTILE: dict[str, str] = {
    "nothing": code(b""),
    "attempts without end": code(b"\x00" + HUGE),
    "names without end": code(HUGE),
    "a name without end": code(b"\x01" + HUGE + b"x"),
    "a number without end": code(b"\x00" + b"\xff" * 100),
    "a number of too many bytes": code(b"\x00" + b"\x80" * 9 + b"\x00"),
    "a name that is no UTF-8": code(b"\x01\x01\xff\x00"),
    "a place that is none": code(b"\x00\x01" + b"\xff\x7f" + b"\x00\x1c\x00"),
    "no day": code(b"\x00\x01\x00\x00\x00\x00"),
    "a day before all": code(b"\x00\x01\x00\x00\x04\x00"),
    "a day after all": code(b"\x00\x01\x00\x00" + HUGE + b"\x00"),
    "too few columns": code(b"\x00\x01\x00"),
    "more behind the end": code(b"\x00\x00\x00"),
    "a stream that is none": code(b"\xff\xff\xff", body=bytes),
    "half a stream": code(b"\x00\x00", body=lambda raw: stored(raw)[:-1]),
    "two streams": code(b"\x00\x00", body=lambda raw: stored(raw) * 2),
    "a long name a thousand times": code(
        b"\x01\xa0\x8d\x06"
        + b"x" * 100_000
        + b"\x90\x4e"
        + (bytes([(len(NAMES) + 1) & 127 | 128, (len(NAMES) + 1) >> 7])) * 10_000
        + b"\x08" * 30_000,
        body=deflated,
    ),
}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_code_is_refused(hostile: str) -> None:
    assert fails(HOSTILE[hostile]) == "This portable code makes no sense, though its checksum agrees."


def test_a_code_that_unpacks_to_a_hundred_megabytes_takes_few() -> None:
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = b"".join(deflate.compress(b"\x00" * 1_000_000) for _ in range(100)) + deflate.flush()
    bomb = code(b"", body=lambda raw: body)
    tracemalloc.start()
    assert fails(bomb) == "This portable code makes no sense, though its checksum agrees."
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000


def test_an_endless_text_is_refused_before_it_is_looked_at() -> None:
    assert fails("SL1:" * 2_000_000) == "This text has 8000000 characters; a portable code is shorter."


@given(st.text() | st.text(alphabet="SL1:.Aa0+/ >\n"))
def test_any_text_gives_attempts_or_a_clear_error(text: str) -> None:
    with pytest.raises(PortableCodeError):
        unpack(text)


@given(st.binary(max_size=60))
def test_any_numbers_give_attempts_or_a_clear_error(raw: bytes) -> None:
    try:
        attempts = unpack(code(raw))
    except PortableCodeError:
        return
    assert unpack(pack(attempts)) == attempts


@pytest.mark.parametrize("each", [Attempt("q~1", "A", DAY), Attempt("a-long-name", "a long answer", DAY)])
def test_what_can_be_written_can_be_read(each: Attempt, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portable, "LARGEST", 1_000)
    for count in range(1_000):
        try:
            written = pack([each] * count)
        except PortableCodeError:
            break
        assert len(unpack(written)) == count
    assert 30 < count < 200  # the one has five bytes each, the other 24 characters
