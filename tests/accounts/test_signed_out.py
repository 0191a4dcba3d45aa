"""A form sent while signed out, or from a page that has grown old: nothing is believed or lost."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import resolve, reverse

from accounts.access import ANYONE
from tests.accounts.pages import steady
from tests.pages import addresses

pytestmark = pytest.mark.django_db

WORDS = "Dear you,\n\n<b>I</b> thought about it.  \n"
SHOWN = "Dear you,\n\n&lt;b&gt;I&lt;/b&gt; thought about it.  \n"
TO_SIGN_IN = 'href="/account/login/?next=/"'


@pytest.fixture
def letter(pair):
    return reverse("conversations:write", args=[pair.pk])


@pytest.fixture
def strict(ana):
    """Ana's browser, with forgery checks and no token."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(ana)
    return client


def test_r13_a_pause_while_signed_out_does_not_look_like_one(client, pair):
    for path in reverse("boundaries:pause", args=[pair.pk]), reverse("boundaries:pause_all"):
        answer = client.post(path)
        page = answer.content.decode()
        assert answer.status_code == 403
        assert "You are signed out, so nothing is paused yet." in page
        assert TO_SIGN_IN in page
        assert "no-store" in answer.headers["Cache-Control"]


def test_r13_that_page_leads_to_one_with_pause(ana_client, pair):
    assert 'class="button-pause"' in ana_client.get("/", follow=True).content.decode()


def test_it_does_not_tell_which_pairs_exist(client, pair):
    paths = [reverse("boundaries:pause", args=[key]) for key in (pair.pk, uuid4())]
    real, guessed = (steady(client.post(path).content) for path in paths)
    assert real == guessed


def test_a_letter_sent_while_signed_out_is_given_back(client, letter):
    answer = client.post(letter, {"body": WORDS, "hold": "1"})
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "You were signed out meanwhile. These are your words; they were not saved." in page
    assert f'<div class="letter-body" dir="auto">{SHOWN}</div>' in page
    assert TO_SIGN_IN in page
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("body", ["\x00", "é" * 60_000, "\u2028\ud7ff"])
def test_any_words_are_given_back(client, letter, body):
    assert body in client.post(letter, {"body": body}).content.decode()


def test_whatever_is_pressed_while_signed_out_a_page_says_that_it_was_not_done(client):
    """All that is for who is signed in, but for Pause, which has words of its own."""
    found = [each for each in addresses.ours() if "token" not in each.keys]
    paths = [each.path(dict.fromkeys(each.keys, uuid4())) for each in found]
    paths = [path for path in paths if resolve(path).func.access != ANYONE]
    for path in (each for each in paths if not each.endswith("/pause/")):
        answer = client.post(path)
        assert answer.status_code == 403, path
        page = answer.content.decode()
        assert "You are signed out, so what you chose was not done." in page
        assert TO_SIGN_IN in page
    assert len(paths) > 60


def test_beside_words_it_says_so_too(client, pair):
    """As with less in a check-in."""
    answer = client.post(reverse("checkins:give_own", args=[pair.pk]), {"body": WORDS})
    assert "Nothing else that you chose was done, either." in answer.content.decode()


def test_a_letter_from_a_page_that_has_grown_old_is_given_back(strict, letter):
    answer = strict.post(letter, {"body": WORDS})
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "These are your words; they were not saved." in page
    assert SHOWN in page
    assert "no-store" in answer.headers["Cache-Control"]


def test_so_it_is_where_the_browser_names_this_site(strict, letter):
    answer = strict.post(letter, {"body": WORDS}, headers={"Origin": "http://testserver"})
    assert SHOWN in answer.content.decode()


@pytest.mark.parametrize("origin", ["https://example.com", "null", "http://testserver.example"])
def test_words_that_another_site_sent_are_not_shown_as_one_s_own(strict, letter, origin):
    answer = strict.post(letter, {"body": WORDS}, headers={"Origin": origin})
    assert answer.status_code == 403
    assert "thought about it" not in answer.content.decode()


def test_an_old_page_without_a_letter_says_what_it_said(strict):
    answer = strict.post("/settings/", {"time_zone": "UTC"})
    assert answer.status_code == 403
    assert "This page had grown old" in answer.content.decode()
    assert "your words; they" not in answer.content.decode()
