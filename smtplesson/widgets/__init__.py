"""Live views for notebooks: talk to a server, predict it, look up a code, answer questions."""

from smtplesson.widgets.compare import Compare
from smtplesson.widgets.console import Console
from smtplesson.widgets.explorer import Explorer
from smtplesson.widgets.guide import Guide
from smtplesson.widgets.predict import Predict
from smtplesson.widgets.quiz import QuizView

__all__ = ["Compare", "Console", "Explorer", "Guide", "Predict", "QuizView"]
