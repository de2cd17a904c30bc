"""Exercise sets: a small TOML file says what a class is asked, and each learner gets his own variants of it.

What is asked of whom follows from the set's seed and the learner's id alone. The answers ship with the kit: a test
is honest work, not a guarded examination.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from smtplesson.classroom.roster import canonical, shown
from smtplesson.questions import retired
from smtplesson.questions.bank import QuestionBank
from smtplesson.questions.families import FAMILIES, SEEDS
from smtplesson.questions.question import Question, generator

MOST = 200  # questions of a set
VERSIONS = 24  # of a family in a set: a class shares them, so that each is answered often enough to be judged
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LARGEST = 200_000  # bytes of the file
_SEEDS = 2**31


class ExerciseError(ValueError):
    """A set that is not right: the message says which file and line, what, and what to do."""


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
    (`retired`), so that older sets go on.
    """

    title: str
    name: str
    objectives: tuple[str, ...] = ()
    lessons: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    number: int = 0
    seed: int = 0
    mode: Mode = Mode.PRACTICE

    @classmethod
    def load(cls, path: str | Path, bank: QuestionBank | None = None) -> ExerciseSet:
        """Read a set from a TOML file; a `name` that it does not give is made of the file's.

        Raises ExerciseError for the first thing that is not right.
        """
        file = Path(path)
        try:
            with file.open("rb") as opened:
                data = opened.read(_LARGEST + 1)
        except OSError as error:
            raise ExerciseError(f"{file.name}: cannot be read ({error.strerror or type(error).__name__}).") from None
        if len(data) > _LARGEST:
            raise ExerciseError(f"{file.name}: larger than {_LARGEST:,} bytes; that is no exercise set.")
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise ExerciseError(f"{file.name}: not UTF-8. Save it as UTF-8.") from None
        return cls.parse(text, file.name, bank)

    @classmethod
    def parse(cls, text: str, file: str = "set.toml", bank: QuestionBank | None = None) -> ExerciseSet:
        """Read the text of such a file; `file` is what errors call it.

        >>> week = ExerciseSet.parse('title = "Week 3"\\nlessons = ["03-251"]\\nnumber = 5\\nmode = "test"', "w-3.toml")
        >>> week.name, len(questions_for(week, "mira-7"))
        ('w-3', 5)
        """
        try:
            table = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise ExerciseError(f"{file}: not valid TOML: {error}.") from None
        fields = {field.name: field for field in dataclasses.fields(cls)}
        for key, value in table.items():
            if key not in fields:
                raise _fault(file, text, key, f"is not known; there are {', '.join(fields)}{_near(key, fields)}.")
            _check_type(file, text, key, str(fields[key].type), value)
        if table.get("number") == 0:
            raise _fault(file, text, "number", f"= 0; write 1 to {MOST}, or leave it out for all.")
        if "title" not in table:
            raise ExerciseError(f'{file}: title is missing. Add a line such as: title = "Week 3".')
        if "name" not in table and not Path(file).stem.isascii():  # two such files might get one name
            raise ExerciseError(f'{file}: is named with more than a to z. Add a line such as: name = "week-3".')
        table.setdefault("name", re.sub(r"[^a-z0-9]+", "-", Path(file).stem.casefold()).strip("-") or "set")
        table["mode"] = Mode(table.get("mode", Mode.PRACTICE))
        values: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in table.items()}
        made = cls(**values)
        made._check(file, text, QuestionBank.load() if bank is None else bank)
        return made

    def quiz(self, learner: str) -> str:
        """What a learner's answers are kept under: the set's name and his id, so that they stay his own."""
        return f"{self.name}@{canonical(learner)}"

    def asked(self, bank: QuestionBank) -> tuple[tuple[Question, ...], tuple[str, ...]]:
        """The bank's questions that everybody is asked, and a family for each further question."""
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
        return (*sure, *(bank[id] for id in ids[:drawn])), each

    def _pool(self, bank: QuestionBank) -> list[str]:
        """The ids of the bank that may be drawn."""
        if not self.objectives and not self.lessons:
            return []
        named = set(map(retired.now, self.questions))
        return [
            id
            for id, question in bank.items()
            if (not self.objectives or question.objective in self.objectives)
            and (not self.lessons or question.lesson in self.lessons)
            and id not in named
        ]

    def _check(self, file: str, text: str, bank: QuestionBank) -> None:
        if not self.title.strip() or len(self.title) > 200:
            raise _fault(file, text, "title", "has 1 to 200 characters.")
        if not _NAME.fullmatch(self.name) or len(self.name) > 60:
            raise _fault(file, text, "name", f"= {shown(self.name)}; a name has small letters, digits and hyphens.")
        if not 0 <= self.number <= MOST:
            raise _fault(file, text, "number", f"= {self.number}; write 1 to {MOST}, or leave it out for all.")
        known: Mapping[str, Iterable[str]] = {
            "objectives": dict.fromkeys(question.objective for question in bank.values()),
            "lessons": dict.fromkeys(question.lesson for question in bank.values()),
            "questions": bank,
            "families": FAMILIES,
        }
        for key, there in known.items():
            _check_names(file, text, key, getattr(self, key), there, bank)
        fixed, families = self.asked(bank)
        count = len(fixed) + len(families)
        if not count:
            raise ExerciseError(
                f"{file}: nothing would be asked. Name lessons, objectives, questions or families of questions that "
                "there are; a question is drawn where its lesson and its objective are both named."
            )
        if self.number and len(self.questions) > self.number:
            raise _fault(file, text, "number", f"= {self.number}, but {len(self.questions)} questions are named.")
        if self.number > count:
            raise _fault(file, text, "number", f"= {self.number}, but there are only {count} such questions.")
        if count > MOST or any(families.count(name) > VERSIONS for name in self.families):
            raise _fault(file, text, "number", f"asks too much: {MOST} questions in all, {VERSIONS} of a family.")


def questions_for(exercise: ExerciseSet, learner: str, bank: QuestionBank | None = None) -> tuple[Question, ...]:
    """The questions of one learner, their order and that of their choices his own: always and everywhere the same.

    Raises ValueError where `learner` is no id.
    """
    kit = QuestionBank.load() if bank is None else bank
    dice = generator(exercise.seed, exercise.quiz(learner))
    fixed, families = exercise.asked(kit)
    made = [found for id in _versions(exercise, families, dice.random) if (found := kit.find(id)) is not None]
    asked = [*fixed, *made]
    seed = int(dice.random() * _SEEDS)
    dice.shuffle(asked)
    return tuple(question.shuffled(seed) for question in asked)


def ids_for(exercise: ExerciseSet, learner: str, bank: QuestionBank | None = None) -> frozenset[str]:
    """The ids of a learner's questions, without making the generated ones."""
    dice = generator(exercise.seed, exercise.quiz(learner))
    fixed, names = exercise.asked(QuestionBank.load() if bank is None else bank)
    return frozenset((*(question.id for question in fixed), *_versions(exercise, names, dice.random)))


def _versions(exercise: ExerciseSet, names: Iterable[str], chance: Any) -> list[str]:
    """The id of a generated question for each of `names`: a learner gets no version twice."""
    left: dict[str, list[int]] = {}
    found = []
    for name in names:
        if name not in left:
            left[name] = generator(exercise.seed, f"{exercise.name}:{name}").sample(range(SEEDS), VERSIONS)
        seeds = left[name]
        found.append(retired.now(f"{name}~{seeds.pop(int(chance() * len(seeds)))}"))
    return found


def _check_type(file: str, text: str, key: str, wanted: str, value: object) -> None:
    if wanted.startswith("tuple"):
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise _fault(file, text, key, f'is a list of texts, such as: {key} = ["...", "..."]')
        if len(set(value)) < len(value):
            raise _fault(file, text, key, "names something twice.")
    elif wanted == "int":
        if type(value) is not int or abs(value) > _SEEDS:
            raise _fault(file, text, key, f"is a whole number, such as: {key} = 7")
    elif not isinstance(value, str):
        raise _fault(file, text, key, f'is a text, such as: {key} = "..."')
    elif key == "mode" and value not in list(Mode):
        raise _fault(file, text, key, f"= {shown(value)}; there is {', '.join(Mode)}.")


def _check_names(
    file: str, text: str, key: str, named: Sequence[str], there: Iterable[str], bank: QuestionBank
) -> None:
    if len({retired.now(name) for name in named}) < len(named):
        raise _fault(file, text, key, "names something twice.")
    for name in map(retired.now, named):
        if name not in there and not (key == "questions" and bank.find(name)):
            near = _near(name, there) or (f"; there are {', '.join(there)}" if key != "questions" else "")
            raise _fault(file, text, key, f"names {shown(name)}, which there is not{near}.")


def _near(name: str, there: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(there), 1)
    return f"; perhaps {near[0]}" if near else ""


def _fault(file: str, text: str, key: str, what: str) -> ExerciseError:
    """An error with the line on which `key` stands, where one begins with it."""
    for number, row in enumerate(text.split("\n"), 1):
        if re.match(rf"""\s*["']?{re.escape(key)}["']?\s*=""", row):
            return ExerciseError(f"{file}, line {number}: {key} {what}")
    return ExerciseError(f"{file}: {shown(key)[1:-1]} {what}")
