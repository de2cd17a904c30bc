"""The charts: their numbers, by hand and in drawing and table alike; safe, steady, and not needed."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

import pytest

from smtplesson.classroom import charts, display
from smtplesson.classroom.charts import MISSING, MOST_ROWS, Chart, Drawing
from smtplesson.classroom.marking import LearnerMark
from smtplesson.classroom.report import ClassReport
from smtplesson.classroom.roster import Roster
from smtplesson.classroom.simulated import sample
from smtplesson.classroom.submissions import Collected
from smtplesson.classroom.votes import Card, TwoVotes
from smtplesson.learner.attempts import Attempt

REPORT = ClassReport.of(sample(12, 3))
VOTES = charts.votes("ABCD", (7, 5, 2, 10), (2, 2, 1, 19), "Said.")
ALL = [REPORT.spread, REPORT.objectives, REPORT.codes, REPORT.firm, VOTES]
NASTY = '<b>$x$ "é&\u202e日本🐘\x07\uffff</b>'


def marks(*rights: int, asked: int = 10) -> list[LearnerMark]:
    return [LearnerMark(f"s{n}", "", asked, asked, right) for n, right in enumerate(rights)]


def svg(chart: Chart) -> ElementTree.Element:
    drawn = chart.svg()
    assert drawn is not None
    return ElementTree.fromstring(drawn)


def texts(chart: Chart) -> list[str]:
    return [element.text or "" for element in svg(chart).iter("text")]


def filled(chart: Chart) -> list[ElementTree.Element]:
    return [path for path in svg(chart).iter("path") if path.get("class", "").startswith("sl-fill")]


def size(path: ElementTree.Element) -> tuple[float, float]:
    """The width and the height of a drawn rectangle."""
    points = [float(n) for n in re.findall(r"[\d.]+", path.get("d", ""))]
    return max(points[::2]) - min(points[::2]), max(points[1::2]) - min(points[1::2])


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> None:
    """No matplotlib is installed."""
    monkeypatch.setattr(charts, "find_spec", lambda name: None)


# --- the numbers --------------------------------------------------------------------------------------------


def test_marks_stand_in_tenths() -> None:
    # 0, 9, 10, 55, 99 and 100 of 100: under 10% are two, the last column holds 100%, too
    shown = charts.spread([*marks(0, 9, 10, 55, 99, 100, asked=100), LearnerMark("silent", "", 0, 0, 0)])
    assert [values for _, values in shown.rows] == [(n,) for n in (2, 1, 0, 0, 0, 1, 0, 0, 0, 2)]
    assert [name for name, _ in shown.rows][::9] == ["0% to under 10%", "90% to 100%"]


def test_the_middle_half_is_told() -> None:
    # of 0, 20, 40, 60, 80 the quartiles are 20, 40 and 60 (inclusive method: the ends belong to it)
    said = charts.spread(marks(8, 0, 4, 2, 6)).said
    assert said == "The middle of the class has 40% right; the middle half lies from 20% to 60%."
    assert charts.spread(marks(5)).said == "One learner, with 50% right."
    assert charts.spread([]).said == "There are no marks yet."


def test_the_objectives_are_those_of_the_answers() -> None:
    shown = REPORT.objectives
    assert len(shown.rows) == 12
    for learner, values in shown.rows:
        for head, value in zip(shown.headers[1:], values, strict=True):
            asked = [o for o in REPORT.marked.first[learner] if o.question.objective.replace("-", " ") == head]
            assert value == sum(o.right for o in asked) / len(asked)
    shares = [mark.share for name, _ in shown.rows for mark in REPORT.marked.marks if mark.learner == name]
    assert shares == sorted(shares, key=lambda share: share or 0)


def test_the_weakest_objective_stands_first() -> None:
    found = Collected()
    day = date(2026, 1, 5)
    found.add("ada", (Attempt("pre-251", "B", day), Attempt("pre-553", "A", day)), "ada.txt")
    report = ClassReport.of(found)
    right = {o.question.objective.replace("-", " "): o.right for o in report.marked.first["ada"]}
    assert sorted(right.values()) == [False, True]
    (name, values), heads = report.objectives.rows[0], report.objectives.headers[1:]
    assert (name, values) == ("ada", (0, 1))
    assert [right[head] for head in heads] == [False, True]


@pytest.mark.parametrize("learners", [MOST_ROWS, MOST_ROWS + 1, 95])
def test_a_large_class_is_told_in_tenths(learners: int) -> None:
    report = ClassReport.of(sample(learners, 3))
    shown = report.objectives
    if learners <= MOST_ROWS:
        assert {name for name, _ in shown.rows} == set(report.marked.first)
        return
    assert [name.partition(":")[0] for name, _ in shown.rows] == [str(n) for n in range(1, 11)]
    ranked = sorted(report.marked.marks, key=lambda mark: mark.share or 0)
    first = ranked[: learners // 10]
    assert shown.rows[0][0] == f"1: {first[0].share:.0%} to {first[-1].share:.0%}"
    outcomes = [o for mark in first for o in report.marked.first[mark.learner]]
    head = shown.headers[1]
    asked = [o.right for o in outcomes if o.question.objective.replace("-", " ") == head]
    assert shown.rows[0][1][0] == sum(asked) / len(asked)


def test_codes_and_beliefs_are_those_of_the_report() -> None:
    drawn = {
        (code, other): value
        for code, values in REPORT.codes.rows
        for other, value in zip(REPORT.codes.headers[1:], values, strict=True)
        if value is not None
    }
    assert drawn == {(pair.code, pair.taken_for): len(pair.learners) for pair in REPORT.pairs[:20]}
    left = len(REPORT.pairs) - 20
    assert (f"{left} rarer pair" in REPORT.codes.said) == (left > 0)
    assert [(name, *values) for name, values in REPORT.firm.rows] == [
        (belief.misconception.belief, len(belief.firm)) for belief in REPORT.beliefs[:6]
    ]


def test_two_votes_are_shares_of_those_who_voted() -> None:
    shown = charts.votes("AB", (1, 3), (8, 2), "")
    assert shown.rows == (("A", (0.25, 0.8)), ("B", (0.75, 0.2)))
    card = Card.of("251-or-551", seed=2)
    html = TwoVotes(card.count("A 7, B 5, C 2, D 10"), card.count("A 2, B 2, C 1, D 19"))._repr_mimebundle_()
    # 10 of 24 are 42 %, 19 of 24 are 79 %
    assert '<th scope="row" style="text-align:left;vertical-align:top">D</th>' in html["text/html"]
    assert re.findall(r"<td[^>]*>(\d+%)</td>", html["text/html"])[-2:] == ["42%", "79%"]


# --- the drawing --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("chart", ALL, ids=lambda chart: chart.title)
def test_the_drawing_has_the_numbers_of_the_table(chart: Chart) -> None:
    left = Counter(text.removesuffix("%") for text in texts(chart))
    numbers = Counter(cell.removesuffix("%") for _, *cells in chart.table for cell in cells)
    del numbers[""]
    if chart.drawing is Drawing.COLUMNS:
        del numbers["0"]  # an empty column has no number above it
    assert numbers
    assert numbers - left == Counter()


@pytest.mark.parametrize("chart", [REPORT.spread, REPORT.firm, VOTES], ids=lambda chart: chart.title)
def test_a_bar_is_as_long_as_its_number(chart: Chart) -> None:
    columns = zip(*(row for _, row in chart.rows), strict=True)  # each series is drawn after the other
    values = [value or 0 for column in columns for value in column]
    lengths = [size(path)[chart.drawing is not Drawing.BARS] for path in filled(chart)][: len(values)]
    assert [length / max(lengths) for length in lengths] == pytest.approx([v / max(values) for v in values], abs=0.01)


def test_the_weaker_a_cell_the_stronger_its_colour() -> None:
    rows = (("ada", (0.0, 0.5)), ("ben", (None, 1.0)))
    chart = Chart("T", "S", ("learner", "one", "two"), rows, Drawing.HEAT, is_share=True)
    shades = [float(path.get("fill-opacity", path.get("opacity", "1"))) for path in filled(chart)]
    assert shades == [0.5, 0.25]  # none where all is right
    assert [text for text in texts(chart) if text.isdigit()] == ["0", "50", "100"]


@pytest.mark.parametrize("chart", ALL, ids=lambda chart: chart.title)
def test_a_screen_reader_hears_the_sentence_and_finds_the_table(chart: Chart) -> None:
    image = svg(chart)
    assert image.get("role") == "img"
    assert image.get("aria-label", "").endswith(f"{chart.title}. {chart.said}")
    html = display.chart(chart)
    assert html.count("<details><summary>The numbers as a table</summary>") == 1
    assert html.count("<tr>") == len(chart.rows) + 1


@pytest.mark.parametrize("chart", ALL, ids=lambda chart: chart.title)
def test_a_drawing_is_the_same_each_time_and_can_stand_beside_others(chart: Chart) -> None:
    assert chart.svg() == replace(chart).svg()
    assert not re.search(r"\bid=|url\(|href|<style|<image|xmlns|http|DejaVu|\d\.\d\d\d", str(chart.svg()))


def test_the_users_own_style_changes_nothing() -> None:
    import matplotlib

    with matplotlib.rc_context({"text.color": "red", "font.size": 30, "axes.spines.bottom": False}):
        changed = [chart.svg() for chart in ALL]
    assert changed == [chart.svg() for chart in ALL]


# --- names, and nothing to draw -----------------------------------------------------------------------------


@pytest.mark.parametrize("drawing", Drawing)
def test_a_name_is_text_whatever_it_holds(drawing: Drawing) -> None:
    heads = (NASTY, NASTY) if drawing is not Drawing.PAIRED else (NASTY, NASTY, NASTY)
    count = 10 if drawing is Drawing.COLUMNS else 2
    chart = Chart(NASTY, NASTY, heads, ((NASTY, (1, 1)[: len(heads) - 1]),) * count, drawing)
    html = display.chart(chart)
    assert "<b>" not in html
    assert "\x07" not in html
    assert "\u202e" not in html
    assert html.count("&lt;b&gt;$x$") > 4  # the title, the sentence, the table, and what is drawn


def test_a_learner_with_a_nasty_name_is_drawn() -> None:
    found = Collected()
    found.add("ada", (Attempt("pre-251", "A", date(2026, 1, 5)),), "ada.txt")
    html = ClassReport.of(found, roster=Roster({"ada": NASTY})).html()
    assert "<b>$x$" not in html


def test_there_is_nothing_to_draw_of_nobody() -> None:
    report = ClassReport.of(Collected())
    for chart in (report.spread, report.objectives, report.codes, report.firm):
        assert chart.svg() is None
        assert MISSING not in display.chart(chart)
        assert chart.said in display.chart(chart)
    assert "Nobody handed in." in report.html()


# --- without the extra --------------------------------------------------------------------------------------


@pytest.mark.usefixtures("without")
@pytest.mark.parametrize("chart", ALL, ids=lambda chart: chart.title)
def test_without_matplotlib_the_table_stands_alone(chart: Chart) -> None:
    html = display.chart(chart)
    assert "<svg" not in html
    assert "pip install smtplesson[teacher]" in html
    assert "<details open><summary>The numbers as a table</summary>" in html
    assert html.count("<tr>") == len(chart.rows) + 1


@pytest.mark.usefixtures("without")
def test_without_matplotlib_the_report_says_the_same() -> None:
    bare = ClassReport.of(sample(12, 3))
    assert bare.text() == REPORT.text()
    html = bare.html()
    assert 'role="img"' not in html
    assert html.count("pip install smtplesson[teacher]") == 1
