"""An answer to each generated question that does not ask the kit: it reads what a learner reads, and RFC 5321.

The facts are read out of the prompt's sentences, the course of a session out of its dialogue. Addresses are judged by
the RFC's own ABNF (`tests/data/abnf_rfc5321.abnf`, read by the package `abnf`), commands by sections 3.3 to 3.6, 4.1.4
and 7.3 as they are written down here. Nothing of the kit is imported but the shape of a question.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from smtplesson.questions.question import Question
from tests.tools.oracle_lines import OracleError, faulty, is_mailbox, mended, path_in

# --- what a prompt tells -------------------------------------------------------------------------------


@dataclass
class Facts:
    """What the sentences of a prompt say of a server."""

    here: str = ""
    residents: set[str] = field(default_factory=set)
    forwarded: dict[str, bool] = field(default_factory=dict)  # name: whether it is said
    moved: dict[str, bool] = field(default_factory=dict)  # name: whether the new address is named
    ambiguous: set[str] = field(default_factory=set)
    busy: set[str] = field(default_factory=set)
    relays_to: str = ""
    bad_name: frozenset[int] = frozenset({501, 550, 553})  # sections 3.3, 4.1.2 and 4.2.3 where nothing is told
    ghost: str = ""
    ghost_late: bool = False
    owners_log_in: bool = False
    vrfy: bool = True
    smtputf8_unused: bool = False
    orderly: bool = False


def _residents(facts: Facts, here: str, *names: str) -> None:
    facts.here, facts.residents = here, set(names)


def _ghost(facts: Facts, late: str | None, ghost: str) -> None:
    facts.ghost, facts.ghost_late = ghost, late is not None


#: Each sentence that a prompt may hold, and what it sets.
_SENTENCES: tuple[tuple[str, Callable[..., object]], ...] = (
    (r"The server of (\S+) has mailboxes for (\S+) and (\S+)\.", _residents),
    (r"It forwards mail for (\S+) to \S+ and says so\.", lambda f, name: f.forwarded.update({name: True})),
    (r"It forwards mail for (\S+) to \S+ but does not say so\.", lambda f, name: f.forwarded.update({name: False})),
    (
        r"It takes no mail for (\S+), who has moved to \S+, but names that address\.",
        lambda f, name: f.moved.update({name: True}),
    ),
    (
        r"It takes no mail for (\S+), who has moved to \S+, and keeps that address to itself\.",
        lambda f, name: f.moved.update({name: False}),
    ),
    (r"It relays for nobody\.", lambda f: None),
    (r"It relays mail to (\S+) for anybody\.", lambda f, to: setattr(f, "relays_to", to)),
    (
        r"It treats an address that breaks the grammar as a mailbox that is forbidden\.",
        lambda f: setattr(f, "bad_name", frozenset({553})),  # section 4.2.3
    ),
    (
        r"It treats an address that breaks the grammar as a fault in how the mailbox is written\.",
        lambda f: setattr(f, "bad_name", frozenset({501})),  # sections 4.1.2 and 4.2.3
    ),
    (
        r"It keeps strictly to the order of section 4\.1\.4, and asks for no message without a recipient\.",
        lambda f: setattr(f, "orderly", True),
    ),
    (
        r"Another program has the mail of (\S+) locked for some minutes; until then nothing is taken for \S+\.",
        lambda f, name: f.busy.add(name),
    ),
    (
        r"It treats a sender whose domain does not exist as a mailbox that is forbidden(, but only when RCPT comes)?; "
        r"there is no (\S+)\.",
        _ghost,
    ),
    (
        r"To a client that has not logged in, as here, a sender at \S+ is a mailbox that is forbidden\.",
        lambda f: setattr(f, "owners_log_in", True),
    ),
    (
        r"It offers SMTPUTF8, which this client does not use\. "
        r"A sender that needs it gets the code that RFC 6531 names\.",
        lambda f: setattr(f, "smtputf8_unused", True),
    ),
    (r"Two more users are called (\S+): \S+ and \S+\.", lambda f, name: f.ambiguous.add(name)),
    (r"VRFY is switched on and looks names up\.", lambda f: setattr(f, "vrfy", True)),
    (r"For security VRFY is switched off\.", lambda f: setattr(f, "vrfy", False)),
    (r"The server keeps to RFC 5321\.", lambda f: None),
)


def facts_of(prompt: str) -> tuple[Facts, str]:
    """Read the facts at the beginning of a prompt; return them with what follows, the question itself."""
    facts, rest = Facts(), prompt
    while True:
        for pattern, tell in _SENTENCES:
            if match := re.match(rf"{pattern}(?: |$)", rest):
                tell(facts, *match.groups())
                rest = rest[match.end() :]
                break
        else:
            return facts, rest


# --- a session by the rules ----------------------------------------------------------------------------


@dataclass
class Session:
    """Where a session stands by section 4.1.4, and what may be answered next."""

    facts: Facts
    sender: str | None = None  # None: no transaction is open
    accepted: int = 0

    def codes(self, line: str) -> set[int]:
        """The codes that the standard leaves to this server as a reply to this line."""
        verb, _, rest = line.partition(" ")
        match verb:
            case "EHLO" | "NOOP" | "RSET":
                return {250}
            case "MAIL":
                if self.sender is not None:  # section 4.1.4: MUST NOT be sent, and 503 if it cannot be processed
                    return {503} if self.facts.orderly else {250, 503}
                return self.mail(path_in(rest, "FROM:"))
            case "RCPT":
                return {503} if self.sender is None else self.rcpt(path_in(rest, "TO:"))
            case "DATA":
                if self.accepted:
                    return {354}
                # section 3.3: MAY return 503 or 554; RFC 2920 section 3.1 foresees 354
                return {503, 554} if self.facts.orderly else {354, 503, 554}
            case "VRFY":
                return self.vrfy(rest)
        raise OracleError(f"{line!r} is no command that is asked about")

    def hear(self, line: str, code: int) -> None:
        """Go on after a reply."""
        if line.startswith(("EHLO", "RSET")):
            self.sender, self.accepted = None, 0
        elif line.startswith("MAIL") and code < 300:
            self.sender, self.accepted = path_in(line[5:], "FROM:"), 0
        elif line.startswith("RCPT") and code < 300:
            self.accepted += 1

    def mail(self, address: str) -> set[int]:
        """Section 3.3: normally 550 or 553; the null reverse-path is always right."""
        facts = self.facts
        if address == "":
            return {250}
        if not address.isascii():
            if not facts.smtputf8_unused:
                raise OracleError("nothing is told of SMTPUTF8")
            return {550}  # RFC 6531 section 3.5
        if not is_mailbox(address):
            return set(facts.bad_name)
        local, _, domain = address.rpartition("@")
        if facts.ghost and domain == facts.ghost and not facts.ghost_late:
            return {553}  # of the two that section 3.3 has, the one for a forbidden mailbox
        if facts.owners_log_in and domain == facts.here and local in facts.residents:
            return {553}
        return {250}

    def rcpt(self, address: str) -> set[int]:
        """Sections 3.3, 3.4 and 3.6.2."""
        facts = self.facts
        if self.sender and facts.ghost_late and self.sender.endswith("@" + facts.ghost):
            return {553}
        if not is_mailbox(address):
            return set(facts.bad_name)
        local, _, domain = address.rpartition("@")
        if domain != facts.here:
            return {250} if domain == facts.relays_to else {550}
        if local in facts.busy:
            return {450}
        if local in facts.residents:
            return {250}
        if local in facts.forwarded:
            return {251} if facts.forwarded[local] else {250}
        if local in facts.moved:
            return {551} if facts.moved[local] else {550}
        return {550}

    def vrfy(self, name: str) -> set[int]:
        """Sections 3.5 and 7.3."""
        facts = self.facts
        if not facts.vrfy:
            return {252}
        if name in facts.ambiguous:
            return {553}
        if name in facts.residents:
            return {250}
        if facts.forwarded.get(name):
            return {251}
        if facts.moved.get(name):
            return {551}
        if name in facts.forwarded or name in facts.moved:
            raise OracleError("the standard does not say how VRFY keeps an address back")
        return {550}


def exchanges(dialogue: str) -> Iterator[tuple[str, str]]:
    """The client's lines with the last line of the reply to each, empty where there is none."""
    rows = dialogue.splitlines()
    if rows and rows[0][:2] != "C:":
        raise OracleError("a dialogue begins with the client")
    for number, row in enumerate(rows):
        if row.startswith("C: "):
            replies = []
            for later in rows[number + 1 :]:
                if later.startswith("C: "):
                    break
                replies.append(later[3:])
            if any(reply[3:4] != "-" for reply in replies[:-1]):
                raise OracleError("one command has two replies")
            yield row[3:], replies[-1] if replies else ""


def _follow(session: Session, dialogue: str) -> str:
    """Follow a dialogue, whose replies have to be allowed, to its last line, which has none."""
    pairs = list(exchanges(dialogue))
    for line, reply in pairs[:-1]:
        code = int(reply[:3])
        if code not in session.codes(line):
            raise OracleError(f"{line} got {code}, not one of {session.codes(line)}")
        session.hear(line, code)
    if pairs[-1][1]:
        raise OracleError("the last line has been answered")
    return pairs[-1][0]


# --- answers -------------------------------------------------------------------------------------------


def answers(question: Question) -> set[str]:
    """All right answers: letters in the order of the choices, or texts; by the standard alone."""
    family = question.id.partition("~")[0]
    return _FAMILIES[family](question)


def _letters(question: Question, is_right: Callable[[str], bool]) -> set[str]:
    return {letter for letter, choice in zip("ABCDEFGH", question.choices, strict=False) if is_right(choice.text)}


def _together(question: Question, is_right: Callable[[str], bool]) -> set[str]:
    return {"".join(sorted(_letters(question, is_right)))}


def _predicted(question: Question) -> set[str]:
    facts, rest = facts_of(question.prompt)
    if rest != "What does it answer to the last line?":
        raise OracleError(f"not understood: {rest!r}")
    session = Session(facts)
    codes = session.codes(_follow(session, question.dialogue))
    return _letters(question, lambda text: int(text[:3]) in codes)


def _typed(question: Question) -> set[str]:
    facts, rest = facts_of(question.prompt)
    match = re.fullmatch(r"(?:After MAIL(?: FROM:<(\S+)>)? a|A) client sends (.+)\. Type the code of the reply\.", rest)
    if match is None:
        raise OracleError(f"not understood: {rest!r}")
    session = Session(facts, sender=match[1] or "somebody@elsewhere.example")
    codes = session.codes(match[2])
    return {choice.text for choice in question.choices if int(choice.text) in codes}


def _impossible(question: Question) -> set[str]:
    facts, rest = facts_of(question.prompt)
    if rest != "One of these cannot happen with this server. Which?":
        raise OracleError(f"not understood: {rest!r}")

    def cannot_be(text: str) -> bool:
        line, _, code = text.rpartition(" gets ")
        return int(code) not in Session(facts, sender="somebody@elsewhere.example").codes(line)

    return _letters(question, cannot_be)


#: Where a reply came, and its first digit -> how the right decision begins: sections 3.3, 4.2.1 and 4.2.5.
_DOES = {
    ("RCPT", "2"): "It goes on with DATA or the next RCPT",
    ("RCPT", "4"): "It keeps the message and comes again later",
    ("RCPT", "5"): "It tells the sender",
    ("dot", "2"): "It strikes",
    ("dot", "4"): "It keeps the message and comes again later",
    ("dot", "5"): "It tells the sender",
}


def _decided(question: Question) -> set[str]:
    told = re.fullmatch(
        r"(The program has never seen the code (?P<code>\d+)\. )?"
        r"(?P<lost>Then the connection breaks, with no reply\. )?"
        r"What does (it|the program) do now about (?P<who>.+), if it keeps to RFC 5321\?",
        question.prompt,
    )
    if told is None:
        raise OracleError(f"not understood: {question.prompt!r}")
    pairs = list(exchanges(question.dialogue))
    line, reply = pairs[-1]
    if line == "." and not any(f"RCPT TO:<{told['who']}>" == said and got[0] == "2" for said, got in pairs):
        raise OracleError("it was refused, and that was not seen")
    if line != "." and line != f"RCPT TO:<{told['who']}>":
        raise OracleError("the last reply is to something else")
    if bool(told["lost"]) is bool(reply) or (told["code"] and not reply.startswith(told["code"])):
        raise OracleError("the end of the dialogue is not told")
    where = "dot" if line == "." else "RCPT"
    decision = _DOES[where, reply[0]] if reply else _DOES["dot", "4"]  # section 3.8: as 451
    return _letters(question, lambda text: text.startswith(decision))


#: Where a reply came, and its code -> how the sentence begins that says as much: sections 3.3 to 3.5, 4.2 and 7.3.
_SAYS = {
    ("RCPT", "250"): "{} is accepted for a message",
    ("RCPT", "251"): "{} is accepted; a message",
    ("RCPT", "450"): "As a recipient {} is put off",
    ("RCPT", "550"): "{} is refused as a recipient, and it stays open",
    ("RCPT", "551"): "{} is refused here",
    ("RCPT", "553"): "{} is refused as a recipient, for a name",
    ("VRFY", "250"): "The server was asked about {}, and has found",
    ("VRFY", "252"): "The server was asked about {}, and neither",
    ("dot", "2"): "The message itself is taken for {}",
    ("dot", "4"): "The message itself, sent after {} had been accepted, is put off",
    ("dot", "5"): "The message itself, sent after {} had been accepted, is refused",
}


def _said(question: Question) -> set[str]:
    told = re.fullmatch(
        r"What does the last reply say of (.+), in the sense that RFC 5321 gives to its code\?", question.prompt
    )
    if told is None:
        raise OracleError(f"not understood: {question.prompt!r}")
    line, reply = list(exchanges(question.dialogue))[-1]
    where, digits = ("dot", reply[0]) if line == "." else (line.partition(" ")[0], reply[:3])
    sentence = _SAYS[where, digits].format(told[1].partition("@")[0])
    return _letters(question, lambda text: text.startswith(sentence))


def _stands(question: Question) -> set[str]:
    """Where a session stands: sections 3.3, 4.1.1.4, 4.1.1.5 and 4.1.4."""
    if question.prompt != "These lines follow EHLO. Where does the session stand after the last of them?":
        raise OracleError(f"not understood: {question.prompt!r}")
    open_, accepted, in_text = False, 0, False
    for line, reply in exchanges(question.dialogue):
        if in_text and line != ".":
            if reply:
                raise OracleError("a line of the message was answered")
            continue
        match line.partition(" ")[0]:
            case "EHLO" | "RSET" | ".":
                open_, accepted, in_text = False, 0, False
            case "MAIL":
                open_ = reply[0] == "2"
            case "RCPT":
                accepted += reply[0] == "2"
            case "DATA":
                in_text = reply[0] == "3"
    state = (
        "In the middle" if in_text else "In a transaction with somebody" if accepted else "In a transaction with nobody"
    )
    return _letters(question, lambda text: text.startswith(state if open_ else "Outside any transaction"))


def _mended(question: Question) -> set[str]:
    begins = mended(question)
    return _letters(question, lambda text: text.startswith(begins))


_WHO = (
    r"The program goes by the digits alone\. (?P<lost>Then the connection breaks, with no reply\. )?Who on this list "
    r"must act next, if this mail is to reach (?P<who>.+)\?",
    r"A mail is to reach (?P<who>.+), and the program goes by the digits alone\. "
    r"(?P<lost>Then the connection breaks, with no reply\. )?Who on this list must act next\?",
)


def _who(question: Question) -> set[str]:
    told = next(filter(None, (re.fullmatch(pattern, question.prompt) for pattern in _WHO)), None)
    if told is None:
        raise OracleError(f"not understood: {question.prompt!r}")
    pairs = list(exchanges(question.dialogue))
    if bool(told["lost"]) is bool(pairs[-1][1]):
        raise OracleError("the end of the dialogue is not told")
    party = _who_of(told["who"], pairs)
    return _letters(question, lambda text: text == party)


def _who_of(who: str, pairs: list[tuple[str, str]]) -> str:
    """Who must act for one recipient: sections 3.3, 3.5, 3.8, 4.2.1 and 4.2.5; RFC 3463 section 3.4 for 5.3.5."""
    accepted = False
    for line, reply in pairs:
        if line.startswith("RCPT") and path_in(line[5:], "TO:") != who:
            continue  # another recipient, who has a reply of his own
        if line.startswith("RCPT"):
            accepted = reply[:1] == "2"
        elif line == "." and reply:
            if not accepted:
                raise OracleError("it was refused, and that was not seen")
            accepted = False
            if reply[0] == "2":
                return "Nobody"
        if reply[:1] == "5":
            return "This server's postmaster" if reply[4:9] == "5.3.5" else "The sender"
        if reply[:1] == "4":
            return "The program"
    return "The program"  # it goes on, or, where the reply did not come, tries again as after 451


def _fates(question: Question) -> dict[str, str]:
    """Recipient -> "taken", "later" (4yz, or no reply to the message: section 3.8), "refused"."""
    found: dict[str, str] = {}
    waiting: list[str] = []
    for line, reply in exchanges(question.dialogue):
        if line.startswith("RCPT"):
            who = path_in(line[5:], "TO:")
            if reply[0] == "2":
                waiting.append(who)
            found[who] = {"2": "waiting", "4": "later", "5": "refused"}[reply[0]]
        elif line == ".":
            found |= dict.fromkeys(waiting, {"2": "taken", "4": "later", "5": "refused", "": "later"}[reply[:1]])
            waiting = []
    return found


def _several(question: Question) -> set[str]:
    asked = {
        "that the server has taken the message over?": "taken",
        "try again later, by itself?": "later",
        "now, as having failed?": "refused",
    }
    wanted = next(fate for end, fate in asked.items() if question.prompt.endswith(end))
    fates = _fates(question)
    if set(fates) != {choice.text for choice in question.choices}:
        raise OracleError("the choices are not the recipients")
    if ("breaks" in question.prompt) is not question.dialogue.endswith("C: ."):
        raise OracleError("the end of the dialogue is not told")
    return _together(question, lambda text: fates[text] == wanted)


_FAMILIES: dict[str, Callable[[Question], set[str]]] = {
    "answer-to-rcpt": _predicted,
    "answer-to-mail": _predicted,
    "answer-to-vrfy": _predicted,
    "answer-in-sequence": _predicted,
    "code-for-rcpt": _typed,
    "not-this-server": _impossible,
    "then-what": _decided,
    "said-of-whom": _said,
    "strange-code": _decided,
    "who-must-act": _who,
    "taken-over": _several,
    "yet-to-do": _several,
    "where-it-stands": _stands,
    "piece-at-fault": faulty,
    "mend-or-leave": _mended,
}


def keys(question: Question) -> set[str]:
    """The right answers by the question itself, in the form of `answers`."""
    match question.kind.control:
        case "text":
            return {choice.text for choice in question.choices if choice.right}
        case _:
            return {question.key}


__all__ = ["OracleError", "answers", "exchanges", "is_mailbox", "keys"]
