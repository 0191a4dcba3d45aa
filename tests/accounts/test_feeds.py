"""The address of one's calendar: made with the password, shown once, replaced, stopped."""

import re

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.http import Http404

from accounts import actions, feeds
from accounts.models import Feed, Person
from accounts.proof import Proof
from accounts.queries import get_feed_by
from tests import calendars, factories, raw
from tests.pages.visitor import ClientVisitor

pytestmark = pytest.mark.django_db

PAGE = "/feed/"
ADDRESS = re.compile(r"http://testserver/feeds/([0-9a-f]{64})\.ics")


@pytest.fixture
def at_ana(ana):
    return ClientVisitor(ana)


def made(visitor, button="Make an address") -> str:
    """The secret that a person is shown."""
    visitor.open(PAGE)
    visitor.press(button)
    visitor.prove()
    (token,) = ADDRESS.findall(visitor.answer.content.decode())
    return token


def answers(token) -> int:
    return calendars.fetch(token).status_code


def test_an_address_is_made_with_the_password_and_shown_once(at_ana):
    at_ana.open(PAGE)
    at_ana.press("Make an address")
    assert "You are about to: Make a secret address for your calendar" in at_ana.text
    assert not Feed.objects.exists()
    at_ana.prove()
    (token,) = ADDRESS.findall(at_ana.answer.content.decode())
    assert answers(token) == 200
    at_ana.follow("I have copied it")
    for path in (PAGE, "/settings/", "/"):
        at_ana.open(path)
        assert token not in at_ana.answer.content.decode()


def test_before_one_is_made_the_page_says_what_its_address_gives_away(at_ana):
    """Also by SEQUENCE, which grows with each agreement."""
    at_ana.open(PAGE)
    assert "Whoever has the address can read it, without a password." in at_ana.text
    assert "can also notice how often what is agreed was changed." in at_ana.text


def test_settings_say_whether_there_is_one(at_ana):
    at_ana.open("/settings/")
    assert "There is no address for calendars." in at_ana.text
    made(at_ana)
    at_ana.open("/settings/")
    assert "There is a secret address" in at_ana.text


def test_only_a_digest_of_it_is_kept(at_ana):
    token = made(at_ana)
    (row,) = Feed.objects.values()
    assert row["token_digest"] == feeds.digest_of(token)
    assert token not in str(row)
    assert token not in str(at_ana.client.session.items())


def test_a_new_one_takes_the_place_of_the_old_one_at_once_and_keeps_the_title(at_ana):
    old = made(at_ana)
    at_ana.open(PAGE)
    at_ana.press("Save the title", title="Dentist")
    new = made(at_ana, "Make a new one instead")
    assert new != old
    assert (answers(old), answers(new)) == (404, 200)
    assert Feed.objects.get().title == "Dentist"


def test_each_new_one_takes_the_password_again(at_ana):
    """Who takes the phone from the table right afterwards makes none for themselves."""
    token = made(at_ana)
    at_ana.open(PAGE)
    at_ana.press("Make a new one instead")
    assert "Please type your password" in at_ana.text
    assert answers(token) == 200


def test_somebody_else_s_proof_makes_none(ana, ben):
    with pytest.raises(PermissionDenied):
        actions.make_feed(by=ana, seed="a seed", proof=Proof(ben.pk))
    assert not Feed.objects.exists()


def test_a_doubled_click_is_shown_the_same_one(at_ana):
    at_ana.open(PAGE)
    sent = {"seed": feeds.new_seed()}
    at_ana.send("/feed/make/", **sent)
    at_ana.prove()
    once = at_ana.answer.content
    at_ana.send("/feed/make/", **sent)
    tokens = [ADDRESS.findall(page.decode()) for page in (once, at_ana.answer.content)]
    assert tokens[0] == tokens[1] != []


def test_an_old_form_never_brings_an_old_address_back(ana):
    old = factories.feed(of=ana, seed="first")
    factories.feed(of=ana, seed="second")
    again = factories.feed(of=ana, seed="first")
    assert again != old
    assert (answers(old), answers(again)) == (404, 200)
    actions.stop_feed(by=ana)
    assert factories.feed(of=ana, seed="first") not in (old, again)
    assert answers(old) == answers(again) == 404


def test_stopped_it_is_gone_and_a_doubled_click_says_the_same(at_ana):
    token = made(at_ana)
    for _ in range(2):
        at_ana.send("/feed/stop/")
        assert "No calendar can read your conversations now." in at_ana.text
        assert answers(token) == 404
    assert not Feed.objects.exists()


def test_stopping_one_s_own_touches_nobody_else_s(at_ana, ben):
    token = factories.feed(of=ben)
    made(at_ana)
    at_ana.send("/feed/stop/")
    assert answers(token) == 200


@pytest.mark.parametrize("sent", [{}, {"seed": "\x00"}, {"seed": "x" * 9000}])
def test_a_form_without_its_seed_leads_back(at_ana, sent):
    at_ana.send("/feed/make/", **sent)
    assert at_ana.status == 200
    assert "Make an address" in at_ana.text
    assert not Feed.objects.exists()


def test_the_title_is_ones_own_and_neutral_until_then(at_ana, ana):
    token = factories.feed(of=ana)
    assert Feed.objects.get().title == "Appointment"
    at_ana.open(PAGE)
    at_ana.press("Save the title", title="Piano, with Ü")
    assert "The title is saved." in at_ana.text
    assert Feed.objects.get().title == "Piano, with Ü"
    assert answers(token) == 200


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Please type a title."),
        ("   ", "Please type a title."),
        ("a\nb", "signs that can be seen, on one line"),
        ("a\x07b", "signs that can be seen, on one line"),
        ("a\u2028b", "signs that can be seen, on one line"),
        ("a\x00b", "Null characters are not allowed."),
        ("x" * 61, "at most 60 characters"),
        ("x" * 9000, "at most 60 characters"),
    ],
)
def test_a_title_that_cannot_be_is_said_and_kept(at_ana, ana, typed, said):
    factories.feed(of=ana)
    at_ana.send("/feed/rename/", title=typed)
    assert at_ana.status == 200
    assert said in at_ana.text
    if typed.strip() and "\n" not in typed:
        assert typed in at_ana.answer.content.decode()
    assert Feed.objects.get().title == "Appointment"


def test_without_an_address_there_is_nothing_to_rename(at_ana):
    at_ana.send("/feed/rename/", title="Dentist")
    assert at_ana.status == 200
    assert not Feed.objects.exists()


def test_a_title_is_sealed_at_rest(ana):
    factories.feed(of=ana)
    actions.rename_feed(by=ana, title="Rhabarber")
    with connection.cursor() as cursor:
        cursor.execute("SELECT title FROM accounts_feed")
        assert b"Rhabarber" not in bytes(cursor.fetchone()[0])


def test_a_title_that_cannot_be_read_is_the_neutral_one(at_ana, ana):
    token = factories.feed(of=ana)
    Feed.objects.update(title=b"cut")
    at_ana.open(PAGE)
    assert 'value="Appointment"' in at_ana.answer.content.decode()
    assert answers(token) == 200
    again = factories.feed(of=ana, seed="another")
    assert answers(again) == 200


def test_a_person_takes_their_feed_with_them(ana):
    token = factories.feed(of=ana)
    ana.delete()
    assert answers(token) == 404
    assert not Feed.objects.exists()


def test_an_account_that_is_not_in_use_has_none(ana):
    token = factories.feed(of=ana)
    Person.objects.update(is_active=False)
    assert answers(token) == 404


def test_a_person_has_one_at_most_and_nobody_shares_a_secret(ana, ben):
    factories.feed(of=ana)
    row = Feed.objects.get()
    for taken in ({"person_id": ana.pk}, {"token_digest": row.token_digest}):
        fresh = {"person_id": ben.pk, "token_digest": "0" * 64} | taken
        with pytest.raises(IntegrityError), transaction.atomic():
            raw.copy(row, **fresh)


def test_every_other_secret_is_not_found(ana, ben):
    token = factories.feed(of=ana)
    factories.feed(of=ben)
    assert get_feed_by(token).person == ana
    for wrong in ("", "0" * 64, token[:-1], token.upper(), token + " "):
        with pytest.raises(Http404):
            get_feed_by(wrong)
