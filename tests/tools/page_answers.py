"""The answers to what a cell asks, for a reader who cannot run it: folded, with the reasons and their sources."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from smtplesson.dialogues import scenario
from smtplesson.learner import study
from smtplesson.learner.log import Log
from smtplesson.learner.quiz import Quiz
from smtplesson.markup import escape, prose, prose_markdown, table
from smtplesson.questions.question import Question
from smtplesson.server.compare import compare
from tests.tools.lessons import Cell, calls
from tests.tools.page_markup import preformatted, scrolling

#: What QuizView asks the core for; `confidence` is a matter of the view alone.
QUIZZES: dict[str, Callable[..., Quiz]] = {
    "QuizView.of": study.lesson_quiz,
    "QuizView.fresh": study.fresh_quiz,
    "QuizView.review": study.review_quiz,
}
CHECK = "*Run this cell to answer.*"
READER = "*Answer for yourself, then open the answers below the questions.*"
FOLDED = "<details><summary>Read them first</summary>\n\n"


def to_read(twin: str) -> str:
    """The twin of a quiz as a page that has no live one shows it: unfolded, with the way to the answers."""
    if CHECK not in twin:
        return twin
    return twin.replace(CHECK, READER).replace(FOLDED, "").removesuffix("\n\n</details>")


class StaleError(ValueError):
    """A stored output that does not show what its cell asks today."""


def folded(summary: str, body: str) -> str:
    """A part that a reader opens; without JavaScript."""
    return f"<details><summary>{escape(summary)}</summary>\n{body}\n</details>\n"


def quizzes(cell: Cell) -> Iterator[Quiz]:
    """The quizzes of a cell as a new learner gets them; the log folder is that of `frozen`."""
    for name, call in calls(cell):
        if make := QUIZZES.get(name):
            words: dict[str, Any] = {word.arg or "": ast.literal_eval(word.value) for word in call.keywords}
            words.pop("confidence", None)
            yield make(Log(), *map(ast.literal_eval, call.args), **words)


def answers(cell: Cell, shown: str) -> str:
    """The answers to all that a cell asks; a question that is not in its Markdown twin `shown` is a StaleError."""
    parts = []
    for quiz in quizzes(cell):
        for number, question in enumerate(quiz.questions, 1):
            _insist(question, shown)
            name = f"Question {number}" if len(quiz.questions) > 1 else "The question"
            parts.append(folded(f"{name}: answer and why", answer(question)))
    for name, call in calls(cell):
        given = call.args[0] if call.args else None
        if name == "Predict" and isinstance(given, ast.Call):
            parts.append(folded("The replies, and why", dialogue(ast.literal_eval(given.args[0]))))
        elif name == "Compare" and given is not None:
            parts.append(folded("What each server replies", replies(ast.literal_eval(given))))
    return "".join(parts)


def answer(question: Question) -> str:
    """What is right and why, what is said of the others, and the source."""
    others = [(_named(question, number), c.feedback) for number, c in enumerate(question.choices) if not c.right]
    parts = [_right(question)]
    if question.kind.control not in ("order", "pairs") and others:
        rows = "\n".join(f"<li><strong>{name}</strong> {prose(why)}</li>" for name, why in others)
        parts.append(f"<p>The others:</p>\n<ul>\n{rows}\n</ul>")
    return "\n".join([*parts, f"<p><small>Source: {prose(question.source)}</small></p>"])


def dialogue(name: str) -> str:
    """A scenario from its first to its last reply: what it shows, the reason of each reply, and its source."""
    found = scenario.load(name)
    items = []
    for step in scenario.play(found):
        lines = [f"C: {line}" for line in step.sent] + [f"S: {line}" for line in str(step.reply).split("\n")]
        reason = step.reply.reason
        why = f"<p>{prose(reason.text)} <small>({prose(reason.section)})</small></p>" if reason else ""
        items.append(f"<li>{preformatted(chr(10).join(lines))}{why}</li>")
    point = f"<p>{prose(found.point)} <small>Source: {prose(found.source)}</small></p>"
    return "\n".join([point, "<ol>", *items, "</ol>"])


def replies(line: str) -> str:
    """What each server that the kit knows replies to a line."""
    found = compare(line)[["server", "code", "enhanced", "text"]]
    rows = [[str(value) for value in row] for row in found.itertuples(index=False)]
    return scrolling(table(["server", "code", "enhanced", "text"], rows), f"Replies to {line}")


def _insist(question: Question, shown: str) -> None:
    """Raise StaleError unless the question stands there with its choices under the same letters."""
    rows = [f"- **{letter}.** {prose_markdown(_seen(choice.text))}" for letter, choice in question.lettered()]
    for text in (prose_markdown(question.prompt), *rows):
        if text not in shown:
            raise StaleError(f"{question.id}: {text!r} is not in the stored output: python -m tests.tools.build")


def _right(question: Question) -> str:
    """Each choice that is right with its reason; lines that are to be put in order, in their order."""
    choices = dict(question.lettered())
    if question.numbered():
        told = ((key, each, f"{each.partner}: {each.feedback}") for key, each in choices.items())
        right = [(f"{key}. {prose(each.text)}", replace(each, feedback=why)) for key, each, why in told]
    elif question.kind.is_typed:
        right = [(f"<code>{escape(choice.text)}</code>", choice) for choice in question.choices if choice.right]
    else:
        right = [(f"{key}. {prose(_seen(choices[key].text))}", choices[key]) for key in question.key]
    rows = [f"<strong>{name}</strong><br>{prose(choice.feedback)}" for name, choice in right]
    if question.kind.control == "order":
        return "<p>In this order:</p>\n<ol>\n" + "\n".join(f"<li>{row}</li>" for row in rows) + "\n</ol>"
    return "\n".join(f"<p>{row}</p>" for row in rows)


def _named(question: Question, number: int) -> str:
    """How a choice is called: its letter, or the text that would be typed."""
    if question.kind.is_typed:
        return f"<code>{escape(question.choices[number].text)}</code>:"
    return f"{question.letters[number]}."


def _seen(text: str) -> str:
    return text if text.strip() else "(space)"
