"""Even draws: in a set on several matters each learner meets all of them, and nobody has an easier set by chance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from math import exp
from statistics import fmean, pstdev

import pytest

from smtplesson.classroom import even
from smtplesson.classroom.exercise_set import ExerciseSet, freeze, ids_for, questions_for
from smtplesson.classroom.simulated import HELD
from smtplesson.content import ContentError
from smtplesson.questions.bank import QuestionBank
from smtplesson.questions.question import Question

BANK = QuestionBank.load()
LEARNERS = [f"learner-{n}" for n in range(200)]
BOTH = """\
title = "251 and 553"
matters = ["251", "553"]
families = ["answer-to-rcpt", "code-for-rcpt"]
number = 8
seed = 3
"""
BELIEFS = """\
title = "Two beliefs"
beliefs = ["551-is-forwarded", "550-equals-553"]
families = ["code-for-rcpt", "answer-to-rcpt", "said-of-whom"]
number = 12
"""


def met(questions: Sequence[Question], matters: Sequence[str]) -> list[int]:
    """How many of the questions are on each matter: by its tags, or by the beliefs behind its choices."""
    found = []
    for matter in matters:
        beliefs = ({one.misconception for c in q.choices for one in (c, *c.instead)} for q in questions)
        found.append(sum(matter in q.tags or matter in shown for q, shown in zip(questions, beliefs, strict=True)))
    return found


@pytest.mark.parametrize("text", [BOTH, BELIEFS], ids=["matters", "beliefs"])
def test_each_learner_meets_all_that_is_named_as_often(text: str) -> None:
    week = ExerciseSet.parse(text)
    for learner in LEARNERS:
        asked = questions_for(week, learner)
        assert len({q.id for q in asked}) == len(asked) == week.number
        counts = met(asked, week.served)
        assert min(counts) >= week.number // 2  # of two each has at least half, for a question may serve both
        assert {q.id for q in asked} == ids_for(week, learner)


def test_without_these_keys_some_meet_one_of_two_codes_only() -> None:
    """What the keys are for: the same families, drawn as before."""
    plain = ExerciseSet.parse(BOTH.replace('matters = ["251", "553"]\n', "").replace("number = 8", "number = 4"))
    assert any(0 in met(questions_for(plain, learner), ("251", "553")) for learner in LEARNERS)


def test_what_is_named_for_certain_counts() -> None:
    week = ExerciseSet.parse(BOTH + 'questions = ["after-251", "251-then-554"]\n')
    fixed, _ = week.asked(BANK)
    assert [q.id for q in fixed[:2]] == ["after-251", "251-then-554"]
    assert met(fixed, ("553",)) >= [2]  # the next ones drawn are on the other matter


def test_the_pretest_stays_new_unless_it_is_named() -> None:
    everything = ExerciseSet.parse('title = "x"\nmatters = ["251"]\n')
    assert "00-pretest" not in {q.lesson for q in questions_for(everything, "a")}
    pretest = ExerciseSet.parse('title = "x"\nmatters = ["251"]\nlessons = ["00-pretest"]\n')
    assert {q.lesson for q in questions_for(pretest, "a")} == {"00-pretest"}


def chance_of(skill: float, held: frozenset[str]) -> Callable[[Question], float]:
    """How likely such a learner's right answer is, after the model of `smtplesson.classroom.simulated`."""
    knows = 1 / (1 + exp(-skill))
    return lambda q: knows * (1 - HELD) if held & set(q.beliefs) else knows


@pytest.mark.parametrize(("text", "central"), [(BOTH, "refusal-blames-the-address"), (BELIEFS, "551-is-forwarded")])
def test_nobody_s_set_is_easier_by_more_than_the_questions_themselves_are(text: str, central: str) -> None:
    """The spread of what 200 learners of one ability and belief can expect, beside that of single questions."""
    week = ExerciseSet.parse(text)
    asked = [questions_for(week, learner) for learner in LEARNERS]
    each = {q.id: q for questions in asked for q in questions}
    spreads = {}
    for belief in {belief for q in each.values() for belief in q.beliefs}:
        chance = chance_of(0.8, frozenset({belief}))
        spreads[belief] = pstdev(fmean(map(chance, questions)) for questions in asked)
        assert spreads[belief] <= pstdev(map(chance, each.values())), belief
    assert len(spreads) > 20
    assert spreads[central] < 0.035  # what the set is about weighs nearly the same for everybody


def test_what_cannot_be_asked_evenly_is_told() -> None:
    for text, told in (
        ('matters = ["259"]', "line 2: matters names '259', which there is not."),
        ('beliefs = ["251-is-wrong"]', "line 2: beliefs names '251-is-wrong', which there is not. Do you mean"),
        ('matters = ["251", "251"]', "line 2: matters names something twice."),
        (
            'matters = ["251"]\nfamilies = ["mend-or-leave"]\nnumber = 4',
            "line 3: families names 'mend-or-leave', which makes no question on '251'.",
        ),
        (
            'matters = ["251", "553"]\nnumber = 1',
            "line 2: matters names '553', and nobody would be asked about it. Raise number",
        ),
    ):
        with pytest.raises(ContentError) as raised:
            ExerciseSet.parse(f'title = "x"\n{text}')
        assert told in str(raised.value)


def test_a_frozen_set_asks_the_same() -> None:
    week = ExerciseSet.parse(BOTH)
    text = BOTH + freeze(week, "1.0").toml()
    again = ExerciseSet.parse(text)
    for learner in LEARNERS[:20]:
        assert questions_for(again, learner) == questions_for(week, learner)
    with pytest.raises(ContentError, match="the set was changed after it was frozen"):
        ExerciseSet.parse(text.replace('matters = ["251", "553"]', 'matters = ["553", "251"]'))


def test_a_question_is_counted_for_all_that_it_serves() -> None:
    both = [q for q in BANK.values() if {"251", "551"} <= set(q.tags)]
    found = even.drawn([*both, *BANK.where(tag="551").values()], 3, ("251", "551"), ())
    assert Counter(m for q in found for m in ("251", "551") if even.serves(q, m)) == {"251": 3, "551": 3}
