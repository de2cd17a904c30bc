"""What a lesson must be like, rule by rule: `python -m tests.tools.lesson_rules` says what the notebooks break.

A rule is a function from a lesson and its course to the faults that it finds, in words.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from smtplesson.guide.glossary import Glossary
from smtplesson.questions.course import find, notebooks
from smtplesson.questions.question import Question
from tests.sources import SECTIONS
from tests.tools.course import closing as closing_of
from tests.tools.course import opening as opening_of
from tests.tools.lessons import (
    CODE,
    FOLDER,
    LINK,
    Cell,
    Course,
    Lesson,
    all_asked,
    asked,
    bank,
    calls,
    code_lines,
    estimate,
    headings,
    is_check,
    links,
    minutes,
    objectives,
    only_shows,
    plain,
    sections,
    sentences,
    time_of,
    words,
)

BETWEEN_CHECKS = 12  # minutes at most
LEAST = 2  # questions for each objective
OFF = 3  # minutes: how far the stated ones may be from the estimate; they are stated in fives
LONGEST_SENTENCE, AVERAGE_SENTENCE = 45, 20  # words
MOST_LINES, MOST_FOLDED = 6, 28  # of a code cell that is read, or folded away; imports and blank lines aside
WIDEST = 88  # characters of a line of code; a longer one runs out of its box
HOSTS = {"www.rfc-editor.org", "www.iana.org", "mybinder.org"}
NO_RECALL = ("00", "09")  # nothing comes before the first, and the last is all recall
#: Each acronym, and what it stands for.
ACRONYMS = {
    "ASCII": "American Standard Code for Information Interchange",
    "CR": "carriage return",
    "CRLF": "carriage return and line feed",
    "DNS": "Domain Name System",
    "DSN": "delivery status notification",
    "IP": "Internet Protocol",
    "LF": "line feed",
    "MIME": "Multipurpose Internet Mail Extensions",
    "MTA": "mail transfer agent",
    "MX": "mail exchanger",
    "RFC": "Request for Comments",
    "SASL": "Simple Authentication and Security Layer",
    "SMTP": "Simple Mail Transfer Protocol",
    "SPF": "Sender Policy Framework",
    "TCP": "Transmission Control Protocol",
    "TLS": "Transport Layer Security",
    "UTF": "Unicode Transformation Format",
}
#: Names of commands and extensions, and words in capitals: they are explained, not spelled out.
NAMES = {
    *("AUTH", "BDAT", "DATA", "EHLO", "ETRN", "EXPN", "HELO", "HELP", "MAIL", "NOOP", "QUIT", "RCPT", "RSET"),
    *("STARTTLS", "VRFY", "SMTPUTF8", "PIPELINING", "FROM", "TO", "MUST", "NOT", "SHOULD", "MAY", "OK"),
}


#: By the number of a lesson, and what it states: which objectives of questions examine that. Lesson 00 is examined by
#: the recall of lesson 01; lesson 09 asks about everything.
OBJECTIVES: dict[str, dict[str, frozenset[str]]] = {
    planned.file[:2]: {objective.text: objective.examined for objective in planned.objectives}
    for planned in notebooks()
    if any(objective.examined for objective in planned.objectives)
}


Rule = Callable[[Lesson, Course], list[str]]
LISTED = SECTIONS.keys() - {"5322"}  # of RFC 5322 only the first two chapters are listed
_TABLE_RULE = re.compile(r"^\|(?: *:?-+:? *\|)+ *$")


# --- structure -----------------------------------------------------------------------------------


def headings_in_order(lesson: Lesson, course: Course) -> list[str]:
    """The first cell begins with the one H1, and no heading skips a level."""
    levels = [level for level, _ in headings(lesson)]
    found = [] if lesson.first.startswith("# ") else ["the first cell does not begin with '# Title'"]
    found += [] if levels.count(1) == 1 else [f"{levels.count(1)} headings of the first level"]
    return found + [f"heading of level {b} after one of level {a}" for a, b in pairwise(levels) if b > a + 1]


def opening(lesson: Lesson, course: Course) -> list[str]:
    """The first cell says what you can do after it, how long it takes, and what comes before."""
    found = [] if 3 <= len(objectives(lesson)) <= 5 else [f"{len(objectives(lesson))} objectives; 3 to 5 are wanted"]
    found += [] if minutes(lesson) else ["no '**Time:** NN minutes'"]
    return found + ([] if "**Before:**" in lesson.first else ["no '**Before:**'"])


def as_planned(lesson: Lesson, course: Course) -> list[str]:
    """Title, minutes, objectives, **Before** and **Next** are those of the plan of the course."""
    planned = find(lesson.name)
    if planned is None:
        return []
    pairs = ((lesson.first, opening_of(lesson.first, planned)), (lesson.last, closing_of(lesson.last, planned)))
    lines = [wanted for there, new in pairs for wanted in new.splitlines() if wanted not in there.splitlines()]
    return [f"not as data/course.toml has it (python -m tests.tools.course): {line[:60]}" for line in lines]


def recall_first(lesson: Lesson, course: Course) -> list[str]:
    """Three questions on what came earlier come before all else."""
    if lesson.name[:2] in NO_RECALL:
        return []
    second, third = (*lesson.cells, Cell("", ""), Cell("", ""), Cell("", ""))[1:3]
    asks = [quiz.count for quiz in asked(third)]
    if second.text.startswith("## Three questions first") and asks == [3]:
        return []
    return [f"the second cell begins with {second.text[:30]!r}, the third asks {asks}; three questions come first"]


def closing(lesson: Lesson, course: Course) -> list[str]:
    """The last cell has the key points, a challenge and the way on."""
    wanted = ("## Key points", "**A challenge:**", "**Next:**")
    found = [f"the last cell has no {part!r}" for part in wanted if part not in lesson.last]
    return found + ([] if lesson.last.startswith("## Key points") else ["the last cell begins with something else"])


def _for_learners(lesson: Lesson) -> bool:
    planned = find(lesson.name)
    return planned is None or bool(planned.about)


def short_cells(lesson: Lesson, course: Course) -> list[str]:
    """A learner can read each code cell, and no line that they see runs out of its box."""
    found = []
    for cell in lesson.cells if _for_learners(lesson) else ():
        most = MOST_FOLDED if cell.folded else MOST_LINES
        if cell.kind == "code" and code_lines(cell) > most:
            found.append(f"a code cell has {code_lines(cell)} lines: {cell.text.splitlines()[0]}")
        if cell.kind == "code" and not cell.folded:
            found += [f"{len(line)} characters: {line}" for line in cell.text.splitlines() if len(line) > WIDEST]
    return found


def views_folded(lesson: Lesson, course: Course) -> list[str]:
    """The code of a cell that only shows a view is folded away (`jupyter.source_hidden`), all other code is not."""
    wrong = [cell for cell in lesson.cells if _for_learners(lesson) and cell.folded != only_shows(cell)]
    return [f"{'folded' if cell.folded else 'not folded'}: {cell.text.splitlines()[-1]}" for cell in wrong]


def folds_named(lesson: Lesson, course: Course) -> list[str]:
    """A folded cell begins with a comment that says what it shows: JupyterLab has that line in the bar that stays."""
    unnamed = [cell for cell in lesson.cells if cell.folded and not cell.text.startswith("# ")]
    return [f"folded without a name: {cell.text.splitlines()[0]}" for cell in unnamed]


ASKED_FIRST = re.compile(r"before (?:you|I) (?:look|read on)|then look\b|[Pp]redict (?:the|before)|[Ss]ay it first")
WAITS = {"Reveal", "Predict", "Compare", "QuizView"}


def decisions_wait(lesson: Lesson, course: Course) -> list[str]:
    """Where a learner is to decide first, a view asks, and shows nothing before they have."""
    found = []
    for cell, after in pairwise((*lesson.cells, Cell("", "")) if _for_learners(lesson) else ()):
        if cell.kind == "markdown" and (match := ASKED_FIRST.search(cell.text)):
            asks = {name.partition(".")[0] for name, _ in calls(after)} & WAITS
            found += [] if asks else [f"{match[0]!r}, and no view asks for it"]
    return found


def answers_kept(lesson: Lesson, course: Course) -> list[str]:
    """What a Reveal shows stands nowhere else on the page, but where it is folded away."""
    page = "\n".join(DETAILS.sub("", text) for cell in lesson.cells for text in (cell.output, shown_text(cell)))
    return [f"on the page before it is asked for: {part[:60]}" for part in answers(lesson) if part in unmarked(page)]


def answers(lesson: Lesson) -> list[str]:
    """What each Reveal shows when it was decided, as its stored twin has it: paragraphs and blocks of code."""
    found = (answer for cell in lesson.cells for answer in ANSWER.findall(cell.output))
    return [unmarked(part) for answer in found for part in _parts(answer)]


def unmarked(text: str) -> str:
    """A text without the marks and the line breaks of Markdown, to be found wherever it stands."""
    return " ".join(re.sub(r"[`\\*]", "", text).split())


DETAILS = re.compile(r"<details>.*?</details>", re.S)
ANSWER = re.compile(r"<details><summary>Decide, then open the answer</summary>(.*?)</details>", re.S)


def shown_text(cell: Cell) -> str:
    """What a reader sees of a cell without opening anything."""
    return "" if cell.folded else cell.text


def _parts(answer: str) -> list[str]:
    """Its paragraphs and blocks of code; one of a few words can stand anywhere."""
    blocks = [block.strip().strip("`").strip() for block in answer.split("\n\n")]
    return [block for block in blocks if len(block) > 30]


RAW = re.compile(r"^(?:\[\(|\(|\{)|\b[A-Z]\w+\(\w+=", re.M)


def no_raw_objects(lesson: Lesson, course: Course) -> list[str]:
    """What a cell printed is for people: no tuples, no dictionaries, no objects."""
    shown = [
        (cell, re.sub(r"^(?:```|~~~).*?^(?:```|~~~)", "", cell.output, flags=re.M | re.S)) for cell in lesson.cells
    ]
    found = [(cell, match) for cell, text in shown if _for_learners(lesson) and (match := RAW.search(text))]
    return [f"{match[0]!r} is printed by {cell.text.splitlines()[-1]}" for cell, match in found]


# --- links --------------------------------------------------------------------------------------------------


def links_resolve(lesson: Lesson, course: Course) -> list[str]:
    """A link to a lesson leads to its file and bears its number and title; others go to the few hosts, by https."""
    found = []
    for text, target in links(lesson):
        if target.startswith("https://"):
            found += [] if target.split("/")[2] in HOSTS else [f"{target}: not one of the hosts that are linked"]
            number = re.fullmatch(r"https://www\.rfc-editor\.org/rfc/rfc(\d+)", target)
            found += [f"{text!r} leads to {target}"] if number and text != f"RFC {number[1]}" else []
        elif re.match(r"[a-z]+:", target):
            found.append(f"{target}: only https is linked")
        elif not target.startswith("#"):
            other = course.lessons.get(target.partition("#")[0].removesuffix(".ipynb"))
            found += [] if other else [f"{target}: no such notebook"]
            named = f"{other.name[:2]} {other.title}" if other else ""
            if other and re.match(r"\d\d ", text) and text != named:
                found.append(f"{text!r} leads to {named!r}")
    return found


def chain(lesson: Lesson, course: Course) -> list[str]:
    """**Next** leads to the lesson that follows, from the last to the review, and **Before** to an earlier one."""
    names = [each.name for each in course.numbered]
    place = names.index(lesson.name)
    following = names[place + 1] if lesson.name != names[-1] else "review"
    ahead = re.search(r"\*\*Next:\*\* \[[^\]]*\]\(([^)]+)\)", lesson.last)
    found = [] if ahead and ahead[1] == f"{following}.ipynb" else [f"**Next:** does not lead to {following}"]
    before = re.search(r"\*\*Before:\*\* (?:\[[^\]]*\]\(([^)]+)\.ipynb\)|nothing\b)", lesson.first)
    earlier = names[place - 1] if place else None
    return found + ([] if before and before[1] == earlier else [f"**Before:** does not name {earlier or 'nothing'}"])


def no_bare_addresses(lesson: Lesson, course: Course) -> list[str]:
    """Every web address is behind words."""
    text = "\n".join(LINK.sub("", CODE.sub("", cell)) for cell in lesson.markdown)
    return [f"a bare address: {address}" for address in re.findall(r"https?://[^\s)>]+", text)]


# --- time and questions -------------------------------------------------------------------------------------


def stated_minutes(lesson: Lesson, course: Course) -> list[str]:
    """The minutes that it states are those that it takes, to the next five."""
    said, needed = minutes(lesson) or 0, estimate(lesson)
    if not lesson.is_lesson and (not said or not _for_learners(lesson)):
        return []  # nobody reads it from end to end
    return [] if abs(said - needed) <= OFF else [f"{said} minutes are stated, {needed:.0f} estimated"]


def checks_often_enough(lesson: Lesson, course: Course) -> list[str]:
    """At most 12 minutes of reading and trying lie between two checks."""
    found, passed, since = [], 0.0, "the beginning"
    for cell in [*lesson.cells, Cell("code", "QuizView.review(1)")]:  # the end counts as one
        if is_check(cell):
            found += [f"{passed:.0f} minutes without a check after {since}"] if passed > BETWEEN_CHECKS else []
            passed, since = 0.0, cell.text.splitlines()[-1][:60]
        else:
            passed += time_of(cell)
    return found


def asks_all_its_questions(lesson: Lesson, course: Course) -> list[str]:
    """Each question in the files of this lesson is asked in it, and each quiz that is asked for is there."""
    there = {question.id for quiz in all_asked(lesson) for question in quiz.questions}
    own = [question for question in bank().values() if question.lesson.startswith(f"{lesson.name[:2]}-")]
    return [f"{q.lesson}.toml: {q.id} ({q.objective}) is not asked" for q in own if q.id not in there]


def asks_what_there_is(lesson: Lesson, course: Course) -> list[str]:
    """Each objective that a quiz names has a question in it."""
    found = []
    for cell in lesson.cells:
        there = {question.objective for quiz in asked(cell) for question in quiz.questions}
        for name, call in calls(cell):
            for word in call.keywords if name.startswith("QuizView.") else []:
                if word.arg == "objective":
                    named = ast.literal_eval(word.value)
                    named = {named} if isinstance(named, str) else set(named)
                    found += [f"no question has the objective {each!r}" for each in sorted(named - there)]
    return found


def objectives_are_examined(lesson: Lesson, course: Course) -> list[str]:
    """Each stated objective has two questions or more in the lesson, and each of its questions has an objective."""
    if lesson.name[:2] not in OBJECTIVES:
        return []
    examined = OBJECTIVES[lesson.name[:2]]
    stated = objectives(lesson)
    own = [q for quiz in all_asked(lesson) for q in quiz.questions if not q.lesson.endswith("-recall")]
    found = [f"{said!r} is not in the list of objectives" for said in stated if said not in examined]
    found += [f"{key!r} is not stated" for key in examined if key not in stated]
    for key, slugs in examined.items():
        count = len({q.id for q in own if q.objective in slugs})
        found += [f"{key!r} has {count} questions; two are the least"] if count < LEAST else []
    orphans = {q.objective for q in own if q.lesson.startswith(lesson.name[:2])} - set().union(*examined.values())
    return found + [f"{slug!r} is asked, and no stated objective is about it" for slug in sorted(orphans)]


def taught_before_asked(lesson: Lesson, course: Course) -> list[str]:
    """A word of the glossary stands in the text before a question leans on it; lesson 00 asks before it teaches."""
    if lesson.name.startswith("00"):
        return []
    told = "\n".join(text for each in course.numbered if each.name < lesson.name for text in each.markdown)
    found = []
    for cell in lesson.cells:
        told += f"\n{cell.text}" if cell.kind == "markdown" else ""
        asks = {question.id: leaned_on(question) for quiz in asked(cell) for question in quiz.questions}
        for word, there in TERMS.items():
            named = [id for id, text in asks.items() if there.search(text)] if not there.search(told) else []
            found += [f"{word!r} is in no text before the question {id}" for id in named]
    return found


def leaned_on(question: Question) -> str:
    """The words of a question; a choice that is a reply says what servers say."""
    choices = (c.feedback if re.match(r"\d{3}\b", c.text) else f"{c.text} {c.feedback}" for c in question.choices)
    return " ".join((question.prompt, *choices))


def _term(word: str) -> re.Pattern[str]:
    """A word in all its forms: relaying, relay, relays; what is in capitals is a name and has one form."""
    if word.isupper():
        return re.compile(rf"\b{word}\b")
    return re.compile(rf"\b{re.escape(re.sub('(?:ing|ility|s)$', '', word))}(?:[a-z]*)\b", re.I)


#: The words of the glossary, codes aside.
TERMS = {entry.word: _term(entry.word) for entry in Glossary.load().entries if not entry.word.isdigit()}


def twins_agree(lesson: Lesson, course: Course) -> list[str]:
    """What is stored below a cell is the quiz that the cell asks for."""
    found = []
    for cell in lesson.cells:
        stored = [int(number) for number in re.findall(r"\*\*Quiz of (\d+) questions?\.", cell.output)]
        if stored != (counts := [quiz.count for quiz in asked(cell)]):
            found.append(f"quizzes of {counts} questions are asked for, of {stored} stored: build it")
    return found


# --- language -----------------------------------------------------------------------------------------------


def short_sentences(lesson: Lesson, course: Course) -> list[str]:
    """No sentence is too long, and most are short."""
    lengths = [(sentence, words(sentence)) for text in lesson.markdown for sentence in sentences(text)]
    found = [f"{count} words: {sentence[:70]}..." for sentence, count in lengths if count > LONGEST_SENTENCE]
    average = sum(count for _, count in lengths) / max(1, len(lengths))
    return found + ([f"{average:.1f} words a sentence"] if average > AVERAGE_SENTENCE else [])


def acronyms_expanded(lesson: Lesson, course: Course) -> list[str]:
    """An acronym is spelled out in the paragraph of its first use, or before it, or in an earlier lesson."""
    earlier = [each for each in course.numbered if each.name < lesson.name or not lesson.is_lesson]
    explained = " ".join(block for each in earlier for block in _blocks(each)).casefold()
    met = set(NAMES)
    found = []
    for block in _blocks(lesson):
        explained += " " + block.casefold()
        for token in re.findall(r"(?<![\w-])[A-Z][A-Z0-9]+(?![\w-])", block):
            if token not in met and (token not in ACRONYMS or ACRONYMS[token].casefold() not in explained):
                found.append(f"{token} is not spelled out at its first use: {block.strip()[:60]}")
            met.add(token)
    return found


def _blocks(lesson: Lesson) -> list[str]:
    """Paragraphs and tables as plain text; no headings, and no objectives, which may name what is to come."""
    text = re.sub(r"\*\*After this lesson you can\*\*.*?\*\*Before:\*\*", "", "\n\n".join(lesson.markdown), flags=re.S)
    blocks = re.split(r"\n\s*\n", re.sub(r"^#.*$", "\n", text, flags=re.M))
    return [re.sub(r"\bcode\b", "", plain(block)) for block in blocks if block.strip()]


CLAIM = re.compile(r"\b(?:MUST|SHOULD)\b|\b[Tt]he standard\b(?! for\b)")
PLACE = re.compile(r"\b(?:sections?|appendix) [0-9A-Z]")


def sources_named(lesson: Lesson, course: Course) -> list[str]:
    """A section that appeals to a standard says where it stands there; the key points repeat what was shown."""
    texts = [(heading, body) for heading, body in sections(lesson) if heading not in (lesson.title, "Key points")]
    return [f"{heading!r} names no section" for heading, body in texts if CLAIM.search(body) and not PLACE.search(body)]


_CITED = re.compile(r"(?:RFC (\d+)[^.;()\d]{0,3})?\bsections? (\d+(?:\.\d+)*)((?:(?:, | and )\d+(?:\.\d+)*)*)")


def sections_exist(lesson: Lesson, course: Course) -> list[str]:
    """Each section that is cited is there: in the RFC before it, or in one that the lesson names."""
    text = plain("\n\n".join(lesson.markdown))
    named = {"5321", *re.findall(r"\bRFC (\d+)", text)}
    found = []
    for rfc, first, more in _CITED.findall(text):
        known = set().union(*(SECTIONS.get(each, set()) for each in ({rfc} if rfc else named)))
        if rfc and rfc not in LISTED:
            continue
        found += [
            f"no section {n} in {f'RFC {rfc}' if rfc else 'what is cited'}"
            for n in [first, *re.findall(r"\d+(?:\.\d+)*", more)]
            if n not in known
        ]
    return found


# --- pictures and tables ------------------------------------------------------------------------------------


def pictures_described(lesson: Lesson, course: Course) -> list[str]:
    """Every picture has a text in its place."""
    text = "\n".join(CODE.sub("code", cell) for cell in lesson.markdown)
    found = [target for alt, target in re.findall(r"!\[([^\]]*)\]\(([^)\s]+)", text) if not alt.strip()]
    found += [tag for tag in re.findall(r"<img\b[^>]*>", text) if not re.search(r"""alt=["'][^"']+""", tag)]
    return [f"a picture without alternative text: {target}" for target in found]


def tables_have_headers(lesson: Lesson, course: Course) -> list[str]:
    """Every table has a row of headers, and each column a header."""
    found = []
    for cell in lesson.markdown:
        for table in re.findall(r"(?:^[ \t]*\|.*(?:\n|\Z))+", cell, re.M):
            rows = [row.strip() for row in table.splitlines()]
            heads = [head.strip() for head in re.split(r"(?<!\\)\|", rows[0])[1:-1]]
            if len(rows) < 3 or not _TABLE_RULE.match(rows[1]) or not all(heads):
                found.append(f"a table without headers: {rows[0][:60]}")
    return found


#: For every notebook, the review and the glossary among them.
EVERYWHERE: tuple[Rule, ...] = (
    *(as_planned, headings_in_order, short_cells, links_resolve, no_bare_addresses, twins_agree),
    *(views_folded, folds_named, decisions_wait, answers_kept, no_raw_objects),
    *(short_sentences, acronyms_expanded, sources_named, sections_exist, pictures_described, tables_have_headers),
    stated_minutes,
)
#: For lessons alone.
IN_LESSONS: tuple[Rule, ...] = (
    *(opening, recall_first, closing, chain, checks_often_enough),
    *(asks_all_its_questions, asks_what_there_is, objectives_are_examined, taught_before_asked),
)


def faults(lesson: Lesson, course: Course) -> list[str]:
    """All that a notebook breaks, each with the name of its rule."""
    rules = (*EVERYWHERE, *(IN_LESSONS if lesson.is_lesson else ()))
    return [f"{rule.__name__}: {fault}" for rule in rules for fault in rule(lesson, course)]


def main(arguments: list[str] | None = None) -> int:
    """Say for each notebook how long it takes and what it breaks; the exit code is 1 if one breaks a rule."""
    parser = argparse.ArgumentParser(prog="python -m tests.tools.lesson_rules", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER, help="default: notebooks/")
    course = Course.read(parser.parse_args(arguments).folder)
    broken = False
    for lesson in course.lessons.values():
        try:
            count = sum(quiz.count for quiz in all_asked(lesson))
            found = faults(lesson, course)
        except ValueError as error:  # it asks for questions that there are not
            print(f"{lesson.name}: {error}")
            broken = True
            continue
        print(f"{lesson.name}: {minutes(lesson)} minutes stated, {estimate(lesson):.0f} estimated, {count} questions")
        for fault in found:
            print(f"  {fault}")
        broken |= bool(found)
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())
