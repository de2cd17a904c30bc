"""Binder: repo2docker's own reading of `.binder/`, and its steps carried out in a clean environment."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from jupyterlab_server.settings_utils import get_settings, save_settings

from tests.paths import ROOT
from tests.project.test_repository import canonical, requirement_lines, tracked
from tests.tools import venv

OVERRIDES = ROOT / ".binder" / "overrides.json"
SETTINGS = "share/jupyter/lab/settings"  # below Python's own folder: JupyterLab reads its defaults there


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository as Binder would clone it: only the files that git has or would take."""
    folder = tmp_path_factory.mktemp("binder") / "checkout"
    for path in tracked():
        target = folder / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    return folder


def dockerfile(folder: Path) -> str:
    """What repo2docker would build; `--no-build` needs neither Docker nor a network."""
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--debug"]
    command += ["--user-id", "1000", "--user-name", "jovyan", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout + done.stderr


def position(pattern: str, text: str) -> int:
    found = re.search(pattern, text, re.M)
    assert found, f"{pattern} is not in the Dockerfile"
    return found.start()


def test_a_change_of_text_installs_nothing_again(checkout: Path) -> None:
    rendered = dockerfile(checkout)
    python = position(r"^COPY .*environment\S*py\S{1,4}3\S{1,4}12", rendered)
    only_requirements = position(r"^COPY .*src/\.binder/requirements\.txt", rendered)
    install = position(r"pip install .*-r \.?/?\"?\.binder/requirements\.txt", rendered)
    everything = position(r"^COPY --chown=1000:1000 src/ ", rendered)
    after = position(r"^RUN \./\.binder/postBuild", rendered)
    assert python < only_requirements < install < everything < after
    # Docker repeats every step behind the copy of the repository: there, postBuild alone may install
    assert re.findall(r"^RUN .*(?:pip|mamba|conda) install.*", rendered[everything:], re.M) == []


def test_a_requirement_on_the_folder_itself_would_be_seen(checkout: Path, tmp_path: Path) -> None:
    shutil.copytree(checkout, tmp_path / "other")
    requirements = tmp_path / "other" / ".binder" / "requirements.txt"
    requirements.write_text(requirements.read_text() + "-e .\n")
    rendered = dockerfile(tmp_path / "other")
    everything = position(r"^COPY --chown=1000:1000 src/ ", rendered)
    assert position(r"pip install .*\.binder/requirements\.txt", rendered) > everything


def test_binder_takes_the_locked_versions() -> None:
    locked = {line.partition(" ;")[0] for line in requirement_lines("requirements.lock")}
    pinned = requirement_lines(".binder/requirements.txt")
    assert {canonical(line) for line in pinned} >= {"ipywidgets", "anywidget", "pandas"}
    assert [line for line in pinned if line.partition(" ;")[0] not in locked] == []
    assert all("==" in line for line in pinned)


def test_jupyterlab_asks_nothing_throws_no_cell_away_and_keeps_views_unless_the_user_wants_it(tmp_path: Path) -> None:
    """JupyterLab's own reading of the file, with its own schemas."""
    share = Path(sys.prefix) / "share" / "jupyter"
    schemas, extensions = str(share / "lab" / "schemas"), [str(share / "labextensions")]
    ours, own = tmp_path / "ours", tmp_path / "own"
    ours.mkdir()
    shutil.copy(OVERRIDES, ours / "overrides.json")
    overrides = json.loads(OVERRIDES.read_text())

    for plugin, values in overrides.items():  # a name or a value that JupyterLab does not know would be refused
        save_settings(schemas, str(tmp_path / "other"), plugin, json.dumps(values), overrides, extensions)

    def setting(plugin: str, name: str) -> object:
        found, _ = get_settings(
            str(ours), schemas, str(own), schema_name=plugin, overrides=overrides, labextensions_path=extensions
        )
        return {**{key: row.get("default") for key, row in found["schema"]["properties"].items()}, **found["settings"]}[
            name
        ]

    notification, tracker = "@jupyterlab/apputils-extension:notification", "@jupyterlab/notebook-extension:tracker"
    widgets = "@jupyter-widgets/jupyterlab-manager:plugin"
    assert set(overrides) == {notification, tracker, widgets}
    assert setting(widgets, "saveState") is True
    assert (setting(notification, "fetchNews"), setting(notification, "checkForUpdates")) == ("false", False)
    assert setting(tracker, "windowingMode") == "none"
    save_settings(schemas, str(own), tracker, '{"windowingMode": "full"}', overrides)
    assert setting(tracker, "windowingMode") == "full"  # the user's own comes first


def test_its_steps_in_a_clean_environment(checkout: Path, tmp_path: Path) -> None:
    python = venv.make(tmp_path / "venv", "-r", str(checkout / ".binder/requirements.txt"))
    venv.run(python, "-m", "pip", "install", "--quiet", "ipykernel", "nbclient", cwd=tmp_path)  # JupyterLab's own there
    subprocess.run(
        [str(checkout / ".binder/postBuild")], cwd=checkout, env=venv.environment(python), check=True,
        capture_output=True,
    )  # fmt: skip
    prefix = Path(venv.output(python, "import sys; print(sys.prefix)", cwd=tmp_path).strip())
    assert json.loads((prefix / SETTINGS / "overrides.json").read_text()) == json.loads(OVERRIDES.read_text())
    code = "import smtplesson.widgets, pathlib; print(pathlib.Path(smtplesson.__file__).parents[1])"
    assert venv.output(python, code, cwd=tmp_path).strip() == str(checkout)
    # the first lesson runs there, without the tests' tools
    first = min((checkout / "notebooks").glob("*.ipynb"))
    run = f"from nbclient.cli import NbClientApp; NbClientApp.launch_instance([{first.name!r}])"
    venv.output(python, run, cwd=checkout / "notebooks")
