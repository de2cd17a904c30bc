"""One session with a simulated server: bytes in, replies out, and nothing else.

No socket, thread, clock or randomness is used here, and the same bytes in any split give the same replies.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable

from smtplesson.protocol.extensions import COMMAND_LIMIT
from smtplesson.protocol.grammar import CommandSyntaxError, Path, parse_helo_argument
from smtplesson.protocol.replies import Reply
from smtplesson.protocol.states import TRANSITIONS, State
from smtplesson.protocol.transcript import Line, Transcript
from smtplesson.server.arguments import ArgumentReader
from smtplesson.server.auth import AUTH_LIMIT, Authenticator
from smtplesson.server.lines import LineReader, RawLine
from smtplesson.server.policy import Policy
from smtplesson.server.profiles import ReplyLimit
from smtplesson.server.reply_writer import ReplyWriter
from smtplesson.server.situations import Situation as S
from smtplesson.server.transaction import TEXT_LIMIT, Recipient, ServerState, Transaction
from smtplesson.server.vrfy_expn import Verifier, ascii_only

#: Where a client is unless the caller says otherwise: an address for documentation (RFC 5737).
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
    `closed` tells a transport to hang up. `Server.connect` opens one.

    >>> from smtplesson.server.server import Server
    >>> session = Server("foo.com").connect()
    >>> session.send("HELO bar.com").code
    250
    >>> session
    <Session with foo.com: ready, waits for EHLO, EXPN, HELO, HELP, MAIL, NOOP, QUIT, RSET, VRFY>
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
        self._tls = False
        self._reader = LineReader()
        self._keeps_lines = record
        self._record = record or listener is not None
        self._listener = listener
        self._lines: deque[Line] = deque(maxlen=_KEPT_LINES)
        self._extended = False
        self._accepts = policy.accepts_mail
        self._reset()
        self._profile = policy.profile
        self._writer = ReplyWriter(policy, client_address)
        self._reply = self._writer.write
        self._authenticator = Authenticator(policy, self._writer)
        self._verifier = Verifier(policy, self._writer)
        self._arguments = ArgumentReader(self._writer)
        self._transitions = self._profile.machine
        self._counts: Counter[ReplyLimit] = Counter()
        self._largest = policy.largest  # asked for at every line of a message
        self.greeting = self._reply(S.GREETING if policy.accepts_mail else S.NO_SERVICE)
        self._record_reply(self.greeting)

    # --- what people and transports call ---------------------------------------------------------------

    def send(self, line: str) -> Reply | None:
        """Send one line, without its CRLF, and return the reply; None for a line of message data.

        Raises ValueError for a line break inside `line` or half a character (a lone surrogate), SessionClosedError
        after the server has hung up.
        """
        if "\r" in line or "\n" in line:
            raise ValueError("send() takes one line without CR or LF; call it once for each line.")
        if self.closed:
            raise SessionClosedError("The server has closed this session; open another with server.connect().")
        if self.awaiting_tls:
            raise SessionClosedError("The server waits for TLS now; call session.tls_started() to simulate it.")
        try:
            octets = line.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError as error:
            half = f"{line[error.start]!r} at position {error.start}"
            raise ValueError(f"send() takes text, and {half} is half a character; give the whole one.") from None
        replies = self.receive_data(octets + b"\r\n")
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
        while not self.closed and not self.awaiting_tls and (line := self._take()) is not None:
            reply = self._read(line)
            if reply is not None:
                replies.append(reply)
        if self.closed or self.awaiting_tls:
            # RFC 3207 section 4.2: what was pipelined after STARTTLS must be thrown away.
            self._reader.clear()
        return replies

    def tls_started(self) -> None:
        """Tell the session that TLS is up: it begins anew, knowing nothing (RFC 3207 section 4.2)."""
        if not self.awaiting_tls:
            raise RuntimeError("tls_started() is for after the 220 to STARTTLS.")
        self.awaiting_tls = False
        self._tls = True
        self._extended = False
        self._authenticator = Authenticator(self.policy, self._writer)
        self._writer.fields["client"] = ""
        self._reset()

    @property
    def login(self) -> str | None:
        """The login that AUTH accepted; None before."""
        return self._authenticator.login

    @property
    def transcript(self) -> Transcript:
        """What was said so far; the last ten thousand lines are kept."""
        return Transcript(tuple(self._lines))

    @property
    def waiting_for(self) -> tuple[str, ...]:
        """The commands that could succeed now, by the table of transitions."""
        table = self._transitions.items()
        return tuple(sorted(verb for (state, verb), after in table if state is self.state and after))

    def __repr__(self) -> str:
        waits = [verb for verb in self.waiting_for if verb not in {"AUTH", "STARTTLS"} - self.policy.keywords]
        return f"<Session with {self.policy.host}: {self.state}, waits for {', '.join(waits) or 'nothing more'}>"

    # --- lines --------------------------------------------------------------------------------

    def _take(self) -> RawLine | None:
        profile = self._profile
        if self.state is State.DATA:
            return self._reader.take(self._transaction.wanted, lf_ends=profile.lf_in_message != "kept")
        in_exchange = self._authenticator.is_running
        limit = AUTH_LIMIT if in_exchange else profile.line_limit or AUTH_LIMIT
        line = self._reader.take(limit, lf_ends=profile.lf_ends_command)
        if line is None and profile.long_line_hangs_up and not in_exchange and self._reader.pending > limit:
            return self._reader.take_beginning(limit)  # too long already: this server does not wait for its end
        return line

    def _read(self, taken: RawLine) -> Reply | None:
        if self.state is State.DATA:
            return self._read_data(taken)
        raw, length, _ = taken
        line = raw.decode("utf-8", "surrogateescape")
        if self._record:
            self._record_line("C", line if length <= len(raw) + 2 else f"{line[:200]}... ({length} octets)")
        reply = self._reply_to_line(line, length)
        self._record_reply(reply)
        return reply

    def _record_line(self, speaker: str, text: str) -> None:
        if self._record:
            shown = text.replace("\r", "␍").replace("\n", "␊")
            line = Line("C" if speaker == "C" else "S", shown)
            if self._keeps_lines:
                self._lines.append(line)
            if self._listener is not None:
                self._listener(line)

    def _record_reply(self, reply: Reply) -> None:
        if self._record:
            for row in str(reply).split("\n"):
                self._record_line("S", row)

    # --- lines to commands -----------------------------------------------------------------------------

    def _reply_to_line(self, line: str, length: int) -> Reply:
        if self.policy.shutting_down:
            return self._hang_up(S.SHUTTING_DOWN)
        for limit in self._profile.limits:
            if limit.waits and self._counts[limit] >= limit.count:
                self._close()
                return self._writer.fill(limit.template, {})
        if self._authenticator.is_running:
            return self._authenticator.go_on(line, length)
        for pattern, replacement in self._profile.rewrites:
            line = re.sub(pattern, replacement, line, count=1, flags=re.IGNORECASE | re.DOTALL)
        # Section 4.1.1: servers should tolerate white space before the CRLF.
        line = line.rstrip(" \t")
        match = _VERB.match(line)
        verb = match[0].upper() if match else ""
        reply = self._reply_to_command(verb, line, length)
        return self._count_reply(verb, reply) if self._profile.limits else reply

    def _count_reply(self, verb: str, reply: Reply) -> Reply:
        """Count a reply; where there were too many of its kind, return the last one and close the connection."""
        for limit in self._profile.limits:
            if limit.counts(verb, reply.code):
                self._counts[limit] += 1
                if self._counts[limit] > limit.count and not limit.waits:
                    self._close()
                    return self._writer.fill(limit.template, {"line": verb})
        return reply

    def _reply_to_command(self, verb: str, line: str, length: int) -> Reply:
        argument = line[len(verb) :]
        if length > self._line_limit(verb):
            return self._too_long(verb)
        if self._reader.pending and self._must_be_last(verb):
            return self._pipelined(verb)
        for rule in self._profile.lines:
            if re.fullmatch(rule.states, self.state) and (found := rule.compiled.match(line)):
                if rule.hangs_up:
                    self._close()
                fields = {"line": line, "argument": argument.strip(), **found.groupdict("")}
                return self._writer.fill(rule.template, fields)
        if not line:
            return self._reply(S.EMPTY_LINE)
        handler = _HANDLERS.get(verb)
        if handler is None or (argument and argument[0] != " ") or verb in self._profile.unknown:
            known = verb in _OBSOLETE and (not argument or argument[0] == " ")
            return self._reply(S.COMMAND_OBSOLETE if known else S.COMMAND_UNKNOWN, verb=verb, line=line)
        if not self._accepts and verb != "QUIT":
            return self._reply(S.ONLY_QUIT)
        return self._run(verb, argument.lstrip(" "), handler)

    def _must_be_last(self, verb: str) -> bool:
        """Whether nothing may be pipelined after this command (RFC 2920 section 3.1)."""
        after_helo = self._profile.alone_after_helo and not self._extended and self.state is not State.CONNECTED
        return verb in self._profile.alone or "" in self._profile.alone or after_helo

    def _pipelined(self, verb: str) -> Reply:
        alone = self._profile.alone
        if alone.get(verb, alone.get("", True)):
            return self._hang_up(S.PIPELINED)
        self._accepts = False
        return self._reply(S.PIPELINED)

    def _run(self, verb: str, argument: str, handler: Callable[[Session, str], Reply]) -> Reply:
        if argument and verb in _NO_ARGUMENT and verb not in self._profile.ignored_arguments:
            return self._reply(S.ARGUMENT_NOT_ALLOWED, verb=verb)
        if verb in ("AUTH", "STARTTLS") and verb not in self.policy.keywords:
            return self._reply(S.AUTH_OFF if verb == "AUTH" else S.TLS_OFF)
        after = self._transitions.get((self.state, verb))
        if after is None:
            return self._out_of_sequence(verb)
        reply = handler(self, argument)
        if reply.code < 400 and not self._authenticator.is_running:
            if verb in ("EHLO", "HELO") and after is State.READY:
                self._reset()
            self.state = after
            if after is State.CLOSED:
                self._close()
        return reply

    def _line_limit(self, verb: str) -> int:
        if self._profile.line_limit is not None:
            return self._profile.line_limit
        if verb in ("MAIL", "RCPT"):
            return self.policy.path_limit
        return AUTH_LIMIT if verb == "AUTH" and "AUTH" in self.policy.keywords else COMMAND_LIMIT

    def _too_long(self, verb: str) -> Reply:
        limit = str(self._line_limit(verb))
        if self._profile.long_line_hangs_up:
            return self._hang_up(S.LINE_TOO_LONG, limit=limit)
        return self._reply(S.LINE_TOO_LONG, limit=limit)

    def _out_of_sequence(self, verb: str) -> Reply:
        if verb == "AUTH" and self.state is not State.CONNECTED:
            return self._reply(S.AUTH_IN_TRANSACTION)
        if self.state is State.CONNECTED and (State.CONNECTED, "MAIL") not in self._transitions:
            return self._reply(S.NEED_HELO)
        if verb == "MAIL":
            return self._reply(S.MAIL_OPEN)
        if verb in ("EHLO", "HELO"):
            return self._reply(S.BAD_SEQUENCE)
        if self.state in (State.CONNECTED, State.READY):
            return self._reply(S.NEED_MAIL if verb == "RCPT" else S.NEED_MAIL_FOR_DATA)
        if verb == "DATA":
            # Section 3.3: where every RCPT was refused, 503 and 554 are both allowed; 554 says more.
            return self._reply(S.NO_VALID_RECIPIENTS if self._transaction.refused else S.NEED_RCPT)
        return self._reply(S.BAD_SEQUENCE)

    def _hang_up(self, situation: S, **fields: str) -> Reply:
        self._close()
        return self._reply(situation, **fields)

    def _close(self) -> None:
        self.closed = True
        self.state = State.CLOSED

    def _reset(self) -> None:
        """Forget the transaction: sender, recipients and data (section 4.1.1.5)."""
        self._transaction = Transaction(Path(None))

    # --- the commands ----------------------------------------------------------------------------------

    def _ehlo(self, argument: str) -> Reply:
        refusal = self._greet("EHLO", argument)
        if refusal is not None:
            return refusal
        self._extended = True
        first = self._reply(S.EHLO_OK)
        # RFC 3207 section 4.2: STARTTLS is not offered once TLS is active.
        offers = (line for line in self.policy.offers if not (line == "STARTTLS" and self._tls))
        return Reply(first.code, (*first.lines, *offers), None, first.reason)

    def _helo(self, argument: str) -> Reply:
        refusal = self._greet("HELO", argument)
        self._extended = self._extended if refusal else False
        return refusal or self._reply(S.HELO_OK)

    def _greet(self, verb: str, argument: str) -> Reply | None:
        if not argument:
            return self._reply(S.HELO_MISSING, verb=verb)
        pattern = self._profile.helo
        try:
            if pattern is None:
                parse_helo_argument(argument)
            elif re.fullmatch(pattern, argument, re.DOTALL) is None:
                return self._reply(S.HELO_SYNTAX, verb=verb)
        except CommandSyntaxError as error:
            return self._reply(S.HELO_SYNTAX, error, verb=verb)
        self._writer.fields["client"] = argument
        return None

    def _has(self, extension: str) -> bool:
        return self._extended and extension in self.policy.keywords

    def _mail(self, argument: str) -> Reply:
        if self.policy.tls_required and not self._tls:
            return self._reply(S.TLS_REQUIRED)
        if self.policy.auth_required and self.login is None:
            return self._reply(S.AUTH_REQUIRED)
        smtputf8 = self._has("SMTPUTF8")
        read = self._arguments.read("MAIL", argument, extended=self._extended, smtputf8=smtputf8)
        if isinstance(read, Reply):
            return read
        path, parameters = read
        decision = self.policy.judge_sender(path, self.login)
        reply = self._answer("MAIL", path) or self._writer.write_decision(decision)
        if reply.code >= 400 and not self.policy.delay_sender_checks:
            return reply
        self._transaction = Transaction(
            path,
            "SMTPUTF8" in parameters,
            self._largest,
            self._profile.text_limit,
            is_kept=self._server_state.most_octets > 0,
        )
        if reply.code < 400:
            return reply
        self._transaction.sender_refusal = reply
        return self._reply(S.SENDER_OK, **decision.fields)

    def _rcpt(self, argument: str) -> Reply:
        reply, recipient = self._recipient(argument)
        if recipient is None:
            self._transaction.refused = True
        else:
            self._transaction.recipients.append(recipient)
        return reply

    def _recipient(self, argument: str) -> tuple[Reply, Recipient | None]:
        if self._transaction.sender_refusal is not None:
            return self._transaction.sender_refusal, None
        # Where MAIL carried SMTPUTF8 the path may be non-ASCII (RFC 6531 section 3.4).
        read = self._arguments.read("RCPT", argument, extended=self._extended, smtputf8=self._transaction.smtputf8)
        if isinstance(read, Reply):
            return read, None
        path, _ = read
        if len(self._transaction.recipients) >= self.policy.most_recipients:
            return self._reply(S.TOO_MANY_RECIPIENTS, limit=str(self.policy.most_recipients)), None
        decision = self.policy.judge_recipient(
            path, self._transaction.sender, self._server_state.tries, login=self.login, now=self.now
        )
        said = ascii_only(decision, smtputf8=self._transaction.smtputf8)
        reply = self._answer("RCPT", path) or self._writer.write_decision(said)
        assert path.mailbox is not None
        return reply, Recipient(path.mailbox, decision.forward_to) if reply.code < 400 else None

    # --- the message -----------------------------------------------------------------------------------

    def _read_data(self, line: RawLine) -> Reply | None:
        raw, length, has_crlf = line
        if self._record:
            self._record_line("C", raw[:TEXT_LIMIT].decode("utf-8", "surrogateescape"))
        profile = self._profile
        if profile.lf_in_message == "refused" and not has_crlf:
            reply = self._hang_up(S.BARE_LF)
        elif profile.cr_in_message == "refused" and b"\r" in raw:
            reply = self._hang_up(S.BARE_CR)
        elif raw == b"." and (has_crlf or profile.lf_in_message == "ends"):
            reply = self._pipelined(".") if self._reader.pending and self._must_be_last(".") else self._end_of_data()
        else:
            self._transaction.take_line(raw, length)
            return None
        self._record_reply(reply)
        return reply

    def _end_of_data(self) -> Reply:
        self.state = TRANSITIONS[State.DATA, "."]
        message, profile = self._transaction, self._profile
        if message.size > self._largest:
            reply = self._reply(S.MESSAGE_TOO_BIG, limit=str(self._largest))
        elif profile.text_limit is not None and message.longest > profile.text_limit:
            reply = self._reply(S.TEXT_LINE_TOO_LONG, size=str(message.longest - 2))
        elif profile.max_hops is not None and message.hops > profile.max_hops:
            reply = self._reply(S.TOO_MANY_HOPS)
        elif self.policy.refuse_message:
            reply = self._writer.write_verbatim(self.policy.refuse_message, S.MESSAGE_REFUSED, {})
        else:
            reply = self._answer(".", message.sender) or self._reply(S.MESSAGE_ACCEPTED)
            if reply.code < 400:
                self._server_state.deliver(message.envelope())
        self._reset()
        return reply

    def _answer(self, command: str, path: Path) -> Reply | None:
        """What the policy's `answers` have for this command; 421 closes the channel (section 3.8), once it is said."""
        reply = self._writer.write_answer(command, path)
        is_said = command != "MAIL" or not self.policy.delay_sender_checks
        if reply is not None and reply.code == 421 and is_said:
            self._close()
        return reply

    # --- commands outside a transaction ----------------------------------------------------------------

    def _rset(self, argument: str) -> Reply:
        self._reset()
        return self._reply(S.RSET_OK)

    def _vrfy(self, argument: str) -> Reply:
        if not argument:
            return self._reply(S.ARGUMENT_MISSING, verb="VRFY")
        if not self.policy.vrfy or self._profile.vrfy == "off":
            return self._reply(S.VRFY_OFF, argument=argument)
        if self._profile.vrfy != "recipient":
            return self._verifier.verify(argument, offers_smtputf8=self._has("SMTPUTF8"))
        # A name that RCPT would refuse is refused; of any other nothing is said.
        reply, recipient = self._recipient(f"TO:{argument if argument.startswith('<') else f'<{argument}>'}")
        return reply if recipient is None else self._reply(S.NOT_VERIFIED, argument=argument)

    def _expn(self, argument: str) -> Reply:
        return self._verifier.expand(argument) if argument else self._reply(S.ARGUMENT_MISSING, verb="EXPN")

    # --- AUTH and STARTTLS -----------------------------------------------------------------------------

    def _starttls(self, argument: str) -> Reply:
        if self._tls:
            return self._reply(S.TLS_ALREADY)
        self.awaiting_tls = True
        return self._reply(S.TLS_READY)


_HANDLERS: dict[str, Callable[[Session, str], Reply]] = {
    "EHLO": Session._ehlo,
    "HELO": Session._helo,
    "MAIL": Session._mail,
    "RCPT": Session._rcpt,
    "DATA": lambda session, argument: (
        session._answer("DATA", session._transaction.sender) or session._reply(S.START_DATA)
    ),
    "RSET": Session._rset,
    "NOOP": lambda session, argument: session._reply(S.NOOP_OK),
    "VRFY": Session._vrfy,
    "EXPN": Session._expn,
    "HELP": lambda session, argument: session._reply(S.HELP_OK, names=" ".join(_HANDLERS)),
    "AUTH": lambda session, argument: session._authenticator.begin(argument),
    "STARTTLS": Session._starttls,
    "QUIT": lambda session, argument: session._reply(S.QUIT_OK),
}
