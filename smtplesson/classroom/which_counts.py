"""Which of a learner's submissions counts: that is decided by when each was received, and never by what it claims.

Where nothing says when files that differ were received, none of them counts: the mark waits for the teacher.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from smtplesson import markup
from smtplesson.classroom.exercise_set import Counts
from smtplesson.classroom.submissions import Look, Note, Submission
from smtplesson.learner.attempts import Attempt

_NAMED = 3  # files that are named


@dataclass(frozen=True, slots=True)
class Choice:
    """The submission that counts, if one does, and what the teacher has to look at; it is `held` where none does."""

    submission: Submission | None
    notes: tuple[Note, ...] = ()
    held: bool = False


def choose(
    learner: str,
    submissions: Sequence[Submission],
    answers: Callable[[Submission], Sequence[Attempt]],
    *,
    counts: Counts = Counts.FIRST,
    deadline: datetime | None = None,
    grows: bool = False,
) -> Choice:
    """Choose among a learner's submissions; `answers` gives those that belong to what is marked.

    With `grows`, as a log or a practice set does, a file that goes on where all others stop may stand for them.
    """
    there = [each for each in submissions if answers(each)]
    different: dict[tuple[tuple[str, str], ...], Submission] = {}
    for each in sorted(there, key=lambda each: each.received.timestamp() if each.received else float("inf")):
        different.setdefault(tuple((a.question, a.response) for a in answers(each)), each)
    left = list(different.values())
    if len(left) <= 1:
        return _late(learner, left[0], deadline) if left else Choice(None)
    files = ", ".join(each.source for each in left[:_NAMED]) + (", ..." if len(left) > _NAMED else "")
    found = markup.counted(len(left), "file")

    def note(text: str) -> Note:
        return Note(left[0].source, f"{found} that differ ({files}): {text}", look=Look.DIFFER, learner=learner)

    known = [each for each in left if each.received is not None]
    if known:
        chosen = _by_time(known, counts, deadline)
        if chosen is None:
            return Choice(
                None,
                (note("their time is the same. None is marked: give --received with a line for each file."),),
                held=True,
            )
        late = _late(learner, chosen, deadline)
        when = f"{chosen.received:%Y-%m-%d %H:%M}"
        told = note(f"{chosen.source} counts, received {counts} of those that may, {when}.")
        return Choice(chosen, (told, *late.notes))
    if grows and (whole := _whole(left, answers)) is not None:
        return Choice(whole)
    what = "nothing says which was received first. None is marked: give --received, or keep one."
    return Choice(None, (note(what),), held=True)


def _by_time(known: Sequence[Submission], counts: Counts, deadline: datetime | None) -> Submission | None:
    """The first or last of those in time, or of all where all are late; None where two have the same moment."""
    times = {each.source: each.received for each in known if each.received is not None}
    may = [each for each in known if deadline is None or times[each.source] <= deadline] or list(known)
    end = (min if counts is Counts.FIRST else max)(times[each.source] for each in may)
    chosen = [each for each in may if times[each.source] == end]
    return chosen[0] if len(chosen) == 1 else None


def _late(learner: str, chosen: Submission, deadline: datetime | None) -> Choice:
    if deadline is None or chosen.received is None or chosen.received <= deadline:
        return Choice(chosen)
    by = str(chosen.received - deadline).partition(".")[0]
    text = f"received {chosen.received:%Y-%m-%d %H:%M}, after the deadline by {by}. It is marked all the same."
    return Choice(chosen, (Note(chosen.source, text, look=Look.LATE, learner=learner),))


def _whole(different: Sequence[Submission], answers: Callable[[Submission], Sequence[Attempt]]) -> Submission | None:
    """The one that holds all answers of the others, and gives no question another first answer than they do."""
    longest = max(different, key=lambda each: len(answers(each)))
    held, first = Counter(answers(longest)), first_of(answers(longest))
    for each in different:
        own = answers(each)
        if Counter(own) - held or any(first[question] != a for question, a in first_of(own).items()):
            return None
    return longest


def first_of(attempts: Sequence[Attempt]) -> dict[str, Attempt]:
    """The first answer to each question, as they stand."""
    first: dict[str, Attempt] = {}
    for attempt in attempts:
        first.setdefault(attempt.question, attempt)
    return first
