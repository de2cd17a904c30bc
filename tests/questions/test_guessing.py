"""Right answers cannot be had without knowing SMTP: who goes by length, words and habit does as well as chance.

`python -m tests.tools.guesser` prints the whole table.
"""

from __future__ import annotations

import pytest

from smtplesson.questions.bank import QuestionBank
from smtplesson.questions.families import FAMILIES, generate
from smtplesson.questions.kinds import KINDS
from smtplesson.questions.kinds.single import KIND as SINGLE
from smtplesson.questions.question import Choice, Question
from tests.tools.guesser import by_kind, score

BEYOND = 0.05


@pytest.mark.parametrize("family", FAMILIES)
def test_nobody_guesses_the_questions_of_a_family(family: str) -> None:
    found = score([generate(family, seed) for seed in range(1000)])
    assert found.right <= found.chance + BEYOND


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_guesses_the_questions_of_a_kind(kind: str) -> None:
    """There are few of some kinds: what chance alone may add, twice its standard error, is allowed beside the bound."""
    found = score(by_kind()[kind])
    assert found.right <= found.chance + BEYOND + 2 * found.error


def asked(number: int, *texts: str, right: int = 0) -> Question:
    choices = tuple(Choice(text, "", right=place == right) for place, text in enumerate(texts))
    return Question(f"q-{number}", "What then?", choices, "RFC 5321 section 4.2", "o", SINGLE)


GIVEN_AWAY = {
    "the longest": lambda n: asked(n, "x" * (20 + n % 7), "y" * (5 + n % 3), "z" * (6 + n % 4)),
    "the one without a reason": lambda n: asked(n, f"It goes {n}", f"It stays {n}, since", f"It ends {n}, for"),
    "a code that is never wrong": lambda n: asked(n, "250 OK", f"55{n % 4} Refused", "450 Not now"),
    "a sentence that is never wrong": lambda n: asked(n, "It comes again.", f"It waits {n}.", f"It goes {n}."),
    "the odd one out": lambda n: asked(n, "Nothing whatever", f"It says no {n}", f"It says yes {n}"),
}


@pytest.mark.parametrize("hint", GIVEN_AWAY)
def test_the_guesser_sees_what_gives_an_answer_away(hint: str) -> None:
    assert score([GIVEN_AWAY[hint](number) for number in range(200)]).right > 0.9


def test_the_number_of_right_answers_differs() -> None:
    several = [q for q in QuestionBank.load().values() if q.kind is KINDS["several"]]
    counts = [sum(choice.right for choice in question.choices) for question in several]
    assert max(counts.count(count) for count in set(counts)) <= len(counts) / 2
    assert len(set(counts)) >= 3
