"""Every piece of every dialogue of the kit is explained, and a change of it is really played."""

from __future__ import annotations

import re

import pytest

from smtplesson.dialogues import scenario
from smtplesson.dialogues.changes import changes
from smtplesson.dialogues.illustrated import (
    IllustratedLine,
    Token,
    command_tokens,
    illustrate,
    markdown,
    reply_tokens,
    words,
)
from smtplesson.dialogues.scenario import Scenario
from smtplesson.dialogues.what_if import Change, Replay, replay
from smtplesson.protocol.transcript import Transcript
from tests.sources import missing

NAMES = scenario.names()
TOKENS, CHANGES = words()["token"], words()["change"]


def pieces(text: str) -> list[tuple[str, str]]:
    return [(token.text, token.kind) for token in command_tokens(text)]


def find(lines: tuple[IllustratedLine, ...], text: str) -> IllustratedLine:
    return next(line for line in lines if line.line.text == text)


def what_if(name: str, line: str, token: str, change: str) -> Replay:
    """Play a scenario with a change of the token with this text (or of the line's end, or of its only space)."""
    played = scenario.load(name)
    row = find(illustrate(played.script), line)
    at = next(n for n, piece in enumerate(row.all_tokens) if token in (piece.text, piece.kind))
    chosen = {each.id: each for each in changes(played, row, at)}[change]
    return replay(played, chosen)


def codes(found: Replay) -> tuple[int | None, int | None]:
    answers = (found.changed.before, found.changed.after)
    return tuple(answer.reply.code if answer and answer.reply else None for answer in answers)  # type: ignore[return-value]


# --- all of it is explained -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_the_tokens_of_each_line_joined_are_the_line(name: str) -> None:
    lines = illustrate(scenario.load(name).script)
    assert [line.line for line in lines] == list(scenario.load(name).script)
    for line in lines:
        assert "".join(token.text for token in line.tokens) == line.line.text
        assert line.ending.text == "\r\n"
        assert all(token.text for token in line.tokens)


@pytest.mark.parametrize("name", NAMES)
def test_every_token_of_every_scenario_is_explained(name: str) -> None:
    unknown = {"verb", "argument", "no-reply"}  # the kinds of what the kit does not know
    for line in illustrate(scenario.load(name).script):
        for token in line.all_tokens:
            assert token.kind not in unknown, token
            assert "not explain" not in token.meaning, token
            assert "not registered" not in token.meaning, token
            assert token.meaning.endswith((".", ")"))
            assert "{" not in token.meaning


@pytest.mark.parametrize("kind", [*TOKENS, *(f"what if: {kind}" for kind in CHANGES)])
def test_every_source_is_a_section_that_there_is(kind: str) -> None:
    entry = CHANGES[kind.removeprefix("what if: ")] if kind.startswith("what if") else TOKENS[kind]
    assert missing(entry["source"]) == []


@pytest.mark.parametrize("kind", TOKENS)
def test_a_gloss_is_short_and_a_meaning_is_a_sentence(kind: str) -> None:
    entry = TOKENS[kind]
    assert len(entry["gloss"]) <= 17
    assert len(entry["meaning"]) <= 160
    assert len(entry["rule"]) <= 160
    assert entry["rule"].endswith(".")


def offers(played: scenario.Scenario) -> list[tuple[IllustratedLine, Token, tuple[Change, ...]]]:
    """Every token of a scenario's script with the changes that it offers."""
    return [
        (line, token, changes(played, line, at))
        for line in illustrate(played.script)
        for at, token in enumerate(line.all_tokens)
    ]


def test_every_change_in_the_file_is_offered_somewhere() -> None:
    offered = {c.id for name in NAMES for *_, found in offers(scenario.load(name)) for c in found}
    for script in ("VRFY smith", "EHLO [192.0.2.1]", "MAIL FROM:<a@b.example> SIZE=10"):
        extra = scenario.parse(
            f'title="t"\npoint="p"\nsource="s"\nworld="foo"\nscript="""\nS: 220 foo.com\nC: {script}\nS: 250 OK\n"""'
        )
        offered |= {c.id for *_, found in offers(extra) for c in found}
    assert offered == set(CHANGES)


# --- tokens of single lines, by the grammar of RFC 5321 sections 4.1.1, 4.1.2 and 4.2 ---------------------------


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "RCPT TO:<green@foo.com>",
            "RCPT=rcpt| =space|TO:=to|<=path-open|green=rcpt-local|@=at|foo.com=domain|>=path-close",
        ),
        (
            'MAIL from:<"a b@c"@[192.0.2.1]> SIZE=10 SMTPUTF8',
            'MAIL=mail| =space|from:=from|<=path-open|"a b@c"=sender-local|@=at|[192.0.2.1]=literal|>=path-close'
            "| =space|SIZE=parameter|==equals|10=value| =space|SMTPUTF8=parameter",
        ),
        ("MAIL FROM:<>", "MAIL=mail| =space|FROM:=from|<>=null-path"),
        ("RCPT TO:<Postmaster>", "RCPT=rcpt| =space|TO:=to|<=path-open|Postmaster=postmaster|>=path-close"),
        (
            "RCPT TO:<@relay.example:jo@foo.com>",
            "RCPT=rcpt| =space|TO:=to|<=path-open|@relay.example:=route|jo=rcpt-local|@=at|foo.com=domain|>=path-close",
        ),
        ("RCPT TO: jo@foo.com", "RCPT=rcpt| =space|TO:=to| =space|jo=rcpt-local|@=at|foo.com=domain"),
        ("RCPT jo@foo.com", "RCPT=rcpt| =space|jo@foo.com=argument"),
        ("EHLO [IPv6:2001:db8::1]", "EHLO=ehlo| =space|[IPv6:2001:db8::1]=client-literal"),
        ("VRFY Joe Smith", "VRFY=vrfy| =space|Joe Smith=name"),
        ("AUTH PLAIN AGE=", "AUTH=auth| =space|PLAIN=mechanism| =space|AGE==initial-response"),
        ("XYZZY plugh", "XYZZY=verb| =space|plugh=argument"),
        ("QUIT", "QUIT=quit"),
        ("", ""),
    ],
)
def test_a_command_in_pieces(line: str, expected: str) -> None:
    found = "|".join(f"{text}={kind}" for text, kind in pieces(line))
    assert found == expected


@pytest.mark.parametrize(
    ("line", "verb", "row", "expected"),
    [
        (
            "553 5.1.3 <a@b..c>: no",
            "RCPT",
            0,
            "5=first-digit|5=second-digit|3=third-digit| =last-space|5=enhanced-class|.1=enhanced-subject"
            "|.3=enhanced-detail| =enhanced-space|<a@b..c>=echo|: no=text",
        ),
        (
            "251 will forward to <a@b.c>",
            "RCPT",
            0,
            "2=first-digit|5=second-digit|1=third-digit| =last-space|will forward to =text|<a@b.c>=new-address",
        ),
        (
            "250-SIZE 100",
            "EHLO",
            1,
            "2=first-digit|5=second-digit|0=third-digit|-=hyphen|SIZE=keyword| =space|100=keyword-parameter",
        ),
        (
            "250 foo.com",
            "HELO",
            0,
            "2=first-digit|5=second-digit|0=third-digit| =last-space|foo.com=host",
        ),
        (
            "250-<b@foo.com> b",
            "EXPN",
            1,
            "2=first-digit|5=second-digit|0=third-digit|-=hyphen|<b@foo.com>=echo| b=text",
        ),
        ("354", "DATA", 0, "3=first-digit|5=second-digit|4=third-digit"),
        # RFC 2034 section 4: another class than the reply's makes it no enhanced code
        ("250 5.1.1 x", "RCPT", 0, "2=first-digit|5=second-digit|0=third-digit| =last-space|5.1.1 x=text"),
        ("hello", "NOOP", 0, "hello=no-reply"),
    ],
)
def test_a_reply_in_pieces(line: str, verb: str, row: int, expected: str) -> None:
    assert "|".join(f"{token.text}={token.kind}" for token in reply_tokens(line, verb, row=row)) == expected


def test_the_digits_say_what_section_4_2_1_says() -> None:
    first, second, third, *_ = reply_tokens("451 Later", "RCPT")
    assert first.meaning.startswith("The command was not accepted and the action did not occur, but the cause is temp")
    assert second.meaning == "What the reply is about: mail system."
    assert "451 is: Requested action aborted: local error in processing" in third.meaning


def test_a_message_is_told_from_commands_and_its_dots_are_explained() -> None:
    script = Transcript.parse(
        "S: 220 x\nC: DATA\nS: 354 go\nC: Subject: a: b\nC:  folded\nC:\nC: To: QUIT\nC: ..x\nC: .\nS: 250 OK\nC: QUIT"
    )
    kinds = [[token.kind for token in line.all_tokens] for line in illustrate(script) if line.line.speaker == "C"]
    assert kinds == [
        ["data", "crlf"],
        ["header-name", "header-colon", "header-body", "crlf"],
        ["header-fold", "crlf"],
        ["empty-line"],
        ["body", "crlf"],
        ["stuffing", "body", "crlf"],
        ["final-dot", "crlf"],
        ["quit", "crlf"],
    ]


def test_lines_that_are_sent_without_waiting_find_their_replies() -> None:
    script = Transcript.parse("S: 220 x\nC: NOOP\nC: EHLO a\nS: 250 OK\nS: 250-foo.com hi\nS: 250 SIZE")
    lines = illustrate(script)
    assert lines[-1].tokens[-1].kind == "keyword"
    assert find(lines, "250 OK").tokens[-1].kind == "text"


def test_an_answer_to_a_challenge_is_no_command() -> None:
    script = Transcript.parse("S: 220 x\nC: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: am9uZXM=\nS: 535 no\nC: QUIT")
    lines = illustrate(script)
    assert [line.tokens[-1].kind for line in lines[2:4]] == ["challenge", "auth-response"]
    assert lines[5].tokens[0].kind == "quit"


def test_a_fault_goes_to_the_token_that_it_stands_in() -> None:
    tokens = list(command_tokens("RCPT TO:<jones@foo..com>"))
    assert [token.text for token in tokens if token.fault] == ["foo..com"]
    assert [token.text for token in command_tokens("RCPT TO:<jones@foo.com") if token.fault] == ["<"]  # never closed


def test_a_token_can_be_seen_and_said() -> None:
    verb, space, *_ = command_tokens("MAIL FROM:<>")
    assert (verb.name, space.name, space.shown) == ("MAIL, the verb", "blank, a space", "␣")
    assert Token("\r\n", "crlf", "line end", "", "", "").shown == "CR LF"
    assert Token("\x07", "body", "text", "", "", "").shown == "␇"


# --- what if ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "token", "change", "expected"),
    [
        # sections 2.4 and 4.2.4
        ("MAIL FROM:<smith@bar.com>", "MAIL", "lower-case", (250, 250)),
        ("MAIL FROM:<smith@bar.com>", "MAIL", "misspelt", (250, 500)),
        # section 4.1.2: brackets and dots
        ("RCPT TO:<jones@foo.com>", "<", "no-brackets", (250, 501)),
        ("RCPT TO:<jones@foo.com>", "<", "null-path", (250, 501)),
        ("MAIL FROM:<smith@bar.com>", "<", "null-path", (250, 250)),
        ("RCPT TO:<jones@foo.com>", "foo.com", "domain-dots", (250, 553)),
        ("RCPT TO:<jones@foo..com>", "foo..com", "one-dot", (553, 250)),
        ("RCPT TO:<jones@foo.com>", "jones", "quoted", (250, 250)),
        # sections 3.4, 3.6.2 and 4.1.1.3
        ("RCPT TO:<jones@foo.com>", "jones", "to-forwarded", (250, 251)),
        ("RCPT TO:<jones@foo.com>", "jones", "to-moved", (250, 551)),
        ("RCPT TO:<green@foo.com>", "green", "unknown-user", (251, 550)),
        ("RCPT TO:<jones@foo.com>", "foo.com", "other-domain", (250, 550)),
        ("RCPT TO:<nobody@foo.com>", "nobody", "to-postmaster", (550, 250)),
        # RFC 6531 section 3.5
        ("RCPT TO:<jones@foo.com>", "jones", "non-ascii", (250, 553)),
        ("MAIL FROM:<smith@bar.com>", "smith", "non-ascii", (250, 550)),
        # sections 4.1.1.11, 4.1.4 and 4.1.1
        ("MAIL FROM:<smith@bar.com>", ">", "unknown-parameter", (250, 555)),
        ("RCPT TO:<jones@foo.com>", "RCPT", "too-early", (250, 503)),
        ("DATA", "DATA", "with-argument", (354, 501)),
    ],
)
def test_a_change_is_answered_as_the_standard_asks(
    line: str, token: str, change: str, expected: tuple[int, int]
) -> None:
    assert codes(what_if("neighbours", line, token, change)) == expected


def test_another_server_answers_otherwise() -> None:
    """Recorded: to two dots in the recipient's domain Sendmail says 553 and Exim 501."""
    line, token = "RCPT TO:<alice@example..com>", "example..com"
    assert codes(what_if("sendmail-553", line, token, "one-dot")) == (553, 250)
    assert codes(what_if("exim-501", line, token, "one-dot")) == (501, 250)


def test_without_its_final_dot_a_message_goes_on_and_on() -> None:
    found = what_if("neighbours", ".", ".", "no-dot")
    assert codes(found) == (250, None)
    (quit_,) = found.others
    assert quit_.after is not None
    assert (quit_.after.sent, quit_.after.reply) == (("QUIT",), None)
    assert "Messages that the server took: 1 before, 0 now." in found.conclusion


def test_a_lone_dot_amid_a_message_turns_the_rest_into_commands() -> None:
    found = what_if("rfc5321-typical", "...etc. etc. etc.", "stuffing", "lone-dot")
    assert found.changed.after is not None
    assert [reply.code for reply in found.changed.after.more] == [500, 500]  # section 4.2.4
    assert "another text" in found.conclusion
    assert "Every reply is the same" not in found.conclusion


def test_a_bare_lf_ends_no_command() -> None:
    found = what_if("neighbours", "EHLO bar.com", "crlf", "bare-lf")
    assert codes(found) == (250, None)
    assert found.changed.after is not None
    assert found.changed.after.sent == ("EHLO bar.com␊",)


def test_a_command_that_is_not_sent_is_missed_by_the_next() -> None:
    found = what_if("neighbours", "MAIL FROM:<smith@bar.com>", "MAIL", "left-out")
    assert found.changed.after is None
    assert {d.after.reply.code for d in found.others if d.after and d.after.reply} == {500, 503}


def test_mail_sent_twice_is_refused_the_second_time() -> None:
    found = what_if("neighbours", "MAIL FROM:<smith@bar.com>", "MAIL", "twice")
    assert codes(found) == (250, 250)
    (second,) = found.others
    assert second.before is None
    assert second.after is not None
    assert second.after.reply is not None
    assert second.after.reply.code == 503


def test_a_missing_hyphen_puts_the_client_out_of_step() -> None:
    """Section 4.2.1: the first line is then the whole reply, the rest is taken for the reply to MAIL."""
    found = what_if("neighbours", "250-foo.com greets bar.com", "-", "as-last")
    assert found.changed.after is not None
    assert found.changed.after.reply is not None
    assert found.changed.after.reply.lines == ("foo.com greets bar.com",)
    mail = found.others[0].after
    assert mail is not None
    assert mail.sent == ("MAIL FROM:<smith@bar.com>",)
    assert mail.reply is not None
    assert mail.reply.lines[0] == "PIPELINING"
    last = found.others[-1].after
    assert last is not None
    assert last.reply is not None
    assert (last.sent, last.reply.code) == (("QUIT",), 250)
    assert "wrong commands" in found.conclusion


def test_a_hyphen_too_many_makes_the_client_wait() -> None:
    found = what_if("neighbours", "250 HELP", " ", "as-more")
    assert codes(found) == (250, None)
    assert "waits" in found.conclusion
    assert all(d.after and d.after.reply is None for d in found.others)


@pytest.mark.parametrize(
    ("token", "change", "expected", "action"),
    [
        ("first-digit", "first-5", 551, "something else"),
        ("third-digit", "third-9", 259, "the same"),
        ("enhanced-class", "other-class", 251, "the same"),
        ("text", "contrary-text", 251, "the same"),
        ("new-address", "no-address", 251, "the same"),
    ],
)
def test_a_client_goes_by_the_first_digit(token: str, change: str, expected: int, action: str) -> None:
    line = "251 2.1.5 User not local; will forward to <green@bar.org>"
    found = what_if("neighbours", line, token, change)
    assert codes(found) == (251, expected)
    assert found.conclusion == f"The client does {action}."


def test_a_digit_that_no_server_may_send_ends_the_transaction() -> None:
    found = what_if("neighbours", "550 5.1.1 No such user here", "first-digit", "first-6")
    assert found.changed.after is not None
    assert "ends the transaction" in found.changed.after.note


def test_lines_of_one_reply_with_two_codes_cannot_be_read() -> None:
    found = what_if("neighbours", "250-PIPELINING", "third-digit", "digit-alone")
    assert found.changed.after is not None
    assert "cannot read this reply" in found.changed.after.note


@pytest.mark.parametrize("name", NAMES)
def test_every_change_can_be_played_and_is_a_change(name: str) -> None:
    played = scenario.load(name)
    for line, token, found in offers(played):
        ids = [change.id for change in found]
        assert len(ids) == len(set(ids))
        for change in found:
            result = replay(played, change)
            before, after = result.changed.before, result.changed.after
            moved = change.id in ("twice", "too-early", "bare-lf")
            assert before != after or result.others or moved, (line.number, token.text, change.id)


def test_playing_leaves_no_trace_in_the_scenario() -> None:
    played = scenario.load("neighbours")
    line = find(illustrate(played.script), ".")
    for change in changes(played, line, 0):
        replay(played, change)
    assert played.server.delivered == ()


# --- the twin ---------------------------------------------------------------------------------------------------


def test_the_twin_has_a_footnote_for_each_line_and_says_a_thing_once() -> None:
    script = scenario.load("sender-not-owned").script
    twin = markdown(script)
    assert re.findall(r"^(\d+)\. ", twin, re.M) == [str(n) for n in range(1, len(script) + 1)]
    assert twin.count("Two octets end every line") == 1
    assert " 9 C: MAIL FROM:<brown@foo.com>" in twin


def test_text_of_a_dialogue_never_becomes_markup() -> None:
    twin = markdown(Transcript.parse("S: 220 <script>alert(1)</script>\nC: <script>\nS: 500 *bold*"))
    outside = re.sub(r"(?s)```.*?```|`[^`\n]*`", "", twin)
    assert re.search(r"(?<!\\)<script|(?<!\\)\*bold", outside) is None
    assert "\\<script" in outside


def test_a_greeting_alone_offers_no_change_of_its_line_end() -> None:
    bare = Scenario("bare", "t", "p", "s", scenario.load("neighbours").server, Transcript.parse("S: 220 foo.com"))
    (line,) = illustrate(bare.script)
    assert changes(bare, line, len(line.tokens)) == ()
