"""Five hundred hostile submissions among honest ones: none runs or stops the report, each is named with its reason."""

from __future__ import annotations

import csv
import io
import os
import resource
import sys
import unicodedata
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest

from smtplesson.classroom.exercise_set import ExerciseSet, questions_for
from smtplesson.classroom.report import ClassReport
from smtplesson.classroom.roster import Roster
from smtplesson.classroom.simulated import Model
from smtplesson.classroom.submissions import read_folder, to_json
from tests.tools.hostile import Hostile, Maker

COUNT = 500
SET = ExerciseSet.parse(
    'title = "Week"\nlessons = ["03-251", "04-553"]\nfamilies = ["who-must-act"]\nnumber = 12', "week.toml"
)
MODEL = Model({"251-is-an-error": 0.5})

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no pipes, sockets or links to make there")


class Page(HTMLParser):
    """What a browser would make of a page: its elements, and the attributes that could do something."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.doing: list[str] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        for name, value in attrs:
            if name.startswith("on") or name in ("src", "srcset", "action", "formaction"):
                self.doing.append(f"{tag} {name}={value}")
            if name == "href" and not str(value).startswith("#s"):
                self.doing.append(f"{tag} {name}={value}")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


class Batch:
    """A folder with honest and hostile files, and the report on it."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.canary = folder.parent / "canary"
        honest = {}
        for learner in MODEL.learners(8, seed):
            asked = questions_for(SET, learner.id)
            attempts = MODEL.attempts(learner, asked, seed, SET.quiz(learner.id))
            honest[learner.id] = to_json(learner.id, SET.name, attempts)
            (folder / f"{learner.id}.json").write_text(honest[learner.id], encoding="utf-8")
        self.roster = Roster([*honest, *(f"fuzz-{n:03}" for n in range(COUNT))])
        self.alone = self.report(folder)
        self.files: list[Hostile] = list(Maker(seed, honest, SET.name, self.canary).files(COUNT))
        for file in self.files:
            file.write(folder)
        self.together = self.report(folder)

    def report(self, folder: Path) -> ClassReport:
        return ClassReport.of(read_folder(folder, self.roster), exercise=SET, roster=self.roster)


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> Batch:
    folder = tmp_path_factory.mktemp("hostile") / "submissions"
    folder.mkdir()
    return Batch(folder, int(os.environ.get("SMTPLESSON_FUZZ_SEED", "7")))


def test_each_is_named_with_its_reason(batch: Batch) -> None:
    told: dict[str, list[str]] = {}
    for note in batch.together.marked.notes:
        told.setdefault(note.source, []).append(note.text)
    unnamed = []
    for file in batch.files:
        own = next(part for part in (file.name[i : i + 8] for i in range(len(file.name))) if part.startswith("fuzz-"))
        texts = [text for source, texts in told.items() if own in source for text in texts]
        if not any(file.reason in text for text in texts):
            unnamed.append((file.kind, file.name, file.reason, texts))
    assert unnamed == []
    assert len(batch.files) == COUNT


def test_no_honest_learner_s_mark_has_changed(batch: Batch) -> None:
    def honest(report: ClassReport) -> list[object]:
        return [mark for mark in report.marked.marks if mark.learner.startswith("learner-")]

    assert len(honest(batch.alone)) == 8
    assert honest(batch.together) == honest(batch.alone)
    assert batch.alone.marked.notes == ()


def test_no_hostile_file_has_a_mark_but_for_answers_that_were_given(batch: Batch) -> None:
    marked = {
        mark.learner for mark in batch.together.marked.marks if mark.answered and mark.learner.startswith("fuzz-")
    }
    copied = {file.name.removesuffix(".txt") for file in batch.files if file.kind == "copied"}
    assert marked <= copied


def test_nothing_has_run(batch: Batch) -> None:
    assert not batch.canary.exists()
    page = Page(batch.together.html())
    assert page.doing == []
    assert page.tags.keys() <= {
        *("html", "head", "meta", "title", "style", "body", "header", "h1", "h2", "p", "nav", "ul", "li", "a", "main"),
        *("section", "div", "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "figure"),
        *(
            "figcaption",
            "svg",
            "g",
            "path",
            "rect",
            "text",
            "title",
            "strong",
            "small",
            "span",
            "b",
            "br",
            "dl",
            "dt",
            "dd",
            "data",
            "script",
        ),
    }
    assert page.tags["script"] == 1  # the one that sorts; the policy lets no other run
    assert any("<script>" in text for text in page.texts)  # it is there, and as text


def test_nothing_steers_a_terminal(batch: Batch) -> None:
    written = batch.together.text() + "".join(map(str, batch.together.marked.notes))
    assert {c for c in written if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")} <= {"\n"}


def test_no_cell_is_a_formula(batch: Batch) -> None:
    rows = list(csv.reader(io.StringIO(batch.together.marks_csv())))
    assert len(rows) == 1 + 8 + COUNT
    assert [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []


def test_it_stays_small(batch: Batch) -> None:
    assert batch.together.marked.marks
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 1_000_000  # KiB on Linux
