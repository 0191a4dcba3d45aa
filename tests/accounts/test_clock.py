"""The one clock."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from accounts import clock as accounts_clock
from accounts.clock import Read

SPEND_SOME_TIME = """
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)
    SELECT count(*) FROM n
"""
FIXED = datetime(2030, 1, 1, tzinfo=UTC)


def fixed(_: Read) -> datetime:
    return FIXED


def test_now_asks_the_clock_that_the_setting_names(settings):
    settings.REPAIR_CLOCK = f"{__name__}.fixed"
    assert accounts_clock.now() == FIXED


def test_a_changed_setting_counts_at_once(settings, clock):
    settings.REPAIR_CLOCK = f"{__name__}.fixed"
    accounts_clock.now()
    settings.REPAIR_CLOCK = "tests.clock.now"
    assert accounts_clock.now() == clock.at


@pytest.mark.django_db
def test_the_database_clock_is_aware_and_close_to_this_machines():
    instant = accounts_clock.database_now()
    assert instant.tzinfo is UTC
    assert abs(datetime.now(UTC) - instant) < timedelta(minutes=5)


@pytest.mark.django_db(transaction=True)
def test_the_database_clock_goes_on_within_a_transaction():
    with transaction.atomic():
        first = accounts_clock.database_now()
        with connection.cursor() as cursor:
            spend = "SELECT count(*) FROM n"
            rows = (
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)"
            )
            cursor.execute(f"{rows} {spend}")
        assert accounts_clock.database_now() > first
