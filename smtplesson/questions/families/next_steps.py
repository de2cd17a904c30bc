"""Generated questions about what follows from a reply: what a program does with the message, and what it has been told.

Each has the same few choices again and again, and each of them is right as often as the others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from smtplesson.protocol.codes import phrase
from smtplesson.questions.families.family import Dice, Family, Made
from smtplesson.questions.families.invented_servers import NAMES, ODD_TEXTS, PLAIN, SUBJECTS, Place
from smtplesson.questions.families.played_dialogues import PlayedDialogue, cases, real
from smtplesson.questions.question import Choice
from smtplesson.server.server import Server
from smtplesson.server.situations import Situation as S

_SOURCE = "RFC 5321 sections 3.3, 3.8, 4.2.1 and 4.2.5"
#: Decision -> the cases in which it is right.
_CASES: Mapping[str, Sequence[str]] = {
    "go on": ("rcpt-2",),
    "later": ("rcpt-4", "dot-4", "lost"),
    "report": ("rcpt-5", "dot-5"),
    "done": ("dot-2",),
}
#: Codes that an RFC words, or that are in use though none does. Every seed counts on this list, so that it stays.
_TAKEN = frozenset(
    {
        *(211, 214, 220, 221, 235, 250, 251, 252, 253),
        *(421, 431, 432, 450, 451, 452, 453, 454, 455, 458, 459),
        *(500, 501, 502, 503, 504, 511, 513, 517, 518, 521, 523, 524, 530, 531, 534, 535, 538, 540, 546),
        *(550, 551, 552, 553, 554, 555, 556),
    }
)
#: What most servers refuse at RCPT.
_REFUSED = ("unknown", "moved", "elsewhere", "misspelt")


# --- what a program does -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Story:
    """A dialogue, where its words come from, and what is told besides."""

    dialogue: PlayedDialogue
    words: str = ""
    told: str = ""


def then_what(dice: Dice) -> Made:
    """Choose what a program does with the message for one recipient, after a reply that may be a real server's."""
    case = dice.pick(_CASES[dice.pick(tuple(_CASES))])
    story = _STORIES[case](dice)
    asked = f"{story.told}What does the program do now about {story.dialogue.who}, if it keeps to RFC 5321?"
    source = f"{story.words}; {_SOURCE}" if story.words else _SOURCE
    return story.dialogue.ask(asked, _decisions(dice, case, story.dialogue), source)


def _decisions(dice: Dice, case: str, dialogue: PlayedDialogue) -> tuple[Choice, ...]:
    """The four decisions, of which this case makes one right."""
    told = cases("do")
    right: str = next(decision for decision, those in _CASES.items() if case in those)
    code = str(dialogue.code) if dialogue.code in _TAKEN else "strange"
    choices = [Choice(dialogue.fill(told["choices"][right]), dialogue.fill(told[case]["why"]), right=True)]
    for decision, text in told["choices"].items():
        if decision != right:
            belief, why = told[case][decision]
            belief = told["after"].get(f"{code}-{decision}", belief)
            choices.append(Choice(dialogue.fill(text), dialogue.fill(why), misconception=belief))
    return dice.shuffled(choices)


def _real(dice: Dice, happenings: Sequence[str], digit: str) -> _Story:
    """A real server's words for one of these, with this first digit."""
    while True:  # some servers refuse none of these, and some take no message
        found = real(dice, (*happenings, "ok"))
        if found.happening in happenings and found.dialogue.reply[0] == digit:
            return _Story(found.dialogue, found.source)


def _own(dice: Dice, digit: str, *, at_dot: bool, hide: int = 0) -> _Story:
    """Words of the kit's own, with another recipient before, now and then, who is accepted or refused."""
    place = replace(Place.invent(dice), announces=True, names_new=True)
    who = place.at(place.residents[0])
    others = dice.take([place.at(name) for name in (place.residents[1], place.forwarded, place.unknown)], dice.below(2))
    case = cases("who")[f"dot-{digit}" if at_dot else f"rcpt-{digit}"]
    reply = dice.pick(case["replies"]) if digit != "2" else ""
    server = place.server(refuse_message=reply) if at_dot else place.server(refuse={who: reply} if reply else {})
    named = [f"RCPT TO:<{address}>" for address in (*others, who)]
    lines = [f"MAIL FROM:<{dice.pick(NAMES)}@{place.other}>", *named]
    if at_dot:
        lines += ["DATA", f"Subject: {dice.pick(SUBJECTS)}", "."]
    told = "Then the connection breaks, with no reply. " if hide else ""
    return _Story(PlayedDialogue.play(server, lines, hide=hide, who=who), told=told)


_STORIES: Mapping[str, Callable[[Dice], _Story]] = {
    "rcpt-2": lambda dice: _real(dice, ("ok", "forwarded"), "2") if dice.chance(0.6) else _announced(dice),
    "rcpt-4": lambda dice: _own(dice, "4", at_dot=False),
    "rcpt-5": lambda dice: _real(dice, _REFUSED, "5") if dice.chance(0.6) else _own(dice, "5", at_dot=False),
    "dot-2": lambda dice: _real(dice, ("dot",), "2") if dice.chance(0.6) else _own(dice, "2", at_dot=True),
    "dot-4": lambda dice: _own(dice, "4", at_dot=True),
    "dot-5": lambda dice: _own(dice, "5", at_dot=True),
    "lost": lambda dice: _own(dice, "2", at_dot=True, hide=1),
}


def _announced(dice: Dice) -> _Story:
    """A recipient who is forwarded, and that is said."""
    place = replace(Place.invent(dice), announces=True)
    who = place.at(place.forwarded)
    lines = [f"MAIL FROM:<{dice.pick(NAMES)}@{place.other}>", f"RCPT TO:<{who}>"]
    return _Story(PlayedDialogue.play(place.server(), lines, who=who, new=place.forward_to))


# --- a code that nobody knows ------------------------------------------------------------------------------


def strange_code(dice: Dice) -> Made:
    """Choose what a program makes of a code that it has never seen, behind words that may sound otherwise."""
    decision = dice.pick(tuple(_CASES))
    case = dice.pick([case for case in _CASES[decision] if case != "lost"])
    where, _, digit = case.partition("-")
    place = Place.invent(dice)
    free = [code for code in range(int(digit) * 100, int(digit) * 100 + 60) if code not in _TAKEN]
    code = dice.pick(free)
    while phrase(code):  # an RFC has given it a meaning since
        code = dice.pick(free)
    reply = f"{code} {dice.pick(ODD_TEXTS[digit])}"
    who = place.at(place.residents[0])
    lines = [f"MAIL FROM:<{dice.pick(NAMES)}@{place.other}>", f"RCPT TO:<{who}>"]
    if where == "dot":
        lines += ["DATA", f"Subject: {dice.pick(SUBJECTS)}", "."]
    dialogue = PlayedDialogue.play(_saying(place, where, who, reply), lines, who=who)
    prompt = f"The program has never seen the code {code}. What does it do now about {who}, if it keeps to RFC 5321?"
    return dialogue.ask(prompt, _decisions(dice, case, dialogue), "RFC 5321 sections 4.2, 4.2.5 and 4.3.2")


def _saying(place: Place, where: str, who: str, reply: str) -> Server:
    """A server that says this at RCPT, or after the dot."""
    if reply[0] == "2":
        situation = S.MESSAGE_ACCEPTED if where == "dot" else S.RECIPIENT_OK
        return place.server(profile=replace(PLAIN, wording={**PLAIN.wording, situation: reply}))
    return place.server(refuse_message=reply) if where == "dot" else place.server(refuse={who: reply})


# --- what a reply says -------------------------------------------------------------------------------------


def said_of_whom(dice: Dice) -> Made:
    """Choose what the last reply says of somebody, in the sense that the standard gives to its code."""
    told: Mapping[str, Any] = cases("says")
    case = dice.pick(tuple(told))
    dialogue = _saying_of(dice, case)
    here = told[case]
    others = dice.take([other for other in told if other != case and other not in here.get("also", ())], 3)
    choices = [Choice(dialogue.fill(here["says"]), dialogue.fill(f"{here['is']} ({here['source']})"), right=True)]
    for other in others:
        why = f"{told[other]['when']} {here['is']} ({here['source']})"
        belief = here["beliefs"].get(other, told[other]["belief"])
        choices.append(Choice(dialogue.fill(told[other]["says"]), dialogue.fill(why), misconception=belief))
    prompt = f"What does the last reply say of {dialogue.who}, in the sense that RFC 5321 gives to its code?"
    return dialogue.ask(prompt, dice.shuffled(choices), "RFC 5321 sections 3.3, 3.4, 3.5.3, 4.2.3 and 4.2.5")


def _saying_of(dice: Dice, case: str) -> PlayedDialogue:
    """A dialogue whose last reply is of this case."""
    place = replace(Place.invent(dice), announces=case == "rcpt-251", names_new=True)
    where, _, code = case.partition("-")
    names = {"rcpt-251": place.forwarded, "rcpt-551": place.moved, "rcpt-550": place.unknown}
    name = names.get(case, dice.pick((place.residents[0], place.forwarded)) if code == "250" else place.residents[0])
    if where == "vrfy":
        name = place.residents[0]
    who = place.at(name)
    more: dict[str, Any] = {}
    sender = f"MAIL FROM:<{dice.pick(NAMES)}@{place.other}>"
    lines = [sender, f"RCPT TO:<{who}>"]
    match where, code:
        case "rcpt", "450":
            more = {"busy": [who]}
        case "rcpt", "553":
            more = {"refuse": {who: "553 Mailbox name not allowed"}}
        case "vrfy", _:
            lines, more = [*([sender] if dice.chance(0.5) else []), f"VRFY {name}"], {"vrfy": code == "250"}
        case "dot", _:
            lines += ["DATA", f"Subject: {dice.pick(SUBJECTS)}", "."]
            if code != "250":
                more = {
                    "refuse_message": dice.pick([r for r in cases("who")[f"dot-{code[0]}"]["replies"] if r[:3] == code])
                }
    return PlayedDialogue.play(place.server(**more), lines, who=who, new=place.forward_to)


FAMILIES = (
    Family("then-what", "06-in-the-wild", "choose-next-step", then_what),
    Family("said-of-whom", "03-251", "disclosure", said_of_whom),
    Family("strange-code", "01-reading-a-reply", "unknown-codes", strange_code),
)
