"""The kind "predict": choose the server's reply to the last line of a dialogue."""

from __future__ import annotations

from smtplesson.protocol.transcript import Transcript
from smtplesson.questions.kinds.one_letter import OneLetter
from smtplesson.questions.question import Question, leading_code


class Predict(OneLetter):
    """Choose the reply that comes next; `world` names the server that gives it."""

    name = "predict"
    needs = ("dialogue", "world")

    def check(self, question: Question) -> str:
        """The last line is the client's."""
        if fault := super().check(question):
            return fault
        is_asked = Transcript.parse(question.dialogue)[-1].speaker == "C"
        return "" if is_asked else "dialogue: its last line must be the client's, for the server to answer."

    def code(self, text: str) -> str:
        """The code of the reply."""
        return leading_code(text)[0]


KIND = Predict()
