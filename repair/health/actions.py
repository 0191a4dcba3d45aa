"""Showing that one lives."""

from accounts.clock import database_now
from repair.health.models import Heartbeat

WORKER, MAIL = "worker", "mail"


def beat() -> None:
    """Note that the worker lives. Real time, also in the demo: a moved clock proves nothing."""
    _beat(WORKER)


def beat_for_mail() -> None:
    """Note that a worker takes care of mails."""
    _beat(MAIL)


def forget_beats() -> None:
    """Note that nothing lives, before what follows is started: an earlier worker's last sign of
    life would else be taken for its own.
    """
    Heartbeat.objects.all().delete()


def _beat(name: str) -> None:
    Heartbeat.objects.update_or_create(name=name, defaults={"at": database_now()})
