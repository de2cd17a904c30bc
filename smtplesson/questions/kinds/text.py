"""What the kinds share whose answer is typed."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable

from smtplesson.questions.question import Kind, Mark, Question, behind, count_right, offered


class Text(Kind):
    """A short text is typed; the choices are the answers that are foreseen, right ones and others."""

    control = "text"
    keeps_order = True

    @abstractmethod
    def compared(self, text: str) -> str:
        """A text in the form in which it is compared."""

    def unforeseen(self, question: Question, text: str) -> Mark:
        """Mark a text that is none of the choices."""
        return Mark(text, False, question.otherwise)

    def check(self, question: Question) -> str:
        """One choice at least is right."""
        return "" if count_right(question) else "no choice has right = true; one at least must."

    def key(self, question: Question) -> str:
        """The first right text."""
        return next(choice.text for choice in question.choices if choice.right)

    def mark(self, question: Question, response: str) -> Mark:
        """Mark a text by the choice that it is."""
        text = str(response).strip()
        if not text:
            raise ValueError("There is no answer yet; type one.")
        for choice in question.choices:
            if self.compared(choice.text) == self.compared(text):
                return Mark(text, choice.right, choice.feedback, () if choice.right else behind(choice))
        return self.unforeseen(question, text)

    def wrong(self, question: Question, chance: Callable[[], float], shows: Callable[[str], bool]) -> str:
        """A wrong text that is foreseen, or else one that is not."""
        texts = [choice.text for _, choice in offered(question, shows) if not choice.right]
        return texts[int(chance() * len(texts))] if texts else "wrong"
