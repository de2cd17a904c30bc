"""The glossary as a view: type a word or a code, and read what it means."""

from __future__ import annotations

from typing import ClassVar

from smtplesson import markup
from smtplesson.guide import display
from smtplesson.guide.glossary import Entry, Glossary, as_markdown
from smtplesson.markup import Html, join, tag
from smtplesson.widgets.view import Clicks, Fields, View, bar, button, field, form


class GlossaryView(View):
    """The words of the lessons; `search(text)` does what typing does, `found` is what is shown.

    `see(word)` does what pressing a word behind "See also" does.
    """

    clicks: ClassVar[Clicks] = {"see": str}

    def __init__(self) -> None:
        super().__init__("Glossary: the words of the lessons")
        self.glossary = Glossary.load()
        self.found: tuple[Entry, ...] = self.glossary.entries
        self._text = ""
        self._ids = {entry.word: f"word-{number}" for number, entry in enumerate(self.glossary.entries)}
        self.update()

    def search(self, text: str) -> tuple[Entry, ...]:
        """Show the entries that have all words of `text`; all entries where it is empty."""
        self._find(text)
        first = f" The first: {self.found[0]}" if self.found and text.strip() else ""
        self.update(say=f"{self._count}{first}")
        return self.found

    def see(self, word: str) -> tuple[Entry, ...]:
        """Show the entry of a word, and what else has it in its text. ValueError where there is no such word."""
        if word not in self._ids:
            raise ValueError(f"The glossary has no word {word!r}.")
        self._find(word)
        self.update(say=str(self.found[0]), focus=self._ids[word])
        return self.found

    def markdown(self) -> str:
        """The twin: all entries."""
        rows = "\n".join(as_markdown(entry) for entry in self.glossary.entries)
        return f"**{markup.markdown(self.title)}.** *Run this cell to search.*\n\n{rows}"

    def do_search(self, text: str, fields: Fields) -> None:
        """Search for what was typed so far, or sent with Enter."""
        self.search(str(fields.get("word", text)))

    def do_clear(self, _value: str, _fields: Fields) -> None:
        """Show all words."""
        self.search("")

    # --- how it works, how it looks -----------------------------------------------------------------------

    def _find(self, text: str) -> None:
        """The word itself comes first, where the text is one."""
        self._text = text.strip()
        found = self.glossary.search(text)
        self.found = tuple(sorted(found, key=lambda entry: entry.word.casefold() != self._text.casefold()))

    @property
    def _count(self) -> str:
        what = f" with “{self._text}”" if self._text else ""
        nothing = "" if self.found else " Try a part of the word, or a code."
        return f"{markup.counted(len(self.found), 'entry', 'entries')}{what}.{nothing}"

    def html(self) -> Html:
        """The field, and what was found."""
        typed = field("Word or code", "word", self._text, placeholder="such as envelope, or 251", data_typed="search")
        clear = button("Show all", "clear", id="clear")
        entries = [display.glossary_entry(entry, self._ids[entry.word], self._link) for entry in self.found]
        return join(
            tag("p", self.title, class_="sl-title"),
            form("search", bar(typed, clear), id="f-search", role="search"),
            tag("p", self._count, class_="sl-soft"),
            tag("dl", *entries, class_="sl-words"),
        )

    def _link(self, word: str) -> Html:
        return button(word, "see", word, class_="sl-link")
