"""What the servers of all profiles say to one address: as the sender in MAIL, and as the recipient in RCPT."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from smtplesson import worlds
from smtplesson.profiles import PROFILES
from smtplesson.replies import Reply
from smtplesson.server import Server

#: At home in example.com: the world of the recordings.
WORLD = "example"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One server's replies to an address."""

    server: str
    mail: Reply
    rcpt: Reply


def verdicts(address: str) -> tuple[Verdict, ...]:
    """Ask the servers of all profiles, each in a new session; none answers what no line can hold (CR, LF).

    Whoever is meant is put between the angle brackets as it stands (RFC 5321 sections 4.1.1.2 and 4.1.1.3).

    >>> [(v.mail.code, v.rcpt.code) for v in verdicts("alice@example..com") if v.server == "opensmtpd"]
    [(553, 501)]
    """
    if "\r" in address or "\n" in address:
        return ()
    return tuple(
        Verdict(name, server.reply_to(f"MAIL FROM:<{address}>"), server.reply_to(f"RCPT TO:<{address}>"))
        for name, server in _servers()
    )


@functools.cache
def _servers() -> tuple[tuple[str, Server], ...]:
    return tuple((name, worlds.load(WORLD, profile=name)) for name in PROFILES)
