"""The glossary as a view: type a word or a code, and read what it means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import ipywidgets

from smtplesson import markup
from smtplesson.guide.glossary import Entry, Glossary, as_markdown
from smtplesson.widgets._view import Live, View, prose


class GlossaryView(View):
    """The words of the lessons; `search(text)` does what Enter in the field does, `found` is what is shown."""

    def __init__(self) -> None:
        super().__init__("Glossary: the words of the lessons", takes_lines=True)
        self.glossary = Glossary.load()
        self.found: tuple[Entry, ...] = ()
        self._field: Any = ipywidgets.Text(
            description="Word or code",
            placeholder="such as envelope, or 251",
            style={"description_width": "initial"},
            layout=ipywidgets.Layout(width="auto", flex="1 1 14em"),
        )
        find = self._button("Find", self._search_field, primary=True)
        find.add_class("smtplesson-send")
        self.keys.on_msg(self._hear)
        self._spoken = Live()
        self._list: Any = ipywidgets.HTML()
        heading = ipywidgets.HTML(f"<p><strong>{markup.escape(self.title)}</strong></p>")
        buttons = ipywidgets.HBox([self._field, find, self._button("Show all", self.search, "")])
        self._show(self.glossary.entries)
        self._fill(heading, buttons, self._spoken.widget, self._list)

    def search(self, text: str) -> tuple[Entry, ...]:
        """Show the entries that have all words of `text`; all entries where it is empty."""
        found = self.glossary.search(text)
        count = markup.counted(len(found), "entry", "entries")
        what = f" with “{text.strip()}”" if text.strip() else ""
        first = f" The first: {found[0]}" if found and what else ""
        nothing = "" if found else " Try a part of the word, or a code."
        self._spoken.say(f"<p>{markup.escape(f'{count}{what}.{nothing}')}</p>{markup.unseen(markup.escape(first))}")
        self._show(found)
        return found

    def markdown(self) -> str:
        """The twin: all entries."""
        rows = "\n".join(as_markdown(entry) for entry in self.glossary.entries)
        return f"**{markup.markdown(self.title)}.** *Run this cell to search.*\n\n{rows}"

    def _show(self, entries: Iterable[Entry]) -> None:
        self.found = tuple(entries)
        self._list.value = f'<dl style="margin:0">{"".join(map(_as_html, self.found))}</dl>'

    def _search_field(self) -> None:
        self.search(self._field.value)

    def _hear(self, _widget: object, content: Mapping[str, Any], _buffers: object) -> None:
        text = str(content.get("lines", "")).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        self._callback(self.search, text)(None)


def _as_html(entry: Entry) -> str:
    see = f" See also: {markup.escape(', '.join(entry.see))}." if entry.see else ""
    lesson = f"; lesson {markup.escape(entry.lesson[:2])}" if entry.lesson else ""
    about = f"<em>({markup.escape(entry.source)}{lesson})</em>"
    meaning = f'<dd style="margin:0 0 .5em 1em;overflow-wrap:anywhere">{prose(entry.meaning)} {about}{see}</dd>'
    return f"<dt><strong>{markup.escape(entry.word)}</strong></dt>{meaning}"
