"""A JupyterLab server on a loopback port and a Chromium that reaches nothing else."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests.browser.lab import Lab, OpenLab, Theme
from tests.paths import ROOT
from tests.tools import need

# A busy machine is slow, not wrong: what is expected may take longer than the library's five seconds.
expect.set_options(timeout=20_000)

SETTINGS = {
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},  # every cell is in the page
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
}
CHROMIUM_OPTIONS = [
    "--no-sandbox",  # the tests may run as root
    "--disable-gpu",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # a page that needs the network fails
]


@dataclass(frozen=True)
class LabServer:
    """A running JupyterLab and the folder it shows."""

    url: str
    root: Path


# Package scope: playwright keeps an event loop in this thread while it lives, and later tests want none.
@pytest.fixture(scope="package")
def lab_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """JupyterLab over a copy of the notebooks; it reads nothing of the user's and asks no server for news."""
    with jupyter("jupyterlab", tmp_path_factory.mktemp("lab")) as server:
        yield server


@pytest.fixture
def notebook_server(tmp_path: Path) -> Iterator[LabServer]:
    """The same in Notebook 7."""
    with jupyter("notebook", tmp_path) as server:
        yield server


@contextmanager
def jupyter(application: str, home: Path) -> Iterator[LabServer]:
    """Serve a copy of the notebooks in `home` with jupyterlab or notebook."""
    root = home / "notebooks"
    if (ROOT / "notebooks").is_dir():
        shutil.copytree(ROOT / "notebooks", root, ignore=shutil.ignore_patterns(".*"))
    root.mkdir(exist_ok=True)
    overrides = home / "config" / "labconfig" / "default_setting_overrides.json"
    overrides.parent.mkdir(parents=True)
    overrides.write_text(json.dumps(SETTINGS))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        *(sys.executable, "-m", application, "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1"),
        *(f"--ServerApp.port={port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={root}"),
        *("--IdentityProvider.token=", "--ServerApp.password=", "--LabApp.expose_app_in_browser=True"),
        *(
            "--JupyterNotebookApp.expose_app_in_browser=True",
            "--LabApp.news_url=",
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        ),
        *("--LabApp.extension_manager=readonly",),
    ]
    environment = os.environ | {
        "HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "SMTPLESSON_HOME": str(home / "log"),
    }
    with (home / "server.log").open("w+") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
        try:
            url = f"http://127.0.0.1:{port}"
            _await_server(process, url, log.name)
            yield LabServer(url, root)
        finally:
            _stop(process)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A headless Chromium: the one that the variable CHROMIUM names, or the system's."""
    names = (os.environ.get("CHROMIUM", "chromium"), "chromium-browser", "google-chrome")
    executable = need.program(*names)
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=executable, args=CHROMIUM_OPTIONS)


@pytest.fixture(scope="package")
def profile(browser: Browser) -> Iterator[BrowserContext]:
    """What the windows share: JupyterLab's scripts are read and compiled once."""
    with browser.new_context() as context:
        yield context


@pytest.fixture
def open_lab(lab_server: LabServer, profile: BrowserContext) -> Iterator[OpenLab]:
    """Opens notebooks in JupyterLab, each in a window of its own, closed after the test with its kernel."""
    with ExitStack() as windows:

        def opened(notebook: str | Path, *, theme: Theme = "light", width: int = 1400) -> Lab:
            path = Path(notebook)
            if path.is_absolute():
                shutil.copy(path, lab_server.root / path.name)
            page = profile.new_page()
            page.set_viewport_size({"width": width, "height": 900})
            windows.callback(page.close)
            lab = Lab(page, theme)
            lab.open(lab_server.url, path.name)
            windows.callback(lab.shut_down)
            return lab

        yield opened


def _await_server(process: subprocess.Popen[bytes], url: str, log: str, *, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/api/status", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    pytest.fail(f"Jupyter did not start:\n{Path(log).read_text()[-4000:]}", pytrace=False)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask the server to end, with its kernels; end the whole group if it does not."""
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
