"""Hold generated questions against an oracle and against their server: `python -m tests.tools.replay 10000`.

Each question is answered by `tests.tools.oracle`, which knows nothing of the kit's server, and its dialogue is played
again over the byte interface and by the standard library's SMTP client. Prints what does not agree.
"""

from __future__ import annotations

import smtplib
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence

from smtplesson.questions import families
from smtplesson.questions.kinds import KINDS
from smtplesson.questions.question import Question
from smtplesson.server.server import Server
from smtplesson.server.transport import MemorySMTP
from tests.tools import oracle


def question_of(seed: int) -> Question:
    """The question of a seed; the families take turns."""
    names = tuple(families.FAMILIES)
    return families.generate(names[seed % len(names)], seed)


def complaints(question: Question) -> Iterator[str]:
    """What is wrong with a question; nothing where it is as it should be."""
    try:
        found = oracle.answers(question)
    except oracle.OracleError as error:
        yield f"the oracle does not understand: {error}"
        return
    key = oracle.keys(question)
    if found != key:
        yield f"the oracle says {sorted(found)}, the key is {sorted(key)}"
    if not question.kind.is_typed and len(key) != 1:
        yield f"there are {len(key)} right answers"
    if not question.mark(question.key).right:
        yield "the key is not marked as right"
    server = families.world(question.id)
    if server is not None:
        yield from _against_server(question, server)


def _against_server(question: Question, server: Server) -> Iterator[str]:
    rows = question.dialogue.splitlines()
    if rows:
        yield from _played(rows, over_bytes(server, _with_ehlo(rows)), "over bytes")
        yield from _played(rows, over_smtplib(generated_again(question), _with_ehlo(rows)), "by smtplib")
    for lines, code in claims(question):
        replies = over_bytes(generated_again(question), lines)
        if int(replies[-1][-1][:3]) != code:
            yield f"{lines[-1]} gets {replies[-1][-1]}, and the key has {code}"


def generated_again(question: Question) -> Server:
    """The server of a question, as it is before anything has happened."""
    server = families.world(question.id)
    assert server is not None
    return server


def _with_ehlo(rows: Sequence[str]) -> list[str]:
    """The client's lines; a dialogue that begins with MAIL follows an EHLO that is not shown."""
    lines = [row[3:] for row in rows if row.startswith("C: ")]
    return lines if lines[0].startswith("EHLO") else ["EHLO client.example", *lines]


def _played(rows: Sequence[str], replies: list[list[str]], how: str) -> Iterator[str]:
    """Compare the replies of a dialogue with those that were played; the last may not be shown."""
    hidden = 0 if rows[0].startswith("C: EHLO") else 1
    played = [reply for reply in replies[hidden:] if reply]
    shown: list[list[str]] = []
    for before, row in zip(["", *rows], rows, strict=False):
        if row.startswith("S: "):
            if before.startswith("C: "):
                shown.append([])
            shown[-1].append(row[3:])
    if shown != played[: len(shown)] or len(played) - len(shown) not in (0, 1):
        yield f"played {how}, the dialogue is another: {played} for {shown}"


def claims(question: Question) -> Iterator[tuple[list[str], int]]:
    """The lines to play and the code that comes of the last by the key, for those kinds whose key is a code."""
    family = question.id.partition("~")[0]
    right = [choice.text for choice in question.choices if choice.right]
    if question.kind is KINDS["predict"]:
        yield _with_ehlo(question.dialogue.splitlines()), int(right[0][:3])
    elif family == "code-for-rcpt":
        line = question.prompt.partition(" client sends ")[2].removesuffix(". Type the code of the reply.")
        mail = question.prompt.partition("After MAIL FROM:<")[2].partition(">")[0] or "somebody@elsewhere.example"
        yield (
            ["EHLO client.example", *([f"MAIL FROM:<{mail}>"] if line.startswith("RCPT") else []), line],
            int(right[0]),
        )
    elif family == "not-this-server":
        for choice in question.choices:
            line, _, code = choice.text.rpartition(" gets ")
            lines = ["EHLO client.example", "MAIL FROM:<somebody@elsewhere.example>", line]
            played = int(over_bytes(generated_again(question), lines)[-1][-1][:3])
            yield lines, int(code) if not choice.right else (played if played != int(code) else -1)


def over_bytes(server: Server, lines: Sequence[str]) -> list[list[str]]:
    """The reply to each line, a list of its lines, when they are sent as bytes; empty for message text."""
    session = server.connect()
    found = []
    for line in lines:
        data = line.encode() + b"\r\n"
        replies = [reply for part in (data[:3], data[3:]) for reply in session.receive_data(part)]
        assert len(replies) <= 1, "one line, one reply"
        found.append([row for reply in replies for row in bytes(reply).decode().removesuffix("\r\n").split("\r\n")])
    return found


def over_smtplib(server: Server, lines: Sequence[str]) -> list[list[str]]:
    """The same by Python's own client."""
    found: list[list[str]] = []
    with MemorySMTP(server) as client:
        in_text = False
        for line in lines:
            if in_text and line != ".":
                client.send(line.encode() + b"\r\n")
                found.append([])
                continue
            client.send(line.encode() + b"\r\n")
            code, text = client.getreply()
            rows = text.decode().split("\n")
            found.append([f"{code}{'-' if row is not rows[-1] else ' '}{row}" for row in rows])
            in_text = code == 354
    return found


def main(count: int) -> int:
    """Hold the questions of the first `count` seeds against oracle and server; return how many have a fault."""
    begun, faulty, asked = time.perf_counter(), 0, Counter[str]()
    for seed in range(count):
        question = question_of(seed)
        asked[question.id.partition("~")[0]] += 1
        found = list(complaints(question))
        faulty += bool(found)
        for complaint in found:
            print(f"{question.id}: {complaint}")
    for family, number in asked.items():
        print(f"{family:18} {number:6}")
    print(f"{count} questions, {faulty} with a fault, {time.perf_counter() - begun:.0f} s")
    return faulty


if __name__ == "__main__":
    assert issubclass(MemorySMTP, smtplib.SMTP)
    sys.exit(1 if main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000) else 0)
