"""What every export shares: the result with its report, and what is told of a question when it is over."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from smtplesson import markup
from smtplesson.questions.question import Choice, Question

#: What no other format has a place for.
MISCONCEPTIONS = "the misconceptions behind wrong answers are not named; the feedback on each answer is there"
WORLD = "there is no simulated server to try the answer on"


@dataclass(frozen=True, slots=True)
class Loss:
    """What a format could not hold of one question, in words; `left_out` where that is the whole question."""

    question: str
    what: str
    left_out: bool = False


@dataclass(frozen=True, slots=True)
class Export:
    """A bank in another program's format, the ids of the questions that it holds, and what it could not hold."""

    text: str
    held: tuple[str, ...]
    losses: tuple[Loss, ...] = ()

    @property
    def report(self) -> str:
        """What was exported, what was left out, and what is not as in the kit, each with the questions concerned."""
        rows = [f"{markup.counted(len(self.held), 'question')} exported."]
        for head, left_out in (("Left out:", True), ("Not as in the kit:", False)):
            told: dict[str, list[str]] = {}
            for loss in self.losses:
                if loss.left_out is left_out:
                    told.setdefault(loss.what, []).append(loss.question)
            rows += [head] if told else []
            rows += [f"  {what}: {self._named(ids)}" for what, ids in told.items()]
        return markup.visible_lines("\n".join(rows))

    def _named(self, ids: list[str]) -> str:
        return "in all of them" if ids == list(self.held) and len(ids) > 1 else ", ".join(ids)


def lines(text: str) -> str:
    """A text of one or more lines, with what cannot be seen made visible, and without empty lines around it."""
    return markup.visible_lines(text.strip("\n"))


def stem(question: Question) -> Iterator[str]:
    """What a question shows before its choices, block by block: prompt, dialogue, address, excerpt."""
    yield from (lines(block) for block in (question.prompt, *question.blocks) if block.strip())


def in_order(question: Question) -> tuple[Choice, ...]:
    """The choices that are put in order, in their right order."""
    lettered = dict(question.lettered())
    return tuple(lettered[letter] for letter in question.key)


def afterwards(question: Question) -> Sequence[str]:
    """What is told when the question is over, whatever was answered: the source, and where one needs it the whole.

    Where several choices, an order or pairs are asked for, programs tell nothing of a choice that was not made: the
    feedback on what belongs to the answer stands here.
    """
    told = []
    if question.kind.control == "checkbox":
        told = [f"{lines(choice.text)}: {lines(choice.feedback)}" for choice in question.choices if choice.right]
    if question.kind.control == "order":
        told = [f"{n}. {lines(c.text)}\n{lines(c.feedback)}" for n, c in enumerate(in_order(question), 1)]
    if question.kind.control == "pairs":
        told = [f"{lines(c.text)}: {lines(c.partner)}\n{lines(c.feedback)}" for c in question.choices]
    return [*told, f"Source: {lines(question.source)}"]


def unpaired(question: Question) -> list[str]:
    """The partners that belong to no choice."""
    right = {choice.partner for choice in question.choices}
    return [text for _, text in question.numbered() if text not in right]


def shares(question: Question) -> list[float]:
    """Percent of the mark for each choice where several are right: shared by the right ones; a wrong one takes all.

    Five digits, as Moodle lists the fractions that it takes.
    """
    right = sum(choice.right for choice in question.choices)
    return [round(100 / right, 5) if choice.right else -100 for choice in question.choices]


def common_losses(question: Question) -> list[Loss]:
    """What no format holds of this question."""
    found = [Loss(question.id, MISCONCEPTIONS)] if question.beliefs else []
    return [*found, Loss(question.id, WORLD)] if question.world else found


def sorted_out(
    questions: Sequence[Question], controls: Container[str], why: Mapping[str, str] = MappingProxyType({})
) -> tuple[list[Question], list[Loss]]:
    """The questions whose control a format has, and what is told of the others; `why` says it of a control."""
    kept = [question for question in questions if question.kind.control in controls]
    told = [
        Loss(q.id, why.get(q.kind.control, f"there is no place for questions of the kind {q.kind}"), left_out=True)
        for q in questions
        if q.kind.control not in controls
    ]
    return kept, told
