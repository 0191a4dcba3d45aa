"""Time apart: no contact until a day that both choose (R1, R6), and how a suggestion looks to whom.

It is less contact, so it holds as soon as both chose it, without cooling-off; but nobody is put
into it by the other, and neither ends it early (docs/decisions/0032). When its day has come,
nothing happens by itself. While it is only suggested, what is true and what is shown differ on
purpose, as for proposals (R10): to its author a suggestion that was declined, filtered, ignored,
or ended by the other's pause looks the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from boundaries.rules.canonical import digest
from boundaries.rules.limits import SHORTEST_REST
from boundaries.rules.proposals import LAPSE
from boundaries.rules.windows import to_utc

SHORTEST = timedelta(days=7)
LONGEST_YEARS = 2


class End(StrEnum):
    """Why a suggestion came to nothing, or that a time apart is behind both.

    VOID: somebody paused. SETTLED: both chose another one, so that both know. OVER: both chose a
    new one after its day.
    """

    DECLINED = "declined"
    VOID = "void"
    SETTLED = "settled"
    OVER = "over"


class Standing(StrEnum):
    """How one looks to a person; see `as_seen_by`. CHOSEN: by both, also after its day."""

    OPEN = "open"
    CHOSEN = "chosen"
    TAKEN_BACK = "taken_back"
    NOT_TAKEN_UP = "not_taken_up"


@dataclass(frozen=True)
class TimeApart:
    """One time apart, suggested by `author` and perhaps chosen by both.

    day: the day on which it is over, as both read it. ends_at: the beginning of that day where days
    begin last. taken_back_at: when the author took it back, also if it was over without their
    knowing. words: the fixed kind ones of its author, which wait until both chose it. Instants are
    aware.
    """

    id: UUID
    author: UUID
    day: date
    ends_at: datetime
    suggested_at: datetime
    agreed_at: datetime | None = None
    end: End | None = None
    taken_back_at: datetime | None = None
    words: str = ""

    @property
    def lapses_at(self) -> datetime:
        """From this instant nobody can say yes any more: after 14 days, or when its day is here."""
        return min(self.suggested_at + LAPSE, self.ends_at)

    @property
    def digest(self) -> str:
        """Stands for exactly this day: the yes of an old page is none to another."""
        return digest({"day": self.day.isoformat(), "ends_at": self.ends_at.isoformat()})


EVERYWHERE = "Etc/GMT+12"
"""Where each day begins last on earth. Days are counted there for everybody: in the zone of one of
the two, the instant at which a time apart is over would tell the other where they are."""


def begin_of(day: date, zone: str) -> datetime:
    """The first instant of a day in a zone, in UTC."""
    return to_utc(datetime.combine(day, time()), zone)


def first_and_last_day(at: datetime, zone: str) -> tuple[date, date]:
    """The days that can be suggested at `at` in a zone: from a week to two years ahead."""
    today = at.astimezone(ZoneInfo(zone)).date()
    is_leap_day = (today.month, today.day) == (2, 29)
    same_day = today.replace(day=28) if is_leap_day else today
    return today + SHORTEST, same_day.replace(year=today.year + LONGEST_YEARS)


def is_open(time_apart: TimeApart, at: datetime) -> bool:
    """The truth, for the gate: whether it waits for the other's yes."""
    over = (time_apart.agreed_at, time_apart.end, time_apart.taken_back_at)
    return over == (None, None, None) and at < time_apart.lapses_at


def as_seen_by(person: UUID, time_apart: TimeApart, at: datetime) -> Standing | None:
    """What `person`'s pages say of it at `at`; None where they are to see nothing of it.

    Whether they may see an open one of the other's also depends on limits and pauses: see
    `acts.ShowTimeApart`.
    """
    if time_apart.agreed_at is not None:
        return Standing.CHOSEN
    if time_apart.end is End.SETTLED:
        return None
    if time_apart.author != person:
        return Standing.OPEN if is_open(time_apart, at) else None
    if time_apart.taken_back_at is not None:
        return Standing.TAKEN_BACK
    return Standing.OPEN if at < time_apart.lapses_at else Standing.NOT_TAKEN_UP


def rest_until(
    time_apart: TimeApart, at: datetime, rest: timedelta = SHORTEST_REST
) -> datetime | None:
    """Until when its author suggests nothing new, after one not taken up or taken back (R11)."""
    match as_seen_by(time_apart.author, time_apart, at):
        case Standing.NOT_TAKEN_UP:
            return time_apart.lapses_at + rest
        case Standing.TAKEN_BACK:
            return (time_apart.taken_back_at or time_apart.lapses_at) + rest
    return None


def of_interest_until(time_apart: TimeApart) -> datetime:
    """Until when a page lists a suggestion."""
    return time_apart.lapses_at + SHORTEST_REST


def latest_chosen(times_apart: Iterable[TimeApart]) -> TimeApart | None:
    """The one that both chose last, if it is not behind them."""
    chosen = (each for each in times_apart if each.agreed_at and each.end is None)
    return next(chosen, None)
