"""251 in practice, as tables: which servers say it, what clients make of it, what each reply gives away."""

from __future__ import annotations

from smtplesson import content

Rows = list[dict[str, str]]


def _rows(name: str) -> Rows:
    return list(map(dict, content.rows(content.KIT / f"{name}.csv")))


def servers() -> Rows:
    """Who says 251, and how it comes to that: one row a server, with its evidence.

    >>> {row["server"] for row in servers() if row["says_251"] == "if configured"} >= {"Exim 4.96"}
    True
    """
    return _rows("servers_251")


def clients() -> Rows:
    """What clients make of 250, 251, 252 and 553 to RCPT, beside what RFC 5321 section 4.3.2 asks.

    Some were tried; of others it is known by their users' reports alone, and of some replies nothing was said.

    >>> [row["client"] for row in clients() if row["reply"] == "251" and row["recipient"] == "refused"]
    ['swaks', 'Upyo before 0.5.3', 'HaskellNet before October 2019', 'simple-mail in 2019']
    """
    return _rows("clients")


def consequences() -> Rows:
    """What 251, 250, 551 and 550 mean for privacy and for failures: one row a reply (RFC 5321 section 3.4)."""
    return _rows("forwarding_consequences")


def notes() -> Rows:
    """What else follows from forwarding: backscatter, SPF, address books; each with its source."""
    return _rows("forwarding_notes")
