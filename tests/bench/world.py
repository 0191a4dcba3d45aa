"""Couples in the database, and people who are signed in, without a thousand sign-ins."""

from collections.abc import Sequence
from datetime import datetime
from importlib import import_module
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from accounts import clock
from accounts.models import Membership, Pair, Person
from boundaries.models import Window
from boundaries.rules.windows import State
from conversations import actions, live
from tests import factories
from tests.bench import client

LETTER = "These are the words of a letter. " * 60
"""About two thousand characters, a page."""


def whole_minute(at: datetime) -> datetime:
    """The last one: conversations open at whole minutes."""
    return at.replace(second=0, microsecond=0)


def due(*, count: int, opens_at: datetime) -> list[Pair]:
    """Pairs with a held letter from each, whose conversation opens then."""
    return factories.many(count=count, opens_at=opens_at, letters=1, body=LETTER)


def in_conversation(*, count: int) -> list[Window]:
    """The conversations of so many pairs, opened as a worker opens them."""
    pairs = due(count=count, opens_at=whole_minute(clock.now()))
    actions.sweep()
    windows = Window.objects.filter(pair__in=pairs, state=State.OPEN)
    assert len(windows) == count, "not every conversation opened"
    return list(windows)


def couples(windows: Sequence[Window]) -> list[tuple[client.Person, client.Person]]:
    """For each conversation the two people in it, as the client knows them.

    Their streams are asked for as by the page of a conversation in which nothing was said yet.
    """
    found: dict[UUID, list[client.Person]] = {}
    of_pair, now = {window.pair_id: window for window in windows}, clock.now()
    places = Membership.objects.filter(pair__in=of_pair).select_related("person")
    for place in places.order_by("pair", "seat"):
        window = of_pair[place.pair_id]
        page = f"/pairs/{place.pair_id}/conversations/{window.pk}/"
        shown = urlencode({"after": 0, "seen": live.seen(window, now)})
        session = session_of(place.person)
        person = client.Person(f"{page}stream/?{shown}", f"{page}say/", session)
        found.setdefault(place.pair_id, []).append(person)
    return [(one, other) for one, other in found.values()]


def session_of(person: Person) -> str:
    """The key of a session in which the person is signed in, as signing in makes it."""
    store: Any = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(person.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = person.get_session_auth_hash()
    store.create()
    return str(store.session_key)
