"""The glossary's view: it filters while one types, and its words lead to each other and to their lessons."""

from __future__ import annotations

import re

import pytest

from smtplesson.guide.glossary import Glossary
from smtplesson.widgets import GlossaryView
from tests.widgets.pressing import click, page, press, spoken, words
from tests.widgets.reading import shown

GLOSSARY = Glossary.load()


def listed(view: GlossaryView) -> list[str]:
    return [words(term) for term in page(view).iter("dt")]


def test_it_begins_with_all_words_in_their_order() -> None:
    assert listed(GlossaryView()) == [entry.word for entry in GLOSSARY.entries]


def test_it_filters_while_one_types_and_says_how_much_is_left() -> None:
    view = GlossaryView()
    (field,) = page(view).iter("input")
    assert (field.get("data-typed"), field.get("name")) == ("search", "word")
    press(view, "search", "dot", word="dot")
    assert listed(view)[0] == "dot stuffing"
    assert all("dot" in str(entry).casefold() for entry in view.found)
    assert spoken(view).startswith(f"{len(view.found)} entries with “dot”. The first: dot stuffing: ")
    assert view.frame["focus"] == ""  # who types goes on typing
    press(view, "search", "", word="251")  # Enter sends the form
    assert listed(view)[0] == "251"
    assert "User not local; will forward" in spoken(view)
    click(view, "Show all")
    assert set(view.found) == set(GLOSSARY.entries)


@pytest.mark.parametrize("text", ["<script>", "\ud83d", "xyzzy"])
def test_what_is_not_there_is_said(text: str) -> None:
    view = GlossaryView()
    assert view.search("251") == view.found
    press(view, "search", text, word=text)
    assert listed(view) == []
    assert "<script>" not in view.frame["html"]
    assert re.match(r"0 entries with “.+”\. Try a part of the word, or a code\.$", spoken(view))


def test_a_word_leads_to_the_words_close_to_it() -> None:
    view = GlossaryView()
    view.search("forward-path")
    entry = view.found[0]
    assert entry.see == ("reverse-path",)
    click(view, "reverse-path")
    assert view.found[0].word == listed(view)[0] == "reverse-path"
    (term,) = (term for term in page(view).iter("dt") if term.get("id") == view.frame["focus"])
    assert words(term) == "reverse-path"
    assert spoken(view).startswith("reverse-path: The address in MAIL")


@pytest.mark.parametrize("entry", GLOSSARY.entries, ids=lambda entry: entry.word)
def test_every_word_is_seen_first_where_it_is_asked_for(entry: object) -> None:
    word = entry.word  # type: ignore[attr-defined]
    assert GlossaryView().see(word)[0] == entry


def test_a_word_that_is_not_there_cannot_be_seen() -> None:
    view = GlossaryView()
    with pytest.raises(ValueError, match="The glossary has no word 'x'"):
        view.see("x")


def test_a_word_links_to_its_lesson_where_one_explains_it() -> None:
    view = GlossaryView()
    view.search("ASCII")
    links = {a.get("href"): words(a) for a in page(view).iter("a")}
    assert links["04-553.ipynb"] == "Lesson 04"
    view.see(next(entry.word for entry in GLOSSARY.entries if not entry.lesson))
    assert "Lesson" not in shown(view).partition("Show all")[2].partition("See also")[0]


def test_the_twin_has_every_word() -> None:
    twin = GlossaryView().markdown()
    assert all(f"- **{entry.word}**" in twin.replace("\\", "") for entry in GLOSSARY.entries)
