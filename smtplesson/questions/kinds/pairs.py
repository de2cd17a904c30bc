"""What the kinds share in which each choice gets a partner from a list."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from smtplesson.questions.question import Choice, Kind, Mark, Question, behind

MOST = 9  # partners, so that one digit names each
_PAIR = re.compile(r"([A-H])\s*([1-9])")


class Pairs(Kind):
    """Each choice has one right partner; a partner may belong to several choices, or to none.

    A response names a number for each letter, such as "A2 B1 C2".
    """

    control = "pairs"
    instruction = "Choose one for each letter; the same may fit more than once."
    in_terminal = "Type a number for each letter, such as A2 B1 C2, then press Enter."
    on_paper = "Write a number for each letter, such as A2 B1 C2; the same may fit more than once."
    wanted = "a number for each letter"
    judges_each = True

    def check(self, question: Question) -> str:
        """Each choice has a partner, and there are 2 to 9 partners in all."""
        for letter, choice in question.lettered():
            others = [wrong.text for wrong in choice.instead]
            if choice.right:
                return "each choice is right with its partner; remove right = true."
            if not choice.partner.strip():
                return f'choice {letter} has no partner. Add a line such as: partner = "..."'
            if len({choice.partner, *others}) <= len(others):
                return f"choice {letter} names a partner twice; instead holds wrong ones, each once."
        count = len(question.numbered())
        return "" if 2 <= count <= MOST else f"there are {count} partners in all; 2 to {MOST} can be numbered."

    def key(self, question: Question) -> str:
        """Each letter with the number of its partner."""
        numbers = {text: number for number, text in question.numbered()}
        return " ".join(letter + numbers[choice.partner] for letter, choice in question.lettered())

    def mark(self, question: Question, response: str) -> Mark:
        """Right where every pair is; told is each that is not."""
        chosen = _chosen(question, response)
        partners = dict(question.numbered())
        taken = [(letter, choice, partners[chosen[letter]]) for letter, choice in question.lettered()]
        wrong = [(letter, _decided(choice, text)) for letter, choice, text in taken if text != choice.partner]
        told = wrong or [(letter, choice) for letter, choice, _ in taken]
        why = "\n".join(f"{letter}{chosen[letter]}: {choice.feedback}" for letter, choice in told)
        found = tuple(dict.fromkeys(name for _, choice in wrong for name in behind(choice)))
        return Mark(" ".join(letter + chosen[letter] for letter in question.letters), not wrong, why, found)

    def wrong(self, question: Question, chance: Callable[[], float], shows: Callable[[str], bool]) -> str:
        """The key with one wrong pair."""
        offered = [
            (letter, number) for letter, number, choice in _wrong_pairs(question) if shows(choice.misconception)
        ] or [(letter, number) for letter, number, _ in _wrong_pairs(question)]
        letter, number = offered[int(chance() * len(offered))]
        return self.written(re.sub(f"{letter}[1-9]", letter + number, question.key))

    def written(self, letters: str) -> str:
        """The pairs in the order of their letters."""
        return " ".join(sorted(letters.split()))


def numbers(response: str) -> dict[str, str]:
    """The number that a response has for each letter.

    >>> numbers("A2 B1")
    {'A': '2', 'B': '1'}
    """
    return dict(_PAIR.findall(response))


def _chosen(question: Question, response: str) -> dict[str, str]:
    """The number for each letter, whatever stands between the pairs; else a ValueError."""
    text = str(response).strip().upper()
    pairs, known = _PAIR.findall(text), {number for number, _ in question.numbered()}
    chosen = numbers(text)
    if re.sub(r"[\s,;]", "", _PAIR.sub("", text)) or len(chosen) < len(pairs) or not known >= set(chosen.values()):
        fits = f"{question.letters[0]} to {question.letters[-1]}, each once, with a number from 1 to {len(known)}"
        raise ValueError(f"{response!r} is no answer here; write {fits}, such as A2 B1.")
    if missing := [letter for letter in question.letters if letter not in chosen]:
        raise ValueError(f"Nothing is chosen yet for {', '.join(missing)}.")
    return {letter: chosen[letter] for letter in question.letters}


def _decided(choice: Choice, partner: str) -> Choice:
    """What there is to say of a wrong partner: words of its own, or those of the choice."""
    return next((wrong for wrong in choice.instead if wrong.text == partner), choice)


def _wrong_pairs(question: Question) -> Iterator[tuple[str, str, Choice]]:
    for letter, choice in question.lettered():
        for number, text in question.numbered():
            if text != choice.partner:
                yield letter, number, _decided(choice, text)
