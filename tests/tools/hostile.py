"""Submissions that nobody should hand in, made from a seed: each with the words in which its refusal says why."""

from __future__ import annotations

import base64
import json
import os
import pickle
import random
import socket
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from smtplesson.learner import portable
from smtplesson.learner.attempts import Attempt

DAY = date(2026, 1, 5)
Content = bytes | Callable[[Path], None]


@dataclass(frozen=True)
class Hostile:
    """A file of the folder: `content` is its bytes, or makes it; `reason` must be told of it."""

    kind: str
    name: str
    content: Content
    reason: str

    def write(self, folder: Path) -> None:
        path = folder / self.name
        path.parent.mkdir(parents=True, exist_ok=True)
        if callable(self.content):
            self.content(path)
        else:
            path.write_bytes(self.content)


class Command:
    """What a pickle could do to whoever loads it."""

    def __init__(self, canary: Path) -> None:
        self._canary = canary

    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, (f"touch {self._canary}",)


class Maker:
    """Makes hostile files of each kind; `own` is an id on the roster that nobody honest has, `honest` another's."""

    def __init__(self, seed: int, honest: Mapping[str, str], quiz: str, canary: Path) -> None:
        self.dice = random.Random(seed)
        self.honest = dict(honest)  # id -> his JSON
        self.quiz = quiz
        self.canary = canary

    def files(self, count: int) -> Iterator[Hostile]:
        """`count` files, all kinds in turn."""
        kinds = [name.removeprefix("make_") for name in dir(self) if name.startswith("make_")]
        for number in range(count):
            kind = kinds[number % len(kinds)]
            own = f"fuzz-{number:03}"
            made: tuple[Content, str] | tuple[Content, str, str] = getattr(self, f"make_{kind}")(own)
            content, reason, *names = made
            yield Hostile(kind, names[0] if names else f"{own}.txt", content, reason)

    def document(self, own: str, **changes: Any) -> dict[str, Any]:
        entry = {"question": "q", "response": "A", "day": "2026-01-05", "quiz": f"{self.quiz}@{own}"}
        return {"schema_version": 1, "learner": own, "set": self.quiz, "answers": [entry], **changes}

    def json(self, own: str, **changes: Any) -> bytes:
        return json.dumps(self.document(own, **changes)).encode()

    def pick(self, *choices: Any) -> Any:
        return self.dice.choice(choices)

    def somebody(self) -> str:
        return self.dice.choice(sorted(self.honest))

    # --- too much ---

    def make_huge(self, own: str) -> Any:
        size = self.dice.randint(4_000_001, 400_000_000_000)

        def write(path: Path) -> None:
            path.touch()
            os.truncate(path, size)  # all holes: it takes no room

        return write, "bytes; 4,000,000 are the most"

    def make_deep(self, own: str) -> Any:
        depth = self.dice.randint(20_000, 500_000)
        opening, closing = self.pick(("[", "]"), ('{"a":', "}"))
        core = "0" if opening != "[" else ""
        head = json.dumps(self.document(own))[:-1]
        return f'{head}, "x": {opening * depth}{core}{closing * depth}}}'.encode(), "nested too deeply"

    def make_many(self, own: str) -> Any:
        entry = self.document(own)["answers"][0]
        count = self.dice.randint(20_001, 25_000)
        return self.json(own, answers=[entry] * count), "20,000 are the most"

    def make_long_response(self, own: str) -> Any:
        question = next(a["question"] for a in self.answers(self.somebody()) if "~" not in a["question"])
        entry = self.document(own)["answers"][0] | {"question": question, "response": "A" * 60_000}
        return self.json(own, answers=[entry]), "make no sense"

    def make_long_line(self, own: str) -> Any:
        entry = self.document(own)["answers"][0] | {"response": "A" * 70_000}
        return self.json(own, answers=[entry]), "has 70"

    def make_long_id(self, own: str) -> Any:
        return self.json("a" * self.dice.randint(65, 30_000)), "64 are the most"

    def make_long_number(self, own: str) -> Any:
        return b'{"schema_version": ' + b"1" * self.dice.randint(5_000, 50_000) + b"}", "not whole JSON"

    def make_bomb(self, own: str) -> Any:
        deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        body = deflate.compress(bytes(self.dice.randint(5_000_000, 60_000_000))) + deflate.flush()
        data = zlib.crc32(body).to_bytes(4, "big") + body
        return b"SL1:" + base64.b64encode(data).rstrip(b"=") + b".", "makes no sense"

    def make_names_without_end(self, own: str) -> Any:
        raw = bytes([255] * 8 + [127]) * self.dice.randint(1, 50)
        deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        body = deflate.compress(raw) + deflate.flush()
        data = zlib.crc32(body).to_bytes(4, "big") + body
        return b"SL1:" + base64.b64encode(data).rstrip(b"=") + b".", "makes no sense"

    def make_generated_without_end(self, own: str) -> Any:
        family = self.pick("then-what", "not-this-server")
        entry = self.document(own)["answers"][0]
        answers = [entry | {"question": f"{family}~{n}"} for n in range(self.dice.randint(5_000, 19_000))]
        return self.json(own, answers=answers), "does not ask"

    # --- the wrong type ---

    def make_learner_type(self, own: str) -> Any:
        return self.json(own, learner=self.pick(7, None, [own], {"id": own}, True, 1.5)), "is no text"

    def make_answers_type(self, own: str) -> Any:
        return self.json(own, answers=self.pick(None, {"0": 1}, "A", 7, True)), "are no list"

    def make_entry_type(self, own: str) -> Any:
        entries = [self.pick(None, 1, "A", [], True) for _ in range(self.dice.randint(1, 300))]
        return self.json(own, answers=entries), "it holds no answer"

    def make_field_type(self, own: str) -> Any:
        entry = self.document(own)["answers"][0]
        field = self.pick("question", "response", "day", "quiz", "confidence")
        entry[field] = self.pick([], {}, 7, {"$gt": ""}, [[[]]])
        return self.json(own, answers=[entry]), "it holds no answer"

    def make_day(self, own: str) -> Any:
        entry = self.document(own)["answers"][0] | {"day": self.pick("9999-99-99", "0000-01-01", "tomorrow", "-1")}
        return self.json(own, answers=[entry]), "it holds no answer"

    def make_list(self, own: str) -> Any:
        return json.dumps([self.document(own)]).encode(), "no submission"

    def make_schema_version(self, own: str) -> Any:
        return self.json(own, schema_version=self.pick(0, 2, -1, 10**30, True, "1", 1.0, None, [1])), "schema_version"

    def make_not_a_number(self, own: str) -> Any:
        word = self.pick("NaN", "Infinity", "-Infinity")
        return json.dumps(self.document(own))[:-1].encode() + f', "score": {word}}}'.encode(), "no number of JSON"

    def make_twice(self, own: str) -> Any:
        key, value = self.pick(("learner", json.dumps(self.somebody())), ("answers", "[]"), ("schema_version", "1"))
        return json.dumps(self.document(own))[:-1].encode() + f', "{key}": {value}}}'.encode(), "twice in one object"

    def make_twice_in_a_log(self, own: str) -> Any:
        row = b'{"question": "a", "question": "b", "response": "A", "day": "2026-01-05"}\n'
        return row * self.dice.randint(2, 50), "twice in one object"

    def make_cut_off(self, own: str) -> Any:
        whole = self.honest[self.somebody()].encode()
        return whole[: self.dice.randint(20, len(whole) - 10)], "cut off or damaged"

    def make_code_cut_off(self, own: str) -> Any:
        code = portable.pack([Attempt("q", "A", DAY)] * 30)
        return code[: self.dice.randint(6, len(code) - 2)].encode(), "cut off"

    def make_code_damaged(self, own: str) -> Any:
        code = list(portable.pack([Attempt("q", letter, DAY) for letter in "ABCD"]))
        at = self.dice.randrange(4, len(code) - 2)
        code[at] = "x" if code[at] != "x" else "y"
        return "".join(code).encode(), "damaged"

    def make_code_newer(self, own: str) -> Any:
        return f"SL{self.dice.randint(2, 9999)}:AAAA.".encode(), "newer version"

    def make_two_codes(self, own: str) -> Any:
        return (portable.pack([Attempt("q", "A", DAY)]) * 2).encode(), "handed in once more"

    # --- somebody else ---

    def make_another_s_id(self, own: str) -> Any:
        return self.json(self.somebody()), "its file is named after"

    def make_replay(self, own: str) -> Any:
        document = json.loads(self.honest[self.somebody()]) | {"learner": own}
        return json.dumps(document).encode(), "are kept under"

    def make_replayed_code(self, own: str) -> Any:
        other = self.somebody()
        attempts = [Attempt(a["question"], a["response"], DAY, None, a["quiz"]) for a in self.answers(other)]
        return portable.pack(attempts).encode(), "its file is named after"

    def make_copied(self, own: str) -> Any:
        answers = [a | {"quiz": f"{self.quiz}@{own}"} for a in self.answers(self.somebody())]
        return self.json(own, answers=answers), "answers in the same order as"

    def make_once_more(self, own: str) -> Any:
        other = self.somebody()
        return self.honest[other].encode(), "handed in once more", f"{other}_{own}.json"

    def make_two_owners(self, own: str) -> Any:
        rows = [Attempt("q", "A", DAY, None, f"{self.quiz}@{id}") for id in ("one", "two")]
        return portable.pack(rows).encode(), "says of none"

    def make_stranger(self, own: str) -> Any:
        return self.json(f"stranger-{self.dice.randrange(99)}"), "not on the roster"

    def make_nobody(self, own: str) -> Any:
        row = b'{"question": "a", "response": "A", "day": "2026-01-05"}\n'
        return row, "names no learner", f"nobody {own}.jsonl"

    def make_edited_score(self, own: str) -> Any:
        key = self.pick("score", "mark", "right", "grade")
        return self.json(own, **{key: self.pick(100, "1", True)}), "not read: marks are computed"

    def make_edited_answer(self, own: str) -> Any:
        entry = self.document(own)["answers"][0] | {"right": True, "key": "A"}
        return self.json(own, answers=[entry]), "not read: marks are computed"

    def make_not_asked(self, own: str) -> Any:
        return self.json(own), "does not ask"

    def answers(self, learner: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.honest[learner])["answers"]
        return found

    # --- what would like to be run or drawn ---

    def make_formula(self, own: str) -> Any:
        formulas = ("=1+1", "+1", "-2+3", "@SUM(1)", "\t=1", '=HYPERLINK("http://x.example","y")', "=cmd|' /C calc'!A0")
        return self.json(self.pick(*formulas)), "is no id"

    def make_markup(self, own: str) -> Any:
        texts = ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "![](http://x.example/)", "</title>")
        return self.json(self.pick(*texts)), "is no id"

    def make_steering(self, own: str) -> Any:
        texts = ("\x1b[2J\x1b[31m", "\u202egnp.exe", "a\0b", "a\nb", "\ud800", "\x07", "\u2028")
        return self.json(f"a{self.pick(*texts)}b"), "is no id"

    def make_marked_up_keys(self, own: str) -> Any:
        keys = {f"<script>alert({n})</script>\x1b[2J=1+1": n for n in range(self.dice.randint(1, 500))}
        return self.json(own, **keys), "not read: marks are computed"

    def make_pickle(self, own: str) -> Any:
        return pickle.dumps(Command(self.canary)), "no text", f"{own}.pkl"

    def make_program(self, own: str) -> Any:
        touch = f"touch {self.canary}"
        texts = (
            f"import os\nos.system({touch!r})\n",
            f"#!/bin/sh\n{touch}\n",
            f"!!python/object/apply:os.system [{touch}]",
            f"$(%s) `{touch}`",
        )
        return self.pick(*texts).encode(), "neither a portable code", self.pick(f"{own}.py", f"{own}.sh", f"{own}.json")

    def make_bytes(self, own: str) -> Any:
        return b"\xff" + self.dice.randbytes(self.dice.randint(1, 5000)), "no text"

    def make_nul(self, own: str) -> Any:
        return self.json(own) + b"\0", "holds NUL"

    def make_half_utf_16(self, own: str) -> Any:
        return b"\xff\xfe" + b"\x00\xd8" * self.dice.randint(1, 50), "no text"

    def make_empty(self, own: str) -> Any:
        return self.pick(b"", b" ", b"\n\n\t", b"\xef\xbb\xbf"), "is empty"

    # --- what is no file, or has an odd name ---

    def make_link(self, own: str) -> Any:
        target = self.pick("/etc/passwd", f"{self.somebody()}.json", "nowhere", ".", "/dev/zero")
        return lambda path: path.symlink_to(target), "links are not followed"

    def make_pipe(self, own: str) -> Any:
        return lambda path: os.mkfifo(path), "no plain file"

    def make_socket(self, own: str) -> Any:
        def bind(path: Path) -> None:
            here = os.open(path.parent, os.O_RDONLY)
            before = os.open(".", os.O_RDONLY)
            try:  # a socket's path may have 107 bytes only
                os.fchdir(here)
                with socket.socket(socket.AF_UNIX) as made:
                    made.bind(path.name)
            finally:
                os.fchdir(before)
                os.close(here)
                os.close(before)

        return bind, "no plain file"

    def make_odd_name(self, own: str) -> Any:
        odd = self.pick("\x1b[2J", "\u202e", "\n", "<script>alert(1)</script>".replace("/", "\\"), "=1+1", "\udcff")
        return b"nothing", "neither a portable code", f"{odd}{own}"

    def make_far_down(self, own: str) -> Any:
        return self.json(own), "folders deep", f"{own}/a/b/c/d/e/f/g/h/i/j.json"
