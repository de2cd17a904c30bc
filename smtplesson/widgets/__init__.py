"""Live views for notebooks: talk to a server, predict it, look up a code, answer questions."""

from typing import TYPE_CHECKING

from smtplesson import _lazy

if TYPE_CHECKING:
    from smtplesson.widgets.compare import Compare
    from smtplesson.widgets.console import Console
    from smtplesson.widgets.exercise import ExerciseView
    from smtplesson.widgets.field_guide import FieldGuideView
    from smtplesson.widgets.glossary import GlossaryView
    from smtplesson.widgets.head_to_head import HeadToHead
    from smtplesson.widgets.illustrated import Illustrated
    from smtplesson.widgets.journey import JourneyView
    from smtplesson.widgets.microscope import Microscope
    from smtplesson.widgets.predict import Predict
    from smtplesson.widgets.progress import ProgressView
    from smtplesson.widgets.quiz import QuizView
    from smtplesson.widgets.reply_codes import ReplyCodesView
    from smtplesson.widgets.reveal import Reveal
    from smtplesson.widgets.sandbox import Sandbox
    from smtplesson.widgets.story import Scene, Step, Story
    from smtplesson.widgets.what_now import WhatNow
else:
    __getattr__, __dir__ = _lazy.names(globals(), {
        "smtplesson.widgets.compare": "Compare",
        "smtplesson.widgets.console": "Console",
        "smtplesson.widgets.exercise": "ExerciseView",
        "smtplesson.widgets.field_guide": "FieldGuideView",
        "smtplesson.widgets.glossary": "GlossaryView",
        "smtplesson.widgets.head_to_head": "HeadToHead",
        "smtplesson.widgets.illustrated": "Illustrated",
        "smtplesson.widgets.journey": "JourneyView",
        "smtplesson.widgets.microscope": "Microscope",
        "smtplesson.widgets.predict": "Predict",
        "smtplesson.widgets.progress": "ProgressView",
        "smtplesson.widgets.quiz": "QuizView",
        "smtplesson.widgets.reply_codes": "ReplyCodesView",
        "smtplesson.widgets.reveal": "Reveal",
        "smtplesson.widgets.sandbox": "Sandbox",
        "smtplesson.widgets.story": "Scene Step Story",
        "smtplesson.widgets.what_now": "WhatNow",
    })  # fmt: skip

__all__ = [
    "Compare",
    "Console",
    "ExerciseView",
    "FieldGuideView",
    "GlossaryView",
    "HeadToHead",
    "Illustrated",
    "JourneyView",
    "Microscope",
    "Predict",
    "ProgressView",
    "QuizView",
    "ReplyCodesView",
    "Reveal",
    "Sandbox",
    "Scene",
    "Step",
    "Story",
    "WhatNow",
]
