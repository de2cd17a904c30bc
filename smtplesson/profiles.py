"""How real servers choose and word the same replies: tables, from recordings and sources."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from smtplesson.policy import RFC, Profile

#: Every profile by its name.
PROFILES: Mapping[str, Profile] = MappingProxyType({p.name: p for p in (RFC,)})
