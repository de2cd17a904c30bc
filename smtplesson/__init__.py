"""Learn to read what a mail server answers: SMTP reply codes, and above all 251 against 553."""

from smtplesson.dialogues import diagram, scenario
from smtplesson.dialogues.journey import journey, journeys
from smtplesson.dialogues.scenario import Scenario, play
from smtplesson.guide import forwarding, reply_codes
from smtplesson.guide.field_guide import explain
from smtplesson.markup import Table
from smtplesson.protocol.addresses import Mailbox
from smtplesson.protocol.codes import reply_class
from smtplesson.protocol.grammar import CommandSyntaxError, diagnose
from smtplesson.protocol.replies import EnhancedCode, Reply
from smtplesson.protocol.states import TRANSITIONS, State
from smtplesson.protocol.transcript import Transcript
from smtplesson.server import worlds
from smtplesson.server.server import Server
from smtplesson.server.session import Session

__version__ = "0.1.0"

__all__ = [
    "TRANSITIONS",
    "CommandSyntaxError",
    "EnhancedCode",
    "Mailbox",
    "Reply",
    "Scenario",
    "Server",
    "Session",
    "State",
    "Table",
    "Transcript",
    "diagnose",
    "diagram",
    "explain",
    "forwarding",
    "journey",
    "journeys",
    "play",
    "reply_class",
    "reply_codes",
    "scenario",
    "worlds",
]
