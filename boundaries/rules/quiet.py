"""Quiet hours: when no notice goes to somebody (R28), by the clock on their own wall."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from boundaries.rules.windows import to_utc

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class QuietHours:
    """From `begins`, included, to `ends`, not included, each day in the local time of `zone`.

    Over midnight if they end earlier than they begin; none if both are the same. Both are whole
    minutes.

    What counts is the time that the clock shows: in an hour that occurs twice it is quiet twice,
    or not at all, and one that does not occur makes no difference.
    """

    begins: time
    ends: time
    zone: str


def is_quiet(quiet: QuietHours, at: datetime) -> bool:
    """Whether the instant `at` (aware) lies within them."""
    local = at.astimezone(ZoneInfo(quiet.zone)).time()
    if quiet.begins <= quiet.ends:
        return quiet.begins <= local < quiet.ends
    return local >= quiet.begins or local < quiet.ends


def quiet_until(quiet: QuietHours, at: datetime) -> datetime | None:
    """The first instant from `at` on that is not quiet, in UTC; None if `at` is not.

    Looked for minute by minute, a day of them at the most: so no change of the clocks needs a
    thought.
    """
    if not is_quiet(quiet, at):
        return None
    minute = at.astimezone(UTC).replace(second=0, microsecond=0)
    while is_quiet(quiet, minute):
        minute += MINUTE
    return minute


def next_morning(quiet: QuietHours, at: datetime) -> datetime:
    """The first instant after `at`, in UTC, at which their clock shows the end of quiet hours.

    What somebody else did is told of from then on: who gets a mail the moment that the other did
    something knows that they are there now (R22). A time that does not exist is shifted as that of
    a conversation is (`windows.to_utc`).
    """
    day = at.astimezone(ZoneInfo(quiet.zone)).date()
    while True:
        morning = to_utc(datetime.combine(day, quiet.ends), quiet.zone)
        if morning > at:
            return morning
        day += timedelta(days=1)
