"""`smtplesson start` as a learner runs it: the lessons are copied, JupyterLab opens the first, and it runs."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.conftest import _stop
from tests.browser.lab import Lab
from tests.paths import ROOT

VIEW = "application/vnd.jupyter.widget-view+json"
FIRST = "00-start-here.ipynb"
CONFIGURATION = {"ServerApp": {"allow_root": True}, "LabApp": {"expose_app_in_browser": True}}


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """What JupyterLab prints of itself, begun in an empty folder."""
    config = tmp_path / "config"
    config.mkdir()
    (config / "jupyter_server_config.json").write_text(json.dumps(CONFIGURATION))
    work, log = tmp_path / "empty", tmp_path / "log.txt"
    work.mkdir()
    command = [sys.executable, "-m", "smtplesson", "start", "--no-browser"]
    environment = os.environ | {
        "HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "JUPYTER_CONFIG_DIR": str(config),
        "JUPYTER_PREFER_ENV_PATH": "1", "JUPYTERLAB_WORKSPACES_DIR": str(tmp_path / "workspaces"),
        "JUPYTERLAB_SETTINGS_DIR": str(tmp_path / "settings"), "SMTPLESSON_HOME": str(tmp_path / "answers"),
    }  # fmt: skip
    with log.open("w") as said:
        process = subprocess.Popen(command, cwd=work, env=environment, stdout=said, stderr=said, start_new_session=True)
    try:
        deadline = time.monotonic() + 60
        while not (found := re.search(r"http://127\.0\.0\.1:\S+token=\w+", log.read_text())):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        yield found[0]
    finally:
        _stop(process)


def test_the_first_lesson_is_opened_and_runs(address: str, profile: BrowserContext, tmp_path: Path) -> None:
    assert f"/lab/tree/{FIRST}?" in address
    assert (tmp_path / "empty" / "smtplesson-lessons" / FIRST).exists()
    page = profile.new_page()
    lab = Lab(page)
    page.goto(address)
    page.get_by_role("heading", name="Start here").first.wait_for()  # nobody had to open it
    lab.show(FIRST)
    lab.run_all()
    shown = [output.get("data", {}) for cell in lab.cells() for output in cell.get("outputs", ())]
    assert any(VIEW in data for data in shown), "the stored lesson has no view; one that has run does"
    page.close()
