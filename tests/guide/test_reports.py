"""Reports in the words of many programs and in many languages, which give no code: Exim, Lotus, X.400, Office 365."""

from __future__ import annotations

import csv

import pytest

from smtplesson.guide.field_guide import explain
from tests.paths import DATA

with (DATA / "reports.csv").open(encoding="utf-8", newline="") as _file:
    REPORTS = list(csv.DictReader(_file))


@pytest.mark.parametrize("row", REPORTS, ids=lambda row: row["id"])
def test_a_report_without_a_code_is_read(row: dict[str, str]) -> None:
    head = "From: postmaster@foo.com\nTo: jones@bar.com\nSubject: x\nMIME-Version: 1.0\n\n"
    explanation = explain(head + row["words"])
    assert explanation.kind.startswith("a bounce")
    assert explanation.best is not None
    assert explanation.best.about in row["about"].split("|")
    assert (explanation.best.retry, explanation.best.certainty) == ("after the fix", "possible")
    assert explanation.best.stop != "yes"  # words alone declare no address dead
