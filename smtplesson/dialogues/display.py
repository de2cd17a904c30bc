"""How experiments and pictures of a session look."""

from __future__ import annotations

from collections.abc import Sequence

from smtplesson.dialogues.diagram import Diagram
from smtplesson.dialogues.experiments import Experiment, Step
from smtplesson.markup import Html, join, kept, prose, tag
from smtplesson.protocol import display
from smtplesson.protocol.replies import Reply
from smtplesson.server.transaction import Envelope

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
        tag("p", "Goal: ", prose(experiment.goal)),
        tag("ul", *marks, tag("li", state, class_="sl-soft"), class_="sl-chips"),
    )


def result(step: Step, reply: Reply | None) -> Html:
    """What a step has brought: its last reply, or that another one was meant."""
    if reply is None:
        return tag("div", f"No reply yet; {step.reply} was meant." if step.reply else "✓ Done.", class_="sl-came")
    if reply.code != step.reply:
        meant = f" This step was meant to give {step.reply}: see “I got something else”."
        return tag("div", display.code(reply.code), meant, class_="sl-came sl-other")
    first = display.shorten(str(reply).split("\n")[0])
    return tag("div", display.code(reply.code), " ", tag("code", first[4:]), class_="sl-came")


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
