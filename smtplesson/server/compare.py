"""The same line, or a whole script, to the servers of several profiles: their replies side by side, as a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pandas as pd

from smtplesson.protocol.codes import reply_class
from smtplesson.protocol.replies import Reply
from smtplesson.server import worlds
from smtplesson.server.profiles import PROFILES
from smtplesson.server.server import Server

COLUMNS = ("server", "sent", "code", "enhanced", "class", "text", "why", "rule", "evidence")
#: What stands in `text` for a line that found the connection closed.
HUNG_UP = "(the server has hung up)"


def compare(
    script: str | Iterable[str], *, world: str = "example", profiles: Iterable[str] = tuple(PROFILES)
) -> pd.DataFrame:
    """Return the reply of each profile's server to a line, or to each line of a script, in a new session.

    One line comes after what must come before it (EHLO, for RCPT also MAIL). A script, which is a text of several
    lines, each perhaps with "C: " before it, or a list of lines, is sent as it stands; "S: " lines are left out, and
    a message has one row, for its final dot. `world` is the name or the path of a world. Raises ValueError for an
    empty script and for an unknown profile, ContentError for an unknown world.

    >>> compare("MAIL FROM:<sender@example..com>", profiles=["rfc", "postfix", "sendmail"])[["server", "code"]]
         server  code
    0       rfc   553
    1   postfix   501
    2  sendmail   553
    """
    lines = _lines(script)
    if not lines:
        raise ValueError('There is nothing to send. Give a line such as "MAIL FROM:<jones@foo.com>".')
    names = tuple(profiles)
    if strangers := [name for name in names if name not in PROFILES]:
        raise ValueError(f"{strangers[0]!r} is no profile; there are {', '.join(PROFILES)}.")
    rows = [row for name in names for row in _rows(name, worlds.load(world, profile=name), lines)]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.astype({"code": "Int64"}) if table["code"].isna().any() else table


def _lines(script: str | Iterable[str]) -> list[str]:
    """The client's lines of a script."""
    given = script.splitlines() if isinstance(script, str) else list(script)
    if any(line.startswith("C: ") for line in given):
        return [line[3:] for line in given if line.startswith("C: ")]
    while given and not given[-1].strip():
        given.pop()
    while given and not given[0].strip():
        given.pop(0)
    return given


def _rows(name: str, server: Server, lines: list[str]) -> Iterator[tuple[object, ...]]:
    if len(lines) == 1:
        yield _row(name, lines[0], server.reply_to(lines[0]))
        return
    session = server.connect()
    for line in lines:
        if session.closed:
            yield (name, line, None, "", "", HUNG_UP, "", "", PROFILES[name].evidence)
            continue
        reply = session.send(line)
        if reply is not None:
            yield _row(name, line, reply)


def _row(name: str, sent: str, reply: Reply) -> tuple[object, ...]:
    reason = reply.reason
    fault = getattr(reason, "fault", None)
    return (
        name,
        sent,
        reply.code,
        str(reply.enhanced or ""),
        reply_class(reply.code).word,
        reply.text,
        getattr(fault, "message", reason.text if reason else ""),
        getattr(fault, "section", reason.section if reason else ""),
        PROFILES[name].evidence,
    )
