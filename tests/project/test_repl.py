"""What one sees while typing: a name shows something short, its signature fits a tooltip, its help has an example."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

import smtplesson
from smtplesson.protocol.addresses import Mailbox
from smtplesson.server import worlds
from smtplesson.server.profiles import PROFILES, Profile
from smtplesson.server.server import Server

WIDEST = 250  # characters: three lines of a tooltip
CALLABLES = [getattr(smtplesson, name) for name in smtplesson.__all__ if callable(getattr(smtplesson, name))]


@pytest.mark.parametrize("shown", [*CALLABLES, Profile], ids=lambda shown: shown.__name__)
def test_a_signature_fits_a_tooltip(shown: Callable[..., Any]) -> None:
    assert len(str(inspect.signature(shown))) <= WIDEST


def test_the_signature_of_a_server_names_its_first_keywords() -> None:
    names = list(inspect.signature(Server).parameters)
    assert names == ["host", "mailboxes", "forwards", "moved", "refuse", "profile", "others"]
    server = Server("foo.com", ["jones@foo.com"], {"green@foo.com": "green@bar.org"})  # in this order, too
    assert (server.mailboxes, server.forwards) == (["jones@foo.com"], {"green@foo.com": "green@bar.org"})


@pytest.mark.parametrize("name", ["Mailbox", "Server", "Session", "explain", "play", "Reply", "Scenario", "Transcript"])
def test_help_has_an_example(name: str) -> None:
    assert ">>> " in (inspect.getdoc(getattr(smtplesson, name)) or "")


def test_a_server_shows_what_it_was_given_and_no_more() -> None:
    server = Server("foo.com", mailboxes=["jones@foo.com"], disclose=False)
    assert repr(server) == "Server(host='foo.com', mailboxes=['jones@foo.com'], disclose=False)"
    assert eval(repr(server)) == server


@pytest.mark.parametrize(
    "shown",
    [worlds.load("codes"), worlds.load("example", profile="exim"), Server("foo.com", mailboxes=["a@foo.com"] * 9000)],
)
def test_a_large_one_is_short_too(shown: Server) -> None:
    assert len(repr(shown)) < 600


def test_the_others_show_who_they_are() -> None:
    session = Server("foo.com").connect()
    assert (
        repr(session) == "<Session with foo.com: connected, waits for EHLO, EXPN, HELO, HELP, NOOP, QUIT, RSET, VRFY>"
    )
    session.send("QUIT")
    assert repr(session) == "<Session with foo.com: closed, waits for nothing more>"
    assert repr(PROFILES["qmail"]) == "<Profile qmail: qmail>"
    assert repr(Mailbox("jones", "foo.com")) == "Mailbox(local_part='jones', domain='foo.com')"
