"""An exercise set for one learner: his own variants, with feedback or without, and his submission at the end."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import ipywidgets

from smtplesson import markup
from smtplesson.classroom.exercise_set import ExerciseSet, Mode
from smtplesson.classroom.sitting import Sitting
from smtplesson.learner import portable
from smtplesson.learner.attempts import Attempt, Confidence
from smtplesson.learner.log import Log
from smtplesson.learner.quiz import Outcome, Quiz
from smtplesson.questions.bank import QuestionBank
from smtplesson.questions.question import Question
from smtplesson.widgets._asked import Asked
from smtplesson.widgets._view import Live, View, code_field

_ABOUT = {
    Mode.PRACTICE: "Each answer gets its feedback at once. Your first answer to a question is the one that counts.",
    Mode.TEST: "Nothing tells you whether an answer is right. You can change it until you hand in. If you stop before "
    "that, run the cell again: your answers are still there.",
}


class ExerciseView(View):
    """The questions that a set asks of a learner; without `learner` the view asks for his id first.

    `begin("mira-7")`, `answer("B")`, `hand_in()` and `save()` do what the field and the buttons do. `submission` is
    the JSON that is handed in, `code` the same as a portable code; both are empty until then.
    """

    def __init__(
        self, exercise: ExerciseSet, learner: str = "", *, log: Log | None = None, bank: QuestionBank | None = None
    ) -> None:
        super().__init__(f"Exercise set: {exercise.title}")
        self.exercise = exercise
        self.sitting: Sitting | None = None
        self.submission = self.code = ""
        self._log = Log() if log is None else log
        self._bank = QuestionBank.load() if bank is None else bank
        self._asked: list[Asked] = []
        self._head: Any = ipywidgets.HTML(self._about())
        self._questions: Any = ipywidgets.VBox()
        self._state: Any = ipywidgets.HTML()
        self._spoken = Live()
        self._handed: Any = ipywidgets.HTML()
        self._hand_in = self._button("Hand in", self._press_hand_in, primary=True)
        self._warned = False  # of questions without an answer, which a test closes for good
        self._save = self._button("Save as a file", self.save)
        self._start: Any = ipywidgets.VBox([_Start(self._begin_here).box])
        self._end: Any = ipywidgets.HBox()
        self._fill(self._head, self._start, self._questions, self._state, self._end, self._spoken.widget, self._handed)
        if learner:
            self.begin(learner)

    @classmethod
    def of(cls, path: str | Path, learner: str = "") -> ExerciseView:
        """Take the set from a teacher's file."""
        return cls(ExerciseSet.load(path), learner)

    def begin(self, learner: str) -> Quiz:
        """Ask the questions of this learner; once begun, it stays his.

        Raises ValueError where `learner` is no id, or another has begun.
        """
        if self.sitting is not None:
            raise ValueError(f"{self.learner} has begun here. Run the cell again for somebody else.")
        self.sitting = Sitting(self.exercise, learner, self._log, self._bank)
        practice, quiz = self.exercise.mode is Mode.PRACTICE, self.sitting.quiz
        self._asked = [
            Asked(question, number, len(quiz.questions), self._answer, ask_confidence=practice, feedback=practice)
            for number, question in enumerate(quiz.questions, 1)
        ]
        self._restore()
        self._start.children = ()
        self._questions.children = tuple(each.box for each in self._asked)
        self._end.children = (self._hand_in,)
        self._head.value = self._about()
        self._show_state()
        if self.sitting.is_over:
            self.hand_in()
        elif quiz.attempts:
            self._say("You have begun before, and your answers are there: go on.")
        return quiz

    def answer(
        self, response: str, question: int | None = None, confidence: Confidence | str | None = None
    ) -> Outcome | None:
        """Answer question number `question`, or the first that was not answered yet; in a test nothing comes back.

        Raises ValueError where the response is no answer, or nobody has begun, or everything was handed in.
        """
        quiz = self._begun().quiz
        if question is None:
            if not quiz.unanswered:
                raise ValueError('Every question is answered; to answer again name one, such as: answer("A", 1).')
            question = quiz.questions.index(quiz.unanswered[0]) + 1
        if not 1 <= question <= len(self._asked):
            raise ValueError(f"There is no question {question}; there are 1 to {len(self._asked)}.")
        outcome = self._asked[question - 1].respond(response, confidence)
        return outcome if self.exercise.mode is Mode.PRACTICE else None

    def hand_in(self) -> str:
        """Close a test, show the submission as a portable code, and return the code.

        A practice set stays open: hand in again for what was answered since. Raises ValueError where there is no
        answer yet.
        """
        sitting = self._begun()
        self.submission = sitting.hand_in()
        self.code = portable.pack(sitting.attempts)
        if sitting.is_over:
            self._restore()  # another window may have handed in first
            for asked in self._asked:
                asked.close()
            self._hand_in.disabled = True
        self._handed.value = code_field(self.code, "Your submission")
        self._end.children = (self._hand_in, self._save)
        count, left = len(sitting.quiz.questions), len(sitting.quiz.unanswered)
        self._say(
            f"{count - left} of {count} questions answered. Copy all of the code below, or "
            "save it as a file, and give it to your teacher. A question without an answer is not right."
        )
        self._show_state()
        return self.code

    def save(self, folder: str | os.PathLike[str] = ".") -> Path:
        """Write the submission into a folder, such as this notebook's, and return the file.

        Raises ValueError before anything was handed in, OSError where it cannot be written.
        """
        if not self.submission:
            raise ValueError("There is nothing to save yet; hand in first.")
        path = self._begun().save(folder)
        self._say(f"Saved as {path.name}.")
        return path

    @property
    def learner(self) -> str:
        """Who has begun; empty until then."""
        return self.sitting.learner if self.sitting else ""

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """What is handed in: all answers of a practice set, the last to each question of a test."""
        return self._begun().attempts

    def markdown(self) -> str:
        """The twin: what the set is, and the questions where the learner is known."""
        told = [
            f"**{markup.markdown(self.title)}.** *Run this cell to answer.*",
            markup.markdown(_ABOUT[self.exercise.mode]),
        ]
        return "\n\n".join(told + [asked.markdown() for asked in self._asked])

    # --- how it works -----------------------------------------------------------------------------------

    def _begin_here(self, learner: str) -> None:
        """Begin, and move the focus on: the field that had it is gone."""
        self.begin(learner)
        first = "A" if self._asked[0].question.letters else "Check"
        self.keys.focus_on("Save as a file" if self._begun().is_over else first)

    def _press_hand_in(self) -> None:
        """Hand in, but a test with open questions only at the second press."""
        sitting = self._begun()
        unanswered = {question.id for question in sitting.quiz.unanswered}
        numbers = [str(n) for n, question in enumerate(sitting.quiz.questions, 1) if question.id in unanswered]
        if self.exercise.mode is Mode.TEST and numbers and sitting.quiz.attempts and not self._warned:
            self._warned = True
            which = f"question{'' if len(numbers) == 1 else 's'} {', '.join(numbers)}"
            self._say(f"There is no answer yet to {which}. Press “Hand in” again to hand in all the same.")
        else:
            self.hand_in()

    def _begun(self) -> Sitting:
        if self.sitting is None:
            raise ValueError('Nobody has begun; give your id first, such as begin("mira-7").')
        return self.sitting

    def _answer(self, question: Question, response: str, confidence: Confidence | None) -> Outcome:
        sitting = self._begun()
        if sitting.is_over:
            raise ValueError("This test was handed in; no answer can be changed any more.")
        outcome = sitting.quiz.answer(question.id, response, confidence)
        self._warned = False
        self._show_state()
        return outcome

    def _about(self) -> str:
        who = f" <strong>{markup.escape(self.learner)}</strong>" if self.learner else ""
        return f"<p><strong>{markup.escape(self.title)}</strong>{who}</p><p>{_ABOUT[self.exercise.mode]}</p>"

    def _restore(self) -> None:
        """Show the last answer to each question that has one."""
        last = {outcome.question.id: outcome for outcome in self._begun().quiz.attempts}
        for asked in self._asked:
            if outcome := last.get(asked.question.id):
                asked.restore(outcome)

    def _show_state(self) -> None:
        """How much is answered; in a test not how well."""
        sitting = self._begun()
        quiz, count = sitting.quiz, len(sitting.quiz.questions)
        score = f": {quiz.score}" if self.exercise.mode is Mode.PRACTICE else ""
        handed = " Handed in." if self.submission else ""
        rows = [f"<p>{count - len(quiz.unanswered)} of {count} answered{markup.escape(score)}.{handed}</p>"]
        if sitting.notice:
            rows.append(f"<p>{markup.escape(sitting.notice)}</p>")
        self._state.value = "".join(rows)

    def _say(self, text: str) -> None:
        self._spoken.say(f"<p>{markup.escape(text)}</p>")


class _Start(View):
    """The field for a learner's id, a group of its own: its keys must not reach into the questions."""

    def __init__(self, begin: Callable[[str], object]) -> None:
        super().__init__("Who answers", takes_lines=True)
        self._take = begin
        self._field: Any = ipywidgets.Text(
            description="Your id",
            style={"description_width": "initial"},
            layout=ipywidgets.Layout(width="auto", flex="1 1 14em"),
        )
        button = self._button("Begin", self._take_field, primary=True)
        button.add_class("smtplesson-send")
        self.keys.on_msg(self._hear)
        self._fill(ipywidgets.HBox([self._field, button]))

    def markdown(self) -> str:
        """The twin."""
        return "Your id: ..."

    def _take_field(self) -> None:
        self._take(self._field.value)

    def _hear(self, _widget: object, content: Mapping[str, Any], _buffers: object) -> None:
        """Take what Enter or "Begin" sent: the field's text as the browser has it."""
        self._callback(self._take, str(content.get("lines", "")))(None)
