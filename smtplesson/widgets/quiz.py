"""A quiz: every question with its choices as buttons, and the feedback at once."""

from __future__ import annotations

from typing import Any, Unpack

import ipywidgets

from smtplesson import markup
from smtplesson.learner import study
from smtplesson.learner.attempts import Confidence
from smtplesson.learner.log import Log
from smtplesson.learner.quiz import Outcome, Quiz, Wanted
from smtplesson.questions.question import Question
from smtplesson.widgets._asked import Asked
from smtplesson.widgets._view import View, prose


class QuizView(View):
    """Questions one below the other; `answer("B")` answers the next open one.

    The state is in `quiz`: `view.quiz.score`, `view.quiz.rows()`. With `confidence` each first answer gets its
    feedback only when the learner has said how sure they are. `log` is where the quiz keeps its answers, if anywhere:
    what it has to tell, such as that nothing can be written, is shown.
    """

    def __init__(self, quiz: Quiz, *, confidence: bool = False, log: Log | None = None) -> None:
        count = len(quiz.questions)
        super().__init__(f"Quiz of {markup.counted(count, 'question')}")
        self.quiz = quiz
        self._log = log
        self._asked = [
            Asked(question, number, count, self._answer, ask_confidence=confidence)
            for number, question in enumerate(quiz.questions, 1)
        ]
        self._earlier = ""
        self._progress: Any = ipywidgets.HTML()
        self._show_progress()
        self._fill(*(asked.box for asked in self._asked), self._progress)

    @classmethod
    def of(cls, lesson: str | None = None, *, confidence: bool = True, **wanted: Unpack[Wanted]) -> QuizView:
        """Ask `count` questions of a lesson, an `objective` or a `tag`, or all, in an order that depends on `seed`.

        The answers go into the learner's log, under the lesson's name or under `name`.
        """
        log = Log()
        quiz = study.lesson_quiz(log, lesson, **wanted)
        view = cls(quiz, confidence=confidence, log=log)
        view._remember(log)
        return view

    @classmethod
    def fresh(cls, count: int = 5, *, seed: int, objective: str | None = None, lesson: str | None = None) -> QuizView:
        """Ask `count` questions made from a seed: another seed, other dialogues; the same seed, the same ones."""
        log = Log()
        quiz = study.fresh_quiz(log, count, seed=seed, objective=objective, lesson=lesson)
        return cls(quiz, confidence=True, log=log)

    @classmethod
    def review(cls, count: int = 10) -> QuizView:
        """Ask what is due today by the learner's log, then what he is weakest in, then what he has not seen."""
        log = Log()
        return cls(study.review_quiz(log, count), confidence=True, log=log)

    def answer(self, response: str, question: int | None = None, confidence: Confidence | str | None = None) -> Outcome:
        """Answer question number `question`, or the first that was not answered yet: a letter, letters or a text.

        Raises ValueError where the response is no answer, or the number is none of the quiz's own.
        """
        if question is None:
            if not self.quiz.unanswered:
                last = f'answer("A", question={len(self._asked)})'
                raise ValueError(f"Every question is answered; to answer again name one, such as: {last}.")
            question = self.quiz.questions.index(self.quiz.unanswered[0]) + 1
        if not 1 <= question <= len(self._asked):
            raise ValueError(f"There is no question {question}; there are 1 to {len(self._asked)}.")
        return self._asked[question - 1].respond(response, confidence)

    def markdown(self) -> str:
        """The twin: every question with its choices, not the answers."""
        parts = [f"**{markup.markdown(self.title)}.** *Run this cell to answer.*"]
        return "\n\n".join(parts + [asked.markdown() for asked in self._asked])

    def _answer(self, question: Question, response: str, confidence: Confidence | None) -> Outcome:
        outcome = self.quiz.answer(question.id, response, confidence)
        self._show_progress()
        return outcome

    def _remember(self, log: Log) -> None:
        """Tell how many of these were answered here before: the page looks as if none had been."""
        ids = {question.id for question in self.quiz.questions}
        days = {a.question: a.day for a in log.attempts() if a.quiz == self.quiz.name and a.question in ids}
        if days:
            when = f"last on {max(days.values())}"
            self._earlier = f"You answered {len(days)} of these before, {when}: that is kept, and the review shows it."
            self._show_progress()

    def _show_progress(self) -> None:
        done = len(self.quiz.questions) - len(self.quiz.unanswered)
        rows = [f"<p>{done} of {len(self.quiz.questions)} answered: {markup.escape(self.quiz.score)}.</p>"]
        if not self.quiz.unanswered:
            behind = "".join(f"<li>{prose(m.correction)}</li>" for m in self.quiz.misconceptions())
            rows += [f"<p><strong>Worth remembering:</strong></p><ul>{behind}</ul>"] if behind else []
        if self._earlier and not done:
            rows.append(f"<p>{markup.escape(self._earlier)}</p>")
        if self._log is not None and self._log.notice:
            rows.append(f"<p>{markup.escape(self._log.notice)}</p>")
        self._progress.value = "".join(rows)
