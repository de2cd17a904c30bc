"""Serve a world on a port of this machine, for any mail program."""

from __future__ import annotations

import argparse
import dataclasses
import os
import sys
import time

from smtplesson.commands import _dialogue
from smtplesson.dialogues import trials
from smtplesson.protocol.transcript import Line
from smtplesson.server import transport
from smtplesson.server.transaction import ServerState

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
    context = _tls_context(chosen.cert, chosen.key)
    server = _dialogue.world(chosen, tls=True) if context else _dialogue.world(chosen)
    if context is None and "STARTTLS" in server.keywords:
        raise ValueError(f"the world {chosen.world} offers STARTTLS (tls = true): give its certificate with --cert.")
    unread = dataclasses.replace(server, state=ServerState(most_octets=0))  # there is nobody to look at the mail
    is_heard = sys.stdout is not None and not chosen.quiet
    listener = _print_line if is_heard else None
    try:
        with transport.serve(unread, chosen.port, tls_context=context, listener=listener) as port:
            _say(f"listening on 127.0.0.1:{port}")
            if chosen.trial and not chosen.quiet:
                _say(_task(trials.server(chosen.trial)))
            while True:
                time.sleep(3600)  # Ctrl+C ends it, on Windows, too
    except KeyboardInterrupt:
        return 0


def _task(trial: trials.TrialServer) -> str:
    """What a client has to do, and what must become of each recipient."""
    fates = ", ".join(f"{recipient} ({fate})" for recipient, fate in trial.wanted.items())
    return f"This server {trial.does}. Send one message from {trials.SENDER} to: {fates}."


def _tls_context(certificate: str | None, key: str | None) -> ssl.SSLContext | None:
    if key and not certificate:
        raise ValueError("--key is the private key of a certificate: give that, too, with --cert.")
    if not certificate or sys.platform == "emscripten":
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(certificate, key)
    except OSError as error:  # an SSLError is one
        files = f"--cert {certificate}" + (f" --key {key}" if key else "")
        why = getattr(error, "reason", None) or error.strerror or str(error)
        raise ValueError(f"{files}: no certificate with its private key in PEM ({why}).") from None
    return context


def _print_line(line: Line) -> None:
    """Print one line of a dialogue as it happens, a server's line with its class."""
    _say(_dialogue.marked(str(line)))


def _say(text: str) -> None:
    try:
        print(text, flush=True)
    except OSError:  # whoever read this has gone; mail programs have not
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
