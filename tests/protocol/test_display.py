"""How a dialogue is drawn: as turns, one for whoever speaks."""

from __future__ import annotations

import re

from smtplesson.protocol import display
from smtplesson.protocol.replies import Reason, Reply


def speakers(text: str) -> list[str]:
    return re.findall(r'class="sl-who">(\w*)<', display.dialogue(text))


def test_the_lines_of_a_message_are_one_turn() -> None:
    said = "C: DATA\nS: 354 Go on\nC: Subject: lunch?\nC:\nC: At noon.\nC: .\nS: 250 OK"
    assert speakers(said) == ["client", "server", "client", "server"]
    drawn = display.dialogue(said)
    assert all(line in drawn for line in ("Subject: lunch?", "At noon.", "250"))


def test_what_is_neither_stands_in_its_place() -> None:
    assert speakers("C: NOOP\n(a pause)\nC: QUIT") == ["client", "", "client"]


def test_a_code_is_drawn_with_its_class_in_a_word() -> None:
    drawn = display.code(553)
    assert "553" in drawn
    assert "refused" in drawn


def test_an_exchange_says_why_unless_it_is_asked_not_to() -> None:
    refused, sent = Reply(550, ("No such user",), reason=Reason("There is no such mailbox.", "3.3")), ["VRFY x"]
    assert "There is no such mailbox." in display.exchange(sent, refused)
    assert "There is no such mailbox." not in display.exchange(sent, refused, explained=False)
