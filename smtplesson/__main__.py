"""The kit without notebooks: a server to talk to, replies explained, questions; for teachers marks and exports."""

from __future__ import annotations

import argparse
import io
import json
import sys
import threading
from collections.abc import Callable, Iterable, Sequence

from smtplesson import _html, portable, profiles, progress, retired, study, terminal, transport, worlds
from smtplesson.bank import QuestionBank
from smtplesson.commands.answer import add_answer
from smtplesson.commands.export import add_export
from smtplesson.commands.report import add_report
from smtplesson.field_guide import explain
from smtplesson.overview import report
from smtplesson.progress import Progress
from smtplesson.quiz import Quiz, outcomes
from smtplesson.replies import Reply, reply_class
from smtplesson.server import Server
from smtplesson.transcript import Line

if sys.platform != "emscripten":  # a browser tab has neither TLS nor a port to use it on
    import ssl

#: ANSI colours of the classes, beside the word.
_COLOURS = {2: "32", 3: "36", 4: "33", 5: "31"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0, or 2 where what was given makes no sense."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # what a pipe or an old console cannot write becomes "?"
            stream.reconfigure(errors="replace")
    try:
        result: int = chosen.run(chosen)
    except (ValueError, OSError) as error:  # ports, certificates, worlds, questions and codes that make no sense
        print(f"smtplesson: {error}", file=sys.stderr)
        return 2
    return result


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="smtplesson", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, run: Callable[[argparse.Namespace], int], summary: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=summary, description=summary)
        command.set_defaults(run=run)
        return command

    serve = add("serve", _serve, "Serve a world on a port of this machine's loopback address.")
    talk = add("talk", _talk, "Talk to a world's server in this terminal, without a port.")
    for command in (serve, talk):
        command.add_argument("--world", default="example", help=f"{', '.join(worlds.names())}, or a TOML file")
        command.add_argument("--profile", help=f"word the replies as {', '.join(profiles.PROFILES)} does")
    serve.add_argument("--port", type=int, default=0, help="0, the default, finds a free one")
    serve.add_argument("--quiet", action="store_true", help="do not print the dialogues")
    serve.add_argument("--cert", help="certificate chain in PEM, for STARTTLS")
    serve.add_argument("--key", help="private key in PEM, where it is not in the file of the certificate")
    guide = add("explain", _explain, "Say what a reply means, whom it is about, and what to do.")
    guide.add_argument("text", nargs="?", help="a reply, a log line or a bounce; without it, standard input")
    guide.add_argument("--command", help="the command that was answered, such as RCPT")
    guide.add_argument("--json", action="store_true", help="print the likeliest reading as JSON")
    quiz = add("quiz", _quiz, "Answer questions in this terminal.")
    quiz.add_argument("lesson", nargs="?", help="such as 05-251-or-553; without it, new questions on everything")
    quiz.add_argument("--count", type=int, help="how many questions")
    quiz.add_argument("--seed", type=int, default=0, help="another seed, another order and other new questions")
    again = add("review", _review, "Answer what is due today, or the codes and matters that you are weakest in.")
    again.add_argument("--count", type=int, default=10, help="how many questions at most")
    stand = add("progress", _progress, "Say where you stand; print your code, or take one.")
    stand.add_argument("--code", action="store_true", help="print all your answers as a short text")
    stand.add_argument("--take", metavar="CODE", help="add the answers of such a text; - reads standard input")
    add_answer(add)
    add_export(add)
    add_report(add)
    return parser


def _quiz(chosen: argparse.Namespace) -> int:
    log = Progress()
    if chosen.lesson is None:
        return _ask(study.fresh_quiz(log, 5 if chosen.count is None else chosen.count, seed=chosen.seed), log)
    return _ask(study.lesson_quiz(log, chosen.lesson, count=chosen.count, seed=chosen.seed), log)


def _review(chosen: argparse.Namespace) -> int:
    log = Progress()
    return _ask(study.review_quiz(log, chosen.count), log)


def _ask(quiz: Quiz, log: Progress) -> int:
    terminal.ask(quiz, input, print)
    if log.notice:
        print(_html.visible(log.notice))
    return 0


def _progress(chosen: argparse.Namespace) -> int:
    log = Progress()
    if chosen.take is not None:
        code = sys.stdin.read() if chosen.take == "-" else chosen.take
        taken = log.take(portable.unpack(code))
        print(f"{taken} answer{'' if taken == 1 else 's'} taken.")
    if chosen.code:
        print(_html.visible(log.notice), end="\n" if log.notice else "", file=sys.stderr)
        print(portable.pack(log.attempts()))
        return 0
    bank = QuestionBank.load()
    attempts = log.attempts()
    print(_html.visible_lines(report(outcomes(attempts, bank), progress.today())))
    for told in (*retired.told(each.question for each in attempts), *log.problems, log.notice):
        print(_html.visible(told), end="\n" if told else "")
    return 0


def _explain(chosen: argparse.Namespace) -> int:
    text = sys.stdin.buffer.read().decode("utf-8", "replace") if chosen.text is None else chosen.text
    explanation = explain(text, command=chosen.command)
    print(json.dumps(explanation.as_dict(), indent=2, ensure_ascii=False) if chosen.json else explanation)
    return 0


def _world(chosen: argparse.Namespace, **policy: object) -> Server:
    if chosen.profile:
        policy["profile"] = chosen.profile
    return worlds.load(chosen.world, **policy)


def _serve(chosen: argparse.Namespace) -> int:
    context = None
    if chosen.cert and sys.platform != "emscripten":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chosen.cert, chosen.key)
    server = _world(chosen, tls=True) if context else _world(chosen)
    listener = None if chosen.quiet else _print_line
    with transport.serve(server, chosen.port, tls_context=context, listener=listener) as port:
        print(f"listening on 127.0.0.1:{port}", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return 0
    return 0


def _print_line(line: Line) -> None:
    """Print one line of a dialogue as it happens, a server's line with its class."""
    print(_marked(str(line)), flush=True)


def _marked(line: str) -> str:
    shown = _html.visible(line)
    if not line.startswith("S: ") or line[6:7] == "-":
        return shown
    try:
        klass = reply_class(int(line[3:6]))
    except ValueError:
        return shown
    text = f"{shown}   [{klass.sign} {klass.word}]"
    return f"\x1b[{_COLOURS[klass.digit]}m{text}\x1b[0m" if sys.stdout.isatty() else text


def _talk(chosen: argparse.Namespace) -> int:
    """Read commands from standard input until the server or the person ends the session."""
    session = _world(chosen).connect()
    _print_reply(session.greeting)
    for line in _typed():
        try:
            reply = session.send(line)
        except ValueError as error:
            print(f"  ({error})")
            continue
        if reply is not None:
            _print_reply(reply)
        if session.awaiting_tls:
            print("  (TLS is simulated: the session begins anew)")
            session.tls_started()
        if session.closed:
            break
    return 0


def _typed() -> Iterable[str]:
    prompt = "C: " if sys.stdin.isatty() else ""
    while True:
        try:
            line = input(prompt)
        except (EOFError, KeyboardInterrupt):
            return
        if not prompt:
            print(f"C: {_html.visible(line)}")
        yield line


def _print_reply(reply: Reply) -> None:
    for row in str(reply).split("\n"):
        print(_marked(f"S: {row}"))
    if reply.reason is not None and reply.code >= 400:
        section = f" ({reply.reason.section})" if reply.reason.section else ""
        print(f"   {reply.reason.text}{section}")
        if reply.reason.fault is not None:
            print("\n".join(f"   {_html.visible(row)}" for row in str(reply.reason.fault).split("\n")))


if __name__ == "__main__":
    sys.exit(main())
