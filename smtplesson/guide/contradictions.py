"""What in a reply does not fit together, and what its address shows: the notes of the field guide."""

from __future__ import annotations

import re

from smtplesson.guide.bounce import FoundReply
from smtplesson.protocol.codes import CLASSES, allowed_codes, is_well_formed, phrase
from smtplesson.protocol.grammar import diagnose

_AGAIN = re.compile(r"try (?:it )?(?:again|later)|temporar|deferred|retry (?:later|in)|essayer plus tard")
_NEVER = re.compile(r"permanent|will not succeed|do not (?:retry|try)|never be|fatal")
_NEW_ADDRESS = re.compile(r"(?:forward to|please try|moved to)[ :]{1,3}<?([^<>\s]{1,254}@[^<>\s]{1,254})>?", re.I)
_ANGLED = re.compile(r"<([^<>\n]{1,320})>")
_INVALID = re.compile(r"\b(?:invalid|illegal|malformed|bad|syntax)\b", re.I)
_OTHER_LISTS = {"ETRN", "BDAT"}  # commands that RFC 5321 section 4.3.2 does not treat
_STUBBORN = {"relay-denied", "sender-not-owned", "loop-or-config", "user-unknown"}
_SYNTAX = {
    "address-syntax", "recipient-invalid-syntax", "invalid-address",
    "sender-invalid", "x-1-3", "x-1-7", "c-501-path", "c-553",
}  # fmt: skip


def notes(found: FoundReply, command: str, rule: str) -> tuple[str, ...]:
    """Return a sentence for each thing that is at odds in the reply; `rule` is the one that read it."""
    said = " ".join(found.lines)
    found_notes = _code(found.code, command) if found.code is not None else []
    found_notes += _class(found, said.lower(), rule)
    found_notes += _enhanced(found, said)
    found_notes += _forward(found, command, said)
    if rule in _SYNTAX or _INVALID.search(said):
        found_notes += _address(said)
    return tuple(found_notes)


def _code(code: int, command: str) -> list[str]:
    if code // 100 not in CLASSES:
        return [
            f"{code} is no SMTP reply code: the first digit must be 2 to 5. A client takes it for fatal and "
            "ends the transaction (RFC 5321 section 4.2)."
        ]
    if not is_well_formed(code):
        return [
            f"{code} is impossible by the grammar of RFC 5321 section 4.2 (second digit 0 to 5); a client "
            "goes by the first digit alone."
        ]
    if not phrase(code):
        return [
            f"{code} is no code of RFC 5321 or of the usual extensions; a client goes by the first digit "
            "alone (section 4.3.2)."
        ]
    if command and command not in _OTHER_LISTS and code not in allowed_codes(command):
        return [
            f"{code} is not in the list of replies to this command (RFC 5321 section 4.3.2); a client goes "
            "by the first digit all the same."
        ]
    return []


def _class(found: FoundReply, said: str, rule: str) -> list[str]:
    digit = found.code // 100 if found.code is not None else found.enhanced.klass if found.enhanced else 0
    out = []
    if digit == 5 and _AGAIN.search(said) and not _NEVER.search(said):
        out.append("The text speaks of trying again, but the first digit, 5, refuses for good: the digit decides.")
    if digit == 4 and _NEVER.search(said):
        out.append("The text speaks of a permanent failure, but the first digit, 4, is temporary: the digit decides.")
    if digit == 5 and "deferred" in said and _NEVER.search(said):
        out.append("Deferred means put off, which is a matter of 4yz; the first digit, 5, refuses for good.")
    if digit == 4 and rule in _STUBBORN:
        out.append(
            "The code is temporary, but this cause seldom goes away by itself: act while the client still tries."
        )
    other = found.dsn
    if found.code is not None and other is not None and other.klass != digit:
        out.append(
            f"The enhanced code {other} is of another class than {found.code}: RFC 2034 section 4 wants the "
            "same first digit. The reply code decides."
        )
    return out


def _enhanced(found: FoundReply, said: str) -> list[str]:
    if found.enhanced is None:
        return []
    detail = f"{found.enhanced.subject}.{found.enhanced.detail}"
    if detail == "1.5" and found.enhanced.klass != 2:
        return ["X.1.5 means that the destination address is valid: with a refusal it makes no sense (RFC 3463)."]
    if detail == "1.6" and _NEW_ADDRESS.search(said):
        return ["X.1.6 means moved without a forwarding address, yet the text names one: a common habit (RFC 3463)."]
    if detail == "1.10" and "null mx" not in said.lower():
        return ["X.1.10 is registered for a null MX (RFC 7505); Exchange uses it for an unknown recipient."]
    return []


def _forward(found: FoundReply, command: str, said: str) -> list[str]:
    if found.code not in {251, 551}:
        return []
    if found.code == 251 and (command == "ETRN" or "waiting" in said.lower()):
        return ["251 has two meanings: to RCPT and VRFY will forward, to ETRN no messages waiting (RFC 1985)."]
    address = _NEW_ADDRESS.search(said)
    if address:
        return [
            f"The text names the address {address[1]}. Nobody should change an address book by it unless the "
            "server is authenticated (RFC 5321 section 7.4)."
        ]
    if found.code == 551:
        return ["This 551 names no address to try instead, so it says no more than 550 (RFC 5321 section 3.4)."]
    return []


def _address(said: str) -> list[str]:
    """Hold an address that the text quotes against the grammar of section 4.1.2."""
    quoted = _ANGLED.search(said)
    if quoted is None or "%s" in quoted[1]:
        return []
    error = diagnose(quoted[1])
    if error is None:
        return [
            f"The address {quoted[1]} is well formed by RFC 5321 section 4.1.2: this server is stricter, or "
            "means another."
        ]
    return [f"The address {quoted[1]} breaks the grammar of RFC 5321 section 4.1.2: {error.message}"]
