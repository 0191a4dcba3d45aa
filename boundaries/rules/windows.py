"""Windows: at which instants conversations open and close (the section "Time" of the design).

A rhythm is expanded on naive local time in the agreed zone and then converted. A local time that
does not exist is shifted forward by the gap; one that occurs twice means the first, once. A
duration is exact elapsed time, so sums are
done on UTC: subtracting two aware datetimes of one zone in Python gives wall-clock time.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice, takewhile
from uuid import UUID
from zoneinfo import ZoneInfo

import tzdata
from dateutil import rrule

from boundaries.rules.limits import Limits
from boundaries.rules.rhythm import Day, MonthDay, Monthly, Rhythm, Weekly, month_index, week_index
from boundaries.rules.terms import Terms

WINDOWS_UNTIL_REVIEW = 6
"""An agreement holds for so many conversations and then lapses, unless both renew it (R6)."""

WHOLE_IF_OPENED_WITHIN = timedelta(minutes=1)
"""A conversation that opened later than so, for want of a worker, does not count as whole (R5)."""

HORIZON = timedelta(days=4 * 366)
"""How far ahead conversations are looked for: enough for six at the rarest rhythm on offer."""

NEAR = timedelta(hours=11)
"""So far at the most do other zone data move a conversation: less than half the shortest day, so
that two of a rhythm, at the same time of two days, are not taken for one.
"""

STEP = timedelta(minutes=15)
"""No zone's offset is finer than this, so a step meets each local hour that a conversation touches.
"""


@dataclass(frozen=True, order=True)
class Span:
    """A stretch of time: two instants in UTC, the first included and the second not."""

    opens_at: datetime
    closes_at: datetime


class State(StrEnum):
    """What became of a window.

    HELD ran to its end; CUT_SHORT was ended by somebody; MISSED was opened by nobody in time (R20);
    SKIPPED lacked a "go ahead" or was skipped; CANCELLED went away with its agreement.
    """

    PLANNED = "planned"
    OPEN = "open"
    HELD = "held"
    CUT_SHORT = "cut_short"
    MISSED = "missed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


TOOK_PLACE = frozenset({State.HELD, State.CUT_SHORT})
DID_NOT_TAKE_PLACE = frozenset({State.MISSED, State.SKIPPED})


@dataclass(frozen=True)
class Window:
    """One agreed conversation, with the persons who said "go ahead" and those who skip it.

    agreement: under which it was planned.
    """

    id: UUID
    span: Span
    state: State
    agreement: UUID | None = None
    go_ahead: frozenset[UUID] = frozenset()
    skipped: frozenset[UUID] = frozenset()

    def answered(self, person: UUID, *, go_ahead: bool) -> "Window":
        """The same after this person said "go ahead", or that they skip it: the last one counts."""
        go, skip = self.go_ahead - {person}, self.skipped - {person}
        if go_ahead:
            return replace(self, go_ahead=go | {person}, skipped=skip)
        return replace(self, go_ahead=go, skipped=skip | {person})


def to_utc(local: datetime, zone: str) -> datetime:
    """The instant of a naive local time in `zone`.

    `fold=0` is the whole policy: zoneinfo then reads a time that does not exist with the offset
    from before the gap, which shifts it forward by the gap, and one that occurs twice as the first
    (PEP 495).
    """
    return local.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


def occurrences(terms: Terms, *, after: datetime) -> Iterator[Span]:
    """The conversations that `terms` name, in order, from the instant `after` on, to HORIZON.

    No two begin at one instant. They would where a whole day is left out of a calendar, as in Samoa
    in 2011: that day's conversation is shifted onto the next day's.
    """
    if terms.rhythm is None:
        return
    first_day = after.astimezone(ZoneInfo(terms.zone)).date() - timedelta(days=1)
    last: datetime | None = None
    for local in _days(terms.rhythm, first_day, terms.at):
        opens_at = to_utc(local, terms.zone)
        if opens_at - after > HORIZON:
            return
        if opens_at >= after and opens_at != last:
            yield Span(opens_at, opens_at + timedelta(minutes=terms.minutes))
            last = opens_at


def named(terms: Terms, opens_at: datetime) -> Span | None:
    """The conversation that `terms` name at exactly this instant, if they do."""
    first = next(occurrences(terms, after=opens_at), None)
    return first if first and first.opens_at == opens_at else None


def zone_data() -> str:
    """Which version of the zone data counts: that of the tzdata package, such as "2026a".

    Of two the newer one is the greater text: a year, and a letter within it.
    """
    version: str = tzdata.IANA_VERSION
    return version


def moved(terms: Terms, windows: Collection[Window], at: datetime) -> Mapping[UUID, Span | None]:
    """Where the planned windows that are not due fall with the zone data of now, by their keys.

    Only those that change: None for one that `terms` do not name any more, or that would be beside
    another. One that would move into the past stays as it is: the gate will find that the terms do
    not name it.
    """
    ahead = [each for each in windows if each.state is State.PLANNED and at < each.span.opens_at]
    taken = [each.span for each in windows if each not in ahead]
    changed: dict[UUID, Span | None] = {}
    for window in sorted(ahead, key=lambda each: each.span):
        span = _found_again(terms, window.span)
        if span and span.opens_at <= at:
            span = window.span
        if span and any(_overlap(span, other) for other in taken):
            span = None
        if span:
            taken.append(span)
        if span != window.span:
            changed[window.id] = span
    return changed


def _found_again(terms: Terms, span: Span) -> Span | None:
    """The conversation of `terms` that is nearest to `span`, which other zone data gave.

    Not the one on the same day: at midnight an hour more or less is another day.
    """
    spans = occurrences(terms, after=span.opens_at - NEAR)
    near = takewhile(lambda each: each.opens_at <= span.opens_at + NEAR, spans)
    return min(near, key=lambda each: abs(each.opens_at - span.opens_at), default=None)


def _overlap(one: Span, other: Span) -> bool:
    return one.opens_at < other.closes_at and other.opens_at < one.closes_at


def fits_hours(span: Span, limits: Limits) -> bool:
    """Whether every minute of `span` lies in hours that `limits` allow, in their own zone (R8)."""
    zone = ZoneInfo(limits.zone)
    return all(
        _hour_of_week(instant.astimezone(zone)) in limits.hours for instant in _instants(span)
    )


def plan(
    terms: Terms, limits: Collection[Limits], *, after: datetime, previous: datetime | None
) -> Iterator[Span]:
    """The conversations under `terms` that fit everybody's hours and distances, within HORIZON.

    after: the instant from which they may open. previous: when the last one opened that took place,
    if any. An occurrence that does not fit is skipped and not replaced by another time.
    """
    rarest = max((limit.days_between or 0 for limit in limits), default=0)
    spans = occurrences(terms, after=after)
    fitting = (span for span in spans if all(fits_hours(span, each) for each in limits))
    return _apart(fitting, rarest, previous, terms.zone)


def first(terms: Terms, *, after: datetime) -> list[Span]:
    """The conversations up to the review, if `terms` were in force from `after` on."""
    return list(islice(occurrences(terms, after=after), WINDOWS_UNTIL_REVIEW))


def fit(terms: Terms, limits: Limits, *, after: datetime) -> bool:
    """Whether all of these would fall within the hours of `limits`."""
    return not outside(terms, limits, after=after)


def outside(terms: Terms, limits: Limits, *, after: datetime) -> list[Span]:
    """Those of them that would not."""
    return [span for span in first(terms, after=after) if not fits_hours(span, limits)]


def days_between(earlier: datetime, later: datetime, zone: str) -> int:
    """Days from one conversation to a later one, as a calendar in `zone` counts them (R8)."""
    return (_local_day(later, zone) - _local_day(earlier, zone)).days


def _apart(
    spans: Iterable[Span], days: int, previous: datetime | None, zone: str
) -> Iterator[Span]:
    last = previous
    for span in spans:
        if last is None or days_between(last, span.opens_at, zone) >= days:
            yield span
            last = span.opens_at


def _local_day(instant: datetime, zone: str) -> date:
    return instant.astimezone(ZoneInfo(zone)).date()


def _hour_of_week(local: datetime) -> int:
    return local.weekday() * 24 + local.hour


def _instants(span: Span) -> Iterator[datetime]:
    instant = span.opens_at
    while instant < span.closes_at:
        yield instant
        instant += STEP
    yield span.closes_at - timedelta(minutes=1)


def _days(rhythm: Rhythm, first: date, at: time) -> Iterator[datetime]:
    """Naive local times of the rhythm, in order, on `first` or later."""
    match rhythm:
        case Weekly(every, phase, weekdays):
            monday = first - timedelta(days=first.weekday())
            start = monday + timedelta(weeks=(phase - week_index(monday)) % every)
            rule = rrule.rrule(
                rrule.WEEKLY,
                datetime.combine(start, at),
                interval=every,
                byweekday=sorted(weekdays),
                wkst=rrule.MO,
            )
            days: Iterable[datetime] = rule
        case Monthly(every, phase, month_days):
            start = _add_months(first.replace(day=1), (phase - month_index(first)) % every)
            days = _union(datetime.combine(start, at), every, month_days)
    return (local for local in days if local.date() >= first)


def _union(start: datetime, every: int, days: frozenset[Day]) -> rrule.rruleset:
    rules = rrule.rruleset()
    for day in days:
        rules.rrule(_monthly_rule(start, every, day))
    return rules


def _monthly_rule(start: datetime, every: int, day: Day) -> rrule.rrule:
    if isinstance(day, MonthDay):
        return rrule.rrule(rrule.MONTHLY, start, interval=every, bymonthday=day.day)
    return rrule.rrule(
        rrule.MONTHLY, start, interval=every, byweekday=rrule.weekday(day.weekday, day.nth)
    )


def _add_months(first_of_month: date, months: int) -> date:
    index = month_index(first_of_month) + months
    return date(index // 12, index % 12 + 1, 1)
