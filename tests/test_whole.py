"""A request that was cut off under WSGI: nothing of it is done."""

from io import BytesIO
from uuid import uuid4

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_started
from django.db import close_old_connections
from django.urls import reverse

from conversations.models import Letter
from repair.whole import Whole

pytestmark = [pytest.mark.django_db, pytest.mark.once]

WORDS = "Dear you. " * 1000


@pytest.fixture
def handler(settings):
    """Django's own, in the transaction of a test."""
    settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if "Csrf" not in each]
    request_started.disconnect(close_old_connections)
    yield WSGIHandler()
    request_started.connect(close_old_connections)


@pytest.fixture
def post(ana_client, ana_place, rf):
    """Posts so much of a letter's form to an application as a browser would."""

    def send(application, *, missing: int) -> None:
        form = {"key": uuid4(), "version": 0, "draft": 1, "body": WORDS}
        request = rf.post(reverse("conversations:write", args=[ana_place.pair_id]), form)
        body = request.body
        cookies = ana_client.cookies.output(attrs=[], header="", sep=";")
        environ = request.environ | {"HTTP_COOKIE": cookies.strip()}
        environ["wsgi.input"] = BytesIO(body[: len(body) - missing])
        list(application(environ, lambda status, headers: None))

    return send


def test_a_whole_request_is_read_as_ever(post, handler):
    post(Whole(handler), missing=0)
    assert Letter.objects.get().body == WORDS


@pytest.mark.parametrize("missing", [1, 2000, 9000])
def test_of_a_request_that_was_cut_off_nothing_is_kept(post, handler, missing):
    post(Whole(handler), missing=missing)
    assert not Letter.objects.exists()


def test_without_it_half_a_letter_would_be_taken_for_all_of_it(post, handler):
    post(handler, missing=2000)
    assert 0 < len(Letter.objects.get().body) < len(WORDS)
