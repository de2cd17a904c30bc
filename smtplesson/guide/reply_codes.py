"""The reply codes: what each means, which commands it may answer, what the client does.

The rows are in `data/reply_codes.csv`, each with its RFC and section.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from smtplesson import content, markup
from smtplesson.protocol.codes import (
    ANY_COMMAND_CODES,
    CLASSES,
    COMMAND_CODES,
    SUBJECTS,
    CodeMeaning,
    meanings,
    reply_class,
)


class CodeError(ValueError):
    """A text that is no reply code: the message says why, and what one looks like."""


def rows() -> tuple[CodeMeaning, ...]:
    """Every meaning of every code, in the order of the codes: for `pandas.DataFrame(reply_codes.rows())`."""
    return tuple(row for known in meanings().values() for row in known)


def codes() -> tuple[int, ...]:
    """The codes that some RFC defines, in order."""
    return tuple(meanings())


def read_code(text: str | int) -> int:
    """Return the code that `text` names; CodeError where it is not three digits.

    >>> read_code(" 251 ")
    251
    """
    wanted = str(text).strip()
    if not wanted:
        raise CodeError("There is no code yet: type three digits, such as 251.")
    if len(wanted) != 3 or not wanted.isascii() or not wanted.isdigit():
        shown = wanted if len(wanted) <= 40 else f"{wanted[:40]}..."
        raise CodeError(f"{shown!r} is no reply code: one has three digits, such as 251 (RFC 5321 section 4.2).")
    return int(wanted)


def describe(code: str | int) -> str:
    """Return what is known of `code` as lines of text; CodeError where it is not three digits.

    >>> print(describe(571).split("\\n")[0])
    571: no server may send this: the second digit must be 0 to 5 (RFC 5321 section 4.2)
    """
    number = read_code(code)
    return "\n".join([headline(number), *(f"{label}: {text}" for label, text in facts(number))])


def headline(code: int) -> str:
    """Say in a line what `code` is."""
    first, second, _ = list(f"{code:03}")
    if first not in "2345":
        return f"{code:03}: no server may send this: the first digit must be 2, 3, 4 or 5 (RFC 5321 section 4.2)"
    if second not in "012345":
        return f"{code}: no server may send this: the second digit must be 0 to 5 (RFC 5321 section 4.2)"
    known = meanings().get(code, ())
    if not known:
        return f"{code}: no RFC that the kit knows defines it; read it by its first digit (RFC 5321 section 4.2)"
    return f"{code}: {known[0].text}"


def facts(code: int) -> tuple[tuple[str, str], ...]:
    """Return what is known of `code` as pairs of a label and a text."""
    return tuple(_facts(code))


def _facts(code: int) -> Iterator[tuple[str, str]]:
    first, second, third = list(f"{code:03}")
    if int(first) not in CLASSES:
        yield "First digit", f"{first}: no class of SMTP replies (2, 3, 4 and 5 are)."
        yield (
            "What the client does",
            "Treat it as a fatal error and end the transaction (RFC 5321 section 4.2).",
        )
        return
    klass = reply_class(code)
    yield "First digit", f"{klass.sign} {klass.label}, {klass.word}: {klass.name}. {klass.meaning}"
    subject = SUBJECTS.get(int(second))
    yield "Second digit", f"{second}: {subject}." if subject else f"{second}: none that the grammar allows."
    known = meanings().get(code, ())
    if known:
        yield "Third digit", f"{third}: the finer detail, which tells it from its neighbours (RFC 5321 section 4.2.1)."
    for row in known:
        yield "Meaning", f"{row.text} ({row.rfc} section {row.section})"
        if row.enhanced_codes:
            to = f" to {row.commands}" if len(known) > 1 else ""
            yield f"Enhanced codes{to}", f"{row.enhanced_codes.replace(' ', ', ')} (RFC 5248 and the code's own RFC)"
    if known or code in ANY_COMMAND_CODES:
        yield "May answer", answers(code)
    yield (
        "What the client does",
        _CLIENT_DOES.get(code, klass.client_does if known else _UNKNOWN.format(klass.client_does)),
    )


def answers(code: int) -> str:
    """Say which commands `code` may answer: RFC 5321 section 4.3.2, and the extensions' own lists."""
    if code in ANY_COMMAND_CODES:
        return "any command (RFC 5321 section 4.3.2)"
    listed = [_ANSWERED.get(command, command) for command, allowed in COMMAND_CODES.items() if code in allowed]
    if listed:
        others = (row.commands for row in meanings().get(code, ()) if row.commands == "ETRN")
        return ", ".join([*listed, *(f"{command} (in another meaning)" for command in others)])
    return ", ".join(dict.fromkeys(row.commands for row in meanings().get(code, ())))


_ANSWERED = {"(connect)": "the connection (as the greeting)", "(data)": "the end of the message"}
_UNKNOWN = "Go by the first digit alone, for an unknown code (RFC 5321 section 4.2): {}"
#: What section 4 asks of a client beyond the class, where there is more to say.
_CLIENT_DOES: Mapping[int, str] = MappingProxyType(
    {
        250: "Go on. After the end of the message the server has taken it, and the client may forget it "
        "(section 4.2.5).",
        251: "Count the recipient as accepted and go on, to the next RCPT or to DATA. Perhaps show the new "
        "address to the user, but change no address book by itself without being sure of the server "
        "(sections 3.4 and 7.4).",
        252: "Go on: the server would take mail for this address, but has neither confirmed nor denied it "
        "(section 3.5.3).",
        334: "Send the next line of the AUTH exchange, in base64 (RFC 4954 section 4).",
        354: "Send the message and end it with a line that holds nothing but a dot (section 4.1.1.4).",
        421: "Keep the message in the queue and connect again later: the server closes the connection (section 3.8).",
        551: "This recipient is refused: send to the address that the reply names, or tell the user "
        "(section 3.4). Be sure of the server before acting on the address by itself (section 7.4).",
        553: "Do not repeat the request unchanged. After RCPT this recipient has failed and others go on; "
        "after MAIL the sender must change; after VRFY the user chooses among the names (sections "
        "4.2.1, 3.3 and 3.5.1).",
    }
)


# --- the map: second digit by class ----------------------------------------------------------------------


def _cell(first: int, second: int) -> tuple[int, ...]:
    return tuple(code for code in codes() if code // 10 == first * 10 + second)


def map_text() -> str:
    """Return the map of all codes as a Markdown table: classes down, second digits across."""
    return markup.markdown_table(_map_headers(), _map_rows())


def _map_headers() -> list[str]:
    return ["class", *(f"x{digit}z {subject}" for digit, subject in SUBJECTS.items())]


def _map_rows() -> list[list[str]]:
    return [
        [
            f"{klass.label} {klass.word}",
            *(" ".join(map(str, _cell(klass.digit, second))) or "none" for second in SUBJECTS),
        ]
        for klass in CLASSES.values()
    ]


class CodeMap:
    """The map of all codes: classes down, second digits across."""

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from smtplesson.guide import display

        caption = "Codes by class and second digit"
        drawn = display.code_map(lambda code: markup.tag("b", str(code)), codes(), caption)
        html = markup.output(markup.scrolling(caption, drawn))
        return {"text/plain": f"{caption}\n{map_text()}", "text/markdown": map_text(), "text/html": html}


# --- a dialogue for each code that the simulated server can give ---------------------------------------


@dataclass(frozen=True, slots=True)
class ExampleDialogue:
    """A dialogue that ends with a certain code: keywords of `Server`, and what the client sends."""

    policy: Mapping[str, object]
    lines: tuple[str, ...]


@functools.cache
def examples() -> Mapping[int, ExampleDialogue]:
    """Code -> a dialogue whose last reply has it, for each code that the simulated server can give."""
    table = content.read(content.KIT / "code_dialogues.toml")
    found = {
        int(code): ExampleDialogue(MappingProxyType({**table["server"], **row.get("policy", {})}), tuple(row["lines"]))
        for code, row in table["codes"].items()
    }
    return MappingProxyType(found)
