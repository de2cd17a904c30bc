"""When a question comes back, and what a review asks: Leitner's boxes.

Each question lies in one of five boxes (Leitner 1972, "So lernt man lernen"); a box has its days of waiting. A right
answer moves a question into the next box, a wrong one back into the first. py-fsrs 6.3 was considered: it models a
memory with 21 fitted numbers and, unless told otherwise, blurs its days by unseeded chance; with some hundred
questions and a few days of a lesson a rule that the learner can work out himself does the same without a dependency.

Only the first answer to a question on a day counts (`mastery.counted`), and one without a day is not scheduled.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain, zip_longest

from smtplesson import markup
from smtplesson.learner.attempts import Confidence
from smtplesson.learner.mastery import Mastery, Stage, counted, mastery
from smtplesson.learner.quiz import Outcome
from smtplesson.questions.bank import QuestionBank
from smtplesson.questions.question import Question, generator

#: Days until a question is due again: in the first box, the second, ...
INTERVALS = (1, 3, 7, 21, 60)
#: Makes new questions on an objective: `fresh(objective, count, seed)`; none where it knows no such objective.
Fresh = Callable[[str, int, int], Sequence[Question]]


@dataclass(frozen=True, slots=True)
class Scheduled:
    """Where a question lies: its box from 1 to 5, the day on which it is due, and how it got there.

    `lapses` counts how often it fell back from a higher box; `surprised` says that the last answer was wrong although
    the learner was sure: such mistakes are corrected easily and come back within a week unless they are asked again
    (Butler, Fazio & Marsh 2011, doi 10.3758/s13423-011-0173-y), so that they go first.
    """

    question: str
    box: int
    due: date
    last: date
    lapses: int = 0
    surprised: bool = False

    def __str__(self) -> str:
        lapses = f", fell back {markup.counted(self.lapses, 'time')}" if self.lapses else ""
        sure = ", sure but wrong" if self.surprised else ""
        return f"{self.question}: box {self.box} of {len(INTERVALS)}, due on {self.due}{lapses}{sure}"


def schedule(outcomes: Iterable[Outcome]) -> tuple[Scheduled, ...]:
    """Put each question that was answered into its box; the first in the queue first.

    A new question lies in the first box. Right: the next box. Right, but a guess: it stays. Right before it was due:
    it stays as well, since that was no waiting, and waits anew. Wrong: the first box.

    The queue: sure but wrong, then by the day on which they are due, then by lapses, then by name.
    """
    cards: dict[str, Scheduled] = {}
    for outcome in counted(outcomes):
        if outcome.day is not None:
            cards[outcome.question.id] = _moved(cards.get(outcome.question.id), outcome, outcome.day)
    return tuple(sorted(cards.values(), key=lambda c: (not c.surprised, c.due, -c.lapses, c.question)))


def _moved(card: Scheduled | None, outcome: Outcome, day: date) -> Scheduled:
    box, lapses = (card.box, card.lapses) if card else (1, 0)
    waited = card is None or day >= card.due
    if not outcome.right:
        box, lapses = 1, lapses + (box > 1)
    elif waited and outcome.confidence is not Confidence.GUESS:
        box = min(box + 1, len(INTERVALS))
    surprised = not outcome.right and outcome.confidence is Confidence.SURE
    return Scheduled(outcome.question.id, box, day + timedelta(INTERVALS[box - 1]), day, lapses, surprised)


def due(outcomes: Iterable[Outcome], today: date) -> tuple[Scheduled, ...]:
    """The questions that are due today or were before, in the order of the queue."""
    return tuple(card for card in schedule(outcomes) if card.due <= today)


def choose(
    outcomes: Iterable[Outcome],
    bank: QuestionBank,
    today: date,
    count: int,
    seed: int,
    *,
    fresh: Fresh | None = None,
) -> tuple[Question, ...]:
    """Up to `count` questions for a review: due ones, then others on what was begun, those on what is weak first.

    Weak is what was begun and is not mastered, the weakest first; `fresh` makes new questions on it, other ones each
    day. Short ones come before long ones, for a review is to begin gently. What was not begun is asked only where
    nothing else is left. Then they are mixed (`interleave`).

    Raises ValueError where `count` is less than 1.
    """
    if count < 1:
        raise ValueError(f"count = {count}; ask for one question at least.")
    answers = tuple(outcomes)
    asked = {outcome.question.id: outcome.question for outcome in answers}
    chosen = {card.question: bank.find(card.question) or asked[card.question] for card in due(answers, today)}
    levels = mastery(answers)
    unseen = _unseen(asked, bank, seed)
    begun = {each.objective for each in levels}
    more = _on_weak(levels, unseen, fresh, count, seed + today.toordinal())
    for question in chain(more, (each for each in unseen if each.objective in begun)):
        if question.id not in asked:
            chosen.setdefault(question.id, question)
    found = list(chosen.values()) or unseen
    return tuple(question.shuffled(seed) for question in interleave(found[:count]))


def _on_weak(
    levels: Iterable[Mastery], unseen: Sequence[Question], fresh: Fresh | None, count: int, seed: int
) -> list[Question]:
    """Questions on the weak objectives: one on each, the weakest first, then a second on each, and so on."""
    weak = sorted((each for each in levels if each.stage is not Stage.MASTERED), key=_strength)
    rounds = zip_longest(
        *(
            sorted(
                [
                    *(question for question in unseen if question.objective == each.objective),
                    *(fresh(each.objective, count, seed) if fresh is not None else ()),
                ],
                key=_length,
            )
            for each in weak
        )
    )
    return [question for turn in rounds for question in turn if question is not None]


def _strength(level: Mastery) -> tuple[bool, float, str]:
    return level.stage is Stage.TO_CONFIRM, level.right / level.answered, level.objective


def _unseen(asked: Collection[str], bank: QuestionBank, seed: int) -> list[Question]:
    """The bank's questions that were never asked, short ones first; the seed mixes those of one length."""
    ids = sorted(bank)
    generator(seed, "unseen").shuffle(ids)
    return sorted((bank[id] for id in ids if id not in asked), key=_length)


def _length(question: Question) -> int:
    """The lines that have to be read first: of the dialogue or excerpt, and the pairs that are to be made."""
    blocks = (question.dialogue, question.excerpt)
    pairs = len(question.choices) if question.numbered() else 0
    return sum(len(block.strip().splitlines()) for block in blocks) + pairs


def interleave(questions: Iterable[Question]) -> tuple[Question, ...]:
    """Mix questions so that no two of one objective follow each other, wherever that can be.

    As far as that allows, their order stays. Where one objective has more than half of them, the rest of it comes
    last. Mixing makes a learner tell things apart (Rohrer, Dedrick & Stershic 2015, doi 10.1037/edu0000001).
    """
    rest: dict[str, list[Question]] = {}
    places: dict[str, int] = {}
    for place, question in enumerate(questions):
        rest.setdefault(question.objective, []).append(question)
        places[question.id] = place
    mixed: list[Question] = []
    while rest:
        previous = mixed[-1].objective if mixed else ""
        left = sum(map(len, rest.values()))
        others = [objective for objective in rest if objective != previous] or [previous]
        # An objective with more than half of what is left must come now, or two of it will meet.
        pressing = [objective for objective in others if 2 * len(rest[objective]) > left]
        objective = min(pressing or others, key=lambda each: places[rest[each][0].id])
        mixed.append(rest[objective].pop(0))
        if not rest[objective]:
            del rest[objective]
    return tuple(mixed)
