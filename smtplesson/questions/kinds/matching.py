"""The kind "matching": find for each of several things, such as replies, what belongs to it."""

from __future__ import annotations

from smtplesson.questions.kinds.pairs import Pairs


class Matching(Pairs):
    """Choose a partner for each choice: the next act after a reply, or what a code says of a recipient."""

    name = "matching"


KIND = Matching()
