"""What do I do now? One question at a time, from a reply to what is to be done."""

from __future__ import annotations

import sys
from typing import Any

import ipywidgets

from smtplesson import markup
from smtplesson.guide import what_now
from smtplesson.guide.field_guide import explain
from smtplesson.guide.what_now import Advice, TriageQuestion, Way
from smtplesson.widgets._view import Live, View, preformatted

_TITLE = "What do I do now?"
_FIRST = "Who are you?"
_LETTERS = "ABCDEFGHIJ"
#: The question's place does not grow with its words, so that the answers stay where they are.
_QUESTION = "min-height:5.5em"


class WhatNow(View):
    """Questions that lead to what is to be done: `choose("sender")`, `answer("A")` and `back()` do what clicks do.

    With a `reply`, and perhaps the command that it answered, the questions that it answers are answered by it.
    """

    def __init__(self, reply: str = "", *, command: str | None = None) -> None:
        super().__init__(_TITLE, letters=_LETTERS)
        self.reply = reply
        self._explained = explain(reply, command=command) if reply else None
        self.way: Way | None = None
        self._said = Live()
        self._answers: Any = ipywidgets.VBox()
        self._path: Any = ipywidgets.HTML()
        heading = f"<p><strong>{markup.escape(_TITLE)}</strong></p>" + (preformatted(reply) if reply else "")
        steps = ipywidgets.HBox([self._button("Back", self.back), self._button("Start over", self.start_over)])
        self._fill(ipywidgets.HTML(heading), steps, self._said.widget, self._answers, self._path)
        self._show(aloud=False)

    @property
    def advice(self) -> Advice | None:
        """The end of the path, once it is reached."""
        return self.way.at if self.way is not None and isinstance(self.way.at, Advice) else None

    def choose(self, role: str) -> Way:
        """Begin as sender, programmer or postmaster; ValueError for another word."""
        self.way = what_now.follow(role, self._explained) if self._explained else what_now.start(role)
        self._show()
        return self.way

    def answer(self, letter: str) -> Way:
        """Give the answer with this letter; ValueError where there is none."""
        number = _LETTERS.find(letter.strip().upper()) + 1 if letter.strip() else 0
        if self.way is None:
            roles = list(what_now.roles())
            if not 1 <= number <= len(roles):
                raise ValueError(f"There is no answer {letter!r}; there are A to {_LETTERS[len(roles) - 1]}.")
            return self.choose(roles[number - 1])
        if isinstance(self.way.at, TriageQuestion) and not 1 <= number <= len(self.way.at.answers):
            raise ValueError(f"There is no answer {letter!r}; there are A to {_LETTERS[len(self.way.at.answers) - 1]}.")
        self.way = self.way.answer(number)
        self._show()
        return self.way

    def back(self) -> None:
        """Take the last answer back; before the first question the role is asked again."""
        self.way = self.way.back() if self.way is not None and self.way.taken else None
        self._show()

    def start_over(self) -> None:
        """Begin again, with the role."""
        self.way = None
        self._show()

    def markdown(self) -> str:
        """The twin: what the view asks, and what every path ends with."""
        roles = "\n".join(f"- **{letter}.** {markup.markdown(name)}" for letter, name in _roles())
        ends = {end.title: end for role in what_now.roles() for end in what_now.ends(role)}
        rows = [(title, end.who, f"{end.source}; lesson {end.lesson}") for title, end in ends.items()]
        return "\n\n".join(
            [
                f"**{markup.markdown(_TITLE)}** *Run this cell to be asked one question at a time;* "
                "at the end stands what to do, who must act, and what not to do.",
                *([markup.fenced(self.reply)] if self.reply else []),
                f"{markup.markdown(_FIRST)}\n\n{roles}",
                "Where the ways end:",
                markup.markdown_table(("What the reply means", "Who must act", "Source"), rows),
            ]
        )

    def _press(self, letter: str) -> None:
        self.answer(letter)
        self.keys.focus_on("A" if self.advice is None else "Back")

    def _show(self, *, aloud: bool = True) -> None:
        at = self.way.at if self.way is not None else None
        texts = [given.text for given in at.answers] if isinstance(at, TriageQuestion) else []
        if at is None:
            texts = [name for _, name in _roles()]
        self._answers.children = [
            self._button(f"{letter}. {text}", self._press, letter)
            for letter, text in zip(_LETTERS, texts, strict=False)
        ]
        self._path.value = _path(self.way)
        if isinstance(at, Advice):
            said = _advice(at)
        else:
            hint = at.hint if at is not None else "The same reply asks different things of different people."
            said = f"<p><strong>{markup.escape(at.text if at else _FIRST)}</strong></p><p>{markup.escape(hint)}</p>"
        said = f'<div style="{_QUESTION}">{said}</div>'
        if aloud:
            self._said.say(said)
        else:
            self._said.widget.value = said


def _roles() -> list[tuple[str, str]]:
    return list(zip(_LETTERS, what_now.roles().values(), strict=False))


def _path(way: Way | None) -> str:
    """The answers so far, in order."""
    if way is None:
        return ""
    given = [(_FIRST, what_now.roles()[way.role])] + [(asked.text, answer.text) for asked, answer in way.taken]
    rows = "".join(f"<li>{markup.escape(asked)} <strong>{markup.escape(text)}</strong></li>" for asked, text in given)
    return f"<p>Your way so far:</p><ol>{rows}</ol>"


def _advice(advice: Advice) -> str:
    rows = [
        ("Who must act", advice.who),
        ("What to do", advice.do),
        ("What not to do", advice.avoid),
        ("Source", f"{advice.source}; lesson {advice.lesson}"),
    ]
    drawn = "".join(f"<p><strong>{name}:</strong> {markup.escape(text)}</p>" for name, text in rows)
    if advice.line:
        what = f"In the console of the world foo, after EHLO and MAIL where needed; it is answered {advice.says}"
        drawn += f"<p><strong>To try:</strong> {markup.escape(what)}:</p>{preformatted(advice.line)}"
    elif sys.platform != "emscripten":  # a browser tab has no terminal
        drawn += f"<p><strong>To try</strong>, in a terminal:</p>{preformatted(advice.command)}"
    return f"<p>{markup.unseen('The end of the way.')} <strong>{markup.escape(advice.title)}</strong></p>{drawn}"
