"""The kind "several": choose each answer that fits."""

from __future__ import annotations

from collections.abc import Callable

from smtplesson.questions.question import Kind, Mark, Question, behind, by_letter, count_right, letters_in, offered


class Several(Kind):
    """Choose all that fit, and nothing else: a decision about each choice."""

    name = "several"
    control = "checkbox"
    instruction = "Choose each one that fits."
    in_terminal = "Type the letter of each one that fits, then press Enter."
    on_paper = "Mark each one that fits."
    wanted = "letters, such as A C"
    judges_each = True

    def check(self, question: Question) -> str:
        """One choice at least is right, and one is not."""
        right = count_right(question)
        is_fair = 1 <= right < len(question.choices)
        return "" if is_fair else f"{right} choices have right = true; one must, and one must not."

    def key(self, question: Question) -> str:
        """The letters of all that fit."""
        return "".join(letter for letter, choice in question.lettered() if choice.right)

    def mark(self, question: Question, response: str) -> Mark:
        """Right where each choice that fits was taken and no other; told is what was decided wrongly."""
        chosen = letters_in(question, response)
        wrong = [(letter, c) for letter, c in question.lettered() if (letter in chosen) is not c.right]
        told = wrong or [(letter, c) for letter, c in question.lettered() if c.right]
        found = tuple(dict.fromkeys(name for _, choice in wrong for name in behind(choice)))
        return Mark(self.written(chosen), not wrong, by_letter(told), found)

    def wrong(self, question: Question, chance: Callable[[], float], shows: Callable[[str], bool]) -> str:
        """The key with one wrong decision."""
        choices = offered(question, shows)
        letter = choices[int(chance() * len(choices))][0]
        flipped = set(question.key) ^ {letter}
        return self.written("".join(flipped)) or next(each for each in question.letters if each not in question.key)


KIND = Several()
