"""What the README shows in Python is run as it stands there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.paths import ROOT


def code(heading: str) -> str:
    """The Python under a heading of the README."""
    section = re.search(rf"^## {heading}$(.*?)(?=^## )", (ROOT / "README.md").read_text(encoding="utf-8"), re.M | re.S)
    assert section
    (found,) = re.findall(r"^```python\n(.*?)^```", section[1], re.M | re.S)
    return str(found)


def run(*command: str, folder: Path) -> str:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_fixture_for_other_peoples_tests_works_as_it_stands(tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text(code("In your own tests"), encoding="utf-8")
    assert "1 passed" in run("-m", "pytest", "-q", "-p", "no:cacheprovider", folder=tmp_path)


def test_the_example_prints_what_its_comments_say(tmp_path: Path) -> None:
    refused, forwarded = run("-c", code("In Python"), folder=tmp_path).splitlines()
    assert re.fullmatch(r"\{'jones@foo\.\.com': \(553, .*\)\}", refused)
    assert forwarded == "green@bar.org"
