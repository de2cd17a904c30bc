"""A learner's progress: what they have mastered, how sure they are, what they mix up and how to mend it, their code."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import ClassVar

from smtplesson import markup
from smtplesson.guide import head_to_head
from smtplesson.learner import display, portable, predictions, quiz, study, unmarked
from smtplesson.learner.log import Log, today
from smtplesson.learner.mastery import RULE, Confusion, Held, Pair
from smtplesson.learner.overview import Overview
from smtplesson.markup import Html, join, tag
from smtplesson.protocol import display as protocol
from smtplesson.questions import course
from smtplesson.questions.bank import QuestionBank
from smtplesson.widgets.quiz import QuizView
from smtplesson.widgets.view import Action, Clicks, Fields, View, bar, button, field, form, submit

_TITLE = "Your progress"
#: What is pressed in the quiz of a training.
_OF_THE_TRAINING = ("check", "sure", "move", "go")
_NOTHING = "None that still needs work."


class ProgressView(View):
    """Where a learner stands, from their log; `overview` holds it.

    `refresh()` reads the log again, `compare(pair)` and `train(pair)` take two codes that are mixed up, `show_code()`
    shows the whole log as a portable code, and `take(code)` adds what another code holds: each does what its button
    does.
    """

    clicks: ClassVar[Clicks] = {"refresh": None, "show_code": None}

    def __init__(self, log: Log | None = None, *, bank: QuestionBank | None = None, today: date | None = None) -> None:
        super().__init__(_TITLE)
        self.training: QuizView | None = None
        self.compared: Pair | None = None
        self._log = Log() if log is None else log
        self._bank = QuestionBank.load() if bank is None else bank
        self._today = today
        self._code = ""
        self._told: list[str] = []
        self._pair: Pair = ("", "")
        self._takes = 0  # a field that was taken from is replaced by an empty one
        self.overview = self._read()
        self.update()

    def refresh(self) -> Overview:
        """Read the log again: other cells and notebooks write to it."""
        self.overview = self._read()
        self.update(say=self.overview.headline)
        return self.overview

    def compare(self, pair: Pair | None) -> None:
        """Show what tells two codes apart; None puts it away."""
        said = "" if pair is None else head_to_head.side_by_side(*pair).difference
        self.compared = pair
        self.update(say=said)

    def train(self, pair: Pair | None) -> None:
        """Ask a few questions that tell two codes apart; None ends it. ValueError where there is no such question."""
        self.training = None if pair is None else QuizView(study.pair_quiz(self._log, pair), confidence=True)
        self._pair = pair or ("", "")
        self.overview = self._read()
        self.update(focus="refresh" if pair is None else "home")

    def show_code(self) -> str:
        """Show the whole log as a portable code, to paste into the next session or to hand in, and return it."""
        attempts = self._log.attempts()
        self._code = portable.pack(attempts)
        answers = markup.counted(len(attempts), "answer")
        self._tell(f"Your code holds {answers} in {len(self._code):,} characters. Copy all of it.", focus="code")
        return self._code

    def take(self, code: str) -> int:
        """Add the answers of a portable code that the log does not have yet, and return how many they were.

        Raises PortableCodeError, which says why, where the code is not whole.
        """
        attempts = portable.unpack(code)
        new = self._log.take(attempts)
        self.overview = self._read()
        self._takes += 1
        known = len(attempts) - new
        there = f"; {markup.counted(known, 'answer was', 'answers were')} there already." if known else "."
        self._tell(f"{markup.counted(new, 'answer')} taken from the code{there}", focus=self._field)
        return new

    def markdown(self) -> str:
        """The twin: the whole overview as Markdown."""
        view = self.overview
        parts = [f"**{_TITLE}**", f"*Run this cell to see where you stand.* {markup.markdown(view.headline)}"]
        if gained := str(view.gain):
            parts.append(markup.markdown(gained))
        if view.answers:
            levels = [
                f"**{markup.markdown(each.words)}**: {markup.markdown(display.stage(each))}" for each in view.begun
            ]
            levels += [markup.markdown(view.not_begun)] if view.not_begun else []
            parts += ["**Objectives**", markup.markdown(RULE), _bullets(levels)]
            rows = [(each.confidence, *display.numbers(each)) for each in view.calibration]
            parts += ["**How sure and how right**", markup.markdown_table(display.CALIBRATION, rows)]
            pairs = [markup.markdown(str(each)) for each in view.confusions] or [_NOTHING]
            parts += ["**Codes that you mix up**", _bullets(pairs)]
            held = [_held_markdown(each) for each in view.misconceptions] or ["None showed."]
            parts += ["**Misconceptions**", _bullets(held)]
            parts += ["**Review**", _bullets(map(markup.markdown, view.due_words))]
        return "\n\n".join(parts)

    # --- what is pressed --------------------------------------------------------------------------------

    def do_compare(self, pair: str, _fields: Fields) -> None:
        """Show what tells two codes apart, or put it away."""
        wanted = _read_pair(pair)
        self.compare(None if wanted == self.compared else wanted)

    def do_train(self, pair: str, _fields: Fields) -> None:
        """Begin to train two codes, or end it."""
        self.train(_read_pair(pair) if pair else None)

    def do_take(self, pasted: str, fields: Fields) -> None:
        """Take the code that was pasted in lines, or that stands in the field."""
        self.take(pasted or str(fields.get(self._field, "")))

    # --- how it works -----------------------------------------------------------------------------------

    @property
    def _field(self) -> str:
        """The name of the field for a code."""
        return f"paste-{self._takes}"

    def _action(self, do: str) -> Action | None:
        return partial(self._in_training, do) if do in _OF_THE_TRAINING else super()._action(do)

    def _in_training(self, do: str, value: str, fields: Fields) -> None:
        """Let the quiz hear it, and show both: what it asks, and what has changed by it."""
        if self.training is None:
            raise ValueError("There is no training now: choose “Train” beside a pair of codes.")
        if action := self.training._action(do):
            action(value, fields)
        self.overview = self._read()
        self.update(say=self.training.frame["say"], focus=self.training.frame["focus"])

    def _read(self) -> Overview:
        attempts = self._log.attempts()
        outcomes = quiz.outcomes(attempts, self._bank)
        self._unmarked = unmarked.told(attempts, outcomes)
        objectives = dict.fromkeys(question.objective for question in self._bank.values())
        return Overview.of(outcomes, self._today or today(), objectives, predictions.outcomes(attempts))

    def _tell(self, said: str, focus: str) -> None:
        """Tell what was done, and what the log has to tell."""
        self._told = [row for row in (said, self._log.notice) if row]
        self.update(say=" ".join(self._told), focus=focus)

    # --- how it looks -----------------------------------------------------------------------------------

    def html(self) -> Html:
        """The sentence that says it all, then each part of it."""
        view = self.overview
        again = tag("span", button("Refresh", "refresh", id="refresh"), class_="sl-end")
        head = tag("div", tag("h3", _TITLE), tag("small", f"on {view.today}"), again, class_="sl-head")
        gained = str(view.gain)
        parts = [tag("p", tag("strong", view.headline)), tag("p", gained) if gained else None]
        parts += [tag("p", " ".join(view.due_words[1:]), class_="sl-soft")] if view.cards else []
        if view.answers:
            parts += [
                tag("h4", "Objectives"),
                display.objectives(view.begun, view.not_begun),
                tag("h4", "Codes that you mix up"),
                self._confusions(),
                tag("h4", "What you believed"),
                display.misconceptions(view.misconceptions) or tag("p", "None showed."),
                tag("div", display.calibration(view.calibration), class_="sl-scroll"),
            ]
        told = [tag("p", row) for row in self._unmarked]
        return join(head, *parts, *told, self._problems(), self._carry())

    def _confusions(self) -> Html:
        rows = [self._confusion(each, is_first=n == 0) for n, each in enumerate(self.overview.confusions)]
        listed = tag("ul", *rows, class_="sl-list") if rows else tag("p", _NOTHING)
        if self.training is None:
            return listed
        title = f"Training: {self._pair[0]} or {self._pair[1]}?"
        end = button("End the training", "train", class_="sl-btn sl-plain sl-end", id="end")
        head = tag("div", tag("h4", title), end, class_="sl-head")
        return join(listed, tag("section", head, self.training.html(), class_="sl-box", aria_label=title))

    def _confusion(self, each: Confusion, *, is_first: bool) -> Html:
        pair, name = (each.code, each.taken_for), f"{each.code}-{each.taken_for}"
        both, compared = f"{each.code} and {each.taken_for}", pair == self.compared
        compare = button(
            "Compare",
            "compare",
            name,
            id=f"compare-{name}",
            aria_expanded="true" if compared else "false",
            aria_label=f"Compare {both}",
        )
        label = f"Train {both}, 2 minutes"
        train = button("Train, 2 minutes", "train", name, main=is_first, id=f"train-{name}", aria_label=label)
        times = "once" if each.count == 1 else f"{each.count} times"
        last = f", last on {each.last}" if each.last else ""
        said = join("Where it is ", _code(each.code), ", you think of ", _code(each.taken_for), ". ")
        row = bar(
            tag("span", said, tag("small", f"({times}{last})")),
            # an enhanced code has no page of its own
            tag("span", compare if all(map(str.isdecimal, pair)) else None, train, class_="sl-bar sl-end"),
        )
        return tag("li", row, _difference(pair) if compared else None, id=f"pair-{name}")

    def _problems(self) -> Html | None:
        rows = [tag("li", row) for row in self._log.problems]
        return join(tag("h4", "What cannot be read in the log"), tag("ul", *rows)) if rows else None

    def _carry(self) -> Html:
        take = bar(
            field("Paste a code", self._field, placeholder=f"SL{portable.VERSION}:...", data_lines=True),
            submit("Take it", id="take"),
        )
        return tag(
            "details",
            tag("summary", "Take your answers with you, or bring others in: your code"),
            tag("p", "A code holds all that you have answered, and no name. Paste it into this view elsewhere."),
            bar(button("Show my code", "show_code", id="show")),
            self._shown_code(),
            form("take", take, id="f-take"),
            *(tag("p", row) for row in self._told),
            id="carry",
        )

    def _shown_code(self) -> Html | None:
        if not self._code:
            return None
        text = Html("\n".join(map(markup.escape, self._code.split("\n"))))
        return tag("textarea", text, readonly=True, rows=4, id="code", aria_label="Your code")


def _code(text: str) -> Html:
    return tag("b", text, class_=f"sl-tone {protocol.tone(int(text))}") if text.isdecimal() else tag("code", text)


def _difference(pair: Pair) -> Html:
    found = head_to_head.side_by_side(*pair)
    return tag(
        "div",
        tag("p", tag("strong", found.difference), " ", tag("small", f"({found.source})")),
        tag("p", f"In practice: {found.practice}") if found.practice else None,
        class_="sl-box",
    )


def _read_pair(text: str) -> Pair:
    one, _, other = text.partition("-")
    return one, other


def _bullets(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def _held_markdown(held: Held) -> str:
    belief, _, truth = str(held).partition("\n")
    if held.cured:
        return markup.prose_markdown(belief)
    lesson = held.misconception.lesson
    link = f" [Lesson {lesson}]({lesson}.ipynb)" if course.find(lesson) else ""
    return f"{markup.prose_markdown(belief)} {markup.prose_markdown(truth)}{link}"
