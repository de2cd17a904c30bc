"""When files were received: a CSV of the teacher, or the one that an LMS exports; never what a file says of itself.

The times inside a ZIP are not read: Moodle writes the moment of the download there, and others what a learner's own
machine said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from smtplesson import content
from smtplesson.classroom.whose import label
from smtplesson.content import shown

#: The columns that may say when, and those that may say what: a file, or a learner by id, number or name.
_WHEN = ("received", "last modified (submission)", "submitted", "submitted at", "submission time", "time")
_WHAT = ("file", "id", "identifier", "id number", "username", "full name", "name", "email address", "email")
#: What is read beside ISO 8601, such as 2026-01-31 18:00: Moodle in English, and what stands between dots.
_FORMS = ("%A, %d %B %Y, %I:%M %p", "%A, %d %B %Y, %H:%M", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y, %H:%M")


@dataclass(frozen=True, slots=True)
class Received:
    """When each file, or each learner's work, was received; without a time zone it is this machine's."""

    times: Mapping[str, datetime] = field(default_factory=dict)

    @classmethod
    def load(cls, path: str | Path) -> Received:
        """Read a CSV file with a column `received` and a column `file` or `id`, or a grading worksheet of Moodle.

        Raises ContentError for the first thing that is not right.
        """
        return cls._of(content.rows(Path(path), legacy=True), Path(path).name)

    @classmethod
    def parse(cls, text: str, name: str = "received") -> Received:
        """Read the text of such a file; `name` is what errors call it.

        >>> Received.parse("id,received\\nmira-7,2026-01-31 18:00+00:00").at("mira-7.json", "mira-7").isoformat()[:10]
        '2026-01-31'
        """
        return cls._of(content.parse_rows(text, name), name)

    @classmethod
    def _of(cls, rows: Iterable[content.Section], name: str) -> Received:
        times: dict[str, datetime] = {}
        for row in rows:
            when = next((column for column in _WHEN if column in row), None)
            what = next((column for column in _WHAT if column in row), None)
            if when is None or what is None:
                wanted = "Name the columns file (or id) and received."
                raise content.section({}, name).error(f"there is no column that says what was received when. {wanted}")
            if not row[what].strip() or row[when].strip() in ("", "-"):
                continue
            moment, key = _moment(row, when), _key(row[what])
            if times.setdefault(key, moment) != moment:
                raise row.error(f"{shown(row[what])} has another time on a line above; leave one.", what)
        return cls(times)

    def at(self, source: str, learner: str) -> datetime | None:
        """When a file of a learner's was received: by its name, its LMS's name for them, or their id."""
        told = label(source)
        keys = (source, source.rpartition("/")[2], *((told.number, told.name) if told else ()), learner)
        return next((self.times[key] for key in map(_key, keys) if key in self.times), None)


def _moment(row: content.Section, when: str) -> datetime:
    text = " ".join(row[when].split())
    for read in (datetime.fromisoformat, *(lambda text, form=form: datetime.strptime(text, form) for form in _FORMS)):
        try:
            moment = read(text)
            return moment if moment.tzinfo else moment.astimezone()
        except (ValueError, OverflowError, OSError):
            continue
    raise row.error(f"{shown(text)} is no time that is sure. Write it as 2026-01-31 18:00.", when)


def _key(text: str) -> str:
    """A file, an id or a name as it is looked up; of Moodle's "Participant 4711" the number."""
    return " ".join(text.casefold().split()).removeprefix("participant ")
