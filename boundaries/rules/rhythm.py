"""Rhythms: on which days conversations may fall, with the meet of two of them.

A rhythm is a subset of RFC 5545's RRULE (FREQ=WEEKLY or MONTHLY, INTERVAL, BYDAY, BYMONTHDAY).
INTERVAL counts
from a fixed origin and not from a first date, so that a rhythm is a plain set of days: `every=2,
phase=1` is every second week (or month), those whose index since the origin is odd. That makes "is
every day of `a` a day of `b`" and "which days do both have" questions about remainders and sets.
"""

from dataclasses import dataclass
from datetime import date
from math import gcd, lcm
from typing import NamedTuple

LAST = -1
ALL_WEEKDAYS = frozenset(range(7))
FIRST_MONDAY = date(1970, 1, 5).toordinal()
SHORTEST_MONTH_DAYS = 28


class NthWeekday(NamedTuple):
    """The nth (1 to 5, or -1 for the last) of a weekday (0 is Monday) in a month.

    A month without it is skipped.
    """

    nth: int
    weekday: int


class MonthDay(NamedTuple):
    """A day of the month (1 to 31, or -1 for the last). A month without it is skipped."""

    day: int


Day = NthWeekday | MonthDay


def week_index(day: date) -> int:
    """Weeks, Monday to Sunday, since the one that began on 5 January 1970."""
    return (day.toordinal() - FIRST_MONDAY) // 7


def month_index(day: date) -> int:
    """Months since January of the year 0."""
    return day.year * 12 + day.month - 1


@dataclass(frozen=True)
class Weekly:
    """On `weekdays` of every week whose index, divided by `every`, leaves the remainder `phase`."""

    every: int
    phase: int
    weekdays: frozenset[int]

    def __post_init__(self) -> None:
        _check_phase(self.every, self.phase)
        if not self.weekdays or not self.weekdays <= ALL_WEEKDAYS:
            raise ValueError("weekdays are some of 0 (Monday) to 6 (Sunday)")


@dataclass(frozen=True)
class Monthly:
    """On `days` of every month whose index, divided by `every`, leaves the remainder `phase`."""

    every: int
    phase: int
    days: frozenset[Day]

    def __post_init__(self) -> None:
        _check_phase(self.every, self.phase)
        if not self.days or not all(_is_day(day) for day in self.days):
            raise ValueError(
                "days are some of: nth weekday, last weekday, day of the month, last day"
            )


Rhythm = Weekly | Monthly


def _check_phase(every: int, phase: int) -> None:
    if every < 1 or not 0 <= phase < every:
        raise ValueError("every is at least 1, and phase is from 0 to every - 1")


def _is_day(day: Day) -> bool:
    if isinstance(day, NthWeekday):
        return day.nth in (LAST, 1, 2, 3, 4, 5) and day.weekday in ALL_WEEKDAYS
    return day.day == LAST or 1 <= day.day <= 31


def meet(a: Rhythm, b: Rhythm) -> Rhythm | None:
    """The days that both have, or None where there are none or it cannot be told.

    Coarser than the truth in two places, both towards less contact: two days of the month are the
    same only if they are written alike (the last Saturday is sometimes the fourth), and a monthly
    rhythm is compared with a weekly one only if that has every week.
    """
    if isinstance(a, Weekly):
        return _meet_of_weeks(a, b) if isinstance(b, Weekly) else _meet_across(a, b)
    return _meet_across(b, a) if isinstance(b, Weekly) else _meet_of_months(a, b)


def _meet_of_weeks(a: Weekly, b: Weekly) -> Weekly | None:
    common, weekdays = _common_phase(a, b), a.weekdays & b.weekdays
    return Weekly(*common, weekdays) if common and weekdays else None


def _meet_of_months(a: Monthly, b: Monthly) -> Monthly | None:
    common, days = _common_phase(a, b), a.days & b.days
    return Monthly(*common, days) if common and days else None


def _meet_across(weekly: Weekly, monthly: Monthly) -> Monthly | None:
    if weekly.every > 1:
        return None
    days = frozenset(day for day in monthly.days if _falls_on(day, weekly.weekdays))
    return Monthly(monthly.every, monthly.phase, days) if days else None


def _falls_on(day: Day, weekdays: frozenset[int]) -> bool:
    """Whether `day` is one of these weekdays in every month."""
    if isinstance(day, NthWeekday):
        return day.weekday in weekdays
    return weekdays == ALL_WEEKDAYS


def _common_phase(a: Rhythm, b: Rhythm) -> tuple[int, int] | None:
    """(every, phase) of the indices that both have: the Chinese remainder theorem."""
    if (b.phase - a.phase) % gcd(a.every, b.every):
        return None
    every = lcm(a.every, b.every)
    phase = next(p for p in range(a.phase, every, a.every) if p % b.every == b.phase)
    return every, phase


def shortest_gap(rhythm: Rhythm) -> int:
    """Days between two neighbouring days of the rhythm at the least; never more than the truth."""
    match rhythm:
        case Weekly(every, _, weekdays):
            first, *others = sorted(weekdays)
            steps = zip([first, *others], [*others, first + 7 * every], strict=True)
            return min(after - before for before, after in steps)
        case Monthly(every, _, days):
            return SHORTEST_MONTH_DAYS * every if len(days) == 1 else _gap_of_weekdays(days)


def _gap_of_weekdays(days: frozenset[Day]) -> int:
    """Days between neighbours among several days of the month at the least.

    They are some of the days of a weekly rhythm on the same weekdays, so they lie no closer than
    its days do. It must not be less: lesser terms than those that keep a distance keep it too.
    """
    weekdays = [day.weekday for day in days if isinstance(day, NthWeekday)]
    if len(weekdays) < len(days):
        return 1
    return shortest_gap(Weekly(every=1, phase=0, weekdays=frozenset(weekdays)))


def thin(rhythm: Rhythm, days: int) -> Rhythm:
    """The rhythm if `days` lie between its days at the least, else a rarer part of it."""
    if shortest_gap(rhythm) >= days:
        return rhythm
    unit = 7 if isinstance(rhythm, Weekly) else SHORTEST_MONTH_DAYS
    times = max(1, -(-days // (unit * rhythm.every)))
    every = rhythm.every * times
    match rhythm:
        case Weekly(_, phase, weekdays):
            return Weekly(every, phase, frozenset({min(weekdays)}))
        case Monthly(_, phase, month_days):
            return Monthly(every, phase, frozenset({min(month_days)}))
