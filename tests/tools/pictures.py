"""The README's picture, in both themes: `python -m tests.tools.pictures` writes `.github/journey-{light,dark}.png`.

What is drawn is what a learner sees: the journey after a 251 and after a 553, and the dialogue behind them.
"""

from __future__ import annotations

from typing import Literal

from playwright.sync_api import sync_playwright

from smtplesson import Server, markup
from smtplesson.dialogues import picture
from smtplesson.dialogues.journey import journey
from smtplesson.markup import tag
from smtplesson.protocol import display
from tests.paths import ROOT
from tests.tools import need

FOLDER = ROOT / ".github"
WIDTH = 1000  # CSS pixels
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def page() -> str:
    """The picture as a page of its own."""
    server = Server("foo.com", mailboxes=["jones@foo.com"], forwards={"green@foo.com": "green@bar.org"})
    session = server.connect()
    asked = ("EHLO bar.com", "MAIL FROM:<smith@bar.com>", "RCPT TO:<green@foo.com>", "RCPT TO:<jones@foo..com>")
    said = [((line,), session.send(line)) for line in asked]
    talk = display.talk(*(display.exchange(line, reply) for line, reply in said[2:]))
    moments = [journey(session, address).now for address in ("green@foo.com", "jones@foo..com")]
    return markup.page("The kit at work", talk, tag("div", *map(picture.small, moments), class_="sl-four"))


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
