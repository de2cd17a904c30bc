"""The address microscope: an address taken apart while it is typed, its fault, its repairs, what servers say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from smtplesson import markup
from smtplesson.guide import display
from smtplesson.guide.anatomy import Anatomy, dissect
from smtplesson.guide.repairs import Repair, repairs
from smtplesson.markup import Child, Html, join, stacked, tag
from smtplesson.protocol.codes import reply_class
from smtplesson.protocol.display import shorten, tone
from smtplesson.protocol.replies import Reply
from smtplesson.server.profiles import PROFILES
from smtplesson.server.worlds import ServerReplies, ask_servers
from smtplesson.widgets.view import Clicks, Fields, View, bar, button, field, form

_SPELLING = "Spelling only. Whether the mailbox exists is another question."
_ASKED = (
    "Each is asked as if the domain and the mailbox were its own. “The RFC” keeps to the standard; the others imitate "
    "real servers."
)
_UNSENDABLE = "No server can be asked: a line break ends the command."


class Microscope(View):
    """Look at an address part by part; `show(address)` does what typing it does, `mend(1)` takes the first repair."""

    clicks: ClassVar[Clicks] = {"mend": int, "undo": None}

    def __init__(self, address: str = "alice..smith@example.com") -> None:
        super().__init__("Address microscope")
        self._look_at(address)
        self.update()

    def show(self, address: str) -> None:
        """Look at another address, and have what is found read out."""
        self._look_at(address)
        self.update(say=self._said)

    def mend(self, number: int) -> None:
        """Take a repair, counted from 1; `undo()` goes back. ValueError where there is none of that number."""
        if not 1 <= number <= len(self.repairs):
            raise ValueError(f"There is no repair {number} for this address; there are {len(self.repairs)}.")
        before = self.address, self.replies
        self._look_at(self.repairs[number - 1].address, before)
        self.update(say=self._said, focus="undo")

    def undo(self) -> None:
        """Go back to the address before the repair; ValueError where none has been taken."""
        if self._before is None:
            raise ValueError("There is nothing to undo: no repair has been taken.")
        self._look_at(self._before[0])
        self.update(say=self._said, focus="repair-1")

    def markdown(self) -> str:
        """The twin: the address, its fault, the repairs, what the servers say, lengths and parts."""
        anatomy = self.anatomy
        found = markup.fenced(str(anatomy.fault)) if anatomy.fault else markup.markdown(anatomy.verdict)
        servers = [(_called(each.server), _code(each.mail), _code(each.rcpt)) for each in self.replies]
        lengths = [(each.name, f"{each.length:,} of {each.most}: {each.verdict}") for each in anatomy.lengths]
        pieces = [
            f"**{self.title}.** *Run this cell to type any address and see what becomes of it.*",
            markup.code_span(shorten(self.address)),
            found,
            "\n".join(f"- {markup.markdown(repair)}" for repair in self.repairs),
            markup.markdown_table(("server", "to MAIL", "to RCPT"), servers) if servers else _UNSENDABLE,
            f"{_SPELLING} {_ASKED}" if servers else "",
            markup.markdown_table(("length", "octets"), lengths),
        ]
        return "\n\n".join(filter(None, pieces))

    # --- what is pressed and typed ----------------------------------------------------------------------

    def do_type(self, address: str, _fields: Fields) -> None:
        """Follow the typing; the browser reads out what was found when it pauses."""
        if address != self.address:
            self.show(address)

    def do_look(self, _value: str, fields: Fields) -> None:
        """Read out at once what was found: Enter in the field."""
        if fields.get("address") == self.address:
            self.update(say=self._said)
        else:
            self.show(str(fields.get("address", "")))

    # --- how it works -----------------------------------------------------------------------------------

    def _look_at(self, address: str, before: tuple[str, tuple[ServerReplies, ...]] | None = None) -> None:
        self.address = address
        self.anatomy: Anatomy = dissect(address)
        self.repairs: tuple[Repair, ...] = repairs(address)
        self.replies: tuple[ServerReplies, ...] = ask_servers(address)
        self._before = before

    @property
    def _said(self) -> str:
        count = len(self.repairs)
        offer = {0: "", 1: " One repair is offered."}.get(count, f" {count} repairs are offered.")
        refuse = sum(not _accepts(each.rcpt) for each in self.replies)
        servers = f" {refuse} of {len(self.replies)} servers refuse it as a recipient." if self.replies else ""
        return f"{shorten(self.address)}: {self.anatomy.verdict}{offer}{servers}"

    # --- how it looks -----------------------------------------------------------------------------------

    def html(self) -> Html:
        """The field, the picture, the fault, repairs, servers; lengths, parts and replies in full are folded."""
        typed = field("Address", "address", self.address, data_typed="type", placeholder="local-part@domain")
        return join(
            form("look", typed, id="look"),
            display.address(self.anatomy),
            display.verdict(self.anatomy),
            tag("ul", *self._repairs(), class_="sl-repairs", aria_label="Repairs") if self.repairs else self._undo(),
            self._servers(),
            tag(
                "div",
                _folded("What each server says, word for word", self._in_full()),
                _folded("Lengths beside their limits", display.lengths(self.anatomy)),
                _folded("Parts, one by one", display.parts(self.anatomy)),
                class_="sl-folds",
            ),
        )

    def _repairs(self) -> Iterator[Html]:
        for number, repair in enumerate(self.repairs, 1):
            text = tag("code", shorten(repair.address))
            note = tag("small", f"{repair.action}. {repair.caution}".rstrip(), id=f"why-{number}")
            key = str(number)
            press = button(text, "mend", number, key=key, id=f"repair-{key}", aria_describedby=f"why-{key}")
            yield tag("li", press, " ", note)

    def _undo(self) -> Html | None:
        if self._before is None:
            return None
        return bar(button(join("Undo: ", tag("code", shorten(self._before[0]))), "undo", key="U", id="undo"))

    def _servers(self) -> Html:
        """The servers' codes; after a repair, those for the address before it stand above."""
        if not self.replies:
            return tag("p", _UNSENDABLE)
        now = _answers("Servers, now" if self._before else "Servers", self.address, self.replies)
        before = _answers("Servers, before", *self._before) if self._before else None
        return join(before, now, tag("p", _SPELLING, class_="sl-soft"))

    def _in_full(self) -> Html | None:
        if not self.replies:
            return None
        rows = [(_called(each.server), _reply(each.mail), _reply(each.rcpt)) for each in self.replies]
        heads = ("server", "as sender, to MAIL", "as recipient, to RCPT")
        table = stacked(heads, rows, caption=markup.unseen("What each server says"))
        return join(tag("p", _ASKED, class_="sl-soft"), table)


def _folded(name: str, inside: Html | None) -> Html | None:
    return inside and tag("details", tag("summary", name), inside, id=name.split()[0].lower())


def _accepts(reply: Reply) -> bool:
    return reply.code < 400


def _called(server: str) -> str:
    return PROFILES[server].called


def _answers(heading: str, address: str, replies: tuple[ServerReplies, ...]) -> Html:
    chips = tag("ul", *map(_chip, replies), class_="sl-chips", aria_label=heading)
    asked = tag("code", f"RCPT TO:<{shorten(address)}>")
    return tag("div", tag("strong", f"{heading}:"), " ", asked, chips, class_="sl-answers")


def _chip(said: ServerReplies) -> Html:
    """A server and its code to RCPT, and to MAIL where that is another."""
    klass = reply_class(said.rcpt.code)
    more = f", as sender {said.mail.code}" if said.mail.code != said.rcpt.code else None
    words: tuple[Child, ...] = (f"{klass.sign} {_called(said.server)} ", tag("b", str(said.rcpt.code)), more)
    return tag("li", *words, markup.unseen(f" {klass.word}"), class_=f"sl-chip {tone(said.rcpt.code)}")


def _code(reply: Reply) -> str:
    klass = reply_class(reply.code)
    return f"{klass.sign} {reply.code} {klass.word}"


def _reply(reply: Reply) -> Html:
    """A reply in full, its code in its class's colour."""
    klass = reply_class(reply.code)
    text = markup.lines(shorten(str(reply)[3:]))
    return tag("span", f"{klass.sign} ", tag("b", str(reply.code)), text, class_=f"sl-code sl-wraps {tone(reply.code)}")
