"""What the kinds share that are answered with one letter."""

from __future__ import annotations

from collections.abc import Callable

from smtplesson.questions.question import Kind, Mark, Question, behind, count_right, offered


class OneLetter(Kind):
    """One choice is right, and one is chosen."""

    control = "radio"
    wanted = "a letter"

    def check(self, question: Question) -> str:
        """Exactly one choice is right."""
        right = count_right(question)
        return "" if right == 1 else f"{right} choices have right = true; exactly one must."

    def key(self, question: Question) -> str:
        """The letter of the right choice."""
        return "".join(letter for letter, choice in question.lettered() if choice.right)

    def mark(self, question: Question, response: str) -> Mark:
        """Mark a letter, small or capital."""
        letter = str(response).strip().upper()
        choice = dict(question.lettered()).get(letter)
        if choice is None:
            raise ValueError(f"{response!r} is no choice of this question; choose {', '.join(question.letters)}.")
        return Mark(letter, choice.right, choice.feedback, behind(choice))

    def wrong(self, question: Question, chance: Callable[[], float], shows: Callable[[str], bool]) -> str:
        """A wrong choice; the right one where no wrong one shows such a misconception."""
        letters = [letter for letter, choice in offered(question, shows) if not choice.right]
        return letters[int(chance() * len(letters))] if letters else question.key
