"""The benchmarks run and make a table; how long anything takes is not judged here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from smtplesson import Server
from smtplesson.server.transport import serve
from tests.bench import __main__ as bench
from tests.bench import classroom, clicks, imports, memory, notebooks, opening, peers, sessions, size, soak
from tests.bench.table import Missing, Row, figure, in_turn, markdown
from tests.tools import need


def counting(calls: list[str], name: str, *values: float) -> Callable[[], float]:
    """A measurement that notes its calls and gives these values, the last again and again."""
    rest = list(values)

    def measure() -> float:
        calls.append(name)
        return rest.pop(0) if len(rest) > 1 else rest[0]

    return measure


def test_a_row_tells_the_medians_and_the_median_of_the_ratios_of_each_round() -> None:
    row = Row("a walk", "km", "a ride", (1.0, 2.0, 9.0), (10.0, 4.0, 3.0))
    assert row.ratios == (0.1, 0.5, 3.0)
    assert row.cells() == ("a walk", "km", "2", "a ride", "4", "**0.5**", "0.1 to 3")


def test_one_round_has_no_spread() -> None:
    assert Row("a walk", "km", "a ride", (6.0,), (4.0,)).cells() == ("a walk", "km", "6", "a ride", "4", "**1.5**", "")


def test_a_peer_that_is_missing_is_named() -> None:
    cells = Row("a walk", "km", "a ride", missing="there is no horse").cells()
    assert cells == ("a walk", "km", "", "a ride", "missing: there is no horse", "", "")


def test_the_table_is_markdown() -> None:
    lines = markdown([Row("a walk", "km", "a ride", (6.0,), (4.0,)), Row("a walk", "km", "x", missing="y")]).split("\n")
    assert len(lines) == 4
    assert {line.count("|") for line in lines} == {8}
    assert lines[1] == "| --- | --- | ---: | --- | ---: | ---: | ---: |"
    assert lines[2] == "| a walk | km | 6 | a ride | 4 | **1.5** |  |"


@pytest.mark.parametrize(
    ("number", "said"), [(0.00123, "0.00123"), (0.5, "0.5"), (99.94, "99.9"), (123.4, "123"), (98765.4, "98,765")]
)
def test_figures_have_three_digits(number: float, said: str) -> None:
    assert figure(number) == said


def test_ours_and_the_peers_are_measured_in_turn_after_a_round_that_does_not_count() -> None:
    calls: list[str] = []
    peers = {"b": counting(calls, "b", 50.0, 2.0), "c": counting(calls, "c", 50.0, 4.0)}
    rows = in_turn("x", "s", counting(calls, "a", 50.0, 1.0), peers, seconds=1e-9)
    assert "".join(calls) == "abc" * 4  # one to warm up, then three
    assert [(row.peer, row.ours, row.theirs) for row in rows] == [
        ("b", (1.0, 1.0, 1.0), (2.0, 2.0, 2.0)),
        ("c", (1.0, 1.0, 1.0), (4.0, 4.0, 4.0)),
    ]


def test_without_seconds_there_is_one_round_and_with_many_no_more_than_most() -> None:
    calls: list[str] = []
    in_turn("x", "s", counting(calls, "a", 1.0), {"b": counting(calls, "b", 1.0)}, seconds=0)
    assert calls == ["a", "b"]
    (row,) = in_turn("x", "s", counting([], "a", 1.0), {"b": counting([], "b", 1.0)}, seconds=60, most=5)
    assert len(row.ours) == 5


def test_what_fails_is_told_and_the_rest_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(seconds: float) -> list[Row]:
        raise Missing("there is no horse")

    monkeypatch.setattr(
        bench, "SUBJECTS", {"rides": fails, "walks": lambda seconds: [Row("a walk", "km", "x", (1,), (2,))]}
    )
    assert bench.main(["--seconds", "0"]) == 1
    told = capsys.readouterr().out
    assert "Not measured: rides: there is no horse" in told
    assert "| a walk | km | 1 | x | 2 | **0.5** |  |" in told
    assert bench.main(["walks"]) == 0


# --- each benchmark, as short as can be ---


def names(rows: list[Row]) -> list[str]:
    """The peers; each row has a figure of ours and one of the peer."""
    assert all(figure > 0 for row in rows for figure in (*row.ours, *row.theirs)), rows
    assert all(len(row.ours) == len(row.theirs) == 1 for row in rows), rows
    return [row.peer for row in rows]


def test_imports() -> None:
    beside = ["import pandas", "import pandas", "import ipywidgets", "import ipywidgets, anywidget"]
    assert names(imports.rows(0)) == beside


def test_sessions() -> None:
    def gone() -> None:
        raise Missing("no such program")

    rows = sessions.rows(0, {"itself": peers.smtplesson, "gone": gone}, gone)  # type: ignore[dict-item, arg-type]
    assert names([row for row in rows if not row.missing]) == ["itself"] * 3
    assert [row.peer for row in rows if row.missing] == ["gone", "smtp-source"] * 3


def test_a_refusal_ends_the_measurement() -> None:
    with serve(Server("foo.com", mailboxes=["jones@foo.com"])) as port, pytest.raises(RuntimeError, match="brown"):
        sessions.one_session(port, 1)


def test_classroom() -> None:
    assert names(classroom.rows(0, learners=2)) == ["pandas read_json, groupby"]


def test_notebooks(tmp_path: Path) -> None:
    assert names(notebooks.rows(0, [notebooks.empty(tmp_path / "one.ipynb")])) == ["as many with 1+1"]
    wrong = tmp_path / "wrong.ipynb"
    book = nbformat.read(notebooks.empty(wrong), as_version=4)
    book.cells[0].outputs[0].data["text/plain"] = "3"
    nbformat.write(book, wrong)
    with pytest.raises(RuntimeError, match="Cell outputs differ"):
        notebooks.taken([str(wrong)])


def test_size() -> None:
    (row,) = size.rows(0)
    names([row])
    assert 1 < row.ratios[0] < 1.2  # what the kit adds is small
    held = {package.name for package in size.closure(["ipywidgets"])}
    assert {"ipywidgets", "traitlets", "ipython"} <= held
    assert "pytest" not in held  # one of its extras alone needs it


def test_memory(tmp_path: Path) -> None:
    rows = memory.rows(0, notebooks.empty(tmp_path / "one.ipynb"))
    assert names(rows) == ["a kernel with 1+1", "a kernel with pandas and anywidget"]
    assert rows[1].ratios[0] < 1  # pandas is large


def test_opening(tmp_path: Path) -> None:
    need.program(*opening.BROWSERS)
    with opening.chromium() as browser:
        assert opening.taken(browser, notebooks.empty(tmp_path / "one.ipynb"), ':text("2")') > 0


def test_clicks() -> None:
    need.program(*opening.BROWSERS)
    button, quiz = "one click, ipywidgets Button to HTML", "one click, jupyterquiz in the browser"
    assert names(clicks.rows(0, count=2)) == [button, quiz, button, quiz]


def test_a_soak_checks_each_reply_and_tells_what_the_servers_hold(capsys: pytest.CaptureFixture[str]) -> None:
    found = soak.rows(0.5, clients=4)
    assert [row.name for row in found] == ["memory of the servers", "their threads", "their descriptors"]
    assert found[1].ours == found[1].theirs == (16.0,)  # two for each of eight profiles
    assert "replies as they should be" in capsys.readouterr().err


def test_the_sessions_that_a_soak_compares_with_keep_no_mail() -> None:
    server = soak.own("rfc")
    said = server.dialogue("EHLO a.example", "MAIL FROM:<>", "RCPT TO:<alice@example.com>", "DATA", "x", ".")
    assert str(said[-1]).startswith("S: 250 ")
    assert server.delivered == ()
