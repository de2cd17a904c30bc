"""Write the tables of the instructors' guide anew: `python -m tests.tools.instructors`; `--check` only compares.

The guide is two pages: one to read, and one to look things up in. The tables come from the plan of the course, the
notebooks and the question bank, so that they cannot go stale. All else is written by hand, outside the marks
`<!-- table: ... -->` and `<!-- end -->`.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from smtplesson.questions import families
from smtplesson.questions.course import notebooks
from smtplesson.questions.question import Question
from tests.tools.lessons import (
    FOLDER,
    QUESTION,
    Asked,
    Cell,
    Course,
    Lesson,
    all_asked,
    asked,
    bank,
    estimate,
    time_of,
    time_with,
    views,
)

GUIDE = FOLDER / "INSTRUCTORS.md"
LOOK_UP = FOLDER / "EXERCISES.md"  # the long tables
GUIDES = (GUIDE, LOOK_UP)
LIKELY = 3  # wrong answers that are named for each quiz
#: Where learners stumble in a view, and what helps.
ADVICE = {
    "Console": "503 before EHLO or MAIL. Ask: what is the server waiting for?",
    "Story": "They press without reading. Ask at each step: which first digit comes back?",
    "Sandbox": "They change knobs without a question. Ask for the goal first, and for a guess.",
    "Predict": "They judge by the words. Ask: which first digit, and only then which code?",
    "ReplyCodesView": "An unknown code is taken for an error. Ask: what does its first digit say?",
    "Illustrated": "They read it all. Ask for one token, and for one change of it.",
    "Microscope": "They remove characters until it is accepted. Ask: is it still the same mailbox?",
    "HeadToHead": "They learn the rows by heart. Ask: which row would change what you do?",
    "Compare": "They look for the right server. Ask: what do the refusals share?",
    "JourneyView": "They look at the codes alone. Ask at each step: where is the message, and who must act?",
    "Reveal": "They open the answer first. Ask for a decision by show of hands, then for its reason.",
    "FieldGuideView": "A likely reading is taken for certain. Ask: how sure is it, and why?",
    "WhatNow": "They name the code, not the step. Ask: who does what, today?",
    "ProgressView": "Nothing is mastered on the first day. Say that this is intended.",
    "try_decide": "A list of codes, or a look at the text. Ask: what of 259?",
    "try_deliver": "One refusal ends all, or 250 alone counts. Ask: what is each recipient's fate?",
}
_MARKED = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.S)


def likely(questions: tuple[Question, ...]) -> list[str]:
    """The misconceptions behind most of the wrong choices of some questions, the most frequent first."""
    behind = Counter(c.misconception for q in questions for c in q.choices if c.misconception)
    return [name for name, _ in behind.most_common(LIKELY)]


def _cell(text: str) -> str:
    """A text that stands in a cell of a table as it is."""
    return re.sub(r"([\\`*_<|\[])", r"\\\1", text)


def _cells(lesson: Lesson) -> Iterator[tuple[str, Cell]]:
    """Each cell with the heading above it."""
    heading = ""
    for cell in lesson.cells:
        if cell.kind == "markdown" and (found := re.findall(r"^#+ +(.+)$", cell.text, re.M)):
            heading = found[-1].strip()
        yield heading, cell


def _quiz(quiz: Asked) -> tuple[str, str]:
    """What a quiz asks, and what goes wrong in it."""
    about = ", ".join(dict.fromkeys(question.objective for question in quiz.questions))
    told = f"{quiz.count} questions" + (f": {about}" if about else ", those that are due")
    return told, ", ".join(f"`{name}`" for name in likely(quiz.questions)) or "by the learner's own log"


def exercises(course: Course) -> Iterator[tuple[str, ...]]:
    """The rows of the table of exercises, one for each heading: lesson, heading, what, minutes, wrong answers."""
    for lesson in course.numbered:
        rows: dict[str, list[tuple[str, float, str]]] = {}
        for heading, cell in _cells(lesson):
            told = [(*_quiz(quiz), QUESTION * quiz.count) for quiz in asked(cell)]
            told += [(f"`{v}`", ADVICE.get(v, ""), time_with(v, call)) for v, call in views(cell)]
            rows.setdefault(heading, []).extend((what, time, wrong) for what, wrong, time in told)
        for heading, parts in rows.items():
            if parts:
                whats, times, wrongs = zip(*parts, strict=True)
                expect = " / ".join(dict.fromkeys(wrongs))
                yield lesson.name[:2], heading, " / ".join(whats), f"{sum(times):.0f}", expect


def taken(step: str, course: Course) -> float:
    """Minutes for a step of a plan, such as "Lesson 05: *First*, *Second*": for these headings, or for all of them.

    A link names a lesson, too. Without a colon behind the name it is the whole lesson; a step without one takes none.
    """
    named = re.match(r"(?:Lesson (\d\d)|\[[^\]]+\]\(([\w-]+)\.ipynb\))(:?)", step)
    begins = (named[1] or named[2]) if named else ""
    lesson = next((each for each in course.lessons.values() if named and each.name.startswith(begins)), None)
    if not named or lesson is None:
        return 0.0
    wanted = set(re.findall(r"\*([^*]+)\*", step)) if named[3] else None
    return sum(time_of(cell) for heading, cell in _cells(lesson) if wanted is None or heading in wanted)


def lessons(course: Course) -> Iterator[tuple[str, ...]]:
    """The rows of the table of lessons: its link, minutes stated and estimated, questions."""
    for planned in notebooks():
        lesson = course.lessons.get(planned.file)
        if lesson and planned.is_lesson:
            count = sum(quiz.count for quiz in all_asked(lesson))
            yield planned.link, str(planned.minutes), f"{estimate(lesson):.0f}", str(count)


def misconceptions(course: Course) -> Iterator[tuple[str, ...]]:
    """The rows of the table of misconceptions, by lesson: the id, the belief, what is true, the lesson."""
    for each in sorted(bank().misconceptions.values(), key=lambda each: each.lesson):  # else as in the file
        said = f"{_cell(each.correction)} ({each.source})"
        yield each.lesson[:2], f"`{each.id}`", _cell(each.belief), said


def sources(course: Course) -> Iterator[tuple[str, ...]]:
    """The rows of the table of what an exercise set draws from: `lessons` of the bank, and `families`."""
    parts: dict[str, list[str]] = {}
    for question in bank().values():
        parts.setdefault(question.lesson, []).append(question.objective)
    for name, objectives in sorted(parts.items()):
        yield "`lessons`", f"`{name}`", str(len(objectives)), ", ".join(dict.fromkeys(objectives))
    for family in families.FAMILIES.values():
        yield "`families`", f"`{family.name}`", "no end", family.objective


#: By its name each table: its headers, and where its rows come from.
Tables = Mapping[str, tuple[tuple[str, ...], Callable[[Course], Iterator[tuple[str, ...]]]]]
TABLES: Tables = {
    "lessons": (("lesson", "minutes stated", "estimated", "questions"), lessons),
    "exercises": (("lesson", "exercise", "what is asked", "minutes", "expect"), exercises),
    "sources": (("under", "name", "questions", "objectives"), sources),
    "misconceptions": (("lesson", "id", "what they believe", "what to say"), misconceptions),
}


def written(text: str, course: Course, tables: Tables = TABLES) -> str:
    """A text with its tables as they should be."""

    def table(marked: re.Match[str]) -> str:
        headers, rows = tables[marked[2]]
        lines = [headers, ("---",) * len(headers), *rows(course)]
        return marked[1] + "".join(f"| {' | '.join(line)} |\n" for line in lines) + marked[3]

    return _MARKED.sub(table, text)


def main(arguments: list[str] | None = None) -> int:
    """Write the tables; with `--check` write nothing, and exit with 1 where they differ."""
    parser = argparse.ArgumentParser(prog="python -m tests.tools.instructors", description=__doc__)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args(arguments)
    differs = False
    for path in GUIDES:
        old = path.read_text(encoding="utf-8")
        new = written(old, Course.read())
        if old != new and not options.check:
            path.write_text(new, encoding="utf-8", newline="\n")
        print(f"{path.name}: {'unchanged' if old == new else 'differs' if options.check else 'written'}")
        differs |= old != new
    return int(options.check and differs)


if __name__ == "__main__":
    sys.exit(main())
