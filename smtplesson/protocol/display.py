"""How replies, transcripts and faults look: a dialogue is a conversation, a reply's class is seen before its text.

Every view and every output that shows a piece of a dialogue asks here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from smtplesson.markup import Child, Html, join, lines, tag, unseen
from smtplesson.protocol.codes import CLASSES
from smtplesson.protocol.faults import CommandSyntaxError
from smtplesson.protocol.replies import Reason, Reply
from smtplesson.protocol.transcript import Exchange, Transcript, verb_of

#: Characters of one line that are drawn; whole lines are in the session's own transcript.
SHOWN = 300
#: Lines behind the first one of a reply from which on they are folded away: of an EHLO's list, and of others.
_OFFERS, _MANY = 2, 6


def shorten(line: str) -> str:
    """Return `line`, cut where it is too long to be drawn, with its length."""
    return line if len(line) <= SHOWN else f"{line[:SHOWN]}... ({len(line):,} characters)"


def talk(*rows: Child) -> Html:
    """A dialogue, of rows as `client` and `server` give them."""
    return tag("div", *rows, class_="sl-talk")


def client(sent: Sequence[str], fault: Exception | None = None) -> Html:
    """What the client sent, a line or the lines of a message, with the faulty part marked in it."""
    drawn = [_marked(shorten(line), fault) for line in sent]
    return turn("client", tag("div", *_broken(drawn), class_="sl-client"))


def server(
    reply: Reply, *, verb: str = "", explained: bool = True, alone: bool = False, told: Html | None = None
) -> Html:
    """A reply: its code first and bold, its class by colour, sign and word, why it came, and what is `told` of it.

    Where it stands `alone`, without the client's line, a fault in that is drawn below the reply. To RCPT, as `verb`, a
    2yz says "accepted": nothing has been sent yet (RFC 5321 section 3.3).
    """
    why = _why(reply.reason, drawn=alone) if explained and reply.reason is not None else None
    return _server_rows(str(reply).split("\n"), join(why, told), verb=verb)


def exchange(sent: Sequence[str], reply: Reply | None, *, explained: bool = True) -> Html:
    """What the client sent and what it was answered; a fault in it is marked, and perhaps `explained` below."""
    fault = reply.reason.fault if reply is not None and reply.reason is not None else None
    said = client(sent, fault) if sent else None
    return join(said, None if reply is None else server(reply, verb=_verb(sent), explained=explained))


def exchanges(said: Iterable[Exchange], *, explained: bool = True) -> Html:
    """A whole dialogue of exchanges."""
    return talk(*(exchange(each.sent, each.reply, explained=explained) for each in said))


def dialogue(text: str, *, folded: bool = True, classes: bool = True) -> Html:
    """A dialogue written as "C: ..." and "S: ..." lines; what is neither stands as it is.

    On paper nothing can be unfolded: without `folded` all lines are drawn. In a question the class would be half of
    the answer: without `classes` a reply has neither its colour nor its word.
    """
    return talk(*_rows(text.strip("\n").split("\n"), folded, classes))


def _rows(text: Sequence[str], folded: bool, classes: bool) -> Iterator[Html]:
    sent: list[str] = []  # by the client, in a row: a message, or commands at once
    said: list[str] = []
    verb = ""
    for line in text:
        speaker, words = line[:2], line[2:].removeprefix(" ")
        if speaker == "C:":
            sent.append(words)
            continue
        if sent:
            yield client(sent)
            verb, sent = _verb(sent), []
        if speaker == "S:" and words[3:4] == "-":
            said.append(words)
        elif speaker == "S:":
            yield _server_rows([*said, words], folded=folded, classes=classes, verb=verb)
            said, verb = [], ""
        else:
            yield turn("", tag("div", shorten(line)))
    if sent:
        yield client(sent)
    if said:
        yield _server_rows(said, folded=folded, classes=classes)


def _verb(sent: Sequence[str]) -> str:
    """The one command that a reply answers; of several at once it is not known."""
    return verb_of(sent) if len(sent) == 1 else ""


def _server_rows(
    rows: Sequence[str], why: Html | None = None, *, folded: bool = True, classes: bool = True, verb: str = ""
) -> Html:
    digits = rows[0][:3]
    number = int(digits) if digits.isascii() and digits.isdecimal() else 0
    rest = lines("\n".join(map(shorten, rows[1:])))
    body: list[Child] = [tag("b", digits), shorten(rows[0][3:]), _class_tag(number, verb) if classes else None]
    if folded and (summary := _summary(number, rows[1:])):
        body.append(tag("details", tag("summary", summary), rest))
    elif rows[1:]:
        body += [tag("br"), rest]
    return turn("server", tag("div", *body, why, class_=f"sl-reply {tone(number if classes else 0)}"))


def _summary(number: int, rest: Sequence[str]) -> str:
    """What stands for the lines behind the first one where they are folded: a list of extensions, or very many."""
    offers = number == 250 and all(row[4:5].isupper() or row[4:5].isdigit() for row in rest)
    if offers and len(rest) >= _OFFERS:
        return f"offers {len(rest)} extensions"
    return f"{len(rest)} more lines" if len(rest) >= _MANY else ""


def transcript(said: Transcript) -> Html:
    """A session's lines as they were said."""
    return dialogue(str(said))


def tone(code: int) -> str:
    """The CSS class that colours a code by its first digit."""
    return f"sl-{code // 100 if code // 100 in CLASSES else 0}"


def code(number: int, verb: str = "") -> Html:
    """A code with its class by colour, sign and word; to RCPT, as `verb`, as `server` says it."""
    return tag("span", tag("b", f"{number:03}"), " ", _class_tag(number, verb), class_=f"sl-code {tone(number)}")


def fault(error: CommandSyntaxError) -> Html:
    """What is wrong with a command or an address: the message, the line with the faulty part marked, the rule."""
    before, faulty, after = error.pieces()
    line = tag("div", before, _mark(faulty), after, class_="sl-mono")
    where = f"Marked: {error.place}. {error.production}: {error.section}"
    return tag("div", tag("strong", error.message), line, tag("div", where, class_="sl-why"))


def _why(reason: Reason, *, drawn: bool) -> Html:
    section = f" ({reason.section})" if reason.section else ""
    if isinstance(reason.fault, CommandSyntaxError):
        said = fault(reason.fault) if drawn else _told(reason.fault)
    else:
        said = lines("\n".join([reason.text, *([str(reason.fault)] if reason.fault is not None else [])]))
    return tag("div", said, section, class_="sl-why")


def _told(error: CommandSyntaxError) -> Html:
    return lines(f"{error.message}\n{error.production}: {error.section}")


def _class_tag(number: int, verb: str = "") -> Html | None:
    klass = CLASSES.get(number // 100)
    if klass is None:
        return None
    word = "accepted" if klass.digit == 2 and verb == "RCPT" else klass.word
    return tag("span", " ", klass.sign, " ", word, class_="sl-tag")


def _marked(line: str, fault: Exception | None) -> Html:
    """A line with the faulty part of it marked, where the fault is in this line."""
    if not isinstance(fault, CommandSyntaxError) or (place := line.find(fault.text)) < 0 or not fault.text:
        return join(line) if line else Html("&nbsp;")
    start, end = (place + offset for offset in fault.span)
    return join(line[:start], _mark(line[start:end]), line[end:])


def _mark(faulty: str) -> Html:
    return tag("mark", unseen("fault: "), faulty or "\N{NO-BREAK SPACE}", class_="sl-fault")


def _broken(rows: Sequence[Html]) -> Iterator[Html]:
    for number, row in enumerate(rows):
        yield row if number == 0 else join(tag("br"), row)


def turn(who: str, body: Html) -> Html:
    """One turn of a dialogue: who speaks, and what."""
    return tag("div", tag("span", who, unseen(": ") if who else None, class_="sl-who"), body, class_="sl-said")
