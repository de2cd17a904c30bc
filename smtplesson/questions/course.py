"""The plan of the course: its notebooks in the order of reading, from `data/course.toml`."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from smtplesson import content


@dataclass(frozen=True, slots=True)
class Objective:
    """What a learner can do after a lesson, and the objectives of the questions that examine it."""

    text: str
    examined: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook by the name of its file, without `.ipynb`.

    `minutes` is 0 where nobody reads it from end to end, `about` is empty where it is not for learners.
    """

    file: str
    title: str
    minutes: int = 0
    about: str = ""
    objectives: tuple[Objective, ...] = ()

    @property
    def is_lesson(self) -> bool:
        """Whether it is one of the numbered ones."""
        return self.file[:2].isdigit()

    @property
    def label(self) -> str:
        """What a link to it says: its title, behind its number if it has one."""
        return f"{self.file[:2]} {self.title}" if self.is_lesson else self.title

    @property
    def link(self) -> str:
        """A link to it in Markdown, from a notebook beside it."""
        return f"[{self.label}]({self.file}.ipynb)"


@functools.cache
def notebooks() -> tuple[Notebook, ...]:
    """All notebooks in the order of reading; those without a number depend on no other.

    >>> [notebook.label for notebook in notebooks()][:2]
    ['00 Start here', 'The front desk']
    """
    file = content.read(content.KIT / "course.toml")
    file.only("notebooks")
    return tuple(map(_notebook, file.take("notebooks", "tables")))


def _notebook(row: content.Section) -> Notebook:
    row = row.named(row.take("file"))
    objectives = tuple(each.build(Objective) for each in row.take("objectives", "tables", ()))
    return row.build(Notebook, "objectives", objectives=objectives)


def find(file: str) -> Notebook | None:
    """The notebook whose file has this name; None where there is none.

    >>> find("05-251-or-553").minutes
    30
    """
    return next((notebook for notebook in notebooks() if notebook.file == file), None)
