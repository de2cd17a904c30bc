"""The simulated server: a policy, the mail that it has taken, and `connect()`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from smtplesson.protocol.replies import Reply
from smtplesson.protocol.transcript import Line, Transcript
from smtplesson.server.policy import Policy
from smtplesson.server.session import CLIENT_ADDRESS, Session
from smtplesson.server.transaction import Envelope, ServerState


@dataclass(frozen=True, repr=False)
class Server(Policy):
    """A mail server to talk to; its keywords are those of `Policy`, which says what each does.

    First of all `mailboxes` (mail ends here, 250), `forwards` (address here to address elsewhere, 251), `moved`
    (refused with the new address, 551), `refuse` (address to a reply of its own) and `profile` (a server's words).

    >>> server = Server("foo.com", mailboxes=["jones@foo.com"], forwards={"green@foo.com": "green@bar.org"})
    >>> session = server.connect()
    >>> for line in ("EHLO bar.com", "MAIL FROM:<smith@bar.com>", "RCPT TO:<green@foo.com>"):
    ...     reply = session.send(line)
    >>> str(reply)
    '251 2.1.5 User not local; will forward to <green@bar.org>'
    """

    state: ServerState = field(default_factory=ServerState, repr=False, compare=False)

    @property
    def delivered(self) -> tuple[Envelope, ...]:
        """The messages taken so far, oldest first; the last thousand are kept, within `state.most_octets`."""
        return tuple(self.state.delivered)

    def connect(
        self,
        *,
        client_address: str = CLIENT_ADDRESS,
        now: float = 0.0,
        record: bool = True,
        listener: Callable[[Line], None] | None = None,
    ) -> Session:
        """Open a session at `now` seconds, which only greylisting looks at.

        It keeps a transcript if `record`; `listener` is called with each line as it is said.
        """
        return Session(self, self.state, client_address=client_address, now=now, record=record, listener=listener)

    def dialogue(self, *lines: str) -> Transcript:
        """Return what is said in a new session when a client sends these lines."""
        session = self.connect()
        session.send_all(*lines)
        return session.transcript

    def reply_to(self, line: str, *, client_address: str = CLIENT_ADDRESS) -> Reply:
        """Return the reply to one line in a new session, after what must come before it (EHLO, for RCPT also MAIL).

        >>> str(Server("foo.com", mailboxes=["jones@foo.com"]).reply_to("RCPT TO:<nobody@foo.com>"))
        '550 5.1.1 No such user here'
        """
        session = self.connect(client_address=client_address)
        verb = line.split(" ", 1)[0].upper()
        before = {"EHLO": (), "HELO": (), "RCPT": ("EHLO client.example", "MAIL FROM:<>")}
        session.send_all(*before.get(verb, ("EHLO client.example",)))
        reply = session.send(line)
        assert reply is not None, "a new session is not in the middle of a message"
        return reply
