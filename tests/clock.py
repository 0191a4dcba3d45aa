"""The clocks of the tests: one stands still until a test moves it, and one runs."""

from datetime import UTC, datetime, timedelta

from accounts.clock import Read, database_now


class Clock:
    """An instant that only `move` and `go_to` change."""

    start = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)

    def __init__(self) -> None:
        self.at = self.start

    def move(self, **amount: float) -> datetime:
        """Go on by an amount, named as for `timedelta`: `clock.move(days=3, seconds=1)`."""
        self.at += timedelta(**amount)
        return self.at

    def go_to(self, instant: datetime) -> datetime:
        """Go to an aware instant."""
        self.at = instant.astimezone(UTC)
        return self.at


clock = Clock()


def now(_: Read | None = None) -> datetime:
    """What `REPAIR_CLOCK` names while a test uses the `clock` fixture."""
    return clock.at


def running(read: Read = database_now) -> datetime:
    """What `REPAIR_CLOCK` names in a test of a clock that runs: the database's, moved."""
    return read() + moved.by


class Moved:
    """By how much the running clock is moved."""

    by = timedelta()


moved = Moved()


def run_from(instant: datetime) -> None:
    """Let `running` go on from this aware instant."""
    moved.by = instant - database_now()
