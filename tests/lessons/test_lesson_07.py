"""Lesson 07: the solutions that its page folds away pass every trial, and the page is stored with nothing solved."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from smtplesson import Reply
from smtplesson.dialogues.trials import Connection, Report, try_decide, try_deliver
from smtplesson.server import worlds
from tests.paths import ROOT

CELLS: list[dict[str, Any]] = json.loads(
    (ROOT / "notebooks" / "07-your-programs-turn.ipynb").read_text(encoding="utf-8")
)["cells"]
TRIALS: dict[str, tuple[Callable[..., Report], int]] = {"decide": (try_decide, 12), "deliver": (try_deliver, 17)}


def source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def solutions() -> dict[str, str]:
    """Each function in a fence of Python inside a folded part of the page, with the whole fence."""
    page = "\n\n".join(source(cell) for cell in CELLS if cell["cell_type"] == "markdown")
    folded = re.findall(r"<details>(.*?)</details>", page, re.S)
    fences = [fence for part in folded for fence in re.findall(r"```python\n(.*?)```", part, re.S)]
    return {name: fence for fence in fences for name in re.findall(r"^def (\w+)", fence, re.M)}


def solution(name: str) -> Callable[..., Any]:
    there: dict[str, Any] = {"Reply": Reply}  # what the page has imported by then
    exec(solutions()[name], there)
    function: Callable[..., Any] = there[name]
    return function


def code_of(text: str) -> list[dict[str, Any]]:
    return [cell for cell in CELLS if cell["cell_type"] == "code" and text in source(cell)]


def stored(cell: dict[str, Any]) -> str:
    """The text that is stored below a cell, and nothing if there is none."""
    parts = [output.get("text") or output["data"]["text/plain"] for output in cell["outputs"]]
    return "".join("".join(part) for part in parts)


def test_each_exercise_has_one_solution_folded_away() -> None:
    assert sorted(solutions()) == sorted(TRIALS)
    shown = "\n".join(source(cell) for cell in CELLS if cell["cell_type"] == "code")
    for name in TRIALS:
        assert len(re.findall(rf"^def {name}\b", shown, re.M)) == 1


@pytest.mark.parametrize("name", TRIALS)
def test_a_solution_passes_every_trial(name: str) -> None:
    attempt, count = TRIALS[name]
    report = attempt(solution(name))
    assert [str(trial) for trial in report.trials if not trial.passed] == []
    assert report.summary == f"{name}: {count} of {count} passed."
    assert report.passed


@pytest.mark.parametrize(("reply", "fate"), [("451 4.3.0 Try again", "later"), ("554 5.7.1 Refused", "refused")])
def test_the_case_after_the_exercise_ends_as_the_reply_to_the_dot_says(reply: str, fate: str) -> None:
    # RFC 5321 section 4.2.5: after 4yz or 5yz to the final dot the client keeps the message for all it had accepted
    connection = Connection(worlds.load("foo", refuse_message=reply))
    people = ["jones@foo.com", "green@foo.com"]
    assert solution("deliver")(connection, "smith@bar.com", people, ["Subject: x", "", "x"]) == {
        "jones@foo.com": fate,
        "green@foo.com": fate,
    }


@pytest.mark.parametrize("name", TRIALS)
def test_the_page_is_stored_with_nothing_attempted(name: str) -> None:
    (exercise,) = code_of(f"def {name}(")
    assert source(exercise).rstrip().endswith("...")
    assert exercise["outputs"] == []
    (trial,) = code_of(f"try_{name}({name})")
    assert stored(trial) == f"{name}: not attempted yet. Write its body, then run this cell again."
