"""The glossary: the words of the lessons, what each means here, who says so, and which lesson explains it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from smtplesson import content, markup


@dataclass(frozen=True, slots=True)
class Entry:
    """One word: its meaning, with code between backticks, source, the lesson that explains it, words close to it."""

    word: str
    meaning: str
    source: str
    lesson: str = ""
    see: tuple[str, ...] = ()

    def __str__(self) -> str:
        see = f" See also: {', '.join(self.see)}." if self.see else ""
        return f"{self.word}: {self.meaning} ({self.source}){see}"


class Glossary:
    """All words, in the order of the alphabet, codes last.

    >>> [entry.word for entry in Glossary.load().search("251")][:2]
    ['251', 'forwarding']
    """

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        self.entries = entries

    @classmethod
    def load(cls) -> Glossary:
        """Read the kit's own glossary."""
        words = content.read(content.KIT / "glossary.toml")
        built = (words.take(word, "table").build(Entry, word=word) for word in words)
        return cls(tuple(sorted(built, key=lambda entry: (entry.word.isdigit(), entry.word.casefold()))))

    def search(self, text: str) -> tuple[Entry, ...]:
        """The entries that have all words of `text`: those whose own word has them first, then by the meaning."""
        wanted = text.casefold().split()
        named = [e for e in self.entries if all(part in e.word.casefold() for part in wanted)]
        told = [e for e in self.entries if e not in named and all(part in str(e).casefold() for part in wanted)]
        return (*named, *told)

    def __str__(self) -> str:
        return markup.visible_lines("\n".join(map(str, self.entries)))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Show all entries as text and as Markdown."""
        return {"text/plain": str(self), "text/markdown": "\n".join(as_markdown(entry) for entry in self.entries)}


def as_markdown(entry: Entry) -> str:
    """One entry as an item of a Markdown list, with a link to its lesson, if it has one."""
    meaning = "`".join(
        piece if number % 2 else markup.markdown(piece) for number, piece in enumerate(entry.meaning.split("`"))
    )
    see = f" See also: {markup.markdown(', '.join(entry.see))}." if entry.see else ""
    lesson = f"; [lesson {entry.lesson[:2]}]({entry.lesson}.ipynb)" if entry.lesson else ""
    return f"- **{markup.markdown(entry.word)}**: {meaning} *({markup.markdown(entry.source)}{lesson})*{see}"
