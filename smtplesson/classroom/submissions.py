"""What a class hands in: files of a folder or of a ZIP, or pasted codes, whatever anybody may have written there.

A submission is one of three: JSON with `schema_version` (`to_json` writes it), the lines of a learner's log, or a
text with a portable code. It is data: nothing in it is run, believed or shown unescaped; only raw answers are read.
Whatever is refused or left out is a `Note`, and never an exception. Which of several counts is for `which_counts`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from smtplesson import markup
from smtplesson.classroom import _archive, _folder, _handed_in
from smtplesson.classroom._handed_in import Refused, Understood
from smtplesson.classroom.received import Received
from smtplesson.classroom.roster import Roster, canonical
from smtplesson.classroom.waiting import watched
from smtplesson.classroom.whose import Class, candidates, label
from smtplesson.content import shown
from smtplesson.learner import records
from smtplesson.learner.attempts import Attempt

SCHEMA_VERSION = _handed_in.SCHEMA_VERSION
LEFT_ALONE = "left alone, for "
_COPIED = 6  # equal answers of two learners that are told; many have all five of the pretest right
_MOST = 50  # submissions of one learner that differ
_NOTES = 8  # of one file
_OURS = {"", ".json", ".jsonl", ".txt", ".md", ".log", ".html", ".htm"}  # how the names of submissions end
_LITTER = {"thumbs.db", "desktop.ini", "__macosx"}  # what computers leave in folders, beside names with a dot or ~$


class Look(StrEnum):
    """Why the teacher has to look at a mark."""

    DIFFER = "several files that differ"
    LATE = "received after the deadline"
    REFUSED = "a file that was refused"
    COPIED = "the same answers as somebody else"
    NOT_ASKED = "answers to what was not asked"
    NOT_MARKED = "answers that cannot be marked"
    REPEATED = "several answers to one question of a test"
    BACKWARDS = "days that run backwards"
    DAMAGED = "a file that is damaged in part"
    VERSION = "another version of the set"
    UNLISTED = "a file that the list of what was received does not name"
    OTHER_FORM = "a file, but no submission"
    NOTHING = "a file, but no answer to this set"


@dataclass(frozen=True, slots=True)
class Note:
    """What is to be told of a submission: its file, and why it was refused or what of it was left out.

    With `look`, the mark of `learner` needs one.
    """

    source: str
    text: str
    refused: bool = False
    look: Look | None = None
    learner: str = ""

    def __str__(self) -> str:
        return f"{self.source}: {'refused: ' if self.refused else ''}{self.text}"


@dataclass(frozen=True, slots=True)
class Submission:
    """One file or code of a learner: `id` is what they called themselves, which decides what they were asked.

    `received` is what the LMS or the teacher says, `version` the one of the set that the file says it answers.
    """

    source: str
    id: str
    attempts: tuple[Attempt, ...]
    received: datetime | None = None
    version: str = ""


@dataclass
class Collected:
    """The submissions of each learner, by id, in the order in which they were read, and what is to be told."""

    submissions: dict[str, list[Submission]] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    _seen: dict[tuple[int, int], tuple[str, str]] = field(default_factory=dict, repr=False)

    @property
    def refused(self) -> int:
        """How many submissions were refused as a whole."""
        return sum(note.refused for note in self.notes)

    def add(
        self,
        learner: str,
        attempts: tuple[Attempt, ...],
        source: str,
        *,
        id: str = "",
        received: datetime | None = None,
        version: str = "",
    ) -> None:
        """Take one submission; one that holds the same answers as an earlier one of theirs is told, and left out."""
        content = tuple((a.question, a.response) for a in attempts)
        first_owner, first_source = self._seen.setdefault((len(content), hash(content)), (learner, source))
        if first_owner != learner and len(content) >= _COPIED:
            for who, one, other in ((first_owner, first_source, source), (learner, source, first_source)):
                text = f"the same {len(content)} answers in the same order as {other}."
                self.notes.append(Note(one, text, look=Look.COPIED, learner=who))
        made = Submission(source, id or learner, attempts, received, version)
        before = self.submissions.setdefault(learner, [])
        for number, earlier in enumerate(before):
            if earlier.id == made.id and [(a.question, a.response, a.quiz) for a in earlier.attempts] == [
                (a.question, a.response, a.quiz) for a in attempts
            ]:
                if made.received and earlier.received and made.received < earlier.received:
                    before[number], made = made, earlier
                self.notes.append(Note(made.source, f"handed in once more: it is {before[number].source} again."))
                return
        if len(before) < _MOST:
            before.append(made)
        else:
            text = f"{_MOST} files of {shown(learner)} differ already; this one is not looked at."
            self.notes.append(Note(source, text, True, Look.REFUSED, learner))


def to_json(learner: str, exercise: str, attempts: Iterable[Attempt], version: str = "") -> str:
    """Write a submission as JSON: the learner's id, the set's name and the raw answers, one a line; no marks.

    `version` is that of a frozen set. Raises ValueError where `learner` is no id.
    """
    rows = ",\n".join("  " + records.line(attempt).decode("ascii").strip() for attempt in attempts)
    head = {"schema_version": SCHEMA_VERSION, "learner": canonical(learner), "set": exercise}
    head |= {"version": version} if version else {}
    return f'{json.dumps(head)[:-1]}, "answers": [\n{rows}\n]}}\n'


def read_folder(
    path: str | Path, roster: Roster | None = None, *, known: Class | None = None, received: Received | None = None
) -> Collected:
    """Read every file of a folder, or of a ZIP as an LMS gives it, by name; links, pipes and devices are refused.

    A submission is the learner's whom it names, and one in another learner's folder is refused; one that names nobody
    belongs to the learner after whom the file or its folder is named. `known` adds aliases to a roster; with a roster
    only those on it are taken. Raises NotADirectoryError where there is no folder, ValueError for a ZIP that is none.
    """
    reader = _Reader(known or Class(roster), received or Received())
    where = Path(path)
    files = _archive.files(where) if _archive.is_archive(where) else _folder.files(where)
    for name, content in watched(files, "Reading what was handed in"):
        if not _is_litter(name):
            reader.file(name, content)
    return reader.whole()


def read_pasted(text: str, roster: Roster | None = None, *, known: Class | None = None) -> Collected:
    """Read portable codes pasted one after the other; the learner's id stands before a code that does not hold it."""
    reader = _Reader(known or Class(roster), Received())
    for number, (before, code) in enumerate(_handed_in.codes(text), 1):
        reader.take(code, before, f"code {number}{f' ({shown(before)[1:-1]})' if before else ''}")
    if not reader.found.submissions and not reader.found.notes:
        reader.found.notes.append(Note("pasted text", "no portable code is in it.", refused=True))
    return reader.whole()


def owner_of(quiz: str) -> str | None:
    """The id under which an exercise set keeps an answer; None for an answer to anything else.

    >>> owner_of("week-3@mira-7")
    'mira-7'
    """
    _, at, owner = quiz.partition("@")
    if not at:
        return None
    try:
        return canonical(owner)
    except ValueError:
        return owner[:80]  # nobody's: it equals no learner's id


def _is_litter(name: str) -> bool:
    parts = name.casefold().split("/")
    return any(part in _LITTER for part in parts) or parts[-1].startswith((".", "~$", "._"))


@dataclass
class _Reader:
    """Takes files one after the other, and knows at the end in which folders those of several learners lie."""

    known: Class
    received: Received
    found: Collected = field(default_factory=Collected)
    _labels: dict[str, dict[str, str]] = field(default_factory=dict)  # of the LMS -> learner -> a file of theirs

    def file(self, name: str, content: bytes | str) -> None:
        """Take a file of this name, or say why it cannot be read."""
        source = shown(name, 300)[1:-1]
        try:
            if isinstance(content, str):
                raise Refused(content)
            is_html = name.lower().endswith((".html", ".htm"))
            parts = list(_handed_in.texts(content, is_html=is_html))
        except Refused as refusal:
            self._refuse(name, source, refusal)
            return
        for number, (before, text) in enumerate(parts, 1):
            told = f", code {number}{f' ({shown(before)[1:-1]})' if before else ''}" if len(parts) > 1 else ""
            self.take(text, name, source + told, before)

    def take(self, text: str, name: str, source: str, before: str = "") -> None:
        """Take one submission; `before` are the words that stand before a code, which may name its learner."""
        try:
            self._take(_handed_in.understand(text), name, source, before)
        except Refused as refusal:
            self._refuse(name, source, refusal)

    def whole(self) -> Collected:
        """All that was taken, without the files of two learners in what the LMS says is one learner's."""
        for told, by in self._labels.items():
            if len(by) > 1:
                for learner, source in by.items():
                    kept = [each for each in self.found.submissions[learner] if str(label(each.source)) != told]
                    self.found.submissions[learner] = kept
                    who = ", ".join(map(shown, list(by)[:3]))
                    text = f"{told} handed in files of several learners: {who}."
                    self.found.notes.append(Note(source, text, True, Look.REFUSED, learner))
        return self.found

    def _refuse(self, name: str, source: str, why: Refused) -> None:
        """Tell why a file is not taken; what does not look like a submission is left alone."""
        end, holder = Path(name).suffix.lower(), self.known.holder(name) or ""
        if end in _OURS or len(end) > 6 or not end[1:].isalnum():
            self.found.notes.append(Note(source, str(why), True, Look.REFUSED if holder else None, holder))
        else:
            self.found.notes.append(Note(source, f"{LEFT_ALONE}{why}", learner=holder))

    def _take(self, understood: Understood, name: str, source: str, before: str) -> None:
        id, learner = self._whose(understood, name, before)
        kept = tuple(a for a in understood.attempts if (owner := owner_of(a.quiz)) is None or owner == id)
        notes = [Note(source, text) for text in understood.notes]
        if any(not text.endswith(_handed_in.NOT_READ) for text in understood.notes):
            notes[-1] = Note(source, understood.notes[-1], look=Look.DAMAGED, learner=learner)
        if strange := len(understood.attempts) - len(kept):
            others = dict.fromkeys(shown(o) for a in understood.attempts if (o := owner_of(a.quiz)) not in (None, id))
            names = ", ".join(list(others)[:3])
            if not kept:
                raise Refused(f"all {strange} answers are kept under {names}, not {shown(id)}.")
            text = f"kept under {names} and not counted: {markup.counted(strange, 'answer')}."
            notes.append(Note(source, text, look=Look.NOT_ASKED, learner=learner))
        self.found.notes += notes[: _NOTES - 1] + notes[-1:] if len(notes) > _NOTES else notes
        if len(notes) > _NOTES:
            self.found.notes.append(Note(source, f"{len(notes) - _NOTES} more things are wrong with it."))
        if told := label(name):
            self._labels.setdefault(str(told), {}).setdefault(learner, source)
        received = self.received.at(name, learner)
        if received is None and self.received.times:
            text = "the list of what was received does not name it."
            self.found.notes.append(Note(source, text, look=Look.UNLISTED, learner=learner))
        self.found.add(learner, kept, source, id=id, received=received, version=understood.version)

    def _whose(self, understood: Understood, name: str, before: str) -> tuple[str, str]:
        """The id under which the answers were given, and the learner who gets them; else a Refused."""
        holder = self.known.holder(name)
        roster = self.known.roster
        owners = list(dict.fromkeys(o for a in understood.attempts if (o := owner_of(a.quiz)) is not None))
        named = [*([holder] if holder else ()), *self._named(name, before)]
        if understood.learner is not None:
            told = understood.learner
        elif len(owners) == 1:
            told = owners[0]
        elif owners and (mine := [id for id in named if id in owners]):
            told = mine[0]
        elif owners:
            raise Refused(f"it holds answers of {len(owners)} learners and says of none that they hand it in.")
        elif named:
            told = named[0]
        else:
            raise Refused(
                "it names no learner, and its file is named after none. Name the file after the learner's id."
            )
        try:
            id = canonical(told)
        except ValueError as error:
            raise Refused(str(error)) from None
        learner = self.known.credited(id)
        if roster is not None and learner not in roster:
            raise Refused(f"its learner {shown(id)} is not on the roster.{self.known.meant(id)}")
        if holder is not None and learner != holder:
            raise Refused(f"its file is named after {shown(holder)}, but it says that {shown(learner)} hands it in.")
        return id, learner

    def _named(self, name: str, before: str) -> Iterator[str]:
        """The ids that stand before a code, or that a file or its folder is named after."""
        *folders, file = name.split("/")
        told = label(name)
        parts = (
            [(before, False)] if before else [] if told else [(file, True), *((each, False) for each in folders[-1:])]
        )
        for part, is_file in parts:
            yield from (id for id in candidates(part, is_file=is_file) if self._may_be(id))

    def _may_be(self, id: str) -> bool:
        return self.known.roster is None or self.known.credited(id) in self.known.roster
