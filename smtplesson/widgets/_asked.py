"""One question of a quiz: its choices as buttons or a field, how sure the learner is, and the feedback at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets

from smtplesson import markup
from smtplesson.learner.attempts import Confidence
from smtplesson.learner.quiz import Outcome, said, surprise
from smtplesson.questions.question import Question
from smtplesson.widgets._view import Live, View, preformatted, prose, prose_markdown

TakeAnswer = Callable[[Question, str, Confidence | None], Outcome]
#: Keys 1, 2, 3 and what they say.
_SURE = {"1": ("Guess", Confidence.GUESS), "2": ("Think so", Confidence.THINK_SO), "3": ("Sure", Confidence.SURE)}
_AGAIN = "<p><small>Your first answer to a question is the one that counts.</small></p>"


class Asked(View):
    """One question: `respond("B")` answers it, `choose("B")` does what the button B does.

    With `ask_confidence` the first answer gets its feedback only when the learner has said how sure he is. Without
    `feedback` nothing tells whether an answer is right: it is repeated, and can be changed until `close()`.
    """

    def __init__(
        self,
        question: Question,
        number: int,
        count: int,
        answer: TakeAnswer,
        *,
        ask_confidence: bool,
        feedback: bool = True,
    ) -> None:
        written = question.kind.is_typed
        super().__init__(
            f"Question {number} of {count}: {question.prompt}",
            letters=question.letters + "".join(_SURE),
            takes_lines=written,
        )
        self.question = question
        self.outcome: Outcome | None = None
        self._number = f"Question {number} of {count}"
        self._answer = answer
        self._ask_confidence = ask_confidence
        self._gives_feedback = feedback
        self._chosen = ""  # the letters chosen so far, in the order in which they were chosen
        self._pending = ""  # a response that waits for the learner to say how sure he is
        self._feedback = Live()
        self._sure_row: Any = ipywidgets.HBox()
        self._sure = [self._button(f"{key} {words}", self.sure, told) for key, (words, told) in _SURE.items()]
        self._buttons = {letter: self._button("", self.choose, letter) for letter in question.letters}
        # Only what is shown: every widget costs the browser an object, and a lesson has dozens of questions.
        by_check = not question.kind.is_one_letter
        self._check: Any = self._button("Check", self.check, primary=True) if by_check else None
        self._field: Any = _field(question) if written else None
        self._label_buttons()
        self._fill(ipywidgets.HTML(self._head()), self._area(), self._sure_row, self._feedback.widget)

    def choose(self, letter: str) -> Outcome | None:
        """Press the button of a letter: it answers, or, where several are chosen, is chosen or taken back."""
        letter = letter.strip().upper()
        if self.question.kind.control not in ("checkbox", "order"):
            return self._commit(letter)
        if letter not in self._buttons:
            raise ValueError(f"{letter!r} is no choice of this question; choose {', '.join(self._buttons)}.")
        self._chosen = self._chosen.replace(letter, "") if letter in self._chosen else self._chosen + letter
        self._label_buttons()
        return None

    def check(self) -> Outcome | None:
        """TakeAnswer with what is chosen or typed."""
        return self._commit(self._field.value if self.question.kind.is_typed else self._chosen)

    def sure(self, confidence: Confidence | str) -> Outcome:
        """Say how sure you are of the answer that waits for it, and get its feedback."""
        if not self._pending:
            raise ValueError("There is no answer yet; choose one first.")
        return self.respond(self._pending, confidence)

    def respond(self, response: str, confidence: Confidence | str | None = None) -> Outcome:
        """TakeAnswer, with how sure you are or without, and get the feedback at once."""
        told = None if confidence is None else Confidence(confidence)
        outcome, again = self._answer(self.question, response, told), self.outcome is not None
        asked, self._pending = bool(self._pending), ""
        self._sure_row.children = ()
        self._show(outcome)
        self._feedback.say(self._said(outcome) + (_AGAIN if again and self._gives_feedback else ""))
        if asked:  # the button that was pressed is gone, and the focus with it
            self.keys.focus_on(outcome.response if self.question.kind.is_one_letter else "Check")
        return outcome

    def restore(self, outcome: Outcome) -> None:
        """Show what was answered before, as if it had just been."""
        self._show(outcome)
        self._feedback.show(self._said(outcome))

    def close(self) -> None:
        """Take no further answer; what was answered stays to be seen on its button or in the field."""
        self._pending = ""
        self._feedback.clear()
        self._sure_row.children = ()
        for widget in (*self._buttons.values(), self._check, self._field):
            if widget is not None:
                widget.disabled = True

    def markdown(self) -> str:
        """The question as Markdown: prompt, dialogue, what to do, lettered choices."""
        question = self.question
        parts = [f"**{self._number}.** {prose_markdown(question.prompt)}"]
        if question.dialogue:
            parts.append(markup.fenced(question.dialogue.strip("\n")))
        if question.address:
            parts.append(markup.fenced(question.address))
        if question.kind.instruction:
            parts.append(f"*{markup.markdown(question.kind.instruction)}*")
        choices = [f"- **{letter}.** {prose_markdown(_seen(c.text))}" for letter, c in question.lettered()]
        return "\n\n".join([*parts, "\n".join(choices)] if choices else parts)

    # --- how it works -----------------------------------------------------------------------------------

    def _commit(self, response: str) -> Outcome | None:
        """Take a response: at the first one ask how sure the learner is, if that is wanted, then answer."""
        understood = self.question.mark(response).response
        if not self._ask_confidence or self.outcome is not None:
            return self.respond(understood)
        self._pending = understood
        if not self.question.kind.is_typed:
            self._chosen = understood
        self._label_buttons()
        self._sure_row.children = (ipywidgets.HTML("<p>How sure are you?</p>"), *self._sure)
        self._feedback.say(f"<p>Your answer: {markup.escape(understood)}. How sure are you?</p>")
        self.keys.focus_on("1")
        return None

    def _show(self, outcome: Outcome) -> None:
        self.outcome = outcome
        if self.question.kind.is_typed:
            self._field.value = outcome.response
        else:
            self._chosen = outcome.response
        self._label_buttons()

    def _said(self, outcome: Outcome) -> str:
        return _feedback(outcome) if self._gives_feedback else _taken(outcome)

    def _take(self, text: str) -> Outcome | None:
        self._field.value = text
        return self._commit(text)

    def _hear(self, _widget: object, content: Mapping[str, Any], _buffers: object) -> None:
        """Take what Enter or Check sent: the field's text as the browser has it."""
        text = str(content.get("lines", "")).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        self._callback(self._take, text)(None)

    def _head(self) -> str:
        question = self.question
        rows = [f"<p><strong>{self._number}.</strong> {prose(question.prompt)}</p>"]
        if question.dialogue:
            rows.append(preformatted(question.dialogue.strip("\n")))
        if question.address:
            rows.append(preformatted(question.address))
        if question.kind.instruction:
            rows.append(f"<p><em>{markup.escape(question.kind.instruction)}</em></p>")
        return "".join(rows)

    def _area(self) -> Any:
        """Where the answer is given: buttons one below the other, pieces side by side, or a field."""
        if self.question.kind.is_typed:
            self._check.add_class("smtplesson-send")
            self.keys.on_msg(self._hear)
            return ipywidgets.HBox([self._field, self._check])
        if self.question.kind.is_one_text:
            return ipywidgets.HBox(list(self._buttons.values()))
        buttons = list(self._buttons.values())
        if self._check is not None:
            buttons.append(self._check)
        return ipywidgets.VBox(buttons)

    def _label_buttons(self) -> None:
        """Say on each button what has been chosen."""
        for letter, choice in self.question.lettered():
            chosen = ""
            if letter in self._chosen:
                place = f"line {self._chosen.index(letter) + 1}"
                chosen = f" ({place if self.question.kind.control == 'order' else 'your choice'})"
            self._buttons[letter].description = markup.visible(f"{letter}. {_seen(choice.text)}{chosen}")


def _field(question: Question) -> Any:
    """The field of a question whose answer is typed."""
    return ipywidgets.Text(
        value=question.kind.prefilled(question),
        description="Your answer",
        style={"description_width": "initial"},
        layout=ipywidgets.Layout(width="auto", flex="1 1 14em"),
    )


def _seen(text: str) -> str:
    """`text`, or words for it where it is nothing but spaces."""
    return text if text.strip() else "(space)"


def _taken(outcome: Outcome) -> str:
    """What is said of an answer where nothing tells whether it is right."""
    return f"<p>Your answer: {markup.escape(outcome.response)}. You can change it.</p>"


def _feedback(outcome: Outcome) -> str:
    rows = [f"<p><strong>{outcome.verdict}.</strong> {prose(said(outcome))}</p>"]
    if (words := surprise(outcome)) is not None:
        rows.append(f"<p>{prose(words)}</p>")
    for behind in outcome.misconceptions:
        rows.append(f"<p>Remember: {prose(behind.correction)} <em>({markup.escape(behind.source)})</em></p>")
    rows.append(f"<p><small>Source: {prose(outcome.source)}</small></p>")
    return "".join(rows)
