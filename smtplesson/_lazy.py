"""Names of a package that are imported when first asked for: what nobody uses costs no time."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any


def names(package: dict[str, Any], homes: dict[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """The `__getattr__` and `__dir__` of a package (PEP 562).

    `package` are its globals; `homes` has modules, and behind each the names in it, with spaces between them.
    """
    home = {name: module for module, of in homes.items() for name in of.split()}

    def getattr_(name: str) -> Any:
        if name not in home:
            raise AttributeError(f"module {package['__name__']!r} has no attribute {name!r}")
        module = importlib.import_module(home[name])
        found = getattr(module, name) if hasattr(module, name) else importlib.import_module(f"{home[name]}.{name}")
        package[name] = found
        return found

    return getattr_, lambda: sorted({*package, *home})
