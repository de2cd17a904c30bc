"""What `.github` tells those who want to help: it is short, and whatever it names is there."""

from __future__ import annotations

import importlib.util
import re

import pytest
import yaml

from tests.paths import ROOT

GITHUB = ROOT / ".github"
TEXT = (GITHUB / "CONTRIBUTING.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("what", ["A question", "A profile", "A lesson"])
def test_each_way_has_five_steps(what: str) -> None:
    (section,) = re.findall(rf"^## {what}[^\n]*\n(.*?)(?=^## |\Z)", TEXT, re.M | re.S)
    assert re.findall(r"^(\d)\. ", section, re.M) == list("12345")


def test_whatever_is_named_is_there() -> None:
    named = re.findall(r"`((?:smtplesson|tests|notebooks)/[\w./-]*)`", TEXT)
    assert len(named) > 6
    assert [path for path in named if not (ROOT / path).exists()] == []
    modules = re.findall(r"`python -m ([\w.]+)", TEXT)
    assert {"tests.tools.build", "tests.tools.course"} == set(modules)
    assert all(importlib.util.find_spec(module) for module in modules)
    folders = [name for run in re.findall(r"`pytest ([^`]+)`", TEXT) for name in run.split()]
    assert folders
    assert [name for name in folders if not (ROOT / name).is_dir()] == []


def test_it_is_short() -> None:
    assert len(TEXT.splitlines()) < 50


def test_the_issue_form_has_what_a_form_must_have() -> None:
    """As https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests says."""
    form = yaml.safe_load((GITHUB / "ISSUE_TEMPLATE" / "report.yml").read_text(encoding="utf-8"))
    assert form["name"]
    assert form["description"]
    ids = [each["id"] for each in form["body"]]
    assert len(set(ids)) == len(ids)
    assert {each["type"] for each in form["body"]} <= {"input", "textarea", "dropdown", "checkboxes", "markdown"}
    assert all(each["attributes"]["label"] for each in form["body"])


def test_the_actions_are_kept_up_to_date() -> None:
    """They are pinned to commits, which grow old unless somebody asks for newer ones."""
    updates = yaml.safe_load((GITHUB / "dependabot.yml").read_text(encoding="utf-8"))
    assert updates["version"] == 2
    assert [each["package-ecosystem"] for each in updates["updates"]] == ["github-actions"]
