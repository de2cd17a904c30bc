"""Exercise sets: a small TOML file says what a class is asked, and each learner gets their own variants of it.

What is asked of whom follows from the set's seed and the learner's id alone. The answers ship with the kit: a test
is honest work, not a guarded examination.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from smtplesson import content
from smtplesson.classroom import even, frozen
from smtplesson.classroom.even import VERSIONS
from smtplesson.classroom.frozen import Frozen
from smtplesson.classroom.roster import canonical
from smtplesson.content import shown
from smtplesson.learner.mastery import PRETEST
from smtplesson.questions import retired
from smtplesson.questions.bank import QuestionBank
from smtplesson.questions.families import FAMILIES, SEEDS
from smtplesson.questions.question import Question, generator

MOST = 200  # questions of a set
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SEEDS = 2**31


class Counts(StrEnum):
    """Which of several submissions counts, of those that were received before the deadline if there are any."""

    FIRST = "first"
    LAST = "last"


class Mode(StrEnum):
    """Whether feedback comes with each answer, or none until the teacher gives it."""

    PRACTICE = "practice"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class ExerciseSet:
    """What a class is asked: `number` questions, or as many as there are where it is 0.

    `questions` are asked for certain. The others are drawn by the seed from the bank, where a question has one of the
    `lessons` and one of the `objectives` (none named: any), and in turn from `families` of generated questions. All
    learners get the same questions of the bank, in orders of their own, and versions of their own of each family.
    `name` is what the answers are kept under. In place of a name that is no longer asked stands what is asked now
    (`retired`), so that older sets go on. Where `matters` (codes or other tags of questions) or `beliefs` are named,
    only what serves one of them is drawn, and all of them evenly for each learner (`even`). Of several submissions
    `counts` names the one that is marked: the first or last that was received before the `deadline`. A `frozen` set
    asks what it asked then, or raises ContentError. `bank` holds the kit's questions, and those of the teacher's files
    that the set names.
    """

    title: str
    name: str
    objectives: tuple[str, ...] = ()
    lessons: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    matters: tuple[str, ...] = ()
    beliefs: tuple[str, ...] = ()
    number: int = 0
    seed: int = 0
    mode: Mode = Mode.PRACTICE
    deadline: datetime | None = None
    counts: Counts = Counts.FIRST
    frozen: Frozen | None = None
    bank: QuestionBank = field(default_factory=QuestionBank.load, compare=False, repr=False)

    @classmethod
    def load(cls, path: str | Path, bank: QuestionBank | None = None) -> ExerciseSet:
        """Read a set from a TOML file; a `name` that it does not give is made of the file's.

        Raises ContentError for the first thing that is not right.
        """
        return cls._of(content.read(Path(path)), Path(path).name, bank, Path(path).parent)

    @classmethod
    def parse(cls, text: str, file: str = "set.toml", bank: QuestionBank | None = None) -> ExerciseSet:
        """Read the text of such a file; `file` is what errors call it.

        >>> week = ExerciseSet.parse('title = "Week 3"\\nlessons = ["03-251"]\\nnumber = 5\\nmode = "test"', "w-3.toml")
        >>> week.name, len(questions_for(week, "mira-7"))
        ('w-3', 5)
        """
        return cls._of(content.parse(text, file), file, bank)

    @classmethod
    def _of(cls, table: content.Section, file: str, bank: QuestionBank | None, folder: Path = Path()) -> ExerciseSet:
        values = table.fields(cls, "name", "mode", "counts", "frozen", "bank")
        if "name" not in table and not Path(file).stem.isascii():  # two such files might get one name
            raise table.error('is named with more than a to z. Add a line such as: name = "week-3".')
        called = re.sub(r"[^a-z0-9]+", "-", Path(file).stem.casefold()).strip("-") or "set"
        values["name"] = table.take("name", "str", called)
        values["mode"] = Mode(table.choice("mode", list(Mode), Mode.PRACTICE))
        values["counts"] = Counts(table.choice("counts", list(Counts), Counts.FIRST))
        own = [folder / name for name in table.take("bank", "tuple[str, ...]", ())]
        values["bank"] = (QuestionBank.load() if bank is None else bank).with_files(own)
        values["frozen"] = frozen.read(table.take("frozen", "table")) if "frozen" in table else None
        made = cls(**values)
        made._check(table)
        return made

    def quiz(self, learner: str) -> str:
        """What a learner's answers are kept under: the set's name and their id, so that the answers stay their own."""
        return f"{self.name}@{canonical(learner)}"

    def asked(self, bank: QuestionBank) -> tuple[tuple[Question, ...], tuple[str, ...]]:
        """The bank's questions that everybody is asked, and a family for each further question."""
        if self.frozen is not None:
            there = (bank.find(id) for id in self.frozen.fixed)
            return tuple(question for question in there if question is not None), self.frozen.families
        named = map(retired.now, self.questions)
        sure = [question for id in named if (question := bank.find(id)) is not None]
        pool = self._pool(bank)
        left = self.number - len(sure) if self.number else len(pool) + len(self.families)
        drawn = min(left, len(pool))
        if self.families and self.number:
            drawn = min(len(pool), (left + 1) // 2)
        families = left - drawn if self.families else 0
        ids = sorted(pool)
        generator(self.seed, self.name).shuffle(ids)
        each = tuple(self.families[turn % len(self.families)] for turn in range(families))
        if self.served:
            return (*sure, *even.drawn((bank[id] for id in ids), drawn, self.served, sure)), each
        return (*sure, *(bank[id] for id in ids[:drawn])), each

    @property
    def served(self) -> tuple[str, ...]:
        """What each learner is asked about evenly: the matters, then the beliefs."""
        return (*self.matters, *self.beliefs)

    def slots(self, bank: QuestionBank) -> tuple[tuple[str, str], ...]:
        """For each question that is made, its family and the matter that it serves; no matter where none is named."""
        fixed, each = self.asked(bank)
        matters = even.matters_of(each, self.served, fixed, lambda family, matter: bool(_seeds(self, family, matter)))
        return tuple(zip(each, matters, strict=True))

    def _pool(self, bank: QuestionBank) -> list[str]:
        """The ids of the bank that may be drawn."""
        if not self.objectives and not self.lessons and not self.served:
            return []
        named = set(map(retired.now, self.questions))
        return [
            id
            for id, question in bank.items()
            if (not self.objectives or question.objective in self.objectives)
            and (not self.lessons or question.lesson in self.lessons)
            and id not in named
            and self._may_serve(question)
        ]

    def _may_serve(self, question: Question) -> bool:
        """Whether it serves what is named, if anything is; the pretest stays new where no lesson is named."""
        if not self.served:
            return True
        is_open = question.lesson != PRETEST or bool(self.lessons)
        return is_open and any(even.serves(question, matter) for matter in self.served)

    def _check(self, table: content.Section) -> None:
        bank = self.bank
        if len(self.title) > 200:
            raise table.error("title has 1 to 200 characters.", "title")
        if not _NAME.fullmatch(self.name) or len(self.name) > 60:
            raise table.error(f"name = {shown(self.name)}; a name has small letters, digits and hyphens.", "name")
        if not 0 <= self.number <= MOST or table.get("number") == 0:
            raise table.error(f"number = {self.number}; write 1 to {MOST}, or leave it out for all.", "number")
        if abs(self.seed) > _SEEDS:
            raise table.error(f"seed must lie between {-_SEEDS:,} and {_SEEDS:,}.", "seed")
        if self.frozen is not None:
            self.frozen.check(table, bank.find, self.name, self.seed, self.served)
            return
        known: Mapping[str, Iterable[str]] = {
            "objectives": dict.fromkeys(question.objective for question in bank.values()),
            "lessons": dict.fromkeys(question.lesson for question in bank.values()),
            "questions": bank,
            "families": FAMILIES,
            "matters": dict.fromkeys(tag for question in bank.values() for tag in question.tags),
            "beliefs": bank.misconceptions,
        }
        for key, there in known.items():
            _check_names(table, key, getattr(self, key), there, bank)
        fixed, families = self.asked(bank)
        count = len(fixed) + len(families)
        if not count:
            raise table.error(
                "nothing would be asked. Name lessons, objectives, questions or families of questions that "
                "there are; a question is drawn where its lesson and its objective are both named."
            )
        if self.number and len(self.questions) > self.number:
            raise table.error(f"number = {self.number}, but {len(self.questions)} questions are named.", "number")
        if self.number > count:
            raise table.error(f"number = {self.number}, but there are only {count} such questions.", "number")
        if self.served:
            self._check_even(table)
        if count > MOST or any(families.count(name) > VERSIONS for name in self.families):
            raise table.error(f"number asks too much: {MOST} questions in all, {VERSIONS} of a family.", "number")

    def _check_even(self, table: content.Section) -> None:
        """Whether each learner can be asked about all that is named."""
        slots = self.slots(self.bank)
        if lost := next((family for family, matter in slots if not matter), ""):
            what = f"names {shown(lost)}, which makes no question on {' or '.join(map(shown, self.served))}."
            raise table.error(f"families {what}", "families")
        fixed, _ = self.asked(self.bank)
        met = {matter for _, matter in slots} | {each for each in self.served for q in fixed if even.serves(q, each)}
        if unmet := [matter for matter in self.served if matter not in met]:
            key = "matters" if unmet[0] in self.matters else "beliefs"
            raise table.error(
                f"{key} names {shown(unmet[0])}, and nobody would be asked about it. Raise number, or name lessons, "
                "objectives or families that have questions on it.",
                key,
            )
        for (family, matter), times in Counter(slots).items():
            if times > (there := len(_seeds(self, family, matter))):
                what = f"{times} questions of {shown(family)} on {shown(matter)}, and there are {there}"
                raise table.error(f"number asks {what}. Lower it, or name more families.", "number")


def questions_for(exercise: ExerciseSet, learner: str, bank: QuestionBank | None = None) -> tuple[Question, ...]:
    """The questions of one learner, their order and that of their choices their own: always and everywhere the same.

    Raises ValueError where `learner` is no id.
    """
    kit = exercise.bank if bank is None else bank
    dice = generator(exercise.seed, exercise.quiz(learner))
    fixed, _ = exercise.asked(kit)
    ids = _versions(exercise, exercise.slots(kit), dice.random)
    made = [found for id in ids if (found := kit.find(id)) is not None]
    asked = [*fixed, *made]
    seed = int(dice.random() * _SEEDS)
    dice.shuffle(asked)
    return tuple(question.shuffled(seed) for question in asked)


def ids_for(exercise: ExerciseSet, learner: str, bank: QuestionBank | None = None) -> frozenset[str]:
    """The ids of a learner's questions, without making the generated ones."""
    dice = generator(exercise.seed, exercise.quiz(learner))
    kit = exercise.bank if bank is None else bank
    fixed, _ = exercise.asked(kit)
    return frozenset((*(question.id for question in fixed), *_versions(exercise, exercise.slots(kit), dice.random)))


def _versions(exercise: ExerciseSet, slots: Iterable[tuple[str, str]], chance: Any) -> list[str]:
    """The id of a generated question for each family and matter: a learner gets no version twice."""
    taken: dict[str, set[int]] = defaultdict(set)
    found = []
    for family, matter in slots:
        seeds = [seed for seed in _seeds(exercise, family, matter) if seed not in taken[family]]
        seed = seeds[int(chance() * len(seeds))]
        taken[family].add(seed)
        id = f"{family}~{seed}"
        found.append(id if exercise.frozen else retired.now(id))
    return found


def _seeds(exercise: ExerciseSet, family: str, matter: str = "") -> Sequence[int]:
    """The seeds of the versions of a family that a class shares, or of those that are on a matter."""
    if exercise.frozen is not None:
        kept = tuple(exercise.frozen.seeds(family))
        return even.among(kept, family, matter) if matter else kept
    if matter:
        return even.seeds(exercise.seed, exercise.name, family, matter)
    return generator(exercise.seed, f"{exercise.name}:{family}").sample(range(SEEDS), VERSIONS)


def freeze(exercise: ExerciseSet, kit: str) -> Frozen:
    """What the set may ask of anybody, with fingerprints; `kit` is the version of the kit that does it."""
    asked, families = exercise.asked(exercise.bank)
    slots = dict.fromkeys(exercise.slots(exercise.bank))
    ids = dict.fromkeys(retired.now(f"{name}~{seed}") for name, on in slots for seed in _seeds(exercise, name, on))
    versions = [found for id in ids if (found := exercise.bank.find(id)) is not None]
    each = tuple(retired.now(f"{name}~0").partition("~")[0] for name in families)
    return Frozen.of(kit, exercise.name, exercise.seed, asked, versions, each, exercise.served)


def _check_names(
    table: content.Section, key: str, named: Sequence[str], there: Iterable[str], bank: QuestionBank
) -> None:
    if len({retired.now(name) for name in named}) < len(named):
        raise table.error(f"{key} names something twice.", key)
    for name in map(retired.now, named):
        if name not in there and not (key == "questions" and bank.find(name)):
            raise table.error(f"{key} names {shown(name)}, which there is not. {content.hint(name, there)}", key)
