"""Transcripts: the form of RFC 5321 appendix D."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplesson.protocol.replies import Reply
from smtplesson.protocol.transcript import Exchange, Line, Transcript, TranscriptSyntaxError

APPENDIX_D = """
      S: 220 foo.com Simple Mail Transfer Service Ready
      C: EHLO bar.com
      S: 250-foo.com greets bar.com
      S: 250 HELP
      C: DATA
      S: 354 Start mail input; end with <CRLF>.<CRLF>
      C: Subject: The Next Meeting of the Board
      C:
      C:     indented
      C: .
      S: 250 OK
"""


def test_appendix_d_can_be_pasted() -> None:
    transcript = Transcript.parse(APPENDIX_D)
    assert transcript.exchanges() == (
        Exchange((), Reply(220, ("foo.com Simple Mail Transfer Service Ready",))),
        Exchange(("EHLO bar.com",), Reply(250, ("foo.com greets bar.com", "HELP"))),
        Exchange(("DATA",), Reply(354, ("Start mail input; end with <CRLF>.<CRLF>",))),
        Exchange(("Subject: The Next Meeting of the Board", "", "    indented", "."), Reply(250, ("OK",))),
    )


def test_a_strange_line_is_named() -> None:
    with pytest.raises(TranscriptSyntaxError, match=r"Line 2, 'X: b', begins with neither \"C:\""):
        Transcript.parse("C: a\nX: b")


def test_an_unfinished_reply_is_named() -> None:
    with pytest.raises(TranscriptSyntaxError, match="hyphen after the code"):
        Transcript.parse("C: EHLO a\nS: 250-b").exchanges()


lines = st.builds(Line, st.sampled_from("CS"), st.text(st.characters(exclude_characters="\r\n"), max_size=30))


@given(st.lists(lines, max_size=8))
def test_parse_and_str_are_inverses(rows: list[Line]) -> None:
    transcript = Transcript(tuple(rows))
    assert Transcript.parse(str(transcript)) == transcript


@given(st.text(max_size=80))
def test_parse_raises_nothing_but_its_own_error(text: str) -> None:
    with contextlib.suppress(TranscriptSyntaxError):
        Transcript.parse(text)


def test_it_is_a_sequence() -> None:
    transcript = Transcript.parse("C: NOOP\nS: 250 OK")
    assert len(transcript) == 2
    assert transcript[0] == Line("C", "NOOP")
    assert transcript[1:] == Transcript((Line("S", "250 OK"),))


def test_display_escapes_and_says_the_class_in_words() -> None:
    shown = Transcript.parse("C: <script>\x1b\nS: 553 <b>no</b>")._repr_mimebundle_()
    assert "<script>" not in shown["text/html"]
    assert "<b>no" not in shown["text/html"]
    assert "refused" in shown["text/html"]
    assert "\x1b" not in shown["text/plain"]
