"""A quiz: one question at a time, with its feedback at once, the way back, and at the end what is worth remembering."""

from __future__ import annotations

from typing import Unpack

from smtplesson import markup
from smtplesson.learner import study
from smtplesson.learner.attempts import Confidence
from smtplesson.learner.log import Log
from smtplesson.learner.quiz import Outcome, Quiz, Wanted
from smtplesson.markup import Html, join, prose, tag
from smtplesson.questions.display import as_markdown
from smtplesson.questions.question import Question
from smtplesson.widgets.one_at_a_time import OneAtATime
from smtplesson.widgets.question_panel import QuestionPanel
from smtplesson.widgets.view import bar, button, onward


class QuizView(OneAtATime):
    """Questions, one at a time; `answer("B")` answers the next open one, `go(3)` shows the third.

    The state is in `quiz`: `view.quiz.score`, `view.quiz.rows()`. With `confidence` a first answer is given by saying
    how sure one is. `log` is where the quiz keeps its answers, if anywhere: what it has to tell is shown.
    """

    def __init__(self, quiz: Quiz, *, confidence: bool = False, log: Log | None = None) -> None:
        super().__init__(f"Quiz of {markup.counted(len(quiz.questions), 'question')}")
        self.quiz = quiz
        self._log = log
        self._earlier = ""
        self._panels = [QuestionPanel(question, self._answer, ask_confidence=confidence) for question in quiz.questions]
        self.update()

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
        """Ask what is due today by the learner's log, then what they are weakest in, then what is new to them."""
        log = Log()
        return cls(study.review_quiz(log, count), confidence=True, log=log)

    def answer(self, response: str, question: int | None = None, confidence: Confidence | str | None = None) -> Outcome:
        """Answer question number `question`, or the first that was not answered yet: a letter, letters or a text.

        Raises ValueError where the response is no answer, or the number is none of the quiz's own.
        """
        return self._respond(self.quiz, response, question, confidence)

    def markdown(self) -> str:
        """The twin: every question with its choices, not the answers, folded: what stands there moves no cell away."""
        count = len(self._panels)
        asked = [as_markdown(q, f"Question {n} of {count}") for n, q in enumerate(self.quiz.questions, 1)]
        opening = f"**{markup.markdown(self.title)}.** *Run this cell to answer.*"
        return "\n\n".join([opening, "<details><summary>Read them first</summary>", *asked, "</details>"])

    # --- how it works -----------------------------------------------------------------------------------

    def _answer(self, question: Question, response: str, confidence: Confidence | None) -> Outcome:
        return self.quiz.answer(question.id, response, confidence)

    def _remember(self, log: Log) -> None:
        """Tell how many of these were answered here before: the page looks as if none had been."""
        ids = {question.id for question in self.quiz.questions}
        days = {a.question: a.day for a in log.attempts() if a.quiz == self.quiz.name and a.question in ids}
        if days:
            when = f"last on {max(days.values())}"
            self._earlier = f"You answered {len(days)} of these before, {when}: that is kept, and the review shows it."
            self.update()

    # --- how it looks -----------------------------------------------------------------------------------

    def html(self) -> Html:
        """The progress, and the question or the end."""
        shown = self._end() if self._at > len(self._panels) else self._question()
        notice = self._log.notice if self._log is not None else ""
        rows = [self._earlier if len(self.quiz.unanswered) == len(self._panels) else "", notice]
        return join(self._progress(), shown, *(tag("p", row, class_="sl-soft") for row in rows if row))

    def _end(self) -> Html:
        behind = [tag("li", prose(found.correction)) for found in self.quiz.misconceptions()]
        missed = next((n for n, panel in enumerate(self._panels, 1) if panel.state in ("", "wrong")), None)
        again = button("Look at the first one missed", "go", missed, main=True, id="missed") if missed else None
        back = button("Back", "go", len(self._panels), class_="sl-btn sl-plain", id="back")
        all_right = len(self.quiz.right) == len(self._panels) > 1
        said = f"All {len(self._panels)} right." if all_right else f"{self.quiz.score}."
        return tag(
            "section",
            tag("h3", said, id="home", tabindex="-1", class_="sl-panel sl-2" if all_right else None),
            join(tag("p", tag("strong", "Worth remembering:")), tag("ul", *behind)) if behind else None,
            bar(again, onward(main=not missed), back),
        )
