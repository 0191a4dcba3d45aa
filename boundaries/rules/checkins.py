"""Check-ins: which of them are due to one person, before and after conversations (R24).

Which are due is derived from windows and instants each time that somebody looks; nothing is kept of
those that were not given, and nobody is reminded of them.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

from boundaries.rules.limits import Limits
from boundaries.rules.windows import TOOK_PLACE, State, Window, fits_hours, to_utc

SHORTEST_AHEAD, LONGEST_AHEAD, USUALLY_AHEAD = 1, 7, 3
"""Days before a conversation from which one before it is due; each chooses their own."""

ROUND_AHEAD = timedelta(days=LONGEST_AHEAD)
"""So long before a conversation it is looked, once for both, whether both leave room for more: when
nobody's check-in before it can have begun, whatever they chose (R12)."""

LEAST_AFTER = timedelta(hours=12)
MORNING = time(8)
"""One after a conversation begins on the next morning, and a night later at the least."""

AFTER_LASTS = timedelta(days=14)
AFTER_LASTS_AT_LEAST = timedelta(days=1)
"""With conversations so near that the next one's check-in has begun already, it still has a day."""

AFTER_MATTERS_FOR = AFTER_LASTS + timedelta(days=3)
"""Counted from when a conversation opens: longer ago, nothing is due after it, in whatever zone."""


class Kind(StrEnum):
    """Before a conversation, after one, or at any time by oneself."""

    BEFORE = "before"
    AFTER = "after"
    OWN = "own"


class Answer(StrEnum):
    """What somebody wants now. SAME does nothing, and neither does no answer."""

    GO_AHEAD = "go_ahead"
    SKIP = "skip"
    LESS = "less"
    PAUSE = "pause"
    SAME = "same"
    MORE = "more"


AFTERWARDS = (Answer.LESS, Answer.SAME, Answer.MORE)
ANSWERS: Mapping[Kind, tuple[Answer, ...]] = {
    Kind.BEFORE: (Answer.GO_AHEAD, Answer.SKIP, Answer.LESS, Answer.PAUSE),
    Kind.AFTER: AFTERWARDS,
    Kind.OWN: AFTERWARDS,
}
SAFE = (1, 2, 3, 4, 5)
"""How safe it was; what each means, in words, is in `boundaries.words`."""


@dataclass(frozen=True)
class Wishes:
    """What one person wants of the check-ins around conversations.

    days_ahead: from how long before a conversation on. zone: whose mornings count.
    """

    person: UUID
    days_ahead: int
    zone: str


@dataclass(frozen=True)
class Due:
    """A check-in that can be given now, until the instant `until` (not included)."""

    kind: Kind
    window: Window
    until: datetime


def due(
    wishes: Wishes,
    limits: Limits,
    windows: Collection[Window],
    given: Collection[tuple[Kind, UUID]],
    at: datetime,
) -> list[Due]:
    """The check-ins that this person can give at `at`, what ends first before the others.

    limits: their own. windows: those that are to come and those that took place lately, as pages
    list them: nothing of what the other person answered, allows or did is looked at. given: those
    that they gave already, by kind and window.
    """
    ordered = sorted(windows, key=lambda each: each.span)
    found = (*_before(wishes, limits, ordered, at), *_after(wishes, ordered, at))
    return sorted(
        (each for each in found if (each.kind, each.window.id) not in given),
        key=lambda each: each.until,
    )


def before_from(opens_at: datetime, days_ahead: int) -> datetime:
    """From when on the one before a conversation is due."""
    return opens_at - timedelta(days=days_ahead)


def after_from(closes_at: datetime, zone: str) -> datetime:
    """From when on the one after a conversation is due: the next morning in `zone`."""
    next_day = closes_at.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    return max(to_utc(datetime.combine(next_day, MORNING), zone), closes_at + LEAST_AFTER)


def after_until(begins: datetime, next_before: datetime | None) -> datetime:
    """Until when; `next_before` is when the one before the next conversation begins."""
    latest = begins + AFTER_LASTS
    if next_before is None:
        return latest
    return min(latest, max(next_before, begins + AFTER_LASTS_AT_LEAST))


def _before(
    wishes: Wishes, limits: Limits, windows: Iterable[Window], at: datetime
) -> Iterator[Due]:
    """Not for a conversation that they skip, or that their own hours forbid: it is decided."""
    for window in windows:
        opens_at = window.span.opens_at
        is_near = before_from(opens_at, wishes.days_ahead) <= at < opens_at
        is_decided = wishes.person in window.skipped or not fits_hours(window.span, limits)
        if window.state is State.PLANNED and is_near and not is_decided:
            yield Due(Kind.BEFORE, window, opens_at)


def _after(wishes: Wishes, windows: Collection[Window], at: datetime) -> Iterator[Due]:
    for window, following in pairwise([*windows, None]):
        if window is None or window.state not in TOOK_PLACE:
            continue
        begins = after_from(window.span.closes_at, wishes.zone)
        next_before = before_from(following.span.opens_at, wishes.days_ahead) if following else None
        until = after_until(begins, next_before)
        if begins <= at < until:
            yield Due(Kind.AFTER, window, until)
