"""Decide, then look: a question that shows what really happens only once the learner has decided."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from string import ascii_uppercase
from typing import Any

from smtplesson import markup
from smtplesson.dialogues.scenario import Scenario, play
from smtplesson.markup import Html, join, prose, tag
from smtplesson.protocol import display
from smtplesson.protocol.replies import Reply
from smtplesson.protocol.transcript import Exchange, Transcript, verb_of
from smtplesson.questions.display import option
from smtplesson.questions.question import Choice
from smtplesson.widgets.view import Fields, View, bar, card, field, form, submit

_YOURS = "your decision"


class Reveal(View):
    """Ask for a decision; `decide("B")` makes it, and only then is the answer played and shown.

    `choices` are texts to choose from; without them the learner writes what they think. `right` holds the letters of
    those that are right: with more than one, several can be chosen. `before` is the dialogue that is asked about, as
    "C: ..." and "S: ..." lines. `then` is what to show: a dialogue, a reply, a scenario, an object that shows itself,
    a text, some of these by name, or a function that gives one; of a dialogue `only` the answers to this command, the
    whole being folded. `why` is the reason, in paragraphs.
    """

    def __init__(
        self,
        question: str,
        choices: Sequence[str] | None = None,
        *,
        right: str = "",
        before: str = "",
        then: object | Callable[[], object] = None,
        only: str = "",
        why: str = "",
    ) -> None:
        super().__init__(f"Decide: {question.replace('`', '')}")
        self.question = question
        self.choices = dict(zip(ascii_uppercase, choices or (), strict=False))
        self.decision = ""
        if set(right) - self.choices.keys():
            raise ValueError(f"right={right!r} names no choice; there are {', '.join(self.choices) or 'none'}.")
        self._right = right
        self._before = before.strip("\n")
        self._then = then
        self._only = only
        self._why = why
        self.update()

    def decide(self, decision: str) -> None:
        """Decide for a letter, several letters, or what you think, and see the answer.

        Raises ValueError where there is no such choice, nothing was said, or it was decided before.
        """
        if self.decision:
            raise ValueError(f"You decided already: {self.decision}. Run the cell again to decide anew.")
        said = decision.strip()
        if self.choices:
            said = "".join(sorted(set(said.upper()) - set(", ")))
            if not said or set(said) - self.choices.keys() or (len(said) > 1 and not self._takes_several):
                raise ValueError(f"{decision!r} is no choice; choose {', '.join(self.choices)}.")
        elif not said:
            raise ValueError("Say first what you think, however unsure you are. Then look.")
        shown = self._shown  # an error in what is played leaves it undecided
        self.decision = said
        self.update(say=" ".join(filter(None, [f"You decided: {said}.", self._verdict, shown.said])), focus="answer")

    def markdown(self) -> str:
        """The twin: the question, the choices, and the answer folded away."""
        parts = [f"**{markup.prose_markdown(self.question)}** *Run this cell to decide.*"]
        if self.choices:
            rows = [f"- **{letter}.** {markup.prose_markdown(text)}" for letter, text in self.choices.items()]
            parts += [markup.fenced(self._before)] if self._before else []
            parts.append("\n".join(rows))
        plain = self._shown.plain
        answer = [f"Right: {', '.join(self._right)}." if self._right else "", markup.fenced(plain) if plain else ""]
        answer += map(markup.prose_markdown, _paragraphs(self._why))
        return "\n\n".join([*parts, markup.folded("Decide, then open the answer", *filter(None, answer))])

    # --- what is pressed --------------------------------------------------------------------------------

    def do_decide(self, letter: str, fields: Fields) -> None:
        """Decide for a card, for the boxes that are ticked, or for what is typed."""
        found = fields.get("decision", "")
        self.decide(letter or ("".join(found) if isinstance(found, list) else str(found)))

    # --- how it works -----------------------------------------------------------------------------------

    @property
    def _takes_several(self) -> bool:
        return len(self._right) > 1

    @property
    def _verdict(self) -> str:
        if not self._right:
            return ""
        return "Correct." if self.decision == "".join(sorted(self._right)) else "Not yet."

    @cached_property
    def _shown(self) -> _Shown:
        """What is revealed: played once, when it is first needed."""
        return _shown(self._then() if callable(self._then) else self._then, self._only)

    # --- how it looks -----------------------------------------------------------------------------------

    def html(self) -> Html:
        """The question with its choices, or the decision with what came."""
        asked = tag("legend", prose(self.question), id="home", tabindex="-1")
        if not self.decision:
            told = display.dialogue(self._before, classes=False) if self._before else None
            return form("decide", tag("fieldset", asked, told, self._controls(), id="question"), id="form")
        played = join(tag("h4", "What happens", id="answer", tabindex="-1"), self._shown.html)
        decided, reason = self._decided(), self._reason()
        # what was asked about stays where it was
        parts = (reason, played, decided) if self._before else (decided, reason, played)
        return join(tag("h3", prose(self.question)), *parts)

    def _controls(self) -> Html:
        if not self.choices:
            return bar(field("Your guess", "decision"), submit("Show me", id="show"))
        if not self._takes_several:
            cards = (
                card(letter, prose(text), "decide", letter, key=letter, id=f"o-{letter}")
                for letter, text in self.choices.items()
            )
            return join(*cards)
        boxes = []
        for letter, text in self.choices.items():
            box = tag("input", type="checkbox", name="decision", value=letter, data_key=letter, id=f"o-{letter}")
            boxes.append(option(letter, Choice(text, ""), box))
        told = tag("p", "Choose all that are right.", class_="sl-soft")
        return join(told, *boxes, bar(submit("Show me", id="show")))

    def _decided(self) -> Html:
        if not self.choices:
            return option("?", Choice(f"`{self.decision}`", ""), note=_YOURS)
        return join(*(self._option(letter, text) for letter, text in self.choices.items()))

    def _option(self, letter: str, text: str) -> Html:
        right, chosen = letter in self._right, letter in self.decision
        mark = "" if not self._right else "right" if right else "wrong" if chosen else ""
        return option(letter, Choice(text, ""), mark=mark, note=_YOURS if chosen else "right" if mark else "")

    def _reason(self) -> Html | None:
        rows = [tag("p", prose(text)) for text in _paragraphs(self._why)]
        if self._verdict:
            rows.insert(0, tag("p", tag("strong", self._verdict)))
        tone = {"": "", "Correct.": " sl-2", "Not yet.": " sl-5"}[self._verdict]
        return tag("div", *rows, class_=f"sl-panel{tone}") if rows else None


@dataclass(frozen=True, slots=True)
class _Shown:
    """What is revealed: live, as plain text for the twin, and what is read out of it."""

    html: Html
    plain: str = ""
    said: str = ""


def _shown(what: Any, only: str = "") -> _Shown:
    match what:
        case None:
            return _Shown(join())
        case Scenario():
            said = [Exchange(step.sent, step.reply) for step in play(what)]
            return _Shown(_dialogue(said, only), "\n".join(map(_written, said)))
        case Transcript() if what and what[-1].speaker == "S":
            return _Shown(_dialogue(what.exchanges(), only), str(what))
        case Reply():
            return _Shown(display.talk(display.server(what)), str(what), f"The server says: {what}")
        case Mapping():
            return _by_name({str(name): _shown(each) for name, each in what.items()})
        case list() | tuple():
            parts = [_shown(each) for each in what]
            return _Shown(join(each.html for each in parts), "\n\n".join(each.plain for each in parts))
        case _ if hasattr(what, "_repr_mimebundle_"):
            bundle = what._repr_mimebundle_()
            return _Shown(Html(bundle["text/html"]), str(bundle["text/plain"]))
        case _:
            return _Shown(tag("div", markup.lines(str(what)), class_="sl-mono"), str(what))


def _dialogue(said: Sequence[Exchange], only: str) -> Html:
    """A dialogue; with `only` just the answers to this command, and the whole with its reasons folded."""
    whole = display.exchanges(said)
    if not only:
        return whole
    found = display.exchanges((each for each in said if verb_of(each.sent) == only), explained=False)
    return join(found, tag("details", tag("summary", "The whole dialogue"), whole, id="whole"))


def _written(exchange: Exchange) -> str:
    sent = [f"C: {line}" for line in exchange.sent]
    return "\n".join(sent + [f"S: {line}" for line in str(exchange.reply).split("\n")])


def _by_name(parts: Mapping[str, _Shown]) -> _Shown:
    rows = [tag("tr", tag("th", tag("code", name), scope="row"), tag("td", each.html)) for name, each in parts.items()]
    width = max(map(len, parts), default=0)
    below = "\n" + " " * (width + 2)  # further lines stand under the first
    plain = (f"{name:{width}}  {each.plain}".replace("\n", below) for name, each in parts.items())
    return _Shown(tag("table", tag("tbody", *rows), class_="sl-stack sl-named"), "\n".join(plain))


def _paragraphs(text: str) -> Iterable[str]:
    return filter(None, map(str.strip, text.strip().split("\n\n")))
