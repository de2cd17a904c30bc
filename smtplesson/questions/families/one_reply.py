"""Generated questions about one reply of an invented server: predict it, type it, find the one that cannot be."""

from __future__ import annotations

from dataclasses import replace

from smtplesson.questions.families.asked_commands import ALL, ask_command, cases, rcpt
from smtplesson.questions.families.family import Dice, Family, Made
from smtplesson.questions.families.invented_servers import Place
from smtplesson.questions.kinds import predict, single, typed
from smtplesson.questions.question import Choice, Question

#: What somebody believes who takes this true exchange for impossible.
_DOUBTS = {
    "forwarded-said": "only-250-succeeds",
    "forwarded-silently": "forwarding-needs-251",
    "moved-named": "551-is-user-unknown",
    "moved-private": "moving-needs-551",
    "unknown": "551-is-user-unknown",
    "misspelt-553": "553-is-never-syntax",
    "misspelt-501": "bad-syntax-has-one-code",
    "elsewhere": "relaying-denied-is-553",
    "relayed": "251-is-relaying",
}


def _predict(dice: Dice, group: str) -> Made:
    asked = ask_command(dice, group)
    rows = asked.rows
    last = max(number for number, row in enumerate(rows) if row.startswith("C: "))
    first = 2 if group == "rcpt" else 0  # EHLO and its reply say nothing about a recipient
    question = Question(
        id="",
        prompt=f"{asked.told} What does it answer to the last line?",
        choices=dice.shuffled(asked.choices(dice)),
        source=asked.source,
        objective="",
        kind=predict.KIND,
        dialogue="\n".join(rows[first : last + 1]),
        tags=(str(asked.code),),
    )
    return question, asked.server


def answer_to_rcpt(dice: Dice) -> Made:
    """Predict the reply to RCPT."""
    return _predict(dice, "rcpt")


def answer_to_mail(dice: Dice) -> Made:
    """Predict the reply to MAIL."""
    return _predict(dice, "mail")


def answer_to_vrfy(dice: Dice) -> Made:
    """Predict the reply to VRFY."""
    return _predict(dice, "vrfy")


def answer_in_sequence(dice: Dice) -> Made:
    """Predict the reply to a command that is in its place in a session, or is not."""
    return _predict(dice, "sequence")


def code_for_rcpt(dice: Dice) -> Made:
    """Type the code of a reply to RCPT, without any to choose from."""
    asked = ask_command(dice, "rcpt")
    opening = asked.before[1] if asked.case == "ghost-late" else "MAIL"
    # Another recipient, of whom a wrong answer may speak, is not shown here.
    shown = [choice for choice in asked.choices(dice, 4) if choice.misconception != "553-fails-the-whole-mail"]
    question = Question(
        id="",
        prompt=f"{asked.told} After {opening} a client sends {asked.line}. Type the code of the reply.",
        choices=tuple(replace(choice, text=choice.text[:3]) for choice in shown),
        source=asked.source,
        objective="",
        kind=typed.KIND,
        tags=(str(asked.code),),
        otherwise="Not this one. Ask first whether the server accepts (2), says not now (4) or refuses (5), and then "
        "which code of that class speaks of this reason (RFC 5321 section 4.2.3).",
    )
    return question, asked.server


#: Codes that cannot be in the place of another, as often as they can be; most often it is 550, where it is not right.
_OTHERS = (250, 250, 250, 251, 251, 551, 551, 553, 553, 553, 501)


def not_this_server(dice: Dice) -> Made:
    """Find the one exchange of four that this server cannot have had."""
    place = Place.invent(dice)
    kinds = (
        "forwarded-said" if place.announces else "forwarded-silently",
        "moved-named" if place.names_new else "moved-private",
        "relayed" if place.relays else "elsewhere",
        f"misspelt-{place.bad_name}",
        "unknown",
    )
    first = dice.pick(kinds)
    real = cases("rcpt")[first]["code"]
    code = 550 if real != 550 and dice.chance(0.8) else dice.pick([code for code in _OTHERS if code != real])
    others = dice.take([kind for kind in kinds if kind != first], 3)
    false, *true = (rcpt(dice, kind, place) for kind in (first, *others))
    wrong = false.wrong(code)
    choices = [
        Choice(
            f"{false.line} gets {code}",
            f"To this line the server says {false.code}. {wrong.feedback}",
            right=True,
        )
    ]
    choices += [
        Choice(
            f"{asked.line} gets {asked.code}",
            f"This does happen. {asked.feedback(cases('rcpt')[asked.case]['right'])}",
            misconception=_DOUBTS[asked.case],
        )
        for asked in true
    ]
    question = Question(
        id="",
        prompt=f"{place.told(*ALL)} The server keeps to RFC 5321. One of these cannot happen with this server. Which?",
        choices=dice.shuffled(choices),
        source=false.source,
        objective="",
        kind=single.KIND,
        tags=(str(code),),
    )
    return question, place.server()


FAMILIES = (
    Family("answer-to-rcpt", "05-251-or-553", "tell-neighbours-apart", answer_to_rcpt),
    Family("answer-to-mail", "04-553", "553-about-whom", answer_to_mail),
    Family("answer-to-vrfy", "03-251", "vrfy", answer_to_vrfy),
    Family("answer-in-sequence", "02-a-whole-dialogue", "transaction", answer_in_sequence),
    Family("code-for-rcpt", "05-251-or-553", "tell-neighbours-apart", code_for_rcpt),
    Family("not-this-server", "05-251-or-553", "tell-neighbours-apart", not_this_server),
)
