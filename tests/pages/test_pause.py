"""Pause: on every page, one tap, no question (R13)."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actions import create_code, use_code
from boundaries.models import Pause
from tests import factories
from tests.pages import addresses
from tests.pages.visitor import ClientVisitor

# What a page says is decided alike on every database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

PARTS = (
    "boundaries:read_feed",
    "checkins:copy",
    "checkins:copy_reflections",
    "conversations:copy",
    "conversations:now",
    "conversations:stream",
)
SIGN_IN_PAGES = ("account_email", "account_change_password", "account_reauthenticate")


@pytest.fixture
def keys(past, ana_place, ben_place, trusted, supporting):
    return {
        "pair_id": past.window.pair_id,
        "letter_id": factories.letter(by=ana_place).pk,
        "envelope_id": past.to_ana.pk,
        "proposal_id": factories.propose(by=ben_place, minutes=60).pk,
        "window_id": past.window.pk,
        "check_in_id": factories.check_in(by=ana_place).pk,
        "reflection_id": factories.reflection(by=ana_place.person).pk,
        "time_apart_id": factories.suggest(by=ben_place).pk,
        "token": factories.feed(of=ana_place.person),
        "trusted_id": trusted.pk,
        "support_id": supporting.pk,
    }


def paths(keys):
    return {
        **{each.name: each.path(keys) for each in addresses.ours()},
        **{name: reverse(name) for name in SIGN_IN_PAGES},
        "not found": "/no-such-page/",
    }


def test_every_page_of_somebody_in_a_pair_carries_it(at_ana, pair, keys):
    seen = 0
    for name, path in paths(keys).items():
        at_ana.get(path)
        if at_ana.status == 405 or name in PARTS:
            continue  # not a page, or a part of one
        form, button = at_ana.page.button("Pause")
        inside = (
            "pair_id" in dict(at_ana.answer.resolver_match.kwargs) if name != "not found" else 0
        )
        wanted = "boundaries:pause" if inside else "boundaries:pause_all"
        assert button.action == reverse(wanted, args=[pair.pk] if inside else []), name
        assert form.names == {"csrfmiddlewaretoken"}, name
        seen += 1
    assert seen > 20


def test_it_is_on_the_page_that_refuses_an_old_form(ana, pair):
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(ana)
    answer = careful.post(reverse("conversations:write", args=[pair.pk]), {"body": "x"})
    assert answer.status_code == 403
    assert reverse("boundaries:pause_all") in answer.content.decode()


def test_it_is_on_a_form_that_came_back_and_on_a_preview(at_ana, agreement, pair):
    at_ana.open(reverse("boundaries:limits", args=[pair.pk]))
    at_ana.press("Save my limits", minutes="many")
    at_ana.press("Pause")
    assert "You have paused" in at_ana.text


def test_one_post_without_a_question(at_ana, ana, agreement):
    at_ana.open("/")
    at_ana.press("Pause")
    assert [status for _, status in at_ana.answer.redirect_chain] == [302]
    assert "You have paused" in at_ana.text
    assert "No conversation is scheduled." in at_ana.text
    assert Pause.objects.filter(person=ana, lifted_at=None).count() == 1


def test_twice_is_once(at_ana, agreement):
    at_ana.open("/")
    at_ana.press("Pause")
    first = at_ana.text
    at_ana.press("Pause")
    assert at_ana.text == first
    assert Pause.objects.count() == 1


def test_outside_a_pair_it_pauses_all_of_them(ana, pair, make_person):
    second = use_code(by=ana, code=create_code(by=make_person("dora"))).pair
    at_ana = ClientVisitor(ana)
    at_ana.open("/settings/")
    at_ana.press("Pause all")
    paused = Pause.objects.filter(person=ana).values_list("pair", flat=True)
    assert set(paused) == {pair.pk, second.pk}


def test_somebody_without_a_pair_has_nothing_to_pause(outsider):
    at_outsider = ClientVisitor(outsider)
    at_outsider.open("/")
    assert not any(b.text.startswith("Pause") for f in at_outsider.page.forms for b in f.buttons)


def test_lifting_says_that_it_begins_nothing(at_ana, at_ben, agreement):
    at_ana.open("/")
    at_ana.press("Pause")
    at_ana.press("Lift my pause")
    assert "Your pause is lifted. Nothing begins by itself." in at_ana.text
    assert "No conversation is scheduled." in at_ana.text
    at_ana.press("Pause")
    at_ana.open("/")
    assert "You have paused" in at_ana.text


def test_a_doubled_lift_is_one(at_ana, pair):
    at_ana.open("/")
    at_ana.press("Pause")
    for _ in range(2):
        at_ana.send(reverse("boundaries:lift", args=[pair.pk]))
        assert "You have paused" not in at_ana.text
    assert Pause.objects.filter(lifted_at=None).count() == 0
