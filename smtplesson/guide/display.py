"""How what the guide tells looks: an explained reply as a page to read, and what there is to do."""

from __future__ import annotations

from collections.abc import Iterator

from smtplesson.guide import rules
from smtplesson.guide.field_guide import Explanation, Reading
from smtplesson.guide.what_now import Advice
from smtplesson.markup import Html, counted, join, lines, prose, tag
from smtplesson.protocol import display

# --- an explained reply -------------------------------------------------------------------------------------------

#: How sure a reading is, as a sign beside the word.
_SURE = {"certain": "●●●", "likely": "●●○", "possible": "●○○"}
_ABOUT = {"auth": "authentication"}


def explanation(found: Explanation) -> Html:
    """The reply, then the likeliest reading; other readings and the parts of the code are folded."""
    reply = display.talk(display.server(found.reply, explained=False)) if found.reply else None
    notes = [tag("p", tag("strong", "Note: "), note, class_="sl-panel sl-4") for note in found.notes]
    readings = [_reading(found, reading) for reading in found.readings]
    return join(reply, notes, readings[:1], _others(readings[1:]), _parts(found))


def _reading(found: Explanation, reading: Reading) -> Html:
    """The verdict, what each side does, when to try again; who says so is small."""
    klass = found.reply_class
    about = tag("span", f"about the {_ABOUT.get(reading.about, reading.about)}", class_="sl-chip sl-0")
    sure = tag("span", tag("span", _SURE[reading.certainty], aria_hidden="true"), f" {reading.certainty}")
    told = {"What the sender does": reading.fix, "What the postmaster does": reading.postmaster}
    rows = {**told, "Try again": rules.RETRY[reading.retry], "Worded so by": reading.server}
    return tag(
        "section",
        tag("h3", reading.cause),
        tag("p", about, " ", tag("span", sure, class_="sl-chip sl-0"), class_="sl-chips"),
        tag("dl", *((tag("dt", name), tag("dd", text)) for name, text in rows.items() if text), class_="sl-told"),
        tag("p", tag("small", "Why: ", " ".join(reading.evidence))),
        tag("p", tag("small", "Source: ", reading.source)),
        class_=f"sl-panel sl-{klass.digit if klass else 0}",
    )


def _others(readings: list[Html]) -> Html | None:
    if not readings:
        return None
    return tag("details", tag("summary", f"It may also mean: {counted(len(readings), 'other reading')}"), readings)


def _parts(found: Explanation) -> Html | None:
    if not found.parts:
        return None
    rows = (join(tag("dt", name), tag("dd", value)) for name, value in found.parts)
    return tag("details", tag("summary", "The reply, digit by digit"), tag("dl", *rows))


# --- what to do now -----------------------------------------------------------------------------------------------


def advice(end: Advice, *, terminal: bool = True) -> Html:
    """The end of a way: who must act, what to do, what not, and what to try; `terminal` says whether there is one."""
    act = tag("p", tag("span", "◎ ", aria_hidden="true"), "Who must act: ", tag("strong", end.who))
    rows = join(
        tag("dt", "What to do"),
        tag("dd", prose(end.do)),
        tag("dt", "What not to do"),
        tag("dd", prose(end.avoid)),
        *_to_try(end, terminal),
    )
    source = tag("p", tag("small", f"Source: {end.source}; lesson {end.lesson}"))
    return join(tag("div", act, class_="sl-panel sl-act"), tag("dl", rows, class_="sl-told"), source)


def _to_try(end: Advice, terminal: bool) -> Iterator[Html]:
    if end.line:
        place = "In the console of the world foo, after EHLO and MAIL where needed; it is answered "
        where = tag("div", place, display.code(end.says), class_="sl-soft")
        yield join(tag("dt", "To try"), tag("dd", tag("code", lines(end.line)), where))
    elif terminal:
        yield join(tag("dt", "To try, in a terminal"), tag("dd", tag("code", end.command)))
