"""Run the notebooks and write them back in their one normal form: `python -m tests.tools.build`.

The form is byte for byte the same on every run, so that a difference in git is a difference in the lesson.
Live widget state is dropped: what stays is each view's Markdown twin, which reads well anywhere.
"""

from __future__ import annotations

import argparse
import difflib
import hashlib
import json
import re
import sys
from pathlib import Path
from typing import Any, cast

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbval.kernel import CURRENT_ENV_KERNEL_NAME, NbvalKernelspecManager
from traitlets import default

from tests.paths import ROOT
from tests.tools.frozen import empty_log, frozen

NOTEBOOKS = ROOT / "notebooks"
WIDGET_MIME = "application/vnd.jupyter.widget-view+json"
KEPT_METADATA = {"tags", "jupyter", "slideshow"}


class BuildError(Exception):
    """A notebook that cannot be built, and why."""


class ThisInterpreter(AsyncKernelManager):
    """Starts the kernel that nbval starts, too: the interpreter that runs us, not the user's `python3`."""

    @default("kernel_spec_manager")
    def _kernel_spec_manager(self) -> KernelSpecManager:
        return NbvalKernelspecManager()  # type: ignore[no-any-return]


def read(path: Path) -> NotebookNode:
    """The notebook, with every cell named: a missing or repeated id is made from its place and text."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        seen: set[str] = set()
        for number, cell in enumerate(raw["cells"], 1):
            text = "".join(cell["source"])
            if cell.get("id") in seen | {None}:
                cell["id"] = f"c{number:02}-" + hashlib.sha256(f"{number} {text}".encode()).hexdigest()[:12]
            seen.add(cell["id"])
        raw |= {"nbformat": 4, "nbformat_minor": 5}
        notebook = nbformat.reads(json.dumps(raw), as_version=4)
        nbformat.validate(notebook)
    except (OSError, ValueError, KeyError, TypeError, nbformat.ValidationError) as error:
        raise BuildError(f"{path.name}: not a notebook: {error}") from error
    return cast(NotebookNode, notebook)


def run(notebook: NotebookNode, folder: Path, *, timeout: int = 60) -> NotebookNode:
    """Execute in a new kernel, as a new learner on the fixed date; a cell that fails is a `BuildError`."""
    started: list[int] = []
    client = NotebookClient(
        notebook,
        kernel_manager_class=ThisInterpreter,
        kernel_name=CURRENT_ENV_KERNEL_NAME,
        timeout=timeout,
        store_widget_state=False,
        coalesce_streams=True,
        on_cell_execute=lambda cell, cell_index: started.append(cell_index),
        extra_arguments=["--IPKernelApp.log_level=ERROR"],  # it warns that loopback is not encrypted
        resources={"metadata": {"path": str(folder)}},
    )
    empty_log()
    try:
        return client.execute()
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        number = started[-1] if started else 0
        reason = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).strip()
        raise BuildError(f"cell {number + 1} ({notebook.cells[number].id}) failed\n{reason}") from error


def normal(notebook: NotebookNode) -> NotebookNode:
    """The notebook without what a run leaves behind: widget state, times, versions, folders."""
    count = 0
    for cell in notebook.cells:
        cell.metadata = {key: cell.metadata[key] for key in KEPT_METADATA if cell.metadata.get(key)}
        if cell.cell_type == "code":
            count += 1
            cell.execution_count = count
            cell.outputs = [_normal_output(output, count) for output in cell.outputs]
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return notebook


def _normal_output(output: NotebookNode, count: int) -> NotebookNode:
    output.pop("transient", None)
    if "execution_count" in output:
        output.execution_count = count
    if "data" in output:
        output.data.pop(WIDGET_MIME, None)
        output.metadata = {key: value for key, value in output.metadata.items() if key in output.data}
    if output.output_type == "error":
        # the frames name folders of the machine that ran it; a lesson is about the last line
        output.traceback = [f"{output.ename}: {output.evalue}"]
    return output


def dumps(notebook: NotebookNode) -> str:
    """The text of the file, as nbformat writes it (keys sorted, one space of indent, no escapes)."""
    return str(nbformat.writes(nbformat.from_dict(notebook))).rstrip("\n") + "\n"


def build(path: Path) -> str:
    """Run one notebook and give the text that its file should hold."""
    notebook = read(path)
    try:
        with frozen():
            return dumps(normal(run(notebook, path.parent)))
    except BuildError as error:
        raise BuildError(f"{path.name}: {error}") from error


def differences(path: Path, old: str, new: str) -> list[str]:
    """What differs between two forms of one notebook, cell by cell, for people."""
    before, after = json.loads(old), json.loads(new)
    found = [
        f"{path.name}: cell {number} ({b['id']}) differs\n{_diff(a, b)}"
        for number, (a, b) in enumerate(zip(before["cells"], after["cells"], strict=True), 1)
        if a != b
    ]
    if any(before[key] != after[key] for key in after if key != "cells"):
        found.append(f"{path.name}: the notebook's metadata differs")
    return found or [f"{path.name}: the same content, written differently"]


def _diff(a: dict[str, Any], b: dict[str, Any]) -> str:
    before, after = (json.dumps(cell, indent=1, sort_keys=True, ensure_ascii=False) for cell in (a, b))
    diff = difflib.unified_diff(before.split("\n"), after.split("\n"), "file", "built now", n=1, lineterm="")
    return "\n".join(f"  {line}" for line in diff)


def main(arguments: list[str] | None = None) -> int:
    """Build; the exit code is 1 if a notebook failed or, with `--check`, if one differs."""
    parser = argparse.ArgumentParser(prog="python -m tests.tools.build", description=__doc__)
    parser.add_argument("notebooks", nargs="*", type=Path, help="default: all of notebooks/*.ipynb")
    parser.add_argument("--check", action="store_true", help="write nothing; say what differs and exit with 1")
    options = parser.parse_args(arguments)
    paths = options.notebooks or sorted(NOTEBOOKS.glob("*.ipynb"))
    problems = [] if paths else [f"no notebooks in {NOTEBOOKS.name}/"]
    for path in paths:
        try:
            old, new = path.read_text(encoding="utf-8"), build(path)
        except (OSError, BuildError) as error:
            problems.append(str(error))
            continue
        if old != new and options.check:
            problems += differences(path, old, new)
        elif old != new:
            path.write_text(new, encoding="utf-8", newline="\n")
        print(f"{path.name}: {'unchanged' if old == new else 'differs' if options.check else 'written'}")
    for problem in problems:
        print(problem, file=sys.stderr)
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
