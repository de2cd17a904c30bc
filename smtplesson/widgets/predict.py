"""Predict, then step: the learner commits to a reply's class and code before the server answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import ipywidgets

from smtplesson import markup
from smtplesson.dialogues.scenario import PlayedExchange, Player, Scenario
from smtplesson.protocol.codes import CLASSES, ReplyClass, ReplyCode, allowed_codes, reply_class
from smtplesson.protocol.transcript import verb_of
from smtplesson.widgets._view import Live, View, client_line, prose, server_reply

#: Codes that fit many commands; they are offered only where the script has them.
_RARELY_OFFERED = frozenset({455, 500, 502, 504, 530, 555, 556})


class Predict(View):
    """Play a scenario: commit to each reply's class, then to its code, and only then see it.

    `ask` lists the commands whose replies are predicted ("." is the end of a message); all others are played
    by themselves. `predict(5)` and `predict(553)`, `next()` and `skip()` do what clicks do.
    """

    def __init__(self, scenario: Scenario, *, ask: Sequence[str] | None = None) -> None:
        # The scenario's title, point and source give replies away: they come at the end.
        super().__init__(f"Predict the reply: a dialogue with {scenario.server.host}", letters="2345N")
        self.scenario = scenario
        self.ask = tuple(verb.upper() for verb in (scenario.ask if ask is None else ask))
        self._player = Player(scenario)
        self._played: list[tuple[PlayedExchange, str]] = []
        self._rows: list[dict[str, object]] = []
        self._class: ReplyClass | None = None
        self._answered = False
        self._dialogue: Any = ipywidgets.HTML()
        self._line: Any = ipywidgets.HTML()
        self._feedback = Live()
        self._classes = {
            digit: self._button(_class_text(klass), self._press, digit) for digit, klass in CLASSES.items()
        }
        self._show_me = self._button("Just show the reply", self.skip)
        self._class_row: Any = ipywidgets.HBox([*self._classes.values(), self._show_me])
        self._codes: dict[int, Any] = {}
        self._code_row: Any = ipywidgets.VBox()
        self._next = self._button("Next", self.next, primary=True)
        self._again = self._button("Play again", self.start_over)
        self._next_row: Any = ipywidgets.HBox()
        heading = ipywidgets.HTML(f"<p><strong>{markup.escape(self.title)}</strong></p>")
        rows = (
            self._dialogue,
            self._line,
            self._class_row,
            self._code_row,
            self._feedback.widget,
            self._next_row,
        )
        self._fill(heading, *rows)
        self._go_on()

    @property
    def upcoming(self) -> tuple[str, ...] | None:
        """The client's lines whose reply is to be predicted now; None at the end and while feedback shows."""
        return None if self._answered else self._player.upcoming

    def predict(self, number: int) -> None:
        """Commit to a class (2 to 5) or to a code (such as 553), for the line that is shown.

        Raises ValueError for a number that is neither, or for a code outside the class committed to.
        """
        if self._answered:
            self.next()
        if self._player.upcoming is None:
            raise ValueError("The dialogue is over; there is nothing left to predict.")
        if number in CLASSES:
            self._choose_class(CLASSES[number])
            return
        klass = reply_class(number)
        if self._class is not None and klass is not self._class:
            raise ValueError(
                f"You said {self._class.label} ({self._class.word}); {number} is of class {klass.label} "
                f"({klass.word}). Choose a code of your class, or the other class first."
            )
        self._mark_class(klass)
        self._answer(number)

    def skip(self) -> None:
        """Show the reply without a prediction; it does not count."""
        if self._answered or self._player.upcoming is None:
            return
        step = self._step("")
        self._finish(f"<p>The server says {_code_text(step.reply.code)}.</p>{_why(step)}")

    def next(self) -> None:
        """Go on to the next line whose reply is to be predicted."""
        if not self._answered:
            return
        self._answered = False
        self._next_row.children = ()
        self._offer_codes(())
        self._go_on()
        self.keys.focus_on("2" if self._player.upcoming is not None else "Play again")

    def start_over(self) -> None:
        """Play the scenario again from its first line; what was predicted before is forgotten."""
        self._player = Player(self.scenario)
        self._played, self._rows = [], []
        self._answered = False
        self._class_row.children = (*self._classes.values(), self._show_me)
        self._next_row.children = ()
        self._offer_codes(())
        self._go_on()
        self.keys.focus_on("2")

    def rows(self) -> list[dict[str, object]]:
        """What was predicted so far, one dictionary for each reply: for `pandas.DataFrame(view.rows())`."""
        return [dict(row) for row in self._rows]

    def markdown(self) -> str:
        """The twin: the client's lines, the choices and what to do; no reply that is to be predicted."""
        script = self.scenario.script.exchanges()
        lines = [f"C: {line}" for exchange in script for line in exchange.sent]
        classes = ", ".join(f"{digit} {klass.word}" for digit, klass in CLASSES.items())
        asked = sum(verb_of(exchange.sent) in self.ask for exchange in script)
        return "\n\n".join(
            [
                f"**{markup.markdown(self.title)}**",
                f"*Run this cell to predict {asked} replies:* before each, say its class "
                f"({markup.markdown(classes)}), then its code; only then does the server answer. "
                "**Just show the reply** goes on without a prediction. The client is going to say:",
                markup.fenced("\n".join(lines)),
            ]
        )

    # --- the course of the dialogue --------------------------------------------------------------------

    def _go_on(self) -> None:
        """Play what is not asked, then show the next line, or the end."""
        while (sent := self._player.upcoming) is not None and verb_of(sent) not in self.ask:
            self._step("")
        self._draw()
        self._mark_class(None)
        if sent is None:
            self._end()
            return
        self._line.value = (
            f"<p>The client sends:</p>{client_line(sent)}<p>What class of reply will the server give?</p>"
        )
        self._feedback.clear()

    def _press(self, number: int) -> None:
        """What a click does: once the server has answered, only Next goes on."""
        if self._answered:
            raise ValueError("The server has answered this line already; Next goes on to the following one.")
        self.predict(number)

    def _mark_class(self, klass: ReplyClass | None) -> None:
        self._class = klass
        for digit, button in self._classes.items():
            button.description = _class_text(CLASSES[digit]) + (" - chosen" if CLASSES[digit] is klass else "")

    def _choose_class(self, klass: ReplyClass) -> None:
        self._mark_class(klass)
        codes = self._codes_to_offer(klass)
        if codes:
            self._offer_codes(codes)
            self._feedback.say(f"<p>You said {_class_name(klass)}. Now commit to a code: choose one.</p>")
        else:
            self._answer(None)

    def _codes_to_offer(self, klass: ReplyClass) -> tuple[int, ...]:
        """The usual codes of the class for this command (section 4.3.2), the script's among them."""
        sent = self._player.upcoming or ()
        expected = self.scenario.script.exchanges()[len(self._played)].reply.code
        usual = allowed_codes(_COMMANDS.get(verb_of(sent), verb_of(sent))) - _RARELY_OFFERED | {expected}
        return tuple(sorted(code for code in usual if code // 100 == klass.digit))

    def _offer_codes(self, codes: Sequence[int]) -> None:
        self._codes = {code: self._button(_code_text(code), self._press, code) for code in codes}
        self._code_row.children = tuple(self._codes.values())

    def _answer(self, code: int | None) -> None:
        klass = self._class
        assert klass is not None
        prediction = str(code) if code else klass.label
        step = self._step(prediction)
        reply = step.reply
        right, class_right = code == reply.code, klass.digit == reply.first_digit
        self._rows.append(
            {
                "sent": step.sent[0] if step.verb != "." else "(message) .",
                "predicted": prediction,
                "replied": str(reply.code),
                "right": right,
                "class right": class_right,
                "taken for": "" if right else f"{reply.code} taken for {prediction}",
            }
        )
        if code in self._codes:
            self._codes[code].description = _code_text(code or 0) + " - your prediction"
        self._finish(_verdict(step, prediction, right=right, class_right=class_right) + _why(step))

    def _step(self, prediction: str) -> PlayedExchange:
        step = self._player.step()
        self._played.append((step, prediction))
        return step

    def _draw(self) -> None:
        """Show what was said; the reason for a reply stands with it only once its feedback has gone."""
        last = len(self._played) - 1 if self._answered else -1
        rows = [
            _exchange(step, said, explained=step.verb in self.ask and number != last)
            for number, (step, said) in enumerate(self._played)
        ]
        self._dialogue.value = "".join(rows)

    def _finish(self, feedback: str) -> None:
        self._answered = True
        self._draw()
        self._line.value = ""
        self._next_row.children = (self._next,)
        self._feedback.say(feedback)
        self.keys.focus_on("Next")  # the only way on

    def _end(self) -> None:
        right = sum(bool(row["right"]) for row in self._rows)
        classes = sum(bool(row["class right"]) for row in self._rows)
        self._line.value = ""
        self._class_row.children = ()
        self._next_row.children = (self._again,)
        self._feedback.say(
            f"<p><strong>The dialogue is over.</strong> Predictions: {len(self._rows)}; right class: "
            f"{classes}; right code: {right}.</p>"
            f"<p>{prose(self.scenario.title)}: {prose(self.scenario.point)}</p>"
            f"<p>Source: {prose(self.scenario.source)}</p>"
        )


#: Section 4.3.2 has a row of its own for the greeting and for the end of the message data.
_COMMANDS = {"": "(connect)", ".": "(data)"}


def _class_text(klass: ReplyClass) -> str:
    return f"{klass.digit} {klass.word}"


def _class_name(klass: ReplyClass) -> str:
    return f"{klass.label}, {klass.word} ({klass.name})"


def _code_text(code: int) -> str:
    known = ReplyCode.find(code)
    phrase = known.phrase if known else ""
    return f"{code} {phrase}".rstrip()


def _exchange(step: PlayedExchange, prediction: str, *, explained: bool) -> str:
    reply = step.reply if explained else replace(step.reply, reason=None)
    said = (
        f'<div style="padding-left:1em"><em>You predicted {markup.escape(prediction)}.</em></div>' if prediction else ""
    )
    return (client_line(step.sent) if step.sent else "") + said + server_reply(reply)


def _verdict(step: PlayedExchange, prediction: str, *, right: bool, class_right: bool) -> str:
    code, klass = step.reply.code, reply_class(step.reply.code)
    if right:
        return f"<p><strong>Correct.</strong> The server says {code}: {markup.escape(klass.word)}.</p>"
    if class_right:
        return (
            f"<p><strong>Not yet.</strong> The class is right, {klass.label}; the code is {code}, not {prediction}.</p>"
        )
    return (
        f"<p><strong>Not yet.</strong> You predicted {prediction}; the server says {code}, "
        f"{markup.escape(f'{_class_name(klass)}: {klass.meaning} {klass.client_does}')}</p>"
    )


def _why(step: PlayedExchange) -> str:
    reason = step.reply.reason
    if reason is None:
        return ""
    section = f" <em>({markup.escape(reason.section)})</em>" if reason.section else ""
    return f"<p>{markup.escape(reason.text)}{section}</p>"
