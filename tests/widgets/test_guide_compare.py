"""The field guide and the comparison as views: methods do what clicks do, twins give nothing away."""

from __future__ import annotations

import pytest

from smtplesson.server.profiles import PROFILES
from smtplesson.widgets import Compare, Guide


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


def test_the_comparison_hides_the_replies_until_a_prediction() -> None:
    view = Compare("MAIL FROM:<sender@example..com>")
    assert view.rows() == []
    assert "553" not in view.markdown()
    view.predict(1)
    codes = {str(row["server"]): row["code"] for row in view.rows()}
    # the recordings' own codes for this line, and the RFC profile's
    recorded = {"postfix": 501, "exim": 501, "opensmtpd": 553, "sendmail": 553, "courier": 517, "haraka": 501}
    assert recorded.items() <= codes.items()
    assert set(codes) == set(PROFILES)
    assert "Not yet." in view._spoken.widget.value
    assert "(your prediction)" in view._buttons[1].description
    assert "<table" in view._table.value


def test_a_right_prediction_of_many() -> None:
    view = Compare("MAIL FROM:<sender@example..com>")
    view.predict(len({row["code"] for row in _shown(view)}))
    assert "Correct." in view._spoken.widget.value


def _shown(view: Compare) -> list[dict[str, object]]:
    view.predict(1)
    return view.rows()


def test_another_line_begins_anew_and_is_escaped() -> None:
    view = Compare()
    view.predict(2)
    view._hear(None, {"lines": "RCPT TO:<<script>alert(1)</script>@example.com>"}, [])
    assert view.rows() == []
    view.predict(2)
    assert "<script>" not in view._line.value + view._table.value
    assert "(your prediction)" in view._buttons[2].description


@pytest.mark.parametrize("line", ["", "   "])
def test_an_empty_line_is_told(line: str) -> None:
    view = Compare()
    with pytest.raises(ValueError, match="nothing to send"):
        view.ask(line)
    view._hear(None, {"lines": line}, [])
    assert "nothing to send" in view._notice.widget.value


def test_a_number_that_is_no_choice() -> None:
    with pytest.raises(ValueError, match="7 is no choice here"):
        Compare().predict(7)
