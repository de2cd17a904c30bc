"""What a notebook holds, for the rules of `lesson_rules`: its text, what its cells ask, and how long they take."""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from smtplesson import scenario
from smtplesson.learner.quiz import Quiz
from smtplesson.questions import families
from smtplesson.questions.bank import QuestionBank
from smtplesson.questions.question import Question
from tests.paths import ROOT

FOLDER = ROOT / "notebooks"
READING = 180  # words a minute, slowly: for many readers English is the second language
QUESTION = 1.0  # minutes for a question and its feedback
PREDICTION = 2 / 3  # minutes for one reply that is predicted
#: Minutes with each view, and with each exercise of lesson 07.
VIEWS = {
    **{
        "Console": 3.0,
        "ReplyCodesView": 2.0,
        "Predict": 3.0,
        "Compare": 2.0,
        "FieldGuideView": 2.0,
        "GlossaryView": 2.0,
    },
    **{"HeadToHead": 2.0, "Illustrated": 3.0, "Microscope": 3.0, "Sandbox": 3.0, "ProgressView": 2.0, "WhatNow": 2.0},
    **{"ExerciseView": 10.0, "Reveal": 1.0, "JourneyView": 2.0, "Story": 3.0},
    **{"try_decide": 5.0, "try_deliver": 15.0},
}
EXPERIMENT = 1.5  # minutes for one that a sandbox shows, or a shelf of them
#: What tells a learner whether they were right.
CHECKS = {"QuizView", "Predict", "Reveal", "try_decide", "try_deliver"}
OPENING = 3  # cells in which a lesson says what it is about
#: Pictures and dialogues that are ready-made.
PICTURES = {"journeys", "scenario.transcript", "diagram.ladder", "diagram.state_machine", "reply_codes.CodeMap"}
FRESH, REVIEWED = 5, 10  # questions of a quiz that does not say how many

FENCE = re.compile(r"^(```|~~~).*?^\1\s*$", re.M | re.S)
CODE = re.compile(r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)", re.S)
LINK = re.compile(r"!?\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)[^)]*\)")


@dataclass(frozen=True)
class Cell:
    """A cell: `kind` is markdown or code, `output` all text that is stored below it, `folded` whether its code is."""

    kind: str
    text: str
    output: str = ""
    folded: bool = False


@dataclass(frozen=True)
class Lesson:
    """A notebook: `name` is its file's, without the ending."""

    name: str
    cells: tuple[Cell, ...]

    @classmethod
    def read(cls, path: Path) -> Lesson:
        """Read a notebook from its file."""
        found = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return cls(path.stem, tuple(map(_cell, found)))

    @property
    def is_lesson(self) -> bool:
        """Whether it is one of the numbered ones; the review and the glossary are not."""
        return self.name[:2].isdigit()

    @property
    def first(self) -> str:
        """The text of the first cell; with the objectives, where there is something to do before them."""
        opening = [cell.text for cell in self.cells[:OPENING] if cell.kind == "markdown"]
        ends = next((n for n, text in enumerate(opening, 1) if "**After this lesson you can**" in text), 1)
        return "\n\n".join(opening[:ends])

    @property
    def last(self) -> str:
        """The text of the last cell."""
        return self.cells[-1].text if self.cells else ""

    @property
    def markdown(self) -> tuple[str, ...]:
        """The Markdown cells, without blocks of code."""
        return tuple(FENCE.sub("", cell.text) for cell in self.cells if cell.kind == "markdown")

    @property
    def title(self) -> str:
        """The text of its H1."""
        found = re.search(r"^# +(.+)$", self.first, re.M)
        return found[1].strip() if found else ""


@dataclass(frozen=True)
class Course:
    """All notebooks by name."""

    lessons: Mapping[str, Lesson]

    @classmethod
    def read(cls, folder: Path = FOLDER) -> Course:
        """Read all notebooks of a folder."""
        return cls({path.stem: Lesson.read(path) for path in sorted(folder.glob("*.ipynb"))})

    @cached_property
    def numbered(self) -> tuple[Lesson, ...]:
        """The lessons in order."""
        return tuple(lesson for _, lesson in sorted(self.lessons.items()) if lesson.is_lesson)


def _cell(found: Mapping[str, Any]) -> Cell:
    folded = bool(found["metadata"].get("jupyter", {}).get("source_hidden"))
    return Cell(found["cell_type"], "".join(found["source"]), _output(found), folded)


def _output(cell: Mapping[str, Any]) -> str:
    found: list[str] = []
    for output in cell.get("outputs", []):
        for value in (*output.get("data", {}).values(), output.get("text", "")):
            found.append(value if isinstance(value, str) else "".join(value))
    return "\n".join(found)


# --- text ---------------------------------------------------------------------------------------------------


def plain(text: str) -> str:
    """Markdown without its marks: a code span is one word, a link is its text.

    >>> plain("**See** `RCPT TO:<a@b>` in [RFC 5321](https://www.rfc-editor.org/rfc/rfc5321).")
    'See code in RFC 5321.'
    """
    text = re.sub(r"</?\w+[^>]*>", "", LINK.sub(r"\1", CODE.sub("code", text)))
    return re.sub(r"\*+|(?<!\w)_|_(?!\w)", "", text)


def paragraphs(text: str) -> Iterator[str]:
    """The paragraphs and the points of lists, each on one line; no headings, tables or code."""
    block: list[str] = []
    for line in [*re.sub(r"</?(?:details|summary)>", "\n", FENCE.sub("\n", text)).split("\n"), ""]:
        line = line.strip()
        starts = re.match(r"(?:[-*+]|\d+\.) +", line)
        apart = line.startswith(("#", "|"))
        if (not line or starts or apart) and block:
            yield " ".join(block)
            block = []
        if line and not apart:
            block.append(line[starts.end() :] if starts else line)


def sentences(text: str) -> Iterator[str]:
    """The sentences of a cell.

    >>> list(sentences("One is in section 4.2. `Two` follows, e.g. here.\\n\\n- Three"))
    ['One is in section 4.2.', 'code follows, e.g. here.', 'Three']
    """
    for paragraph in paragraphs(text):
        for sentence in re.split(r"(?<=[.!?])[\"')”]* +(?=[\"'(“]*[A-Z0-9]|code\b)", plain(paragraph)):
            if sentence.strip():
                yield sentence.strip()


def words(text: str) -> int:
    """How many words a text has: what has a letter or a digit in it, blocks of code aside.

    >>> words("| `a b` | one -> *two* |")
    3
    """
    return len([word for word in plain(FENCE.sub("", text)).split() if re.search(r"\w", word)])


def headings(lesson: Lesson) -> list[tuple[int, str]]:
    """Level and text of each heading."""
    found = (re.findall(r"^(#{1,6}) +(.+?)\s*$", text, re.M) for text in lesson.markdown)
    return [(len(marks), text) for cell in found for marks, text in cell]


def sections(lesson: Lesson) -> Iterator[tuple[str, str]]:
    """Heading and text of each section, whatever code stands between its cells."""
    heading, body = "", ""
    for line in "\n\n".join(lesson.markdown).split("\n"):
        if re.match(r"#{1,6} ", line):
            yield heading, body
            heading, body = line.lstrip("# ").strip(), ""
        else:
            body += line + "\n"
    yield heading, body


def objectives(lesson: Lesson) -> list[str]:
    """What its first cell says that you can do after it."""
    _, found, rest = lesson.first.partition("**After this lesson you can**")
    numbered = re.match(r"\s*((?:\d+\. .+(?:\n|\Z))+)", rest) if found else None
    return [line.partition(". ")[2].rstrip(";.") for line in numbered[1].splitlines()] if numbered else []


def minutes(lesson: Lesson) -> int | None:
    """The minutes that its first cell says, if it does."""
    found = re.search(r"\*\*Time:\*\* (\d+) minutes\b", lesson.first)
    return int(found[1]) if found else None


def links(lesson: Lesson) -> list[tuple[str, str]]:
    """Text and target of each link, in the order of the page."""
    found = (match for cell in lesson.markdown for match in LINK.finditer(CODE.sub("code", cell)))
    return [(match[1], match[2]) for match in found if not match[0].startswith("!")]


# --- what its cells ask, and how long they take -------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """A call that asks questions: how many, and which; the review's depend on the learner."""

    count: int
    questions: tuple[Question, ...] = ()


@cache
def bank() -> QuestionBank:
    """The kit's own questions."""
    return QuestionBank.load()


def calls(cell: Cell) -> Iterator[tuple[str, ast.Call]]:
    """The calls of a code cell by name, such as `QuizView.of` or `Console`, in the order of the text."""
    tree = ast.parse(cell.text if cell.kind == "code" else "")
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for call in sorted(found, key=lambda node: (node.lineno, node.col_offset)):
        yield ast.unparse(call.func), call


@cache
def asked(cell: Cell) -> tuple[Asked, ...]:
    """What a cell asks, quiz by quiz. Raises ValueError where there are no such questions."""
    found = []
    for name, call in calls(cell):
        if not name.startswith("QuizView."):
            continue
        given: dict[str, Any] = {word.arg or "": ast.literal_eval(word.value) for word in call.keywords}
        first = ast.literal_eval(call.args[0]) if call.args else None
        keys = ("lesson", "objective", "seed", *(("tag", "count") if name == "QuizView.of" else ()))
        wanted: dict[str, Any] = {key: given[key] for key in keys if key in given}
        if name == "QuizView.of":
            questions = Quiz.of(bank(), **{"lesson": first, **wanted}).questions
        elif name == "QuizView.fresh":
            questions = families.variants(given.get("count", first or FRESH), **wanted)
        else:
            found.append(Asked(given.get("count", first or REVIEWED)))
            continue
        found.append(Asked(len(questions), questions))
    return tuple(found)


def all_asked(lesson: Lesson) -> list[Asked]:
    """What a lesson asks, in the order of the page."""
    return [quiz for cell in lesson.cells for quiz in asked(cell)]


def views(cell: Cell) -> list[tuple[str, ast.Call]]:
    """The views and exercises in a cell by name, however they are made; quizzes aside."""
    named = ((name.removesuffix(".of"), call) for name, call in calls(cell))
    return [(name, call) for name, call in named if name in VIEWS]


def time_of(cell: Cell) -> float:
    """Minutes to read a cell, or to use it."""
    if cell.kind == "markdown":
        return words(cell.text) / READING
    used = sum(time_with(name, call) for name, call in views(cell))
    return used + QUESTION * sum(quiz.count for quiz in asked(cell))


def time_with(name: str, call: ast.Call) -> float:
    """Minutes with a view; by the replies that are predicted in a dialogue of the kit, and the experiments named."""
    if name == "Sandbox" and call.args:
        return EXPERIMENT * len(call.args)
    loaded = re.search(r"scenario\.load\('([\w-]+)'\)", ast.unparse(call))
    if name != "Predict" or loaded is None:
        return VIEWS[name]
    played = scenario.load(loaded[1])
    return PREDICTION * sum(step.verb in played.ask for step in scenario.play(played))


def estimate(lesson: Lesson) -> float:
    """Minutes that a lesson takes: its words read, its questions answered, its views used."""
    return sum(map(time_of, lesson.cells))


def is_check(cell: Cell) -> bool:
    """Whether a cell tells a learner if he was right."""
    return any(name.partition(".")[0] in CHECKS for name, _ in calls(cell))


def _tokens(code: str) -> Iterator[tokenize.TokenInfo]:
    return tokenize.generate_tokens(io.StringIO(code).readline)


def only_shows(cell: Cell) -> bool:
    """Whether a code cell does no more than show a view or a picture.

    A comment in its first line is its name. A cell with another comment speaks to whoever reads the code: it does more.
    """
    comments = [t.start for t in _tokens(cell.text) if t.type == tokenize.COMMENT] if cell.kind == "code" else []
    if cell.kind != "code" or any(place != (1, 0) for place in comments):
        return False
    *before, last = ast.parse(cell.text).body
    made = {ast.unparse(node.targets[0]): node.value for node in before if isinstance(node, ast.Assign)}
    shown = last.value if isinstance(last, ast.Expr) else None
    several = shown.args if isinstance(shown, ast.Call) and ast.unparse(shown.func) == "display" else [shown]
    return all(_is_view(made.get(each.id) if isinstance(each, ast.Name) else each) for each in several)


def _is_view(shown: ast.expr | None) -> bool:
    name = ast.unparse(shown.func).removesuffix(".of") if isinstance(shown, ast.Call) else ""
    return name in PICTURES or name.startswith("QuizView") or (name in VIEWS and not name.startswith("try_"))


def code_lines(cell: Cell) -> int:
    """Lines of a code cell that have to be understood: imports and blank lines are not counted."""
    lines = [line for line in cell.text.split("\n") if line.strip()]
    return len([line for line in lines if not re.match(r"(from|import) ", line)])
