"""The illustrated dialogue: every line opens its tokens, every token its meaning, and what if it were different."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from smtplesson import markup
from smtplesson.dialogues import changes, display, journey, picture
from smtplesson.dialogues.illustrated import IllustratedLine, Token, illustrate, markdown
from smtplesson.dialogues.scenario import Scenario
from smtplesson.dialogues.what_if import Replay, Response, replay
from smtplesson.markup import Html, join, prose, tag
from smtplesson.protocol.display import shorten
from smtplesson.protocol.transcript import Transcript
from smtplesson.widgets.view import Clicks, Fields, View, bar, button

_SIDES = {"C": "The client says", "S": "The server says"}


class Illustrated(View):
    """A scenario's dialogue, line by line: `line(5)`, `token(3)` and `what_if("domain-dots")` do what clicks do."""

    clicks: ClassVar[Clicks] = {"token": int, "what_if": str, "next": None, "previous": None, "back": None}

    def __init__(self, scenario: Scenario) -> None:
        super().__init__(f"Illustrated dialogue: {scenario.title}")
        self.scenario = scenario
        self.lines = illustrate(scenario.script)
        self._replay: Replay | None = None
        self._open(self.lines[0])
        self.update()

    def line(self, number: int) -> IllustratedLine:
        """Open line `number`, counted from 1, at its faulty piece or its first; ValueError where there is none."""
        return self._show(number)

    def token(self, number: int) -> Token:
        """Open piece `number`, counted from 1, of the open line; the last is the line's end."""
        pieces = self._line.all_tokens
        if not 1 <= number <= len(pieces):
            raise ValueError(f"There is no piece {number}; line {self._line.number} has 1 to {len(pieces)}.")
        self._open(self._line, number)
        piece = pieces[number - 1]
        fault = f" A fault: {piece.fault.message}" if piece.fault else ""
        self.update(say=f"{shorten(piece.shown)}, {piece.gloss}. {piece.meaning}{fault}")
        return piece

    def what_if(self, id: str) -> Replay:
        """Play the dialogue again with a change of the open piece, by its id; ValueError where there is none."""
        if id not in self._changes:
            known = ", ".join(self._changes) or "none"
            raise ValueError(f"There is no change {id!r} here; there are {known}.")
        self._replay = found = replay(self.scenario, self._changes[id])
        self.update(say=f"{found.change.question} {found.conclusion} {_said(found.changed.after)}")
        return found

    def next(self) -> IllustratedLine:
        """Open the line after the open one."""
        return self._show(min(self._line.number + 1, len(self.lines)))

    def previous(self) -> IllustratedLine:
        """Open the line before the open one."""
        return self._show(max(self._line.number - 1, 1))

    def back(self) -> None:
        """Move the focus to the open line."""
        self.update(focus=f"line-{self._line.number}")

    def markdown(self) -> str:
        """The twin: the dialogue with numbered lines, and a footnote for each line."""
        return "\n\n".join(
            [
                f"**{markup.markdown(self.title)}**",
                markup.prose_markdown(self.scenario.point),
                "*Run this cell to open each line, and to see what happens if a piece of it were different.* "
                "The pieces of each line, as they first occur:",
                markdown(self.scenario.script),
                f"Source of the dialogue: {markup.prose_markdown(self.scenario.source)}",
            ]
        )

    # --- what is pressed --------------------------------------------------------------------------------

    def do_line(self, number: str, _fields: Fields) -> None:
        """Open a line; the focus goes on to its pieces."""
        self._show(int(number), moves=True)

    # --- how it works -----------------------------------------------------------------------------------

    def _show(self, number: int, *, moves: bool = False) -> IllustratedLine:
        if not 1 <= number <= len(self.lines):
            raise ValueError(f"There is no line {number}; the dialogue has lines 1 to {len(self.lines)}.")
        line = self.lines[number - 1]
        self._open(line)
        pieces = markup.counted(len(line.all_tokens), "piece")
        text = shorten(line.line.text) or "(nothing)"
        side = _SIDES[line.line.speaker]
        focus = f"token-{self._at}" if moves else ""
        self.update(say=f"Line {number} of {len(self.lines)}. {side}: {text} {pieces}.", focus=focus)
        return line

    def _open(self, line: IllustratedLine, number: int | None = None) -> None:
        """Open a piece of a line; without a number the one with a fault, else the first."""
        pieces = line.all_tokens
        if number is None:
            number = next((n for n, piece in enumerate(pieces, 1) if piece.fault), 1)
        self._line, self._at, self._replay = line, number, None
        self._changes = {change.id: change for change in changes.changes(self.scenario, line, number - 1)}

    # --- how it looks -----------------------------------------------------------------------------------

    def html(self) -> Html:
        """What the dialogue shows, its lines, where the message is, and the open line beside them."""
        script = tag("ol", *self._script(), class_="sl-script", data_follows=True, aria_label="The dialogue")
        return join(
            tag("h3", self.scenario.title),
            tag("p", prose(self.scenario.point)),
            tag(
                "div",
                tag("div", script, self._journey()),
                tag("div", *self._page(), class_="sl-page"),
                class_="sl-apart",
            ),
        )

    def _journey(self) -> Html:
        """Where the message is at the open line: a client's line moves nothing until it is answered."""
        open_ = self._line
        answered = open_.exchange + (open_.line.speaker == "S")
        said = Transcript(tuple(each.line for each in self.lines if each.exchange < answered))
        return picture.now(journey.standing(said))

    def _script(self) -> Iterator[Html]:
        differ = {each.exchange for each in (self._replay.changed, *self._replay.others)} if self._replay else set()
        for each in self.lines:
            drawn = display.line(each, differs=each.exchange in differ)
            now = "true" if each is self._line else None
            classes = f"sl-line {display.line_tone(each)}".rstrip()
            id_ = f"line-{each.number}"
            yield tag("li", button(drawn, "line", each.number, id=id_, class_=classes, aria_current=now))

    def _page(self) -> Iterator[Html | None]:
        line = self._line
        yield bar(
            button("Previous line", "previous", key="P", id="previous"),
            button("Next line", "next", key="N", id="next"),
            button("Back to the dialogue", "back", key="B", id="back", class_="sl-btn sl-plain"),
        )
        heading = f"Line {line.number} of {len(self.lines)}. {_SIDES[line.line.speaker]}:"
        yield tag("p", tag("strong", heading))
        yield tag("div", *self._tokens(), class_="sl-tokens")
        yield display.meaning(line.all_tokens[self._at - 1])
        yield tag("div", tag("strong", "What if"), *self._offers(), class_="sl-bar") if self._changes else None
        yield display.replay(self._replay) if self._replay else None

    def _tokens(self) -> Iterator[Html]:
        for number, piece in enumerate(self._line.all_tokens, 1):
            yield button(
                display.token(piece),
                "token",
                number,
                id=f"token-{number}",
                class_="sl-token sl-bad" if piece.fault else "sl-token",
                aria_pressed="true" if number == self._at else "false",
                title=piece.name,
            )

    def _offers(self) -> Iterator[Html]:
        chosen = self._replay.change.id if self._replay else ""
        for id_, change in self._changes.items():
            pressed = "true" if id_ == chosen else "false"
            yield button(
                f"{change.label}?",
                "what_if",
                id_,
                id=f"if-{id_}",
                class_="sl-btn sl-small",
                aria_pressed=pressed,
                aria_label=change.question,
            )


def _said(response: Response | None) -> str:
    """What is answered now, to be read out."""
    if response is None:
        return "Nothing is sent."
    return f"Now: {shorten(str(response.reply))}" if response.reply else response.note
