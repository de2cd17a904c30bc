"""What a server answers to questions about names: VRFY and EXPN (RFC 5321 section 3.5)."""

from __future__ import annotations

from smtplesson.protocol.replies import Reply
from smtplesson.server.policy import UNNAMED, Policy, Verdict
from smtplesson.server.reply_writer import Voice
from smtplesson.server.situations import Situation as S


class Inquiries:
    """Answers VRFY and EXPN as far as the policy and the habits of the server's profile let it."""

    def __init__(self, policy: Policy, voice: Voice) -> None:
        self._policy = policy
        self._profile = policy.profile
        self._voice = voice

    def verify(self, argument: str, *, offers_smtputf8: bool) -> Reply:
        """Answer VRFY with an argument."""
        # RFC 6531 section 3.7.4.2: VRFY may end in SMTPUTF8.
        name, space, last = argument.rpartition(" ")
        smtputf8 = bool(space) and last.upper() == "SMTPUTF8" and offers_smtputf8
        verdict = ascii_only(self._policy.judge_name(name if smtputf8 else argument), smtputf8=smtputf8)
        fields = {**verdict.fields, "argument": argument}
        reply = self._voice.verdict(Verdict(verdict.situation, fields, verdict.forward_to))
        if verdict.situation is S.VRFY_AMBIGUOUS and self._policy.disclose and verdict.fields["names"]:
            # Section 3.5.1: "553-Ambiguous; Possibilities are", then the mailboxes.
            rows = ("Ambiguous; Possibilities are", *verdict.fields["names"].split("\n"))
            return Reply(reply.code, rows, reply.enhanced, reply.reason)
        return reply

    def expand(self, argument: str) -> Reply:
        """Answer EXPN with an argument."""
        if not self._policy.expn or self._profile.expn == "off":
            return self._voice.say(S.EXPN_OFF)
        members = self._policy.members(argument)
        if members:
            return self._expanded(tuple(f"<{member}>" for member in members))
        if self._profile.expn != "all":
            return self._voice.say(S.EXPN_UNKNOWN, argument=argument)
        # A server that expands each of several names refuses where it does not know one.
        return min(map(self._expand_mailbox, argument.split()), key=lambda reply: reply.code < 400)

    def _expanded(self, paths: tuple[str, ...]) -> Reply:
        first = self._voice.say(S.EXPANDED, path=paths[0])
        return Reply(first.code, (*first.lines, *paths[1:]), first.enhanced, first.reason)

    def _expand_mailbox(self, name: str) -> Reply:
        """EXPN of one mailbox: where its mail goes, which VRFY would not say."""
        verdict = self._policy.judge_name(name)
        if verdict.situation is S.VRFY_REFUSED_FORWARD:
            return self._voice.say(S.MOVED, **verdict.fields)
        if verdict.situation in (S.VRFY_UNKNOWN, S.VRFY_NOT_LOCAL):
            return self._voice.say(S.EXPN_UNKNOWN, argument=name)
        path = verdict.fields.get("path", "")
        return self._expanded((verdict.fields.get("forward", path) if self._policy.disclose else path,))


def ascii_only(verdict: Verdict, *, smtputf8: bool) -> Verdict:
    """RFC 6531 section 3.7.4: no non-ASCII address in a reply to a client that did not ask for SMTPUTF8."""
    shown = verdict.fields.get("path", "") if verdict.situation is S.VERIFIED else ""
    if smtputf8 or (verdict.fields.get("forward") or shown).isascii():
        return verdict
    return Verdict(UNNAMED.get(verdict.situation, verdict.situation), verdict.fields, verdict.forward_to)
