"""Build the site: JupyterLite with the lessons and the kit inside, and a start page."""

from __future__ import annotations

import html
import json
import os
import shutil
import sys
import tempfile
import tomllib
from pathlib import Path
from string import Template

import nbformat

from smtplesson.markup import stylesheet
from smtplesson.protocol.display import dialogue
from smtplesson.questions.course import notebooks
from tests.paths import ROOT
from tests.tools import course_html
from tests.tools.site import lock as locks
from tests.tools.site import packages
from tests.tools.site.packages import BuildError, Versions

HERE = Path(__file__).parent
KERNEL = "@jupyterlite/pyodide-kernel-extension"
#: What the start page shows: 251 and 553 in their places, as the simulated server says them.
SAID = """\
C: RCPT TO:<green@foo.com>
S: 251 User not local; will forward to <green@bar.org>
C: RCPT TO:<jones@foo..com>
S: 553 Mailbox name not allowed"""
PUBLIC = "https://cdn.jsdelivr.net/pyodide/v{}/full/"
SETTINGS = {
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},  # every cell is in the page, also unseen
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/apputils-extension:themes": {"adaptive-theme": True},  # dark where the system is
}
# What the kernel tells of itself. JupyterLab writes it into a notebook that it opens; one that holds it is not changed.
METADATA = {
    "kernelspec": {"name": "python", "display_name": "Python (Pyodide)", "language": "python"},
    "language_info": {
        "codemirror_mode": {"name": "python", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
        "version": "3.8",
    },
}
CONFIGURATION = {
    "jupyter-lite-schema-version": 0,
    "jupyter-config-data": {
        "appName": "smtplesson",
        "exposeAppInBrowser": True,  # lab.js needs it, and the tests look at the page as it is published
        "litePluginSettings": {
            f"{KERNEL}:kernel": {
                "pyodideUrl": "./static/python.js",
                "loadPyodideOptions": {"packages": list(locks.AT_START)},
            }
        },
    },
}


def build(out: Path, *, own_python: bool = False) -> None:
    """Make the site in the folder `out`, which is replaced.

    Python comes from Pyodide's public place, or with `own_python` lies in the site, which then asks no other host.
    The course as pages to read lies in `course/`. Raises BuildError.
    """
    versions = Versions.read()
    if out.exists() and not (out / "jupyter-lite.json").exists() and any(out.iterdir()):
        raise BuildError(f"{out} is not empty, and no site of ours: choose another folder")
    with tempfile.TemporaryDirectory(prefix="smtplesson-site-") as name:
        work = Path(name)
        extensions = packages.fetch_extensions(work / "extensions", versions)
        _jupyterlite(work, packages.fetch_builder(work / "builder", versions), extensions)
        made = work / "out"
        static = made / "static"
        static.mkdir(exist_ok=True)
        wheels = packages.fetch_wheels(work / "wheels", versions) + _kernels_own(made, versions)
        pyodide = packages.fetch_pyodide(work / "npm")
        lock = locks.extended(
            json.loads((pyodide / "pyodide-lock.json").read_text(encoding="utf-8")), wheels, versions.needs
        )
        for wheel in wheels:
            target = static / lock["packages"][locks.name_of(wheel)]["file_name"]
            target.parent.mkdir(parents=True)
            shutil.copy(wheel, target)
        locks.write(lock, static / "pyodide-lock.json")
        if own_python:
            distribution = packages.fetch_distribution(work / "distribution", versions)
            locks.bring_python(pyodide, distribution, lock, static / "pyodide")
        try:
            course_html.build(made / "course", lab="../lab/index.html")
        except course_html.BuildError as error:
            raise BuildError(str(error)) from error
        _pages(made, "./pyodide/" if own_python else python_at(versions))
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(made, out)


def python_at(versions: Versions) -> str:
    """Where Pyodide publishes this version for everybody."""
    return PUBLIC.format(versions.pyodide)


def _jupyterlite(work: Path, builder: Path, extensions: list[Path]) -> None:
    """JupyterLite's own build: JupyterLab as files, and the lessons for its kernel."""
    lite, contents = work / "lite", work / "contents"
    lite.mkdir()
    (lite / "jupyter-lite.json").write_text(json.dumps(CONFIGURATION), encoding="utf-8")
    (lite / "overrides.json").write_text(json.dumps(SETTINGS), encoding="utf-8")
    shutil.copytree(ROOT / "notebooks", contents, ignore=shutil.ignore_patterns(".*"))
    for path in contents.glob("*.ipynb"):  # lists of lines are joined, which elsewhere a Jupyter server does
        notebook = nbformat.read(path, as_version=4)
        notebook.metadata |= METADATA
        path.write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")
    command = [sys.executable, "-m", "jupyterlite_core", "build", f"--lite-dir={lite}", f"--output-dir={work / 'out'}"]
    command += [f"--contents={contents}", "--apps=lab", "--no-sourcemaps", "--no-unused-shared-packages"]
    command += ["--ignore-sys-prefix", "--no-libarchive"]
    command += [f"--LiteBuildConfig.federated_extensions={wheel}" for wheel in extensions]
    packages.run(*command, PYTHONPATH=os.pathsep.join([str(builder), os.environ.get("PYTHONPATH", "")]))


def _kernels_own(made: Path, versions: Versions) -> list[Path]:
    """The wheels that the kernel's extension brings."""
    folder = made / "extensions" / KERNEL / "static" / "pypi"
    return [wheel for wheel in sorted(folder.glob("*.whl")) if locks.name_of(wheel) in versions.kernel]


def _pages(made: Path, pyodide: str) -> None:
    """The start page, the scripts that tell when Python cannot be had, and JupyterLab's page with ours in it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for name, target in (("python.js", "static/python.js"), ("check.js", "check.js"), ("lab.js", "lab/lab.js")):
        script = (HERE / name).read_text(encoding="utf-8")
        (made / target).write_text(script.replace("@PYODIDE@", pyodide), encoding="utf-8")
    page = Template((HERE / "start.html").read_text(encoding="utf-8"))
    repository = html.escape(project["urls"]["Repository"])
    text = page.substitute(repository=repository, lessons=_list(), style=stylesheet(), dialogue=dialogue(SAID))
    (made / "index.html").write_text(text, encoding="utf-8")
    lab = made / "lab" / "index.html"
    text = lab.read_text(encoding="utf-8")
    title = "<title>JupyterLite</title>"
    if title not in text:
        raise BuildError("JupyterLab's page is not what it was: is this another version?")
    head = '<title>smtplesson</title><script src="lab.js"></script><link rel="icon" href="favicon.ico">'
    head += '<script type="module" src="../check.js"></script>'
    lab.write_text(text.replace(title, head, 1), encoding="utf-8")


def _list() -> str:
    """The notebooks as the points of a list, in the order of the plan of the course."""
    rows = []
    for notebook in notebooks():
        time = f" ({notebook.minutes} minutes)" if notebook.minutes else ""
        target = f"lab/index.html?path={notebook.file}.ipynb"
        rows.append(f'<li><a href="{target}">{html.escape(notebook.label)}</a>{time}</li>')
    return "\n".join(rows)
