"""What somebody who knows an address can do with it: not ring its mailbox, not lock it."""

import pytest
from allauth.account.models import EmailAddress

from tests.accounts.pages import answer_begin, sign_up
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

LOGIN, RESET = "/account/login/", "/account/password/reset/"


def try_to_sign_in(client, email, password, network):
    return client.post(LOGIN, {"login": email, "password": password}, REMOTE_ADDR=network)


def is_told_to_wait(answer):
    return b"Please wait a few minutes." in answer.content


def ask_for_reset(client, email, times, network="192.0.2.1"):
    return [client.post(RESET, {"email": email}, REMOTE_ADDR=network) for _ in range(times)]


@pytest.fixture
def _every_minute_counts_anew(settings):
    """As if the tries were spread over a day: only the limits of hours and days hold."""
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {
        "reset_password": "",
        "login": "",
        "signup": "",
        "confirm_email": "",
        "login_failed": settings.ACCOUNT_RATE_LIMITS["login_failed"].removeprefix("10/m/ip,"),
    }


@pytest.mark.usefixtures("_every_minute_counts_anew")
def test_r28_an_address_gets_five_mails_a_day_and_then_none_in_silence(client, ana, mailoutbox):
    answers = ask_for_reset(client, "ana@example.org", 4)
    answers += ask_for_reset(client, "ANA@Example.org", 4, network="198.51.100.7")
    assert len(mailoutbox) == 5
    assert {(each.status_code, each.url) for each in answers} == {(302, f"{RESET}done/")}


@pytest.mark.usefixtures("_every_minute_counts_anew")
def test_r28_mails_of_every_kind_count_together(client, ana, mailoutbox):
    ask_for_reset(client, ana.email, 3)
    for _ in range(4):
        answer_begin(client)
        sign_up(client, ana.email)
    assert [mail.to for mail in mailoutbox] == [[ana.email]] * 5
    assert len({mail.subject for mail in mailoutbox}) == 2


@pytest.mark.usefixtures("_every_minute_counts_anew")
def test_mails_to_one_address_take_none_from_another(client, ana, ben, mailoutbox):
    ask_for_reset(client, ana.email, 6)
    ask_for_reset(client, ben.email, 1)
    assert mailoutbox[-1].to == [ben.email]


@pytest.mark.usefixtures("_every_minute_counts_anew")
def test_the_first_of_the_five_links_still_works(client, ana, mailoutbox):
    ask_for_reset(client, ana.email, 8)
    path = mailoutbox[0].body.split("http://testserver")[1].split()[0]
    assert client.get(path).status_code == 302


@pytest.mark.usefixtures("_every_minute_counts_anew")
def test_somebody_who_never_confirmed_gets_no_more_than_five(client, ana, mailoutbox):
    EmailAddress.objects.update(verified=False)
    for _ in range(7):
        client.post(LOGIN, {"login": ana.email, "password": PASSWORD})
    assert len(mailoutbox) == 5


@pytest.mark.usefixtures("_every_minute_counts_anew")
def test_r13_wrong_passwords_from_one_network_do_not_lock_out_another(client, ana):
    answers = [try_to_sign_in(client, ana.email, "wrong", "192.0.2.1") for _ in range(120)]
    assert not is_told_to_wait(answers[29])
    assert all(is_told_to_wait(each) for each in answers[30:])
    assert try_to_sign_in(client, ana.email, PASSWORD, "198.51.100.7").status_code == 302


@pytest.mark.proof
@pytest.mark.once
@pytest.mark.usefixtures("_every_minute_counts_anew")
def test_guessing_from_very_many_networks_has_an_end(client, ana):
    for number in range(300):
        try_to_sign_in(client, ana.email, "wrong", f"198.51.100.{number % 250}")
    assert is_told_to_wait(try_to_sign_in(client, ana.email, "wrong", "192.0.2.1"))


def test_from_one_network_ten_wrong_passwords_in_a_minute_are_enough(client, ana):
    answers = [try_to_sign_in(client, ana.email, "wrong", "192.0.2.1") for _ in range(11)]
    assert [is_told_to_wait(each) for each in answers] == [False] * 10 + [True]
