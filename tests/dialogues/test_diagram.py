"""Pictures of a session: what is drawn is what was said, in the picture and in its twin."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from smtplesson.dialogues.diagram import Diagram, ladder, state_machine
from smtplesson.protocol.states import TRANSITIONS, State
from smtplesson.protocol.transcript import Transcript
from smtplesson.server.profiles import PROFILES

SVG = "{http://www.w3.org/2000/svg}"
#: RFC 5321 section 3.4's replies and those of appendix D.1, with a message of two lines.
DIALOGUE = """
S: 220 foo.com Simple Mail Transfer Service Ready
C: EHLO bar.com
S: 250-foo.com greets bar.com
S: 250-8BITMIME
S: 250 HELP
C: MAIL FROM:<Smith@bar.com>
S: 250 OK
C: RCPT TO:<Green@foo.com>
S: 551 User not local; please try <Green@bar.org>
C: RCPT TO:<Brown@foo.com>
S: 450 Mailbox busy
C: RCPT TO:<Jones@foo.com>
S: 250 OK
C: DATA
S: 354 Start mail input; end with <CRLF>.<CRLF>
C: Blah blah blah...
C: ...etc. etc. etc.
C: .
S: 250 OK
C: QUIT
S: 221 foo.com Service closing transmission channel
"""


def session(text: str = DIALOGUE, *, last: int | None = None) -> Diagram:
    return ladder(Transcript.parse(text), last=last)


def root(diagram: Diagram) -> ElementTree.Element:
    return ElementTree.fromstring(diagram.svg)


def words(diagram: Diagram) -> str:
    return " ".join(element.text or "" for element in root(diagram).iter(f"{SVG}text"))


def arrows(diagram: Diagram) -> list[ElementTree.Element]:
    return [line for line in root(diagram).iter(f"{SVG}line") if line.get("y1") == line.get("y2")]


def test_one_arrow_for_each_command_reply_and_message() -> None:

    diagram = session()
    commands = ["EHLO", "MAIL", "RCPT", "RCPT", "RCPT", "DATA", "message", "QUIT"]
    replies = [220, 250, 250, 551, 450, 250, 354, 250, 221]
    assert len(arrows(diagram)) == len(commands) + len(replies)
    rows = diagram.text.split("\n")[1:]
    assert [row.split("server: ")[1][:3] for row in rows if "<--" in row] == list(map(str, replies))
    sent = [row.split("server: ")[1] for row in rows if "-->" in row]
    assert sent[0] == "EHLO bar.com"
    assert sent[6] == "(message of 2 lines and the final dot)"
    assert "Blah" not in diagram.text + diagram.svg + diagram.markdown
    assert "8 arrows of the client, 9 of the server." in diagram.summary


def test_arrows_of_the_client_go_right_and_those_of_the_server_left() -> None:
    greeting, command = arrows(session("S: 220 foo.com\nC: NOOP"))
    assert float(greeting.get("x1") or 0) > float(greeting.get("x2") or 0)
    assert float(command.get("x1") or 0) < float(command.get("x2") or 0)


def test_the_class_of_a_reply_is_a_sign_a_word_and_the_style_of_its_line() -> None:
    # signs and words: the kit's own for RFC 5321 section 4.2.1's classes
    diagram = session()
    for mark in ("✓ 2yz done", "… 3yz send more", "↻ 4yz not now", "✗ 5yz refused"):
        assert mark in words(diagram)
        assert f"[{mark}]" in diagram.text
    styles = {line.get("stroke-dasharray") for line in arrows(diagram) if line.get("stroke-width") == "2.5"}
    assert len(styles) == 4
    bands = list(root(diagram).iter(f"{SVG}rect"))
    assert len(bands) == 9, "each reply, and no command, stands on its class's colour"


def test_a_reply_of_several_lines_is_one_arrow_and_the_twin_has_all_of_it() -> None:
    diagram = session()
    assert "250-foo.com greets bar.com / 250-8BITMIME / 250 HELP" in diagram.text
    assert "(and 2 more lines)" in re.sub(r"\s+", " ", words(diagram))


def test_a_long_line_is_cut_in_the_picture_and_told_in_the_twin() -> None:
    address = "a" * 60 + "@foo.com"
    diagram = session(f"S: 220 foo.com\nC: RCPT TO:<{address}>")
    assert address in diagram.text
    assert address not in words(diagram)
    drawn = [element.text or "" for element in root(diagram).iter(f"{SVG}text")]
    assert max(map(len, drawn)) <= 28
    endless = session(f"C: {'x' * 5000}")
    assert "x" * 300 + "... (5,000 characters)" in endless.text
    assert "…" in words(endless)


def test_a_message_under_way_and_one_without_lines() -> None:
    head = "C: DATA\nS: 354 Go\n"
    assert "(message of 1 line so far)" in session(head + "C: Hello").text
    assert "(message of 0 lines and the final dot)" in session(head + "C: .\nS: 250 OK").text
    after = session(head + "C: .\nC: QUIT\nS: 250 OK\nS: 221 Bye")
    assert "client --> server: QUIT" in after.text


def test_only_the_last_arrows_are_drawn_where_so_wished() -> None:
    diagram = session(last=2)
    assert len(arrows(diagram)) == 2
    assert diagram.text.split("\n")[1:3] == ["(15 earlier arrows are not drawn.)", "client --> server: QUIT"]
    assert "15 earlier arrows" in diagram.markdown
    assert "15 earlier" in words(diagram)
    assert session(last=100) == session()


def test_nothing_said() -> None:
    assert session("").text.endswith("\nNothing has been said yet.")
    assert "Nothing has been said yet." in session("").markdown
    assert "Nothing has been said yet." in words(session(""))


def test_a_line_that_is_no_reply_has_no_class() -> None:
    assert session("S: hello\nS: 199 what").text.split("\n")[1:] == [
        "client <-- server: hello",
        "client <-- server: 199 what",
    ]


NASTY = "</text><script>alert(1)</script>&\x1b[2J\u202e"


@pytest.mark.parametrize("diagram", [session(f"C: {NASTY}\nS: 250 {NASTY}")], ids=["ladder"])
def test_text_stays_text(diagram: Diagram) -> None:
    for shown in (diagram.svg, diagram.html):
        assert "<script" not in shown
        assert "\x1b" not in shown
        assert "\u202e" not in shown
    assert "<script" not in diagram.markdown.replace("\\<", "")
    assert "\x1b" not in diagram.text
    root(diagram)  # still well formed


PICTURES = {
    "ladder": session(),
    "machine": state_machine(TRANSITIONS, State.RCPT, {State.CONNECTED, State.READY, State.MAIL}),
}


@pytest.mark.parametrize("diagram", PICTURES.values(), ids=PICTURES)
def test_the_picture_has_a_name_a_description_and_no_ids_and_scales(diagram: Diagram) -> None:
    svg = root(diagram)
    assert svg.get("role") == "img"
    assert svg.get("aria-label") == svg.findtext(f"{SVG}title") == diagram.title
    assert svg.findtext(f"{SVG}desc") == diagram.summary
    assert [e for e in svg.iter() if e.get("id")] == []
    left, top, width, height = map(float, (svg.get("viewBox") or "").split())
    assert (left, top) == (0, 0)
    assert width <= 320
    assert "width:100%" in (svg.get("style") or "")
    texts = list(svg.iter(f"{SVG}text"))
    assert min(float(t.get("font-size", svg.get("font-size", "0"))) for t in texts) >= 12
    assert all(0 <= float(t.get("y") or -1) <= height and 0 <= float(t.get("x") or -1) <= width for t in texts)
    for colour in re.findall(r"(?:stroke|fill|color):([^;\"]+)", diagram.svg):
        assert re.fullmatch(r"var\(--[a-z0-9-]+, ?[^)]+\)|currentColor", colour), colour


@pytest.mark.parametrize("diagram", PICTURES.values(), ids=PICTURES)
def test_a_notebook_gets_the_picture_and_the_twin(diagram: Diagram) -> None:
    bundle = diagram._repr_mimebundle_()
    assert bundle["text/plain"] == str(diagram) == diagram.text
    assert bundle["text/markdown"] == diagram.markdown
    assert diagram.svg in bundle["text/html"]
    assert "<summary>In words</summary>" in bundle["text/html"]


# --- the state machine ------------------------------------------------------------------------------------


def told(diagram: Diagram) -> set[tuple[str, str, str]]:
    """(state, command, where it leads) as the twin says."""
    found = set()
    for row in diagram.text.split("\n"):
        if match := re.fullmatch(r"([a-z]+)(?: \([^)]*\))?: (.+) -> ([a-z ]+)", row):
            state, verbs, after = match.groups()
            found |= {(state, verb, state if after == "stays" else after) for verb in verbs.split(", ")}
    return found


def test_the_twin_tells_every_transition() -> None:
    wanted = {(str(s), "final dot" if verb == "." else verb, str(after)) for (s, verb), after in TRANSITIONS.items()}
    assert told(PICTURES["machine"]) == wanted | {("closed", "nothing", "the end")}
    cells = [row.split(" | ") for row in PICTURES["machine"].markdown.split("\n") if row.startswith("| ")]
    assert ["| mail \\(visited\\)", "RCPT", "rcpt |"] in cells


def test_it_says_where_the_session_stands_and_where_it_was() -> None:
    diagram = PICTURES["machine"]
    assert diagram.text.split("\n")[1] == "The session is in the state rcpt. It has been in: connected, ready, mail."
    assert "rcpt (you are here): DATA -> data" in diagram.text
    assert "▶ rcpt" in words(diagram)
    assert words(diagram).count("visited") == 3
    nowhere = state_machine(TRANSITIONS)
    assert "No session is under way." in nowhere.text
    assert "visited" not in nowhere.text + nowhere.svg


def test_the_picture_has_every_command_of_every_state() -> None:
    drawn = words(state_machine(TRANSITIONS)).split()
    for verb in {verb for _, verb in TRANSITIONS} - {"."}:
        assert verb in drawn
    assert drawn.count("QUIT") == 4  # from each state but data and closed: RFC 5321 section 4.1.1.10
    assert "…" not in drawn


@pytest.mark.parametrize("name", PROFILES)
def test_the_machine_of_every_profile_can_be_drawn(name: str) -> None:
    table = {row: after for row, after in {**TRANSITIONS, **PROFILES[name].transitions}.items() if after is not None}
    diagram = state_machine(table, State.CONNECTED)
    root(diagram)
    assert (("connected", "MAIL", "mail") in told(diagram)) == ((State.CONNECTED, "MAIL") in table)
