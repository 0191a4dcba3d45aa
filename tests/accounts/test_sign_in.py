"""Signing in, and the pages of the sign-in library: all in our own dress and words."""

from pathlib import Path
from smtplib import SMTPServerDisconnected

import allauth.account
import pytest
from allauth.account.models import EmailAddress
from django.conf import settings as project
from django.core.mail import EmailMessage
from django.test import Client

from accounts.models import Person
from tests.accounts.pages import first, link_in, steady
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

LOGIN, RESET, EMAIL = "/account/login/", "/account/password/reset/", "/account/email/"
CHANGE, AGAIN = "/account/password/change/", "/account/reauthenticate/"
OURS = Path(project.BASE_DIR) / "templates" / "account"


def in_our_dress(page):
    html = page.content.decode()
    return "repair.css" in html and 'class="site-main"' in html and "placeholder=" not in html


@pytest.fixture
def fresh(ana_client):
    """Ana, who has typed her password a moment ago."""
    ana_client.post(AGAIN, {"password": PASSWORD})
    return ana_client


def test_a_person_signs_in_with_the_address_in_any_case(client, ana):
    answer = client.post(f"{LOGIN}?next=/code/", {"login": "ANA@Example.org", "password": PASSWORD})
    assert answer.url == "/code/"
    assert client.get("/settings/").status_code == 200


def test_a_next_address_elsewhere_is_not_followed(client, ana):
    credentials = {"login": ana.email, "password": PASSWORD, "next": "https://example.com/"}
    assert client.post(LOGIN, credentials).url == "/"


def test_the_session_ends_with_the_browser_unless_asked_otherwise(client, ana):
    client.post(LOGIN, {"login": ana.email, "password": PASSWORD})
    assert client.session.get_expire_at_browser_close()


def test_a_wrong_password_and_an_unknown_address_answer_alike(client, ana):
    def page(email):
        answer = client.post(LOGIN, {"login": email, "password": "wrong"})
        assert b"do not belong together" in answer.content
        return steady(answer.content).replace(email.encode(), b"")

    assert page(ana.email) == page("nobody@example.org")


@pytest.mark.parametrize("email", ["", "x", "a\x00@example.org", "a" * 5000 + "@example.org"])
def test_a_strange_address_is_said_to_be_wrong_and_kept(client, email):
    page = client.post(LOGIN, {"login": email, "password": "wrong"})
    assert page.status_code == 200
    assert b"error-summary" in page.content
    assert email.encode() in page.content


@pytest.mark.parametrize(
    "path", [LOGIN, RESET, f"{RESET}done/", f"{RESET}key/done/", "/account/inactive/"]
)
def test_open_pages_are_in_our_dress(client, path):
    assert in_our_dress(client.get(path))


def test_pages_of_an_account_are_in_our_dress(fresh):
    for path in EMAIL, CHANGE, AGAIN, "/account/logout/":
        page = fresh.get(path)
        assert page.status_code == 200, path
        assert in_our_dress(page), path


@pytest.mark.parametrize(
    "path",
    [
        "/account/confirm-email/",
        "/account/confirm-email/made-up:key/",
        f"{RESET}key/0-made-up/",
        f"{RESET}key/zzzzzzzzzzzzzzzzzzzzzzzzzzzzz-a%00b/",
    ],
)
def test_links_that_lead_nowhere_say_so_in_our_dress(client, path):
    page = client.get(path)
    assert page.status_code == 200
    assert in_our_dress(page)


def test_every_template_for_a_page_extends_ours():
    for path in OURS.glob("*.html"):
        extends = first(r'extends "([^"]+)"', path.read_text())
        assert extends == "base.html" or (OURS.parent / extends).exists(), path.name


def test_a_person_without_a_password_chooses_one_in_our_dress(ana, client):
    ana.set_unusable_password()
    ana.save()
    client.force_login(ana)
    assert client.get(CHANGE).url == "/account/password/set/"
    assert in_our_dress(client.get("/account/password/set/"))


def test_an_account_that_is_switched_off_is_told_so(client, ana):
    Person.objects.update(is_active=False)
    answer = client.post(LOGIN, {"login": ana.email, "password": PASSWORD})
    assert answer.url == "/account/inactive/"


def test_signing_out_asks_first_and_then_ends_the_session(ana_client):
    assert ana_client.get("/account/logout/").status_code == 200
    page = ana_client.post("/account/logout/", follow=True)
    assert b"You are signed out." in page.content
    assert ana_client.get("/settings/").status_code == 302


def test_r26_nobody_without_an_account_gets_a_mail(client, ana, mailoutbox):
    unknown = client.post(RESET, {"email": "nobody@example.org"})
    assert mailoutbox == []
    known = client.post(RESET, {"email": ana.email})
    assert (unknown.status_code, unknown.url) == (known.status_code, known.url)
    assert len(mailoutbox) == 1


def test_a_password_is_reset_by_a_neutral_mail(client, ana, mailoutbox):
    client.post(RESET, {"email": "ANA@example.org"})
    (mail,) = mailoutbox
    assert mail.subject == "A new password"
    form = client.get(link_in(mail)).url
    new = {"password1": "another-quiet-one", "password2": "another-quiet-one"}
    assert in_our_dress(client.get(form))
    assert client.post(form, new).status_code == 302
    ana.refresh_from_db()
    assert ana.check_password("another-quiet-one")
    assert b"no longer works" in Client().get(link_in(mail)).content


@pytest.mark.parametrize("email", ["", "x", "a\x00@example.org", "a" * 300 + "@example.org"])
def test_a_reset_for_a_strange_address_says_what_is_wrong(client, email):
    page = client.post(RESET, {"email": email})
    assert page.status_code == 200
    assert b"error-summary" in page.content


def test_a_changed_password_keeps_this_session_and_ends_the_others(ana, ana_client, client_of):
    elsewhere = client_of(ana)
    new = {
        "oldpassword": PASSWORD,
        "password1": "another-quiet-one",
        "password2": "another-quiet-one",
    }
    assert ana_client.post(CHANGE, new).url == "/settings/"
    assert b"Your password is changed." in ana_client.get("/settings/").content
    assert elsewhere.get("/settings/").status_code == 302


def test_the_address_changes_once_the_new_one_is_confirmed(ana, fresh, mailoutbox):
    fresh.post(EMAIL, {"action_add": "", "email": "New@example.org"})
    assert b"is not confirmed yet" in fresh.get(EMAIL).content
    ana.refresh_from_db()
    assert ana.email == "ana@example.org"
    (mail,) = mailoutbox
    assert mail.to == ["new@example.org"]
    fresh.post(link_in(mail))
    ana.refresh_from_db()
    assert ana.email == "new@example.org"
    assert list(EmailAddress.objects.values_list("email", flat=True)) == ["new@example.org"]


def test_a_change_of_address_can_be_taken_back(ana, fresh):
    fresh.post(EMAIL, {"action_add": "", "email": "new@example.org"})
    fresh.post(EMAIL, {"action_remove": "", "email": "new@example.org"})
    assert b"is not confirmed yet" not in fresh.get(EMAIL).content


def test_an_address_of_somebody_else_cannot_be_taken_and_answers_alike(ana, ben, fresh, mailoutbox):
    def answer(email):
        done = fresh.post(EMAIL, {"action_add": "", "email": email})
        page = steady(fresh.get(EMAIL).content).replace(email.encode(), b"")
        fresh.post(EMAIL, {"action_remove": "", "email": email}, follow=True)
        return done.status_code, done.url, page

    assert answer(ben.email) == answer("nobody@example.org")
    taken = next(mail for mail in mailoutbox if mail.to == [ben.email])
    fresh.post(link_in(taken))
    ana.refresh_from_db()
    assert ana.email == "ana@example.org"


@pytest.mark.parametrize("email", ["", "x", "a\x00@example.org", "ana@example.org", "é@ü"])
def test_a_strange_new_address_says_what_is_wrong(fresh, email):
    page = fresh.post(EMAIL, {"action_add": "", "email": email})
    assert page.status_code == 200
    assert b"error-summary" in page.content


def test_the_address_is_changed_only_after_typing_the_password_again(ana_client):
    answer = ana_client.post(EMAIL, {"action_add": "", "email": "new@example.org"})
    assert answer.url.startswith(AGAIN)


def test_mails_of_the_library_are_all_ours():
    """Where the library brings a mail or message that may be sent, we have words of our own."""
    theirs = Path(allauth.account.__file__).parent.parent / "templates" / "account"
    off = {"login_code", "password_reset_code", "unknown_account", "phone"}
    for folder in "email", "messages":
        for path in (theirs / folder).iterdir():
            if not any(path.name.startswith(name) for name in off):
                assert (OURS / folder / path.name).exists(), path.name


def test_reset_links_do_not_last(client, ana, mailoutbox, settings):
    client.post(RESET, {"email": ana.email})
    settings.PASSWORD_RESET_TIMEOUT = -1
    page = client.get(link_in(mailoutbox[0]))
    assert b"no longer works" in page.content


@pytest.mark.parametrize("email", ["ana@example.org", "nobody@example.org"])
def test_a_mail_server_that_is_down_fails_no_page_and_tells_nothing(
    client, ana, email, monkeypatch, caplog
):
    def down(*_):
        raise SMTPServerDisconnected(email)

    monkeypatch.setattr(EmailMessage, "send", down)
    assert client.post(RESET, {"email": email}).url == f"{RESET}done/"
    assert email not in caplog.text
