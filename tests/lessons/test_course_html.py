"""The course as pages to read: whole, valid, self-contained, and with the answers that belong to its questions."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import nbformat
import pandas
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from smtplesson.widgets import QuizView
from tests.paths import ROOT
from tests.tools import course_html, page_answers, page_markup
from tests.tools.course_html import BuildError
from tests.tools.instructors import GUIDES
from tests.tools.lessons import Cell, Course, all_asked, bank, headings

COURSE = Course.read()
ANSWER = re.compile(r"(?:Question \d+|The question): answer and why")


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return course_html.pages()


@pytest.fixture(scope="module")
def trees(pages: dict[str, str]) -> dict[str, Element]:
    return {name: parsed(text) for name, text in pages.items()}


def parsed(text: str) -> Element:
    """The page's tree; what the standard calls a parse error is an error here."""
    found: Element = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
    return found


def words(element: Element | None) -> str:
    assert element is not None
    return " ".join("".join(element.itertext()).split())


def folded(tree: Element, summary: re.Pattern[str]) -> Iterator[Element]:
    for details in tree.iter("details"):
        if summary.fullmatch(words(details.find("summary"))):
            yield details


# --- all pages ----------------------------------------------------------------------------------------------


def test_every_notebook_and_the_guide_has_a_page_that_the_index_links(trees: dict[str, Element]) -> None:
    expected = {f"{path.stem}.html" for path in (ROOT / "notebooks").glob("*.ipynb")} | {
        f"{path.stem}.html" for path in GUIDES
    }
    assert set(trees) == expected | {"index.html"}
    assert {link.get("href") for link in trees["index.html"].iterfind(".//main//a")} >= expected


@pytest.mark.parametrize("name", COURSE.lessons)
def test_a_page_has_all_of_its_notebook(name: str, trees: dict[str, Element]) -> None:
    lesson, main = COURSE.lessons[name], trees[f"{name}.html"].find(".//main")
    assert main is not None
    there = [(int(e.tag[1]), words(e)) for e in main.iter() if re.fullmatch("h[1-6]", str(e.tag))]
    assert there == [(level, text.replace("`", "").replace("*", "")) for level, text in headings(lesson)]
    code = [words(e) for e in main.iterfind(".//div[@class='code']//pre")]
    assert code == [" ".join(cell.text.split()) for cell in lesson.cells if cell.kind == "code"]
    stored = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4).cells
    cells = [cell for cell in stored if cell.get("outputs")]
    shown = main.findall(".//div[@class='output']")
    assert len(shown) == len(cells)
    for place, cell in zip(shown, cells, strict=True):
        for output in cell.outputs:
            if output.output_type == "stream":
                assert " ".join(output.text.split()) in words(place)


def test_every_page_can_be_walked_by_a_screen_reader(trees: dict[str, Element]) -> None:
    for name, tree in trees.items():
        assert tree.get("lang") == "en-GB"
        assert words(tree.find(".//title")).endswith(" - smtplesson"), name
        assert [len(tree.findall(f".//{tag}")) for tag in ("header", "main", "footer", "h1")] == [1, 1, 1, 1], name
        assert tree.find(".//a").get("href") == "#main"  # type: ignore[union-attr]  # the first of all
        levels = [int(e.tag[1]) for e in tree.iter() if re.fullmatch("h[1-6]", str(e.tag))]
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in pairwise(levels)), name
        ids = [element.get("id") for element in tree.iter() if element.get("id")]
        assert len(ids) == len(set(ids)), name
        assert {e.get("scope") for e in tree.iter("th")} <= {"col", "row"}, name
        assert [words(e) for e in tree.iter("th") if not words(e)] == []
        assert all(e.get("aria-label") for e in tree.iter() if e.get("tabindex") == "0" or e.tag == "nav"), name
        assert all(e.get("aria-label") for e in tree.iter() if e.get("role") == "img"), name


def test_no_page_runs_or_loads_anything(trees: dict[str, Element]) -> None:
    for name, tree in trees.items():
        tags = {str(element.tag) for element in tree.iter()}
        assert tags & {"script", "img", "iframe", "object", "embed", "form", "base", "video", "audio"} == set(), name
        assert [element.get("href") for element in tree.iter("link")] == ["data:,"]
        for element in tree.iter():
            assert not [a for a in element.attrib if str(a).startswith("on") or "src" in str(a)], name
            assert "url(" not in (element.get("style") or "")
            assert "href" not in element.attrib or element.tag in ("a", "link")
        (style,) = tree.iter("style")
        assert not re.search(r"url\(|@import|@font-face", words(style))
        policy = tree.find(".//meta[@http-equiv='Content-Security-Policy']")
        assert policy is not None
        assert policy.get("content", "").startswith("default-src 'none'")


def test_every_link_leads_somewhere(trees: dict[str, Element]) -> None:
    ids = {name: {e.get("id") for e in tree.iter()} for name, tree in trees.items()}
    for name, tree in trees.items():
        for link in tree.iter("a"):
            target = link.get("href") or ""
            assert words(link)
            if target.startswith("https://"):
                continue
            file, _, place = target.partition("#")
            assert (file or name) in trees, f"{name}: {target}"
            assert not place or place in ids[file or name], f"{name}: {target}"


def test_only_beside_jupyterlab_does_a_page_link_to_its_notebook_there(pages: dict[str, str]) -> None:
    assert [name for name, text in pages.items() if ".ipynb" in str(re.findall('href="[^"]*"', text))] == []
    beside = course_html.pages(lab="../lab/index.html")
    for name in COURSE.lessons:
        (link,) = parsed(beside[f"{name}.html"]).iterfind(".//p[@class='run']/a")
        assert link.get("href") == f"../lab/index.html?path={name}.ipynb"
        assert words(link) == f"Run this {'lesson' if name[:2].isdigit() else 'notebook'} in the browser"
    assert {name.removesuffix(".html") for name in pages if beside[name] != pages[name]} == set(COURSE.lessons)


def test_two_builds_are_the_same_bytes(pages: dict[str, str], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.tools.course_html", "build", "--out", str(tmp_path / "new" / "course")]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": "7"}, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(f"{len(pages)} pages in ")
    built = {path.name: path.read_bytes() for path in (tmp_path / "new" / "course").iterdir()}
    assert built == {name: text.encode() for name, text in pages.items()}


# --- answers ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COURSE.lessons)
def test_every_question_has_its_answer(name: str, trees: dict[str, Element]) -> None:
    lesson, tree = COURSE.lessons[name], trees[f"{name}.html"]
    found = list(folded(tree, ANSWER))
    assert len(found) == sum(quiz.count for quiz in all_asked(lesson))
    # the letter and its text stand together in the question, too
    choices = {words(e) for output in tree.iterfind(".//div[@class='output']") for e in output.iter("li")}
    for details in found:
        assert "Source: " in words(details)
        right = [words(e) for e in (*details.iterfind("./p/strong"), *details.iterfind("./ol/li/strong"))]
        assert right
        assert [text for text in right if re.match(r"[A-H]\. ", text) and text not in choices] == []


def test_the_answer_is_the_right_one_of_the_file_with_its_reason(trees: dict[str, Element]) -> None:
    text = {words(d) for name in COURSE.lessons for d in folded(trees[f"{name}.html"], ANSWER)}
    asked = {q.id for lesson in COURSE.numbered for quiz in all_asked(lesson) for q in quiz.questions}
    assert len(asked & set(bank())) > 100
    for question in (bank()[name] for name in asked & set(bank())):
        right = [choice for choice in question.choices if choice.right] or question.choices  # all, to put in order
        wrong = [choice for choice in question.choices if choice not in right]
        found = [one for one in text if all(spaced(choice.feedback) in one for choice in question.choices)]
        assert found, question.id
        for first, _, others in (one.partition("The others:") for one in found):
            assert all(spaced(choice.feedback) in first for choice in right), question.id
            assert spaced(right[0].text) in first, question.id
            assert all(spaced(choice.feedback) in others for choice in wrong), question.id


def spaced(text: str) -> str:
    return " ".join(text.replace("`", "").split())


def test_a_dialogue_to_predict_has_its_replies_with_reasons(trees: dict[str, Element]) -> None:
    # RFC 5321 appendix D.2: 251 is none of its replies, 550 is Green's
    (details,) = folded(trees["02-a-whole-dialogue.html"], re.compile("The replies, and why"))
    steps = [words(item) for item in details.findall("./ol/li")]
    codes = [re.findall(r"S: (\d{3})(?!-)", step)[-1] for step in steps]
    assert codes == ["220", "250", "250", "250", "550", "250", "221"]
    assert all("RFC 5321" in step for step in steps)


def test_a_line_to_compare_has_each_server_s_reply(trees: dict[str, Element]) -> None:
    (details,) = folded(trees["06-in-the-wild.html"], re.compile("What each server replies"))
    rows = [[words(cell) for cell in row] for row in details.iter("tr")]
    assert rows[0] == ["server", "code", "enhanced", "text"]
    assert {"rfc", "postfix", "exim", "sendmail", "qmail"} <= {row[0] for row in rows[1:]}
    assert {row[1] for row in rows[1:]} >= {"501", "553"}


@pytest.mark.parametrize(
    ("call", "number"), [('of("05-recall")', 3), ("fresh(2, seed=4)", 2), ("review(count=3)", 3), ("review()", 10)]
)
def test_it_asks_what_the_view_asks(call: str, number: int) -> None:
    twin = eval(f"QuizView.{call}", {"QuizView": QuizView}).markdown()
    text = page_answers.answers(Cell("code", f"QuizView.{call}"), twin)
    assert len(ANSWER.findall(text)) == number
    with pytest.raises(page_answers.StaleError, match=r"python -m tests\.tools\.build"):
        page_answers.answers(Cell("code", f"QuizView.{call}"), twin.replace("**A.**", "**B.**"))


# --- what is in a page that should not be -------------------------------------------------------------------


def course(folder: Path, *cells: Any, name: str = "00-x") -> dict[str, str]:
    """The pages of a course of one notebook."""
    notebook = new_notebook(cells=[new_markdown_cell("# Title & `<b>`"), *cells])
    nbformat.write(notebook, folder / f"{name}.ipynb")
    (folder / "guide.md").write_text("# Guide\n\n<!-- a note -->\n")
    return course_html.pages(folder, [folder / "guide.md"])


def shows(data: dict[str, str]) -> Any:
    return new_code_cell("1", outputs=[new_output("execute_result", data)])


HOSTILE = '<img src="https://example.com/x" onerror="alert(1)"><script>alert(2)</script>'


def test_text_never_becomes_markup(tmp_path: Path) -> None:
    found = course(
        tmp_path,
        new_code_cell(repr(HOSTILE), outputs=[new_output("stream", text=HOSTILE)]),
        new_code_cell("1", outputs=[new_output("error", ename="E", evalue=HOSTILE)]),
        shows({"text/plain": HOSTILE}),
        shows({"text/markdown": f"<div>{HOSTILE}</div>\n\nx {HOSTILE}\n\n```text\n{HOSTILE}\n```", "text/plain": "x"}),
        shows({"text/markdown": f"| <b> |\n| --- |\n| {HOSTILE} |", "text/plain": "x"}),
    )
    for text in found.values():
        tree = parsed(text)
        assert {str(e.tag) for e in tree.iter()} & {"img", "script", "b"} == set()
    assert words(parsed(found["00-x.html"]).find(".//main")).count(HOSTILE) == 8


@pytest.mark.parametrize(
    "markup",
    [
        "<script>1</script>",
        '<img src="x">',
        '<div onclick="x">',
        '<p style="background:url(https://example.com)">',
        '<a href="x">',
        "<svg><use href='#x'/></svg>",
        "<iframe>",
    ],
)
def test_a_stored_output_that_runs_or_loads_is_an_error_with_its_place(markup: str, tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"00-x\.ipynb: cell 3: there is <\w+"):
        course(tmp_path, new_markdown_cell("text"), shows({"text/html": markup, "text/plain": "x"}))


def test_markup_in_a_lesson_s_own_text_is_looked_at_too(tmp_path: Path) -> None:
    for text in ("a <script>1</script>", "<script>1</script>", "<div>\n<script>1</script>\n</div>"):
        with pytest.raises(BuildError, match=r"00-x\.ipynb: cell 2: there is <script>"):
            course(tmp_path, new_markdown_cell(text))
    found = course(tmp_path, new_markdown_cell("<details><summary>More</summary>\n\n- *a*\n\n</details>"))
    (details,) = folded(parsed(found["00-x.html"]), re.compile("More"))
    assert words(details.find("ul/li/em")) == "a"


@pytest.mark.parametrize("target", ["javascript:alert(1)", "99-none.ipynb", "http://example.com", "//example.com/x"])
def test_a_link_that_leads_nowhere_is_an_error_with_its_place(target: str, tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"00-x\.ipynb: cell 2: the link .* leads to no page"):
        course(tmp_path, new_markdown_cell(f"[here]({target})"))


def test_a_picture_from_elsewhere_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"cell 2: the picture .* would have to be loaded"):
        course(tmp_path, new_markdown_cell("![alt](https://example.com/x.png)"))


def test_a_stale_quiz_is_an_error_with_its_place(tmp_path: Path) -> None:
    twin = {"text/markdown": "another question", "text/plain": "x"}
    cell = new_code_cell('QuizView.of("05-recall")', outputs=[new_output("execute_result", twin)])
    with pytest.raises(BuildError, match=r"00-x\.ipynb: cell 2: .*tests\.tools\.build"):
        course(tmp_path, cell)


def test_a_failed_build_writes_nothing_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(**_: str) -> dict[str, str]:
        raise BuildError("00-x.ipynb: cell 2: why")

    monkeypatch.setattr(course_html, "pages", fails)
    assert course_html.main(["build", "--out", str(tmp_path / "out")]) == 1
    assert capsys.readouterr().err == "00-x.ipynb: cell 2: why\n"
    assert not (tmp_path / "out").exists()


# --- markup -------------------------------------------------------------------------------------------------


def rendered(text: str, *, markup: bool = True) -> str:
    return page_markup.markdown(page_markup.Page(lambda url: url, markup=markup))(text)


def test_mathematics_is_off() -> None:
    assert rendered("It costs $5 or $6, `$x$`.") == "<p>It costs $5 or $6, <code>$x$</code>.</p>\n"


def test_headings_that_are_the_same_have_different_ids() -> None:
    assert re.findall(r'id="([^"]*)"', rendered("## A `b` & C\n\n## A b C\n\n## ?!")) == ["a-b-c", "a-b-c-2", "section"]


def test_a_table_scrolls_by_itself_and_is_named_after_its_heads() -> None:
    table = rendered("| | a `<b>` |\n| --- | --- |\n| 1 | 2 |")
    found = parsed(f"<!DOCTYPE html><title>x</title>{table}")
    (group,) = found.iterfind(".//div")
    assert group.attrib == {"class": "scroll", "role": "group", "tabindex": "0", "aria-label": "Table: a <b>"}
    assert [(e.tag, e.get("scope"), words(e)) for e in group.iter() if e.tag in ("th", "td")] == [
        ("td", None, ""),
        ("th", "col", "a <b>"),
        ("td", None, "1"),
        ("td", None, "2"),
    ]


def test_a_caret_stays_below_its_character() -> None:
    assert 'class="scroll"' in page_markup.preformatted("jones@foo..com\n          ^\n")
    assert page_markup.preformatted("S: 250 <a>\n") == '<pre class="wrapped">S: 250 &lt;a&gt;</pre>'


def test_a_table_of_pandas_gets_its_scopes() -> None:
    frame = pandas.DataFrame({"code": [251]}, index=pandas.Index(["x"], name="who"))
    style = "<style scoped>\n.dataframe { color: red }\n</style>"  # as pandas shows it in a notebook
    styled = f"<div>\n{style}\n{frame.to_html()}\n</div>"
    found = parsed(f"<!DOCTYPE html><title>x</title>{page_markup.cleaned(styled)}")
    assert [(words(e), e.get("scope")) for e in found.iter("th")] == [("code", "col"), ("who", "col"), ("x", "row")]
    assert not [e for e in found.iter() if e.tag == "style" or e.get("border") or e.get("class")]
