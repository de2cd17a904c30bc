"""An exercise set for one learner: their own variants, with feedback or without, and their submission at the end."""

from __future__ import annotations

import os
import textwrap
from pathlib import Path
from typing import ClassVar

from smtplesson import markup
from smtplesson.classroom.exercise_set import ExerciseSet, Mode
from smtplesson.classroom.sitting import Sitting
from smtplesson.learner import portable
from smtplesson.learner.attempts import Attempt, Confidence
from smtplesson.learner.log import Log
from smtplesson.learner.quiz import Outcome, Quiz
from smtplesson.markup import Html, join, prose, tag
from smtplesson.questions.bank import QuestionBank
from smtplesson.questions.display import as_markdown
from smtplesson.questions.question import Question
from smtplesson.widgets.one_at_a_time import STATES, OneAtATime
from smtplesson.widgets.question_panel import QuestionPanel
from smtplesson.widgets.view import Clicks, Fields, area, bar, button, field, form, submit

_ABOUT = {
    Mode.PRACTICE: "Each answer gets its feedback at once. Your first answer to a question is the one that counts.",
    Mode.TEST: "Nothing tells you whether an answer is right. You can change it until you hand in. If you stop before "
    "that, run the cell again: your answers are still there.",
}
_SHORT = 110  # characters of a question in the overview


class ExerciseView(OneAtATime):
    """The questions that a set asks of a learner; without `learner` the view asks for their id first.

    `begin("mira-7")`, `answer("B")`, `hand_in()` and `save()` do what the field and the buttons do. `submission` is
    the JSON that is handed in, `code` the same as a portable code; both are empty until then.
    """

    clicks: ClassVar[Clicks] = {"go": int, "save": None}

    _end_name = "Overview"

    def __init__(
        self, exercise: ExerciseSet, learner: str = "", *, log: Log | None = None, bank: QuestionBank | None = None
    ) -> None:
        super().__init__(f"Exercise set: {exercise.title}")
        self.exercise = exercise
        self.sitting: Sitting | None = None
        self.submission = self.code = ""
        self._log = Log() if log is None else log
        self._bank = exercise.bank if bank is None else bank
        self._told = ""  # what came of the last act, until the next one
        self._warned = False  # of questions without an answer, which a test closes for good
        if learner:
            self.begin(learner)
        else:
            self.update()

    @classmethod
    def of(cls, path: str | Path, learner: str = "") -> ExerciseView:
        """Take the set from a teacher's file."""
        return cls(ExerciseSet.load(path), learner)

    def begin(self, learner: str) -> Quiz:
        """Ask the questions of this learner; once begun, it stays theirs.

        Raises ValueError where `learner` is no id, or another has begun.
        """
        if self.sitting is not None:
            raise ValueError(f"{self.learner} has begun here. Run the cell again for somebody else.")
        self.sitting = Sitting(self.exercise, learner, self._log, self._bank)
        practice, quiz = self.exercise.mode is Mode.PRACTICE, self.sitting.quiz
        self._panels = [
            QuestionPanel(question, self._answer, ask_confidence=practice, feedback=practice)
            for question in quiz.questions
        ]
        self._restore()
        if self.sitting.is_over:
            self.hand_in()
        else:
            following = quiz.questions.index(quiz.unanswered[0]) if quiz.unanswered else len(quiz.questions)
            self._tell(
                "You have begun before, and your answers are there: go on." if quiz.attempts else "", following + 1
            )
        return quiz

    def answer(
        self, response: str, question: int | None = None, confidence: Confidence | str | None = None
    ) -> Outcome | None:
        """Answer question number `question`, or the first that was not answered yet; in a test nothing comes back.

        Raises ValueError where the response is no answer, or nobody has begun, or everything was handed in.
        """
        outcome = self._respond(self._begun().quiz, response, question, confidence)
        return outcome if self.exercise.mode is Mode.PRACTICE else None

    def go(self, number: int) -> None:
        """Show question `number`, counted from 1; one more than there are is the overview."""
        self._begun()
        self._told = ""
        super().go(number)

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
            for panel in self._panels:
                panel.close()
        self._tell(
            f"{self._count} questions answered. Copy all of the code below, or save it as a file, and give it to your "
            "teacher. A question without an answer is not right.",
            len(self._panels) + 1,
        )
        return self.code

    def save(self, folder: str | os.PathLike[str] = ".") -> Path:
        """Write the submission into a folder, such as this notebook's, and return the file.

        Raises ValueError before anything was handed in, OSError where it cannot be written.
        """
        if not self.submission:
            raise ValueError("There is nothing to save yet; hand in first.")
        path = self._begun().save(folder)
        self._tell(f"Saved as {path.name}.", len(self._panels) + 1, focus="")
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
        count = len(self._panels)
        return "\n\n".join(
            told + [as_markdown(panel.question, f"Question {n} of {count}") for n, panel in enumerate(self._panels, 1)]
        )

    # --- what is pressed --------------------------------------------------------------------------------

    def do_begin(self, _value: str, fields: Fields) -> None:
        """Begin, with the id in the field."""
        self.begin(str(fields.get("learner", "")))

    def do_hand_in(self, _value: str, _fields: Fields) -> None:
        """Hand in, but a test with open questions only at the second press."""
        sitting = self._begun()
        unanswered = {question.id for question in sitting.quiz.unanswered}
        numbers = [str(n) for n, question in enumerate(sitting.quiz.questions, 1) if question.id in unanswered]
        if self.exercise.mode is Mode.TEST and numbers and sitting.quiz.attempts and not self._warned:
            self._warned = True
            which = f"question{'' if len(numbers) == 1 else 's'} {', '.join(numbers)}"
            said = f"There is no answer yet to {which}. Press “Hand in” again to hand in all the same."
            self._tell(said, len(self._panels) + 1, focus="")
        else:
            self.hand_in()

    # --- how it works -----------------------------------------------------------------------------------

    def _begun(self) -> Sitting:
        if self.sitting is None:
            raise ValueError('Nobody has begun; give your id first, such as begin("mira-7").')
        return self.sitting

    def _answer(self, question: Question, response: str, confidence: Confidence | None) -> Outcome:
        sitting = self._begun()
        if sitting.is_over:
            raise ValueError("This test was handed in; no answer can be changed any more.")
        outcome = sitting.quiz.answer(question.id, response, confidence)
        self._warned, self._told = False, ""
        return outcome

    def _restore(self) -> None:
        """Show the last answer to each question that has one."""
        last = {outcome.question.id: outcome for outcome in self._begun().quiz.attempts}
        for panel in self._panels:
            if outcome := last.get(panel.question.id):
                panel.restore(outcome)

    def _tell(self, text: str, at: int, *, focus: str = "home") -> None:
        """Show and say what came of an act, at a question or at the overview."""
        self._told, self._at = text, at
        self.update(say=text, focus=focus)

    @property
    def _count(self) -> str:
        quiz = self._begun().quiz
        return f"{len(quiz.questions) - len(quiz.unanswered)} of {len(quiz.questions)}"

    # --- how it looks -----------------------------------------------------------------------------------

    def html(self) -> Html:
        """The field for the id; or the progress and a question, or the overview."""
        if self.sitting is None:
            begin = bar(field("Your id", "learner"), submit("Begin", id="begin"))
            return join(tag("h3", self.title), tag("p", _ABOUT[self.exercise.mode]), form("begin", begin, id="start"))
        over = button("Overview", "go", len(self._panels) + 1, class_="sl-btn sl-plain", id="overview")
        shown = (
            self._overview() if self._is_at_end else self._question(*([over] if self._at < len(self._panels) else []))
        )
        told = tag("p", self._told, class_="sl-notice") if self._told and not self._is_at_end else None
        notice = self.sitting.notice
        return join(
            self._state(), self._progress(), told, shown, tag("p", notice, class_="sl-soft") if notice else None
        )

    def _state(self) -> Html:
        """Who answers, and how much is answered; in a test not how well."""
        score = f": {self._begun().quiz.score}" if self.exercise.mode is Mode.PRACTICE else ""
        handed = " Handed in." if self.submission else ""
        return tag(
            "p",
            tag("strong", self.exercise.title),
            tag("span", self.learner, class_="sl-mono"),
            tag("span", f"{self._count} answered{score}.{handed}", class_="sl-soft"),
            class_="sl-headline",
        )

    def _overview(self) -> Html:
        """All questions and how they stand, and what there is to do at the end."""
        is_over = self._begun().is_over
        rows = [tag("li", self._row(number, panel), id=f"row-{number}") for number, panel in enumerate(self._panels, 1)]
        code = area("Your submission", "code", self.code, rows=4, readonly=True) if self.code else None
        hand_in = None if is_over else button("Hand in", "hand_in", main=True, id="hand-in")
        save = button("Save as a file", "save", main=is_over, id="save") if self.code else None
        back = button("Back", "go", len(self._panels), class_="sl-btn sl-plain", id="back")
        return tag(
            "section",
            tag("h3", "Handed in" if self.submission else "Overview", id="home", tabindex="-1"),
            None if self.submission else tag("p", _ABOUT[self.exercise.mode], class_="sl-soft"),
            tag("ol", *rows, class_="sl-overview"),
            tag("p", self._told, class_="sl-panel sl-2" if self.submission else "sl-notice") if self._told else None,
            code,
            bar(hand_in, save, back),
        )

    def _row(self, number: int, panel: QuestionPanel) -> Html:
        asks = textwrap.shorten(panel.question.prompt, _SHORT, placeholder=" ...")
        sign = {"right": "✓ ", "wrong": "✗ ", "given": "● "}.get(panel.state, "")
        words = (
            tag("span", number, class_="sl-letter"),
            tag("span", prose(asks)),
            tag("small", sign, STATES[panel.state]),
        )
        return button(words, "go", number, class_="sl-opt", id=f"to-{number}")
