"""The clock of the demo: the database's, moved."""

from datetime import datetime, timedelta

from accounts.clock import Read
from repair.demo.models import DemoClock


def now(read: Read) -> datetime:
    """The present instant of the demo (aware, UTC).

    By how much it is moved is read last: a move that falls between the two counts already.
    """
    present = read()
    return present + timedelta(seconds=DemoClock.seconds())
