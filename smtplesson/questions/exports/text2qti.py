"""Questions for the program text2qti, which makes QTI for Canvas of them: https://github.com/gpoore/text2qti.

Each text is Markdown there, on one line here: `<br>` parts its lines, and what Markdown or TeX would take for a sign of
theirs is a character reference. Titles and answers to type are plain text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from smtplesson import markup
from smtplesson.questions.exports.exported import Export, Loss, afterwards, common_losses, lines, sorted_out
from smtplesson.questions.question import Choice, Question

NAME = "text2qti"
SUMMARY = "text for text2qti, which makes QTI for Canvas of it"
SUFFIX = ".txt"
_SIGN = re.compile(r"[\\`*_{}\[\]<>&$#!~^|+=:%'\"-]|(?<=\d)\.|\.(?=\.)|(?<=\.)\.")
_NO_PLACE = {
    "order": "text2qti has no question in which lines are put in order",
    "pairs": "text2qti has no question in which pairs are made",
}
_CANVAS_TYPED = "the feedback on foreseen wrong answers is not there; capitals do not count in Canvas"
#: What is lost of a question of each kind.
_LOSSES = {
    "several": ("Canvas gives a part of the mark for a part of the answer",),
    "typed": (_CANVAS_TYPED,),
    "repair": (_CANVAS_TYPED,),
}


def write(questions: Sequence[Question], title: str) -> Export:
    """One quiz of this title; the choices keep their order."""
    kept, losses = sorted_out(questions, _ANSWERS, _NO_PLACE)
    blocks = [f"Quiz title: {_plain(title)}"]
    for number, question in enumerate(kept, 1):
        blocks.append("\n".join(_question(number, question)))
        losses += common_losses(question)
        losses += [Loss(question.id, what) for what in _LOSSES.get(question.kind.name, ())]
    return Export("\n\n".join(blocks) + "\n", tuple(question.id for question in kept), tuple(losses))


def _question(number: int, question: Question) -> Iterator[str]:
    code = [f"<code>{_escape(block)}</code>" for block in question.blocks if block.strip()]
    yield f"Title: {_plain(question.id)}"
    yield f"{number}. {'<br>'.join([_escape(question.prompt), *code])}"
    yield f"... {'<br>'.join(map(_escape, afterwards(question)))}"
    yield from _ANSWERS[question.kind.control](question)


def _one(question: Question) -> Iterator[str]:
    for letter, choice in question.lettered():
        yield f"{'*' if choice.right else ''}{letter.lower()}) {_escape(choice.text)}"
        yield from _feedback(choice)


def _several(question: Question) -> Iterator[str]:
    for choice in question.choices:
        yield f"[{'*' if choice.right else ' '}] {_escape(choice.text)}"
        yield from _feedback(choice)


def _typed(question: Question) -> Iterator[str]:
    """The right answers are listed, and no others; what is told of anything else is told of all that are wrong."""
    right = [choice for choice in question.choices if choice.right]
    yield f"+ {_escape(right[0].feedback)}"
    if question.otherwise.strip():
        yield f"- {_escape(question.otherwise)}"
    yield from (f"* {_plain(choice.text)}" for choice in right)


def _feedback(choice: Choice) -> Iterator[str]:
    if choice.feedback.strip():
        yield f"... {_escape(choice.feedback)}"


#: The answers of a question, by the control that it needs.
_ANSWERS = {"radio": _one, "checkbox": _several, "text": _typed}


def _escape(text: str) -> str:
    return "<br>".join(_SIGN.sub(lambda sign: f"&#{ord(sign[0])};", line) for line in lines(text).split("\n"))


def _plain(text: str) -> str:
    return " ".join(markup.visible_lines(text).split())
