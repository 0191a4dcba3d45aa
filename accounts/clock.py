"""The one clock that rules read.

Rules and actions never ask the machine for the time. A web process, a worker and a database on
three machines disagree by seconds, and at the edge of a window a second decides whether somebody
is written to. All of them agree on the database's clock, so that is the one that counts.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import cast

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

Clock = Callable[[], datetime]


def now() -> datetime:
    """Return the present instant (aware, UTC) of the clock that `REPAIR_CLOCK` names."""
    return _clock(settings.REPAIR_CLOCK)()


def database_now() -> datetime:
    """Return the database's own present instant (aware, UTC), also within a transaction.

    PostgreSQL's `now()` stands still from the start of the transaction, which may be long before
    its locks were granted. `clock_timestamp()` goes on.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT clock_timestamp()")
            return cast(datetime, cursor.fetchone()[0]).astimezone(UTC)
        cursor.execute("SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')")
        return datetime.fromisoformat(cursor.fetchone()[0]).replace(tzinfo=UTC)


@lru_cache(maxsize=8)
def _clock(dotted_path: str) -> Clock:
    """Return the function at the path. Kept by path, so that a changed setting counts at once."""
    return cast(Clock, import_string(dotted_path))
