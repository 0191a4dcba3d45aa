"""Rhythms against the examples of the standards whose subset they are.

The rules and dates are those of RFC 5545, sections 3.8.5.3 and 3.3.5. Those are left out which name
what no rhythm can: other frequencies than weekly and monthly, a week that begins on a Sunday where
that matters, the second last of something, days that are two things at once, and BYSETPOS. Where
one ends (COUNT, UNTIL) is for an agreement to say.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from itertools import islice

import pytest
from dateutil import rrule

from boundaries.rules import windows
from boundaries.rules.rhythm import MonthDay, Monthly, NthWeekday, Weekly
from boundaries.rules.windows import occurrences, to_utc
from tests import factories

pytestmark = pytest.mark.once  # no database at all

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
EVERY = (1, 2, 3, 4, 5)
NEW_YORK = "America/New_York"
SUMMER_TIMES = [
    (date(1997, 4, 6), date(1997, 10, 26)),
    (date(1998, 4, 5), date(1998, 10, 25)),
    (date(1999, 4, 4), date(1999, 10, 31)),
    (date(2007, 3, 11), date(2007, 11, 4)),
]
"""When New York had it, the last day not included: told here again, and not read from zone data."""


@dataclass(frozen=True)
class Example:
    """A rule, the day on which it starts, at nine in the morning, and the days that it names."""

    rule: str
    days: str
    """A line for each month: "1997-09: 2 9 16"."""

    @property
    def dates(self) -> list[date]:
        """All days, the first of which is where the rule starts."""
        lines = (line.split(": ") for line in self.days.split("; "))
        return [date.fromisoformat(f"{m}-{int(d):02}") for m, days in lines for d in days.split()]


EXAMPLES = [
    Example(
        "FREQ=WEEKLY;COUNT=10",
        "1997-09: 2 9 16 23 30; 1997-10: 7 14 21 28; 1997-11: 4",
    ),
    Example(
        "FREQ=WEEKLY;UNTIL=19971224T000000Z",
        "1997-09: 2 9 16 23 30; 1997-10: 7 14 21 28; 1997-11: 4 11 18 25; 1997-12: 2 9 16 23",
    ),
    Example(
        "FREQ=WEEKLY;INTERVAL=2;WKST=SU",
        "1997-09: 2 16 30; 1997-10: 14 28; 1997-11: 11 25; 1997-12: 9 23; 1998-01: 6 20; "
        "1998-02: 3 17",
    ),
    Example(
        "FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH",
        "1997-09: 2 4 9 11 16 18 23 25 30; 1997-10: 2",
    ),
    Example(
        "FREQ=WEEKLY;INTERVAL=2;UNTIL=19971224T000000Z;WKST=SU;BYDAY=MO,WE,FR",
        "1997-09: 1 3 5 15 17 19 29; 1997-10: 1 3 13 15 17 27 29 31; "
        "1997-11: 10 12 14 24 26 28; 1997-12: 8 10 12 22",
    ),
    Example(
        "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH",
        "1997-09: 2 4 16 18 30; 1997-10: 2 14 16",
    ),
    Example("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "1997-08: 5 10 19 24"),
    Example(
        "FREQ=MONTHLY;COUNT=10;BYDAY=1FR",
        "1997-09: 5; 1997-10: 3; 1997-11: 7; 1997-12: 5; 1998-01: 2; 1998-02: 6; 1998-03: 6; "
        "1998-04: 3; 1998-05: 1; 1998-06: 5",
    ),
    Example(
        "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU",
        "1997-09: 7 28; 1997-11: 2 30; 1998-01: 4 25; 1998-03: 1 29; 1998-05: 3 31",
    ),
    Example(
        "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15",
        "1997-09: 2 15; 1997-10: 2 15; 1997-11: 2 15; 1997-12: 2 15; 1998-01: 2 15",
    ),
    Example(
        "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1",
        "1997-09: 30; 1997-10: 1 31; 1997-11: 1 30; 1997-12: 1 31; 1998-01: 1 31; 1998-02: 1",
    ),
    Example(
        "FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15",
        "1997-09: 10 11 12 13 14 15; 1999-03: 10 11 12 13",
    ),
    Example(
        "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU",
        "1997-09: 2 9 16 23 30; 1997-11: 4 11 18 25; 1998-01: 6 13 20 27; 1998-03: 3 10 17 24 31",
    ),
    Example("FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", "2007-01: 15 30; 2007-02: 15; 2007-03: 15 30"),
]


def rhythm_of(example):
    """The rhythm that says what the rule says, counted from the day on which that starts."""
    parts = dict(part.split("=") for part in example.rule.split(";"))
    start, every = example.dates[0], int(parts.get("INTERVAL", 1))
    by_day = re.findall(r"(-?\d)?([A-Z]{2})", parts.get("BYDAY", ""))
    if parts["FREQ"] == "WEEKLY":
        on = {WEEKDAYS.index(name) for _, name in by_day} or {start.weekday()}
        weeks = (start - date(1970, 1, 5)).days // 7
        return Weekly(every, weeks % every, frozenset(on))
    days = {MonthDay(int(day)) for day in parts.get("BYMONTHDAY", "").split(",") if day}
    for nth, name in by_day:
        days |= {NthWeekday(n, WEEKDAYS.index(name)) for n in ([int(nth)] if nth else EVERY)}
    months = start.year * 12 + start.month - 1
    return Monthly(every, months % every, frozenset(days))


def at_nine(day):
    is_summer = any(first <= day < end for first, end in SUMMER_TIMES)
    return datetime.combine(day, time(13 if is_summer else 14), UTC)


def found(example):
    """As many instants as the example names, from a moment before it starts."""
    terms = factories.terms(rhythm=rhythm_of(example), at=time(9), zone=NEW_YORK)
    after = datetime.combine(example.dates[0], time(0), UTC)
    return [span.opens_at for span in islice(occurrences(terms, after=after), len(example.dates))]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.rule)
def test_a_rhythm_names_the_days_that_the_standard_names(example):
    assert found(example) == [at_nine(day) for day in example.dates]


def test_a_doubled_time_and_a_missing_one_are_what_the_standard_says():
    """RFC 5545, section 3.3.5: the first, and by the offset from before the gap."""
    doubled = datetime(2007, 11, 4, 1, 30)  # noqa: DTZ001 - a local time
    assert to_utc(doubled, NEW_YORK) == factories.utc(year=2007, month=11, day=4, hour=5, minute=30)
    missing = datetime(2007, 3, 11, 2, 30)  # noqa: DTZ001 - a local time
    assert to_utc(missing, NEW_YORK) == factories.utc(year=2007, month=3, day=11, hour=7, minute=30)


# --- Each of these bites ------------------------------------------------------------------------


def weeks_begin_on_sunday(patch):
    patch.setattr(windows.rrule, "MO", rrule.SU)


def the_phase_is_off_by_one(patch):
    real = windows._days

    def days(rhythm, first, at):
        return real(replace(rhythm, phase=(rhythm.phase + 1) % rhythm.every), first, at)

    patch.setattr(windows, "_days", days)


def the_last_is_the_fourth(patch):
    real = windows._monthly_rule

    def rule(start, every, day):
        is_last = isinstance(day, NthWeekday) and day.nth == -1
        return real(start, every, NthWeekday(4, day.weekday) if is_last else day)

    patch.setattr(windows, "_monthly_rule", rule)


def a_missing_day_is_the_last_of_its_month(patch):
    real = windows._monthly_rule

    def rule(start, every, day):
        is_late = isinstance(day, MonthDay) and day.day > 28
        return real(start, every, MonthDay(-1) if is_late else day)

    patch.setattr(windows, "_monthly_rule", rule)


def the_offset_is_that_of_the_first_day(patch):
    first = to_utc(datetime(1997, 9, 2, 9), NEW_YORK)  # noqa: DTZ001 - a local time
    offset = datetime(1997, 9, 2, 9) - first.replace(tzinfo=None)  # noqa: DTZ001
    patch.setattr(windows, "to_utc", lambda local, _: local.replace(tzinfo=UTC) - offset)


@pytest.mark.parametrize(
    "broken",
    [
        weeks_begin_on_sunday,
        the_phase_is_off_by_one,
        the_last_is_the_fourth,
        a_missing_day_is_the_last_of_its_month,
        the_offset_is_that_of_the_first_day,
    ],
)
def test_an_expansion_that_is_broken_is_caught_by_an_example(broken, monkeypatch):
    broken(monkeypatch)
    assert any(found(each) != [at_nine(day) for day in each.dates] for each in EXAMPLES)
