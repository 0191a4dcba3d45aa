"""What no longer counts is deleted by the worker."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.actions import TRIES_WITHIN, forget_old
from accounts.models import CodeAttempt
from repair.tasks import sweep
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def attempt(ana, clock):
    return CodeAttempt.objects.create(person=ana, at=clock.at)


def test_a_failed_try_is_kept_for_an_hour_and_not_longer(attempt, clock):
    clock.move(seconds=TRIES_WITHIN.total_seconds() - 1)
    forget_old()
    assert CodeAttempt.objects.exists()
    clock.move(seconds=1)
    forget_old()
    assert not CodeAttempt.objects.exists()


def test_a_session_is_deleted_once_it_has_expired(ana_client):
    forget_old()
    assert Session.objects.count() == 1
    Session.objects.update(expire_date=timezone.now())
    forget_old()
    assert not Session.objects.exists()


def test_the_sweep_does_it(ana_client, attempt, clock):
    clock.move(seconds=TRIES_WITHIN.total_seconds())
    Session.objects.update(expire_date=timezone.now())
    sweep()
    assert not CodeAttempt.objects.exists()
    assert not Session.objects.exists()


def test_it_is_two_statements_in_every_sweep(attempt, clock, django_assert_num_queries):
    with django_assert_num_queries(2):
        forget_old()


@pytest.mark.parametrize("remember", [{}, {"remember": "on"}])
def test_a_session_lasts_seven_days(client, ana, remember):
    client.post("/account/login/", {"login": ana.email, "password": PASSWORD, **remember})
    left = Session.objects.get().expire_date - timezone.now()
    assert timedelta(days=7) - timedelta(minutes=1) < left <= timedelta(days=7)
    assert timedelta(days=7).total_seconds() == settings.SESSION_COOKIE_AGE
