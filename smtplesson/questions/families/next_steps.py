"""Generated questions about what follows from a reply: what to do next, what it proves, an unknown code."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from smtplesson.protocol.codes import phrase
from smtplesson.questions.families.family import Dice, Family, Made
from smtplesson.questions.families.invented_servers import NAMES, ODD_TEXTS, PLAIN, SUBJECTS, Place
from smtplesson.questions.families.played_dialogues import PlayedDialogue, cases, real
from smtplesson.server.situations import Situation as S

#: What most servers refuse: the first four at RCPT, the others at MAIL.
_REFUSED = ("unknown", "moved", "elsewhere", "misspelt", "ghost", "mail-misspelt")
_PHASES = {"data": "data", "dot": "dot", "ghost": "mail", "mail-misspelt": "mail"}


def next_step(dice: Dice) -> Made:
    """Choose what a program does next after a reply in a real server's words."""
    two = dice.chance(0.3)
    wanted = _REFUSED[:4] if two else (*_REFUSED, "ok", "forwarded", "data", "dot")
    while True:  # some servers refuse none of these
        found = real(dice, wanted, two=two)
        dialogue = found.dialogue
        if dialogue.code >= 400 or found.happening not in _REFUSED:
            break
    phase = "two" if two else _PHASES.get(found.happening, "rcpt")
    names_new = dialogue.new and dialogue.new in dialogue.reply and not two
    choices = dialogue.choices(
        dice, cases("next")[f"{phase}-{dialogue.reply[0]}"], cases("next")["new-address"]["wrong"] if names_new else ()
    )
    for_whom = f"{dialogue.first} and {dialogue.who}" if two else dialogue.who
    told = f"A program has one message for {for_whom}. This is how {found.server} answers."
    return dialogue.ask(
        f"{told} What should the program do next?", choices, f"{found.source}; RFC 5321 sections 3.3, 4.2.1 and 4.2.5"
    )


def what_it_tells(dice: Dice) -> Made:
    """Choose what a reply to RCPT tells, and what it does not."""
    source = "RFC 5321 sections 3.3, 3.4 and 4.2.3"
    if dice.chance(0.5):
        found = real(dice, ("ok", "forwarded", "unknown"))
        dialogue, source = found.dialogue, f"{found.source}; {source}"
    else:
        place = replace(Place.invent(dice), announces=True, names_new=True)
        resident = place.at(place.residents[0])
        kinds: tuple[tuple[str, str, dict[str, Any]], ...] = (
            (place.at(place.forwarded), place.forward_to, {}),
            (place.at(place.moved), place.new, {}),
            (resident, "", {"busy": [resident]}),
            (resident, "", {"refuse": {resident: "553 Mailbox name not allowed"}}),
        )
        who, new, more = dice.pick(kinds)
        lines = [f"MAIL FROM:<{dice.pick(NAMES)}@{place.other}>", f"RCPT TO:<{who}>"]
        dialogue = PlayedDialogue.play(place.server(**more), lines, who=who, new=new)
    asked = dice.pick(
        (
            "Go by the code alone, not by the words: what does this reply tell of {0}?",
            "What can a program that goes by the code alone conclude about {0}?",
        )
    )
    return dialogue.ask(asked.format(dialogue.who), dialogue.choices(dice, cases("tells")[dialogue.reply[:3]]), source)


#: Codes that an RFC words, or that are in use though none does. Every seed counts on this list, so that it stays.
_TAKEN = frozenset(
    {
        *(211, 214, 220, 221, 235, 250, 251, 252, 253),
        *(421, 431, 432, 450, 451, 452, 453, 454, 455, 458, 459),
        *(500, 501, 502, 503, 504, 511, 513, 517, 518, 521, 523, 524, 530, 531, 534, 535, 538, 540, 546),
        *(550, 551, 552, 553, 554, 555, 556),
    }
)


def unknown_code(dice: Dice) -> Made:
    """Choose what a program makes of a code that it has never seen."""
    place, digit, at_dot = Place.invent(dice), dice.pick("245"), dice.chance(0.4)
    free = [code for code in range(int(digit) * 100, int(digit) * 100 + 60) if code not in _TAKEN]
    code = dice.pick(free)
    while phrase(code):  # an RFC has given it a meaning since
        code = dice.pick(free)
    reply = f"{code} {dice.pick(ODD_TEXTS[digit])}"
    who = place.at(place.residents[0])
    lines = [f"MAIL FROM:<{dice.pick(NAMES)}@{place.other}>", f"RCPT TO:<{who}>"]
    if at_dot:
        lines += ["DATA", f"Subject: {dice.pick(SUBJECTS)}", "."]
    if digit == "2":
        situation = S.MESSAGE_ACCEPTED if at_dot else S.RECIPIENT_OK
        server = place.server(profile=replace(PLAIN, wording={**PLAIN.wording, situation: reply}))
    else:
        server = place.server(refuse_message=reply) if at_dot else place.server(refuse={who: reply})
    dialogue = PlayedDialogue.play(server, lines, who=who)
    case = cases("unknown")[f"{'dot' if at_dot else 'rcpt'}-{digit}"]
    prompt = f"A program has never seen the code {code}. What does it do, if it keeps to RFC 5321?"
    return dialogue.ask(prompt, dialogue.choices(dice, case), "RFC 5321 sections 4.2 and 4.3.2")


FAMILIES = (
    Family("next-step", "06-in-the-wild", "choose-next-step", next_step),
    Family("what-it-tells", "03-251", "disclosure", what_it_tells),
    Family("unknown-code", "01-reading-a-reply", "unknown-codes", unknown_code),
)
