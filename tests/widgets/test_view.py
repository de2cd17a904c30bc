"""What all views share: the three forms, what is pressed, errors that show, text that stays text."""

from __future__ import annotations

from typing import Any

import ipywidgets
import pytest

from smtplesson.markup import Html, tag
from smtplesson.widgets.view import Fields, View, bar, button, field, form, select, sorry, submit
from tests.widgets.pressing import buttons, click, press, spaced, spoken

NASTY = "<script>alert(1)</script>"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


class Small(View):
    """A view with all that views are made of."""

    def __init__(self) -> None:
        super().__init__("A small view")
        self.pressed: list[tuple[str, Fields]] = []
        self.update()

    def html(self) -> Html:
        options = {"a": "first", "b": "second"}
        row = bar(button("Good", "good", "yes", main=True, id="good"), button("Bad", "bad", key="B"))
        ask = form("line", field("Line", "line", "as it was"), submit("Send"))
        return tag(
            "div", row, ask, select("Which", "which", options, "b", "which"), tag("p", f"{len(self.pressed)} pressed")
        )

    def do_good(self, value: str, fields: Fields) -> None:
        self.pressed.append((value, fields))
        self.update(say="Good.", focus="good")

    def do_bad(self, _value: str, _fields: Fields) -> None:
        raise ValueError(f"{NASTY}\nis not good")

    def do_line(self, _value: str, fields: Fields) -> None:
        self.pressed.append((fields["line"], fields))

    def markdown(self) -> str:
        return "**A small view**"


def test_a_view_has_three_forms_and_is_one_widget() -> None:
    view = Small()
    data, _ = view._repr_mimebundle_()
    assert data["text/plain"] == "A small view (run this cell to use it)"
    assert data["text/markdown"] == "**A small view**"
    assert data[WIDGET_VIEW]["model_id"] == view.model_id
    assert ipywidgets.VBox([view]).children == (view,)


def test_what_is_pressed_is_done_with_its_value_and_the_fields() -> None:
    view = Small()
    click(view, "Good")
    assert view.pressed == [("yes", {"line": "as it was", "which": "b"})]
    assert spoken(view) == "Good."
    assert (view.frame["focus"], view.frame["answers"]["copy"]) == ("good", "c")
    click(view, "Send", line="NOOP")
    assert view.pressed[1][0] == "NOOP"
    assert "2 pressed" in spaced(view)


def test_an_answer_always_comes_and_says_to_what() -> None:
    view = Small()
    before = view.frame["number"]
    press(view, "line", line="x")  # its action draws nothing by itself
    assert view.frame["number"] == before + 1
    assert view.frame["answers"]["number"] is not None
    view.update()
    assert view.frame["answers"] is None  # a method in another cell moves no focus


@pytest.mark.parametrize("name", ["update", "_hear", "html", "", "nothing", "__init__", None, "trait_names"])
def test_only_what_is_meant_to_be_pressed_can_be(name: Any) -> None:
    view = Small()
    before = view.frame
    view._hear(view, {"do": name, "value": "", "fields": {}}, [])
    assert view.frame == before


@pytest.mark.parametrize(
    "content", [{}, {"do": "good"}, {"do": "good", "fields": 7}, {"do": "good", "fields": {"a": [1, None]}}]
)
def test_anything_that_a_browser_sends_is_taken_calmly(content: dict[str, Any]) -> None:
    view = Small()
    view._hear(view, content, [])
    assert len(view.pressed) == ("do" in content)


def test_half_of_a_surrogate_pair_is_no_text() -> None:
    view = Small()
    press(view, "good", "a\ud83d", line="\ud800")
    assert view.pressed[0][0] == "a\ufffd"
    assert view.pressed[0][1]["line"] == "\ufffd"


def test_an_error_is_shown_and_read_out_and_goes_with_the_next_press() -> None:
    view = Small()
    click(view, "Bad")
    assert f"That did not work. {NASTY} is not good (ValueError)" in spaced(view)
    assert "<script" not in view.frame["html"]
    assert spoken(view).startswith("That did not work. ")
    click(view, "Good")
    assert "did not work" not in spaced(view)
    with pytest.raises(ValueError, match="is not good"):
        view.do_bad("", {})


def test_a_sentence_says_enough_without_the_name_of_an_exception() -> None:
    assert sorry(ValueError("Nothing is chosen.")) == "That did not work. Nothing is chosen."
    assert sorry(KeyError("x")) == "That did not work. 'x' (KeyError)"


def test_every_button_has_its_name() -> None:
    assert buttons(Small()) == ["Good", "Bad", "Send"]
