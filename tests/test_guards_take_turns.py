"""Two who write round the rules at the same moment: a guard asks of one after the other."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from boundaries import guards
from boundaries.models import Window
from tests.beginnings import plan

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

APART = tuple(guard for guard in guards.ALL if guard.name == "windows_apart_insert")
INSERT = """INSERT INTO boundaries_window SELECT (jsonb_populate_record(w, jsonb_build_object(
    'id', %s::text, 'opens_at', %s::text, 'closes_at', %s::text))).*
    FROM boundaries_window w WHERE id = %s"""


@contextmanager
def somebody_else() -> Iterator[BaseDatabaseWrapper]:
    """A connection of its own, which waits for nothing."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
        yield other
    finally:
        other.close()


def insert(window: Window, through: BaseDatabaseWrapper, *, later: timedelta) -> None:
    instants = [str(each + later) for each in (window.opens_at, window.closes_at)]
    with through.cursor() as cursor:
        cursor.execute(INSERT, [str(uuid4()), *instants, window.pk])


@pytest.fixture
def planned(begun_alone) -> Window:
    """A conversation to come; a day after it there is none."""
    plan(begun_alone)
    return Window.objects.order_by("opens_at")[0]


def test_a_second_window_waits_for_the_first_and_is_then_refused(planned):
    a_day = timedelta(days=1)
    with somebody_else() as other:
        with transaction.atomic():
            insert(planned, connection, later=a_day)
            with pytest.raises(OperationalError, match="lock timeout"):
                insert(planned, other, later=a_day + timedelta(minutes=1))
        with pytest.raises(IntegrityError, match="refused by windows_apart_insert"):
            insert(planned, other, later=a_day + timedelta(minutes=1))


def test_without_turns_both_would_be_there(planned):
    guards.install(connection, tuple(each._replace(turns=False) for each in APART))
    try:
        a_day = timedelta(days=1)
        with somebody_else() as other, transaction.atomic():
            insert(planned, connection, later=a_day)
            insert(planned, other, later=a_day + timedelta(minutes=1))
        assert Window.objects.filter(opens_at__gte=planned.opens_at + a_day).count() >= 2
    finally:
        guards.install(connection, APART)
