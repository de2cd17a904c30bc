"""Generated questions about the grammar of an address: find the faulty piece, repair the address (section 4.1.2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from smtplesson.protocol.grammar import diagnose
from smtplesson.questions.families.family import Dice, Family, Made
from smtplesson.questions.families.invented_servers import NAMES, TAGS, Place, another, played
from smtplesson.questions.kinds import fault, repair
from smtplesson.questions.question import Choice, Question
from smtplesson.server.server import Server

_Piece = tuple[str, str, str]  # its text, what is said of it, and what somebody believes who takes it for faulty
_SPECIAL = "553-remove-special-characters"


# --- pieces that look wrong and are right --------------------------------------------------------------


def _odd_local(dice: Dice, name: str) -> _Piece:
    """A local part, or its beginning, that only looks odd."""
    other = another(dice, name)
    return dice.pick(
        (
            (f"o'{name}", "The apostrophe is an ordinary character of a local part.", _SPECIAL),
            (f"{name}_{other}", "An underscore is wrong in a domain, but this is the local part.", _SPECIAL),
            (f"{name}/{other}", "The slash is an ordinary character of a local part.", _SPECIAL),
            (f"{name}&{other}", "The ampersand is an ordinary character of a local part.", _SPECIAL),
            (f"{name}={dice.below(90) + 10}", "The equals sign is an ordinary character of a local part.", _SPECIAL),
            (f"#{name}", "The number sign is an ordinary character of a local part.", _SPECIAL),
            (f"{{{name}}}", "Braces are ordinary characters of a local part.", _SPECIAL),
            (f"{name}?", "The question mark is an ordinary character of a local part.", _SPECIAL),
            (
                f"{name}--{other}",
                "Hyphens are ordinary characters of a local part, side by side as well.",
                "hyphens-are-wrong",
            ),
            (f"-{name}", "A local part may begin with a hyphen; a label of a domain may not.", "hyphens-are-wrong"),
            (f"{name}.{other[0]}.{other[1]}", "Single dots between two atoms are as they should be.", _SPECIAL),
        )
    )


def _odd_end(dice: Dice) -> _Piece:
    """The end of a local part that only looks odd."""
    tag = dice.pick(TAGS)
    return dice.pick(
        (
            (f"+{tag}", "The plus sign is an ordinary character of a local part.", _SPECIAL),
            (f"~{tag}", "The tilde is an ordinary character of a local part.", _SPECIAL),
            (f"*{tag}", "The asterisk is an ordinary character of a local part.", _SPECIAL),
            (f"!{tag}", "The exclamation mark is an ordinary character of a local part.", _SPECIAL),
            (f"-{tag}", "The hyphen is an ordinary character of a local part.", "hyphens-are-wrong"),
        )
    )


def _quoted(dice: Dice, name: str) -> _Piece:
    """A whole local part in quotes."""
    other = another(dice, name)
    inside = dice.pick(
        (f"{name} {other}", f"{name}..{other}", f"{name}@home", f"{name}, {other}", f".{name}.", f"{name};")
    )
    return (
        f'"{inside}"',
        "Inside quotes spaces, dots, commas and at signs may stand as they like.",
        "quotes-change-nothing",
    )


def _odd_domain(dice: Dice, domain: str) -> _Piece:
    """A domain with its at sign that only looks odd."""
    number = dice.below(200) + 10
    literal = "An address literal in brackets may take the place of a domain (section 4.1.3)."
    return dice.pick(
        (
            (f"@mail-{number}.{domain}", "A hyphen within a label is allowed.", "hyphens-are-wrong"),
            (f"@in--{number}.{domain}", "Two hyphens side by side within a label are allowed.", "hyphens-are-wrong"),
            (f"@{number}-{domain}", "A label may begin with a digit, and have a hyphen within.", "hyphens-are-wrong"),
            (f"@[192.0.2.{number}]", literal, "literals-are-wrong"),
            (f"@[IPv6:2001:db8::{number}]", literal, "literals-are-wrong"),
        )
    )


# --- pieces that are wrong -----------------------------------------------------------------------------


#: What breaks the grammar: at the beginning of a local part, at its end, and behind the first label of a domain.
_BAD_BEGINS = (
    ".{0}", "{0}..{1}", "{0} {1}", "{0},{1}", "{0};{1}", "{0}:{1}", "{0}({1})", "{0}[{1}]", "({1}){0}", "{0}\\{1}",
)  # fmt: skip
_BAD_ENDS = ("+{0}.", "+{0}..x", " {0}", "({0})", ",{0}", "+[{0}]", ";{0}")
_BAD_DOMAINS = (
    "..{0}.{1}", ".{0}..{1}", ".{0}-.{1}", ".-{0}.{1}", ".{0}_2.{1}", ".{0}.{1}.",
    ".{0}+{1}", ".{0}/{1}", ".{0}'s.{1}", ".{0} {1}", ".{0}({1})",
)  # fmt: skip


def _bad_begin(dice: Dice, name: str) -> str:
    return dice.pick(_BAD_BEGINS).format(name, another(dice, name))


def _bad_end(dice: Dice) -> str:
    return dice.pick(_BAD_ENDS).format(dice.pick(TAGS))


def _bad_domain(dice: Dice, domain: str) -> str:
    first, _, rest = domain.partition(".")
    return dice.pick(_BAD_DOMAINS).format(first, rest)


def faulty_piece(dice: Dice) -> Made:
    """Find the one piece of a path that breaks the grammar."""
    place = Place.invent(dice)
    name, domain = place.residents[0], place.here
    where = dice.pick(("begin", "end", "domain", "domain"))
    pieces: list[_Piece | str] = []
    if where == "domain" and dice.chance(0.4):
        pieces.append(_quoted(dice, name))
    else:
        pieces.append(_bad_begin(dice, name) if where == "begin" else _odd_local(dice, name))
        if where == "end":
            pieces.append(_bad_end(dice))
        elif dice.chance(0.6):
            pieces.append(_odd_end(dice))
    if where == "domain":
        number = dice.below(200) + 10
        label = dice.pick((f"@mail-{number}", f"@in--{number}", f"@{number}-x"))
        pieces.append((label, "A label may hold digits, and hyphens within, also two of them.", "hyphens-are-wrong"))
        pieces.append(_bad_domain(dice, domain))
    else:
        pieces.append(_odd_domain(dice, domain))
    bracket = "A path stands in angle brackets; they belong to it."
    if dice.chance(0.5) or len(pieces) < 3:
        pieces = [("<", bracket, "brackets-are-optional"), *pieces, (">", bracket, "brackets-are-optional")]
    address = "".join(piece if isinstance(piece, str) else piece[0] for piece in pieces)
    choices = [
        Choice(piece, _why(address.strip("<>")), right=True)
        if isinstance(piece, str)
        else Choice(piece[0], f"{piece[1]} The fault is elsewhere (RFC 5321 section 4.1.2).", misconception=piece[2])
        for piece in pieces
    ]
    server, rows = _refused(dice, place, address.strip("<>"))
    question = Question(
        id="",
        prompt=f"The {'path' if address.startswith('<') else 'address'} of this RCPT breaks the grammar of RFC 5321. "
        "In which piece is the fault?",
        choices=tuple(choices),
        source="RFC 5321 sections 4.1.2 and 4.1.3",
        objective="",
        kind=fault.KIND,
        dialogue="\n".join(rows),
        tags=("syntax",),
        address=address,
    )
    return question, server


def _refused(dice: Dice, place: Place, address: str) -> tuple[Server, tuple[str, ...]]:
    """A server, and how it refuses an address."""
    server = replace(place, bad_name=553).server()
    mail = f"MAIL FROM:<{dice.pick(NAMES)}@{place.other}>"
    return server, played(server, "EHLO client.example", mail, f"RCPT TO:<{address}>")[2:]


def _why(mailbox: str) -> str:
    fault = diagnose(mailbox)
    assert fault is not None, f"{mailbox} is well formed"
    return f"{fault.message} ({fault.section})"


# --- repair --------------------------------------------------------------------------------------------

_Row = tuple[str, str, str]  # an answer, what is said of it, and what is believed by who gives it; "" where it is right


def _needs_quotes(dice: Dice, name: str, domain: str) -> tuple[str, str, list[_Row]]:
    """A mailbox whose name needs quotes."""
    other = another(dice, name)
    raw, joint, called = dice.pick(
        (
            (f"{name} {other}", " ", "a space in it"),
            (f"{name},{other}", ",", "a comma in it"),
            (f"{name};{other}", ";", "a semicolon in it"),
            (f"{name}:{other}", ":", "a colon in it"),
            (f"{name}@{other}", "@", "an at sign in it"),
            (f"{name}..{other}", ".", "two dots side by side"),
            (f".{name}", ".", "a dot at its beginning"),
            (f"{name}.", ".", "a dot at its end"),
            (f"{name}({other})", "(", "parentheses in it"),
            (f"{name}[{other}]", "[", "brackets in it"),
        )
    )
    at = raw.index(joint)
    bare = "".join(c for c in raw if c.isalpha()) if joint != "." else raw.replace("..", ".").strip(".")
    quoted = f'"{raw}"@{domain}'
    escaped = f'"{raw[:at]}\\{raw[at:]}"@{domain}'
    rows = [
        (quoted, "Quotes around the local part let it hold such characters; they are no part of the name.", ""),
        (escaped, "Right as well: inside quotes a backslash quotes the next character. It is not needed here.", ""),
        (
            f"{bare}@{domain}",
            "That is well formed, and another mailbox. What was left out belongs to the name.",
            _SPECIAL,
        ),
    ]
    if joint not in ".@":
        dotted = raw.replace(joint, ".").rstrip(")]")
        rows.append((f"{dotted}@{domain}", "A dot makes another name of it, and so another mailbox.", _SPECIAL))
    told = f"At {domain} there really is a mailbox whose name has {called}: {raw}"
    end = " (with the dot)." if raw.endswith(".") else "."
    return f"{raw}@{domain}", told + end, rows


def _pasted_name(dice: Dice, name: str, domain: str) -> tuple[str, str, list[_Row]]:
    """An address that was pasted with a person's name."""
    who, mailbox = (
        f"{another(dice, name).title()} {name.title()}",
        dice.pick((name, f"{name}+news", f"o'{name}", "info")),
    )
    rows = [
        (f"{mailbox}@{domain}", "A path holds a mailbox and nothing else. The person's name is for the header.", ""),
        (
            f'"{who}"@{domain}',
            f"Now the person's name is the mailbox. The mailbox is {mailbox}.",
            "display-name-in-a-path",
        ),
        (
            f"{who.replace(' ', '.')}@{domain}",
            f"The person's name is not the mailbox, which is {mailbox}.",
            "display-name-in-a-path",
        ),
    ]
    return f"{who} <{mailbox}@{domain}>", "A user pasted this with a person's name in front of the mailbox.", rows


def _comment(dice: Dice, name: str, domain: str) -> tuple[str, str, list[_Row]]:
    """An address with a comment, which only a header may have."""
    note = dice.pick(("sales", "office", "home", "new", "weekend", "kitchen"))
    rows = [
        (f"{name}@{domain}", "Comments are for headers. Without it the path names the mailbox alone.", ""),
        (
            f'"{name}({note})"@{domain}',
            "Well formed, but now the parentheses belong to the name.",
            "quotes-cure-anything",
        ),
        (f"{name}{note}@{domain}", "Without the parentheses the comment has become a part of the name.", _SPECIAL),
    ]
    told = f"In a header this was right: the mailbox is {name}, and ({note}) is a comment, which a path cannot have."
    return f"{name}({note})@{domain}", told, rows


def _space(dice: Dice, name: str, domain: str) -> tuple[str, str, list[_Row]]:
    """An address into which a space has crept."""
    mailbox, without = dice.pick(
        (
            (f"o'{name}", f"o{name}"),
            (f"{name}+shop", f"{name}shop"),
            (f"{name}/x", f"{name}x"),
            (f"{name}_2", f"{name}2"),
        )
    )
    rows = [
        (f"{mailbox}@{domain}", "Only the space had to go. All else is allowed in a local part.", ""),
        (f"{without}@{domain}", "The space had to go, the other character had not: this is another mailbox.", _SPECIAL),
        (f'"{mailbox} "@{domain}', "Well formed, but now the space belongs to the name.", "quotes-cure-anything"),
    ]
    return f"{mailbox} @{domain}", "The address is right on paper, but a space crept in when it was pasted.", rows


def _literal(dice: Dice, name: str, domain: str) -> tuple[str, str, list[_Row]]:
    """An address literal that is not closed."""
    number = dice.below(200) + 10
    rows = [
        (
            f"{name}@[192.0.2.{number}]",
            "An IP address in place of a domain stands in square brackets (section 4.1.3).",
            "",
        ),
        (f"{name}@192.0.2.{number}", "Without brackets it is a domain made of digits, not the IP address.", _SPECIAL),
        (f"{name}@{domain}", "That is well formed, but the host was named by its IP address.", "literals-are-wrong"),
    ]
    told = f"The mailbox is {name}, on the host with the IP address 192.0.2.{number}."
    return f"{name}@[192.0.2.{number}", told, rows


_REPAIRS: tuple[Callable[[Dice, str, str], tuple[str, str, list[_Row]]], ...] = (
    _needs_quotes,
    _needs_quotes,
    _pasted_name,
    _comment,
    _space,
    _literal,
)


def repair_address(dice: Dice) -> Made:
    """Type a faulty address as it should be."""
    place = Place.invent(dice)
    address, told, rows = dice.pick(_REPAIRS)(dice, place.residents[0], place.here)
    server, dialogue = _refused(dice, place, address)
    choices = [
        Choice(text, f"{why} (RFC 5321 section 4.1.2)" if "section" not in why else why, not belief, belief)
        for text, why, belief in rows
    ]
    question = Question(
        id="",
        prompt=f"{told} Type the address as RCPT has to have it between the brackets.",
        choices=tuple(choices),
        source="RFC 5321 sections 4.1.2 and 4.1.3",
        objective="",
        kind=repair.KIND,
        dialogue="\n".join(dialogue),
        tags=("syntax",),
        address=address,
        otherwise="That is well formed, but it is another address than the one that was meant.",
    )
    return question, server


FAMILIES = (
    Family("faulty-piece", "04-553", "address-syntax", faulty_piece),
    Family("repair-address", "04-553", "address-syntax", repair_address),
)
