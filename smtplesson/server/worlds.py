"""Worlds: a server's policy from a TOML file that a teacher can edit, with errors that name the line."""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smtplesson import content
from smtplesson.protocol.replies import Reply
from smtplesson.server.policy import Decision, Policy, PolicyError
from smtplesson.server.profiles import PROFILES, wording_of
from smtplesson.server.server import Server
from smtplesson.server.situations import Situation


def names() -> tuple[str, ...]:
    """The worlds that ship with the kit."""
    return content.names("worlds")


def load(world: str | Path, **changes: Any) -> Server:
    """Build the server of a world that ships with the kit, by name, or of a TOML file, by path.

    `changes` are keys that replace those of the file, such as `profile="postfix"`. Raises ContentError for a file
    that is not there or not right.
    """
    return from_table(content.find(world, "worlds", "world").changed(**changes))


def parse(text: str, *, where: str = "world", **changes: Any) -> Server:
    """Build a server from the text of a world file and `changes` to it; `where` names it in errors.

    >>> parse('host = "foo.com"\\nmailboxes = ["jones@foo.com"]').host
    'foo.com'
    """
    return from_table(content.parse(text, where).changed(**changes))


def from_table(table: Mapping[str, Any], *, where: str = "world") -> Server:
    """Build a server from a table whose keys are the keywords of `Policy`.

    Beside them, `base` names a world to start from, `profile` a profile, and `wording` gives the replies of
    this server alone, by the names of `Situation`. Raises ContentError; `where` names a table that is no Section.
    """
    given = table if isinstance(table, content.Section) else content.section(table, where)
    merged = _with_base(given)
    keywords = merged.fields(Policy, "base", "profile", "wording")
    profile = PROFILES[merged.choice("profile", PROFILES, "rfc")]
    if said := wording_of(merged):
        profile = dataclasses.replace(profile, wording={**profile.wording, **said})
    try:
        return Server(**keywords, profile=profile)
    except PolicyError as error:
        key = re.match(r"[a-z_]+", str(error))
        raise merged.error(str(error), key[0] if key else "") from None


def _with_base(table: content.Section) -> content.Section:
    name = table.choice("base", names(), None)
    if name is None:
        return table
    return table.over(_with_base(content.read(content.KIT / "worlds" / f"{name}.toml")))


@dataclass(frozen=True)
class _AtHomeEverywhere(Server):
    """A server with every domain and every mailbox: what it still refuses, it refuses for the spelling."""

    def is_local(self, domain: str) -> bool:
        return bool(domain) or super().is_local(domain)

    def _exists(self, domain: str) -> bool:
        return bool(domain) or super()._exists(domain)

    def _find(self, key: tuple[str, str]) -> Decision:
        return super()._find(key) or Decision(Situation.RECIPIENT_OK)


@dataclass(frozen=True, slots=True)
class ServerReplies:
    """One server's replies to an address."""

    server: str
    mail: Reply
    rcpt: Reply


def ask_servers(address: str) -> tuple[ServerReplies, ...]:
    """Ask the server of every profile about the spelling, as if the address were its own; each in a new session.

    The address stands between the angle brackets unchanged (RFC 5321 sections 4.1.1.2 and 4.1.1.3). Empty where no
    line can hold it: with CR, LF or half a character (a lone surrogate).

    >>> [(said.mail.code, said.rcpt.code) for said in ask_servers("alice@example..com") if said.server == "opensmtpd"]
    [(553, 501)]
    """
    try:
        return tuple(
            ServerReplies(name, server.reply_to(f"MAIL FROM:<{address}>"), server.reply_to(f"RCPT TO:<{address}>"))
            for name, server in _servers()
        )
    except ValueError:
        return ()


@functools.cache
def _servers() -> tuple[tuple[str, Server], ...]:
    return tuple((name, _AtHomeEverywhere("mail.example.com", profile=profile)) for name, profile in PROFILES.items())
