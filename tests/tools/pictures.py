"""The README's picture, in both themes: `python -m tests.tools.pictures` writes `.github/journey-{light,dark}.png`.

What is drawn is what a learner sees: the journey after a 251 and after a 553, and the dialogue behind them.
"""

from __future__ import annotations

from typing import Literal

from playwright.sync_api import sync_playwright

from smtplesson import markup, scenario
from smtplesson.dialogues import picture
from smtplesson.dialogues.journey import journey
from smtplesson.markup import join, tag
from smtplesson.protocol import display
from tests.paths import ROOT
from tests.tools import need

FOLDER = ROOT / ".github"
WIDTH = 1000  # CSS pixels
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def page() -> str:
    """The picture as a page of its own: what Smith's letter is answered in lesson 00."""
    session = scenario.load("smiths-letter").server.connect()
    session.send_all("EHLO bar.com", "MAIL FROM:<smith@bar.com>")
    rows, cards = [], []
    for address in ("green@foo.com", "jones.@foo.com"):
        reply = session.send(line := f"RCPT TO:<{address}>")
        assert reply is not None
        fault = reply.reason.fault if reply.reason else None
        rows.append(join(display.client([line], fault), display.server(reply, explained=False)))
        cards.append(picture.small(journey(session, address).now))
    return markup.page("The kit at work", display.talk(*rows), tag("div", *cards, class_="sl-four"))


def main() -> None:
    """Draw both pictures."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=need.program("chromium"), args=["--no-sandbox"])
        for theme in THEMES:
            tab = browser.new_page(viewport={"width": WIDTH, "height": 400}, color_scheme=theme)
            tab.set_content(page())
            path = FOLDER / f"journey-{theme}.png"
            tab.locator(".sl").first.screenshot(path=path)
            print(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
