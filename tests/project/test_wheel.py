"""The wheel that would be published: what is in it, and the core's tests against it without any notebook."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.paths import ROOT
from tests.project.test_repository import project, requirement_lines, tracked
from tests.tools import core, venv

LESSON = ROOT / "notebooks" / "05-251-or-553.ipynb"
LIBRARIES = {"pytest", "hypothesis", "trustme"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    return built


def test_it_holds_the_package_with_its_data_and_the_lessons_and_nothing_else(wheel: Path) -> None:
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    ours = {path.relative_to(ROOT).as_posix() for path in tracked() if path.is_relative_to(ROOT / "smtplesson")}
    lessons = {f"smtplesson/lessons/{p.name}" for p in tracked() if p.parent == ROOT / "notebooks"}
    assert "smtplesson/lessons/05-251-or-553.ipynb" in lessons
    assert names == ours | lessons
    assert any(name.startswith("smtplesson/data/") for name in names)
    assert "smtplesson/py.typed" in names


def test_it_needs_nothing_and_offers_three_extras(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        metadata = archive.read(name).decode()
        assert any(n.endswith(".dist-info/licenses/LICENSE") for n in archive.namelist())
    needs = [line for line in metadata.splitlines() if line.startswith("Requires-Dist:")]
    assert needs
    assert {need.rpartition("extra == ")[2] for need in needs} == {"'notebook'", "'lab'", "'teacher'"}


def test_the_core_works_without_notebook_libraries(wheel: Path, tmp_path: Path) -> None:
    pins = tmp_path / "versions.txt"  # without the hashes, which a wheel of today cannot have
    pins.write_text("\n".join(requirement_lines("requirements.lock")), encoding="utf-8")
    python = venv.make(tmp_path / "venv", str(wheel), *sorted(LIBRARIES), "-c", str(pins))
    folder = core.copy_to(tmp_path / "core", core.core_tests(LIBRARIES))
    found = venv.output(python, "import importlib.util as u; print(u.find_spec('ipywidgets'))", cwd=folder)
    assert found.strip() == "None"
    command = python.with_name("smtplesson.exe" if python.suffix else "smtplesson")
    assert venv.run(command, "--version", cwd=tmp_path).strip() == f"smtplesson {project()['version']}"
    venv.run(command, "lessons", "course", cwd=tmp_path)
    assert (tmp_path / "course" / "05-251-or-553.ipynb").read_bytes() == LESSON.read_bytes()
    assert " passed" in venv.run(python, "-m", "pytest", cwd=folder).splitlines()[-1]
