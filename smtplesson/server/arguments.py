"""How a server reads the arguments of MAIL and RCPT: by its own patterns, by the grammar, by what it forgives."""

from __future__ import annotations

from collections.abc import Mapping

from smtplesson.protocol import extensions
from smtplesson.protocol.grammar import CommandSyntaxError, Fault, Path, parse_mail, parse_rcpt
from smtplesson.protocol.replies import Reason, Reply
from smtplesson.server.profiles import VERBS
from smtplesson.server.reply_writer import ReplyWriter
from smtplesson.server.situations import Situation as S

_PARSE = {"MAIL": parse_mail, "RCPT": parse_rcpt}
_KNOWN = {"MAIL": extensions.MAIL, "RCPT": extensions.RCPT}
_UNKNOWN = {"MAIL": S.PARAMETER_UNKNOWN, "RCPT": S.RECIPIENT_PARAMETER_UNKNOWN}
#: What a lenient server forgives: all that at least three of the recorded servers forgive in MAIL.
_LENIENT = frozenset(
    {Fault.SPACE_AFTER_COLON, Fault.NO_BRACKETS, Fault.DOUBLE_DOT, Fault.LEADING_DOT, Fault.TRAILING_DOT}
    | {Fault.LOCAL_PART_TOO_LONG, Fault.UNDERSCORE}
)


class ArgumentReader:
    """Reads arguments of MAIL and RCPT as the server whose replies `writer` writes does."""

    def __init__(self, writer: ReplyWriter) -> None:
        self._writer = writer
        self._policy = writer.policy
        self._profile = writer.policy.profile
        self._tolerate = self._profile.forgiven
        if self._policy.lenient:
            self._tolerate = {verb: self._profile.forgiven[verb] | _LENIENT for verb in VERBS}

    def read(
        self, verb: str, argument: str, *, extended: bool, smtputf8: bool
    ) -> tuple[Path, dict[str, str | None]] | Reply:
        """Return the path and its parameters, or the reply that refuses them.

        `extended` says that EHLO began the session, `smtputf8` that UTF-8 is right in a path.
        """
        for rule in self._profile.paths:
            if rule.without_smtputf8 and verb == "RCPT" and smtputf8:
                continue
            if rule.verb in ("", verb) and (match := rule.compiled.search(argument)):
                fields = {**_fields(argument), **match.groupdict("")}
                return self._writer.fill(rule.template, fields, _fault(verb, argument, smtputf8))
        try:
            path, parameters = _PARSE[verb](argument, smtputf8=smtputf8, tolerate=self._tolerate[verb])
        except CommandSyntaxError as error:
            return self._syntax(verb, argument, error)
        return self._check(verb, argument, parameters, extended) or (path, parameters)

    def _syntax(self, verb: str, argument: str, error: CommandSyntaxError) -> Reply:
        """The reply to an argument that breaks the grammar: the profile's own, else the kit's default."""
        replies = self._profile.syntax_replies
        own = replies.get((verb, error.fault)) or replies.get((verb, None))
        if own is not None:
            return self._writer.fill(own, {**_fields(argument), **_around(error)}, error)
        reply = self._writer.write(_syntax_situation(verb, error), error, problem=error.message)
        if reply.code == 553 and not error.malformed and self._policy.name_syntax_code == 501:
            reason = Reason("This server takes a bad mailbox name for a bad argument.", error.section, error)
            return Reply(501, reply.lines, reply.enhanced, reason)
        return reply

    def _check(self, verb: str, argument: str, parameters: Mapping[str, str | None], extended: bool) -> Reply | None:
        profile, write = self._profile, self._writer.write
        words = {word.partition("=")[0].upper(): word for word in argument.split()}
        for keyword, value in parameters.items():
            fields = {**_fields(argument), "keyword": keyword, "parameter": words.get(keyword, keyword)}
            if not extended and not profile.parameters_after_helo:
                return write(S.PARAMETER_AFTER_HELO, **fields)
            parameter = _KNOWN[verb].get(keyword)
            is_known = parameter is not None and parameter.extension in self._policy.keywords
            taken_anyway = verb == "MAIL" and keyword in profile.parameters and not is_known
            if profile.ignores_parameters or taken_anyway:
                continue
            if parameter is None or not is_known:
                return write(_UNKNOWN[verb], **fields)
            if not parameter.is_valid(value) and (value is None or keyword not in profile.unchecked):
                return write(S.PARAMETER_SYNTAX, **fields)
        size = parameters.get("SIZE") or ""
        if size.isdecimal() and int(size) > self._policy.largest:
            return write(S.MESSAGE_TOO_BIG, limit=str(self._policy.largest))
        return None


def _syntax_situation(verb: str, error: CommandSyntaxError) -> S:
    """Say what a fault in MAIL or RCPT is to a server that follows the standard.

    RFC 5321 pulls both ways: 501 is a MUST for invalid characters (4.1.2) and for an unacceptable MAIL
    argument (4.1.4); 553 is there for a mailbox name that is not allowed (3.3 and 4.2.3). The kit's default:
    501 for a command that is not well formed, 553 for a well-formed one whose mailbox name is not.
    """
    is_sender = verb == "MAIL"
    if error.fault is Fault.NON_ASCII:
        return S.SENDER_NOT_ASCII if is_sender else S.RECIPIENT_NOT_ASCII
    if error.malformed:
        return S.SENDER_SYNTAX if is_sender else S.RECIPIENT_SYNTAX
    return S.SENDER_NAME_NOT_ALLOWED if is_sender else S.RECIPIENT_NAME_NOT_ALLOWED


def _fault(verb: str, argument: str, smtputf8: bool) -> CommandSyntaxError | None:
    """What is wrong by the grammar with an argument that a server refuses by a rule of its own."""
    try:
        _PARSE[verb](argument, smtputf8=smtputf8)
    except CommandSyntaxError as error:
        return error
    return None


def _fields(argument: str) -> dict[str, str]:
    """What a reply may name of an argument: all after the colon, and the path."""
    rest = argument.partition(":")[2].strip()
    return {"argument": rest or argument, "path": rest.partition(" ")[0]}


def _around(error: CommandSyntaxError) -> dict[str, str]:
    """What a reply may name of a fault: the faulty part, what stands before it and what follows."""
    start, end = error.span
    begin = error.text.find(":") + 1
    before = error.text[begin:start].lstrip()
    return {
        "problem": error.message,
        "word": error.text[start:end],
        "before": before,
        "local": before.lstrip("<"),
        "rest": error.text[start:],
        "parameter": error.text[start:].lstrip(" >").partition(" ")[0],
    }
