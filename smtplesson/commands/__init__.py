"""The commands of `smtplesson`, a module each: a summary, its options, and what it does."""

from __future__ import annotations

import argparse
from typing import Protocol

from smtplesson.commands import (
    answer,
    explain,
    export,
    items,
    lessons,
    progress,
    quiz,
    report,
    review,
    serve,
    set,
    start,
    talk,
)


class Command(Protocol):
    """What a module of this room holds; `run` returns the exit code."""

    SUMMARY: str

    def options(self, parser: argparse.ArgumentParser) -> None:
        """Add the options of the command."""

    def run(self, chosen: argparse.Namespace) -> int:
        """Do what was asked; raise ValueError or OSError, with a sentence, where it makes no sense."""


#: Every command by its name, in the order of the help.
COMMANDS: dict[str, Command] = {
    "start": start,
    "lessons": lessons,
    "talk": talk,
    "serve": serve,
    "explain": explain,
    "quiz": quiz,
    "review": review,
    "progress": progress,
    "answer": answer,
    "export": export,
    "set": set,
    "report": report,
    "items": items,
}
