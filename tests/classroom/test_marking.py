"""Marks: from raw answers alone, by the set and the learner's id."""

from __future__ import annotations

from datetime import date

import pytest

from smtplesson.classroom.exercise_set import ExerciseSet, questions_for
from smtplesson.classroom.findings import gain
from smtplesson.classroom.marking import LearnerMark, mark_class
from smtplesson.classroom.roster import Roster
from smtplesson.classroom.submissions import Collected, Look
from smtplesson.learner.attempts import Attempt
from smtplesson.questions.bank import QuestionBank

BANK = QuestionBank.load()
DAY, NEXT = date(2026, 1, 5), date(2026, 1, 6)
WEEK = ExerciseSet.parse('title = "Week"\nlessons = ["03-251"]\nfamilies = ["who-must-act"]\nnumber = 6', "week.toml")
PRE = "pre-251"  # its key is A, as its file shows


def collected(**attempts: list[Attempt]) -> Collected:
    found = Collected()
    for learner, own in attempts.items():
        found.add(learner, tuple(own), f"{learner}.txt")
    return found


def answers(learner: str, right: int, answered: int) -> list[Attempt]:
    """Answers to the set, the first `right` of them right, in the letters of the files."""
    found = []
    for number, question in enumerate(questions_for(WEEK, learner)[:answered]):
        wrong = "zzz" if not question.letters else next(x for x in question.letters if x != question.key)
        response = (
            question.key if number < right else "".join(reversed(question.key)) if len(question.key) > 3 else wrong
        )
        found.append(Attempt(question.id, question.to_file(response), DAY, None, WEEK.quiz(learner)))
    return found


def test_a_set_is_marked_out_of_what_it_asks() -> None:
    marked = mark_class(collected(ada=answers("ada", 3, 5), zoe=answers("zoe", 6, 6)), exercise=WEEK)
    assert marked.marks == (LearnerMark("ada", "", 6, 5, 3), LearnerMark("zoe", "", 6, 6, 6))
    assert [mark.share for mark in marked.marks] == [0.5, 1.0]
    assert marked.notes == ()


def test_all_on_the_roster_are_there_in_its_order() -> None:
    roster = Roster({"zoe": "Zoë", "ada": "", "nil": "Nil"})
    marked = mark_class(collected(ada=answers("ada", 1, 1)), exercise=WEEK, roster=roster)
    assert marked.marks == (
        LearnerMark("zoe", "Zoë", 6, 0, 0),
        LearnerMark("ada", "", 6, 1, 1),
        LearnerMark("nil", "Nil", 6, 0, 0),
    )


def test_another_s_answers_are_to_other_questions() -> None:
    stolen = [Attempt(a.question, a.response, DAY, None, WEEK.quiz("eve")) for a in answers("zoe", 6, 6)]
    marked = mark_class(collected(eve=stolen), exercise=WEEK)
    same = {q.id for q in questions_for(WEEK, "eve")} & {q.id for q in questions_for(WEEK, "zoe")}
    assert marked.marks[0].right == len(same) < 6
    assert "to questions that the set does not ask of 'eve': not counted." in marked.notes[0].text


def test_the_answer_that_stands_first_counts_whatever_its_day() -> None:
    wrong, dated_back = Attempt(PRE, "B", NEXT), Attempt(PRE, "A", DAY)
    marked = mark_class(collected(ada=[wrong, dated_back]))
    assert marked.marks == (LearnerMark("ada", "", 1, 1, 0),)
    assert len(marked.all["ada"]) == 2
    assert [note.look for note in marked.marks[0].look] == [Look.BACKWARDS]


def test_who_is_not_on_the_roster_is_told() -> None:
    answer = Attempt(PRE, "A", DAY)
    marked = mark_class(collected(ada=[answer], eve=[answer]), roster=Roster(["ada"]))
    assert [mark.learner for mark in marked.marks] == ["ada"]
    assert [str(note) for note in marked.notes] == ["eve.txt: refused: its learner 'eve' is not on the roster."]


def test_the_gain_goes_by_day() -> None:
    read = [("B", NEXT, "00-pretest"), ("A", DAY, "00-pretest"), ("B", NEXT, "09-posttest")]
    marked = mark_class(collected(ada=[Attempt(PRE, response, day, None, quiz) for response, day, quiz in read]))
    assert [outcome.right for outcome in marked.first["ada"]] == [False]
    gained = gain(marked.all)
    assert gained is not None
    assert (gained.before, gained.after) == (1.0, 0.0)


def test_what_cannot_be_marked_is_told() -> None:
    odd = [Attempt("pre-999", "A", DAY), Attempt(PRE, "Z", DAY), Attempt(PRE, "A" * 1001, DAY), Attempt(PRE, "A", DAY)]
    marked = mark_class(collected(ada=odd))
    assert marked.marks == (LearnerMark("ada", "", 1, 1, 1),)
    assert [note.text for note in marked.notes] == [
        "1 answer, such as 'pre-999', to questions that this kit does not know: not counted.",
        "2 answers, such as 'pre-251', that make no sense there: not counted.",
    ]


def test_generated_questions_without_end_cost_little() -> None:
    many = [Attempt(f"strange-code~{n}", "A", DAY) for n in range(5000)]
    marked = mark_class(collected(ada=many))
    assert marked.marks[0].answered == 200
    assert "4800 answers, such as 'strange-code~200'" in marked.notes[0].text


def test_a_set_that_nobody_answered_is_told() -> None:
    marked = mark_class(collected(ada=[Attempt(PRE, "A", DAY)]), exercise=WEEK)
    assert [note.text for note in marked.notes] == [
        "no answer of 'ada' belongs to the set 'week'.",
        "nobody's answers belong to the set 'week'. Is it the right one?",
    ]
    assert len(marked.all["ada"]) == 1  # it is there for the gain from the pretest


@pytest.mark.parametrize("claimed", ["A", "B"])
def test_the_mark_is_the_kit_s_own(claimed: str) -> None:
    assert BANK[PRE].key == "A"
    assert mark_class(collected(ada=[Attempt(PRE, claimed, DAY)])).marks[0].right == (claimed == "A")
