"""Keys that can be found out: what the server answers, what the grammar allows, which order goes through."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

import pytest

from smtplesson.protocol.grammar import CommandSyntaxError, parse_mailbox, parse_rcpt
from smtplesson.protocol.transcript import Line, Transcript
from smtplesson.questions.bank import QuestionBank
from smtplesson.questions.kinds import KINDS
from smtplesson.questions.kinds.who import PARTIES
from smtplesson.questions.question import Kind, Question
from smtplesson.server import worlds
from smtplesson.server.server import Server
from tests.protocol.test_grammar import oracle

BANK = QuestionBank.load()
COUNTS = {
    KINDS["several"]: (3, 6),
    KINDS["order"]: (4, 7),
    KINDS["fault"]: (3, 8),
    KINDS["predict"]: (3, 5),
    KINDS["single"]: (3, 5),
}


def each(*kinds: Kind) -> pytest.MarkDecorator:
    asked = [question for question in BANK.values() if question.kind in kinds]
    return pytest.mark.parametrize("question", asked, ids=[question.id for question in asked])


@pytest.mark.parametrize(
    ("kind", "least"),
    [
        (KINDS["several"], 8),
        (KINDS["typed"], 5),
        (KINDS["predict"], 5),
        (KINDS["order"], 3),
        (KINDS["fault"], 4),
        (KINDS["repair"], 4),
        (KINDS["who"], 4),
    ],
)
def test_there_are_enough_of_each_kind(kind: Kind, least: int) -> None:
    assert sum(question.kind is kind for question in BANK.values()) >= least


@each(*COUNTS)
def test_there_is_something_to_choose_from_and_not_too_much(question: Question) -> None:
    least, most = COUNTS[question.kind]
    assert least <= len(question.choices) <= most


# --- what a server answers ---


def said_by_both(server: Server, before: bool, lines: Sequence[Line]) -> tuple[list[int], list[str]] | None:
    """Say the client's lines and wait for the server's: all codes, and the rows of replies not waited for.

    None where the server says something else than it should, or is interrupted. What it should say may be shortened.
    """
    session = server.connect(record=False)
    if before:
        session.send("EHLO client.example")
    codes: list[int] = []
    rows: list[str] = []
    waits = any(line.speaker == "S" for line in lines)
    for line in lines:
        if line.speaker == "S":
            if not rows or not rows.pop(0).startswith(line.text):
                return None
        elif session.closed or (waits and rows):
            return None
        elif reply := session.send(line.text):
            codes.append(reply.code)
            rows = str(reply).split("\n")
    return codes, rows


@each(KINDS["predict"])
def test_the_server_replies_what_is_to_be_predicted(question: Question) -> None:
    played = said_by_both(worlds.load(question.world), True, Transcript.parse(question.dialogue))
    assert played is not None, "the server's lines of the dialogue are not what this world says"
    codes, rows = played
    assert rows, "the last line gets no reply"
    foreseen = [choice.text[:3] for choice in question.choices]
    assert len(set(foreseen)) == len(foreseen)
    assert [choice.text[:3] for choice in question.choices if choice.right] == [str(codes[-1])]
    assert "EHLO" in question.prompt  # it is not in the dialogue, and the learner must know


# --- which order goes through ---


#: Of each message taken: from whom, to whom (in whatever order), and its text; and whether the session is over.
Effect = tuple[list[tuple[str, set[str], bytes]], bool]


def effect(question: Question, server: Server, texts: Sequence[str]) -> Effect | None:
    """What comes of lines in this order; None for an error.

    Where the last line is DATA, an empty message follows, to see whose it is.
    """
    both = [f"{'S' if re.match(r'[2-5][0-5][0-9][ -]', text) else 'C'}: {text}" for text in texts]
    lines = [*Transcript.parse(question.dialogue), *Transcript.parse("\n".join(both))]
    if lines[-1].text == "DATA":
        lines.append(Line("C", "."))
    already = len(server.delivered)
    waits = any(line.speaker == "S" for line in lines)
    played = said_by_both(server, not any(text.startswith("EHLO") for text in texts), lines)
    if played is None or (waits and played[1]) or (not waits and max(played[0]) >= 400):
        return None
    taken = [
        (str(envelope.reverse_path), {str(recipient.mailbox) for recipient in envelope.recipients}, envelope.data)
        for envelope in server.delivered[already:]
    ]
    return taken, lines[-1].text == "QUIT" and played[0][-1] == 221


@each(KINDS["order"])
def test_one_order_alone_goes_through_with_this_effect(question: Question) -> None:
    server = worlds.load(question.world)
    texts = [choice.text for choice in question.choices]
    wanted = effect(question, server, texts)
    assert wanted is not None, "the right order itself does not go through"
    assert wanted[0], "no message was taken"
    for other in itertools.permutations(texts):
        if list(other) != texts:
            assert effect(question, server, other) != wanted, other


# --- what the grammar allows ---


def is_well_formed(text: str) -> bool:
    """By the RFC's own ABNF, a path or a mailbox."""
    return oracle("Path" if text.startswith("<") else "Mailbox", text)


@each(KINDS["fault"])
def test_the_faulty_piece_is_the_one_that_has_to_go(question: Question) -> None:
    pieces = [choice.text for choice in question.choices]
    assert not is_well_formed(question.address)
    # without the faulty piece it is well formed; without any other it is not
    without = ["".join(pieces[:place] + pieces[place + 1 :]) for place in range(len(pieces))]
    assert [is_well_formed(text) for text in without] == [choice.right for choice in question.choices]


@each(KINDS["fault"])
def test_the_kit_marks_the_faulty_piece(question: Question) -> None:
    command = "RCPT TO:" if question.address.startswith("<") else ""
    with pytest.raises(CommandSyntaxError) as raised:
        parse_rcpt(f"TO:{question.address}") if command else parse_mailbox(question.address)
    ends = list(itertools.accumulate(len(choice.text) for choice in question.choices))
    faulty = next(place for place, end in enumerate(ends) if raised.value.span[0] - len(command) < end)
    assert question.choices[faulty].right


@each(KINDS["repair"])
def test_what_counts_as_repaired_is_well_formed_and_one_mailbox(question: Question) -> None:
    assert not is_well_formed(question.address)
    assert not question.mark(question.address).right
    repaired = [choice.text for choice in question.choices if choice.right]
    near = [choice.text for choice in question.choices if not choice.right]
    assert all(is_well_formed(text) for text in [*repaired, *near])  # of all others the grammar says what is wrong
    assert not any(text.startswith("<") for text in [*repaired, *near])
    (meant,) = {parse_mailbox(text).key for text in repaired}
    assert meant not in {parse_mailbox(text).key for text in near}
    for choice in question.choices:
        mark = question.mark(choice.text)
        assert (mark.right, mark.feedback) == (choice.right, choice.feedback)


ADDRESSES = [q for q in BANK.values() if q.kind.control == "checkbox" and q.objective == "address-syntax"]


@pytest.mark.parametrize("question", ADDRESSES, ids=[question.id for question in ADDRESSES])
def test_the_addresses_to_choose_are_those_that_the_abnf_allows(question: Question) -> None:
    assert [is_well_formed(choice.text) for choice in question.choices] == [c.right for c in question.choices]


def test_there_are_addresses_to_choose() -> None:
    assert ADDRESSES


# --- the other kinds ---


@each(KINDS["typed"])
def test_a_typed_answer_has_near_misses_with_words_of_their_own(question: Question) -> None:
    near = [choice for choice in question.choices if not choice.right]
    assert len(near) >= 2
    assert len({choice.feedback for choice in question.choices}) == len(question.choices)
    assert all(len(choice.text) <= 8 for choice in question.choices)  # short enough to be typed
    assert all(choice.text not in question.prompt.split() for choice in question.choices if choice.right)
    for choice in question.choices:
        mark = question.mark(f" {choice.text.lower()} ")
        assert (mark.right, mark.feedback) == (choice.right, choice.feedback)


def test_each_party_has_to_act_somewhere() -> None:
    keys = {choice.text for q in BANK.values() if q.kind is KINDS["who"] for choice in q.choices if choice.right}
    assert keys == set(PARTIES)
