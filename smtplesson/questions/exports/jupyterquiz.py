"""Questions for the package jupyterquiz, 2.9 or newer: a list in JSON, which its `display_quiz()` shows in a notebook.

Its texts are HTML, and in them dollars make formulas and brackets links: all that is escaped. Answers to type are
plain text. See https://github.com/jmshea/jupyterquiz.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from smtplesson import markup
from smtplesson.questions.exports.exported import Export, Loss, common_losses, lines, sorted_out
from smtplesson.questions.question import Question

NAME = "jupyterquiz"
SUMMARY = "JSON for the package jupyterquiz"
SUFFIX = ".json"
_SOURCE = "the source is not named"
_ORDER_KEPT = "the choices keep their order only with display_quiz(..., shuffle_answers=False)"
#: What is lost of a question of each kind.
_LOSSES = {
    "several": ("each choice is marked at once, and not all together",),
    "typed": ("spaces inside a typed answer count",),
    "repair": ("nothing tells where a mistyped address breaks the grammar; capitals count in the domain, too",),
    "fault": (_ORDER_KEPT,),
    "who": (_ORDER_KEPT,),
}
_TYPES = {"radio": "multiple_choice", "checkbox": "many_choice", "text": "string"}
_NO_TYPE = {
    "order": "jupyterquiz has no question in which lines are put in order",
    "pairs": "jupyterquiz has no question in which pairs are made",
}


def write(questions: Sequence[Question], title: str) -> Export:
    """All questions that jupyterquiz has a type for; it has no place for a title."""
    del title
    kept, losses = sorted_out(questions, _TYPES, _NO_TYPE)
    for question in kept:
        losses += common_losses(question)
        losses += [Loss(question.id, what) for what in (_SOURCE, *_LOSSES.get(question.kind.name, ()))]
    # a file that stands inside a page must not end its script
    text = json.dumps([_question(question) for question in kept], ensure_ascii=False, indent=2).replace("<", r"\u003c")
    return Export(text + "\n", tuple(question.id for question in kept), tuple(losses))


def _question(question: Question) -> dict[str, Any]:
    code = "\n".join(map(lines, question.blocks))
    shown: dict[str, Any] = {"type": _TYPES[question.kind.control], "question": _escape(question.prompt)}
    if code:
        shown["code"] = _escape(code, "\n")
    return {**shown, "answers": _typed(question) if question.kind.is_typed else _chosen(question)}


def _typed(question: Question) -> list[dict[str, Any]]:
    known = [
        {
            "answer": markup.visible(choice.text).strip(),
            "correct": choice.right,
            "feedback": _escape(choice.feedback),
            "match_case": question.kind.case_counts,
        }
        for choice in question.choices
    ]
    return [*known, {"type": "default", "feedback": _escape(question.otherwise)}]


def _chosen(question: Question) -> list[dict[str, Any]]:
    return [
        {"answer": _escape(choice.text), "correct": choice.right, "feedback": _escape(choice.feedback)}
        for choice in question.choices
    ]


def _escape(text: str, newline: str = "<br>") -> str:
    escaped = newline.join(map(markup.escape, lines(text).split("\n")))
    return escaped.replace("$", "&#36;").replace("[", "&#91;")
