"""The bank in other programs' formats, read back by readers that are not ours where there are any.

- Moodle XML: multiple choice by moodle-xml-parser (PyPI). No reader of its short answers and orderings is to be had
  as a package, so these are read here after https://docs.moodle.org/en/Moodle_XML_format and
  https://docs.moodle.org/en/Ordering_question_type.
- GIFT: by gift-pegjs (npm), the grammar that editors and converters of GIFT use.
- text2qti: by text2qti itself, which makes QTI of it.
- Anki: by the csv module, after https://docs.ankiweb.net/importing/text-files.html; Anki itself is no small package.
- jupyterquiz and the sheet to print: in tests/browser/test_exports.py, by the package itself and by a browser.
"""

from __future__ import annotations

import csv
import html
import io
import json
import subprocess
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from moodle_xml_parser.parser import parse_string
from text2qti.config import Config
from text2qti.qti import QTI
from text2qti.quiz import Quiz as Text2qtiQuiz

from smtplesson.__main__ import main
from smtplesson.classroom.exercise_set import ExerciseSet, questions_for
from smtplesson.questions import families
from smtplesson.questions.bank import QuestionBank
from smtplesson.questions.exports import FORMATS, Loss, export
from smtplesson.questions.kinds import KINDS
from smtplesson.questions.kinds.single import Single
from smtplesson.questions.question import Kind, Question
from tests.every_kind import HOSTILE, LINES, SAMPLES, SEEN, hostile
from tests.tools import need

ALL = {q.id: q for q in (*QuestionBank.load().values(), *families.variants(60, 3))}
SHORT = {q.id: q for q in ALL.values() if q.kind.is_typed}
ORDER = {q.id: q for q in ALL.values() if q.kind.control == "order"}
PAIRS = {q.id: q for q in ALL.values() if q.kind.control == "pairs"}
CHOICES = {q.id: q for q in ALL.values() if q.id not in SHORT | ORDER | PAIRS}
CONFIG = Config()  # as it is before any file of a person's home is read
#: The grades that Moodle takes for an answer, in percent; it refuses any other.
GRADES = {
    *(100, 90, 83.33333, 80, 75, 70, 66.66667, 60, 50, 40, 33.33333, 30, 25, 20),
    *(16.66667, 14.28571, 12.5, 11.11111, 10, 5, 0),
}

#: A choice with the share of the mark that it is worth, in percent, and its feedback.
Read = tuple[str, float, str]


def test_all_kinds_are_tried() -> None:
    assert {q.kind for q in ALL.values()} == set(KINDS.values())
    assert set(SAMPLES) == set(KINDS)


def expected(question: Question) -> list[Read]:
    """What a question's choices are worth: one right answer all; several share it, and there a wrong one takes it."""
    right = sum(c.right for c in question.choices)
    worth = (
        {True: round(100 / right, 5), False: -100.0} if question.kind.control == "checkbox" else {True: 100, False: 0}
    )
    return sorted((c.text, worth[c.right], c.feedback) for c in question.choices)


# --- Moodle XML ---


class Text(HTMLParser):
    """What a browser shows of a piece of HTML, a line for each block, and the tags that it has."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.shown, self.tags = "", set[str]()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert attrs == []
        self.tags.add(tag)
        self.shown += "\n" if tag == "br" else ""

    def handle_endtag(self, tag: str) -> None:
        self.shown += "\n" if tag in ("p", "pre") else ""

    def handle_data(self, data: str) -> None:
        self.shown += data


def shown(html: str | None) -> str:
    """The text of a piece of HTML that has no other tags than ours."""
    read = Text(html or "")
    assert read.tags <= {"p", "pre", "br", "code"}
    return read.shown.strip()


def moodle(questions: Iterable[Question]) -> dict[str, ElementTree.Element]:
    root = ElementTree.fromstring(export(questions, "moodle", seed=7).text)
    assert root.tag == "quiz"
    category, *found = root.findall("question")
    assert category.attrib == {"type": "category"}
    assert category.findtext("category/text") == "$course$/smtplesson/SMTP replies"
    return {question.findtext("name/text") or "": question for question in found}


def answers(question: ElementTree.Element, form: str) -> list[Read]:
    """Each answer's text, fraction and feedback, in the order of the file."""
    found = []
    for answer in question.findall("answer"):
        assert answer.attrib["format"] == form
        text = answer.findtext("text") or ""
        feedback = shown(answer.findtext("feedback/text"))
        found.append((shown(text) if form == "html" else text, float(answer.attrib["fraction"]), feedback))
    return found


def test_moodle_xml_parser_reads_every_multiple_choice() -> None:
    read = parse_string(export(ALL.values(), "moodle", seed=7).text)["multichoice"]
    assert [question.name for question in read] == list(CHOICES)
    for question in read:
        was = CHOICES[question.name]
        code = ("<code>", "</code>") if was.kind.is_code else ("", "")
        assert sorted((o.answer, o.score_fraction, o.feedback) for o in question.options) == sorted(
            (text.join(code), share, f"<p>{feedback}</p>") for text, share, feedback in expected(was)
        )
        assert question.single is (was.kind.control != "checkbox")
        assert question.shuffle_answers is (not was.kind.keeps_order)
        assert question.text_pre_parse.startswith(f"<p>{was.prompt}</p>")
        assert question.general_feedback.endswith(f"<p>Source: {was.source}</p>")


def test_pieces_of_an_address_and_the_parties_keep_their_order() -> None:
    read = moodle(CHOICES.values())
    fixed = [q for q in CHOICES.values() if q.kind.keeps_order]
    assert len(fixed) > 10
    for question in fixed:
        assert [text for text, _, _ in answers(read[question.id], "html")] == [c.text for c in question.choices]


def test_moodle_takes_the_shares() -> None:
    found = [abs(share) for element in moodle(CHOICES.values()).values() for _, share, _ in answers(element, "html")]
    assert {100, 50, 33.33333, 0} <= set(found) <= GRADES


def test_what_is_typed_is_a_short_answer_with_near_misses_and_the_rest() -> None:
    read = moodle(SHORT.values())
    assert list(read) == list(SHORT)
    for id, element in read.items():
        question = SHORT[id]
        assert element.attrib == {"type": "shortanswer"}
        assert element.findtext("usecase") == ("1" if question.kind.case_counts else "0")
        *known, rest = answers(element, "moodle_auto_format")
        assert sorted(known) == expected(question)
        assert rest == ("*", 0, question.otherwise)  # the first that fits is taken, and a star fits anything


def test_lines_in_order_are_an_ordering() -> None:
    read = moodle(ORDER.values())
    assert list(read) == list(ORDER)
    for id, element in read.items():
        question = ORDER[id]
        assert element.attrib == {"type": "ordering"}
        assert answers(element, "html") == [(c.text, n, c.feedback) for n, c in enumerate(question.choices, 1)]
        assert element.findtext("selecttype") == "ALL"
        assert element.findtext("selectcount") == str(len(question.choices))
        assert element.findtext("gradingtype") == "ALL_OR_NOTHING"


def pairs(question: Question) -> set[tuple[str, str]]:
    """What belongs together, and behind an empty text what belongs to nothing."""
    right = {choice.partner for choice in question.choices}
    loose = {wrong.text for choice in question.choices for wrong in choice.instead} - right
    return {(choice.text, choice.partner) for choice in question.choices} | {("", text) for text in loose}


def moodle_pairs(element: ElementTree.Element) -> list[tuple[str, str]]:
    found = []
    for part in element.iterfind("subquestion"):
        assert part.attrib == {"format": "html"}
        found.append((shown(part.findtext("text")), part.findtext("answer/text") or ""))
    return found


def test_pairs_are_a_matching() -> None:
    read = moodle(PAIRS.values())
    assert list(read) == list(PAIRS)
    for id, element in read.items():
        was = PAIRS[id]
        assert element.attrib == {"type": "matching"}
        assert set(moodle_pairs(element)) == pairs(was)
        assert element.findtext("shuffleanswers") == ("false" if was.kind is KINDS["labelling"] else "true")
        # Moodle's question type asks for two parts and three answers to choose from
        assert len(was.choices) >= 2
        assert len(was.numbered()) >= 3


def test_parts_keep_their_order() -> None:
    for id, element in moodle(q for q in PAIRS.values() if q.kind is KINDS["labelling"]).items():
        assert [text for text, _ in moodle_pairs(element) if text] == [c.text for c in PAIRS[id].choices]
        assert shown(element.findtext("questiontext/text")).endswith(PAIRS[id].excerpt.strip())


def test_a_moodle_question_has_its_dialogue_tags_and_source() -> None:
    (element,) = moodle([SAMPLES["single"]]).values()
    text = "Which?\nC: RCPT TO:<green@foo.com>\nS: 251 User not local"
    assert shown(element.findtext("questiontext/text")) == text
    assert "<pre>C: RCPT TO:&lt;green@foo.com&gt;\nS: " in (element.findtext("questiontext/text") or "")
    assert [tag.text for tag in element.iterfind("tags/tag/text")] == ["251", "l", "o"]
    assert shown(element.findtext("generalfeedback/text")) == "Source: RFC 5321 section 4.2"
    assert element.findtext("idnumber") == "single-1"


def test_what_belongs_to_the_answer_is_told_afterwards_where_moodle_tells_only_what_was_chosen() -> None:
    several, order = moodle([SAMPLES["several"], SAMPLES["order"]]).values()
    rows = shown(several.findtext("generalfeedback/text")).split("\n")
    assert sorted(rows[:-1]) == ["250: On 250", "251: On 251", "252: On 252"]
    rows = shown(order.findtext("generalfeedback/text")).split("\n")
    assert rows[:-1] == [row for n, line in enumerate(LINES, 1) for row in (f"{n}. {line}", f"On {line}")]


@pytest.mark.parametrize("kind", KINDS.values(), ids=str)
def test_hostile_text_survives_in_moodle_as_text(kind: Kind) -> None:
    question = hostile(kind, HOSTILE + "\ufffe\uffff\ud800")
    seen = SEEN + "\ufffd" * 3
    (element,) = moodle([question]).values()
    parts = [seen, f"C: {seen}", f"S: {seen}", *([seen] if question.address else [])]
    parts += [f"{n}{seen}" for n in range(len(question.choices))] if question.excerpt else []
    assert shown(element.findtext("questiontext/text")) == "\n".join(parts)
    assert shown(element.findtext("generalfeedback/text")).endswith(f"Source: {seen}")
    if kind.is_typed:
        read = answers(element, "moodle_auto_format")
        # a star that is meant has a backslash: https://docs.moodle.org/en/Short-Answer_question_type
        wanted = [(f"{n}{seen}".replace("*", "\\*"), f"f{n}{seen}") for n in range(len(question.choices))]
        assert sorted((text, feedback) for text, _, feedback in read) == sorted([*wanted, ("*", seen)])
    elif kind.control == "pairs":
        assert sorted(moodle_pairs(element)) == [(f"{n}{seen}", f"p{n}{seen}") for n in range(len(question.choices))]
    elif kind is not KINDS["who"]:
        read = answers(element, "html")
        wanted = [(f"{n}{seen}", f"f{n}{seen}") for n in range(len(question.choices))]
        assert sorted((text, feedback) for text, _, feedback in read) == wanted


# --- GIFT ---

#: Of the package, 1.0.2 is what npm gives; a test on what comes next would not be one on us.
GIFT = "gift-pegjs@1.0.2"
READ_GIFT = (
    "process.stdout.write(JSON.stringify(require(process.argv[1]).parse(require('fs').readFileSync(0, 'utf8'))))"
)


@pytest.fixture(scope="module")
def gift_pegjs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gift")
    command = [need.program("npm"), "install", "--no-audit", "--no-fund", "--prefix", str(folder), GIFT]
    for attempt in range(2):  # a registry may fail once
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode == 0 or attempt:
            break
    if done.returncode:
        need.unavailable(f"npm cannot install {GIFT}: {done.stderr}")
    return folder / "node_modules" / "gift-pegjs"


def gift(reader: Path, questions: Iterable[Question]) -> dict[str, dict[str, Any]]:
    command = [need.program("node"), "-e", READ_GIFT, str(reader)]
    text = export(questions, "gift", seed=7).text
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    category, *found = json.loads(done.stdout)
    assert (category["type"], category["title"]) == ("Category", "$course$/smtplesson/SMTP replies")
    return {question["title"]: question for question in found}


def plain(text: Any) -> str:
    """A text as gift-pegjs gives it, but for its faults: a semicolon behind each new line, and half-undone pairs."""
    read = text if isinstance(text, str) else text["text"]
    for code, char in {"058": ":", "035": "#", "061": "=", "123": "{", "125": "}", "126": "~", "092": "\\"}.items():
        read = read.replace(f"&&{code};", char)
    if not isinstance(text, str) and text["format"] == "html":
        return shown(read)
    assert isinstance(text, str) or text["format"] == "plain"
    return str(read).replace("\n;", "\n")


def one_space(text: str) -> str:
    """Spaces as GIFT's plain text has them: never two."""
    return " ".join(text.split())


def choices(question: dict[str, Any]) -> list[Read]:
    found = []
    for made in question["choices"]:
        weight = made["weight"] if made["weight"] is not None else 100 if made["isCorrect"] else 0
        found.append((plain(made["text"]), weight, plain(made["feedback"])))
    return found


def gift_pairs(question: dict[str, Any]) -> set[tuple[str, str]]:
    return {(plain(pair["subquestion"]), plain(pair["subanswer"])) for pair in question["matchPairs"]}


def test_gift_pegjs_reads_every_question(gift_pegjs: Path) -> None:
    read = gift(gift_pegjs, ALL.values())
    assert list(read) == list(ALL)
    for id, found in read.items():
        was = ALL[id]
        assert one_space(plain(found["stem"])) == one_space(f"{was.prompt} {was.dialogue} {was.address} {was.excerpt}")
        assert one_space(plain(found["globalFeedback"])).endswith(f"Source: {was.source}")
        assert found["id"] == id
        assert found["tags"] == list(dict.fromkeys((*was.tags, was.lesson, was.objective)))
        if was.kind.control == "order":
            assert found["type"] == "Matching"
            places = [(plain(pair["subquestion"]), plain(pair["subanswer"])) for pair in found["matchPairs"]]
            assert places == [(str(n), one_space(c.text)) for n, c in enumerate(was.choices, 1)]
            continue
        if was.kind.control == "pairs":
            assert found["type"] == "Matching"
            assert gift_pairs(found) == pairs(was)
            continue
        known = choices(found)
        if was.kind.is_typed:
            assert found["type"] == "Short"
            assert known.pop() == ("*", 0, was.otherwise)
        else:
            assert found["type"] == "MC"
            assert {c["isCorrect"] for c in found["choices"]} == (
                {False} if was.kind.control == "checkbox" else {True, False}
            )
        assert sorted(known) == expected(was)


@pytest.mark.parametrize("kind", KINDS.values(), ids=str)
def test_hostile_text_survives_in_gift_as_text(kind: Kind, gift_pegjs: Path) -> None:
    question, seen = hostile(kind), SEEN
    if kind.is_typed:  # which cannot have the arrow
        question, seen = hostile(kind, HOSTILE.replace("-->", "--")), SEEN.replace("-->", "--")
    (found,) = gift(gift_pegjs, [question]).values()
    stem = f"{seen} C: {seen} S: {seen} {seen if question.address else ''}"
    stem += " ".join(f"{n}{seen}" for n in range(len(question.choices))) if question.excerpt else ""
    assert one_space(plain(found["stem"])) == one_space(stem)
    assert one_space(plain(found["globalFeedback"])).endswith(one_space(f"Source: {seen}"))
    wanted = [(f"{n}{seen}", f"f{n}{seen}") for n in range(len(question.choices))]
    if kind.control == "order":
        assert [plain(pair["subanswer"]) for pair in found["matchPairs"]] == [text for text, _ in wanted]
    elif kind.control == "pairs":
        assert gift_pairs(found) == {(text, f"p{text}") for text, _ in wanted}
    elif kind.is_typed:
        # a star that is meant has a backslash, as in Moodle XML
        stars = [(text.replace("*", "\\*"), feedback) for text, feedback in wanted]
        assert sorted((text, feedback) for text, _, feedback in choices(found)) == sorted([*stars, ("*", seen)])
    elif kind is not KINDS["who"]:
        assert sorted((text, feedback) for text, _, feedback in choices(found)) == wanted


@pytest.mark.parametrize("start", ["[html]", "%50%", "=", "~", "#", "//", "->", "::"])
def test_no_beginning_of_a_choice_is_a_command_of_gift(start: str, gift_pegjs: Path) -> None:
    question = SAMPLES["single"]
    texts = tuple(replace(c, text=f"{start}{n}") for n, c in enumerate(question.choices))
    (found,) = gift(gift_pegjs, [replace(question, choices=texts)]).values()
    read = {text: share for text, share, _ in choices(found)}
    assert read == {f"{start}0": 100, f"{start}1": 0}


def test_a_line_of_gift_is_neither_empty_nor_a_comment_of_its_own() -> None:
    # a program that reads GIFT line by line ends a question at an empty line and drops one that begins with //
    question = replace(SAMPLES["single"], prompt="a\n\n// b\n$CATEGORY: c\n", dialogue="C: d\n\nS: 250 e")
    lines = export([question], "gift").text.split("\n")
    assert lines[0] == "$CATEGORY: $course$/smtplesson/SMTP replies"
    assert lines[1] == ""
    assert lines[2] == "// [id:single-1] [tag:251] [tag:l] [tag:o]"
    assert lines[3] == r"::single-1::[plain]a\n\n// b\n$CATEGORY\: c\nC\: d\n\nS\: 250 e{"
    assert [line[:1] for line in lines[4:]] == ["\t", "\t", "\t", "}", ""]


def test_gift_leaves_out_what_it_would_take_for_pairs() -> None:
    question = SAMPLES["typed"]
    arrow = replace(question, id="arrow", choices=(*question.choices, replace(question.choices[1], text="a->b")))
    made = export([arrow, question], "gift")
    assert made.held == ("typed-1",)
    assert "arrow" not in made.text
    why = "GIFT would take -> in a typed answer for pairs to be matched"
    assert made.losses[0] == Loss("arrow", why, left_out=True)
    assert made.report.startswith(f"1 question exported.\nLeft out:\n  {why}: arrow\n")


# --- text2qti ---


def by_text2qti(text: str) -> list[Any]:
    """The questions that text2qti reads, and it must make QTI of them, too."""
    quiz = Text2qtiQuiz(text, config=CONFIG, source_name="bank.txt")
    assert zipfile.ZipFile(io.BytesIO(QTI(quiz).zip_bytes())).testzip() is None
    return list(quiz.questions_and_delims)


def unescaped(escaped: str | None) -> str:
    """What a browser shows of HTML that is escaped in XML."""
    return shown(html.unescape(escaped or "")).strip()


def one_line(text: str) -> str:
    return " ".join(text.split())


def test_text2qti_reads_every_question() -> None:
    asked = [q for q in ALL.values() if q.id not in ORDER | PAIRS]
    made = export(asked, "text2qti", title="Week & 3")
    assert made.text.startswith("Quiz title: Week & 3\n")
    assert made.held == tuple(q.id for q in asked)
    types = {"radio": "multiple_choice_question", "checkbox": "multiple_answers_question"}
    for question, read in zip(asked, by_text2qti(made.text), strict=True):
        assert read.title_raw == question.id
        assert read.type == types.get(question.kind.control, "short_answer_question")
        assert one_line(question.prompt) in one_line(unescaped(read.question_html_xml))
        assert one_line(question.dialogue) in one_line(unescaped(read.question_html_xml))
        assert f"Source: {question.source}" in unescaped(read.feedback_html_xml)
        if question.kind.is_typed:
            assert [c.choice_raw for c in read.choices] == [c.text.strip() for c in question.choices if c.right]
            assert one_line(unescaped(read.incorrect_feedback_html_xml)) == one_line(question.otherwise)
            continue
        choices = [
            (one_line(unescaped(c.choice_html_xml)), c.correct, unescaped(c.feedback_html_xml)) for c in read.choices
        ]
        wanted = sorted((one_line(c.text), c.right, c.feedback.strip()) for c in question.choices)
        assert sorted(choices) == wanted


@pytest.mark.parametrize("kind", [k for k in KINDS.values() if k.control not in ("order", "pairs")], ids=str)
def test_hostile_text_survives_in_text2qti_as_text(kind: Kind) -> None:
    question = hostile(kind)
    (read,) = by_text2qti(export([question], "text2qti", title=HOSTILE).text)
    assert one_line(SEEN) in one_line(unescaped(read.question_html_xml))
    for choice, found in zip(question.choices, read.choices, strict=False):
        if kind.is_typed:
            assert found.choice_raw == one_line(choice.text.replace(HOSTILE, SEEN))
        else:
            assert one_line(unescaped(found.choice_html_xml)) in {
                one_line(c.text.replace(HOSTILE, SEEN)) for c in question.choices
            }


@pytest.mark.parametrize(
    "start", ["1. ", "- ", "* ", "# ", "> ", "    ", "...", "+ ", "^^^", "___", "```", "| a |", "!", ": "]
)
def test_no_beginning_of_a_text_is_a_sign_of_text2qti(start: str) -> None:
    plain = SAMPLES["single"]
    text = f"{start}x\n{start}y"
    choices = tuple(replace(c, text=f"{text}{n}", feedback=text) for n, c in enumerate(plain.choices))
    question = replace(plain, prompt=text, choices=choices)
    (read,) = by_text2qti(export([question], "text2qti").text)
    assert unescaped(read.question_html_xml).startswith(text.strip())
    assert {unescaped(c.feedback_html_xml) for c in read.choices} == {text.strip()}


# --- Anki ---


def cards(text: str) -> list[list[str]]:
    head, rows = text.split("#tags column:3\n")
    assert head.startswith("#separator:tab\n#html:true\n#deck:")
    assert [row for row in rows.splitlines() if row.startswith("#")] == [], "Anki would take it for a comment"
    return list(csv.reader(io.StringIO(rows), delimiter="\t", strict=True))


def test_a_card_of_anki_asks_on_its_front_and_tells_on_its_back() -> None:
    made = export(ALL.values(), "anki", seed=5)
    assert made.held == tuple(ALL)
    for question, (front, back, tags) in zip(ALL.values(), cards(made.text), strict=True):
        asked, told = (shown(side) for side in (front, back))
        assert one_line(question.prompt) in one_line(asked)
        assert f"Source: {question.source}" in told
        assert {*question.tags, question.lesson, question.objective} == set(tags.split(" "))
        for choice in question.choices:
            assert one_line(choice.feedback) in one_line(told)
            assert question.kind.is_typed or one_line(choice.text) in one_line(asked)
        right = question.shuffled(5)
        if question.kind.is_one_letter:
            assert told[0] == right.key


@pytest.mark.parametrize("kind", KINDS.values(), ids=str)
def test_hostile_text_survives_in_anki_as_text(kind: Kind) -> None:
    ((front, back, _),) = cards(export([hostile(kind)], "anki", title=HOSTILE).text)
    assert SEEN in shown(front)
    assert SEEN in shown(back)


def test_a_card_never_begins_as_a_comment_does() -> None:
    ((front, _, _),) = cards(export([replace(SAMPLES["single"], prompt="#1 of two")], "anki").text)
    assert front.startswith("&#35;1 of two")


def test_the_key_of_a_sheet_tells_the_right_answer_of_a_typed_question() -> None:
    key = export([SAMPLES["typed"]], "print").text.partition('class="key"')[2]
    assert "<strong>Answer: 5.1.3</strong>" in key


def test_the_key_tells_of_anything_else_where_an_answer_is_typed_and_only_there() -> None:
    keys = [export([SAMPLES[name]], "print").text.partition('class="key"')[2] for name in ("typed", "single")]
    assert ["Anything else" in key for key in keys] == [True, False]


def test_a_sheet_has_the_excerpt_whose_parts_are_to_be_named() -> None:
    asked = export([SAMPLES["labelling"]], "print").text.partition('class="key"')[0]
    marked = "RCPT: <mark>251<small>A</small></mark>, or <mark>551<small>B</small></mark><br>"
    assert f"{marked}DATA: <mark>250<small>C</small></mark>." in asked


# --- what holds for all formats ---


@pytest.mark.parametrize("format", FORMATS)
def test_the_seed_alone_gives_the_order(format: str) -> None:
    first = export(ALL.values(), format, seed=7)
    assert export(ALL.values(), format, seed=7) == first
    assert export(ALL.values(), format, seed=8).text != first.text
    assert first.held + tuple(loss.question for loss in first.losses if loss.left_out)
    assert sorted(first.held + tuple(loss.question for loss in first.losses if loss.left_out)) == sorted(ALL)


#: What a format does not hold of a question of each kind, a word of what is told of it.
NAMED = {
    "moodle": {
        "several": "part of the mark",
        "typed": "spaces",
        "order": "Moodle 4.4",
        "repair": "mistyped address",
        "matching": "on all pairs comes at the end",
        "labelling": "on all labels comes at the end",
    },
    "gift": {
        "several": "part of the mark",
        "typed": "spaces",
        "order": "matched",
        "repair": "mistyped address",
        "matching": "on all pairs comes at the end",
        "labelling": "on all pairs comes at the end",
        "fault": "another order",
        "who": "another order",
    },
    "jupyterquiz": {
        "several": "at once",
        "typed": "spaces",
        "order": "no question in which lines are put in order",
        "matching": "no question in which pairs are made",
        "labelling": "no question in which pairs are made",
        "repair": "mistyped address",
        "fault": "shuffle_answers=False",
        "who": "shuffle_answers=False",
    },
    "text2qti": {
        "several": "part of the mark",
        "typed": "capitals",
        "repair": "capitals",
        "order": "no question in which lines are put in order",
        "matching": "no question in which pairs are made",
        "labelling": "no question in which pairs are made",
    },
    "anki": dict.fromkeys(KINDS, "Anki marks nothing"),
    "print": {},
    "cards": dict.fromkeys(("several", "typed", "order", "matching", "labelling", "repair"), "needs one letter"),
}


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("kind", KINDS.values(), ids=str)
def test_what_is_not_held_is_named(format: str, kind: Kind) -> None:
    made = export([SAMPLES[kind.name], SAMPLES["single"]], format)
    told = [loss.what for loss in made.losses if loss.question == f"{kind}-1"]
    without = {"jupyterquiz": {"order", "pairs"}, "text2qti": {"order", "pairs"}}
    without["cards"] = {"checkbox", "text", "order", "pairs"}
    left_out = kind.control in without.get(format, set())
    assert any("misconceptions" in what for what in told) is not left_out
    assert any("simulated server" in what for what in told) is (kind is KINDS["predict"])
    assert any("source" in what for what in told) is (format == "jupyterquiz" and not left_out)
    special = {w for w in told if not any(word in w for word in ("misconceptions", "simulated server", "source"))}
    assert len(special) == (kind.name in NAMED[format])
    assert NAMED[format].get(kind.name, "") in "".join(special)
    assert all(what in made.report for what in told)


class New(Single):
    """A kind that no format has heard of, with a control that all have."""

    name = "new"


class Drawn(New):
    """And one whose control none has."""

    name = "drawn"
    control = "canvas"


@pytest.mark.parametrize("format", FORMATS)
def test_a_new_kind_is_written_by_its_control_or_told_as_left_out(format: str) -> None:
    old = SAMPLES["single"]
    new, drawn = (replace(old, id=kind.name, kind=kind) for kind in (New(), Drawn()))
    made = export([drawn, new], format)
    assert made.held == ("new",)
    assert made.text.replace("new", "single-1") == export([old], format).text
    assert "Left out:\n  there is no place for questions of the kind drawn: drawn\n" in made.report


def test_the_report_names_the_questions() -> None:
    made = export([SAMPLES["order"], SAMPLES["single"], SAMPLES["predict"], SAMPLES["who"]], "jupyterquiz")
    assert made.report == (
        "3 questions exported.\n"
        "Left out:\n"
        "  jupyterquiz has no question in which lines are put in order: order-1\n"
        "Not as in the kit:\n"
        "  the misconceptions behind wrong answers are not named; the feedback on each answer is there: "
        "in all of them\n"
        "  the source is not named: in all of them\n"
        "  there is no simulated server to try the answer on: predict-1\n"
        "  the choices keep their order only with display_quiz(..., shuffle_answers=False): who-1"
    )


def test_what_makes_no_sense_is_told() -> None:
    with pytest.raises(ValueError, match=r"^There is no format 'qti'; there are moodle, gift, .*, print, cards\.$"):
        export(SAMPLES.values(), "qti")
    with pytest.raises(ValueError, match=r"^There is no question to export\.$"):
        export([], "gift")


# --- the command ---


def test_the_command_writes_a_file_and_reports(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "bank.xml"
    assert main(["export", "moodle", "--lesson", "05-251-or-553", "--seed", "3", "-o", str(file)]) == 0
    bank = QuestionBank.load().where(lesson="05-251-or-553")
    assert file.read_text(encoding="utf-8") == export(bank.values(), "moodle", seed=3).text
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith("8 questions exported.\nNot as in the kit:\n")


def test_the_command_writes_to_standard_output(capfd: pytest.CaptureFixture[str]) -> None:
    asked = ["export", "jupyterquiz", "--objective", "who-acts", "--count", "2"]
    assert main(asked) == 0
    read = json.loads(capfd.readouterr().out)
    prompts = {q.prompt for q in QuestionBank.load().where(objective="who-acts").values()}
    assert len(read) == 2
    assert {html.unescape(question["question"]) for question in read} <= prompts


def test_the_command_makes_new_questions(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "gift", "--new", "--count", "3", "--seed", "9", "--title", "Week/1"]) == 0
    text = capfd.readouterr().out
    assert text.startswith("$CATEGORY: $course$/smtplesson/Week//1\n")
    assert text.replace("\\", "").split("::")[1::2] == [q.id for q in families.variants(3, 9)]


def test_the_command_writes_a_learner_s_questions_of_a_set(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "week.toml"
    file.write_text('title = "Week 3"\nlessons = ["03-251"]\nfamilies = ["who-must-act"]\nnumber = 4', encoding="utf-8")
    assert main(["export", "gift", "--set", str(file), "--learner", "mira-7"]) == 0
    text = capfd.readouterr().out
    assert text.startswith("$CATEGORY: $course$/smtplesson/Week 3\n")
    asked = questions_for(ExerciseSet.load(file), "mira-7")
    assert text.replace("\\", "").split("::")[1::2] == [question.id for question in asked]
    assert main(["export", "gift", "--set", str(file), "--count", "2"]) == 2
    assert "The set says what is asked: leave out --count." in capfd.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--lesson", "99"], "There is no question with lesson='99', objective=None. The lessons are 00-pretest, "),
        (["--count", "0"], "count = 0; ask for one question at least"),
        (["-o", "nowhere/at/all.txt"], "nowhere/at/all.txt"),
    ],
)
def test_the_command_tells_what_makes_no_sense(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", "gift", *arguments]) == 2
    assert message in capsys.readouterr().err


# --- paper for a class ---


def test_a_sheet_for_each_learner_and_one_table_of_answers(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    week, roster = tmp_path / "week.toml", tmp_path / "class.csv"
    text = (
        'title = "W"\nquestions = ["pre-251", "pre-553"]\nfamilies = ["code-for-rcpt", "where-it-stands"]\nnumber = 4\n'
    )
    week.write_text(text, encoding="utf-8")
    roster.write_text("id,name\nada,Ada <b>\nben,\n", encoding="utf-8")
    command = ["export", "print", "--set", str(week), "--roster", str(roster)]
    assert main(command) == 0
    page = capfd.readouterr().out
    sheets = page.split("<article>")[1:]
    exercise = ExerciseSet.load(week)
    for id, sheet in zip(("ada", "ben"), sheets, strict=True):
        asked = [question.prompt for question in questions_for(exercise, id)]
        assert [sheet.index(html.escape(prompt.split("`")[0][:30])) for prompt in asked]
        assert sheet.partition('class="key"')[0].count("<section") == 4
    assert "Ada &lt;b&gt;" in sheets[0]
    key = page.partition('class="key"')[2]
    for id in ("ada", "ben"):
        for question in questions_for(exercise, id):
            right = [choice.text for choice in question.choices if choice.right]
            assert f"<td>{html.escape(' or '.join(right) if question.kind.is_typed else question.key)}</td>" in key
    assert main([*command, "--no-key"]) == 0
    assert 'class="key"' not in capfd.readouterr().out
    assert main(["export", "gift", "--set", str(week), "--roster", str(roster)]) == 2
    assert main(["export", "print", "--roster", str(roster)]) == 2
    assert "--roster needs a set" in capfd.readouterr().err
