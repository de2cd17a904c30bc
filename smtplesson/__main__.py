"""Learn to read what a mail server answers: lessons, a server to talk to, replies explained, questions, marks."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Sequence

from smtplesson import __version__
from smtplesson.commands import COMMANDS

_BEGIN = """\
begin here:
  smtplesson start                    open the lessons in your browser
  smtplesson talk                     talk to a mail server; type EHLO me.example, then HELP
  smtplesson explain "553 5.1.3 ..."  what a reply means, and what to do
  smtplesson COMMAND --help           what a command does, and its options
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0, or 2 where what was given makes no sense."""
    given = sys.argv[1:] if arguments is None else arguments
    chosen = _parser().parse_args(given or ["--help"])
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
    parser = argparse.ArgumentParser(
        prog="smtplesson", description=__doc__, epilog=_BEGIN, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    names = parser.add_subparsers(required=True, title="commands", metavar="COMMAND")
    for name, command in COMMANDS.items():
        options = names.add_parser(name, help=command.SUMMARY, description=command.SUMMARY)
        command.options(options)
        options.set_defaults(run=command.run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
