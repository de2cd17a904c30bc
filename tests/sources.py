"""Whether a source that a text names is there: the sections that the RFCs have."""

from __future__ import annotations

import csv
import re
from pathlib import Path

_FILE = Path(__file__).parent / "data" / "rfc_sections.csv"
with _FILE.open(encoding="utf-8", newline="") as _file:
    SECTIONS = {row["rfc"]: set(row["sections"].split()) for row in csv.DictReader(_file)}
_RFC = re.compile(r"RFC (\d+)(?: sections? ([0-9., and]*[0-9]))?")
_NUMBER = re.compile(r"\d+(?:\.\d+)*")


def missing(source: str) -> list[str]:
    """What a source names that is not there; "no RFC" where it names none.

    >>> missing("RFC 5321 sections 3.4, 4.2 and 9.9; RFC 3463 section 2")
    ['RFC 5321 section 9.9']
    """
    found = _RFC.findall(source)
    if not found:
        return ["no RFC"]
    wrong = []
    for rfc, numbers in found:
        known = SECTIONS.get(rfc)
        if known is None:
            wrong.append(f"RFC {rfc}")
            continue
        wrong += [f"RFC {rfc} section {n}" for n in _NUMBER.findall(numbers) if n not in known]
    return wrong
