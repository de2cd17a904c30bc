"""Worlds: a server's policy from a TOML file that a teacher can edit, with errors that name the line."""

from __future__ import annotations

import dataclasses
import difflib
import functools
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from smtplesson.protocol.replies import Reply
from smtplesson.server import profiles, worlds
from smtplesson.server.policy import Policy, PolicyError
from smtplesson.server.profiles import PROFILES, Profile
from smtplesson.server.server import Server
from smtplesson.server.situations import Situation

_FOLDER = resources.files("smtplesson") / "data" / "worlds"


class WorldError(ValueError):
    """A world that cannot be built: the message says which file and line, what is wrong, and what to do."""


def names() -> tuple[str, ...]:
    """The worlds that ship with the kit."""
    files = (entry.name for entry in _FOLDER.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in files if name.endswith(".toml")))


def load(world: str | Path, **changes: Any) -> Server:
    """Build the server of a world that ships with the kit, by name, or of a TOML file, by path.

    `changes` are keys that replace those of the file, such as `profile="postfix"`. Raises WorldError for a file
    that is not there or not right.
    """
    where, text = _read(world)
    return parse(text, where=where, **changes)


def _read(world: str | Path) -> tuple[str, str]:
    entry = _FOLDER / f"{world}.toml"
    if isinstance(world, str) and world in names():
        return f"world {world!r}", entry.read_text(encoding="utf-8")
    try:
        return str(world), Path(world).read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise WorldError(
            f"{world}: there is no such world ({type(error).__name__}). The kit has {', '.join(names())}; "
            "for one of your own give the path of a TOML file."
        ) from None


def parse(text: str, *, where: str = "world", **changes: Any) -> Server:
    """Build a server from the text of a world file and `changes` to it; `where` names it in errors.

    >>> parse('host = "foo.com"\\nmailboxes = ["jones@foo.com"]').host
    'foo.com'
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise WorldError(f"{where}: not valid TOML: {error}.") from None
    return from_table({**table, **changes}, where=where, text=text)


def from_table(table: Mapping[str, Any], *, where: str = "world", text: str = "") -> Server:
    """Build a server from a table whose keys are the keywords of `Policy`.

    Beside them, `base` names a world to start from, `profile` a profile, and `wording` gives the replies of
    this server alone, by the names of `Situation`. Raises WorldError, with the line in `text` where there is one.
    """
    merged = _with_base(dict(table), where, text)
    wording = merged.pop("wording", {})
    keywords: dict[str, Any] = {key: _checked(key, value, where, text) for key, value in merged.items()}
    keywords["profile"] = _profile(keywords.get("profile", "rfc"), wording, where, text)
    if "host" not in keywords:
        raise WorldError(f'{where}: host is missing. Add a line such as: host = "mail.example.com"')
    try:
        return Server(**keywords)
    except PolicyError as error:
        key = re.match(r"[a-z_]+", str(error))
        raise WorldError(f"{_place(where, text, key[0] if key else '')}: {error}") from None


def _with_base(table: dict[str, Any], where: str, text: str) -> dict[str, Any]:
    base = table.pop("base", None)
    if base is None:
        return table
    if base not in names():
        raise WorldError(f"{_place(where, text, 'base')}: base = {base!r}; the kit has {', '.join(names())}.")
    merged = _with_base(tomllib.loads(_read(base)[1]), where, text)
    if "wording" in merged and "wording" in table:
        table["wording"] = {**merged["wording"], **table["wording"]}
    return {**merged, **table}


_KEYWORDS: Mapping[str, str] = {
    f.name: str(f.type) for f in dataclasses.fields(Policy) if f.init and not f.name.startswith("_")
}


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_table_of(is_value: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda table: isinstance(table, dict) and all(map(is_value, table.values()))


#: Type of a keyword -> what its value must be, in words and as a check.
_TYPES: Mapping[str, tuple[str, Callable[[object], bool]]] = {
    "str": ("a text in quotes", _is_text),
    "bool": ("true or false", lambda v: isinstance(v, bool)),
    "int": ("a whole number", _is_whole),
    "int | None": ("a whole number", lambda v: v is None or _is_whole(v)),
    "float": ("a number", lambda v: isinstance(v, int | float) and not isinstance(v, bool)),
    "Profile": ("the name of a profile", _is_text),
    "Collection[str]": ('a list of texts, such as ["jones@foo.com"]', _is_texts),
    "Collection[str] | None": ('a list of texts, such as ["SIZE", "HELP"]', _is_texts),
    "Mapping[str, str]": ('a table of texts, such as {"green@foo.com" = "green@bar.org"}', _is_table_of(_is_text)),
    "Mapping[str, Collection[str]]": (
        'a table of lists, such as {"staff@foo.com" = ["jones@foo.com"]}',
        _is_table_of(_is_texts),
    ),
}


def _checked(key: str, value: object, where: str, text: str) -> object:
    if key not in _KEYWORDS:
        near = difflib.get_close_matches(key, [*_KEYWORDS, "base", "wording"], n=1)
        hint = f" Do you mean {near[0]}?" if near else f" The keys are {', '.join(_KEYWORDS)}, base and wording."
        raise WorldError(f"{_place(where, text, key)}: unknown key {key!r}.{hint}")
    wanted, is_right = _TYPES[_KEYWORDS[key]]
    if not is_right(value):
        raise WorldError(f"{_place(where, text, key)}: {key} must be {wanted}, not {value!r}.")
    return value


def _profile(name: object, wording: object, where: str, text: str) -> Profile:
    known = profiles.PROFILES
    if name not in known:
        raise WorldError(f"{_place(where, text, 'profile')}: profile = {name!r}; the kit has {', '.join(known)}.")
    profile = known[str(name)]
    if not wording:
        return profile
    if not isinstance(wording, dict):
        raise WorldError(f"{_place(where, text, 'wording')}: wording must be a table of replies.")
    said: dict[Situation, str] = {}
    for situation, reply in wording.items():
        if situation not in list(Situation):
            near = difflib.get_close_matches(situation, list(Situation), n=1)
            hint = f" Do you mean {near[0]}?" if near else f" There are {', '.join(Situation)}."
            raise WorldError(f"{_place(where, text, situation)}: unknown situation {situation!r}.{hint}")
        said[Situation(situation)] = reply
    try:
        return dataclasses.replace(profile, wording={**profile.wording, **said})
    except (ValueError, AttributeError, TypeError) as error:
        raise WorldError(f"{_place(where, text, 'wording')}: wording: {error}") from None


def _place(where: str, text: str, key: str) -> str:
    """`where`, and the line of `text` that sets `key` if it can be found."""
    wanted = re.compile(rf'\s*(?:\[+[\w.]*)?["\']?{re.escape(key)}["\']?\s*[=\].]') if key else None
    for number, line in enumerate(text.split("\n"), 1):
        if wanted is not None and wanted.match(line):
            return f"{where}, line {number}"
    return where


#: At home in example.com: the world of the recordings.
WORLD = "example"


@dataclass(frozen=True, slots=True)
class ServerReplies:
    """One server's replies to an address."""

    server: str
    mail: Reply
    rcpt: Reply


def ask_servers(address: str) -> tuple[ServerReplies, ...]:
    """Ask the server of every profile, each in a new session; empty where the address holds CR or LF.

    The address stands between the angle brackets unchanged (RFC 5321 sections 4.1.1.2 and 4.1.1.3).

    >>> [(said.mail.code, said.rcpt.code) for said in ask_servers("alice@example..com") if said.server == "opensmtpd"]
    [(553, 501)]
    """
    if "\r" in address or "\n" in address:
        return ()
    return tuple(
        ServerReplies(name, server.reply_to(f"MAIL FROM:<{address}>"), server.reply_to(f"RCPT TO:<{address}>"))
        for name, server in _servers()
    )


@functools.cache
def _servers() -> tuple[tuple[str, Server], ...]:
    return tuple((name, worlds.load(WORLD, profile=name)) for name in PROFILES)
