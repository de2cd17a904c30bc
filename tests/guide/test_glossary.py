"""The glossary: every word whole, every reference there, and its view."""

from __future__ import annotations

import json
import re

import pytest

from smtplesson.guide.glossary import Entry, Glossary, as_markdown
from tests.paths import ROOT

GLOSSARY = Glossary.load()
EACH = pytest.mark.parametrize("entry", GLOSSARY.entries, ids=lambda entry: entry.word)
WORDS = {entry.word for entry in GLOSSARY.entries}
LESSONS = ROOT / "notebooks"


@EACH
def test_an_entry_is_whole(entry: Entry) -> None:
    assert 40 <= len(entry.meaning) <= 300
    assert entry.meaning.endswith((".", "`."))
    assert re.search(r"\bRFC \d+|a word of this kit", entry.source)
    assert set(entry.see) <= WORDS - {entry.word}
    assert entry.meaning.count("`") % 2 == 0


EXPLAINED = [entry for entry in GLOSSARY.entries if entry.lesson]


@pytest.mark.parametrize("entry", EXPLAINED, ids=lambda entry: entry.word)
def test_the_prose_of_its_lesson_has_the_word(entry: Entry) -> None:
    cells = json.loads((LESSONS / f"{entry.lesson}.ipynb").read_text(encoding="utf-8"))["cells"]
    prose = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown").casefold()
    assert re.sub("(?:ing|ility)$", "", entry.word.casefold()) in prose  # relaying: to relay


def test_a_word_that_no_lesson_explains_has_no_link() -> None:
    verb = next(entry for entry in GLOSSARY.entries if entry.word == "verb")
    assert verb.lesson == ""
    assert ".ipynb" not in as_markdown(verb)
    assert "lesson" not in as_markdown(verb)


def test_all_words_but_a_few_have_their_lesson() -> None:
    assert {entry.word for entry in GLOSSARY.entries if not entry.lesson} == {"EXPN", "open relay", "verb"}


def test_the_codes_that_are_confused_are_all_there() -> None:
    assert {"250", "251", "252", "501", "550", "551", "553"} <= WORDS


def test_words_come_in_the_order_of_the_alphabet_and_codes_last() -> None:
    words = [entry.word for entry in GLOSSARY.entries]
    codes = [word for word in words if word.isdigit()]
    assert words == sorted(set(words) - set(codes), key=str.casefold) + sorted(codes)


@pytest.mark.parametrize(
    ("text", "first"),
    [("envelope", "envelope"), ("  PATH ", "forward-path"), ("will forward", "251"), ("bare lf", "bare LF")],
)
def test_a_search_finds_the_word_before_the_text(text: str, first: str) -> None:
    assert GLOSSARY.search(text)[0].word == first


def test_an_empty_search_finds_all_and_a_strange_one_nothing() -> None:
    assert GLOSSARY.search("") == GLOSSARY.entries
    assert GLOSSARY.search("xyzzy") == ()


def test_as_text_it_has_every_entry() -> None:
    assert str(GLOSSARY).count("\n") >= len(GLOSSARY.entries) - 1
    assert [entry.word for entry in GLOSSARY.entries if entry.meaning not in str(GLOSSARY)] == []


def test_text_never_becomes_markup() -> None:
    nasty = Entry("<b>x</b>", "a `<i>` and <script>", "*s*", "00-start-here", ("<u>",))
    shown = as_markdown(nasty)
    assert re.sub(r"\\<|`[^`]*`", "", shown).count("<") == 0
