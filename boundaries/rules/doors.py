"""Doors: what either may leave open, privately, after a pair was parted (R16)."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

OPEN_FOR = timedelta(hours=72)
"""So long both must have been open before either is told: time to think again."""

MONDAY = 0


def meet(opened_at: Mapping[UUID, datetime], persons: Collection[UUID], at: datetime) -> bool:
    """Whether at `at` all of `persons` may know that all their doors are open."""
    return all(person in opened_at for person in persons) and at >= told_from(opened_at.values())


def told_from(opened_at: Collection[datetime]) -> datetime:
    """From when both are told: the first Monday, 00:00 UTC, after all were open for OPEN_FOR.

    Not at the end of these hours to the second: who keeps looking would read from it when the other
    was here (R22).
    """
    ripe = max(opened_at) + OPEN_FOR
    midnight = datetime.combine(ripe.astimezone(UTC), time(0, 0), tzinfo=UTC)
    monday = midnight + timedelta(days=(MONDAY - midnight.weekday()) % 7)
    return monday if monday >= ripe else monday + timedelta(days=7)
