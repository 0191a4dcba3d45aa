"""Doors: what either may leave open, privately, after a pair was parted (R16)."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID

TOLD_AFTER = timedelta(hours=72)
"""So long both must have been open before either is told.

Long enough to think again, and so that being told says nothing of when the other was here.
"""


def meet(opened_at: Mapping[UUID, datetime], persons: Collection[UUID], at: datetime) -> bool:
    """Whether at `at` all of `persons` have had their door open for TOLD_AFTER."""
    return all(person in opened_at and at >= opened_at[person] + TOLD_AFTER for person in persons)
