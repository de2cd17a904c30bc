"""Questions as a sheet to print: one HTML file without scripts, the key on a page of its own, black on white."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from smtplesson import markup
from smtplesson.markup import Child, Html, join, prose, tag
from smtplesson.protocol.display import dialogue
from smtplesson.questions.display import excerpt
from smtplesson.questions.exports.exported import Export, Loss, common_losses, in_order, lines, sorted_out
from smtplesson.questions.question import Choice, Question

NAME = "print"
SUMMARY = "a sheet to print, with a key, as HTML"
SUFFIX = ".html"
_STYLE = """
.sl-whole { max-width: 45rem; margin: 0 auto; padding: 2rem 1rem; }
.sl-whole h2 { font-size: 1.1rem; margin: 1.6rem 0 .3rem; }
.sl-whole .sl-opt { cursor: auto; grid-template-columns: 28px minmax(0, 1fr); }
.sl-whole .sl-mono { white-space: pre-wrap; }
.write { display: flex; gap: .7rem; align-items: flex-end; margin: 1rem 0; }
.write span { flex: 1; border-bottom: 1px solid; height: 1.4rem; }
.key { margin-top: 4rem; padding-top: 1rem; border-top: 3px solid; }
@page { margin: 14mm; }
@media print {
  .sl-whole { padding: 0; max-width: none; font-size: 9.5pt; line-height: 1.3; }
  .sl-whole h1 { font-size: 14pt; margin: 0; }
  .sl-whole h2 { font-size: 10pt; margin: 2.5mm 0 .5mm; }
  .sl-whole p { margin: .5mm 0; }
  .sl-whole .sl-opt { border: 0; background: none; padding: 0; margin: .4mm 0; }
  .sl-whole .sl-letter { width: 4.5mm; height: 4.5mm; font-size: 8pt; }
  .sl-whole .sl-talk { font-size: 8.5pt; line-height: 1.25; margin: .5mm 0; }
  .sl-whole .sl-said { margin: 0; }
  .sl-whole .sl-who { font-size: 7.5pt; line-height: 1.4; padding: 0; }
  .sl-whole :is(.sl-reply, .sl-client) { padding-top: 0; padding-bottom: 0; }
  .write { margin: 1.5mm 0; }
  article + article { break-before: page; }
  section { break-inside: avoid; }
  h2 { break-after: avoid; }
  .key { break-before: page; margin: 0; padding: 0; border: 0; }
}
"""
#: What is written beside a blank, by the control that a question needs; empty where a letter is marked.
_BLANKS = {"radio": "", "checkbox": "", "order": "Order", "pairs": "Pairs", "text": "Answer"}


def write(questions: Sequence[Question], title: str) -> Export:
    """The questions with lettered choices, then the key with the feedback on every choice and the sources."""
    return sheets([("", questions)], title)


def sheets(by: Sequence[tuple[str, Sequence[Question]]], title: str, *, with_key: bool = True) -> Export:
    """A sheet for each learner, with their name, from a new page on; then the key, unless it is not wanted.

    For one sheet the key says why; for several it is a table of the right answers.
    """
    found, losses, held = [], list[Loss](), dict[str, None]()
    sorts = [(who, *sorted_out(questions, _BLANKS)) for who, questions in by]
    for who, kept, left_out in sorts:
        asked = [_section(number, question, _asked(question)) for number, question in enumerate(kept, 1)]
        head = tag("div", _blank("Name", who), _blank("Date"))
        found.append(tag("article", tag("h1", title), head, *asked))
        held |= dict.fromkeys(question.id for question in kept)
        losses += [*left_out, *(loss for question in kept for loss in common_losses(question))]
    if with_key:
        rows = _reasons(sorts[0][1]) if len(sorts) == 1 else [_answers([(who, kept) for who, kept, _ in sorts])]
        found.append(tag("div", tag("h1", f"Key: {title}"), *rows, class_="key"))
    text = markup.page(title, tag("main", *found), style=_STYLE, light=True)
    return Export(text, tuple(held), tuple(dict.fromkeys(losses)))


def _reasons(questions: Sequence[Question]) -> list[Html]:
    return [_section(number, question, _told(question)) for number, question in enumerate(questions, 1)]


def _answers(by: Sequence[tuple[str, Sequence[Question]]]) -> Html:
    """The right answers of each sheet, by the numbers of its questions."""
    most = max(len(questions) for _, questions in by)
    return markup.table(
        ["Name", *map(str, range(1, most + 1))],
        [[who, *map(_right, questions), *[""] * (most - len(questions))] for who, questions in by],
    )


def _right(question: Question) -> str:
    if question.kind.is_typed:
        return " or ".join(lines(choice.text) for choice in question.choices if choice.right)
    return question.key


def _section(number: int, question: Question, rows: Iterator[Html]) -> Html:
    return tag(
        "section",
        tag("h2", f"Question {number}", lang="en" if question.lang else None),
        *rows,
        lang=question.lang or None,
    )


def _asked(question: Question) -> Iterator[Html]:
    yield tag("p", prose(lines(question.prompt)))
    if question.dialogue.strip():
        yield dialogue(lines(question.dialogue), folded=False, classes=False)
    if question.address.strip():
        yield tag("p", lines(question.address), class_="sl-mono")
    if (shown := excerpt(question)) is not None:
        yield shown
    if question.kind.on_paper:
        yield tag("p", tag("em", question.kind.on_paper))
    for letter, choice in question.lettered():
        yield _choice(question, letter, choice)
    if question.numbered():
        yield tag("ol", *(tag("li", prose(lines(text))) for _, text in question.numbered()))
    if blank := _BLANKS[question.kind.control]:
        yield _blank(blank)


def _choice(question: Question, letter: str, choice: Choice, after: Child = None) -> Html:
    shown = tag("span", choice.text, class_="sl-mono") if question.kind.is_code else prose(lines(choice.text))
    return tag("div", tag("span", letter, class_="sl-letter"), tag("div", shown, after), class_="sl-opt")


def _told(question: Question) -> Iterator[Html]:
    """The right answer, then why each choice is right or not; a line's feedback says why it stands where it does."""
    if question.kind.is_typed:
        right = [lines(choice.text) for choice in question.choices if choice.right]
        yield tag("p", tag("strong", f"Answer: {' or '.join(right)}"))
    else:
        key = question.key if question.numbered() else ", ".join(question.key)
        yield tag("p", tag("strong", f"Answer: {key}"))
    if question.kind.control == "pairs":
        for letter, choice in question.lettered():
            yield _choice(question, letter, choice, join(tag("p", prose(lines(choice.partner))), _why(choice.feedback)))
    elif question.kind.control == "order":
        for letter, choice in zip(question.key, in_order(question), strict=True):
            yield _choice(question, letter, choice, _why(choice.feedback))
    elif question.kind.is_typed:
        for choice in question.choices:
            yield tag("div", tag("div", lines(choice.text), _judged(choice)), class_="sl-box")
        yield tag("div", "Anything else", _why(f"Not right. {question.otherwise}"), class_="sl-box")
    else:
        for letter, choice in question.lettered():
            yield _choice(question, letter, choice, _judged(choice))
    yield tag("p", "Source: ", prose(lines(question.source)), f". In the question bank: {question.id}.")


def _judged(choice: Choice) -> Html:
    return _why(f"{'Right' if choice.right else 'Not right'}. {choice.feedback}")


def _why(feedback: str) -> Html:
    return tag("p", prose(lines(feedback)))


def _blank(label: str, written: str = "") -> Html:
    return tag("p", f"{label}: ", tag("span", written), class_="write")
