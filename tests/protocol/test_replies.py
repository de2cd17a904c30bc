"""Replies against RFC 5321 section 4.2, RFC 2034 section 4 and RFC 3463 section 2."""

from __future__ import annotations

import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplesson.protocol import display
from smtplesson.protocol.codes import CLASSES, COMMAND_CODES, allowed_codes, is_well_formed, phrase, reply_class
from smtplesson.protocol.grammar import diagnose
from smtplesson.protocol.replies import EnhancedCode, Reason, Reply, ReplySyntaxError
from smtplesson.protocol.transcript import Transcript

#: The 24 codes of RFC 5321 section 4.2.3, in its order.
RFC5321_CODES = [
    *(211, 214, 220, 221, 250, 251, 252, 354, 421, 450, 451, 452),
    *(455, 500, 501, 502, 503, 504, 550, 551, 552, 553, 554, 555),
]


def test_every_code_of_section_4_2_3_has_a_phrase() -> None:
    assert all(map(phrase, RFC5321_CODES))


def test_every_code_that_a_command_may_get_has_a_phrase() -> None:
    assert all(phrase(code) for allowed in COMMAND_CODES.values() for code in allowed)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (250, "Requested mail action okay, completed"),
        (251, "User not local; will forward to <forward-path>"),
        (252, "Cannot VRFY user, but will accept message and attempt delivery"),
        (501, "Syntax error in parameters or arguments"),
        (550, "Requested action not taken: mailbox unavailable"),
        (551, "User not local; please try <forward-path>"),
        (553, "Requested action not taken: mailbox name not allowed"),
        (556, "Domain does not accept mail"),  # RFC 7504 section 4
        (453, "You have no mail"),  # RFC 2645 section 7
        (422, ""),  # RFC 5248 section 2.4 names it without a text
        (530, "Authentication required, or Must issue a STARTTLS command first"),  # RFC 4954 section 6, RFC 3207
    ],
)
def test_phrases_are_the_rfcs(code: int, words: str) -> None:
    assert phrase(code) == words


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (251, "Positive Completion"),
        (354, "Positive Intermediate"),
        (450, "Transient Negative Completion"),
        (553, "Permanent Negative Completion"),
        (299, "Positive Completion"),  # unknown: by the first digit only (section 4.3.2)
        (588, "Permanent Negative Completion"),
    ],
)
def test_class_is_read_from_the_first_digit_alone(code: int, name: str) -> None:
    assert reply_class(code).name == name


@pytest.mark.parametrize("code", [100, 199, 600, 999])
def test_no_class_outside_two_to_five(code: int) -> None:
    with pytest.raises(ValueError, match="first digit must be 2, 3, 4 or 5"):
        reply_class(code)


def test_every_class_has_another_word_and_sign() -> None:
    assert len({c.word for c in CLASSES.values()}) == len({c.sign for c in CLASSES.values()}) == 4


@pytest.mark.parametrize(
    ("code", "right"),
    [(200, True), (250, True), (259, True), (260, False), (299, False), (559, True), (571, False), (199, False)],
)
def test_section_4_2_grammar_of_codes(code: int, right: bool) -> None:
    assert is_well_formed(code) is right


#: RFC 5321 section 4.3.2, copied by hand, command by command, in its order.
SECTION_4_3_2 = {
    "(connect)": {220, 554},
    "EHLO": {250, 504, 550, 502},
    "HELO": {250, 504, 550, 502},
    "MAIL": {250, 552, 451, 452, 550, 553, 503, 455, 555},
    "RCPT": {250, 251, 550, 551, 552, 553, 450, 451, 452, 503, 455, 555},
    "DATA": {354, 503, 554},
    "(data)": {250, 552, 554, 451, 452, 450, 550},
    "RSET": {250},
    "VRFY": {250, 251, 252, 550, 551, 553, 502, 504},
    "EXPN": {250, 252, 550, 500, 502, 504},
    "HELP": {211, 214, 502, 504},
    "NOOP": {250},
    "QUIT": {221},
}
#: What each extension adds: for a command, or as a command of its own.
EXTENSIONS = {
    "RFC 7504 sections 3 and 4": {"(connect)": {521}, "RCPT": {556}},
    "RFC 3207 section 4": {"STARTTLS": {220, 454}}
    | {command: {530} for command in ["HELO", "MAIL", "RCPT", "DATA", "RSET", "VRFY", "EXPN", "HELP", "AUTH"]},
    "RFC 4954 sections 4 and 6": {"AUTH": {235, 334, 432, 454, 503, 504, 534, 535, 538}}
    | {command: {530} for command in ["MAIL", "RCPT", "DATA", "VRFY", "EXPN", "HELP"]},
    # section 4.2.4: 502 for a command that is not implemented, 503 for one out of its order
    "RFC 5321 section 4.2.4": {"AUTH": {502}, "STARTTLS": {502, 503}},
}


def test_the_codes_of_each_command_are_those_of_the_rfcs() -> None:
    wanted = {command: set(codes) for command, codes in SECTION_4_3_2.items()}
    for added in EXTENSIONS.values():
        for command, codes in added.items():
            wanted.setdefault(command, set()).update(codes)
    assert {command: set(codes) for command, codes in COMMAND_CODES.items()} == wanted
    assert allowed_codes("noop") == {250, 500, 501, 421}  # section 4.3.2: any command may get these three
    assert allowed_codes("TURN") == {502, 503, 500, 501, 421}


def test_251_and_553_stand_where_section_4_3_2_lists_them() -> None:
    assert {command for command, codes in COMMAND_CODES.items() if 251 in codes} == {"RCPT", "VRFY"}
    assert {command for command, codes in COMMAND_CODES.items() if 553 in codes} == {"MAIL", "RCPT", "VRFY"}
    assert {500, 501, 421} <= allowed_codes("NOOP")


def test_a_multiline_reply_on_the_wire() -> None:
    reply = Reply(250, ("foo.com greets bar.com", "SIZE", "HELP"))
    assert bytes(reply) == b"250-foo.com greets bar.com\r\n250-SIZE\r\n250 HELP\r\n"
    assert str(reply) == "250-foo.com greets bar.com\n250-SIZE\n250 HELP"
    assert Reply.parse(bytes(reply)) == reply


def test_an_enhanced_code_stands_before_each_line() -> None:
    """The example of RFC 2034 section 4."""
    text = "551-5.7.1 Forwarding to remote hosts disabled\n551 5.7.1 Select another host to act as your forwarder"
    reply = Reply.parse(text)
    assert reply.enhanced == EnhancedCode(5, 7, 1)
    assert reply.lines == ("Forwarding to remote hosts disabled", "Select another host to act as your forwarder")
    assert str(reply) == text


@pytest.mark.parametrize("text", ["251 4.1.4 Wrong class", "250 5.1.3", "553-5.1.3 one\n553 5.1.7 two", "250 2.1.05 x"])
def test_what_is_no_enhanced_code_of_this_reply_stays_in_the_text(text: str) -> None:
    assert Reply.parse(text).enhanced is None
    assert str(Reply.parse(text)) == text


def test_text_like_a_code_is_text() -> None:
    """Section 4.2.1: `250-234 Text beginning with numbers`."""
    assert Reply.parse("250-First line\n250-234 Text beginning with numbers\n250 The last line").lines[1] == (
        "234 Text beginning with numbers"
    )


@pytest.mark.parametrize("wire", [b"250\r\n", b"250 \r\n", "250"])
def test_a_bare_code_is_read(wire: bytes | str) -> None:
    """Section 4.2: clients should process a code without text, with or without the space."""
    assert Reply.parse(wire) == Reply(250)


def test_a_reply_without_text_has_the_space_on_the_wire() -> None:
    assert bytes(Reply(250)) == b"250 \r\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Line 1 of the reply, '', does not begin with three digits"),
        ("hello", "does not begin with three digits"),
        ("25", "does not begin with three digits"),
        ("2500 x", "does not begin with three digits"),
        ("250-a\n251 b", "Line 2 has code 251, line 1 has 250"),
        ("250 a\n250 b", "Line 1 of 2 must have a hyphen after the code"),
        ("250-a", "Line 1 of 1 must have a space after the code"),
        ("550 a\rb", "Line 1 of the reply, '550 a\\rb', holds a CR that ends no line"),
    ],
)
def test_what_is_no_reply_is_told(text: str, message: str) -> None:
    with pytest.raises(ReplySyntaxError) as caught:
        Reply.parse(text)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("code", "lines", "message"),
    [
        (25, ("x",), "three digits"),
        (250, (), "one line at least"),
        *((250, (f"a{ending}b",), "no line break") for ending in ("\r\n", "\r", "\n")),
    ],
)
def test_values_that_are_no_reply(code: int, lines: tuple[str, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Reply(code, lines)


texts = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=40)
enhanced_codes = st.builds(EnhancedCode, st.just(5), st.integers(0, 999), st.integers(0, 999))


@given(st.integers(500, 559), st.lists(texts, min_size=1, max_size=4), st.none() | enhanced_codes)
def test_parse_reads_what_bytes_wrote(code: int, lines: list[str], enhanced: EnhancedCode | None) -> None:
    wire = bytes(Reply(code, tuple(lines), enhanced))
    assert bytes(Reply.parse(wire)) == wire


@given(st.text(max_size=60))
def test_parse_raises_nothing_but_its_own_error(text: str) -> None:
    with contextlib.suppress(ReplySyntaxError):
        Reply.parse(text)


@pytest.mark.parametrize("text", ["5.1", "1.1.1", "5.1.1.1", "5.01.1", "x", "", "5.1.1000"])
def test_no_enhanced_code(text: str) -> None:
    with pytest.raises(ValueError, match="is no enhanced status code"):
        EnhancedCode.parse(text)


def test_the_reason_is_not_part_of_the_value() -> None:
    assert Reply(250, ("OK",), reason=Reason("why")) == Reply(250, ("OK",))
    assert "why" not in repr(Reply(250, ("OK",), reason=Reason("why")))


def test_repr_rebuilds_the_value() -> None:
    reply = Reply.parse("553 5.1.3 no")
    assert eval(repr(reply)) == reply


def unseen(html: str) -> str:
    """The HTML without the words that are read out and not drawn."""
    return re.sub(r'<span class="sl-unseen"[^>]*>[^<]*</span>', "", html)


def test_display_draws_a_fault_that_can_draw_itself() -> None:
    fault = diagnose("jones@foo..com")
    shown = Reply(553, ("no",), reason=Reason("why", "RFC 5321 section 4.2.3", fault))._repr_mimebundle_()
    assert "        jones@foo..com\n" + " " * 8 + " " * 10 + "^\n" in shown["text/plain"]
    assert re.search(r"jones@foo\.<mark[^>]*>\.</mark>com</div>", unseen(shown["text/html"]))
    assert "Marked: character 11. Domain: RFC 5321 section 4.1.2" in shown["text/html"]


def test_display_tells_any_other_fault_and_escapes_it() -> None:
    shown = Reply(553, ("no",), reason=Reason("why", "", ValueError("<b>\nhere")))._repr_mimebundle_()["text/html"]
    assert "why<br>&lt;b&gt;<br>here</div>" in shown


def test_display_says_the_class_in_words_and_escapes() -> None:
    reply = Reply(550, ("<script>alert(1)</script> \x1b[2J",), reason=Reason("<b>why</b>", "RFC 5321 section 3.3"))
    shown = reply._repr_mimebundle_()
    assert "5yz refused" in shown["text/plain"]
    assert "\x1b" not in shown["text/plain"]
    assert "<script>" not in shown["text/html"]
    assert "&lt;b&gt;why" in shown["text/html"]
    assert "<b>550</b>" in shown["text/html"]
    assert "✗ refused" in shown["text/html"]


def test_a_long_list_of_extensions_is_folded_wherever_it_is_shown() -> None:
    offered = "250-foo.com greets bar.com\n250-8BITMIME\n250-SIZE\n250 DSN"
    said = "\n".join(["C: EHLO bar.com", *(f"S: {row}" for row in offered.split("\n"))])
    for shown in (
        Reply.parse(offered)._repr_mimebundle_()["text/html"],
        Transcript.parse(said)._repr_mimebundle_()["text/html"],
        display.dialogue(said),
    ):
        folded = shown[shown.index("<details>") : shown.index("</details>")]
        assert "<summary>offers 3 extensions</summary>250-8BITMIME<br>250-SIZE<br>250 DSN" in folded
    assert "<details>" not in display.dialogue(said, folded=False)  # paper cannot be unfolded
    assert "<details>" not in display.dialogue("S: 550-No such user\nS: 550-here.\nS: 550 See x.example")
