"""What do I do now: every way ends, every end is reached and true to its source, and recorded replies find theirs."""

from __future__ import annotations

import csv
import re
import shlex

import pytest

from smtplesson.__main__ import main
from smtplesson.guide import what_now
from smtplesson.guide.field_guide import Explanation, explain
from smtplesson.guide.head_to_head import side_by_side
from smtplesson.guide.what_now import WHO, Advice, TriageQuestion, Way, ends, follow, start, ways
from smtplesson.questions.bank import QuestionBank
from smtplesson.server import worlds
from tests.guide.test_field_guide import COARSE, phase, rows
from tests.paths import DATA
from tests.sources import missing

ROLES = ("sender", "programmer", "postmaster")
CONTENT = what_now._content()
ENDS = [advice for role in ROLES for advice in ends(role)]
BY_TITLE = {(advice.role, advice.id): advice for advice in ENDS}
RECORDINGS = DATA / "recordings.csv"
REAL, MORE = rows("real_replies.csv"), rows("more_replies.csv")
#: These ends are for replies that say nothing of whom they are about.
GENERAL = {"go-on", "unsaid", "later-unsaid", "no-class"}


def name(advice: Advice) -> str:
    return f"{advice.role}-{advice.id}"


# --- the questions ------------------------------------------------------------------------------------------------


def test_there_are_three_roles() -> None:
    assert tuple(what_now.roles()) == ROLES


@pytest.mark.parametrize("role", ROLES)
def test_every_way_ends_after_a_few_questions(role: str) -> None:
    found = list(ways(role))
    assert all(way.is_over for way in found)
    assert max(len(way.taken) for way in found) <= 6
    assert len({tuple(answer.text for _, answer in way.taken) for way in found}) == len(found)


def test_every_advice_is_reached_by_each_role_that_it_speaks_to() -> None:
    reached = {(advice.role, advice.id) for advice in ENDS}
    written = {(role, id_) for id_, entry in CONTENT["advice"].items() for role in ROLES if role in entry}
    assert reached == written
    assert {id_ for _, id_ in reached} == set(CONTENT["advice"])


def test_every_question_is_asked() -> None:
    asked = {question.id for role in ROLES for way in ways(role) for question, _ in way.taken}
    assert asked == set(CONTENT["question"])


@pytest.mark.parametrize("id_", CONTENT["question"])
def test_a_question_can_be_answered(id_: str) -> None:
    question = what_now._question(id_)
    assert question.text.endswith("?")
    assert question.hint.endswith((".", "?"))
    assert 2 <= len(question.answers) <= 10  # A to J
    texts = [answer.text for answer in question.answers]
    assert len(texts) == len(set(texts))
    assert max(map(len, texts)) <= 110
    if any(answer.when for answer in question.answers) and id_ != "digit":
        assert [c for answer in question.answers for c in answer.when][-1] == what_now.Condition()


def test_the_first_digit_is_asked_before_anything_else_of_the_reply() -> None:
    """RFC 5321 section 4.2: the first digit decides."""
    for role in ROLES:
        for way in ways(role):
            asked = [question.id for question, _ in way.taken]
            assert asked[:1] == ["have"] if role == "sender" else asked[:1] == ["digit"]
            assert asked[1:2] in ([], ["digit"]) or role != "sender"


# --- the advice ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("advice", ENDS, ids=name)
def test_an_advice_is_whole(advice: Advice) -> None:
    assert missing(advice.source) == []
    assert "RFC" in advice.source
    assert advice.who in WHO
    assert re.fullmatch(r"0[0-9]", advice.lesson)
    assert advice.title.endswith(".")
    assert advice.do.endswith(".")
    assert advice.avoid.startswith("Do not ")
    assert len(advice.title) <= 130
    assert max(len(advice.do), len(advice.avoid)) <= 160
    assert set(advice.about) <= set(COARSE.values()) | {"recipient", "sender", "content", "auth", "server", "parameter"}
    assert bool(advice.line) != bool(advice.command)


LINES = {advice.line: advice for advice in ENDS if advice.line}
COMMANDS = {advice.command: advice for advice in ENDS if advice.command}


@pytest.mark.parametrize("line", LINES)
def test_a_line_to_try_is_answered_as_it_is_said(line: str) -> None:
    assert worlds.load("foo").reply_to(line).code == LINES[line].says


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_to_try_works_and_is_about_the_same(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    python, dash_m, package, verb, *rest = shlex.split(command)
    assert (python, dash_m, package) == ("python", "-m", "smtplesson")
    if verb == "talk":
        assert rest == ["--world", "foo"]
        return
    assert main([verb, *rest]) == 0
    said = capsys.readouterr().out
    answered = rest[1] if rest[0] == "--command" else None
    best = explain(rest[-1], command=answered).best
    if best is None:
        assert COMMANDS[command].id == "no-class"
        assert "no SMTP reply code" in said
    else:
        assert "What to do: " in said
        assert best.about in COMMANDS[command].about


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("line", [line for line in LINES if not line.startswith("NOOP")])
def test_the_reply_to_a_line_to_try_leads_back_to_its_advice(line: str, role: str) -> None:
    reply = worlds.load("foo").reply_to(line)
    way = follow(role, explain(str(reply), command=line.split()[0]))
    wanted = {id_ for id_, entry in CONTENT["advice"].items() if entry.get("line") == line}
    if role == "sender" and not way.is_over:
        assert way.at.id == "where-from"
        way = way.answer(1)
    assert way.at.id in wanted


def test_no_person_must_act_after_a_success_and_somebody_after_a_refusal() -> None:
    for role in ROLES:
        for way in ways(role):
            assert isinstance(way.at, Advice)
            digit = next((given.text[0] for question, given in way.taken if question.id == "digit"), "")
            if digit in ("2", "3"):
                done = way.at.id in ("message-taken", "nothing-waiting")
                assert way.at.who == ("Nobody" if done else "No person: the program goes on by itself")
            if digit == "5":
                assert not way.at.who.startswith("No")


@pytest.mark.parametrize(
    ("reply", "command"),
    [
        ("250 OK", "RCPT"),
        ("251 User not local; will forward to <green@bar.org>", "RCPT"),
        ("252 Cannot VRFY user, but will accept message and attempt delivery", "VRFY"),
        ("354 Start mail input; end with <CRLF>.<CRLF>", "DATA"),
        ("421 foo.com Service not available, closing transmission channel", "RCPT"),
        ("450 Requested mail action not taken: mailbox unavailable", "RCPT"),
        ("451 Requested action aborted: local error in processing", "RCPT"),
    ],
)
def test_where_no_person_must_act_the_program_does_as_two_codes_head_to_head_say(reply: str, command: str) -> None:
    code = int(reply[:3])
    for role in ROLES:
        (end,) = last(follow(role, explain(reply, command=command)))
        assert "program" in end.who.lower()
    acts = {row.label: row.left for row in side_by_side(code, 220).rows}["Who must act"]
    assert acts.startswith("The program: ")


def test_after_251_the_program_acts_as_the_bank_has_it() -> None:
    (party,) = (choice.text for choice in QuestionBank.load()["251-who-acts"].choices if choice.right)
    assert party == "The program"


# --- recorded replies find their way ---------------------------------------------------------------------------------


def last(way: Way) -> list[Advice]:
    """The ends that are still open."""
    if isinstance(way.at, Advice):
        return [way.at]
    return [end for number in range(1, len(way.at.answers) + 1) for end in last(way.answer(number))]


@pytest.mark.parametrize("role", ROLES)
def test_real_replies_lead_to_an_advice_about_whom_they_were_labelled_by_hand(role: str) -> None:
    general = 0
    for row in REAL:
        found = last(follow(role, explain(row["reply"], command=phase(row))))
        label = COARSE.get(row["about"], row["about"])
        assert all(label in end.about for end in found), row["reply"]
        general += any(end.id in GENERAL for end in found)
    assert general <= len(REAL) * 0.02


@pytest.mark.parametrize("role", ROLES)
def test_more_replies_lead_to_an_advice_about_the_party_that_the_field_guide_names(role: str) -> None:
    general = 0
    for row in MORE:
        explained = explain(row["reply"], command=row["command"] or None)
        assert explained.best is not None
        found = last(follow(role, explained))
        assert all(explained.best.about in end.about for end in found), row["reply"]
        general += any(end.id in GENERAL for end in found)
    assert general <= len(MORE) * 0.05


def recorded() -> list[tuple[str, str]]:
    """Every different refusal, 251 and 252 of the recordings to MAIL, RCPT and VRFY, with its command."""
    with RECORDINGS.open(newline="", encoding="utf-8", errors="surrogateescape") as file:
        found = {
            (row["sent"][:4].upper(), f"{row['code']} {row['text']}".strip())
            for row in csv.DictReader(file)
            if row["code"] and (row["code"][0] in "45" or row["code"] in ("251", "252"))
        }
    return sorted(pair for pair in found if pair[0] in ("MAIL", "RCPT", "VRFY"))


def test_recorded_refusals_lead_to_an_advice_about_the_party_that_the_field_guide_names() -> None:
    pairs = recorded()
    assert len(pairs) > 150
    for command, reply in pairs:
        explained = explain(reply, command=command)
        assert explained.best is not None
        for end in last(follow("programmer", explained)):
            assert explained.best.about in end.about, (command, reply, end.id)


def test_the_same_code_leads_to_different_people() -> None:
    """Three 553s: whose mailbox name is not allowed is said by the enhanced code and the text."""

    def end(reply: str, command: str) -> str:
        return follow("programmer", explain(reply, command=command)).at.id

    assert end("553 5.1.3 The recipient address is not a valid RFC 5321 address", "RCPT") == "bad-recipient"
    assert end("553 5.7.1 <a@b.c>: Sender address rejected: not owned by user d", "RCPT") == "sender-not-mine"
    assert end("553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", "RCPT") == "relay"
    assert end("553 5.1.8 Domain of sender address does not exist", "MAIL") == "sender-domain"


def test_what_a_reply_cannot_say_is_left_to_the_person() -> None:
    explained = explain("550 5.1.1 No such user here", command="RCPT")
    assert follow("sender", explained).at.id == "where-from"
    assert follow("programmer", explained).at.id == "unknown"


@pytest.mark.parametrize(
    ("reply", "end"),
    [
        ("550 Requested action not taken: mailbox unavailable", "unsaid"),
        ("550 5.7.1 Requested action not taken: mailbox unavailable", "policy"),
        ("550 5.1.1 Requested action not taken: mailbox unavailable", "unknown"),
        ("553 5.7.1 Mailbox name not allowed", "policy"),
        ("553 5.1.8 Mailbox name not allowed", "sender-domain"),
        ("450 Requested mail action not taken: mailbox unavailable", "later-recipient"),
        ("454 4.7.0 Temporary authentication failure", "later-server"),
    ],
)
def test_the_standards_phrase_leads_no_further_than_its_numbers(reply: str, end: str) -> None:
    assert follow("programmer", explain(reply, command="RCPT")).at.id == end


def test_a_text_without_a_reply_answers_nothing() -> None:
    nothing: Explanation = explain("hello")
    assert follow("programmer", nothing) == start("programmer")


# --- going and coming back ----------------------------------------------------------------------------------------


def test_an_answer_can_be_taken_back() -> None:
    first = start("postmaster")
    second = first.answer(4)
    assert isinstance(second.at, TriageQuestion)
    assert second.at.id == "command"
    assert second.answer(1).back() == second
    assert second.back() == first
    assert first.back() == first


def test_what_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="'boss' is no role; there are sender, programmer, postmaster"):
        start("boss")
    with pytest.raises(ValueError, match="There is no answer 7; there are 1 to 6"):
        start("programmer").answer(7)
    with pytest.raises(ValueError, match="The path has come to its end"):
        start("sender").answer(2).answer(1)
