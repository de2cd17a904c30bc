"""The site's parts that need no browser: versions, the lock of its packages, the server, the workflow."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.paths import ROOT
from tests.project.test_repository import canonical, requirement_lines
from tests.tools.site import lock as locks
from tests.tools.site.build import build, python_at
from tests.tools.site.packages import BuildError, UnavailableError, Versions
from tests.tools.site.serve import TYPES, serving

WORKFLOW = ROOT / ".github" / "workflows" / "pages.yml"


def wheel(folder: Path, name: str, *members: str) -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w") as archive:
        for member in members:
            archive.writestr(member, f"# {member}")
    return path


def entry(name: str, file_name: str, *depends: str) -> dict[str, Any]:
    return {"name": name, "file_name": file_name, "sha256": hashlib.sha256(b"data").hexdigest(), "depends": [*depends]}


# --- versions ---


def test_every_version_is_exact_and_the_one_that_the_other_tests_run_on() -> None:
    versions = Versions.read()
    asked = [*versions.builder, *versions.extensions, *versions.wheels, versions.distribution]
    assert [one for one in asked if not re.fullmatch(r"[a-z0-9-]+==[\w.]+", one)] == []
    locked = {canonical(line): line.partition(" ")[0] for line in requirement_lines("requirements.lock")}
    # JupyterLite 0.6 holds JupyterLab 4.4, for which this is the newest
    asked.remove("jupyterlab-widgets==3.0.15")
    assert [one for one in asked if locked.get(canonical(one), one) != one] == []
    assert {canonical(one) for one in asked} & locked.keys() >= {"ipywidgets", "anywidget", "pandas"}


def test_the_published_site_takes_python_from_pyodides_public_place() -> None:
    assert python_at(Versions.read()) == "https://cdn.jsdelivr.net/pyodide/v0.27.7/full/"


# --- the lock ---


def test_a_wheel_brings_its_modules_and_has_a_name_that_changes_with_it(tmp_path: Path) -> None:
    made = wheel(
        tmp_path, "Two_Words-1.0-py3-none-any.whl", "one/__init__.py", "two.py", "Two_Words-1.0.dist-info/x.py"
    )
    official: dict[str, Any] = {"info": {"version": "x"}, "packages": {"numpy": entry("numpy", "numpy.whl")}}
    found = locks.extended(official, [made], {"two-words": ["numpy"]})["packages"]
    assert list(found) == ["numpy", "two-words"]
    digest = hashlib.sha256(made.read_bytes()).hexdigest()
    assert found["two-words"]["imports"] == ["one", "two"]
    assert found["two-words"]["version"] == "1.0"
    assert found["two-words"]["depends"] == ["numpy"]
    assert found["two-words"]["sha256"] == digest
    assert found["two-words"]["file_name"] == f"./wheels/{digest[:12]}/{made.name}"
    assert official["packages"].keys() == {"numpy"}


def test_a_wheel_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="no wheel of smtplesson"):
        locks.extended({"packages": {}}, [], {"smtplesson": []})


def loads_pandas(modules: Iterable[str]) -> bool:
    """Whether a new Python has pandas when it has imported these."""
    code = f"import sys, {', '.join(modules)}; print('pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout == "True\n"


def test_a_module_that_needs_pandas_makes_a_cell_load_it(tmp_path: Path) -> None:
    """Pyodide reads only what a cell itself imports: `smtplesson.server.compare` says nothing of pandas."""
    made = wheel(tmp_path, "pandas-3.1.1-cp312-none-any.whl", "pandas/__init__.py")
    first, *ours = locks.extended({"packages": {}}, [made], {"pandas": []})["packages"]["pandas"]["imports"]
    assert first == "pandas"
    assert "smtplesson.server.compare" in ours
    paths = (path.relative_to(ROOT).with_suffix("").parts for path in (ROOT / "smtplesson").rglob("*.py"))
    every = {".".join(names).removesuffix(".__init__") for names in paths} - {"smtplesson.__main__"}
    assert all(loads_pandas([module]) for module in ours)
    assert not loads_pandas(every - set(ours))


def packages() -> dict[str, dict[str, Any]]:
    """A lock with all that a kernel loads at the start, pandas, what it needs, and what nobody asks for."""
    names = [re.sub("_", "-", name) for name in locks.AT_START]
    found = {name: entry(name, f"{name}.whl") for name in [*names, "pandas", "six", "scipy"]}
    found["numpy"] = entry("numpy", "numpy.whl", "Six")
    found["pandas"]["depends"] = ["numpy"]
    found["smtplesson"]["file_name"] = "./wheels/x/smtplesson.whl"
    return found


def test_only_what_the_lessons_load_is_brought_along() -> None:
    names = {package["name"] for package in locks.needed({"packages": packages()})}
    assert names == packages().keys() - {"scipy"}


@pytest.mark.parametrize(("content", "good"), [(b"data", True), (b"dat4", False), (None, False)])
def test_a_package_that_is_not_pyodides_own_is_refused(tmp_path: Path, content: bytes | None, good: bool) -> None:
    pyodide = tmp_path / "npm"
    pyodide.mkdir()
    for name in locks.RUNTIME:
        (pyodide / name).write_text(name)
    lock = {"packages": packages()}
    distribution = tmp_path / "distribution.whl"
    with zipfile.ZipFile(distribution, "w") as archive:
        for package in lock["packages"].values():
            if package["name"] == "numpy":
                if content is not None:
                    archive.writestr("deep/numpy.whl", content)
            elif not package["file_name"].startswith("./"):
                archive.writestr(f"deep/{package['file_name']}", b"data")
    if good:
        locks.bring_python(pyodide, distribution, lock, tmp_path / "out")
        assert (tmp_path / "out" / "numpy.whl").read_bytes() == b"data"
        assert not (tmp_path / "out" / "scipy.whl").exists()
    else:
        with pytest.raises(UnavailableError, match=r"does not hold numpy\.whl as Pyodide has published it"):
            locks.bring_python(pyodide, distribution, lock, tmp_path / "out")


# --- the folder, the server, the workflow ---


def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("all of it")
    with pytest.raises(BuildError, match="is not empty, and no site of ours"):
        build(tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "all of it"


def test_a_browser_gets_the_types_that_it_insists_on(tmp_path: Path) -> None:
    kinds = {"a.html": "text/html", "a.js": "text/javascript", "a.wasm": "application/wasm", "a": TYPES[""]}
    for name in kinds:
        (tmp_path / name).write_bytes(b"x")
    with serving(tmp_path) as address:
        assert address.startswith("http://127.0.0.1:")
        for name, kind in kinds.items():
            with urllib.request.urlopen(f"{address}/{name}", timeout=10) as answer:
                assert answer.headers["Content-Type"] == kind
                assert answer.headers["Cache-Control"] == "no-cache"


def test_the_workflow_publishes_what_has_passed_with_the_same_command_and_no_secret() -> None:
    text = WORKFLOW.read_text(encoding="utf-8")
    workflow = yaml.safe_load(text)
    trigger = workflow[True]  # YAML 1.1 reads `on` as true
    assert trigger["workflow_run"]["workflows"] == [yaml.safe_load((WORKFLOW.with_name("ci.yml")).read_text())["name"]]
    job, publish = workflow["jobs"]["build"], workflow["jobs"]["publish"]
    assert "conclusion == 'success'" in job["if"]
    assert (publish["needs"], [step for step in publish["steps"] if "run" in step]) == ("build", [])
    commands = [step["run"] for step in job["steps"] if "run" in step]
    (made,) = [command for command in commands if command.startswith("python -m tests.tools.site build")]
    (upload,) = [step for step in job["steps"] if "upload-pages-artifact" in step.get("uses", "")]
    assert made.endswith(f"--out {upload['with']['path']}")
    assert "secrets." not in text
    assert workflow["permissions"] == {"contents": "read"}
    assert publish["permissions"] == {"pages": "write", "id-token": "write"}
