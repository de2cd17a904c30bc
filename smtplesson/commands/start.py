"""Copy the lessons where they are not there yet, and open them in JupyterLab."""

from __future__ import annotations

import argparse
import importlib.util
import os
import runpy
import sys
from pathlib import Path

from smtplesson import markup
from smtplesson.commands import lessons

SUMMARY = "Open the lessons in JupyterLab, in your browser; they are copied first."
_FIRST = "00-start-here.ipynb"
#: It opens the first lesson, and asks no other host for news or for newer versions.
_OPTIONS = (
    f"--LabApp.default_url=/lab/tree/{_FIRST}",
    "--LabApp.news_url=",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
)


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    lessons.add_folder(parser)
    parser.add_argument("--port", type=int, help="the port of JupyterLab; without it, the first free one from 8888")
    parser.add_argument("--no-browser", action="store_true", help="print the address instead of opening a browser")


def run(chosen: argparse.Namespace) -> int:
    """Run JupyterLab in this process until Ctrl+C."""
    if importlib.util.find_spec("jupyterlab") is None:
        raise ValueError('JupyterLab is not installed here. Install it with: pip install "smtplesson[lab]"')
    folder = Path(chosen.folder)
    for told in lessons.copy(folder):
        print(markup.visible(told), flush=True)
    port = [f"--ServerApp.port={chosen.port}"] if chosen.port else []
    sys.argv = ["jupyter-lab", *_OPTIONS, *port, *(["--no-browser"] if chosen.no_browser else [])]
    os.chdir(folder)  # which JupyterLab shows, and in which the lessons run
    runpy.run_module("jupyterlab", run_name="__main__", alter_sys=True)
    return 0
