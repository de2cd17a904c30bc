"""Each kind of question: what is an answer to it, how that is marked, and what its file must have."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplesson.content import ContentError
from smtplesson.questions.bank import QuestionBank
from smtplesson.questions.kinds import KINDS
from smtplesson.questions.kinds.who import PARTIES
from smtplesson.questions.question import Choice, Kind, Question
from tests.every_kind import SAMPLES


def made(kind: Kind, *choices: Choice, **more: str) -> Question:
    return Question("q", "Which?", choices, "RFC 5321 section 4.2", "o", kind=kind, **more)  # type: ignore[arg-type]


def choice(text: str, *, right: bool = False, behind: str = "") -> Choice:
    return Choice(text, f"On {text}.", right, behind)


SEVERAL = made(
    KINDS["several"],
    choice("250", right=True, behind="only-251"),
    choice("553", behind="553-accepts"),
    choice("251", right=True, behind="251-is-an-error"),
    choice("550", behind="553-accepts"),
)
LINES = ("EHLO a.example", "MAIL FROM:<b@a.example>", "RCPT TO:<c@d.example>", "DATA")
ORDER = made(KINDS["order"], *(choice(line, behind=line.split()[0].lower()) for line in LINES))
TYPED = made(
    KINDS["typed"],
    choice("5.1.3", right=True),
    choice("553", behind="basic"),
    choice("5.1.1", behind="unknown"),
    otherwise="Think of section 3.2 of RFC 3463.",
)
REPAIR = made(
    KINDS["repair"],
    choice("jones@foo.com", right=True),
    choice("jones@foo..com", behind="dots"),
    choice("jones@foocom", behind="dots"),
    address="jones@foo..com",
    otherwise="That is somebody else.",
)
FAULT = made(
    KINDS["fault"],
    choice("jones@foo", behind="x"),
    choice("..", right=True),
    choice("com", behind="x"),
    address="jones@foo..com",
)
WHO = made(KINDS["who"], *(choice(party, right=party == "The sender", behind="") for party in PARTIES))
MATCHING, LABELLING = SAMPLES["matching"], SAMPLES["labelling"]
EVERY = (SEVERAL, ORDER, TYPED, REPAIR, FAULT, WHO, MATCHING, LABELLING)
LETTERED = (SEVERAL, ORDER, FAULT, WHO)


@pytest.mark.parametrize("question", EVERY, ids=lambda q: str(q.kind))
@pytest.mark.parametrize("seed", range(5))
def test_the_key_is_right_however_it_is_shuffled(question: Question, seed: int) -> None:
    shown = question.shuffled(seed)
    assert shown.mark(shown.key).right
    assert question.mark(shown.to_file(shown.key)).right


@given(st.sampled_from(LETTERED), st.integers(), st.data())
def test_a_response_means_the_same_in_the_letters_of_the_file(
    question: Question, seed: int, data: st.DataObject
) -> None:
    shown = question.shuffled(seed)
    if question.kind.control == "order":
        response = "".join(data.draw(st.permutations(shown.letters)))
    elif question.kind.control == "checkbox":
        response = "".join(sorted(data.draw(st.sets(st.sampled_from(shown.letters), min_size=1))))
    else:
        response = data.draw(st.sampled_from(shown.letters))
    kept = shown.to_file(response)
    assert shown.from_file(kept) == response
    texts = {letter: c.text for letter, c in shown.lettered()}
    in_file = {letter: c.text for letter, c in question.lettered()}
    said, meant = [texts[letter] for letter in response], [in_file[letter] for letter in kept]
    assert said == meant if question.kind.control == "order" else sorted(said) == sorted(meant)
    assert question.mark(kept).right is shown.mark(response).right
    assert set(question.mark(kept).misconceptions) == set(shown.mark(response).misconceptions)


@given(st.integers(), st.lists(st.sampled_from("123"), min_size=3, max_size=3))
def test_pairs_mean_the_same_however_they_are_shuffled(seed: int, chosen: list[str]) -> None:
    shown = MATCHING.shuffled(seed)
    assert shown.numbered() == MATCHING.numbered() == (("1", "accepted"), ("2", "delivered"), ("3", "refused"))
    response = " ".join(letter + number for letter, number in zip(shown.letters, chosen, strict=True))
    kept = shown.to_file(response)
    assert shown.from_file(kept) == response
    partners = {c.text: number for (_, c), number in zip(shown.lettered(), chosen, strict=True)}
    assert kept == " ".join(f"{letter}{partners[c.text]}" for letter, c in MATCHING.lettered())
    assert MATCHING.mark(kept).right is shown.mark(response).right


def test_shuffled_twice_it_is_still_known_which_choice_is_which() -> None:
    shown = SEVERAL.shuffled(1).shuffled(2)
    assert SEVERAL.mark(shown.to_file(shown.key)).right


@pytest.mark.parametrize(
    ("response", "right", "feedback", "behind"),
    [
        ("AC", True, "A: On 250.\nC: On 251.", ()),
        ("c, a", True, "A: On 250.\nC: On 251.", ()),
        ("A", False, "C: On 251.", ("251-is-an-error",)),
        ("ACD", False, "D: On 550.", ("553-accepts",)),
        ("BD", False, "A: On 250.\nB: On 553.\nC: On 251.\nD: On 550.", ("only-251", "553-accepts", "251-is-an-error")),
    ],
)
def test_of_several_each_wrong_decision_is_told(
    response: str, right: bool, feedback: str, behind: tuple[str, ...]
) -> None:
    mark = SEVERAL.mark(response)
    assert (mark.right, mark.feedback, mark.misconceptions) == (right, feedback, behind)


@pytest.mark.parametrize(
    ("response", "right", "feedback", "behind"),
    [
        ("A1 B3 C1", True, "A1: On 251\nB3: On 551\nC1: On 250", ()),
        ("c1,a1;b3", True, "A1: On 251\nB3: On 551\nC1: On 250", ()),
        ("A3 B3 C1", False, "A3: 251 does not refuse", ("m",)),  # it has words of its own
        ("A2 B3 C1", False, "A2: On 251", ("m",)),
        ("A1 B1 C2", False, "B1: On 551\nC2: Not yet", ("m",)),
    ],
)
def test_of_pairs_each_wrong_one_is_told(response: str, right: bool, feedback: str, behind: tuple[str, ...]) -> None:
    mark = MATCHING.mark(response)
    assert (mark.right, mark.feedback, mark.misconceptions) == (right, feedback, behind)
    assert LABELLING.mark(response) == mark


def test_a_wrong_pair_shows_its_own_belief() -> None:
    first, *rest = MATCHING.choices
    own = replace(first, instead=(replace(first.instead[0], misconception="251-is-an-error"),))
    question = replace(MATCHING, choices=(own, *rest))
    assert question.beliefs == ("m", "251-is-an-error")
    assert question.mark("A3 B3 C1").misconceptions == ("251-is-an-error",)
    for chance in (0.0, 0.5, 0.99):
        wrong = question.kind.wrong(question, iter([chance]).__next__, lambda belief: belief != "m")
        assert wrong == "A3 B3 C1"  # the one pair that shows it


def test_parts_are_found_one_behind_the_other() -> None:
    excerpt = "553 5.1.3"
    parts = [Choice(text, "", partner="p") for text in ("553", "5", "3")]
    question = replace(LABELLING, excerpt=excerpt, choices=tuple(parts))
    assert question.parts() == (("A", "553"), ("", " "), ("B", "5"), ("", ".1."), ("C", "3"))
    assert "".join(text for _, text in question.parts()) == excerpt


def test_in_an_order_the_first_line_that_is_out_of_place_is_told() -> None:
    assert ORDER.mark("ABCD").right
    mark = ORDER.mark("ACBD")
    assert not mark.right
    assert mark.feedback == f"Line 2 is B, {LINES[1]}\nOn {LINES[1]}."
    assert mark.misconceptions == ("mail",)


@given(st.integers())
def test_lines_to_be_put_in_order_never_stand_in_it(seed: int) -> None:
    assert [c.text for c in ORDER.shuffled(seed).choices] != list(LINES)


@pytest.mark.parametrize(
    ("typed", "right", "feedback", "behind"),
    [
        (" 5.1.3 ", True, "On 5.1.3.", ()),
        ("5. 1. 3", True, "On 5.1.3.", ()),
        ("553", False, "On 553.", ("basic",)),
        ("5.1.1", False, "On 5.1.1.", ("unknown",)),
        ("five", False, "Think of section 3.2 of RFC 3463.", ()),
    ],
)
def test_a_near_miss_has_its_own_words(typed: str, right: bool, feedback: str, behind: tuple[str, ...]) -> None:
    mark = TYPED.mark(typed)
    assert (mark.right, mark.feedback, mark.misconceptions) == (right, feedback, behind)
    assert mark.response == typed.strip()


@pytest.mark.parametrize(
    ("typed", "right", "said"),
    [
        ("jones@foo.com", True, "On jones@foo.com."),
        ("jones@FOO.com", True, "On jones@foo.com."),  # section 2.4: a domain's case does not matter
        ("Jones@foo.com", False, "That is somebody else."),  # but a local part's may
        ("jones@foo..com", False, "On jones@foo..com."),
        ("jones@foocom", False, "On jones@foocom."),
        ("smith@foo.com", False, "That is somebody else."),
        ("jones@@foo.com", False, "At character"),
        ("jones", False, "At character"),
    ],
)
def test_an_address_that_is_still_broken_is_explained_by_the_grammar(typed: str, right: bool, said: str) -> None:
    mark = REPAIR.mark(typed)
    assert mark.right is right
    assert mark.feedback.startswith(said)


SPACE = made(
    KINDS["repair"],
    choice('"john smith"@foo.com', right=True),
    choice("john.smith@foo.com", behind="dots"),
    address="john smith@foo.com",
    otherwise="That is somebody else.",
)


@pytest.mark.parametrize(
    ("typed", "same_as", "right"),
    [
        # RFC 5321 section 4.1.2: a backslash quotes the next character, and all quoted forms are equivalent
        (r'"john\ smith"@foo.com', '"john smith"@foo.com', True),
        (r'"\j\o\h\n smith"@FOO.com', '"john smith"@foo.com', True),
        ('"john.smith"@foo.com', "john.smith@foo.com", False),
        (r'"john\.smith"@foo.com', "john.smith@foo.com", False),
    ],
)
def test_all_quoted_forms_mean_the_same_mailbox(typed: str, same_as: str, right: bool) -> None:
    mark = SPACE.mark(typed)
    assert mark.right is right
    assert mark.feedback.startswith(f"This means the same mailbox as {same_as}. On {same_as}.\n")
    assert mark.misconceptions == (() if right else ("dots",))
    assert mark.response == typed


@pytest.mark.parametrize("typed", [r'"john\\ smith"@foo.com', '"John smith"@foo.com', '"johnsmith"@foo.com'])
def test_another_name_in_quotes_is_another_mailbox(typed: str) -> None:
    mark = SPACE.mark(typed)
    assert (mark.right, mark.feedback) == (False, "That is somebody else.")


def test_quotes_around_a_name_that_needs_none_change_nothing() -> None:
    assert REPAIR.mark('"jones"@foo.com').right
    assert not REPAIR.mark('"Jones"@foo.com').right  # section 2.4: the case of a local part may matter


@pytest.mark.parametrize(
    ("question", "response", "problem"),
    [
        (SEVERAL, "", "Nothing is chosen; choose from A, B, C, D: one or more."),
        (SEVERAL, "AE", "'AE' is no answer here"),
        (SEVERAL, "AA", "'AA' is no answer here"),
        (ORDER, "ABC", "'ABC' is no answer here; choose from A, B, C, D: each of them once, in order."),
        (ORDER, "ABCC", "'ABCC' is no answer here"),
        (MATCHING, "", "Nothing is chosen yet for A, B, C."),
        (MATCHING, "A1 C1", "Nothing is chosen yet for B."),
        (MATCHING, "A1 B4 C1", "'A1 B4 C1' is no answer here; write A to C, each once, with a number from 1 to 3"),
        (MATCHING, "A1 A2 B1 C1", "each once, with a number"),
        (LABELLING, "ABC", "'ABC' is no answer here"),
        (TYPED, "  ", "There is no answer yet; type one."),
        (FAULT, "D", "'D' is no choice of this question; choose A, B, C."),
    ],
)
def test_what_is_no_answer_is_refused(question: Question, response: str, problem: str) -> None:
    with pytest.raises(ValueError, match=re.escape(problem)):
        question.mark(response)


def test_pieces_and_parties_keep_their_order() -> None:
    for question in (FAULT, WHO, TYPED, REPAIR, LABELLING):
        assert question.shuffled(3) == question


@given(st.text(max_size=80))
def test_any_text_is_marked_or_refused(text: str) -> None:
    for question in EVERY:
        try:
            mark = question.mark(text)
        except ValueError:
            continue
        assert mark.feedback


# --- files ---

BELIEF = '[b]\nbelief = "B."\ncorrection = "C."\nsource = "S"\n'
CHOICES = {
    "single": [("x", "right"), ("y", "b")],
    "several": [("x", "right b"), ("y", "b")],
    "typed": [("x", "right"), ("y", "b")],
    "predict": [("250 x", "right"), ("550 y", "b")],
    "order": [("x", "b"), ("y", "b")],
    "fault": [("a", "b"), ("..", "right")],
    "repair": [("x@y", "right"), ("z@y", "b")],
    "who": [(PARTIES[0], "right"), *((party, "b") for party in PARTIES[1:])],
    "matching": [("x", "b p"), ("y", "b q")],
    "labelling": [("x", "b p"), ("y", "b q")],
}
MORE = {
    "typed": 'otherwise = "O."\n',
    "repair": 'otherwise = "O."\naddress = "x@@y"\n',
    "fault": 'address = "a.."\n',
    "predict": 'world = "foo"\ndialogue = "C: NOOP"\n',
    "labelling": 'excerpt = "x y"\n',
}


def toml(kind: str, choices: list[tuple[str, str]] | None = None, more: str | None = None) -> str:
    rows = [f'[q]\nkind = "{kind}"\nobjective = "o"\nprompt = "P?"\nsource = "S"\n']
    rows.append(MORE.get(kind, "") if more is None else more)
    for text, what in CHOICES[kind] if choices is None else choices:
        rows.append(f'[[q.choices]]\ntext = "{text}"\nfeedback = "F."\n')
        rows.append("right = true\n" if "right" in what else "")
        rows.append('misconception = "b"\n' if "b" in what.split() else "")
        rows += [f'partner = "{partner}"\n' for partner in what.split() if partner in ("p", "q")]
        rows.append('instead = [{text = "p", misconception = "b", feedback = "F."}]\n' if "instead" in what else "")
    return "".join(rows)


Load = Callable[[str], QuestionBank]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def load(text: str) -> QuestionBank:
        (tmp_path / "questions").mkdir()
        (tmp_path / "misconceptions.toml").write_text(BELIEF, encoding="utf-8")
        (tmp_path / "questions" / "l.toml").write_text(text, encoding="utf-8")
        return QuestionBank.load(tmp_path)

    return load


def as_toml(question: Question) -> str:
    """A question as a file has it; each choice that needs a misconception has the one that there is."""
    fields = ("prompt", "source", "objective", "dialogue", "address", "excerpt", "world", "otherwise")
    given = {"kind": question.kind.name, **{name: text for name in fields if (text := getattr(question, name))}}
    rows = ["[q]", *(f"{name} = {json.dumps(text)}" for name, text in given.items())]
    for choice in question.choices:
        rows += ["[[q.choices]]", f"text = {json.dumps(choice.text)}", f"feedback = {json.dumps(choice.feedback)}"]
        rows += ["right = true"] if choice.right else []
        rows += [f"partner = {json.dumps(choice.partner)}"] if choice.partner else []
        rows += ['misconception = "b"'] if question.kind.judges_each or not choice.right else []
    return "\n".join(rows)


@pytest.mark.parametrize("kind", KINDS.values(), ids=str)
def test_every_kind_can_be_written(kind: Kind, load: Load) -> None:
    question = load(as_toml(SAMPLES[kind.name]))["q"]
    assert question.kind is kind
    assert question.choices[0].text == SAMPLES[kind.name].choices[0].text
    assert question.mark(question.key).right


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (toml("several", [("x", "right b"), ("y", "right b")]), "2 choices have right = true; one must, and one must"),
        (toml("several", [("x", "right"), ("y", "b")]), "choice 1: each choice names the misconception behind it"),
        (toml("order", [("x", "b"), ("y", "")]), "choice 2: each choice names the misconception behind it"),
        (toml("order", [("x", "right b"), ("y", "b")]), "the lines stand in the right order; remove right = true"),
        (toml("typed", [("x", "b"), ("y", "b")]), "no choice has right = true; one at least must"),
        (toml("typed", more=""), "otherwise is missing; a question of kind typed needs otherwise"),
        (toml("repair", more='otherwise = "O."\n'), "address is missing; a question of kind repair needs address"),
        (toml("predict", more='dialogue = "C: NOOP"\n'), "world is missing; a question of kind predict needs world"),
        (toml("predict", more='world = "foo"\ndialogue = "S: 250 OK"\n'), "its last line must be the client's"),
        (toml("fault", more='address = "a."\n'), "the choices, joined, are 'a..'; address is 'a.'"),
        (toml("who", [("x", "right"), ("y", "b")]), "the choices of kind who are The sender, The program"),
        (toml("matching", [("x", "b"), ("y", "b p")]), "choice A has no partner. Add a line such as: partner ="),
        (toml("matching", [("x", "b p"), ("y", "b p")]), "there are 1 partners in all; 2 to 9 can be numbered."),
        (toml("matching", [("x", "right b p"), ("y", "b q")]), "each choice is right with its partner; remove right"),
        (toml("matching", [("x", "b p instead"), ("y", "b q")]), "choice A names a partner twice"),
        (
            toml("matching", [("x", "b q instead"), ("y", "b q")]).replace('p", misconception = "b"', 'p"'),
            "l.toml, line 6, q, choice 1: each choice names the misconception behind it",
        ),
        (toml("labelling", more=""), "excerpt is missing; a question of kind labelling needs excerpt"),
        (toml("labelling", more='excerpt = "y x"\n'), "excerpt has no part 'y' behind the part before it."),
        (toml("single").replace("[q]", '[q]\norder = "BA"'), "unknown key 'order'"),
    ],
)
def test_what_a_kind_needs_is_told(text: str, problem: str, load: Load) -> None:
    with pytest.raises(ContentError, match=re.escape(problem)) as error:
        load(text)
    assert str(error.value).startswith("l.toml")


@pytest.mark.parametrize("pair", ['["251"]', '["251", "553", "550"]', '["251", "660"]', '["25", "1"]'])
def test_a_pair_is_two_codes(pair: str, tmp_path: Path) -> None:
    (tmp_path / "misconceptions.toml").write_text(f"{BELIEF}pair = {pair}\n", encoding="utf-8")
    with pytest.raises(ContentError, match=r"^misconceptions.toml, line 5, b: pair names two codes, such as"):
        QuestionBank.load(tmp_path)


def test_a_predicted_reply_has_its_code() -> None:
    assert KINDS["predict"].code("251 2.1.5 User not local") == "251"
