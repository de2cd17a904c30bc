"""Lines of the log: what is written, and that nothing which stands on a line can do harm."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplesson.learner import records
from smtplesson.learner.attempts import Attempt, Confidence

DAY = date(2026, 1, 5)
ATTEMPTS = st.builds(
    Attempt,
    question=st.text(max_size=30),
    response=st.text(max_size=30),
    day=st.dates(),
    confidence=st.sampled_from([None, *Confidence]),
    quiz=st.text(max_size=30),
)
WHOLE = {"version": 1, "question": "after-251", "response": "B", "day": "2026-01-05", "confidence": "sure", "quiz": "x"}
AN_ATTEMPT = Attempt("after-251", "B", DAY, Confidence.SURE, "x")


def only(line: bytes) -> Attempt:
    (attempt,) = records.read(line).attempts
    return attempt


def problem(line: bytes) -> str:
    reading = records.read(line)
    assert (reading.attempts, reading.unread) == ((), 1)
    (told,) = reading.problems
    return told


def test_a_line_is_json_that_other_programs_read() -> None:
    line = records.line(AN_ATTEMPT)
    assert (line.count(b"\n"), line[-1:]) == (1, b"\n")
    assert json.loads(line) == WHOLE
    assert only(line) == AN_ATTEMPT


@given(st.lists(ATTEMPTS))
def test_what_is_written_is_read(attempts: list[Attempt]) -> None:
    assert records.read(b"".join(map(records.line, attempts))) == records.ReadRecords(tuple(attempts))


def test_an_attempt_may_hold_what_ends_a_line_elsewhere() -> None:
    attempt = Attempt("q", "a\nb\r\x00\x85\u2028\ud800", DAY)
    assert records.read(records.line(attempt) * 2).attempts == (attempt, attempt)


def test_the_same_line_twice_is_two_attempts() -> None:
    assert records.read(records.line(AN_ATTEMPT) * 2) == records.ReadRecords((AN_ATTEMPT, AN_ATTEMPT))


def test_nothing_is_nothing() -> None:
    assert records.read(b"") == records.ReadRecords()
    assert records.read(b"\n \r\n\n") == records.ReadRecords()


def test_what_an_editor_adds_does_no_harm() -> None:
    line = records.line(AN_ATTEMPT)
    assert records.read(b"\xef\xbb\xbf" + line.replace(b"\n", b"\r\n") + b"\n" + line.rstrip()).attempts == (
        AN_ATTEMPT,
        AN_ATTEMPT,
    )


# --- versions ---


def test_what_may_be_left_out_and_what_is_unknown() -> None:
    assert only(b'{"question": "q", "response": "A", "day": "2026-01-05"}') == Attempt("q", "A", DAY)
    more = json.dumps({**WHOLE, "seconds": 12, "who": {"deep": [1, None]}}).encode()
    assert records.read(more) == records.ReadRecords((AN_ATTEMPT,))


def test_a_newer_version_is_read_as_far_as_it_makes_sense() -> None:
    newer = json.dumps({**WHOLE, "version": 2, "seconds": 12}).encode() + b"\n"
    told = "Line 2 was written by a newer version of the kit; what this version knows of it was read."
    assert records.read(b"\n" + newer) == records.ReadRecords((AN_ATTEMPT,), (told,))
    told = "2 lines, the first of them line 1, were written by a newer version of the kit; "
    assert records.read(newer + newer).problems == (told + "what this version knows of it was read.",)
    other = json.dumps({"version": 2, "question": "q", "answers": ["A"], "day": "2026-01-05"}).encode()
    assert problem(other) == "Line 1 was written by a newer version of the kit (2) and has no response."
    sort_of = json.dumps({**WHOLE, "version": 2, "confidence": "bet"}).encode()
    assert problem(sort_of).startswith("Line 1 was written by a newer version of the kit (2) and has a confidence")


# --- what is no record ---

BROKEN = "Line 1 is not a whole record: it was cut off or damaged."
FAULTS: dict[str, tuple[bytes, str]] = {
    "garbage": (b"RCPT TO:<x>", BROKEN),
    "NULs": (b"\x00" * 512, BROKEN),
    "no UTF-8": (b'{"question": "\xff"}', BROKEN),
    "an encoded surrogate": (b'{"question": "\xed\xa0\x80"}', BROKEN),
    "UTF-16": (json.dumps(WHOLE).encode("utf-16"), BROKEN),
    "two records on a line": (json.dumps(WHOLE).encode() * 2, BROKEN),
    "a number of 5,000 digits": (b"1" * 5_000, BROKEN),
    "a record that is too long": (b'"' + b"x" * 65_535 + b'"', "Line 1 has 65537 bytes; a line of a log has 65536 at"),
    "deep nesting": (b"[" * 60_000, "Line 1 is nested too deeply."),
    "deep nesting inside": (b'{"question":' * 5_000, "Line 1 is nested too deeply."),
    "a number": (b"251", "Line 1 is no record of an answer."),
    "null": (b"null", "Line 1 is no record of an answer."),
    "a list": (b"[1, 2]", "Line 1 is no record of an answer."),
    "an empty record": (b"{}", "Line 1 has no question."),
}
FIELDS: dict[str, tuple[dict[str, object], str]] = {
    "a number for a question": ({"question": 251}, "has a question that is no text"),
    "null for a question": ({"question": None}, "has a question that is no text"),
    "a list for a response": ({"response": ["A"]}, "has a response that is no text"),
    "a number for a day": ({"day": 20260105}, "has a day that is no text"),
    "a day that is none": ({"day": "2026-02-30"}, "has a day that is no date"),
    "markup for a day": ({"day": "<b>"}, "has a day that is no date"),
    "a week for a day": ({"day": "2026-W01-1"}, "has a day that is not written as 2026-01-31"),
    "digits for a day": ({"day": "20260105"}, "has a day that is not written as 2026-01-31"),
    "an unknown confidence": ({"confidence": "bet"}, "has a confidence that is none of guess, think so, sure"),
    "a list for a confidence": ({"confidence": ["sure"]}, "has a confidence that is none of guess, think so, sure"),
    "null for a quiz": ({"quiz": None}, "has a quiz that is no text"),
    "a text for a version": ({"version": "1"}, "has a version that is none"),
    "true for a version": ({"version": True}, "has a version that is none"),
    "a negative version": ({"version": -1}, "has a version that is none"),
    "a huge version": ({"version": 10**300}, "has a version that is none"),
    "half a version": ({"version": 1.5}, "has a version that is none"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_line_that_is_no_record(fault: str) -> None:
    line, told = FAULTS[fault]
    assert problem(line).startswith(told)


@pytest.mark.parametrize("fault", FIELDS)
def test_a_field_that_makes_no_sense(fault: str) -> None:
    fields, told = FIELDS[fault]
    assert problem(json.dumps({**WHOLE, **fields}).encode()) == f"Line 1 {told}."


@pytest.mark.parametrize("fault", FAULTS)
def test_a_bad_line_takes_no_other_with_it(fault: str) -> None:
    line, told = FAULTS[fault]
    reading = records.read(records.line(AN_ATTEMPT) + line + b"\n" + records.line(AN_ATTEMPT))
    assert reading.attempts == (AN_ATTEMPT, AN_ATTEMPT)
    assert [p[:9] for p in reading.problems] == [told.replace("Line 1", "Line 2")[:9]]


@given(st.binary(max_size=200))
def test_any_bytes_are_read(data: bytes) -> None:
    reading = records.read(data)
    assert (len(reading.attempts), len(reading.problems)) == (0, reading.unread)


@given(st.lists(st.sampled_from([*b'{}[]":,\n\\u0', *b"version question response day 2026-01-05"])).map(bytes))
def test_anything_like_json_is_read(data: bytes) -> None:
    records.read(data)


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | st.text(), lambda c: st.lists(c) | c))
def test_any_value_in_any_field_is_read(value: object) -> None:
    for field in WHOLE:
        reading = records.read(json.dumps({**WHOLE, field: value}).encode())
        assert len(reading.attempts) + reading.unread == 1


@pytest.mark.parametrize(("deep", "fits"), [(99, True), (100, False)])
def test_how_deep_a_line_may_be(deep: int, fits: bool) -> None:
    inside = "[" * deep + "]" * deep
    line = json.dumps(WHOLE).replace("{", r'{"\"]}": ' + inside + ", ").encode()
    assert records.read(line).attempts == ((AN_ATTEMPT,) if fits else ())


def test_brackets_in_an_answer_are_not_deep() -> None:
    attempt = Attempt("q", '"[{' * 5_000, DAY)
    assert only(records.line(attempt)) == attempt


def test_endless_bad_lines_are_counted_and_not_listed() -> None:
    reading = records.read(b"x\n" * 100_000)
    assert reading.unread == 100_000
    assert len(reading.problems) == 101
    assert reading.problems[-1] == "99900 more lines give no answer."


def test_what_would_not_be_read_is_known_before_it_is_written() -> None:
    assert records.is_readable(AN_ATTEMPT)
    assert records.is_readable(Attempt("q", "x" * 60_000, DAY))
    assert not records.is_readable(Attempt("q", "x" * 70_000, DAY))
    assert not records.is_readable(Attempt("q", "\ud83d\ude00", DAY))  # two halves that JSON makes one character of


def test_a_text_without_end_is_passed_over_once() -> None:
    row = b"[" * 101 + b'"' + b'\\"' * 1000
    assert records._STRING.sub(b"", row) == b"[" * 101  # tried again from each quote it would take its length squared
    assert records.read(row).problems == ("Line 1 is nested too deeply.",)
