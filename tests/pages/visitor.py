"""A browser without a screen in front of Django itself, with forgery checks as in real life."""

from typing import Any
from urllib.parse import urlencode

from django.middleware.csrf import CSRF_SECRET_LENGTH
from django.test import Client
from django.utils.crypto import get_random_string

from accounts.models import Person
from tests.factories import PASSWORD
from tests.story.reading import Sent
from tests.story.visitors import Reader

FORM = "application/x-www-form-urlencoded"


class ClientVisitor(Reader):
    """Somebody who is signed in, or nobody. `answer` is the last response as Django made it."""

    def __init__(self, person: Person | None = None) -> None:
        super().__init__()
        self.client = Client(enforce_csrf_checks=True)
        self.answer: Any = None
        if person:
            self.client.force_login(person)

    def get(self, path: str) -> None:
        self._show(self.client.get(path, follow=True))

    def post(self, path: str, sent: Sent) -> None:
        self._show(self.client.post(path, urlencode(sent), content_type=FORM, follow=True))

    def send(self, path: str, **values: object) -> None:
        """Post to an address what no page of ours would, with the token of this browser."""
        texts = {
            name: value if isinstance(value, list) else [value] for name, value in values.items()
        }
        sent = [(name, str(text)) for name, each in texts.items() for text in each]
        self.post(path, [("csrfmiddlewaretoken", self.token()), *sent])

    def token(self) -> str:
        """The token of this browser; one that it would have been given with any page."""
        if "csrftoken" not in self.client.cookies:
            self.client.cookies["csrftoken"] = get_random_string(CSRF_SECRET_LENGTH)
        return self.client.cookies["csrftoken"].value

    def prove(self) -> None:
        """Type the password that was asked for; what had been asked goes on."""
        assert "Please type your password" in self.text, self.text
        self.press("Continue", password=PASSWORD)

    def filled(self, button: str) -> dict[str, list[str]]:
        """What the form of this button holds, by name."""
        form, _ = self.page.button(button)
        held: dict[str, list[str]] = {}
        for name, text in form.filled:
            held.setdefault(name, []).append(text)
        return held

    def _show(self, answer: Any) -> None:
        self.answer = answer
        html = (
            answer.content.decode()
            if answer.get("Content-Type", "").startswith("text/html")
            else ""
        )
        self.show(answer.status_code, answer.request["PATH_INFO"], html)
