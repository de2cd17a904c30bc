"""What people really paste: bounces, logs, dialogues and errors, whole, in the forms in which they come.

`data/cases.csv` was gathered for this test from public issues, bounce collections and vendors' pages, which its
`source` names, and was judged by hand; addresses were changed. `a|b` allows either, `none` means: no reading.
"""

from __future__ import annotations

import base64
import csv
import json
import quopri
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtplesson.guide.display import recipients
from smtplesson.guide.field_guide import Explanation, explain
from smtplesson.guide.paste import clean
from smtplesson.protocol.grammar import diagnose
from tests.guide.test_field_guide import BOUNCE, EXIM, POSTFIX, QMAIL, check
from tests.paths import DATA

with (DATA / "cases.csv").open(encoding="utf-8", newline="") as _file:
    CASES = list(csv.DictReader(_file))
PASTES = [row for row in CASES if not row["kind"].startswith("d")]
ADDRESSES = [row for row in CASES if row["kind"].startswith("d")]


def is_right(row: dict[str, str]) -> bool:
    best = explain(row["input"]).best
    party, retry = (best.about, best.retry) if best else ("none", "none")
    asked = row["expected_retry"] or "none"
    return party in row["expected_party"].split("|") and (retry in asked.split("|") or asked == "none")


def test_cases_are_read_right() -> None:
    wrong = [row["id"] for row in PASTES if not is_right(row)]
    assert len(wrong) <= len(PASTES) * 0.05, wrong


@pytest.mark.parametrize("row", ADDRESSES, ids=lambda row: row["id"])
def test_addresses_of_the_cases(row: dict[str, str]) -> None:
    error = diagnose(row["input"], smtputf8=not row["input"].isascii())
    assert ("invalid" if error else "valid") == row["expected_party"]


def about(text: str, command: str | None = None) -> str:
    best = explain(text, command=command).best
    return best.about if best else "none"


def mail(body: str, *fields: str, subject: str = "Undelivered Mail") -> str:
    head = ["From: MAILER-DAEMON@bar.com", "To: jones@bar.com", f"Subject: {subject}", "MIME-Version: 1.0"]
    return "\n".join([*head, *fields, "", body])


SLOW = "<b@foo.com>: connect to mx: Connection timed out"


# ---- Success is never read out of a failure ----------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Our ticket 250 was closed, yet no mail came.",
        "Hello,\n250 people wrote to us and all failed",
        "250 Main Street\nOur mail does not arrive.",
        "250 messages failed",
        "220 errors since Monday",
        "Build 2.0.0 fails",
        "version 2.1.5\nmail failed",
        "<p style='color: rgb(250, 251, 252)'>not delivered</p>",
        "color: #250251",
        "see https://foo.example/250 and https://foo.example/?id=251 ok",
        "call 250 555 0100 for help",
        "at 2:50, port 250",
        "[250] failed",
        "250 Main Street",
        "251 Elm Avenue, Springfield",
        "220 volts",
        "211 days",
    ],
)
def test_no_success_outside_a_dialogue_or_a_log(text: str) -> None:
    reply_class = explain(text).reply_class
    assert reply_class is None or reply_class.label[0] in "45"


@pytest.mark.parametrize("text", ["Python 5.1.1", "python 5.1.1 crashes", "Exim 4.96.2 and Postfix 5.1.1", "a v5.1.1"])
def test_a_version_is_no_enhanced_code(text: str) -> None:
    explanation = explain(text)
    assert explanation.enhanced is None
    assert explanation.readings == ()


@pytest.mark.parametrize(
    "before", ["", "#", "(", "error ", "NDR code: ", "it bounced with ", "dsn=", "Fehler ", "status: "]
)
def test_an_enhanced_code_alone_is_one(before: str) -> None:
    assert str(explain(f"{before}5.1.1").enhanced) == "5.1.1"


@pytest.mark.parametrize("success", ["250 2.0.0 OK", "250 ok", "354 go on", "220 mx.foo.com ESMTP 2.0.12"])
@pytest.mark.parametrize("failure", ["550 no such user", "450 4.2.2 mailbox full", "554 5.7.1 relaying denied"])
def test_a_refusal_in_a_dialogue_outweighs_every_success(success: str, failure: str) -> None:
    reply = explain(f"C: DATA\nS: {failure}\nC: NOOP\nS: {success}\n").reply
    assert reply is not None
    assert reply.code == int(failure[:3])


def test_a_bounce_quotes_no_success() -> None:
    assert explain(mail("Your message could not be delivered.\n250 Main Street\n250 2.1.5 ok\n")).reply is None


# ---- Where codes are looked for ----------------------------------------------------------------------------

COMMANDS = {"MAIL FROM:<jo@bar.com>": "MAIL", "RCPT TO:<jones@foo.com>": "RCPT", "EHLO bar.com": "EHLO", "DATA": "DATA"}


@pytest.mark.parametrize("prefix", ["", "C: ", ">>> ", "> "])
@pytest.mark.parametrize(("line", "command"), COMMANDS.items())
def test_a_clients_command_is_known_by_itself(line: str, command: str, prefix: str) -> None:
    assert explain(f"{prefix}{line}\n550 5.7.1 no\n").command == command


def test_a_log_names_its_recipients_whatever_the_state() -> None:
    """Sendmail writes the words of sysexits.h. Of a row that was cut in front the state alone is left."""
    row = "to=<{}@foo.com>, delay=00:00:01, mailer=esmtp, dsn=5.6.0, stat=Data format error\n"
    assert [one.address for one in explain(row.format("jones") + row.format("green")).recipients] == [
        "jones@foo.com",
        "green@foo.com",
    ]
    cut = explain("status=bounced (No such user)\nstatus=deferred (connection refused)").recipients
    assert [one.action for one in cut] == ["failed", "delayed"]


FORMS = {
    "swaks": (" -> RCPT TO:<jones@foo.com>\n<** 550 5.1.1 no such user\n -> QUIT", "a dialogue"),
    "swaks with TLS": (" ~> RCPT TO:<jones@foo.com>\n<~* 550 5.1.1 no such user\n ~> QUIT", "a dialogue"),
    "msmtp": ("--> RCPT TO:<jones@foo.com>\n<-- 550 5.1.1 no such user", "a dialogue"),
    "curl": ("> RCPT TO:<jones@foo.com>\n< 550 5.1.1 no such user\n* RCPT failed: 550", "a dialogue"),
    "nodemailer": ("[1] DEBUG [x] C: RCPT TO:<jones@foo.com>\n[1] DEBUG [x] S: 550 5.1.1 no such user", "a dialogue"),
    "nodemailer 0.7": ("CLIENT 1:\n└──RCPT TO:<jones@foo.com>\nSERVER 1:\n└──550 5.1.1 no such user", "a dialogue"),
    "mdaemon": ("Mon 10:00:00: --> RCPT To:<jones@foo.com>\nMon 10:00:00: <-- 550 5.1.1 no such user", "a dialogue"),
    "hmailserver": (
        '"SMTPC"\t3\t8\t"2013-06-10"\t"192.0.2.5"\t"SENT: RCPT TO:<jones@foo.com>"\n'
        '"SMTPC"\t3\t8\t"2013-06-10"\t"192.0.2.5"\t"RECEIVED: 550 5.1.1 no such user"',
        "a log",
    ),
    "exchange": ("2013Z,Send,08,13,192.0.2.1:25,192.0.2.2:25,<,550 5.1.1 no such user,", "a log"),
    "opensmtpd": (
        "smtpd[1]: 7b mta delivery evpid=3c from=<a@bar.com> to=<jones@foo.com> rcpt=<-> "
        'result="PermFail" stat="550 5.1.1 no such user"',
        "a log",
    ),
    "opensmtpd 5": (
        "relay: PermFail for c5: from=<a@bar.com>, to=<jones@foo.com>, stat=550 5.1.1 no such user",
        "a log",
    ),
    "go, in JSON": ('{"level":"debug","msg":"Writing response to client: \\n550 5.1.1 no such user\\r\\n"}', ""),
    "ses": ('{"notificationType":"Bounce","diagnosticCode":"smtp; 550 5.1.1 no such user"}', "a log"),
    "swiftmailer": ('Expected response code 250 but got code "550", with message "550 5.1.1 no such user"', "an error"),
    "ruby": ("Net::SMTPFatalError: 550 5.1.1 no such user", "an error"),
    "erlang": ('{permanent_failure, "550 5.1.1 no such user\\r\\n"}', "an error"),
    "net": ("SmtpException: Mailbox unavailable. The server response was: 5.1.1 no such user", "an error"),
}


@pytest.mark.parametrize(("text", "kind"), FORMS.values(), ids=FORMS)
def test_the_forms_of_programs_are_read(text: str, kind: str) -> None:
    explanation = explain(text)
    assert str(explanation.enhanced) == "5.1.1"
    assert explanation.best is not None
    assert (explanation.best.about, explanation.best.retry) == ("recipient", "after the fix")
    assert explanation.kind.startswith(kind)


@pytest.mark.parametrize("prefix", ["<<< ", "S: ", "SMTP<< ", "May 1 10:00:00 mx app: S: ", "> "])
def test_a_prefixed_reply_of_several_lines_is_joined(prefix: str) -> None:
    lines = ["554-5.7.1 Your message was refused", "554-5.7.1 because its sender", "554 5.7.1 is on our block list"]
    reply = explain("\n".join(prefix + line for line in lines)).reply
    assert reply is not None
    assert reply.lines == tuple(line[10:] for line in lines)


def test_a_folded_field_is_one_line() -> None:
    text = "Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 no\n    such\n  user"
    reply = explain(text).reply
    assert reply is not None
    assert reply.lines == ("no such user",)
    reply = explain("<bob@foo.com>: host mx said: 550 5.1.1 no\n    such user (in reply to RCPT TO\n    command)").reply
    assert reply is not None
    assert reply.lines == ("no such user",)


@pytest.mark.parametrize(
    ("result", "code", "party"),
    [
        ("failure: 192.0.2.1_does_not_like_recipient./Remote_host_said:_553_no_such_user/", 553, "recipient"),
        ("failure: 192.0.2.1_but_sender_was_rejected./Remote_host_said:_553_sender_blocked/", 553, "sender"),
        ("deferral: 192.0.2.1_failed_on_DATA_command./Remote_host_said:_451_disk_full/", 451, "server"),
    ],
)  # fmt: skip
def test_the_log_of_qmail_send(result: str, code: int, party: str) -> None:
    log = f"@4000 starting delivery 7: msg 12 to remote jones@foo.com\n@4000 delivery 7: {result}"
    explanation = explain(log)
    assert (explanation.as_dict()["code"], about(log)) == (code, party)
    assert [one.address for one in explanation.recipients] == ["jones@foo.com"]
    assert explanation.best is not None
    assert explanation.best.retry == ("unchanged later" if "deferral" in result else "after the fix")


WORDS = (
    "Your message could not be delivered.\n\n<jones@foo.com>: host mx said: 550 5.1.1 Postfach gelöscht, unknown user\n"
)


@pytest.mark.parametrize(
    ("encoding", "charset"),
    [
        (encoding, charset)
        for encoding in ("base64", "quoted-printable")
        for charset in ("utf-8", "iso-8859-1", "x-none")
    ],
)
def test_mime_is_undone(encoding: str, charset: str) -> None:
    data = WORDS.encode("iso-8859-1" if charset == "iso-8859-1" else "utf-8")
    body = base64.b64encode(data) if encoding == "base64" else quopri.encodestring(data)  # base64 in one line
    text = mail(body.decode(), f"Content-Type: text/plain; charset={charset}", f"Content-Transfer-Encoding: {encoding}")
    explanation = explain(text)
    assert explanation.as_dict()["code"] == 550
    assert "gelöscht" in str(explanation.reply)


def test_japanese_in_seven_bits_is_read() -> None:
    body = "<jones@foo.com>:\n受信者のメールボックスがいっぱいです".encode("iso-2022-jp").decode("ascii")
    assert about(mail(body, "Content-Type: text/plain; charset=iso-2022-jp")) == "recipient"


def test_an_apostrophe_does_not_end_a_quoted_reply() -> None:
    reply = explain("Remote Server returned '550 5.1.0 not allowed to send from <b.example> per it's SPF record'").reply
    assert reply is not None
    assert reply.lines == ("not allowed to send from <b.example> per it's SPF record",)


def test_an_address_in_a_link_is_no_cause() -> None:
    assert about("550 see https://foo.example/codes?ip=192.0.2.1#x Refused due to recipient preferences") == "recipient"


def test_the_name_of_a_file_is_no_cause() -> None:
    assert about("550 /var/spool/virus/junk.log: no such user") == "recipient"


def test_a_picture_has_no_words() -> None:
    picture = base64.b64encode(b"\x89PNG 550 5.7.1 spam").decode()
    text = mail(
        "--b\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\n"
        f"{picture}\n--b\nContent-Type: text/plain\n\n<jones@foo.com>: 550 5.1.1 no such user\n--b--",
        "Content-Type: multipart/mixed; boundary=b",
    )
    assert explain(text).as_dict()["enhanced"] == "5.1.1"


def test_of_two_blocks_about_one_address_the_one_with_the_reply_is_read() -> None:
    text = "jones@foo.com<mailto:jones@foo.com>\nYour message was rejected, see DSN code 5.1.0.\n\n"
    explanation = explain(mail(f"{text}jones@foo.com\nmx.foo.com returned '550 5.1.0 fails SPF'\n"))
    assert [(one.address, one.as_dict()["about"]) for one in explanation.recipients] == [("jones@foo.com", "sender")]


def test_html_alone_is_read_without_its_tags() -> None:
    body = "<html><style>p { color: rgb(250, 250, 250) }</style><p>550 5.1.1 <b>No such</b> user<br>jones</p></html>"
    explanation = explain(mail(body, "Content-Type: text/html"))
    assert explanation.as_dict()["code"] == 550
    assert about(mail(body, "Content-Type: text/html")) == "recipient"


def test_a_report_in_base64_is_read() -> None:
    fields = "Reporting-MTA: dns; mx.bar.com\n\nFinal-Recipient: rfc822; jones@foo.com\nAction: failed\nStatus: 5.2.2\n"
    part = base64.b64encode(fields.encode()).decode()
    text = mail(
        "--b\nContent-Type: text/plain\n\nNot delivered.\n--b\nContent-Type: message/delivery-status\n"
        f"Content-Transfer-Encoding: base64\n\n{part}\n--b--",
        "Content-Type: multipart/report; boundary=b",
    )
    assert explain(text).as_dict()["enhanced"] == "5.2.2"


def nested(depth: int) -> str:
    return "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(depth))


@pytest.mark.parametrize("depth", [3, 30, 60, 1_500])
def test_a_deep_report_is_read_all_the_same(depth: int) -> None:
    text = f"From: a@b\nTo: c@d\nMIME-Version: 1.0\n{nested(depth)}Content-Type: text/plain\n\n550 5.1.1 no such user\n"
    assert explain(text).as_dict()["code"] == 550


def test_what_the_returned_message_says_is_no_reason() -> None:
    text = BOUNCE.replace("552 5.2.2", "5.2.2").replace("Subject: 550 5.1.1 User unknown", "Subject: x\n\n550 5.1.1 no")
    assert explain(text).as_dict()["enhanced"] == "5.2.2"


# ---- Words -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "boilerplate",
    [
        "Your message has not yet been delivered to the recipient.",
        "It's attached below.",
        "This MIME message was made by a mail gateway.",
        "Please use the tool at https://foo.example/ if you think that this is an error.",
        "For further assistance, please contact your administrator.",
    ],
)
def test_what_the_reporting_program_says_of_itself_decides_nothing(boilerplate: str) -> None:
    assert about(mail(f"{boilerplate}\n\nYour message could not be delivered to\njones@foo.com\n")) == "none"
    assert about(mail(f"{boilerplate}\n\n<jones@foo.com>:\nThe mailbox is full.\n")) == "recipient"


@pytest.mark.parametrize(
    ("text", "party"),
    [
        ("550 max message size exceeded", "content"),
        ("550 too many messages on the server", "recipient"),
        ("550 too many messages in this mailbox", "recipient"),
        ("550 not an active address (invalid username)", "recipient"),
        ("550 spam pattern found", "content"),
        ("550 rejected, recent spam source [192.0.2.1]", "client"),
        ("550 no access for this ip", "client"),
        ("554 protocol deviation", "command"),
        ("421 Recipient not in route list", "recipient"),
        ("550 domain of forward path is not allowed", "policy"),
        ("User jones (jones@foo.com) not listed in Domino Directory", "recipient"),
        ("Recipient user name jones not unique. Several matches found in Domino Directory.", "recipient"),
        ("The mail address is an unrecognised-OR-name", "recipient"),
        ("550 El buzón del usuario está lleno", "recipient"),
        ("550 Usuario desconocido", "recipient"),
        ("550 Benutzer hat zu viele Mails", "recipient"),
        ("550 L'adresse du destinataire est introuvable", "recipient"),
        ("550 受信者のメールボックスがいっぱいです", "recipient"),
        ("550 宛先のアドレスが見つかりませんでした", "recipient"),
        ("550 用户不存在", "recipient"),
        ("550 邮箱空间不足", "recipient"),
        ("550 邮件过大", "content"),
        ("550 het adres is niet gevonden", "recipient"),
        ("550 lowest numbered MX record points to local host", "server"),
        ("550 mail loops back: best-preference MX", "server"),
        ("550 RESOLVER.RST.RestrictedToRecipientsPermission; authentication required", "recipient"),
    ],
)
def test_the_longer_phrase_decides(text: str, party: str) -> None:
    assert about(text) == party


@pytest.mark.parametrize(
    ("text", "retry"),
    [
        ("Recipient address rejected: Delayed by Postgrey", "unchanged later"),
        ("450 greylisted", "unchanged later"),
        ("550 greylisted", "after the fix"),
        ("Temp failing for 1024 seconds: Tried all MXs", "unchanged later"),
        ("smtplib.SMTPServerDisconnected: Connection unexpectedly closed", "unchanged later"),
        ("Error: connect ECONNREFUSED 192.0.2.1:587", "unchanged later"),
        (mail("<jones@foo.com>:\nThe connection timed out.\n"), "after the fix"),
        ("No such user", "after the fix"),
    ],
)
def test_without_a_digit_the_usual_one_of_the_cause_decides(text: str, retry: str) -> None:
    best = explain(text).best
    assert best is not None
    assert best.retry == retry


# ---- The facts of the report -------------------------------------------------------------------------------

FIELDS = "Final-Recipient: rfc822; jones@foo.com\nAction: {action}\nStatus: {status}\nDiagnostic-Code: smtp; {reply}\n"


@pytest.mark.parametrize(
    ("action", "status", "reply", "retry"),
    [
        ("failed", "5.1.1", "550 5.1.1 no such user", "after the fix"),
        ("failed", "4.4.7", "451 4.4.7 expired", "after the fix"),
        ("Failed", "4.2.2", "452 4.2.2 mailbox full", "after the fix"),
        ("delayed", "4.4.1", "421 busy", "unchanged later"),
        ("delayed", "5.1.1", "550 5.1.1 no such user", "unchanged later"),
        ("delivered", "2.1.5", "250 2.1.5 ok", "no"),
        ("relayed", "2.0.0", "250 ok", "no"),
    ],
)
def test_what_the_report_says_was_done_decides(action: str, status: str, reply: str, retry: str) -> None:
    explanation = explain(FIELDS.format(action=action, status=status, reply=reply))
    assert explanation.best is not None
    assert explanation.best.retry == retry
    final = action.lower() == "failed" and status[0] == "4"
    assert any("given up" in note for note in explanation.notes) is final


@pytest.mark.parametrize(
    ("text", "retry"),
    [
        (POSTFIX, "after the fix"),
        (POSTFIX.replace("status=bounced", "status=deferred"), "unchanged later"),  # soft_bounce
        (POSTFIX.replace("550 5", "450 4").replace("dsn=5.1.1, status=bounced", "status=deferred"), "unchanged later"),
        (POSTFIX.replace("550 5.1.1", "450 4.1.1").replace("status=bounced", "status=expired"), "after the fix"),
        (EXIM, "after the fix"),
        (EXIM.replace("**", "==").replace("550 5.7.1", "451 4.7.1"), "unchanged later"),
        ("2024-05-01 10:00:00 1abcde-000123-AB == b@foo.com defer (-53): retry time not reached", "unchanged later"),
        ("2024-05-01 10:00:00 1abcde-000123-AB ** b@foo.com: retry timeout exceeded", "after the fix"),
        (mail(f"You do not need to resend your message.\n\n{SLOW}", subject="Delayed"), "unchanged later"),
        (mail(f"Giving up.\n\n{SLOW}"), "after the fix"),
    ],
)  # fmt: skip
def test_what_the_log_says_was_done_decides(text: str, retry: str) -> None:
    best = explain(text).best
    assert best is not None
    assert best.retry == retry


@pytest.mark.parametrize(
    "reply", ["553 Sender refused", "501 invalid sender", "550 5.7.1 no", "550 bounces not accepted"]
)
def test_a_null_reverse_path_is_nobodys_typing_error(reply: str) -> None:
    """RFC 5321 section 4.5.5: notifications have it, and it must be accepted."""
    for explanation in (explain(f"C: MAIL FROM:<>\nS: {reply}"), explain(reply, command="MAIL FROM:<>")):
        assert explanation.best is not None
        assert "null reverse-path" in explanation.best.cause
        assert "Correct the sender" not in explanation.best.fix


@pytest.mark.parametrize("address", ["jones.o'smith@foo.com", "jones+x@foo.com", "a/b@foo.com", "jones_@foo.com"])
@pytest.mark.parametrize("words", ["Invalid email address", "malformed address", "illegal address", "syntax error"])
def test_a_legal_address_is_said_to_be_legal(address: str, words: str) -> None:
    explanation = explain(f"554 5.7.1 <{address}>: Recipient address rejected: {words}")
    assert f"The address {address} is well formed" in " ".join(explanation.notes)
    assert explanation.best is not None
    assert explanation.best.stop != "yes"


def test_the_side_that_demands_tls_is_named() -> None:
    line = (
        "to=<b@foo.com>, relay=mx, dsn=4.7.4, status=deferred (TLS is required, but was not offered by host mx.foo.com)"
    )
    best = explain(line).best
    assert best is not None
    assert "side that sends demands TLS" in best.cause
    other = explain("530 5.7.0 Must issue a STARTTLS command first").best
    assert other is not None
    assert "server requires" in other.cause


def test_no_advice_speaks_of_striking_an_address_off_a_list() -> None:
    for text in ("550 user unknown", "450 4.1.1 user unknown", "550 account disabled"):
        assert "lists" not in str(explain(text))


# ---- One row for each recipient ----------------------------------------------------------------------------

REPORT = "Reporting-MTA: dns; mx.bar.com\n\n" + "\n".join(
    FIELDS.format(action=action, status=status, reply=reply).replace("jones", name)
    for name, action, status, reply in (
        ("gone", "failed", "5.1.1", "550 5.1.1 no such user"),
        ("full", "failed", "5.2.2", "552 5.2.2 mailbox full"),
        ("slow", "delayed", "4.4.1", "421 4.4.1 busy"),
        ("glad", "delivered", "2.1.5", "250 2.1.5 ok"),
    )
)
SEVERAL = {
    "report": REPORT,
    "log": "\n".join(
        f"May 1 mx postfix/smtp[9]: A1: to=<{name}@foo.com>, relay=mx.foo.com[192.0.2.1]:25, dsn={reply[4:9]}, "
        f"status={status} (host mx.foo.com[192.0.2.1] said: {reply} (in reply to RCPT TO command))"
        for name, status, reply in (
            ("glad", "sent", "250 2.1.5 ok"),
            ("slow", "deferred", "421 4.4.1 busy"),
            ("gone", "bounced", "550 5.1.1 no such user"),
            ("full", "bounced", "552 5.2.2 mailbox full"),
        )
    ),
    "dialogue": "C: MAIL FROM:<jo@bar.com>\nS: 250 ok\n"
    "C: RCPT TO:<gone@foo.com>\nS: 550 5.1.1 no such user\nC: RCPT TO:<full@foo.com>\nS: 552 5.2.2 mailbox full\n"
    "C: RCPT TO:<slow@foo.com>\nS: 421 4.4.1 busy\nC: RCPT TO:<glad@foo.com>\nS: 250 2.1.5 ok\n",
    "error": "smtplib.SMTPRecipientsRefused: {'gone@foo.com': (550, b'5.1.1 no such user'), "
    "'full@foo.com': (552, b'5.2.2 mailbox full'), 'slow@foo.com': (421, b'4.4.1 busy')}",
    "words": mail(
        "Not delivered.\n\n<gone@foo.com>: host mx said: 550 5.1.1 no such user\n\n"
        "<full@foo.com>: host mx said: 552 5.2.2 mailbox full\n"
    ),
}
PARTIES = {
    "gone@foo.com": ("recipient", "yes"),
    "full@foo.com": ("recipient", "wait"),
    "slow@foo.com": ("server", "wait"),
}


@pytest.mark.parametrize("text", SEVERAL.values(), ids=SEVERAL)
def test_each_recipient_has_a_row(text: str) -> None:
    explanation = explain(text)
    rows = {row["address"]: row for row in explanation.as_dict()["recipients"]}
    assert next(iter(rows)) == "gone@foo.com"  # the worst first
    assert explanation.best is not None
    assert "No such mailbox" in explanation.best.cause
    for address, (party, stop) in PARTIES.items():
        if address in rows:
            assert (rows[address]["about"], rows[address]["stop"]) == (party, stop)
    assert len(rows) >= 2
    shown, drawn = str(explanation), recipients(explanation)
    for address, row in rows.items():
        assert f"{address} | {row['about']} | " in shown
        assert address in drawn
    assert f"Recipients: {len(rows)} (2 refused" in shown
    assert drawn.count("<tr ") == len(rows) + 1


def test_the_table_is_escaped() -> None:
    hostile = SEVERAL["report"].replace("gone@", "<script>alert(1)</script>@").replace("full@", "a|b\x1b[31m@")
    explanation = explain(hostile)
    assert len(explanation.recipients) == 4
    assert "<script>" not in recipients(explanation)
    assert "\x1b" not in recipients(explanation) + str(explanation)


def test_one_recipient_needs_no_table() -> None:
    assert recipients(explain(BOUNCE)) == ""
    assert "Recipients:" not in str(explain(BOUNCE))


def test_json_has_every_reading_with_its_certainty() -> None:
    values = explain("550 5.7.1 User unknown").as_dict()
    assert [one["certainty"] for one in values["readings"]] == ["likely", "possible"]
    assert values["about"] == values["readings"][0]["about"]
    assert json.loads(json.dumps(values)) == values


def test_a_great_many_recipients_are_counted() -> None:
    log = "".join(POSTFIX.replace("bob", f"bob{number}") + "\n" for number in range(3_000))
    explanation = explain(log)
    assert len(explanation.recipients) + explanation.as_dict()["more_recipients"] == 3_000
    assert "3000 (3000 refused); the first 200 are shown" in str(explanation)


@pytest.mark.parametrize(
    ("head", "each"),
    [
        ("", "Final-Recipient: rfc822; u{0}@foo.com\nAction: failed\nStatus: 5.1.1\n\n"),
        ("Your message could not be delivered.\n\n", "<u{0}@foo.com>: host mx said: 550 5.1.1 no such user\n\n"),
        ("C: MAIL FROM:<jo@bar.com>\nS: 250 ok\n", "C: RCPT TO:<u{0}@foo.com>\nS: 550 5.1.1 no such user\n"),
        ("", "'u{0}@foo.com': (550, b'5.1.1 no such user'), "),
        ("", "2024-05-01 1abcde-000123-AB ** u{0}@foo.com: retry timeout exceeded\n"),
    ],
)
def test_recipients_above_every_cap_are_counted(head: str, each: str) -> None:
    explanation = explain(head + "".join(each.format(number) for number in range(20_000)))
    assert explanation.totals.startswith("20000 (")
    assert explanation.as_dict()["more_recipients"] == 20_000 - len(explanation.recipients)


def test_what_is_left_out_of_a_paste_too_long_is_said() -> None:
    explanation = explain((POSTFIX + "\n") * 40_000)
    assert explanation.as_dict()["characters_left_out"] > 0
    assert explanation.totals.startswith("at least ")
    assert any("too long" in note and "were not read" in note for note in explanation.notes)


def test_a_recipient_without_a_reason_has_a_row() -> None:
    done, gone = "1abcde-000123-AB => done@foo.com R=dns T=smtp", "1abcde-000123-AB ** gone@foo.com: no such user"
    explanation = explain(f"2024-05-01 10:00:00 {done}\n2024-05-01 10:00:00 {gone}\n")
    rows = {row[0]: row for row in explanation.table()}
    assert rows["done@foo.com"][1:3] == ("not told", "Accepted; no reason is given.")


# ---- What kind of text it is, and who speaks ---------------------------------------------------------------

ARF = "From: a@b\nTo: c@d\nContent-Type: multipart/report; boundary=b\n\n--b\nFeedback-Type: abuse\n"
KINDS = [
    (BOUNCE, "a bounce"),
    (QMAIL, "a bounce"),
    (BOUNCE.replace("failed", "delayed").replace("Undelivered", "Delayed"), "a notice of delay"),
    (mail("Warning: message delayed 24 hours", subject="Warning"), "a notice of delay"),
    (ARF, "a complaint"),
    ("From: a@b\nTo: c@d\nSubject: Out of office\n\nI am away until 250.\n", "an automatic reply"),
    (POSTFIX, "a log"),
    (EXIM, "a log"),
    ("Traceback (most recent call last):\nsmtplib.SMTPDataError: (550, b'no')", "an error of a program"),
    ("javax.mail.SendFailedException\n  at com.foo.Bar(Bar.java:1)\n553 no", "an error of a program"),
    ("C: EHLO bar.com\nS: 250 ok", "a dialogue"),
    ("MAIL FROM:<a@b.example>\n550 no", "a dialogue"),
    ("550 5.1.1 no such user", "a reply"),
]


@pytest.mark.parametrize(("text", "kind"), KINDS)
def test_the_kind_of_text_is_told(text: str, kind: str) -> None:
    explanation = explain(text)
    assert explanation.kind.startswith(kind)
    assert f"Kind of text: {kind}" in str(explanation)


@pytest.mark.parametrize("text", [ARF, KINDS[5][0]])
def test_a_complaint_and_an_automatic_reply_refuse_nothing(text: str) -> None:
    explanation = explain(text)
    assert explanation.best is None
    assert "not a bounce" in str(explanation)


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        (BOUNCE, "the receiver's server"),
        (POSTFIX, "the receiver's server"),
        (POSTFIX.replace("host mx.example.com[192.0.2.1] said: 550 5.1.1 ", ""), "the server that you gave"),
        (REPORT.replace("smtp; 550 5.1.1 no such user", "x-mail; no such user"), "the server that wrote the report"),
        (REPORT.replace("mx.bar.com", "mx.foo.com").replace("smtp; 550 5.1.1", "x-mail;"), "the receiver's server"),
        ("550 no such user", "the server at the other end"),
    ],
)
def test_who_speaks_and_where_to_look_next(text: str, speaker: str) -> None:
    shown = str(explain(text))
    assert f"Who speaks: {speaker}" in shown
    assert "Look next in: " in shown


# ---- Secrets, and hostile input ----------------------------------------------------------------------------

SECRET = "AGpvbmVzAHNlY3JldA=="
SECRETS = [
    f"C: AUTH PLAIN {SECRET}\nS: 535 5.7.8 no",
    f"auth plain {SECRET}\n535 5.7.8 no",
    f">>> AUTH LOGIN {SECRET}\n<<< 535 no",
    f"C: AUTH PLAIN\nS: 334 \nC: {SECRET}\nS: 535 no",
    f"AUTH LOGIN\n334 VXNlcm5hbWU6\n{SECRET}\n334 UGFzc3dvcmQ6\n{SECRET}\n535 no",
    f"send: 'AUTH PLAIN {SECRET}\\r\\n'\nreply: b'535 no\\r\\n'",
    f"send: 'AUTH LOGIN {SECRET}\\r\\n'\nreply: b'334 UGFzc3dvcmQ6\\r\\n'\nreply: retcode (334); Msg: b'x'\n"
    f"send: '{SECRET}\\r\\n'\nreply: b'535 no\\r\\n'",
    f"CLIENT -> SERVER: AUTH XOAUTH2 {SECRET}\nSERVER -> CLIENT: 535 no",
    f"12:15 CLIENT -> SERVER: AUTH LOGIN\n12:15 CLIENT -> SERVER: {SECRET}\n12:15 CLIENT -> SERVER: {SECRET}\n535 no",
    f"535 no\npassword={SECRET}",
    f"smtp://jones:{SECRET}@mx.foo.com said: 535 no",
    f'{{"pass": "{SECRET}"}} 535 no',
    f"--> AUTH PLAIN {SECRET}\n<-- 535 no",
    f" ~> AUTH PLAIN {SECRET}\n<~* 535 no",
    f"<-  334 UGFzc3dvcmQ6\n -> {SECRET}\n<** 535 no",
    f"CLIENT 1:\n└──AUTH PLAIN {SECRET}\nSERVER 1:\n└──535 no",
    f'"SENT: AUTH PLAIN {SECRET}"\n"RECEIVED: 535 no"',
    f"x,>,AUTH LOGIN,\nx,<,334 UGFzc3dvcmQ6,\nx,>,{SECRET},\nx,<,535 no,",
    *(
        f"{line}\n535 no"
        for line in (
            f"EMAIL_HOST_PASSWORD = '{SECRET}'",
            f"$mail->Password = '{SECRET}';",
            f'"password" => "{SECRET}",',
            f"  smtp.password: {SECRET}",
            f"mailto://user:{SECRET}@mx.foo.com?to=x",
            f"swaks -au jones -ap {SECRET}",
            f"swaks --auth-password {SECRET}",
            f"curl --user 'jones:{SECRET}' smtp://mx.foo.com",
        )
    ),
]


@pytest.mark.parametrize("text", SECRETS)
def test_no_password_is_echoed(text: str) -> None:
    assert SECRET not in clean(text)
    explanation = explain(text)
    shown = str(explanation) + json.dumps(explanation.as_dict()) + explanation._repr_mimebundle_()["text/markdown"]
    assert SECRET not in shown + repr(explanation)


def test_words_about_auth_are_no_password() -> None:
    for text in ("530 5.7.1 AUTH LOGIN failed", "250-AUTH PLAIN LOGIN\n250 ok", "503 AUTH PLAIN required"):
        assert "[hidden]" not in repr(explain(text))


PIECES = [
    *("From: a@b\n", "To: c@d\n", "Content-Type: multipart/report; boundary=b\n", "\n", "--b\n", "--b--\n", "\ud800"),
    *(
        "Content-Type: message/delivery-status\n",
        "Content-Type: message/rfc822\n",
        "Content-Type: text/html\n",
        "=?x?q?=",
        "é",
    ),
    *(
        "Content-Transfer-Encoding: base64\n",
        "Content-Transfer-Encoding: quoted-printable\n",
        "Content-Type: ;*0=\n",
        "charset=x",
    ),
    *(
        "Final-Recipient: rfc822; a@b\n",
        "Action: failed\n",
        "Status: 5.1.1\n",
        "Diagnostic-Code: smtp; 550 no\n",
        "=ZZ",
        "AAAA",
    ),
    *(
        "postfix/smtp[1]: ",
        "to=<a@b>, ",
        "status=bounced ",
        "1abcde-000123-AB ** a@b ",
        "delivery 1: failure: ",
        "<a@b>:\n",
    ),
    *(
        "C: RCPT TO:<a@b>\n",
        "S: 550 no\n",
        "{'a@b': (550, b'x'), ",
        "334 \n",
        "AUTH PLAIN ",
        "\x00",
        "Subject: delayed\n",
    ),
]


@given(st.lists(st.sampled_from(PIECES), max_size=25))
def test_no_mixture_of_the_parts_of_a_paste_raises(pieces: list[str]) -> None:
    check(explain("".join(pieces)))
    check(explain("From: a@b\nTo: c@d\n" + "".join(pieces), command="".join(pieces)))


@given(st.binary(max_size=300))
def test_no_mail_raises(data: bytes) -> None:
    check(explain(mail(data.decode("latin-1"), "Content-Type: multipart/report; boundary=b")))
    check(explain(mail(base64.b64encode(data).decode(), "Content-Transfer-Encoding: base64")))


@pytest.mark.parametrize(
    "piece",
    [*(f"{piece}\n" for piece in SEVERAL.values()), *(f"{piece} " for piece in PIECES), "<a@b.example>: 550 no\n\n"],
    ids=range(len(SEVERAL) + len(PIECES) + 1),
)
def test_many_of_a_kind_are_read_in_linear_time(piece: str) -> None:
    text = piece * (300_000 // len(piece))
    before = time.process_time()
    explanation: Explanation = explain(text)
    assert explanation
    assert time.process_time() - before < 3
