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


def reply_to_rcpt(dice: Dice) -> Made:
    """Predict the reply to RCPT."""
    return _predict(dice, "rcpt")


def reply_to_mail(dice: Dice) -> Made:
    """Predict the reply to MAIL."""
    return _predict(dice, "mail")


def reply_to_vrfy(dice: Dice) -> Made:
    """Predict the reply to VRFY."""
    return _predict(dice, "vrfy")


def reply_in_sequence(dice: Dice) -> Made:
    """Predict the reply to a command that is in its place in a session, or is not."""
    return _predict(dice, "sequence")


def type_a_code(dice: Dice) -> Made:
    """Type the code of a reply, without any to choose from."""
    asked = ask_command(dice, dice.pick(("rcpt", "rcpt", "vrfy")))
    opening = asked.before[1] if asked.case == "ghost-late" else "MAIL"
    begin = f"After {opening} a" if asked.group == "rcpt" else "A"
    # Another recipient, of whom a wrong answer may speak, is not shown here.
    shown = [choice for choice in asked.choices(dice, 9) if choice.misconception != "553-fails-the-whole-mail"]
    shown += asked.also
    question = Question(
        id="",
        prompt=f"{asked.told} {begin} client sends {asked.line}. Type the code of the reply.",
        choices=tuple(replace(choice, text=choice.text[:3]) for choice in shown),
        source=asked.source,
        objective="",
        kind=typed.KIND,
        tags=(str(asked.code),),
        otherwise="Not this one. Ask first whether the server accepts (2), says not now (4) or refuses (5), and then "
        "which code of that class speaks of this reason (RFC 5321 section 4.2.3).",
    )
    return question, asked.server


def cannot_be(dice: Dice) -> Made:
    """Find the one exchange of four that this server cannot have had."""
    place = Place.invent(dice)
    kinds = (
        "forwarded-said" if place.announces else "forwarded-silently",
        "moved-named" if place.names_new else "moved-private",
        "relayed" if place.relays else "elsewhere",
        f"misspelt-{place.bad_name}",
        "unknown",
    )
    false, *true = (rcpt(dice, kind, place) for kind in dice.take(kinds, 4))
    code = false.code
    row = dice.pick([row for row in cases("rcpt")[false.case]["near"] if row["code"] != code])
    choices = [
        Choice(
            f"{false.line} gets {row['code']}",
            f"To this line the server says {code}. {false.feedback(row['why'])}",
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
        tags=(str(row["code"]),),
    )
    return question, place.server()


FAMILIES = (
    Family("reply-to-rcpt", "05-251-or-553", "tell-neighbours-apart", reply_to_rcpt),
    Family("reply-to-mail", "04-553", "553-about-whom", reply_to_mail),
    Family("reply-to-vrfy", "03-251", "vrfy", reply_to_vrfy),
    Family("reply-in-sequence", "02-a-whole-dialogue", "transaction", reply_in_sequence),
    Family("type-a-code", "05-251-or-553", "tell-neighbours-apart", type_a_code),
    Family("cannot-be", "05-251-or-553", "tell-neighbours-apart", cannot_be),
)
