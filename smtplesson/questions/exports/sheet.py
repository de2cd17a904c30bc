"""Questions as a sheet to print: one HTML file without scripts, the key on a page of its own, black on white."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from smtplesson import markup
from smtplesson.questions.exports.exported import Export, common_losses, in_order, lines, sorted_out
from smtplesson.questions.question import Choice, Question

NAME = "print"
SUMMARY = "a sheet to print, with a key, as HTML"
SUFFIX = ".html"
_STYLE = """
:root { color-scheme: light; }
body { margin: 2rem auto; padding: 0 1rem; max-width: 45rem; background: #fff; color: #000;
  font: 1rem/1.45 Georgia, "Liberation Serif", "DejaVu Serif", serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.1rem; margin: 1.6rem 0 .3rem; } h1, h2 { line-height: 1.2; }
p { margin: .4rem 0; }
pre { margin: .5rem 0; padding: .4rem .7rem; border: 1px solid #000; white-space: pre-wrap;
  font: .9rem/1.4 "DejaVu Sans Mono", "Liberation Mono", monospace; }
ul { margin: .5rem 0; padding: 0; list-style: none; }
li { display: flex; gap: .7rem; margin: .35rem 0; }
.letter { flex: none; width: 1.2em; font-weight: bold; }
.piece { font-family: "DejaVu Sans Mono", "Liberation Mono", monospace; white-space: pre-wrap; }
.write { display: flex; gap: .7rem; align-items: flex-end; margin: 1rem 0; }
.write span { flex: 1; border-bottom: 1px solid #000; height: 1.4rem; }
.key { margin-top: 4rem; padding-top: 1rem; border-top: 3px solid #000; }
@page { margin: 18mm; }
@media print {
  body { margin: 0; padding: 0; max-width: none; font-size: 11pt; }
  section { break-inside: avoid; }
  h2 { break-after: avoid; }
  .key { break-before: page; margin: 0; padding: 0; border: 0; }
}
"""
#: What is written beside a blank, by the control that a question needs; empty where a letter is marked.
_BLANKS = {"radio": "", "checkbox": "", "order": "Order", "text": "Answer"}


def write(questions: Sequence[Question], title: str) -> Export:
    """The questions with lettered choices, then the key with the feedback on every choice and the sources."""
    head = markup.escape(title)
    kept, left_out = sorted_out(questions, _BLANKS)
    body = [
        f"<h1>{head}</h1>",
        f"<div>{_blank('Name')}{_blank('Date')}</div>",
        *(_section(number, _asked(question)) for number, question in enumerate(kept, 1)),
        f'<div class="key"><h1>Key: {head}</h1>',
        *(_section(number, _told(question)) for number, question in enumerate(kept, 1)),
        "</div>",
    ]
    text = (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{head}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(body)
        + "\n</main>\n</body>\n</html>\n"
    )
    losses = [*left_out, *(loss for question in kept for loss in common_losses(question))]
    return Export(text, tuple(question.id for question in kept), tuple(losses))


def _section(number: int, rows: Iterator[str]) -> str:
    return f"<section>\n<h2>Question {number}</h2>\n" + "\n".join(rows) + "\n</section>"


def _asked(question: Question) -> Iterator[str]:
    yield f"<p>{_block(question.prompt)}</p>"
    for text in (question.dialogue, question.address):
        if text.strip():
            yield f"<pre>{_block(text)}</pre>"
    if question.kind.on_paper:
        yield f"<p><em>{question.kind.on_paper}</em></p>"
    if question.letters:
        yield f"<ul>{''.join(_choice(question, *lettered) for lettered in question.lettered())}</ul>"
    if blank := _BLANKS[question.kind.control]:
        yield _blank(blank)


def _choice(question: Question, letter: str, choice: Choice, after: str = "") -> str:
    text = _block(choice.text)
    shown = f'<span class="piece">{text}</span>' if question.kind.is_code else text
    return f'<li><span class="letter">{letter}</span><div>{shown}{after}</div></li>'


def _told(question: Question) -> Iterator[str]:
    """The right answer, then why each choice is right or not; a line's feedback says why it stands where it does."""
    if question.kind.is_typed:
        right = [choice.text for choice in question.choices if choice.right]
        yield f"<p><strong>Answer: {' or '.join(map(_block, right))}</strong></p>"
    else:
        yield f"<p><strong>Answer: {', '.join(question.key)}</strong></p>"
    if question.kind.control == "order":
        letters = dict(zip(question.key, in_order(question), strict=True))
        rows = [_choice(question, letter, choice, _why(choice.feedback)) for letter, choice in letters.items()]
    elif question.kind.is_typed:
        known = [(c.text, f"{'Right' if c.right else 'Not right'}. {c.feedback}") for c in question.choices]
        known.append(("Anything else", f"Not right. {question.otherwise}"))
        rows = [f"<li><div>{_block(text)}{_why(feedback)}</div></li>" for text, feedback in known]
    else:
        rows = [
            _choice(question, letter, c, _why(f"{'Right' if c.right else 'Not right'}. {c.feedback}"))
            for letter, c in question.lettered()
        ]
    yield f"<ul>{''.join(rows)}</ul>"
    yield f"<p>Source: {_block(question.source)}. In the question bank: {_block(question.id)}.</p>"


def _why(feedback: str) -> str:
    return f"<p>{_block(feedback)}</p>"


def _blank(label: str) -> str:
    return f'<p class="write">{label}: <span></span></p>'


def _block(text: str) -> str:
    return "<br>".join(map(markup.escape, lines(text).split("\n")))
