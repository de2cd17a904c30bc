"""The default server beside thirteen recorded ones: where it agrees with none of them, the RFC is the reason.

`tests/data/recordings.csv` was recorded on 24 November 2026; each row is one step of a dialogue on a fresh
connection. `sent` is escaped; long lines are elided there and left out here.
"""

from __future__ import annotations

import csv
from collections import defaultdict

import pytest

from smtplesson.server import worlds
from tests.paths import DATA

RECORDINGS = DATA / "recordings.csv"
GROUPS = ("helo", "mail", "rcpt", "vrfy", "expn", "order", "ext")

#: Script -> the code of the default server, which no recorded server gives, and the section that asks for it.
OWN_WAY = {
    # Section 3.3: "spaces are not permitted on either side of the colon"; all thirteen forgive it.
    "mail_space_after_colon": ("501", "RFC 5321 sections 3.3 and 4.1.2"),
    "mail_two_spaces_after_colon": ("501", "RFC 5321 sections 3.3 and 4.1.2"),
    "rcpt_space_after_colon": ("501", "RFC 5321 sections 3.3 and 4.1.2"),
    # A well-formed command whose mailbox name breaks the grammar or a limit: "mailbox name not allowed".
    **{
        f"rcpt_{script}": ("553", "RFC 5321 sections 4.1.2 and 4.2.3")
        for script in (
            *("comment", "leading_dot", "consecutive_dots", "domain_hyphen_start", "domain_hyphen_end"),
            *("domain_underscore", "domain_symbol", "domain_space", "quote_in_middle", "space_in_local"),
            *("literal_v6_untagged", "literal_bad", "literal_short", "literal_empty", "literal_unclosed"),
        )
    },
    "rcpt_local65": ("553", "RFC 5321 sections 4.2.3 and 4.5.3.1.1"),
    "rcpt_local100": ("553", "RFC 5321 sections 4.2.3 and 4.5.3.1.1"),
    # Non-ASCII without SMTPUTF8.
    "mail_utf8_local": ("550", "RFC 6531 section 3.5"),
    "rcpt_utf8_domain": ("553", "RFC 6531 section 3.5"),
    # VRFY that tells what it knows.
    "vrfy_carol": ("251", "RFC 5321 sections 3.5.2 and 4.3.2"),
    "vrfy_carol_path": ("251", "RFC 5321 sections 3.5.2 and 4.3.2"),
    "vrfy_dave": ("551", "RFC 5321 sections 3.5.2 and 4.3.2"),
    "vrfy_dave_addr": ("551", "RFC 5321 sections 3.5.2 and 4.3.2"),
    "vrfy_relay": ("550", "RFC 5321 sections 3.5.3 and 4.3.2"),
    # AUTH is known but not offered in this world.
    "auth_plain": ("502", "RFC 5321 section 4.2.4"),
    "auth_plain_initial": ("502", "RFC 5321 section 4.2.4"),
    "auth_unknown": ("502", "RFC 5321 section 4.2.4"),
    "auth_before_ehlo": ("502", "RFC 5321 section 4.2.4"),
}

Steps = dict[int, tuple[str, str, set[str]]]


def dialogues() -> dict[str, Steps]:
    """Script -> step -> role, what was sent, and the codes that the recorded servers answered."""
    found: dict[str, Steps] = defaultdict(dict)
    with RECORDINGS.open(newline="", encoding="utf-8", errors="surrogateescape") as file:
        for row in csv.DictReader(file):
            if row["group"] in GROUPS:
                step = found[row["script"]].setdefault(int(row["step"]), (row["role"], row["sent"], set()))
                step[2].add(row["code"])
    return {
        script: steps
        for script, steps in found.items()
        if not any("bytes]..." in sent for _, sent, _ in steps.values())
    }


DIALOGUES = dialogues()


def wire(sent: str) -> bytes:
    return sent.encode("latin-1").decode("unicode_escape").encode("latin-1")


@pytest.mark.parametrize("script", DIALOGUES)
def test_the_default_server_agrees_with_a_recorded_one_or_with_the_rfc(script: str) -> None:
    session = worlds.load("example").connect()
    for _, (role, sent, recorded) in sorted(DIALOGUES[script].items()):
        replies = session.receive_data(wire(sent))
        if role == "probe" and len(replies) == 1:
            code = str(replies[0].code)
            if script in OWN_WAY:
                assert (code, code in recorded) == (OWN_WAY[script][0], False)
            else:
                assert code in recorded, (sent, code, recorded)


def test_the_table_names_real_scripts() -> None:
    assert set(OWN_WAY) <= set(DIALOGUES)
