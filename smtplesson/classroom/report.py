"""What there is to tell about a class, for a terminal, as one HTML file, and its marks as CSV.

The same sections make the HTML and the text, so that neither says more than the other. Everything in them may come
from strangers: it is escaped where it is written.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import random
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from smtplesson import markup
from smtplesson.classroom import charts, findings, item_statistics
from smtplesson.classroom._report_html import Bar, Cell, Section, page, plain
from smtplesson.classroom.charts import Chart
from smtplesson.classroom.exercise_set import ExerciseSet
from smtplesson.classroom.item_statistics import Item
from smtplesson.classroom.marking import OF_CLASS, LearnerMark, Marked, mark_class
from smtplesson.classroom.received import Received
from smtplesson.classroom.roster import Roster
from smtplesson.classroom.submissions import LEFT_ALONE, Collected, Look, Note, read_folder
from smtplesson.classroom.whose import Class
from smtplesson.learner.mastery import POSTTEST, PRETEST
from smtplesson.questions.bank import QuestionBank

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_SPLIT = re.compile(r"([,;\t][\s\"']*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")  # a spreadsheet may begin a cell there
MOST_ROWS = 200  # learners or files in a table: more are told in numbers, and stand in the CSV
_NAMES = 12  # learners that are named in one cell
_WRONG = 2  # wrong answers that are named of a question
_BELIEFS = 15
_FIRST = 3  # beliefs on the first page
_DOUBTFUL = 5  # questions on the first page
HOW_TO_READ = (
    "Marks are computed from the raw answers, each learner's first to a question; what a file says of marks is not "
    "read. The answers ship with the kit, and days and confidence are what a learner's machine said: this is no "
    "guarded examination.",
    "Right: the part of the answers that is right (difficulty). A question that was not answered is not in it, but "
    "in a learner's mark of a set it is not right.",
    "Correlation: of the score for a question with the share right in all others (corrected item-total, Henrysson "
    "1963). Below 0 the question works against the rest; from about 0.2 on it serves.",
    "Upper less lower: the part that is right among the best 27 % of the class, less that among the last 27 % "
    f"(Kelley 1939). Neither is shown where fewer than {item_statistics.ENOUGH} learners answered.",
    f"A question is named to be rewritten from {item_statistics.ENOUGH} learners on, where the 95 % interval of its "
    f"correlation (Fisher 1921) lies below 0, at most {item_statistics.HARD:.0%} are right, or nobody chose one of "
    f"its wrong choices in {item_statistics.ENOUGH} wrong answers or more.",
    "A belief stands the higher, the larger the lower ends of two 95 % intervals (Wilson 1927) are together: of the "
    "share of answers that showed it, among those that could have, and of the share of learners who hold it firmly: "
    "who showed it twice or more, in half or more of their chances.",
)


@dataclass(frozen=True)
class ClassReport:
    """A class marked and looked at; `text` is all of it for a terminal, `html` one file to send on."""

    marked: Marked
    roster: Roster | None = None
    is_anonymous: bool = False

    @classmethod
    def of(
        cls,
        collected: Collected,
        *,
        exercise: ExerciseSet | None = None,
        roster: Roster | None = None,
        bank: QuestionBank | None = None,
    ) -> ClassReport:
        """Mark what was handed in: answers to a set, or all."""
        return cls(mark_class(collected, exercise=exercise, roster=roster, bank=bank), roster)

    @classmethod
    def read(
        cls,
        handed_in: str | Path,
        *,
        exercise: str | Path | None = None,
        roster: str | Path | None = None,
        received: str | Path | None = None,
        aliases: Mapping[str, str] = MappingProxyType({}),
        id_column: str = "id",
    ) -> ClassReport:
        """Read a folder or a ZIP of submissions, and the files of a set, a roster and a list of what was received when.

        `aliases` are other names of learners: what stands there -> the id. Raises ValueError or OSError for these;
        never for a submission.
        """
        people = Roster.load(roster, id_column) if roster is not None else None
        chosen = ExerciseSet.load(exercise) if exercise is not None else None
        times = Received.load(received) if received is not None else None
        collected = read_folder(handed_in, known=Class(people, aliases), received=times)
        return cls.of(collected, exercise=chosen, roster=people)

    @property
    def title(self) -> str:
        """What the report is about."""
        return f"Report: {self.marked.exercise.title}" if self.marked.exercise else "Report on a class"

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """Each question in numbers."""
        return item_statistics.items(self.marked.first)

    @cached_property
    def beliefs(self) -> tuple[findings.Belief, ...]:
        """The class's misconceptions."""
        return findings.beliefs(self.marked.first)

    @cached_property
    def pairs(self) -> tuple[findings.ConfusedPair, ...]:
        """The codes that the class confuses."""
        return findings.pairs(self.marked.first)

    @cached_property
    def needs(self) -> tuple[findings.Need, ...]:
        """Who needs help with what."""
        return findings.needs(self.marked.first)

    @cached_property
    def gain(self) -> findings.ClassGain | None:
        """What was gained from the pretest to the test at the end."""
        return findings.gain(self.marked.all)

    @cached_property
    def spread(self) -> Chart:
        """How many learners have which share right."""
        return charts.spread(self.marked.marks)

    @cached_property
    def objectives(self) -> Chart:
        """Learner by objective; tenths of the class where learners are too many to read."""
        return charts.objectives(self.marked.marks, self.marked.first)

    @cached_property
    def codes(self) -> Chart:
        """Which code is taken for which, by how many."""
        return charts.codes(self.pairs)

    @cached_property
    def firm(self) -> Chart:
        """How many learners hold each of the heaviest beliefs firmly."""
        return charts.beliefs(self.beliefs)

    @property
    def headline(self) -> str:
        """The whole in a sentence or two."""
        marks = self.marked.marks
        answered = [mark for mark in marks if mark.answered]
        shares = [mark.share for mark in answered if mark.share is not None]
        mean = f" On average they have {sum(shares) / len(shares):.0%} right." if shares else ""
        refused = sum(note.refused for note in self.marked.notes)
        told = f" {markup.counted(refused, 'submission was', 'submissions were')} refused." if refused else ""
        return f"{len(answered)} of {markup.counted(len(marks), 'learner')} answered something.{mean}{told}"

    def text(self) -> str:
        """The whole report in plain lines."""
        return plain(self.title, self._head, self._sections())

    def html(self) -> str:
        """The whole report as one HTML file: no network, no script but the one that sorts, nothing unescaped."""
        return page(self.title, self._head, self._sections())

    def anonymous(self) -> ClassReport:
        """The same report to send on: numbers drawn by chance for the learners, no file, no name, no typed answer."""
        numbers = [f"learner {number}" for number in range(1, len(self.marked.marks) + 1)]
        random.SystemRandom().shuffle(numbers)
        names = {mark.learner: name for mark, name in zip(self.marked.marks, numbers, strict=True)}
        marks = tuple(
            dataclasses.replace(
                mark,
                learner=names[mark.learner],
                name="",
                look=tuple(Note("", f"{each.look}.", look=each.look) for each in mark.look),
            )
            for mark in self.marked.marks
        )
        marks = tuple(sorted(marks, key=lambda mark: int(mark.learner.split()[1])))
        first, every = (
            {names[who]: got for who, got in sorted(by.items(), key=lambda pair: names[pair[0]])}
            for by in (self.marked.first, self.marked.all)
        )
        told = tuple(note for note in self.marked.notes if note.source == OF_CLASS)
        return ClassReport(Marked(marks, first, every, told, self.marked.exercise), is_anonymous=True)

    @property
    def _head(self) -> Sequence[str]:
        return (self.headline, *([self.looks] if self.marked.needs_looks else []), *self.class_notes)

    @property
    def looks(self) -> str:
        """In a line, how many marks need a look and why, and how many files were refused or left alone."""
        why = Counter(look for mark in self.marked.marks for look in {note.look for note in mark.look if note.look})
        count = sum(bool(mark.look) for mark in self.marked.marks)
        ranked = sorted(Look, key=lambda look: -why[look])  # of equal ones the first as they are named
        told = "; ".join(f"{look} ({why[look]})" for look in ranked if why[look])
        needs = (
            f"{markup.counted(count, 'mark needs', 'marks need')} a look: {told}." if count else "No mark needs a look."
        )
        held = sum(mark.held for mark in self.marked.marks)
        waits = f" {markup.counted(held, 'learner has', 'learners have')} no mark until then." if held else ""
        alone = sum(note.text.startswith(LEFT_ALONE) for note in self.marked.notes)
        left = f" {markup.counted(alone, 'file is', 'files are')} no submission and left alone." if alone else ""
        return f"{needs}{waits}{left}"

    @property
    def class_notes(self) -> tuple[str, ...]:
        """What is to be told of the set or the class as a whole, in sentences."""
        return tuple(note.text[:1].upper() + note.text[1:] for note in self.marked.notes if note.source == OF_CLASS)

    def marks_csv(self, delimiter: str = ",", decimal: str = ".") -> str:
        """The marks as CSV (RFC 4180), with the roster's own columns first, ids as they stand there.

        No cell is a formula to a spreadsheet: an apostrophe stands before one.
        """
        written = io.StringIO()
        out = csv.writer(written, delimiter=delimiter)
        rows = self.roster.rows if self.roster else {}
        own = list(next(iter(rows.values()), ())) or ["learner", "name"]
        out.writerow([*map(cell, own), "asked", "answered", "right", "share", "look"])
        for mark in self.marked.marks:
            row = rows.get(mark.learner, {"learner": mark.learner, "name": mark.name})
            share = "" if mark.share is None else f"{mark.share:.4f}".replace(".", decimal)
            right = "" if mark.held else mark.right
            look = "; ".join(dict.fromkeys(str(note.look) for note in mark.look))
            out.writerow([*(cell(row[column]) for column in own), mark.asked, mark.answered, right, share, look])
        return written.getvalue()

    def save(self, path: str | Path) -> None:
        """Write the HTML file."""
        Path(path).write_text(self.html(), encoding="utf-8")

    def save_marks(self, path: str | Path, delimiter: str = ",", decimal: str = ".") -> None:
        """Write the marks as CSV in UTF-8, with the mark at its start that spreadsheets want."""
        Path(path).write_text(self.marks_csv(delimiter, decimal), encoding="utf-8-sig", newline="")

    def _sections(self) -> tuple[Section, ...]:
        return (
            self._first_beliefs(),
            Section("Spread of marks", chart=self.spread, first=True),
            self._doubtful(),
            Section(self.objectives.title, chart=self.objectives, first=True, place="sl-broad"),
            _marks(self.marked.marks),
            self._beliefs(),
            self._pairs(),
            self._gain(),
            self._needs(),
            *self._rewrite(),
            self._items(),
            self._notes(),
            Section("How to read this", HOW_TO_READ),
        )

    def _first_beliefs(self) -> Section:
        rows: list[Sequence[Cell]] = [
            (
                each.misconception.belief,
                f"{len(each.firm)} of {each.met}",
                f"{each.misconception.correction} ({each.misconception.source})",
            )
            for each in self.beliefs[:_FIRST]
        ]
        headers = ("belief", "hold it firmly", "say")
        none = [] if rows else ["No misconception showed."]
        return Section("What the class believes, and what to say", none, headers, rows, first=True, place="sl-tall")

    def _doubtful(self) -> Section:
        rows = self._reasons()
        left = len(rows) - _DOUBTFUL
        note = [f"{markup.counted(left, 'more is', 'more are')} below."] if left > 0 else []
        told = _table("Doubtful questions", ("question", "why"), rows[:_DOUBTFUL], "None stands out.", note)
        return dataclasses.replace(told, first=True)

    def _beliefs(self) -> Section:
        rows: list[Sequence[Cell]] = [
            (
                f"{each.misconception.belief} In truth: {each.misconception.correction} ({each.misconception.source})",
                Bar(each.share, f"{each.shown} of {each.chances} answers ({each.share:.0%})"),
                f"{len(each.learners)} of {each.met}, {len(each.firm)} of them firmly",
                each.misconception.lesson,
            )
            for each in self.beliefs[:_BELIEFS]
        ]
        left = len(self.beliefs) - len(rows)
        note = [f"{left} more showed, and stand out less."] if left else []
        headers = ("belief", "showed in", "learners", "lesson")
        told = _table("All that the class believes", headers, rows, "No misconception showed.", note)
        return dataclasses.replace(told, chart=self.firm if rows else None)

    def _pairs(self) -> Section:
        count = len([mark for mark in self.marked.marks if mark.answered]) or 1
        rows: list[Sequence[Cell]] = [
            (
                f"{each.code} taken for {each.taken_for}",
                Bar(len(each.learners) / count, f"{len(each.learners)} of {count} learners"),
                each.count,
                _names(each.learners),
            )
            for each in self.pairs
        ]
        headers = ("pair", "confused by", "times", "who")
        told = _table("Codes that are confused", headers, rows, "No pair.")
        return dataclasses.replace(told, chart=self.codes if rows else None)

    def _gain(self) -> Section:
        gain = self.gain
        if gain is None:
            none = f"Nobody answered both {PRETEST} and {POSTTEST}."
            return Section("Gain from the pretest to the test at the end", [none])
        rows: list[Sequence[Cell]] = [
            ("pretest", Bar(gain.before, f"{gain.before:.0%}")),
            ("at the end", Bar(gain.after, f"{gain.after:.0%}")),
        ]
        part = "" if gain.normalised is None else f" Normalised gain (Hake 1998): {gain.normalised:.2f}."
        said = f"{markup.counted(gain.learners, 'learner')} took both.{part}"
        return Section("Gain from the pretest to the test at the end", [said], ("test", "right"), rows)

    def _needs(self) -> Section:
        title, few = "Who needs help with what", len(self.needs) <= MOST_ROWS
        if not few:
            return self._needs_in_numbers(title)
        rows: list[Sequence[Cell]] = [
            (
                need.learner,
                "; ".join(f"{name.replace('-', ' ')} ({right} of {n} right)" for name, right, n in need.objectives),
                " ".join(f"{m.belief} (lesson {m.lesson})" if m.lesson else m.belief for m in need.beliefs),
            )
            for need in self.needs
        ]
        headers = ("learner", "objectives", "beliefs that showed twice or more")
        return _table(title, headers, rows, "Nobody.")

    def _needs_in_numbers(self, title: str) -> Section:
        """How many need help with each objective: a list of names is too long to be read."""
        count = Counter(name for need in self.needs for name, _, _ in need.objectives)
        of = len(self.marked.marks)
        rows: list[Sequence[Cell]] = [
            (name.replace("-", " "), Bar(n / of, f"{n} of {of} learners ({n / of:.0%})"))
            for name, n in sorted(count.items(), key=lambda pair: (-pair[1], pair[0]))
        ]
        return Section(
            title, ["Each learner's three weakest objectives are counted."], ("objective", "need help"), rows
        )

    def _reasons(self) -> list[Sequence[Cell]]:
        """Each question with each reason to look at it."""
        return [(item.id, why) for item in self.items for why in item.rewrite]

    def _rewrite(self) -> Sequence[Section]:
        """All questions to look at again, where the first page could not hold them."""
        rows = self._reasons()
        shown = Section("All doubtful questions", (), ("question", "why"), rows)
        return [shown] if len(rows) > _DOUBTFUL else []

    def _items(self) -> Section:
        few = all(item.learners < item_statistics.ENOUGH for item in self.items)  # too few to compare learners
        compared = [] if few else ["correlation", "upper less lower"]
        headers = ("question", "right", *compared, "wrong answers, most chosen first")
        rows: list[Sequence[Cell]] = [
            (
                f"{item.id} {'(generated, all versions)' if item.is_family else item.question.prompt}",
                Bar(item.share, f"{item.right} of {item.answers} ({item.share:.0%})"),
                *([] if few else _compared(item)),
                "; ".join(f"{text} ({count})" for text, count in item.wrong[:_WRONG] if self._may_tell(item, count)),
            )
            for item in self.items
        ]
        return _table("Every question", headers, rows, "No question was answered.")

    def _may_tell(self, item: Item, count: int) -> bool:
        """A text that one learner typed may say who they are."""
        return not self.is_anonymous or count > 1 or not item.question.kind.is_typed

    def _notes(self) -> Section:
        if self.is_anonymous:
            return Section("What was refused or left out", ["The report with names tells it, file by file."])
        notes = sorted(
            (note for note in self.marked.notes if note.source != OF_CLASS), key=lambda note: not note.refused
        )
        rows: list[Sequence[Cell]] = [
            (note.source, "refused" if note.refused else "noted", note.text) for note in notes[:MOST_ROWS]
        ]
        left = len(notes) - len(rows)
        headers = ("file", "what", "why")
        more = [f"{left:,} more are left out here."] if left else []
        return _table("What was refused or left out", headers, rows, "Nothing.", more)


def cell(text: str) -> str:
    """A text as a cell of CSV that a spreadsheet does not run: an apostrophe before what would be a formula.

    >>> cell("=1+1"), cell("tom-2")
    ("'=1+1", 'tom-2')
    """
    shown = _SPLIT.sub(r"\1'", markup.visible(text))
    return f"'{shown}" if text.lstrip(' "').startswith(_FORMULA) else shown


def _table(
    title: str, headers: Sequence[str], rows: Sequence[Sequence[Cell]], none: str, note: Sequence[str] = ()
) -> Section:
    """A table with a note, or `none` in its place where it has no rows."""
    return Section(title, note if rows else [none], headers, rows)


def _marks(marks: Sequence[LearnerMark]) -> Section:
    named, looked = any(mark.name for mark in marks), any(mark.look for mark in marks)
    few = len(marks) <= MOST_ROWS
    shown = marks if few else [mark for mark in marks if mark.look][:MOST_ROWS]
    rows: list[Sequence[Cell]] = [
        (
            mark.learner,
            *([mark.name] if named else []),
            _mark(mark),
            f"{mark.answered} of {mark.asked}",
            *([" ".join(note.text[:1].upper() + note.text[1:] for note in mark.look)] if looked else []),
        )
        for mark in shown
    ]
    headers = ("learner", *(["name"] if named else []), "right", "answered", *(["look"] if looked else []))
    silent = [mark.learner for mark in marks if not mark.answered]
    told = [f"No answer that counts came from {_names(silent)}."] if silent else []
    if not few:
        which = f"Here are {len(rows):,} that need a look." if rows else "None needs a look."
        told.append(f"The {len(marks):,} marks are in the CSV, too many to read here. {which}")
    return Section("Marks", told if marks else ["Nobody handed in."], headers, rows)


def _mark(mark: LearnerMark) -> Cell:
    if mark.share is None:
        return "no mark yet" if mark.held else "nothing"
    return Bar(mark.share, f"{mark.right} of {mark.asked} ({mark.share:.0%})")


def _compared(item: Item) -> tuple[str, ...]:
    """How a question goes with the others, where that can be said."""
    return tuple("" if value is None else f"{value:.2f}" for value in item.discrimination)


def _names(learners: Sequence[str]) -> str:
    more = f" and {len(learners) - _NAMES} more" if len(learners) > _NAMES else ""
    return ", ".join(learners[:_NAMES]) + more
