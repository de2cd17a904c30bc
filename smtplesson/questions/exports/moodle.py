"""Questions as Moodle XML, after https://docs.moodle.org/en/Moodle_XML_format.

Prompts, choices and feedback are HTML inside XML, so that they are escaped twice; answers to type are plain text.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

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
    unpaired,
)
from smtplesson.questions.question import Question

NAME = "moodle"
SUMMARY = "Moodle XML"
SUFFIX = ".xml"
#: XML 1.0 section 2.2 has no place for these two, even as references.
_NO_XML = {0xFFFE: 0xFFFD, 0xFFFF: 0xFFFD}
#: What is lost of a question of each kind.
_LOSSES = {
    "several": "a part of the answer gets a part of the mark, and a wrong choice takes it all",
    "typed": "spaces inside a typed answer count",
    "repair": "nothing tells where a mistyped address breaks the grammar; capitals count in the domain, too",
    "matching": "each pair gets a part of the mark; the feedback on all pairs comes at the end",
    "labelling": "each label gets a part of the mark; the feedback on all labels comes at the end",
    "order": "it takes Moodle 4.4, or its question type «ordering»; the feedback on all lines comes at the end",
}


def write(questions: Sequence[Question], title: str) -> Export:
    """All questions in one category of this title."""
    quiz = Element("quiz")
    category = SubElement(SubElement(quiz, "question", type="category"), "category")
    _text(category, f"$course$/smtplesson/{lines(title).replace('/', '//')}")
    kept, losses = sorted_out(questions, _TYPES)
    for question in kept:
        quiz.append(_question(question))
        losses += common_losses(question)
        losses += [Loss(question.id, _LOSSES[question.kind.name])] if question.kind.name in _LOSSES else []
    ElementTree.indent(quiz)
    text = '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(quiz, "unicode") + "\n"
    return Export(text, tuple(question.id for question in kept), tuple(losses))


def _question(question: Question) -> Element:
    type, answers = _TYPES[question.kind.control]
    element = Element("question", type=type)
    _text(SubElement(element, "name"), lines(question.id))
    _html_text(element, "questiontext", _stem(question))
    _html_text(element, "generalfeedback", "".join(map(_paragraph, afterwards(question))))
    _plain(element, defaultgrade="1", penalty="0.3333333", hidden="0", idnumber=lines(question.id))
    answers(element, question)
    tags = SubElement(element, "tags")
    for tag in dict.fromkeys((*question.tags, question.lesson, question.objective)):
        if tag.strip():
            _text(SubElement(tags, "tag"), lines(tag))
    return element


def _multichoice(element: Element, question: Question) -> None:
    several = question.kind.control == "checkbox"
    _plain(element, single="false" if several else "true")
    _plain(element, shuffleanswers="false" if question.kind.keeps_order else "true", answernumbering="ABCD")
    fractions = shares(question) if several else [100 if choice.right else 0 for choice in question.choices]
    for choice, fraction in zip(question.choices, fractions, strict=True):
        share = f"{fraction:g}" if fraction == int(fraction) else f"{fraction:.5f}"
        _answer(element, share, _code(question, choice.text), choice.feedback)


def _short(element: Element, question: Question) -> None:
    """A star is any text: it comes last, since the first answer that fits is taken; a real star has a backslash."""
    _plain(element, usecase="1" if question.kind.case_counts else "0")
    for choice in question.choices:
        typed = markup.visible(choice.text).replace("*", r"\*")
        _answer(element, "100" if choice.right else "0", typed, choice.feedback, "moodle_auto_format")
    _answer(element, "0", "*", question.otherwise, "moodle_auto_format")


def _ordering(element: Element, question: Question) -> None:
    """The answers stand in the right order; their fractions number them."""
    _plain(element, layouttype="VERTICAL", selecttype="ALL", selectcount=str(len(question.choices)))
    _plain(element, gradingtype="ALL_OR_NOTHING", showgrading="HIDE", numberingstyle="none")
    for number, choice in enumerate(in_order(question), 1):
        _answer(element, f"{number}.0000000", _inline(choice.text), choice.feedback)


def _matching(element: Element, question: Question) -> None:
    """A partner that belongs to no choice stands behind an empty one."""
    _plain(element, shuffleanswers="false" if question.kind.keeps_order else "true")
    pairs = [(_code(question, choice.text), choice.partner) for choice in question.choices]
    for html, partner in [*pairs, *(("", text) for text in unpaired(question))]:
        part = SubElement(element, "subquestion", format="html")
        _text(part, html)
        _text(SubElement(part, "answer"), lines(partner))


#: The type of a question, and what writes its answers, by the control that it needs.
_TYPES = {
    "radio": ("multichoice", _multichoice),
    "checkbox": ("multichoice", _multichoice),
    "order": ("ordering", _ordering),
    "pairs": ("matching", _matching),
    "text": ("shortanswer", _short),
}


def _answer(element: Element, fraction: str, text: str, feedback: str, form: str = "html") -> None:
    answer = SubElement(element, "answer", fraction=fraction, format=form)
    _text(answer, text)
    _html_text(answer, "feedback", _paragraph(lines(feedback)))


def _stem(question: Question) -> str:
    blocks = [_paragraph(lines(question.prompt))]
    blocks += [f"<pre>{_block(text)}</pre>" for text in question.blocks]
    return "".join(blocks)


def _block(text: str) -> str:
    return "\n".join(map(markup.escape, lines(text).split("\n")))


def _inline(text: str) -> str:
    return _block(text).replace("\n", "<br>")


def _code(question: Question, text: str) -> str:
    return f"<code>{_inline(text)}</code>" if question.kind.is_code else _inline(text)


def _paragraph(text: str) -> str:
    return f"<p>{_inline(text)}</p>"


def _text(parent: Element, text: str) -> None:
    SubElement(parent, "text").text = text.translate(_NO_XML)


def _html_text(parent: Element, tag: str, html: str) -> None:
    _text(SubElement(parent, tag, format="html"), html)


def _plain(parent: Element, **texts: str) -> None:
    for tag, text in texts.items():
        SubElement(parent, tag).text = text.translate(_NO_XML)
