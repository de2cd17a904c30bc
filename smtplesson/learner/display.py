"""How what came of an answer looks, and where a learner stands: objectives, how sure, how right, what they believe."""

from __future__ import annotations

from collections.abc import Iterable

from smtplesson import markup
from smtplesson.learner.attempts import Confidence
from smtplesson.learner.mastery import RULE, Calibration, Held, Mastery, Stage
from smtplesson.learner.quiz import Outcome, said, surprise
from smtplesson.markup import Html, join, prose, tag
from smtplesson.questions import course

#: The sign of each stage, and the tone: done, more to do, later, or none.
_STAGES = {
    Stage.LEARNING: ("◔", " sl-3"),
    Stage.TO_CONFIRM: ("◕", " sl-4"),
    Stage.MASTERED: ("✓", " sl-2"),
}
_WORDS = {Stage.LEARNING: "learning, ", Stage.TO_CONFIRM: "to confirm "}
_BELIEFS = 3  # that are shown before the rest is folded
#: How much should be right, in words for `stands_for`.
_SHOULD = {
    Confidence.GUESS: "up to half",
    Confidence.THINK_SO: "5 to 9 in 10",
    Confidence.SURE: "9 in 10 or more",
}
CALIBRATION = ("You said", "You were right", "It should be", "So")


def feedback(outcome: Outcome) -> Html:
    """The panel below an answered question."""
    rows = [tag("p", tag("strong", f"{outcome.verdict}."), " ", prose(said(outcome)))]
    if (words := surprise(outcome)) is not None:
        rows.append(tag("p", prose(words)))
    for behind in outcome.misconceptions:
        rows.append(tag("p", "Remember: ", prose(behind.correction), " ", tag("small", f"({behind.source})")))
    rows.append(tag("small", "Source: ", prose(outcome.source)))
    return tag("div", *rows, class_=f"sl-panel {'sl-2' if outcome.right else 'sl-5'}")


# --- where a learner stands ---------------------------------------------------------------------------------


def objectives(begun: Iterable[Mastery], not_begun: str) -> Html:
    """Each objective that was begun as a tile, the others in a sentence, with the rule below, once."""
    rest = " ".join(filter(None, [not_begun, RULE]))
    return tag("div", tag("ul", *map(_tile, begun), class_="sl-tiles"), tag("p", rest, class_="sl-soft"))


def _tile(level: Mastery) -> Html:
    sign, tone = _STAGES[level.stage]
    said = tag("em", tag("span", sign, aria_hidden="true"), f" {stage(level)}")
    return tag("li", level.words, said, class_=f"sl-tile{tone}", id=f"objective-{level.objective}")


def stage(level: Mastery) -> str:
    """How far an objective is, in a few words."""
    return f"{_WORDS.get(level.stage, '')}{level.progress}"


def calibration(rows: Iterable[Calibration]) -> Html:
    """How often each confidence was right: a bar, the same in numbers, and where the bar should end."""
    body = []
    for each in rows:
        right, should, so = numbers(each)
        drawn = None if each.share is None else markup.meter(each.share, each.stands_for)
        body.append([str(each.confidence), join(drawn, right), should, so])
    return markup.stacked(CALIBRATION, body, caption="How sure and how right")


def numbers(each: Calibration) -> tuple[str, str, str]:
    """How much was right, how much should be, and what follows."""
    if not each.answered:
        return "not said yet", _SHOULD[each.confidence], ""
    return f"{each.right} of {each.answered}", _SHOULD[each.confidence], str(each.judgement)


def misconceptions(held: Iterable[Held]) -> Html | None:
    """What a learner believes, with the truth and the lesson; what is cured is folded. None where there is none."""
    found = list(held)
    rows = [_belief(each) for each in found if not each.cured]
    cured = [tag("li", "“", prose(each.misconception.belief), "”") for each in found if each.cured]
    if not found:
        return None
    return tag(
        "div",
        tag("ul", *rows[:_BELIEFS], class_="sl-list") if rows else None,
        _folded(f"{len(rows) - _BELIEFS} more", rows[_BELIEFS:], "more-beliefs", class_="sl-list"),
        _folded(f"{markup.counted(len(cured), 'belief')} that you left behind", cured, "cured"),
    )


def _folded(summary: str, rows: list[Html], id: str, **attributes: str) -> Html | None:
    return tag("details", tag("summary", summary), tag("ul", *rows, **attributes), id=id) if rows else None


def _belief(held: Held) -> Html:
    behind = held.misconception
    lesson = course.find(behind.lesson)
    link = tag("a", f"Lesson {lesson.label}", href=f"{lesson.file}.ipynb") if lesson is not None else None
    count = "" if held.count == 1 else f" ({held.count} times)"
    return tag(
        "li",
        tag("div", "You said: “", prose(behind.belief), f"”{count}"),
        tag(
            "div",
            tag("strong", "In truth: "),
            prose(behind.correction),
            " ",
            tag("small", f"({behind.source})"),
            " ",
            link,
        ),
        class_="sl-panel sl-4",
    )
