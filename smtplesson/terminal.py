"""A quiz in a terminal: one thing on a line, no colour, no drawing, plain enough for a screen reader."""

from __future__ import annotations

from collections.abc import Callable

from smtplesson import _html
from smtplesson.attempts import Confidence
from smtplesson.questions import WRITTEN, Kind, Question
from smtplesson.quiz import Outcome, Quiz

Read = Callable[[str], str]
Write = Callable[[str], None]
_SURE = {"1": Confidence.GUESS, "2": Confidence.THINK_SO, "3": Confidence.SURE}
_HELP = "Type an answer, or ? to read the question again, s to skip it, q to stop."


class _StopError(Exception):
    """The learner wants to stop."""


def ask(quiz: Quiz, read: Read, write: Write) -> None:
    """Ask each question of the quiz until its end, or until `read` raises EOFError or gives "q".

    `read` takes a prompt and returns a line, as `input` does.
    """
    count = len(quiz.questions)
    write(f"{count} question{'' if count == 1 else 's'}. {_HELP}")
    try:
        for number, question in enumerate(quiz.questions, 1):
            _ask(quiz, question, f"Question {number} of {count}", read, write)
    except (EOFError, KeyboardInterrupt, _StopError):
        write("")
    _end(quiz, write)


def _ask(quiz: Quiz, question: Question, heading: str, read: Read, write: Write) -> None:
    write("")
    _show(question, heading, write)
    while True:
        typed = read(_wanted(question)).strip()
        match typed.casefold():
            case "q" | "quit":
                raise _StopError
            case "s" | "skip":
                return
            case "?" | "":
                _show(question, heading, write)
                continue
        try:
            question.mark(typed)
        except ValueError as error:
            write(_html.visible(str(error)))
            continue
        write(_told(quiz.answer(question.id, typed, _sure(read))))
        return


def _show(question: Question, heading: str, write: Write) -> None:
    write(f"{heading}.")
    rows = [question.prompt, *question.dialogue.strip("\n").split("\n"), question.address, question.instruction]
    rows += [f"{letter}. {choice.text.strip() or '(space)'}" for letter, choice in question.lettered()]
    write("\n".join(_html.visible(line) for row in rows if row for line in row.split("\n")))


def _wanted(question: Question) -> str:
    if question.kind in WRITTEN:
        return "Your answer: "
    each = {Kind.SEVERAL: "letters, such as A C", Kind.ORDER: "all letters in order"}.get(question.kind, "a letter")
    return f"Your answer ({each}): "


def _sure(read: Read) -> Confidence | None:
    """How sure the learner is; nothing, or anything else, is no answer."""
    return _SURE.get(read("How sure are you? 1 guess, 2 think so, 3 sure: ").strip())


def _told(outcome: Outcome) -> str:
    return "\n".join(_html.visible(row) for row in str(outcome).split("\n"))


def _end(quiz: Quiz, write: Write) -> None:
    write(f"{quiz.score[0].upper()}{quiz.score[1:]}.")
    if behind := quiz.misconceptions():
        write("Worth remembering:")
        for misconception in behind:
            write(f"{misconception.correction} ({misconception.source})")
