"""Explain a pasted reply, log line or bounce."""

from __future__ import annotations

import argparse
import json
import sys

from smtplesson.guide import field_guide

SUMMARY = "Say what a reply means, whom it is about, and what to do."


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("text", nargs="?", help="a reply, a log line or a bounce; without it, standard input")
    parser.add_argument("--command", help="the command that was answered, such as RCPT")
    parser.add_argument("--json", action="store_true", help="print everything as JSON, the likeliest reading first")


def run(chosen: argparse.Namespace) -> int:
    """Print the explanation."""
    text = _decoded(sys.stdin.buffer.read()) if chosen.text is None else chosen.text
    explanation = field_guide.explain(text, command=chosen.command)
    print(json.dumps(explanation.as_dict(), indent=2, ensure_ascii=False) if chosen.json else explanation)
    return 0


def _decoded(data: bytes) -> str:
    """UTF-8, or else latin-1, in which every octet is a character: old bounces and logs are written so."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")
