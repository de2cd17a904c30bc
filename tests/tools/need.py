"""Tools beyond Python that some tests need: without one a test is skipped, but never where CI=true."""

from __future__ import annotations

import os
import shutil
from typing import NoReturn

import pytest


def program(*names: str) -> str:
    """The path of the first of these programs that this machine has."""
    for name in names:
        if path := shutil.which(name):
            return path
    unavailable(f"none of these programs is installed: {', '.join(names)}")


def unavailable(reason: str) -> NoReturn:
    """Skip the test with a reason; under CI fail it, so that nothing goes unchecked there."""
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
