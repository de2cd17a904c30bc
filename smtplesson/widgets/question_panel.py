"""One question in a view: what is chosen so far, how sure the learner is, and how it looks before and after."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from smtplesson.learner.attempts import Confidence
from smtplesson.learner.display import feedback
from smtplesson.learner.quiz import Outcome, said, surprise
from smtplesson.markup import Html, join, prose, tag, unseen
from smtplesson.questions import display
from smtplesson.questions.kinds.pairs import numbers
from smtplesson.questions.question import Choice, Question
from smtplesson.widgets.view import Fields, bar, button, field, form, submit

Answer = Callable[[Question, str, Confidence | None], Outcome]
_SURE = {
    "1": (Confidence.GUESS, "I guess"),
    "2": (Confidence.THINK_SO, "I think so"),
    "3": (Confidence.SURE, "I am sure"),
}
_AGAIN = "Your first answer to a question is the one that counts."


class QuestionPanel:
    """A question as it is asked of one learner; `answer` marks a response.

    With `ask_confidence` the first answer is given by saying how sure one is. Without `feedback`, as in a test, nothing
    tells whether an answer is right, and it can be changed.
    """

    def __init__(self, question: Question, answer: Answer, *, ask_confidence: bool, feedback: bool = True) -> None:
        self.question = question
        self.outcome: Outcome | None = None
        self.is_closed = False
        self._answer = answer
        self._asks_confidence = ask_confidence
        self._tells = feedback
        self._times = 0
        self._lines = question.letters  # of an order: as the learner has put them so far

    def respond(self, response: str, confidence: Confidence | str | None = None) -> Outcome:
        """Answer, with how sure one is or without."""
        outcome = self._answer(self.question, response, None if confidence is None else Confidence(confidence))
        self._times += 1
        self.restore(outcome)
        return outcome

    def restore(self, outcome: Outcome) -> None:
        """Show what was answered before."""
        self.outcome = outcome
        if self.question.kind.control == "order":
            self._lines = outcome.response

    def close(self) -> None:
        """Take no further answer."""
        self.is_closed = True

    def move(self, step: str) -> str:
        """Move a line of an order: "B up" or "B down"; return what there is to say of it."""
        letter, _, way = step.partition(" ")
        place = self._lines.index(letter)
        other = place + (-1 if way == "up" else 1)
        if not 0 <= other < len(self._lines):
            return f"{letter} is at the {'top' if way == 'up' else 'bottom'} already."
        row = list(self._lines)
        row[place], row[other] = row[other], row[place]
        self._lines = "".join(row)
        return f"{letter}, now {other + 1} of {len(row)}."

    def taken(self, fields: Fields) -> str:
        """The response that the fields of the form hold, in the letters shown."""
        if self.question.kind.control == "order":
            return self._lines
        if self.question.kind.control == "pairs":
            chosen = {letter: str(fields.get(f"pair-{letter}", "")) for letter in self.question.letters}
            return " ".join(letter + number for letter, number in chosen.items() if number)
        found = fields.get("answer", "")
        return "".join(found) if isinstance(found, list) else str(found)

    @property
    def asks_confidence(self) -> bool:
        """Whether an answer is given by saying how sure one is."""
        return self._asks_confidence and self.outcome is None

    @property
    def said(self) -> str:
        """What is read out after an answer."""
        if self.outcome is None:
            return ""
        if not self._tells:
            return f"Your answer: {self.outcome.response}. You can change it."
        return " ".join(filter(None, [f"{self.outcome.verdict}.", said(self.outcome), surprise(self.outcome)]))

    @property
    def state(self) -> str:
        """How the question stands: "" where it is open, "right", "wrong", or "given" where that is not told."""
        if self.outcome is None:
            return ""
        return ("right" if self.outcome.right else "wrong") if self._tells else "given"

    # --- how it looks -----------------------------------------------------------------------------------

    def html(self, heading: str, *after: Html) -> Html:
        """The question with its controls; `after` are buttons that stand behind its own."""
        legend = tag("legend", tag("small", f"{heading} "), prose(self.question.prompt), id="home", tabindex="-1")
        body = tag(
            "fieldset",
            legend,
            display.about(self.question),
            self._controls(),
            id=f"q-{self.question.id}",
            lang=self.question.lang or None,
        )
        panel = feedback(self.outcome) if self.outcome is not None and self._tells else None
        again = tag("p", _AGAIN, class_="sl-soft") if self._times > 1 and self._tells else None
        return form("check", body, panel, again, self._buttons(after), id=f"f-{self.question.id}")

    @property
    def _is_done(self) -> bool:
        """Whether there is nothing left to answer: the key is on the screen, or the test was handed in."""
        return self.is_closed or (self.outcome is not None and self._tells)

    def _buttons(self, after: tuple[Html, ...]) -> Html | None:
        if self._is_done:
            return bar(*after) if after else None
        if not self.asks_confidence:
            return bar(submit("Check" if self._tells else "Keep this answer", id="check"), *after)
        sure = [button(text, "sure", key, key=key, id=f"sure-{key}") for key, (_, text) in _SURE.items()]
        enter = submit("Answer", class_="sl-unseen", tabindex="-1", aria_hidden="true")  # what Enter presses
        return bar(tag("strong", "How sure are you?"), *sure, enter, tag("span", *after, class_="sl-end"))

    def _controls(self) -> Html:
        match self.question.kind.control:
            case "text":
                return self._field()
            case "order":
                return tag("ol", *self._order(), class_="sl-lines")
            case "pairs":
                return join(self._partners(), tag("ul", *self._pairs(), class_="sl-pairs"))
            case control:
                options = join(*(self._option(letter, choice, control) for letter, choice in self.question.lettered()))
                return tag("div", options, class_="sl-row" if self.question.kind.is_one_text else "")

    def _option(self, letter: str, choice: Choice, control: str) -> Html:
        chosen = self.outcome is not None and letter in self.outcome.response
        box = None
        if not self._is_done:
            box = tag(
                "input", type=control, name="answer", value=letter, checked=chosen, data_key=letter, id=f"o-{letter}"
            )
        return display.option(
            letter, choice, box, mark=self._mark(choice.right, chosen), note=self._note(choice.right, chosen)
        )

    def _mark(self, right: bool, chosen: bool) -> str:
        if self.outcome is None or not self._tells:
            return ""
        return "right" if right else "wrong" if chosen else ""

    def _note(self, right: bool, chosen: bool) -> str:
        if self.outcome is None:
            return ""
        if not self._tells:
            return "your answer" if chosen else ""
        return "your answer, right" if right and chosen else "right" if right else "your answer" if chosen else ""

    def _field(self) -> Html:
        value = self.question.kind.prefilled(self.question) if self.outcome is None else self.outcome.response
        if self._is_done and not self._tells:
            return display.option("", Choice(f"`{value}`", ""), note="your answer" if self.outcome else "no answer")
        if self._is_done:
            right = self.outcome is not None and self.outcome.right
            own = display.option("", Choice(f"`{value}`", ""), mark="right" if right else "wrong", note="your answer")
            key = Choice(f"`{self.question.key}`", "")
            return join(own, None if right else display.option("", key, mark="right", note="right"))
        return field("Your answer", "answer", value)

    def _order(self) -> Iterator[Html]:
        lines = dict(self.question.lettered())
        for number, letter in enumerate(self._lines, 1):
            text = tag("code", lines[letter].text)
            if self._is_done and not self._tells:
                yield tag("li", text)
            elif self._is_done:
                right = self.question.key[number - 1] == letter
                note = "" if right else f"✗ belongs at {self.question.key.index(letter) + 1}"
                yield tag(
                    "li", text, " ", tag("small", "✓" if right else note), class_="sl-right" if right else "sl-wrong"
                )
            else:
                moves = [
                    button(
                        way.capitalize(), "move", f"{letter} {way}", id=f"{letter}-{way}", aria_label=f"{letter}, {way}"
                    )
                    for way in ("up", "down")
                ]
                yield tag(
                    "li",
                    tag("span", letter, class_="sl-letter"),
                    text,
                    tag("span", *moves, class_="sl-end"),
                    id=f"l-{letter}",
                )

    def _partners(self) -> Html | None:
        """All that can be chosen, in full where a list to choose from has no room to show it: on a narrow page."""
        if self._is_done:
            return None
        texts = (tag("li", text) for _, text in self.question.numbered())
        return tag("ol", *texts, class_="sl-partners", aria_hidden="true")

    def _pairs(self) -> Iterator[Html]:
        """Each choice with the list from which its partner is chosen, or with what was chosen and what is right."""
        partners = {number: f"{number}. {text}" for number, text in self.question.numbered()}
        taken = numbers(self.outcome.response) if self.outcome is not None else {}
        key = numbers(self.question.key)
        for letter, choice in self.question.lettered():
            text = tag("code", choice.text) if self.question.kind.is_code else prose(choice.text)
            label = (
                tag("span", letter, class_="sl-letter", aria_hidden="true"),
                tag("span", unseen(f"{letter}. "), text),
            )
            mine = taken.get(letter, "")
            if not self._is_done:
                id, options = f"pair-{letter}", {"": "Choose", **partners}
                rows = [tag("option", text, value=value, selected=value == mine) for value, text in options.items()]
                box = tag("select", *rows, id=id, name=id, data_key=letter)
                yield tag("li", tag("label", *label, for_=id), box, id=f"p-{letter}")
            elif not self._tells:
                said = partners.get(mine, "no answer")
                yield tag("li", tag("span", *label), tag("span", said, tag("small", " your answer") if mine else None))
            else:
                right = tag("div", partners[key[letter]], tag("small", " ✓ right"))
                wrong = tag("div", partners[mine], tag("small", " ✗ your answer")) if mine != key[letter] else None
                state = "sl-wrong" if wrong else "sl-right"
                yield tag("li", tag("span", *label), tag("span", wrong, right), class_=state)


def confidence_of(key: str) -> Confidence:
    """What the key 1, 2 or 3 says; ValueError for another."""
    if key not in _SURE:
        raise ValueError(f"{key!r} is no confidence; choose 1 to 3.")
    return _SURE[key][0]
