"""A story: what its button offers, what is told, what is chosen, and that it waits for what belongs to it."""

from __future__ import annotations

import pytest

from smtplesson.server.server import Server
from smtplesson.widgets.story import Step, Story
from tests.widgets.pressing import buttons, click, page, press, spoken, text, words

GREETED = ["EHLO client.example", "MAIL FROM:<smith@bar.com>"]
NAMES = ("RCPT TO:<.jones@foo.com>", "RCPT TO:<jones@foo.com>")
STEPS = [
    Step("RCPT TO:<green@foo.com>", 251, "<Green> is in."),
    Step("RCPT TO:<jones.@foo.com>", 553, "Which one?"),
    Step(NAMES[1], 250, "Jones, too.", choices=NAMES),
    Step("DATA", 354, "The text."),
    Step("Hello!\n\n.", 250, "Taken."),
]


@pytest.fixture
def server() -> Server:
    return Server("foo.com", mailboxes=["jones@foo.com"], forwards={"green@foo.com": "green@bar.org"})


@pytest.fixture
def story(server: Server) -> Story:
    session = server.connect()
    session.send_all(*GREETED)
    return Story(session, "Name Green.", STEPS)


def told(story: Story) -> str:
    """What stands below the buttons: the last exchange, and what the story tells of it."""
    (panel,) = [each for each in page(story).iter("div") if each.get("id") == "told"]
    return words(panel)


def test_a_story_is_played_with_one_button_and_a_choice(story: Story, server: Server) -> None:
    assert told(story).endswith("Name Green.")
    html = story.frame["html"]
    assert html.index('id="next"') < html.index('id="told"') < html.index("sl-journey") < html.index('id="dialogue"')
    for step in STEPS:
        named = [name for name in buttons(story) if name != "Start over"]
        wanted = {"Hello!\n\n.": ["Send the letter"], NAMES[1]: [".jones@foo.com", "jones@foo.com"]}
        assert named == wanted.get(step.line, [f"Send {step.line}"])
        click(story, "jones@" if step.choices else named[0])
        assert "server: " + str(step.code) in told(story)
        assert told(story).endswith(step.told)
        assert spoken(story).startswith(f"The server says: {step.code} ")
        assert spoken(story).endswith(step.told)
        assert story.frame["focus"] == "next"
    assert server.delivered[0].data == b"Hello!\r\n\r\n"
    assert buttons(story) == ["Go on ↓", "Start over"]
    assert "<Green>" not in html + story.frame["html"]
    assert not list(page(story).iter("input"))
    with pytest.raises(ValueError, match="Nothing comes next"):
        story.go_on()


def test_a_wrong_choice_is_refused_by_the_server_and_the_choice_stays(story: Story) -> None:
    story.go_on()
    story.go_on()
    click(story, ".jones@foo.com")
    assert "client: RCPT TO:<fault: .jones@foo.com>" in told(story)
    assert "553" in told(story)
    assert "The local part begins with a dot." in told(story)
    assert told(story).endswith("Not this one: choose again.")
    assert story.frame["focus"] == ""  # stays on what was pressed
    assert buttons(story) == [".jones@foo.com ✗", "jones@foo.com", "Start over"]
    click(story, "jones@foo.com")
    assert told(story).endswith("Jones, too.")


def test_a_story_starts_over_where_it_began(story: Story) -> None:
    click(story, "Send RCPT TO:<green@foo.com>")
    click(story, "Start over")
    assert [line.text for line in story.session.transcript if line.speaker == "C"] == GREETED
    assert told(story).endswith("Name Green.")
    assert story.frame["focus"] == "next"
    assert buttons(story)[0] == "Send RCPT TO:<green@foo.com>"


def test_a_story_tells_nothing_that_did_not_happen(story: Story) -> None:
    assert story.say("NOOP")
    assert told(story).startswith("client: NOOPserver: 250 ")
    assert told(story).endswith("The story waits for its next line.")
    press(story, "say", "RSET")
    click(story, "Send RCPT TO:<green@foo.com>")
    assert "server: 503 " in told(story)
    assert "Green> is in" not in text(story) + spoken(story)
    story.say("QUIT")
    assert told(story).endswith("The session is closed. “Start over” opens a new one.")
    assert buttons(story) == ["Start over"]


def test_what_was_said_elsewhere_is_shown_and_the_story_waits(story: Story) -> None:
    story.session.send("NOOP")
    story.refresh()
    assert told(story).endswith("The story waits for its next line.")
    story.go_on()
    assert told(story).endswith("<Green> is in.")


def test_the_twin_of_a_story_is_one_line(story: Story) -> None:
    assert story.markdown() == "*A blue button appears here once the cell has run.*"
