"""How dialogues look: lines taken apart, what if a piece were different, experiments, what came of a trial."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from smtplesson import markup
from smtplesson.dialogues.diagram import Diagram
from smtplesson.dialogues.experiments import Experiment, Step
from smtplesson.dialogues.illustrated import IllustratedLine, Token
from smtplesson.dialogues.trials import Report
from smtplesson.dialogues.what_if import Difference, Replay, Response
from smtplesson.markup import Html, counted, join, kept, prose, scrolling, tag, unseen
from smtplesson.protocol import display
from smtplesson.protocol.codes import CLASSES
from smtplesson.protocol.display import shorten, transcript
from smtplesson.protocol.replies import Reply
from smtplesson.protocol.transcript import verb_of
from smtplesson.server.transaction import Envelope

#: Exchanges that are drawn of those that a change makes different.
_OTHERS = 4
_SIDES = {"C": "client", "S": "server"}


def line(each: IllustratedLine, *, differs: bool = False) -> Html:
    """A line with its number and who says it; a reply with its code in its class's colour."""
    text = shorten(each.line.text) or "(nothing)"
    said, end = join(text), None
    if each.line.speaker == "S":
        said = join(tag("b", text[:3]), text[3:])
        end = None if text[3:4] == "-" else _class_of(text)
    if differs:
        end = tag("span", "≠ differs", class_="sl-tag sl-differs")
    number = tag("span", str(each.number), " ", class_="sl-nr")
    who = tag("span", _SIDES[each.line.speaker], " ", class_="sl-who")
    return join(number, who, tag("span", said), end)


def line_tone(each: IllustratedLine) -> str:
    """The CSS class that colours a line: nothing for the client's, its class's for a reply's."""
    if each.line.speaker == "C":
        return ""
    first = each.line.text[:1]
    return display.tone(int(first) * 100 if first.isascii() and first.isdecimal() else 0)


def token(piece: Token) -> Html:
    """A piece of a line, what it is called below it."""
    sign = "✗ " if piece.fault else ""
    return join(tag("code", shorten(piece.shown)), " ", tag("small", f"{sign}{piece.gloss}"))


def meaning(piece: Token) -> Html:
    """What a piece means, its fault, the rule it obeys, and where that stands."""
    fault = (
        tag("p", tag("strong", "✗ A fault: "), piece.fault.message, class_="sl-verdict sl-5") if piece.fault else None
    )
    return tag(
        "section",
        tag("p", tag("strong", tag("code", shorten(piece.shown)), f", {piece.gloss}."), " ", piece.meaning),
        fault,
        tag("p", tag("small", f"Rule: {piece.rule} ({piece.source})")),
        class_="sl-panel",
    )


def replay(found: Replay) -> Html:
    """What came of a change: before and now side by side, why, and what else has become different, folded."""
    change = found.change
    others = found.others[:_OTHERS]
    more = len(found.others) - len(others)
    elsewhere = tag(
        "details",
        tag("summary", f"Elsewhere in the dialogue: {counted(len(found.others), 'exchange')}"),
        *(_pair(each, said=bool(change.said)) for each in others),
        tag("p", f"... and {more} more.", class_="sl-soft") if more else None,
        id="elsewhere",
    )
    return tag(
        "section",
        _pair(found.changed, said=bool(change.said)),
        tag("p", tag("strong", change.question), " ", found.conclusion),
        tag("p", f"Why: {change.why} ", tag("small", f"({change.source})")),
        elsewhere if others else None,
    )


def _pair(difference: Difference, *, said: bool) -> Html:
    before, after = difference.before, difference.after
    new = before is None or after is None or before.sent != after.sent
    return tag(
        "div",
        tag("div", tag("h4", "Before"), *_response(before, after is None)),
        tag("div", tag("h4", "Now"), *_response(after, True, client=new and not said, server=said)),
        class_="sl-pair",
    )


def _response(response: Response | None, is_new: bool, *, client: bool = False, server: bool = False) -> Iterator[Html]:
    """What was sent and answered; `client` or `server` says whose part is what was changed."""
    if response is None:
        yield tag("p", "Nothing is sent.")
        return
    replies = [*([response.reply] if response.reply else []), *response.more]
    fault = replies[0].reason.fault if replies and replies[0].reason else None
    if response.sent:
        yield _changed(display.client(response.sent, fault), client)
    yield from (_changed(display.server(reply, explained=is_new), server) for reply in replies)
    if response.note and (is_new or not response.reply):
        yield tag("p", response.note)


def _changed(drawn: Html, is_new: bool) -> Html:
    rows = display.talk(drawn)
    return tag("div", unseen("changed: "), rows, class_="sl-changed") if is_new else rows


def _class_of(text: str) -> Html | None:
    klass = CLASSES.get(int(text[0])) if text[:1].isascii() and text[:1].isdecimal() else None
    return tag("span", f" {klass.sign} {klass.word}", class_="sl-tag") if klass else None


def trials(report: Report) -> Html:
    """The outcome in a sentence, each trial in a row, and the first failure with its dialogue."""
    summary = tag("p", tag("strong", report.summary))
    if not report.attempted:
        return summary
    rows = scrolling("Trials", markup.table(["trial", "right", "yours", "outcome"], report.rows()))
    failed = report.first_failed
    if failed is None:
        return join(summary, rows)
    about = tag("p", f"Look at “{failed.name}” first. {failed.help} ", tag("small", f"({failed.source})"))
    return join(summary, rows, about, None if failed.transcript is None else transcript(failed.transcript))


#: Messages of a server's log that are listed.
_LOGGED = 10


def picture(drawn: Diagram, title: str, note: str = "") -> Html:
    """A picture of a session with its title, and the same in words, folded."""
    caption = tag("figcaption", tag("strong", title), " ", tag("small", note) if note else None)
    words = tag("details", tag("summary", "In words"), tag("pre", kept(drawn.text)))
    return tag("figure", caption, Html(drawn.svg), words)


def goal(experiment: Experiment, met: int) -> Html:
    """What an experiment wants to reach, and which of the replies that it asks for have come."""
    count = len(experiment.reach)
    marks = [
        tag("li", f"{'✓' if n < met else '○'} {mark}", class_=f"sl-chip {'sl-2' if n < met else 'sl-0'}")
        for n, mark in enumerate(experiment.reach)
    ]
    state = "✓ Goal reached." if met == count else f"{met} of {count} replies so far."
    return join(
        tag("p", tag("strong", "Goal: "), prose(experiment.goal)),
        tag("ul", *marks, tag("li", state, class_="sl-state sl-2" if met == count else "sl-state"), class_="sl-chips"),
    )


def step(one: Step) -> Html:
    """What a step is for, and below it what it sends, line by line, or sets."""
    if one.turn or one.wait:
        return tag("span", f"{one.say}: ", tag("small", one.action))
    return tag("span", f"{one.say}: ", *(tag("code", row) for row in one.action.split(" / ")))


def result(step: Step, reply: Reply | None) -> Html:
    """What a step has brought: the code of its last reply."""
    if reply is None:
        return join(*(("…", tag("span", " no reply")) if step.reply else ("✓", tag("span", " done"))))
    return display.code(reply.code, verb_of([step.action.split(" / ")[-1]]))


def unmeant(step: Step, reply: Reply | None) -> Html | None:
    """What there is to say where a step was to bring another reply."""
    if step.reply == (reply.code if reply else 0):
        return None
    return tag("p", f"This step was meant to give {step.reply}: see “I got something else”.", class_="sl-soft")


def taken(messages: Sequence[Envelope]) -> Html:
    """A server's log: the messages that it has taken, the newest of them."""
    if not messages:
        return tag("p", "Nothing yet: a message is taken with the 250 after its final dot.", class_="sl-soft")
    rows = [tag("li", _message(message)) for message in messages[-_LOGGED:]]
    left = f"The last {_LOGGED} of {len(messages)}:" if len(messages) > _LOGGED else ""
    return join(tag("p", left, class_="sl-soft") if left else None, tag("ol", *rows))


def _message(message: Envelope) -> Html:
    to = [
        join(
            ", " if number else None,
            tag("code", str(one.mailbox)),
            join(" (forwarded to ", tag("code", str(one.forward_to)), ")") if one.forward_to else None,
        )
        for number, one in enumerate(message.recipients)
    ]
    lines = message.data.count(b"\r\n")
    size = f"; {len(message.data):,} octets, {lines:,} lines"
    return join("from ", tag("code", str(message.reverse_path)), " to ", to, size)
