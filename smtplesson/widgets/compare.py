"""The same line to every profile: predict how far the servers agree, then see their replies side by side."""

from __future__ import annotations

from typing import ClassVar

from smtplesson import markup
from smtplesson.markup import Html, join, tag
from smtplesson.protocol import display
from smtplesson.protocol.codes import reply_class
from smtplesson.protocol.replies import Reply
from smtplesson.questions.display import option
from smtplesson.questions.question import Choice
from smtplesson.server import worlds
from smtplesson.server.profiles import PROFILES
from smtplesson.widgets.view import Clicks, Fields, View, bar, card, field, form, submit

_MANY = 4
_QUESTION = "How many different codes will the servers give?"


class Compare(View):
    """Send one line to the servers of all profiles; `predict(2)` commits to the number of different codes.

    `ask(line)` puts another line, `rows()` are the replies once they are shown.
    """

    clicks: ClassVar[Clicks] = {"predict": int}

    def __init__(self, line: str = "MAIL FROM:<sender@example..com>", *, world: str = "example") -> None:
        super().__init__(f"One line, {len(PROFILES)} servers")
        self._servers = {name: worlds.load(world, profile=name) for name in PROFILES}
        self.ask(line)

    def ask(self, line: str) -> None:
        """Put a line, with the replies hidden until the learner has predicted; ValueError for an empty one."""
        if not line.strip():
            raise ValueError("There is nothing to send. Type a line such as RCPT TO:<alice@example..com>")
        self.line = line
        self._replies: dict[str, Reply] = {}
        self._predicted = 0
        self.update(say=_QUESTION, focus="count-1")

    def predict(self, number: int) -> None:
        """Commit to the number of different codes, 4 for four or more, and see the replies."""
        if not 1 <= number <= _MANY:
            raise ValueError(f"{number} is no choice here; choose 1 to {_MANY}, {_MANY} for {_MANY} or more.")
        self._replies = {name: server.reply_to(self.line) for name, server in self._servers.items()}
        self._predicted = number
        self.update(say=" ".join(self._verdict), focus="verdict")

    def rows(self) -> list[dict[str, object]]:
        """The replies that are shown: for `pandas.DataFrame(view.rows())`."""
        return [
            {
                "server": name,
                "code": reply.code,
                "class": reply_class(reply.code).word,
                "enhanced": str(reply.enhanced or ""),
                "text": reply.text,
            }
            for name, reply in self._replies.items()
        ]

    def markdown(self) -> str:
        """The twin: the line, the servers and the question, not the replies."""
        return "\n\n".join(
            [
                f"**{markup.markdown(self.title)}:** {markup.markdown(', '.join(PROFILES))}. "
                "*Run this cell to predict and compare.*",
                markup.fenced(f"C: {self.line}"),
                f"{_QUESTION} 1, 2, 3, or {_MANY} or more.",
            ]
        )

    # --- what is pressed --------------------------------------------------------------------------------

    def do_ask(self, pasted: str, fields: Fields) -> None:
        """Put the line of the field, or the first of several that were pasted."""
        self.ask((pasted or str(fields.get("line", ""))).strip("\r\n").split("\n", 1)[0].strip("\r"))

    # --- how it looks -----------------------------------------------------------------------------------

    @property
    def _codes(self) -> list[int]:
        return sorted({reply.code for reply in self._replies.values()})

    @property
    def _verdict(self) -> tuple[str, str]:
        codes = self._codes
        right = min(len(codes), _MANY) == self._predicted
        found = f"{markup.counted(len(codes), 'different code')}: {', '.join(map(str, codes))}."
        return "Correct." if right else "Not yet.", found

    def html(self) -> Html:
        """The line, and either the question or what came of it."""
        line = field("The client sends", "line", self.line, data_lines=True)
        return join(
            tag("h3", self.title),
            form("ask", bar(line, submit("Ask about this line", id="ask")), id="form"),
            self._revealed() if self._replies else self._question(),
        )

    def _asked(self) -> Html:
        return join(_QUESTION.removesuffix("?"), " to ", tag("code", display.shorten(self.line)), "?")

    def _question(self) -> Html:
        cards = [card(str(n), _several(n), "predict", n, key=str(n), id=f"count-{n}") for n in range(1, _MANY + 1)]
        return tag("fieldset", tag("legend", self._asked()), tag("div", *cards, class_="sl-row"), id="question")

    def _revealed(self) -> Html:
        verdict, found = self._verdict
        tone = "sl-2" if verdict == "Correct." else "sl-5"
        said = tag("p", tag("strong", verdict), f" {found}", id="verdict", tabindex="-1")
        return join(
            tag("h4", self._asked()),
            tag("div", *map(self._option, range(1, _MANY + 1)), class_="sl-row"),
            tag("div", said, class_=f"sl-panel {tone}"),
            tag("div", *map(self._group, self._codes), class_="sl-tiles"),
            self._texts(),
        )

    def _option(self, number: int) -> Html:
        right, chosen = min(len(self._codes), _MANY) == number, self._predicted == number
        note = "your prediction" if chosen else "right" if right else ""
        return option(
            str(number), Choice(_several(number), ""), mark="right" if right else "wrong" if chosen else "", note=note
        )

    def _group(self, code: int) -> Html:
        names = [name for name, reply in self._replies.items() if reply.code == code]
        chips = [tag("li", name, class_=f"sl-chip {display.tone(code)}") for name in names]
        body = (display.code(code), tag("ul", *chips, class_="sl-chips"))
        return tag(
            "div", *body, class_=f"sl-tile {display.tone(code)}", role="group", aria_label=f"Servers that say {code}"
        )

    def _texts(self) -> Html:
        rows = [
            tag(
                "tr",
                tag("th", name, scope="row"),
                tag("td", display.code(reply.code), data_head="code"),
                tag("td", str(reply.enhanced or "none"), data_head="enhanced code"),
                tag("td", display.shorten(reply.text), class_="sl-mono", data_head="text"),
            )
            for name, reply in self._replies.items()
        ]
        head = tag("tr", *(tag("th", title, scope="col") for title in ("server", "code", "enhanced code", "text")))
        caption = tag("caption", "How each server answers, by its profile")
        return tag("table", caption, tag("thead", head), tag("tbody", *rows), class_="sl-stack")


def _several(number: int) -> str:
    return {1: "they all agree", _MANY: "or more"}.get(number, "codes")
