"""The reply codes, against the RFCs' own lists."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from smtplesson.guide import display, reply_codes
from smtplesson.guide.reply_codes import CodeError, read_code
from smtplesson.protocol.codes import is_well_formed

# RFC 5321 section 4.2.3, in its order.
RFC_5321 = "211 214 220 221 250 251 252 354 421 450 451 452 455 500 501 502 503 504 550 551 552 553 554 555"
# RFC 4954 section 6 and 4, RFC 7504 section 3 and 4, RFC 1985 section 5.1, RFC 3207 section 4.
EXTENSIONS = {
    235: "4954",
    334: "4954",
    535: "4954",
    521: "7504",
    556: "7504",
    253: "1985",
    458: "1985",
    454: "3207",
}


def fact(code: int, label: str) -> str:
    return next(text for name, text in reply_codes.facts(code) if name == label)


def test_it_has_the_codes_of_section_4_2_3() -> None:
    of_rfc_5321 = {row.code for row in reply_codes.rows() if row.rfc == "RFC 5321"}
    assert sorted(of_rfc_5321) == list(map(int, RFC_5321.split()))


@pytest.mark.parametrize(("code", "rfc"), EXTENSIONS.items())
def test_it_has_the_codes_of_the_extensions(code: int, rfc: str) -> None:
    assert f"RFC {rfc}" in {row.rfc for row in reply_codes.rows() if row.code == code}


def test_every_row_is_of_a_code_that_can_exist_and_names_its_source() -> None:
    for row in reply_codes.rows():
        assert is_well_formed(row.code), row
        assert re.fullmatch(r"RFC \d{4}", row.rfc), row
        assert re.match(r"\d", row.section), row
        assert row.text, row


def test_enhanced_codes_are_of_the_class_of_their_reply() -> None:
    # RFC 2034 section 4: the first digits agree, and 3yz replies carry none
    for row in reply_codes.rows():
        assert {e[0] for e in row.enhanced_codes.split()} <= {str(row.code)[0]}, row
        assert not (row.code // 100 == 3 and row.enhanced_codes), row


def test_an_enhanced_code_stands_with_the_meaning_that_it_belongs_to() -> None:
    # RFC 5248 has X.5.0 for the 251 and 252 of RFC 1985 section 5.1, that is to ETRN; to RCPT no code is registered
    for code in (251, 252):
        shown = {label: text for label, text in reply_codes.facts(code) if label.startswith("Enhanced codes")}
        assert shown.pop("Enhanced codes to ETRN").startswith("2.5.0 (")
        assert not any("2.5.0" in text or "2.3.6" in text for text in shown.values())


def test_the_rows_are_a_table_for_pandas() -> None:
    frame = pd.DataFrame(reply_codes.rows())
    assert list(frame.columns) == ["code", "text", "rfc", "section", "commands", "enhanced_codes", "notes"]
    assert frame.query("code == 551").text.tolist() == ["User not local; please try <forward-path>"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "There is no code yet"),
        ("  ", "There is no code yet"),
        ("25x", "'25x' is no reply code"),
        ("25", "'25' is no reply code"),
        ("2510", "'2510' is no reply code"),
        ("-25", "'-25' is no reply code"),
        ("٢٥١", "is no reply code"),
        ("<script>", "'<script>' is no reply code"),
        ("9" * 5000, r"9{40}\.\.\.' is no reply code"),
        (7, "'7' is no reply code"),
    ],
)
def test_what_is_no_code_is_refused_in_a_sentence(text: str | int, problem: str) -> None:
    with pytest.raises(CodeError, match=problem):
        reply_codes.describe(text)


@pytest.mark.parametrize(
    ("code", "headline"),
    [
        ("251", "251: User not local; will forward to <forward-path>"),
        (
            " 553 ",
            "553: Requested action not taken: mailbox name not allowed (e.g., mailbox syntax incorrect)",
        ),
        ("259", "259: no RFC that the kit knows defines it; read it by its first digit"),
        ("299", "299: no server may send this: the second digit must be 0 to 5"),
        ("571", "571: no server may send this: the second digit must be 0 to 5"),
        ("999", "999: no server may send this: the first digit must be 2, 3, 4 or 5"),
        ("150", "150: no server may send this: the first digit must be 2, 3, 4 or 5"),
        ("000", "000: no server may send this: the first digit must be 2, 3, 4 or 5"),
    ],
)
def test_the_first_line_says_what_a_code_is(code: str, headline: str) -> None:
    assert reply_codes.describe(code).startswith(headline)


def test_an_impossible_or_unknown_code_is_read_by_its_first_digit() -> None:
    for code in (571, 259):
        assert "first digit alone" in fact(code, "What the client does")
    assert "refused" in fact(571, "First digit")
    assert "done" in fact(259, "First digit")
    assert "ends" in fact(999, "What the client does") or "end the transaction" in fact(999, "What the client does")


@pytest.mark.parametrize(
    ("code", "commands"),
    [
        # section 4.3.2
        (251, "RCPT, VRFY, ETRN (in another meaning)"),
        (551, "RCPT, VRFY"),
        (553, "MAIL, RCPT, VRFY"),
        (252, "VRFY, EXPN, ETRN (in another meaning)"),
        (354, "DATA"),
        (221, "QUIT"),
        (421, "any command (RFC 5321 section 4.3.2)"),
        (500, "any command (RFC 5321 section 4.3.2)"),
        (253, "ETRN"),
    ],
)
def test_it_says_which_commands_a_code_may_answer(code: int, commands: str) -> None:
    assert fact(code, "May answer") == commands


def test_the_same_number_can_mean_two_things() -> None:
    meanings = [text for label, text in reply_codes.facts(251) if label == "Meaning"]
    assert meanings == [
        "User not local; will forward to <forward-path> (RFC 5321 section 4.2.3; 3.4)",
        "OK, no messages waiting for node <x> (RFC 1985 section 5.1)",
    ]


def test_the_map_has_every_code_once_in_both_forms() -> None:
    codes = [str(code) for code in reply_codes.codes()]
    assert sorted(re.findall(r"\b\d{3}\b", reply_codes.map_text())) == codes
    drawn = reply_codes.CodeMap()._repr_mimebundle_()["text/html"]
    assert sorted(re.findall(r"<b>(\d{3})</b>", drawn)) == codes
    row = next(row for row in drawn.split("<tr") if "4yz" in row)
    assert sorted(re.findall(r"<b>(\d{3})</b>", row)) == [code for code in codes if code[0] == "4"]


def test_553_lies_in_the_mail_system_column_and_501_in_that_of_syntax() -> None:
    refused = reply_codes.map_text().split("\n")[-1].split("|")
    assert "501" in refused[2]
    assert "553" in refused[7]
    assert "x5z Mail system" in reply_codes.map_text().split("\n")[0].split("|")[7]


def test_a_code_that_is_too_long_to_show_is_cut() -> None:
    with pytest.raises(CodeError, match=f"^'{'2' * 40}' is no"):
        read_code("2" * 40)
    with pytest.raises(CodeError, match=rf"^'{'2' * 40}\.\.\.' is no"):
        read_code("2" * 41)


def test_a_heading_has_the_code_its_class_and_its_meaning() -> None:
    """RFC 5321 section 4.2.3."""
    heading = str(display.code_heading(553))
    assert all(words in heading for words in ("553", "refused", "mailbox name not allowed"))
