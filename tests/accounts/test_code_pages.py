"""The pages for making and for using a one-time code."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.actions import TRIES, create_code, use_code, withdraw_code
from accounts.codes import digest_of
from accounts.models import CodeAttempt, Invitation, Pair
from accounts.views import CODE_REFUSED
from tests.accounts.pages import first, steady

pytestmark = pytest.mark.django_db

CODE, WITHDRAW, USE = "/code/", "/code/withdraw/", "/code/use/"
WRONG = "ABCD-EFGH-JKLM-NPQR"
LOOKS_LIKE_A_CODE = r"\b((?:[A-Z2-9]{4}-){3}[A-Z2-9]{4})\b"


def seed_on(client):
    return first(r'name="seed" value="([^"]+)"', client.get(CODE).content.decode())


def make(client, seed=None):
    return client.post(CODE, {"seed": seed or seed_on(client)})


def code_on(page):
    return first(LOOKS_LIKE_A_CODE, page.content.decode())


def test_r26_a_code_is_shown_in_the_answer_that_made_it_and_never_again(ana_client, clock):
    page = make(ana_client)
    assert Invitation.objects.get().code_digest == digest_of(code_on(page))
    again = ana_client.get(CODE).content.decode()
    assert not re.search(LOOKS_LIKE_A_CODE, again)
    assert "until 9 November 2026, 13:00" in again, "in Ana's own zone"


def test_r26_the_code_is_in_no_session_and_no_cache(ana_client, clock):
    page = make(ana_client)
    for session in Session.objects.all():
        assert code_on(page) not in str(session.get_decoded())
    assert "no-store" in page.headers["Cache-Control"]


def test_a_reload_or_a_doubled_click_shows_the_same_code(ana_client, clock):
    seed = seed_on(ana_client)
    assert code_on(make(ana_client, seed)) == code_on(make(ana_client, seed))
    assert Invitation.objects.count() == 1


def test_a_reload_after_withdrawing_says_so_and_makes_none(ana_client, clock):
    seed = seed_on(ana_client)
    make(ana_client, seed)
    ana_client.post(WITHDRAW)
    page = ana_client.post(CODE, {"seed": seed}, follow=True)
    assert b"That code can no longer be used." in page.content
    assert Invitation.objects.filter(withdrawn_at=None).count() == 0


@pytest.mark.parametrize("seed", ["", "\x00", "x" * 65])
def test_a_form_without_a_good_seed_is_shown_again(ana_client, seed):
    page = ana_client.post(CODE, {"seed": seed})
    assert page.status_code == 200
    assert b"Make a code" in page.content
    assert not Invitation.objects.exists()


def test_a_code_is_withdrawn_any_time_and_twice_is_harmless(ana_client, clock):
    make(ana_client)
    for _ in range(2):
        page = ana_client.post(WITHDRAW, follow=True)
        assert b"No code of yours can be used now." in page.content
        assert b"Withdraw it" not in page.content


def test_withdrawing_needs_a_post(ana_client, clock):
    make(ana_client)
    assert ana_client.get(WITHDRAW).status_code == 405
    assert Invitation.objects.get().withdrawn_at is None


def test_r26_using_a_code_leads_to_the_name_for_the_other(ana, ben_client, clock):
    answer = ben_client.post(USE, {"code": create_code(by=ana).lower().replace("-", " ")})
    pair = Pair.objects.get()
    assert answer.url == reverse("accounts:rename_other", kwargs={"pair_id": pair.pk})


def test_a_doubled_post_of_a_code_leads_to_the_same_page(ana, ben_client, clock):
    code = create_code(by=ana)
    first, second = (ben_client.post(USE, {"code": code}) for _ in range(2))
    assert first.url == second.url


def own(ana, ben, outsider, clock):
    return create_code(by=ben)


def wrong(ana, ben, outsider, clock):
    return "ZZZZ-ZZZZ-ZZZZ-ZZZZ"


def withdrawn(ana, ben, outsider, clock):
    code = create_code(by=ana)
    withdraw_code(by=ana)
    return code


def replaced(ana, ben, outsider, clock):
    code = create_code(by=ana)
    create_code(by=ana)
    return code


def expired(ana, ben, outsider, clock):
    code = create_code(by=ana)
    clock.move(days=7)
    return code


def used(ana, ben, outsider, clock):
    code = create_code(by=ana)
    use_code(by=outsider, code=code)
    return code


def from_somebody_with_whom_a_pair_stands(ana, ben, outsider, clock):
    use_code(by=ben, code=create_code(by=ana))
    return create_code(by=ana)


def from_somebody_with_whom_a_pair_has_ended(ana, ben, outsider, clock):
    use_code(by=ben, code=create_code(by=ana))
    Pair.objects.update(ended_at=clock.move(days=40))
    return create_code(by=ana)


def good_but_after_too_many_tries(ana, ben, outsider, clock):
    CodeAttempt.objects.bulk_create(CodeAttempt(person=ben, at=clock.at) for _ in range(TRIES))
    return create_code(by=ana)


@pytest.mark.parametrize(
    "code_that_is",
    [
        wrong,
        withdrawn,
        replaced,
        expired,
        used,
        own,
        from_somebody_with_whom_a_pair_stands,
        from_somebody_with_whom_a_pair_has_ended,
        good_but_after_too_many_tries,
    ],
)
def test_r26_every_refusal_is_the_very_same_page(
    ana, ben, outsider, ben_client, clock, code_that_is
):
    """Compared byte for byte with the page of a code that never existed, to the same person."""
    code = code_that_is(ana, ben, outsider, clock)
    refused = ben_client.post(USE, {"code": code})
    never = ben_client.post(USE, {"code": WRONG})
    assert refused.status_code == never.status_code == 200
    assert str(CODE_REFUSED) in refused.content.decode()
    assert steady(refused.content).replace(code.encode(), WRONG.encode()) == steady(never.content)
    assert {*refused.headers} == {*never.headers}


def test_r26_to_be_refused_takes_as_many_queries_whether_a_pair_stands_or_has_ended(
    ana, ben, ben_client, clock, django_assert_num_queries
):
    code = from_somebody_with_whom_a_pair_stands(ana, ben, None, clock)
    with CaptureQueriesContext(connection) as standing:
        ben_client.post(USE, {"code": code})
    Pair.objects.update(ended_at=clock.move(days=1))
    code = create_code(by=ana)
    with django_assert_num_queries(len(standing)):
        ben_client.post(USE, {"code": code})


def test_r26_what_was_typed_is_kept(ben_client):
    page = ben_client.post(USE, {"code": "abcd <i>"})
    assert b'value="abcd &lt;i&gt;"' in page.content


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "Please type the code that you were given."),
        ("   ", "Please type the code that you were given."),
        ("x" * 101, "at most 100 characters"),
        ("ab\x00cd", "Null characters are not allowed."),
    ],
)
def test_a_strange_code_is_said_to_be_wrong(ben_client, typed, says):
    page = ben_client.post(USE, {"code": typed})
    assert page.status_code == 200
    assert says in page.content.decode()


def test_r26_who_made_the_code_learns_nothing_of_failed_tries(
    ana, ana_client, ben_client, outsider_client, clock
):
    code = code_on(make(ana_client))
    pages = [CODE, "/settings/", "/"]
    before = [steady(ana_client.get(page).content) for page in pages]
    for browser in ben_client, outsider_client:
        for _ in range(TRIES):
            browser.post(USE, {"code": WRONG})
        browser.post(USE, {"code": code})
    assert before == [steady(ana_client.get(page).content) for page in pages]


def test_r26_the_page_of_a_code_names_nobody(ana, ana_client, ben_client, clock):
    code = code_on(make(ana_client))
    page = ben_client.post(USE, {"code": code}, follow=True)
    assert ana.email not in page.content.decode()


def test_the_time_shown_is_in_the_persons_own_zone(ben_client, clock):
    make(ben_client)
    assert b"until 9 November 2026, 12:00" in ben_client.get(CODE).content
    assert timezone.get_current_timezone_name() == "UTC"
