"""The environment in which notebooks are built and tested: a fixed date, and an empty log folder.

Loaded as a pytest plugin by `pyproject.toml`, since a `conftest.py` under `tests` is not read by
`pytest notebooks/one.ipynb`, and a test must never write into the log of the person who runs it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.paths import ROOT

TODAY = "2026-01-05"


@contextmanager
def frozen() -> Iterator[None]:
    """Set the environment of the kernels that are started inside; put the old one back afterwards."""
    before = dict(os.environ)
    folder = tempfile.mkdtemp(prefix="smtplesson-")
    os.environ |= {
        "SMTPLESSON_HOME": os.path.join(folder, "log"),
        "SMTPLESSON_TODAY": TODAY,
        "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), before.get("PYTHONPATH")])),  # this checkout
        "IPYTHONDIR": os.path.join(folder, "ipython"),  # no start-up files of the person who runs it
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # else debugpy may warn about frozen modules on stderr
    }
    empty_log()
    try:
        yield
    finally:
        os.environ.clear()
        os.environ |= before
        shutil.rmtree(folder, ignore_errors=True)


def empty_log() -> None:
    """Every notebook starts as a new learner, whatever ran before it."""
    shutil.rmtree(os.environ["SMTPLESSON_HOME"], ignore_errors=True)
    os.mkdir(os.environ["SMTPLESSON_HOME"])


_last_notebook: Path | None = None


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """With `-n` of pytest-xdist a file's tests stay together: the cells of a notebook share a kernel.

    Files begin in the order of the tree, not those with most tests first: the browser's, which last longest.
    """
    if getattr(config.option, "numprocesses", None) and config.option.dist in {"no", "load"}:
        config.option.dist, config.option.loadscopereorder = "loadfile", False


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    stack = ExitStack()
    stack.enter_context(frozen())
    config.add_cleanup(stack.close)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    global _last_notebook
    if item.path.suffix == ".ipynb" and item.path != _last_notebook:
        _last_notebook = item.path
        empty_log()
