"""The field guide as a view: paste a reply, a log line or a bounce, and read what it means."""

from __future__ import annotations

from smtplesson import markup
from smtplesson.guide import display, what_now
from smtplesson.guide.field_guide import Explanation, explain
from smtplesson.guide.what_now import Advice
from smtplesson.markup import Html, join, prose, tag
from smtplesson.widgets.view import Fields, View, area, bar, button, form, select, submit

_TITLE = "Field guide: what does this reply mean?"
_NOT_KNOWN = "not known"
_COMMANDS = (_NOT_KNOWN, "MAIL", "RCPT", "DATA", "end of DATA", "EHLO", "AUTH", "VRFY")


class FieldGuideView(View):
    """Explain pasted text; `explain(text)` does what the button does, and `explanation` is the last one.

    An `example` is offered as a button, for those who have nothing to paste.
    """

    def __init__(self, text: str = "", *, example: str = "") -> None:
        super().__init__(_TITLE)
        self._example = example
        self.explanation: Explanation | None = None
        self._pasted = ""
        self._command = _NOT_KNOWN
        if text:
            self.explain(text)
        else:
            self.update()

    def explain(self, text: str, *, command: str | None = None) -> Explanation:
        """Explain `text` and show what was found."""
        self._pasted, self._command = text, command or _NOT_KNOWN
        self.explanation = explain(text, command=command)
        best = self.explanation.best
        told = dict(self.explanation.rows(best)[:2]) if best else {"": self.explanation.as_dict()["cause"]}
        self.update(say=" ".join(f"{name}: {text}" if name else str(text) for name, text in told.items()))
        return self.explanation

    def markdown(self) -> str:
        """The twin: what the view is for, and the text that it begins with."""
        parts = [f"**{markup.markdown(_TITLE)}** *Run this cell to paste a reply and have it explained.*"]
        if self.explanation is not None:
            parts.append(markup.fenced(str(self.explanation)))
        elif self._example:
            parts.append(markup.folded("An example", markup.fenced(str(explain(self._example)))))
        return "\n\n".join(parts)

    def do_explain(self, example: str, fields: Fields) -> None:
        """Explain the example, or what was pasted."""
        command = str(fields.get("command", _NOT_KNOWN))
        self.explain(example or str(fields.get("pasted", "")), command=None if command == _NOT_KNOWN else command)

    def html(self) -> Html:
        """The field, and the explanation of what was pasted last."""
        names = dict.fromkeys((*_COMMANDS, self._command))
        pasted = area("Reply, log line or bounce", "pasted", self._pasted, rows=3, placeholder="Paste it here")
        command = select("It answered", "command", {name: name for name in names}, self._command)
        known = self.explanation
        found = display.explanation(known, _ways(known)) if known is not None else None
        row = [command, submit("Explain", id="explain")]
        if self._example:
            row.append(button("Try an example", "explain", self._example, id="example"))
        return join(
            tag("p", "What does this reply mean?", class_="sl-title"),
            form("explain", pasted, bar(*row), id="f"),
            tag("div", found, id="found", class_="sl-after") if found else None,
        )


def _ways(found: Explanation) -> Html | None:
    """What each does and does not do now, where the reply answers all questions of WhatNow by itself."""
    ends = [(name, what_now.follow(role, found).at) for role, name in what_now.roles().items()]
    rows = [
        join(tag("dt", name), tag("dd", prose(end.do), " ", prose(end.avoid)))
        for name, end in ends
        if isinstance(end, Advice)
    ]
    if not rows:
        return None
    return tag(
        "details",
        tag("summary", "What do I do now, and what not? For sender, programmer, postmaster"),
        tag("dl", *rows, class_="sl-told"),
    )
