"""Talk to a simulated server in this terminal, without a port."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable

from smtplesson import markup
from smtplesson.commands import _dialogue
from smtplesson.protocol.replies import Reply

SUMMARY = "Talk to a world's server in this terminal, without a port."


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    _dialogue.add_world(parser)


def run(chosen: argparse.Namespace) -> int:
    """Read commands from standard input until the server or the person ends the session."""
    session = _dialogue.world(chosen).connect()
    _print_reply(session.greeting)
    for line in _typed():
        try:
            reply = session.send(line)
        except ValueError as error:
            print(f"  ({error})")
            continue
        if reply is not None:
            _print_reply(reply)
        if session.awaiting_tls:
            print("  (TLS is simulated: the session begins anew)")
            session.tls_started()
        if session.closed:
            break
    return 0


def _typed() -> Iterable[str]:
    prompt = "C: " if sys.stdin.isatty() else ""
    while True:
        try:
            line = input(prompt)
        except (EOFError, KeyboardInterrupt):
            return
        if not prompt:
            print(f"C: {markup.visible(line)}")
        yield line


def _print_reply(reply: Reply) -> None:
    for row in str(reply).split("\n"):
        print(_dialogue.marked(f"S: {row}"))
    if reply.reason is not None and reply.code >= 400:
        section = f" ({reply.reason.section})" if reply.reason.section else ""
        print(f"   {reply.reason.text}{section}")
        if reply.reason.fault is not None:
            print("\n".join(f"   {markup.visible(row)}" for row in str(reply.reason.fault).split("\n")))
