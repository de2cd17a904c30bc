"""A learner's progress: what he is sure of, what he has mastered, what he mixes up, what is due, and his code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

import ipywidgets

from smtplesson import markup
from smtplesson.learner import portable, predictions, quiz
from smtplesson.learner.log import Log, today
from smtplesson.learner.mastery import RULE, Calibration, Held, Mastery
from smtplesson.learner.overview import Overview
from smtplesson.questions import course, retired
from smtplesson.questions.bank import QuestionBank
from smtplesson.widgets._view import Live, View, code_field, prose, prose_markdown

_TITLE = "Your progress"
_LEFT = "text-align:left;vertical-align:top;white-space:normal"
_CALIBRATION = ("You said", "You were right")
_NOTHING = "None that still needs work."


class ProgressView(View):
    """Where a learner stands, from his log; `overview` holds it.

    `refresh()` reads the log again, `show_code()` shows the whole of it as a portable code, and `take(code)` adds what
    another code holds: each does what its button does.
    """

    def __init__(self, log: Log | None = None, *, bank: QuestionBank | None = None, today: date | None = None) -> None:
        super().__init__(_TITLE, takes_lines=True)
        self.progress = Log() if log is None else log
        self._bank = QuestionBank.load() if bank is None else bank
        self._today = today
        self._page: Any = ipywidgets.HTML()
        self._code: Any = ipywidgets.HTML()
        self._spoken = Live()
        self._field: Any = ipywidgets.Text(
            description="Paste a code",
            placeholder=f"SL{portable.VERSION}:...",
            style={"description_width": "initial"},
            layout=ipywidgets.Layout(width="auto", flex="1 1 14em"),
        )
        take = self._button("Take it", self._take_field)
        take.add_class("smtplesson-send")
        self.keys.on_msg(self._hear)
        self._fill(
            self._page,
            ipywidgets.HBox([self._button("Refresh", self.refresh), self._button("Show my code", self.show_code)]),
            self._code,
            ipywidgets.HBox([self._field, take]),
            self._spoken.widget,
        )
        self.overview = self._read()

    def refresh(self) -> Overview:
        """Read the log again: other cells and notebooks write to it."""
        self.overview = self._read()
        self._say(self.overview.headline)
        return self.overview

    def show_code(self) -> str:
        """Show the whole log as a portable code, to paste into the next session or to hand in, and return it."""
        attempts = self.progress.attempts()
        code = portable.pack(attempts)
        self._code.value = code_field(code, "Your code")
        self._say(
            f"Your code holds {markup.counted(len(attempts), 'answer')} in {len(code):,} characters. Copy all of it."
        )
        return code

    def take(self, code: str) -> int:
        """Add the answers of a portable code that the log does not have yet, and return how many they were.

        Raises PortableCodeError, which says why, where the code is not whole.
        """
        attempts = portable.unpack(code)
        new = self.progress.take(attempts)
        self.overview = self._read()
        known = len(attempts) - new
        self._say(
            f"{markup.counted(new, 'answer')} taken from the code"
            + (f"; {markup.counted(known, 'answer was', 'answers were')} there already." if known else ".")
        )
        return new

    def markdown(self) -> str:
        """The twin: the whole overview as Markdown."""
        view = self.overview
        parts = [f"**{_TITLE}**", f"*Run this cell to see where you stand.* {markup.markdown(view.headline)}"]
        if gained := str(view.gain):
            parts.append(markup.markdown(gained))
        if view.answers:
            rows = [(each.confidence, f"{_right(each)} {each}".strip()) for each in view.calibration]
            parts += ["**How sure and how right**", markup.markdown_table(_CALIBRATION, rows)]
            levels = [*map(_level_markdown, view.begun), *_escaped(view.not_begun, markup.markdown)]
            parts += ["**Objectives**", markup.markdown(RULE), _bullets(levels)]
            pairs = [markup.markdown(str(each)) for each in view.confusions] or [_NOTHING]
            parts += ["**Codes that you mix up**", _bullets(pairs)]
            held = [_held_markdown(each) for each in view.misconceptions] or ["None showed."]
            parts += ["**Misconceptions**", _bullets(held)]
            parts += ["**Review**", _bullets(map(markup.markdown, view.due_words))]
        return "\n\n".join(parts)

    # --- how it works -----------------------------------------------------------------------------------

    def _read(self) -> Overview:
        attempts = self.progress.attempts()
        outcomes = quiz.outcomes(attempts, self._bank)
        objectives = dict.fromkeys(question.objective for question in self._bank.values())
        overview = Overview.of(outcomes, self._today or today(), objectives, predictions.outcomes(attempts))
        told = retired.told(each.question for each in attempts)
        self._page.value = _page(overview, told, self.progress.problems)
        return overview

    def _say(self, text: str) -> None:
        """Tell what was done, and what the log has to tell."""
        rows = [text, self.progress.notice] if self.progress.notice else [text]
        self._spoken.say("".join(f"<p>{markup.escape(row)}</p>" for row in rows))

    def _take_field(self) -> None:
        text, self._field.value = self._field.value, ""
        self.take(text)

    def _hear(self, _widget: object, content: Mapping[str, Any], _buffers: object) -> None:
        """Take what Enter, a paste or "Take it" sent: the field's text as the browser has it."""
        self._spoken.clear()
        self._callback(self.take, str(content.get("lines", "")))(None)


# --- HTML ---------------------------------------------------------------------------------------------------


def _page(view: Overview, unmarked: Iterable[str], problems: Iterable[str]) -> str:
    parts = [f"<p><strong>{_TITLE}</strong> on {view.today}: {markup.escape(view.headline)}</p>"]
    if gained := str(view.gain):
        parts.append(f"<p>{markup.escape(gained)}</p>")
    if view.answers:
        levels = [*map(_level, view.begun), *_escaped(view.not_begun, markup.escape)]
        pairs = [markup.escape(each) for each in view.confusions] or [_NOTHING]
        held = [_held(each) for each in view.misconceptions] or ["None showed."]
        parts += [
            _calibration(view.calibration),
            _section("Objectives", levels, RULE),
            _section("Codes that you mix up", pairs),
            _section("Misconceptions", held),
            _section("Review", map(markup.escape, view.due_words)),
        ]
    parts += [f"<p>{markup.escape(row)}</p>" for row in unmarked]
    if told := list(problems):
        parts.append(_section("What cannot be read in the log", map(markup.escape, told)))
    return "".join(parts)


def _section(title: str, items: Iterable[str], note: str = "") -> str:
    rows = "".join(f'<li style="margin:.2em 0">{item}</li>' for item in items)
    said = f"<p>{markup.escape(note)}</p>" if note else ""
    return f'<p style="margin-top:.8em"><strong>{title}</strong></p>{said}<ul style="margin:.2em 0">{rows}</ul>'


def _calibration(rows: Iterable[Calibration]) -> str:
    """A table whose second column is a plot: how much was right, and under it where that should be."""
    head = "".join(f'<th scope="col" style="{_LEFT}">{title}</th>' for title in _CALIBRATION)
    body = "".join(
        f'<tr><th scope="row" style="{_LEFT}">{markup.escape(each.confidence)}</th>'
        f'<td style="{_LEFT};width:80%">{markup.escape(_right(each))}{_bar(each)}{markup.escape(each)}</td></tr>'
        for each in rows
    )
    note = "A line under a bar shows where the bar should end."
    caption = f'<caption style="text-align:left"><strong>How sure and how right.</strong> {note}</caption>'
    return f'<table style="width:100%">{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _bar(each: Calibration) -> str:
    """The numbers of the cell, drawn: a bar, and a line under it for what the confidence stands for."""
    if each.share is None:
        return ""
    least, most = each.stands_for
    bar = "height:.6em;border:1px solid var(--jp-ui-font-color2,#666)"
    fill = f"height:100%;width:{each.share:.0%};background:var(--jp-brand-color1,#1976d2)"
    line = f"height:3px;margin:2px 0 0 {least:.0%};width:{most - least:.0%};background:var(--jp-ui-font-color1,#222)"
    return (
        f'<div aria-hidden="true" style="{bar}"><div style="{fill}"></div></div>'
        f'<div aria-hidden="true" style="{line}"></div>'
    )


def _right(each: Calibration) -> str:
    """The numbers; nothing where there are none."""
    least, most = each.stands_for
    if each.share is None:
        return ""
    return f"{each.right} of {each.answered} ({each.share:.0%}); it should be {least:.0%} to {most:.0%}."


def _level(level: Mastery) -> str:
    name, _, rest = str(level).partition(": ")
    return f"<strong>{markup.escape(name)}</strong>: {markup.escape(rest)}"


def _held(held: Held) -> str:
    belief, _, truth = str(held).partition("\n")
    if held.cured:
        return prose(belief)
    lesson = held.misconception.lesson
    style = "color:var(--jp-content-link-color,#0056b3);text-decoration:underline"
    link = f'<a href="{lesson}.ipynb" style="{style}" target="_blank" rel="noopener">Lesson {lesson}</a>'
    return f"{prose(belief)}<br>{prose(truth)}" + (f" {link}" if course.find(lesson) else "")


# --- Markdown -----------------------------------------------------------------------------------------------


def _bullets(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def _level_markdown(level: Mastery) -> str:
    name, _, rest = str(level).partition(": ")
    return f"**{markup.markdown(name)}**: {markup.markdown(rest)}"


def _held_markdown(held: Held) -> str:
    belief, _, truth = str(held).partition("\n")
    if held.cured:
        return prose_markdown(belief)
    lesson = held.misconception.lesson
    link = f" [Lesson {lesson}]({lesson}.ipynb)" if course.find(lesson) else ""
    return f"{prose_markdown(belief)} {prose_markdown(truth)}{link}"


def _escaped(text: str, escape: Callable[[str], str]) -> list[str]:
    return [escape(text)] if text else []
