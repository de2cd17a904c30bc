"""How a question looks: its prompt, its dialogue, and its choices as cards; the same live, on paper and on the site."""

from __future__ import annotations

from smtplesson import markup
from smtplesson.markup import Child, Html, join, lines, prose, tag, unseen
from smtplesson.protocol import display
from smtplesson.questions.question import Choice, Question

_SIGNS = {"right": "✓", "wrong": "✗", "": ""}


def about(question: Question) -> Html:
    """What the question is about: the dialogue, the address or the excerpt, and what to do."""
    dialogue = display.dialogue(question.dialogue, classes=False) if question.dialogue.strip() else None
    address = tag("div", question.address, class_="sl-mono") if question.address else None
    told = question.kind.instruction
    return join(dialogue, address, excerpt(question), tag("p", told, class_="sl-soft") if told else None)


def excerpt(question: Question) -> Html | None:
    """The text whose parts are to be labelled, each part marked with its letter; None where there is none."""
    if not question.excerpt:
        return None
    parts = [
        tag("mark", lines(text), tag("small", letter)) if letter else lines(text) for letter, text in question.parts()
    ]
    return tag("div", *parts, class_="sl-mono sl-excerpt")


def option(
    letter: str, choice: Choice, control: Child = None, *, mark: str = "", note: str = "", **attributes: str
) -> Html:
    """A choice as a card; `mark` is "right", "wrong" or nothing, `note` says what it was, such as "your answer"."""
    text = prose(choice.text) if choice.text.strip() else "(space)"
    said = " ".join(filter(None, [_SIGNS[mark], note]))
    small = tag("small", " ", said) if said else None
    classes = f"sl-opt sl-{mark}" if mark else "sl-opt"
    name = "label" if control else "div"
    return tag(
        name,
        control,
        tag("span", letter, class_="sl-letter", aria_hidden="true"),
        tag("span", unseen(f"{letter}. ") if letter.isalnum() else None, text),
        small,
        class_=classes,
        **attributes,
    )


def card(question: Question, heading: str = "p") -> Html:
    """A question with lettered choices and without its key, large; `heading` is the element of its prompt."""
    dialogue = display.dialogue(question.dialogue, folded=False, classes=False) if question.dialogue.strip() else None
    address = tag("p", question.address, class_="sl-mono") if question.address.strip() else None
    choices = [option(letter, choice) for letter, choice in question.lettered()]
    prompt = tag(heading, tag("strong", markup.prose(question.prompt)))
    return tag("div", prompt, dialogue, address, *choices, class_="sl-big", lang=question.lang or None)


def as_markdown(question: Question, heading: str) -> str:
    """The question as Markdown: prompt, dialogue, what to do, lettered choices; nothing of the key."""
    parts = [f"**{heading}.** {markup.prose_markdown(question.prompt)}"]
    parts += [markup.fenced(text.strip("\n")) for text in question.blocks]
    if question.kind.instruction:
        parts.append(f"*{markup.markdown(question.kind.instruction)}*")
    rows = [
        f"- **{letter}.** {markup.prose_markdown(c.text.strip() or '(space)')}" for letter, c in question.lettered()
    ]
    rows += [f"- **{number}.** {markup.prose_markdown(text)}" for number, text in question.numbered()]
    return "\n\n".join([*parts, "\n".join(rows)] if rows else parts)
