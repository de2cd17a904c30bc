"""The core's tests under Pyodide in Node: they keep a site possible where the kit runs in a browser tab."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.paths import ROOT
from tests.tools import core, need
from tests.tools.site import packages

LIBRARIES = {"pytest", "hypothesis"}
PURE = ["pytest==9.2.0", "hypothesis==6.155.7"]  # of hypothesis, the last release that is pure Python

# Python's own client in memory: test_transport needs threads and ports, which a browser tab has not
MEMORY = """
from smtplesson import Server
from smtplesson.server.transport import MemorySMTP


def test_smtplib_without_a_network():
    server = Server("foo.com", mailboxes=["jones@foo.com"], forwards={"green@foo.com": "green@bar.org"})
    with MemorySMTP(server) as client:
        refused = client.sendmail("smith@bar.com", ["green@foo.com", "jones@foo..com"], "Subject: x\\n\\nx")
    assert {address: code for address, (code, _) in refused.items()} == {"jones@foo..com": 553}
    assert len(server.delivered) == 1
"""


@pytest.fixture(scope="module")
def pyodide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The npm package, which holds the interpreter and the standard library."""
    try:
        return packages.fetch_pyodide(tmp_path_factory.mktemp("pyodide"))
    except packages.UnavailableError as error:
        need.unavailable(str(error))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package, and pytest and hypothesis as pure Python, in one archive."""
    folder = tmp_path_factory.mktemp("site") / "site"
    pure = [
        "--only-binary=:all:",
        "--platform=any",
        "--implementation=py",
        "--abi=none",
        "--python-version=3.12",
    ]
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder), *pure]
    command += PURE
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        need.unavailable(f"pip cannot install {PURE} as pure Python: {done.stderr}")
    shutil.copytree(ROOT / "smtplesson", folder / "smtplesson", ignore=shutil.ignore_patterns("__pycache__", "widgets"))
    return Path(shutil.make_archive(str(folder), "zip", folder))


def test_the_core_runs_in_a_browsers_python(pyodide: Path, site: Path, tmp_path: Path) -> None:
    folder = core.copy_to(tmp_path / "core", core.core_tests(LIBRARIES))
    (folder / "tests" / "test_memory.py").write_text(MEMORY)
    tests = shutil.make_archive(str(folder), "zip", folder)
    runner = ROOT / "tests" / "tools" / "pyodide_runner.mjs"
    command = [need.program("node"), str(runner), str(pyodide), str(site), tests]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert " passed" in done.stdout
