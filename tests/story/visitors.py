"""Somebody who uses Repair over HTTP, with nothing but what the pages offer."""

from typing import Protocol

import httpx

from tests.stack import wait_for
from tests.story.reading import Page


class Visitor(Protocol):
    """What the story asks of a person's browser, whichever it is."""

    @property
    def text(self) -> str:
        """All that can be read on the page."""

    @property
    def path(self) -> str:
        """Where the page is."""

    def open(self, path: str) -> None:
        """Go to an address of the site."""

    def follow(self, link: str) -> None:
        """Follow the link whose words begin so."""

    def press(self, button: str, **values: object) -> None:
        """Fill in the form of the button whose words begin so, and press it."""

    def look_until(self, words: str) -> None:
        """Look at the page again and again until these words are there."""


class HttpVisitor:
    """A browser without a screen: it keeps cookies, reads forms, and sends what they hold."""

    def __init__(self, address: str) -> None:
        self.client = httpx.Client(base_url=address, follow_redirects=True, timeout=20)
        self.origin = address
        self.page = Page("")
        self.answer: httpx.Response | None = None

    @property
    def text(self) -> str:
        """All that can be read on the page."""
        return self.page.text

    @property
    def path(self) -> str:
        """Where the page is."""
        assert self.answer is not None
        return self.answer.url.path

    def open(self, path: str) -> None:
        """Go to an address of the site."""
        self._show(self.client.get(path))

    def follow(self, link: str) -> None:
        """Follow the link whose words begin so."""
        self.open(self.page.link(link))

    def press(self, button: str, **values: object) -> None:
        """Fill in the form of the button whose words begin so, and press it."""
        form, pressed = self.page.button(button)
        sent: dict[str, list[str]] = {}
        for name, text in form.sent(pressed, values):
            sent.setdefault(name, []).append(text)
        headers = {"Origin": self.origin}
        self._show(self.client.post(pressed.action, data=sent, headers=headers))

    def look_until(self, words: str) -> None:
        """Look at the page again and again until these words are there."""

        def there() -> bool:
            self.open(self.path)
            return words in self.text

        wait_for(there, f"“{words}” did not come")

    def _show(self, answer: httpx.Response) -> None:
        assert answer.status_code == 200, f"{answer.request.url}: {answer.status_code}"
        self.answer, self.page = answer, Page(answer.text)
