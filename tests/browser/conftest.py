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

import nbformat
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


@dataclass
class Kept:
    """The notebook of a test module, and the window in which it is open."""

    windows: ExitStack
    notebook: Path | None = None
    lab: Lab | None = None

    def close(self) -> None:
        """Close the window; who needs the notebook again opens another."""
        self.windows.close()
        self.lab = None


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


@pytest.fixture(scope="module")
def kept() -> Iterator[Kept]:
    """What stays open until the module's last test."""
    with ExitStack() as windows:
        yield Kept(windows)


@pytest.fixture
def notebook(request: pytest.FixtureRequest, kept: Kept, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A notebook whose code cells are the module's `CELLS`; one for all its tests."""
    if kept.notebook is None:
        name = request.module.__name__.rpartition(".")[2]
        cells = [nbformat.v4.new_code_cell(source) for source in request.module.CELLS]
        kept.notebook = written(tmp_path_factory.mktemp(name) / f"{name}.ipynb", cells)
    return kept.notebook


def written(path: Path, cells: list[nbformat.NotebookNode]) -> Path:
    """Write a notebook of these cells."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
    return path


@pytest.fixture
def open_lab(lab_server: LabServer, profile: BrowserContext, kept: Kept) -> Iterator[OpenLab]:
    """Opens notebooks in JupyterLab, each in a window of its own, closed after the test with its kernel."""
    with ExitStack() as windows:

        def opened(notebook: str | Path, *, theme: Theme = "light", width: int = 1400) -> Lab:
            path = Path(notebook)
            if path == kept.notebook and kept.lab is not None:
                kept.lab.look(theme, width)
                kept.lab.show(path.name)
                return kept.lab
            kept.close()  # of two windows with one workspace JupyterLab sends one elsewhere
            if path.is_absolute():
                shutil.copy(path, lab_server.root / path.name)
            lab = Lab(profile.new_page())
            lab.look(theme, width)
            until = windows if path != kept.notebook else kept.windows
            until.callback(lab.page.close)
            lab.open(lab_server.url, path.name)
            until.callback(lab.shut_down)
            if path == kept.notebook:
                kept.lab = lab
            return lab

        yield opened


@pytest.fixture
def lab(open_lab: OpenLab, notebook: Path) -> Lab:
    """The module's notebook, its cells just run."""
    lab = open_lab(notebook)
    lab.run_all()
    return lab


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
