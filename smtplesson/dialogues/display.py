"""How what is done with dialogues looks: what came of trying a learner's function."""

from __future__ import annotations

from smtplesson import markup
from smtplesson.dialogues.trials import Report
from smtplesson.markup import Html, join, scrolling, tag
from smtplesson.protocol.display import transcript


def trials(report: Report) -> Html:
    """The outcome in a sentence, each trial in a row, and the first failure with its dialogue."""
    summary = tag("p", tag("strong", report.summary))
    if not report.attempted:
        return summary
    rows = scrolling("Trials", markup.table(["trial", "right", "yours", "outcome"], report.rows()))
    failed = report.first_failed
    if failed is None:
        return join(summary, rows)
    about = tag("p", f"Look at “{failed.name}” first. {failed.help} ", tag("small", f"({failed.source})"))
    return join(summary, rows, about, None if failed.transcript is None else transcript(failed.transcript))
