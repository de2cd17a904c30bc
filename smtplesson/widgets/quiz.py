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
from smtplesson.widgets.asked import Asked, confidence_of
from smtplesson.widgets.view import Fields, View, bar, button

_STATES = {"": "open", "right": "right", "wrong": "not yet", "given": "answered"}


class QuizView(View):
    """Questions, one at a time; `answer("B")` answers the next open one, `go(3)` shows the third.

    The state is in `quiz`: `view.quiz.score`, `view.quiz.rows()`. With `confidence` a first answer is given by saying
    how sure one is. `log` is where the quiz keeps its answers, if anywhere: what it has to tell is shown.
    """

    def __init__(self, quiz: Quiz, *, confidence: bool = False, log: Log | None = None) -> None:
        super().__init__(f"Quiz of {markup.counted(len(quiz.questions), 'question')}")
        self.quiz = quiz
        self._log = log
        self._earlier = ""
        self._at = 1  # the number of the question that is shown; one more is the end
        self._asked = [Asked(question, self._answer, ask_confidence=confidence) for question in quiz.questions]
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
        if question is None:
            if not self.quiz.unanswered:
                last = f'answer("A", question={len(self._asked)})'
                raise ValueError(f"Every question is answered; to answer again name one, such as: {last}.")
            question = self.quiz.questions.index(self.quiz.unanswered[0]) + 1
        self._check(question)
        outcome = self._asked[question - 1].respond(response, confidence)
        self._at = question
        self.update(say=self._now.said, focus="next")
        return outcome

    def go(self, number: int) -> None:
        """Show question `number`, counted from 1; one more than there are is the end."""
        if number != len(self._asked) + 1:
            self._check(number)
        self._at = number
        self.update(focus="home")

    def markdown(self) -> str:
        """The twin: every question with its choices, not the answers."""
        count = len(self._asked)
        parts = [f"**{markup.markdown(self.title)}.** *Run this cell to answer.*"]
        return "\n\n".join(
            parts + [as_markdown(q, f"Question {n} of {count}") for n, q in enumerate(self.quiz.questions, 1)]
        )

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

    def do_go(self, number: str, _fields: Fields) -> None:
        """Show another question, or the end."""
        self.go(int(number))

    # --- how it works -----------------------------------------------------------------------------------

    @property
    def _now(self) -> Asked:
        return self._asked[self._at - 1]

    def _check(self, number: int) -> None:
        if not 1 <= number <= len(self._asked):
            raise ValueError(f"There is no question {number}; there are 1 to {len(self._asked)}.")

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
        shown = self._end() if self._at > len(self._asked) else self._question()
        notice = self._log.notice if self._log is not None else ""
        rows = [self._earlier if len(self.quiz.unanswered) == len(self._asked) else "", notice]
        return join(self._progress(), shown, *(tag("p", row, class_="sl-soft") for row in rows if row))

    def _progress(self) -> Html:
        steps = [
            button(
                "",
                "go",
                number,
                class_=f"sl-step sl-{asked.state}" if asked.state else "sl-step",
                aria_label=f"Question {number}: {_STATES[asked.state]}",
                aria_current="step" if number == self._at else None,
                id=f"step-{number}",
            )
            for number, asked in enumerate(self._asked, 1)
        ]
        return tag("ol", *(tag("li", step) for step in steps), class_="sl-progress", aria_label="Questions")

    def _question(self) -> Html:
        last, done = self._at == len(self._asked), self._now.outcome is not None
        ways = [button("Back", "go", self._at - 1, class_="sl-btn sl-plain", id="back")] if self._at > 1 else []
        following = "Finish" if last else "Next" if done else "Skip"
        if not (last and not done and self.quiz.unanswered):
            look = "sl-btn sl-main" if done else "sl-btn sl-plain"
            ways.append(button(following, "go", self._at + 1, class_=look, key="N", id="next"))
        return self._now.html(f"Question {self._at} of {len(self._asked)}", *ways)

    def _end(self) -> Html:
        behind = [tag("li", prose(found.correction)) for found in self.quiz.misconceptions()]
        missed = next((n for n, asked in enumerate(self._asked, 1) if asked.state in ("", "wrong")), None)
        again = button("Look at the first one missed", "go", missed, main=True, id="missed") if missed else None
        return tag(
            "section",
            tag("h3", f"{self.quiz.score}.", id="home", tabindex="-1"),
            join(tag("p", tag("strong", "Worth remembering:")), tag("ul", *behind)) if behind else None,
            bar(again, button("Back", "go", len(self._asked), class_="sl-btn sl-plain", id="back")),
        )
