"""The small domain: few terms, few limits, and instants as minutes.

Everything is weekly and in UTC, so that a whole week later all is as it was; see `quotient`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from functools import cache
from itertools import combinations_with_replacement
from uuid import UUID

from boundaries.rules.limits import HOURS_OF_THE_WEEK, NOTHING_YET, Limits, cut
from boundaries.rules.rhythm import Weekly
from boundaries.rules.terms import NO_CONTACT, Terms

PERSONS = (UUID(int=1), UUID(int=2))
NAMES = ("Ana", "Ben")

MONDAY = datetime(2026, 11, 2, tzinfo=UTC)
"""Minute 0. Zones and daylight saving are the windows' own tests' business."""

MINUTE = timedelta(minutes=1)
HOUR, DAY, WEEK = 60, 24 * 60, 7 * 24 * 60
START = 12 * HOUR
NEVER = -1_000_000_000
"""An instant that is not there. No None, so that states can be compared."""

TUESDAY, SATURDAY = 1, 5


@cache
def instant(minute: int) -> datetime:
    """The instant of a minute."""
    return MONDAY + minute * MINUTE


def maybe_instant(minute: int) -> datetime | None:
    """The instant of a minute, None for NEVER."""
    return None if minute == NEVER else instant(minute)


@cache
def minute_of(moment: datetime) -> int:
    """The minute of an instant."""
    return int((moment - MONDAY) / MINUTE)


def weekly(*weekdays: int) -> Weekly:
    """On these days of every week."""
    return Weekly(1, 0, frozenset(weekdays))


LESS = Terms(
    rhythm=weekly(SATURDAY),
    at=time(18, 0),
    zone="UTC",
    minutes=30,
    letters=1,
    letter_length=1000,
    live=False,
    ask_before_each=False,
)
MORE = replace(
    LESS, rhythm=weekly(TUESDAY, SATURDAY), minutes=60, letters=2, letter_length=2000, live=True
)
OTHER = replace(LESS, minutes=90, letters=0, letter_length=0, live=True)
"""On the same days, so that its windows meet theirs, but neither more nor less than the others."""

NOTHING = NOTHING_YET
MIDDLE = Limits(
    days_between=7,
    minutes=30,
    letters=1,
    letter_length=1000,
    live=False,
    hours=HOURS_OF_THE_WEEK,
    zone="UTC",
    ask_before_each=True,
    cooling_off=timedelta(hours=120),
    rest=timedelta(days=60),
)
"""LESS and nothing above it; more time to think, and to be asked before each conversation."""

WIDE = Limits(
    days_between=1,
    minutes=120,
    letters=5,
    letter_length=5000,
    live=True,
    hours=HOURS_OF_THE_WEEK,
    zone="UTC",
    ask_before_each=False,
)


@dataclass
class Named:
    """Values with their names; a state holds a value's place here, which hashes fast."""

    values: list
    names: list[str]

    def __getitem__(self, code: int):
        return self.values[code]

    def code(self, value) -> int:
        """The place of a value. One that nobody named gets the next; see `_with_what_is_left`."""
        if value not in self.values:
            self.values.append(value)
            self.names.append(f"terms number {len(self.names)}")
        return self.values.index(value)


def _with_what_is_left(terms: Named, limits: Iterable[Limits]) -> Named:
    """Add what limits can leave of the terms, so that in every process it has the same place."""
    pairs = list(combinations_with_replacement(limits, 2))
    for code, value in enumerate(list(terms.values)):
        for pair in pairs:
            left = cut(value, pair)
            if left not in terms.values:
                terms.values.append(left)
                terms.names.append(f"what is left of {terms.names[code]}")
    return terms


LIMITS = Named([NOTHING, MIDDLE, WIDE], ["nothing", "middle", "wide"])
TERMS = _with_what_is_left(
    Named([NO_CONTACT, LESS, MORE, OTHER], ["no contact", "LESS", "MORE", "OTHER"]), LIMITS.values
)
NO_TERMS = 0
PROPOSED = range(4)
"""The terms that somebody asks for: all that have a name of their own."""

LONGEST_COOLING_OFF = max(each.cooling_off for each in LIMITS.values) // MINUTE
LONGEST_REST = max(each.rest for each in LIMITS.values) // MINUTE
FARTHEST = max(each.days_between or 0 for each in LIMITS.values)
