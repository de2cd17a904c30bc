"""The part of the oracle that judges lines by themselves: the grammar of addresses."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import abnf

from smtplesson.questions.question import Question

ABNF = Path(__file__).resolve().parents[1] / "data" / "abnf_rfc5321.abnf"


class OracleError(AssertionError):
    """The prompt says something that the oracle does not understand, or the dialogue cannot be."""


# --- the grammar ---------------------------------------------------------------------------------------


class _Rfc5321(abnf.Rule):
    """The grammar of RFC 5321."""


@functools.cache
def _grammar() -> type[abnf.Rule]:
    _Rfc5321.load_grammar(ABNF.read_text(encoding="utf-8"))
    return _Rfc5321


@functools.lru_cache(maxsize=100_000)
def is_a(rule: str, text: str) -> bool:
    """Whether the whole text is one of these by the ABNF."""
    try:
        _grammar()(rule).parse_all(text)
    except abnf.ParseError:
        return False
    return True


def is_mailbox(text: str) -> bool:
    """Whether the text is a Mailbox: section 4.1.2."""
    return is_a("Mailbox", text)


def path_in(text: str, word: str) -> str:
    if not (text.startswith(f"{word}<") and text.endswith(">")):
        raise OracleError(f"{text!r} has no path")
    return text[len(word) + 1 : -1]


# --- spelling ------------------------------------------------------------------------------------------

#: What may take the place of a piece: if one of these mends the path, the fault was in that piece.
_PATCHES = ("", "x", "@x", ".x", "x.", "@x.", "<", ">", '"x"')


def faulty(question: Question) -> set[str]:
    rule = "Path" if question.address.startswith("<") else "Mailbox"
    if f"C: RCPT TO:<{question.address.strip('<>')}>" not in question.dialogue.splitlines():
        raise OracleError("the dialogue does not show the address")
    pieces = [choice.text for choice in question.choices]
    if is_a(rule, "".join(pieces)):
        raise OracleError("nothing is wrong with it")
    found = set()
    for number in range(len(pieces)):
        patched = ("".join([*pieces[:number], patch, *pieces[number + 1 :]]) for patch in _PATCHES)
        if any(is_a(rule, path) for path in patched):
            found.add("ABCDEFGH"[number])
    return found


#: What a prompt tells of the name of the mailbox.
_NAMED = re.compile(r"The mailbox at (?P<domain>\S+) is called (?P<name>.+), letter by letter\. ")


def mended(question: Question) -> str:
    """What is to be done about an address, by the first word of the choice."""
    address = path_in(question.dialogue.splitlines()[-2][8:], "TO:")
    named = _NAMED.match(question.prompt)
    if not named and not question.prompt.startswith("What the mailbox at "):
        raise OracleError(f"not understood: {question.prompt!r}")
    if is_mailbox(address):
        if named and address != f"{named['name']}@{named['domain']}":
            raise OracleError("the address is well formed, and another one")
        return "Leave"
    if not named:
        return "Ask"
    if is_mailbox(f"{named['name']}@{named['domain']}"):
        return "Take"
    if address != f"{named['name']}@{named['domain']}" or not is_mailbox(f'"{named["name"]}"@{named["domain"]}'):
        raise OracleError("quotes are not enough")
    return "Put"
