"""The trials of lesson 07: clients with one fault each fail where that fault shows, and nothing breaks the report."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import smtplesson
from smtplesson.dialogues.trials import Connection, Report, try_decide, try_deliver
from smtplesson.protocol.codes import reply_class
from smtplesson.protocol.replies import Reply

DATA = tomllib.loads((Path(smtplesson.__file__).parent / "data" / "trials.toml").read_text(encoding="utf-8"))
FATES = {2: "accepted", 3: "accepted", 4: "later", 5: "refused"}


class Client:
    """A client that does everything right; each fault below is one method that differs."""

    def fate(self, reply: Reply) -> str:
        return FATES[reply.code // 100]

    def line(self, line: str) -> str:
        return "." + line if line.startswith(".") else line

    def at_dot(self, fate: str, _before: str) -> str:
        return fate

    def read_greeting(self, greeting: Reply) -> str:
        return self.fate(greeting)

    def go_on_after(self, _fate: str) -> bool:
        return True

    def __call__(
        self, connection: Connection, sender: str, recipients: Sequence[str], message: Sequence[str]
    ) -> dict[str, str]:
        fate = self.read_greeting(connection.greeting)
        for command in ("EHLO bar.com", f"MAIL FROM:<{sender}>"):
            if fate != "accepted":
                return dict.fromkeys(recipients, fate)
            fate = self.fate(self.ask(connection, command))
        if fate != "accepted":
            return dict.fromkeys(recipients, fate)
        fates: dict[str, str] = {}
        for recipient in recipients:
            fates[recipient] = self.fate(self.ask(connection, f"RCPT TO:<{recipient}>"))
            if not self.go_on_after(fates[recipient]):
                return dict.fromkeys(recipients, fates[recipient])
        if "accepted" not in fates.values():
            return fates
        last = self.send_message(connection, message)
        return {r: self.at_dot(last, before) if before == "accepted" else before for r, before in fates.items()}

    def send_message(self, connection: Connection, message: Sequence[str]) -> str:
        if (go_ahead := self.ask(connection, "DATA")).code // 100 != 3:
            return self.without_go_ahead(go_ahead)
        for line in message:
            connection.send(self.line(line))
        return self.fate(self.ask(connection, "."))

    def without_go_ahead(self, reply: Reply) -> str:
        return "refused" if reply.code >= 500 else "later"

    def ask(self, connection: Connection, line: str) -> Reply:
        reply = connection.send(line)
        assert reply is not None
        return reply


class Only250(Client):
    def fate(self, reply: Reply) -> str:
        known = {220: "accepted", 250: "accepted", 354: "accepted"}
        return known.get(reply.code, "later" if reply.code < 500 else "refused")


class ReadsTheText(Client):
    def fate(self, reply: Reply) -> str:
        if "error" in reply.text.lower():
            return "refused"
        return "accepted" if "thank you" in reply.text.lower() else super().fate(reply)


class StopsAtTheFirstRefusal(Client):
    def go_on_after(self, fate: str) -> bool:
        return fate != "refused"


class ForgetsTheFinalDot(Client):
    def at_dot(self, _fate: str, before: str) -> str:
        return before


class ReadsTheTextAndForgets(ReadsTheText, ForgetsTheFinalDot):
    pass


class TakesASuccessOfDataForAll(Client):
    def without_go_ahead(self, reply: Reply) -> str:
        return self.fate(reply)


class SendsTheMessageUnasked(Client):
    def send_message(self, connection: Connection, message: Sequence[str]) -> str:
        self.ask(connection, "DATA")
        for line in message:
            connection.send(self.line(line))
        return self.fate(self.ask(connection, "."))


class StuffsNoDots(Client):
    def line(self, line: str) -> str:
        return line


class DropsDots(Client):
    def line(self, line: str) -> str:
        return line.lstrip(".")


class IgnoresTheGreeting(Client):
    def read_greeting(self, greeting: Reply) -> str:
        return "accepted"


class GivesUpOnFourHundred(Client):
    def fate(self, reply: Reply) -> str:
        return "refused" if reply.code >= 400 else "accepted"


def failed(report: Report) -> set[str]:
    return {trial.name.partition(":")[0] for trial in report.trials if not trial.passed}


def test_a_client_that_is_right_passes_everywhere() -> None:
    report = try_deliver(Client())
    assert failed(report) == set()
    assert report.passed
    assert len(report.trials) >= 12


@pytest.mark.parametrize(
    ("client", "trips_over"),
    [
        (Only250(), {"will forward", "invents a success", "changes its mind at the dot"}),
        (ReadsTheText(), {"grumbles and accepts"}),  # after a kind refusal the final dot sets it right
        (
            ReadsTheTextAndForgets(),
            {
                "smiles and refuses",
                "grumbles and accepts",
                "says yes too soon",
                "changes its mind at the dot",
                "has a full disk",
            },
        ),
        (StopsAtTheFirstRefusal(), {"does not like one name"}),
        (ForgetsTheFinalDot(), {"says yes too soon", "changes its mind at the dot", "has a full disk"}),
        (TakesASuccessOfDataForAll(), {"says yes too soon"}),
        (SendsTheMessageUnasked(), {"says yes too soon"}),
        (StuffsNoDots(), {"takes dots seriously"}),
        (DropsDots(), {"takes dots seriously"}),
        (IgnoresTheGreeting(), set()),  # EHLO is refused there as well: no harm done
        (GivesUpOnFourHundred(), {"is busy", "counts to two", "has a full disk", "is going down"}),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Client) else "",
)
def test_each_fault_is_found_by_the_servers_that_it_concerns(client: Client, trips_over: set[str]) -> None:
    report = try_deliver(client)
    assert failed(report) == trips_over
    assert report.passed is not bool(trips_over)


def test_a_message_that_was_never_sent_is_not_accepted() -> None:
    report = try_deliver(lambda connection, sender, recipients, message: dict.fromkeys(recipients, "accepted"))
    first = report.first_failed
    assert first is not None
    assert first.got == "the server has a message for nobody"


@pytest.mark.parametrize("row", DATA["reply"], ids=lambda row: row["text"])
def test_the_action_wanted_is_that_of_the_class(row: dict[str, str]) -> None:
    # RFC 5321 section 4.2.1, by hand
    by_digit = {"2": "go on", "3": "send more", "4": "try later", "5": "give up"}
    assert row["action"] == by_digit[row["text"][0]]
    assert reply_class(int(row["text"][:3])).digit == int(row["text"][0])


def test_decide_by_the_first_digit_passes_and_by_the_code_250_does_not() -> None:
    by_digit = {2: "go on", 3: "send more", 4: "try later", 5: "give up"}
    assert try_decide(lambda reply: by_digit[reply.first_digit]).passed
    known = {250: "go on", 354: "send more"}
    report = try_decide(lambda reply: known.get(reply.code, by_digit[4 if reply.code < 500 else 5]))
    assert {t.name[:3] for t in report.trials if not t.passed} == {"251", "252", "259"}


@pytest.mark.parametrize("attempt", [try_decide, try_deliver], ids=["decide", "deliver"])
def test_what_is_not_written_yet_is_not_attempted(attempt: Callable[..., Report]) -> None:
    report = attempt(lambda *_: None)
    assert (report.passed, report.attempted) == (False, False)
    shown = report._repr_mimebundle_()
    assert "not attempted yet" in shown["text/plain"]
    assert "<table" not in shown["text/html"]


@pytest.mark.parametrize("attempt", [try_decide, try_deliver], ids=["decide", "deliver"])
def test_what_a_function_raises_is_told(attempt: Callable[..., Report]) -> None:
    def broken(*_: object) -> object:
        raise KeyError("<b>251</b>")

    report = attempt(broken)
    assert report.attempted
    assert report.trials[0].got == "KeyError: '<b>251</b>'"
    assert "<b>251" not in report._repr_mimebundle_()["text/html"]


def test_a_client_that_never_ends_is_stopped() -> None:
    def endless(connection: Connection, *_: object) -> object:
        while True:
            connection.send("NOOP")

    report = try_deliver(endless)
    assert "does its loop end?" in report.trials[0].got


@pytest.mark.parametrize("result", [[], "accepted", {"x": 1}, {None: {}}, 7], ids=str)
def test_what_is_returned_may_be_anything(result: object) -> None:
    assert try_deliver(lambda *_: result).attempted
    assert try_decide(lambda _: result).attempted


def test_the_first_failure_is_explained_with_its_dialogue_and_source() -> None:
    report = try_deliver(Only250())
    shown = str(report)
    assert report.summary == "deliver: 14 of 17 passed."
    assert "Look at “will forward: answers 251 for Green” first." in shown
    assert "S: 251 2.1.5 User not local; will forward to <green@bar.org>" in shown
    assert "(RFC 5321 section 3.4)" in shown
