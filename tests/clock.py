"""The clock of the tests: it stands still until a test moves it."""

from datetime import UTC, datetime, timedelta


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


def now() -> datetime:
    """What `REPAIR_CLOCK` names while a test uses the `clock` fixture."""
    return clock.at
