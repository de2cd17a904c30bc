"""Votes on a card: read, spread, what comes next, and the gain; all numbers by hand."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplesson.classroom.votes import AfterVote, Card, TwoVotes, normalised_gain, read_votes
from smtplesson.protocol import display
from smtplesson.questions.kinds import KINDS
from smtplesson.questions.question import Choice, Kind, Misconception, Question
from tests.every_kind import SAMPLES

HELD = Misconception("551-forwards", "A belief.", "A correction.", "RFC 5321 section 3.4")
QUESTION = Question(
    "twins",
    "What does 251 say?",
    (
        Choice("It accepts.", "The first digit is 2.", right=True),
        Choice("It refuses.", "That would be 551.", misconception=HELD.id),
        Choice("It waits.", "That would be 450.", misconception="unknown"),
        Choice("Nothing.", "It says a lot.", misconception=HELD.id),
    ),
    "RFC 5321 section 4.2.3",
    "o",
    KINDS["single"],
    dialogue="C: RCPT TO:<a@b.example>\n",
)
CARD = Card(QUESTION, {HELD.id: HELD})


@pytest.mark.parametrize(
    ("votes", "counts"),
    [
        ("A 12, B 5", (12, 5, 0, 0)),
        ("b: 5\nA=12;d3", (12, 5, 0, 3)),
        ("A12B5C0", (12, 5, 0, 0)),
        (" AABBC\nB ", (2, 3, 1, 0)),
        ("a, b; c D", (1, 1, 1, 1)),
        ("A 100000", (100000, 0, 0, 0)),
    ],
)
def test_votes_are_read(votes: str, counts: tuple[int, ...]) -> None:
    spread = CARD.count(votes)
    assert spread.counts == counts
    assert spread.total == sum(counts)


@pytest.mark.parametrize(
    ("votes", "message"),
    [
        ("", 'There are no votes. Give counts, such as "A 12, B 5", or letters.'),
        (" \n,;", 'There are no votes. Give counts, such as "A 12, B 5", or letters.'),
        ("A 0, B 0", 'There are no votes. Give counts, such as "A 12, B 5", or letters.'),
        ("AAE", "There is no answer 'E'; there are A, B, C, D."),
        ("A 3, E 2", "There is no answer 'E'; there are A, B, C, D."),
        ("A-B", "There is no answer '-'; there are A, B, C, D."),
        ("Ä", "There is no answer 'Ä'; there are A, B, C, D."),
        ("ß", "There is no answer 'ß'; there are A, B, C, D."),
        ("A 3, B 4, a 1", "A is counted twice; which number is meant?"),
        ("A 3, B", "'B' is no count of votes; write a letter and a number: \"A 12, B 5\"."),
        ("12 A", "'12 A' is no count of votes; write a letter and a number: \"A 12, B 5\"."),
        ("A 12 B -5", "'B -5' is no count of votes; write a letter and a number: \"A 12, B 5\"."),
        ("A 1.5", "'.5' is no count of votes; write a letter and a number: \"A 12, B 5\"."),
        ("A 3 5", "'5' is no count of votes; write a letter and a number: \"A 12, B 5\"."),
        ("AB 3", "'AB 3' is no count of votes; write a letter and a number: \"A 12, B 5\"."),
        ("A 100001", "A 100001: more than 100000 votes for one answer."),
        ("A " + "9" * 30, f"'A {'9' * 18}' is no count of votes; write a letter and a number: \"A 12, B 5\"."),
    ],
)
def test_nonsense_is_told(votes: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        CARD.count(votes)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        counts = read_votes(text, "ABCD")
    except ValueError:
        return
    assert set(counts) <= set("ABCD")
    assert sum(counts.values()) > 0


@given(st.lists(st.integers(0, 500), min_size=4, max_size=4).filter(any))
def test_both_ways_of_writing_votes_are_read_alike(counts: list[int]) -> None:
    written = ", ".join(f"{letter} {n}" for letter, n in zip("ABCD", counts, strict=True))
    pasted = "".join(letter * n for letter, n in zip("ABCD", counts, strict=True))
    assert CARD.count(written) == CARD.count(pasted)
    assert CARD.count(written).counts == tuple(counts)


@pytest.mark.parametrize(
    ("votes", "step"),
    [
        ("B 9", AfterVote.EXPLAIN),
        ("A 34, B 66", AfterVote.EXPLAIN),
        ("A 35, B 65", AfterVote.DISCUSS),  # Crouch and Mazur (2001): 35 to 70 percent
        ("A 7, B 13", AfterVote.DISCUSS),
        ("A 70, C 30", AfterVote.DISCUSS),
        ("A 71, C 29", AfterVote.GO_ON),
        ("A 1", AfterVote.GO_ON),
    ],
)
def test_what_comes_next(votes: str, step: AfterVote) -> None:
    assert CARD.count(votes).step is step


def test_the_spread_does_not_give_the_answer_away() -> None:
    spread = CARD.count("A 5, B 10, C 5")
    # 5 of 20 are a quarter, and a quarter of twenty signs are five
    assert str(spread) == "A   5   25 %  #####\nB  10   50 %  ##########\nC   5   25 %  #####\nD   0    0 %\n20 votes"
    shown = spread._repr_mimebundle_()
    assert shown["text/markdown"] == (
        "| Answer | Votes | Share |\n| --- | --- | --- |\n"
        "| A | 5 | 25 % |\n| B | 10 | 50 % |\n| C | 5 | 25 % |\n| D | 0 | 0 % |"
    )
    other = Card(QUESTION.shuffled(2)).count("A 5, B 10, C 5")
    assert other.card.question.key != QUESTION.key
    assert other._repr_mimebundle_() == shown


def test_the_advice_cures_the_most_chosen_wrong_answer() -> None:
    assert CARD.count("A 5, B 10, C 5").advice == (
        "5 of 20 chose A, the right answer (25 %).\n"
        "Explain again, then ask anew. (Crouch and Mazur (2001), https://doi.org/10.1119/1.1374249)\n"
        "Most chosen of the wrong ones: B (It refuses.). That would be 551.\n"
        "Belief behind it: A belief.\n"
        "Say: A correction. (RFC 5321 section 3.4)"
    )


@pytest.mark.parametrize(
    ("votes", "letters"), [("A 9", ""), ("A 9, C 1", "C"), ("B 2, C 1, D 2", "BD"), ("A 5, D 4", "D")]
)
def test_the_most_chosen_wrong_answers(votes: str, letters: str) -> None:
    spread = CARD.count(votes)
    assert spread.tempting == letters
    assert spread.advice.count("Most chosen") == len(letters)


def test_a_belief_that_nobody_knows_is_not_told() -> None:
    advice = CARD.count("A 1, C 2").advice
    assert advice.endswith("Most chosen of the wrong ones: C (It waits.). That would be 450.")


@pytest.mark.parametrize(
    ("before", "after", "gain"),
    [(0.5, 0.75, 0.5), (0.25, 1, 1), (0.5, 0.5, 0), (0, 0.25, 0.25), (0.5, 0.25, -0.5), (1, 1, None), (1, 0, None)],
)
def test_the_gain_is_what_was_won_of_what_could_be(before: float, after: float, gain: float | None) -> None:
    assert normalised_gain(before, after) == gain


@pytest.mark.parametrize(("before", "after"), [(-0.1, 0.5), (0.5, 1.1), (50, 75), (float("nan"), 0.5)])
def test_a_share_that_is_none_is_refused(before: float, after: float) -> None:
    with pytest.raises(ValueError, match="shares are from 0 to 1"):
        normalised_gain(before, after)


def test_a_second_vote_is_compared_with_the_first() -> None:
    # 12 of 20 are 0.6, 24 of 25 are 0.96: (0.96 - 0.6) / 0.4 = 0.9
    change = TwoVotes(CARD.count("A 12, B 8"), CARD.count("A 24, B 1"))
    assert change.gain == pytest.approx(0.9)
    assert str(change) == "Right: 60 %, then 96 %. Normalised gain 0.90 (Hake (1998), https://doi.org/10.1119/1.18809)."
    rows = change._repr_mimebundle_()["text/markdown"].split("\n")
    assert rows[0] == "| Answer | First vote | Share | Second vote | Share |"
    assert rows[2:6] == [
        "| A | 12 | 60 % | 24 | 96 % |",
        "| B | 8 | 40 % | 1 | 4 % |",
        *(f"| {x} | 0 | 0 % | 0 | 0 % |" for x in "CD"),
    ]
    assert "First vote\nA  12   60 %" in change._repr_mimebundle_()["text/plain"]


def test_a_gain_is_rounded_from_its_exact_value() -> None:
    # (19/20 - 12/20) / (8/20) = 7/8
    assert "gain 0.88 " in str(TwoVotes(CARD.count("A 12, B 8"), CARD.count("A 19, B 1")))


def test_there_is_no_gain_where_all_were_right() -> None:
    change = TwoVotes(CARD.count("A 3"), CARD.count("A 2, B 1"))
    assert change.gain is None
    assert str(change) == "Right: 100 %, then 67 %. All were right at first, so there was nothing to gain."


def test_votes_on_different_questions_are_not_compared() -> None:
    with pytest.raises(ValueError, match="different questions"):
        TwoVotes(CARD.count("A"), Card(QUESTION.shuffled(1)).count("A"))


def test_a_card_shows_the_question_without_its_key() -> None:
    assert str(CARD) == (
        "What does 251 say?\nC: RCPT TO:<a@b.example>\n"
        "  A. It accepts.\n  B. It refuses.\n  C. It waits.\n  D. Nothing."
    )
    shown = (*CARD._repr_mimebundle_().values(), CARD.page)
    assert all(text not in "".join(shown) for choice in QUESTION.choices for text in (choice.feedback, HELD.belief))
    assert all("RCPT TO:" in text and "It waits" in text for text in shown)


def test_a_card_does_not_tell_the_class_of_a_reply() -> None:
    card = Card.of("251-or-551")
    for shown in (card.page, card._repr_mimebundle_()["text/html"]):
        drawn = shown.partition("</style>")[2] or shown
        assert "<b>251</b> User not local" in drawn
        assert "accepted" not in drawn
        assert "sl-2" not in drawn
    assert "✓ accepted" in display.dialogue(card.question.dialogue)  # elsewhere it is told


def test_a_card_of_the_kit_has_its_answer_anywhere() -> None:
    cards = [Card.of("251-or-551", seed=seed) for seed in range(40)]
    assert {card.question.key for card in cards} == set("ABCD")
    assert {card.question.id for card in cards} == {"251-or-551"}
    assert "551-is-forwarded" in cards[0].misconceptions
    assert Card.of("who-must-act~7").question.id == "who-must-act~7"
    with pytest.raises(ValueError, match=r"^There is no question 'nowhere'; "):
        Card.of("nowhere")


@pytest.mark.parametrize("kind", KINDS.values(), ids=str)
def test_a_card_needs_one_letter(kind: Kind) -> None:
    question = SAMPLES[kind.name]
    if kind.is_one_letter:
        assert Card(question).count(question.key).share == 1
    else:
        with pytest.raises(ValueError, match=f"^{question.id} is of the kind {kind}; a card needs one letter"):
            Card(question)


def test_advice_is_folded_where_it_may_be_on_the_projector() -> None:
    advice = Card.of("251-or-551", seed=2).count("A 7, B 5, C 2, D 10").advice
    shown = advice._repr_mimebundle_()
    assert shown["text/plain"] == "Advice for you alone, not for the projector: print it."
    folded = re.sub(r"<details.*?</details>", "", shown["text/html"])
    assert "10 of 24" not in folded
    assert "10 of 24 chose D" in str(advice)
    assert "10 of 24 chose D" in shown["text/html"]
