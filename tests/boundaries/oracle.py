"""The rules told a second time, as dumbly as can be, to compare the rules with.

Nothing here calls a function of `boundaries.rules`; only its plain values are read. Days are looked
at one by one, and minutes one by one.
"""

import calendar
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
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
    day = first.date() - 2 * DAY
    while day <= until.date() + 2 * DAY:
        if is_day_of(terms.rhythm, day):
            opens_at = instant(datetime.combine(day, terms.at), terms.zone)
            if first <= opens_at < until:
                yield Span(opens_at, opens_at + terms.minutes * MINUTE)
        day += DAY


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
    return min(((b - a).days for a, b in zip(days, days[1:], strict=False)), default=10_000)


def allows_no_more(a: Terms, b: Terms, first: datetime, until: datetime) -> bool:
    """Whether all that `a` allows in this time, `b` allows."""
    if a.rhythm is None:
        return True
    wide = list(spans(b, first - DAY, until + DAY))
    inside = all(
        any(w.opens_at <= s.opens_at and s.closes_at <= w.closes_at for w in wide)
        for s in spans(a, first, until)
    )
    amounts = a.letters <= b.letters and a.letter_length <= b.letter_length and b.live >= a.live
    return inside and amounts and a.ask_before_each >= b.ask_before_each
