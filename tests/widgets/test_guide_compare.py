"""The field guide as a view: methods do what clicks do, the twin gives nothing away."""

from __future__ import annotations

import pytest

from smtplesson.widgets import Guide


def test_the_guide_explains_what_is_pasted() -> None:
    guide = Guide()
    explanation = guide.explain("553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", command="RCPT")
    assert explanation.as_dict()["about"] == "policy"
    assert "Relaying denied" in guide._spoken.widget.value
    assert 'role="alert"' in guide._spoken.widget.value
    assert "Relaying denied" in guide.markdown()


def test_the_guides_button_takes_text_and_command() -> None:
    guide = Guide()
    guide._pasted.value = "550 5.1.1 <bob@x.example>: User unknown"
    guide._command.value = "RCPT"
    guide._explain_pasted()
    assert guide.explanation is not None
    assert guide.explanation.command == "RCPT"


@pytest.mark.parametrize(
    "text", ["", "hello", "<script>alert(1)</script>", "550 <script>alert(1)</script>", "\x00" * 99]
)
def test_the_guide_takes_anything(text: str) -> None:
    guide = Guide()
    guide.explain(text)
    assert "<script>" not in guide._page.value + guide._spoken.widget.value
