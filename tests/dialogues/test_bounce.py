"""The bounces of the scenarios: notifications as RFC 3464 wants them, about what was refused in the dialogue."""

from __future__ import annotations

import email
import email.policy
import re
from email.message import EmailMessage, Message
from typing import Any

import pytest

from smtplesson import explain, scenario
from smtplesson.dialogues.scenario import PlayedExchange, Scenario, play
from smtplesson.widgets import Scene
from tests.tools.lessons import FENCE, FOLDER, Lesson

BOUNCES = [found for found in map(scenario.load, scenario.names()) if found.bounce]
EACH = pytest.mark.parametrize("found", BOUNCES, ids=lambda found: found.name)


def refused(found: Scenario) -> list[PlayedExchange]:
    """The recipients that the server refused in the dialogue."""
    return [step for step in spoken(found, "RCPT") if step.reply.code >= 500]


#: Those of the client, about whom the server refused, and those of the server, about what failed after its 250.
AT_ONCE = pytest.mark.parametrize("found", [b for b in BOUNCES if b.name == "smiths-letter"], ids=lambda b: b.name)
LATER = pytest.mark.parametrize("found", [b for b in BOUNCES if b.name != "smiths-letter"], ids=lambda b: b.name)

#: RFC 3464 sections 2.2 and 2.3: the fields about the message, and those about each recipient.
PER_MESSAGE = {"Original-Envelope-Id", "Reporting-MTA", "DSN-Gateway", "Received-From-MTA", "Arrival-Date"}
PER_RECIPIENT = {
    *("Original-Recipient", "Final-Recipient", "Action", "Status", "Remote-MTA", "Diagnostic-Code"),
    *("Last-Attempt-Date", "Final-Log-ID", "Will-Retry-Until"),
}
ACTIONS = {"failed", "delayed", "delivered", "relayed", "expanded"}  # section 2.3.3
STATUS = re.compile(r"[245]\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})")  # RFC 3463 section 2


def parts(found: Scenario) -> list[EmailMessage]:
    """The three parts of a report: its words, its fields, and the message that comes back (RFC 6522 section 3)."""
    message = email.message_from_string(found.bounce, EmailMessage, policy=email.policy.default)
    assert message.defects == []
    assert message.get_content_type() == "multipart/report"
    assert message.get_param("report-type") == "delivery-status"
    return [part for part in message.iter_parts() if isinstance(part, EmailMessage)]


def fields(found: Scenario) -> list[Message]:
    """The fields about the message, then those about each recipient."""
    blocks = parts(found)[1].get_payload()
    assert isinstance(blocks, list)
    return [block for block in blocks if isinstance(block, Message) and block.keys()]


def spoken(found: Scenario, verb: str) -> list[PlayedExchange]:
    return [step for step in play(found) if step.verb == verb]


def path(sent: str) -> str:
    return sent[sent.index("<") + 1 : sent.rindex(">")]


def test_the_course_has_its_bounce() -> None:
    assert [found.name for found in BOUNCES] == ["forward-fails-later", "smiths-letter"]


@EACH
def test_it_has_the_form_of_a_report(found: Scenario) -> None:
    words, report, returned = parts(found)
    assert (words.get_content_type(), report.get_content_type()) == ("text/plain", "message/delivery-status")
    assert returned.get_content_type() == "message/rfc822"
    assert found.bounce.isascii()
    assert max(map(len, found.bounce.splitlines())) <= 78  # RFC 5322 section 2.1.1
    about, *recipients = fields(found)
    assert "Reporting-MTA" in about
    assert {*about.keys()} <= PER_MESSAGE
    for each in recipients:
        assert {"Final-Recipient", "Action", "Status"} <= {*each.keys()} <= PER_RECIPIENT
        assert len(each.keys()) == len({*each.keys()})
        assert each["Action"] in ACTIONS
        assert STATUS.fullmatch(each["Status"])
        assert each["Final-Recipient"].startswith("rfc822; ")


@EACH
def test_it_goes_to_the_sender_and_no_bounce_can_come_of_it(found: Scenario) -> None:
    message = email.message_from_string(found.bounce)
    (mail,) = spoken(found, "MAIL")
    assert message["Return-Path"] == "<>"  # RFC 3464 section 2
    assert message["To"] == path(mail.sent[0])
    assert message["Auto-Submitted"] == "auto-replied"  # RFC 3834 section 5.1


@AT_ONCE
def test_it_tells_of_all_who_were_refused_and_of_nobody_else(found: Scenario) -> None:
    about, *recipients = fields(found)
    (hello,) = spoken(found, "EHLO")
    assert about["Reporting-MTA"] == f"dns; {hello.sent[0].removeprefix('EHLO ')}"  # the client, by section 2.2.2
    assert refused(found)
    assert [each["Final-Recipient"] for each in recipients] == [
        f"rfc822; {path(step.sent[0])}" for step in refused(found)
    ]
    for each, step in zip(recipients, refused(found), strict=True):
        assert each["Action"] == "failed"
        assert each["Diagnostic-Code"] == f"smtp; {step.reply}"
        assert each["Status"] == str(step.reply.enhanced)
        assert each["Remote-MTA"] == f"dns; {found.server.host}"


@LATER
def test_after_its_250_the_server_reports_what_failed_behind_it(found: Scenario) -> None:
    about, each = fields(found)
    (dot,), (rcpt,) = spoken(found, "."), spoken(found, "RCPT")
    assert (rcpt.reply.code, dot.reply.code) == (251, 250)
    assert about["Reporting-MTA"] == f"dns; {found.server.host}"  # who took the message: RFC 5321 section 6.1
    assert each["Final-Recipient"] == f"rfc822; {path(rcpt.sent[0])}"  # as it had accepted it: section 2.3.2
    assert each["Action"] == "failed"
    assert each["Remote-MTA"] != about["Reporting-MTA"]  # whose words the Diagnostic-Code has: section 2.3.6
    said = each["Diagnostic-Code"].removeprefix("smtp; ")
    assert said.split()[1] == each["Status"]
    assert f"{each['Remote-MTA'].removeprefix('dns; ')} said: {said}" in found.bounce


@EACH
def test_it_brings_back_the_message_that_was_sent(found: Scenario) -> None:
    (dot,) = spoken(found, ".")
    (returned,) = parts(found)[2].iter_parts()
    sent = [line.removeprefix(".") for line in dot.sent[:-1]]
    assert returned.as_string(policy=email.policy.compat32).rstrip("\n").split("\n") == sent


@EACH
def test_the_field_guide_reads_it(found: Scenario) -> None:
    _, *recipients = fields(found)
    read = explain(found.bounce).recipients
    assert [f"rfc822; {one.address}" for one in read] == [each["Final-Recipient"] for each in recipients]
    for one, each in zip(read, recipients, strict=True):
        assert one.done == "refused"
        assert one.command in ("RCPT", "")  # a bounce need not say which command was refused
        assert f"smtp; {one.reply}" == each["Diagnostic-Code"]
        assert f"dns; {one.host}" == each["Remote-MTA"]


def test_the_course_begins_with_lines_of_it_and_ends_with_the_whole() -> None:
    bounce = scenario.load("smiths-letter").bounce.splitlines()
    (shown,) = [match[0] for match in FENCE.finditer(Lesson.read(FOLDER / "00-start-here.ipynb").cells[0].text)]
    lines = [line for line in shown.splitlines()[1:-1] if line]
    places = [bounce.index(line) for line in lines]
    assert len(lines) >= 2
    assert places == sorted(places)
    last = Lesson.read(FOLDER / "09-mastery.ipynb")
    assert any("\n".join(bounce) in cell.output for cell in last.cells)


def test_the_first_act_is_the_story_of_the_bounce() -> None:
    opening, act, *_ = Lesson.read(FOLDER / "00-start-here.ipynb").cells
    names: dict[str, Any] = {"display": lambda *views: None}
    exec(act.text, names)
    story, replies = names["story"], []
    for step in story.steps:
        reply = story.go_on()
        replies += [reply] if reply else []
        assert (reply.code if reply else None) == getattr(step, "code", None)
        assert step.told in story.frame["say"]
    assert [reply.code for reply in replies] == [251, 553, 250, 250, 250]
    (choices,) = (step.choices for step in story.steps if getattr(step, "choices", ()))
    codes = [names["server"].reply_to(line.split("\n")[-1]).code for line in choices]
    assert codes == [553, 250, 553]
    (bounce,) = (step for step in story.steps if isinstance(step, Scene) and step.at == "sender")
    assert all(line in scenario.load("smiths-letter").bounce for line in bounce.text.split("\n"))
    assert f"<jones.@foo.com>: foo.com said: {replies[1]}\n" in opening.text
    assert bounce.text.endswith(f"<jones.@foo.com>: foo.com said: {replies[1]}")
    said = {str(step.reply) for step in play(scenario.load("smiths-letter"))}
    assert {str(reply) for reply in replies} - said == {"250 2.1.5 OK"}  # for the name that Smith has mended
