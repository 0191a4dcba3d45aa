"""R27: the two questions before anything else."""

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from accounts.models import Person
from accounts.newcomers import KEY
from tests.accounts.pages import answer_begin, sign_up

pytestmark = pytest.mark.django_db

BEGIN = "/begin/"
STOP = "/not-for-this/"
SIGN_UP = "/account/signup/"


def test_r27_both_no_leads_to_sign_up(client, clock):
    assert answer_begin(client).url == SIGN_UP
    assert client.get(SIGN_UP).status_code == 200


@pytest.mark.parametrize(("order", "fear"), [("yes", "no"), ("no", "yes"), ("yes", "yes")])
def test_r27_any_yes_stops_and_keeps_nothing(client, clock, order, fear):
    answer = answer_begin(client, order=order, fear=fear)
    assert answer.url == STOP
    assert "sessionid" not in answer.cookies
    assert not Session.objects.exists()


@pytest.mark.parametrize("answered", [{"order_stands": "yes"}, {"fears_other": "yes"}])
def test_r27_one_yes_stops_also_while_the_other_answer_is_missing(client, answered):
    assert client.post(BEGIN, answered).url == STOP


@pytest.mark.parametrize("answered", [{}, {"order_stands": "no"}, {"fears_other": "no"}])
def test_r27_an_answer_that_is_missing_is_asked_for(client, answered):
    page = client.post(BEGIN, answered)
    assert page.status_code == 200
    assert b"Please choose yes or no." in page.content
    assert client.get(SIGN_UP).url == BEGIN


@pytest.mark.parametrize("answered", ["maybe", "YES", "\x00", "y" * 5000])
def test_r27_a_made_up_answer_does_not_lead_on(client, answered):
    page = answer_begin(client, order=answered)
    assert page.status_code == 200
    assert client.get(SIGN_UP).url == BEGIN


def test_r27_a_yes_takes_back_an_earlier_no(client, clock):
    answer_begin(client)
    answer_begin(client, fear="yes")
    assert KEY not in client.session
    assert client.get(SIGN_UP).url == BEGIN


@pytest.mark.parametrize("method", ["get", "post"])
def test_r27_sign_up_without_the_answers_leads_to_the_questions(client, method):
    assert getattr(client, method)(SIGN_UP, {"email": "new@example.org"}).url == BEGIN
    assert not Person.objects.exists()


def test_r27_the_answers_do_not_last_longer_than_a_sign_up_takes(client, clock):
    answer_begin(client)
    clock.move(minutes=59)
    assert client.get(SIGN_UP).status_code == 200
    clock.move(minutes=1)
    assert client.get(SIGN_UP).url == BEGIN
    assert sign_up(client, "new@example.org").url == BEGIN
    assert not Person.objects.exists()


def test_r27_the_answers_are_good_for_one_account(client, clock):
    answer_begin(client)
    sign_up(client, "new@example.org")
    assert KEY not in client.session


def test_r27_a_form_with_faults_does_not_ask_the_questions_again(client, clock):
    answer_begin(client)
    assert sign_up(client, "not an address").status_code == 200
    assert sign_up(client, "new@example.org").status_code == 302
    assert Person.objects.count() == 1


def test_r27_who_is_stopped_sees_help_and_no_way_to_an_account(client):
    page = client.get(STOP).content.decode()
    assert "Repair is not for this" in page
    assert "emergency number" in page
    assert "keeps a history" in page
    assert SIGN_UP not in page
    assert BEGIN not in page


def test_r27_who_has_an_account_is_not_asked_again(ana_client):
    assert ana_client.get(BEGIN).url == "/"


def test_the_safety_page_is_there_for_everybody(client, ana_client):
    for browser in client, ana_client:
        page = browser.get(reverse("accounts:help")).content.decode()
        assert "emergency number" in page
        assert "another device" in page
        assert "keeps a history" in page
        assert "court order" in page


@pytest.mark.parametrize("page", [BEGIN, STOP, "/account/login/", "/account/password/reset/"])
def test_the_safety_page_is_reached_from_pages_before_sign_in(client, page):
    assert reverse("accounts:help").encode() in client.get(page).content
