"""The part of the oracle that judges lines by themselves: the grammar of addresses, and orders of lines."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from pathlib import Path

import abnf

from smtplesson.questions import Question

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


def _lawful(prompt: str, dialogue: str, lines: Sequence[str], *, whole: bool) -> bool:
    rows = [row.removeprefix("C: ") for row in dialogue.splitlines()] + list(lines)
    if any(row.startswith("S: ") for row in rows) or "client and server" in prompt:
        return _mixed(rows, prompt, whole=whole)
    return _client_only(lines, prompt, whole=whole)


def _client_only(lines: Sequence[str], prompt: str, *, whole: bool) -> bool:
    """Whether every command may come where it stands (section 4.1.4), and the prompt's story is told."""
    greeted, sender, in_text, quit_said = prompt.startswith("EHLO has been answered"), "", False, False
    rcpts: list[str] = []
    text: list[str] = []
    story: list[str] = []
    for line in lines:
        if quit_said:
            return False
        if in_text:
            in_text = line != "."
            if line == ".":
                story.append(f"{sender}>{','.join(rcpts)}>{'|'.join(text)}")
                sender, rcpts, text = "", [], []
            else:
                text.append(line)
            continue
        verb = line.split(" ")[0]
        fits = {
            "EHLO": True,
            "MAIL": greeted and not sender,
            "RCPT": bool(sender),
            "RSET": True,
            "DATA": bool(rcpts),
            "QUIT": True,
        }.get(verb, False)
        if not fits:
            return False
        match verb:
            case "EHLO":
                greeted, sender, rcpts = True, "", []
            case "MAIL":
                sender = path_in(line[5:], "FROM:")
                story.append(f"begins {sender}")
            case "RCPT":
                rcpts.append(path_in(line[5:], "TO:").partition("@")[0])
                story.append(f"names {rcpts[-1]}")
            case "RSET":
                if sender:
                    story.append("gives up")
                sender, rcpts = "", []
            case "DATA":
                in_text = True
                story.append(f"{sender}>{','.join(rcpts)}")
            case "QUIT":
                quit_said = True
    return not whole or _is_told(story, prompt, in_text=in_text)


def _is_told(story: list[str], prompt: str, *, in_text: bool) -> bool:
    if match := re.search(r"so that (\S+) gets the message, whose one line is '(.*)'\.", prompt):
        return not in_text and any(part.endswith(f">{match[1]}>{match[2]}") for part in story)
    match = re.search(
        r"begins with the sender (\S+?)(?:, names (\S+))?, gives that up, and leads a transaction "
        r"from (\S+) to (\S+) alone, as far as DATA",
        prompt,
    )
    if match is None:
        raise OracleError(f"not understood: {prompt!r}")
    wrong, first, right, to = match.groups()
    told = [f"begins {wrong}", *([f"names {first}"] if first else []), "gives up", f"begins {right}", f"names {to}"]
    return story == [*told, f"{right}>{to}"]


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
