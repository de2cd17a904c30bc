"""Build the course as a static site, or show it on this machine: `python -m tests.tools.site build | serve`."""

from __future__ import annotations

import argparse
import sys
import threading
import time
from pathlib import Path

from tests.paths import ROOT
from tests.tools.site.build import build
from tests.tools.site.packages import BuildError
from tests.tools.site.serve import serving

DEFAULT = ROOT / "build" / "site"


def main(arguments: list[str] | None = None) -> int:
    """Run a command; the exit code is 1 where it could not be done."""
    parser = argparse.ArgumentParser(prog="python -m tests.tools.site", description=__doc__)
    commands = parser.add_subparsers(required=True, dest="command", metavar="build | serve")
    made = commands.add_parser("build", help="make the site; needs npm and the package index")
    made.add_argument("--out", type=Path, default=DEFAULT, help="the folder, which is replaced; default: build/site")
    made.add_argument("--own-python", action="store_true", help="put Python into the site, which asks no other host")
    shown = commands.add_parser("serve", help="show the site on this machine")
    shown.add_argument("--out", type=Path, default=DEFAULT, help="the folder; default: build/site")
    shown.add_argument("--port", type=int, default=8000, help="default: 8000; 0 finds a free one")
    options = parser.parse_args(arguments)
    try:
        return _build(options) if options.command == "build" else _serve(options)
    except (BuildError, OSError) as error:
        print(f"site: {error}", file=sys.stderr)
        return 1


def _build(options: argparse.Namespace) -> int:
    start = time.monotonic()
    build(options.out, own_python=options.own_python)
    sizes = [path.stat().st_size for path in options.out.rglob("*") if path.is_file()]
    took = time.monotonic() - start
    print(f"{options.out}: {len(sizes)} files, {sum(sizes) / 1e6:.1f} MB, built in {took:.0f} s")
    return 0


def _serve(options: argparse.Namespace) -> int:
    if not (options.out / "index.html").exists():
        raise BuildError(f"there is no site in {options.out}: build it first")
    with serving(options.out, options.port) as address:
        print(f"{address}/ (Ctrl+C ends)", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
