"""The roster: what a teacher's CSV file may look like, and what is told where it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from smtplesson.classroom.roster import Roster, canonical
from smtplesson.content import ContentError, shown


@pytest.mark.parametrize(
    "text",
    [
        "id,name\nmira-7,Mira\ntom-2,\n",
        "id;name\r\nmira-7;Mira\r\n\r\ntom-2;\r\n",
        "name\tID\n Mira \tMira-7\n\ttom-2",
        '"id","name","email"\n"mira-7","Mira","m@x.example"\ntom-2\n',
    ],
)
def test_commas_semicolons_and_tabs(text: str) -> None:
    assert dict(Roster.parse(text)) == {"mira-7": "Mira", "tom-2": ""}


def test_a_file_with_the_mark_of_a_spreadsheet(tmp_path: Path) -> None:
    (tmp_path / "class.csv").write_bytes("\ufeffid;name\r\nzoë;Zoë\r\n".encode())
    assert dict(Roster.load(tmp_path / "class.csv")) == {"zoë": "Zoë"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("id\nmira\ntom\nMIRA \n", "roster, line 4: 'mira' is on line 2 already; remove one."),
        ("id,name\n,Mira\n", "roster, line 2: The id is empty."),
        ("id\n=1+1\n", "roster, line 2: '=1+1' is no id: an id begins with a letter or digit"),
        ("id\na\x1b[2J\n", "roster, line 2: 'a\u241b[2j' is no id"),
        (
            "login;Name\ntom;Tom\n",
            "roster, line 2: there is no column 'id', only 'login', 'Name'. Name the one of the ids: --id-column NAME.",
        ),
        ("id,id\na,b\n", "roster, line 1: the first line names the column 'id' 2 times"),
        ("id\n", "roster: no learner is on it."),
        ('id,name\nowl-1,"A\nfox-2,B\n', "roster, line 3: no CSV: unexpected end of data."),
        ("id,name\nowl-1,Dietz, Dora\n", "line 2: has 3 fields, the first line 2. Put a text with a comma in quotes."),
        ("", "roster: no learner is on it."),
        ("id\n" + "a" * 65, "it has 65 characters, 64 are the most"),
        ('id,name\na,"' + "x" * 200_000 + '"\n', "roster, line 2: no CSV"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, told: str) -> None:
    with pytest.raises(ContentError) as raised:
        Roster.parse(text)
    assert told in str(raised.value)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"nowhere.csv: cannot be read"):
        Roster.load(tmp_path / "nowhere.csv")
    (tmp_path / "odd.csv").write_bytes(b"id,name\na,\x81\n")  # a byte that Windows-1252 has no character for
    with pytest.raises(ContentError, match=r'odd.csv, line 2: not UTF-8. Save it as "CSV UTF-8"'):
        Roster.load(tmp_path / "odd.csv")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_table_as_spreadsheets_save_it(tmp_path: Path, encoding: str) -> None:
    text = "sep=;\r\nLogin;First name;Surname;Group\r\nZOE-1;Zoë;Lee;3b\r\n"
    (tmp_path / "class.csv").write_bytes(text.encode(encoding))
    roster = Roster.load(tmp_path / "class.csv", "login")
    assert dict(roster) == {"zoe-1": "Zoë Lee"}
    assert roster.id_column == "Login"
    assert dict(roster.rows["zoe-1"]) == {"Login": "ZOE-1", "First name": "Zoë", "Surname": "Lee", "Group": "3b"}


def test_only_the_ends_of_lines_end_a_line() -> None:
    text = "\n\nid;name\r\nmira-7;Mira\u2028Lee\r\ntom-2;Tom\x0bT\x85U\n"
    assert dict(Roster.parse(text)) == {"mira-7": "Mira Lee", "tom-2": "Tom T U"}


def test_an_id_makes_a_file_name() -> None:
    assert canonical("私" * 40) == "私" * 40
    with pytest.raises(ValueError, match="it has 123 bytes in UTF-8, 120 are the most"):
        canonical("私" * 41)
    with pytest.raises(ValueError, match="an id begins with"):
        canonical("a\ud800")


def test_ids_have_one_form() -> None:
    assert canonical(" Zoe\u0308 ") == canonical("zo\u00eb") == "zo\u00eb"  # composed, as Unicode's NFC
    assert canonical("m.1@school.example") == "m.1@school.example"
    assert shown("a\nb") == "'a\u240ab'"
