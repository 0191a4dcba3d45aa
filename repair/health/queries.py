"""What is up."""

from datetime import timedelta

from django.db import Error

from accounts.clock import database_now
from repair.health.models import Heartbeat

FRESH = timedelta(seconds=10)


def health() -> dict[str, bool]:
    """Which parts are up; that this is asked at all shows that the web is."""
    worker = last_beat_is_fresh()
    return {"web": True, "database": worker is not None, "worker": bool(worker)}


def last_beat_is_fresh() -> bool | None:
    """Whether the worker lived just now, or nothing if the database does not answer."""
    try:
        return Heartbeat.objects.filter(name="worker", at__gt=database_now() - FRESH).exists()
    except Error:
        return None
