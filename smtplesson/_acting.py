"""Generated questions about what follows from a reply: what to do next, what it proves, who must act."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from smtplesson._invented import DOMAINS, NAMES, ODD_TEXTS, PLAIN, SUBJECTS, Dice, Made, Place, misspelt_local
from smtplesson._scenes import HAPPENINGS, Scene, cases, real
from smtplesson.questions import PARTIES, Choice, Kind
from smtplesson.replies import ReplyCode
from smtplesson.situations import Situation as S

#: What most servers refuse: the first four at RCPT, the others at MAIL.
_REFUSED = ("unknown", "moved", "elsewhere", "misspelt", "ghost", "mail-misspelt")
_PHASES = {"data": "data", "dot": "dot", "ghost": "mail", "mail-misspelt": "mail"}


def next_step(dice: Dice) -> Made:
    """Choose what a program does next after a reply in a real server's words."""
    two = dice.chance(0.3)
    wanted = _REFUSED[:4] if two else tuple(HAPPENINGS)
    while True:  # some servers refuse none of these
        found = real(dice, wanted, two=two)
        scene = found.scene
        if scene.code >= 400 or found.happening not in _REFUSED:
            break
    phase = "two" if two else _PHASES.get(found.happening, "rcpt")
    names_new = scene.new and scene.new in scene.line and not two
    choices = scene.choices(
        dice, cases("next")[f"{phase}-{scene.line[0]}"], cases("next")["new-address"]["wrong"] if names_new else ()
    )
    for_whom = f"{scene.first} and {scene.who}" if two else scene.who
    told = f"A program has one message for {for_whom}. This is how {found.server} answers."
    return scene.ask(
        f"{told} What should the program do next?", choices, f"{found.source}; RFC 5321 sections 3.3, 4.2.1 and 4.2.5"
    )


def what_it_proves(dice: Dice) -> Made:
    """Choose what a reply to RCPT tells, and what it does not."""
    source = "RFC 5321 sections 3.3, 3.4 and 4.2.3"
    if dice.chance(0.5):
        found = real(dice, ("ok", "forwarded", "unknown"))
        scene, source = found.scene, f"{found.source}; {source}"
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
        scene = Scene.play(place.server(**more), lines, who=who, new=new)
    asked = dice.pick(("What does this reply tell of {0}?", "What can the program conclude about {0}?"))
    return scene.ask(asked.format(scene.who), scene.choices(dice, cases("proves")[scene.line[:3]]), source)


#: The codes of RFC 5321 and its extensions, those of ETRN, and some that are in use though nobody defines them.
_TAKEN = {int(code) for code in ReplyCode} | {253, 431, 453, 458, 459, 511, 513, 517, 518, 523, 524, 531, 540, 546}


def unknown_code(dice: Dice) -> Made:
    """Choose what a program makes of a code that it has never seen."""
    place, digit, at_dot = Place.invent(dice), dice.pick("245"), dice.chance(0.4)
    code = dice.pick([code for code in range(int(digit) * 100, int(digit) * 100 + 60) if code not in _TAKEN])
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
    scene = Scene.play(server, lines, who=who)
    case = cases("unknown")[f"{'dot' if at_dot else 'rcpt'}-{digit}"]
    prompt = f"A program has never seen the code {code}. What does it do, if it keeps to RFC 5321?"
    return scene.ask(prompt, scene.choices(dice, case), "RFC 5321 sections 4.2 and 4.3.2")


_UNKNOWN = ("550 No such user here", "550 5.1.1 User unknown", "550 There is nobody of this name here")
_LATER = (
    "450 Mailbox busy, try again later",
    "450 Greylisted, try again in five minutes",
    "451 Local error in processing",
    "451 The list of users cannot be read just now",
    "452 Insufficient system storage",
)
#: In Sendmail's and in Microsoft's words.
_CONFIGURED = ("553 5.3.5 system config error", "550 5.3.5 System incorrectly configured")


def who_acts(dice: Dice) -> Made:
    """Say who must act next: the sender, the program, this server's postmaster, nobody."""
    case = dice.pick((*cases("who"), "rcpt-config", "dot-251"))  # these two have a right answer of their own
    place = replace(Place.invent(dice), announces=True, names_new=True)
    who, new, sender = place.at(place.residents[0]), "", f"{dice.pick(NAMES)}@{place.other}"
    more: dict[str, Any] = {}
    match case:
        case "rcpt-251" | "dot-251":
            who, new = place.at(place.forwarded), place.forward_to
        case "rcpt-551":
            who, new = place.at(place.moved), place.new
        case "rcpt-4":
            more = {"refuse": {who: dice.pick(_LATER)}}
        case "rcpt-config":
            more = {"refuse": {who: dice.pick(_CONFIGURED)}}
        case "rcpt-550":
            who = place.at(place.unknown)
            more = {"refuse": {who: dice.pick(_UNKNOWN)}}
        case "rcpt-misspelt":
            who = place.at(misspelt_local(dice, place.residents[0]))
        case "mail-553":
            domain = f"{dice.pick(DOMAINS).partition('.')[0]}.invalid"
            sender = f"{dice.pick(NAMES)}@{domain}"
            text = f"553 5.1.8 Sender's domain {domain} does not exist"
            profile = replace(PLAIN, wording={**PLAIN.wording, S.SENDER_DOMAIN_UNKNOWN: text}, enhanced=True)
            more = {"unknown_sender_domains": [domain], "profile": profile}
        case "dot-4":
            more = {"refuse_message": dice.pick(_LATER[2:])}
        case "dot-552":
            more = {"max_size": 20}
    lines = [f"MAIL FROM:<{sender}>"]
    if case != "mail-553":
        lines.append(f"RCPT TO:<{who}>")
    if case in ("dot-251", "dot-4", "dot-552", "lost"):
        lines += ["DATA", f"Subject: {dice.pick(SUBJECTS)}, with all the details", "."]
    scene = Scene.play(place.server(**more), lines, who=who, new=new, hide=int(case == "lost"))
    written = cases("who")[case]
    choices = [
        Choice(party, scene.fill(written["why"]), right=True)
        if party == written["right"]
        else Choice(party, scene.fill(written[party][1]), misconception=written[party][0])
        for party in PARTIES
    ]
    lost = "Then the connection breaks, with no reply. " if case == "lost" else ""
    prompt = f"The program goes by the digits alone. {lost}Who must act next, if this mail is to reach {who}?"
    source = "RFC 3463 section 3.4; RFC 5321 section 4.2.1" if case == "rcpt-config" else _WHO_SOURCE
    return scene.ask(prompt, choices, source, Kind.WHO)


_WHO_SOURCE = "RFC 5321 sections 3.3, 3.4, 3.8, 4.2.1 and 4.2.5"
