"""The kit without notebooks: a server to talk to, replies explained, questions; for teachers marks and exports."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Sequence

from smtplesson.commands import COMMANDS


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0, or 2 where what was given makes no sense."""
    chosen = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # what a pipe or an old console cannot write becomes "?"
            stream.reconfigure(errors="replace")
    try:
        result: int = chosen.run(chosen)
    except (ValueError, OSError) as error:  # ports, certificates, worlds, questions and codes that make no sense
        print(f"smtplesson: {error}", file=sys.stderr)
        return 2
    return result


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="smtplesson", description=__doc__)
    names = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        options = names.add_parser(name, help=command.SUMMARY, description=command.SUMMARY)
        command.options(options)
        options.set_defaults(run=command.run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
