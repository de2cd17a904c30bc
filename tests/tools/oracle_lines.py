"""The part of the oracle that judges lines by themselves: the grammar of addresses, and orders of lines."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
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


# --- order ---------------------------------------------------------------------------------------------


def orders(question: Question) -> set[str]:
    """Every order of the lines that the standard allows and that fits what the prompt tells."""
    lines = [choice.text for choice in question.choices]
    found: set[str] = set()

    def extend(order: tuple[int, ...]) -> None:
        so_far = [lines[n] for n in order]
        if not _lawful(question.prompt, question.dialogue, so_far, whole=len(order) == len(lines)):
            return
        if len(order) == len(lines):
            found.add("".join("ABCDEFGH"[n] for n in order))
        for n in range(len(lines)):
            if n not in order:
                extend((*order, n))

    extend(())
    return found


def _is_reply(text: str) -> bool:
    return re.match(r"[2-5][0-5][0-9][ -]", text) is not None


def _lawful(prompt: str, dialogue: str, lines: Sequence[str], *, whole: bool) -> bool:
    if not prompt.endswith("lines of both sides in order; a reply begins with its code.") and not dialogue:
        return _client_only(lines, prompt, whole=whole)
    rows = [*dialogue.splitlines(), *(f"{'S' if _is_reply(line) else 'C'}: {line}" for line in lines)]
    return _mixed(rows, prompt, whole=whole)


def _client_only(lines: Sequence[str], prompt: str, *, whole: bool) -> bool:
    """Whether every command may come where it stands (section 4.1.4), and the prompt's story is told."""
    greeted, open_, accepted, in_text, over = prompt.startswith("EHLO has been answered"), False, 0, False, False
    story: list[str] = []
    for line in lines:
        if over:
            return False
        if in_text:
            story.append(f"text {line}")
            in_text = line != "."
            continue
        verb, _, argument = line.partition(" ")
        match verb:
            case "EHLO":
                greeted, open_, accepted = True, False, 0
                story.append(f"hello {argument}")
            case "MAIL" if greeted and not open_:
                sender = path_in(argument, "FROM:")
                open_, accepted = not _is_refused(sender, prompt), 0
                story.append(f"from {sender}")
            case "RCPT" if open_:
                who = path_in(argument, "TO:")
                if who == _learnt(prompt) and not any(said.startswith("to ") for said in story):
                    return False  # its address is not known yet
                accepted += not _is_refused(who, prompt)
                story.append(f"to {who}")
            case "DATA" if accepted:
                in_text, open_, accepted = True, False, 0
                story.append("data")
            case "RSET":
                open_, accepted = False, 0
                story.append("reset")
            case "VRFY":
                story.append(f"asks {argument}")
            case "QUIT":
                over = True
                story.append("quit")
            case _:
                return False
    return not whole or _is_told(story, prompt)


def _is_refused(address: str, prompt: str) -> bool:
    """Whether the prompt tells that the server refuses this address; of one that has moved it tells it so."""
    return f"{address}, whose domain does not exist" in prompt or (
        f"for {address}, who does not exist" in prompt or (f"for {address}. It learns the address " in prompt)
    )


def _learnt(prompt: str) -> str:
    match = re.search(r"It learns the address (\S+) in this very session, from a reply\.", prompt)
    return match[1] if match else ""


_GREETED = r"EHLO has been answered\. "
_TEXT = r"whose one line is '(?P<text>.*)'"
_SENT = r"data\ntext {text}\ntext \."
#: A prompt, and the whole story that it tells, as a pattern with what stands in the prompt put in.
_STORIES = (
    (
        rf"(?:{_GREETED})?Put the client's lines in order, so that (?P<to>\S+) gets the message, {_TEXT}\. "
        "The client .*",
        rf"(hello \S+\n)?from \S+\nto {{to}}\n{_SENT}(\nquit)?",
    ),
    (
        rf"{_GREETED}The client has one message, {_TEXT}, for (?P<one>\S+) and (?P<two>\S+), and names them in this "
        r"order\. .*",
        rf"from \S+\nto {{one}}\nto {{two}}\n{_SENT}(\nquit)?",
    ),
    (
        rf"{_GREETED}The client sends a message from (?P<first>\S+) to (?P<one>\S+), {_TEXT}\. In the same session it "
        r"begins another from (?P<second>\S+), and names (?P<two>\S+)\. .*",
        rf"from {{first}}\nto {{one}}\n{_SENT}\nfrom {{second}}\nto {{two}}",
    ),
    (
        rf"{_GREETED}Once its sender is accepted, and before it names anybody, the client asks whether there is "
        rf"(?P<name>\S+)\. Then it sends (?P<to>\S+) a message, {_TEXT}\. .*",
        rf"from \S+\nasks {{name}}\nto {{to}}\n{_SENT}",
    ),
    (
        rf"{_GREETED}The client begins with the sender (?P<wrong>[^ ,]+)(?:, names (?P<first>\S+))?, gives that up "
        r"(?:with RSET|by another EHLO, as (?P<host>\S+)), and leads a transaction from (?P<right>\S+) to (?P<to>\S+) "
        r"alone, as far as DATA\. .*",
        r"from {wrong}\n{begun}{how}\nfrom {right}\nto {to}\ndata",
    ),
    (
        rf"{_GREETED}The client begins with the sender (?P<wrong>\S+), whose domain does not exist, and is refused\. "
        r"It sends RSET to be on the safe side, and leads a transaction from (?P<right>\S+) to (?P<to>\S+), as far as "
        r"DATA\. .*",
        r"from {wrong}\nreset\nfrom {right}\nto {to}\ndata",
    ),
    (
        rf"{_GREETED}The client has one message, {_TEXT}, for (?P<first>\S+?)(?:, who does not exist, and "
        r"(?P<two>\S+), who does, and names them in this order\.|\. It learns the address (?P<new>\S+) in this "
        r"very session, from a reply\.) Put .*",
        rf"from \S+\nto {{first}}\nto {{second}}\n{_SENT}",
    ),
)


def _is_told(story: list[str], prompt: str) -> bool:
    for asked, told in _STORIES:
        if match := re.fullmatch(asked, prompt):
            parts = {name: re.escape(value) for name, value in match.groupdict("").items()}
            more = {
                "begun": f"to {parts['first']}\n" if parts.get("first") else "",
                "how": f"hello {parts['host']}" if parts.get("host") else "reset",
                "second": parts.get("two") or parts.get("new", ""),
            }
            return re.fullmatch(told.format(**{**more, **parts}), "\n".join(story)) is not None
    raise OracleError(f"not understood: {prompt!r}")


def _mixed(rows: Sequence[str], prompt: str, *, whole: bool) -> bool:
    """Whether each reply may answer the line before it, and each line may come there."""
    accepted, in_text, waits_for, learnt = 0, False, "", set[str]()
    named: list[str] = []
    verdicts: list[bool] = []
    for row in rows:
        if row.startswith("S: "):
            if not waits_for or not _may_answer(row[3:], waits_for, accepted):
                return False
            learnt |= set(re.findall(r"<([^<>]+@[^<>]+)>", row))
            if waits_for.startswith("RCPT"):
                verdicts.append(row[3] == "2")
                accepted += row[3] == "2"
            in_text = row[3:6] == "354"
            waits_for = ""
            continue
        line = row.removeprefix("C: ")
        if waits_for or (in_text and line.split(" ")[0] in ("MAIL", "RCPT", "DATA")):
            return False
        if in_text and line != ".":
            continue
        if not in_text and not line.startswith(("MAIL", "RCPT", "DATA")):
            return False
        if line.startswith("RCPT"):
            named.append(path_in(line[5:], "TO:"))
            match = re.search(r"learns the address (\S+) in this very session", prompt)
            if match and named[-1] == match[1] and match[1] not in learnt:
                return False
        waits_for = line
    return not whole or (not waits_for and _verdicts_fit(named, verdicts, prompt))


def _may_answer(reply: str, line: str, accepted: int) -> bool:
    verb = "." if line == "." else line.split(" ")[0]
    if verb == "DATA":
        return reply.startswith("354") if accepted else reply[:3] in ("503", "554")
    if reply.startswith("354"):
        return False
    of_recipient = reply.startswith(("251", "551")) or " 2.1.5 " in reply or " 5.1.1 " in reply  # RFC 3463 section 3.2
    if of_recipient and verb != "RCPT":
        return False
    if reply.startswith("551") and path_in(line[5:], "TO:") in reply:
        return False  # no server asks to try the address that it refuses
    return not (verb == "RCPT" and re.match(r"250 2\.0\.0", reply))


def _verdicts_fit(named: list[str], verdicts: list[bool], prompt: str) -> bool:
    if match := re.search(r"names (\S+) first, who does not exist, and (\S+) next, who does\.", prompt):
        return named == [match[1], match[2]] and verdicts == [False, True]
    return True


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


def repaired(question: Question) -> set[str]:
    """The choices that are well formed and mean the mailbox of which the prompt tells."""
    if is_mailbox(question.address):
        raise OracleError("nothing is wrong with it")
    if f"C: RCPT TO:<{question.address}>" not in question.dialogue.splitlines():
        raise OracleError("the dialogue does not show the address")
    meant = _meant(question.prompt, question.address)
    return {c.text for c in question.choices if is_mailbox(c.text) and _same(c.text) == meant}


def _same(mailbox: str) -> tuple[str, str]:
    """What a mailbox means: section 4.1.2 takes quoted forms for equivalent."""
    local, _, domain = mailbox.rpartition("@")
    if local.startswith('"'):
        local = re.sub(r"\\(.)", r"\1", local[1:-1])
    return local, domain


def _meant(told: str, address: str) -> tuple[str, str]:
    local, _, domain = address.rpartition("@")
    if match := re.match(
        r"At (\S+) there really is a mailbox whose name has [^:]+: (.+?)(?: \(with the dot\))?\. Type", told
    ):
        return match[2], match[1]
    if "pasted this with a person's name" in told:
        inside = address[address.index("<") + 1 : -1]
        return _same(inside)
    if match := re.search(r"the mailbox is (\S+), and \(\S+\) is a comment", told):
        return match[1], domain
    if "a space crept in" in told:
        return local.replace(" ", ""), domain
    if match := re.match(r"The mailbox is (\S+), on the host with the IP address ([\d.]+)\. Type", told):
        return match[1], f"[{match[2]}]"
    raise OracleError(f"not understood: {told!r}")
