"""The rules for lessons hold for every notebook, and each rule finds what it is there to find."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from smtplesson import widgets
from smtplesson.questions.course import notebooks
from tests.tools import course as made
from tests.tools import lesson_rules as rules
from tests.tools.lessons import (
    Cell,
    Course,
    Lesson,
    asked,
    estimate,
    objectives,
    paragraphs,
    sections,
    sentences,
    views,
    words,
)

COURSE = Course.read()


def rules_for(name: str) -> tuple[rules.Rule, ...]:
    return (*rules.EVERYWHERE, *(rules.IN_LESSONS if name[0].isdigit() else ()))


def test_the_course_is_whole() -> None:
    assert {*COURSE.lessons} == {planned.file for planned in notebooks()}
    assert [lesson.name for lesson in COURSE.numbered] == [n.file for n in notebooks() if n.is_lesson]


def test_what_is_made_from_the_plan_is_as_it_would_be_made() -> None:
    assert [p.name for p in made.files() if made.written(p) != p.read_text(encoding="utf-8")] == [], (
        "python -m tests.tools.course"
    )
    assert "<!-- table: course -->" in made.README.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "rule"),
    [pytest.param(n, rule, id=f"{n}-{rule.__name__}") for n in COURSE.lessons for rule in rules_for(n)],
)
def test_a_notebook_keeps_a_rule(name: str, rule: rules.Rule) -> None:
    assert rule(COURSE.lessons[name], COURSE) == []


def test_every_view_has_its_minutes() -> None:
    made = views(Cell("code", "\n".join(f"{name}()" for name in widgets.__all__)))
    assert {*widgets.__all__} - {"QuizView", "Scene", "Step"} <= {name for name, _ in made}


def test_there_is_an_examination_of_each_lesson_between_the_first_and_the_last() -> None:
    assert list(rules.OBJECTIVES) == [f"0{number}" for number in range(1, 9)]


# --- a lesson that breaks nothing, and what each rule says when it breaks one thing --------------------------

FIRST = Lesson("97-first", (Cell("markdown", "# First\n\n**Next:** [98 Second](98-second.ipynb)"),))
REVIEW = Lesson("review", (Cell("markdown", "# Review"),))
TITLE = """\
# Second

**After this lesson you can**

1. say one;
2. say two;
3. say `three`.

**Time:** 8 minutes. **Before:** [97 First](97-first.ipynb). Read on."""
BODY = """\
## Body

The Simple Mail Transfer Protocol (SMTP) has a rule: a server MUST answer. The standard says so
([RFC 5321](https://www.rfc-editor.org/rfc/rfc5321) section 4.2). A Request for Comments (RFC) is a document.

| a | b |
| --- | --- |
| `c|d` | e |

![a ladder](ladder.png)"""
END = """\
## Key points

- **One.** The standard says so.

**A challenge:** do it.

**Next:** [Review](review.ipynb)"""
ANSWER = "The client has heard nothing yet; the server has."
REVEALED = f"<details><summary>Decide, then open the answer</summary>\n\n{ANSWER}\n\n</details>\n\n"
GOOD = Lesson(
    "98-second",
    (
        Cell("markdown", TITLE),
        Cell("markdown", "## Three questions first\n\nFrom memory."),
        Cell(
            "code",
            "# Questions\nQuizView.review(count=3)",
            f"{REVEALED}**Quiz of 3 questions.** *Run this cell to answer.*",
            folded=True,
        ),
        Cell("markdown", BODY),
        Cell("code", "# Talk\nimport this\n\nConsole(server)", folded=True),
        Cell("markdown", END),
    ),
)


def course(lesson: Lesson) -> Course:
    return Course({each.name: each for each in (FIRST, REVIEW, lesson)})


def changed(cell: int, old: str, new: str, *, output: bool = False) -> Lesson:
    """The good lesson with `new` for `old` in one of its cells."""
    before = GOOD.cells[cell]
    text = before.output if output else before.text
    assert old in text
    replaced = text.replace(old, new, 1)
    after = dataclasses.replace(before, output=replaced) if output else dataclasses.replace(before, text=replaced)
    return dataclasses.replace(GOOD, cells=(*GOOD.cells[:cell], after, *GOOD.cells[cell + 1 :]))


BREAKS: list[tuple[Any, ...]] = [
    (rules.headings_in_order, 0, "# Second", "## Second", "does not begin with"),
    (rules.headings_in_order, 0, "# Second", "## Second", "0 headings of the first level"),
    (rules.headings_in_order, 3, "## Body", "# Body", "2 headings of the first level"),
    (rules.headings_in_order, 3, "## Body", "#### Body", "level 4 after one of level 2"),
    (rules.opening, 0, "2. say two;\n3. say `three`.", "", "1 objectives"),
    (rules.opening, 0, "**After this lesson you can**", "After this lesson you can", "0 objectives"),
    (rules.opening, 0, "8 minutes", "some minutes", "**Time:**"),
    (rules.opening, 0, "**Before:**", "Before:", "**Before:**"),
    (rules.recall_first, 1, "## Three questions first", "## Body", "three questions come first"),
    (rules.recall_first, 2, "count=3", "count=4", "asks [4]"),
    (rules.recall_first, 2, "QuizView.review(count=3)", "Console(server)", "asks []"),
    (rules.closing, 5, "## Key points", "## Points", "## Key points"),
    (rules.closing, 5, "**A challenge:**", "A challenge:", "**A challenge:**"),
    (rules.closing, 5, "**Next:**", "Next:", "**Next:**"),
    (rules.closing, 5, "## Key points", "More.\n\n## Key points", "begins with something else"),
    (rules.short_cells, 4, "Console(server)", "Console(server)\n" * 29, "30 lines"),
    (rules.views_folded, 4, "Console(server)", "print(server)", "folded: print(server)"),
    (rules.views_folded, 4, "Console(server)", "Console(server)  # try another", "folded: Console(server)  # try"),
    (rules.folds_named, 4, "# Talk\n", "", "folded without a name: import this"),
    (rules.decisions_wait, 3, "A Request", "Decide, then look. A Request", "'then look'"),
    (rules.answers_kept, 2, "**Quiz of", f"{REVEALED}{ANSWER}\n\n**Quiz of", ANSWER[:60], True),
    (rules.answers_kept, 3, "A Request", "*The client* has heard\nnothing yet; the server has. A Request", ANSWER[:20]),
    (rules.no_raw_objects, 2, "**Quiz of", "[('green', 'green@bar.org')]\n\n**Quiz of", "'[('", True),
    (
        rules.no_raw_objects,
        2,
        "**Quiz of",
        "EnhancedCode(klass=5, subject=7)\n\n**Quiz of",
        "'EnhancedCode(klass='",
        True,
    ),
    (rules.links_resolve, 5, "(review.ipynb)", "(revue.ipynb)", "no such notebook"),
    (rules.links_resolve, 0, "[97 First]", "[97 The first]", "leads to '97 First'"),
    (rules.links_resolve, 3, "[RFC 5321]", "[RFC 821]", "leads to"),
    (rules.links_resolve, 3, "https://www.rfc-editor.org", "http://www.rfc-editor.org", "only https"),
    (rules.links_resolve, 3, "https://www.rfc-editor.org", "https://example.org", "not one of the hosts"),
    (rules.chain, 5, "review.ipynb", "97-first.ipynb", "does not lead to review"),
    (rules.chain, 0, "97-first.ipynb", "98-second.ipynb", "does not name 97-first"),
    (rules.chain, 0, "[97 First](97-first.ipynb)", "nothing", "does not name 97-first"),
    (
        rules.no_bare_addresses,
        3,
        "A Request",
        "See https://www.rfc-editor.org. A Request",
        "a bare address: https://www",
    ),
    (rules.no_bare_addresses, 3, "A Request", "<https://www.rfc-editor.org> A Request", "a bare address"),
    (rules.stated_minutes, 0, "8 minutes", "12 minutes", "12 minutes are stated, 6 estimated"),
    (rules.stated_minutes, 0, "8 minutes", "3 minutes", "3 minutes are stated"),
    (rules.checks_often_enough, 3, "A Request", "word " * 1800 + "A Request", "13 minutes without a check"),
    (rules.asks_what_there_is, 2, "review(count=3)", 'of("05-recall", objective=["digits", "nil"])', "'nil'"),
    (rules.short_sentences, 3, "A Request", "Long" + " word" * 45 + ". A Request", "46 words: Long word"),
    (rules.short_sentences, 3, "A Request", ("Long" + " word" * 29 + ". ") * 50 + "A Request", "words a sentence"),
    (rules.acronyms_expanded, 3, "The Simple Mail Transfer Protocol (SMTP)", "SMTP", "SMTP is not spelled out"),
    (rules.acronyms_expanded, 3, "A Request for Comments (RFC)", "It", "RFC is not spelled out"),
    (rules.acronyms_expanded, 1, "From memory", "Of SMTP, from memory", "SMTP is not spelled out"),
    (rules.acronyms_expanded, 3, "a rule", "a QQ9", "QQ9 is not spelled out"),
    (rules.sources_named, 3, " section 4.2", "", "'Body' names no section"),
    (rules.sections_exist, 3, "section 4.2", "section 4.9", "no section 4.9"),
    (rules.sections_exist, 3, "section 4.2", "sections 4.2, 4.2.1 and 9.9", "no section 9.9"),
    (rules.sections_exist, 3, "section 4.2)", "section 4.2; RFC 3463 section 4.2)", "no section 4.2 in RFC 3463"),
    (rules.pictures_described, 3, "![a ladder]", "![ ]", "ladder.png"),
    (rules.pictures_described, 3, "![a ladder](ladder.png)", '<img src="ladder.png">', "ladder.png"),
    (rules.tables_have_headers, 3, "| --- | --- |\n", "", "without headers"),
    (rules.tables_have_headers, 3, "| a | b |", "| | b |", "without headers"),
]


@pytest.mark.parametrize("rule", rules_for("98-second"), ids=lambda rule: rule.__name__)
def test_a_good_lesson_breaks_no_rule(rule: rules.Rule) -> None:
    assert rule(GOOD, course(GOOD)) == []


@pytest.mark.parametrize(
    ("rule", "cell", "old", "new", "says", "output"),
    [
        pytest.param(*case[:5], case[5:] == (True,), id=f"{case[0].__name__}-{number}")
        for number, case in enumerate(BREAKS)
    ],
)
def test_a_rule_finds_what_breaks_it(rule: rules.Rule, cell: int, old: str, new: str, says: str, output: bool) -> None:
    broken = changed(cell, old, new, output=output)
    found = rule(broken, course(broken))
    assert [fault for fault in found if says in fault], found


def of_lesson_05(cell: int, old: str, new: str) -> Lesson:
    """Lesson 05 with `new` for `old` in its first or last cell."""
    lesson = COURSE.lessons["05-251-or-553"]
    cells = list(lesson.cells)
    assert old in cells[cell].text
    cells[cell] = dataclasses.replace(cells[cell], text=cells[cell].text.replace(old, new, 1))
    return dataclasses.replace(lesson, cells=tuple(cells))


#: Rules that the cases above cannot break, and what they say of a lesson that does.
OTHERS: list[tuple[rules.Rule, Callable[[], Lesson], str]] = [
    (rules.twins_agree, lambda: changed(2, "Quiz of 3", "Quiz of 4", output=True), "[4] stored"),
    (rules.twins_agree, lambda: changed(2, "**Quiz of 3 questions.**", "", output=True), "[] stored"),
    (rules.asks_all_its_questions, lambda: dataclasses.replace(GOOD, name="05-x"), "05-recall.toml: recall-"),
    (rules.objectives_are_examined, lambda: dataclasses.replace(GOOD, name="08-x"), "'say one' is not in the list"),
    (
        rules.objectives_are_examined,
        lambda: dataclasses.replace(GOOD, name="08-x"),
        "have, and what is said above them' is not stated",
    ),
    (
        rules.objectives_are_examined,
        lambda: dataclasses.replace(GOOD, name="08-x"),
        "have, and what is said above them' has 0 questions",
    ),
    (
        rules.taught_before_asked,
        lambda: changed(2, "review(count=3)", 'of("08-break-it", objective="smuggling")'),
        "'smuggling' is in no text before the question bare-lf",
    ),
    (rules.as_planned, lambda: of_lesson_05(0, "# 251 or 553", "# 251 and 553"), ": # 251 or 553"),
    (rules.as_planned, lambda: of_lesson_05(0, " 30 minutes", " 35 minutes"), ": **Time:** 30"),
    (rules.as_planned, lambda: of_lesson_05(0, "1. tell, at", "1. see, at"), ": 1. tell, at"),
    (rules.as_planned, lambda: of_lesson_05(0, "04-553.ipynb", "03-251.ipynb"), "minutes. **Before:** [04 "),
    (rules.as_planned, lambda: of_lesson_05(-1, "[06 In the wild]", "[06 The wild]"), ": **Next:** [06 In the wild]"),
]


@pytest.mark.parametrize(
    ("rule", "broken", "says"),
    [pytest.param(*case, id=f"{case[0].__name__}-{number}") for number, case in enumerate(OTHERS)],
)
def test_a_rule_finds_what_breaks_it_elsewhere(rule: rules.Rule, broken: Callable[[], Lesson], says: str) -> None:
    lesson = broken()
    assert [fault for fault in rule(lesson, course(lesson)) if says in fault]


def with_open(code: str) -> Lesson:
    """The good lesson with a cell of code that stands open."""
    return dataclasses.replace(GOOD, cells=(*GOOD.cells[:4], Cell("code", code), *GOOD.cells[5:]))


@pytest.mark.parametrize(
    ("rule", "code", "says"),
    [
        (rules.short_cells, "print(1)\n" * 7, "7 lines"),
        (rules.short_cells, f"print('{'x' * 81}')", "90 characters"),
        (rules.views_folded, "view = Predict(scene)\nview", "not folded: view"),
        (rules.views_folded, "scenario.transcript('rfc5321-typical')", "not folded: scenario"),
    ],
)
def test_code_that_stands_open_is_short_and_does_something(rule: rules.Rule, code: str, says: str) -> None:
    broken = with_open(code)
    assert [fault for fault in rule(broken, course(broken)) if fault.startswith(says) or says in fault]


@pytest.mark.parametrize("code", ["print('#')", "table = 1\ntable", "try_decide(decide)", "Predict(x)  # another"])
def test_code_that_is_to_be_read_stands_open(code: str) -> None:
    fine = with_open(code)
    assert rules.views_folded(fine, course(fine)) == []


def test_an_answer_may_stand_where_it_is_folded_away() -> None:
    fine = changed(2, "**Quiz of", f"{REVEALED}<details>{ANSWER}</details>\n\n**Quiz of", output=True)
    assert rules.answers_kept(fine, course(fine)) == []


def test_every_rule_is_broken_by_something() -> None:
    assert {rule for rule, *_ in (*BREAKS, *OTHERS)} == {*rules.EVERYWHERE, *rules.IN_LESSONS}


def test_a_question_that_no_stated_objective_is_about_is_found() -> None:
    asks = 'QuizView.of("08-break-it", objective="limits", seed=1)\nQuizView.of("08-break-it", objective="smuggling")'
    stated = "# T\n\n**After this lesson you can**\n\n1. say what limits;\n2. explain *smuggling*.\n"
    lesson = Lesson("08-x", (Cell("markdown", stated), Cell("code", asks)))
    wanted = {"say what limits": {"limits"}, "explain *smuggling*": {"injection"}}
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(rules.OBJECTIVES, "08", wanted)
        assert rules.objectives_are_examined(lesson, course(lesson)) == [
            "'explain *smuggling*' has 0 questions; two are the least",
            "'smuggling' is asked, and no stated objective is about it",
        ]
        patch.setitem(rules.OBJECTIVES, "08", wanted | {"explain *smuggling*": {"smuggling"}})
        assert rules.objectives_are_examined(lesson, course(lesson)) == []


def test_a_word_that_was_taught_may_be_asked_in_any_form() -> None:
    asks = Cell("code", 'QuizView.of("05-recall", objective="digits")')
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rules, "leaned_on", lambda question: "Who relays?")
        bare, early, late = (
            Lesson("98-x", cells)
            for cells in ((asks,), (Cell("markdown", "To *relay* is"), asks), (asks, Cell("markdown", "To *relay* is")))
        )
        assert [bool(rules.taught_before_asked(each, course(each))) for each in (bare, early, late)] == [
            True,
            False,
            True,
        ]
        told = Lesson("96-x", (Cell("markdown", "Relaying is"),))
        assert rules.taught_before_asked(bare, Course({"96-x": told, "98-x": bare})) == []
        first = dataclasses.replace(bare, name="00-x")  # its questions come before anything is taught
        assert rules.taught_before_asked(first, course(first)) == []


def test_questions_that_recall_an_earlier_lesson_examine_nothing() -> None:
    stated = "# T\n\n**After this lesson you can**\n\n1. say what limits.\n"
    lesson = Lesson("08-x", (Cell("markdown", stated), Cell("code", 'QuizView.of("05-recall")')))
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(rules.OBJECTIVES, "08", {"say what limits": {"digits", "enhanced-codes", "unknown-codes"}})
        assert rules.objectives_are_examined(lesson, course(lesson)) == [
            "'say what limits' has 0 questions; two are the least"
        ]


def test_an_acronym_that_an_earlier_lesson_spelled_out_may_be_used() -> None:
    lesson = changed(3, "The Simple Mail Transfer Protocol (SMTP)", "SMTP")
    told = Lesson("96-x", (Cell("markdown", "# X\n\nThe Simple Mail Transfer Protocol (SMTP)"),))
    later = dataclasses.replace(told, name="99-x")
    assert rules.acronyms_expanded(lesson, Course({"96-x": told, lesson.name: lesson})) == []
    assert rules.acronyms_expanded(lesson, Course({"99-x": later, lesson.name: lesson})) != []


def test_a_sentence_may_have_forty_five_words() -> None:
    lesson = changed(3, "A Request", "Long" + " word" * 44 + ". A Request")
    assert rules.short_sentences(lesson, course(lesson)) == []


def test_a_check_is_due_after_twelve_minutes_and_not_before() -> None:
    in_time = changed(3, "A Request", "word " * 1440 + "A Request")  # 8 minutes, and 3 with the console
    assert rules.checks_often_enough(in_time, course(in_time)) == []


# --- how a text is read -------------------------------------------------------------------------------------


def test_code_tables_and_headings_are_no_sentences() -> None:
    text = "## Head\n\nOne `a. B` two. Three?\n\n```\nx = 1. Y\n```\n\n| a |\n| - |\n| C. D |\n- four\n- five\n"
    assert list(sentences(text)) == ["One code two.", "Three?", "four", "five"]


def test_a_sentence_goes_on_over_the_end_of_a_line() -> None:
    assert list(paragraphs("one\ntwo\n\n1. three\n   four\n2. five")) == ["one two", "three four", "five"]


def test_a_link_is_read_as_its_text() -> None:
    assert words("See [RFC 5321](https://www.rfc-editor.org/rfc/rfc5321), **section** 4.2 - `a b c`.") == 6


def test_a_section_goes_on_behind_a_cell_of_code() -> None:
    lesson = Lesson("x", (Cell("markdown", "# A\n\none"), Cell("code", "# no heading"), Cell("markdown", "two\n## B")))
    assert [(heading, body.split()) for heading, body in sections(lesson)] == [
        ("", []),
        ("A", ["one", "two"]),
        ("B", []),
    ]


def test_the_minutes_are_words_questions_and_views() -> None:
    lesson = Lesson("x", (Cell("markdown", "word " * 270), *GOOD.cells[2:3], Cell("code", "Predict(scene)")))
    assert estimate(lesson) == 1.5 + 3 * 1.0 + 3


def test_each_reply_that_is_predicted_takes_forty_seconds() -> None:
    # seven recipients, DATA and the final dot; two senders, a recipient, DATA and the final dot
    cells = [Cell("code", f'Predict(scenario.load("{name}"))') for name in ("neighbours", "sender-not-owned")]
    assert [estimate(Lesson("x", (cell,))) for cell in cells] == pytest.approx([9 * 40 / 60, 5 * 40 / 60])


def test_each_experiment_that_a_sandbox_names_takes_a_minute_and_a_half() -> None:
    cell = Cell("code", 'Sandbox.of("get-a-251", "251-then-551")', folded=True)
    assert estimate(Lesson("x", (cell,))) == 3
    assert rules.views_folded(with_open(cell.text), COURSE) == [f"not folded: {cell.text}"]


def test_a_cell_may_ask_in_several_ways() -> None:
    asks = 'quiz = QuizView.of("05-recall", count=2, seed=3)\nquiz\nQuizView.fresh(4, seed=1)\nQuizView.review()'
    assert [quiz.count for quiz in asked(Cell("code", asks))] == [2, 4, 10]
    assert objectives(GOOD) == ["say one", "say two", "say `three`"]
