"""The one reader of content: what it takes, and what it says, with file and line, of what it does not."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplesson import content
from smtplesson.classroom.exercise_set import ExerciseSet
from smtplesson.content import ContentError, Section
from smtplesson.dialogues import experiments, scenario
from smtplesson.guide import rules
from smtplesson.questions.bank import QuestionBank
from smtplesson.server import profiles, worlds

KIT = sorted(Path(str(content.KIT)).rglob("*.toml"))
TOML = '''\
title = "Week 3"
[server."foo.com"]
text = """
[no.table]
number = 1
"""
users.jones = "secret"
[[rows]]
number = 1
[[rows]]
list = [
  { deep = 1 },
]
number = 2
[rows.more]
number = 3
'''


@dataclass(frozen=True)
class Thing:
    """What a table may be made into."""

    name: str
    number: int = 0
    tags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.number < 0:
            raise ValueError("A number is above 0.")


def told(read: Callable[[], object]) -> str:
    with pytest.raises(ContentError) as caught:
        read()
    return str(caught.value)


def test_every_table_and_key_knows_its_line() -> None:
    file = content.parse(TOML, "f.toml")
    server, rows = file["server"]["foo.com"], file["rows"]
    assert file.where("title") == "f.toml, line 1"
    assert file.where("server") == server.where() == "f.toml, line 2"
    assert server.where("text") == "f.toml, line 3"
    assert server.where("users") == server["users"].where("jones") == "f.toml, line 7"
    assert [row.line for row in rows] == [8, 10]
    assert [row.where("number") for row in rows] == ["f.toml, line 9", "f.toml, line 14"]
    assert rows[1]["list"][0].where("deep") == "f.toml, line 11"
    assert rows[1]["more"].where("number") == "f.toml, line 16"
    assert rows[1].named("row 2").where("list") == "f.toml, line 11, row 2"
    assert file.where("nowhere") == "f.toml"


@pytest.mark.parametrize("path", KIT, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_key_of_the_kit_is_on_its_line(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").split("\n")

    def check(table: Section) -> None:
        for key, value in table.items():
            line = lines[int(table.where(key).rpartition(" ")[2]) - 1]
            assert key in line or line.endswith("= [")  # a list of inline tables, which stand in it
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, Section):
                    check(each)

    check(content.read(path))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('name = "a"\nnumbr = 1', "f.toml, line 2: unknown key 'numbr'. Do you mean number?"),
        ('zzz = 1\nname = "a"', "f.toml, line 1: unknown key 'zzz'. The keys are name, number, tags."),
        ("number = 1", 'f.toml: name is missing. Add a line such as: name = "..."'),
        ('name = " "', 'f.toml, line 1: name is empty. Write a text: name = "..."'),
        ("name = 1", "f.toml, line 1: name must be a text in quotes, not 1."),
        ('name = "a"\nnumber = true', "f.toml, line 2: number must be a whole number, not true."),
        ('name = "a"\nnumber = 1.5', "f.toml, line 2: number must be a whole number, not 1.5."),
        ('name = "a"\ntags = "b"', 'f.toml, line 2: tags must be a list of texts, such as ["a", "b"], not \'b\'.'),
        ('name = "a"\ntags = [1]', 'f.toml, line 2: tags must be a list of texts, such as ["a", "b"], not [1].'),
        ('name = "a"\nnumber = -1', "f.toml: A number is above 0."),
    ],
)
def test_what_does_not_fit_is_told(text: str, what: str) -> None:
    assert told(lambda: content.parse(text, "f.toml").build(Thing)) == what


def test_a_table_becomes_what_its_keys_say() -> None:
    table = content.parse('number = 2\ntags = ["a"]\nmore = 1', "f.toml")
    assert table.build(Thing, "more", name="x") == Thing("x", 2, ("a",))


def test_what_is_not_known_is_told_with_what_is_near() -> None:
    table = content.parse('mode = "tset"\nnames = ["a", "c"]\npattern = "("', "f.toml")
    assert (
        told(lambda: table.choice("mode", ["test"])) == "f.toml, line 1: mode = 'tset' is not known. Do you mean test?"
    )
    assert told(lambda: table.choices("names", ["a", "b"])).startswith("f.toml, line 2: names names 'c', which is not")
    assert told(lambda: table.pattern("pattern")).startswith("f.toml, line 3: pattern = '(' is no regular expression: ")
    assert told(lambda: table["moed"]) == "f.toml: 'moed' is missing. Do you mean mode?"


# --- hostile files ---

_DEEP = "tables or lists in one another, more than 32 deep."
_DOTS = "a name with more than 32 parts."
HOSTILE = {
    "open brackets": ("a = " + "[" * 20_000, _DEEP),
    "brackets": ("a = " + "[" * 20_000 + "]" * 20_000, _DEEP),
    "33 brackets": ("a = 1\nb = " + "[" * 33 + "]" * 33, "line 2: " + _DEEP),
    "braces": ("a = " + "{a = " * 20_000, _DEEP),
    "digits": ("a = 1\nb = " + "9" * 5000, "line 2: a number of more than 64 bits."),
    "hexadecimal digits": ("a = 1\nb = 0x" + "f" * 5000, "line 2: a number of more than 64 bits."),
    "64 bits": (f"a = {2**63}", "line 1: a number of more than 64 bits."),
    "a dotted key": ("a = 1\n" + ".".join("a" * 100_000) + " = 1", "line 2: " + _DOTS),
    "a dotted header": ("[" + ".".join("a" * 10_000) + "]", "line 1: " + _DOTS),
    "a dotted key in quotation marks": ('"a".' * 10_000 + "a = 1", "line 1: " + _DOTS),
    "a dotted key within braces": ("x = {" + "a." * 10_000 + "a = 1}", "line 1: " + _DOTS),
    "a NUL": ('a = "\0"', "line 1: not valid TOML"),
    "curly quotation marks": (
        "a = 1\ntitle = \u201cx\u201d",
        "line 2: not valid TOML: Invalid value (column 9). Mend it",
    ),
    "an open text": ("a = '''" + "x" * 100_000, "not valid TOML"),
    "quotation marks": ('"' * 900_001, "line 1: not valid TOML"),
    "escaped quotation marks": ('"""' + '\\"""' * 200_000, "line 1: not valid TOML"),
    "a date that is none": ("a = 1979-02-30", "line 1: not valid TOML"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_refused_in_a_sentence(name: str) -> None:
    text, what = HOSTILE[name]
    said = told(lambda: content.parse(text, "f.toml"))
    assert said.startswith("f.toml")
    assert what in said
    assert len(said) < 300


@pytest.mark.parametrize(
    "read",
    [
        worlds.load,
        scenario.load,
        experiments.load,
        rules.load,
        ExerciseSet.load,
        lambda path: profiles.parse(content.text(path), path.name),
        lambda path: QuestionBank.load(path.parent),
    ],
    ids=["world", "scenario", "examples", "field guide", "set", "profile", "bank"],
)
@pytest.mark.parametrize("name", HOSTILE)
def test_every_reader_refuses_it(name: str, read: Callable[[Path], object], tmp_path: Path) -> None:
    path = tmp_path / "misconceptions.toml"
    path.write_text(HOSTILE[name][0], encoding="utf-8")
    assert told(lambda: read(path)).startswith("misconceptions.toml")


def test_many_full_stops_in_a_text_are_no_name() -> None:
    dots = "a. " * 50
    text = f"x = '{dots}'\ny = [{'1.5, ' * 50}] # {dots}\nz = '''\n{dots}\n'''\n"
    assert content.parse(text, "f.toml")["x"] == dots


@given(st.text(max_size=60) | st.text("[]{}=.,'\"ab1# \n", max_size=60))
def test_any_text_is_a_table_or_refused(text: str) -> None:
    with suppress(ContentError):
        table = content.parse(text, "f.toml")
        assert all(table.where(key).startswith("f.toml, line ") for key in table)


# --- files ---


def test_the_mark_and_the_line_ends_of_notepad_are_read(tmp_path: Path) -> None:
    path = tmp_path / "f.toml"
    path.write_bytes('\ufefftitle = "Zoë"\r\nnumber = 1\r\n'.encode())
    assert dict(content.read(path)) == {"title": "Zoë", "number": 1}


@pytest.mark.parametrize(
    ("data", "what"),
    [
        ('a = 1\ntitle = "Zoë"'.encode("cp1252"), 'f.toml, line 2: not UTF-8. Save it as "UTF-8".'),
        ("a = 1".encode("utf-16"), 'f.toml, line 1: not UTF-8. Save it as "UTF-8".'),
        (b" " * 1_000_001, "f.toml: larger than 1,000,000 bytes, the most that is read. Make it smaller."),
    ],
)
def test_bytes_that_cannot_be_read_are_told(data: bytes, what: str, tmp_path: Path) -> None:
    path = tmp_path / "f.toml"
    path.write_bytes(data)
    assert told(lambda: content.read(path)) == what


@pytest.mark.parametrize("name", ["no\0file.toml", "nowhere.toml", ""])
def test_a_file_that_is_none_is_told(name: str, tmp_path: Path) -> None:
    assert "cannot be read" in told(lambda: content.read(tmp_path / name))


def test_what_the_kit_does_not_have_is_told() -> None:
    assert told(lambda: worlds.load("exmple")).startswith("exmple: there is no such world. Do you mean example?")
    assert told(lambda: scenario.load("zzz")).startswith("zzz: there is no such scenario. The kit has exim-251, ")


def test_a_row_knows_its_line() -> None:
    rows = content.parse_rows('# a comment\n\nA;b\n1;"2\n2"\n\n3\n', "f.csv")
    assert [dict(row) for row in rows] == [{"a": "1", "b": "2\n2"}, {"a": "3", "b": ""}]
    assert [row.line for row in rows] == [5, 7]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (
            "a,b\n1,2,3",
            "f.csv, line 2: has 3 fields, the first line 2. Put a text with a comma in quotes.",
        ),
        ("a,a\n1,2", "f.csv, line 1: the first line names the column 'a' 2 times, and must name it once."),
        ("b\n1", "f.csv, line 1: the first line names the column 'a' 0 times, and must name it once."),
        ('a\n"1', "f.csv, line 2: no CSV: unexpected end of data."),
    ],
)
def test_a_row_that_is_wrong_is_told(text: str, what: str) -> None:
    assert told(lambda: content.parse_rows(text, "f.csv", "a")) == what


def test_a_table_in_another_encoding_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "class.csv"
    path.write_bytes("id,name\nmira,Mira\nzoe,Zoë\n".encode("cp1252"))
    assert told(lambda: content.rows(path)) == 'class.csv, line 3: not UTF-8. Save it as "CSV UTF-8".'
    assert content.rows(path, legacy=True)[1]["name"] == "Zoë"


def test_what_is_no_csv_is_told_without_a_tab() -> None:
    with pytest.raises(ContentError, match="line 2: no CSV: '␉' expected after"):
        content.parse_rows('id\tname\n"a" b\tc\n', "r.csv")
