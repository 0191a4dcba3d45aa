"""Showing that one lives."""

from accounts.clock import database_now
from repair.health.models import Heartbeat

WORKER = "worker"


def beat() -> None:
    """Note that the worker lives. Real time, also in the demo: a moved clock proves nothing."""
    Heartbeat.objects.update_or_create(name=WORKER, defaults={"at": database_now()})
