"""How far long work is, on a terminal: told where it takes more than two seconds.

It is told by tqdm, of the extra `smtplesson[teacher]`; without it, or where nobody looks on, the work is the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.util import find_spec
from typing import TypeVar

_Thing = TypeVar("_Thing")
_PATIENCE = 2  # seconds


def watched(things: Iterable[_Thing], doing: str, total: int | None = None) -> Iterable[_Thing]:
    """Return `things` one by one; `doing` says what is done with them, `total` how many they are, where it is known.

    >>> list(watched([1, 2], "Counting"))
    [1, 2]
    """
    if find_spec("tqdm") is None:
        return things
    from tqdm import tqdm

    shown: Iterable[_Thing] = tqdm(things, desc=doing, total=total, delay=_PATIENCE, disable=None, leave=False)
    return shown
