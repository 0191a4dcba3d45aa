"""When a letter is to be read again by its writer before it goes, and when that was done."""

from datetime import datetime, timedelta


def counts(read_at: datetime | None, opens_at: datetime, ahead: timedelta) -> bool:
    """Whether a reading at `read_at` is one for the conversation that opens at `opens_at`.

    ahead: how long before it the writer wants to be asked. What was read earlier was read for
    another conversation, that did not take the letter.
    """
    return read_at is not None and read_at >= opens_at - ahead


def asked(read_at: datetime | None, opens_at: datetime, ahead: timedelta, at: datetime) -> bool:
    """Whether its writer is asked at `at`: from `ahead` before the opening on, until they did."""
    return at >= opens_at - ahead and not counts(read_at, opens_at, ahead)
