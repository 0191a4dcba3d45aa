"""R27: the two questions before anything else."""

import logging

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from accounts.models import Person
from accounts.newcomers import KEY
from tests.accounts.pages import answer_begin, first, sign_up, steady
from tests.pages.visitor import ClientVisitor

pytestmark = [pytest.mark.django_db, pytest.mark.once]

BEGIN = "/begin/"
SIGN_UP = "/account/signup/"


def stops(answer) -> bool:
    """Whether this says that Repair is not for it."""
    return answer.status_code == 200 and "Repair is not for this" in answer.content.decode()


def title_of(answer) -> str:
    return first(r"<title>([^<]+)</title>", answer.content.decode())


def test_r27_both_no_leads_to_sign_up(client, clock):
    assert answer_begin(client).url == SIGN_UP
    assert client.get(SIGN_UP).status_code == 200


@pytest.mark.parametrize(("order", "fear"), [("yes", "no"), ("no", "yes"), ("yes", "yes")])
def test_r27_any_yes_stops_and_keeps_nothing(client, clock, order, fear):
    answer = answer_begin(client, order=order, fear=fear)
    assert stops(answer)
    assert "sessionid" not in answer.cookies
    assert not Session.objects.exists()


@pytest.mark.parametrize("answered", [{"order_stands": "yes"}, {"fears_other": "yes"}])
def test_r27_one_yes_stops_also_while_the_other_answer_is_missing(client, answered):
    assert stops(client.post(BEGIN, answered))


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
    page = answer_begin(client, fear="yes").content.decode()
    assert "Repair is not for this" in page
    assert "emergency number" in page
    assert "0808 2000 247" in page
    assert "keeps a history" in page
    assert SIGN_UP not in page


def test_r27_the_stop_has_no_address_that_a_history_or_a_log_could_keep(client):
    """Whoever looks at the browser later finds the page of the questions, as after any visit."""
    answer = answer_begin(client, order="yes")
    assert answer.status_code == 200
    assert answer.request["PATH_INFO"] == BEGIN
    assert title_of(answer) == title_of(client.get(BEGIN))


def everything_kept() -> dict[str, list]:
    """Every row of every table."""
    models = apps.get_models(include_auto_created=True)
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values()) for model in models
    }


def kept_by(browser: Client) -> dict[str, str]:
    """What a browser would send along."""
    sent = {name: each.value for name, each in browser.cookies.items()}
    return {name: value for name, value in sent.items() if value}


@pytest.mark.parametrize("earlier", [{}, {"order": "no", "fear": "no"}])
@pytest.mark.parametrize("stop", [{"order": "yes"}, {"fear": "yes"}])
def test_r27_of_who_stopped_nothing_is_left_anywhere(
    pair, ana_client, client, clock, caplog, earlier, stop
):
    """No row, no session, no cookie, no line in a log; also after an earlier no to both."""
    before = everything_kept()
    caplog.set_level(logging.DEBUG)
    client.get(BEGIN)
    assert kept_by(client).keys() == {"csrftoken"}
    if earlier:
        answer_begin(client, **earlier)
        assert "sessionid" in kept_by(client)
    caplog.clear()
    assert stops(answer_begin(client, **stop))
    assert everything_kept() == before
    assert kept_by(client) == {}
    assert caplog.records == []


def test_what_a_page_leaves_before_sign_in_is_gone_when_the_browser_closes(client):
    cookies = client.get(BEGIN).cookies
    assert cookies.keys() == {"csrftoken"}
    assert [each[until] for each in cookies.values() for until in ("max-age", "expires")] == [
        "",
        "",
    ]


def test_r27_to_stop_somebody_the_database_is_not_even_asked(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert stops(answer_begin(client, fear="yes"))


@pytest.mark.parametrize("stop", [{"order": "yes"}, {"fear": "yes"}])
def test_r27_who_stopped_and_comes_back_is_a_stranger(client, clock, stop):
    """The page of the questions is the same, byte for byte, as for somebody who was never here."""
    answer_begin(client, **stop)
    page = client.get(BEGIN)
    assert steady(page.content) == steady(Client().get(BEGIN).content)
    assert "checked" not in page.content.decode()
    assert answer_begin(client).url == SIGN_UP


def test_r27_who_answered_wrongly_goes_back_and_answers_again(clock):
    """To go back is to ask for the page again, which is not stored: tests.pages.test_screens."""
    visitor = ClientVisitor()
    visitor.open(BEGIN)
    assert "no-store" in visitor.answer["Cache-Control"]
    visitor.press("Continue", order_stands="no", fears_other="yes")
    assert "Repair is not for this" in visitor.text
    for again in ("back", "link"):
        if again == "back":
            visitor.open(BEGIN)
        else:
            visitor.press("Continue", order_stands="yes", fears_other="no")
            visitor.follow("Read the questions again")
        visitor.press("Continue", order_stands="no", fears_other="no")
        assert "New account" in visitor.text
        visitor.open(BEGIN)


def test_r27_no_browser_is_asked_to_remember_the_answers(client):
    assert 'autocomplete="off"' in client.get(BEGIN).content.decode()


def test_r27_who_has_an_account_is_not_asked_again(ana_client):
    assert ana_client.get(BEGIN).url == "/"


def test_the_safety_page_is_there_for_everybody(client, ana_client):
    for browser in client, ana_client:
        page = browser.get(reverse("accounts:help")).content.decode()
        assert "emergency number" in page
        assert "another device" in page
        assert "keeps a history" in page
        assert "court order" in page


@pytest.mark.parametrize("page", [BEGIN, "/account/login/", "/account/password/reset/"])
def test_the_safety_page_is_reached_from_pages_before_sign_in(client, page):
    assert reverse("accounts:help").encode() in client.get(page).content
