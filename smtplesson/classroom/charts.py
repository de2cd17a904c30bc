"""Charts of a class: the numbers, which are also told in words and as a table, and their drawing as SVG.

They are drawn by matplotlib, the extra `smtplesson[teacher]`; where it is not installed, the tables stand alone. Altair
with vl-convert was tried beside it. Both give the same bytes each time and need no network. Altair's own output loads
its scripts from one; vl-convert is 84 MB, needs twice the memory (154 against 70 MB for one chart), and does not run in
the browser's Python of JupyterLite, for which matplotlib is to be had. What matplotlib writes is kept as shapes and
texts without names and styles of its own: so several charts stand in one page that loads nothing, and follow its theme.
"""

from __future__ import annotations

import io
import re
import statistics
import textwrap
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from smtplesson import markup
from smtplesson.classroom.findings import Answers, Belief, ConfusedPair
from smtplesson.classroom.marking import LearnerMark
from smtplesson.markup import Html, tag

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: What to do where charts are missing.
MISSING = "Charts are not drawn, the tables say the same: `pip install smtplesson[teacher]` adds them."
MOST_ROWS = 40  # learners that are drawn one by one: as many rows as a screen holds
GROUPS = 10  # of equal size, where there are more
_PAIRS = 20
_FILL, _LINE, _INK = "#3a8ccc", "#8a94a6", "#000000"  # as a page without our styles draws them
_SHADE = 0.5  # of the darkest cell: its number can be read on it in a light and in a dark page
_NAME = 24  # characters of a name that are drawn
_ROW = 19  # the height of a row of a heat map
_WRAP = 54  # characters of a belief in one line
_NUMBER = re.compile(r"-?\d+\.\d+")


class Drawing(StrEnum):
    """How a chart is drawn."""

    COLUMNS = "columns"
    PAIRED = "columns in pairs"
    BARS = "bars"
    HEAT = "heat map"


Value = float | None


@dataclass(frozen=True, slots=True)
class Chart:
    """A table of numbers that is drawn: each row has a name and its values, None where there is nothing to tell.

    `said` tells the most important in a sentence. The values are shares, 0 to 1, where `is_share`; else they count.
    """

    title: str
    said: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Value, ...]], ...]
    drawing: Drawing
    is_share: bool = False

    @property
    def table(self) -> tuple[tuple[str, ...], ...]:
        """The rows in words."""
        return tuple((name, *map(self.number, values)) for name, values in self.rows)

    def number(self, value: Value) -> str:
        """A value in words."""
        return "" if value is None else f"{value:.0%}" if self.is_share else f"{value:.0f}"

    def svg(self) -> Html | None:
        """The drawing, named for a screen reader; None where matplotlib is missing, or there is nothing to draw."""
        if not self.rows or not can_draw():
            return None
        from matplotlib import style

        ours: dict[str, Any] = {"svg.fonttype": "none", "svg.hashsalt": "smtplesson", "text.parse_math": False}
        ours |= {"font.family": ["DejaVu Sans"], "font.size": 11.0, "axes.unicode_minus": False}
        written = io.StringIO()
        with style.context(["default", ours]), warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Glyph .* missing", UserWarning)  # the reader's own fonts write it
            figure = _DRAWN[self.drawing](self)
            figure.savefig(written, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
        width, height = (round(inches * 72) for inches in figure.get_size_inches())
        shapes = _shapes(ElementTree.fromstring(written.getvalue()))
        label = f"{self.drawing.value.capitalize()}: {self.title}. {self.said}"
        frame = {"viewBox": f"0 0 {width} {height}", "aria-label": label, "font-family": "inherit"}
        return tag("svg", *shapes, role="img", width=width, height=height, **frame)

    def __str__(self) -> str:
        rows = [" | ".join(row) for row in (self.headers, *self.table)]
        return markup.visible_lines("\n".join([self.title, *rows, self.said]))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from smtplesson.classroom import display

        return {"text/plain": str(self), "text/html": markup.output(display.chart(self))}


def can_draw() -> bool:
    """Whether the extra is installed."""
    return find_spec("matplotlib") is not None


# --- what is drawn ------------------------------------------------------------------------------------------


def spread(marks: Iterable[LearnerMark]) -> Chart:
    """How many learners have which share right: ten columns; who was asked nothing, or has no mark yet, is left out."""
    counted = [mark for mark in marks if mark.share is not None]
    columns = Counter(min(10 * mark.right // mark.asked, 9) for mark in counted)
    rows = tuple((f"{10 * n}% to {'100%' if n == 9 else f'under {10 * n + 10}%'}", (columns[n],)) for n in range(10))
    shares = sorted(mark.right / mark.asked for mark in counted)
    said = "There are no marks yet."
    if len(shares) > 1:
        low, middle, high = statistics.quantiles(shares, n=4, method="inclusive")
        said = f"The middle of the class has {middle:.0%} right; the middle half lies from {low:.0%} to {high:.0%}."
    elif shares:
        said = f"One learner, with {shares[0]:.0%} right."
    return Chart("Spread of marks", said, ("right", "learners"), rows if counted else (), Drawing.COLUMNS)


def objectives(marks: Sequence[LearnerMark], answers: Answers) -> Chart:
    """The share right of each learner in each objective, or of tenths of the class where there are too many to read.

    The weakest learners stand first, and the weakest objectives; where learners are equal, they keep their order.
    """
    ranked = sorted((mark for mark in marks if answers.get(mark.learner)), key=lambda mark: mark.share or 0)
    groups = [(mark.learner, [mark]) for mark in ranked] if len(ranked) <= MOST_ROWS else _groups(ranked)
    scores = {name: _scores(answers[mark.learner] for mark in members) for name, members in groups}
    right, count = Counter[str](), Counter[str]()
    for score in scores.values():
        for objective, (good, of) in score.items():
            right[objective] += good
            count[objective] += of
    columns = sorted(count, key=lambda each: (right[each] / count[each], each))
    rows = tuple(
        (name, tuple(score[each][0] / score[each][1] if each in score else None for each in columns))
        for name, score in scores.items()
    )
    who = "Learner" if len(ranked) <= MOST_ROWS else "Tenths of the class"
    said = "Nobody has answered yet."
    if columns:
        weak, strong = columns[0], columns[-1]
        said = (
            f"Weakest: {_words(weak)} ({right[weak] / count[weak]:.0%} right); strongest: {_words(strong)} "
            f"({right[strong] / count[strong]:.0%}). Cells hold percents right; the stronger the colour, the more is "
            "wrong."
        )
    heads = (who.lower() if who == "Learner" else "tenth, by mark", *map(_words, columns))
    return Chart(f"{who} by objective", said, heads, rows, Drawing.HEAT, is_share=True)


def codes(pairs: Sequence[ConfusedPair]) -> Chart:
    """How many learners take which code for which other, of the pairs that most confuse."""
    chosen = pairs[:_PAIRS]
    count = {(pair.code, pair.taken_for): len(pair.learners) for pair in chosen}
    columns = sorted({pair.taken_for for pair in chosen})
    rows = tuple(
        (code, tuple(count.get((code, other)) for other in columns)) for code in sorted({pair.code for pair in chosen})
    )
    said = "No pair."
    if pairs:
        most, left = pairs[0], len(pairs) - len(chosen)
        more = f" {markup.counted(left, 'rarer pair is', 'rarer pairs are')} left out." if left else ""
        learners = markup.counted(len(most.learners), "learner takes", "learners take")
        said = f"{learners} {most.code} for {most.taken_for}: the pair that most confuse.{more}"
    return Chart("Code taken for code", said, ("code, taken for", *columns), rows, Drawing.HEAT)


def beliefs(found: Sequence[Belief], most: int = 6) -> Chart:
    """How many learners hold each of the heaviest beliefs firmly."""
    rows = tuple((each.misconception.belief, (len(each.firm),)) for each in found[:most])
    said = "No misconception showed."
    if found:
        first = found[0]
        said = (
            f"{len(first.firm)} of {markup.counted(first.met, 'learner')} who could show the first hold it firmly: it "
            "showed twice or more, in half or more of their chances."
        )
    return Chart("Beliefs held firmly", said, ("belief", "learners"), rows, Drawing.BARS)


def votes(letters: str, first: Sequence[int], second: Sequence[int], said: str) -> Chart:
    """The shares of two votes on one question, letter by letter."""
    rows = tuple(
        (letter, (before / sum(first), after / sum(second)))
        for letter, before, after in zip(letters, first, second, strict=True)
    )
    title = f"First {markup.counted(sum(first), 'vote')}, then {markup.counted(sum(second), 'vote')}"
    return Chart(title, said, ("answer", "first vote", "second vote"), rows, Drawing.PAIRED, is_share=True)


def _groups(ranked: Sequence[LearnerMark]) -> list[tuple[str, Sequence[LearnerMark]]]:
    """The class in ten equal parts by mark, the weakest first."""
    ends = [len(ranked) * n // GROUPS for n in range(GROUPS + 1)]
    parts = [ranked[start:end] for start, end in pairwise(ends)]
    return [(f"{n}: {part[0].share or 0:.0%} to {part[-1].share or 0:.0%}", part) for n, part in enumerate(parts, 1)]


def _scores(answered: Iterable[Sequence[Any]]) -> Mapping[str, tuple[int, int]]:
    """For each objective, the right answers and all."""
    right, count = defaultdict[str, int](int), defaultdict[str, int](int)
    for outcomes in answered:
        for outcome in outcomes:
            objective = outcome.question.objective
            right[objective] += outcome.right
            count[objective] += 1
    return {objective: (right[objective], of) for objective, of in count.items()}


def _words(objective: str) -> str:
    return objective.replace("-", " ")


# --- how it is drawn ----------------------------------------------------------------------------------------


def _axes(width: int, height: int, left: int, top: int, right: int, bottom: int) -> tuple[Figure, Axes]:
    """A figure of so many pixels with one plain set of axes inside these margins."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width / 72, height / 72), dpi=72)
    place = (left / width, bottom / height, (width - left - right) / width, (height - top - bottom) / height)
    axes = figure.add_axes(place)
    axes.tick_params(length=0)
    for side, spine in axes.spines.items():
        spine.set(visible=side == "bottom", color=_LINE)
    axes.set_yticks([])
    return figure, axes


def _columns(chart: Chart) -> Figure:
    figure, axes = _axes(360, 190, 12, 18, 18, 36)
    drawn = axes.bar(range(10), [values[0] or 0 for _, values in chart.rows], width=0.92, align="edge", color=_FILL)
    axes.bar_label(drawn, [chart.number(values[0]) if values[0] else "" for _, values in chart.rows], padding=2)
    axes.set_xticks(range(0, 11, 2), [f"{10 * n}%" for n in range(0, 11, 2)])
    axes.set(xlim=(0, 10), xlabel="share right")
    return figure


def _paired(chart: Chart) -> Figure:
    figure, axes = _axes(360, 190, 10, 36, 16, 22)
    looks: Iterable[dict[str, Any]] = ({"color": (_FILL, 0.15), "edgecolor": _FILL}, {"color": _FILL})
    for number, look in enumerate(looks):
        values = [row[number] or 0 for _, row in chart.rows]
        at = [n + (number - 0.5) * 0.42 for n in range(len(values))]
        drawn = axes.bar(at, values, width=0.38, label=_short(chart.headers[number + 1]), **look)
        axes.bar_label(drawn, [chart.number(value) for value in values], padding=2)
    axes.set_xticks(range(len(chart.rows)), [_short(name) for name, _ in chart.rows])
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1.05), ncols=2, frameon=False, borderpad=0, borderaxespad=0)
    return figure


def _bars(chart: Chart) -> Figure:
    names = [textwrap.wrap(_legible(name), _WRAP, max_lines=2, placeholder=" …") or [""] for name, _ in chart.rows]
    heights = [15 * len(name) + 26 for name in names]
    figure, axes = _axes(360, sum(heights) + 8, 2, 0, 30, 6)
    most = max(values[0] or 0 for _, values in chart.rows) or 1
    top = 0
    for lines, height, (_, (value, *_)) in zip(names, heights, chart.rows, strict=True):
        for number, line in enumerate(lines):
            axes.text(0, top + 15 * (number + 1), line)
        middle = top + height - 13
        axes.barh(middle, value or 0, height=12, color=_FILL)
        axes.text((value or 0) + most / 60, middle, chart.number(value), va="center_baseline")
        top += height
    axes.set(xlim=(0, most), ylim=(sum(heights) + 2, 0), xticks=[])
    axes.spines["bottom"].set_visible(False)
    return figure


def _heat(chart: Chart) -> Figure:
    from matplotlib.patches import Rectangle

    names = [_short(name) for name, _ in chart.rows]
    heads = [_short(head) for head in chart.headers[1:]]
    longest, side = max(map(len, heads)), 38
    slanted = longest > 6
    corner = _short(chart.headers[0])
    left = 7 * max(map(len, [corner, *names])) + 12
    above = 5 * longest + 12 if slanted else 22
    width, height = left + side * len(heads) + (4 * longest if slanted else 6), above + _ROW * len(names) + 4
    figure, axes = _axes(width, height, left, above, width - left - side * len(heads), 4)
    most = 1 if chart.is_share else max(value or 0 for _, values in chart.rows for value in values)
    for y, (_, values) in enumerate(chart.rows):
        for x, value in enumerate(values):
            if value is not None:
                shade = round((1 - value if chart.is_share else value / most) * _SHADE, 2)
                axes.add_patch(Rectangle((x + 0.03, y + 0.05), 0.94, 0.9, facecolor=(_FILL, shade)))
                axes.text(x + 0.5, y + 0.5, chart.number(value).rstrip("%"), ha="center", va="center_baseline")
    turned: dict[str, Any] = {"rotation": 45, "ha": "left", "rotation_mode": "anchor"} if slanted else {"ha": "center"}
    for x, head in enumerate(heads):
        axes.text(x + 0.5, -0.35, head, **turned)
    for y, name in enumerate([corner, *names]):
        axes.text(-0.15, y - 0.5 if y else -0.35, name, ha="right", va="center_baseline" if y else "baseline")
    axes.set(xlim=(0, len(heads)), ylim=(len(names), 0), xticks=[])
    axes.spines["bottom"].set_visible(False)
    return figure


def _legible(text: str) -> str:
    """A text that XML can hold: of what cannot be seen, pictures and signs."""
    return re.sub("[\ufffe\uffff]", "\ufffd", markup.visible(text))


def _short(name: str) -> str:
    shown = _legible(name)
    return shown if len(shown) <= _NAME else f"{shown[: _NAME - 1]}…"


_DRAWN = {Drawing.COLUMNS: _columns, Drawing.PAIRED: _paired, Drawing.BARS: _bars, Drawing.HEAT: _heat}


def _shapes(element: ElementTree.Element) -> Iterable[Html]:
    """The paths and texts of what matplotlib wrote: their ids and fonts left out, numbers short, colours by class."""
    for child in element:
        name = child.tag.rpartition("}")[2]
        if name == "text" or (name == "path" and child.get("style") != "fill: none"):
            yield _shape(name, child)
        elif name == "g":
            yield from _shapes(child)


def _shape(name: str, element: ElementTree.Element) -> Html:
    pairs = [pair.partition(":") for pair in element.get("style", "").split(";") if pair.strip()]
    style = {key.strip(): value.strip() for key, _, value in pairs if "font-family" not in key}
    given = {key: _brief(value) for key in ("d", "x", "y", "transform") if (value := element.get(key))}
    if name == "text":
        style["fill"] = "currentColor"
    if given.get("transform", "").startswith(("rotate(0 ", "rotate(-0 ")):
        del given["transform"]
    kinds = [f"sl-{role}" for key, role in (("fill", "fill"), ("stroke", "edge")) if style.get(key) == _FILL]
    kinds += ["sl-rule"] if style.get("stroke") == _LINE else []
    style = {key: "currentColor" if value == _INK else value for key, value in style.items()}
    return tag(name, element.text if name == "text" else None, class_=" ".join(kinds) or None, **given, **style)


def _brief(text: str) -> str:
    return " ".join(_NUMBER.sub(lambda match: f"{float(match[0]):.1f}".removesuffix(".0"), text).split())
