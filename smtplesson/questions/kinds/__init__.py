"""The kinds of questions, a file each: its check, its marking, its words. A new one is named here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from smtplesson.questions.kinds import (
    fault,
    labelling,
    matching,
    order,
    predict,
    repair,
    several,
    single,
    typed,
    who,
)
from smtplesson.questions.question import Kind

#: Every kind by the name that it has in a file of questions.
KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        file.KIND.name: file.KIND
        for file in (single, several, typed, predict, order, fault, repair, who, matching, labelling)
    }
)
