"""What a class hands in: files of a folder or pasted codes become attempts, whatever anybody may have written there.

A submission is one of three: JSON with `schema_version` (`to_json` writes it), the lines of a learner's log, or a
text with a portable code. It is data: nothing in it is run, believed or shown unescaped; only raw answers are read.
Whatever is refused or left out is a `Note`, and never an exception.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from smtplesson import markup
from smtplesson.classroom import _folder, _handed_in
from smtplesson.classroom._handed_in import Refused, Understood
from smtplesson.classroom.roster import Roster, canonical
from smtplesson.content import shown
from smtplesson.learner import records
from smtplesson.learner.attempts import Attempt

SCHEMA_VERSION = _handed_in.SCHEMA_VERSION
_COPIED = 6  # equal answers of two learners that are told; many have all five of the pretest right
_NOTES = 8  # of one file
_NAMELESS = {"attempts", "submission", "answers", "code"}  # names of files that name nobody


@dataclass(frozen=True, slots=True)
class Note:
    """What is to be told of a submission: its file, and why it was refused or what of it was left out."""

    source: str
    text: str
    refused: bool = False

    def __str__(self) -> str:
        return f"{self.source}: {'refused: ' if self.refused else ''}{self.text}"


@dataclass
class Collected:
    """The attempts of each learner, by id, with the files they come from, and what is to be told."""

    attempts: dict[str, tuple[Attempt, ...]] = field(default_factory=dict)
    sources: dict[str, tuple[str, ...]] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    _seen: dict[tuple[int, int], tuple[str, str]] = field(default_factory=dict, repr=False)

    @property
    def refused(self) -> int:
        """How many submissions were refused as a whole."""
        return sum(note.refused for note in self.notes)

    def add(self, learner: str, attempts: tuple[Attempt, ...], source: str) -> None:
        """Take one submission; what the learner handed in before is not counted twice."""
        content = tuple((a.question, a.response, a.day, a.confidence) for a in attempts)
        first_owner, first_source = self._seen.setdefault((len(content), hash(content)), (learner, source))
        if first_owner != learner and len(content) >= _COPIED:
            for one, other in ((first_source, source), (source, first_source)):
                self.notes.append(Note(one, f"the same {len(content)} answers in the same order as {other}."))
        before = self.attempts.get(learner, ())
        there = Counter(before)
        new = []
        for attempt in attempts:
            if there[attempt]:
                there[attempt] -= 1
            else:
                new.append(attempt)
        if before:
            self.notes.append(Note(source, _said_of_second(before, attempts, new, self.sources[learner][0])))
        self.attempts[learner] = (*before, *new)
        self.sources[learner] = (*self.sources.get(learner, ()), source)


def to_json(learner: str, exercise: str, attempts: Iterable[Attempt]) -> str:
    """Write a submission as JSON: the learner's id, the set's name and the raw answers, one a line; no marks.

    Raises ValueError where `learner` is no id.
    """
    rows = ",\n".join("  " + records.line(attempt).decode("ascii").strip() for attempt in attempts)
    head = {"schema_version": SCHEMA_VERSION, "learner": canonical(learner), "set": exercise}
    return f'{json.dumps(head)[:-1]}, "answers": [\n{rows}\n]}}\n'


def read_folder(folder: str | Path, roster: Roster | None = None) -> Collected:
    """Read every file of a folder and its subfolders, by name; links, pipes and devices are refused.

    A submission is the learner's whom it names; one that names nobody belongs to the learner after whom the file or
    its folder is named. With a roster only those on it are taken. Raises NotADirectoryError where there is no folder.
    """
    found = Collected()
    for name, content in _folder.files(Path(folder)):
        try:
            if isinstance(content, str):
                raise Refused(content)
            _take(found, content, name, roster)
        except Refused as refusal:
            found.notes.append(Note(shown(name)[1:-1], str(refusal), refused=True))
    return found


def read_pasted(text: str, roster: Roster | None = None) -> Collected:
    """Read portable codes pasted one after the other; the learner's id stands before a code that does not hold it."""
    found = Collected()
    for number, (before, code) in enumerate(_handed_in.codes(text), 1):
        source = f"code {number}{f' ({shown(before)[1:-1]})' if before else ''}"
        try:
            _take(found, code.encode("utf-8", "replace"), before, roster, source)
        except Refused as refusal:
            found.notes.append(Note(source, str(refusal), refused=True))
    if not found.attempts and not found.notes:
        found.notes.append(Note("pasted text", "no portable code is in it.", refused=True))
    return found


def _take(found: Collected, content: bytes, name: str, roster: Roster | None, source: str = "") -> None:
    source = source or shown(name)[1:-1]
    understood = _handed_in.understand(content)
    learner = _owner(understood, name, roster)
    kept = tuple(a for a in understood.attempts if (owner := owner_of(a.quiz)) is None or owner == learner)
    notes = list(understood.notes)
    if strange := len(understood.attempts) - len(kept):
        others = dict.fromkeys(shown(o) for a in understood.attempts if (o := owner_of(a.quiz)) not in (None, learner))
        if not kept:
            raise Refused(f"all {strange} answers are kept under {', '.join(list(others)[:3])}, not {shown(learner)}.")
        notes.append(f"kept under {', '.join(list(others)[:3])} and not counted: {markup.counted(strange, 'answer')}.")
    found.notes += [Note(source, text) for text in notes[:_NOTES]]
    if len(notes) > _NOTES:
        found.notes.append(Note(source, f"{len(notes) - _NOTES} more things are wrong with it."))
    found.add(learner, kept, source)


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


def _owner(understood: Understood, name: str, roster: Roster | None) -> str:
    """Whose submission it is; a Refused where that cannot be said, or they are not in the class."""
    named = [id for id in _candidates(name) if roster is None or id in roster]
    owners = list(dict.fromkeys(o for a in understood.attempts if (o := owner_of(a.quiz)) is not None))
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
        raise Refused("it names no learner, and its file is named after none. Name the file after the learner's id.")
    try:
        learner = canonical(told)
    except ValueError as error:
        raise Refused(str(error)) from None
    if roster is not None:
        if learner not in roster:
            raise Refused(f"its learner {shown(learner)} is not on the roster.")
        if named and learner not in named:
            raise Refused(f"its file is named after {shown(named[0])}, but it says that it is {shown(learner)}'s.")
    return learner


def _candidates(name: str) -> Iterator[str]:
    """The ids that a file's name may hold, and its folder's: all of it, or what stands before a `_`."""
    *folders, file = name.split("/")
    for text in (file.rpartition(".")[0] or file, *folders[-1:]):
        words = text.split("_")
        for part in ("_".join(words[:count]) for count in range(len(words), 0, -1)):
            try:
                id = canonical(part)
            except ValueError:
                continue
            if id not in _NAMELESS:
                yield id


def _said_of_second(
    before: tuple[Attempt, ...], attempts: tuple[Attempt, ...], new: list[Attempt], first_source: str
) -> str:
    if not new:
        return f"handed in once more: everything is in {first_source} already. It is counted once."
    first, again = _first_answers(before), _first_answers(attempts)
    other = sum(first.get(key, response) != response for key, response in again.items())
    if other:
        counts = "The earlier day counts, and of one day what was read first."
        return f"not the same as in {first_source}: {markup.counted(other, 'answer')}. {counts}"
    return f"adds {markup.counted(len(new), 'answer')} to those in {first_source}."


def _first_answers(attempts: Iterable[Attempt]) -> Mapping[tuple[str, str], str]:
    first: dict[tuple[str, str], str] = {}
    for attempt in attempts:
        first.setdefault((attempt.quiz, attempt.question), attempt.response)
    return first
