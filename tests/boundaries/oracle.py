"""The rules told a second time, as dumbly as can be, to compare the rules with.

Nothing here calls a function of `boundaries.rules`; only its plain values are read. Days are looked
at one by one, and minutes one by one.
"""

import calendar
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from operator import attrgetter
from zoneinfo import ZoneInfo

from boundaries.rules.limits import Limits
from boundaries.rules.rhythm import MonthDay, NthWeekday, Rhythm, Weekly
from boundaries.rules.terms import Terms
from boundaries.rules.windows import Span

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def spans(terms: Terms, first: datetime, until: datetime) -> Iterator[Span]:
    """Every conversation of `terms` that opens from `first` to before `until`."""
    if terms.rhythm is None:
        return
    days = _days(terms.rhythm, first.date() - 2 * DAY, until.date() + 2 * DAY)
    opening = {instant(datetime.combine(day, terms.at), terms.zone) for day in days}
    for opens_at in sorted(opening):
        if first <= opens_at < until:
            yield Span(opens_at, opens_at + terms.minutes * MINUTE)


@lru_cache(maxsize=1_000)
def _days(rhythm: Rhythm, first: date, until: date) -> tuple[date, ...]:
    all_days = (first + n * DAY for n in range((until - first).days))
    return tuple(day for day in all_days if is_day_of(rhythm, day))


def is_day_of(rhythm: Rhythm, day: date) -> bool:
    """Whether the rhythm has this day."""
    if isinstance(rhythm, Weekly):
        weeks = (day - date(1970, 1, 5)).days // 7
        return weeks % rhythm.every == rhythm.phase and day.weekday() in rhythm.weekdays
    months = 12 * day.year + day.month - 1
    if months % rhythm.every != rhythm.phase:
        return False
    return any(_is(each, day) for each in rhythm.days)


def _is(each: NthWeekday | MonthDay, day: date) -> bool:
    _, length = calendar.monthrange(day.year, day.month)
    if isinstance(each, MonthDay):
        return day.day == (length if each.day == -1 else each.day)
    if day.weekday() != each.weekday:
        return False
    return day.day + 7 > length if each.nth == -1 else (day.day + 6) // 7 == each.nth


@lru_cache(maxsize=100_000)
def instant(local: datetime, zone: str) -> datetime:
    """The first instant at which a clock in `zone` shows `local`.

    If it never does, the instant at which it would if the clock had not been put forward yet.
    """
    here = ZoneInfo(zone)
    around = [local.replace(tzinfo=UTC) + hours * timedelta(hours=1) for hours in (-30, 30)]
    offsets = [one.astimezone(here).utcoffset() or timedelta() for one in around]
    candidates = sorted((local - offset).replace(tzinfo=UTC) for offset in offsets)
    shown = [one for one in candidates if one.astimezone(here).replace(tzinfo=None) == local]
    return shown[0] if shown else (local - offsets[0]).replace(tzinfo=UTC)


def in_hours(span: Span, limits: Limits) -> bool:
    """Whether a clock in the limits' zone shows an allowed hour at every minute of the span."""
    here, minute = ZoneInfo(limits.zone), span.opens_at
    while minute < span.closes_at:
        shown = minute.astimezone(here)
        if 24 * shown.weekday() + shown.hour not in limits.hours:
            return False
        minute += MINUTE
    return True


def day_in(moment: datetime, zone: str) -> date:
    """The day that a calendar in `zone` shows."""
    return moment.astimezone(ZoneInfo(zone)).date()


def amounts_within(terms: Terms, limits: Limits) -> bool:
    """Whether each amount is at most what the limits allow."""
    return (
        terms.minutes <= limits.minutes
        and terms.letters <= limits.letters
        and terms.letter_length <= limits.letter_length
        and limits.live >= terms.live
    )


def days_apart(terms: Terms, first: datetime, until: datetime) -> int:
    """The fewest days from one conversation to the next."""
    days = [day_in(span.opens_at, terms.zone) for span in spans(terms, first, until)]
    return min(((b - a).days for a, b in pairwise(days)), default=10_000)


def _lies_in_one_of(inner: Span, wide: list[Span]) -> bool:
    """Looks at those that open within two days before it; no conversation is longer."""
    end = bisect_right(wide, inner.opens_at, key=attrgetter("opens_at"))
    start = bisect_left(wide, inner.opens_at - 2 * DAY, key=attrgetter("opens_at"))
    return any(inner.closes_at <= span.closes_at for span in wide[start:end])


def allows_no_more(a: Terms, b: Terms, first: datetime, until: datetime) -> bool:
    """Whether all that `a` allows in this time, `b` allows."""
    if a.rhythm is None:
        return True
    wide = list(spans(b, first - DAY, until + DAY))
    inside = all(_lies_in_one_of(span, wide) for span in spans(a, first, until))
    amounts = a.letters <= b.letters and a.letter_length <= b.letter_length and b.live >= a.live
    return inside and amounts and a.ask_before_each >= b.ask_before_each
