"""Do the oldest and the newest allowed versions pass? By hand: `python -m tests.tools.versions [PYTEST OPTIONS]`.

For each interpreter and each end of what `tests/requirements.txt` and `pyproject.toml` allow, makes an environment with
uv (https://docs.astral.sh/uv/) and runs all tests there but those of the browser, on a copy of the files that git
has or would take: what is edited meanwhile changes nothing. Needs uv and the package index, and takes its time.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.paths import ROOT
from tests.project.test_repository import declared, tracked
from tests.tools import venv

PYTHONS = ("3.11", "3.12", "3.13")
#: The ends of what is allowed, in uv's words: the oldest of what we name ourselves, with the newest of the rest.
ENDS = {"oldest": "lowest-direct", "newest": "highest"}
UNTESTED = ("--ignore=tests/browser",)


@dataclass(frozen=True)
class Run:
    """What came of the tests at one end of the versions under one interpreter."""

    python: str
    end: str
    good: bool
    said: str  # pytest's last line, or why there was no environment
    seconds: float = 0.0
    versions: str = ""  # what we name ourselves, as `name==version`, by lines

    def __str__(self) -> str:
        return f"{self.python:8} {self.end:7} {'pass' if self.good else 'FAIL'} {self.seconds:6.0f} s  {self.said}"


def uv() -> str:
    """The path of uv: beside this interpreter, or wherever the machine has it."""
    found = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    if found is None:
        sys.exit("uv is needed, since pip cannot take the oldest versions: pip install uv")
    return found


def snapshot(folder: Path) -> Path:
    """A copy of the repository's files, in a repository of its own, since a test asks git for them."""
    for path in tracked():
        target = folder / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    subprocess.run(["git", "init", "--quiet", str(folder)], check=True)
    return folder


def call(*command: str, cwd: Path, python: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command there; what it says on stderr follows what it says on stdout."""
    return subprocess.run(
        command,
        cwd=cwd,
        env=venv.environment(python),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def run(version: str, end: str, checkout: Path, folder: Path, options: list[str]) -> Run:
    """Make one environment and run the tests there; all that was said stands in a file beside it."""
    report = folder / f"{end}-{version.replace('/', '_')}.txt"
    home = folder / report.stem
    python = home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    install = [uv(), "pip", "install", "--quiet", "--python", str(python), f"--resolution={ENDS[end]}"]
    steps = [
        ("no such interpreter", [uv(), "venv", "--quiet", "--no-python-downloads", "--python", version, str(home)]),
        ("cannot be installed", [*install, "-r", "tests/requirements.txt"]),
        ("do not fit together", [uv(), "pip", "check", "--quiet", "--python", str(python)]),
    ]
    for problem, command in steps:
        done = call(*command, cwd=checkout)
        if done.returncode:
            report.write_text(done.stdout, encoding="utf-8")
            return Run(version, end, False, f"{problem}: see {report}")
    frozen = call(uv(), "pip", "freeze", "--python", str(python), cwd=checkout).stdout
    ours = "\n".join(line for line in frozen.splitlines() if line.partition("==")[0].lower() in declared())
    start = time.perf_counter()
    tests = (str(python), "-m", "pytest", "-n", "auto", "-p", "no:cacheprovider", "-q", *UNTESTED, *options)
    done = call(*tests, cwd=checkout, python=python)
    report.write_text(f"{frozen}\n{done.stdout}", encoding="utf-8")
    last = (done.stdout.strip().splitlines() or ["nothing"])[-1].strip("= ")
    number = call(str(python), "-c", "import platform; print(platform.python_version())", cwd=checkout).stdout.strip()
    return Run(number, end, done.returncode == 0, last, time.perf_counter() - start, ours)


def main(arguments: list[str] | None = None) -> int:
    """Run all and print a table; the exit code is 1 if something failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.tools.versions", description=__doc__)
    parser.add_argument("--python", nargs="+", default=PYTHONS, metavar="VERSION", help="versions, or paths")
    parser.add_argument("--end", nargs="+", choices=ENDS, default=list(ENDS), help="the default is both")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the environments and the reports there")
    options, rest = parser.parse_known_args(arguments)
    folder = options.keep or Path(tempfile.mkdtemp(prefix="smtplesson-versions-"))
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    checkout = snapshot(Path(tempfile.mkdtemp(prefix="smtplesson-checkout-")))
    runs = []
    for version in options.python:
        for end in options.end:
            runs.append(run(version, end, checkout, folder, rest))
            print(runs[-1], flush=True)
    shutil.rmtree(checkout)
    for done in runs:
        if done.versions:
            print(f"\n{done.end}, Python {done.python}: {', '.join(done.versions.splitlines())}")
    good = all(done.good for done in runs)
    if good and options.keep is None:
        shutil.rmtree(folder)
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
