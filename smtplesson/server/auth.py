"""The AUTH exchange of one session: which mechanism, whose turn it is, who got in (RFC 4954 section 4)."""

from __future__ import annotations

from smtplesson.protocol import sasl
from smtplesson.protocol.replies import Reply
from smtplesson.server.policy import Policy
from smtplesson.server.reply_writer import ReplyWriter
from smtplesson.server.situations import Situation as S

#: Octets with CRLF that this server has room for in a line of the exchange: RFC 4954 section 4 calls them sufficient.
AUTH_LIMIT = 12288


class Authenticator:
    """Leads the exchange; `login` is who got in, `is_running` says that the next line belongs to it."""

    def __init__(self, policy: Policy, writer: ReplyWriter) -> None:
        self.login: str | None = None
        self._policy = policy
        self._writer = writer
        self._exchange: sasl.AuthExchange | None = None

    @property
    def is_running(self) -> bool:
        """Whether the next line belongs to the exchange."""
        return self._exchange is not None

    def begin(self, argument: str) -> Reply:
        """Answer the AUTH command."""
        if self.login is not None:
            return self._writer.write(S.AUTH_TWICE)
        name, _, initial = argument.partition(" ")
        if not name:
            return self._writer.write(S.ARGUMENT_MISSING, verb="AUTH")
        offered = next((line for line in self._policy.offers if line.startswith("AUTH ")), "")
        if name.upper() not in offered.split()[1:]:
            return self._writer.write(S.AUTH_MECHANISM_UNKNOWN, mechanism=name)
        self._exchange = sasl.MECHANISMS.get(name.upper(), sasl.never)(initial)
        return self._advance(None)

    def go_on(self, line: str, length: int) -> Reply:
        """Answer a line of the exchange."""
        if length <= AUTH_LIMIT and line != "*":
            return self._advance(line)
        self._exchange = None
        if line == "*":
            return self._writer.write(S.AUTH_CANCELLED)
        return self._writer.write(S.AUTH_LINE_TOO_LONG)

    def _advance(self, line: str | None) -> Reply:
        exchange, self._exchange = self._exchange, None
        assert exchange is not None
        try:
            prompt = next(exchange) if line is None else exchange.send(line)
        except sasl.SaslError as error:
            return self._writer.write(S.AUTH_SYNTAX, error)
        except StopIteration as finished:
            return self._check_password(*finished.value)
        self._exchange = exchange
        return self._writer.write(S.AUTH_CHALLENGE, challenge=sasl.encode(prompt))

    def _check_password(self, login: str, password: str) -> Reply:
        known = self._policy.users.get(login)
        if known != password:
            return self._writer.write(S.AUTH_FAILED)
        self.login = login
        return self._writer.write(S.AUTH_OK)
