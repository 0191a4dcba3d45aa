"""Making an account: a verified address, a time zone, and no way to find out who has one."""

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import IntegrityError
from django.test import Client
from django.utils.html import escape

from accounts.forms import SignUpForm
from accounts.models import Person
from tests.accounts.pages import answer_begin, first, link_in, sign_up, steady

pytestmark = [pytest.mark.django_db, pytest.mark.once]

SIGN_UP = "/account/signup/"


@pytest.fixture
def newcomer(client, clock):
    answer_begin(client)
    return client


def test_a_newcomer_signs_up_confirms_the_address_and_signs_in(newcomer, mailoutbox):
    assert sign_up(newcomer, "New@Example.org").url == "/account/confirm-email/"
    person = Person.objects.get()
    assert (person.email, person.time_zone) == ("new@example.org", "Europe/Berlin")
    credentials = {"login": "new@example.org", "password": "a-quiet-password"}
    assert newcomer.post("/account/login/", credentials).url == "/account/confirm-email/"
    confirm = link_in(mailoutbox[0])
    assert b"new@example.org" in newcomer.get(confirm).content
    newcomer.post(confirm)
    assert EmailAddress.objects.get().verified
    assert newcomer.post("/account/login/", credentials).url == "/"
    assert newcomer.get("/settings/").status_code == 200


def test_the_mail_is_neutral(newcomer, mailoutbox):
    sign_up(newcomer, "new@example.org")
    (mail,) = mailoutbox
    assert mail.subject == "Please confirm your address"
    for word in "partner", "letter", "conversation", "pair", "Repair", "example.com":
        assert word not in mail.body
    assert not mail.alternatives


def test_an_address_that_has_an_account_gets_the_same_answers(ana, mailoutbox, clock):
    def walk(email):
        browser = Client()
        answers = [
            answer_begin(browser),
            sign_up(browser, email),
            browser.get("/account/confirm-email/"),
            browser.get(SIGN_UP),
            sign_up(browser, email),
            browser.get("/begin/"),
        ]
        return [
            (answer.status_code, answer.headers.get("Location"), steady(answer.content))
            for answer in answers
        ], sorted(browser.cookies)

    assert walk("new@example.org") == walk(ana.email) == walk(ana.email.upper())
    assert Person.objects.count() == 2


def test_who_has_an_account_is_told_so_by_mail_alone(ana, newcomer, mailoutbox):
    sign_up(newcomer, ana.email)
    (mail,) = mailoutbox
    assert mail.to == [ana.email]
    assert mail.subject == "Your account"
    assert "There is one already" in mail.body


def test_an_address_that_has_an_account_takes_as_long(ana, newcomer, monkeypatch):
    """Hashing the password takes by far the longest; both ways do it once."""
    hashed = []
    encode = MD5PasswordHasher.encode

    def counted(*args):
        hashed.append(args)
        return encode(*args)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    sign_up(newcomer, ana.email)
    once = len(hashed)
    other = Client()
    answer_begin(other)
    sign_up(other, "new@example.org")
    assert once == len(hashed) - once == 1


def test_a_doubled_click_makes_one_account_and_no_fault(newcomer, monkeypatch, mailoutbox):
    """Both clicks look whether the address is free before either has written."""
    monkeypatch.setattr(
        SignUpForm, "validate_unique_email", lambda self, email: email, raising=True
    )
    sign_up(newcomer, "new@example.org")
    second = Client()
    answer_begin(second)
    assert sign_up(second, "new@example.org").url == "/account/confirm-email/"
    assert Person.objects.count() == 1
    with pytest.raises(IntegrityError):
        Person.objects.create_user("new@example.org")


LONG = "a" * 64 + "@" + ".".join(["b" * 60] * 4) + ".example.org"


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"email": ""}, "This field is required."),
        ({"email": "no address"}, "Enter a valid email address."),
        ({"email": LONG}, "An e-mail address has at most 254 characters."),
        ({"email": "a" * 400 + "@example.org"}, "at most 320 characters"),
        ({"email": "a\x00b@example.org"}, "Null characters are not allowed."),
        ({"email": "a\rb\n@example.org"}, "Enter a valid email address."),
        ({"password2": "another-password"}, "These two passwords are not the same."),
        ({"password1": "short", "password2": "short"}, "This password is too short."),
        ({"time_zone": ""}, "There is no time zone with this name."),
        ({"time_zone": "Europe/Atlantis"}, "There is no time zone with this name."),
        ({"time_zone": "Factory"}, "There is no time zone with this name."),
        ({"time_zone": "../../etc/passwd"}, "There is no time zone with this name."),
        ({"time_zone": "Europe/Berlin\x00"}, "There is no time zone with this name."),
        ({"time_zone": "<b>"}, "There is no time zone with this name."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(newcomer, fields, says):
    page = sign_up(newcomer, **{"email": "new@example.org"} | fields)
    assert page.status_code == 200
    text = page.content.decode()
    assert says in text
    for name in "email", "time_zone":
        if fields.get(name):
            assert escape(fields[name].strip()) in text
    assert not Person.objects.exists()


def test_a_password_is_never_sent_back(newcomer):
    page = sign_up(newcomer, "no address", password1="only-typed-once-1")
    assert b"only-typed-once-1" not in page.content


def test_a_zone_by_its_second_name_is_taken(newcomer):
    sign_up(newcomer, "new@example.org", time_zone="Asia/Calcutta")
    assert Person.objects.get().time_zone == "Asia/Calcutta"


def test_the_zone_is_chosen_from_a_list_that_works_without_scripts(newcomer):
    page = newcomer.get(SIGN_UP).content.decode()
    assert '<optgroup label="Europe">' in page
    assert '<option value="America/Argentina/Buenos_Aires">Argentina, Buenos Aires' in page
    assert '<option value="UTC" selected>' in page


def test_the_script_that_chooses_the_browsers_zone_has_the_nonce(newcomer):
    page = newcomer.get(SIGN_UP)
    nonce = first(r"'nonce-([^']+)'", page.headers["Content-Security-Policy"])
    assert f'accounts/zone.js" nonce="{nonce}"' in page.content.decode()


def test_too_many_tries_get_a_page_that_says_so(newcomer):
    for _ in range(20):
        sign_up(newcomer, "no address")
    page = sign_up(newcomer, "no address")
    assert page.status_code == 429
    assert b"A moment, please" in page.content
