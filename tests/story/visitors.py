"""Somebody who uses Repair with nothing but what its pages offer."""

from abc import ABC, abstractmethod
from typing import Protocol

import httpx

from repair.demo.people import PASSWORD
from tests.stack import wait_for
from tests.story.reading import Page, Sent


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

    def let_days_pass(self, number: int) -> None:
        """Move the demo's clock by so many days."""

    def look_until(self, words: str) -> None:
        """Look at the page again and again until these words are there."""


class Reader(ABC):
    """A browser without a screen: it reads pages, and sends what their forms hold."""

    def __init__(self) -> None:
        self.path = ""
        self.status = 0
        self._html = ""
        self._page: Page | None = None

    @property
    def page(self) -> Page:
        """The page on which one is, read only when somebody looks at it."""
        if self._page is None:
            self._page = Page(self._html)
        return self._page

    @page.setter
    def page(self, page: Page) -> None:
        """Go back to a page that was seen before, as another tab still shows it."""
        self._page = page

    @property
    def text(self) -> str:
        """All that can be read on the page."""
        return self.page.text

    def open(self, path: str) -> None:
        """Go to an address of the site, which must have a page there."""
        self.get(path)
        self._must_be_well(path)

    def follow(self, link: str) -> None:
        """Follow the link whose words begin so."""
        self.open(self.page.link(link))

    def press(self, button: str, **values: object) -> None:
        """Fill in the form of the button whose words begin so, and press it."""
        form, pressed = self.page.button(button)
        self.post(pressed.action, form.sent(pressed, values))
        self._must_be_well(pressed.action)

    @abstractmethod
    def get(self, path: str) -> None:
        """Ask for a page, and go where it leads."""

    @abstractmethod
    def post(self, path: str, sent: Sent) -> None:
        """Send a form, and go where it leads."""

    def show(self, status: int, path: str, html: str) -> None:
        """Take what was answered as the page on which one is."""
        self.status, self.path, self._html, self._page = status, path, html, None

    def _must_be_well(self, asked: str) -> None:
        """There is a page, or one that says that what was there is not there any more."""
        is_gone = self.status == 404 and "Please look again" in self.text
        assert self.status == 200 or is_gone, f"{asked}: {self.status}: {self.text}"


class HttpVisitor(Reader):
    """Over HTTP, to a server that runs."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.client = httpx.Client(base_url=address, follow_redirects=True, timeout=20)
        self.origin = address

    def get(self, path: str) -> None:
        self._show(self.client.get(path))

    def post(self, path: str, sent: Sent) -> None:
        data: dict[str, list[str]] = {}
        for name, text in sent:
            data.setdefault(name, []).append(text)
        self._show(self.client.post(path, data=data, headers={"Origin": self.origin}))

    def let_days_pass(self, number: int) -> None:
        """Move the demo's clock by so many days."""
        for _ in range(number):
            self.press("+ 1 day")

    def look_until(self, words: str) -> None:
        """Look at the page again and again until these words are there."""

        def there() -> bool:
            self.open(self.path)
            return words in self.text

        wait_for(there, f"“{words}” did not come")

    def _show(self, answer: httpx.Response) -> None:
        self.show(answer.status_code, answer.url.path, answer.text)


def signed_in(address: str, email: str) -> HttpVisitor:
    """One of the two people of the demo, who is signed in at this address."""
    visitor = HttpVisitor(address)
    visitor.open("/account/login/")
    visitor.press("Sign in", login=email, password=PASSWORD)
    assert "Your next conversation" in visitor.text
    return visitor
