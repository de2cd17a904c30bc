"""A story: what its button offers, what is told, what is chosen, and that it waits for what belongs to it."""

from __future__ import annotations

import pytest

from smtplesson.server.server import Server
from smtplesson.widgets.story import Scene, Step, Story
from tests.widgets.pressing import buttons, click, page, press, spoken, text, words

GREETED = ["EHLO client.example", "MAIL FROM:<smith@bar.com>"]
AGAIN = "\n".join([*GREETED, "RCPT TO:"])
NAMES = (f"{AGAIN}<.jones@foo.com>", f"{AGAIN}<jones@foo.com>")
LETTER = "DATA\nHello!\n\n."
STEPS: list[Step | Scene] = [
    Step("RCPT TO:<green@foo.com>", 251, "<Green> is in."),
    Step("RCPT TO:<jones.@foo.com>", 553, "Jones is not."),
    Step(LETTER, 250, "Taken for Green."),
    Scene("Report to Smith", "<jones.@foo.com>: 553", "Smith writes again.", "sender"),
    Step(NAMES[1], 250, "Jones, too.", NAMES, "Which one?"),
    Step(LETTER, 250, "Taken for Jones."),
    Scene("See it arrive", "Hello!", "It came.", "mailbox"),
]


@pytest.fixture
def server() -> Server:
    return Server("foo.com", mailboxes=["jones@foo.com"], forwards={"green@foo.com": "green@bar.org"})


@pytest.fixture
def story(server: Server) -> Story:
    session = server.connect()
    session.send_all(*GREETED)
    return Story(session, "You are bar.com.", "Name Green.", STEPS, end="Solved.")


def told(story: Story) -> str:
    """What stands below the buttons: what was done last, and what the story tells of it."""
    (panel,) = [each for each in page(story).iter("div") if each.get("id") == "told"]
    return words(panel)


def picture(story: Story) -> str:
    (drawn,) = page(story).iter("{http://www.w3.org/2000/svg}svg")
    return words(drawn)


def words_of_picture(story: Story) -> set[str]:
    """The texts of the picture, each of its own."""
    return {words(each) for each in page(story).iter("{http://www.w3.org/2000/svg}text")}


def so_far(story: Story) -> list[str]:
    return [words(row) for row in page(story).iter("li") if words(row)[:3].isdigit()]


def test_a_story_is_played_to_its_end(story: Story, server: Server) -> None:
    assert told(story).endswith("Name Green.")
    html = story.frame["html"]
    assert html.index('id="next"') < html.index('id="told"') < html.index("sl-journey") < html.index('id="dialogue"')
    offered = (
        (["Start over", "Send RCPT TO:<green@foo.com>"], "251 2.1.5 "),
        (["Start over", "Send RCPT TO:<jones.@foo.com>"], "553 "),
        (["Start over", "Send the letter"], "250 2.0.0 "),
        (["Start over", "Report to Smith"], ""),
        (["Start over", ".jones@foo.com", "jones@foo.com"], "250 2.1.5 "),
        (["Start over", "Send the letter"], "250 2.0.0 "),
        (["Start over", "See it arrive"], ""),
    )
    for step, (named, reply) in zip(STEPS, offered, strict=True):
        assert buttons(story) == named
        click(story, "jones@" if isinstance(step, Step) and step.choices else named[1])
        assert reply in told(story)
        assert told(story).endswith(step.told)
        assert step.told in spoken(story)
        assert spoken(story).startswith(f"The server says: {reply}" if reply else step.told)
        assert story.frame["focus"] == ("asks" if step in (STEPS[3], STEPS[6]) else "next")
    assert [message.data for message in server.delivered] == [b"Hello!\r\n\r\n"] * 2
    assert spoken(story).endswith("It came. Solved.")
    assert buttons(story) == ["Start over", "Go on ↓"]
    assert "<Green>" not in html + story.frame["html"]
    assert not list(page(story).iter("input"))
    with pytest.raises(ValueError, match="Nothing comes next"):
        story.go_on()


def test_the_picture_tells_of_both_recipients(story: Story) -> None:
    story.go_on()
    story.go_on()  # the letter is not sent yet: nothing is reported, and Green's way stays
    assert "✗ Jones." in picture(story)
    assert "Green" in picture(story)
    assert "bar.org" in picture(story)
    assert "sends the letter" in picture(story)
    assert "reports" not in picture(story)
    story.go_on()
    assert words_of_picture(story) >= {"250", "reports to Smith", "✗ Jones.", "Green"}  # the reply is to the letter
    assert story.frame["html"].count("sl-envelope") == 2  # one copy with each: RFC 5321 section 4.2.5
    assert 'class="sl-report"' not in story.frame["html"]  # that is still to do
    assert so_far(story) == ["251 ✓ green@foo.com", "553 ✗ jones.@foo.com"]
    story.go_on()
    assert told(story).startswith("<jones.@foo.com>: 553")
    assert words_of_picture(story) >= {"corrects the name", "✗ Jones.", "Green"}
    assert words_of_picture(story).isdisjoint({"250", "553"})
    assert 'class="sl-report"' in story.frame["html"]
    story.go_on()
    assert told(story).startswith("EHLO 250 · MAIL 250client: RCPT TO:<jones@foo.com>")
    story.go_on()
    assert "✗" not in picture(story)
    assert "Green" in picture(story)
    assert story.frame["html"].count("sl-envelope") == 2  # Green has one, foo.com the other
    assert so_far(story) == ["251 ✓ green@foo.com", "553 ✗ jones.@foo.com", "250 ✓ jones@foo.com"]
    assert text(story).count("MAIL FROM:<smith@bar.com>") == 2  # the whole dialogue has both sessions
    story.go_on()
    assert "reads the letter" in picture(story)
    assert story.frame["html"].count("sl-envelope") == 2  # one in each mailbox


def test_a_wrong_choice_is_refused_by_the_server_and_the_choice_stays(story: Story) -> None:
    for _ in range(4):
        story.go_on()
    assert spoken(story) == "Smith writes again. Which one?"
    click(story, ".jones@foo.com")
    assert told(story).startswith("EHLO 250 · MAIL 250client: RCPT TO:<fault: .jones@foo.com>server: 553 ")
    assert told(story).endswith("Refused again: look at what is marked.")
    assert story.frame["focus"] == ""  # stays on what was pressed
    assert buttons(story) == ["Start over", ".jones@foo.com ✗", "jones@foo.com"]
    click(story, "jones@")
    assert told(story).endswith("Jones, too.")
    for number in (0, 3):
        with pytest.raises(ValueError, match=f"There is no choice {number} here"):
            story.choose(number)


def test_a_story_starts_over_where_it_began(story: Story) -> None:
    for _ in STEPS:
        story.go_on()
    click(story, "Start over")
    assert [line.text for line in story.session.transcript if line.speaker == "C"] == GREETED
    assert told(story).endswith("Name Green.")
    assert story.frame["focus"] == "next"
    assert buttons(story)[1] == "Send RCPT TO:<green@foo.com>"
    assert so_far(story) == []


def test_a_story_tells_nothing_that_did_not_happen(story: Story) -> None:
    assert story.say("NOOP")
    assert told(story).startswith("client: NOOPserver: 250 ")
    assert told(story).endswith("The story waits for its next line.")
    story.say("RSET")
    click(story, "Send RCPT TO:<green@foo.com>")
    assert "server: 503 " in told(story)
    assert "Green> is in" not in text(story) + spoken(story)
    story.say("QUIT")
    assert told(story).endswith("The session is closed. “Start over” opens a new one.")
    assert buttons(story) == ["Start over"]
    press(story, "choose", "1")
    assert "There is no choice 1 here" in text(story)


def test_what_was_said_elsewhere_is_shown_and_the_story_waits(story: Story) -> None:
    story.session.send("NOOP")
    story.refresh()
    assert told(story).endswith("The story waits for its next line.")
    story.go_on()
    assert told(story).endswith("<Green> is in.")


def test_the_twin_of_a_story_is_one_line(story: Story) -> None:
    assert story.markdown() == "*It begins here after the second Shift + Enter.*"
