"""How votes look: the card for the projector, and the bars of what was voted."""

from __future__ import annotations

from collections.abc import Sequence

from smtplesson import markup
from smtplesson.markup import Html, join, tag
from smtplesson.protocol import display as protocol
from smtplesson.questions import display as questions
from smtplesson.questions.question import Question


def card(question: Question, heading: str = "p") -> Html:
    """A question with lettered choices and without its key, large; `heading` is the element of its prompt."""
    dialogue = protocol.dialogue(question.dialogue, folded=False, classes=False) if question.dialogue.strip() else None
    address = tag("p", question.address, class_="sl-mono") if question.address.strip() else None
    choices = [questions.option(letter, choice) for letter, choice in question.lettered()]
    prompt = tag(heading, tag("strong", markup.prose(question.prompt)))
    return tag("div", prompt, dialogue, address, *choices, class_="sl-big")


def votes(caption: str, headers: Sequence[str], rows: Sequence[tuple[str, ...]], shares: Sequence[float]) -> Html:
    """A table whose last column draws the shares: a longer bar, and the number beside it."""
    drawn = [[*first, join(markup.meter(share), last)] for (*first, last), share in zip(rows, shares, strict=True)]
    return markup.table(headers, drawn, caption=caption)
