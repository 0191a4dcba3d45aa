"""What a supporter may do, and for how long: values and instants alone, no database here (R25)."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

MOST_AT_ONCE = 5
"""So many supports of one person can be open, those whose code waits among them."""

LONGEST_DAYS = 366
"""So many days ahead may the last day be at the most; it can be renewed at any time."""

LONGEST = timedelta(days=LONGEST_DAYS + 2)
"""The same for the database, which counts from an instant to the end of that day."""


class Scope(StrEnum):
    """One thing that a supporter may do; none of them adds contact."""

    CALENDAR = "calendar"
    CHECK_INS = "check_ins"
    REFLECTIONS = "reflections"
    PAUSE = "pause"


FIELDS = {
    Scope.CALENDAR: "sees_calendar",
    Scope.CHECK_INS: "sees_check_ins",
    Scope.REFLECTIONS: "sees_reflections",
    Scope.PAUSE: "may_pause",
}
"""The field of a support that says whether it is allowed."""

IN_WORDS = {
    "sees_calendar": _("See when my conversations are"),
    "sees_check_ins": _("Read the check-ins that I give from now on"),
    "sees_reflections": _("Read those of my reflections that I mark"),
    "may_pause": _("Pause for me"),
}
"""Each as the person reads it who allows it."""


class What(StrEnum):
    """What stands in a person's log: that a code was used, each page opened, and each pause."""

    BEGAN = "began"
    PAGE = "page"
    CALENDAR = "calendar"
    CHECK_INS = "check_ins"
    REFLECTIONS = "reflections"
    PAUSE = "pause"


TOLD = {
    What.BEGAN: _("Used your code"),
    What.PAGE: _("Read what you ask of them"),
    What.CALENDAR: _("Looked at when your conversations are"),
    What.CHECK_INS: _("Read your check-ins"),
    What.REFLECTIONS: _("Read the reflections that you marked"),
    What.PAUSE: _("Paused for you"),
}
"""Each in words, for that person."""


TOLD_AT_ONCE = (What.BEGAN, What.PAUSE)
"""Of these the person is told on their first page, too, until they let the line go."""


def end_of(day: date, zone: str) -> datetime:
    """The instant at which a day is over in a zone."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))


def last_day_of(ends_at: datetime, zone: str) -> date:
    """The last whole or begun day before an instant, in a zone."""
    return (ends_at - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date()


def first_and_last(at: datetime, zone: str) -> tuple[date, date]:
    """Between which days the last day of a support may be chosen at `at`, both included."""
    today = at.astimezone(ZoneInfo(zone)).date()
    return today, today + timedelta(days=LONGEST_DAYS)
