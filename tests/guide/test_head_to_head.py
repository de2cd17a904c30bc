"""Two codes head to head: the file against RFC 5321's lists, the wordings against the recordings."""

from __future__ import annotations

import csv
import re
import tomllib
from collections import defaultdict
from importlib import resources
from typing import Any

import pytest

from smtplesson.guide import display, reply_codes
from smtplesson.guide.head_to_head import Aspect, SideBySide, pairs, side_by_side, wordings
from smtplesson.guide.reply_codes import CodeError
from tests.paths import DATA

FILE: dict[str, Any] = tomllib.loads(
    (resources.files("smtplesson") / "data" / "head_to_head.toml").read_text(encoding="utf-8")
)
CODES: dict[str, dict[str, Any]] = FILE["codes"]
#: The pairs that are most often confused.
ASKED = "251/553 251/250 251/551 251/252 553/501 553/550 550/551 550/450 250/252 553/555"
SOURCE = re.compile(r"RFC \d{4} sections? \d[\d., and]*(; RFC \d{4} sections? \d[\d., and]*)*")
WHO = ("The sender: ", "The program: ", "This server's postmaster: ", "Nobody: ")


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(newline="", encoding="utf-8", errors="surrogateescape") as file:
        return list(csv.DictReader(file))


def row(found: SideBySide, label: str) -> Aspect:
    return next(row for row in found.rows if row.label == label)


# --- the file ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pair", ASKED.split())
def test_the_pairs_that_are_confused_have_a_sentence_of_their_own(pair: str) -> None:
    one, other = sorted(map(int, pair.split("/")))
    assert (one, other) in pairs()
    assert side_by_side(one, other).difference == side_by_side(other, one).difference


def test_every_pair_is_in_order_known_and_sourced() -> None:
    assert len(set(pairs())) == len(pairs())
    for pair in FILE["pairs"]:
        one, other = pair["codes"]
        assert one < other
        assert {one, other} <= set(reply_codes.codes())
        assert {str(one), str(other)} <= set(re.findall(r"\d{3}", pair["difference"])) or "Both" in pair["difference"]
        assert SOURCE.fullmatch(pair["source"])
        assert len(pair["difference"]) <= 300
        assert set(pair) <= {"codes", "difference", "source", "practice"}


def test_every_code_of_the_file_is_known_and_says_who_acts() -> None:
    assert set(map(int, CODES)) <= set(reply_codes.codes())
    for code, own in CODES.items():
        assert set(own) <= {"outcome", "acts", "again", "responsible", "source", "seen"}, code
        assert own["acts"].startswith(WHO), code
        assert SOURCE.fullmatch(own["source"]), code
        assert all(own[key].endswith(".") for key in own.keys() - {"source", "seen"}), code


def test_all_codes_of_rfc_5321_that_answer_mail_rcpt_and_data_have_a_text() -> None:
    # sections 4.3.2 and 4.2.3
    asked = "250 251 252 354 421 450 451 452 455 500 501 502 503 504 550 551 552 553 554 555"
    assert set(asked.split()) <= set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_the_outcome_agrees_with_the_first_digit(code: str) -> None:
    """Section 4.2.1: 2yz and 3yz are positive, 4yz and 5yz are not; 421 and AUTH's codes say it in other words."""
    outcome = CODES[code]["outcome"]
    refuses = outcome.startswith("Refused") or "is refused" in outcome or "has not taken the mail" in outcome
    assert refuses == (code[0] in "45")
    assert outcome.startswith("Refused for now") == (code[0] == "4" and code != "421")
    assert "again" not in CODES[code] or code[0] == "5"


def test_the_enhanced_codes_seen_are_those_of_the_recordings_and_the_collected_replies() -> None:
    seen = defaultdict(set)
    for recorded in rows("recordings.csv") + rows("real_replies.csv"):
        enhanced = recorded["enhanced"].partition(" ")[0]
        if recorded["code"] and enhanced[:1] == recorded["code"][:1]:  # RFC 2034 section 4: of one class
            seen[recorded["code"]].add(enhanced)
    for code, own in CODES.items():
        assert set(own.get("seen", ())) == seen[code], code


# --- wordings ----------------------------------------------------------------------------------------------


def said() -> set[str]:
    """Every reply that was recorded or collected, its code first."""
    recorded = {f"{r['code']} {r['text']}" for r in rows("recordings.csv")}
    collected = {r["reply"] for r in rows("real_replies.csv")}
    return recorded | collected | {r["reply"].removeprefix("smtp;") for r in rows("more_replies.csv")}


def test_every_wording_is_word_for_word_what_a_server_said() -> None:
    known = said()
    for code in reply_codes.codes():
        assert len(wordings(code)) <= 4
        for wording in wordings(code):
            assert wording.reply in known
            assert wording.reply.startswith(str(code))
            assert wording.server
            assert wording.command
            assert wording.source


def test_a_251_that_was_configured_for_the_recording_is_called_so() -> None:
    assert wordings(251)
    assert all(wording.server.endswith(" as configured for the recording") for wording in wordings(251))


def test_a_recorded_wording_names_its_set_up_and_command() -> None:
    recorded = {
        (r["server"], r["sent"].removesuffix("\\r\\n"), f"{r['code']} {r['text']}") for r in rows("recordings.csv")
    }
    checked = 0
    for code in reply_codes.codes():
        for wording in wordings(code):
            if match := re.fullmatch(r"recording of 24 November 2026 \((.+)\)", wording.source):
                sent = "" if wording.command == "(connect)" else wording.command
                assert (match[1], sent, wording.reply) in recorded
                checked += 1
    assert checked > 30


def test_practice_is_what_was_recorded() -> None:
    two_dots = {
        r["server"]: r["code"]
        for r in rows("recordings.csv")
        if r["sent"] == "RCPT TO:<alice@example..com>\\r\\n" and r["role"] == "probe"
    }
    assert (two_dots["postfix"], two_dots["exim"], two_dots["sendmail818-plain"]) == ("501", "501", "553")
    assert "Postfix and Exim say 501 and Sendmail says 553" in side_by_side(501, 553).practice
    known = [r for r in rows("recordings.csv") if r["server"] == "postfix" and r["sent"] == "VRFY alice\\r\\n"]
    assert {r["code"] for r in known} == {"252"}
    assert "Postfix says 252" in side_by_side(250, 252).practice


# --- what is said of two codes --------------------------------------------------------------------------


def test_251_and_553() -> None:
    found = side_by_side("251", "553")
    refused = "✗ 5yz refused: Permanent Negative Completion"
    assert row(found, "Class") == Aspect("Class", "✓ 2yz done: Positive Completion", refused)
    assert row(found, "Second digit").left == row(found, "Second digit").right == "5: Mail system"
    assert row(found, "Who must act").left.startswith("The program: it goes on")
    assert row(found, "Who must act").right.startswith("The sender: ")
    assert row(found, "May answer") == Aspect("May answer", "RCPT, VRFY, ETRN (in another meaning)", "MAIL, RCPT, VRFY")
    assert "5.1.3" in row(found, "Enhanced codes seen").right
    # RFC 5248 registers none of the X.1.Y with 553
    assert row(found, "Enhanced codes registered").right == "5.6.7, 5.6.8"
    assert row(found, "Enhanced codes registered").left == "2.5.0 (to ETRN)"  # RFC 1985's 251, not that of RCPT
    assert "will forward to <carol@example.net>" in row(found, "Real servers say").left
    assert "mailbox name not allowed (e.g., mailbox syntax incorrect) (RFC 5321 sections 4.2.3, 3.3, 3.5.1)" in (
        row(found, "Meaning").right
    )


def test_what_differs_is_marked_by_sign_and_word() -> None:
    found = side_by_side(551, 553)
    assert (row(found, "Class").differs, row(found, "Class").mark) == (False, "= same")
    assert (row(found, "Meaning").differs, row(found, "Meaning").mark) == (True, "≠ differs")


def test_responsibility_passes_only_after_the_final_dot() -> None:
    """Section 4.2.5: with a 2yz after the final dot the server has it; with 4yz and 5yz the client retains it."""
    label = "Who is responsible for the mail"
    assert row(side_by_side(251, 250), label).left.startswith("Still the client, up to the 250 after the final dot")
    assert row(side_by_side(251, 250), label).right == "After RCPT still the client. After the final dot the server."
    for code in reply_codes.codes():
        if code // 100 in (3, 4, 5):
            assert row(side_by_side(code, 250), label).left == "Still the client: the server has not taken the mail."


def test_turned_round_all_is_mirrored() -> None:
    one, other = side_by_side(250, 553), side_by_side(553, 250)
    assert (one.left, one.right) == (other.right, other.left)
    assert [(r.label, r.left, r.right) for r in one.rows] == [(r.label, r.right, r.left) for r in other.rows]


def test_a_code_beside_itself_differs_in_nothing() -> None:
    found = side_by_side(251, 251)
    assert found.difference == "This is one code twice."
    assert not any(r.differs for r in found.rows)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (220, 450, "The first digit tells them apart: 220 is “done”, 450 is “not now”."),
        (500, 550, "The second digit tells them apart: 500 is about syntax, 550 about the mail system."),
        (450, 451, "Only the finer detail differs"),
        (571, 550, "571 is not well formed"),
        (251, 999, "999 is no code that a server may send"),
        (250, 7, None),
    ],
)
def test_other_pairs_are_told_apart_by_their_digits(one: int, other: int, expected: str | None) -> None:
    """Sections 4.2 and 4.2.1."""
    if expected is None:
        with pytest.raises(CodeError, match="'7' is no reply code"):
            side_by_side(one, other)
    else:
        assert expected in side_by_side(one, other).difference


def test_an_unknown_code_is_read_by_its_first_digit() -> None:
    """Section 4.2: "MUST do so by interpreting the first digit only"."""
    found = side_by_side(259, 459)
    assert row(found, "What has become of it").left.startswith("The command has been carried out.")
    assert row(found, "What has become of it").right.startswith("Refused for now")
    assert row(found, "The same again?").right == "Yes, later."
    assert row(found, "Real servers say").left == "nothing in the kit's collection"
    assert row(side_by_side(199, 250), "Class").left == "none: SMTP has 2yz, 3yz, 4yz and 5yz"


@pytest.mark.parametrize("code", ["", "25", "25x", "2510"])
def test_what_is_no_code_is_told(code: str) -> None:
    with pytest.raises(CodeError):
        side_by_side("251", code)


@pytest.mark.parametrize("code", reply_codes.codes())
def test_every_known_code_has_every_row_filled(code: int) -> None:
    found = side_by_side(code, 250)
    assert all(r.left and r.right for r in found.rows)
    assert f"{code}: " in str(found)


def test_each_code_stands_with_its_phrase_of_the_standard() -> None:
    """RFC 5321 section 4.2.3; 299 has none."""
    cards = str(display.head_to_head(side_by_side(251, 553))).partition("<table")[0]
    assert "User not local; will forward to &lt;forward-path&gt;</p>" in cards
    assert "Requested action not taken: mailbox name not allowed</p>" in cards
    assert str(display.head_to_head(side_by_side(299, 553))).partition("<table")[0].count('<p class="sl-soft">') == 1
