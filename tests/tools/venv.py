"""Clean environments for tests, with this interpreter's version and nothing of this environment."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def make(folder: Path, *requirements: str) -> Path:
    """Make an environment with these requirements; its interpreter is given back. Needs the package index."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, env=environment())
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    command = [str(python), "-m", "pip", "install", "--quiet", *requirements]
    for attempt in range(2):  # a registry may fail once
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment())
        if done.returncode == 0 or attempt:
            break
    assert done.returncode == 0, done.stderr
    return python


def environment(python: Path | None = None) -> dict[str, str]:
    """Today's environment without what points at this checkout; `python`'s folder comes first in the PATH."""
    kept = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "VIRTUAL_ENV", "PYTEST_ADDOPTS"}}
    return kept | {"PATH": f"{python.parent}{os.pathsep}{kept['PATH']}"} if python else kept


def output(python: Path, code: str, *, cwd: Path) -> str:
    """What a program prints there; if it fails, its error is the message."""
    return run(python, "-c", code, cwd=cwd)


def run(python: Path, *arguments: str, cwd: Path) -> str:
    """Run the interpreter with these arguments and give what it prints."""
    done = subprocess.run(
        [str(python), *arguments],
        cwd=cwd,
        env=environment(python),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout
