"""The field guide as a view: paste a reply, a log line or a bounce, and read what it means."""

from __future__ import annotations

from typing import Any

import ipywidgets

from smtplesson import markup
from smtplesson.guide.field_guide import Explanation, explain
from smtplesson.widgets._view import Live, View, preformatted

_TITLE = "Field guide: what does this reply mean?"
_COMMANDS = ("not known", "MAIL", "RCPT", "DATA", "end of DATA", "EHLO", "AUTH", "VRFY")


class Guide(View):
    """Explain pasted text; `explain(text)` does what the button does, and `explanation` is the last one."""

    def __init__(self, text: str = "") -> None:
        super().__init__(_TITLE)
        self.explanation: Explanation | None = None
        self._pasted: Any = ipywidgets.Textarea(
            value=text,
            description="Reply, log line or bounce",
            placeholder="550 5.1.1 No such user here",
            rows=5,
            style={"description_width": "initial"},
            layout=ipywidgets.Layout(width="auto"),
        )
        self._command: Any = ipywidgets.Dropdown(
            description="It answered",
            options=_COMMANDS,
            style={"description_width": "initial"},
            layout=ipywidgets.Layout(width="auto", max_width="100%"),
        )
        self._page: Any = ipywidgets.HTML()
        self._spoken = Live()
        button = self._button("Explain", self._explain_pasted, primary=True)
        heading = ipywidgets.HTML(f"<p><strong>{markup.escape(_TITLE)}</strong></p>")
        self._fill(heading, self._pasted, ipywidgets.HBox([self._command, button]), self._spoken.widget, self._page)
        if text:
            self.explain(text)

    def explain(self, text: str, *, command: str | None = None) -> Explanation:
        """Explain `text` and show what was found."""
        self.explanation = explain(text, command=command)
        best = self.explanation.as_dict()
        self._spoken.say(f"<p><strong>{markup.escape(best['cause'])}</strong></p>")
        self._page.value = preformatted(str(self.explanation))
        return self.explanation

    def markdown(self) -> str:
        """The twin: what the view is for, and the text that it begins with."""
        parts = [f"**{markup.markdown(_TITLE)}** *Run this cell to paste a reply and have it explained.*"]
        if self.explanation is not None:
            parts.append(markup.fenced(str(self.explanation)))
        return "\n\n".join(parts)

    def _explain_pasted(self) -> None:
        command = None if self._command.value == _COMMANDS[0] else self._command.value
        self.explain(self._pasted.value, command=command)
