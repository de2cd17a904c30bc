"""The comparison as a view: methods do what clicks do, the twin gives nothing away."""

from __future__ import annotations

import pytest

from smtplesson.server.profiles import PROFILES
from smtplesson.widgets import Compare


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
