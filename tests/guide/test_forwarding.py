"""251 in practice: every row has its source, and what can be held against recordings is."""

from __future__ import annotations

import csv
from collections.abc import Callable

import pytest

from smtplesson.guide import forwarding
from tests.paths import DATA

RECORDINGS = DATA / "recordings.csv"


@pytest.mark.parametrize("table", [forwarding.servers, forwarding.clients, forwarding.consequences, forwarding.notes])
def test_every_cell_is_filled_and_every_row_has_a_source(table: Callable[[], forwarding.Rows]) -> None:
    rows = table()
    assert rows
    assert all(value and value.strip() for row in rows for value in row.values())


def test_251_comes_only_from_servers_that_were_configured_for_it() -> None:
    with RECORDINGS.open(newline="", encoding="utf-8", errors="surrogateescape") as file:
        said = {row["server"] for row in csv.DictReader(file) if row["code"] == "251"}
    assert said == {"exim-251acl", "aiosmtpd"}  # an ACL line; the recording's own handler
    never = {row["server"].split()[0].lower() for row in forwarding.servers() if row["says_251"] == "never found"}
    assert never.isdisjoint({"exim", "aiosmtpd", "haraka"})


def test_the_four_replies_of_section_3_4() -> None:
    rows = {row["reply"]: row for row in forwarding.consequences()}
    assert {reply: row["forwards"] for reply, row in rows.items()} == {
        "251": "yes",
        "250": "yes",
        "551": "no",
        "550": "no",
    }
    assert {reply for reply, row in rows.items() if row["new_address_told_to"] == "nobody"} == {"250", "550"}
