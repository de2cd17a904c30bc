"""The states of a session and the one table that is the machine: RFC 5321 section 4.1.4."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """Where a session stands: RFC 5321 section 4.1.4."""

    CONNECTED = "connected"
    READY = "ready"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    CLOSED = "closed"


_S = State
_ANY_TIME = ("NOOP", "HELP", "EXPN", "VRFY")
#: (state, command) -> the state after a positive reply. A missing row is 503; a negative reply changes nothing.
TRANSITIONS: Mapping[tuple[State, str], State] = MappingProxyType(
    {
        **{(s, verb): s for s in (_S.CONNECTED, _S.READY, _S.MAIL, _S.RCPT) for verb in _ANY_TIME},
        **{(s, verb): _S.READY for s in (_S.CONNECTED, _S.READY, _S.MAIL, _S.RCPT) for verb in ("EHLO", "HELO")},
        **{(s, "QUIT"): _S.CLOSED for s in (_S.CONNECTED, _S.READY, _S.MAIL, _S.RCPT)},
        (_S.CONNECTED, "RSET"): _S.CONNECTED,
        (_S.READY, "RSET"): _S.READY,
        (_S.MAIL, "RSET"): _S.READY,
        (_S.RCPT, "RSET"): _S.READY,
        (_S.READY, "MAIL"): _S.MAIL,
        (_S.MAIL, "RCPT"): _S.RCPT,
        (_S.RCPT, "RCPT"): _S.RCPT,
        (_S.RCPT, "DATA"): _S.DATA,
        (_S.DATA, "."): _S.READY,
        (_S.READY, "AUTH"): _S.READY,  # RFC 4954 section 4: not during a transaction, and only after EHLO
        (_S.READY, "STARTTLS"): _S.CONNECTED,  # RFC 3207 section 4.2: the session begins anew
    }
)
