"""Moving the demo's clock."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from accounts.clock import database_now
from repair.demo.models import DemoClock


def move(*, by: timedelta) -> None:
    """Go on by an amount."""
    with transaction.atomic():
        DemoClock.objects.get_or_create(id=1)
        DemoClock.objects.update(offset_seconds=F("offset_seconds") + int(by.total_seconds()))


def go_to(*, instant: datetime) -> None:
    """Go to an instant, whichever it is."""
    _be_off_by(int((instant - database_now()).total_seconds()))


def go_to_the_present() -> None:
    """Go back to the real time."""
    _be_off_by(0)


def _be_off_by(seconds: int) -> None:
    DemoClock.objects.update_or_create(id=1, defaults={"offset_seconds": seconds})
