"""A quiz in a terminal: one thing on a line, no colour, no drawing, plain enough for a screen reader."""

from __future__ import annotations

from collections.abc import Callable

from smtplesson import markup
from smtplesson.learner.attempts import Confidence
from smtplesson.learner.log import Log
from smtplesson.learner.quiz import Outcome, Quiz
from smtplesson.questions.question import Question

Read = Callable[[str], str]
Write = Callable[[str], None]
_SURE = {"1": Confidence.GUESS, "2": Confidence.THINK_SO, "3": Confidence.SURE}
_HOW_SURE = "How sure are you? 1 guess, 2 think so, 3 sure; Enter leaves it out: "
_ONCE_MORE = "Type 1 for a guess, 2 for think so, 3 for sure, or press Enter to leave it out: "
_HELP = "Type an answer, or ? to read the question again, s to skip it, q to stop."


class _StopError(Exception):
    """The learner wants to stop."""


def ask(quiz: Quiz, read: Read, write: Write, *, feedback: bool = True) -> None:
    """Ask what is not answered yet, or else all, until the end, or until `read` raises EOFError or gives "q".

    `read` takes a prompt and returns a line, as `input` does. Without `feedback`, as in a test, nothing tells whether
    an answer is right, and nobody is asked how sure they are.
    """
    count = len(quiz.questions)
    write(f"{markup.counted(count, 'question')}. {_HELP}")
    wanted = quiz.unanswered or quiz.questions
    if len(wanted) < count:
        write(f"{count - len(wanted)} of them you have answered before.")
    try:
        for number, question in enumerate(quiz.questions, 1):
            if question in wanted:
                _ask(quiz, question, f"Question {number} of {count}", read, write, feedback)
    except (EOFError, KeyboardInterrupt, _StopError):
        write("")
    if feedback:
        _end(quiz, write)
    else:
        write(f"{count - len(quiz.unanswered)} of {count} answered.")


def ask_and_save(quiz: Quiz, log: Log) -> None:
    """Ask in this terminal, and say what is wrong with the log that keeps the answers, if anything is."""
    ask(quiz, input, print)
    if log.notice:
        print(markup.visible(log.notice))


def _ask(quiz: Quiz, question: Question, heading: str, read: Read, write: Write, feedback: bool) -> None:
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
            write(markup.visible(str(error)))
            continue
        outcome = quiz.answer(question.id, typed, _sure(read) if feedback else None)
        write(_told(outcome) if feedback else "Taken.")
        return


def _show(question: Question, heading: str, write: Write) -> None:
    write(f"{heading}.")
    what_to_do = question.kind.in_terminal
    rows = [question.prompt, *(block.strip("\n") for block in question.blocks), what_to_do]
    rows += [f"{letter}. {choice.text.strip() or '(space)'}" for letter, choice in question.lettered()]
    rows += [f"{number}. {text}" for number, text in question.numbered()]
    write("\n".join(markup.visible(line) for row in rows if row for line in row.split("\n")))


def _wanted(question: Question) -> str:
    wanted = question.kind.wanted
    return f"Your answer ({wanted}): " if wanted else "Your answer: "


def _sure(read: Read) -> Confidence | None:
    """How sure the learner is; what is no answer is asked for once more, and nothing is left out."""
    typed = read(_HOW_SURE).strip()
    if typed and typed not in _SURE:
        typed = read(_ONCE_MORE).strip()
    return _SURE.get(typed)


def _told(outcome: Outcome) -> str:
    return "\n".join(markup.visible(row) for row in str(outcome).split("\n"))


def _end(quiz: Quiz, write: Write) -> None:
    write(f"{quiz.score[0].upper()}{quiz.score[1:]}.")
    if behind := quiz.misconceptions():
        write("Worth remembering:")
        for misconception in behind:
            write(f"{misconception.correction} ({misconception.source})")
