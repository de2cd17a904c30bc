"""How what came of an answer looks: the verdict, why, what to remember, and who says so."""

from __future__ import annotations

from smtplesson.learner.quiz import Outcome, said, surprise
from smtplesson.markup import Html, prose, tag


def feedback(outcome: Outcome) -> Html:
    """The panel below an answered question."""
    rows = [tag("p", tag("strong", f"{outcome.verdict}."), " ", prose(said(outcome)))]
    if (words := surprise(outcome)) is not None:
        rows.append(tag("p", prose(words)))
    for behind in outcome.misconceptions:
        rows.append(tag("p", "Remember: ", prose(behind.correction), " ", tag("small", f"({behind.source})")))
    rows.append(tag("small", "Source: ", prose(outcome.source)))
    return tag("div", *rows, class_=f"sl-panel {'sl-2' if outcome.right else 'sl-5'}")
