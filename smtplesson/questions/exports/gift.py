r"""Questions as GIFT, after https://docs.moodle.org/en/GIFT_format.

All texts are marked `[plain]`, so that nothing in them is markup. A backslash stands before each of `\ ~ = # { } :`,
and a new line is `\n`. The two characters `->`, which make pairs, have no such mark: a text that has them is HTML.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from smtplesson import markup
from smtplesson.questions.exports.exported import (
    Export,
    Loss,
    afterwards,
    common_losses,
    in_order,
    lines,
    shares,
    sorted_out,
    stem,
    unpaired,
)
from smtplesson.questions.question import Question

NAME = "gift"
SUMMARY = "GIFT, a text format of Moodle that other programs read, too"
SUFFIX = ".txt"
_SPECIAL = re.compile(r"([\\~=#{}:])")
_LABEL = re.compile(r"[\w.~-]+")
_ARROW = "GIFT would take -> in a typed answer for pairs to be matched"
_SPACES = "spaces at the ends of a choice are lost"
_PAIRS = "each pair gets a part of the mark; the feedback on all pairs comes at the end"
_ORDER_KEPT = "the choices may be shown in another order: GIFT cannot forbid it"
#: What is lost of a question of each kind.
_LOSSES = {
    "several": ("a part of the answer gets a part of the mark, and a wrong choice takes it all",),
    "typed": ("spaces inside a typed answer count",),
    "repair": ("nothing tells where a mistyped address breaks the grammar; capitals do not count anywhere",),
    "order": ("each place is matched with its line; the feedback on all lines comes at the end",),
    "matching": (_PAIRS,),
    "labelling": (f"{_PAIRS}; the parts may be shown in another order",),
    "fault": (_ORDER_KEPT,),
    "who": (_ORDER_KEPT,),
}


def write(questions: Sequence[Question], title: str) -> Export:
    """All questions in one category of this title; those that GIFT would misread are left out."""
    category = " ".join(markup.visible_lines(title).split()).replace("/", "//")
    blocks, held = [f"$CATEGORY: $course$/smtplesson/{category}"], []
    kept, losses = sorted_out(questions, _ANSWERS)
    for question in kept:
        if question.kind.is_typed and any("->" in choice.text for choice in question.choices):
            losses.append(Loss(question.id, _ARROW, left_out=True))
            continue
        blocks.append(_question(question))
        held.append(question.id)
        losses += common_losses(question)
        losses += [Loss(question.id, what) for what in _LOSSES.get(question.kind.name, ())]
        if any(choice.text != choice.text.strip() for choice in question.choices):
            losses.append(Loss(question.id, _SPACES))
    return Export("\n\n".join(blocks) + "\n", tuple(held), tuple(losses))


def _question(question: Question) -> str:
    """Name, prompt and answers; ids and tags stand in a comment, as Moodle reads and writes them since 3.10."""
    tags = dict.fromkeys((*question.tags, question.lesson, question.objective))
    labels = [f"[id:{question.id}]", *(f"[tag:{tag}]" for tag in tags if _LABEL.fullmatch(tag))]
    comment = [f"// {' '.join(labels)}"] if _LABEL.fullmatch(question.id) else []
    head = f"::{_escape(question.id)}::[plain]{_escape(chr(10).join(stem(question)))}"
    after = f"\t####{_escape(chr(10).join(afterwards(question)))}"
    return "\n".join([*comment, head + "{", *_ANSWERS[question.kind.control](question), after, "}"])


def _one(question: Question) -> list[str]:
    return [f"\t{'=' if c.right else '~'}{_marked(c.text)}#{_marked(c.feedback)}" for c in question.choices]


def _several(question: Question) -> list[str]:
    return [
        f"\t~%{share:.8g}%{_marked(choice.text)}#{_marked(choice.feedback)}"
        for choice, share in zip(question.choices, shares(question), strict=True)
    ]


def _in_order(question: Question) -> list[str]:
    return [f"\t={n} -> {_escape(choice.text)}" for n, choice in enumerate(in_order(question), 1)]


def _pairs(question: Question) -> list[str]:
    """A partner that belongs to no choice stands behind an empty one."""
    pairs = [(_marked(choice.text), choice.partner) for choice in question.choices]
    pairs += [("", text) for text in unpaired(question)]
    return [f"\t={text} -> {_escape(partner)}" for text, partner in pairs]


def _typed(question: Question) -> list[str]:
    """A star is any text: it comes last, since the first answer that fits is taken; a real star has a backslash."""
    known = [(100 if c.right else 0, c.text.replace("*", r"\*"), c.feedback) for c in question.choices]
    known.append((0, "*", question.otherwise))
    return [f"\t=%{weight}%{_marked(text)}#{_marked(feedback)}" for weight, text, feedback in known]


#: The answers of a question, by the control that it needs.
_ANSWERS = {"radio": _one, "checkbox": _several, "order": _in_order, "pairs": _pairs, "text": _typed}


def _marked(text: str) -> str:
    """`text` escaped, its format named where it begins as one or as a weight; as HTML where it has an arrow."""
    if "->" in text:
        return f"[html]{_escape('<br>'.join(map(markup.escape, lines(text).split(chr(10)))))}"
    return f"[plain]{_escape(text)}" if text.lstrip().startswith(("[", "%")) else _escape(text)


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", lines(text)).replace("\n", r"\n")
