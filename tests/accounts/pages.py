"""Helpers for tests that look at pages."""

import re

from django.test import Client
from django.urls import reverse

CHANGES_EACH_TIME = re.compile(
    rb'name="csrfmiddlewaretoken" value="[^"]+"|nonce="[^"]+"|name="seed" value="[^"]+"'
)


def first(pattern: str, text: str) -> str:
    """The first group of the pattern's first match, which must be there."""
    found = re.search(pattern, text)
    assert found, f"{pattern} is nowhere in the text"
    return found[1]


def link_in(mail) -> str:
    """The path of the link in a mail."""
    return first(r"https?://testserver(\S+)", mail.body)


def steady(content: bytes) -> bytes:
    """The page without what differs between two answers to the very same request."""
    return CHANGES_EACH_TIME.sub(b"", content)


def answer_begin(client: Client, *, order: str = "no", fear: str = "no"):
    """Answer the two questions of R27."""
    return client.post(reverse("accounts:begin"), {"order_stands": order, "fears_other": fear})


def sign_up(client: Client, email: str, **fields: str):
    """Post the sign-up form, filled in well unless a field says otherwise."""
    filled = {
        "email": email,
        "password1": "a-quiet-password",
        "password2": "a-quiet-password",
        "time_zone": "Europe/Berlin",
    }
    return client.post(reverse("account_signup"), filled | fields)
