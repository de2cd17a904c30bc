"""Questions without end: from a seed, families of questions invent a server, play it, and ask about it.

The key is what the simulated server answers when it is played, or what the grammar says; wrong choices come from
misconceptions. A question's id, such as `who-must-act~7`, is all that is needed to make it again.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from types import MappingProxyType

from smtplesson.questions.families import (
    address_grammar,
    next_steps,
    one_reply,
    recipients,
    session_states,
    who_acts,
)
from smtplesson.questions.families.family import Dice, Family, Made
from smtplesson.questions.question import Question
from smtplesson.server.server import Server

#: Seeds are less than this.
SEEDS = 100_000
_MOST = 1000
_ID = re.compile(r"([a-z-]+)~(0|[1-9][0-9]{0,4})")


#: Every family by its name; a file of families is named here.
FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        family.name: family
        for file in (one_reply, next_steps, who_acts, recipients, session_states, address_grammar)
        for family in file.FAMILIES
    }
)


def generate(family: str, seed: int) -> Question:
    """Make the question of a family that belongs to a seed, 0 to 99999: always and everywhere the same.

    Raises ValueError for a family or a seed that there is not.

    >>> generate("who-must-act", 7) == find("who-must-act~7")
    True
    """
    return _made(family, seed)[0]


def world(id: str) -> Server | None:
    """The server that a generated question is about, as it is before anything has happened.

    None where the question is about an address alone, or the id is none of a generated question.
    """
    parts = _parts(id)
    return _made(*parts)[1] if parts else None


def find(id: str) -> Question | None:
    """The generated question of this id; None where the id is none of a generated question.

    >>> find("after-251") is None
    True
    """
    parts = _parts(id)
    return generate(*parts) if parts else None


def variants(count: int, seed: int, *, objective: str | None = None, lesson: str | None = None) -> tuple[Question, ...]:
    """Make `count` different questions that belong to a seed, the families mixed.

    Where an objective or a lesson is given, only the families that have it take part.

    Raises ValueError where `count` is not 1 to 1000 or no family has this objective and lesson.

    >>> len({question.id for question in variants(20, 7)})
    20
    """
    if not 1 <= count <= _MOST:
        raise ValueError(f"count = {count}; ask for 1 to {_MOST} questions.")
    families = [name for name, f in FAMILIES.items() if objective in (None, f.objective) and lesson in (None, f.lesson)]
    if not families:
        raise ValueError(f"No family makes questions with objective={objective!r}, lesson={lesson!r}.")
    dice = Dice(f"{seed}:variants:{objective or ''}:{lesson or ''}")
    found: dict[tuple[str, ...], Question] = {}
    while len(found) < count:
        for name in dice.shuffled(families):
            question = generate(name, dice.below(SEEDS))
            found.setdefault((question.prompt, question.dialogue, question.address), question)
    return tuple(found.values())[:count]


def _parts(id: object) -> tuple[str, int] | None:
    match = _ID.fullmatch(id) if isinstance(id, str) else None
    return (match[1], int(match[2])) if match and match[1] in FAMILIES else None


def _made(name: str, seed: int) -> Made:
    if name not in FAMILIES:
        raise ValueError(f"There is no family {name!r}; there are {', '.join(FAMILIES)}.")
    if not isinstance(seed, int) or not 0 <= seed < SEEDS:
        raise ValueError(f"seed = {seed!r}; a seed is a whole number from 0 to {SEEDS - 1}.")
    family, id = FAMILIES[name], f"{name}~{int(seed)}"
    question, server = family.make(Dice(id))
    return dataclasses.replace(question, id=id, objective=family.objective, lesson=family.lesson), server
