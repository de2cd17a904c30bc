"""The sandbox: a server with knobs to talk to, examples with goals, both sides' logs, and pictures that follow."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import ClassVar

from smtplesson import markup
from smtplesson.dialogues import display, experiments, journey, picture, sandbox
from smtplesson.dialogues.diagram import Diagram, ladder, state_machine
from smtplesson.dialogues.experiments import KNOBS, OTHER, Experiment, Shelf, Step
from smtplesson.dialogues.sandbox import take
from smtplesson.markup import Html, join, kept, prose, tag
from smtplesson.protocol.display import client, exchange, shorten, talk
from smtplesson.protocol.replies import Reply
from smtplesson.protocol.transcript import Exchange
from smtplesson.server.session import SessionClosedError
from smtplesson.widgets.console import client_says, standing
from smtplesson.widgets.journey import what_if_bar
from smtplesson.widgets.view import (
    Clicks,
    Fields,
    View,
    bar,
    button,
    card,
    choice,
    field,
    form,
    latest,
    rows_of,
    select,
    submit,
)

_TITLE = "Sandbox: try anything; no mail leaves this page"
_SHELVES = {
    Shelf.TUTORIAL: "Tutorial: 251 and 553",
    Shelf.WEIRD: "Weird, but true",
    Shelf.USEFUL: "Useful at work",
}
#: Lines that are offered as buttons.
_LINES = (
    "EHLO client.example",
    "MAIL FROM:<smith@bar.com>",
    "RCPT TO:<green@foo.com>",
    "RCPT TO:<jones@foo.com>",
    "DATA",
    ".",
    "RSET",
    "QUIT",
)
#: The shortest time after which a client tries again: RFC 5321 section 4.5.4.1.
_WAIT = 1800
#: Exchanges of a session that are shown, arrows of a ladder that are drawn, and sessions drawn beside each other.
_SHOWN, _DRAWN, _BESIDE = 100, 14, 2
_FEW = 3  # examples that have a button each
_KNOBS = (
    "Turning one begins a new session; mail that was taken stays. "
    "Some servers keep codes of their own whatever the knobs say: Postfix forwards with 250."
)


class Sandbox(View):
    """A simulated server to play with, alone or by examples.

    `choose(id)` takes an example and `step(1)` takes its first step; `turn("forwarding", "refuse")`
    turns a knob; `say("NOOP")` says anything. `core` holds the server, its sessions and the goal.
    """

    clicks: ClassVar[Clicks] = {
        "choose": str,
        "step": int,
        "say": str,
        "what_if": str,
        "wait": None,
        "start_over": None,
    }

    def __init__(self, example: str = "", *, shelf: Sequence[Experiment] | None = None) -> None:
        super().__init__(_TITLE)
        found = experiments.load() if shelf is None else shelf
        self.examples = {one.id: one for one in found}
        first = self._find(example or found[0].id)
        self.core = sandbox.Sandbox(first)
        self._asked = ""  # what may yet happen to the message
        self._aloud: list[str] | None = None  # what an act that is under way has to read out
        self._typed: list[str] = []  # what the arrow keys bring back
        self._begin(first)
        self.update()

    @classmethod
    def of(cls, *names: str) -> Sandbox:
        """A sandbox with these examples alone, by their ids or by the names of their shelves, in the order of the file.

        >>> list(Sandbox.of("get-a-251", "weird").examples)[:2]
        ['get-a-251', 'text-lies']
        """
        every = experiments.load()
        known = {*(one.id for one in every), *Shelf}
        if unknown := set(names) - known:
            raise ValueError(f"There is no example or shelf {min(unknown)!r}; there are {', '.join(sorted(known))}.")
        return cls(shelf=[one for one in every if {one.id, one.shelf} & set(names)])

    # --- what a learner can do ---------------------------------------------------------------------------

    @property
    def example(self) -> Experiment:
        """The example that is open."""
        return self.core.example

    def choose(self, id: str) -> None:
        """Take an example: all knobs go back, and a new server and session begin."""
        example = self._find(id)
        with self._act():
            self.core.open(example)
            self._begin(example)
            self._tell(f"{example.title}. {example.goal} A new session has begun.")

    def step(self, number: int) -> Reply | None:
        """Take a step of the example, counted from 1, and return the last reply."""
        if not 1 <= number <= len(self.example.steps):
            raise ValueError(f"There is no step {number}; the example has {len(self.example.steps)}.")
        with self._act():
            reply = take(self.example.steps[number - 1], self)
            self._results[number] = reply
        return reply

    def say(self, text: str) -> Reply | None:
        """Say a line, or several in turn, and return the last reply: None where the server waits for more.

        A pasted dialogue of "C:" and "S:" lines is cut down to what its client says. Raises SessionClosedError, which
        names what was not sent, once the session is closed.
        """
        lines = client_says(text)
        self._typed = [*self._typed, *lines][-_SHOWN:]
        with self._act():
            before, reply = len(self._said), None
            try:
                for number, line in enumerate(lines):
                    self._check_open(lines[number:])
                    reply = self.core.say(line)
                    self._note((line,), [reply] if reply else [])
            finally:
                self._tell_replies(before)
            self._look_for_a_step()
        return reply

    def send_bytes(self, data: bytes) -> Reply | None:
        """Send bytes as they are, whatever their line ends, and return the last reply."""
        sent = data.decode("utf-8", "replace")
        with self._act():
            self._check_open([sent])
            before, replies = len(self._said), self.core.session.receive_data(data)
            self._note((sent,), replies)
            self._tell_replies(before)
        return replies[-1] if replies else None

    def start_over(self) -> None:
        """Open a new session with the same server; mail that it took before stays delivered."""
        self.core.connect()
        self._new_session("")

    def turn(self, key: str, value: object) -> None:
        """Turn a knob, by its keyword in `KNOBS`, to a value: a new session begins."""
        self.core.turn(key, value)
        self._new_session(f"{KNOBS[key].label}: {KNOBS[key].name_of(value)}.")

    def wait(self, seconds: float = _WAIT) -> None:
        """Let time pass, which only greylisting looks at: a new session begins."""
        self.core.wait(seconds)
        self._new_session(f"{seconds / 60:g} minutes have passed.")

    def what_if(self, question: str) -> None:
        """Show what may yet happen to a message that was taken, or, asked once more, where it is now."""
        offered = journey.what_if(journey.standing(self.core.session)[0])
        if question not in offered:
            known = ", ".join(map(repr, offered)) or "nothing, until a message is taken"
            raise ValueError(f"Nothing answers {question!r} here; there is {known}.")
        self._asked = "" if question == self._asked else question
        self.update(say=picture.spoken(offered[question]) if self._asked else "The message is where it was.")

    def diagrams(self) -> tuple[Diagram, Diagram]:
        """The ladder of the session, its newest arrows, and the state machine with where the session stands."""
        session = self.core.session
        machine = state_machine(self.core.transitions, session.state, self.core.visited)
        return ladder(session.transcript, last=_DRAWN), machine

    def markdown(self) -> str:
        """The twin: what the sandbox is, all examples with their goals, and the steps of the one that is open."""
        shelves = [
            "\n".join(
                [f"**{markup.markdown(name)}**", ""]
                + [f"- *{markup.markdown(one.title)}*: {markup.prose_markdown(one.goal)}" for one in self._on(shelf)]
            )
            for shelf, name in _SHELVES.items()
            if self._on(shelf)
        ]
        steps = [f"{n}. {markup.markdown(s.say)}: {markup.code_span(s.action)}" for n, s in self._numbered()]
        knobs = "; ".join(f"{KNOBS[key].label}: {KNOBS[key].name_of(self.core.settings[key])}" for key in self._turned)
        goal = markup.prose_markdown(self.example.goal)
        return "\n\n".join(
            [
                f"**{markup.markdown(self.title)}**",
                "*Run this cell to talk to a simulated mail server:* take an example step by step, or type any "
                "command. Both sides' logs, a ladder and the state machine follow what is said.",
                *shelves,
                f"Open now: **{markup.markdown(self.example.title)}**. Goal: {goal}",
                "\n".join(steps),
                *([f"Knobs: {markup.markdown(knobs)}."] if knobs else []),
            ]
        )

    # --- what is pressed --------------------------------------------------------------------------------

    def do_turn(self, _value: str, fields: Fields) -> None:
        """Turn the knob that is set to something else than it was."""
        for key, knob in KNOBS.items():
            name = fields.get(key, "")
            if name in knob.choices and knob.choices[name] != self.core.settings[key]:
                self.turn(key, knob.choices[name])

    # --- how it works -----------------------------------------------------------------------------------

    def _find(self, id: str) -> Experiment:
        if id not in self.examples:
            raise ValueError(f"There is no example {id!r}; there are {', '.join(self.examples)}.")
        return self.examples[id]

    def _on(self, shelf: Shelf) -> list[Experiment]:
        return [one for one in self.examples.values() if one.shelf is shelf]

    def _numbered(self) -> list[tuple[int, Step]]:
        return list(enumerate(self.example.steps, 1))

    def _begin(self, example: Experiment) -> None:
        self._results: dict[int, Reply | None] = {}  # number of a step that was taken -> its last reply
        self._goal_told = False
        self._hear_greeting()

    def _hear_greeting(self) -> None:
        self._said = list(self.core.session.transcript.exchanges())  # in the newest session
        self._pending: tuple[str, ...] = ()  # what the client has said since the last reply

    def _new_session(self, why: str) -> None:
        with self._act():
            self._hear_greeting()
            self._tell(f"{why} A new session has begun.".strip())

    @contextmanager
    def _act(self) -> Iterator[None]:
        """One act, perhaps of several: the view is shown, and all that it has to say is read out, once at the end."""
        if self._aloud is not None:
            yield
            return
        self._aloud, self._asked = [], ""
        try:
            yield
        finally:
            self._tell_goal()
            said, self._aloud = " ".join(self._aloud), None
            self.update(say=said)

    def _tell(self, text: str) -> None:
        if self._aloud is not None:
            self._aloud.append(text)

    def _tell_replies(self, before: int) -> None:
        said = " ".join(shorten(str(each.reply).replace("\n", " / ")) for each in self._said[before:])
        if said or not self.core.session.closed:
            self._tell(f"The server says: {said}" if said else "Nothing yet: the server waits for more.")

    def _tell_goal(self) -> None:
        reached = self.core.met == len(self.example.reach)
        if reached and not self._goal_told:
            self._tell(f"Goal reached: {self.example.goal}")
        self._goal_told = reached

    def _check_open(self, unsent: Sequence[str]) -> None:
        if self.core.session.closed:
            named = ", ".join(repr(shorten(row)) for row in unsent[:5])
            raise SessionClosedError(f"The session is closed; not sent: {named}. “Start over” opens a new one.")

    def _note(self, sent: tuple[str, ...], replies: Sequence[Reply]) -> None:
        """Keep what was said, with the reasons, which a transcript does not have."""
        self._pending += sent
        for reply in replies:
            self._said.append(Exchange(self._pending, reply))
            self._pending = ()

    def _look_for_a_step(self) -> None:
        """Something was said: if it was the next step, by whatever way, that is taken."""
        number = self._next
        if not number:
            return
        step = self.example.steps[number - 1]
        wanted = step.send.split("\n")
        said = [line.text for line in self.core.session.transcript if line.speaker == "C"]
        if step.send and not (step.turn or step.wait or step.raw) and said[-len(wanted) :] == wanted:
            self._results[number] = self._said[-1].reply

    @property
    def _turned(self) -> list[str]:
        """The knobs that the example's steps turn, in their order."""
        turned = {key for step in self.example.steps for key in step.turn}
        return [key for key in KNOBS if key in turned]

    @property
    def _next(self) -> int:
        """The first step that was not taken yet; 0 where all were."""
        return next((number for number, _ in self._numbered() if number not in self._results), 0)

    # --- how it looks -----------------------------------------------------------------------------------

    def html(self) -> Html:
        """The examples; the one that is open beside the dialogue; knobs, pictures and logs folded below."""
        return join(
            tag("h3", self.title),
            self._examples(),
            tag("div", self._experiment(), self._dialogue(), class_="sl-cols sl-after"),
            self._knobs(),
            tag("details", tag("summary", "Pictures and both logs"), self._pictures(), self._logs(), id="below"),
        )

    def _examples(self) -> Html | None:
        """A button for each of a few examples, or a list by shelves; nothing where there is but one."""
        if len(self.examples) > _FEW:
            shelves = (
                tag("optgroup", rows_of({one.id: one.title for one in found}, self.example.id), label=name)
                for shelf, name in _SHELVES.items()
                if (found := self._on(shelf))
            )
            return choice("Example", "example", join(*shelves), "choose")
        look = {True: "true", False: "false"}
        titles = (
            button(one.title, "choose", id, class_="sl-btn sl-pick", aria_pressed=look[one is self.example], id=id)
            for id, one in self.examples.items()
        )
        return bar(*titles) if len(self.examples) > 1 else None

    def _experiment(self) -> Html:
        example = self.example
        why = tag("p", prose(example.why)), tag("p", tag("small", f"Source: {example.source}"))
        advice = [tag("p", prose(row)) for row in self._advice()]
        return tag(
            "section",
            tag("h4", example.title) if len(self.examples) == 1 else None,
            display.goal(example, self.core.met),
            tag("ol", *(self._step(number, step) for number, step in self._numbered()), class_="sl-steps"),
            tag("details", tag("summary", "Why?"), why, id=f"why-{example.id}"),
            tag("details", tag("summary", "I got something else"), advice, id=f"else-{example.id}"),
        )

    def _step(self, number: int, step: Step) -> Html:
        done, reply = number in self._results, self._results.get(number)
        text = join(display.step(step), tag("span", display.result(step, reply) if done else None, class_="sl-came"))
        current = "step" if number == self._next else None
        pressed = card(str(number), text, "step", number, aria_current=current, id=f"step-{number}")
        return tag("li", pressed, display.unmeant(step, reply) if done else None)

    def _advice(self) -> list[str]:
        """What the example says to other replies; to the last one first."""
        said = self.core.exchanges()[-1].reply.code
        table = dict(self.example.otherwise)
        own, other = table.pop(str(said), ""), table.pop(OTHER)
        advice = [own, *table.values(), other] if own else [other, *table.values()]
        return [f"Your last reply was {said}.", *advice]

    def _dialogue(self) -> Html:
        dropped = len(self._said) - _SHOWN
        note = tag("p", f"({dropped} earlier exchanges are not shown.)", class_="sl-soft") if dropped > 0 else None
        rows = [exchange(each.sent, each.reply) for each in self._said[-_SHOWN:]]
        typed = field(
            "Client says",
            "line",
            placeholder="type a command",
            data_history=json.dumps(self._typed),
            data_lines=True,
            data_clears=True,
        )
        lines = [button(line, "say", line, class_="sl-btn sl-line", id=f"try-{n}") for n, line in enumerate(_LINES)]
        return tag(
            "section",
            *self._journey(),
            latest(talk(note, *rows, client(self._pending[-_SHOWN:]) if self._pending else None)),
            tag("p", standing(self.core.session), class_="sl-soft"),
            form("say", bar(typed, submit("Send", id="send")), id="form"),
            bar(button("Start over", "start_over", class_="sl-btn sl-plain", id="over")),
            tag("details", tag("summary", "Lines to say"), tag("div", *lines, class_="sl-bar"), id="lines"),
        )

    def _journey(self) -> Iterator[Html | None]:
        """Where the message is, and what may yet happen to it."""
        now = journey.standing(self.core.session)
        offered = journey.what_if(now[0])
        yield picture.now((offered[self._asked],) if self._asked else now)
        yield what_if_bar(offered, self._asked) if offered else None

    def _knobs(self) -> Html:
        """The knobs that the example turns, and all others folded."""
        turned = self._turned
        knobs: dict[bool, list[Html]] = {True: [], False: []}
        for key, knob in KNOBS.items():
            names = {name: name for name in knob.choices}
            now = knob.name_of(self.core.settings[key])
            knobs[key in turned].append(select(knob.label, key, names, now, "turn"))
        wait = tag("div", button("Wait 30 minutes", "wait", id="wait"))
        return tag(
            "section",
            tag("div", *knobs[True], class_="sl-knobs") if turned else None,
            tag(
                "details",
                tag("summary", "All other knobs" if turned else "Knobs of the server"),
                tag("p", _KNOBS, class_="sl-soft"),
                tag("div", *knobs[False], wait, class_="sl-knobs"),
                id="knobs",
            ),
            class_="sl-section",
        )

    def _pictures(self) -> Html:
        """The newest sessions beside each other, and where the newest stands."""
        visits = self.core.visits[-_BESIDE:]
        ladders = [
            display.picture(ladder(visit.session.transcript, last=_DRAWN), f"Session {visit.number}", visit.since)
            for visit in visits
        ]
        where = display.picture(self.diagrams()[1], "Where it stands")
        return _part("Pictures", tag("div", *ladders, where, class_="sl-cols sl-pictures"))

    def _logs(self) -> Html:
        said = "\n".join(shorten(str(line)) for line in self.core.session.transcript)
        transcript = tag("details", tag("summary", "Client's log: the session as text"), tag("pre", kept(said)))
        return _part("Server's log: messages taken", display.taken(self.core.server.delivered), transcript)


def _part(title: str, *children: Html) -> Html:
    return tag("section", tag("h4", title), *children, class_="sl-section")
