"""The question bank: a linter of every question, what is said of a faulty file, and the seeded order."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplesson.content import ContentError
from smtplesson.protocol.replies import Reply
from smtplesson.protocol.transcript import Transcript
from smtplesson.questions.bank import QuestionBank
from smtplesson.questions.kinds import KINDS
from smtplesson.questions.question import LETTERS, Choice, Kind, Misconception, Question
from tests.paths import DATA

BANK = QuestionBank.load()
QUESTIONS = tuple(BANK.values())
EACH = pytest.mark.parametrize("question", QUESTIONS, ids=list(BANK))
BELIEFS = pytest.mark.parametrize("belief", BANK.misconceptions.values(), ids=list(BANK.misconceptions))

#: Beliefs that no wrong choice stands for yet.
WAITING: set[str] = set()

#: Tags that are no codes.
SUBJECTS = {"classes", "enhanced-codes", "injection", "limits", "multiline", "sequence", "smuggling", "syntax"}
SUBJECTS |= {"unknown-codes"}
#: The lessons that can cure a belief.
LESSONS = {
    "00-start-here",
    "01-reading-a-reply",
    "02-a-whole-dialogue",
    "03-251",
    "04-553",
    "05-251-or-553",
    "06-in-the-wild",
    "07-your-programs-turn",
    "08-break-it",
}
#: Kinds whose answer is one letter, and whose choices are shuffled.
ONE_LETTER = (KINDS["single"], KINDS["predict"])
#: Kinds in which a right choice, too, names the belief of those who decide wrongly about it.
EACH_HAS_A_BELIEF = (KINDS["several"], KINDS["order"], KINDS["matching"], KINDS["labelling"])

KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
SECTION = re.compile(r"\bRFC \d+\b.*?\b(section|sections|appendix)\b")
SERVERS = ("Postfix", "Exim", "Sendmail", "OpenSMTPD", "qmail", "Courier", "Haraka", "recording")
MARKUP = {
    "a tag": re.compile(r"</?(a|b|br|code|div|em|h[1-6]|i|img|li|ol|p|pre|script|span|strong|table|ul)\b[^>@]*>", re.I),
    "an entity": re.compile(r"&(#\w+|[a-z]+);", re.I),
    "a backtick": re.compile("`"),
    "emphasis": re.compile(r"(?<!\w)([*_])(?=\S)[^*_]+\1(?!\w)|\*\*|__"),
    "a link": re.compile(r"\]\("),
    "a heading, list or quotation": re.compile(r"^\s*(#+|[-*+>]|\d{1,2}[.)])\s", re.M),
}
CODE = re.compile(r"\b[2-5](yz|\d\d)\b|\b[245]\.\d+\.\d+\b")


def texts(question: Question) -> Iterator[str]:
    """All that a learner reads in the kit's own words."""
    yield question.prompt
    yield question.otherwise
    for choice in question.choices:
        yield choice.text
        yield choice.feedback
        yield choice.partner
        for wrong in choice.instead:
            yield wrong.text
            yield wrong.feedback


def right(question: Question) -> tuple[Choice, ...]:
    return tuple(choice for choice in question.choices if choice.right)


def wrong(question: Question) -> tuple[Choice, ...]:
    return tuple(choice for choice in question.choices if not choice.right)


def gives_itself_away(question: Question) -> bool:
    """Whether what is right is longer than all that is wrong, among choices that can be compared."""
    if question.kind not in (*ONE_LETTER, KINDS["several"]):
        return False
    return min(len(choice.text) for choice in right(question)) > max(len(choice.text) for choice in wrong(question))


def asks_for_a_number(question: Question) -> bool:
    """Whether the choices, or the answers to be typed, are codes and nothing more."""
    return all(not re.sub(r"\b(with|and|or|then)\b|\W", "", CODE.sub("", c.text)) for c in question.choices)


# --- each question ---


@EACH
def test_a_question_is_whole(question: Question) -> None:
    assert KEBAB.fullmatch(question.id)
    assert KEBAB.fullmatch(question.objective)
    believed = question.choices if question.kind in EACH_HAS_A_BELIEF else wrong(question)
    assert {choice.misconception for choice in believed} <= set(BANK.misconceptions)
    assert set(question.beliefs) <= set(BANK.misconceptions)
    assert all(choice in believed or choice.misconception == "" for choice in question.choices)


@EACH
def test_its_texts_can_be_read_at_a_glance_and_tell_why(question: Question) -> None:
    assert len(question.prompt) <= 400
    assert question.prompt.endswith((".", "?") if (question.kind.is_typed or question.kind.control == "order") else "?")
    assert question.otherwise == "" or 20 <= len(question.otherwise) <= 400
    for choice in chain(question.choices, *(choice.instead for choice in question.choices)):
        assert len(choice.text) <= 160
        assert len(choice.partner) <= 60  # a list to choose from shows so much on a telephone
        assert 20 <= len(choice.feedback) <= 400
        assert not re.match(r"(this is )?(wrong|right|correct|false|true|no|yes)[.,:;!]", choice.feedback, re.I)
        assert not re.search(r"\b(all|none|both) of the (above|others?)\b", choice.text, re.I)
    choices = {choice.text.casefold() for choice in question.choices}
    assert len(choices) == len(question.choices)


#: Kinds that have an answer for other keys of a file, which would be of no use elsewhere.
USED = {
    "address": (KINDS["fault"], KINDS["repair"]),
    "excerpt": (KINDS["labelling"],),
    "world": (KINDS["predict"], KINDS["order"]),
    "otherwise": (KINDS["typed"], KINDS["repair"]),
}


@EACH
def test_it_has_what_its_kind_needs_and_no_more(question: Question) -> None:
    given = {name: bool(getattr(question, name)) for name in USED}
    assert given == {name: question.kind in kinds for name, kinds in USED.items()}


@EACH
def test_its_source_can_be_looked_up(question: Question) -> None:
    assert SECTION.search(question.source) or any(name in question.source for name in SERVERS)


@EACH
def test_its_tags_are_the_codes_it_is_about(question: Question) -> None:
    assert question.tags
    assert list(question.tags) == sorted(set(question.tags))
    named = " ".join([*question.blocks, *texts(question)])
    assert {tag for tag in question.tags if not re.search(rf"\b{tag}\b", named)} <= SUBJECTS


def wording(reply: str) -> str:
    """A reply without what differs from case to case: addresses, names of logins, and all but words and numbers."""
    bare = re.sub(r"[\w.+'-]*@[\w.\[\]-]*|\b(\d+|xx?)(\.(\d+|xx?)){3}\b|(?<=by user )\S+", "", reply)
    return " ".join(re.findall(r"\w+", bare.casefold()))


def read(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@cache
def real_wordings() -> str:
    rows = [row["reply"] for row in read("real_replies.csv")]
    rows += [f"{row['code']} {row['text']}" for row in read("recordings.csv")]
    return "\n".join({wording(row) for row in rows})


REAL = [q for q in QUESTIONS if re.search(r"\b(wordings?|texts|recordings?|repl(y|ies)) (of|to)\b", q.source)]


@pytest.mark.parametrize("question", REAL, ids=lambda question: question.id)
def test_what_is_called_a_real_reply_is_one(question: Question) -> None:
    refused = [str(e.reply) for e in Transcript.parse(question.dialogue).exchanges() if e.reply.code > 399]
    refused += [choice.text for choice in question.choices if question.kind is KINDS["matching"]]
    quoted = re.findall(r"(?<=: )[45]\d\d [^.]+\.\d+\.[^.]+", question.prompt)  # out of a bounce
    assert refused or quoted
    for reply in [*refused, *quoted]:
        assert wording(reply) in real_wordings()


def test_there_are_enough_real_replies() -> None:
    assert len(REAL) >= 15


@EACH
def test_it_is_plain_text(question: Question) -> None:
    found = [(name, text) for text in texts(question) for name, pattern in MARKUP.items() if pattern.search(text)]
    assert found == []


@EACH
def test_the_server_s_lines_of_its_dialogue_are_replies(question: Question) -> None:
    transcript = Transcript.parse(question.dialogue)
    said = [line.text for line in transcript if line.speaker == "S"]
    replies = [exchange.reply for exchange in transcript.exchanges()]
    assert [row for reply in replies for row in str(reply).split("\n")] == said
    for reply in replies:
        assert re.fullmatch("[2-5][0-5][0-9]", str(reply.code))  # the grammar of RFC 5321 section 4.2
        words = (reply.text.split() or [""])[0]
        assert not re.fullmatch(r"\d\.\d+\.\d+", words), "an enhanced code of another class: RFC 2034 section 4"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a tag", "see <b>this</b>"),
        ("a tag", "one<br/>two"),
        ("an entity", "a &lt; b"),
        ("a backtick", "the code `251`"),
        ("emphasis", "it is *not* so"),
        ("emphasis", "it is __not__ so"),
        ("a link", "see [this](there)"),
        ("a heading, list or quotation", "# Title"),
        ("a heading, list or quotation", "- first"),
        ("a heading, list or quotation", "1. first"),
    ],
)
def test_the_linter_sees_markup(name: str, text: str) -> None:
    assert MARKUP[name].search(text)


@pytest.mark.parametrize(
    "text",
    ["<green@bar.org>", "end with <CRLF>.<CRLF>", "<b@foo.com>", "o'brien+news*x_y@foo.com", "251 - yes", "R&D; no"],
)
def test_the_linter_takes_an_address_for_no_markup(text: str) -> None:
    assert [name for name, pattern in MARKUP.items() if pattern.search(text.replace("&D;", "& D"))] == []


@pytest.mark.parametrize(
    ("choices", "number"),
    [
        (("250", "251.", "553"), True),
        (("553 with 5.7.1", "251 with 5.1.4"), True),
        (("4yz", "5yz"), True),
        (("250", "251 or 252", "none"), False),
        (("250, since it is local", "251"), False),
    ],
)
def test_the_linter_knows_a_bare_number(choices: tuple[str, ...], number: bool) -> None:
    question = Question(
        "q", "Which?", tuple(Choice(text, "") for text in choices), "RFC 5321 section 4.2", "o", KINDS["single"]
    )
    assert asks_for_a_number(question) is number


# --- all questions together ---


@pytest.mark.parametrize(
    ("lesson", "count"),
    [
        ("00-pretest", 5),
        ("01-recall", 3),
        ("01-classes", 5),
        ("01-digits", 3),
        ("01-lines", 5),
        ("05-251-or-553", 8),
        ("06-in-the-wild", 15),
        ("02-recall", 3),
        ("02-dialogue", 11),
        ("03-recall", 3),
        ("03-251", 11),
        ("04-recall", 3),
        ("04-553", 15),
        ("06-recall", 3),
        ("07-recall", 3),
        ("07-program", 8),
        ("08-recall", 3),
        ("08-break-it", 12),
        ("matching", 10),
        ("labelling", 10),
        ("09-bounce", 6),
    ],
)
def test_a_lesson_has_its_questions(lesson: str, count: int) -> None:
    assert len(BANK.where(lesson=lesson)) == count


def test_there_are_enough_questions() -> None:
    assert len(BANK) >= 130


def test_no_two_questions_are_the_same() -> None:
    asked = Counter((question.prompt.casefold(), question.dialogue) for question in QUESTIONS)
    assert [prompt for prompt, times in asked.items() if times > 1] == []


def test_the_longest_choice_is_no_hint() -> None:
    hints = [question.id for question in QUESTIONS if gives_itself_away(question)]
    assert len(hints) <= 0.4 * len(QUESTIONS), hints


@pytest.mark.parametrize("lesson", sorted({question.lesson for question in QUESTIONS}))
def test_the_longest_choice_is_no_hint_in_any_lesson(lesson: str) -> None:
    asked = BANK.where(lesson=lesson)
    hints = [question.id for question in asked.values() if gives_itself_away(question)]
    assert len(hints) <= 0.4 * len(asked), hints


def test_the_shortest_choice_is_no_hint_either() -> None:
    asked = [question for question in QUESTIONS if question.kind in ONE_LETTER]
    hints = [q.id for q in asked if len(right(q)[0].text) < min(len(choice.text) for choice in wrong(q))]
    assert len(hints) <= 0.4 * len(asked), hints


def test_most_questions_ask_for_more_than_a_number() -> None:
    numbers = [question.id for question in QUESTIONS if asks_for_a_number(question)]
    assert numbers  # the linter finds non-ascii-pair at least
    assert len(numbers) <= len(QUESTIONS) / 3, numbers


def test_every_objective_has_two_questions() -> None:
    asked = Counter(question.objective for question in QUESTIONS)
    assert [objective for objective, times in asked.items() if times < 2] == []


@pytest.mark.parametrize("choices", sorted({len(q.choices) for q in QUESTIONS if q.kind in ONE_LETTER}))
def test_every_letter_is_right_as_often_as_the_others(choices: int) -> None:
    asked = [question for question in QUESTIONS if question.kind in ONE_LETTER and len(question.choices) == choices]
    seeds = range(-(-6000 // len(asked)))  # 6000 draws: the share's standard deviation is below 0.7 %
    keys = Counter(question.shuffled(seed).key for seed in seeds for question in asked)
    assert set(keys) == set(LETTERS[:choices])
    for count in keys.values():
        assert abs(count / keys.total() - 1 / choices) < 0.03


# --- beliefs ---


@BELIEFS
def test_a_belief_is_whole(belief: Misconception) -> None:
    assert KEBAB.fullmatch(belief.id)
    assert SECTION.search(belief.source)
    assert belief.lesson in LESSONS
    for text in (belief.belief, belief.correction):
        assert text.endswith(".")
        assert len(text) <= 400
        assert [name for name, pattern in MARKUP.items() if pattern.search(text)] == []


def test_every_belief_is_behind_a_choice() -> None:
    used = {belief for question in QUESTIONS for belief in question.beliefs}
    unused = set(BANK.misconceptions) - used
    assert unused - WAITING == set(), "write a question, or put it on the list of those that wait"
    assert WAITING - unused == set(), "these wait no longer: take them off the list"


@pytest.mark.parametrize("id", [id for id, belief in BANK.misconceptions.items() if belief.pair])
def test_a_pair_is_what_its_belief_confuses(id: str) -> None:
    taken, believed = BANK.misconceptions[id].pair
    assert taken != believed
    # both are to be met in the questions behind which it stands, or are named by the belief itself
    behind = [q for q in QUESTIONS if id in q.beliefs]
    belief = BANK.misconceptions[id]
    named = " ".join([belief.belief, belief.correction, *(t for q in behind for t in (*texts(q), q.dialogue))])
    assert {taken, believed} <= set(re.findall(r"\b[2-5][0-5]\d\b", named))


# --- a folder of one's own ---

BELIEF = """
[some-belief]
belief = "A belief."
correction = "What is true."
source = "RFC 5321 section 4.2"
"""
GOOD = """
[first]
objective = "reading"
prompt = "What is 251?"
source = "RFC 5321 section 4.2"
dialogue = '''
C: NOOP
S: 250 OK
'''
[[first.choices]]
text = "A success."
right = true
feedback = "It begins with 2."
[[first.choices]]
text = "A failure."
misconception = "some-belief"
feedback = "It begins with 2, and not with 5."
"""
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a folder of questions and return it."""

    def write(questions: dict[str, str | bytes] | str, misconceptions: str | bytes = BELIEF) -> Path:
        files = {"first.toml": questions} if isinstance(questions, str) else questions
        (tmp_path / "questions").mkdir()
        for name, content in {"misconceptions.toml": misconceptions}.items() | {
            (f"questions/{name}", content) for name, content in files.items()
        }:
            (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return tmp_path

    return write


def test_a_folder_of_one_s_own(write: Write) -> None:
    second = (
        GOOD.replace("first", "second").replace("reading", "writing").replace("dialogue", 'tags = ["251"]\ndialogue')
    )
    bank = QuestionBank.load(write({"b.toml": second, "a.toml": GOOD, "notes.txt": b"no question \xff"}))
    assert list(bank) == ["first", "second"]  # in the order of the files' names
    assert bank["first"] == Question(
        id="first",
        prompt="What is 251?",
        choices=(
            Choice("A success.", "It begins with 2.", right=True),
            Choice("A failure.", "It begins with 2, and not with 5.", misconception="some-belief"),
        ),
        source="RFC 5321 section 4.2",
        objective="reading",
        kind=KINDS["single"],
        dialogue="C: NOOP\nS: 250 OK\n",
        lesson="a",
    )
    assert bank["first"].key == "A"
    assert bank["first"].letters == "AB"
    believed = Misconception("some-belief", "A belief.", "What is true.", "RFC 5321 section 4.2", "")
    assert bank.misconceptions == {"some-belief": believed}
    assert list(bank.where(lesson="b")) == list(bank.where(objective="writing")) == ["second"]
    assert list(bank.where(tag="251")) == ["second"]
    assert list(bank.where(tag="25")) == list(bank.where(tag="251", lesson="a")) == []
    assert bank["second"].tags == ("251",)
    assert list(bank.where()) == ["first", "second"]
    assert list(bank.where(lesson="b", objective="reading")) == []
    assert bank.where(lesson="b").misconceptions == bank.misconceptions


def test_a_question_as_text(write: Write) -> None:
    question = QuestionBank.load(write(GOOD))["first"]
    assert str(question) == "What is 251?\nC: NOOP\nS: 250 OK\n\n  A. A success.\n  B. A failure."


def test_a_written_kind_is_a_kind(write: Write) -> None:
    (question,) = QuestionBank.load(write(GOOD.replace("[first]", '[first]\nkind = "single"'))).values()
    assert isinstance(question.kind, Kind)


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b""])
def test_the_line_ends_and_the_mark_of_another_editor_are_read(write: Write, mark: bytes) -> None:
    foreign = mark + GOOD.replace("\n", "\r\n").encode()
    assert QuestionBank.load(write({"a.toml": foreign}))["first"].dialogue == "C: NOOP\nS: 250 OK\n"


WRONG = 'misconception = "some-belief"\n'
IN_FIRST = "first.toml, line 2, first"  # GOOD begins with an empty line
LINE = "first.toml, line "
AT_KEY = f"{LINE}3, first"  # where a key behind the header is, or takes the place of another
CHOICES = f"{LINE}10, first"
CHOICE_1 = "first.toml, line 10, first, choice 1"
CHOICE_2 = "first.toml, line 14, first, choice 2"
KEYS = "The keys are prompt, choices, source, objective, kind, dialogue, tags, address, excerpt, world, otherwise"
FAULTS = {  # what is changed in GOOD, into what, and the whole message
    "unknown key": (
        'prompt = "What',
        'promt = "x"\nprompt = "What',
        f"{LINE}4, first: unknown key 'promt'. Do you mean prompt?",
    ),
    "unknown key of a choice": (
        "right = true",
        "right = true\ncorrect = true",
        f"{LINE}13, first, choice 1: unknown key 'correct'. "
        "The keys are text, feedback, right, misconception, partner, instead.",
    ),
    "an id that is not the table's": (
        "[first]",
        '[first]\nid = "other"',
        f"{AT_KEY}: unknown key 'id'. {KEYS}.",
    ),
    "a lesson that is not the file's": (
        "[first]",
        '[first]\nlesson = "other"',
        f"{AT_KEY}: unknown key 'lesson'. {KEYS}.",
    ),
    "missing feedback": (
        'feedback = "It begins with 2."\n',
        "",
        f'{CHOICE_1}: feedback is missing. Add a line such as: feedback = "..."',
    ),
    "missing text": (
        'text = "A failure."\n',
        "",
        f'{CHOICE_2}: text is missing. Add a line such as: text = "..."',
    ),
    "missing source": (
        'source = "RFC 5321 section 4.2"\n',
        "",
        f'{IN_FIRST}: source is missing. Add a line such as: source = "..."',
    ),
    "missing objective": (
        'objective = "reading"\n',
        "",
        f'{IN_FIRST}: objective is missing. Add a line such as: objective = "..."',
    ),
    "empty text": (
        '"A success."',
        '" "',
        f'{LINE}11, first, choice 1: text is empty. Write a text: text = "..."',
    ),
    "empty prompt": (
        '"What is 251?"',
        '""',
        f'{LINE}4, first: prompt is empty. Write a text: prompt = "..."',
    ),
    "no right choice": (
        "right = true\n",
        WRONG,
        f"{IN_FIRST}: 0 choices have right = true; exactly one must.",
    ),
    "two right": (
        WRONG,
        "right = true\n",
        f"{IN_FIRST}: 2 choices have right = true; exactly one must.",
    ),
    "a wrong choice without a belief": (
        WRONG,
        "",
        f"{CHOICE_2}: a wrong choice names the misconception behind it, and '' is not in "
        "misconceptions.toml. Name one of those, or add it there.",
    ),
    "an unknown belief": (
        "some-belief",
        "no-such",
        f"{CHOICE_2}: a wrong choice names the misconception behind it, and 'no-such' is not in "
        "misconceptions.toml. Name one of those, or add it there.",
    ),
    "a right choice with a belief": (
        "right = true\n",
        "right = true\n" + WRONG,
        f"{CHOICE_1}: the right choice has no misconception; remove it.",
    ),
    "one choice": (
        GOOD[GOOD.rindex("[[") :],
        "",
        f"{CHOICES}: choices must be a list of 2 to 8 tables.",
    ),
    "nine choices": (
        GOOD[GOOD.rindex("[[") :],
        GOOD[GOOD.rindex("[[") :] * 8,
        f"{CHOICES}: choices must be a list of 2 to 8 tables.",
    ),
    "no choices": (
        GOOD[GOOD.index("[[") :],
        "",
        f"{IN_FIRST}: choices must be a list of 2 to 8 tables.",
    ),
    "choices that are none": (
        GOOD[GOOD.index("[[") :],
        'choices = ["A success.", "A failure."]',
        f"{CHOICES}: choices must be a list of tables, not ['A success.', 'A failure.'].",
    ),
    "not a table": (
        "[first]",
        "loose = 1\n[first]",
        "first.toml, line 2: loose must be a table, not 1.",
    ),
    "a number for a text": (
        '"A success."',
        "251",
        f"{LINE}11, first, choice 1: text must be a text in quotes, not 251.",
    ),
    "a text for true": (
        "right = true",
        'right = "true"',
        f"{LINE}12, first, choice 1: right must be true or false, not 'true'.",
    ),
    "a list for a text": (
        '"What is 251?"',
        '["What is 251?"]',
        f"{LINE}4, first: prompt must be a text in quotes, not ['What is 251?'].",
    ),
    "an unknown kind": (
        "[first]",
        '[first]\nkind = "multiple"',
        f"{AT_KEY}: kind = 'multiple' is not known. There are {', '.join(KINDS)}.",
    ),
    "an id that is none": (
        "first",
        "First_1",
        "first.toml, line 2, First_1: an id has small letters, digits and hyphens, such as 251-at-rcpt.",
    ),
    "a tag that is none": (
        "[first]",
        '[first]\ntags = ["251", "mail box"]',
        f'{IN_FIRST}: tags are short texts without spaces, such as tags = ["251", "551"].',
    ),
    "a tag that is no text": (
        "[first]",
        "[first]\ntags = [251]",
        f'{AT_KEY}: tags must be a list of texts, such as ["a", "b"], not [251].',
    ),
    "a text for a list": (
        "[first]",
        '[first]\ntags = "251"',
        f'{AT_KEY}: tags must be a list of texts, such as ["a", "b"], not \'251\'.',
    ),
    "a dialogue that is no transcript": (
        "C: NOOP",
        "NOOP",
        f'{IN_FIRST}, dialogue: Line 1, \'NOOP\', begins with neither "C:" (the client says) nor "S:" (the '
        "server says). Put one of them before it.",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_with_its_place_and_what_to_do(fault: str, write: Write) -> None:
    old, new, message = FAULTS[fault]
    assert old in GOOD
    with pytest.raises(ContentError) as error:
        QuestionBank.load(write(GOOD.replace(old, new)))
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[first\n", "first.toml, line 1: not valid TOML: "),
        (b"[first]\nprompt = 'a\xff'\n", "first.toml, line 2: not UTF-8. Save it as"),
        (b"[first]\n[first]\n", "first.toml, line 2: not valid TOML: Cannot declare"),
    ],
    ids=["no TOML", "no UTF-8", "the same id twice"],
)
def test_a_file_that_is_no_toml_is_named(content: bytes, message: str, write: Write) -> None:
    with pytest.raises(ContentError) as error:
        QuestionBank.load(write({"first.toml": content}))
    assert str(error.value).startswith(message)


def test_an_id_is_taken_once_in_all_files(write: Write) -> None:
    with pytest.raises(ContentError) as error:
        QuestionBank.load(write({"a.toml": GOOD, "b.toml": GOOD}))
    assert str(error.value) == "b.toml: the id 'first' is taken already in a.toml; choose another."


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("x", "misconceptions.toml, line 1: not valid TOML: "),
        (b"\xff", "misconceptions.toml, line 1: not UTF-8. Save it as"),
        ("loose = 1", "misconceptions.toml, line 1: loose must be a table, not 1."),
        (
            BELIEF.replace("correction", "korrection"),
            "misconceptions.toml, line 4, some-belief: unknown key 'korrection'. Do you mean correction?",
        ),
        (
            BELIEF + 'id = "other"',
            "misconceptions.toml, line 6, some-belief: unknown key 'id'. "
            "The keys are belief, correction, source, lesson, pair.",
        ),
        (
            BELIEF.replace("source", "lesson"),
            'misconceptions.toml, line 2, some-belief: source is missing. Add a line such as: source = "..."',
        ),
        (
            BELIEF.replace('"A belief."', "1"),
            "misconceptions.toml, line 3, some-belief: belief must be a text in quotes, not 1.",
        ),
    ],
)
def test_a_fault_in_the_beliefs_is_told(content: str | bytes, message: str, write: Write) -> None:
    with pytest.raises(ContentError) as error:
        QuestionBank.load(write(GOOD, content))
    assert str(error.value).startswith(message)


def test_what_a_folder_lacks_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"^misconceptions\.toml: cannot be read \(No such file or directory\)\."):
        QuestionBank.load(tmp_path)
    (tmp_path / "misconceptions.toml").write_text(BELIEF, encoding="utf-8")
    with pytest.raises(ContentError, match=r"^The folder 'questions' cannot be read \(No such file or directory\)\."):
        QuestionBank.load(tmp_path)


# --- the order ---

SEEDS = st.integers(-(10**9), 10**9)
NAMES = st.lists(st.from_regex(KEBAB, fullmatch=True), min_size=1, max_size=8, unique=True)


def made(id: str, *choices: str) -> Question:
    """A question whose first choice is the right one."""
    return Question(
        id=id,
        prompt=f"About {id}?",
        choices=tuple(Choice(text, f"On {text}.", right=text == choices[0]) for text in choices),
        source="RFC 5321 section 4.2",
        objective="order",
        kind=KINDS["single"],
    )


def order(question: Question) -> list[str]:
    return [choice.text for choice in question.choices]


def test_the_order_of_a_seed_is_the_same_in_every_python() -> None:
    # random.Random(text) takes its seed from the SHA-512 of the text, not from hash(), which differs from process to
    # process; the numbers are the Mersenne Twister's, which Python promises not to change. It does not promise how
    # shuffle() uses them, so the orders stand here: they were found with numpy's Mersenne Twister and a
    # Fisher-Yates shuffle written for it.
    ids = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta"]
    bank = QuestionBank([made(id, "one", "two", "three", "four") for id in ids], {})
    assert [question.id for question in bank.sample(6, 7)] == ["beta", "delta", "zeta", "gamma", "alpha", "epsilon"]
    assert order(bank["alpha"].shuffled(7)) == ["four", "one", "three", "two"]
    assert order(bank["alpha"].shuffled(8)) == ["one", "four", "two", "three"]
    assert order(bank["beta"].shuffled(7)) == ["four", "three", "one", "two"]


@given(NAMES, SEEDS)
def test_a_seed_gives_one_order_whatever_else_is_asked_and_wherever_it_stands(ids: list[str], seed: int) -> None:
    questions = [made(id, "a", "b", "c", "d") for id in ids]
    others = [made(id, "e", "f") for id in ids]
    shown = QuestionBank(questions, {}).sample(len(ids), seed)
    assert QuestionBank(questions[::-1], {}).sample(len(ids), seed) == shown
    assert sorted(question.id for question in shown) == sorted(ids)
    assert [q.id for q in QuestionBank(others, {}).sample(len(ids), seed)] == [q.id for q in shown]
    for question in questions:
        assert QuestionBank([question], {}).sample(1, seed)[0] in shown


@given(SEEDS, st.permutations("abcdefgh").map(tuple), st.integers(2, 8))
def test_the_letters_follow_the_order_that_is_shown(seed: int, texts: tuple[str, ...], count: int) -> None:
    question = made("q", *texts[:count])
    shown = question.shuffled(seed)
    assert sorted(order(shown)) == sorted(texts[:count])
    assert shown.letters == "ABCDEFGH"[:count]
    assert [letter for letter, _ in shown.lettered()] == list(shown.letters)
    assert dict(shown.lettered())[shown.key].text == texts[0]
    assert str(shown).split("\n")[1:] == [f"  {letter}. {c.text}" for letter, c in shown.lettered()]
    assert question.shuffled(seed) == shown
    assert order(question) == list(texts[:count])  # the question itself stays as it was


def test_another_seed_gives_another_order() -> None:
    question = made("q", *"abcdefgh")
    assert len({tuple(order(question.shuffled(seed))) for seed in range(20)}) > 15
    alike = QuestionBank([made(id, *"abcdefgh") for id in ("p", "q", "r")], {}).sample(3, 1)
    assert len({tuple(order(shown)) for shown in alike}) == 3  # nor do all questions share one order


def test_a_sample_is_the_start_of_the_seeds_order() -> None:
    bank = QuestionBank([made(id, "a", "b") for id in "pqrst"], {})
    assert bank.sample(2, 3) == bank.sample(5, 3)[:2] == bank.sample(99, 3)[:2]
    assert len(bank.sample(99, 3)) == 5


@pytest.mark.parametrize("count", [0, -1])
def test_a_sample_of_nothing_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match=f"^count = {count}; ask for one question at least"):
        BANK.sample(count, 1)


def test_the_kit_s_own_dialogues_are_read_as_replies() -> None:
    # one by hand, so that the linter's reading of dialogues cannot be empty
    last = Transcript.parse(BANK["251-then-554"].dialogue).exchanges()[-1]
    assert last.reply == Reply.parse("554 5.7.1 Refused by policy")
