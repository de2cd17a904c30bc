"""The question bank: TOML files that a teacher can edit, read with errors that name the place."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from smtplesson import content
from smtplesson.content import ContentError
from smtplesson.protocol.transcript import Transcript, TranscriptSyntaxError
from smtplesson.questions.kinds import KINDS
from smtplesson.questions.kinds.single import KIND as SINGLE
from smtplesson.questions.question import LETTERS, Choice, Kind, Misconception, Question, generator

#: One objective, several, or None for all.
Objectives = str | Collection[str] | None
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_CODE = re.compile(r"[2-5][0-5][0-9]")


class QuestionBank(Mapping[str, Question]):
    """Questions by id, in the order of their files.

    >>> bank = QuestionBank.load()
    >>> len(bank.where(lesson="05-251-or-553"))
    8
    """

    def __init__(self, questions: Sequence[Question], misconceptions: Mapping[str, Misconception]) -> None:
        self._questions = {question.id: question for question in questions}
        self.misconceptions = misconceptions

    @classmethod
    def load(cls, folder: Path | None = None) -> QuestionBank:
        """Read the kit's own questions, or a folder with `misconceptions.toml` and `questions/*.toml`.

        Raises ContentError for the first thing that is not right.
        """
        return _kit() if folder is None else cls._read(folder)

    @classmethod
    def _read(cls, root: content.File) -> QuestionBank:
        misconceptions = _misconceptions(root / "misconceptions.toml")
        questions: dict[str, Question] = {}
        for file in content.files(root / "questions"):
            for question in _questions(file, misconceptions):
                if first := questions.get(question.id):
                    taken = f"the id {question.id!r} is taken already in {first.lesson}.toml; choose another."
                    raise ContentError(f"{file.name}: {taken}")
                questions[question.id] = question
        return cls(tuple(questions.values()), misconceptions)

    def with_files(self, files: Sequence[Path]) -> QuestionBank:
        """These questions and a teacher's own, from files as in the kit's folder `questions`; itself without files.

        Beside its questions a file may have `lang`, such as "de", for all of them, and `[misconceptions.some-id]`.
        Feedback, `source`, `objective` and `misconception` may be left out. Raises ContentError for the first thing
        that is not right.
        """
        if not files:
            return self
        questions, known = dict(self), dict(self.misconceptions)
        for file in files:
            tables = content.read(file)
            own = tables.take("misconceptions", "table", content.section({}, file.name))
            for id in own:
                if id in known:
                    raise own.error(f"misconceptions has {id!r}, which there is already; choose another id.", id)
                known[id] = _table(own, id).build(Misconception, id=id)
            lang = tables.take("lang", "str", "")
            if not re.fullmatch(r"(?:[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)?", lang):
                raise tables.error(f'lang = {content.shown(lang)}; write a language such as "de" or "pt-BR".', "lang")
            for question in _questions(file, known, lang=lang, is_own=True):
                if question.id in questions:
                    raise tables.error(f"the id {question.id!r} is taken already; choose another.", question.id)
                questions[question.id] = question
        return QuestionBank(tuple(questions.values()), known)

    def __getitem__(self, id: str) -> Question:
        return self._questions[id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._questions)

    def __len__(self) -> int:
        return len(self._questions)

    def find(self, id: str) -> Question | None:
        """The question of this id, as it stands in its file or as it is generated; None where there is none."""
        from smtplesson.questions import families  # they play a server: read when first asked for

        return self._questions.get(id) or families.find(id)

    def where(self, *, lesson: str | None = None, objective: Objectives = None, tag: str | None = None) -> QuestionBank:
        """Those of a lesson (the name of their file), of objectives and a tag (such as the code "551"), if given."""
        wanted = (objective,) if isinstance(objective, str) else objective
        kept = [
            q
            for q in self.values()
            if lesson in (None, q.lesson)
            and (wanted is None or q.objective in wanted)
            and (tag is None or tag in q.tags)
        ]
        return QuestionBank(kept, self.misconceptions)

    def sample(self, count: int, seed: int) -> tuple[Question, ...]:
        """Up to `count` questions and their choices in an order that depends on the seed alone.

        The sorted ids, and the choices of each question, are shuffled by a generator that a text seeds: the same
        order in every process and version of Python (a test holds it).

        Raises ValueError where `count` is less than 1.
        """
        if count < 1:
            raise ValueError(f"count = {count}; ask for one question at least.")
        chosen = sorted(self)
        generator(seed, "").shuffle(chosen)
        return tuple(self[id].shuffled(seed) for id in chosen[:count])


@functools.cache
def _kit() -> QuestionBank:
    """The kit's own bank, which no one can change: read once, for a lesson asks for it in many cells."""
    return QuestionBank._read(content.KIT)


def _misconceptions(file: content.File) -> dict[str, Misconception]:
    tables = content.read(file)
    built = {id: _table(tables, id).build(Misconception, id=id) for id in tables}
    for id, misconception in built.items():
        if len(misconception.pair) not in (0, 2) or not all(map(_CODE.fullmatch, misconception.pair)):
            raise _table(tables, id).error('pair names two codes, such as pair = ["551", "251"].', "pair")
    return built


def _table(tables: content.Section, id: str) -> content.Section:
    """The table of this id, which names it in errors."""
    table: content.Section = tables.take(id, "table")
    return table.named(id)


def _questions(
    file: content.File, misconceptions: Mapping[str, Misconception], *, lang: str = "", is_own: bool = False
) -> Iterator[Question]:
    """The questions of a file; those of a teacher's own may leave out what only the kit's reports need."""
    tables = content.read(file)
    lesson = file.name.removesuffix(".toml")
    for id in tables:
        if is_own and id in ("lang", "misconceptions"):
            continue
        table = _table(tables, id)
        rows = table.take("choices", "tables", ())
        if not 2 <= len(rows) <= len(LETTERS):
            raise table.error(f"choices must be a list of 2 to {len(LETTERS)} tables.", "choices")
        rows = [row.named(f"{id}, choice {number}") for number, row in enumerate(rows, 1)]
        if is_own:
            rows = [row.over({"feedback": row.get("feedback") or "\u2013"}) for row in rows]
            table = table.over({"source": file.name, "objective": lesson})
        choices = tuple(map(_choice, rows))
        kind = KINDS[table.choice("kind", list(KINDS), SINGLE.name)]
        given = {"id": id, "lesson": lesson, "order": "", "lang": lang}
        question = table.build(Question, "choices", "kind", choices=choices, kind=kind, **given)
        _check_question(question, table.where())
        for choice, row in zip(choices, rows, strict=True):
            for each in (choice, *choice.instead):
                _check_choice(each, question.kind, row.where(), misconceptions, is_own=is_own)
        _check_kind(question, table.where())
        yield question


def _choice(row: content.Section) -> Choice:
    """A choice, with the wrong partners that have words of their own."""
    wrong = [each.named(row.label) for each in row.take("instead", "tables", ())]
    instead = tuple(each.build(Choice, right=False, partner="", instead=()) for each in wrong)
    return row.build(Choice, "instead", instead=instead)


def _check_question(question: Question, where: str) -> None:
    if not _ID.fullmatch(question.id):
        raise ContentError(f"{where}: an id has small letters, digits and hyphens, such as 251-at-rcpt.")
    if not all(map(_ID.fullmatch, question.tags)):
        raise ContentError(f'{where}: tags are short texts without spaces, such as tags = ["251", "551"].')
    try:
        Transcript.parse(question.dialogue)
    except TranscriptSyntaxError as error:
        raise ContentError(f"{where}, dialogue: {error}") from None


def _check_choice(
    choice: Choice, kind: Kind, where: str, misconceptions: Mapping[str, Misconception], *, is_own: bool
) -> None:
    """A wrong choice names a misconception; where each choice is judged, each does. A teacher's own need name none."""
    if is_own and not choice.misconception:
        return
    each = kind.judges_each
    if choice.right and choice.misconception and not each:
        raise ContentError(f"{where}: the right choice has no misconception; remove it.")
    if (each or not choice.right) and choice.misconception not in misconceptions:
        which = "each choice" if each else "a wrong choice"
        raise ContentError(
            f"{where}: {which} names the misconception behind it, and {choice.misconception!r} is not in "
            "misconceptions.toml. Name one of those, or add it there."
        )


def _check_kind(question: Question, where: str) -> None:
    """What makes sense for this kind alone: the fields that it needs, how many choices are right, and more."""
    for name in question.kind.needs:
        if not getattr(question, name):
            raise ContentError(f'{where}: {name} is missing; a question of kind {question.kind} needs {name} = "..."')
    if fault := question.kind.check(question):
        raise ContentError(f"{where}: {fault}")
