"""The same line to every profile: predict how far the servers agree, then see their replies side by side."""

from __future__ import annotations

from typing import Any

import ipywidgets

from smtplesson import markup
from smtplesson.markup import Table
from smtplesson.protocol.codes import reply_class
from smtplesson.server import worlds
from smtplesson.server.profiles import PROFILES
from smtplesson.widgets._view import Live, View, preformatted, shorten

_MANY = 4


class Compare(View):
    """Send one line to the servers of all profiles; `predict(2)` commits to the number of different codes.

    `ask(line)` puts another line, `rows()` are the replies once they are shown.
    """

    def __init__(self, line: str = "MAIL FROM:<sender@example..com>", *, world: str = "example") -> None:
        super().__init__(f"One line, {len(PROFILES)} servers", letters="1234", takes_lines=True)
        self._servers = {name: worlds.load(world, profile=name) for name in PROFILES}
        self._rows: list[dict[str, object]] = []
        self._field: Any = ipywidgets.Text(
            description="The client sends",
            style={"description_width": "initial"},
            layout=ipywidgets.Layout(width="auto", flex="1 1 20em"),
        )
        send = self._button("Ask about this line", self._ask_field, primary=True)
        send.add_class("smtplesson-send")
        self.keys.on_msg(self._hear)
        self._line: Any = ipywidgets.HTML()
        self._buttons = {n: self._button(_count_text(n), self.predict, n) for n in range(1, _MANY + 1)}
        self._spoken = Live()
        self._table: Any = ipywidgets.HTML()
        self._fill(
            ipywidgets.HTML(f"<p><strong>{markup.escape(self.title)}</strong></p>"),
            ipywidgets.HBox([self._field, send]),
            self._line,
            ipywidgets.HBox(list(self._buttons.values())),
            self._spoken.widget,
            self._table,
        )
        self.ask(line)

    def ask(self, line: str) -> None:
        """Put a line, with the replies hidden until the learner has predicted; ValueError for an empty one."""
        if not line.strip():
            raise ValueError("There is nothing to send. Type a line such as RCPT TO:<alice@example..com>")
        self.line = line
        self._rows = []
        self._table.value = ""
        self._line.value = preformatted(f"C: {shorten(line)}") + f"<p>{_QUESTION}</p>"
        for n, button in self._buttons.items():
            button.description = _count_text(n)

    def predict(self, number: int) -> None:
        """Commit to the number of different codes, 4 for four or more, and see the replies."""
        if number not in self._buttons:
            raise ValueError(f"{number} is no choice here; choose 1 to {_MANY}, {_MANY} for {_MANY} or more.")
        replies = {name: server.reply_to(self.line) for name, server in self._servers.items()}
        self._rows = [
            {
                "server": name,
                "code": reply.code,
                "class": reply_class(reply.code).word,
                "enhanced": str(reply.enhanced or ""),
                "text": reply.text,
            }
            for name, reply in replies.items()
        ]
        codes = sorted({reply.code for reply in replies.values()})
        right = min(len(codes), _MANY) == number
        for n, button in self._buttons.items():
            button.description = _count_text(n) + (" (your prediction)" if n == number else "")
        verdict = "Correct." if right else "Not yet."
        self._spoken.say(
            f"<p><strong>{verdict}</strong> {len(codes)} different codes: {', '.join(map(str, codes))}.</p>"
        )
        table = Table(self._rows, caption="How each server answers, by its profile")
        self._table.value = table._repr_mimebundle_()["text/html"]

    def rows(self) -> list[dict[str, object]]:
        """The replies that are shown: for `pandas.DataFrame(view.rows())`."""
        return [dict(row) for row in self._rows]

    def markdown(self) -> str:
        """The twin: the line, the servers and the question, not the replies."""
        servers = ", ".join(PROFILES)
        return "\n\n".join(
            [
                f"**{markup.markdown(self.title)}:** {markup.markdown(servers)}. "
                "*Run this cell to predict and compare.*",
                markup.fenced(f"C: {self.line}"),
                f"{_QUESTION} 1, 2, 3, or {_MANY} or more.",
            ]
        )

    def _ask_field(self) -> None:
        self.ask(self._field.value)

    def _hear(self, _widget: object, content: Any, _buffers: object) -> None:
        line = str(content.get("lines", "")) if isinstance(content, dict) else ""
        self._callback(self.ask, line.split("\n", 1)[0].strip("\r"))(None)


_QUESTION = "How many different codes will the servers give?"


def _count_text(number: int) -> str:
    return f"{number} or more" if number == _MANY else str(number)
