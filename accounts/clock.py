"""The one clock that rules read.

Rules and actions never ask the machine for the time. A web process, a worker and a database on
three machines disagree by seconds, and at the edge of a window a second decides whether somebody
is written to. All of them agree on the database's clock, so that is the one that counts.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, cast

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

Read = Callable[[], datetime]
"""How a clock comes to know the database's own present instant (aware, UTC), if it wants to."""

Clock = Callable[[Read], datetime]

OF_THE_DATABASE = {
    "postgresql": "clock_timestamp()",
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f', 'now')".replace("%", "%%"),
}
"""The database's own present instant in SQL, for a statement with parameters.

PostgreSQL's `now()` stands still from the start of the transaction, which may be long before its
locks were granted. `clock_timestamp()` goes on.
"""


def now() -> datetime:
    """Return the present instant (aware, UTC) of the clock that `REPAIR_CLOCK` names."""
    return now_by(database_now)


def now_by(read: Read) -> datetime:
    """The same by a reading of the database's clock: where a statement has brought one along."""
    return _clock(settings.REPAIR_CLOCK)(read)


def as_it_is(read: Read) -> datetime:
    """The clock of everybody but demo and tests: the database's own."""
    return read()


def database_now() -> datetime:
    """Return the database's own present instant (aware, UTC), also within a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {OF_THE_DATABASE[connection.vendor]}", ())
        return instant_of(cursor.fetchone()[0])


def instant_of(value: Any) -> datetime:
    """What the database answered to `OF_THE_DATABASE`, as an aware instant in UTC."""
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return datetime.fromisoformat(value).replace(tzinfo=UTC)


@lru_cache(maxsize=8)
def _clock(dotted_path: str) -> Clock:
    """Return the function at the path. Kept by path, so that a changed setting counts at once."""
    return cast(Clock, import_string(dotted_path))
