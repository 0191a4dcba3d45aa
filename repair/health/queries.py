"""What is up."""

from datetime import timedelta

from django.db import Error

from accounts.clock import database_now
from repair.health.models import Heartbeat

FRESH = {"worker": timedelta(seconds=10), "mail": timedelta(minutes=2)}
"""For how long a sign of life counts. With a mail server that hangs, one takes a minute and a half
until the worker gives it up (CELERY_TASK_TIME_LIMIT).
"""


def health() -> dict[str, bool]:
    """Which parts are up; that this is asked at all shows that the web is."""
    living = parts_that_live()
    parts = {name: name in (living or ()) for name in FRESH}
    return {"web": True, "database": living is not None, **parts}


def parts_that_live() -> set[str] | None:
    """Which parts of the worker lived just now, or nothing if the database does not answer."""
    try:
        now, beats = database_now(), Heartbeat.objects.values_list("name", "at")
        return {name for name, at in beats if name in FRESH and at > now - FRESH[name]}
    except Error:
        return None
