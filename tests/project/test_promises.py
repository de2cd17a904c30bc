"""The page of promises: each names a test that is there."""

from __future__ import annotations

import ast
import re

import pytest

from smtplesson.server.profiles import PROFILES
from tests.paths import ROOT

PAGE = (ROOT / "notebooks" / "PROMISES.md").read_text(encoding="utf-8")
ROWS = [row for row in PAGE.splitlines() if row.startswith("| ")][2:]
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)


@pytest.mark.parametrize("row", ROWS)
def test_every_promise_has_a_test(row: str) -> None:
    assert re.fullmatch(r"\| [^|]+\. \| (`tests/[\w/]+\.py::\w+`(, )?)+ \|", row)


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_the_test_is_there(file: str, name: str) -> None:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_these_profiles_take_a_smuggled_message() -> None:
    """A bare LF before and behind the dot ends a message there: CVE-2023-51764 and its kin."""
    lax = {name for name, profile in PROFILES.items() if profile.lf_in_message == "ends"}
    assert lax == set(re.findall(r"profiles (\w+) and (\w+), which end it at a bare LF", PAGE)[0])


def test_the_security_policy_leads_to_the_promises() -> None:
    policy = (ROOT / ".github" / "SECURITY.md").read_text(encoding="utf-8")
    (link,) = re.findall(r"\]\((\S*PROMISES\.md)\)", policy)
    assert (ROOT / ".github" / link).resolve() == ROOT / "notebooks" / "PROMISES.md"
