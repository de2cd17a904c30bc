"""What do I do now? One question at a time, from a reply to what is to be done."""

from __future__ import annotations

import sys
from typing import ClassVar

from smtplesson import markup
from smtplesson.guide import display, what_now
from smtplesson.guide.field_guide import explain
from smtplesson.guide.what_now import Advice, Way
from smtplesson.markup import Html, join, kept, tag
from smtplesson.protocol.display import server, talk
from smtplesson.widgets.view import Clicks, View, bar, button, card

_TITLE = "What do I do now?"
_FIRST = "Who are you?"
_HINT = "The same reply asks different things of different people."
_LETTERS = "ABCDEFGHIJ"


class WhatNow(View):
    """Questions that lead to what is to be done: `choose("sender")`, `answer("A")` and `back()` do what clicks do.

    With a `reply`, and perhaps the command that it answered, the questions that it answers are answered by it.
    """

    clicks: ClassVar[Clicks] = {"answer": str, "back": None, "start_over": None}

    def __init__(self, reply: str = "", *, command: str | None = None) -> None:
        super().__init__(_TITLE)
        self.reply = reply
        self._explained = explain(reply, command=command) if reply else None
        self.way: Way | None = None
        self.update()

    @property
    def advice(self) -> Advice | None:
        """The end of the path, once it is reached."""
        return self.way.at if self.way is not None and isinstance(self.way.at, Advice) else None

    def choose(self, role: str) -> Way:
        """Begin as sender, programmer or postmaster; ValueError for another word."""
        self._go(what_now.follow(role, self._explained) if self._explained else what_now.start(role))
        assert self.way is not None
        return self.way

    def answer(self, letter: str) -> Way:
        """Give the answer with this letter; ValueError where there is none."""
        answers = self._choices
        number = _LETTERS.find(letter.strip().upper()) + 1 if letter.strip() else 0
        if answers and not 1 <= number <= len(answers):
            raise ValueError(f"There is no answer {letter!r}; there are A to {_LETTERS[len(answers) - 1]}.")
        if self.way is None:
            return self.choose(list(what_now.roles())[number - 1])
        self._go(self.way.answer(number))
        return self.way

    def back(self) -> None:
        """Take the last answer back; before the first question the role is asked again."""
        self._go(self.way.back() if self.way is not None and self.way.taken else None)

    def start_over(self) -> None:
        """Begin again, with the role."""
        self._go(None)

    def markdown(self) -> str:
        """The twin: what the view asks, and what every path ends with."""
        roles = "\n".join(f"- **{letter}.** {markup.markdown(name)}" for letter, name in _lettered(_roles()))
        ends = {end.title: end for role in what_now.roles() for end in what_now.ends(role)}
        rows = [(title, end.who, f"{end.source}; lesson {end.lesson}") for title, end in ends.items()]
        table = markup.markdown_table(("What the reply means", "Who must act", "Source"), rows)
        return "\n\n".join(
            [
                f"**{markup.markdown(_TITLE)}** *Run this cell to be asked one question at a time;* "
                "the last answer says what to do, who must act, and what not to do.",
                *([markup.fenced(self.reply)] if self.reply else []),
                f"{markup.markdown(_FIRST)}\n\n{roles}",
                markup.folded("All advice", table),
            ]
        )

    # --- what is pressed --------------------------------------------------------------------------------

    # --- how it looks -----------------------------------------------------------------------------------

    def _go(self, way: Way | None) -> None:
        """Stand there; the focus goes to the question, or to the end."""
        self.way = way
        self.update(say=f"Who must act: {self.advice.who}." if self.advice else "", focus="home")

    @property
    def _choices(self) -> list[str]:
        if self.way is None:
            return _roles()
        return [] if isinstance(self.way.at, Advice) else [given.text for given in self.way.at.answers]

    def html(self) -> Html:
        """The reply, the question with its answers as cards, or the end; and the way that led there."""
        back = [] if self.way is None else [_plain("Back", "back"), _plain("Start over", "start_over")]
        return join(self._reply(), self._here(), self._trail(), bar(*back) if back else None)

    def _reply(self) -> Html | None:
        if self._explained is not None and self._explained.reply:
            return talk(server(self._explained.reply, explained=False))
        return tag("pre", kept(self.reply)) if self.reply else None

    def _here(self) -> Html:
        end = self.advice
        if end is not None:
            title = tag("h3", markup.unseen("The end of the way. "), end.title, id="home", tabindex="-1")
            return tag("section", title, display.advice(end, terminal=sys.platform != "emscripten"))
        at = self.way.at if self.way is not None else None
        text, hint = (at.text, at.hint) if isinstance(at, what_now.TriageQuestion) else (_FIRST, _HINT)
        ask = tag("legend", text, tag("p", hint, class_="sl-soft"), id="home", tabindex="-1", class_="sl-ask")
        return tag("fieldset", ask, *(self._card(letter, text) for letter, text in _lettered(self._choices)))

    def _card(self, letter: str, text: str) -> Html:
        way = 0 if self.way is None else len(self.way.taken) + 1
        # Another question has other answers, however alike their letters are.
        return card(letter, text, "answer", letter, key=letter, id=f"o-{way}-{letter}")

    def _trail(self) -> Html | None:
        """The answers so far, in order."""
        if self.way is None:
            return None
        given = [(_FIRST, what_now.roles()[self.way.role])]
        given += [(asked.text, answer.text) for asked, answer in self.way.taken]
        rows = [tag("li", markup.unseen(f"{asked} "), text) for asked, text in given]
        return tag("ol", *rows, class_="sl-trail", aria_label="Your way so far")


def _roles() -> list[str]:
    return list(what_now.roles().values())


def _lettered(texts: list[str]) -> list[tuple[str, str]]:
    return list(zip(_LETTERS, texts, strict=False))


def _plain(text: str, do: str) -> Html:
    return button(text, do, class_="sl-btn sl-plain", id=do)
