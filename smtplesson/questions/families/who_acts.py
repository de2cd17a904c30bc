"""Generated questions: who must act next, the sender, the program, this server's postmaster, or nobody of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from smtplesson.questions.families.family import Dice, Family, Made
from smtplesson.questions.families.invented_servers import (
    DOMAINS,
    NAMES,
    PLAIN,
    SUBJECTS,
    Place,
    another,
    misspelt_local,
)
from smtplesson.questions.families.played_dialogues import PlayedDialogue, RealDialogue, cases, real
from smtplesson.questions.kinds.who import KIND as WHO
from smtplesson.questions.kinds.who import PARTIES
from smtplesson.questions.question import Choice
from smtplesson.server.profiles import Profile
from smtplesson.server.situations import Situation as S

_SOURCE = "RFC 5321 sections 3.3, 3.4, 3.8, 4.2.1 and 4.2.5"
_SOURCES = {
    "config": "RFC 3463 section 3.4; RFC 5321 section 4.2.1",
    "vrfy-2": "RFC 5321 sections 3.3, 3.5 and 7.3",
    "vrfy-553": "RFC 5321 section 3.5.1",
}
_LOST = "Then the connection breaks, with no reply. "
#: What happens with a real server, and the first digit of its reply -> the case; others are not asked about, such as
#: a relay that is refused with 4yz: the program tries again, and somebody should give it a login meanwhile.
_REAL = {
    ("mail", "2"): "mail-2",
    ("ghost", "5"): "mail-5",
    ("mail-misspelt", "5"): "mail-misspelt",
    ("ok", "2"): "rcpt-2",
    ("forwarded", "2"): "rcpt-2",
    ("unknown", "5"): "rcpt-5",
    ("moved", "5"): "rcpt-551",
    ("elsewhere", "5"): "rcpt-relay",
    ("misspelt", "5"): "rcpt-misspelt",
    ("data", "3"): "data-3",
    ("dot", "2"): "dot-2",
    ("quit", "2"): "dot-2",
}
_HAPPENINGS = tuple(dict.fromkeys(happening for happening, _ in _REAL))


@dataclass(frozen=True, slots=True)
class _Story:
    """A dialogue, the case that its deciding reply is, where its words come from, and what is told besides."""

    case: str
    dialogue: PlayedDialogue
    words: str = ""
    told: str = ""


def who_must_act(dice: Dice) -> Made:
    """Say who must act next: the sender, the program, this server's postmaster, nobody."""
    party = dice.pick(PARTIES)
    while True:
        story = dice.pick(_STORIES[party])(dice)
        if cases("who")[story.case]["right"] == party:
            break
    dialogue, written = story.dialogue, cases("who")[story.case]
    choices = [
        Choice(party, dialogue.fill(written["why"]), right=True)
        if party == written["right"]
        else Choice(party, dialogue.fill(written[party][1]), misconception=written[party][0])
        for party in PARTIES
    ]
    prompt = dice.pick(
        (
            f"The program goes by the digits alone. {story.told}Who on this list must act next, if this mail is to "
            f"reach {dialogue.who}?",
            f"A mail is to reach {dialogue.who}, and the program goes by the digits alone. {story.told}Who on this "
            "list must act next?",
        )
    )
    source = _SOURCES.get(story.case, _SOURCE)
    return dialogue.ask(prompt, choices, f"{story.words}; {source}" if story.words else source, WHO)


# --- in the words of a real server -------------------------------------------------------------------------


def _as_real(dice: Dice) -> _Story:
    while True:
        found = real(dice, _HAPPENINGS)
        case = _REAL.get((found.happening, found.dialogue.reply[0]))
        if case is not None:
            break
    if case == "rcpt-551" and found.dialogue.new not in found.dialogue.reply:
        case = "rcpt-5"
    return _Story(case, _before_quit(found.dialogue), found.source)


def _before_quit(dialogue: PlayedDialogue) -> PlayedDialogue:
    """The same, with the reply to the dot as the one that decides where QUIT followed."""
    return _decided_by(dialogue, ".") if "C: QUIT" in dialogue.rows else dialogue


def _decided_by(dialogue: PlayedDialogue, line: str, who: str = "") -> PlayedDialogue:
    """The same, with the reply to this line as the one that decides."""
    begin = dialogue.rows.index(f"C: {line}") + 1
    end = next((n for n in range(begin, len(dialogue.rows)) if dialogue.rows[n].startswith("C: ")), len(dialogue.rows))
    return replace(dialogue, reply=dialogue.rows[end - 1][3:], who=who or dialogue.who)


# --- in words of its own -----------------------------------------------------------------------------------


def _mail(dice: Dice, place: Place) -> str:
    return f"MAIL FROM:<{dice.pick(NAMES)}@{place.other}>"


def _data(dice: Dice) -> list[str]:
    return ["DATA", f"Subject: {dice.pick(SUBJECTS)}", "."]


def _worded(situation: S, reply: str) -> Profile:
    """A profile that says this in a situation, an enhanced code with it where there is one."""
    return replace(PLAIN, wording={**PLAIN.wording, situation: reply}, enhanced=True)


def _place(dice: Dice) -> Place:
    return replace(Place.invent(dice), announces=True, names_new=True)


def _at_mail(dice: Dice) -> _Story:
    """A reply to MAIL, or one that is lost."""
    place, case = _place(dice), dice.pick(("mail-4", "mail-4", "mail-5"))
    domain = f"{dice.pick(DOMAINS).partition('.')[0]}.invalid" if case == "mail-5" else place.other
    profile = _worded(S.SENDER_DOMAIN_UNKNOWN, dice.pick(cases("who")[case]["replies"]))
    server = place.server(unknown_sender_domains=[domain], profile=profile)
    return _Story(
        case, PlayedDialogue.play(server, [f"MAIL FROM:<{dice.pick(NAMES)}@{domain}>"], who=place.at(place.unknown))
    )


def _at_rcpt(dice: Dice) -> _Story:
    """A reply to RCPT."""
    place = _place(dice)
    case = dice.pick(("rcpt-2", "rcpt-251", "rcpt-4", "rcpt-4", "rcpt-5", "rcpt-551", "rcpt-misspelt"))
    who, new = place.at(place.residents[0]), ""
    server = place.server()
    if case == "rcpt-251":
        who, new = place.at(place.forwarded), place.forward_to
    elif case == "rcpt-551":
        who, new = place.at(place.moved), place.new
    elif case == "rcpt-misspelt":
        who = place.at(misspelt_local(dice, place.residents[0]))
    elif case == "rcpt-2":
        server = replace(server, profile=_worded(S.RECIPIENT_OK, dice.pick(cases("who")[case]["replies"])))
    else:
        server = replace(server, refuse={who: dice.pick(cases("who")[case]["replies"])})
    return _Story(case, PlayedDialogue.play(server, [_mail(dice, place), f"RCPT TO:<{who}>"], who=who, new=new))


def _at_data(dice: Dice) -> _Story:
    """The only recipient is refused, and so is DATA."""
    place = _place(dice)
    who = place.at(place.unknown)
    server = place.server(refuse={who: dice.pick(cases("who")["rcpt-5"]["replies"])})
    rcpt = f"RCPT TO:<{who}>"
    dialogue = PlayedDialogue.play(server, [_mail(dice, place), rcpt, "DATA"], who=who)
    return _Story("data-5", _decided_by(dialogue, rcpt))


def _at_the_dot(dice: Dice) -> _Story:
    """A reply to the message."""
    place, case = _place(dice), dice.pick(("dot-2", "dot-251", "dot-251", "dot-4", "dot-4", "dot-5"))
    who = place.at(place.forwarded if case == "dot-251" else place.residents[0])
    texts = cases("who")[case].get("replies")
    reply = dice.pick(texts) if texts else ""
    server = place.server(refuse_message=reply)
    end = ["QUIT"] if dice.chance(0.3) and not reply.startswith("421") else []  # which closes the connection
    lines = [_mail(dice, place), f"RCPT TO:<{who}>", *_data(dice), *end]
    dialogue = PlayedDialogue.play(server, lines, who=who, new=place.forward_to)
    return _Story(case, _before_quit(dialogue))


def _configured(dice: Dice) -> _Story:
    """A server that says of itself that it is not set up rightly, to MAIL, to RCPT or to the message."""
    place, where = _place(dice), dice.pick(("MAIL", "RCPT", "dot"))
    who, reply = place.at(place.residents[0]), dice.pick(cases("who")["config"]["replies"])
    keywords: dict[str, dict[str, object]] = {
        "MAIL": {"unknown_sender_domains": [place.other], "profile": _worded(S.SENDER_DOMAIN_UNKNOWN, reply)},
        "RCPT": {"refuse": {who: reply}},
        "dot": {"refuse_message": reply},
    }
    lines = [_mail(dice, place), f"RCPT TO:<{who}>", *_data(dice)]
    upto = {"MAIL": 1, "RCPT": 2, "dot": 5}[where]
    return _Story("config", PlayedDialogue.play(place.server(**keywords[where]), lines[:upto], who=who))


def _lost(dice: Dice) -> _Story:
    """No reply comes any more."""
    place = _place(dice)
    who = place.at(dice.pick((*place.residents, place.forwarded)))
    lines = [_mail(dice, place), f"RCPT TO:<{who}>", *_data(dice)]
    upto = dice.pick((2, 3, 5))
    dialogue = PlayedDialogue.play(place.server(), lines[:upto], who=who, hide=1)
    return _Story("lost" if upto == len(lines) else "lost-early", dialogue, told=_LOST)


def _at_vrfy(dice: Dice) -> _Story:
    """A reply to VRFY, which only asks."""
    place, kind = _place(dice), dice.pick(("local", "forwarded", "off", "ambiguous"))
    name = place.forwarded if kind == "forwarded" else place.residents[0]
    who = place.at(name)
    if kind != "ambiguous":
        server = place.server(vrfy=kind != "off")
        return _Story("vrfy-2", PlayedDialogue.play(server, [f"VRFY {name}"], who=who, new=place.forward_to))
    first = another(dice, *place.residents)
    two = [place.at(f"{given}.{name}") for given in (first, another(dice, first, *place.residents))]
    server = place.server(ambiguous={name: two}, mailboxes=two)
    return _Story("vrfy-553", PlayedDialogue.play(server, [f"VRFY {name}"], who=who))


def _two(dice: Dice) -> _Story:
    """Two recipients, one accepted and one not; the question is about either of them."""
    if dice.chance(0.6):
        found = _two_real(dice)
        server, accepted, refused, words = found.dialogue.server, found.dialogue.first, found.dialogue.who, found.source
    else:
        place = _place(dice)
        accepted, refused, words = place.at(place.residents[0]), place.at(place.unknown), ""
        digit = dice.pick("45")
        texts = [reply for reply in cases("who")[f"rcpt-{digit}"]["replies"] if not reply.startswith("421")]
        server = place.server(refuse={refused: dice.pick(texts)})
    whole = dice.chance(0.5) and server.profile.name != "haraka"  # which was recorded without a queue
    rcpts = [f"RCPT TO:<{who}>" for who in dice.shuffled((accepted, refused))]
    sender = f"MAIL FROM:<{dice.pick(NAMES)}@{dice.pick(DOMAINS)}>"
    dialogue = PlayedDialogue.play(server, [sender, *rcpts, *(_data(dice) if whole else [])])
    if dice.chance(0.5):
        if whole:
            return _Story("of-two-2", _decided_by(dialogue, ".", accepted), words)
        return _Story("other-refused", _decided_by(dialogue, f"RCPT TO:<{accepted}>", accepted), words)
    dialogue = _decided_by(dialogue, f"RCPT TO:<{refused}>", refused)
    return _Story(f"{'of-two' if whole else 'rcpt'}-{dialogue.reply[0]}", dialogue, words)


def _two_real(dice: Dice) -> RealDialogue:
    """A real server that refuses the second of two recipients for good."""
    while True:
        found = real(dice, ("unknown", "moved", "misspelt"), two=True)
        if found.dialogue.reply[0] == "5":
            return found


#: The stories that may end so that a party has to act.
_STORIES: Mapping[str, Sequence[Callable[[Dice], _Story]]] = {
    "The sender": (_as_real, _as_real, _two, _at_rcpt, _at_mail, _at_the_dot, _at_vrfy, _at_data),
    "The program": (_as_real, _as_real, _two, _at_rcpt, _at_mail, _at_the_dot, _at_vrfy, _lost),
    "This server's postmaster": (_configured,),
    "Nobody": (_as_real, _two, _at_the_dot),
}

FAMILIES = (Family("who-must-act", "01-reading-a-reply", "who-acts", who_must_act),)
