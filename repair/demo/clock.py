"""The clock of the demo: the database's, moved."""

from datetime import UTC, datetime
from typing import cast

from django.db import connection

OFFSET = "COALESCE((SELECT offset_seconds FROM demo_democlock WHERE id = 1), 0)"
POSTGRESQL = f"SELECT clock_timestamp() + make_interval(secs => {OFFSET})"
SQLITE = f"SELECT strftime('%Y-%m-%d %H:%M:%f', 'now', {OFFSET} || ' seconds')"


def now() -> datetime:
    """The present instant of the demo (aware, UTC), in one query, so that no move falls between."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRESQL)
            return cast(datetime, cursor.fetchone()[0]).astimezone(UTC)
        cursor.execute(SQLITE)
        return datetime.fromisoformat(cursor.fetchone()[0]).replace(tzinfo=UTC)
