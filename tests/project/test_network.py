"""Nothing of the kit looks up a name or connects anywhere but to this machine's loopback address."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys

seen = []

def watch(event, arguments):
    if event in ("socket.connect", "socket.bind"):
        seen.append(arguments[1][0])
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "urllib.Request"):
        seen.append(arguments[0])

sys.addaudithook(watch)

import smtplib
import smtplesson
from smtplesson import explain, reply_codes, scenario, worlds
from smtplesson.server.transport import MemorySMTP, serve
from smtplesson.widgets import Console, Predict, QuizView, ReplyCodesView

for name in scenario.names():
    scenario.transcript(name)
explain("550 5.1.1 <bob@mx.example>: Recipient address rejected (host mx.example[192.0.2.1] said)")
predict, quiz = Predict(scenario.load("neighbours")), QuizView.of("00-pretest")
for view in (Console(worlds.load("foo")), ReplyCodesView(), predict, quiz):
    view._repr_mimebundle_()
with MemorySMTP(worlds.load("example")) as client:
    client.sendmail("a@b.example", ["carol@example.com"], "Subject: x")
assert seen == [], seen

with serve(worlds.load("example")) as port, smtplib.SMTP("127.0.0.1", port, "c.example") as client:
    client.sendmail("a@b.example", ["carol@example.com"], "Subject: x")
assert set(seen) == {"127.0.0.1"}, seen
print("loopback only")
"""


def test_loopback_only() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False, timeout=120)
    assert (done.stdout, done.returncode) == ("loopback only\n", 0), done.stderr
