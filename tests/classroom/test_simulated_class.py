"""A class whose truth is known: the report finds the beliefs that were planted, and the bad questions."""

from __future__ import annotations

import resource
import time
from collections import Counter
from functools import cache

import pytest

from smtplesson.classroom import findings, item_statistics
from smtplesson.classroom.exercise_set import ExerciseSet
from smtplesson.classroom.marking import mark_class
from smtplesson.classroom.report import ClassReport
from smtplesson.classroom.simulated import SAMPLE, Model, collected, sample
from smtplesson.questions.bank import QuestionBank

BANK = QuestionBank.load()
PLANTED = {"251-is-an-error": 0.4, "553-try-again": 0.35, "text-decides": 0.3}
FLAWED, HARD, AVOIDED = ("stranger-asks", "after-354"), ("well-formed",), {"four-or-five-when-full": ""}


@cache
def planted(seed: int, count: int = 200) -> ClassReport:
    choice = next(c.misconception for c in BANK["four-or-five-when-full"].choices if not c.right)
    model = Model(PLANTED, FLAWED, HARD, {"four-or-five-when-full": choice})
    return ClassReport.of(collected(model, count, seed, [*BANK.values()]))


SEEDS = [1, 2, 3, 4, 5]


@pytest.mark.parametrize("seed", SEEDS)
def test_planted_beliefs_are_found_first(seed: int) -> None:
    assert {belief.misconception.id for belief in planted(seed).beliefs[: len(PLANTED)]} == set(PLANTED)


@pytest.mark.parametrize("seed", SEEDS)
def test_who_holds_a_belief_firmly_is_mostly_who_was_given_it(seed: int) -> None:
    model = Model(PLANTED, FLAWED, HARD)
    holders = {learner.id for learner in model.learners(200, seed) if "text-decides" in learner.beliefs}
    belief = next(each for each in planted(seed).beliefs if each.misconception.id == "text-decides")
    assert len(set(belief.firm) & holders) / len(holders) > 0.9
    assert len(set(belief.firm) - holders) / (200 - len(holders)) < 0.1


@pytest.mark.parametrize("seed", SEEDS)
def test_planted_bad_questions_are_found(seed: int) -> None:
    why = {item.id: " ".join(item.rewrite) for item in planted(seed).items if item.rewrite}
    assert {id for id, text in why.items() if "is the key right" in text} == set(FLAWED)
    assert {id for id, text in why.items() if "Nearly everybody is wrong" in text} >= set(HARD)
    assert [id for id, text in why.items() if "Nobody in" in text] == ["four-or-five-when-full"]


@pytest.mark.parametrize("seed", SEEDS)
def test_where_nothing_is_planted_no_question_is_blamed(seed: int) -> None:
    report = ClassReport.of(collected(Model(), 200, seed, [*BANK.values()]))
    assert [item.id for item in report.items if item.rewrite] == []


def test_a_set_with_variants_finds_them_too() -> None:
    text = 'title = "x"\nlessons = ["03-251", "neighbours"]\nfamilies = ["then-what", "who-must-act"]\nnumber = 30'
    exercise = ExerciseSet.parse(text)
    handed_in = collected(Model({"251-is-an-error": 0.5}), 60, 3, (), exercise=exercise)
    report = ClassReport.of(handed_in, exercise=exercise)
    assert report.marked.notes == ()
    assert [mark.answered for mark in report.marked.marks] == [30] * 60
    assert report.beliefs[0].misconception.id == "251-is-an-error"
    assert {item.id for item in report.items if item.is_family} == {"then-what~", "who-must-act~"}


def test_the_model_is_what_it_says() -> None:
    learners = Model({"text-decides": 0.25}, skill=0.5, spread=2).learners(4000, 1)
    skills = [learner.skill for learner in learners]
    mean = sum(skills) / 4000
    spread = (sum((skill - mean) ** 2 for skill in skills) / 4000) ** 0.5
    assert mean == pytest.approx(0.5, abs=0.1)  # three standard errors: 3 * 2 / 63
    assert spread == pytest.approx(2, abs=0.07)
    assert sum("text-decides" in learner.beliefs for learner in learners) / 4000 == pytest.approx(0.25, abs=0.021)
    handed_in = collected(Model(spread=0, skill=0), 300, 1, [*BANK.values()])
    marks = mark_class(handed_in).marks
    assert sum(mark.right for mark in marks) / sum(mark.asked for mark in marks) == pytest.approx(0.5, abs=0.01)


def test_every_kind_of_question_is_answered_and_every_answer_can_be_marked() -> None:
    marked = mark_class(collected(Model({"251-is-an-error": 1.0}), 20, 1, [*BANK.values()]))
    assert marked.notes == ()
    wrong = Counter(o.question.kind for outcomes in marked.first.values() for o in outcomes if not o.right)
    assert set(wrong) == {question.kind for question in BANK.values()}


def test_the_same_seed_gives_the_same_class() -> None:
    assert sample(10, 7).submissions == sample(10, 7).submissions
    assert sample(10, 7).submissions != sample(10, 8).submissions


def test_the_sample_shows_what_its_text_says() -> None:
    report = ClassReport.of(sample())
    assert [each.misconception.id for each in report.beliefs[:2]] == ["251-is-an-error", "553-is-syntax"]
    assert {item.id for item in report.items if item.rewrite} == {*SAMPLE.flawed, *SAMPLE.hard}
    assert report.gain is not None
    assert report.gain.after > report.gain.before


def test_a_class_of_a_thousand_takes_seconds() -> None:
    """200 answers each; `python -m tests.bench.classroom` measures more. The bound is wide: machines differ."""
    questions = [*BANK.values(), *list(BANK.values())[: max(0, 200 - len(BANK))]][:200]
    handed_in = collected(Model(PLANTED), 1000, 1, questions)
    start = time.process_time()
    marked = mark_class(handed_in)
    item_statistics.items(marked.first)
    findings.beliefs(marked.first)
    findings.needs(marked.first)
    findings.pairs(marked.first)
    assert time.process_time() - start < 30
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 1_000_000  # KiB on Linux
