"""A page for each learner of a class: what they answered, what is right and why, and what to go over again.

It holds nothing of anybody else. It tells the key: give it out when all have handed in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from smtplesson import markup
from smtplesson.classroom.exercise_set import questions_for
from smtplesson.classroom.marking import LearnerMark, Marked
from smtplesson.classroom.submissions import owner_of
from smtplesson.classroom.waiting import watched
from smtplesson.learner.quiz import Outcome
from smtplesson.markup import Child, Html, prose, tag
from smtplesson.questions import display
from smtplesson.questions.question import Misconception, Question

_STYLE = """
.sl-whole { max-width: 46rem; margin: 0 auto; padding: 1rem; }
.sl-whole h1 { font-size: 1.5rem; line-height: 1.25; }
.sl-whole h2 { font-size: 1.1rem; margin: 1.6rem 0 .3rem; }
.sl-whole .sl-opt { cursor: auto; }
@media print { .sl-whole { padding: 0; max-width: none; font-size: 10pt; } section { break-inside: avoid; } }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def save(marked: Marked, folder: str | Path) -> int:
    """Write a page for each learner with an answer that counts, such as `mira-7_week-3.html`; return how many.

    Raises OSError where a page cannot be written.
    """
    where = Path(folder)
    where.mkdir(parents=True, exist_ok=True)
    name = marked.exercise.name if marked.exercise else "feedback"
    there = [mark for mark in marked.marks if mark.answered]
    for mark in watched(there, "Writing a page for each learner", len(there)):
        (where / f"{mark.learner}_{name}.html").write_text(page(marked, mark), encoding="utf-8")
    return len(there)


def page(marked: Marked, mark: LearnerMark) -> str:
    """The page of one learner as HTML, without scripts; it loads nothing."""
    title = marked.exercise.title if marked.exercise else "Your answers"
    outcomes = {outcome.question.id: outcome for outcome in marked.first[mark.learner]}
    asked = _asked(marked, mark, outcomes.values())
    sections = [_section(number, question, outcomes.get(question.id)) for number, question in enumerate(asked, 1)]
    head = [tag("h1", title), tag("p", f"{mark.name or mark.learner}: {mark.right} of {mark.asked} right.")]
    body = tag("main", *head, *_review(list(outcomes.values())), *sections)
    return markup.page(f"{title}: {mark.learner}", body, style=_STYLE, policy=_POLICY)


def _asked(marked: Marked, mark: LearnerMark, outcomes: Iterable[Outcome]) -> Sequence[Question]:
    """The questions as this learner saw them, or as their files have them where no set says more."""
    answered = list(outcomes)
    if marked.exercise is None:
        return [outcome.question for outcome in answered]
    id = next((owner for outcome in answered if (owner := owner_of(outcome.quiz))), mark.learner)
    asked = questions_for(marked.exercise, id)
    known = {question.id for question in asked}
    return (*asked, *(outcome.question for outcome in answered if outcome.question.id not in known))


def _review(outcomes: Sequence[Outcome]) -> Iterator[Html]:
    """The beliefs behind the wrong answers, the most frequent first, and where to read on."""
    count: Counter[Misconception] = Counter(behind for outcome in outcomes for behind in outcome.misconceptions)
    if not count:
        return
    yield tag("h2", "To go over again")
    rows = [
        tag(
            "li",
            tag("strong", behind.correction),
            f" ({behind.source}). Your answers seem to say: {behind.belief}",
            f" Lesson {behind.lesson}." if behind.lesson else None,
        )
        for behind, _ in count.most_common()
    ]
    yield tag("ul", *rows)


def _section(number: int, question: Question, outcome: Outcome | None) -> Html:
    verdict = outcome.verdict if outcome else "Not answered"
    response = question.from_file(outcome.response) if outcome else ""
    rows = [tag("p", prose(question.prompt)), display.about(question), *_answer(question, response)]
    if outcome is not None and not question.kind.is_one_letter:
        rows.append(tag("p", prose(outcome.feedback)))
    rows.append(tag("p", f"Source: {question.source}", class_="sl-soft"))
    return tag(
        "section",
        tag("h2", f"{number}. {verdict}", lang="en" if question.lang else None),
        *rows,
        lang=question.lang or None,
    )


def _answer(question: Question, response: str) -> Iterator[Html]:
    """The choices with what was chosen and what is right; a text, or an order, beside the right one."""
    one, marked = question.kind.is_one_letter, question.kind.control in ("radio", "checkbox")
    for letter, choice in question.lettered():
        chosen, right = letter in response, letter in question.key
        notes = [note for note, holds in (("your answer", chosen), ("right", right)) if holds and marked]
        look = "right" if right and marked else "wrong" if chosen and marked else ""
        yield display.option(letter, choice, mark=look, note=", ".join(notes))
        if one and (chosen or right):
            yield tag("p", prose(choice.feedback), class_="sl-why")
    if not marked:
        yield tag(
            "p", "Your answer: ", _code(response) if response else "none", ". Right: ", _code(_key(question)), "."
        )


def _key(question: Question) -> str:
    if question.kind.is_typed:
        return " or ".join(choice.text for choice in question.choices if choice.right)
    return ", ".join(question.key) if question.kind.control == "order" else question.key


def _code(text: str) -> Child:
    return tag("code", text)
