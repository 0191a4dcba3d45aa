"""Times apart in the model: one as a hashable value, and what acts write in those of a pair.

Instants are minutes, persons are 0 and 1, as in `model`, which asks the gate first.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from boundaries.rules import proposals, time_apart
from boundaries.rules.time_apart import End, Standing
from tests.explorer.domain import DAY, MINUTE, NEVER, PERSONS, instant, maybe_instant, minute_of

DAYS_AHEAD = (7, 21)
"""So far ahead somebody suggests the day: until the day itself, or longer than one can say yes."""

NOT_ENDED = -1
ENDS = tuple(End)
LAPSE = proposals.LAPSE // MINUTE


class Apart(NamedTuple):
    """One time apart, suggested by one and perhaps chosen by both.

    until: the first minute of its day. back: when its author took it back.
    """

    author: int
    until: int
    suggested: int
    agreed: int = NEVER
    end: int = NOT_ENDED
    back: int = NEVER


Aparts = tuple[Apart, ...]


def first_minute(now: int, choice: int) -> int:
    """The first minute of the day that lies so many days ahead."""
    return (now // DAY + DAYS_AHEAD[choice]) * DAY


@lru_cache(maxsize=10_000)
def value(index: int, row: Apart) -> time_apart.TimeApart:
    """A time apart as the gate sees it, known by its place among all."""
    return time_apart.TimeApart(
        id=UUID(int=2_000 + index),
        author=PERSONS[row.author],
        day=instant(row.until).date(),
        ends_at=instant(row.until),
        suggested_at=instant(row.suggested),
        agreed_at=maybe_instant(row.agreed),
        end=None if row.end == NOT_ENDED else ENDS[row.end],
        taken_back_at=maybe_instant(row.back),
    )


def stands(row: Apart, now: int) -> bool:
    """Whether both chose it and its day has not come."""
    return row.agreed != NEVER and row.end == NOT_ENDED and now < row.until


def apart_until(rows: Aparts, now: int) -> int:
    """Until when a time apart stands; NEVER without one."""
    return next((row.until for row in rows if stands(row, now)), NEVER)


def seen(rows: Aparts, now: int, who: int, index: int) -> Standing | None:
    """How the one at this place looks to a person."""
    return time_apart.as_seen_by(PERSONS[who], value(index, rows[index]), instant(now))


def is_open(rows: Aparts, now: int, index: int) -> bool:
    """Whether the one at this place waits for the other's yes."""
    return time_apart.is_open(value(index, rows[index]), instant(now))


def lapses(row: Apart) -> int:
    """From this minute nobody can say yes any more."""
    return minute_of(value(0, row).lapses_at)


def rest_until(rows: Aparts, now: int, index: int, rest: int) -> int:
    """Until when its author suggests nothing new, if that long a rest counts; NEVER for none."""
    found = time_apart.rest_until(value(index, rows[index]), instant(now), rest * MINUTE)
    return NEVER if found is None else minute_of(found)


def voided(rows: Aparts, now: int, who: int) -> Aparts:
    """`boundaries.actions.time_apart.void_suggestions`: one's own is taken back besides."""

    def void(row: Apart) -> Apart:
        row = row._replace(back=now if row.author == who else row.back)
        return _ended(row, End.VOID) if row.end == NOT_ENDED else row

    return _where(rows, lambda row: looks_open(row, now), void)


def put_behind(rows: Aparts, now: int) -> Aparts:
    """What both chose before is over, and what looks open beside the new one is settled."""
    rows = _where(rows, lambda row: looks_open(row, now), lambda row: _ended(row, End.SETTLED))
    return _where(
        rows,
        lambda row: row.agreed != NEVER and row.end == NOT_ENDED,
        lambda row: _ended(row, End.OVER),
    )


def declined(row: Apart) -> Apart:
    """Somebody said no to it."""
    return _ended(row, End.DECLINED)


def looks_open(row: Apart, now: int) -> bool:
    """Whether it looks open to its author."""
    lasts = row.suggested > now - LAPSE and row.until > now
    return (row.agreed, row.back) == (NEVER, NEVER) and lasts


def _where(
    rows: Aparts, is_so: Callable[[Apart], bool], change: Callable[[Apart], Apart]
) -> Aparts:
    return tuple(change(row) if is_so(row) else row for row in rows)


def _ended(row: Apart, end: End) -> Apart:
    return row._replace(end=ENDS.index(end))
