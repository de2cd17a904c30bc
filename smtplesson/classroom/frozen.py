"""A frozen set: the ids of all questions that it may ask, with a fingerprint of each, so that no update changes a mark.

A fingerprint covers what a learner sees and what decides whether an answer is right; feedback, sources and the beliefs
behind wrong choices may be improved.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from smtplesson import content
from smtplesson.content import shown
from smtplesson.questions.question import Question

_NO_MATTER = {
    "feedback",
    "misconception",
    "source",
    "objective",
    "lesson",
    "tags",
    "otherwise",
    "order",
    "lang",
    "instead",
}
_NAMED = 5  # questions that an error names


@dataclass(frozen=True, slots=True)
class Frozen:
    """What the table `[frozen]` of a set holds: the kit that froze it, the fingerprint of the whole, and its questions.

    `questions` maps each id to its fingerprint: first those that all are asked, in order, then the versions of each
    family. `families` names a family for each question of a learner's that is made.
    """

    kit: str
    version: str
    questions: Mapping[str, str]
    families: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        kit: str,
        name: str,
        seed: int,
        asked: Iterable[Question],
        versions: Iterable[Question],
        each: tuple[str, ...],
        served: tuple[str, ...] = (),
    ) -> Frozen:
        """Freeze what a set of this name and seed asks: of all, and as versions; `each` names the families in turn.

        `served` is what each learner is asked about evenly.
        """
        found = {question.id: fingerprint(question) for question in (*asked, *versions)}
        return cls(kit, _version(name, seed, found, each, served), found, each)

    @property
    def fixed(self) -> tuple[str, ...]:
        """The ids of the questions that everybody is asked."""
        return tuple(id for id in self.questions if "~" not in id)

    def seeds(self, family: str) -> list[int]:
        """The seeds of a family's versions, in the order in which they are drawn from."""
        parts = (id.partition("~") for id in self.questions)
        return [int(seed) for name, tilde, seed in parts if tilde and name == family]

    def check(
        self,
        table: content.Section,
        find: Callable[[str], Question | None],
        name: str,
        seed: int,
        served: tuple[str, ...] = (),
    ) -> None:
        """Raise ContentError where a question is not what it was, or the set itself was changed."""
        if _version(name, seed, self.questions, self.families, served) != self.version:
            what = "the set was changed after it was frozen: its name, its seed or its list of questions."
            raise table.error(f"{what} Take the change back; before anybody has answered, freeze it anew.", "frozen")
        other = []
        for id, was in self.questions.items():
            question = find(id)
            if question is None or fingerprint(question) != was:
                other.append(f"{shown(id)} ({'changed' if question else 'gone'})")
        if other:
            more = f" and {len(other) - _NAMED} more" if len(other) > _NAMED else ""
            what = f"{', '.join(other[:_NAMED])}{more}: not as when the set was frozen with smtplesson {self.kit}"
            raise table.error(
                f"{what}. Take a change of your own back; else answer and mark with that version of the kit.", "frozen"
            )

    def toml(self) -> str:
        """The table as it stands at the end of a set's file."""
        head = f"\n[frozen]\nkit = {json.dumps(self.kit)}\nversion = {json.dumps(self.version)}\n"
        families = f"families = {json.dumps(list(self.families))}\n" if self.families else ""
        rows = "".join(f"{json.dumps(id)} = {json.dumps(mark)}\n" for id, mark in self.questions.items())
        return f"{head}{families}\n[frozen.questions]\n{rows}"


def read(table: content.Section) -> Frozen:
    """Read the table `[frozen]`. Raises ContentError where it is not what `toml` writes."""
    found = table.build(Frozen)
    for id in found.questions:
        name, tilde, seed = id.partition("~")
        if tilde and not (name in found.families and seed.isascii() and seed.isdigit()):
            raise table.error(f"questions names {shown(id)}, a version of no family that is named.", "questions")
    if any(not found.seeds(family) for family in found.families):
        raise table.error("families names one of which there is no version. Freeze the set anew.", "families")
    return found


def fingerprint(question: Question) -> str:
    """Eight hexadecimal digits: those of another question, or of this one changed, are others.

    >>> from smtplesson.questions.bank import QuestionBank
    >>> question = QuestionBank.load()["pre-251"]
    >>> fingerprint(question) == fingerprint(dataclasses.replace(question, source="elsewhere"))
    True
    >>> fingerprint(question) == fingerprint(dataclasses.replace(question, prompt="Else?"))
    False
    """
    choices = [_told(choice) for choice in question.choices]
    partners = [["partners", *question.numbered()]] if question.numbered() else []  # an answer names their numbers
    return _hash([*_told(question), ["choices", *choices], *partners], 8)


def _told(value: object) -> list[list[object]]:
    """The fields that matter, by name, where they hold something: so a new field of a later kit changes nothing."""
    fields = (field.name for field in dataclasses.fields(value) if field.name not in _NO_MATTER)  # type: ignore[arg-type]
    pairs = [(name, getattr(value, name)) for name in sorted(fields) if name != "choices"]
    return [[name, str(held)] for name, held in pairs if held]


def _version(
    name: str, seed: int, questions: Mapping[str, str], families: tuple[str, ...], served: tuple[str, ...]
) -> str:
    more = [list(served)] if served else []  # a set that names none has the version that it had before there were any
    return _hash([name, seed, list(questions.items()), list(families), *more], 16)


def _hash(value: object, digits: int) -> str:
    return hashlib.sha256(json.dumps(value).encode("ascii")).hexdigest()[:digits]
