"""VRFY and EXPN, the commands for debugging addresses: RFC 5321 section 3.5."""

from __future__ import annotations

from smtplesson.protocol.replies import Reply
from smtplesson.server.policy import UNNAMED, Decision, Policy
from smtplesson.server.reply_writer import ReplyWriter
from smtplesson.server.situations import Situation as S


class Verifier:
    """Answers VRFY and EXPN as far as the server's policy and profile allow."""

    def __init__(self, policy: Policy, writer: ReplyWriter) -> None:
        self._policy = policy
        self._profile = policy.profile
        self._writer = writer

    def verify(self, argument: str, *, offers_smtputf8: bool) -> Reply:
        """Answer VRFY with an argument."""
        # RFC 6531 section 3.7.4.2: VRFY may end in SMTPUTF8.
        name, space, last = argument.rpartition(" ")
        smtputf8 = bool(space) and last.upper() == "SMTPUTF8" and offers_smtputf8
        decision = ascii_only(self._policy.judge_name(name if smtputf8 else argument), smtputf8=smtputf8)
        fields = {**decision.fields, "argument": argument}
        reply = self._writer.write_decision(Decision(decision.situation, fields, decision.forward_to))
        if decision.situation is S.VRFY_AMBIGUOUS and self._policy.disclose and decision.fields["names"]:
            # Section 3.5.1: "553-Ambiguous; Possibilities are", then the mailboxes.
            rows = ("Ambiguous; Possibilities are", *decision.fields["names"].split("\n"))
            return Reply(reply.code, rows, reply.enhanced, reply.reason)
        return reply

    def expand(self, argument: str) -> Reply:
        """Answer EXPN with an argument."""
        if not self._policy.expn or self._profile.expn == "off":
            return self._writer.write(S.EXPN_OFF)
        members = self._policy.members(argument)
        if members:
            return self._expanded(tuple(f"<{member}>" for member in members))
        if self._profile.expn != "all":
            return self._writer.write(S.EXPN_UNKNOWN, argument=argument)
        # A server that expands each of several names refuses where it does not know one.
        return min(map(self._expand_mailbox, argument.split()), key=lambda reply: reply.code < 400)

    def _expanded(self, paths: tuple[str, ...]) -> Reply:
        first = self._writer.write(S.EXPANDED, path=paths[0])
        return Reply(first.code, (*first.lines, *paths[1:]), first.enhanced, first.reason)

    def _expand_mailbox(self, name: str) -> Reply:
        """EXPN of one mailbox: where its mail goes, which VRFY would not say."""
        decision = self._policy.judge_name(name)
        if decision.situation is S.VRFY_REFUSED_FORWARD:
            return self._writer.write(S.MOVED, **decision.fields)
        if decision.situation in (S.VRFY_UNKNOWN, S.VRFY_NOT_LOCAL):
            return self._writer.write(S.EXPN_UNKNOWN, argument=name)
        path = decision.fields.get("path", "")
        return self._expanded((decision.fields.get("forward", path) if self._policy.disclose else path,))


def ascii_only(decision: Decision, *, smtputf8: bool) -> Decision:
    """RFC 6531 section 3.7.4: no non-ASCII address in a reply to a client that did not ask for SMTPUTF8."""
    shown = decision.fields.get("path", "") if decision.situation is S.VERIFIED else ""
    if smtputf8 or (decision.fields.get("forward") or shown).isascii():
        return decision
    return Decision(UNNAMED.get(decision.situation, decision.situation), decision.fields, decision.forward_to)
