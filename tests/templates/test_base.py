"""The frame of every page: Pause within one tap, nothing inline, nothing told to others."""

import re
from html import unescape

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from accounts.actions import create_code, rename_other, use_code
from accounts.queries import get_membership_for
from tests.templates.pages import Page

pytestmark = pytest.mark.django_db

HELP = "accounts:help"


def page_of(response) -> Page:
    return Page(response.content.decode())


def pause_actions(response) -> list[str]:
    """Return where the Pause buttons of a page post to."""
    found = re.findall(
        r'<form method="post" action="([^"]+)">(?:(?!</form>).)*?class="button-pause"',
        response.content.decode(),
        re.DOTALL,
    )
    return [unescape(action) for action in found]


def test_r13_anonymous_has_no_pause_and_may_sign_in(client):
    response = client.get(reverse(HELP))
    assert pause_actions(response) == []
    assert page_of(response).one("a", href=reverse("account_login")).text == "Sign in"


def test_r13_without_a_pair_there_is_nothing_to_pause(outsider_client):
    response = outsider_client.get(reverse(HELP))
    assert pause_actions(response) == []
    assert page_of(response).one("form", action=reverse("account_logout")).text == "Sign out"


def test_r13_outside_a_pair_pause_is_there_and_pauses_every_pair(pair, ana_client):
    response = ana_client.get(reverse(HELP))
    assert pause_actions(response) == [reverse("boundaries:pause_all")]
    assert page_of(response).one("button", class_="button-pause").text == "Pause contact"


def test_r13_with_several_pairs_pause_says_that_it_means_all(pair, ana, outsider, ana_client):
    use_code(by=outsider, code=create_code(by=ana))
    response = ana_client.get(reverse(HELP))
    assert page_of(response).one("button", class_="button-pause").text == "Pause all contact"


def test_r13_in_a_pair_pause_is_for_that_pair(pair, ana_client):
    response = ana_client.get(reverse("accounts:rename_other", args=[pair.pk]))
    assert pause_actions(response) == [reverse("boundaries:pause", args=[pair.pk])]
    assert page_of(response).one("button", class_="button-pause").text.startswith("Pause ")


def test_r13_in_a_pair_that_has_ended_there_is_nothing_to_pause(pair, ana, rf):
    pair.ended_at = pair.created_at
    pair.save()
    request = rf.get("/")
    request.user = ana
    membership = ana.memberships.get(pair=pair)
    assert "Pause" not in render_to_string("parts/pause.html", {"membership": membership}, request)


def test_r13_the_page_for_what_is_not_there_has_pause_too(pair, ana_client):
    response = ana_client.get("/there/is/nothing/here/")
    assert response.status_code == 404
    assert pause_actions(response) == [reverse("boundaries:pause_all")]


def test_r13_a_page_grown_old_brings_a_pause_that_works(pair, ana):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ana)
    refused = client.post(reverse("boundaries:pause_all"))
    assert refused.status_code == 403
    token = page_of(refused).all("input", name="csrfmiddlewaretoken")[0].attrs["value"]
    paused = client.post(reverse("boundaries:pause_all"), {"csrfmiddlewaretoken": token})
    assert paused.status_code == 302


@pytest.mark.parametrize("path", ["/help/", "/there/is/nothing/here/", "/settings/"])
def test_nothing_is_inline_and_every_script_has_the_nonce(pair, ana_client, path):
    response = ana_client.get(path)
    (nonce,) = re.findall(r"'nonce-([^']+)'", response["Content-Security-Policy"])
    page = page_of(response)
    for script in page.all("script"):
        assert script.attrs["src"].startswith("/static/")
        assert script.attrs["nonce"] == nonce
        assert script.text == ""
    assert page.all("style") == []
    inline = {
        name for e in page.elements for name in e.attrs if name == "style" or name[:2] == "on"
    }
    assert inline == set()


def test_other_sites_are_told_nothing_and_our_own_forms_still_work(client):
    page = page_of(client.get(reverse(HELP)))
    # Under "no-referrer" a browser sends "Origin: null" with a form, which Django refuses.
    assert page.one("meta", name="referrer").attrs["content"] == "same-origin"
    assert page.one("meta", name="robots").attrs["content"] == "noindex, nofollow"
    loaded = [e for e in page.elements if e.tag in ("script", "link", "img")]
    addresses = [e.attrs.get("src") or e.attrs["href"] for e in loaded]
    assert all(address.startswith("/static/") for address in addresses)


def test_no_copy_of_a_page_stays_in_the_browser_s_storage(client):
    config = page_of(client.get(reverse(HELP))).one("meta", name="htmx-config").attrs["content"]
    assert '"historyCacheSize": 0' in config


def test_a_title_names_no_person(pair, ana, ana_client):
    rename_other(membership=get_membership_for(ana, pair.pk), name="Zebulon")
    response = ana_client.get(reverse("accounts:rename_other", args=[pair.pk]))
    title = page_of(response).one("title").text
    assert title.endswith("· Repair")
    assert "Zebulon" not in title


def test_keyboards_skip_to_the_page(client):
    page = page_of(client.get(reverse(HELP)))
    first = next(e for e in page.elements if e.tag in ("a", "button", "input"))
    assert first.attrs["href"] == "#main"
    assert page.one("main").attrs["id"] == "main"


@pytest.mark.parametrize("template", ["400.html", "500.html"])
def test_a_page_for_our_own_faults_needs_no_context(template, django_assert_num_queries):
    with django_assert_num_queries(0):
        page = Page(render_to_string(template))
    assert page.one("h1").text
    assert page.one("html").attrs["lang"] == "en"
