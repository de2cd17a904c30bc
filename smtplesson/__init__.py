"""Learn to read what a mail server answers: SMTP reply codes, and above all 251 against 553."""

from smtplesson.field_guide import explain
from smtplesson.grammar import CommandSyntaxError, Mailbox, diagnose
from smtplesson.replies import EnhancedCode, Reply, ReplyCode, reply_class
from smtplesson.scenario import Scenario, play
from smtplesson.server import Server
from smtplesson.session import Session
from smtplesson.states import TRANSITIONS, State
from smtplesson.transcript import Transcript

__all__ = [
    "TRANSITIONS",
    "CommandSyntaxError",
    "EnhancedCode",
    "Mailbox",
    "Reply",
    "ReplyCode",
    "Scenario",
    "Server",
    "Session",
    "State",
    "Transcript",
    "diagnose",
    "explain",
    "play",
    "reply_class",
]
