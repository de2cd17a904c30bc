"""The sandbox: a server with knobs to talk to, examples with goals, both sides' logs, and pictures that follow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets

from smtplesson import markup
from smtplesson.dialogues import experiments, sandbox
from smtplesson.dialogues.diagram import Diagram, ladder, state_machine
from smtplesson.dialogues.experiments import KNOBS, OTHER, Experiment, Shelf, Step
from smtplesson.dialogues.sandbox import take
from smtplesson.protocol.codes import reply_class
from smtplesson.protocol.replies import Reply
from smtplesson.server.session import SessionClosedError
from smtplesson.server.transaction import Envelope
from smtplesson.widgets._view import Live, View, button_layout, preformatted, prose, prose_markdown, shorten
from smtplesson.widgets.console import Console

_TITLE = "Sandbox: try anything; no mail leaves this page"
_SHELVES = {
    Shelf.TUTORIAL: "Tutorial: 251 and 553",
    Shelf.WEIRD: "Weird, but true",
    Shelf.USEFUL: "Useful at work",
}
#: Lines that the console offers as buttons.
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
#: Arrows of the ladder that are drawn, and messages of the server's log.
_DRAWN, _LOGGED = 14, 10
_NOT_YET = "Not taken yet."


class Desk(Console):
    """The console of a sandbox: its sessions are those of the core, and it tells when something was said."""

    def __init__(self, core: sandbox.Sandbox, follow: Callable[[], None]) -> None:
        self._core = core
        self._follow = follow
        super().__init__(core.session, examples=_LINES)
        self._connect = core.connect

    def send(self, text: str) -> Reply | None:
        """Send lines, as `Console.send` does."""
        try:
            return super().send(text)
        finally:
            self._follow()

    def send_bytes(self, data: bytes) -> Reply | None:
        """Send bytes as they are, whatever their line ends, and return the last reply."""
        if self.session.closed:
            raise SessionClosedError("The session is closed; not sent. “Start over” opens a new one.")
        before = len(self._drawn)
        sent: tuple[str, ...] = (data.decode("utf-8", "replace"),)
        replies = self.session.receive_data(data)
        for reply in replies:
            self._drawn.append((sent, reply))
            sent = ()
        self._message += sent
        self._show_from(before)
        self._follow()
        return replies[-1] if replies else None

    def start_over(self) -> None:
        """Open a new session with the same server."""
        super().start_over()
        self._follow()

    def show_new_session(self) -> None:
        """Show the newest session of the core, which somebody else has opened."""
        self._begin(self._core.session)
        self._spoken.clear()


class Sandbox(View):
    """A simulated server to play with, alone or by examples.

    `open(id)` takes an example from its shelf and `step(1)` takes its first step; `turn("forwarding", "refuse")`
    turns a knob; `console.send(line)` says anything. `core` holds the server, its sessions and the goal.
    """

    def __init__(self, example: str = "", *, shelf: Sequence[Experiment] | None = None) -> None:
        super().__init__(_TITLE)
        found = experiments.load() if shelf is None else shelf
        self.examples = {one.id: one for one in found}
        first = self._find(example or found[0].id)
        self.core = sandbox.Sandbox(first)
        self._goal_told = False
        self._words_shown = self._transcript_shown = False
        self._make_parts()
        self._choose_shelf(first.shelf)
        self._show_example()
        self._follow()

    def _make_parts(self) -> None:
        self._shelves = {shelf: self._button(name, self.choose_shelf, shelf) for shelf, name in _SHELVES.items()}
        self._titles = {one.id: self._button(one.title, self.open, one.id) for one in self.examples.values()}
        self._row: Any = ipywidgets.HBox()
        self._goal: Any = ipywidgets.HTML()
        self._steps: Any = ipywidgets.VBox()
        self._results: list[Any] = []
        self._why, self._else = Live(), Live()
        self._why_button = self._button("Why?", self.why)
        self._else_button = self._button("I got something else", self.something_else)
        self._spoken = Live()
        self._spoken.widget.layout.min_height = "2.8em"
        self._knobs = {key: self._make_knob(key) for key in KNOBS}
        self.console = Desk(self.core, self._heard)
        self._pictures: Any = ipywidgets.HTML(layout=_column("18em"))
        self._words: Any = ipywidgets.HTML()
        self._words_button = self._button("Show the pictures in words", self.show_words)
        self._delivered: Any = ipywidgets.HTML()
        self._transcript: Any = ipywidgets.HTML()
        self._transcript_button = self._button("Show the client's log: the transcript as text", self.show_transcript)
        spoken = ipywidgets.VBox([self.console.box, self._delivered], layout=_column("24em"))
        # Where a step is pressed an error is read, not below the pictures.
        self.box.children = (
            _heading(self.title, "Take an example, or turn the knobs and say what you like."),
            ipywidgets.HBox(list(self._shelves.values())),
            self._row,
            self._goal,
            self._steps,
            self._notice.widget,
            self._spoken.widget,
            ipywidgets.HBox([self._why_button, self._else_button]),
            self._why.widget,
            self._else.widget,
            _heading("Knobs", "Turning one begins a new session; mail that was taken stays. " + _OWN_CODES),
            ipywidgets.HBox([*self._knobs.values(), self._button("Wait 30 minutes", self.wait)]),
            ipywidgets.HBox([spoken, self._pictures], layout=ipywidgets.Layout(align_items="flex-start")),
            ipywidgets.HBox([self._words_button, self._transcript_button]),
            self._words,
            self._transcript,
            self.keys,
        )

    def _make_knob(self, key: str) -> Any:
        knob = KNOBS[key]
        dropdown = ipywidgets.Dropdown(
            description=knob.label,
            options=list(knob.choices),
            value=knob.name_of(self.core.settings[key]),
            style={"description_width": "initial"},
            layout=ipywidgets.Layout(width="auto"),
        )
        turned = self._callback(lambda: self._turn_to(key, dropdown.value))
        dropdown.observe(turned, names="value")
        return dropdown

    # --- what a learner can do ---------------------------------------------------------------------------

    @property
    def example(self) -> Experiment:
        """The example that is open."""
        return self.core.example

    def choose_shelf(self, shelf: str) -> None:
        """Show the examples of a shelf: tutorial, weird or useful."""
        if shelf not in list(Shelf):
            raise ValueError(f"{shelf!r} is no shelf; there are {', '.join(Shelf)}.")
        self._choose_shelf(Shelf(shelf))
        names = ", ".join(one.title for one in self.examples.values() if one.shelf == shelf)
        self._spoken.say(markup.unseen(markup.escape(f"{_SHELVES[Shelf(shelf)]}. Examples: {names}.")))

    def open(self, id: str) -> None:
        """Take an example from its shelf: all knobs go back, and a new server and session begin."""
        example = self._find(id)
        self.core.open(example)
        self._goal_told = False
        self._choose_shelf(example.shelf)
        self._show_example()
        self._show_new_session(f"{example.title}. {example.goal}")

    def step(self, number: int) -> Reply | None:
        """Take a step of the example, counted from 1, and return the last reply."""
        if not 1 <= number <= len(self.example.steps):
            raise ValueError(f"There is no step {number}; the example has {len(self.example.steps)}.")
        step = self.example.steps[number - 1]
        reply = take(step, self)
        self._results[number - 1].value = _result(step, reply)
        self._taken.add(number)
        self._mark_next()
        return reply

    def send(self, text: str) -> Reply | None:
        """Send a line, or several in turn, and return the last reply."""
        return self.console.send(text)

    def send_bytes(self, data: bytes) -> Reply | None:
        """Send bytes as they are and return the last reply."""
        return self.console.send_bytes(data)

    def turn(self, key: str, value: object) -> None:
        """Turn a knob, by its keyword in `KNOBS`, to a value: a new session begins."""
        self.core.turn(key, value)
        self._show_knobs()
        self._show_new_session(f"{KNOBS[key].label}: {KNOBS[key].name_of(value)}.")

    def wait(self, seconds: float = _WAIT) -> None:
        """Let time pass, which only greylisting looks at: a new session begins."""
        self.core.wait(seconds)
        self._show_new_session(f"{seconds / 60:g} minutes have passed.")

    def why(self) -> None:
        """Show why the example comes out as it does, or fold that away again."""
        is_open = bool(self._why.widget.value)
        self._why_button.description = "Why?" if is_open else "Why? (shown below; press to fold)"
        if is_open:
            self._why.clear()
        else:
            self._why.say(f"<p>{prose(self.example.why)}</p><p><em>{markup.escape(self.example.source)}</em></p>")

    def something_else(self) -> None:
        """Show what another reply means, that of the last reply first, or fold it away again."""
        is_open = bool(self._else.widget.value)
        self._else_button.description = _ELSE if is_open else f"{_ELSE} (shown below; press to fold)"
        if is_open:
            self._else.clear()
        else:
            self._else.say("".join(f"<p>{prose(advice)}</p>" for advice in self._advice()))

    def show_words(self) -> None:
        """Show the pictures in words, which then follow too, or fold them away."""
        self._words_shown = not self._words_shown
        self._words_button.description = ("Hide" if self._words_shown else "Show") + " the pictures in words"
        self._follow()

    def show_transcript(self) -> None:
        """Show the transcript of the session as text to copy, or fold it away."""
        self._transcript_shown = not self._transcript_shown
        verb = "Hide" if self._transcript_shown else "Show"
        self._transcript_button.description = f"{verb} the client's log: the transcript as text"
        self._follow()

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
                + [f"- *{markup.markdown(one.title)}*: {prose_markdown(one.goal)}" for one in self._on(shelf)]
            )
            for shelf, name in _SHELVES.items()
        ]
        steps = [f"{n}. {markup.markdown(s.say)}: {markup.code_span(s.action)}" for n, s in self._numbered()]
        knobs = "; ".join(f"{k.label}: {k.name_of(self.core.settings[key])}" for key, k in KNOBS.items())
        return "\n\n".join(
            [
                f"**{markup.markdown(self.title)}**",
                "*Run this cell to talk to a simulated mail server:* take an example step by step, or type any "
                "command. Both sides' logs, a ladder and the state machine follow what is said.",
                *filter(None, shelves),
                f"Open now: **{markup.markdown(self.example.title)}**. Goal: {prose_markdown(self.example.goal)}",
                "\n".join(steps),
                f"Knobs: {markup.markdown(knobs)}.",
            ]
        )

    # --- what is shown -----------------------------------------------------------------------------------

    def _find(self, id: str) -> Experiment:
        if id not in self.examples:
            raise ValueError(f"There is no example {id!r}; there are {', '.join(self.examples)}.")
        return self.examples[id]

    def _on(self, shelf: Shelf) -> list[Experiment]:
        return [one for one in self.examples.values() if one.shelf is shelf]

    def _numbered(self) -> list[tuple[int, Step]]:
        return list(enumerate(self.example.steps, 1))

    def _choose_shelf(self, shelf: Shelf) -> None:
        for name, button in self._shelves.items():
            button.description = _SHELVES[name] + (" (open)" if name is shelf else "")
        self._row.children = [self._titles[one.id] for one in self._on(shelf)]

    def _show_example(self) -> None:
        for id, button in self._titles.items():
            button.description = self.examples[id].title + (" (chosen)" if id == self.example.id else "")
        self._taken: set[int] = set()
        self._results = [ipywidgets.HTML(f"<p>{_NOT_YET}</p>", layout=_column("18em")) for _ in self.example.steps]
        rows, wide = [], button_layout(flex="1 1 18em")
        for (number, step), result in zip(self._numbered(), self._results, strict=True):
            button = self._button(f"{number}. {step.say}: {step.action}", self.step, number, layout=wide)
            rows.append(ipywidgets.HBox([button, result], layout=ipywidgets.Layout(min_height="4.2em")))
        self._steps.children = rows
        self._mark_next()
        for live, button, text in ((self._why, self._why_button, "Why?"), (self._else, self._else_button, _ELSE)):
            live.clear()
            button.description = text
        self._show_knobs()

    def _heard(self) -> None:
        """Something was said: if it was the next step, by whatever way, that is taken."""
        left = [(number, step) for number, step in self._numbered() if number not in self._taken]
        said = [line.text for line in self.core.session.transcript if line.speaker == "C"]
        for number, step in left[:1]:
            wanted = step.send.split("\n")
            if step.send and not (step.turn or step.wait or step.raw) and said[-len(wanted) :] == wanted:
                self._results[number - 1].value = _result(step, self.core.exchanges()[-1].reply)
                self._taken.add(number)
                self._mark_next()
        self._follow()

    def _mark_next(self) -> None:
        """Let the first step that was not taken yet stand out."""
        left = [number for number, _ in self._numbered() if number not in self._taken]
        for number, row in enumerate(self._steps.children, 1):
            row.children[0].button_style = "primary" if left and number == left[0] else ""

    def _show_knobs(self) -> None:
        for key, dropdown in self._knobs.items():
            dropdown.value = KNOBS[key].name_of(self.core.settings[key])

    def _turn_to(self, key: str, name: str) -> None:
        """A learner has turned a knob, or `_show_knobs` has shown what is so already."""
        value = KNOBS[key].choices[name]
        if value != self.core.settings[key]:
            self.turn(key, value)

    def _show_new_session(self, why: str) -> None:
        self.console.show_new_session()
        self._spoken.say(f"<p>{markup.escape(why)} <strong>A new session has begun.</strong></p>")
        self._follow()

    def _follow(self) -> None:
        """Bring logs, pictures and the goal up to date with what was said."""
        pictures = self.diagrams()
        named = zip(_NAMES, pictures, strict=True)
        self._pictures.value = "".join(f"<p><strong>{name}</strong></p>{picture.svg}" for name, picture in named)
        words = "\n\n".join(str(picture) for picture in pictures)
        self._words.value = preformatted(words) if self._words_shown else ""
        said = "\n".join(shorten(str(line)) for line in self.core.session.transcript)
        self._transcript.value = preformatted(said) if self._transcript_shown else ""
        self._delivered.value = _server_log(self.core.server.delivered)
        self._show_goal()

    def _show_goal(self) -> None:
        example, met = self.example, self.core.met
        marks = [f"{'✓' if n < met else '○'} {mark}" for n, mark in enumerate(example.reach)]
        reached = met == len(example.reach)
        state = "reached" if reached else f"not reached yet: {met} of {len(example.reach)} replies"
        self._goal.value = (
            f"<p><strong>{markup.escape(example.title)}</strong></p><p>Goal: {prose(example.goal)} "
            f"<strong>({state})</strong></p><p>{'; '.join(map(markup.escape, marks))}</p>"
        )
        if reached and not self._goal_told:
            self._spoken.say(f"<p><strong>Goal reached:</strong> {prose(example.goal)} “Why?” says how it comes.</p>")
        self._goal_told = reached

    def _advice(self) -> list[str]:
        """What the example says to other replies; to the last one first."""
        said = self.core.exchanges()[-1].reply.code
        table = dict(self.example.otherwise)
        own, other = table.pop(str(said), ""), table.pop(OTHER)
        advice = [own, *table.values(), other] if own else [other, *table.values()]
        return [f"Your last reply was {said}.", *advice]


_NAMES = ("Ladder of this session", "State machine of this session")
_ELSE = "I got something else"
_OWN_CODES = "Some servers keep codes of their own whatever the knobs say: Postfix forwards with 250."


def _column(width: str) -> Any:
    """A part that stands beside another where there is room, and below it where there is none."""
    return ipywidgets.Layout(flex=f"1 1 {width}", width="auto", min_width="0")


def _heading(title: str, text: str) -> Any:
    return ipywidgets.HTML(f"<p><strong>{markup.escape(title)}</strong></p><p>{markup.escape(text)}</p>")


def _result(step: Step, reply: Reply | None) -> str:
    """What a step has brought: its last reply, on one line, and whether it is the one that was meant."""
    if reply is None:
        return "<p>✓ Done.</p>" if not step.reply else f"<p>No reply yet; {step.reply} was meant.</p>"
    klass = reply_class(reply.code)
    rows = str(reply).split("\n")
    more = f" (first of {len(rows)} lines)" if len(rows) > 1 else ""
    meant = "" if reply.code == step.reply else f" This step was meant to give {step.reply}: see “{_ELSE}”."
    said = markup.escape(shorten(rows[0]))
    return f"<p><strong>{klass.mark}:</strong> <code>{said}</code>{more}{meant}</p>"


def _lines(envelope: Envelope) -> int:
    return envelope.data.count(b"\r\n")


def _server_log(delivered: Sequence[Envelope]) -> str:
    rows = [
        f"<li>from <code>{markup.escape(envelope.reverse_path)}</code> to "
        + ", ".join(
            f"<code>{markup.escape(one.mailbox)}</code>"
            + (f" (forwarded to <code>{markup.escape(one.forward_to)}</code>)" if one.forward_to else "")
            for one in envelope.recipients
        )
        + f"; {len(envelope.data):,} octets, {_lines(envelope):,} lines</li>"
        for envelope in delivered[-_LOGGED:]
    ]
    none = "<p>Nothing yet: a message is taken with the 250 after its final dot.</p>"
    count = f", the last {_LOGGED} of {len(delivered)}" if len(delivered) > _LOGGED else ""
    return f"<p><strong>Server's log: messages taken{count}</strong></p>" + (
        f"<ol>{''.join(rows)}</ol>" if rows else none
    )
