"""Questions as cards for Anki: text with tabs, after https://docs.ankiweb.net/importing/text-files.html.

Fields are HTML. The learner thinks of an answer, turns the card, and says how well it was known: Anki marks nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from smtplesson import markup
from smtplesson.questions.exports.exported import Export, Loss, common_losses, lines, sorted_out, stem
from smtplesson.questions.question import Question

NAME = "anki"
SUMMARY = "cards for Anki, as text with tabs"
SUFFIX = ".txt"
_CONTROLS = {"radio", "checkbox", "order", "pairs", "text"}
_UNMARKED = "Anki marks nothing: the learner turns the card and says how well the answer was known"


def write(questions: Sequence[Question], title: str) -> Export:
    """A card for each question, with its tags, in a deck of this title."""
    kept, losses = sorted_out(questions, _CONTROLS)
    deck = " ".join(markup.visible_lines(title).split())
    rows = ["#separator:tab", "#html:true", f"#deck:{deck}", "#columns:Front\tBack\tTags", "#tags column:3"]
    for question in kept:
        tags = dict.fromkeys((*question.tags, question.lesson, question.objective))
        fields = (_html(_front(question)), _html(_back(question)), " ".join("-".join(tag.split()) for tag in tags))
        rows.append("\t".join(fields))
        losses += [*common_losses(question), Loss(question.id, _UNMARKED)]
    return Export("\n".join(rows) + "\n", tuple(question.id for question in kept), tuple(losses))


def _front(question: Question) -> list[str]:
    told = [*stem(question), question.kind.on_paper]
    told += [f"{letter}. {choice.text}" for letter, choice in question.lettered()]
    return [*told, *(f"{number}. {text}" for number, text in question.numbered())]


def _back(question: Question) -> list[str]:
    """The right answer, and what is told of each choice."""
    if question.kind.is_typed:
        told = [" or ".join(choice.text for choice in question.choices if choice.right)]
        told += [f"{choice.text}: {choice.feedback}" for choice in question.choices]
    else:
        told = [question.key if question.numbered() else ", ".join(question.key)]
        told += [f"{letter}. {choice.feedback}" for letter, choice in question.lettered()]
    return [*told, question.otherwise, f"Source: {question.source}"]


def _html(blocks: list[str]) -> str:
    """The blocks that hold something, one below the other; a field never begins as a comment does."""
    shown = [line for block in blocks if block.strip() for line in lines(block).split("\n")]
    joined = "<br>".join(map(markup.escape, shown))
    return f"&#35;{joined[1:]}" if joined.startswith("#") else joined
