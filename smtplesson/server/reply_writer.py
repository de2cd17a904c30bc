"""Writes a server's replies to one client, in the words of its profile."""

from __future__ import annotations

from collections.abc import Mapping

from smtplesson.protocol.grammar import Path
from smtplesson.protocol.replies import Reply
from smtplesson.server.policy import Decision, Policy
from smtplesson.server.situations import ReplyTemplate, Situation


class ReplyWriter:
    """Writes the reply to a situation; `fields` are what any reply may name: host, client, address."""

    def __init__(self, policy: Policy, client_address: str) -> None:
        self.policy = policy
        self.fields = {"host": policy.host, "client": "", "address": client_address}
        profile = policy.profile
        offers_codes = "ENHANCEDSTATUSCODES" in policy.keywords
        self._enhanced = offers_codes if profile.enhanced is None else profile.enhanced
        # A server that offers no such codes may still have words of its own that hold one.
        self._only_in_own = bool(profile.enhanced) and not offers_codes

    def write(self, situation: Situation, fault: Exception | None = None, /, **fields: str) -> Reply:
        """Return the reply to a situation."""
        profile = self.policy.profile
        own = not self._only_in_own or situation in profile.wording
        return self.fill(profile.replies[situation], fields, fault, own=own)

    def fill(
        self, template: ReplyTemplate, fields: Mapping[str, str], fault: Exception | None = None, *, own: bool = True
    ) -> Reply:
        """Return a template with `fields` put in, its enhanced code only where this server sends them."""
        if template.names:
            fields = {**self.fields, **fields}
        return template.fill(fields, fault, enhanced=self._enhanced and own)

    def write_decision(self, decision: Decision) -> Reply:
        """Return the reply to a decision about an address."""
        as_written = decision.situation is Situation.REFUSED_AS_WRITTEN
        if as_written and Situation.REFUSED_AS_WRITTEN not in self.policy.profile.wording:
            return self.write_verbatim(decision.fields["reply"], Situation.REFUSED_AS_WRITTEN, decision.fields)
        return self.write(decision.situation, **decision.fields)

    def write_answer(self, command: str, path: Path) -> Reply | None:
        """Return what the policy's `answers` have for a command and the path that it is about; None for nothing."""
        template = self.policy.answer(command, path)
        if template is None:
            return None
        fields = {"path": str(path)}
        if path.mailbox is not None:
            fields |= {"mailbox": str(path.mailbox), "local": path.mailbox.local_part, "domain": path.mailbox.domain}
        return self.fill(template, fields)

    def write_verbatim(self, text: str, situation: Situation, fields: Mapping[str, str]) -> Reply:
        """Return a reply as the administrator wrote it, with its enhanced code."""
        template = ReplyTemplate.parse(text, self.policy.profile.replies[situation].reply.reason)
        return template.fill({**self.fields, **fields})
