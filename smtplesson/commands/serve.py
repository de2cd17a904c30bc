"""Serve a world on a port of this machine, for any mail program."""

from __future__ import annotations

import argparse
import dataclasses
import os
import queue
import sys

from smtplesson.commands import _dialogue
from smtplesson.dialogues import trials
from smtplesson.protocol.transcript import Line
from smtplesson.server import transport
from smtplesson.server.transaction import ServerState

if sys.platform != "emscripten":  # a browser tab has neither TLS nor a port to use it on
    import ssl

#: Lines of dialogues that may wait until standard output takes them, and characters that are shown of one.
_MOST_LINES = 5_000
_LONGEST = 2_000

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
    log = _Log()
    listener = log.put if sys.stdout is not None and not chosen.quiet else None
    try:
        with transport.serve(unread, chosen.port, tls_context=context, listener=listener) as port:
            _say(f"listening on 127.0.0.1:{port}")
            if chosen.trial and not chosen.quiet:
                _say(_task(trials.server(chosen.trial)))
            while True:
                log.print()
    except KeyboardInterrupt:
        log.end()
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


class _Log:
    """The dialogues on their way to standard output: where nobody reads that, lines are dropped and nobody waits."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[str] = queue.Queue(_MOST_LINES)
        self._dropped = self._told = 0
        self._is_stuck = False

    def put(self, line: Line) -> None:
        """Take a line, from any thread."""
        text = str(line)
        if len(text) > _LONGEST:
            text = f"{text[:_LONGEST]}... ({len(text):,} characters)"
        try:
            self._waiting.put_nowait(text)
        except queue.Full:
            self._dropped += 1

    def print(self, patience: float = 1.0) -> None:
        """Print the lines that wait, a server's with its class; without any, wait so many seconds for one."""
        try:
            lines = [self._waiting.get(timeout=patience)]  # not for ever: on Windows Ctrl+C would not end that
        except queue.Empty:
            return
        lines += [self._waiting.get_nowait() for _ in range(self._waiting.qsize())]
        texts = [_dialogue.marked(line) for line in lines]
        if dropped := self._dropped - self._told:
            self._told += dropped
            texts.append(f"({dropped:,} lines are not shown: they were not read in time)")
        self._is_stuck = True
        _say("\n".join(texts))
        self._is_stuck = False

    def end(self) -> None:
        """Print the rest, or throw it away where nobody reads: Python would wait for them at the exit."""
        if self._is_stuck:
            _discard_output()
        else:
            self.print(0)


def _say(text: str) -> None:
    try:
        print(text, flush=True)
    except OSError:  # whoever read this has gone; mail programs have not
        _discard_output()


def _discard_output() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
