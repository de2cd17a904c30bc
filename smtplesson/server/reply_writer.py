"""How a server words what it has to say to one client, by its profile."""

from __future__ import annotations

from collections.abc import Mapping

from smtplesson.protocol.replies import Reply
from smtplesson.server.policy import Policy, Verdict
from smtplesson.server.situations import Situation, Wording


class Voice:
    """Puts situations into words; `fields` are what any wording may name: host, client, address."""

    def __init__(self, policy: Policy, client_address: str) -> None:
        self.policy = policy
        self.offered = frozenset(line.split(" ", 1)[0] for line in policy.offers())
        self.fields = {"host": policy.host, "client": "", "address": client_address}
        profile = policy.profile
        offers_codes = "ENHANCEDSTATUSCODES" in self.offered
        self._enhanced = offers_codes if profile.enhanced is None else profile.enhanced
        # A server that offers no such codes may still have words of its own that hold one.
        self._own = frozenset(profile.wording) if profile.enhanced and not offers_codes else frozenset(Situation)

    def say(self, situation: Situation, fault: Exception | None = None, /, **fields: str) -> Reply:
        """The reply to a situation."""
        return self.fill(self.policy.profile.replies[situation], fields, fault, own=situation in self._own)

    def fill(
        self, wording: Wording, fields: Mapping[str, str], fault: Exception | None = None, *, own: bool = True
    ) -> Reply:
        """A wording with `fields` put in; its enhanced code stays where this server sends them."""
        if wording.names:
            fields = {**self.fields, **fields}
        return wording.fill(fields, fault, enhanced=self._enhanced and own)

    def verdict(self, verdict: Verdict) -> Reply:
        """The reply to a judgement about an address."""
        as_written = verdict.situation is Situation.REFUSED_AS_WRITTEN
        if as_written and Situation.REFUSED_AS_WRITTEN not in self.policy.profile.wording:
            return self.written(verdict.fields["reply"], Situation.REFUSED_AS_WRITTEN, verdict.fields)
        return self.say(verdict.situation, **verdict.fields)

    def written(self, text: str, situation: Situation, fields: Mapping[str, str]) -> Reply:
        """A reply that the administrator wrote himself; an enhanced code in it stays."""
        wording = Wording.parse(text, self.policy.profile.replies[situation].reply.reason)
        return wording.fill({**self.fields, **fields})
