"""Tables: the same rows from dictionaries and from pandas, escaped, reached by keyboard."""

from __future__ import annotations

import pandas as pd

from smtplesson.markup import Table

ROWS = [{"code": 251, "text": "<b>yes</b>"}, {"code": 553, "text": "no\x07"}]


def test_dictionaries_and_a_data_frame_give_the_same() -> None:
    assert str(Table(ROWS, caption="c")) == str(Table(pd.DataFrame(ROWS), caption="c"))


def test_an_empty_frame_keeps_its_headers_and_says_so() -> None:
    table = Table(pd.DataFrame([], columns=["sent", "replied"]), caption="Predictions")
    assert str(table) == "Predictions\nsent | replied\nnothing yet"


def test_it_is_escaped_named_and_can_be_scrolled_by_keyboard() -> None:
    html = Table(ROWS, caption='a "c"')._repr_mimebundle_()["text/html"]
    assert "<b>" not in html
    assert "&lt;b&gt;yes" in html
    assert 'role="region" tabindex="0" aria-label="a &quot;c&quot;"' in html
    assert '<th scope="col"' in html
    assert '<th scope="row"' in html
    assert "\x07" not in str(Table(ROWS, caption="c"))
