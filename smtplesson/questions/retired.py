"""Questions and families that are no longer asked, since they were not right: what is asked now in place of each.

Their names stay in logs, portable codes, submissions and exercise sets. An answer to one is kept and read, but not
marked: what it was an answer to is no longer in the kit. Each new name stands in the sorted order where the old one
stood, so that an exercise set draws the other questions as before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from smtplesson import content, markup


@cache
def _asked_now() -> Mapping[str, str]:
    return {row["name"]: row["asked_now"] for row in content.rows(content.KIT / "retired.csv")}


def now(id: str) -> str:
    """What is asked in place of a question, family or generated question; the same id where it is still asked.

    >>> now("type-the-code~7"), now("after-251")
    ('code-for-rcpt~7', 'after-251')
    """
    name, tilde, seed = id.partition("~")
    return f"{_asked_now().get(name, name)}{tilde}{seed}"


def is_retired(id: str) -> bool:
    """Whether this question or family is no longer asked."""
    return now(id) != id


def replaces(id: str) -> bool:
    """Whether this question or family is asked in place of a retired one: the kit from before does not know it."""
    return id.partition("~")[0] in _asked_now().values()


def told(ids: Iterable[str]) -> tuple[str, ...]:
    """A sentence on the answers to these questions that are not marked any more; none where there are no such answers.

    >>> told(["type-the-code~7", "after-251"])
    ('1 answer is to a question no longer asked: kept, and not marked.',)
    """
    count = sum(map(is_retired, ids))
    what = markup.counted(count, "answer is to a question", "answers are to questions")
    return (f"{what} no longer asked: kept, and not marked.",) if count else ()
