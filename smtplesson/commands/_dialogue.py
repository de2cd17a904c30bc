"""What `talk` and `serve` share: the world they play, and how its lines look in a terminal."""

from __future__ import annotations

import argparse
import sys

from smtplesson import markup
from smtplesson.dialogues import trials
from smtplesson.protocol.codes import reply_class
from smtplesson.server import profiles, worlds
from smtplesson.server.server import Server

#: ANSI colours of the classes, beside the word.
_COLOURS = {2: "32", 3: "36", 4: "33", 5: "31"}


def add_world(parser: argparse.ArgumentParser) -> None:
    """Add the options that choose a world and a profile."""
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--world", default="example", help=f"{', '.join(worlds.names())}, or a TOML file")
    either.add_argument("--trial", metavar="NAME", help=f"a difficult server of lesson 07: {', '.join(trials.names())}")
    parser.add_argument("--profile", help=f"word the replies as {', '.join(profiles.PROFILES)} does")


def world(chosen: argparse.Namespace, **policy: object) -> Server:
    """The server of the chosen world or trial."""
    if chosen.profile:
        policy["profile"] = chosen.profile
    return trials.server(chosen.trial, **policy).server if chosen.trial else worlds.load(chosen.world, **policy)


def marked(line: str) -> str:
    """A line of a dialogue as it is printed: control characters visible, a reply with its class."""
    shown = markup.visible(line)
    if not line.startswith("S: ") or line[6:7] == "-":
        return shown
    try:
        klass = reply_class(int(line[3:6]))
    except ValueError:
        return shown
    text = f"{shown}   [{klass.mark}]"
    return f"\x1b[{_COLOURS[klass.digit]}m{text}\x1b[0m" if sys.stdout.isatty() else text
