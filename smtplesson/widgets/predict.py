"""Predict, then step: the learner commits to a reply's class and code before the server answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from smtplesson import markup
from smtplesson.dialogues import journey, picture
from smtplesson.dialogues.scenario import PlayedExchange, Player, Scenario
from smtplesson.learner import predictions
from smtplesson.learner.log import Log, today
from smtplesson.markup import Html, join, prose, tag, unseen
from smtplesson.protocol import display
from smtplesson.protocol.codes import CLASSES, ReplyClass, allowed_codes, phrase, reply_class
from smtplesson.protocol.transcript import Transcript, verb_of
from smtplesson.widgets.view import Clicks, Fields, View, bar, button, card, latest, onward

#: Codes that fit many commands; they are offered only where the script has them.
_RARELY_OFFERED = frozenset({455, 500, 502, 504, 530, 555, 556})
#: Section 4.3.2 has a row of its own for the greeting and for the end of the message data.
_COMMANDS = {"": "(connect)", ".": "(data)"}
_SIGNS = {"right": "✓ right", "wrong": "✗ not yet", "given": "shown"}


@dataclass(frozen=True, slots=True)
class _Played:
    """What was said, and what the learner had predicted: a code, a class alone, or nothing (0)."""

    step: PlayedExchange
    predicted: int = 0
    asked: bool = False

    @property
    def right(self) -> bool:
        return self.predicted == self.step.reply.code

    @property
    def class_right(self) -> bool:
        return int(str(self.predicted)[0]) == self.step.reply.first_digit

    @property
    def state(self) -> str:
        return ("right" if self.right else "wrong") if self.predicted else "given"

    @property
    def words(self) -> str:
        """The prediction as people write it: a code, or a class such as 5yz."""
        return CLASSES[self.predicted].label if self.predicted in CLASSES else str(self.predicted)

    def row(self) -> dict[str, object]:
        """The prediction beside what came, for a table."""
        return {
            "sent": self.step.sent[0] if self.step.verb != "." else "(message) .",
            "predicted": self.words,
            "replied": str(self.step.reply.code),
            "right": self.right,
            "class right": self.class_right,
            "taken for": "" if self.right else f"{self.step.reply.code} taken for {self.words}",
        }


class Predict(View):
    """Play a scenario: commit to each reply's class, then to its code, and only then see it.

    `ask` lists the commands whose replies are predicted ("." is the end of a message); all others are played
    by themselves. `predict(5)` and `predict(553)`, `next()` and `skip()` do what clicks do. What is predicted is kept
    in the learner's log.
    """

    clicks: ClassVar[Clicks] = {"skip": None, "next": None, "start_over": None}

    def __init__(self, scenario: Scenario, *, ask: Sequence[str] | None = None, log: Log | None = None) -> None:
        # The scenario's title, point and source give replies away: they come at the end.
        super().__init__(f"Predict the reply: a dialogue with {scenario.server.host}")
        self.scenario = scenario
        self.ask = tuple(verb.upper() for verb in (scenario.ask if ask is None else ask))
        self._log = Log() if log is None else log
        self._script = scenario.script.exchanges()
        self._answered = False
        self._class: ReplyClass | None = None
        self._typed = ""  # the digits of the code so far
        self._begin()
        self.update()

    @property
    def upcoming(self) -> tuple[str, ...] | None:
        """The client's lines whose reply is to be predicted now; None at the end and while feedback shows."""
        return None if self._answered else self._player.upcoming

    def predict(self, number: int) -> None:
        """Commit to a class (2 to 5) or to a code (such as 553), for the line that is shown.

        Raises ValueError for a number that is neither, or for a code outside the class committed to.
        """
        if self._answered:
            self._go_on()
        if self._player.upcoming is None:
            raise ValueError("The dialogue is over; there is nothing left to predict.")
        klass = CLASSES.get(number) or reply_class(number)
        if number in CLASSES:
            self._choose(klass)
            return
        if self._class is not None and klass is not self._class:
            raise ValueError(
                f"You said {self._class.label} ({self._class.word}); {number} is of class {klass.label} "
                f"({klass.word}). Choose a code of your class, or the other class first."
            )
        self._answer(number)

    def skip(self) -> None:
        """Show the reply without a prediction; it does not count."""
        if self._answered or self._player.upcoming is None:
            return
        self._step(asked=True)
        self._answered = True
        self.update(say=self._verdict + " " + self._reason, focus="next")

    def next(self) -> None:
        """Go on to the next line whose reply is to be predicted."""
        if not self._answered:
            return
        self._go_on()
        self.update(say=self._standing, focus="home" if self._player.upcoming is None else "class-2")

    def start_over(self) -> None:
        """Play the scenario again from its first line; what was predicted before stays in the log alone."""
        self._begin()
        self.update(say=self._standing, focus="class-2")

    def rows(self) -> list[dict[str, object]]:
        """What was predicted so far, one dictionary for each reply: for `pandas.DataFrame(view.rows())`."""
        return [played.row() for played in self._predicted]

    def markdown(self) -> str:
        """The twin: the client's lines, the choices and what to do; no reply that is to be predicted."""
        lines = [f"C: {line}" for exchange in self._script for line in exchange.sent]
        classes = ", ".join(f"{digit} {klass.word}" for digit, klass in CLASSES.items())
        return "\n\n".join(
            [
                f"**{markup.markdown(self.title)}**",
                f"*Run this cell to predict {markup.counted(self._count, 'reply', 'replies')}:* before each, say its "
                f"class ({markup.markdown(classes)}), then its code; only then does the server answer. "
                "**Just show the reply** goes on without a prediction. The client is going to say:",
                markup.fenced("\n".join(lines)),
            ]
        )

    # --- what is pressed --------------------------------------------------------------------------------

    def do_predict(self, number: str, _fields: Fields) -> None:
        """Commit to a class or a code; once the server has answered, only Next goes on."""
        if self._answered:
            raise ValueError("The server has answered this line already; Next goes on to the following one.")
        self.predict(int(number))

    def do_digit(self, digit: str, _fields: Fields) -> None:
        """Take a digit that was typed: 2, 25, 251. One that continues no code that is offered begins anew."""
        if self.upcoming is None:
            return
        typed = self._typed + digit
        offered = () if self._class is None else self._codes_to_offer(self._class)
        if self._class is not None and any(str(code).startswith(typed) for code in offered):
            if len(typed) == 3:
                self.predict(int(typed))
            else:
                self._typed = typed
                self.update(say=f"{typed}: one digit more.")
        elif int(digit) in CLASSES:
            self.predict(int(digit))
        else:
            begins = f"No code here begins with {typed}" if self._typed else f"No reply begins with {digit}"
            raise ValueError(f"{begins}; its first digit is 2, 3, 4 or 5.")

    # --- the course of the dialogue ---------------------------------------------------------------------

    def _begin(self) -> None:
        self._player = Player(self.scenario)
        self._played: list[_Played] = []
        self._go_on()

    def _go_on(self) -> None:
        """Play what is not asked, up to the next line that is, or to the end."""
        self._answered, self._class, self._typed = False, None, ""
        while (sent := self._player.upcoming) is not None and verb_of(sent) not in self.ask:
            self._step()

    def _step(self, predicted: int = 0, *, asked: bool = False) -> None:
        self._played.append(_Played(self._player.step(), predicted, asked))

    def _choose(self, klass: ReplyClass) -> None:
        self._class, self._typed = klass, str(klass.digit)
        codes = self._codes_to_offer(klass)
        if len(codes) > 1:
            self.update(say=f"You said {_named(klass)}. Now commit to a code.", focus=f"code-{codes[0]}")
        else:  # the class says it all
            self._answer(codes[0] if codes else klass.digit)

    def _codes_to_offer(self, klass: ReplyClass) -> tuple[int, ...]:
        """The usual codes of the class for this command (section 4.3.2), the script's among them."""
        verb = verb_of(self._player.upcoming or ())
        expected = self._script[len(self._played)].reply.code
        usual = allowed_codes(_COMMANDS.get(verb, verb)) - _RARELY_OFFERED | {expected}
        return tuple(sorted(code for code in usual if code // 100 == klass.digit))

    def _answer(self, predicted: int) -> None:
        number = len(self._played) + 1
        self._step(predicted, asked=True)
        self._answered = True
        replied = self._last.step.reply.code
        kept = predictions.attempt(self.scenario.name, number, replied=replied, predicted=predicted, day=today())
        self._log.append(kept)
        self.update(say=f"{self._verdict} {self._reason}", focus="next")

    @property
    def _last(self) -> _Played:
        return self._played[-1]

    @property
    def _asked(self) -> list[_Played]:
        return [played for played in self._played if played.asked]

    @property
    def _predicted(self) -> list[_Played]:
        return [played for played in self._played if played.predicted]

    @property
    def _count(self) -> int:
        return sum(verb_of(exchange.sent) in self.ask for exchange in self._script)

    @property
    def _verdict(self) -> str:
        """What came of the last prediction, in a sentence or two."""
        last = self._last
        code = last.step.reply.code
        klass = reply_class(code)
        if not last.predicted:
            return f"The server says {_worded(code)}."
        if last.right:
            return f"Correct. The server says {code}: {klass.word}."
        if last.class_right:
            return f"Not yet. The class is right, {klass.label}; the code is {code}, not {last.words}."
        meaning = f"{_named(klass)}: {klass.meaning} {klass.client_does}"
        return f"Not yet. You predicted {last.words}; the server says {code}, {meaning}"

    @property
    def _reason(self) -> str:
        reason = self._last.step.reply.reason
        if reason is None:
            return ""
        return f"{reason.text} ({reason.section})" if reason.section else reason.text

    @property
    def _standing(self) -> str:
        """Where the dialogue stands, in words to be read out."""
        if (sent := self._player.upcoming) is None:
            return f"The dialogue is over. {self._score}"
        return f"The client sends {display.shorten(' / '.join(sent))}. What class of reply will the server give?"

    @property
    def _score(self) -> str:
        rows = self._predicted
        classes, right = sum(row.class_right for row in rows), sum(row.right for row in rows)
        return f"Predictions: {len(rows)}; right class: {classes}; right code: {right}."

    # --- how it looks -----------------------------------------------------------------------------------

    def html(self) -> Html:
        """Where the message is, the dialogue so far, and below it the choices, the feedback, or the end."""
        over = self._player.upcoming is None and not self._answered
        below = self._end() if over else self._feedback() if self._answered else self._choices()
        said = display.talk(*self._talk())
        notice = tag("p", self._log.notice, class_="sl-soft") if self._log.notice else None
        session = self._player.session
        where = picture.now(journey.standing(Transcript() if session is None else session))
        return join(tag("h3", self.title), self._progress(), where, said if over else latest(said), below, notice)

    def _progress(self) -> Html:
        done = [played.state for played in self._asked]
        steps = []
        for number in range(1, self._count + 1):
            state = done[number - 1] if number <= len(done) else ""
            now = "step" if number == len(done) + (not self._answered) else None
            said = unseen(f"Reply {number}: {_SIGNS.get(state, 'open')}")
            classes = f"sl-step sl-{state}" if state else "sl-step"
            steps.append(tag("li", tag("span", said, class_=classes), aria_current=now))
        return tag("ol", *steps, class_="sl-progress", aria_label="Replies to predict")

    def _talk(self) -> Iterator[Html]:
        for played in self._played:
            step = played.step
            # Why a reply came that was not asked is no news; of the last one the feedback says it.
            explained = played.asked and not (self._answered and played is self._last)
            fault = step.reply.reason.fault if played.asked and step.reply.reason else None
            if step.sent:
                yield display.client(step.sent, fault)
            if played.predicted:
                sign = tag("span", _SIGNS[played.state], class_=f"sl-tag sl-{2 if played.right else 5}")
                yield display.turn("you", _guess(played.words, played.predicted, sign))
            yield display.server(step.reply, verb=verb_of(step.sent), explained=explained)
        if (sent := self.upcoming) is not None:
            yield display.client(sent)
            yield display.turn("you", _guess(f"{self._typed:_<3}", int(self._typed or 0), None))

    def _choices(self) -> Html:
        chosen = self._class
        classes = [
            card(
                str(digit),
                klass.word,
                "predict",
                digit,
                tone=f"sl-{digit}",
                id=f"class-{digit}",
                aria_pressed="true" if klass is chosen else "false",
            )
            for digit, klass in CLASSES.items()
        ]
        codes = () if chosen is None else self._codes_to_offer(chosen)
        cards = [
            card(str(code), _phrase(code), "predict", code, tone=f"sl-wide {display.tone(code)}", id=f"code-{code}")
            for code in codes
        ]
        how = tag("small", "Press 2 to 5, or type the whole code, such as 251.")
        legend = tag("legend", "What class of reply will the server give?", id="home", tabindex="-1")
        second = None
        if chosen is not None:
            second = tag("fieldset", tag("legend", f"{chosen.label}, {chosen.word}. Which code?"), *cards, id="codes")
        return tag(
            "div",
            tag("fieldset", legend, tag("div", *classes, class_="sl-row"), how, id="classes"),
            second,
            bar(button("Just show the reply", "skip", class_="sl-btn sl-plain", id="skip")),
            data_digits="digit",
        )

    def _feedback(self) -> Html:
        last = self._last
        tone = {"right": "sl-2", "wrong": "sl-5", "given": "sl-0"}[last.state]
        verdict, stop, rest = self._verdict.partition(". ")
        said = join(tag("strong", verdict, "."), " ", rest) if stop and last.predicted else join(self._verdict)
        panel = tag("div", tag("p", said), tag("p", self._reason) if self._reason else None, class_=f"sl-panel {tone}")
        return join(panel, bar(button("Next", "next", main=True, key="N", id="next")))

    def _end(self) -> Html:
        rows = self._predicted
        tiles = [
            (f"{sum(row.class_right for row in rows)} of {len(rows)}", "right class"),
            (f"{sum(row.right for row in rows)} of {len(rows)}", "right code"),
        ]
        wrong = [str(row.row()["taken for"]) for row in rows if not row.right]
        return tag(
            "section",
            tag("h3", "The dialogue is over.", id="home", tabindex="-1"),
            tag("p", self._score, class_="sl-unseen"),
            tag(
                "ul",
                *(tag("li", tag("b", n), tag("em", what), class_="sl-tile") for n, what in tiles),
                class_="sl-tiles",
            )
            if rows
            else None,
            tag("ul", *(tag("li", each, class_="sl-chip sl-5") for each in wrong), class_="sl-chips")
            if wrong
            else None,
            tag("p", tag("strong", prose(self.scenario.title)), ": ", prose(self.scenario.point)),
            tag("small", "Source: ", prose(self.scenario.source)),
            bar(onward(main=True), button("Play again", "start_over", id="again")),
        )


def _guess(words: str, number: int, sign: Html | None) -> Html:
    """A prediction as a reply looks, in a broken frame; `number` gives its colour."""
    digit = int(str(number)[0])
    body = join(tag("b", words), f" {_phrase(number)}", sign)
    return tag("div", body, class_=f"sl-reply sl-guess sl-{digit if digit in CLASSES else 0}")


def _phrase(number: int) -> str:
    """What stands in the standard beside a code; of a class its word."""
    return CLASSES[number].word if number in CLASSES else phrase(number)


def _worded(code: int) -> str:
    return f"{code} {_phrase(code)}".rstrip()


def _named(klass: ReplyClass) -> str:
    return f"{klass.label}, {klass.word} ({klass.name})"
