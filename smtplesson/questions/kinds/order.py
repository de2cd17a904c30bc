"""The kind "order": put lines in order."""

from __future__ import annotations

from collections.abc import Callable

from smtplesson.questions.question import (
    LETTERS,
    Kind,
    Lettered,
    Mark,
    Question,
    behind,
    by_letter,
    count_right,
    letters_in,
)


class Order(Kind):
    """Put the lines in the order in which they are sent; in the question's file they stand in it."""

    name = "order"
    control = "order"
    instruction = "Put the lines in the order in which they are sent."
    in_terminal = "Type all letters in the order in which the lines are sent, then press Enter."
    on_paper = "Write the letters in the order in which the lines are sent."
    wanted = "all letters in order"
    judges_each = True
    is_code = True

    def check(self, question: Question) -> str:
        """No line is marked as right: all are."""
        is_marked = count_right(question)
        return "the lines stand in the right order; remove right = true." if is_marked else ""

    def key(self, question: Question) -> str:
        """All letters in the order of the question's file."""
        return question.from_file(LETTERS[: len(question.choices)])

    def mark(self, question: Question, response: str) -> Mark:
        """Right where every line stands in its place; told is the first that does not."""
        chosen = letters_in(question, response, all_of_them=True)
        lines = dict(question.lettered())
        for number, (given, due) in enumerate(zip(chosen, question.key, strict=True), 1):
            if given != due:
                why = f"Line {number} is {due}, {lines[due].text}\n{lines[due].feedback}"
                return Mark(chosen, False, why, behind(lines[due]))
        return Mark(chosen, True, by_letter([(letter, lines[letter]) for letter in chosen]))

    def wrong(self, question: Question, chance: Callable[[], float], shows: Callable[[str], bool]) -> str:
        """The right order with two neighbours exchanged."""
        del shows
        key = question.key
        place = int(chance() * (len(key) - 1))
        return key[:place] + key[place + 1] + key[place] + key[place + 2 :]

    def rearranged(self, choices: list[Lettered]) -> list[Lettered]:
        """The lines never stand in the right order already."""
        letters = [letter for letter, _ in choices]
        return [*choices[1:], choices[0]] if letters == sorted(letters) else choices

    def written(self, letters: str) -> str:
        """The order of the letters is the answer."""
        return letters


KIND = Order()
