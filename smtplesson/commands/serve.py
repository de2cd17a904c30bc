"""Serve a world on a port of this machine, for any mail program."""

from __future__ import annotations

import argparse
import sys
import threading

from smtplesson.commands import _dialogue
from smtplesson.protocol.transcript import Line
from smtplesson.server import transport

if sys.platform != "emscripten":  # a browser tab has neither TLS nor a port to use it on
    import ssl

SUMMARY = "Serve a world on a port of this machine's loopback address."


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    _dialogue.add_world(parser)
    parser.add_argument("--port", type=int, default=0, help="0, the default, finds a free one")
    parser.add_argument("--quiet", action="store_true", help="do not print the dialogues")
    parser.add_argument("--cert", help="certificate chain in PEM, for STARTTLS")
    parser.add_argument("--key", help="private key in PEM, where it is not in the file of the certificate")


def run(chosen: argparse.Namespace) -> int:
    """Serve until Ctrl+C."""
    context = None
    if chosen.cert and sys.platform != "emscripten":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chosen.cert, chosen.key)
    server = _dialogue.world(chosen, tls=True) if context else _dialogue.world(chosen)
    listener = None if chosen.quiet else _print_line
    with transport.serve(server, chosen.port, tls_context=context, listener=listener) as port:
        print(f"listening on 127.0.0.1:{port}", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return 0
    return 0


def _print_line(line: Line) -> None:
    """Print one line of a dialogue as it happens, a server's line with its class."""
    print(_dialogue.marked(str(line)), flush=True)
