"""Whose a file is: what the LMS wrote around it, the roster, and the teacher's aliases; never the file alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from smtplesson.classroom.roster import Roster, canonical
from smtplesson.content import shown

_NAMELESS = {"attempts", "submission", "answers", "code", "onlinetext"}  # names of files that name nobody
#: What an LMS writes before a learner's own name for a file: Moodle's plugins, and Canvas, which has a number for the
#: learner and another for the file.
_LABELS = (
    re.compile(r"(?P<name>.+?)_(?P<number>[0-9]+)_assignsubmission_[a-z]+(?:_.*)?", re.DOTALL),
    re.compile(r"(?P<name>[^\W_]+)_(?:LATE_)?(?P<number>[0-9]{2,})_[0-9]{2,}_.+", re.DOTALL),
)


@dataclass(frozen=True, slots=True)
class Label:
    """Who handed a file in, as the LMS writes it: their name, and their number there."""

    name: str
    number: str

    def __str__(self) -> str:
        return f"{self.name}_{self.number}"


def label(source: str) -> Label | None:
    """What the LMS says of a file, from the outermost folder on; None where it says nothing.

    >>> label("Mira Ray_4711_assignsubmission_file_/mira-7_week-3.json")
    Label(name='Mira Ray', number='4711')
    """
    for part in source.split("/"):
        for pattern in _LABELS:
            if match := pattern.fullmatch(part):
                return Label(match["name"], match["number"])
    return None


@dataclass(frozen=True)
class Class:
    """Who may hand in: the roster, if there is one, and other names of its learners, such as an id that was mistyped.

    Raises ValueError where an alias leads to nobody on the roster.
    """

    roster: Roster | None = None
    aliases: Mapping[str, str] = field(default_factory=dict)
    _names: Mapping[str, str | None] = field(init=False, repr=False)
    _ids: Mapping[str, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        known: dict[str, str | None] = {}
        for id, name in () if self.roster is None else self.roster.items():
            for key in _keys(name):
                known[key] = id if key not in known else None  # two of this name: it tells nothing
        for other, id in self.aliases.items():
            if self.roster is not None and canonical(id) not in self.roster:
                raise ValueError(f"--alias {other}={id}: there is no {shown(id)} on the roster.")
            known |= dict.fromkeys(_keys(other), canonical(id))
        object.__setattr__(self, "_names", known)
        object.__setattr__(self, "_ids", {canonical(other): canonical(id) for other, id in self.aliases.items()})

    def credited(self, id: str) -> str:
        """The learner to whom this id belongs: itself, or the one of whom it is an alias."""
        return self._ids.get(id, id)

    def holder(self, source: str) -> str | None:
        """The learner after whom a file's folders are named, or else the file itself, where the class knows them."""
        *folders, file = source.split("/")
        for part in folders:
            if found := self._named(part, is_file=False):
                return found
        return self._named(file, is_file=True)

    def _named(self, part: str, *, is_file: bool) -> str | None:
        told = label(part)
        if told and (found := self._of(told.name) or self._of(told.number)):
            return found
        if told is None and not is_file and (found := self._of(part)):
            return found
        if self.roster is None:
            return None
        return next((id for id in map(self.credited, candidates(part, is_file=is_file)) if id in self.roster), None)

    def _of(self, name: str) -> str | None:
        return next((found for key in _keys(name) if (found := self._names.get(key))), None)

    def meant(self, id: str) -> str:
        """What to do where an id is one typing error away from a single one on the roster; else empty."""
        near = [known for known in self.roster or () if is_one_slip(known, id)]
        return f" Do you mean {near[0]}? Then add --alias {id}={near[0]}." if len(near) == 1 else ""


def candidates(part: str, *, is_file: bool) -> Iterator[str]:
    """The ids that the name of a file or folder may hold: all of it, or what stands before a `_`."""
    words = (part.rpartition(".")[0] or part if is_file else part).split("_")
    for text in ("_".join(words[:count]) for count in range(len(words), 0, -1)):
        try:
            id = canonical(text)
        except ValueError:
            continue
        if id not in _NAMELESS:
            yield id


def is_one_slip(one: str, other: str) -> bool:
    """Whether a single letter was left out, put in, taken for another or swapped with its neighbour.

    >>> is_one_slip("s27", "s72"), is_one_slip("s27", "s2"), is_one_slip("s27", "s27"), is_one_slip("s27", "t28")
    (True, True, False, False)
    """
    short, long = sorted((one, other), key=len)
    if short == long or len(long) - len(short) > 1:
        return False
    start = next((n for n, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    rest, more = short[start:], long[start:]
    if len(short) < len(long):
        return rest == more[1:]
    return rest[1:] == more[1:] or (rest[:2] == more[1::-1] and rest[2:] == more[2:])


def _keys(name: str) -> tuple[str, ...]:
    """A name as it is compared: in the order of its letters, and with the last word first, as Canvas writes it."""
    words = re.findall(r"\w+", name.casefold())
    return tuple(dict.fromkeys(("".join(words), "".join(words[-1:] + words[:-1]), "".join(words[1:] + words[:1]))))
