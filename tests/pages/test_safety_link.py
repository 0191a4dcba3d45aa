"""The safety page is one link away from every page, before and after sign-in, and from those that
say that something went wrong.
"""

from itertools import product

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.pages import everything
from tests.pages.addresses import unlike
from tests.pages.everything import Addresses, Asked
from tests.templates.pages import Page

# What a page says is decided alike on every database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

HELP = "/help/"
PARTS = ("now", "begin_draft", "save_draft", "keep_words", "say")
"""What is put into a page that has the link."""


@pytest.fixture
def asked(past, ana_place, ben_place) -> list[Asked]:
    """Every address of the URL table, libraries included, with every kind of key that there is."""
    factories.letter(by=ana_place, hold=False)
    factories.letter(by=ana_place)
    factories.propose(by=ben_place, minutes=60)
    every = Addresses({"pair_id": str(past.window.pair_id)}).all()
    return [Asked(path) for path in unlike(each.path for each in every)]


def without_link(client: Client, asked: list[Asked]) -> tuple[int, list[str]]:
    """How many pages there were, and which of them did not lead there."""
    pages, found = 0, []
    for method, each in product(("get", "post"), asked):
        answer = getattr(client, method)(each.path)
        if is_page(answer, each):
            pages += 1
            if not leads_there(answer.content.decode()):
                found.append(f"{method} {each.path}: {answer.status_code}")
    return pages, found


def is_page(answer, asked: Asked) -> bool:
    is_html = answer.get("Content-Type", "").startswith("text/html") and bool(answer.content)
    return is_html and everything.view_of(asked).__name__ not in PARTS


def leads_there(html: str) -> bool:
    return any(link.attrs.get("href") == HELP for link in Page(html).all("a"))


def test_from_every_page_before_sign_in(client, asked):
    pages, found = without_link(client, asked)
    assert pages > 20
    assert found == []


@pytest.mark.long
def test_from_every_page_after_sign_in(client_of, ana, asked):
    sign_out = reverse("account_logout")
    pages, found = without_link(client_of(ana), [each for each in asked if each.path != sign_out])
    assert pages > 60
    assert found == []


@pytest.mark.parametrize("path", ["/no-such-page/", "/pairs/5/"])
def test_from_the_page_for_what_is_not_there(client, ana_client, path):
    for browser in (client, ana_client):
        answer = browser.get(path)
        assert answer.status_code == 404
        assert leads_there(answer.content.decode())


def test_from_the_page_for_a_fault_of_ours(ana_client, pair, monkeypatch):
    monkeypatch.setattr("conversations.views.pair_page", lambda *_: 1 // 0)
    ana_client.raise_request_exception = False
    answer = ana_client.get(reverse("conversations:pair", args=[pair.pk]))
    assert answer.status_code == 500
    assert leads_there(answer.content.decode())


def test_from_the_page_for_an_old_form(ana):
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(ana)
    answer = careful.post("/settings/")
    assert answer.status_code == 403
    assert leads_there(answer.content.decode())


@pytest.mark.parametrize("code", [400, 403, 404, 413, 429, 500])
def test_from_every_page_that_says_what_is_wrong(code, rf, ana):
    request = rf.get("/")
    request.user = ana
    assert leads_there(render_to_string(f"{code}.html", request=request))


def test_the_address_that_is_written_out_is_the_one_of_the_url_table():
    assert reverse("accounts:help") == HELP


def test_a_page_without_it_is_found():
    assert not leads_there('<a href="/helpless/">Help</a><p>/help/</p>')
