"""A quiz: every question with its choices as buttons, and the feedback at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets

from smtplesson import _html
from smtplesson.questions import Question, QuestionBank
from smtplesson.quiz import Outcome, Quiz
from smtplesson.widgets._view import Live, View, preformatted, prose, prose_markdown


class QuizView(View):
    """Questions one below the other; `answer("B")` does what choosing B in the next open question does.

    The state is in `quiz`: `view.quiz.score`, `view.quiz.rows()`.
    """

    def __init__(self, quiz: Quiz) -> None:
        count = len(quiz.questions)
        super().__init__(f"Quiz of {count} question{'' if count == 1 else 's'}")
        self.quiz = quiz
        self._asked = [
            _Asked(question, number, count, self._answer) for number, question in enumerate(quiz.questions, 1)
        ]
        self._progress: Any = ipywidgets.HTML()
        self._show_progress()
        self._fill(*(asked.box for asked in self._asked), self._progress)

    @classmethod
    def of(
        cls,
        lesson: str | None = None,
        *,
        objective: str | None = None,
        count: int | None = None,
        seed: int = 0,
    ) -> QuizView:
        """Ask `count` questions of a lesson or an objective, or all, in an order that depends on the seed."""
        bank = QuestionBank.load()
        return cls(Quiz.of(bank, lesson=lesson, objective=objective, count=count, seed=seed))

    def answer(self, letter: str, question: int | None = None) -> Outcome:
        """Choose `letter` in question number `question`, or in the first that was not answered yet.

        Raises ValueError where the letter or the number is none of the quiz's own.
        """
        if question is None:
            if not self.quiz.unanswered:
                last = f'answer("A", question={len(self._asked)})'
                raise ValueError(f"Every question is answered; to answer again name one, such as: {last}.")
            question = self.quiz.questions.index(self.quiz.unanswered[0]) + 1
        if not 1 <= question <= len(self._asked):
            raise ValueError(f"There is no question {question}; there are 1 to {len(self._asked)}.")
        return self._asked[question - 1].choose(letter)

    def markdown(self) -> str:
        """The twin: every question with its choices, not the answers."""
        parts = [f"**{_html.markdown(self.title)}.** *Run this cell to answer.*"]
        return "\n\n".join(parts + [asked.markdown() for asked in self._asked])

    def _answer(self, question: Question, letter: str) -> Outcome:
        outcome = self.quiz.answer(question.id, letter)
        self._show_progress()
        return outcome

    def _show_progress(self) -> None:
        done = len(self.quiz.questions) - len(self.quiz.unanswered)
        rows = [f"<p>{done} of {len(self.quiz.questions)} answered: {_html.escape(self.quiz.score)}.</p>"]
        if not self.quiz.unanswered:
            behind = "".join(f"<li>{prose(m.correction)}</li>" for m in self.quiz.misconceptions())
            rows += [f"<p><strong>Worth remembering:</strong></p><ul>{behind}</ul>"] if behind else []
        self._progress.value = "".join(rows)


class _Asked(View):
    """One question of a quiz."""

    def __init__(self, question: Question, number: int, count: int, answer: Callable[[Question, str], Outcome]) -> None:
        super().__init__(f"Question {number} of {count}: {question.prompt}", letters=question.letters)
        self.question = question
        self._number = f"Question {number} of {count}"
        self._answer = answer
        self._buttons = {
            letter: self._button(_choice_text(letter, choice.text), self.choose, letter)
            for letter, choice in question.lettered()
        }
        self._feedback = Live()
        head = f"<p><strong>{self._number}.</strong> {prose(question.prompt)}</p>"
        if question.dialogue:
            head += preformatted(question.dialogue.strip("\n"))
        buttons = ipywidgets.VBox(list(self._buttons.values()))
        self._fill(ipywidgets.HTML(head), buttons, self._feedback.widget)

    def choose(self, letter: str) -> Outcome:
        """Choose a letter, mark it, and say what came of it."""
        outcome = self._answer(self.question, letter)
        for each, choice in self.question.lettered():
            chosen = " (your choice)" if each == outcome.letter else ""
            self._buttons[each].description = _html.visible(_choice_text(each, choice.text) + chosen)
        self._feedback.say(_feedback(outcome))
        return outcome

    def markdown(self) -> str:
        """The question as Markdown: prompt, dialogue, lettered choices."""
        parts = [f"**{self._number}.** {prose_markdown(self.question.prompt)}"]
        if self.question.dialogue:
            parts.append(_html.fenced(self.question.dialogue.strip("\n")))
        choices = [f"- **{letter}.** {prose_markdown(c.text)}" for letter, c in self.question.lettered()]
        return "\n\n".join([*parts, "\n".join(choices)])


def _choice_text(letter: str, text: str) -> str:
    return f"{letter}. {text}"


def _feedback(outcome: Outcome) -> str:
    rows = [f"<p><strong>{outcome.verdict}.</strong> {outcome.letter}: {prose(outcome.feedback)}</p>"]
    if outcome.misconception is not None:
        behind = outcome.misconception
        rows.append(f"<p>Remember: {prose(behind.correction)} <em>({_html.escape(behind.source)})</em></p>")
    rows.append(f"<p><small>Source: {prose(outcome.source)}</small></p>")
    return "".join(rows)
