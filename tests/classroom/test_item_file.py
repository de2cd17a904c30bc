"""Item statistics in a file: what stands in it and what must not, and what several classes say together."""

from __future__ import annotations

import csv
from math import atanh, tanh
from pathlib import Path

import pytest

from smtplesson.__main__ import main
from smtplesson.classroom import item_file, simulated
from smtplesson.classroom.frozen import fingerprint
from smtplesson.classroom.item_file import COLUMNS, Verdict
from smtplesson.classroom.report import ClassReport
from smtplesson.classroom.submissions import to_json
from smtplesson.content import ContentError
from smtplesson.questions.bank import QuestionBank

BANK = QuestionBank.load()
HEAD = ",".join(COLUMNS)


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class of sixty: one question is flawed, one is too hard (`simulated.SAMPLE`)."""
    folder = tmp_path_factory.mktemp("class")
    for learner, (one,) in simulated.sample().submissions.items():
        attempts = one.attempts
        (folder / f"{learner}.json").write_text(to_json(learner, "", attempts), encoding="utf-8")
    return folder


def line(id: str, learners: int, right: int, correlation: str = "", compared: int = 0, version: str = "") -> str:
    version = version or ("" if id.endswith("~") else fingerprint(BANK[id]))
    return f"{id},{version},{learners},{learners},{right},{correlation},{compared}"


def file(folder: Path, *lines: str, name: str = "items.csv") -> Path:
    (folder / name).write_text("\n".join((HEAD, *lines)), encoding="utf-8")
    return folder / name


def test_a_class_s_file_has_no_names_and_marks_what_is_wrong(
    handed_in: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "items.csv"
    assert main(["report", str(handed_in), "--items", str(out)]) == 0
    assert f"Written to {out}." in capsys.readouterr().out
    text = out.read_text(encoding="utf-8")
    assert "learner-" not in text
    assert "2026" not in text
    rows = {row["question"]: row for row in csv.DictReader(text.splitlines())}
    items = {item.id: item for item in ClassReport.read(handed_in).items}
    assert list(rows) == list(items)
    for id, row in rows.items():
        assert [int(row[name]) for name in ("learners", "answers", "right")] == [
            items[id].learners, items[id].answers, items[id].right
        ]  # fmt: skip
    assert main(["items", str(out)]) == 0
    told = capsys.readouterr().out.splitlines()
    verdicts = {each.partition(":")[0]: each.rpartition(": ")[2] for each in told[1:]}
    assert verdicts["251-becomes-250"] == "broken"
    assert verdicts["quotes-and-dots"] == "hard"


def test_several_classes_are_added_up(tmp_path: Path) -> None:
    one = file(tmp_path, line("after-251", 8, 8, "0.5", 8), line("who-must-act~", 8, 4), name="a.csv")
    other = file(tmp_path, line("after-251", 13, 13, "0.2", 13), name="b.csv")
    (first, second) = item_file.read([one, other]).questions
    assert (first.question, first.learners, first.right, first.verdict) == ("after-251", 21, 21, Verdict.EASY)
    # Fisher's z, each weighed by n - 3
    assert first.correlation == pytest.approx(tanh((5 * atanh(0.5) + 10 * atanh(0.2)) / 15))
    assert (second.question, second.verdict) == ("who-must-act~", None)


@pytest.mark.parametrize(
    ("learners", "right", "correlation", "verdict"),
    [
        (9, 9, "", None),  # too few to say
        (20, 19, "0.3", Verdict.EASY),
        (20, 18, "0.3", None),
        (20, 4, "0.3", Verdict.HARD),
        (20, 5, "0.3", None),
        (20, 10, "-0.5", Verdict.BROKEN),  # the 95 % interval ends at -0.07 (Fisher 1921)
        (20, 10, "-0.4", None),  # and here at 0.05
    ],
)
def test_what_a_question_is_marked_as(
    learners: int, right: int, correlation: str, verdict: Verdict | None, tmp_path: Path
) -> None:
    path = file(tmp_path, line("after-251", learners, right, correlation, learners if correlation else 0))
    (found,) = item_file.read([path]).questions
    assert found.verdict is verdict


def test_what_is_no_longer_the_same_question_is_passed_over_and_told(tmp_path: Path) -> None:
    path = file(
        tmp_path,
        line("after-251", 20, 1, version="00000000"),
        line("type-the-code~", 20, 1),
        line("never-asked", 20, 1, version="00000000"),
        line("251-then-554", 20, 1),
    )
    found = item_file.read([path])
    assert [each.question for each in found.questions] == ["251-then-554"]
    assert found.notes == (
        "3 questions not in this kit, or changed since: 'after-251', 'type-the-code~', 'never-asked'.",
    )


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("after-251,x,ten,10,5,,0", "items.csv, line 2: learners is 'ten'; a whole number"),
        ("after-251,x,10,5,5,,0", "items.csv, line 2: the counts do not fit together"),
        ("after-251,x,10,10,11,,0", "the counts do not fit together"),
        ("after-251,x,10,10,5,1.5,10", "correlation is '1.5'; a number from -1 to 1"),
        ("after-251,x,10,10,5,nan,10", "correlation is 'nan'"),
        (",x,10,10,5,,0", "items.csv, line 2: question is empty"),
    ],
)
def test_what_makes_no_sense_is_told(row: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(ContentError) as raised:
        item_file.read([file(tmp_path, row)])
    assert told in str(raised.value)


def test_another_file_is_no_such_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.csv").write_text("id,mark\na,1\n", encoding="utf-8")
    assert main(["items", str(tmp_path / "x.csv")]) == 2
    assert "x.csv" in capsys.readouterr().err
