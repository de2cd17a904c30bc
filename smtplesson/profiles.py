"""How real servers choose and word the same replies: a table for each, from recordings and sources.

The tables are TOML files in `data/profiles`; what their keys mean is said by the fields of `Profile`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources
from types import MappingProxyType
from typing import Any

from smtplesson.grammar import Fault
from smtplesson.habits import RFC, VERBS, Limit, Profile, Rule
from smtplesson.situations import Situation
from smtplesson.states import State

_FOLDER = resources.files("smtplesson") / "data" / "profiles"
_SETS = ("unknown", "unchecked", "ignored_arguments", "parameters", "local_names")


def parse(text: str) -> Profile:
    """Build a profile from the text of its file: the fields of `Profile`, its tables keyed by name.

    Raises ValueError or TypeError for what is no field, situation, fault or state.

    >>> parse('name = "curt"\\n[wording]\\nrset-ok = "250 Fine"').wording[Situation.RSET_OK]
    '250 Fine'
    """
    table: dict[str, Any] = tomllib.loads(text)
    forgiven = table.pop("forgive", {})
    syntax: dict[tuple[str, Fault | None], str] = {
        (verb, Fault(name)): "" for verb in VERBS for name in forgiven.get(verb, ())
    }
    for verb, rows in table.pop("syntax", {}).items():
        syntax |= {(verb, None if name == "other" else Fault(name)): reply for name, reply in rows.items()}
    fields: dict[str, Any] = {
        "tolerate": frozenset(map(Fault, forgiven.get("both", ()))),
        "syntax": syntax,
        "wording": {Situation(name): reply for name, reply in table.pop("wording", {}).items()},
        "extensions": tuple(table.pop("extensions", RFC.extensions)),
        "rewrites": tuple((row["pattern"], row["as"]) for row in table.pop("rewrites", ())),
        "lines": tuple(Rule(**row) for row in table.pop("lines", ())),
        "paths": tuple(Rule(**row) for row in table.pop("paths", ())),
        "limits": tuple(Limit(**row) for row in table.pop("limits", ())),
        "transitions": dict(map(_transition, table.pop("transitions", {}).items())),
    }
    fields |= {name: frozenset(table.pop(name)) for name in _SETS if name in table}
    return Profile(**fields, **table)


def _transition(row: tuple[str, str]) -> tuple[tuple[State, str], State | None]:
    """`"connected MAIL" = "mail"`; an empty text takes the row of the standard away."""
    state, _, verb = row[0].partition(" ")
    return (State(state), verb), State(row[1]) if row[1] else None


def _load(name: str) -> Profile:
    return parse((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


POSTFIX = _load("postfix")
EXIM = _load("exim")
OPENSMTPD = _load("opensmtpd")
SENDMAIL = _load("sendmail")
COURIER = _load("courier")
HARAKA = _load("haraka")
QMAIL = _load("qmail")

#: Every profile by its name.
PROFILES: Mapping[str, Profile] = MappingProxyType(
    {p.name: p for p in (RFC, POSTFIX, EXIM, OPENSMTPD, SENDMAIL, COURIER, HARAKA, QMAIL)}
)
