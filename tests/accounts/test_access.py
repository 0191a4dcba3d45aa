"""Who may open a page."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpResponse
from django.urls import reverse

from accounts.access import anyone, member, signed_in, signed_in_person

pytestmark = pytest.mark.django_db


@signed_in
def private(request):
    return HttpResponse(str(request.user.pk))


@anyone
def public(request):
    return HttpResponse("open")


@member
def of_the_pair(request, membership, word="none"):
    return HttpResponse(f"{membership.person_id} {word}")


@pytest.fixture
def ask(rf):
    def ask(view, person=None, method="get", path="/somewhere/?a=1", headers=None, **kwargs):
        request = getattr(rf, method)(path, headers=headers or {})
        request.user = person or AnonymousUser()
        return view(request, **kwargs)

    return ask


def test_anyone_opens_it_without_an_account(ask):
    assert ask(public).content == b"open"


def test_each_decorator_says_what_it_is():
    marks = [getattr(view, "access", None) for view in (public, private, of_the_pair)]
    assert marks == ["anyone", "signed_in", "member"]


def test_signed_in_sends_to_the_sign_in_page_and_back(ask):
    answer = ask(private)
    assert answer.status_code == 302
    assert answer.url == f"{reverse('account_login')}?next=/somewhere/%3Fa%3D1"


def test_after_a_post_it_does_not_lead_back_to_where_only_a_post_goes(ask):
    answer = ask(private, method="post")
    assert answer.status_code == 403
    assert f'href="{reverse("account_login")}?next=/"' in answer.content.decode()


def test_signed_in_lets_a_person_in(ask, ana):
    assert ask(private, ana).content.decode() == str(ana.pk)


def test_member_turns_the_pair_into_the_membership_of_who_asks(ask, ana, ben, pair):
    for person in ana, ben:
        answer = ask(of_the_pair, person, pair_id=pair.pk, word="hello")
        assert answer.content.decode() == f"{person.pk} hello"


def test_member_is_a_404_for_an_outsider_and_for_a_guess(ask, outsider, ana, pair):
    with pytest.raises(Http404):
        ask(of_the_pair, outsider, pair_id=pair.pk)
    with pytest.raises(Http404):
        ask(of_the_pair, ana, pair_id=uuid4())


def test_member_sends_to_the_sign_in_page_whatever_the_pair(ask, pair):
    real, guessed = (ask(of_the_pair, pair_id=key) for key in (pair.pk, uuid4()))
    assert (real.status_code, real.url) == (guessed.status_code, guessed.url)


def test_the_signed_in_person_of_an_open_page_is_a_fault_of_ours(rf):
    request = rf.get("/")
    request.user = AnonymousUser()
    with pytest.raises(TypeError):
        signed_in_person(request)


def test_htmx_goes_to_the_sign_in_page_as_a_whole_page(client):
    answer = client.get(
        reverse("accounts:settings"),
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/code/"},
    )
    assert answer.headers["HX-Redirect"] == f"{reverse('account_login')}?next=/code/"


@pytest.mark.parametrize("name", ["settings", "code", "use_code", "withdraw_code"])
def test_pages_of_an_account_are_closed_to_others(client, name):
    answer = client.get(reverse(f"accounts:{name}"))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))
    assert client.post(reverse(f"accounts:{name}")).status_code == 403


@pytest.mark.parametrize(("method", "signed_out"), [("get", 302), ("post", 403)])
def test_the_name_page_is_closed_to_outsiders_and_guesses(
    client, outsider_client, ana_client, pair, method, signed_out
):
    for key, browser, status in (
        (pair.pk, client, signed_out),
        (uuid4(), client, signed_out),
        (pair.pk, outsider_client, 404),
        (uuid4(), ana_client, 404),
    ):
        page = reverse("accounts:rename_other", kwargs={"pair_id": key})
        assert getattr(browser, method)(page).status_code == status


def test_a_person_who_is_switched_off_is_out_with_the_next_request(ana, ana_client):
    assert ana_client.get(reverse("accounts:settings")).status_code == 200
    ana.is_active = False
    ana.save()
    assert ana_client.get(reverse("accounts:settings")).status_code == 302


def test_private_pages_are_kept_in_no_cache(ana_client):
    assert "no-store" in ana_client.get(reverse("accounts:settings")).headers["Cache-Control"]
