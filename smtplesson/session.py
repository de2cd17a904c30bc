"""One session with a simulated server: bytes in, replies out, and nothing else.

No socket, thread, clock or randomness is used here, and the same bytes in any split give the same replies.
"""

from __future__ import annotations

import hmac
import re
from collections import deque
from collections.abc import Callable, Mapping

from smtplesson import extensions, sasl
from smtplesson.grammar import (
    CommandSyntaxError,
    Path,
    parse_helo_argument,
    parse_mail,
    parse_rcpt,
)
from smtplesson.lines import LineReader
from smtplesson.policy import LENIENT, UNNAMED, Policy, Verdict, syntax_situation
from smtplesson.replies import Reason, Reply
from smtplesson.situations import Situation as S
from smtplesson.situations import Wording
from smtplesson.states import TRANSITIONS, State
from smtplesson.transaction import TEXT_LIMIT, Recipient, ServerState, Transaction
from smtplesson.transcript import Line, Transcript

#: Octets with CRLF: a command (RFC 5321 section 4.5.3.1.4), a line of an AUTH exchange (RFC 4954 section 4).
#: Nothing longer than the second is ever held in memory.
COMMAND_LIMIT, AUTH_LIMIT = 512, 12288
#: Where a client is when nobody says otherwise: an address for documentation (RFC 5737).
CLIENT_ADDRESS = "192.0.2.1"
#: Lines of the transcript that a session keeps.
_KEPT_LINES = 10_000
_NO_ARGUMENT = ("DATA", "RSET", "QUIT", "STARTTLS")
_OBSOLETE = ("SEND", "SOML", "SAML", "TURN", "BDAT", "ETRN")
_VERB = re.compile(r"[A-Za-z0-9]+")


class SessionClosedError(RuntimeError):
    """Something was sent after the server had closed the session."""


class Session:
    """A session that a client opened: feed it bytes, or lines, and it answers.

    `greeting` is the reply to the connection, `state` where the session stands, `transcript` what was said,
    `closed` tells a transport to hang up.
    """

    def __init__(
        self,
        policy: Policy,
        server_state: ServerState,
        *,
        client_address: str = CLIENT_ADDRESS,
        now: float = 0.0,
        record: bool = True,
        listener: Callable[[Line], None] | None = None,
    ) -> None:
        self.policy = policy
        self._server_state = server_state
        self.client_address = client_address
        self.now = now
        self.state = State.CONNECTED
        self.closed = False
        self.awaiting_tls = False
        self.login: str | None = None
        self._tls = False
        self._reader = LineReader(AUTH_LIMIT)
        self._record = record or listener is not None
        self._listener = listener
        self._lines: deque[Line] = deque(maxlen=_KEPT_LINES)
        self._exchange: sasl.Exchange | None = None
        self._client = ""
        self._extended = False
        self._start_anew()
        self._offered = frozenset(line.split(" ", 1)[0] for line in policy.offers())
        enhanced = policy.profile.enhanced
        self._enhanced = "ENHANCEDSTATUSCODES" in self._offered if enhanced is None else enhanced
        self._tolerate = policy.profile.tolerate | (LENIENT if policy.lenient else frozenset())
        self._path_limit = COMMAND_LIMIT + sum(extensions.LONGER.get(name, 0) for name in self._offered)
        self.greeting = self._say(S.GREETING if policy.accepts_mail else S.NO_SERVICE)
        self._hear_reply(self.greeting)

    # --- what people and transports call ---------------------------------------------------------------

    def send(self, line: str) -> Reply | None:
        """Send one line, without its CRLF, and return the reply; None for a line of message data.

        Raises ValueError for a line break inside `line`, SessionClosedError after the server has hung up.
        """
        if "\r" in line or "\n" in line:
            raise ValueError("send() takes one line without CR or LF; call it once for each line.")
        if self.closed:
            raise SessionClosedError("The server has closed this session; open another with server.connect().")
        if self.awaiting_tls:
            raise SessionClosedError("The server waits for TLS now; call session.tls_started() to simulate it.")
        replies = self.receive_data(line.encode("utf-8", "surrogateescape") + b"\r\n")
        return replies[0] if replies else None

    def send_all(self, *lines: str) -> tuple[Reply, ...]:
        """Send several lines, one after the other, and return the replies that there were."""
        return tuple(reply for line in lines if (reply := self.send(line)) is not None)

    def receive_data(self, data: bytes) -> list[Reply]:
        """Take bytes from the client, in any split, and return the replies to every complete line."""
        if self.closed or self.awaiting_tls:
            return []
        self._reader.feed(data)
        replies = []
        while not self.closed and not self.awaiting_tls and (taken := self._reader.take()) is not None:
            reply = self._read(*taken)
            if reply is not None:
                replies.append(reply)
        if self.closed or self.awaiting_tls:
            # RFC 3207 section 4.2: what was pipelined behind STARTTLS must be thrown away.
            self._reader.clear()
        return replies

    def tls_started(self) -> None:
        """Tell the session that TLS is up: it begins anew, knowing nothing (RFC 3207 section 4.2)."""
        if not self.awaiting_tls:
            raise RuntimeError("tls_started() is for after the 220 to STARTTLS.")
        self.awaiting_tls = False
        self._tls = True
        self._client, self._extended, self.login = "", False, None
        self._start_anew()

    @property
    def transcript(self) -> Transcript:
        """What was said so far; the last ten thousand lines are kept."""
        return Transcript(tuple(self._lines))

    @property
    def waiting_for(self) -> tuple[str, ...]:
        """The commands that could succeed now, by the table of transitions."""
        return tuple(sorted(verb for state, verb in TRANSITIONS if state is self.state))

    # --- lines --------------------------------------------------------------------------------

    def _read(self, raw: bytes, length: int) -> Reply | None:
        if self.state is State.DATA:
            return self._read_data(raw, length)
        line = raw.decode("utf-8", "surrogateescape")
        self._hear("C", line if length <= AUTH_LIMIT else f"{line[:200]}... ({length} octets)")
        reply = self._judge(line, length)
        self._hear_reply(reply)
        return reply

    def _hear(self, speaker: str, text: str) -> None:
        if self._record:
            shown = text.replace("\r", "␍").replace("\n", "␊")
            line = Line("C" if speaker == "C" else "S", shown)
            self._lines.append(line)
            if self._listener is not None:
                self._listener(line)

    def _hear_reply(self, reply: Reply) -> None:
        if self._record:
            for row in str(reply).split("\n"):
                self._hear("S", row)

    # --- lines to commands -----------------------------------------------------------------------------

    def _judge(self, line: str, length: int) -> Reply:
        if self.policy.shutting_down:
            self._close()
            return self._say(S.SHUTTING_DOWN)
        if self._exchange is not None:
            return self._continue(line, length)
        # Section 4.1.1: servers should tolerate white space before the CRLF.
        line = line.rstrip(" \t")
        match = _VERB.match(line)
        verb = match[0].upper() if match else ""
        argument = line[len(verb) :]
        if length > self._limit(verb):
            return self._say(S.LINE_TOO_LONG, limit=str(self._limit(verb)))
        if not line:
            return self._say(S.EMPTY_LINE)
        handler = _HANDLERS.get(verb)
        if handler is None or (argument and argument[0] != " "):
            known = verb in _OBSOLETE and (not argument or argument[0] == " ")
            return self._say(S.COMMAND_OBSOLETE if known else S.COMMAND_UNKNOWN, verb=verb)
        if not self.policy.accepts_mail and verb != "QUIT":
            return self._say(S.ONLY_QUIT)
        return self._obey(verb, argument.lstrip(" "), handler)

    def _obey(self, verb: str, argument: str, handler: Callable[[Session, str], Reply]) -> Reply:
        if argument and verb in _NO_ARGUMENT:
            return self._say(S.ARGUMENT_NOT_ALLOWED, verb=verb)
        if verb in ("AUTH", "STARTTLS") and verb not in self._offered:
            return self._say(S.COMMAND_OBSOLETE, verb=verb)
        after = TRANSITIONS.get((self.state, verb))
        if after is None:
            return self._out_of_sequence(verb)
        reply = handler(self, argument)
        if reply.code < 400 and self._exchange is None:
            self.state = after
            if after is State.CLOSED:
                self._close()
        return reply

    def _limit(self, verb: str) -> int:
        if verb in ("MAIL", "RCPT"):
            return self._path_limit
        return AUTH_LIMIT if verb == "AUTH" and "AUTH" in self._offered else COMMAND_LIMIT

    def _out_of_sequence(self, verb: str) -> Reply:
        if verb == "AUTH" and self.state is not State.CONNECTED:
            return self._say(S.AUTH_IN_TRANSACTION)
        if self.state is State.CONNECTED:
            return self._say(S.NEED_HELO)
        if verb == "MAIL":
            return self._say(S.MAIL_OPEN)
        if self.state is State.READY:
            return self._say(S.NEED_MAIL)
        if verb == "DATA":
            # Section 3.3: where every RCPT was refused, 503 and 554 are both allowed; 554 says more.
            return self._say(S.NO_VALID_RECIPIENTS if self._transaction.refused else S.NEED_RCPT)
        return self._say(S.BAD_SEQUENCE)

    def _say(self, situation: S, fault: Exception | None = None, /, **fields: str) -> Reply:
        wording = self.policy.profile.replies[situation]
        if wording.names:
            fields = {**self._known_fields, **fields}
        return wording.fill(fields, fault, enhanced=self._enhanced)

    @property
    def _known_fields(self) -> dict[str, str]:
        return {"host": self.policy.host, "client": self._client, "address": self.client_address}

    def _verdict(self, verdict: Verdict) -> Reply:
        if verdict.situation is S.REFUSED_AS_WRITTEN and S.REFUSED_AS_WRITTEN not in self.policy.profile.wording:
            return self._written(verdict.fields["reply"], S.REFUSED_AS_WRITTEN, verdict.fields)
        return self._say(verdict.situation, **verdict.fields)

    def _written(self, text: str, situation: S, fields: Mapping[str, str]) -> Reply:
        """A reply that the administrator wrote himself; an enhanced code in it stays."""
        wording = Wording.parse(text, self.policy.profile.replies[situation].reply.reason)
        return wording.fill({**self._known_fields, **fields})

    def _close(self) -> None:
        self.closed = True
        self.state = State.CLOSED

    def _start_anew(self) -> None:
        """Forget the transaction: sender, recipients and data (section 4.1.1.5)."""
        self._transaction = Transaction(Path(None))

    # --- the commands ----------------------------------------------------------------------------------

    def _ehlo(self, argument: str) -> Reply:
        refusal = self._greet("EHLO", argument)
        if refusal is not None:
            return refusal
        self._extended = True
        first = self._say(S.EHLO_OK)
        # RFC 3207 section 4.2: STARTTLS is not offered once TLS is active.
        offers = (line for line in self.policy.offers() if not (line == "STARTTLS" and self._tls))
        return Reply(first.code, (*first.lines, *offers), None, first.reason)

    def _helo(self, argument: str) -> Reply:
        refusal = self._greet("HELO", argument)
        self._extended = self._extended if refusal else False
        return refusal or self._say(S.HELO_OK)

    def _greet(self, verb: str, argument: str) -> Reply | None:
        if not argument:
            return self._say(S.HELO_SYNTAX, verb=verb)
        try:
            self._client = parse_helo_argument(argument)
        except CommandSyntaxError as error:
            return self._say(S.HELO_SYNTAX, error, verb=verb)
        self._start_anew()
        return None

    def _mail(self, argument: str) -> Reply:
        if self.policy.tls_required and not self._tls:
            return self._say(S.TLS_REQUIRED)
        if self.policy.auth_required and self.login is None:
            return self._say(S.AUTH_REQUIRED)
        try:
            path, parameters = parse_mail(argument, smtputf8=self._has("SMTPUTF8"), tolerate=self._tolerate)
        except CommandSyntaxError as error:
            return self._syntax("MAIL", error)
        refusal = self._check_parameters(parameters, extensions.MAIL)
        if refusal is not None:
            return refusal
        self._transaction = Transaction(path, "SMTPUTF8" in parameters)
        verdict = self.policy.judge_sender(path, self.login)
        reply = self._verdict(verdict)
        if reply.code >= 400 and self.policy.delay_sender_checks:
            self._transaction.sender_refusal = reply
            return self._say(S.SENDER_OK, **verdict.fields)
        return reply

    def _rcpt(self, argument: str) -> Reply:
        reply, recipient = self._judge_rcpt(argument)
        if recipient is None:
            self._transaction.refused = True
        else:
            self._transaction.recipients.append(recipient)
        return reply

    def _judge_rcpt(self, argument: str) -> tuple[Reply, Recipient | None]:
        if self._transaction.sender_refusal is not None:
            return self._transaction.sender_refusal, None
        # Where MAIL carried SMTPUTF8 the path may be non-ASCII (RFC 6531 section 3.4).
        try:
            path, parameters = parse_rcpt(argument, smtputf8=self._transaction.smtputf8, tolerate=self._tolerate)
        except CommandSyntaxError as error:
            return self._syntax("RCPT", error), None
        refusal = self._check_parameters(parameters, extensions.RCPT)
        if refusal is not None:
            return refusal, None
        if len(self._transaction.recipients) >= self.policy.max_recipients:
            return self._say(S.TOO_MANY_RECIPIENTS, limit=str(self.policy.max_recipients)), None
        verdict = self.policy.judge_recipient(
            path, self._transaction.sender, self._server_state.tries, login=self.login, now=self.now
        )
        reply = self._verdict(self._ascii_only(verdict, smtputf8=self._transaction.smtputf8))
        assert path.mailbox is not None
        return reply, Recipient(path.mailbox, verdict.forward_to) if reply.code < 400 else None

    def _ascii_only(self, verdict: Verdict, *, smtputf8: bool) -> Verdict:
        """RFC 6531 section 3.7.4: no non-ASCII address in a reply to a client that did not ask for SMTPUTF8."""
        named = verdict.fields.get("forward") or (
            verdict.fields.get("path", "") if verdict.situation is S.VERIFIED else ""
        )
        if smtputf8 or named.isascii():
            return verdict
        return Verdict(UNNAMED.get(verdict.situation, verdict.situation), verdict.fields, verdict.forward_to)

    def _has(self, extension: str) -> bool:
        return self._extended and extension in self._offered

    def _syntax(self, verb: str, error: CommandSyntaxError) -> Reply:
        """The reply to a MAIL or RCPT that breaks the grammar: the profile's own, else the kit's default."""
        profile = self.policy.profile
        own = profile.syntax_replies.get((verb, error.fault)) or profile.syntax_replies.get((verb, None))
        if own is not None:
            fields = {"problem": error.message, "path": error.path_text, **self._known_fields}
            return own.fill(fields, error, enhanced=self._enhanced)
        reply = self._say(syntax_situation(verb, error), error, problem=error.message)
        if reply.code == 553 and not error.malformed and self.policy.name_syntax_code == 501:
            reason = Reason("This server takes a bad mailbox name for a bad argument.", error.section, error)
            return Reply(501, reply.lines, reply.enhanced, reason)
        return reply

    # --- parameters of MAIL and RCPT -------------------------------------------------------------------

    def _check_parameters(
        self, parameters: Mapping[str, str | None], known: Mapping[str, extensions.Parameter]
    ) -> Reply | None:
        for keyword, value in parameters.items():
            parameter = known.get(keyword)
            if parameter is None or not self._has(parameter.extension):
                return self._say(S.PARAMETER_UNKNOWN, keyword=keyword)
            if not parameter.is_valid(value):
                return self._say(S.PARAMETER_SYNTAX, keyword=keyword)
        if int(parameters.get("SIZE") or 0) > self.policy.max_size:
            return self._say(S.MESSAGE_TOO_BIG, limit=str(self.policy.max_size))
        return None

    # --- the message -----------------------------------------------------------------------------------

    def _read_data(self, raw: bytes, length: int) -> Reply | None:
        if self._record:
            self._hear("C", raw[:TEXT_LIMIT].decode("utf-8", "surrogateescape"))
        if raw == b"." and length == 3:
            reply = self._end_of_data()
            self._hear_reply(reply)
            return reply
        self._transaction.take_line(raw, length, self.policy.max_size)
        return None

    def _end_of_data(self) -> Reply:
        self.state = TRANSITIONS[State.DATA, "."]
        if self._transaction.size > self.policy.max_size:
            reply = self._say(S.MESSAGE_TOO_BIG, limit=str(self.policy.max_size))
        elif self._transaction.has_long_line:
            reply = self._say(S.TEXT_LINE_TOO_LONG)
        elif self.policy.refuse_message:
            reply = self._written(self.policy.refuse_message, S.MESSAGE_REFUSED, {})
        else:
            reply = self._say(S.MESSAGE_ACCEPTED)
            self._server_state.delivered.append(self._transaction.envelope())
        self._start_anew()
        return reply

    # --- commands outside a transaction ----------------------------------------------------------------

    def _rset(self, argument: str) -> Reply:
        self._start_anew()
        return self._say(S.RSET_OK)

    def _help(self, argument: str) -> Reply:
        return self._say(S.HELP_OK, names=" ".join(_HANDLERS))

    def _vrfy(self, argument: str) -> Reply:
        if not argument:
            return self._say(S.ARGUMENT_MISSING, verb="VRFY")
        if not self.policy.vrfy:
            return self._say(S.VRFY_OFF)
        # RFC 6531 section 3.7.4.2: VRFY may end in SMTPUTF8.
        name, space, last = argument.rpartition(" ")
        smtputf8 = bool(space) and last.upper() == "SMTPUTF8" and self._has("SMTPUTF8")
        verdict = self.policy.judge_name(name if smtputf8 else argument)
        verdict = self._ascii_only(verdict, smtputf8=smtputf8)
        reply = self._verdict(verdict)
        if verdict.situation is S.VRFY_AMBIGUOUS and self.policy.disclose and verdict.fields["names"]:
            # Section 3.5.1: "553-Ambiguous; Possibilities are", then the mailboxes.
            rows = ("Ambiguous; Possibilities are", *verdict.fields["names"].split("\n"))
            return Reply(reply.code, rows, reply.enhanced, reply.reason)
        return reply

    def _expn(self, argument: str) -> Reply:
        if not argument:
            return self._say(S.ARGUMENT_MISSING, verb="EXPN")
        if not self.policy.expn:
            return self._say(S.EXPN_OFF)
        members = self.policy.members(argument)
        if not members:
            return self._say(S.EXPN_UNKNOWN)
        first = self._say(S.EXPANDED, path=f"<{members[0]}>")
        return Reply(first.code, (*first.lines, *(f"<{m}>" for m in members[1:])), first.enhanced, first.reason)

    # --- AUTH and STARTTLS -----------------------------------------------------------------------------

    def _starttls(self, argument: str) -> Reply:
        if self._tls:
            return self._say(S.TLS_ALREADY)
        self.awaiting_tls = True
        return self._say(S.TLS_READY)

    def _auth(self, argument: str) -> Reply:
        if self.login is not None:
            return self._say(S.AUTH_TWICE)
        name, _, initial = argument.partition(" ")
        if not name:
            return self._say(S.ARGUMENT_MISSING, verb="AUTH")
        mechanism = sasl.MECHANISMS.get(name.upper())
        if mechanism is None:
            return self._say(S.AUTH_MECHANISM_UNKNOWN, mechanism=name)
        self._exchange = mechanism(initial)
        return self._advance(None)

    def _continue(self, line: str, length: int) -> Reply:
        """Read a line of an AUTH exchange."""
        if length <= AUTH_LIMIT and line != "*":
            return self._advance(line)
        self._exchange = None
        if line == "*":
            return self._say(S.AUTH_CANCELLED)
        return self._say(S.AUTH_LINE_TOO_LONG)

    def _advance(self, line: str | None) -> Reply:
        exchange, self._exchange = self._exchange, None
        assert exchange is not None
        try:
            prompt = next(exchange) if line is None else exchange.send(line)
        except sasl.SaslError as error:
            return self._say(S.AUTH_SYNTAX, error)
        except StopIteration as finished:
            return self._check_password(*finished.value)
        self._exchange = exchange
        return self._say(S.AUTH_CHALLENGE, challenge=sasl.encode(prompt))

    def _check_password(self, login: str, password: str) -> Reply:
        known = self.policy.users.get(login)
        if known is None or not hmac.compare_digest(known.encode(), password.encode("utf-8", "replace")):
            return self._say(S.AUTH_FAILED)
        self.login = login
        return self._say(S.AUTH_OK)


_HANDLERS: dict[str, Callable[[Session, str], Reply]] = {
    "EHLO": Session._ehlo,
    "HELO": Session._helo,
    "MAIL": Session._mail,
    "RCPT": Session._rcpt,
    "DATA": lambda session, argument: session._say(S.START_DATA),
    "RSET": Session._rset,
    "NOOP": lambda session, argument: session._say(S.NOOP_OK),
    "VRFY": Session._vrfy,
    "EXPN": Session._expn,
    "HELP": Session._help,
    "AUTH": Session._auth,
    "STARTTLS": Session._starttls,
    "QUIT": lambda session, argument: session._say(S.QUIT_OK),
}
