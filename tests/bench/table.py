"""What every benchmark gives: rows of a figure of ours and a peer's, measured in turn, and one table of them."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

LEAST = 3  # rounds that are counted, where there is time for any

#: Takes one measurement.
Measure = Callable[[], float]


class Missing(Exception):
    """A peer or a tool that this machine has not, and why."""


@dataclass(frozen=True)
class Row:
    """One thing measured, ours and the peer's in each round; without a peer, `missing` says why."""

    name: str
    unit: str
    peer: str
    ours: tuple[float, ...] = ()
    theirs: tuple[float, ...] = ()
    missing: str = ""

    @property
    def ratios(self) -> tuple[float, ...]:
        """Ours by the peer's, round by round: what slows the machine for both is not in it."""
        return tuple(our / their for our, their in zip(self.ours, self.theirs, strict=True))

    def cells(self) -> tuple[str, ...]:
        """What the table says: the medians, the median ratio, and the lowest and highest ratio.

        >>> Row("a start", "s", "a kettle", (1.0, 3.0, 2.0), (2.0, 2.0, 2.0)).cells()
        ('a start', 's', '2', 'a kettle', '2', '**1**', '0.5 to 1.5')
        """
        ours = figure(median(self.ours)) if self.ours else ""
        if not self.theirs:
            return self.name, self.unit, ours, self.peer, f"missing: {self.missing}", "", ""
        ratios = self.ratios
        spread = f"{figure(min(ratios))} to {figure(max(ratios))}" if len(ratios) > 1 else ""
        middle = f"**{figure(median(ratios))}**"
        return self.name, self.unit, ours, self.peer, figure(median(self.theirs)), middle, spread


def in_turn(
    name: str, unit: str, ours: Measure, peers: Mapping[str, Measure], seconds: float, most: int = 1000
) -> list[Row]:
    """Measure ours, then each peer, round after round: for `seconds`, three rounds at least, `most` at most.

    There is a row for each peer. The first round warms up and is not counted; with 0 seconds it is the only one, and
    counts.
    """
    measures = {"": ours, **peers}
    rounds: list[dict[str, float]] = []
    if seconds:
        for measure in measures.values():
            measure()
    start = time.perf_counter()
    least = LEAST if seconds else 1
    while len(rounds) < least or (len(rounds) < most and time.perf_counter() - start < seconds):
        rounds.append({peer: measure() for peer, measure in measures.items()})
    taken = {peer: tuple(each[peer] for each in rounds) for peer in measures}
    return [Row(name, unit, peer, taken[""], taken[peer]) for peer in peers]


def markdown(rows: Iterable[Row]) -> str:
    """The table in Markdown."""
    headers = ("what", "unit", "kit", "peer", "peer's", "ratio", "lowest to highest")
    lines = [headers, tuple("---:" if name in (*headers[4:], "kit") else "---" for name in headers)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [*lines, *(row.cells() for row in rows)])


def figure(number: float) -> str:
    """Three digits, and from a thousand on all of them.

    >>> figure(0.012345), figure(12.345), figure(12345.6)
    ('0.0123', '12.3', '12,346')
    """
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"


@contextmanager
def compiled() -> Iterator[None]:
    """Let the Pythons that are started inside keep what they compile: in a folder of its own, ours and the peers'.

    Some machines keep nothing; then an import would measure the compiler.
    """
    before = dict(os.environ)
    with tempfile.TemporaryDirectory() as folder:
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = folder
        try:
            yield
        finally:
            os.environ.clear()
            os.environ |= before
