"""What a learner installs: nothing that is not needed, under free licences, and at versions that agree."""

from __future__ import annotations

import importlib.metadata
import re
import tomllib
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.paths import ROOT
from tests.tools import core, licences, versions

LOCKED = licences.locked()
FOUR = ["jupyterlab", "ipywidgets", "pandas", "nbval"]


def imports(folder: Path) -> set[str]:
    """The distributions that the modules of a folder import."""
    tops = {name.partition(".")[0] for path in folder.rglob("*.py") for name in core.imported(path)}
    providers = importlib.metadata.packages_distributions()
    return {canonicalize_name(name) for top in tops for name in providers.get(top, ())}


def asked_for() -> list[Requirement]:
    """What we ask for by name: for a learner, for the tests, for the package."""
    return [*licences.course(), *licences.written("tests/requirements.txt"), *licences.extras()]


def as_locked() -> bool:
    """Whether what is installed here is what requirements.lock says; other versions may need other packages."""
    installed: dict[str, str] = {
        canonicalize_name(found.name): found.version for found in importlib.metadata.distributions()
    }
    return all(installed[name] in LOCKED.get(name, ()) for name in licences.runtime() if name in installed)


# --- nothing that is not needed -----------------------------------------------------------------------------


def test_a_learner_needs_the_four_packages_and_what_the_package_asks_for() -> None:
    assert [requirement.name for requirement in licences.course()] == FOUR
    assert tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"] == []


def test_everything_that_the_package_asks_for_is_imported_in_it() -> None:
    asked = {requirement.name for requirement in licences.extras()}
    assert asked
    asked -= {"ipywidgets"}  # each view is one of its widgets, by way of anywidget
    asked -= {"jupyterlab"}  # which `smtplesson start` runs as a program
    assert asked - imports(ROOT / "smtplesson") == set()


def test_everything_that_the_package_imports_is_asked_for() -> None:
    core_of_jupyter = {"ipython", "traitlets"}  # there whenever ipywidgets is
    asked = {requirement.name for requirement in licences.extras()}
    assert imports(ROOT / "smtplesson") - asked - core_of_jupyter - {"smtplesson"} == set()


# --- versions -----------------------------------------------------------------------------------------------


def test_the_locked_versions_are_allowed() -> None:
    for requirement in asked_for():
        found = LOCKED[canonicalize_name(requirement.name)]
        assert all(requirement.specifier.contains(version) for version in found), requirement


def test_a_bound_that_stands_twice_is_the_same() -> None:
    there = {requirement.name: requirement.specifier for requirement in licences.course()}
    twice = [requirement for requirement in licences.extras() if requirement.name in there]
    assert {requirement.name for requirement in twice} == {"ipywidgets", "jupyterlab", "pandas"}
    assert [r for r in twice if r.specifier != there[r.name]] == []


def test_every_requirement_has_a_lower_bound_and_no_other() -> None:
    for requirement in asked_for():
        assert re.fullmatch(r">=[\d.]+", str(requirement.specifier)), requirement


def test_the_oldest_python_that_is_tried_is_the_oldest_that_is_promised() -> None:
    promised = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    assert promised == f">={versions.PYTHONS[0]}"


# --- licences -----------------------------------------------------------------------------------------------


def test_the_walk_goes_through_extras_and_reaches_other_systems() -> None:
    needed = licences.runtime()
    assert {"jupyterlab", "numpy", "anywidget", "pytest"} <= needed
    assert "fqdn" in needed  # by the extra "format-nongpl" of jsonschema, which jupyter-events asks for
    assert {"appnope", "colorama"} <= needed  # on macOS, and on Windows
    assert "tomli" not in needed  # before Python 3.11 only
    if as_locked():
        assert needed <= set(LOCKED)


def test_every_run_time_dependency_has_a_free_licence() -> None:
    table = licences.read()
    needed = licences.runtime() if as_locked() else licences.runtime() & set(LOCKED) | set(table)
    assert set(table) == needed, "python -m tests.tools.licences"
    assert set(table) <= set(LOCKED)
    assert [name for name in table if not licences.is_free(table[name])] == []


def test_the_table_is_what_the_locked_packages_say_of_themselves() -> None:
    seen = 0
    for name, stated in licences.read().items():
        try:
            found = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # for another system
        if found.version in LOCKED[name]:
            assert licences.licence(found) == stated, name
            seen += 1
    assert seen, "no package is installed as it is locked: pip install --require-hashes -r requirements.lock"


class Package(importlib.metadata.Distribution):
    """A distribution that says of its licence what a test wants."""

    def __init__(self, *lines: tuple[str, str], files: tuple[Path, ...] = ()) -> None:
        self._lines, self._files = lines, files

    @property
    def metadata(self) -> Any:
        message = Message()
        for key, value in [("Name", "x"), *self._lines]:
            message[key] = value
        return message

    @property
    def files(self) -> Any:
        return self._files

    def read_text(self, filename: str) -> str | None:
        return None

    def locate_file(self, path: Any) -> Any:
        return Path(path)


TWO = "Redistribution and use in source and binary forms, with or without modification, are permitted"
OSI = "License :: OSI Approved :: "


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([("License-Expression", "MIT AND ISC"), ("License", "GPL")], "MIT AND ISC"),
        ([("License", "BSD 3-Clause License")], "BSD-3-Clause"),
        ([("License", "Apache License, Version 2.0")], "Apache-2.0"),
        ([("License", "UNKNOWN"), ("Classifier", f"{OSI}ISC License (ISCL)")], "ISC"),
        ([("Classifier", f"{OSI}Python Software Foundation License")], "PSF-2.0"),
        ([("License", f"Copyright (c)\n{TWO}")], "BSD-2-Clause"),
        ([("License", f"{TWO} ... Neither\nthe name of the copyright holder")], "BSD-3-Clause"),
    ],
)
def test_a_licence_is_read(lines: list[tuple[str, str]], expected: str) -> None:
    assert licences.licence(Package(*lines)) == expected


def test_a_licence_is_read_from_its_file_and_not_from_a_program_with_such_a_name(tmp_path: Path) -> None:
    program, text = tmp_path / "licenses.cpython-311.pyc", tmp_path / "LICENSE"
    program.write_bytes(b"\xa7\r\r\n\x00")
    text.write_text("Permission is hereby granted, free of charge, to any person ...")
    assert licences.licence(Package(files=(program, text))) == "MIT"


@pytest.mark.parametrize("said", ["BSD", "GPLv3", "", "Proprietary"])
def test_a_licence_that_is_not_known_is_an_error(said: str) -> None:
    with pytest.raises(ValueError, match="x: no known licence"):
        licences.licence(Package(("License", said)))


@pytest.mark.parametrize(
    ("expression", "free"),
    [
        ("MIT", True),
        ("BSD-3-Clause AND (MIT OR GPL-2.0-only)", True),
        ("BSD-3-Clause AND GPL-3.0-only", False),
        ("MIT-Modern-Variant", False),
        ("LicenseRef-Proprietary", False),
    ],
)
def test_what_is_free(expression: str, free: bool) -> None:
    assert licences.is_free(expression) is free


def test_lines_that_are_no_requirements_are_left_out() -> None:
    assert licences.parsed("# why\nA-b>=1 # c\n\n-e .[x]\nd==2 ; os_name == 'nt'\n") == [
        Requirement("A-b>=1"),
        Requirement("d==2 ; os_name == 'nt'"),
    ]


# --- workflows ----------------------------------------------------------------------------------------------

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_an_action_is_named_by_its_commit(path: Path) -> None:
    """A tag may be moved to another commit; the version stands behind it for whoever reads."""
    used = re.findall(r"uses: *(.*)", path.read_text(encoding="utf-8"))
    assert used
    assert [one for one in used if not re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40} # v[\d.]+", one)] == []


def jobs(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]
    return found


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_who_may_write_runs_nothing_of_ours(path: Path) -> None:
    """Building is one job, publishing another: what a package does while it builds has no right to publish."""
    text = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert text["permissions"] == {"contents": "read"}
    for name, job in jobs(path).items():
        if "write" in job.get("permissions", {}).values():
            assert [step for step in job["steps"] if "run" in step or "checkout" in step.get("uses", "")] == [], name


def test_every_workflow_that_installs_takes_the_lock_by_its_hashes() -> None:
    for path in WORKFLOWS:
        for name, job in jobs(path).items():
            runs = [step["run"] for step in job["steps"] if "pip install" in step.get("run", "")]
            assert [run for run in runs if "--require-hashes" not in run and "--no-deps" not in run] == [], name


def test_the_tests_run_on_three_systems_and_on_every_python_that_is_promised() -> None:
    matrix = next(
        job["strategy"]["matrix"] for job in jobs(ROOT / ".github/workflows/ci.yml").values() if "strategy" in job
    )
    assert matrix["system"] == ["ubuntu-latest", "windows-latest", "macos-latest"]
    assert matrix["python"][0] == versions.PYTHONS[0]
    assert [int(one.partition(".")[2]) for one in matrix["python"]] == [11, 12, 13, 14]
