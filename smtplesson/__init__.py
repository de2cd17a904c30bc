"""Learn to read what a mail server answers: SMTP reply codes, and above all 251 against 553."""

from typing import TYPE_CHECKING

from smtplesson import _lazy

if TYPE_CHECKING:
    from smtplesson.dialogues import diagram, scenario
    from smtplesson.dialogues.journey import journey, journeys
    from smtplesson.dialogues.scenario import Scenario, play
    from smtplesson.guide import forwarding, reply_codes
    from smtplesson.guide.field_guide import explain
    from smtplesson.markup import Table
    from smtplesson.protocol.addresses import Mailbox
    from smtplesson.protocol.codes import reply_class
    from smtplesson.protocol.faults import CommandSyntaxError
    from smtplesson.protocol.grammar import diagnose
    from smtplesson.protocol.replies import EnhancedCode, Reply
    from smtplesson.protocol.states import TRANSITIONS, State
    from smtplesson.protocol.transcript import Transcript
    from smtplesson.server import worlds
    from smtplesson.server.server import Server
    from smtplesson.server.session import Session
else:
    __getattr__, __dir__ = _lazy.names(globals(), {
        "smtplesson.dialogues": "diagram scenario",
        "smtplesson.dialogues.journey": "journey journeys",
        "smtplesson.dialogues.scenario": "Scenario play",
        "smtplesson.guide": "forwarding reply_codes",
        "smtplesson.guide.field_guide": "explain",
        "smtplesson.markup": "Table",
        "smtplesson.protocol.addresses": "Mailbox",
        "smtplesson.protocol.codes": "reply_class",
        "smtplesson.protocol.faults": "CommandSyntaxError",
        "smtplesson.protocol.grammar": "diagnose",
        "smtplesson.protocol.replies": "EnhancedCode Reply",
        "smtplesson.protocol.states": "TRANSITIONS State",
        "smtplesson.protocol.transcript": "Transcript",
        "smtplesson.server": "worlds",
        "smtplesson.server.server": "Server",
        "smtplesson.server.session": "Session",
    })  # fmt: skip

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
