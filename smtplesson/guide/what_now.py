"""What do I do now? From a reply to what is to be done, by questions that a person can answer.

Questions and advice are in `data/what_now.toml`; a reply that the field guide has explained answers the
questions by itself, as far as it can.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from smtplesson import content
from smtplesson.guide.field_guide import Explanation

#: Who can be named as the one who must act.
WHO = (
    "Nobody",  # all is done, or the server does by itself what is left
    "No person: the program goes on by itself",
    "No person: the program tries again by itself",
    "The program, which tries again; the server's postmaster, if it lasts",
    "The program",
    "The sender",
    "The recipient",
    "The server's postmaster",
    "The sender's postmaster",
)


@dataclass(frozen=True, slots=True)
class Condition:
    """When an answer fits a reply: everything that is given must agree; nothing given fits always."""

    codes: tuple[str, ...] = ()
    enhanced: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()

    def fits(self, reply: Explanation) -> bool:
        """Whether the explained reply is of this sort."""
        best = reply.best
        code = str(reply.reply.code) if reply.reply else str(reply.enhanced.klass) if reply.enhanced else ""
        detail = f"{reply.enhanced.subject}.{reply.enhanced.detail}" if reply.enhanced else ""
        return (
            (not self.codes or code.startswith(self.codes))
            and (not self.enhanced or detail in self.enhanced or f"{detail.partition('.')[0]}.*" in self.enhanced)
            and (not self.commands or reply.command in self.commands)
            and (not self.about or (best is not None and best.about in self.about))
            and (not self.rules or (best is not None and best.rule.startswith(self.rules)))
        )


@dataclass(frozen=True, slots=True)
class TriageAnswer:
    """An answer to a question: where it leads, for each role, and which replies give it by themselves."""

    text: str
    next: Mapping[str, str]
    when: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class TriageQuestion:
    """One question with its answers, and a hint on how to answer it."""

    id: str
    text: str
    hint: str
    answers: tuple[TriageAnswer, ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """The end of a path: what the reply means, who must act, what to do and not to do, and what to try.

    `line` is for the console on the world foo, where it is answered with `says`; or `command` is for a terminal.
    """

    id: str
    role: str
    title: str
    who: str
    do: str
    avoid: str
    about: tuple[str, ...]
    source: str
    lesson: str
    line: str = ""
    says: int = 0
    command: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """A path through the questions: the role, the answers so far, and where it stands.

    >>> way = start("programmer").answer(1).answer(1)
    >>> way.at.id, way.at.who
    ('will-forward', 'No person: the program goes on by itself')
    """

    role: str
    at: TriageQuestion | Advice
    taken: tuple[tuple[TriageQuestion, TriageAnswer], ...] = ()

    @property
    def is_over(self) -> bool:
        """Whether the path has come to an advice."""
        return isinstance(self.at, Advice)

    def answer(self, number: int) -> Way:
        """Give answer `number`, counted from 1; ValueError where there is none."""
        if isinstance(self.at, Advice):
            raise ValueError("The path has come to its end; go back, or begin again.")
        if not 1 <= number <= len(self.at.answers):
            raise ValueError(f"There is no answer {number}; there are 1 to {len(self.at.answers)}.")
        given = self.at.answers[number - 1]
        at = _place(given.next[self.role], self.role)
        return replace(self, at=at, taken=(*self.taken, (self.at, given)))

    def back(self) -> Way:
        """Take the last answer back; at the first question nothing happens."""
        if not self.taken:
            return self
        return replace(self, at=self.taken[-1][0], taken=self.taken[:-1])


def roles() -> Mapping[str, str]:
    """The roles and what each says of itself: sender, programmer, postmaster."""
    table = _content()["roles"]
    return MappingProxyType({role: table.take(role, "table").take("name") for role in table})


def start(role: str) -> Way:
    """Stand before the first question of a role; ValueError for another word."""
    if role not in roles():
        raise ValueError(f"{role!r} is no role; there are {', '.join(roles())}.")
    return Way(role, _place(_content()["roles"][role].take("first"), role))


def follow(role: str, reply: Explanation) -> Way:
    """Answer the questions with an explained reply, as far as it can; the rest is for the person.

    >>> from smtplesson.guide.field_guide import explain
    >>> follow("programmer", explain("551 5.7.1 User not local; please try <white@bar.org>", command="RCPT")).at.id
    'moved'
    """
    way = start(role)
    while isinstance(way.at, TriageQuestion):
        fitting = [n for n, given in enumerate(way.at.answers, 1) if any(c.fits(reply) for c in given.when)]
        if not fitting:
            break
        way = way.answer(fitting[0])
    return way


def ways(role: str) -> Iterator[Way]:
    """Go every way of a role to its end."""
    open_ways = [start(role)]
    while open_ways:
        way = open_ways.pop()
        if isinstance(way.at, Advice):
            yield way
        else:
            open_ways += [way.answer(number) for number in range(len(way.at.answers), 0, -1)]


def ends(role: str) -> tuple[Advice, ...]:
    """Every advice that a role can come to, once, in the order of the questions."""
    found = {way.at.id: way.at for way in ways(role) if isinstance(way.at, Advice)}
    return tuple(found.values())


# --- the file ----------------------------------------------------------------------------------------------------


@functools.cache
def _content() -> content.Section:
    return content.read(content.KIT / "what_now.toml")


@functools.cache
def _place(name: str, role: str) -> TriageQuestion | Advice:
    if name in _content()["question"]:
        return _question(name)
    entry: content.Section = _content()["advice"].take(name, "table")
    do, avoid = entry[role]
    return entry.build(Advice, *roles(), id=name, role=role, do=do, avoid=avoid)


def _question(name: str) -> TriageQuestion:
    table = _content()["question"]
    entry = table[name]
    entry.only("text", "hint", "answers", "answers_of")
    answers = table[entry["answers_of"]] if "answers_of" in entry else entry
    given = tuple(map(_answer, answers.take("answers", "tables")))
    return TriageQuestion(name, entry.take("text"), entry.take("hint"), given)


def _answer(entry: content.Section) -> TriageAnswer:
    entry.only("text", "next", "when")
    leads = entry["next"]
    to = dict.fromkeys(roles(), leads) if isinstance(leads, str) else entry.take("next", "Mapping[str, str]")
    return TriageAnswer(entry.take("text"), to, tuple(c.build(Condition) for c in entry.take("when", "tables", ())))
