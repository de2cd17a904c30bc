"""The repository itself: what stands at its top, what its commands say, and that its files agree."""

from __future__ import annotations

import ast
import importlib.metadata
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

import smtplesson
from tests.paths import ROOT
from tests.tools import core

VISIBLE = {"notebooks", "smtplesson", "tests", "requirements.txt", "README.md"}
CONVENTIONAL = {
    *("pyproject.toml", "LICENSE", "CHANGELOG.md", "CITATION.cff", "requirements.lock"),
    *(".ci", ".binder", ".github", ".gitignore"),
}
FORBIDDEN = {
    "a folder of one machine": r"(?<![\w.])/(?:work|root|farm)/\w",
    "a folder beside the repository": r"\.\./shared",
    "a registry's or a proxy's address": r"(?:--|_|-)(?:extra-)?index-url\b|find-links\b",
}


def tracked() -> list[Path]:
    """The files that git has or would take, deleted ones left out."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in sorted(filter(None, listed.split("\0"))) if (ROOT / name).is_file()]


def texts() -> dict[str, str]:
    found = {}
    for path in tracked():
        try:
            found[str(path.relative_to(ROOT))] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:  # a picture
            continue
    return found


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def project() -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads(read("pyproject.toml"))["project"]
    return found


def canonical(requirement: str) -> str:
    """`PyYAML >=6 ; marker` -> `pyyaml`."""
    return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", requirement.strip())[0]).lower()  # type: ignore[index]


def requirement_lines(name: str) -> list[str]:
    text = read(name).replace("\\\n", " ")
    lines = [line.partition("#")[0].partition(" --hash=")[0].strip() for line in text.splitlines()]
    return [line for line in lines if line and not line.startswith("-")]


def declared() -> set[str]:
    """Every distribution that the files of requirements and pyproject.toml ask for by name."""
    extras = project()["optional-dependencies"].values()
    wanted = [
        *requirement_lines("requirements.txt"),
        *requirement_lines("tests/requirements.txt"),
        *project()["dependencies"],
        *(r for e in extras for r in e),
    ]
    return {canonical(requirement) for requirement in wanted}


def test_the_top_level_is_the_promised_one() -> None:
    top = {path.relative_to(ROOT).parts[0] for path in tracked()}
    assert top - CONVENTIONAL == VISIBLE
    assert CONVENTIONAL - top == set()


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_names(what: str) -> None:
    here = str(Path(__file__).relative_to(ROOT))
    assert [n for n, text in texts().items() if n != here and re.search(FORBIDDEN[what], text)] == []


def test_the_version_is_the_same_everywhere() -> None:
    citation = yaml.safe_load(read("CITATION.cff"))
    assert citation["version"] == project()["version"] == smtplesson.__version__
    assert citation["repository-code"] == project()["urls"]["Repository"]
    assert re.search(r"^## \[(?:Unreleased|" + re.escape(project()["version"]) + r")\]", read("CHANGELOG.md"), re.M)


def test_the_citation_has_what_its_format_requires() -> None:
    # https://github.com/citation-file-format/citation-file-format/blob/1.2.0/schema-guide.md
    citation = yaml.safe_load(read("CITATION.cff"))
    assert citation["cff-version"] == "1.2.0"
    assert citation.keys() >= {"message", "title", "authors"}
    assert citation["type"] in {"software", "dataset"}
    assert all(set(author) <= {"name", "website"} for author in citation["authors"])  # entities, no persons


def test_both_licences_are_stated() -> None:
    text = read("LICENSE")
    for needed in ("MIT License", 'THE SOFTWARE IS PROVIDED "AS IS"', "creativecommons.org/licenses/by/4.0"):
        assert needed in text


# --- commands -----------------------------------------------------------------------------------------------


def commands(name: str) -> list[str]:
    """The command lines of a Markdown file's code blocks or of a script, `&& \\` continuations joined."""
    text = read(name)
    if name.endswith(".md"):
        text = "\n".join(re.findall(r"^```(?:\w*)\n(.*?)^```", text, re.M | re.S))
    return [line.strip() for line in re.sub(r"\\\n\s*", " ", text).splitlines()]


def runs(lines: list[str], what: str) -> list[str]:
    return [line for line in lines if re.search(what, line)]


LEARN = r"pip install -r requirements\.txt && .*\bjupyter.lab notebooks"
TEST = r"pip install -r tests/requirements\.txt && .*\bpytest\b"


def test_the_readme_has_the_two_commands() -> None:
    lines = commands("README.md")
    one = [line for line in lines if "python3 -m venv" in line]
    assert runs(one, LEARN), "one command that sets everything up and opens the lesson"
    assert runs(one, TEST), "one command that sets everything up and runs all tests"
    for notebook in re.findall(r"notebooks/[\w.-]+\.ipynb", "\n".join(lines)):
        assert (ROOT / notebook).exists(), notebook


def test_continuous_integration_runs_the_readmes_test_command() -> None:
    """The same requirements and the same pytest; CI takes them from the lock, by their hashes."""
    readme = runs(commands("README.md"), TEST)
    assert readme
    assert all(line.endswith("pytest -n auto") for line in readme), "no option that would leave something out"
    script = commands(".ci/run")
    lock, kit = runs(script, r'pip" install ')
    assert lock.endswith("--require-hashes -r requirements.lock")
    assert "--no-deps --no-build-isolation --editable ." in kit
    assert script[-1].endswith('/python" -m pytest -n auto')  # its closing line is the last


def test_every_link_to_the_published_place_agrees() -> None:
    repository = project()["urls"]["Repository"]
    owner = repository.removeprefix("https://github.com/")
    link = re.compile(
        r"https?://(?:mybinder\.org/v2/gh|(?:www\.)?github\.com|colab\.research\.google\.com/github)/([^\s)\"'>`\\]+)"
    )
    found = []
    for name, text in texts().items():
        if name == "README.md" or name.endswith(".ipynb"):
            found += [(name, target) for target in link.findall(text)]
    ours = [(name, target) for name, target in found if re.match(r"[^/]*smtplesson|ORG/", target)]
    assert [(name, target) for name, target in ours if not f"{target}/".startswith(f"{owner}/")] == []
    launch = re.findall(r"mybinder\.org/v2/gh/([^\s)\"'>`]+)", read("README.md"))
    assert launch, "README.md has no Binder link"
    for target in launch:
        path = re.fullmatch(re.escape(owner) + r"/main\?(?:lab|url)path=([\w%.-]+)", target)
        assert path, f"{target} is not {owner}/main?labpath=..."
        assert (ROOT / path[1].replace("%2F", "/")).exists(), path[1]


def test_the_readme_links_to_nothing_that_is_not_there_yet() -> None:
    """What exists only once published is named there, as text, in a paragraph that says so."""
    text = read("README.md")
    (published,) = re.findall(r"^\*\*Once published\*\*.*?\n\n", text, re.M | re.S)
    unborn = r"https?://(?:mybinder\.org|smtplesson\.github\.io|pypi\.org|github\.com/smtplesson)"
    assert len(re.findall(unborn, published)) > 1
    assert re.findall(unborn, text.replace(published, "")) == []
    assert re.findall(rf"\]\({unborn}", published) == []


# --- dependencies -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["requirements.lock", ".binder/requirements.txt"])
def test_every_locked_package_has_hashes(name: str) -> None:
    entries = re.findall(r"^[\w.-]+==(?:.*\\\n)*.*", read(name), re.M)
    assert len(entries) == len(requirement_lines(name)) > 5
    assert [entry for entry in entries if not re.search(r"--hash=sha256:[0-9a-f]{64}(?= |$)", entry, re.M)] == []


def test_the_lock_covers_everything() -> None:
    locked = {canonical(line) for line in requirement_lines("requirements.lock")}
    assert all(re.match(r"[\w.-]+==[\w.!+-]+(?: ;|$)", line) for line in requirement_lines("requirements.lock"))
    assert declared() - locked == set()
    assert "smtplesson" not in locked


def test_the_requirements_are_the_card_and_the_kit_and_the_tests_build_on_them() -> None:
    lines = [line for line in read("requirements.txt").splitlines() if line and not line.startswith("#")]
    assert {canonical(line) for line in lines[:-1]} == {"jupyterlab", "ipywidgets", "pandas", "nbval"}
    assert lines[-1] == "-e .[notebook]"
    assert "-r ../requirements.txt" in read("tests/requirements.txt").splitlines()


def test_the_tests_import_only_what_is_required() -> None:
    """So that a fresh environment can run them: nothing may be there by chance."""
    providers = importlib.metadata.packages_distributions()
    found = set()
    for path in [*(ROOT / "tests").rglob("*.py"), *(ROOT / "smtplesson").rglob("*.py")]:
        tops = {name.partition(".")[0] for name in core.imported(path)}
        found |= tops - sys.stdlib_module_names - {"smtplesson", "tests", "_typeshed"}
    core_of_jupyter = {"jupyter-client", "traitlets", "ipython"}  # there whenever ipywidgets is
    required = declared() | core_of_jupyter
    missing = {top for top in found if not {canonical(d) for d in providers.get(top, [top])} & required}
    assert missing == set()


def closure(names: set[str]) -> set[str]:
    """These distributions and all that they need here, by the installed metadata."""
    seen: set[str] = set()
    todo = set(names)
    while todo:
        name = todo.pop()
        seen.add(name)
        try:
            needs = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:
            continue  # for another platform, or not installed here
        todo |= {canonical(need) for need in needs if "extra ==" not in need} - seen
    return seen


def test_no_other_mail_server_is_needed() -> None:
    needed = closure(declared())
    assert {"jupyterlab", "traitlets", "numpy"} <= needed  # the walk does reach what is needed indirectly
    assert "aiosmtpd" not in needed
    assert "aiosmtpd" not in {canonical(line) for line in requirement_lines("requirements.lock")}
    for path in (ROOT / "smtplesson").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not any(name.startswith("aiosmtpd") for name in names), path.name


HEAVY = {
    "ipywidgets",
    "IPython",
    "pandas",
    "numpy",
    "anywidget",
    "aiosmtpd",
    "asyncio",
    "email",
    "smtplib",
    "socket",
    "socketserver",
}


def test_importing_the_kit_is_light() -> None:
    code = "import sys, json, smtplesson; print(json.dumps(sorted({m.partition('.')[0] for m in sys.modules})))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout))
    assert "smtplesson" in loaded
    assert loaded & HEAVY == set()
