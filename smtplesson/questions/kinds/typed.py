"""The kind "typed": type a code or another short text."""

from __future__ import annotations

from smtplesson.questions.kinds.text import Text
from smtplesson.questions.question import leading_code


class Typed(Text):
    """Type a short text; spaces and capital letters do not count."""

    name = "typed"
    in_terminal = "Type it, then press Enter."
    needs = ("otherwise",)

    def compared(self, text: str) -> str:
        """Without spaces, in small letters."""
        return "".join(text.split()).casefold()

    def code(self, text: str) -> str:
        """The code that was typed."""
        return leading_code(text)[0]


KIND = Typed()
