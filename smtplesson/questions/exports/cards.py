"""Questions as cards for the projector: one HTML file without scripts or keys, a question on each screen."""

from __future__ import annotations

from collections.abc import Sequence

from smtplesson import markup
from smtplesson.markup import tag
from smtplesson.questions import display
from smtplesson.questions.exports.exported import Export, common_losses, sorted_out
from smtplesson.questions.question import Question

NAME = "cards"
SUMMARY = "cards for the projector, a question on each screen, as HTML"
SUFFIX = ".html"
_STYLE = """
html { scroll-snap-type: y mandatory; }
.sl-whole { max-width: none; font-size: clamp(1.2rem, 3.8vmin, 5rem); line-height: 1.3; }
.sl-whole article { box-sizing: border-box; min-height: 100vh; padding: 3vmin 5vmin; scroll-snap-align: start; }
.sl-whole h1 { font-size: 1.25em; line-height: 1.25; margin: 0 0 2vmin; }
.sl-whole .sl-talk, .sl-whole .sl-mono { font-size: .9em; line-height: 1.4; }
.sl-whole .sl-who { font-size: .5em; line-height: 3; }
.sl-whole .sl-tag { font-size: .6em; }
.sl-whole .sl-opt { grid-template-columns: 2em minmax(0, 1fr); margin: .4em 0; cursor: auto; }
.sl-whole .sl-letter { width: 1.6em; height: 1.6em; font-size: .9em; }
@media print { .sl-whole article { min-height: 0; break-after: page; } }
"""


def write(questions: Sequence[Question], title: str) -> Export:
    """A card for each question that is answered with one letter; the others are left out."""
    kept, losses = sorted_out(questions, {"radio"}, dict.fromkeys(("checkbox", "order", "text", "pairs"), _ONE))
    losses += [loss for question in kept for loss in common_losses(question)]
    return Export(page(kept, title), tuple(question.id for question in kept), tuple(losses))


def page(questions: Sequence[Question], title: str) -> str:
    """The cards one below the other, each as high as the screen: Page Down shows the next one."""
    langs = {question.lang for question in questions}
    body = [tag("article", display.card(question, "h1"), lang=question.lang or None) for question in questions]
    lang = langs.pop() if len(langs) == 1 else ""
    return markup.page(title, tag("main", *body), style=_STYLE, light=True, lang=lang or "en")


_ONE = "a vote needs one letter for an answer"
