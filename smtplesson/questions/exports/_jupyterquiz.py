"""Questions for the package jupyterquiz, 2.9 or newer: a list in JSON, which its `display_quiz()` shows in a notebook.

Its texts are HTML, and in them dollars make formulas and brackets links: all that is escaped. Answers to type are
plain text. See https://github.com/jmshea/jupyterquiz.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from smtplesson import markup
from smtplesson.questions.exports._exported import Export, Loss, common_losses, lines
from smtplesson.questions.question import WRITTEN, Kind, Question

_SOURCE = "the source is not named"
_ORDER_KEPT = "the choices keep their order only with display_quiz(..., shuffle_answers=False)"
_LOSSES = {
    Kind.SEVERAL: ("each choice is marked at once, and not all together",),
    Kind.TYPED: ("spaces inside a typed answer count",),
    Kind.REPAIR: ("nothing tells where a mistyped address breaks the grammar; capitals count in the domain, too",),
    Kind.FAULT: (_ORDER_KEPT,),
    Kind.WHO: (_ORDER_KEPT,),
}
_NO_ORDER = "jupyterquiz has no question in which lines are put in order"


def write(questions: Sequence[Question], title: str) -> Export:
    """All questions that jupyterquiz has a type for; it has no place for a title."""
    del title
    kept = [question for question in questions if question.kind is not Kind.ORDER]
    losses = [Loss(question.id, _NO_ORDER, left_out=True) for question in questions if question.kind is Kind.ORDER]
    for question in kept:
        losses += common_losses(question)
        losses += [Loss(question.id, what) for what in (_SOURCE, *_LOSSES.get(question.kind, ()))]
    # a file that stands inside a page must not end its script
    text = json.dumps([_question(question) for question in kept], ensure_ascii=False, indent=2).replace("<", r"\u003c")
    return Export(text + "\n", tuple(question.id for question in kept), tuple(losses))


def _question(question: Question) -> dict[str, Any]:
    code = "\n".join(lines(block) for block in (question.dialogue, question.address) if block.strip())
    shown: dict[str, Any] = {"question": _escape(question.prompt)}
    if code:
        shown["code"] = _escape(code, "\n")
    if question.kind in WRITTEN:
        case = question.kind is Kind.REPAIR
        answers: list[dict[str, Any]] = [
            {
                "answer": markup.visible(choice.text).strip(),
                "correct": choice.right,
                "feedback": _escape(choice.feedback),
                "match_case": case,
            }
            for choice in question.choices
        ]
        answers.append({"type": "default", "feedback": _escape(question.otherwise)})
        return {"type": "string", **shown, "answers": answers}
    answers = [
        {"answer": _escape(choice.text), "correct": choice.right, "feedback": _escape(choice.feedback)}
        for choice in question.choices
    ]
    return {"type": "many_choice" if question.kind is Kind.SEVERAL else "multiple_choice", **shown, "answers": answers}


def _escape(text: str, newline: str = "<br>") -> str:
    escaped = newline.join(map(markup.escape, lines(text).split("\n")))
    return escaped.replace("$", "&#36;").replace("[", "&#91;")
