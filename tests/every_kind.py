"""A question of every kind, one of each with a hostile text everywhere, and what must be seen of that text.

A new kind adds its own here: views, terminal, cards, exports and the file format are tried with it.
"""

from __future__ import annotations

from dataclasses import replace

from smtplesson.questions.kinds import KINDS
from smtplesson.questions.kinds.who import PARTIES
from smtplesson.questions.question import Choice, Kind, Question


def made(kind: Kind, *choices: Choice, **more: str) -> Question:
    more = {"prompt": "Which?", "source": "RFC 5321 section 4.2", "objective": "o", "lesson": "l", **more}
    return Question(f"{kind}-1", choices=choices, kind=kind, tags=("251",), **more)


def choice(text: str, *, right: bool = False, behind: str = "") -> Choice:
    return Choice(text, f"On {text}", right, behind)


DIALOGUE = "C: RCPT TO:<green@foo.com>\nS: 251 User not local"
PAIRS = (
    Choice("251", "On 251", False, "m", "accepted", (Choice("refused", "251 does not refuse", False, "m"),)),
    Choice("551", "On 551", False, "m", "refused"),
    Choice("250", "On 250", False, "m", "accepted", (Choice("delivered", "Not yet", False, "m"),)),
)
LINES = ("EHLO a.example", "MAIL FROM:<b@a.example>", "RCPT TO:<c@d.example>", "DATA")
SAMPLES = {
    question.kind.name: question
    for question in (
        made(KINDS["single"], choice("251", right=True), choice("551", behind="m"), dialogue=DIALOGUE),
        made(
            KINDS["several"],
            *(choice(text, right=True, behind="m") for text in ("250", "251", "252")),
            *(choice(text, behind="m") for text in ("550", "551")),
        ),
        made(
            KINDS["typed"],
            choice("5.1.3", right=True),
            choice("553", behind="m"),
            choice("5.1.1", behind="m"),
            otherwise="Think of class, subject and detail.",
        ),
        made(
            KINDS["predict"],
            choice("250 OK", right=True),
            choice("553 Mailbox name not allowed", behind="m"),
            dialogue="C: RCPT TO:<jones@foo.com>",
            world="foo",
        ),
        made(KINDS["order"], *(choice(line, behind="m") for line in LINES)),
        made(
            KINDS["fault"],
            choice("jones@foo", behind="m"),
            choice("..", right=True),
            choice("com", behind="m"),
            address="jones@foo..com",
        ),
        made(
            KINDS["repair"],
            choice("jones@foo.com", right=True),
            choice("jones@foocom", behind="m"),
            address="jones@foo..com",
            otherwise="That is somebody else.",
        ),
        made(KINDS["matching"], *PAIRS),
        made(KINDS["labelling"], *PAIRS, excerpt="RCPT: 251, or 551\nDATA: 250."),
        made(KINDS["who"], *(choice(party, right=party == "The program", behind="m") for party in PARTIES)),
    )
}
#: What is markup somewhere: in HTML, XML, GIFT, JSON, Markdown, TeX, and on a terminal.
HOSTILE = (
    "\"'`]]></text><script>alert(1)</script><img src=x onerror=alert(2)>&amp; {a=b} ~c #d ####e f:g ::h \\n \\\\ %50% "
    "$x$ $y$ [i](j) <http://k.example> */ --> * \x00\x1b[31m\u202e"
)
#: The same as it must be seen: only what cannot be seen has become a picture or a replacement sign.
SEEN = HOSTILE.replace("\x00", "␀").replace("\x1b", "␛").replace("\u202e", "\ufffd")


def hostile(kind: Kind, text: str = HOSTILE) -> Question:
    """The question of this kind with the text in the place of every other; each choice begins with its number."""
    plain = SAMPLES[kind.name]
    choices = tuple(replace(c, text=f"{n}{text}", feedback=f"f{n}{text}") for n, c in enumerate(plain.choices))
    if plain.kind.control == "pairs":
        choices = tuple(replace(c, partner=f"p{n}{text}", instead=()) for n, c in enumerate(choices))
    if kind is KINDS["who"]:
        choices = plain.choices
    return replace(
        plain,
        prompt=text,
        choices=choices,
        source=text,
        dialogue=f"C: {text}\nS: {text}",
        address=text if plain.address else "",
        excerpt="\n".join(c.text for c in choices) if plain.excerpt else "",
        otherwise=text if kind.is_typed else "",
    )
