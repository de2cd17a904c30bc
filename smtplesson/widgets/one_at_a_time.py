"""Questions of which one is shown at a time, with the way to each: what a quiz and an exercise set have in common."""

from __future__ import annotations

from typing import ClassVar

from smtplesson.learner.attempts import Confidence
from smtplesson.learner.quiz import Outcome, Quiz
from smtplesson.markup import Html, tag
from smtplesson.widgets.question_panel import QuestionPanel, confidence_of
from smtplesson.widgets.view import Clicks, Fields, View, button

STATES = {"": "open", "right": "right", "wrong": "not yet", "given": "answered"}


class OneAtATime(View):
    """A view of the questions in `_panels`; `go(3)` shows the third, and one more than there are is the end."""

    clicks: ClassVar[Clicks] = {"go": int}

    _end_name = "Finish"

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self._panels: list[QuestionPanel] = []
        self._at = 1  # the number of the question that is shown; one more is the end

    def answer(
        self, response: str, question: int | None = None, confidence: Confidence | str | None = None
    ) -> Outcome | None:
        """Answer question number `question`, or the first that was not answered yet."""
        raise NotImplementedError

    def go(self, number: int) -> None:
        """Show question `number`, counted from 1; one more than there are is the end."""
        if number != len(self._panels) + 1:
            self._check(number)
        self._at = number
        self.update(focus="home")

    # --- what is pressed --------------------------------------------------------------------------------

    def do_check(self, _value: str, fields: Fields) -> None:
        """Answer with what is chosen or typed; where it is asked how sure one is, that comes first."""
        response = self._now.question.mark(self._now.taken(fields)).response
        if self._now.asks_confidence:
            self.update(say=f"Your answer: {response}. How sure are you?", focus="sure-1")
        else:
            self.answer(response, self._at)

    def do_sure(self, key: str, fields: Fields) -> None:
        """Answer, and say how sure one is."""
        self.answer(self._now.taken(fields), self._at, confidence_of(key))

    def do_move(self, step: str, _fields: Fields) -> None:
        """Move a line of an order."""
        self.update(say=self._now.move(step), focus=step.replace(" ", "-"))

    # --- how it works -----------------------------------------------------------------------------------

    @property
    def _now(self) -> QuestionPanel:
        return self._panels[self._at - 1]

    @property
    def _is_at_end(self) -> bool:
        return self._at > len(self._panels)

    def _respond(self, quiz: Quiz, response: str, question: int | None, confidence: Confidence | str | None) -> Outcome:
        if question is None:
            if not quiz.unanswered:
                last = f'answer("A", question={len(self._panels)})'
                raise ValueError(f"Every question is answered; to answer again name one, such as: {last}.")
            question = quiz.questions.index(quiz.unanswered[0]) + 1
        self._check(question)
        outcome = self._panels[question - 1].respond(response, confidence)
        self._at = question
        self.update(say=self._now.said, focus="next")
        return outcome

    def _check(self, number: int) -> None:
        if not 1 <= number <= len(self._panels):
            raise ValueError(f"There is no question {number}; there are 1 to {len(self._panels)}.")

    # --- how it looks -----------------------------------------------------------------------------------

    def _progress(self) -> Html:
        steps = [
            button(
                "",
                "go",
                number,
                class_=f"sl-step sl-{panel.state}" if panel.state else "sl-step",
                aria_label=f"Question {number}: {STATES[panel.state]}",
                aria_current="step" if number == self._at else None,
                id=f"step-{number}",
            )
            for number, panel in enumerate(self._panels, 1)
        ]
        return tag("ol", *(tag("li", step) for step in steps), class_="sl-progress", aria_label="Questions")

    def _question(self, *more: Html) -> Html:
        """The question with the ways to the one before and to the next; `more` are buttons behind these."""
        last, done = self._at == len(self._panels), self._now.outcome is not None or self._now.is_closed
        ways = [button("Back", "go", self._at - 1, class_="sl-btn sl-plain", id="back")] if self._at > 1 else []
        following = self._end_name if last else "Next" if done else "Skip"
        if done or not last:
            look = "sl-btn sl-main" if done else "sl-btn sl-plain"
            ways.append(button(following, "go", self._at + 1, class_=look, key="N", id="next"))
        return self._now.html(f"Question {self._at} of {len(self._panels)}", *ways, *more)
